"""Checking a published version again: what it rests on, what of that has fallen, and how the check ends."""

from __future__ import annotations

from dataclasses import dataclass

from review.rules import approval
from review.rules.dossier import Determination, Dossier, Recheck, Vote
from review.rules.errors import NotFound


@dataclass(frozen=True, slots=True)
class Fallen:
    """A withdrawn source with every revealed vote and every version of this incident that rests on it."""

    source: int
    votes: tuple[Vote, ...]
    versions: tuple[Determination, ...]


def rests_on(dossier: Dossier, version: Determination | None, number: int) -> bool:
    """True where a live vote behind the version cites the source."""
    proposal = approval.behind(dossier, version)
    return proposal is not None and any(_cites(vote, number) for vote in dossier.live(proposal.round))


def fallen(dossier: Dossier) -> tuple[Fallen, ...]:
    """Every withdrawn source that something revealed here rests on."""
    gone = [source.number for source in dossier.sources if source.withdrawn]
    found = [_fallen(dossier, number) for number in gone]
    return tuple(one for one in found if one.votes)


def _fallen(dossier: Dossier, number: int) -> Fallen:
    citing = tuple(vote for vote in dossier.votes if vote.revealed is not None and _cites(vote, number))
    versions = tuple(one for one in dossier.determinations if rests_on(dossier, one, number))
    return Fallen(number, citing, versions)


def _cites(vote: Vote, number: int) -> bool:
    return vote.ballot is not None and number in vote.ballot.sources


def standing(dossier: Dossier) -> Determination:
    """The version that is checked."""
    if dossier.determination is None:
        raise NotFound("no-determination")
    return dossier.determination


def under_way(dossier: Dossier) -> Recheck | None:
    """The check that is open, with its cause."""
    return dossier.rechecks[-1] if dossier.recheck else None
