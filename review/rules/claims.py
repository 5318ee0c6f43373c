"""Claims: what makes a claim likely to repeat another one, or to speak of an incident. Each reason is a sentence.

A likeness is a help for the eye and never an answer: nothing is grouped or set aside by it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from review.rules.facts import Facts
from review.rules.mentions import days_named, in_order, phrase, speaks_of, telling, telling_words
from review.rules.sources import normalised_url, url_problem
from review.rules.words import N_

STAGES = ("received", "grouped", "duplicate", "dismissed", "withdrawn")
SET_ASIDE = ("duplicate", "dismissed", "withdrawn")

NEAR_DAYS = 3  # news of a moment comes within days, and a text says "yesterday" for two of them
FEWEST_WORDS = 2
SHARE = 2  # of the shorter account's telling words, one in so many is shared
WORDS_SHOWN = 6

SAME_ADDRESS = N_("Same address.")
SAME_DAY = N_("Same place, %(place)s, same day.")
NEAR_DAY = N_("Same place, %(place)s, within three days.")  # NEAR_DAYS, in words: no count to decline
SAME_WORDS = N_("Same words: %(words)s.")

Span = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Account:
    """A claim or an incident as far as it can be compared with another.

    `spans` are the days it may be about; `places` the known places it names, folded -> as they are written;
    `said` its words in their order.
    """

    addresses: frozenset[str] = frozenset()
    spans: tuple[Span, ...] = ()
    words: frozenset[str] = frozenset()
    places: Mapping[str, str] = field(default_factory=dict)
    said: str = ""

    def speaks_of(self, place: str) -> bool:
        """Whether it names this place, folded."""
        return place in self.places or speaks_of(self.said, place)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why two accounts are shown to one another: a sentence with its values; `rank` 0 is the strongest."""

    kind: str
    sentence: str
    rank: int
    values: Mapping[str, Any] = field(default_factory=dict)


THAT_ADDRESS = Reason("address", SAME_ADDRESS, 0)


def address_of(url: str | None) -> str | None:
    """The address by which two links are known to be the same; None where it is no web address."""
    if not url or url_problem(url):
        return None
    return normalised_url(url)


NOWHERE: Mapping[str, str] = {}


def of_claim(
    text: str,
    *,
    received: date,
    translation: str | None = None,
    url: str | None = None,
    known: Mapping[str, str] = NOWHERE,
) -> Account:
    """A claim as it can be compared: its day is one that it names, else that of its receipt; `known` are the
    places that the desk knows."""
    said = f"{in_order(text)}|{in_order(translation or '')}"
    named = days_named(f"{text}\n{translation or ''}", received) or (received,)
    address = address_of(url)
    return Account(
        addresses=frozenset({address} if address else ()),
        spans=tuple((day, day) for day in named),
        words=telling(said.split()),
        places={place: name for place, name in known.items() if speaks_of(said, place)},
        said=said,
    )


def words_of_claim(text: str, translation: str | None) -> frozenset[str]:
    """The words by which a claim is told from others, those of its translation among them."""
    return telling_words(text) | telling_words(translation or "")


def of_incident(facts: Facts) -> Account:
    """An incident as it can be compared: its days, its places in every script, the words of its summary."""
    names = place_names(facts)
    return Account(
        spans=_spans(facts),
        words=telling_words(" ".join((facts.summary or "", *names.values()))),
        places=names,
    )


def place_names(facts: Facts) -> dict[str, str]:
    """Every name of every place of an incident: folded -> as it is written."""
    names = {phrase(name): name for place in facts.places for _language, name in place.names}
    return {folded: name for folded, name in names.items() if folded}


def _spans(facts: Facts) -> tuple[Span, ...]:
    first = _day(facts.date)
    if first is None:
        return ()
    last = _day(facts.date_end) or first
    return ((min(first, last), max(first, last)),)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def reasons(one: Account, other: Account) -> tuple[Reason, ...]:
    """Why these two may be of one moment, the strongest first; none where nothing telling is shared. It is the
    same whichever of the two is asked about."""
    shared = shared_places(one, other)
    found = (_address(one, other), _place(one, other, shared), _words(one, other, shared))
    return tuple(reason for reason in found if reason is not None)


def shared_places(one: Account, other: Account) -> dict[str, str]:
    """The places that both speak of: folded -> as they are written."""
    both = {place for place in (*one.places, *other.places) if one.speaks_of(place) and other.speaks_of(place)}
    written = {place: (one.places.get(place), other.places.get(place)) for place in both}
    return {place: min(name for name in names if name) for place, names in written.items()}


def _address(one: Account, other: Account) -> Reason | None:
    return THAT_ADDRESS if one.addresses & other.addresses else None


def _place(one: Account, other: Account, shared: Mapping[str, str]) -> Reason | None:
    gap = days_apart(one.spans, other.spans)
    if not shared or gap is None or gap > NEAR_DAYS:
        return None
    # The longest name tells most; the alphabet only decides between equals.
    place = shared[min(shared, key=lambda name: (-len(name), name))]
    if gap == 0:
        return Reason("place", SAME_DAY, 1, {"place": place})
    return Reason("place", NEAR_DAY, 2, {"place": place})


def days_apart(one: Iterable[Span], other: Iterable[Span]) -> int | None:
    """The fewest days between any two of the spans, 0 where they meet; None where a side knows no day."""
    rest = tuple(other)
    gaps = [max((b[0] - a[1]).days, (a[0] - b[1]).days, 0) for a in one for b in rest]
    return min(gaps, default=None)


def _words(one: Account, other: Account, places: Iterable[str]) -> Reason | None:
    """Words that both use. Those of a shared place tell the place and not the moment, and do not count."""
    of_places = telling_words(" ".join(places))
    shared = (one.words & other.words) - of_places
    fewer = min(len(one.words - of_places), len(other.words - of_places))
    if len(shared) < FEWEST_WORDS or len(shared) * SHARE < fewer:
        return None
    shown = sorted(shared, key=lambda word: (-len(word), word))[:WORDS_SHOWN]
    return Reason("words", SAME_WORDS, 3, {"words": tuple(shown)})


def together(*found: Iterable[Reason]) -> tuple[Reason, ...]:
    """The reasons of several accounts of one thing, the strongest first and each kind once."""
    by_rank = sorted((reason for reasons in found for reason in reasons), key=lambda reason: reason.rank)
    strongest: dict[str, Reason] = {}
    for reason in by_rank:
        strongest.setdefault(reason.kind, reason)
    return tuple(strongest.values())


def strength(found: Iterable[Reason]) -> tuple[int, ...]:
    """What candidates are ordered by, the strongest first: their reasons, then how many words they share."""
    listed = tuple(found)
    shared = sum(len(reason.values.get("words", ())) for reason in listed)
    return (*sorted(reason.rank for reason in listed), 9, -shared)
