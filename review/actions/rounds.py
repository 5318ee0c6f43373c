"""Rounds: opened under a copied policy, people asked, released, answering; closed by the machine, or abandoned."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from sqlalchemy import func, select

from review import notices
from review.actions import closing
from review.actions.act import Act, acting
from review.actions.verb import action
from review.audit.append import evidence_of
from review.audit.events.grading import (
    GradeProposed,
    ReviewerAbstained,
    ReviewerAssigned,
    ReviewerRecused,
    ReviewerReleased,
    RoundClosed,
    RoundExtended,
    RoundOpened,
    SettlementClosed,
    SettlementOpened,
    VoteRevealed,
)
from review.models import CodebookVersion, Incident, Job, Participation, Person, Policy, Round, Turn, session
from review.models.dossiers import dossier
from review.rules import grades, rounds, texts
from review.rules.dossier import Dossier
from review.rules.dossier import Round as OpenRound
from review.rules.errors import Forbidden, Invalid, NotFound, Refused, Stale
from review.rules.permissions import SYSTEM, Actor, may
from review.rules.policy import Policy as PolicyValue
from review.rules.rounds import Opening
from review.rules.viewers import Deed
from review.rules.words import N_

NO_POLICY = N_("No such policy has been set.")
NO_CODEBOOK = N_("No such codebook has been defined.")
NO_KIND = N_("A round of this kind cannot be opened now.")
NOT_FREE = N_("%(names)s cannot be asked: entered the incident, declared a conflict, or settles it.")
NO_HOURS = N_("Give the time in whole hours, from 1 to 1,000.")
MOST_HOURS = 1_000
MOST_LOOKED_AT = 200  # rounds that one press of "next" reads


# --- opening -----------------------------------------------------------------------------------------------


@action("open_round", RoundOpened, ReviewerAssigned)
def open_round(
    actor: Actor,
    ref: str,
    *,
    kind: str | None = None,
    policy: int | None = None,
    codebook: str | None = None,
    reviewers: Iterable[int] = (),
    reason: str | None = None,
) -> int:
    """A round opens under a copy of the policy and codebook; a second one keeps those of the disputed round.

    `policy` is the seq of its `policy.set` (the latest by default), `codebook` an id, `reviewers` are persons.
    """
    return opened(
        "open_round", actor, ref, kind=kind, policy=policy, codebook=codebook, reviewers=reviewers, reason=reason
    )


def opened(
    verb: str,
    actor: Actor,
    ref: str,
    *,
    kind: str | None = None,
    policy: int | None = None,
    codebook: str | None = None,
    reviewers: Iterable[int] = (),
    reason: str | None = None,
) -> int:
    """The round that `verb` opens: the one act behind a round of any kind."""
    with acting(actor, ref) as act:
        act.require(verb, Deed(kind=kind, reason=reason or None))
        opening = rounds.open_round(act.dossier)
        if kind and kind != opening.kind:
            raise Invalid({"kind": NO_KIND})
        policy_seq, codebook_seq = _terms(act.dossier, opening, policy, codebook)
        event = RoundOpened(
            round=opening.number,
            kind=opening.kind,
            of=opening.of,
            policy=policy_seq,
            codebook=codebook_seq,
            evidence=evidence_of(act.chain),
            reason=texts.remark(reason),
        )
        act.record(event)
        fact = Round(
            number=opening.number,
            kind=opening.kind,
            policy_seq=policy_seq,
            codebook_seq=codebook_seq,
            evidence=opening.evidence,
        )
        act.add(fact, event)
        _ask(act, opening, reviewers)
        _set_deadline(act, opening, policy_seq)
    return opening.number


def _terms(there: Dossier, opening: Opening, policy: int | None, codebook: str | None) -> tuple[int, int]:
    """The seqs of the policy and the codebook that the round copies."""
    if opening.kind == "second":
        disputed = rounds.the_round(there, there.settlements[-1].round)
        return disputed.policy_seq, disputed.codebook_seq
    before = there.round
    return _policy(policy), _codebook(codebook or (before.codebook if before else grades.DEFAULT.id))


def _policy(wanted: int | None) -> int:
    statement = select(Policy.seq).order_by(Policy.seq.desc()).limit(1)
    found = session.scalar(statement if wanted is None else statement.where(Policy.seq == wanted))
    if found is None:
        raise Invalid({"policy": NO_POLICY})
    return found


def _codebook(wanted: str) -> int:
    statement = select(CodebookVersion.seq).where(CodebookVersion.key == wanted)
    found = session.scalar(statement.order_by(CodebookVersion.seq.desc()).limit(1))
    if found is None:
        raise Invalid({"codebook": NO_CODEBOOK})
    return found


def _ask(act: Act, opening: Opening, reviewers: Iterable[int]) -> None:
    people = _active(act, opening.people) if opening.kind == "second" else [_member(one) for one in reviewers]
    asked = {person.id: person for person in people}
    barred = [person.name for person in asked.values() if not _may_be_asked(act, person)]
    if barred:
        raise Invalid({"reviewers": NOT_FREE}, names=barred)
    for person in asked.values():
        who = act.participate(act.only, person.id)
        act.record(ReviewerAssigned(round=opening.number, who=who))
        if person.id != act.actor.person:
            act.notify(person.id, "vote_owed")


def _may_be_asked(act: Act, person: Person) -> bool:
    who = act.pseudonym(person.id, act.incident.name)
    return rounds.may_judge(act.dossier, who) and who not in act.dossier.settled


def _active(act: Act, pseudonyms: Sequence[str]) -> Sequence[Person]:
    statement = (
        select(Person)
        .join(Participation, Participation.person_id == Person.id)
        .where(Participation.incident_id == act.incident.id, Participation.pseudonym.in_(pseudonyms))
        .where(Person.active, Person.role.in_(("reviewer", "lead")))
    )
    return session.scalars(statement.order_by(Participation.pseudonym)).all()


def _member(person: int) -> Person:
    found = session.get(Person, person)
    if found is None or not found.active or found.role not in ("reviewer", "lead"):
        raise NotFound("unknown-person")
    return found


# --- deadlines ---------------------------------------------------------------------------------------------


def _set_deadline(act: Act, opening: Opening, policy_seq: int) -> None:
    row = session.get_one(Policy, policy_seq)
    times = PolicyValue.from_body(row.body, row.times).times
    hours = times["second_vote" if opening.kind == "second" else "round"]
    _deadline(act, opening.number, hours=hours)


def _deadline(act: Act, number: int, *, hours: int) -> None:
    key = deadline_key(act.incident.name, number)
    set_to = session.scalar(select(Job.due_at).where(Job.key == key, Job.done_at.is_(None)))
    start = max(act.at, set_to) if set_to else act.at
    payload = {"incident": act.incident.name, "round": number}
    act.later("round_deadline", key, payload, start + timedelta(hours=hours))


def deadline_key(incident: str, number: int) -> str:
    """The key of the job whose due moment is the round's deadline."""
    return f"deadline:{incident}:{number}"


