"""Incidents of the desk: the list, by keyset and without parsing facts, and the page of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, exists, func, or_, select, union

from review.models import Incident, IncidentCode, Stream, session
from review.models.admissions import VIEWER, shown_to, shown_to_the_viewer
from review.models.refs import aliases, find_incident, folded_code, ref_of
from review.models.search import DESK, folded, has
from review.queries.aftermath import own_aftermath
from review.queries.claimed import MOST_WORDS, claims_with, in_claims
from review.queries.drafts import drafts_on
from review.queries.exclusions import Exclusion, exclusion
from review.queries.exits import Exits, exits
from review.queries.found import Asked, Found, found
from review.queries.notes import own_notes
from review.queries.reading import Reading, StreamName, Way, read_incident
from review.queries.rechecks import Cited, RecheckPanel, cited, recheck_panel
from review.queries.rounds import Opening, RoundPanel, opening, round_panel
from review.queries.sources import Evidence, evidence
from review.queries.votes import BallotForm, Dissenting, ShownRound, ballot_form, closed_rounds, own_dissent
from review.rules.acceptance import unconsidered
from review.rules.aftermath import Aftermath
from review.rules.dossier import Determination, Position
from review.rules.errors import Forbidden
from review.rules.facts import Casualties, Facts
from review.rules.imports import NOTES
from review.rules.incidents import DOUBTS, doubts
from review.rules.permissions import Actor, may
from review.rules.positions import Standing, by_party

SIZE = 50
# Plain rows of plain tables: a list is read more often than anything else.
_INCIDENT = Incident.__table__.c
_OWN, _OTHER = IncidentCode.__table__.alias().c, IncidentCode.__table__.alias().c
# True where another incident answers to the same code, so that the address must carry the name instead.
REPEATED = (
    exists()
    .where(_OWN.incident_id == _INCIDENT.id, _OWN.code == _INCIDENT.code)
    .where(_OTHER.folded == _OWN.folded, _OTHER.incident_id != _INCIDENT.id)
    .label("repeated")
)
COLUMNS = (
    REPEATED,
    _INCIDENT.id,
    _INCIDENT.name,
    _INCIDENT.code,
    _INCIDENT.title,
    _INCIDENT.date,
    _INCIDENT.facts["date_end"].as_string().label("date_end"),
    _INCIDENT.stage,
    _INCIDENT.needs_round,
    _INCIDENT.recheck,
    _INCIDENT.restricted,
    _INCIDENT.stream,
    _INCIDENT.grade,
    _INCIDENT.grade_kind,
    _INCIDENT.version,
    _INCIDENT.range,
)


@dataclass(frozen=True, slots=True)
class Row:
    """One incident of a list: nothing of it moves with a vote."""

    id: int
    ref: str
    code: str | None
    title: str
    date: str | None
    date_end: str | None  # of a range of days
    stage: str
    needs_round: bool
    recheck: bool
    restricted: bool
    stream: str
    grade: str | None
    legacy: bool
    version: int | None
    casualties: Casualties | None
    earlier: str | None = None  # the earlier code by which it was found
    in_claim: bool = False  # a word looked for stands in one of its claims


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed to."""

    stage: str = ""
    stream: str = ""
    q: str = ""

    def query(self) -> dict[str, str]:
        """The filters as an address carries them."""
        pairs = {"stage": self.stage, "stream": self.stream, "q": self.q}
        return {name: value for name, value in pairs.items() if value}


@dataclass(frozen=True, slots=True)
class IncidentList:
    """One page of the list, newest first. `after` continues it, `first` is False on every later page."""

    rows: tuple[Row, ...]
    filters: Filters
    streams: tuple[StreamName, ...]
    after: int | None
    first: bool
    cut: bool = False  # of words that no index knows only the newest were looked through


@dataclass(frozen=True, slots=True)
class IncidentPage:
    """One incident for one viewer, already filtered."""

    ref: str
    name: str
    title: str
    stage: str
    needs_round: bool
    recheck: bool
    stream: StreamName | None
    facts: Facts
    standing: Determination | None
    parties: tuple[Standing, ...]
    doubts: tuple[str, ...]
    flags: tuple[tuple[str, str], ...]
    evidence: Evidence
    notes: Mapping[int, str] | None  # the viewer's own, by source; None for whoever judges nothing
    ballot: BallotForm | None
    recused: bool
    panel: RoundPanel | None
    opening: Opening | None
    open_round: int | None
    open_kind: str | None
    rounds: tuple[ShownRound, ...]
    dissent: Dissenting | None
    aftermath: Aftermath | None  # what became of the viewer's own vote
    settling: bool
    exits: Exits
    accepted: Position | None  # by which a party accepted the harm after the version that stands
    checking: RecheckPanel | None
    cited: tuple[Cited, ...]
    exclusion: Exclusion | None
    ways: Mapping[str, Way]
    digest: str
    evidence_digest: str


