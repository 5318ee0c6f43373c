"""Who may be asked to judge an incident, whom a lead is advised to ask, and what comes next for a person.

Blind: no vote is looked at.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from review.rules import rounds
from review.rules.dossier import Dossier, Round
from review.rules.facts import Facts
from review.rules.words import N_

MANY_KILLED = 10


# --- what comes next ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Candidate:
    """One incident that could be next, seen by one person: what they owe there, and what it is worth
    taking up."""

    incident: str
    owed: bool = False  # asked, and not answered
    turn: bool = False  # a disagreement that they were asked to settle
    held: bool = False  # "next" keeps a seat there for them already
    reads: bool = True  # some of its material is in a language that they read, or nothing is known of either
    queue: int = 2  # of `queue`; the lesser comes first
    age: int = 0  # seq of the opening of its round
    eligible: bool = True


def next_incident(candidates: Iterable[Candidate]) -> Candidate | None:
    """The first of `ordered`, or None where nothing waits."""
    return next(iter(ordered(candidates)), None)


def ordered(candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """Votes owed, disagreements on one's turn, a seat held already; then what one can read, the gravest harm, the
    oldest round."""
    possible = (one for one in candidates if one.owed or one.turn or one.held or one.eligible)
    return tuple(sorted(possible, key=_order))


def _order(one: Candidate) -> tuple[bool, bool, bool, bool, int, int, str]:
    return not one.owed, not one.turn, not one.held, not one.reads, one.queue, one.age, one.incident


def queue(facts: Facts) -> int:
    """Which queue an incident waits in: 0 where many were killed, 1 where some were, 2 where nobody knows of any.

    Three steps and no finer: within a step the older round comes first, so that none waits for ever.
    """
    killed = [bound for _category, harmed in facts.ranges for bound in harmed.killed.as_list() if bound is not None]
    most = max(killed, default=0)
    if most >= MANY_KILLED:
        return 0
    return 1 if most else 2


WHY_ASKED = N_("You were asked to vote here.")
WHY_ONCE_MORE = N_("You were asked to vote once more: the round before was disputed.")
WHY_FREE = N_("A seat of its round is free.")
WHY_READ = N_("You read a language of its material.")
WHY_GRAVE = (N_("Ten people or more are reported killed."), N_("People are reported killed."))
WHY_OLD = N_("Of those like it, its round waits longest.")


def why_owed(dossier: Dossier) -> tuple[str, ...]:
    """Why an incident is before somebody who owes a vote there."""
    round_ = dossier.open_round
    return (WHY_ONCE_MORE if round_ and round_.kind == "second" else WHY_ASKED,)


def why_served(dossier: Dossier, *, reads: bool) -> tuple[str, ...]:
    """Why "next" serves an incident that asked nobody by name, in the order in which it weighs."""
    language = (WHY_READ,) if reads else ()
    return (WHY_FREE, *language, *WHY_GRAVE[queue(dossier.facts) :][:1], WHY_OLD)


def short(dossier: Dossier) -> int:
    """How many more people an open round needs before as many were asked as it requires; a second vote asks nobody
    new."""
    round_ = dossier.open_round
    if round_ is None or round_.kind == "second":
        return 0
    return max(0, round_.policy.required - len(seated(round_)))


def seated(round_: Round) -> tuple[str, ...]:
    """Whoever has a place in a round: asked and not answered, or voted. Anybody else's answer frees it."""
    return round_.people("assigned", "voted")


def taken_up(dossier: Dossier, who: str) -> Dossier:
    """The dossier as it will stand once this person takes the seat that "next" holds for them."""
    round_ = dossier.open_round
    if round_ is None:
        return dossier
    others = tuple(answer for answer in round_.answers if answer[0] != who)
    after = replace(round_, answers=(*others, (who, "assigned")))
    return replace(dossier, rounds=(*dossier.rounds[:-1], after))


# --- whom to ask -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reviewer:
    """Somebody of the desk as a suggestion sees them: what they read, and how many votes they owe elsewhere."""

    person: int
    name: str
    who: str | None = None
    role: str = "reviewer"
    languages: frozenset[str] = frozenset()
    owed: int = 0


