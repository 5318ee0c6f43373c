"""What a claim may repeat or speak of: looked up by its signs, then told by the rule why.

Every look-up goes through an index and stops at a few rows a sign, so that a desk of a hundred thousand incidents
answers as a small one does. What the rule finds no reason for is not shown.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, func, literal, select, union_all

from review.models import Claim, ClaimSign, Incident, IncidentSign, Source, SourceLink, session
from review.models.admissions import hidden_from, shown_to
from review.models.signs import ADDRESS, PLACE, WORD, digest_of_address
from review.queries.addresses import refs_of
from review.queries.seen_claims import seen, words_of
from review.rules import claims
from review.rules.claims import Account, Reason
from review.rules.facts import Facts, Place
from review.rules.mentions import days_named, phrases, telling_words
from review.rules.permissions import Actor

SHOWN = 5
WORDS, PLACES, SPANS = 12, 3, 5
A_SIGN = 20  # rows that one sign may bring
COMPARED = 40  # accounts that are read, those first that weigh most
HEAVY, MIDDLING, LIGHT = 16, 4, 1  # an address, or a place with its day; a word of a place; any other word
LASTING = timedelta(days=31)  # an incident of several days is kept under its first
STANDING = ("received", "grouped", "dismissed")


@dataclass(frozen=True, slots=True)
class Telling:
    """What of a claim is compared with other accounts."""

    seq: int
    day: str
    text: str
    translation: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class LikelyIncident:
    """An incident that the claim may speak of, and why."""

    ref: str
    title: str
    date: str | None
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class LikelyDuplicate:
    """A claim that the claim may repeat, and why; `incident` where that one is grouped already."""

    name: str
    day: str
    stage: str
    text: str
    language: str | None
    incident: str | None
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Likely:
    """What may be near a claim, the strongest reasons first."""

    incidents: tuple[LikelyIncident, ...] = ()
    duplicates: tuple[LikelyDuplicate, ...] = ()


def likely(viewer: Actor, telling: Telling) -> Likely:
    """What there is for this viewer that shares an address, a place and a day, or words with the claim."""
    known = known_places(viewer, telling)
    account = _account(telling, _written(known))
    alike = _claims_alike(viewer, telling, account)
    why = _why_else(telling.url, alike)
    rows = _incidents(viewer, account, set(why))
    refs = refs_of(rows.values())
    return Likely(_likely_incidents(account, rows, refs, why), _likely_duplicates(alike, refs))


def begun(viewer: Actor, telling: Telling) -> Facts:
    """The facts that an incident opened from this claim begins with: the one day that it names, and the place that it
    names where the desk knows that."""
    days = days_named(f"{telling.text}\n{telling.translation or ''}", _day(telling.day))
    places = known_places(viewer, telling)
    named = max(places, key=lambda name: (len(name), name), default=None)
    place = places[named] if named else None
    return Facts(
        date_type="date" if len(days) == 1 else "unknown",
        date=days[0].isoformat() if len(days) == 1 else None,
        places=(Place(place.names, place.region),) if place else (),
    )


# --- the claim itself ---------------------------------------------------------------------------------------


def known_places(viewer: Actor, telling: Telling) -> dict[str, Place]:
    """The places of the desk's incidents that a claim names: folded -> as the latest such incident has it."""
    spoken = phrases(telling.text) | phrases(telling.translation or "")
    hidden = select(Incident.id).where(hidden_from(viewer))
    latest = dict(
        session.execute(
            select(IncidentSign.sign, func.max(IncidentSign.incident_id))
            .where(IncidentSign.kind == PLACE, IncidentSign.sign.in_(spoken), IncidentSign.incident_id.not_in(hidden))
            .group_by(IncidentSign.sign)
        ).all()
    )
    rows = session.execute(select(Incident.id, Incident.facts).where(Incident.id.in_(latest.values())))
    facts = {id_: Facts.from_dict(value) for id_, value in rows}
    return {name: place for name, id_ in latest.items() if (place := _place(facts[id_], name)) is not None}


def _place(facts: Facts, name: str) -> Place | None:
    return next((place for place in facts.places if name in claims.place_names(Facts(places=(place,)))), None)


def _written(places: dict[str, Place]) -> dict[str, str]:
    return {name: claims.place_names(Facts(places=(place,)))[name] for name, place in places.items()}


def _account(telling: Telling, known: dict[str, str]) -> Account:
    return claims.of_claim(
        telling.text,
        received=_day(telling.day),
        translation=telling.translation,
        url=telling.url,
        known=known,
    )


def _day(day: str) -> date:
    return date.fromisoformat(day)


def _looked_up(account: Account) -> dict[str, int]:
    """The words to look up, each with its weight: one of each place named, then the longest."""
    of_places = [max(words, key=len) for place in _named(account) if (words := telling_words(place))]
    longest = sorted(account.words, key=lambda word: (-len(word), word))
    weights = dict.fromkeys(longest, LIGHT) | dict.fromkeys(of_places, MIDDLING)
    kept = sorted(weights, key=lambda word: (-weights[word], -len(word), word))[:WORDS]
    return {word: weights[word] for word in kept}


def _named(account: Account) -> list[str]:
    """The places that it names, the longest names first."""
    return sorted(account.places, key=lambda name: (-len(name), name))[:PLACES]


# --- claims -------------------------------------------------------------------------------------------------

Weighed = tuple[int, Select[Any]]
Alike = tuple[Claim, dict[str, Any], tuple[Reason, ...]]


