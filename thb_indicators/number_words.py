"""Numbers from 10 to 99 in words, in the languages of the lexicon and Polish: phone numbers are told in pairs as well."""

from __future__ import annotations

from collections.abc import Iterator

_TEENS = (
    "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen",
    "dix onze douze treize quatorze quinze seize dix-sept dix-huit dix-neuf",
    "diez once doce trece catorce quince dieciséis diecisiete dieciocho diecinueve",
    "dez onze doze treze catorze quinze dezasseis dezassete dezoito dezanove",
    "dieci undici dodici tredici quattordici quindici sedici diciassette diciotto diciannove",
    "zece unsprezece doisprezece treisprezece paisprezece cincisprezece șaisprezece șaptesprezece optsprezece nouăsprezece",
    "zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn",
    "tien elf twaalf dertien veertien vijftien zestien zeventien achttien negentien",
    "tíz tizenegy tizenkettő tizenhárom tizennégy tizenöt tizenhat tizenhét tizennyolc tizenkilenc",
    "десет единадесет дванадесет тринадесет четиринадесет петнадесет шестнадесет седемнадесет осемнадесет деветнадесет",
    "десять одинадцять дванадцять тринадцять чотирнадцять п'ятнадцять шістнадцять сімнадцять вісімнадцять дев'ятнадцять",
    "десять одиннадцать двенадцать тринадцать четырнадцать пятнадцать шестнадцать семнадцать восемнадцать девятнадцать",
    "dziesięć jedenaście dwanaście trzynaście czternaście piętnaście szesnaście siedemnaście osiemnaście dziewiętnaście",
)
"""10 to 19."""
TENS_BESIDE = (
    "twenty thirty forty fifty sixty seventy eighty ninety",
    "vingt trente quarante cinquante soixante septante quatre-vingt quatre-vingt-dix",
    "двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто",
    "двадцять тридцять сорок п'ятдесят шістдесят сімдесят вісімдесят дев'яносто",
    "dwadzieścia trzydzieści czterdzieści pięćdziesiąt sześćdziesiąt siedemdziesiąt osiemdziesiąt dziewięćdziesiąt",
)
"""20 to 90 where a unit follows as a word of its own: "forty five"."""
TENS_AND = (
    "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa",
    "vinte trinta quarenta cinquenta sessenta setenta oitenta noventa",
    "douăzeci treizeci patruzeci cincizeci șaizeci șaptezeci optzeci nouăzeci",
    "двадесет тридесет четиридесет петдесет шестдесет седемдесет осемдесет деветдесет",
)
"""20 to 90 where a unit follows after "and": "treinta y cuatro"."""
_TENS_JOINED = (
    (
        "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa",
        "uno dos tres cuatro cinco seis siete ocho nueve",
        "veintiU",
    ),
    (
        "venti trenta quaranta cinquanta sessanta settanta ottanta novanta",
        "uno due tre quattro cinque sei sette otto nove",
        "TU EU",
    ),
    (
        "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig",
        "ein zwei drei vier fünf sechs sieben acht neun",
        "UundT",
    ),
    (
        "twintig dertig veertig vijftig zestig zeventig tachtig negentig",
        "een twee drie vier vijf zes zeven acht negen",
        "UenT UënT",
    ),
    (
        "húsz harminc negyven ötven hatvan hetven nyolcvan kilencven",
        "egy kettő három négy öt hat hét nyolc kilenc",
        "TU huszonU",
    ),
)
"""20 to 90, 1 to 9, and how they make one word: of T, of T without its last letter (E), and of U."""


def number_words() -> Iterator[tuple[str, int]]:
    """Yield the words for 10 to 99 that are one word, or are written as one.

    Examples
    --------
    >>> words = dict(number_words())
    >>> words["ventitre"], words["huszonkettő"], words["quarante"], "quarante-deux" in words
    (23, 22, 40, False)
    """
    for teens in _TEENS:
        yield from zip(teens.split(), range(10, 20), strict=True)
    for tens in (*TENS_BESIDE, *TENS_AND, *(tens for tens, _, _ in _TENS_JOINED)):
        yield from zip(tens.split(), range(20, 100, 10), strict=True)
    yield from {"dezesseis": 16, "dezessete": 17, "dezenove": 19, "quatre-vingts": 80, "huitante": 80, "nonante": 90}.items()
    for tens, units, joined in _TENS_JOINED:
        for form in joined.split():
            for ten, word in zip(range(20, 100, 10), tens.split(), strict=True):
                if form in ("veintiU", "huszonU") and ten > 20:
                    continue
                for unit, said in enumerate(units.split(), start=1):
                    yield form.replace("T", word).replace("E", word[:-1]).replace("U", said), ten + unit
