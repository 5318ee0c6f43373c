"""What a lead may ask to have removed for good, what waits for a second person, and what was removed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import false, or_, select

from review import clock
from review.audit.details import all_details
from review.audit.events import TYPES
from review.models import Claim, Disclosure, Event, Incident, Person, RedactionRequest, session
from review.models.admissions import exists, of_hidden_claims
from review.models.dossiers import read_disclosure
from review.models.refs import find_incident, ref_of
from review.queries.reading import Reading, read_incident
from review.queries.seen_claims import seen
from review.rules import redaction
from review.rules.errors import Forbidden, NotFound
from review.rules.permissions import Actor, may
from review.rules.redaction import Detail, Named
from review.rules.settlement import letters
from review.rules.words import N_

LABELS: Mapping[str, str] = {
    "facts": N_("The facts, whole"),
    "exact": N_("Exact points, notes on the places and who reported first"),
    "row": N_("The imported row"),
    "reason": N_("The reason"),
    "rationale": N_("The rationale"),
    "replies": N_("The answers to the minority"),
    "text": N_("The text"),
    "translation": N_("The translation"),
    "language": N_("The language"),
    "url": N_("The address"),
    "reporter": N_("Who reported it"),
    "title": N_("The title"),
    "publisher": N_("The publisher"),
    "note": N_("The note"),
    "ground": N_("The ground"),
    "file": N_("The file"),
    "archive": N_("Where it is archived"),
    "name": N_("The name"),
    "party": N_("The party"),
    "position": N_("The position"),
    "conceded": N_("The harm conceded"),
    "credibility": N_("The credibility"),
    "coherence": N_("The coherence"),
    "recipient": N_("The recipient"),
    "purpose": N_("The purpose"),
    "people": N_("Whom it is shown to"),
    "sources": N_("The sources cited"),
    "departs": N_("Why against the definition"),
    "detail": N_("The detail"),
    "kind": N_("The kind"),
    "published": N_("When it was published"),
    "role": N_("The role"),
    "origin": N_("The origin"),
    "link": N_("The link to the same source elsewhere"),
    "publishable": N_("Whether it may be public"),
    "checked": N_("How the archived copy was checked"),
    "tool": N_("The tool"),
}
# The desk's own marks: they hold nobody's words, and a form that offers them hides those that do.
MARKS = ("link", "language", "kind", "published", "role", "origin", "publishable", "checked")
UNREAD = ("correction.", "detail.", "incident.restricted")
SHORTEST = 3  # characters of a phrase that is looked for in the whole log
MOST_FOUND = 100


@dataclass(frozen=True, slots=True)
class Item:
    """One detail that could be removed: by its digest, what it is, and its words where this person may read them."""

    digest: str
    label: str
    text: str | None
    obstacle: str | None


@dataclass(frozen=True, slots=True)
class Step:
    """One event with what of it could be removed; a vote by its letter, without place or day."""

    sentence: str
    day: str | None
    seq: int | None
    letter: str | None
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class RemovalPage:
    """Everything of an incident, or of the log, in which a phrase stands."""

    ref: str | None
    title: str
    q: str
    claim: str | None
    steps: tuple[Step, ...]
    more: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: who asks for what, on which ground and why, and what became of it."""

    name: str
    ref: str | None
    title: str
    ground: str
    reason: str
    by: str
    at: datetime
    until: datetime
    steps: tuple[Step, ...]
    mine: bool
    may_answer: bool
    answer: str | None
    answered_by: str | None


@dataclass(frozen=True, slots=True)
class RequestsPage:
    """Those that wait, and one's own that were declined."""

    waiting: tuple[Asked, ...]
    declined: tuple[Asked, ...]
    may_ask: bool


# --- asking ---------------------------------------------------------------------------------------------------


def removal_page(viewer: Actor, ref: str, q: str = "", entry: int | None = None) -> RemovalPage:
    """The events of an incident, and the claims grouped in it, that hold a phrase: what a lead may have removed.

    `entry` is the place of one event in the incident's chain.
    """
    reading = read_incident(viewer, ref, "ask_redaction")
    mine = select(Event.seq).where(Event.incident_id == reading.id)
    if entry is not None:
        mine = mine.where(Event.iseq == entry)
    own = _steps(all_details(session, reading.id, list(session.scalars(mine))), reading)
    received = set() if entry is not None else {claim.seq for claim in reading.dossier.claims}
    received -= of_hidden_claims(session, viewer, received)
    claims = _steps(all_details(session, None, sorted(received)))
    held = (_holding(step, q) for step in (*own, *claims))
    return RemovalPage(reading.ref, reading.title, q, None, tuple(step for step in held if step.items))