def _claims_alike(viewer: Actor, telling: Telling, account: Account) -> list[Alike]:
    """The claims that there is a reason to show, the strongest first."""
    found = _claim_seqs(telling, account)
    statement = select(Claim).where(Claim.seq.in_(found), Claim.stage.in_(STANDING), seen(viewer))
    rows = {row.seq: row for row in session.scalars(statement)}
    alike = []
    for seq, sealed in words_of(rows).items():
        other = Telling(seq, sealed["day"], sealed.get("text") or "", sealed.get("translation"), sealed.get("url"))
        reasons = claims.reasons(account, _account(other, dict(account.places)))
        if reasons:
            alike.append((rows[seq], sealed, reasons))
    return sorted(alike, key=lambda one: (claims.strength(one[2]), abs(one[0].seq - telling.seq)))


def _claim_seqs(telling: Telling, account: Account) -> list[int]:
    """The claims that share a sign with this one: of each sign the nearest in the order of receipt."""
    address = digest_of_address(telling.url)
    searched = list(_beside(HEAVY, ADDRESS, address, telling.seq)) if address else []
    for word, weight in _looked_up(account).items():
        searched += _beside(weight, WORD, word, telling.seq)
    return _heaviest(searched)


def _beside(weight: int, kind: str, sign: str, seq: int) -> tuple[Weighed, Weighed]:
    found = select(ClaimSign.seq.label("id")).where(ClaimSign.kind == kind, ClaimSign.sign == sign)
    return (
        (weight, found.where(ClaimSign.seq < seq).order_by(ClaimSign.seq.desc()).limit(A_SIGN)),
        (weight, found.where(ClaimSign.seq > seq).order_by(ClaimSign.seq).limit(A_SIGN)),
    )


def _heaviest(searched: list[Weighed]) -> list[int]:
    """What these look-ups find, in one statement: those that weigh most, each sign shared counted with its weight."""
    parts = [select(part.subquery().c.id, literal(weight).label("weight")) for weight, part in searched]
    if not parts:
        return []
    found: Counter[int] = Counter()
    for id_, weight in session.execute(union_all(*parts)):
        found[id_] += weight
    return [id_ for id_, _weight in found.most_common(COMPARED)]


def _likely_duplicates(alike: list[Alike], refs: dict[int, str]) -> tuple[LikelyDuplicate, ...]:
    return tuple(
        LikelyDuplicate(
            name=row.name,
            day=sealed["day"],
            stage=row.stage,
            text=sealed.get("text") or "",
            language=sealed.get("language"),
            incident=refs.get(row.incident_id) if row.incident_id else None,
            reasons=reasons,
        )
        for row, sealed, reasons in alike[:SHOWN]
    )


# --- incidents ----------------------------------------------------------------------------------------------

Why = dict[int, tuple[Reason, ...]]


def _why_else(url: str | None, alike: list[Alike]) -> Why:
    """Incident -> why it is shown for what hangs in it: a source of the same address, a claim alike.

    Of such a claim its words and its address count; the place and the day are better known of the incident itself.
    """
    why: Why = dict.fromkeys(_with_source(digest_of_address(url)), (claims.THAT_ADDRESS,))
    for row, _sealed, reasons in alike:
        if row.incident_id:
            telling = [reason for reason in reasons if reason.kind != "place"]
            why[row.incident_id] = claims.together(why.get(row.incident_id, ()), telling)
    return why


def _with_source(address: str | None) -> set[int]:
    found = select(SourceLink.incident_id).join(Source, Source.id == SourceLink.source_id)
    return set(session.scalars(found.where(Source.key == address, ~SourceLink.withdrawn).limit(A_SIGN)))


def _incidents(viewer: Actor, account: Account, others: set[int]) -> dict[int, Incident]:
    """The incidents that share a sign with the claim, and those that something in them speaks for."""
    searched = [(HEAVY, _at(place, span)) for place in _named(account) for span in account.spans[:SPANS]]
    searched += [(weight, _by_word(word)) for word, weight in _looked_up(account).items()]
    wanted = {*_heaviest(searched), *others}
    rows = session.scalars(select(Incident).where(Incident.id.in_(wanted), shown_to(viewer)))
    return {row.id: row for row in rows}


def _by_word(word: str) -> Select[Any]:
    found = select(IncidentSign.incident_id.label("id")).where(IncidentSign.kind == WORD, IncidentSign.sign == word)
    return found.order_by(IncidentSign.day.desc(), IncidentSign.incident_id.desc()).limit(A_SIGN)


def _at(place: str, span: claims.Span) -> Select[Any]:
    near = timedelta(days=claims.NEAR_DAYS)
    first, last = (span[0] - near - LASTING).isoformat(), (span[1] + near).isoformat()
    found = select(IncidentSign.incident_id.label("id")).where(
        IncidentSign.kind == PLACE, IncidentSign.sign == place, IncidentSign.day.between(first, last)
    )
    return found.order_by(IncidentSign.day.desc()).limit(A_SIGN)


def _likely_incidents(
    account: Account, rows: dict[int, Incident], refs: dict[int, str], why: Why
) -> tuple[LikelyIncident, ...]:
    found = []
    for id_, row in rows.items():
        own = claims.reasons(account, claims.of_incident(Facts.from_dict(row.facts)))
        reasons = claims.together(own, why.get(id_, ()))
        if reasons:
            found.append((claims.strength(reasons), -id_, LikelyIncident(refs[id_], row.title, row.date, reasons)))
    found.sort(key=lambda one: one[:2])
    return tuple(one for _strength, _id, one in found[:SHOWN])
