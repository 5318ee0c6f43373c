"""What a lead decides of a result, as steps of a random history: exclude, override, approve for later, check again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from review.rules import approval, overrides, rechecks, rounds
from review.rules.dossier import Dossier
from review.rules.requirements import Deed
from tests.audit.forge import DAY, MACHINE, UNKNOWN, Forge, Someone
from tests.audit.steps import Step, anew

REASON = "It has to be said. S1 S2 S3 S4 S5 S6 S7 S8 S9"


def decisions(forge: Forge, name: str, lead: Someone) -> Iterator[Step]:
    """Everything that a lead could try of a result now, lawful or not."""
    dossier = forge.dossier(name)
    if dossier.votes and not dossier.open_round:
        yield _exclude(lead, name, dossier)
    yield _override(lead, name, dossier)
    yield _second(lead, name, dossier)
    yield _approve_later(lead, name, dossier)
    yield _publish(name, dossier)
    yield _recheck(lead, name, dossier)
    yield _confirm(lead, name, dossier)
    yield _ask(lead, name)
    yield _correct(lead, name, dossier)


def _exclude(lead: Someone, name: str, dossier: Dossier) -> Step:
    bearing = [vote for number in rounds.bearing(dossier) for vote in dossier.live(number)]
    vote = bearing[-1] if bearing else dossier.votes[-1]

    def write(forge: Forge) -> None:
        standing = forge.dossier(name).proposal
        seq = forge.add("vote.excluded", lead, name, of=vote.seq, ground="conflict", reason="kin")
        after = forge.dossier(name)
        version = after.determination
        if after.stage == "published" and version and not after.recheck and not approval.standing_borne(after):
            forge.add("recheck.opened", MACHINE, name, version=version.version, cause=seq)
        anew(forge, name, standing)

    return Step("exclude", "exclude_vote", lead, write, Deed(reason="kin", vote=vote.seq))


def _override(lead: Someone, name: str, dossier: Dossier) -> Step:
    of = dossier.proposals[-1] if dossier.proposals else None
    grade = overrides.choices(dossier, of)[0] if of else "fair"

    def write(forge: Forge) -> None:
        forge.add(
            "grade.overridden", lead, name, of=of.seq if of else 0, grade=grade,
            range=_narrow(dossier, of), reason="S1 bears it.",
        )  # fmt: skip

    return Step("override", "override", lead, write, Deed(reason="S1 bears it."))


def _narrow(dossier: Dossier, of: Any) -> dict[str, Any]:
    return overrides.bounds(dossier, of).as_dict() if of else dict(UNKNOWN)


def _second(lead: Someone, name: str, dossier: Dossier) -> Step:
    asked = dossier.proposals[-1].override if dossier.proposals else None

    def write(forge: Forge) -> None:
        forge.add(
            "override.seconded", lead, name, of=asked.seq if asked else 0, dossier=dossier.digest, reason="So I think."
        )

    return Step("second", "second_override", lead, write, Deed(reason="So I think."))


def _approve_later(lead: Someone, name: str, dossier: Dossier) -> Step:
    proposal = dossier.proposal or (dossier.proposals[-1] if dossier.proposals else None)

    def write(forge: Forge) -> None:
        stale = list(approval.stale_sources(dossier, proposal.round)) if proposal else []
        forge.add(
            "grade.approved", lead, name, of=proposal.seq if proposal else 0, override=asked(proposal),
            dossier=dossier.digest, stale=stale, not_before=DAY, reason=REASON,
        )  # fmt: skip

    return Step("approve for later", "approve", lead, write, Deed(reason=REASON))


def asked(proposal: Any) -> int | None:
    """The other grade that an approval of this proposal speaks of."""
    return proposal.override.seq if proposal is not None and proposal.override else None


def _publish(name: str, dossier: Dossier) -> Step:
    proposal = dossier.proposal
    given = proposal.approval if proposal else None

    def write(forge: Forge) -> None:
        forge.add(
            "grade.published", MACHINE, name, version=proposal.version if proposal else 1,
            of=given.seq if given else 0, kind=dossier.reopened or "first",
        )  # fmt: skip

    return Step("publish", "publish_grade", MACHINE, write)


def _recheck(lead: Someone, name: str, dossier: Dossier) -> Step:
    version = dossier.determination

    def write(forge: Forge) -> None:
        because = _unanswered(forge, name) or (version.seq if version else 0)
        forge.add(
            "recheck.opened", lead, name, version=version.version if version else 1, cause=because, reason="A reader wrote."
        )

    return Step("recheck", "open_recheck", lead, write, Deed(reason="A reader wrote."))


def _confirm(lead: Someone, name: str, dossier: Dossier) -> Step:
    version = dossier.determination.version if dossier.determination else 1

    def write(forge: Forge) -> None:
        forge.add("recheck.closed", lead, name, version=version, outcome="confirmed", reason="It holds.")

    return Step("confirm", "confirm_recheck", lead, write, Deed(reason="It holds."))


def _ask(lead: Someone, name: str) -> Step:
    return Step("ask", "accept_correction", lead, lambda forge: _asking(forge, lead, name))


def _asking(forge: Forge, lead: Someone, name: str) -> int:
    return forge.add("correction.received", lead, name, text="The mill had closed.", reporter="A miller")


def _unanswered(forge: Forge, name: str) -> int | None:
    """A correction that was asked for and has no outcome yet."""
    rows = [row for row in forge.rows if row.incident == name]
    bodies = [json.loads(row.line)["body"] for row in rows if row.type in ("recheck.opened", "correction.published")]
    named = {body.get("cause", body.get("of")) for body in bodies}
    return next((row.seq for row in rows if row.type == "correction.received" and row.seq not in named), None)


def _correct(lead: Someone, name: str, dossier: Dossier) -> Step:
    version = dossier.determination.version if dossier.determination else 1

    def write(forge: Forge) -> None:
        asked_for = _unanswered(forge, name)
        forge.add("correction.published", lead, name, of=asked_for, version=version, text="The mill had closed.")

    return Step("correct", "publish_correction", lead, write)


def reopened(forge: Forge, name: str, lead: Someone) -> None:
    """A published version is judged again; a check that was open ends in the same act."""
    dossier = forge.dossier(name)
    version = dossier.determination.version if dossier.determination else 1
    if rechecks.under_way(dossier):
        forge.add("recheck.closed", lead, name, version=version, outcome="reopened", reason="new statement")
    forge.add("grade.reopened", lead, name, version=version, ground="verdict", reason="new statement")
