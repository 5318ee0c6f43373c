"""What a verb needs of the state of an incident: small named requirements beside the ten guards."""

from __future__ import annotations

from collections.abc import Mapping

from review.rules import assignment, rounds
from review.rules.dossier import Dossier
from review.rules.guards import Guard, not_shown
from review.rules.redaction import another_asked
from review.rules.viewers import Deed, Requirement, Viewer, answered, not_applicable, satisfied, unsatisfied
from review.rules.visibility import sees_answers
from review.rules.words import N_

JUDGES = ("reviewer", "lead")


def not_exited(_verb: str, dossier: Dossier, _viewer: Viewer, _deed: Deed) -> Requirement:
    return answered(
        not dossier.exited,
        "not-exited",
        N_("The incident is on the desk."),
        N_("The incident has left the desk. Only its sources and its way back can still be worked on."),
    )


def exited(_verb: str, dossier: Dossier, _viewer: Viewer, _deed: Deed) -> Requirement:
    return answered(
        dossier.exited,
        "exited",
        N_("The incident has left the desk."),
        N_("The incident is on the desk. There is nothing to restore."),
    )


def restricted(_verb: str, dossier: Dossier, _viewer: Viewer, _deed: Deed) -> Requirement:
    return answered(
        dossier.restricted,
        "restricted",
        N_("The incident is shown to few."),
        N_("The incident is not restricted."),
    )


def not_restricted(_verb: str, dossier: Dossier, _viewer: Viewer, _deed: Deed) -> Requirement:
    return answered(
        not dossier.restricted,
        "not-restricted",
        N_("The incident is shown to the whole desk."),
        N_("The incident is shown to few. What it is merged into would give it away: lift the restriction first."),
    )


def stream_active(_verb: str, dossier: Dossier, _viewer: Viewer, _deed: Deed) -> Requirement:
    name = "stream-active"
    if dossier.stream_mode == "active":
        return satisfied(name, N_("Its stream is active."))
    return Requirement(
        name,
        "unsatisfied",
        N_("The stream %(stream)s is not being graded now: its incidents are logged only."),
        {"stream": dossier.stream},
        remedy=N_("A lead editor can switch the stream."),
    )


def round_open(_verb: str, dossier: Dossier, _viewer: Viewer, _deed: Deed) -> Requirement:
    return answered(
        dossier.open_round is not None, "round-open", N_("A round is open."), N_("No round is open here now.")
    )


def no_open_round(_verb: str, dossier: Dossier, _viewer: Viewer, _deed: Deed) -> Requirement:
    return answered(
        dossier.open_round is None,
        "no-open-round",
        N_("No round is open."),
        N_("A round is open. It has to end first."),
    )


WAIT = {
    "approval": N_("A proposal waits for a lead editor. Approve or return it first."),
    "published": N_("A version is published. Reopen it first."),
    "settlement": N_("The incident is being settled, and its second vote has been held."),
}


def stage(_verb: str, dossier: Dossier, _viewer: Viewer, deed: Deed) -> Requirement:
    fits = rounds.may_open(dossier, deed.kind) if deed.kind else rounds.next_kind(dossier) is not None
    if fits or dossier.open_round:
        return satisfied("stage", N_("The incident is at a stage where a round may open."))
    return unsatisfied("stage", WAIT.get(dossier.stage, N_("No round may open at this stage.")))


def has_evidence(_verb: str, dossier: Dossier, _viewer: Viewer, _deed: Deed) -> Requirement:
    something = bool(dossier.attached) or any(claim.grouped for claim in dossier.claims)
    return answered(
        something,
        "has-evidence",
        N_("There is something to judge."),
        N_("There is nothing to judge yet. Attach a source or group a claim first."),
    )


def has_source(_verb: str, dossier: Dossier, _viewer: Viewer, _deed: Deed) -> Requirement:
    return answered(
        bool(dossier.attached),
        "has-source",
        N_("A source is attached."),
        N_("No source is attached here yet."),
    )


def not_entered(_verb: str, dossier: Dossier, viewer: Viewer, _deed: Deed) -> Requirement:
    if viewer.who is None or viewer.who not in dossier.entered:
        return satisfied("not-entered", N_("You did not enter this incident."))
    return Requirement(
        "not-entered",
        "unsatisfied",
        N_("You entered this incident, so others judge it."),
        remedy=N_("You may still attach sources."),
    )


