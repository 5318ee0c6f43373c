"""Rounds: opened under a copied policy, given more time, answered; closed by the machine, or abandoned."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from sqlalchemy import select

from review import notices
from review.actions import closing, seats
from review.actions.act import Act, acting
from review.actions.seats import in_round
from review.actions.verb import action
from review.audit.append import evidence_of
from review.audit.events.grading import (
    GradeProposed,
    ReviewerAbstained,
    ReviewerAssigned,
    ReviewerRecused,
    RoundClosed,
    RoundExtended,
    RoundOpened,
    SettlementClosed,
    SettlementOpened,
    VoteRevealed,
)
from review.models import CodebookVersion, Participation, Person, Policy, Round, session
from review.rules import grades, rounds, texts
from review.rules.dossier import Dossier
from review.rules.errors import Invalid
from review.rules.permissions import SYSTEM, Actor
from review.rules.policy import Policy as PolicyValue
from review.rules.rounds import Opening
from review.rules.viewers import Deed
from review.rules.words import N_

NO_POLICY = N_("No such policy has been set.")
NO_CODEBOOK = N_("No such codebook has been defined.")
NO_KIND = N_("A round of this kind cannot be opened now.")


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
        _record_opening(act, opening, policy_seq, codebook_seq, texts.remark(reason))
        policy_now = _policy_value(policy_seq)
        hours = policy_now.times["second_vote" if opening.kind == "second" else "round"]
        seats.put_deadline(act, opening.number, act.at + timedelta(hours=hours))
        _ask(act, opening, reviewers, policy_now)
    return opening.number


def opened_for(act: Act, reason: str) -> RoundOpened:
    """The next round opens in an act of another verb, by the desk's own terms; whoever takes "next" finds it."""
    act.require("open_round")
    opening = rounds.open_round(act.dossier)
    policy_seq, codebook_seq = _terms(act.dossier, opening, None, None)
    event = _record_opening(act, opening, policy_seq, codebook_seq, reason)
    hours = _policy_value(policy_seq).times["round"]
    seats.put_deadline(act, opening.number, act.at + timedelta(hours=hours))
    return event


def opened_and_abandoned(act: Act, reason: str) -> int:
    """The second round of a settlement opens and is abandoned in this act, and nobody is asked."""
    opening = rounds.open_round(act.dossier)
    _record_opening(act, opening, *_terms(act.dossier, opening, None, None), reason)
    closing.record_closing(act, rounds.unheld(opening.number), reason)
    return opening.number


def _record_opening(act: Act, opening: Opening, policy: int, codebook: int, reason: str | None) -> RoundOpened:
    """`round.opened` and its fact, under a copy of the policy and the codebook."""
    event = RoundOpened(
        round=opening.number,
        kind=opening.kind,
        of=opening.of,
        policy=policy,
        codebook=codebook,
        evidence=evidence_of(act.chain),
        reason=reason,
    )
    act.record(event)
    fact = Round(
        number=opening.number,
        kind=opening.kind,
        policy_seq=policy,
        codebook_seq=codebook,
        evidence=opening.evidence,
    )
    act.add(fact, event)
    return event


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


def _policy_value(seq: int) -> PolicyValue:
    row = session.get_one(Policy, seq)
    return PolicyValue.from_body(row.body, row.times)


def _codebook(wanted: str) -> int:
    statement = select(CodebookVersion.seq).where(CodebookVersion.key == wanted)
    found = session.scalar(statement.order_by(CodebookVersion.seq.desc()).limit(1))
    if found is None:
        raise Invalid({"codebook": NO_CODEBOOK})
    return found


def _ask(act: Act, opening: Opening, reviewers: Iterable[int], policy: PolicyValue) -> None:
    people = _active(act, opening.people) if opening.kind == "second" else [seats.member(one) for one in reviewers]
    asked = {person.id: person for person in people}
    seats.must_be_free(act, asked.values(), "reviewers")
    if opening.kind != "second":
        seats.must_be_available(act, asked.values(), "reviewers")
    seats.ask(act, opening.number, asked.values(), policy)


def _active(act: Act, pseudonyms: Sequence[str]) -> Sequence[Person]:
    statement = (
        select(Person)
        .join(Participation, Participation.person_id == Person.id)
        .where(Participation.incident_id == act.incident.id, Participation.pseudonym.in_(pseudonyms))
        .where(Person.active, Person.role.in_(("reviewer", "lead")))
    )
    return session.scalars(statement.order_by(Participation.pseudonym)).all()


# --- deadlines ---------------------------------------------------------------------------------------------


@action("extend_round", RoundExtended)
def extend_round(actor: Actor, ref: str, number: int, *, hours: int, reason: str | None) -> None:
    """A lead gives a round more time, with a reason."""
    with acting(actor, ref) as act:
        act.require("extend_round", Deed(reason=reason or None))
        round_ = in_round(act, number)
        words = texts.reason(reason)
        rounds.check_hours(hours)
        act.record(RoundExtended(round=number, reason=words))
        start = seats.deadline_ahead(act, number) or act.at
        seats.put_deadline(act, number, start + timedelta(hours=hours))
        seats.more_time(act, round_, hours)


@action("end_second_vote", RoundClosed, VoteRevealed, GradeProposed, SettlementClosed)
def deadline_due(ref: str, number: int) -> None:
    """At its deadline a second vote ends, whoever has not answered: below quorum it is disputed, and a settler decides.

    Any other round goes on: a lead gives it more time, or releases and asks another.
    """
    with acting(SYSTEM, ref) as act:
        round_ = act.dossier.open_round
        if round_ is None or round_.number != number or round_.kind != "second" or seats.deadline_ahead(act, number):
            return
        opened = act.open_ballots()
        ended = rounds.close if rounds.quorum(opened, number) else rounds.close_short
        closing.close(act, opened, ended(opened, number))


# --- answering ------------------------------------------------------------------------------------------


@action("recuse", ReviewerAssigned, ReviewerRecused)
def recuse(actor: Actor, ref: str, number: int, *, ground: str | None) -> None:
    """Somebody who was asked steps back; the ground stays inside."""
    with acting(actor, ref) as act:
        seats.take_up(act)
        act.require("recuse")
        in_round(act, number)
        act.record(ReviewerRecused(round=number, reason=texts.reason(ground, "ground")))


@action("abstain", ReviewerAssigned, ReviewerAbstained)
def abstain(actor: Actor, ref: str, number: int, *, reason: str | None) -> None:
    """Somebody who was asked says that they cannot judge: an answer, not part of the quorum."""
    with acting(actor, ref) as act:
        seats.take_up(act)
        round_ = act.dossier.open_round
        if round_ and round_.number == number and round_.answer(act.who) == "abstained":
            return  # the same form posted twice is one answer
        act.require("abstain")
        in_round(act, number)
        act.record(ReviewerAbstained(round=number, reason=texts.reason(reason)))


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
