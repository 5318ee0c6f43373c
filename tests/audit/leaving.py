"""Steps of a random history by which an incident leaves the desk, comes back, absorbs another, or is shown to few."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator

from review.audit import canonical
from review.rules.requirements import Deed
from tests.audit.forge import MACHINE, SEN, TIV, Forge, Someone
from tests.audit.steps import Step

WHY = Deed(reason="It says the same.")


def others(forge: Forge) -> None:
    """Two more incidents, entered by people who vote on the first: what takes it in, and what it takes in."""
    forge.incident(2, SEN)
    forge.incident(3, TIV)


def leaving(forge: Forge, name: str, lead: Someone) -> Iterator[Step]:
    """Every exit, its way back, and both sides of a merge."""
    into, taken = [other for other in forge.histories if other != name][:2]
    yield Step("dismiss", "dismiss_incident", lead, _plain("incident.dismissed", name, lead), WHY)
    yield Step("withdraw incident", "withdraw_incident", lead, _plain("incident.withdrawn", name, lead), WHY)
    yield Step("restore", "restore_incident", lead, _restoring(name, lead), WHY)
    yield Step("merge", "merge_incident", lead, _merging(name, into, lead), WHY)
    yield Step("split", "split_incident", lead, _splitting(name, lead), WHY)
    if not forge.dossier(taken).exited and not forge.dossier(name).restricted:
        yield Step("absorb", "merge_incident", lead, _absorbing(name, taken, lead), WHY)
    yield Step("restrict", "restrict_incident", lead, _restricting(name, lead, on=True), WHY)
    yield Step("lift", "lift_restriction", lead, _restricting(name, lead, on=False), WHY)


def _leave(forge: Forge, name: str, lead: Someone) -> None:
    if forge.dossier(name).open_round:
        forge.abandon(name, lead)


def _plain(type_: str, name: str, lead: Someone) -> Callable[[Forge], None]:
    def write(forge: Forge) -> None:
        _leave(forge, name, lead)
        forge.add(type_, lead, name, reason=WHY.reason)

    return write


def _restoring(name: str, lead: Someone) -> Callable[[Forge], None]:
    def write(forge: Forge) -> None:
        forge.add("incident.restored", lead, name, reason=WHY.reason)

    return write


def _merging(name: str, into: str, lead: Someone) -> Callable[[Forge], None]:
    def write(forge: Forge) -> None:
        _leave(forge, name, lead)
        forge.add("incident.merged", lead, name, other=[into], reason=WHY.reason)
        forge.add("incident.absorbed", lead, into, other=[name], reason=WHY.reason)

    return write


def _absorbing(name: str, taken: str, lead: Someone) -> Callable[[Forge], None]:
    def write(forge: Forge) -> None:
        before = forge.dossier(name)
        cause = forge.add("incident.absorbed", lead, name, other=[taken], reason=WHY.reason)
        if before.proposal and before.stage == "approval":
            forge.add("proposal.voided", lead, name, of=before.proposal.seq, reason=WHY.reason)
        elif before.stage == "published" and before.determination and not before.recheck:
            forge.add("recheck.opened", MACHINE, name, version=before.determination.version, cause=cause)
        forge.add("incident.merged", lead, taken, other=[name], reason=WHY.reason)

    return write


def _splitting(name: str, lead: Someone) -> Callable[[Forge], None]:
    def write(forge: Forge) -> None:
        _leave(forge, name, lead)
        made = [_named(f"{name} {len(forge.rows)} {place}") for place in (1, 2)]
        forge.add("incident.split", lead, name, other=made, reason=WHY.reason)
        for part in made:
            forge.add("incident.split", lead, part, other=[name], reason=WHY.reason)

    return write


def _named(seed: str) -> str:
    return "i-" + canonical.b32(hashlib.sha256(seed.encode()).digest())[:16]


def _restricting(name: str, lead: Someone, *, on: bool) -> Callable[[Forge], None]:
    def write(forge: Forge) -> None:
        people = [lead.in_("log")] if on else None
        forge.add("incident.restricted", lead, name, on=on, people=people, reason=WHY.reason)

    return write
