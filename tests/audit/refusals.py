"""What three judges call the same refusal, and what only this desk refuses."""

from __future__ import annotations

from review.audit.judging import OF_THE_DESK as UNASKED
from review.rules import settlement
from review.rules.dossier import Dossier
from review.rules.permissions import SYSTEM, Actor, may
from review.rules.requirements import Viewer, unmet
from tests.audit.forge import Forge
from tests.audit.steps import Step

# Requirement -> how verify.py calls the same refusal. What stands after "stage" can also show as a step out of place.
SAME = {
    "right": {"role"},
    "not-exited": {"stage"},
    "exited": {"stage"},
    "round-open": {"round", "stage", "vote"},
    "no-open-round": {"stage", "settlement"},
    "stage": {"stage", "round", "settlement"},
    "not-entered": {"involved"},
    "no-conflict": {"conflict"},
    "in-conflict": {"conflict"},
    "assigned": {"assigned"},
    "unassigned": {"involved"},
    "eligible": {"involved", "conflict", "assigned"},
    "owing": {"assigned"},
    "no-live-vote": {"assigned"},
    "own-vote": {"vote", "stage"},
    "live-vote": {"vote"},
    "argument-open": {"settlement", "stage"},
    "settler-wanted": {"settlement", "stage"},
    "settler-eligible": {"uninvolved", "conflict", "settlement"},
    "appointed": {"settlement", "stage"},
    "uninvolved": {"uninvolved", "conflict"},
    "dissent-open": {"dissent", "stage"},
    "proposed": {"proposal", "stage", "approval"},
    "published": {"stage"},
    "enough-reviewers": {"quorum"},
    "override": {"override", "uninvolved", "conflict"},
    "override-asked": {"override"},
    "approved": {"published", "stage"},
    "result-stands": {"published", "stage"},
    "in-recheck": {"recheck", "version"},
    "version-stands": {"version"},
    "votes-left": {"settlement"},
    "blind": {"stage", "settlement", "round", "proposal"},
    "one-vote": {"vote"},
    "reasoned": {"reasoned"},
    "another-asked": {"redaction"},
}
# The desk asks more of its people than the format asks of a log: no verifier can refuse these.
OF_THE_DESK = {
    ("conflict", "no-conflict"),  # declared twice, it bars nobody the more
    ("release", "owing"),  # of somebody who abstained: both are answers
    ("approve", "override"),  # asked for by one who then declared a conflict: a lead who approves it is another
    ("approve for later", "override"),
    ("recheck", "published"),  # a version that is graded again anyway
    ("recheck", "no-recheck"),  # asked for twice
    ("confirm", "published"),
    ("confirm", "result-stands"),  # who confirms has taken no part and sees votes that bear it
    ("confirm", "uninvolved"),
    ("merge", "not-restricted"),  # a stranger may merge what is shown to few
    ("lift", "restricted"),
}


def refusals(dossier: Dossier, name: str, step: Step) -> list[str]:
    """What the rules refuse a step for."""
    actor = Actor(1, step.by.role, step.by.name) if step.by else SYSTEM
    viewer = Viewer(actor, step.by.in_(name) if step.by else None)
    names = [requirement.name for requirement in unmet(step.verb, dossier, viewer, step.deed)]
    return [*(() if may(actor.role, step.verb) else ("right",)), *names]


def of_the_desk(forge: Forge, name: str, step: Step, one: str) -> bool:
    """What was carried along bars more at the desk than the verifier asks, which is who decides."""
    carried = one not in refusals(forge.histories[name].dossier(), name, step)
    alone = (step.kind, one) in OF_THE_DESK or one in UNASKED or open_to_others(forge.dossier(name), step, one, name)
    return alone or (carried and one not in ("uninvolved", "settler-eligible"))


def open_to_others(dossier: Dossier, step: Step, one: str, name: str) -> bool:
    """What this desk does not do, and another may: it calls its rounds first or again as it likes, asks people twice or
    once they have settled, and lets them argue without a vote."""
    if one == "stage" and step.kind in ("open first", "open again"):
        return dossier.stage in ("logged", "grading")
    who = step.deed.subject or (step.by.in_(name) if step.by else "")
    if one == "eligible":
        answer = dossier.open_round.answer(who) if dossier.open_round else None
        twice = answer is not None and answer not in ("recused", "excluded")
        barred = who in dossier.entered or who in dossier.conflicts or answer is not None and not twice
        return not barred and (twice or who in dossier.settled)
    return one == "argument-open" and dossier.open_settlement is not None and settlement.rung(dossier) == "arguments"
