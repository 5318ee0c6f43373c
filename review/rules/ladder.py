"""Whose turn it is in a settlement, in a sentence to whoever looks.

While the second vote is open it says nothing that moves with anybody else's answer.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from review.rules import settlement
from review.rules.dossier import Dossier, Proposal, Settlement
from review.rules.viewers import Viewer
from review.rules.words import N_

SECOND_OPENS = N_(
    "The second vote opens by itself when the time is up. A lead editor may open it once everybody has argued."
)
SECOND_COUNTS = N_("Then the second vote counts. Where it does not decide either, a settler who took no part does.")


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose turn it is: the viewer's or another's. `way` names what the page then offers: argue, vote, settle…"""

    yours: bool
    sentence: str
    values: dict[str, Any] = field(default_factory=dict)
    then: str = ""
    way: str = ""


def turn(dossier: Dossier, viewer: Viewer) -> Turn | None:
    """Whose turn it is in the settlement under way, or what came of the last one; None where there never was one."""
    under_way = dossier.settlement
    if under_way is None:
        return None
    if not under_way.open:
        return _afterwards(dossier, viewer, under_way)
    if settlement.rung(dossier) == "arguments":
        return _arguing(dossier, viewer, under_way)
    if dossier.open_round:
        return _voting(dossier, viewer)
    return _settling(dossier, viewer)


def _arguing(dossier: Dossier, viewer: Viewer, under_way: Settlement) -> Turn:
    if not settlement.left(dossier) or settlement.below_quorum(dossier):
        return _too_few(viewer)
    argued = {argument.by for argument in under_way.arguments}
    voters = {vote.voter for vote in dossier.live(under_way.round)}
    if viewer.who in voters - argued:
        return Turn(
            True,
            N_("Say what the others may have missed, or leave it: nobody has to argue."),
            then=SECOND_OPENS,
            way="argue",
        )
    if voters <= argued and viewer.role == "lead":
        sentence = N_("Everybody who voted has argued. You can open the second vote.")
        return Turn(True, sentence, way="open_second_vote")
    if voters <= argued:
        sentence = N_("Everybody who voted has argued. A lead editor can open the second vote now.")
        return Turn(False, sentence, then=SECOND_OPENS)
    if viewer.who in voters:
        sentence = N_("You have argued. You may add to it until the second vote opens.")
        return Turn(False, sentence, then=SECOND_OPENS, way="argue")
    return Turn(False, N_("Those who voted are arguing, under letters."), then=SECOND_OPENS)


def _voting(dossier: Dossier, viewer: Viewer) -> Turn:
    round_ = dossier.open_round
    answer = round_.answer(viewer.who) if round_ and viewer.who else None
    if answer == "assigned":
        sentence = N_("Vote once more, sealed like the first time.")
        return Turn(True, sentence, then=SECOND_COUNTS, way="vote")
    if answer == "voted":
        sentence = N_("Your second vote is cast and sealed. You may replace it until the round closes.")
        return Turn(False, sentence, then=SECOND_COUNTS, way="vote")
    if answer:
        return Turn(False, N_("You have answered. Nothing more is asked of you here."), then=SECOND_COUNTS)
    sentence = N_("The same people vote once more. Nobody sees who has voted or which way.")
    return Turn(False, sentence, then=SECOND_COUNTS)


def _settling(dossier: Dossier, viewer: Viewer) -> Turn:
    if settlement.below_quorum(dossier):
        return _too_few(viewer)
    named = settlement.settler(dossier)
    if named is None and viewer.role == "lead":
        sentence = N_(
            "The settlement waits for a settler. Name somebody who neither entered this incident nor voted on it."
        )
        return Turn(True, sentence, way="appoint")
    if named is None:
        return Turn(False, N_("The settlement waits for a lead editor to name a settler who took no part."))
    last = settlement.rung(dossier) == "second_settler"
    then = N_("If the time runs out, it ends without a consensus.") if last else ""
    if named == viewer.who:
        sentence = N_("Answer each argument of the minority, then settle.")
        return Turn(True, sentence, then=then, way="settle")
    sentence = N_("The settler reads the votes and the arguments, answers the minority, and decides.")
    return Turn(False, sentence, then=then)


def _too_few(viewer: Viewer) -> Turn:
    if viewer.role == "lead":
        return Turn(True, N_("Exclusions left too few votes. You say below how it goes on."))
    return Turn(False, N_("Exclusions left too few votes. A lead editor says how it goes on."))


def _afterwards(dossier: Dossier, viewer: Viewer, under_way: Settlement) -> Turn:
    proposal = _last_proposal(dossier, under_way)
    if under_way.grade is None or proposal is None:
        return Turn(False, N_("It ended without a result. A new round can be opened."))
    if proposal.state == "standing":
        return _proposed(dossier, viewer, proposal)
    if proposal.state == "approved":
        return Turn(False, N_("The result is approved and waits for its day of publication."))
    if proposal.state == "published":
        sentence = N_("The result is published as version %(version)s.")
        return Turn(False, sentence, {"version": proposal.version}, way="public")
    if proposal.state == "returned":
        return Turn(False, N_("A lead editor returned the result. The history says why."), way="history")
    return Turn(False, N_("The record moved, and the result no longer stands. The history says why."), way="history")


def _last_proposal(dossier: Dossier, under_way: Settlement) -> Proposal | None:
    made = [proposal for proposal in dossier.proposals if proposal.settlement == under_way.seq]
    return made[-1] if made else None


def _proposed(dossier: Dossier, viewer: Viewer, proposal: Proposal) -> Turn:
    waits = N_("Until then it waits for a lead editor who took no part.")
    if viewer.who is not None and viewer.who in {vote.voter for vote in dossier.votes if vote.seq in proposal.minority}:
        written = any(dissent.by == viewer.who and dissent.of in proposal.minority for dissent in dossier.dissents)
        if written:
            sentence = N_("Your dissent is kept with the result. You may change it until the approval.")
            return Turn(False, sentence, then=waits, way="dissent")
        sentence = N_(
            "Your vote differs from the result. If you want, write a dissent: it can be written until the approval."
        )
        return Turn(True, sentence, then=waits, way="dissent")
    part = dossier.entered | dossier.carried.entered | dossier.voted | dossier.settled | dossier.conflicts
    if viewer.role == "lead" and (viewer.who is None or viewer.who not in part):
        sentence = N_("The result waits for the approval of a lead editor who took no part. You can decide it.")
        return Turn(True, sentence, way="approve")
    return Turn(False, N_("The result waits for the approval of a lead editor who took no part."))
