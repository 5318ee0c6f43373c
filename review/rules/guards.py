"""The ten guards of DESIGN section 4, by their names; each is built from what its viewer may see."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from review.rules import approval, assignment, grades, rounds, settlement
from review.rules.dossier import Dossier, Proposal, Round
from review.rules.grades import NO_CONSENSUS
from review.rules.guards_overrides import override
from review.rules.viewers import (
    Deed,
    Requirement,
    Viewer,
    not_applicable,
    overridden,
    satisfied,
    unsatisfied,
)
from review.rules.visibility import sees_answers
from review.rules.words import N_

Guard = Callable[[str, Dossier, Viewer, Deed], Requirement]

PUBLISHABLE = 3  # live votes without which nothing is ever published
SEALED = N_("The round is open. Its votes stay sealed until it closes.")


def judged_round(dossier: Dossier) -> Round | None:
    """The round that a requirement speaks of: the open one, the proposal's, the one that decides, else the latest."""
    if dossier.open_round:
        return dossier.open_round
    if dossier.open_settlement:
        return settlement.deciding_round(dossier, dossier.open_settlement)
    if dossier.proposal:
        return dossier.round_number(dossier.proposal.round)
    return dossier.round


def enough_reviewers(verb: str, dossier: Dossier, viewer: Viewer, _deed: Deed) -> Requirement:
    """1: live votes of at least the required number, by distinct people who did not enter the incident."""
    name, round_ = "enough-reviewers", judged_round(dossier)
    if round_ is None:
        return unsatisfied(name, N_("Nobody has been asked yet: no round has been opened."))
    if round_.open and not sees_answers(viewer, round_):
        return not_shown(name, viewer, round_)
    required = max(PUBLISHABLE, round_.policy.required) if verb == "approve" else round_.policy.required
    count = rounds.counted(dossier, round_.number)
    values = {"count": count, "required": required}
    if count >= required:
        return satisfied(
            name, N_("%(count)s people voted, of %(required)s required; none of them entered it."), **values
        )
    if not round_.open:
        return unsatisfied(
            name, N_("Live votes: %(count)s; required: %(required)s. It needs a new round."), **values
        )
    return _waiting(name, dossier, viewer, round_, count, required)


def not_shown(name: str, viewer: Viewer, round_: Round) -> Requirement:
    """What anybody sees of an open round who may not know who has answered: the same before and after
    each vote."""
    if viewer.role != "lead":
        return unsatisfied(name, N_("Waiting: the round is open."))
    others = tuple(
        lead.name for lead in viewer.others("lead") if lead.who is None or round_.answer(lead.who) is None
    )
    return Requirement(
        name,
        "unsatisfied",
        N_("You were asked in this round, so you are not shown how far it is and cannot end it."),
        {"people": others},
        remedy=N_("%(people)s can.") if others else N_("Nobody here can yet: invite a lead editor."),
        mend=others,
        invite=None if others else "lead",
    )


def _waiting(
    name: str, dossier: Dossier, viewer: Viewer, round_: Round, count: int, required: int
) -> Requirement:
    names = tuple(viewer.name_of(who) or who for who in rounds.owed(round_))
    values = {"count": count, "required": required, "people": names}
    if viewer.members and any(viewer.name_of(who) is None for who in rounds.owed(round_)):
        return _owed_by_who_left(name, viewer, round_, count, required)
    if names:
        sentence = N_("%(count)s of %(required)s, waiting for %(people)s.")
        return Requirement(name, "unsatisfied", sentence, values, mend=names)
    free = tuple(
        member.name
        for member in viewer.members
        if member.role in ("reviewer", "lead") and assignment.eligible(dossier, member.who)
    )
    return Requirement(
        name,
        "unsatisfied",
        N_("%(count)s of %(required)s, and nobody else has been asked."),
        {**values, "people": free},
        remedy=N_("Ask %(people)s.") if free else N_("Nobody here is free to judge it: invite a reviewer."),
        mend=free,
        invite=None if free else "reviewer",
    )


