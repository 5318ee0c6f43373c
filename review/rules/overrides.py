"""Another grade than the one proposed: asked for by a lead who took no part, seconded by another one."""

from __future__ import annotations

from dataclasses import dataclass

from review.rules import approval, grades, rounds, texts
from review.rules.dossier import Dossier, Override, Proposal
from review.rules.errors import Invalid, NotFound
from review.rules.facts import Casualties, envelope
from review.rules.words import N_

NO_GRADE = N_("Not answered yet. Choose one of the grades of this round, another than the one proposed.")
OUTSIDE = N_("The range has to lie within what the votes said: %(killed)s killed, %(injured)s injured.")


@dataclass(frozen=True, slots=True)
class Overridden:
    """Everything that `grade.overridden` says."""

    of: int
    grade: str
    casualties: Casualties
    reason: str


def choices(dossier: Dossier, proposal: Proposal) -> tuple[str, ...]:
    """The grades that could be asked for: those of the round's codebook but the one proposed."""
    book = grades.codebook(rounds.the_round(dossier, proposal.round).codebook)
    return tuple(grade for grade in book.keys if grade != proposal.grade)


def bounds(dossier: Dossier, proposal: Proposal) -> Casualties:
    """The envelope of all live votes of the round behind a proposal: no range goes outside it."""
    return envelope(vote.ballot.casualties for vote in dossier.live(proposal.round) if vote.ballot)


def override(dossier: Dossier, grade: str, casualties: Casualties, reason: str | None) -> Overridden:
    """A lead asks for another grade than the settled one, its range within the envelope of all live votes."""
    proposal = approval.the_proposal(dossier)
    widest = bounds(dossier, proposal)
    problems = rounds.casualty_problems(casualties)
    if grade not in choices(dossier, proposal):
        problems["grade"] = NO_GRADE
    if not problems and not widest.covers(casualties):
        problems["killed"] = OUTSIDE
    words = _reason(reason, problems)
    if problems or words is None:
        raise Invalid(
            problems, most=rounds.MOST, longest=texts.LONGEST, killed=widest.killed, injured=widest.injured
        )
    return Overridden(proposal.seq, grade, casualties, words)


def asked(dossier: Dossier) -> Override:
    """The other grade that was asked for and waits."""
    found = approval.the_proposal(dossier).override
    if found is None:
        raise NotFound("no-override")
    return found


def second(reason: str | None) -> str:
    """Why the second lead agrees to the other grade."""
    problems: dict[str, str] = {}
    words = _reason(reason, problems)
    if words is None or problems:
        raise Invalid(problems, longest=texts.LONGEST)
    return words


def _reason(reason: str | None, problems: dict[str, str]) -> str | None:
    words = texts.cleaned(reason)
    if words is None:
        problems["reason"] = approval.MISSING_REASON
    elif texts.too_long(words):
        problems["reason"] = N_("This is longer than the record can carry: at most %(longest)s characters.")
    return words
