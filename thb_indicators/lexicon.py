"""Lexicons: data that say which wording points to which indicator, with sources and tests beside every pattern.

Dropping a file into ``lexicons/<language>/`` registers it. Everything wrong with the files is reported at once, each
fault with its file, line and a hint. The format is described in ``lexicons/README.md``.
"""

from __future__ import annotations

import datetime
import difflib
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, get_args

import msgspec
import regex

from thb_indicators.alphabet import Row, terms
from thb_indicators.catalogue import Source, read_catalogue, read_sources
from thb_indicators.collector import collector_resting
from thb_indicators.construction import Concepts, Construction, ConstructionError
from thb_indicators.errors import LexiconError, Problem
from thb_indicators.genders import Forms, either, read_forms, spoken
from thb_indicators.kinds import Leanings, read_leanings
from thb_indicators.normalize import normalize
from thb_indicators.patterns import STRONG, WEAK, Cues, DomainCue, DomainName, Near, Pattern, Regex, Status, Tokens, Vocabulary
from thb_indicators.records import Assertion, IndicatorInfo
from thb_indicators.resources import data_path
from thb_indicators.sentences import SentenceLeanings, read_sentences
from thb_indicators.yamlsource import Mapping, read_yaml

_WORD = re.compile(r"\w+")
SCHEMA = "thb-lexicon/1"
LEANINGS = "kinds.tsv"
"""The file of a language's folder that says how its words lean an ad to a kind."""
SENTENCES = "sentences.tsv"
"""The one that says how they lean a sentence to an indicator; only of languages with labeled ads enough."""


class Lexicon(msgspec.Struct, frozen=True):
    """Everything the rules know: the catalogue, the patterns of every language, and their context cues.

    Examples
    --------
    >>> lexicon = Lexicon.load()
    >>> lexicon.catalogue["document_handover"].role
    'core'
    """

    catalogue: dict[str, IndicatorInfo]
    sources: dict[str, Source]
    patterns: tuple[Pattern, ...]
    domain_cues: tuple[DomainCue, ...]
    leanings: dict[str, Leanings]
    """By language, how its words lean an ad to a kind."""
    sentences: dict[str, SentenceLeanings]
    """By language, how its words lean a sentence to an indicator."""
    cues: dict[str, Cues]
    knows: Vocabulary
    digest: str
    base_digest: str
    """The digest without the files that were added; a trained model stays of use when patterns are added."""

    def __deepcopy__(self, memo: object) -> Lexicon:
        """Return itself: it never changes, and scikit-learn copies every parameter of an estimator."""
        return self

    @staticmethod
    def load(path: str | Path | None = None, extra: Iterable[str | Path] = ()) -> Lexicon:
        """Load a lexicon folder, and further pattern files of your own.

        Parameters
        ----------
        path
            A folder laid out like the one that ships with the library, which is the default.
        extra
            Files or folders with more patterns. They may use the concepts of their language, and stay where they are:
            many deployers must keep terms private.

        Raises
        ------
        LexiconError
            With every fault in every file.
        """
        folder = Path(path) if path is not None else data_path("lexicons")
        if not (folder / "indicators.yaml").is_file():
            hint = "give the folder that holds indicators.yaml"
            raise LexiconError([Problem(str(folder), 1, "this is no lexicon folder", hint)])
        shipped = [(file, str(file.relative_to(folder))) for file in sorted(folder.glob("*/*.yaml"))]
        added = [(file, str(file)) for item in extra for file in _files(Path(item))]
        with collector_resting():
            return _Loader(folder).load(shipped, added)

    def frequency(self, language: str) -> Counter[str]:
        """Return how often words are met in a language, going by its patterns' own examples and its common words."""
        counts = Counter(dict.fromkeys(self.cues[language].stopwords, 40) if language in self.cues else {})
        for pattern in self.patterns:
            if pattern.language == language:
                for example in (*pattern.fires, *pattern.silent):
                    counts.update(_WORD.findall(example.lower()))
                    counts[","] += example.count(",")
        return counts

    def stale(self, today: datetime.date | None = None) -> tuple[Pattern, ...]:
        """Return the patterns that are past their review date."""
        day = today or datetime.date.today()
        return tuple(pattern for pattern in self.patterns if pattern.is_stale(day))


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(path.rglob("*.yaml"))
    if not path.is_file():
        raise LexiconError([Problem(str(path), 1, "there is no such file or folder")])
    return [path]