def no_conflict(_verb: str, dossier: Dossier, viewer: Viewer, _deed: Deed) -> Requirement:
    return answered(
        viewer.who not in dossier.conflicts,
        "no-conflict",
        N_("You declared no conflict here."),
        N_("You declared a conflict over this incident, so others judge it."),
    )


def in_conflict(_verb: str, dossier: Dossier, viewer: Viewer, _deed: Deed) -> Requirement:
    return answered(
        viewer.who in dossier.conflicts,
        "in-conflict",
        N_("You declared a conflict here."),
        N_("You declared no conflict here."),
    )


def assigned(verb: str, dossier: Dossier, viewer: Viewer, _deed: Deed) -> Requirement:
    round_ = dossier.open_round
    answer = round_.answer(viewer.who) if round_ and viewer.who else None
    if answer == "voted" and _excluded(dossier, viewer.who):
        return unsatisfied("assigned", N_("Your vote was excluded from this round, so others judge it."))
    if verb == "abstain" and answer == "abstained":
        return unsatisfied("assigned", N_("You have said already that you cannot judge this."))
    if answer in ("assigned", "voted", "abstained"):
        return satisfied("assigned", N_("You were asked in this round."))
    if answer == "recused":
        return unsatisfied("assigned", N_("You recused yourself from this round."))
    if viewer.role == "lead":
        return unsatisfied(
            "assigned", N_("You have not been asked in this round. A lead editor can ask you.")
        )
    return Requirement(
        "assigned",
        "unsatisfied",
        N_("You have not been asked in this round."),
        remedy=N_("Take the next incident, or let a lead editor ask you."),
    )


def _excluded(dossier: Dossier, who: str | None) -> bool:
    number = dossier.open_round.number if dossier.open_round else 0
    return any(
        vote.voter == who and vote.round == number and vote.state == "excluded" for vote in dossier.votes
    )


def unassigned(_verb: str, dossier: Dossier, viewer: Viewer, deed: Deed) -> Requirement:
    name = "unassigned"
    if not deed.material:
        return not_applicable(name, N_("Only words change, nothing that a vote rests on."))
    if viewer.who is not None and (viewer.who in dossier.voted or _is_asked(dossier, viewer.who)):
        return Requirement(
            name,
            "unsatisfied",
            N_(
                "You judge this incident, so you do not change what the votes rest on: "
                "date, point, parties, strike status or a range."
            ),
            remedy=N_("Words may be mended, and anybody else of the desk can change the rest."),
            by_form=True,
        )
    return satisfied(name, N_("You do not judge this incident."))


def _is_asked(dossier: Dossier, who: str) -> bool:
    round_ = dossier.open_round
    return round_ is not None and round_.answer(who) in ("assigned", "voted", "abstained")


def eligible(verb: str, dossier: Dossier, viewer: Viewer, deed: Deed) -> Requirement:
    name = "eligible"
    if verb in ("take_next", "take_up"):
        return answered(
            assignment.eligible(dossier, viewer.who),
            name,
            N_("You may judge this incident."),
            N_("This incident is for others: you entered it, declared a conflict, or were asked already."),
        )
    free = tuple(
        member.name
        for member in viewer.members
        if member.role in JUDGES and assignment.eligible(dossier, member.who)
    )
    return _subject(
        name,
        deed,
        viewer,
        free,
        N_("Whoever is asked may judge this incident."),
        N_("%(subject)s cannot be asked: entered it, declared a conflict, or was asked already."),
        fits=assignment.eligible(dossier, deed.subject),
        invite="reviewer",
    )


def settler_eligible(_verb: str, dossier: Dossier, viewer: Viewer, deed: Deed) -> Requirement:
    free = tuple(
        member.name
        for member in viewer.members
        if member.role in JUDGES and assignment.may_settle(dossier, member.who)
    )
    return _subject(
        "settler-eligible",
        deed,
        viewer,
        free,
        N_("Whoever settles took no part."),
        N_("%(subject)s took part in this incident, so cannot settle it."),
        fits=assignment.may_settle(dossier, deed.subject),
        invite="reviewer",
    )


