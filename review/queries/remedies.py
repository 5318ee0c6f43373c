"""What a lead can do about something that waits, in one press from the list: remind, give more time, ask another."""

from __future__ import annotations

from dataclasses import dataclass

from review import clock
from review.models import session
from review.models.languages import languages_of
from review.models.limits import Limits
from review.queries.under_way import Case
from review.queries.workload import Panel, panel
from review.rules import assignment, rounds, settlement
from review.rules.assignment import Reviewer
from review.rules.permissions import Actor
from review.rules.visibility import sight


@dataclass(frozen=True, slots=True)
class Swap:
    """Somebody late, and whom to ask in their place: who reads the material and owes least."""

    person: int
    name: str
    by: int
    by_name: str


@dataclass(frozen=True, slots=True)
class Remedies:
    """The presses that one row offers. `round` is the open round that they are about.

    `reopen`: of a version that a new round may confirm, the dossier that this page shows.
    """

    remind: bool = False
    extend: bool = False
    round: int = 0
    swaps: tuple[Swap, ...] = ()
    reopen: str = ""


NOTHING = Remedies()


class Desk:
    """What suggestions are drawn from, read once for a whole list and only where a row asks for it."""

    def __init__(self, viewer: Actor) -> None:
        self.viewer = viewer
        self._read: tuple[Panel, Limits] | None = None

    def reviewers(self, case: Case) -> list[Reviewer]:
        """The desk as a suggestion sees it, without those of whom this incident is not asked now."""
        known = [one for one in case.viewer.members if one.person is not None]
        self._read = self._read or self._once([one.person or 0 for one in known])
        desk, limits = self._read
        away = limits.away(case.row.id, case.dossier)
        return [
            desk.reviewer(one.person or 0, one.name, one.who, one.role) for one in known if one.person not in away
        ]

    def _once(self, people: list[int]) -> tuple[Panel, Limits]:
        others = (person for person in people if person != self.viewer.person)
        return panel(self.viewer, people), Limits(session, others, clock.now().date())


def remedies(case: Case, desk: Desk) -> Remedies:
    """What may be pressed for one incident; nothing in a round whose answers this lead must not see."""
    round_ = case.dossier.open_round
    if case.dossier.stage == "published" and not case.dossier.recheck:
        return Remedies(reopen=case.dossier.digest)
    if round_ is None:
        return Remedies(remind=_on_anothers_turn(case))
    if not sight(case.dossier, case.viewer).answered:
        return NOTHING
    owed = rounds.owed(round_)
    late = [who for who in owed if who in case.late]
    return Remedies(
        remind=bool(owed),
        extend=bool(owed) and (case.passed or bool(late)),
        round=round_.number,
        swaps=_swaps(case, late, desk),
    )


def _on_anothers_turn(case: Case) -> bool:
    """A settler other than the viewer; or a result that the viewer cannot approve and another lead can."""
    who = settlement.settler(case.dossier)
    if who is not None:
        return who != case.viewer.who
    proposal = case.dossier.proposal
    if proposal is None or proposal.approval is not None or assignment.may_approve(case.dossier, case.viewer.who):
        return False
    return any(assignment.may_approve(case.dossier, one.who) for one in case.viewer.others("lead"))


def _swaps(case: Case, late: list[str], desk: Desk) -> tuple[Swap, ...]:
    """Each late person beside the next one suggested. Of a restricted incident its own page asks."""
    absent = [one for one in case.viewer.members if one.who in late and one.person is not None]
    if not absent or case.dossier.restricted:
        return ()
    found = assignment.suggest(
        case.dossier,
        desk.reviewers(case),
        languages_of(session, case.dossier),
        seats=len(absent),
    )
    return tuple(
        Swap(one.person or 0, one.name, other.reviewer.person, other.reviewer.name)
        for one, other in zip(absent, found.people, strict=False)
    )
