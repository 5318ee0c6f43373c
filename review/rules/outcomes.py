"""What a verb needs of a result: of a settlement, a dissent, a proposal, a published version."""

from __future__ import annotations

from collections.abc import Mapping

from review.rules import approval, assignment, settlement
from review.rules.dossier import Dossier
from review.rules.guards import Guard
from review.rules.guards_overrides import override_asked
from review.rules.viewers import Deed, Requirement, Viewer, answered, not_applicable, satisfied, unsatisfied
from review.rules.words import N_


def argument_open(_verb: str, dossier: Dossier, viewer: Viewer, _deed: Deed) -> Requirement:
    name, under_way = "argument-open", dossier.open_settlement
    if under_way is None or settlement.rung(dossier) != "arguments":
        return unsatisfied(name, N_("No disagreement is being argued here now."))
    if viewer.who is None or not dossier.live_of(under_way.round, viewer.who):
        return unsatisfied(name, N_("Those who voted in the disputed round argue it."))
    return satisfied(name, N_("The disagreement is open for your arguments."))


def settler_wanted(_verb: str, dossier: Dossier, _viewer: Viewer, _deed: Deed) -> Requirement:
    return answered(
        settlement.rung(dossier) in ("settler", "second_settler"),
        "settler-wanted",
        N_("The disagreement waits for a settler."),
        N_("A settler is asked only when a second vote has not decided."),
    )


def appointed(_verb: str, dossier: Dossier, viewer: Viewer, _deed: Deed) -> Requirement:
    name = "appointed"
    if viewer.role == "system":
        return not_applicable(name, N_("Only the end of the ladder is recorded without a settler."))
    holds = viewer.who is not None and settlement.settler(dossier) == viewer.who
    return answered(
        holds,
        name,
        N_("You were asked to settle this."),
        N_("You have not been asked to settle this. A lead editor appoints the settler."),
    )


def dissent_open(_verb: str, dossier: Dossier, viewer: Viewer, deed: Deed) -> Requirement:
    name = "dissent-open"
    open_to = [seq for seq in settlement.dissenting(dossier) if _owner(dossier, seq) == viewer.who]
    if viewer.who is None or not open_to or (deed.vote is not None and deed.vote not in open_to):
        return unsatisfied(
            name, N_("A dissent is written by its owner, between the result and its approval.")
        )
    return satisfied(
        name, N_("Your vote differs from the result: you may write your dissent until it is approved.")
    )


def _owner(dossier: Dossier, seq: int) -> str | None:
    vote = dossier.vote(seq)
    return vote.voter if vote else None


def proposed(verb: str, dossier: Dossier, _viewer: Viewer, _deed: Deed) -> Requirement:
    proposal = dossier.proposal
    if proposal is None or dossier.stage != "approval":
        return unsatisfied("proposed", N_("No result waits for approval here."))
    if proposal.state == "approved" and verb == "return_grade":
        return satisfied("proposed", N_("It is approved for a later day, and can be taken back until then."))
    if proposal.state == "approved":
        return unsatisfied(
            "proposed",
            N_("It has been approved already, and is published on %(day)s."),
            day=proposal.approval.not_before if proposal.approval else None,
        )
    return satisfied("proposed", N_("A result waits for approval."))


def dissent_untouched(_verb: str, dossier: Dossier, viewer: Viewer, _deed: Deed) -> Requirement:
    """Whoever had the words of a dissent removed does not approve the version that goes out without them."""
    name, silencers = "dissent-untouched", approval.silencers(dossier)
    if not silencers:
        return not_applicable(name, N_("No words of a dissent were removed."))
    if viewer.who not in silencers:
        return satisfied(name, N_("Words of a dissent were removed. You neither asked for it nor seconded it."))
    others = tuple(
        lead.name
        for lead in viewer.others("lead")
        if lead.who not in silencers and assignment.may_approve(dossier, lead.who)
    )
    return Requirement(
        name,
        "unsatisfied",
        N_("You asked for the removal of a dissent, or seconded it, so you cannot approve this."),
        {"people": others},
        remedy=N_("%(people)s can.") if others else N_("Nobody here can: invite a lead editor."),
        mend=others,
        invite=None if others else "lead",
    )