@dataclass(frozen=True, slots=True)
class Suggested:
    """Somebody to ask, and why: the languages of the incident that they read, and what they owe."""

    reviewer: Reviewer
    reads: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Whom to ask for the seats of a round. `missing` seats nobody here can fill; `unread` languages nobody reads."""

    people: tuple[Suggested, ...] = ()
    missing: int = 0
    languages: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()

    @property
    def told(self) -> tuple[tuple[str, Mapping[str, Any]], ...]:
        """What a lead should know of it: a sentence with its values, whom to invite included."""
        found: list[tuple[str, Mapping[str, Any]]] = []
        if self.missing:
            sentence = INVITE_READER if self.languages else INVITE
            found.append((sentence, {"count": self.missing, "languages": self.unread or self.languages}))
        elif self.unread:
            found.append((UNREAD, {"languages": self.unread}))
        return tuple(found)


INVITE = N_("Still needed: %(count)s, and nobody else here is free. Invite a reviewer.")
INVITE_READER = N_(
    "Still needed: %(count)s, and nobody else here is free who reads %(languages)s. Invite a reviewer who does."
)
UNREAD = N_("None of them is known to read %(languages)s. Ask or invite a reviewer who does.")


def suggest(
    dossier: Dossier,
    reviewers: Iterable[Reviewer],
    languages: tuple[str, ...],
    *,
    seats: int,
    read_already: frozenset[str] = frozenset(),
) -> Suggestion:
    """Reviewers for the seats of a round: free to judge it, reading a language of its material, owing least.

    Each language gets somebody who reads it before the rest are filled by load; equal loads are drawn anew for
    each round. Whoever has not said what they read comes after those who have; whoever reads none of it is left
    out, and so is a lead: who votes cannot approve. `read_already`: by those who have been asked.
    """
    number = dossier.open_round.number if dossier.open_round else len(dossier.rounds) + 1

    def order(one: Reviewer) -> tuple[bool, int, str]:
        return not one.languages, one.owed, draw(dossier.incident, number, one.person)

    reading = (one for one in reviewers if one.role == "reviewer" and _fits(one, languages))
    by_load = sorted((one for one in reading if free(dossier, one.who)), key=order)
    chosen = _chosen(by_load, languages, seats, read_already)
    read = read_already.union(*(one.languages for one in chosen))
    return Suggestion(
        people=tuple(Suggested(one, tuple(code for code in languages if code in one.languages)) for one in chosen),
        missing=max(0, seats - len(chosen)),
        languages=languages,
        unread=tuple(code for code in languages if code not in read),
    )


def read_already(dossier: Dossier, reviewers: Iterable[Reviewer]) -> frozenset[str]:
    """The languages that those read who have been asked in the open round."""
    seats = seated(dossier.open_round) if dossier.open_round else ()
    return frozenset().union(*(one.languages for one in reviewers if one.who in seats))


def draw(incident: str, number: int, person: int) -> str:
    """The lot of a person in one round: the same each time it is looked at, another in every round."""
    return hashlib.sha256(f"{incident}:{number}:{person}".encode()).hexdigest()


def _fits(one: Reviewer, languages: tuple[str, ...]) -> bool:
    return not languages or not one.languages or not one.languages.isdisjoint(languages)


def free(dossier: Dossier, who: str | None) -> bool:
    """May be asked in the open round, or in the one that may be opened now."""
    if dossier.open_round:
        return eligible(dossier, who)
    return rounds.may_judge(dossier, who) and who not in dossier.settled


def _chosen(
    by_load: list[Reviewer], languages: tuple[str, ...], seats: int, read_already: frozenset[str]
) -> list[Reviewer]:
    chosen: list[Reviewer] = []
    for code in languages:
        read = read_already.union(*(one.languages for one in chosen))
        reader = next((one for one in by_load if code in one.languages), None)
        if code not in read and reader is not None and len(chosen) < seats:
            chosen.append(reader)
    rest = [one for one in by_load if one not in chosen]
    return sorted((*chosen, *rest[: max(0, seats - len(chosen))]), key=by_load.index)


# --- who may -----------------------------------------------------------------------------------------------


def eligible(dossier: Dossier, who: str | None) -> bool:
    """Did not enter or settle the incident, declared no conflict, and was not asked in this round already.

    Whoever was released may be asked again. A second round asks the people of the disputed one and nobody
    else.
    """
    round_ = dossier.open_round
    if round_ is None or not rounds.may_judge(dossier, who):
        return False
    if who is None:
        return round_.kind != "second"
    if who in dossier.settled or round_.answer(who) not in (None, "released"):
        return False
    return round_.kind != "second" or who in _asked_before(dossier)


def _asked_before(dossier: Dossier) -> frozenset[str]:
    settlement = dossier.settlement
    return frozenset(vote.voter for vote in dossier.live(settlement.round)) if settlement else frozenset()


def may_settle(dossier: Dossier, who: str | None) -> bool:
    """Uninvolved: did not enter or vote, declared no conflict; and a settlement takes nobody as its
    settler twice."""
    if who is None:
        return True
    if who in dossier.carried.settled:
        return False
    settlement = dossier.open_settlement
    before = {settler.who for settler in settlement.settlers} if settlement else set()
    return rounds.may_judge(dossier, who) and not _judging(dossier, who) and who not in before


def may_approve(dossier: Dossier, who: str | None) -> bool:
    """Uninvolved: did not enter, vote or settle, and declared no conflict."""
    if who is None:
        return True
    return rounds.may_judge(dossier, who) and not _judging(dossier, who) and who not in dossier.settled


def _judging(dossier: Dossier, who: str) -> bool:
    """Voted in some round, or was asked in the open one: who of those has voted is sealed until its close."""
    round_ = dossier.open_round
    return who in dossier.voted or (round_ is not None and round_.answer(who) is not None)