VERBS = (
    "attach_source",
    "group_sources",
    "record_position",
    "declare_conflict",
    "lift_conflict",
    "describe_incident",
    "group_claim",
    "ungroup_claim",
    "argue",
    "settle",
    "approve",
    "reopen",
    "exclude_vote",
    "see_history",
)


def incident_list(viewer: Actor, filters: Filters, *, before: int | None = None) -> IncidentList:
    """The incidents that this person may read, newest first, 50 a page."""
    if not may(viewer.role, "see_incident"):
        raise Forbidden("see_incident")
    rows, after, cut = _page(viewer, filters, before)
    ids = [row.id for row in rows]
    earlier, claimed = _earlier_codes(ids, filters.q), in_claims(viewer, ids, filters.q)
    return IncidentList(
        rows=tuple(_row(row, earlier.get(row.id), row.id in claimed) for row in rows),
        filters=filters,
        streams=streams(),
        after=after,
        first=before is None,
        cut=cut,
    )


def _page(viewer: Actor, filters: Filters, before: int | None) -> tuple[Sequence[Any], int | None, bool]:
    """The rows of a page, behind which incident the list continues, and whether that is where the looking ended."""
    if filters.q:
        answer = _found(viewer, filters, before, SIZE + 1)
        ids, after = answer.page(SIZE)
        return session.connection().execute(_THESE, {"ids": ids}).all(), after, answer.edge is not None
    statement = (_NEWEST if before is None else _OLDER).where(*_narrowed(filters))
    rows = session.connection().execute(statement, {VIEWER: viewer.person, "before": before}).all()
    return rows[:SIZE], rows[SIZE - 1].id if len(rows) > SIZE else None, False


# Built once: most look at the list as it is.
_NEWEST = select(*COLUMNS).where(shown_to_the_viewer()).order_by(_INCIDENT.id.desc()).limit(SIZE + 1)
_OLDER = _NEWEST.where(_INCIDENT.id < bindparam("before"))
_THESE = select(*COLUMNS).where(_INCIDENT.id.in_(bindparam("ids", expanding=True))).order_by(_INCIDENT.id.desc())
_STREAM = Stream.__table__.c
_STREAMS = select(_STREAM.slug, _STREAM.name, _STREAM.mode).order_by(_STREAM.name)


def newest_incidents(viewer: Actor, filters: Filters, most: int) -> tuple[list[Incident], bool]:
    """So many of the incidents that this person may read under the filters of the list, the newest first; and whether
    those are all."""
    if not may(viewer.role, "see_incident"):
        raise Forbidden("see_incident")
    newest = select(Incident).order_by(Incident.id.desc())
    if not filters.q:
        statement = newest.where(shown_to(viewer), *_narrowed(filters)).limit(most + 1)
        rows = list(session.scalars(statement))
        return rows[:most], len(rows) <= most
    answer = _found(viewer, filters, None, most + 1)
    return list(session.scalars(newest.where(Incident.id.in_(answer.ids[:most])))), answer.whole


def _narrowed(filters: Filters) -> tuple[ColumnElement[bool], ...]:
    asked = ((_INCIDENT.stage, filters.stage), (_INCIDENT.stream, filters.stream))
    return tuple(column == wanted for column, wanted in asked if wanted)


def _found(viewer: Actor, filters: Filters, before: int | None, most: int) -> Found:
    """Those with every word in their codes, places, parties and summary or in a claim, or found by a code."""
    words = folded(filters.q).split()[:MOST_WORDS]
    asked = Asked(
        DESK,
        words,
        listed=(shown_to_the_viewer(),),
        narrowed=_narrowed(filters),
        beside=_beside(viewer, filters.q, words),
        before=before,
        values={VIEWER: viewer.person},
    )
    return found(asked, SIZE + 1, most)


def _beside(viewer: Actor, q: str, words: Sequence[str]) -> Any:
    """The incidents that a code leads to, and those in whose claims a word stands that their own text lacks."""
    coded = select(IncidentCode.incident_id).where(IncidentCode.folded == folded_code(q))
    led_to = select(_INCIDENT.id).where(_INCIDENT.name.in_(aliases(session, q)))
    claims = [claims for word in words if (claims := claims_with(viewer, word)) is not None]
    if not claims:
        return union(coded, led_to)
    in_one = union(*(select(one.c.incident_id) for one in claims))
    said = select(_INCIDENT.id).where(_INCIDENT.id.in_(in_one), and_(*(_said(viewer, word) for word in words)))
    return union(coded, led_to, said)