def _owed_by_who_left(name: str, viewer: Viewer, round_: Round, count: int, required: int) -> Requirement:
    """Whoever left the desk cannot answer any more: a lead who was not asked lets them go."""
    leads = tuple(
        member.name
        for member in viewer.members
        if member.role == "lead" and (member.who is None or round_.answer(member.who) is None)
    )
    return Requirement(
        name,
        "unsatisfied",
        N_("%(count)s of %(required)s, and somebody who still owes an answer has left the desk."),
        {"count": count, "required": required, "people": leads},
        remedy=N_("%(people)s can release them and ask somebody else.") if leads else "",
        mend=leads,
        invite=None if leads else "lead",
    )


def blind(verb: str, dossier: Dossier, _viewer: Viewer, _deed: Deed) -> Requirement:
    """2: from the opening of a round until its close nobody is shown another person's vote."""
    if verb == "cast_vote":
        return satisfied("blind", N_("Nobody sees another's vote until the round closes, whoever they are."))
    if dossier.open_round:
        return unsatisfied("blind", SEALED)
    if dossier.round is None:
        return not_applicable("blind", N_("No round has been opened yet."))
    return satisfied("blind", N_("No vote was seen before the round closed."))


def agreement(_verb: str, dossier: Dossier, _viewer: Viewer, _deed: Deed) -> Requirement:
    """3: all alike, or two thirds share a grade and none is further than the policy allows; or settled."""
    name, proposal = "agreement", dossier.proposal
    if proposal is None:
        return not_applicable(name, N_("What the votes amount to is known when a round has closed."))
    round_ = rounds.the_round(dossier, proposal.round)
    label = grades.codebook(round_.codebook).label(proposal.grade)
    if not approval.bears(dossier, proposal):
        return unsatisfied(
            name, N_("The votes that are left no longer bear %(grade)s. It needs a new round."), grade=label
        )
    if proposal.override and proposal.override.seconded:
        return overridden(
            name, N_("Two leads agreed to another grade than the settled one; this is shown publicly.")
        )
    if proposal.settlement is not None:
        return _settled(name, proposal, label)
    total = len(dossier.live(round_.number))
    agreeing = total - len(proposal.minority)
    if not proposal.minority:
        return satisfied(name, N_("Every vote was %(grade)s."), grade=label)
    return satisfied(
        name,
        N_("%(count)s of %(total)s votes share %(grade)s; the others are near."),
        count=agreeing,
        total=total,
        grade=label,
    )


def _settled(name: str, proposal: Proposal, label: str) -> Requirement:
    if proposal.grade == NO_CONSENSUS:
        return satisfied(name, N_("The settlement ended without a consensus, and says so."))
    return satisfied(name, N_("The votes differed; it was settled as %(grade)s."), grade=label)


def fresh_votes(_verb: str, dossier: Dossier, _viewer: Viewer, deed: Deed) -> Requirement:
    """4: every live vote has seen the newest evidence, or the approval's reason names what it has not."""
    name, proposal = "fresh-votes", dossier.proposal
    if proposal is None:
        return not_applicable(name, N_("It is asked of a result, and there is none yet."))
    if not approval.stale_sources(dossier, proposal.round):
        return satisfied(name, N_("Every vote has seen the newest evidence."))
    labels = tuple(f"S{number}" for number in approval.unconsidered(dossier, proposal.round))
    if deed.reason and all(_names(deed.reason, label) for label in labels):
        return overridden(
            name,
            N_("Approved without all votes having considered %(sources)s; this is shown publicly."),
            sources=labels,
        )
    sentence = (
        N_(
            "Not every vote has considered %(sources)s. Name them in your reason, or return it "
            "for a new round."
        )
        if labels
        else N_(
            "The evidence has changed since the votes. Say in your reason why it still holds, or return it."
        )
    )
    return Requirement(name, "unsatisfied", sentence, {"sources": labels}, by_form=True)


