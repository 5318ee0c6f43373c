"""What waits at the desk, grouped by who must act, each thing with the sentence that says what is in the way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import orjson
from sqlalchemy import and_, or_, select

from review import clock, config
from review.audit import canonical, keys
from review.models import Disclosure, Event, Incident, Participation, Stream, session
from review.models.dossiers import codebooks, policies, read_disclosure, record
from review.models.people import Person, PersonKey
from review.models.persons import KEY_LABEL
from review.models.refs import folded_code
from review.queries.incidents import repeated_codes
from review.rules import rounds, settlement
from review.rules.dossier import Dossier
from review.rules.errors import Forbidden
from review.rules.facts import Casualties
from review.rules.history import History
from review.rules.permissions import Actor, may
from review.rules.requirements import Requirement, requirements
from review.rules.viewers import Member, Viewer
from review.rules.visibility import sight
from review.rules.words import N_

MOST = 200
ON_YOU, ON_OTHERS, ON_TIME = "you", "others", "time"
GROUPS = (ON_YOU, ON_OTHERS, ON_TIME)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One incident that waits: on whom, for what, since which day, and by which page it goes on."""

    ref: str
    code: str | None
    title: str
    stream: str
    stage: str
    recheck: bool
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


@dataclass(frozen=True, slots=True)
class StreamRow:
    """One stream with what it holds."""

    slug: str
    name: str
    mode: str
    since: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class WaitingPage:
    """The lead's list. `more`: there is more than a page can hold."""

    rows: tuple[Waiting, ...]
    streams: tuple[StreamRow, ...]
    more: bool
    only: str
    stream: str

    def of_group(self, group: str) -> tuple[Waiting, ...]:
        """The rows that wait on the same people."""
        return tuple(row for row in self.rows if row.group == group)

    def count(self, group: str) -> int:
        return len(self.of_group(group))


@dataclass(frozen=True, slots=True)
class _Case:
    row: Any
    ref: str
    dossier: Dossier
    viewer: Viewer
    since: str


def waiting(viewer: Actor, *, only: str = "", stream: str = "") -> WaitingPage:
    """Everything that waits for somebody, for a lead editor. Ready sentences, no progress of a round they judge in."""
    if not may(viewer.role, "approve"):
        raise Forbidden("approve")
    found = _incidents(stream)
    cases = _cases(viewer, found[:MOST])
    rows = [row for row in (_judge(case) for case in cases) if not only or row.group == only]
    return WaitingPage(
        rows=tuple(sorted(rows, key=lambda row: (GROUPS.index(row.group), -row.days))),
        streams=_streams(),
        more=len(found) > MOST,
        only=only,
        stream=stream,
    )


def _incidents(stream: str) -> list[Any]:
    """Whatever is under way or ready to be, in active streams; the furthest along first."""
    working = Incident.stage.in_(("approval", "settlement", "grading"))
    checked = and_(Incident.stage == "published", Incident.recheck)
    ready = and_(Incident.stage == "logged", Stream.mode == "active")
    statement = (
        select(
            Incident.id,
            Incident.name,
            Incident.code,
            Incident.title,
            Incident.stream,
            Incident.stage,
            Stream.mode,
        )
        .join(Stream, Stream.slug == Incident.stream)
        .where(Incident.restricted.is_(False), or_(working, checked, ready))
        .order_by(Incident.stage == "logged", Incident.id)
        .limit(MOST + 1)
    )
    if stream:
        statement = statement.where(Incident.stream == stream)
    return list(session.execute(statement).all())


def _cases(viewer: Actor, found: list[Any]) -> list[_Case]:
    """The dossiers of all of them in a fixed number of statements."""
    ids = [row.id for row in found]
    if not ids:
        return []
    folded = _folded(found)
    members, own = _members(viewer, found)
    since = _since(ids)
    repeated = repeated_codes([row.code for row in found if row.code])
    return [
        _Case(
            row,
            row.code if row.code and folded_code(row.code) not in repeated else row.name,
            replace(folded[row.id].dossier(), stream_mode=row.mode),
            Viewer(viewer, own[row.id], members[row.id]),
            since[row.id],
        )
        for row in found
    ]