def log_page(viewer: Actor, q: str = "", claim: str | None = None) -> RemovalPage:
    """The log's own entries that hold a phrase, or those of one claim."""
    if not may(viewer.role, "ask_redaction"):
        raise Forbidden("ask_redaction")
    if claim:
        row = session.scalar(select(Claim.seq).where(Claim.name == claim, seen(viewer)))
        if row is None:
            raise NotFound("claim")
        return RemovalPage(None, "", "", claim, _steps(all_details(session, None, [row])))
    if len(q) < SHORTEST:
        return RemovalPage(None, "", q, None, ())
    found = _log_seqs(viewer, q)
    steps = (_holding(step, q) for step in _steps(all_details(session, None, found[:MOST_FOUND])))
    return RemovalPage(None, "", q, None, tuple(step for step in steps if step.items), len(found) > MOST_FOUND)


def _log_seqs(viewer: Actor, q: str) -> list[int]:
    own = (
        select(Disclosure.seq, Disclosure.text)
        .join(Event, Event.seq == Disclosure.seq)
        .where(Event.incident_id.is_(None), Disclosure.name.not_in(("at", "person")))
    )
    found = {seq for seq, text in session.execute(own) if _speaks(_opened(text), q)}
    return sorted(found - of_hidden_claims(session, viewer, found), reverse=True)


def named(digests: Collection[str], ref: str | None) -> dict[int | None, list[Named]]:
    """The details behind these digests, of this incident and of the log, by the incident whose chain holds their event;
    None for the log's own."""
    here = Event.incident_id == find_incident(session, ref) if ref else false()
    rows = session.execute(
        select(Event.incident_id, Disclosure.seq, Disclosure.name)
        .join(Event, Event.seq == Disclosure.seq)
        .where(or_(here, Event.incident_id.is_(None)), Disclosure.digest.in_(digests))
        .order_by(Disclosure.seq, Disclosure.name)
    )
    found: dict[int | None, list[Named]] = {}
    for incident, seq, name in rows:
        found.setdefault(incident, []).append(Named(seq, name))
    return found


# --- what waits -----------------------------------------------------------------------------------------------


def requests_page(viewer: Actor) -> RequestsPage:
    """What waits for a second person, the oldest first, and what one asked for oneself and was declined."""
    if not may(viewer.role, "see_redactions"):
        raise Forbidden("see_redactions")
    since = clock.now() - redaction.WAITS
    rows = session.scalars(
        select(RedactionRequest).where(RedactionRequest.asked_at >= since).order_by(RedactionRequest.id)
    ).all()
    people = dict(session.execute(select(Person.id, Person.name)).all())
    found = [(row, _asked(viewer, row, people)) for row in rows if _shown(viewer, row)]
    return RequestsPage(
        waiting=tuple(asked for row, asked in found if row.declined_at is None),
        declined=tuple(asked for row, asked in found if row.declined_at is not None and asked.mine),
        may_ask=may(viewer.role, "ask_redaction"),
    )


def _shown(viewer: Actor, row: RedactionRequest) -> bool:
    """Of an incident that does not exist for somebody no request is there either, nor one of its claims."""
    if row.incident_id is not None:
        incident = session.get(Incident, row.incident_id)
        return incident is not None and exists(session, incident, viewer)
    seqs = [item["of"] for item in row.items]
    return not of_hidden_claims(session, viewer, seqs)