_TOP = {"schema", "language", "defaults", "genders", "concepts", "stopwords", "domains", "context", "patterns"}
_DEFAULTS = {"status", "added", "review_by", "verified", "references"}
_PATTERN = {
    "id", "indicator", "status", "any", "unless", "near", "innocent", "references", "added", "review_by", "examples",
    "verified", "note", "related", "masked",
}  # fmt: skip
_NEGATION = {"before", "after", "pseudo", "stop"}
_UNLESS: frozenset[Assertion] = frozenset({"negated", "quoted"})


class _Loader:
    """Reads every file of one lexicon, collecting faults instead of stopping at the first."""

    def __init__(self, folder: Path) -> None:
        self.catalogue = read_catalogue(folder)
        self.sources = read_sources(folder)
        self.problems: list[Problem] = []
        self.hash = hashlib.sha256()
        for name in ("indicators.yaml", "sources.yaml"):
            self.hash.update((folder / name).read_bytes())
        self.genders: dict[str, Forms] = {}
        self.concepts: dict[str, Concepts] = {}
        self.patterns: list[Pattern] = []
        self.domain_cues: list[DomainCue] = []
        self.leanings: dict[str, Leanings] = {}
        for file in sorted(folder.glob(f"*/{LEANINGS}")):
            self.hash.update(file.read_bytes())
            self.leanings[file.parent.name] = read_leanings(file, str(file.relative_to(folder)))
        self.sentences: dict[str, SentenceLeanings] = {}
        for file in sorted(folder.glob(f"*/{SENTENCES}")):
            self.hash.update(file.read_bytes())
            self.sentences[file.parent.name] = read_sentences(file, str(file.relative_to(folder)))
        self.cues: dict[str, Cues] = {}
        self.common: set[str] = set()
        self.rows: set[Row] = set()

    def load(self, shipped: Sequence[tuple[Path, str]], added: Sequence[tuple[Path, str]]) -> Lexicon:
        roots: list[tuple[Mapping, str]] = []
        base = ""
        for number, (path, shown) in enumerate([*shipped, *added]):
            if number == len(shipped):
                base = self.hash.hexdigest()
            self.hash.update(path.name.encode() + b"\0" + path.read_bytes())
            try:
                root = read_yaml(path, shown)
            except LexiconError as error:
                self.problems += error.problems
                continue
            if root.get("schema") != SCHEMA:
                self._fault(shown, root.line_of("schema"), f"the schema must be `{SCHEMA}`")
            if "language" not in root:
                self._fault(shown, root.line, "there is no `language`", "`und` holds for every language")
            else:
                self._unknown(root, _TOP, shown)
                roots.append((root, shown))
        for root, _ in roots:
            if "genders" in root:
                self.genders[root["language"]] = read_forms(_strings(root["genders"]))
        for root, shown in roots:  # concepts first: a pattern may use one from another file of its language
            self._read_concepts(root, shown)
        for root, shown in roots:
            self._read_cues(root, shown)
            self._read_domains(root, shown)
            self._read_patterns(root, shown)
        if self.problems:
            raise LexiconError(sorted(self.problems, key=lambda p: (p.path, p.line)))
        return Lexicon(
            self.catalogue, self.sources, tuple(self.patterns), tuple(self.domain_cues), self.leanings, self.sentences,
            self.cues, self._vocabulary(), f"sha256:{self.hash.hexdigest()}",
            f"sha256:{base or self.hash.hexdigest()}",
        )  # fmt: skip

    def _fault(self, shown: str, line: int, message: str, hint: str = "") -> None:
        self.problems.append(Problem(shown, line, message, hint))

    def _unknown(self, mapping: Mapping, known: set[str], shown: str) -> None:
        for key in mapping.keys() - known:
            close = difflib.get_close_matches(key, known, 1)
            hint = f"did you mean `{close[0]}`?" if close else f"known keys: {', '.join(sorted(known))}"
            self._fault(shown, mapping.line_of(key), f"unknown key `{key}`", hint)

    def _construction(self, source: str, language: str, shown: str, line: int) -> Construction | None:
        try:
            either_way = either(source, self.genders.get(language, {}))
            construction = Construction(either_way, self.concepts.get(language, Concepts()))
        except ConstructionError as error:
            self._fault(shown, line, f"`{source}`: {error}", "see lexicons/README.md for the way constructions are written")
            return None
        self.rows.update(element.literals for element in construction.elements)
        return construction

    def _constructions(self, sources: Any, language: str, shown: str, line: int) -> tuple[Construction, ...]:
        lines = getattr(sources, "lines", None) or [line] * len(sources)
        read = (self._construction(source, language, shown, at) for source, at in zip(_strings(sources), lines, strict=False))
        return tuple(construction for construction in read if construction is not None)

    def _vocabulary(self) -> Vocabulary:
        """Return every word that stands in a construction, and the common words."""
        known = {term for literal in frozenset().union(*self.rows) for term in terms(literal)}
        stems = frozenset(term[:-1] for term in known if term.endswith("*"))
        return Vocabulary(frozenset(term.removesuffix("*") for term in known) | self.common, stems)

    def _said(self, entries: Any, language: str) -> list[str]:
        """Return entries in the forms of every gender."""
        forms = self.genders.get(language, {})
        return list(dict.fromkeys(said for entry in _strings(entries) for said in spoken(entry, forms)))

    def _read_concepts(self, root: Mapping, shown: str) -> None:
        own = self.concepts.setdefault(root["language"], Concepts())
        concepts = root.get("concepts", {})
        for name, entries in concepts.items():
            if name in own:
                self._fault(shown, concepts.line_of(name), f"the concept {{{name}}} stands in another file too")
            own[name] = self._said(entries, root["language"])

    def _read_cues(self, root: Mapping, shown: str) -> None:
        language = root["language"]
        context = root.get("context", Mapping(root.line))
        negation = context.get("negation", Mapping(root.line))
        self._unknown(context, {"negation", "quoting", "awareness"}, shown)
        self._unknown(negation, _NEGATION, shown)
        for kind, sources in (*negation.items(), ("quoting", context.get("quoting", []))):
            self._constructions([f"({cue})" for cue in _strings(sources)], language, shown, negation.line_of(kind))
        old = self.cues.get(language, Cues())
        common = {w for entry in _strings(root.get("stopwords", [])) for w in normalize(entry).text.split()} - {",", "."}
        kinds = {kind: (*getattr(old, kind), *self._said(negation.get(kind, []), language)) for kind in sorted(_NEGATION)}
        self.cues[language] = Cues(
            **kinds,
            quoting=(*old.quoting, *self._said(context.get("quoting", []), language)),
            awareness=(
                *old.awareness,
                *self._constructions(context.get("awareness", []), language, shown, context.line_of("awareness")),
            ),
            stopwords=old.stopwords | common,
        )
        self.common |= common

    def _read_domains(self, root: Mapping, shown: str) -> None:
        domains = root.get("domains", Mapping(root.line))
        self._unknown(domains, set(get_args(DomainName)), shown)
        for domain, strengths in domains.items():
            self._unknown(strengths, {"strong", "weak"}, shown)
            for strength, sources in strengths.items():
                line = strengths.line_of(strength)
                for construction in self._constructions(sources, root["language"], shown, line):
                    self.domain_cues.append(
                        DomainCue(root["language"], domain, STRONG if strength == "strong" else WEAK, construction)
                    )

    def _read_patterns(self, root: Mapping, shown: str) -> None:
        defaults = root.get("defaults", Mapping(root.line))
        self._unknown(defaults, _DEFAULTS, shown)
        seen = {pattern.id for pattern in self.patterns}
        for entry in root.get("patterns", []):
            before = len(self.problems)
            if not isinstance(entry, Mapping):
                self._fault(shown, root.line_of("patterns"), "every pattern is a mapping that starts with `- id:`")
                continue
            self._unknown(entry, _PATTERN, shown)
            missing = [key for key in ("id", "indicator", "any", "examples") if key not in entry]
            if missing:
                self._fault(shown, entry.line, f"the pattern lacks `{missing[0]}`")
                continue
            merged = {**defaults, **entry}
            if entry["id"] in seen:
                self._fault(shown, entry.line, f"the id `{entry['id']}` stands twice", "ids are never used again")
            seen.add(entry["id"])
            pattern = self._pattern(merged, entry, root["language"], shown)
            if len(self.problems) == before and pattern is not None:
                self.patterns.append(pattern)

    def _pattern(self, merged: dict[str, Any], entry: Mapping, language: str, shown: str) -> Pattern | None:
        info = self.catalogue.get(entry["indicator"])
        if info is None:
            close = difflib.get_close_matches(entry["indicator"], self.catalogue, 1)
            hint = f"did you mean `{close[0]}`?" if close else "ids stand in indicators.yaml"
            self._fault(shown, entry.line_of("indicator"), f"no indicator `{entry['indicator']}`", hint)
            return None
        if info.role == "not_scored":
            self._fault(shown, entry.line_of("indicator"), f"`{info.id}` is documented as no indicator", info.disputed)
        if not entry["id"].startswith(f"{language}.{entry['indicator']}."):
            self._fault(shown, entry.line_of("id"), f"the id must start with `{language}.{entry['indicator']}.`")
        references = tuple(_strings(merged.get("references", [])))
        if not references:
            self._fault(shown, entry.line, "a pattern without a reference does not load", "add `references: [SOURCE_ID]`")
        for reference in references:
            if reference not in self.sources:
                self._fault(shown, entry.line_of("references"), f"no source `{reference}`", "ids stand in sources.yaml")
        examples = entry["examples"]
        fires, silent = (tuple(_strings(examples.get(kind, []))) for kind in ("fires", "silent"))
        if len(fires) < 2 or len(silent) < 2:
            self._fault(shown, entry.line_of("examples"), "give at least 2 `fires` and 2 `silent` examples",
                        "one silent example is a hard negative: nearly the same words, another meaning")  # fmt: skip
        unless = frozenset(_strings(merged["unless"])) if "unless" in merged else _UNLESS
        for name in unless - set(get_args(Assertion)):
            self._fault(shown, entry.line_of("unless"), f"unknown assertion `{name}`")
        if merged.get("status", "experimental") not in get_args(Status):
            self._fault(shown, entry.line_of("status"), f"unknown status `{merged['status']}`", ", ".join(get_args(Status)))
        constructions, regexes, tokens = self._ways(entry, language, shown)
        return Pattern(
            id=entry["id"], indicator=entry["indicator"], language=language, constructions=constructions,
            regexes=regexes, tokens=tokens, near=self._near(entry, language, shown),
            innocent=self._constructions(entry.get("innocent", []), language, shown, entry.line_of("innocent")),
            unless=unless,  # type: ignore[arg-type]  # checked against the known assertions above
            references=references, fires=fires, silent=silent,
            added=self._date(merged, entry, "added", shown), review_by=self._date(merged, entry, "review_by", shown),
            status=merged.get("status", "experimental"), verified=merged.get("verified", "true") == "true",
            masked=entry.get("masked", "false") == "true", note=entry.get("note", ""),
            related=tuple(_strings(entry.get("related", []))), file=shown, line=entry.line,
        )  # fmt: skip

    def _ways(
        self, entry: Mapping, language: str, shown: str
    ) -> tuple[tuple[Construction, ...], tuple[Regex, ...], tuple[Tokens, ...]]:
        constructions: list[Construction] = []
        regexes: list[Regex] = []
        tokens: list[Tokens] = []
        line = entry.line_of("any")
        for way in entry["any"] if isinstance(entry["any"], list) else [entry["any"]]:
            if isinstance(way, str):
                constructions += self._constructions(way, language, shown, line)
                continue
            self._unknown(way, {"phrase", "construction", "regex", "tokens", "anchors"}, shown)
            if "phrase" in way or "construction" in way:
                constructions += self._constructions(way.get("phrase") or way["construction"], language, shown, way.line)
                continue
            anchors = self._construction(f"({'|'.join(_strings(way.get('anchors', [])))})", language, shown, way.line)
            if anchors is None:
                continue
            if "regex" in way:
                try:
                    regex.compile(way["regex"])
                except regex.error as error:
                    self._fault(shown, way.line, f"the regex does not compile: {error}")
                regexes.append(Regex(way["regex"], anchors))
            elif "tokens" in way:
                tokens.append(Tokens(tuple(map(_plain, way["tokens"])), anchors))
        return tuple(constructions), tuple(regexes), tuple(tokens)

    def _near(self, entry: Mapping, language: str, shown: str) -> Near | None:
        near = entry.get("near")
        if near is None:
            return None
        self._unknown(near, {"any", "within"}, shown)
        company = self._construction(f"({'|'.join(_strings(near.get('any', [])))})", language, shown, near.line)
        return None if company is None else Near(company, int(near.get("within", 6)))

    def _date(self, merged: dict[str, Any], entry: Mapping, key: str, shown: str) -> datetime.date:
        try:
            return datetime.date.fromisoformat(merged.get(key, ""))
        except ValueError:
            self._fault(shown, entry.line_of(key), f"`{key}` must be a date", f"write `{key}: 2026-11-21`")
            return datetime.date.min


def _plain(node: Any) -> Any:
    """Return a spaCy token pattern with its numbers and truth values read as such."""
    if isinstance(node, dict):
        return {key: _plain(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_plain(item) for item in node]
    if node in ("true", "false"):
        return node == "true"
    return int(node) if node.isdigit() else node


def _strings(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else [str(item) for item in value]
