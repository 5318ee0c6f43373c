"""One step of a random history, and what follows each step that moves a dossier under a proposal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from review.rules import approval
from review.rules.requirements import Deed
from tests.audit.forge import MACHINE, Forge, Someone


@dataclass(frozen=True)
class Step:
    """One thing that somebody tries: the verb, the deed as the rules ask of it, and how it is written."""

    kind: str
    verb: str
    by: Someone | None
    write: Callable[[Forge], Any]
    deed: Deed = field(default_factory=Deed)


def anew(forge: Forge, name: str, standing: Any) -> None:
    """What moves the dossier under a proposal voids it, and proposes it anew where the result stands."""
    if standing is None:
        return
    after = forge.dossier(name)
    stands = approval.stands(after, standing)
    forge.add("proposal.voided", MACHINE, name, of=standing.seq)
    if stands:
        forge.propose(name)