def _asked(viewer: Actor, row: RedactionRequest, people: Mapping[int, str]) -> Asked:
    wanted = {Named(item["of"], name) for item in row.items for name in item["details"]}
    details = all_details(session, row.incident_id, sorted({one.seq for one in wanted}))
    chosen = {one: detail for one, detail in details.items() if one in wanted}
    incident = session.get(Incident, row.incident_id) if row.incident_id else None
    reading = read_incident(viewer, incident.name) if incident else None
    return Asked(
        name=row.name,
        ref=ref_of(session, incident) if incident else None,
        title=incident.title if incident else "",
        ground=row.ground,
        reason=row.reason,
        by=people.get(row.asked_by, ""),
        at=row.asked_at,
        until=row.asked_at + redaction.WAITS,
        steps=_steps(chosen, reading),
        mine=row.asked_by == viewer.person,
        may_answer=row.asked_by != viewer.person and may(viewer.role, "second_redaction"),
        answer=row.answer,
        answered_by=people.get(row.declined_by or 0),
    )


# --- one event ------------------------------------------------------------------------------------------------


def _steps(details: Mapping[Named, Detail], reading: Reading | None = None) -> tuple[Step, ...]:
    """The events of these details, the latest first, votes by their letters behind them."""
    offered = {one: detail for one, detail in details.items() if _offered(detail)}
    values = _values(offered.values())
    days = _days({one.seq for one in offered})
    under = _letters(reading)
    grouped: dict[int, list[Detail]] = {}
    for detail in offered.values():
        grouped.setdefault(detail.seq, []).append(detail)
    steps = [_step(of, days[of[0].seq], values, under) for _seq, of in sorted(grouped.items(), reverse=True)]
    return tuple(sorted(steps, key=lambda step: (step.letter is not None, step.letter or "")))


def _offered(detail: Detail) -> bool:
    known = redaction.removable(detail.type, detail.name) and detail.name not in MARKS
    return known and detail.digest is not None and not detail.mute and not detail.sealed


def _step(of: Sequence[Detail], day: str, values: Mapping[str, Any], under: Mapping[int, str]) -> Step:
    seq, type_ = of[0].seq, of[0].type
    vote = type_ == "vote.committed"
    items = (_item(detail, values.get(detail.digest or "")) for detail in of)
    return Step(
        sentence=N_("A vote") if vote else TYPES[type_].sentence,
        day=None if vote else day,
        seq=None if vote else seq,
        letter=under.get(seq, "?") if vote else None,
        items=tuple(item for item in items if item is not None),
    )


def _item(detail: Detail, value: Any) -> Item | None:
    text = said(value)
    if not text:
        return None
    shown = not detail.type.startswith(UNREAD) and (detail.type == "vote.committed" or not TYPES[detail.type].blind)
    return Item(
        detail.digest or "", LABELS.get(detail.name, detail.name), text if shown else None, redaction.obstacle(detail)
    )


def _letters(reading: Reading | None) -> dict[int, str]:
    if reading is None:
        return {}
    closed = [round_ for round_ in reading.dossier.rounds if not round_.open]
    return {seq: letter for round_ in closed for seq, letter in letters(reading.dossier, round_.number).items()}


def _values(details: Iterable[Detail]) -> dict[str, Any]:
    wanted = {detail.digest: detail.seq for detail in details}
    of_these = Disclosure.seq.in_(set(wanted.values()))
    rows = session.execute(select(Disclosure.digest, Disclosure.text).where(of_these))
    return {digest: _opened(text) for digest, text in rows if digest in wanted}


def _opened(text: str) -> Any:
    return read_disclosure(text)[1]


def _days(seqs: Collection[int]) -> dict[int, str]:
    return dict(session.execute(select(Event.seq, Event.day).where(Event.seq.in_(seqs))).all())


def _holding(step: Step, q: str) -> Step:
    """The step with those of its details in which the phrase stands; what may not be read is not searched."""
    if not q:
        return step
    held = tuple(item for item in step.items if item.text is not None and _speaks(item.text, q))
    return Step(step.sentence, step.day, step.seq, step.letter, held)


def _speaks(value: Any, q: str) -> bool:
    return q.casefold() in said(value).casefold()


def said(value: Any) -> str:
    """A sealed value as lines of words, nothing for what is empty."""
    if value is None or value == "":
        return ""
    if isinstance(value, Mapping):
        lines = ((name, said(item)) for name, item in value.items())
        return "\n".join(f"{name}: {text}" for name, text in lines if text)
    if isinstance(value, list | tuple):
        return ", ".join(filter(None, map(said, value)))
    return str(value)