@action("extend_round", RoundExtended)
def extend_round(actor: Actor, ref: str, number: int, *, hours: int, reason: str | None) -> None:
    """A lead gives a round more time, with a reason."""
    with acting(actor, ref) as act:
        act.require("extend_round", Deed(reason=reason or None))
        in_round(act, number)
        words = texts.reason(reason)
        if not 1 <= hours <= MOST_HOURS:
            raise Invalid({"hours": NO_HOURS})
        act.record(RoundExtended(round=number, reason=words))
        _deadline(act, number, hours=hours)


@action("end_second_vote", RoundClosed, VoteRevealed)
def deadline_due(ref: str, number: int) -> None:
    """At the deadline a second round below quorum ends, and a settler decides; in any other people are reminded."""
    with acting(SYSTEM, ref) as act:
        round_ = act.dossier.open_round
        if round_ is None or round_.number != number:
            return
        if round_.kind == "second" and not rounds.quorum(act.dossier, number):
            opened = act.open_ballots()
            closing.close(act, opened, rounds.close_short(opened, number))
            return
        notices.tell(act, "vote_reminder", rounds.owed(round_))


# --- asking and answering ----------------------------------------------------------------------------------


@action("assign_reviewer", ReviewerAssigned)
def assign_reviewer(actor: Actor, ref: str, number: int, person: int, *, reason: str | None = None) -> None:
    """A lead asks somebody who did not enter the incident and declared no conflict over it."""
    with acting(actor, ref) as act:
        asked = _member(person)
        who = act.pseudonym(asked.id, act.incident.name)
        act.require("assign_reviewer", Deed(subject=who, role=asked.role, reason=reason or None))
        in_round(act, number)
        words = texts.remark(reason)
        act.participate(act.only, asked.id)
        act.record(ReviewerAssigned(round=number, who=who, reason=words))
        if asked.id != act.actor.person:
            act.notify(asked.id, "vote_owed")


@action("take_next", ReviewerAssigned)
def take_next(actor: Actor) -> str | None:
    """A reviewer takes what is next for them: a vote or a settlement they owe, else the oldest round that needs one.

    None where nothing waits. A round needs somebody while fewer were asked than it requires; no vote is looked at.
    """
    if not may(actor.role, "take_next"):
        raise Forbidden("take_next")
    owed = _owed(actor)
    if owed:
        return owed
    return next((ref for ref in _waiting(actor) if _taken(actor, ref)), None)


def _owed(actor: Actor) -> str | None:
    statement = (
        select(Incident.name)
        .join(Turn, Turn.incident_id == Incident.id)
        .where(Turn.person_id == actor.person, Turn.kind.in_(("vote", "settle")), Incident.restricted.is_(False))
    )
    return session.scalar(statement.order_by(Turn.kind.desc(), Incident.id).limit(1))