def _folded(found: Iterable[Any]) -> dict[int, History]:
    known_policies, known_codebooks = policies(session), codebooks(session)
    histories = {row.id: History(row.name, known_policies, known_codebooks) for row in found}
    ids = list(histories)
    sealed = _disclosures(ids)
    events = select(Event.incident_id, Event.seq, Event.line, Event.leaf, Event.judged).where(
        Event.incident_id.in_(ids)
    )
    for incident_id, seq, line, leaf, judged in session.execute(events.order_by(Event.incident_id, Event.iseq)):
        histories[incident_id].apply(record(orjson.loads(line), sealed.get(seq, {}), leaf, judged))
    return histories


def _disclosures(ids: list[int]) -> dict[int, dict[str, Any]]:
    """What is in clear: a sealed ballot stays sealed, whoever reads this list."""
    statement = (
        select(Disclosure.seq, Disclosure.text)
        .join(Event, Event.seq == Disclosure.seq)
        .where(Event.incident_id.in_(ids), Disclosure.sealed.is_(False), Disclosure.name.not_in(("at", "person")))
    )
    found: dict[int, dict[str, Any]] = {}
    for seq, text in session.execute(statement):
        name, value = read_disclosure(text)
        found.setdefault(seq, {})[name] = value
    return found


def _members(viewer: Actor, found: Iterable[Any]) -> tuple[dict[int, tuple[Member, ...]], dict[int, str | None]]:
    """The desk as members of each incident, and the viewer's pseudonym in each."""
    people = session.execute(
        select(Person.id, Person.name, Person.role).where(Person.active, Person.role.is_not(None)).order_by(Person.id)
    ).all()
    names = {row.id: row.name for row in found}
    parts = session.execute(
        select(Participation.incident_id, Participation.person_id, Participation.pseudonym).where(
            Participation.incident_id.in_(list(names))
        )
    )
    known = {(incident, person): pseudonym for incident, person, pseudonym in parts}
    members = {
        incident: tuple(Member(name, role or "", known.get((incident, id_))) for id_, name, role in people)
        for incident in names
    }
    key = _own_key(viewer)
    own = {incident: canonical.pseudonym(key, name) if key else None for incident, name in names.items()}
    return members, own


def _own_key(viewer: Actor) -> bytes | None:
    sealed = session.execute(select(PersonKey.key).where(PersonKey.person_id == viewer.person)).scalar_one_or_none()
    return keys.load(config.home()).open(bytes(sealed), KEY_LABEL) if sealed else None


def _since(ids: list[int]) -> dict[int, str]:
    """The day since which each waits: of its last event that is no answer in an open round."""
    moving = (
        "incident.opened",
        "incident.imported",
        "incident.split",
        "round.opened",
        "round.closed",
        "settlement.opened",
        "settler.appointed",
        "grade.proposed",
        "grade.returned",
        "grade.reopened",
        "proposal.voided",
        "recheck.opened",
    )
    statement = (
        select(Event.incident_id, Event.day)
        .where(Event.incident_id.in_(ids), Event.type.in_(moving))
        .order_by(Event.incident_id, Event.iseq)
    )
    return {incident: day for incident, day in session.execute(statement) if incident is not None}


def _judge(case: _Case) -> Waiting:
    judge = {
        "approval": _approval,
        "settlement": _settlement,
        "grading": _grading,
        "published": _recheck,
    }.get(case.dossier.stage, _logged)
    return judge(case)


def _missing(case: _Case, verb: str) -> tuple[Requirement, ...]:
    needed = requirements(verb, case.dossier, case.viewer)
    return tuple(one for one in needed if not one.met and not one.by_form)


