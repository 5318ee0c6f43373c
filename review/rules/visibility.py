"""The one visibility function: what of an incident's votes a viewer may see (guard `blind`).

Every route, feed, count, mail, search and export reads `sight`; nothing else decides who sees what.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from review.rules.dossier import Dossier, Round
from review.rules.permissions import Actor
from review.rules.viewers import Viewer

ANSWERS = ("assigned", "voted", "abstained", "recused", "released")


@dataclass(frozen=True, slots=True)
class Sight:
    """What one viewer may see of one round.

    `votes`: nothing; only one's own; or all that were revealed, under letters. `split`: the grades and
    ranges of a published result, which are public. `answered`: who has answered, never which way.
    `sources_since`: sources with a greater seq show neither adder nor time. `history_until`: later events
    that would give a vote away are muted. `markers`: the page may show seqs, row ids and updated times.
    `own`: the viewer's own votes of the round.
    """

    votes: Literal["none", "own", "letters"] = "none"
    split: bool = False
    answered: bool = False
    tally: bool = False
    arguments: bool = False
    sources_since: int | None = None
    history_until: int | None = None
    markers: bool = True
    own: tuple[int, ...] = ()

    @property
    def rationales(self) -> bool:
        """The words of others: for those inside, after the close, and never for the public."""
        return self.votes == "letters"


def exists_for(actor: Actor, restricted: bool, admitted: Collection[int]) -> bool:
    """For all but the people named a restricted incident does not exist; the machine keeps it going."""
    return not restricted or actor.role == "system" or actor.person in admitted


def sight(dossier: Dossier, viewer: Viewer, number: int | None = None) -> Sight:
    """What `viewer` may see of a round (the latest where no number is given)."""
    round_ = dossier.round_number(number) if number else dossier.round
    under_way = dossier.open_round
    if round_ is None:
        return Sight()
    own = _own(dossier, viewer, round_)
    return Sight(
        votes=_votes(dossier, viewer, round_, own),
        split=_split_is_public(dossier, round_),
        answered=sees_answers(viewer, round_),
        tally=_inside(dossier, viewer, round_),
        arguments=_inside(dossier, viewer, round_),
        sources_since=under_way.seq if under_way else None,
        history_until=under_way.seq if under_way else None,
        markers=under_way is None,
        own=own,
    )


def _own(dossier: Dossier, viewer: Viewer, round_: Round) -> tuple[int, ...]:
    if viewer.who is None:
        return ()
    return tuple(
        vote.seq for vote in dossier.votes if vote.round == round_.number and vote.voter == viewer.who
    )


def _votes(
    dossier: Dossier, viewer: Viewer, round_: Round, own: tuple[int, ...]
) -> Literal["none", "own", "letters"]:
    if _inside(dossier, viewer, round_):
        return "letters"
    return "own" if own else "none"


def _inside(dossier: Dossier, viewer: Viewer, round_: Round) -> bool:
    """After the close: those who answered, leads, the settler, and an auditor, who reads what is closed."""
    if round_.open or round_.result == "abandoned":
        return False
    if viewer.role in ("lead", "auditor", "system"):
        return True
    if viewer.role != "reviewer" or viewer.who is None:
        return False
    return round_.answer(viewer.who) in ("voted", "abstained", "recused") or viewer.who in dossier.settlers


def sees_answers(viewer: Viewer, round_: Round) -> bool:
    """Only a lead who was never asked in the round sees who has answered it, never which way."""
    if viewer.role == "system":
        return True
    return viewer.role == "lead" and (viewer.who is None or round_.answer(viewer.who) is None)


def _split_is_public(dossier: Dossier, round_: Round) -> bool:
    return not round_.open and any(
        proposal.state == "published" and proposal.round == round_.number for proposal in dossier.proposals
    )