def _subject(
    name: str,
    deed: Deed,
    viewer: Viewer,
    free: tuple[str, ...],
    yes: str,
    no: str,
    *,
    fits: bool,
    invite: str,
) -> Requirement:
    """A requirement about somebody: about the one named, or, on the page, whether there is anybody at all."""
    named = deed.subject is not None or deed.role is not None
    role_fits = deed.role is None or deed.role in JUDGES
    if (named and fits and role_fits) or viewer.role == "system":
        return satisfied(name, yes)
    if not named and free:
        return Requirement(name, "satisfied", yes, {"people": free}, mend=free)
    subject = viewer.name_of(deed.subject) if deed.subject else None
    nobody = N_("Nobody on this desk is free for this.")
    return Requirement(
        name,
        "unsatisfied",
        no if named else nobody,
        {"people": free, "subject": subject or deed.subject or ""},
        remedy=N_("%(people)s can.") if free else N_("Invite a reviewer who took no part."),
        mend=free,
        invite=None if free else invite,
    )


def owing(_verb: str, dossier: Dossier, viewer: Viewer, deed: Deed) -> Requirement:
    name, round_ = "owing", dossier.open_round
    if round_ and not sees_answers(viewer, round_):
        return not_shown(name, viewer, round_)
    asked = rounds.owed(round_) if round_ else ()
    holds = deed.subject in asked if deed.subject else bool(asked)
    return answered(
        holds, name, N_("An answer is still owed."), N_("Nothing is owed here: there is an answer already.")
    )


def no_live_vote(_verb: str, dossier: Dossier, viewer: Viewer, _deed: Deed) -> Requirement:
    return answered(
        not _own_vote(dossier, viewer),
        "no-live-vote",
        N_("You have no vote in this round."),
        N_("You have a vote in this round. Withdraw it first, with a reason."),
    )


def own_vote(_verb: str, dossier: Dossier, viewer: Viewer, _deed: Deed) -> Requirement:
    return answered(
        _own_vote(dossier, viewer),
        "own-vote",
        N_("You have a vote in this round."),
        N_("You have no vote in this round that could be withdrawn."),
    )


def _own_vote(dossier: Dossier, viewer: Viewer) -> bool:
    round_ = dossier.open_round
    return bool(round_ and viewer.who and dossier.live_of(round_.number, viewer.who))


def live_vote(_verb: str, dossier: Dossier, viewer: Viewer, deed: Deed) -> Requirement:
    name, round_ = "live-vote", dossier.open_round
    if round_ and not sees_answers(viewer, round_):
        return not_shown(name, viewer, round_)
    counting = [vote.seq for number in rounds.bearing(dossier) for vote in dossier.live(number)]
    holds = deed.vote in counting if deed.vote is not None else bool(counting)
    return answered(holds, name, N_("The vote counts now."), N_("This vote does not count any more."))


def claim_grouped(_verb: str, dossier: Dossier, _viewer: Viewer, deed: Deed) -> Requirement:
    grouped = {claim.seq for claim in dossier.claims if claim.grouped}
    holds = deed.claim in grouped if deed.claim is not None else bool(grouped)
    return answered(
        holds, "claim-grouped", N_("The claim is grouped here."), N_("This claim is not grouped here.")
    )


def not_oneself(_verb: str, _dossier: Dossier, viewer: Viewer, deed: Deed) -> Requirement:
    name = "not-oneself"
    themselves = deed.person is not None and deed.person == viewer.actor.person
    if viewer.role == "system" or not (themselves or (deed.subject and deed.subject == viewer.who)):
        return satisfied(name, N_("It is about somebody else."))
    others = tuple(member.name for member in viewer.others("admin"))
    return Requirement(
        name,
        "unsatisfied",
        N_("Nobody grants, changes or drops a role for themselves."),
        {"people": others},
        remedy=N_("%(people)s can.") if others else N_("Invite a second admin."),
        mend=others,
        invite=None if others else "admin",
    )


CONDITIONS: Mapping[str, Guard] = {
    "not-exited": not_exited,
    "exited": exited,
    "restricted": restricted,
    "not-restricted": not_restricted,
    "stream-active": stream_active,
    "round-open": round_open,
    "no-open-round": no_open_round,
    "stage": stage,
    "has-evidence": has_evidence,
    "has-source": has_source,
    "not-entered": not_entered,
    "no-conflict": no_conflict,
    "in-conflict": in_conflict,
    "assigned": assigned,
    "unassigned": unassigned,
    "eligible": eligible,
    "settler-eligible": settler_eligible,
    "owing": owing,
    "no-live-vote": no_live_vote,
    "own-vote": own_vote,
    "live-vote": live_vote,
    "claim-grouped": claim_grouped,
    "not-oneself": not_oneself,
    "another-asked": another_asked,
}