def _row(case: _Case, group: str, step: str, page: str, sentence: str = "", **more: Any) -> Waiting:
    proposal = case.dossier.proposal
    missing = more.pop("missing", ())
    values = more.pop("values", {})
    mend = tuple(dict.fromkeys(name for one in missing for name in one.mend))
    return Waiting(
        ref=case.ref, code=case.row.code, title=case.row.title, stream=case.row.stream, stage=case.row.stage,
        recheck=case.dossier.recheck, group=group,
        grade=proposal.grade if proposal else None, casualties=proposal.casualties if proposal else None,
        missing=missing, sentence=sentence, values=values, mend=more.pop("mend", mend), step=step, page=page,
        days=_days(case),
    )  # fmt: skip


READY = N_("Nothing is in the way.")
READ = N_("Read and decide")
LOOK = N_("Look at it")


def _approval(case: _Case) -> Waiting:
    proposal = case.dossier.proposal
    if proposal is not None and proposal.approval is not None:
        sentence = N_("Approved. It is published on %(day)s.")
        values = {"day": proposal.approval.not_before}
        return _row(case, ON_TIME, LOOK, "approval", sentence, values=values)
    missing = _missing(case, "approve")
    if missing:
        return _row(case, ON_OTHERS, LOOK, "approval", missing=missing)
    return _row(case, ON_YOU, READ, "approval", READY)


def _settlement(case: _Case) -> Waiting:
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
    return _row(
        case,
        ON_OTHERS,
        LOOK,
        "settlement",
        N_("The settler has not decided yet."),
        mend=(name,) if name else (),
    )


def _argued(case: _Case) -> Waiting:
    """While arguments are heard it runs by itself; once everybody has argued, or the time is up, it is the lead's."""
    under_way = settlement.the_settlement(case.dossier)
    heard = {argument.by for argument in under_way.arguments}
    voters = {vote.voter for vote in case.dossier.live(under_way.round)}
    hours = rounds.the_round(case.dossier, under_way.round).policy.times["arguments"]
    step = N_("Open the second vote")
    if voters <= heard or _days(case) * 24 >= hours:
        missing = _missing(case, "open_round")
        return _row(case, ON_YOU, step, "settlement", N_("Disputed, and the arguments are heard."), missing=missing)
    sentence = N_("Disputed. Those who voted may argue; you can open the second vote at any time.")
    return _row(case, ON_TIME, LOOK, "settlement", sentence)


def _days(case: _Case) -> int:
    return max(0, (clock.now().date() - date.fromisoformat(case.since)).days)


def _grading(case: _Case) -> Waiting:
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
    if missing or not sight(dossier, viewer).answered:
        return _row(case, ON_OTHERS, LOOK, "incident", missing=missing)
    if rounds.owed(round_):
        names = tuple(viewer.name_of(who) or "" for who in rounds.owed(round_))
        sentence = N_("There are votes enough; others were asked and have not answered.")
        return _row(case, ON_OTHERS, LOOK, "incident", sentence, mend=names)
    return _row(case, ON_TIME, LOOK, "incident", N_("Everybody has answered. The round closes by itself shortly."))


def _recheck(case: _Case) -> Waiting:
    return _row(case, ON_YOU, N_("Confirm or reopen"), "incident", N_("The published version is being checked again."))


def _logged(case: _Case) -> Waiting:
    missing = _missing(case, "open_round")
    if missing:
        return _row(case, ON_OTHERS, LOOK, "incident", missing=missing)
    sentence = N_("%(sources)s sources from %(origins)s origins are ready. No round is open.")
    values = {"sources": len(case.dossier.attached), "origins": len(case.dossier.origins)}
    return _row(case, ON_YOU, N_("Open a round"), "incident", sentence, values=values)


def _streams() -> tuple[StreamRow, ...]:
    statement = select(Stream.slug, Stream.name, Stream.mode, Stream.since, Stream.reason).order_by(Stream.name)
    return tuple(StreamRow(*row) for row in session.execute(statement))