def _names(reason: str, label: str) -> bool:
    return re.search(rf"(?<![^\W_]){label}(?!\d)", reason, re.IGNORECASE) is not None


INVOLVED: Mapping[str, Mapping[str, str]] = {
    "approve": {
        "entered": N_("You entered this incident, so you cannot approve it."),
        "voted": N_("You voted on this incident, so you cannot approve it."),
        "settled": N_("You were asked to settle this incident, so you cannot approve it."),
        "conflict": N_("You declared a conflict over this incident, so you cannot approve it."),
        "free": N_("You did not enter, vote or settle."),
    },
    "override": {
        "entered": N_("You entered this incident, so you cannot ask for another grade."),
        "voted": N_("You voted on this incident, so you cannot ask for another grade."),
        "settled": N_("You were asked to settle this incident, so you cannot ask for another grade."),
        "conflict": N_("You declared a conflict over this incident, so you cannot ask for another grade."),
        "free": N_("You did not enter, vote or settle."),
    },
    "second_override": {
        "entered": N_("You entered this incident, so you cannot second another grade."),
        "voted": N_("You voted on this incident, so you cannot second another grade."),
        "settled": N_("You were asked to settle this incident, so you cannot second another grade."),
        "conflict": N_("You declared a conflict over this incident, so you cannot second another grade."),
        "free": N_("You did not enter, vote or settle."),
    },
    "confirm_recheck": {
        "entered": N_("You entered this incident, so you cannot confirm its grade."),
        "voted": N_("You voted on this incident, so you cannot confirm its grade."),
        "settled": N_("You were asked to settle this incident, so you cannot confirm its grade."),
        "conflict": N_("You declared a conflict over this incident, so you cannot confirm its grade."),
        "free": N_("You did not enter, vote or settle."),
    },
    "settle": {
        "entered": N_("You entered this incident, so you cannot settle it."),
        "voted": N_("You voted on this incident, so you cannot settle it."),
        "settled": N_("You were asked to settle an incident merged into this one, so you cannot settle it."),
        "conflict": N_("You declared a conflict over this incident, so you cannot settle it."),
        "free": N_("You did not enter or vote."),
    },
}


def uninvolved(verb: str, dossier: Dossier, viewer: Viewer, _deed: Deed) -> Requirement:
    """5: who entered or voted neither settles nor approves, who settled does not approve. There is no
    override."""
    name, words = "uninvolved", INVOLVED[verb]
    if viewer.role == "system":
        return not_applicable(name, N_("The machine decides nothing here; it records."))
    part = involvement(dossier, viewer.who)
    if verb == "settle" and part == "settled" and viewer.who not in dossier.carried.settled:
        part = "free"  # whoever settles was asked to, here
    if part == "free" or part not in words:
        return satisfied(name, words["free"])
    others = _who_else(verb, dossier, viewer)
    nobody = N_("Nobody here can: invite a lead editor.")
    appoint = N_("A lead editor can appoint somebody else.")
    if verb == "settle":
        return Requirement(name, "unsatisfied", words[part], {"people": others}, remedy=appoint)
    return Requirement(
        name,
        "unsatisfied",
        words[part],
        {"people": others},
        remedy=N_("%(people)s can.") if others else nobody,
        mend=others,
        invite=None if others else "lead",
    )


def involvement(dossier: Dossier, who: str | None) -> str:
    """How a person is involved in this incident; "free" where they are not."""
    if who is None:
        return "free"
    if who in dossier.entered:
        return "entered"
    if who in dossier.voted:
        return "voted"
    if who in dossier.conflicts:
        return "conflict"
    return "settled" if who in dossier.settled else "free"


def _who_else(verb: str, dossier: Dossier, viewer: Viewer) -> tuple[str, ...]:
    if verb == "settle":
        return ()
    leads = (lead for lead in viewer.others("lead") if assignment.may_approve(dossier, lead.who))
    if verb == "approve":
        silencers = approval.silencers(dossier)
        return tuple(lead.name for lead in leads if lead.who not in silencers)
    return tuple(lead.name for lead in leads)


