"""Addresses in a text: e-mails, handles, messaging links and pages, plain or disguised.

A disguise counts as undone only where an address comes out: "at" and "dot" are words, and most points end a sentence.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from thb_indicators.normalize import Normalized
from thb_indicators.spans import Contact

_TOP = r"(?:com|net|org|info|biz|eu|example)"
# Ends of country addresses that are no word of a language ads are written in: a point without a space ends many a sentence.
_NATIONAL = r"(?:co\.uk|com\.[a-z]{2}|pl|ro|bg|hu|ua|ru|nl|cz|gr|sk|dk|hr|rs|lt|lv|ee|uk|br|mx|fr|ch|pt)"
_LABEL = r"[a-z0-9][a-z0-9\-]*"
_WORD_DOT = r"(?:dot|dott|punto|ponto|punct|punkt|point|punt|pont|tocka|kropka|точка|крапка)"
_SURE_DOT = rf"(?:\s*[(\[{{<]\s*(?:{_WORD_DOT}|\.)\s*[)\]}}>]\s*|[\s_\-]+dot[\s_\-]+)"
_DOT = rf"(?:{_SURE_DOT}|[\s_]+{_WORD_DOT}[\s_]+|\s+\.\s*(?=(?:com|org|me)\b)|\s+\.(?=(?:net|info)\b)|\.\s+(?=com\b)|\.)"
_AT_WORD = r"(?:arroba|chiocciola|arobase|klammeraffe|kukac|malpa|собака|apenstaartje)"
_SURE_AT = rf"(?:\s*[(\[{{<*]\s*(?:at?|@|{_AT_WORD})\s*[)\]}}>*]\s*|\s+{_AT_WORD}\s+)"
_AT = rf"(?:{_SURE_AT}|[\s_\-]+at[\s_\-]+|\s*@\s*)"

# Words before "at" that no one takes for a name: "you at example dot com" is a page.
_NO_NAME = (
    r"(?!(?:me|us|you|we|it|him|her|them|is|are|be|work|look|see|visit|find|apply|online|here|more|website|site|page|now)\b)"
)
_EMAIL = re.compile(r"(?<![\w.+\-])[a-z0-9][\w.+\-]*@[a-z0-9\-]+(?:\.[a-z0-9\-]+)*\.[a-z]{2,}")
_NAME_PART = r"[a-z0-9][\w.+\-]*"
_UNDERSCORE = r"(?:underscore|guion bajo|sublinhado|trattino basso|unterstrich|liggend streepje)"
_DISGUISED_EMAIL = re.compile(
    rf"(?<![\w.+\-]){_NO_NAME}(?P<name>[a-z0-9](?: [a-z0-9]){{3,20}}|"
    rf"{_NAME_PART}(?:(?:{_SURE_DOT}| \. | {_UNDERSCORE} ){_NAME_PART}){{0,3}}?)"
    rf"(?P<at>{_AT})(?P<host>{_LABEL}(?:{_DOT}{_LABEL}){{0,3}}?{_DOT}(?P<top>[a-z]{{2,6}}))(?![\w@/])"
)
_SPACED_ADDRESS = re.compile(r"(?<!\w)[a-z0-9](?: [a-z0-9._+\-@]){6,60}(?!\w)")
_SPACED_HANDLE = re.compile(
    r"(?<!\w)@ ?[a-z0-9_](?: [a-z0-9_.]){3,29}(?!\w)|(?<=[:;,.!?(\-] )@ [a-z][a-z0-9.]*_[a-z0-9_.]*[a-z0-9_](?![\w@])"
)
"""Its letters spaced out; or a space after the sign, where a mark stands before it and the name has an underscore."""
_MESSAGING_HOST = (
    r"(?:wa\.me|t\.me|telegram\.me|m\.me|signal\.me|signal\.group|viber\.click|chat\.whatsapp\.com|api\.whatsapp\.com|"
    r"web\.whatsapp\.com|line\.me|lin\.ee|ig\.me|discord\.gg)"
)
_MESSAGING = re.compile(
    rf"(?<![\w@.\-])(?P<scheme>(?:http|hxxp)s?://)?(?:www\.)?(?P<address>{_MESSAGING_HOST}(?:/[^\s<>\"')\]]+|/?(?![\w.])))"
    r"|(?<!\w)(?P<app>(?:viber|whatsapp|tg|sgnl|skype|line)://?[^\s<>\"')\]]+)"
)
_PAGE = re.compile(
    r"(?P<scheme>(?:http|hxxp)s?://)(?:www\.)?(?P<address>[^\s<>\"')\]]+)|(?<![\w@.\-])www\.(?P<www>[^\s<>\"')\]]+)"
    rf"|(?<![\w@.\-])(?!(?:asp|vb|ado|ml)\.net\b)(?P<bare>{_LABEL}(?:\.{_LABEL}){{0,4}}?\.(?:{_TOP}|{_NATIONAL})"
    r"(?:/[^\s<>\"')\]]*)?)(?![\w@]|\.\w)"
)
_DISGUISED_PAGE = re.compile(
    rf"(?<![\w@.\-])(?P<scheme>(?:http|hxxp)s?\s*:\s*/\s*/\s*)?(?P<www>www(?:{_DOT}|\s+))?"
    rf"(?P<host>{_LABEL}(?:{_DOT}{_LABEL}){{0,3}}?(?:{_DOT}(?:{_TOP}|me)|{_SURE_DOT}[a-z]{{2}}|(?(www)\s+{_TOP}|(?!))))(?![\w@\-])"
    rf"(?!{_SURE_DOT}[a-z])"
    r"(?P<path>(?:\s*/\s*|\s+(?:slash|barra)\s+)(?:[0-9]{1,4}(?: [0-9]{1,4}){2,14}|[^\s<>\"')\]]+))?"
)
_NO_HOST = frozenset([
    "the", "this", "that", "our", "your", "any", "some", "big", "new", "and", "my",
])  # fmt: skip
_HANDLE = re.compile(r"(?<![\w@.+\-])@[a-z0-9_][a-z0-9_.]{2,29}(?<!\.)(?![\w@])")
PLATFORMS = (
    "telegram", "телеграм", "телега", "tg ", "tg:", "tg=", "tg-", "тг ", "тг:", "insta", "инста", "ig ", "ig:", "ig=",
    "ig-", "sc:", "sc=", "snap", "kik", "wechat", "skype", "скайп", "threema", "wickr", "discord", "tiktok", "tik tok",
    "facebook", "fb ", "fb:", "twitter", "viber", "вайбер", "whatsapp", "whats app", "line ", "line:", "line=", "signal",
)  # fmt: skip
"""How a place where a platform may be named begins."""
_SAID = rf"(?:{_UNDERSCORE}|dash|hyphen|dot|point|guion|punto|ponto|trattino|punkt|punt)"
"""Marks in a name, said as words."""
_PLAIN_NAME = r"[a-z][a-z0-9_.]{2,29}"
_NAME = (
    rf"{_PLAIN_NAME}(?:\s+{_SAID}\s+[a-z0-9_.]{{1,20}}){{1,4}}|[a-z](?: [a-z0-9_.]){{4,29}}|"
    rf"[a-z][a-z0-9_]*(?: \. [a-z0-9_]+){{1,4}}|{_PLAIN_NAME}"
)
_NAMED_HANDLE = re.compile(
    r"(?<![\w@./])(?:(?P<platform>telegramm?(?:u|ie|om|on|ul)?|телеграмм?(?:е|у|ом)?|телега|tg|тг|instagram|insta|инстаграмм?(?:е|у)?|инста|ig|snapchat|kik|wechat|"
    r"skype|скайп|threema|wickr|discord|tiktok|tik tok|facebook|fb|twitter|viber|вайбер|whats ?app)|snap|line|signal|sc)"
    r"(?P<label>(?:\s+(?:id|user ?name|name|handle|nick(?:name)?|account|acc|profile|contact|me|us|under|unter|sous|"
    r"bajo|sotto|onder|como|als))?)"
    r"(?P<mark>\s*(?:[:=>\U0001f449]+|[\-|]+>?|\bis\b|[(\[]\s*at\s*[)\]]|[(\[](?=[a-z0-9_]+\.[a-z]))\s*|\s+)"
    rf"(?:@?\s?|at (?=[a-z0-9_]+ {_SAID} ))(?P<name>{_NAME})(?<![.])(?![\w@/])"
)
_UNDERSCORES = ("under", "guion bajo", "subl", "trattino basso", "unter", "ligg")
_DASHES = ("dash", "hyph", "guion", "tratt")
_SPOKEN = re.compile(rf"\s+({_SAID})\s+")
_PLATFORM_BEFORE = re.compile(r"\b(?:telegram|tg|insta|instagram|ig|snap|snapchat|sc|kik|wechat|skype|tiktok)\s*[:=\->|]*\s*\Z")
_NAME_BEFORE = re.compile(
    r"(?<![\w@./\-])@?\s?(?P<name>[a-z][a-z0-9_.]{2,29})\s+(?:on|auf|en|sur|su|op|pe|no|na|в|у|на)\s+(?:my\s+)?\Z"
)
_SHAPED = re.compile(r"[a-z0-9.]*_[a-z0-9_.]+$|[a-z]{3,}[a-z.]*[0-9]+$")
_POINTED = re.compile(r"[a-z0-9]{2,}(?:\.[a-z0-9]+)+(?<!\.com)(?<!\.net)(?<!\.org)$")
_NO_HANDLE = frozenset([
    "home", "work", "office", "noon", "night", "everyone", "yes", "no", "available", "only", "soon", "here", "below",
    "above", "video", "call", "calls", "message", "messages", "chat", "open", "free", "ask",
])  # fmt: skip
_REACH = 60
_COUNTRY_CODE = 2
_LINK_ENDS = ".,!?;:/*_"
_CLAUSE_END = re.compile(r"\s*(?:$|[^\w\s]|\n|(?:or|and|for|[0-9]+)\b)")


def find_emails(normalized: Normalized, at_signs: Sequence[int], disguises: Sequence[int]) -> Iterator[Contact]:
    """Yield the e-mail addresses: the plain ones around the at signs, the disguised ones around what may be a disguise.

    Examples
    --------
    >>> from thb_indicators.normalize import normalize
    >>> [c.value for c in find_emails(normalize("ann (at) example (dot) com"), [], [4])]
    ['ann@example.com']
    """
    view = normalized.view
    for low, high in _runs(view, disguises, _REACH):
        for found in _SPACED_ADDRESS.finditer(view, low, high) if " @ " in view else ():
            address = _EMAIL.fullmatch(found[0].replace(" ", ""))
            if address:
                yield Contact("email", address[0], normalized.origin(*found.span()), True)
        for found in _DISGUISED_EMAIL.finditer(view, low, high):
            if _is_address(found):
                name = re.sub(rf"{_SURE_DOT}| \. ", ".", re.sub(rf" {_UNDERSCORE} ", "_", found["name"])).replace(" ", "")
                yield Contact("email", f"{name}@{re.sub(_DOT, '.', found['host'])}", normalized.origin(*found.span()), True)
    for low, high in _runs(view, at_signs):
        for found in _EMAIL.finditer(view, low, high):
            span = normalized.origin(*found.span())
            yield Contact("email", found[0], span, _is_styled(span.of(normalized.original)))


def _is_address(found: re.Match[str]) -> bool:
    """Whether what was found is an address in disguise, and no sentence with "at" and a point in it."""
    at, host = found["at"], found["host"]
    worded = re.search(_SURE_DOT, host) is not None or re.search(rf"[\s_\-]{_WORD_DOT}[\s_\-]", host) is not None
    if at == "@":
        return worded or " " in found["name"] or (" " in host and re.fullmatch(_TOP, found["top"]) is not None)
    if re.fullmatch(_SURE_AT, at):
        return worded or " " not in host or re.fullmatch(_TOP, found["top"]) is not None
    if "@" in at:
        return worded or re.fullmatch(_TOP, found["top"]) is not None
    worded = worded or (" . " in found["name"] and " . " in host)  # nobody sets points apart in prose
    first, top = re.split(r"\W", host, maxsplit=1)[0], found["top"]
    if first in _NO_HOST or (len(top) > _COUNTRY_CODE and not re.fullmatch(_TOP, top)):  # "meet at the dot café"
        return False
    return worded and re.fullmatch(_MESSAGING_HOST, re.sub(_DOT, ".", host)) is None


def find_links(normalized: Normalized, places: Sequence[int], disguises: Sequence[int], *, pages: bool) -> Iterator[Contact]:
    """Yield the messaging links at the places where a link may be, and the other pages where `pages` asks for them.

    Examples
    --------
    >>> from thb_indicators.normalize import normalize
    >>> [c.value for c in find_links(normalize("https://www.example.com/Jobs/ t.me/example_ann"), [0, 30], [], pages=True)]
    ['t.me/example_ann', 'example.com/Jobs']
    """
    view = normalized.view
    runs = list(_runs(view, places))
    for low, high in runs:
        for found in _MESSAGING.finditer(view, low, high):
            yield from _link("messaging", normalized, found, "app" if found["app"] else "address")
    for low, high in _runs(view, disguises, _REACH):
        for found in _DISGUISED_PAGE.finditer(view, low, high):
            yield from _disguised_page(normalized, found)
    for low, high in runs if pages else ():
        for found in _PAGE.finditer(view, low, high):
            yield from _link("url", normalized, found, found.lastgroup or "address")


def find_handles(normalized: Normalized, at_signs: Sequence[int], platforms: Iterable[int]) -> Iterator[Contact]:
    """Yield the names on platforms: "@name", or a name at the places where one of `PLATFORMS` stands.

    Examples
    --------
    >>> from thb_indicators.normalize import normalize
    >>> [c.value for c in find_handles(normalize("my snap is example_ann"), [], [3])]
    ['@example_ann']
    """
    view = normalized.view
    for low, high in _runs(view, at_signs):
        for found in _HANDLE.finditer(view, low, high):
            span = normalized.origin(*found.span())
            if found[0][1:] not in _NO_HANDLE:
                yield Contact("handle", found[0], span, _is_styled(span.of(normalized.original)))
    for found in _SPACED_HANDLE.finditer(view) if "@ " in view else ():
        yield Contact("handle", found[0].replace(" ", ""), normalized.origin(*found.span()), True)
    for place in sorted(set(platforms)):
        named = _NAMED_HANDLE.match(view, place)
        if named and _is_handle(view, named):
            span = normalized.origin(*named.span("name"))
            hidden = "at" in named["mark"] or _is_styled(span.of(normalized.original))
            yield Contact("handle", f"@{_as_one(named['name'])}", span, hidden or " " in named["name"])
            continue
        before = _NAME_BEFORE.search(view, max(0, place - _REACH), place)
        if before and _SHAPED.match(before["name"]) and not view.startswith(("line", "signal", "sc"), place):
            span = normalized.origin(*before.span("name"))
            yield Contact("handle", f"@{before['name']}", span, _is_styled(span.of(normalized.original)))


def _as_one(name: str) -> str:
    """Return a name with its marks, where they are said or set apart."""
    spoken = _SPOKEN.sub(
        lambda found: "_" if found[1].startswith(_UNDERSCORES) else "-" if found[1].startswith(_DASHES) else ".", name
    )
    return spoken.replace(" ", "")


def _is_handle(view: str, found: re.Match[str]) -> bool:
    name, mark = found["name"], found["mark"].strip()
    if _SPOKEN.search(name) and " dot com" not in view[found.start("name") : found.end() + 8]:
        return True
    if " " in name:
        return bool(mark) and mark not in ("is",)
    if _SHAPED.match(name):
        return True
    clear = mark.startswith((":", "=", "(", "[")) or bool(found["label"] and mark)
    if not clear or (found["platform"] is None and not found["label"]):
        return False
    if "." in name:
        return _POINTED.match(name) is not None
    return name not in _NO_HANDLE and _CLAUSE_END.match(view, found.end("name")) is not None


def _link(kind: str, normalized: Normalized, found: re.Match[str], group: str) -> Iterator[Contact]:
    start, end = found.span(group)
    view = normalized.view
    while end > start and view[end - 1] in _LINK_ENDS:
        end -= 1
    address = _as_written(normalized, start, end)
    if kind == "messaging" and "phone=" not in address:
        address = address.partition("?")[0] if "://" not in address else address
    if address:
        span = normalized.origin(found.start(), end)
        hidden = (found["scheme"] or "").startswith("hxxp") or _is_styled(span.of(normalized.original))
        yield Contact("messaging" if kind == "messaging" else "url", address, span, hidden)


def _disguised_page(normalized: Normalized, found: re.Match[str]) -> Iterator[Contact]:
    host = re.sub(rf"{_DOT}|\s+", ".", found["host"])
    hidden = host != found["host"] or bool(found["www"] and found["www"] != "www.")
    messaging = re.fullmatch(_MESSAGING_HOST, host) is not None
    named = _PLATFORM_BEFORE.search(normalized.view, max(0, found.start() - 20), found.start("host"))
    if (
        not hidden
        or (named and not found["www"] and not messaging)
        or host.partition(".")[0] in _NO_HOST
        or (host.endswith(".me") and not messaging)
    ):
        return
    if not messaging and not found["www"] and len(host.partition(".")[0]) < 3:
        return
    path = (found["path"] or "").rstrip(_LINK_ENDS)
    end = found.end() - len(found["path"] or "") + len(path)
    address = host + re.sub(r"^(?:\s*/\s*|\s+(?:slash|barra)\s+)", "/", path).replace(" ", "")
    yield Contact("messaging" if messaging else "url", address, normalized.origin(found.start(), end), True)


def _as_written(normalized: Normalized, start: int, end: int) -> str:
    """Return a link with its host in lower case and its path as the ad has it."""
    view, original = normalized.view, normalized.original
    head = view.find("/", start, end)
    if head < 0 or "://" in view[start:end]:
        return view[start:end]
    written = (original[normalized.origin(i, i + 1).start] for i in range(head, end))
    return view[start:head] + "".join(w if w.lower() == v else v for w, v in zip(written, view[head:end], strict=True))


def _is_styled(surface: str) -> bool:
    """Whether an address has characters besides ASCII and accented letters."""
    if surface.isascii():
        return False
    return not "".join(c for c in unicodedata.normalize("NFD", surface) if not "\u0300" <= c <= "\u036f").isascii()


def _runs(view: str, places: Iterable[int], reach: int = 0) -> Iterator[tuple[int, int]]:
    """Yield the bounds of the words that stand within `reach` of the places: the only ones worth a regex."""
    low = end = 0
    for place in places:
        first, last = max(low, place - reach), place + reach
        if end and last <= end:
            continue
        start = max(view.rfind(" ", 0, first), view.rfind("\n", 0, first)) + 1
        if end and start > end:
            yield low, end
            low = start
        low = low if end else start
        end = min((stop for stop in (view.find(" ", last), view.find("\n", last)) if stop >= 0), default=len(view))
    if end:
        yield low, end
