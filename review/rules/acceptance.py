"""When a party accepts harm that is graded already: a new round may confirm it, and nothing happens by itself.

An official position never changes a grade. Where what was recorded since a version makes Confirmed possible by its own
condition, the incident waits for a lead, who has it judged again or confirms the version as it stands.
"""

from __future__ import annotations

from review.rules.dossier import Dossier, Position
from review.rules.grades import ACCEPTED, DEFAULT, codebook
from review.rules.positions import Standing, by_party

CREDIBLE = "credible"


def unconsidered(dossier: Dossier) -> Position | None:
    """The position by which a party accepted the harm after the version that stands, which does not say so.

    None while the incident is judged again or has left the desk, where the version is confirmed already, and where a
    lead has checked and confirmed the version since.
    """
    standing = dossier.determination
    if standing is None or not _rests(dossier) or standing.grade in _accepting(standing.codebook):
        return None
    if not _accepting(standing.codebook) or not ACCEPTED.holds(dossier):
        return None
    known = max([standing.seq, *(one.seq for one in dossier.rechecks if one.outcome == "confirmed")])
    said = _officially_said(dossier)
    found = [
        one.latest
        for one in by_party(dossier.facts.parties, dossier.positions)
        if one.party and one.latest and one.latest.position == CREDIBLE and max(_since(one), said) > known
    ]
    return max(found, key=lambda position: position.seq, default=None)


def _rests(dossier: Dossier) -> bool:
    """A published version that nobody judges again, or an imported one that nobody has judged here yet."""
    return dossier.stage == "published" or (dossier.stage == "logged" and dossier.open_round is None)


def _accepting(identity: str) -> frozenset[str]:
    """The grades of a codebook whose condition is that a party accepted the harm."""
    book = codebook(identity) if identity else DEFAULT
    return frozenset(grade.key for grade in book.grades if ACCEPTED in grade.checks)


def _since(standing: Standing) -> int:
    """Since which entry the party has accepted it: the same said once more is nothing new."""
    first = standing.latest.seq if standing.latest else 0
    for earlier in standing.earlier:
        if earlier.position != CREDIBLE:
            break
        first = earlier.seq
    return first


def _officially_said(dossier: Dossier) -> int:
    """Since which entry an official statement is among the sources: attached as one, or made one by an assessment."""
    moved = {mark.source: mark.seq for mark in dossier.marks if mark.type in ("source.attached", "source.assessed")}
    official = [source for source in dossier.attached if source.role == "official"]
    return min((moved.get(source.number, source.seq) for source in official), default=0)