def _waiting(actor: Actor) -> Iterator[str]:
    """The incidents whose open round this person could join, the oldest round first."""
    opened = select(func.max(Round.seq)).where(Round.incident_id == Incident.id).scalar_subquery()
    statement = (
        select(Incident)
        .where(Incident.stage == "grading", Incident.shown_count.is_not(None), Incident.restricted.is_(False))
        .order_by(opened)
        .limit(MOST_LOOKED_AT)
    )
    for row in session.scalars(statement).all():
        if _wanted(dossier(session, row)):
            yield row.name


def _wanted(there: Dossier) -> bool:
    round_ = there.open_round
    return round_ is not None and len(round_.people("assigned", "voted")) < round_.policy.required


def _taken(actor: Actor, ref: str) -> bool:
    try:
        with acting(actor, ref) as act:
            act.require("take_next")
            round_ = act.dossier.open_round
            if round_ is None or not _wanted(act.dossier):
                return False
            act.record(ReviewerAssigned(round=round_.number, who=act.who))
    except (Refused, NotFound):
        return False  # entered it, was asked already, or it is gone: the next one then
    return True


@action("release_reviewer", ReviewerReleased)
def release_reviewer(actor: Actor, ref: str, number: int, person: int, *, reason: str | None) -> None:
    """A lead releases somebody who has not answered; they may be asked again."""
    with acting(actor, ref) as act:
        who = act.pseudonym(person, act.incident.name)
        act.require("release_reviewer", Deed(subject=who, reason=reason or None))
        in_round(act, number)
        act.record(ReviewerReleased(round=number, who=who, reason=texts.reason(reason)))
        act.notify(person, "released")


@action("recuse", ReviewerRecused)
def recuse(actor: Actor, ref: str, number: int, *, ground: str | None) -> None:
    """Somebody who was asked steps back; the ground stays inside."""
    with acting(actor, ref) as act:
        act.require("recuse")
        in_round(act, number)
        act.record(ReviewerRecused(round=number, reason=texts.reason(ground, "ground")))


@action("abstain", ReviewerAbstained)
def abstain(actor: Actor, ref: str, number: int, *, reason: str | None) -> None:
    """Somebody who was asked says that they cannot judge: an answer, not part of the quorum."""
    with acting(actor, ref) as act:
        round_ = act.dossier.open_round
        if round_ and round_.number == number and round_.answer(act.who) == "abstained":
            return  # the same form posted twice is one answer
        act.require("abstain")
        in_round(act, number)
        act.record(ReviewerAbstained(round=number, reason=texts.reason(reason)))


def in_round(act: Act, number: int) -> OpenRound:
    """The open round, which must be the one that the page showed."""
    round_ = act.dossier.open_round
    if round_ is None or round_.number != number:
        rounds.the_round(act.dossier, number)
        raise Stale((), round=number)
    return round_


# --- ending ------------------------------------------------------------------------------------------------


@action("close_round")
def close_round(actor: Actor, ref: str, number: int, *, reason: str | None) -> None:
    """A lead has the worker close a round at once, with a reason, once quorum is there and never before."""
    with acting(actor, ref) as act:
        act.require("close_round", Deed(reason=reason or None))
        in_round(act, number)
        label = _asked_key(act.incident.name, number)
        # The reason would stand in the job in clear until the round is closed.
        sealed = act.keys.seal_text(texts.reason(reason), label)
        act.later("close_round", label, {"incident": act.incident.name, "round": number, "asked": sealed})


def _asked_key(incident: str, number: int) -> str:
    return f"close-asked:{incident}:{number}"


@action("close_due", RoundClosed, VoteRevealed, GradeProposed, SettlementOpened, SettlementClosed)
def close_due(ref: str, number: int, asked: str | None = None) -> None:
    """The machine closes a round that owes nothing and has quorum, or has quorum and a lead asked for it."""
    with acting(SYSTEM, ref) as act:
        round_ = act.dossier.open_round
        if round_ is None or round_.number != number:
            return
        if not (rounds.quorum(act.dossier, number) if asked else rounds.due(act.dossier)):
            return
        reason = act.keys.open_text(asked, _asked_key(act.incident.name, number)) if asked else None
        opened = act.open_ballots()
        closing.close(act, opened, rounds.close(opened, number), reason=reason)


@action("abandon_round", RoundClosed)
def abandon_round(actor: Actor, ref: str, number: int, *, reason: str | None) -> None:
    """A lead ends a round without a result: nothing is revealed, its votes stay sealed for ever."""
    with acting(actor, ref) as act:
        act.require("abandon_round", Deed(reason=reason or None))
        round_ = in_round(act, number)
        abandon(act, number, texts.reason(reason))
        notices.tell(act, "round_abandoned", (who for who, _answer in round_.answers))


def abandon(act: Act, number: int, reason: str | None) -> None:
    """End the open round without a result inside this act: a lead's own deed, or an exit's first step."""
    closing.record_closing(act, rounds.abandon(act.dossier, number), reason)
    closing.unmute(act, act.dossier, number)