def _said(viewer: Actor, word: str) -> ColumnElement[bool]:
    """Whether an incident has a word: in its codes, places, parties and summary, or in one of its claims."""
    (in_facts,) = has(DESK.text, (word,))
    claims = claims_with(viewer, word)
    return in_facts if claims is None else or_(in_facts, _INCIDENT.id.in_(select(claims.c.incident_id)))


def _earlier_codes(ids: list[int], q: str) -> dict[int, str]:
    """Those of the incidents that no longer bear the code looked for, with that code."""
    if not q or not ids:
        return {}
    statement = select(IncidentCode.incident_id, IncidentCode.code).where(
        IncidentCode.incident_id.in_(ids), IncidentCode.earlier, IncidentCode.folded == folded_code(q)
    )
    return dict(session.execute(statement).all())


def _row(row: Any, earlier: str | None, in_claim: bool) -> Row:
    return Row(
        row.id,
        row.code if row.code and not row.repeated else row.name,
        row.code,
        row.title,
        row.date,
        row.date_end,
        row.stage,
        row.needs_round,
        row.recheck,
        row.restricted,
        row.stream,
        row.grade,
        row.grade_kind == "legacy",
        row.version,
        Casualties.from_dict(row.range) if row.grade else None,
        earlier,
        in_claim,
    )


def ref_among(code: str | None, name: str, repeated: frozenset[str]) -> str:
    """The reference of an incident of a list: its code where no other answers to it, else its name."""
    return code if code and folded_code(code) not in repeated else name


def repeated_codes(codes: list[str]) -> frozenset[str]:
    """Those of the codes that more than one incident answers to, so that its address carries the name instead."""
    if not codes:
        return frozenset()
    table = IncidentCode.__table__
    statement = (
        select(table.c.folded)
        .where(table.c.folded.in_({folded_code(code) for code in codes}))
        .group_by(table.c.folded)
        .having(func.count(table.c.incident_id.distinct()) > 1)
    )
    return frozenset(session.execute(statement).scalars())


def streams() -> tuple[StreamName, ...]:
    """Every stream by name, for a filter."""
    return tuple(StreamName(*row) for row in session.connection().execute(_STREAMS))


def address_of(name: str) -> str:
    """The reference that an incident's address carries: its code where that is its alone."""
    return ref_of(session, session.get_one(Incident, find_incident(session, name)))


def incident_page(viewer: Actor, ref: str) -> IncidentPage:
    """One incident with everything this person may see and do on it."""
    return page_of_reading(read_incident(viewer, ref))


def _flagged(flag: str) -> tuple[str, str]:
    """What an import said of a value that cannot be true, and of which one."""
    note, _colon, value = flag.partition(":")
    return NOTES.get(note, flag), value


def page_of_reading(reading: Reading) -> IncidentPage:
    """The page of an incident that has been opened."""
    dossier = reading.dossier
    round_ = dossier.open_round
    typed = drafts_on(reading.viewer.actor.person, reading.id)
    return IncidentPage(
        ref=reading.ref,
        name=reading.name,
        title=reading.title,
        stage=dossier.stage,
        needs_round=dossier.needs_round,
        recheck=dossier.recheck,
        stream=reading.stream,
        facts=dossier.facts,
        standing=dossier.determination,
        parties=by_party(dossier.facts.parties, dossier.positions),
        doubts=tuple(DOUBTS[key] for key in doubts(dossier.facts)),
        flags=tuple(_flagged(flag) for flag in dossier.facts.flags),
        evidence=evidence(reading),
        notes=own_notes(reading, typed),
        ballot=ballot_form(reading, typed),
        recused=bool(round_ and reading.who and round_.answer(reading.who) == "recused"),
        panel=round_panel(reading),
        opening=opening(reading),
        open_round=round_.number if round_ else None,
        open_kind=round_.kind if round_ else None,
        rounds=closed_rounds(reading),
        dissent=own_dissent(reading),
        aftermath=own_aftermath(reading),
        settling=dossier.stage == "settlement",
        exits=exits(reading),
        accepted=unconsidered(dossier),
        checking=recheck_panel(reading),
        cited=cited(reading),
        exclusion=exclusion(reading),
        ways=reading.ways(*VERBS),
        digest=dossier.digest,
        evidence_digest=dossier.evidence,
    )