def reasoned(_verb: str, _dossier: Dossier, viewer: Viewer, deed: Deed) -> Requirement:
    """6: a reason for a yes as well as for a no."""
    if viewer.role == "system":
        return not_applicable("reasoned", N_("The machine closes what is due and gives no reasons."))
    if deed.reason is not None and not deed.reason.strip():
        sentence = N_("A reason is missing. A yes needs one as well as a no.")
        return Requirement("reasoned", "unsatisfied", sentence, by_form=True)
    return Requirement("reasoned", "satisfied", N_("You give your reason in writing, here."), by_form=True)


def dissent_kept(verb: str, dossier: Dossier, _viewer: Viewer, _deed: Deed) -> Requirement:
    """8: the minority's grade and range, and its public words, go out with the result."""
    name = "dissent-kept"
    if verb == "settle":
        return Requirement(
            name, "satisfied", N_("Every argument of a minority is answered here, by you."), by_form=True
        )
    proposal = dossier.proposal
    if proposal is None:
        return not_applicable(name, N_("It is asked of a result, and there is none yet."))
    kept = _minority(dossier, proposal)
    if kept != proposal.minority:
        return unsatisfied(name, N_("The minority is no longer the one proposed. It is proposed anew."))
    if not kept:
        return not_applicable(name, N_("Every vote was the same."))
    letters = settlement.letters(dossier, proposal.round)
    return satisfied(
        name,
        N_("The grade and range of %(letters)s go out with it, and the words they chose to make public."),
        letters=tuple(sorted(letters.get(seq, "?") for seq in kept)),
    )


def _minority(dossier: Dossier, proposal: Proposal) -> tuple[int, ...]:
    votes = dossier.live(proposal.round)
    return tuple(vote.seq for vote in votes if vote.ballot is None or vote.ballot.grade != proposal.grade)


def page_of(verb: str, dossier: Dossier) -> str:
    """What a page of this verb was made from: a voter's evidence and round, a decider's dossier."""
    if verb == "cast_vote":
        number = dossier.open_round.number if dossier.open_round else 0
        return f"{dossier.evidence}:{number}"
    return dossier.digest


def fresh_page(verb: str, dossier: Dossier, viewer: Viewer, deed: Deed) -> Requirement:
    """9: what is decided on is what the page showed."""
    name = "fresh-page"
    if viewer.role == "system":
        return not_applicable(name, N_("The machine reads the record itself."))
    if deed.seen is not None and deed.seen != page_of(verb, dossier):
        return unsatisfied(
            name, N_("The incident has changed since you opened this page. What you typed is kept.")
        )
    return Requirement(name, "satisfied", N_("You decide on what this page shows."), by_form=True)


def policy_of_the_round(verb: str, dossier: Dossier, _viewer: Viewer, _deed: Deed) -> Requirement:
    """10: the numbers and the codebook are those copied onto the round when it opened."""
    name, round_ = "policy-of-the-round", judged_round(dossier)
    if round_ is None:
        return not_applicable(name, N_("No round has been opened yet."))
    if verb == "approve" and round_.policy.internal:
        return unsatisfied(
            name,
            N_(
                "Round %(round)s ran under a policy for use inside the desk: what it decided "
                "cannot be published."
            ),
            round=round_.number,
        )
    return satisfied(
        name,
        N_("Round %(round)s is judged by the policy and the codebook it opened under."),
        round=round_.number,
        codebook=round_.codebook,
    )


GUARDS: Mapping[str, Guard] = {
    "enough-reviewers": enough_reviewers,
    "blind": blind,
    "agreement": agreement,
    "fresh-votes": fresh_votes,
    "uninvolved": uninvolved,
    "reasoned": reasoned,
    "override": override,
    "dissent-kept": dissent_kept,
    "fresh-page": fresh_page,
    "policy-of-the-round": policy_of_the_round,
}
