"""What waits at the desk, gravest and oldest first, each thing with the sentence that says what is in the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import select

from review import clock
from review.models import Stream, session
from review.queries.accepted import accepted
from review.queries.backlog import not_assessed
from review.queries.corrections import Waiting as Requests
from review.queries.corrections import waiting as requests_open
from review.queries.public import Count
from review.queries.remedies import NOTHING, Desk, Remedies, remedies
from review.queries.submissions import AtTheDoor, at_the_door
from review.queries.under_way import STAGES, Case, Place, cases_of, counted, incidents
from review.rules import acceptance, rounds, settlement
from review.rules.errors import Forbidden
from review.rules.facts import NOT_KNOWN, Casualties, Range
from review.rules.permissions import Actor, may
from review.rules.requirements import Requirement, requirements
from review.rules.visibility import sight
from review.rules.words import N_

SIZE = 50  # rows of a page
MOST = 200  # incidents that one page looks at; no count goes further
ON_YOU, ON_OTHERS, ON_TIME = "you", "others", "time"
GROUPS = (ON_YOU, ON_OTHERS, ON_TIME)
ACCEPTED = "accepted"  # published, and a party has accepted the harm since


@dataclass(frozen=True, slots=True)
class Waiting:
    """One incident that waits: on whom, for what, since which day, by which page it goes on, and what mends it here.

    `late`: a time that was given has run out, as far as this lead may know it.
    """

    ref: str
    code: str | None
    title: str
    stream: str
    stage: str
    recheck: bool
    restricted: bool
    group: str
    grade: str | None
    casualties: Casualties | None
    missing: tuple[Requirement, ...]
    sentence: str
    values: Mapping[str, Any]
    mend: tuple[str, ...]
    step: str
    page: str
    days: int
    id: int
    gravity: int
    killed: Range = NOT_KNOWN
    late: bool = False
    remedies: Remedies = NOTHING


@dataclass(frozen=True, slots=True)
class StreamRow:
    """One stream with what it holds."""

    slug: str
    name: str
    mode: str
    since: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many wait, at each stage and on whom. No count goes beyond MOST; where `capped`, there are more.

    On whom something waits is known of the first MOST only: it takes reading each of them.
    """

    all: int
    stages: Mapping[str, int]
    groups: Mapping[str, int]
    most: int
    capped: bool


@dataclass(frozen=True, slots=True)
class WaitingPage:
    """The lead's list, a page at a time. `after`: where the next page goes on; only the first page counts.

    `accepted`: published incidents that a new round may confirm, ahead of the first page. `queues`: of each stream
    that is not assessed, how many wait there, counted no further than MOST.
    """

    rows: tuple[Waiting, ...]
    accepted: tuple[Waiting, ...]
    queues: Mapping[str, Count]
    streams: tuple[StreamRow, ...]
    counts: Counts | None
    only: str
    stage: str
    stream: str
    after: Place | None
    first: bool
    sent_in: AtTheDoor | None = None  # what nobody has looked through yet
    requests: Requests | None = None  # for a correction, without an outcome


def waiting(
    viewer: Actor, *, only: str = "", stage: str = "", stream: str = "", after: Place | None = None
) -> WaitingPage:
    """Everything that waits for somebody, for a lead editor. Ready sentences, no progress of a round they judge in."""
    if not may(viewer.role, "approve"):
        raise Forbidden("approve")
    only, stage = only if only in GROUPS else "", stage if stage in (*STAGES, ACCEPTED) else ""
    reader = _Reader(viewer)
    confirmable = reader.read(accepted(viewer, stream)) if after is None else []
    found = [] if stage == ACCEPTED else incidents(viewer, stream, MOST + 1, stage=stage, after=after)
    rows, onward = _some(reader, found, only)
    return WaitingPage(
        rows=tuple(reader.mended(row) for row in rows),
        accepted=tuple(
            reader.mended(row) for row in confirmable if only in ("", ON_YOU) and stage in ("", ACCEPTED)
        ),
        queues=not_assessed(viewer, MOST),
        streams=streams(),
        counts=_counts(reader, stream, len(confirmable)) if after is None else None,
        only=only,
        stage=stage,
        stream=stream,
        after=onward,
        first=after is None,
        sent_in=at_the_door(viewer),
        requests=requests_open(viewer),
    )