def published(_verb: str, dossier: Dossier, _viewer: Viewer, _deed: Deed) -> Requirement:
    return answered(
        dossier.stage == "published",
        "published",
        N_("A version is published."),
        N_("Nothing is published here that could be reopened."),
    )


def version_stands(_verb: str, dossier: Dossier, _viewer: Viewer, _deed: Deed) -> Requirement:
    return answered(
        dossier.determination is not None and dossier.determination.version > 0,
        "version-stands",
        N_("A version of this desk is published."),
        N_("No version of this desk is published here that a note could correct."),
    )


def imported_stands(_verb: str, dossier: Dossier, _viewer: Viewer, _deed: Deed) -> Requirement:
    return answered(
        dossier.determination is not None and dossier.determination.version == 0,
        "imported-stands",
        N_("An imported grade stands, and no version of this desk."),
        N_("What stands here was not imported, so it is corrected by a note or checked again."),
    )


def approved(_verb: str, dossier: Dossier, _viewer: Viewer, _deed: Deed) -> Requirement:
    proposal = dossier.proposal
    holds = (
        proposal is not None and proposal.approval is not None and proposal.approval.dossier == dossier.digest
    )
    return answered(
        holds,
        "approved",
        N_("A lead editor approved exactly this."),
        N_("What was approved has changed since."),
    )


def result_stands(verb: str, dossier: Dossier, _viewer: Viewer, _deed: Deed) -> Requirement:
    name, proposal = "result-stands", dossier.proposal
    if verb == "confirm_recheck":
        return answered(
            approval.standing_borne(dossier),
            name,
            N_("The live votes bear the grade."),
            N_("The votes that are left no longer bear the grade. Reopen it for a new round."),
        )
    return answered(
        proposal is not None and approval.bears(dossier, proposal),
        name,
        N_("The live votes bear the grade."),
        N_("The live votes no longer bear the grade."),
    )


def no_recheck(_verb: str, dossier: Dossier, _viewer: Viewer, _deed: Deed) -> Requirement:
    return answered(
        not dossier.recheck,
        "no-recheck",
        N_("It is not being checked again now."),
        N_("It is being checked again already."),
    )


def in_recheck(_verb: str, dossier: Dossier, _viewer: Viewer, _deed: Deed) -> Requirement:
    return answered(
        dossier.recheck,
        "in-recheck",
        N_("The published version is being checked again."),
        N_("The published version is not being checked again."),
    )


def votes_left(_verb: str, dossier: Dossier, _viewer: Viewer, _deed: Deed) -> Requirement:
    name, under_way = "votes-left", dossier.open_settlement
    if under_way is None or dossier.open_round or settlement.deciding_votes(dossier, under_way):
        return satisfied(name, N_("There are votes to choose among."))
    return unsatisfied(
        name, N_("Every vote that could decide was excluded. A lead editor can dismiss and restore it for a new round.")
    )


def quorum_lost(_verb: str, dossier: Dossier, _viewer: Viewer, _deed: Deed) -> Requirement:
    name = "quorum-lost"
    if dossier.open_settlement is None:
        return unsatisfied(name, N_("No disagreement is being settled here."))
    return answered(
        settlement.below_quorum(dossier),
        name,
        N_("Exclusions left too few votes for any result."),
        N_("The votes that are left still decide: have them vote once more, or name a settler."),
    )


OUTCOMES: Mapping[str, Guard] = {
    "argument-open": argument_open,
    "settler-wanted": settler_wanted,
    "appointed": appointed,
    "dissent-open": dissent_open,
    "proposed": proposed,
    "dissent-untouched": dissent_untouched,
    "published": published,
    "version-stands": version_stands,
    "imported-stands": imported_stands,
    "approved": approved,
    "result-stands": result_stands,
    "no-recheck": no_recheck,
    "in-recheck": in_recheck,
    "votes-left": votes_left,
    "override-asked": override_asked,
    "quorum-lost": quorum_lost,
}
