"""What a text speaks of, as far as a rule can tell: days, telling words, phrases, and long numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import lru_cache

from review.rules.folding import folded
from review.rules.words import N_

# --- words --------------------------------------------------------------------------------------------------

TELLING = 4  # letters; an Arabic word without its article may be shorter by one
LONGEST_WORD = 40
FARTHEST = 250  # words: what a report is about stands near its beginning
_WORD = re.compile(r"[^\W_]+")
_ARABIC = re.compile(r"[\u0621-\u064a]")
_ARTICLE = re.compile(r"^(?:[وفبك]?ال|لل)(?=[^\W\d_]{3})")
PARTICLES = ("", "و", "ف", "ب", "ك", "ل")
_PARTICLE = re.compile(r"^[وفبكل](?=[^\W\d_]{3})")
# What nearly every report says tells none of them apart.
_COMMON = frozenset(
    folded(
        "about according after again against also among around been before being between civilian civilians "
        "dead destroyed died during five four from have here hundred injured injuries into killed killing "
        "least local many more morning most near people person reported reports said says several some source "
        "sources strike strikes airstrike airstrikes attack attacks that their them then there these they "
        "this three today tonight under very wards were what when where which while with within wounded "
        "yesterday "
        "قصف غارة غارات قتل مقتل قتلى جرحى إصابة إصابات شهيد شهداء ضحايا مدني مدنيين مدنيون على إلى من في عن بعد قبل "
        "قرب بين اليوم أمس فجر مساء صباح خلال كما هذا هذه التي الذي كان كانت أنباء أشخاص شخص عدد عدة منطقة"
    ).split()
)


def tokens(text: str) -> tuple[str, ...]:
    """The words of a text, folded, each without its Arabic article."""
    return tuple(_bare(word) for word in _WORD.findall(folded(text)))


def _bare(word: str) -> str:
    while shorter := _ARTICLE.sub("", word):
        if shorter == word:
            break
        word = shorter
    return word


_TOO_COMMON = _COMMON | {_bare(word) for word in _COMMON}


def telling_words(text: str) -> frozenset[str]:
    """The words by which a report can be told from others: neither short, nor common, nor figures."""
    return telling(tokens(text)[:FARTHEST])


def telling(words: Iterable[str]) -> frozenset[str]:
    """Those of these words, folded, that tell a report from others."""
    return frozenset(word for word in words if _is_telling(word))


def _is_telling(word: str) -> bool:
    if word in _TOO_COMMON or word.isdigit() or len(word) > LONGEST_WORD:
        return False
    return len(word) >= (TELLING - 1 if _ARABIC.search(word) else TELLING)


LONGEST_PHRASE = 5


@lru_cache(maxsize=1024)  # the same towns again and again
def phrase(text: str) -> str:
    """A name as it is looked for in a text: its words, folded."""
    return " ".join(tokens(text))


def in_order(text: str) -> str:
    """The words of a text in their order, a space around each: what `speaks_of` looks into."""
    return f" {' '.join(tokens(text)[:FARTHEST])} "


def speaks_of(in_their_order: str, name: str) -> bool:
    """Whether a name stands in the words of a text, perhaps behind an Arabic particle of one letter."""
    return any(f" {particle}{name} " in in_their_order for particle in PARTICLES)


def phrases(text: str) -> frozenset[str]:
    """Every run of up to five words of a text: what a place name in it could be."""
    words = tokens(text)[:FARTHEST]
    return frozenset(
        spelt
        for start, first in enumerate(words)
        for beginning in {first, _PARTICLE.sub("", first)}
        for size in range(1, LONGEST_PHRASE + 1)
        if len(spelt := " ".join((beginning, *words[start + 1 : start + size]))) >= TELLING - 1
    )


# --- days ---------------------------------------------------------------------------------------------------

EARLIEST = 1900  # a year before it is a number of something else
_MONTHS = {
    **{
        name: number
        for number, names in enumerate(
            ("january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul", "august aug",
             "september sept sep", "october oct", "november nov", "december dec"), 1,
        )
        for name in names.split()
    },
    **{
        folded(name): number
        for number, names in enumerate(
            ("يناير كانون الثاني", "فبراير شباط", "مارس آذار", "أبريل نيسان", "مايو أيار", "يونيو حزيران", "يوليو تموز",
             "أغسطس آب", "سبتمبر أيلول", "أكتوبر", "نوفمبر", "ديسمبر"), 1,
        )
        for name in names.split()
    },
}  # fmt: skip
# The Levantine months of two words: "second" and "first" tell November from October, January from December.
_TWO_WORDS = {"تشرين الاول": 10, "تشرين الثاني": 11, "كانون الاول": 12, "كانون الثاني": 1}
_NAMED = {name: month for name, month in _MONTHS.items() if name not in ("كانون", "الثاني")} | _TWO_WORDS
_MONTH = "|".join(sorted(map(re.escape, _NAMED), key=len, reverse=True))
_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_DAY_FIRST = re.compile(r"(?<!\d)(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?!\d)")
_IN_WORDS = re.compile(rf"(?<!\d)(\d{{1,2}})(?:st|nd|rd|th)?(?: of)? ({_MONTH})\b,?(?: (\d{{4}})(?!\d))?")
_MONTH_FIRST = re.compile(rf"\b({_MONTH}) (\d{{1,2}})(?:st|nd|rd|th)?\b(?!:),?(?: (\d{{4}})(?!\d))?")


def days_named(text: str, received: date) -> tuple[date, ...]:
    """The days that a text names, the earliest first; one without a year is the last such day before the
    receipt."""
    plain = folded(text)
    found = {day for day in _written(plain, received) if day is not None and day <= received + timedelta(days=1)}
    return tuple(sorted(found))


def _written(plain: str, received: date) -> Iterator[date | None]:
    for year, month, day in _YEAR_FIRST.findall(plain):
        yield _day(int(year), int(month), int(day))
    for day, month, year in _DAY_FIRST.findall(plain):
        yield _day(int(year), int(month), int(day))
    for day, name, year in _IN_WORDS.findall(plain):
        yield _with_year(year, _NAMED[name], int(day), received)
    for name, day, year in _MONTH_FIRST.findall(plain):
        yield _with_year(year, _NAMED[name], int(day), received)


def _with_year(year: str, month: int, day: int, received: date) -> date | None:
    if year:
        return _day(int(year), month, day)
    this_year = _day(received.year, month, day)
    return this_year if this_year and this_year <= received else _day(received.year - 1, month, day)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if year >= EARLIEST else None
    except ValueError:
        return None


# --- what should not stand in a record ------------------------------------------------------------------------

LONG_NUMBER = 9  # digits of the shortest national identity numbers in use
LONG_NUMBER_WARNING = N_(
    "%(number)s looks like a national ID or a telephone number, and what is kept here stays in the record. Take it "
    "out, or keep it all the same: the next press of the button does."
)
_ADDRESS = re.compile(r"https?://\S+")
_DIGITS = re.compile(rf"\d{{{LONG_NUMBER},}}")


def long_numbers(text: str | None) -> tuple[str, ...]:
    """Runs of nine digits or more outside of web addresses, in the order in which they stand."""
    return tuple(dict.fromkeys(_DIGITS.findall(_ADDRESS.sub(" ", text or ""))))