class _Reader:
    """Reads incidents as one viewer finds them, each once however often a page asks."""

    def __init__(self, viewer: Actor) -> None:
        self.viewer = viewer
        self.desk = Desk(viewer)
        self.known: dict[int, tuple[Case, Waiting]] = {}

    def rows(self, found: list[Any]) -> list[Waiting]:
        """What each of these waits for."""
        self.read(cases_of(self.viewer, [row for row in found if row.id not in self.known]))
        return [self.known[row.id][1] for row in found]

    def read(self, cases: list[Case]) -> list[Waiting]:
        """What these wait for, once they have been read."""
        self.known |= {case.row.id: (case, _judge(case)) for case in cases}
        return [self.known[case.row.id][1] for case in cases]

    def mended(self, row: Waiting) -> Waiting:
        """The row with what a lead can press in it."""
        return replace(row, remedies=remedies(self.known[row.id][0], self.desk))


def _some(reader: _Reader, found: list[Any], only: str) -> tuple[list[Waiting], Place | None]:
    """The rows of a page, and where the next one goes on; of one group, as far as the first MOST hold it."""
    rows: list[Waiting] = []
    for start in range(0, min(len(found), MOST), SIZE):
        some = found[start : min(start + SIZE, MOST)]
        rows += [row for row in reader.rows(some) if not only or row.group == only]
        if len(rows) >= SIZE:
            further = len(rows) > SIZE or len(found) > start + len(some)
            return rows[:SIZE], Place(rows[SIZE - 1].gravity, rows[SIZE - 1].id) if further else None
    return rows, Place(found[MOST - 1].gravity, found[MOST - 1].id) if len(found) > MOST else None


def _counts(reader: _Reader, stream: str, confirmable: int) -> Counts:
    found = incidents(reader.viewer, stream, MOST + 1)
    groups = [row.group for row in reader.rows(found[:MOST])] + [ON_YOU] * confirmable
    return Counts(
        all=len(groups),
        stages=counted(reader.viewer, stream, MOST + 1) | ({ACCEPTED: confirmable} if confirmable else {}),
        groups={group: groups.count(group) for group in GROUPS},
        most=MOST,
        capped=len(found) > MOST,
    )


def _judge(case: Case) -> Waiting:
    judge = {
        "approval": _approval,
        "settlement": _settlement,
        "grading": _grading,
        "published": _published,
    }.get(case.dossier.stage, _logged)
    return judge(case)


def _missing(case: Case, verb: str) -> tuple[Requirement, ...]:
    needed = requirements(verb, case.dossier, case.viewer)
    return tuple(one for one in needed if not one.met and not one.by_form)


def _row(case: Case, group: str, step: str, page: str, sentence: str = "", **more: Any) -> Waiting:
    proposal = case.dossier.proposal
    missing = more.pop("missing", ())
    values = more.pop("values", {})
    mend = tuple(dict.fromkeys(name for one in missing for name in one.mend))
    return Waiting(
        ref=case.ref, code=case.row.code, title=case.row.title, stream=case.row.stream, stage=case.row.stage,
        recheck=case.dossier.recheck, restricted=case.dossier.restricted, group=group,
        grade=proposal.grade if proposal else None, casualties=proposal.casualties if proposal else None,
        missing=missing, sentence=sentence, values=values, mend=more.pop("mend", mend), step=step, page=page,
        days=_days(case), id=case.row.id, gravity=case.row.gravity,
        killed=case.dossier.facts.civilians.killed, late=sentence in (PASSED, SETTLER_LATE, LATE),
    )  # fmt: skip


READY = N_("Nothing is in the way.")
PASSED = N_("Its time is up, below the votes it needs. Give it more time, or release somebody and ask another.")
SETTLER_LATE = N_("The settler's time has run out. Name a second one; after them the ladder ends without a consensus.")
TOO_FEW = N_("Too few votes are left.")
LATE = N_("Late: %(people)s. You can release them and ask another in one press.")
READ = N_("Read and decide")
LOOK = N_("Look at it")


def _approval(case: Case) -> Waiting:
    proposal = case.dossier.proposal
    if proposal is not None and proposal.approval is not None:
        sentence = N_("Approved. It is published on %(day)s.")
        values = {"day": proposal.approval.not_before}
        return _row(case, ON_TIME, LOOK, "approval", sentence, values=values)
    missing = _missing(case, "approve")
    asked = proposal.override if proposal else None
    if asked and asked.second is None and not _missing(case, "second_override"):
        return _row(case, ON_YOU, READ, "approval", N_("Another grade was asked for and waits for your second."))
    if missing:
        return _row(case, ON_OTHERS, LOOK, "approval", missing=missing)
    return _row(case, ON_YOU, READ, "approval", READY)


