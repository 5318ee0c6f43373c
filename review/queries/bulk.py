"""Asking for several incidents at once: those that want people, the people, and what a choice would amount to."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import func, select

from review import clock
from review.models import Hold, Person, session
from review.models.languages import languages_of
from review.models.limits import Limits
from review.queries.backlog import logged_meanwhile
from review.queries.rounds import policies
from review.queries.under_way import Case, Place, cases_of, incidents
from review.queries.waiting import StreamRow, streams
from review.queries.workload import panel
from review.rules import assignment, bulk
from review.rules.assignment import Reviewer
from review.rules.bulk import Plan, Wanting
from review.rules.conditions import JUDGES
from review.rules.errors import Forbidden
from review.rules.facts import Range
from review.rules.permissions import Actor, may
from review.rules.requirements import requirements
from review.rules.visibility import sight
from review.rules.words import N_

MEANWHILE = "meanwhile"  # in an address: what a stream logged while it was not assessed
SIZE = 25  # incidents of a page
LOOKED_AT = 100  # of those under way, how many are opened to fill it
AWAY = N_("is not available now")


@dataclass(frozen=True, slots=True)
class Wanted:
    """One incident that wants people. `round` is the open one, 0 where a round would be opened."""

    ref: str
    code: str | None
    title: str
    stage: str
    killed: Range
    seats: int
    round: int
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Askable:
    """Somebody who judges, with what they read and owe."""

    reviewer: Reviewer

    @property
    def id(self) -> int:
        return self.reviewer.person

    @property
    def name(self) -> str:
        return self.reviewer.name

    @property
    def role(self) -> str:
        return self.reviewer.role

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(sorted(self.reviewer.languages))

    @property
    def owed(self) -> int:
        return self.reviewer.owed

    @property
    def never_by_next(self) -> bool:
        """Whether they vote only where they are asked: a lead editor, beside the reviewers."""
        return not may(self.role, "take_next")


@dataclass(frozen=True, slots=True)
class Given:
    """One incident of a preview: who is asked, who is left out and why, how many seats stay empty."""

    row: Wanted
    asked: tuple[Reviewer, ...]
    left_out: tuple[bulk.LeftOut, ...]
    missing: int

    @property
    def value(self) -> str:
        """What the confirming form sends for this incident."""
        return f"{self.row.ref}:{self.row.round}:{','.join(str(one.person) for one in self.asked)}"


@dataclass(frozen=True, slots=True)
class Preview:
    """What one press would do: `loads` says of each person asked how many votes they would owe after it."""

    given: tuple[Given, ...]
    loads: tuple[tuple[str, int, int], ...]

    @property
    def asked(self) -> int:
        return sum(len(one.asked) for one in self.given)

    @property
    def incidents(self) -> int:
        return sum(1 for one in self.given if one.asked)


@dataclass(frozen=True, slots=True)
class BulkPage:
    """The incidents that want people, and the people. `not_shown`: rounds in which the viewer was asked themselves.

    `logged`: MEANWHILE where only those are listed that the stream logged while it was not assessed, else empty.
    """

    rows: tuple[Wanted, ...]
    people: tuple[Askable, ...]
    streams: tuple[StreamRow, ...]
    stream: str
    logged: str
    here: str
    after: Place | None
    not_shown: int
    preview: Preview | None = None


def bulk_page(
    viewer: Actor,
    *,
    stream: str = "",
    logged: str = "",
    after: Place | None = None,
    chosen: Collection[str] = (),
    people: Collection[int] | None = None,
) -> BulkPage:
    """A page of what wants people; with incidents chosen, what asking `people` there, or by load, amounts to."""
    if not may(viewer.role, "assign_panel"):
        raise Forbidden("assign_panel")
    logged = MEANWHILE if logged == MEANWHILE and stream else ""
    among = logged_meanwhile(viewer, stream) if logged else None
    found = incidents(viewer, stream, LOOKED_AT + 1, stage="asking", after=after, among=among)
    cases = cases_of(viewer, found[:LOOKED_AT])
    shown = [case for case in cases if _shown(case)]
    wanted = _wanted(shown, _required())[:SIZE]
    desk, rows = _people(viewer), tuple(row for _case, row in wanted)
    picked = [(case, row) for case, row in wanted if row.ref in chosen]
    return BulkPage(
        rows=rows,
        people=desk,
        streams=streams(),
        stream=stream,
        logged=logged,
        here=f"{after.gravity}-{after.id}" if after else "",
        after=_onward(found, wanted),
        not_shown=len(cases) - len(shown),
        preview=_preview(viewer, picked, desk, people) if picked else None,
    )


def _shown(case: Case) -> bool:
    """Who was asked in a round is not shown how far it is, and of a restricted incident its own page asks."""
    if case.dossier.restricted:
        return False
    return case.dossier.open_round is None or sight(case.dossier, case.viewer).answered


def _required() -> int:
    offered = policies()
    return offered[0].policy.required if offered else 0


def _wanted(cases: list[Case], required: int) -> list[tuple[Case, Wanted]]:
    held = _held([case.row.id for case in cases])
    found = []
    for case in cases:
        seats = bulk.seats(case.dossier, required, held.get(case.row.id, 0))
        if seats and (case.dossier.open_round or _may_open(case)):
            found.append((case, _row(case, seats)))
    return found


def _may_open(case: Case) -> bool:
    return all(one.met or one.by_form for one in requirements("open_round", case.dossier, case.viewer))


def _held(ids: list[int]) -> dict[int, int]:
    """Incident -> the seats of it that "next" keeps for somebody now."""
    statement = (
        select(Hold.incident_id, func.count())
        .where(Hold.incident_id.in_(ids), Hold.until > clock.now())
        .group_by(Hold.incident_id)
    )
    return {incident: int(count) for incident, count in session.execute(statement)}


def _row(case: Case, seats: int) -> Wanted:
    round_ = case.dossier.open_round
    return Wanted(
        ref=case.ref,
        code=case.row.code,
        title=case.row.title,
        stage=case.row.stage,
        killed=case.dossier.facts.civilians.killed,
        seats=seats,
        round=round_.number if round_ else 0,
        languages=languages_of(session, case.dossier),
    )


def _people(viewer: Actor) -> tuple[Askable, ...]:
    rows = session.execute(
        select(Person.id, Person.name, Person.role).where(Person.active, Person.role.in_(JUDGES)).order_by(Person.name)
    ).all()
    desk = panel(viewer, (row.id for row in rows))
    return tuple(Askable(desk.reviewer(row.id, row.name, None, row.role)) for row in rows)


def _onward(found: list[Any], wanted: list[tuple[Case, Wanted]]) -> Place | None:
    if len(wanted) == SIZE:
        last = wanted[-1][0].row
        return Place(last.gravity, last.id)
    return Place(found[-2].gravity, found[-2].id) if len(found) > LOOKED_AT else None


# --- the preview ---------------------------------------------------------------------------------------------


def _preview(
    viewer: Actor,
    picked: Collection[tuple[Case, Wanted]],
    desk: tuple[Askable, ...],
    people: Collection[int] | None,
) -> Preview:
    limits = Limits(session, (one.id for one in desk if one.id != viewer.person), clock.now().date())
    away = {row.ref: limits.away(case.row.id, case.dossier) for case, row in picked}
    wanting = [_wanting(case, row, desk, away[row.ref]) for case, row in picked]
    plan = bulk.by_load(wanting) if people is None else bulk.of_these(wanting, tuple(people))
    shares = {share.ref: share for share in plan.shares}
    chosen = [one for one in desk if one.id in (people or ())]
    return Preview(
        given=tuple(
            _given(row, shares[row.ref], [one.name for one in chosen if one.id in away[row.ref]])
            for _case, row in picked
        ),
        loads=_loads(desk, plan),
    )


def _given(row: Wanted, share: bulk.Share, away: Iterable[str]) -> Given:
    left_out = (*share.left_out, *(bulk.LeftOut(name, AWAY) for name in away))
    return Given(row, share.asked, left_out, share.missing)


def _wanting(case: Case, row: Wanted, desk: Iterable[Askable], away: Collection[int]) -> Wanting:
    known = {member.person: member.who for member in case.viewer.members}
    everybody = [replace(one.reviewer, who=known.get(one.id)) for one in desk]
    here = tuple(one for one in everybody if one.person not in away)
    read = assignment.read_already(case.dossier, everybody)
    return Wanting(row.ref, case.dossier, row.seats, row.languages, here, read)


def _loads(desk: tuple[Askable, ...], plan: Plan) -> tuple[tuple[str, int, int], ...]:
    return tuple((one.name, one.owed, one.owed + plan.added[one.id]) for one in desk if one.id in plan.added)