def _settlement(case: Case) -> Waiting:
    rung = settlement.rung(case.dossier)
    if rung == "second_vote":
        return _grading(case)
    if rung == "arguments":
        return _argued(case)
    who = settlement.settler(case.dossier)
    if who is None:
        missing = _missing(case, "appoint_settler")
        sentence = N_("Disputed, and no settler is named.")
        return _row(case, ON_YOU, N_("Name a settler"), "settlement", sentence, missing=missing)
    if who == case.viewer.who:
        return _row(case, ON_YOU, N_("Settle it"), "settlement", N_("You were asked to settle this."))
    name = case.viewer.name_of(who)
    if case.settler_late and settlement.rung(case.dossier) == "settler":
        return _row(case, ON_YOU, N_("Name a second settler"), "settlement", SETTLER_LATE, mend=(name,) if name else ())
    return _row(
        case,
        ON_OTHERS,
        LOOK,
        "settlement",
        N_("The settler has not decided yet."),
        mend=(name,) if name else (),
    )


def _argued(case: Case) -> Waiting:
    """While arguments are heard it runs by itself; once everybody has argued, or the time is up, it is the lead's.

    So it is at once where exclusions left too few votes: the settlement's page then offers its end alone.
    """
    if settlement.below_quorum(case.dossier):
        return _row(case, ON_YOU, N_("End this disagreement"), "settlement", TOO_FEW)
    step = N_("Open the second vote")
    if settlement.heard(case.dossier, case.arguments_end, clock.now()):
        missing = _missing(case, "open_second_vote")
        return _row(case, ON_YOU, step, "settlement", N_("Disputed, and the arguments are heard."), missing=missing)
    sentence = N_("Disputed. Those who voted may argue; then the second vote opens by itself, or when you open it.")
    return _row(case, ON_TIME, LOOK, "settlement", sentence)


def _days(case: Case) -> int:
    return max(0, (clock.now().date() - date.fromisoformat(case.since)).days)


def _grading(case: Case) -> Waiting:
    dossier, viewer = case.dossier, case.viewer
    round_ = dossier.open_round
    if round_ is None:
        return _row(
            case,
            ON_YOU,
            N_("Open a round"),
            "incident",
            N_("It needs a round."),
            missing=_missing(case, "open_round"),
        )
    own = round_.answer(viewer.who) if viewer.who else None
    if own == "assigned":
        return _row(case, ON_YOU, N_("Vote"), "incident", N_("Your vote is owed."))
    missing = _missing(case, "close_round")
    if not sight(dossier, viewer).answered:
        return _row(case, ON_OTHERS, LOOK, "incident", missing=missing)
    late = tuple(viewer.name_of(who) or "" for who in rounds.owed(round_) if who in case.late)
    if missing and case.passed and round_.kind != "second":
        return _row(case, ON_YOU, N_("More time, or another"), "incident", PASSED, missing=missing)
    if missing and late:
        return _row(case, ON_YOU, N_("Ask another"), "incident", LATE, values={"people": late}, missing=missing)
    if missing:
        return _row(case, ON_OTHERS, LOOK, "incident", missing=missing)
    if rounds.owed(round_):
        names = tuple(viewer.name_of(who) or "" for who in rounds.owed(round_))
        sentence = N_("There are votes enough; others were asked and have not answered.")
        return _row(case, ON_OTHERS, LOOK, "incident", sentence, mend=names)
    return _row(case, ON_TIME, LOOK, "incident", N_("Everybody has answered. The round closes by itself shortly."))


MAY_CONFIRM = N_("Admission recorded: a new round may grade it Confirmed. The published version stands meanwhile.")


def _published(case: Case) -> Waiting:
    if not case.dossier.recheck:
        return _row(case, ON_YOU, N_("Look at what was accepted"), "incident", MAY_CONFIRM)
    return _row(case, ON_YOU, N_("Confirm or reopen"), "incident", N_("The published version is being checked again."))


def _logged(case: Case) -> Waiting:
    missing = _missing(case, "open_round")
    if missing:
        return _row(case, ON_OTHERS, LOOK, "incident", missing=missing)
    if acceptance.unconsidered(case.dossier) is not None:
        return _row(case, ON_YOU, N_("Open a round"), "incident", MAY_CONFIRM)
    sentence = N_("No round is open. Sources ready: %(sources)s; independent origins: %(origins)s.")
    values = {"sources": len(case.dossier.attached), "origins": len(case.dossier.origins)}
    return _row(case, ON_YOU, N_("Open a round"), "incident", sentence, values=values)


def streams() -> tuple[StreamRow, ...]:
    """Every stream by name, with its mode."""
    statement = select(Stream.slug, Stream.name, Stream.mode, Stream.since, Stream.reason).order_by(Stream.name)
    return tuple(StreamRow(*row) for row in session.execute(statement))
