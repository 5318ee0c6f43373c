"""Events of grading: rounds, votes, settlements, proposals, approvals, versions."""

from review.audit.events.event import COURT, INTERNAL, PUBLIC, Event
from review.rules.words import N_


class GradeImported(Event):
    type = "grade.imported"
    body = {"grade": "grade", "range": "range", "codebook": "seq"}
    sentence = N_("An earlier grade was imported: %(grade)s.")


class RoundOpened(Event):
    type = "round.opened"
    body = {
        "round": "int",
        "kind": "str",
        "of": "seq?",
        "policy": "seq",
        "codebook": "seq",
        "evidence": "digest",
    }
    seals = {"reason": COURT}
    sentence = N_("Round %(round)s was opened.")


class RoundExtended(Event):
    type = "round.extended"
    body = {"round": "int"}
    seals = {"reason": COURT}
    sentence = N_("Round %(round)s was extended.")


class ReviewerAssigned(Event):
    type = "reviewer.assigned"
    body = {"round": "int", "who": "who"}
    seals = {"reason": COURT}
    blind = True
    sentence = N_("%(who)s was assigned in round %(round)s.")


class ReviewerReleased(Event):
    type = "reviewer.released"
    body = {"round": "int", "who": "who"}
    seals = {"reason": COURT}
    blind = True
    sentence = N_("%(who)s was released from round %(round)s.")


class ReviewerRecused(Event):
    type = "reviewer.recused"
    body = {"round": "int"}
    seals = {"reason": INTERNAL}
    blind = True
    sentence = N_("%(actor)s recused themselves from round %(round)s.")


class ReviewerAbstained(Event):
    type = "reviewer.abstained"
    body = {"round": "int"}
    seals = {"reason": COURT}
    blind = True
    sentence = N_("%(actor)s could not judge in round %(round)s.")


class VoteCommitted(Event):
    type = "vote.committed"
    body = {"round": "int", "evidence": "digest", "replaces": "seq?"}
    seals = {"grade": PUBLIC, "range": PUBLIC, "rationale": COURT, "sources": COURT, "departs": COURT}
    blind = True
    sentence = N_("%(actor)s cast a vote in round %(round)s.")


class VoteWithdrawn(Event):
    type = "vote.withdrawn"
    body = {"of": "seq"}
    seals = {"reason": COURT}
    blind = True
    sentence = N_("%(actor)s withdrew a vote.")


class RoundClosed(Event):
    type = "round.closed"
    body = {
        "round": "int",
        "commits": "[seq]",
        "superseded": "[seq]",
        "withdrawn": "[seq]",
        "excluded": "[seq]",
        "abstained": "[who]",
        "recused": "[who]",
        "released": "[who]",
        "result": "str",
        "grade": "grade?",
        "range": "range?",
    }
    seals = {"reason": COURT}
    judged = "D"
    sentence = N_("Round %(round)s was closed: %(result)s.")


class VoteRevealed(Event):
    type = "vote.revealed"
    body = {"of": "seq", "disclosures": "[str]"}
    judged = "D"
    sentence = N_("A vote was revealed.")


class VoteExcluded(Event):
    type = "vote.excluded"
    body = {"of": "seq", "ground": "str"}
    seals = {"reason": COURT}
    judged = "D"
    blind = True
    sentence = N_("A vote was excluded.")


class SettlementOpened(Event):
    type = "settlement.opened"
    body = {"round": "int"}
    sentence = N_("A settlement was opened.")


class SettlementArgued(Event):
    type = "settlement.argued"
    body = {"settlement": "seq"}
    seals = {"text": COURT}
    sentence = N_("%(actor)s argued.")


class SettlerAppointed(Event):
    type = "settler.appointed"
    body = {"settlement": "seq", "who": "who"}
    seals = {"reason": COURT}
    sentence = N_("%(who)s was appointed to settle.")


class SettlementClosed(Event):
    type = "settlement.closed"
    body = {
        "settlement": "seq",
        "by": "str",
        "grade": "grade",
        "range": "range",
        "second": "int?",
        "answers": "[seq]",
    }
    seals = {"rationale": PUBLIC, "replies": PUBLIC}
    judged = "D"
    sentence = N_("The disagreement was settled: %(grade)s.")


class DissentRecorded(Event):
    type = "dissent.recorded"
    body = {"of": "seq"}
    seals = {"text": PUBLIC}
    judged = "D"
    sentence = N_("A dissent was recorded.")


class GradeProposed(Event):
    type = "grade.proposed"
    body = {
        "version": "int",
        "grade": "grade",
        "range": "range",
        "round": "int",
        "settlement": "seq?",
        "minority": "[seq]",
        "evidence": "digest",
        "dossier": "digest",
    }
    sentence = N_("Version %(version)s was proposed: %(grade)s.")


class ProposalVoided(Event):
    type = "proposal.voided"
    body = {"of": "seq"}
    seals = {"reason": COURT}
    sentence = N_("The proposal was voided.")


class GradeReturned(Event):
    type = "grade.returned"
    body = {"of": "seq", "to": "str"}
    seals = {"reason": PUBLIC}
    sentence = N_("The proposal was returned.")


class GradeOverridden(Event):
    type = "grade.overridden"
    body = {"of": "seq", "grade": "grade", "range": "range"}
    seals = {"reason": PUBLIC}
    sentence = N_("%(actor)s overrode the settled grade: %(grade)s.")


class OverrideSeconded(Event):
    type = "override.seconded"
    body = {"of": "seq", "dossier": "digest"}
    seals = {"reason": PUBLIC}
    sentence = N_("%(actor)s seconded the override.")


class GradeApproved(Event):
    type = "grade.approved"
    body = {"of": "seq", "override": "seq?", "dossier": "digest", "stale": "[seq]", "not_before": "day?"}
    seals = {"reason": PUBLIC}
    sentence = N_("%(actor)s approved the grade.")


class GradePublished(Event):
    type = "grade.published"
    body = {"version": "int", "of": "seq", "kind": "str"}
    sentence = N_("Version %(version)s was published.")


class RecheckOpened(Event):
    type = "recheck.opened"
    body = {"version": "int", "cause": "seq"}
    seals = {"reason": PUBLIC}
    sentence = N_("Version %(version)s is being checked again.")


class RecheckClosed(Event):
    type = "recheck.closed"
    body = {"version": "int", "outcome": "str"}
    seals = {"reason": PUBLIC}
    sentence = N_("The recheck of version %(version)s ended: %(outcome)s.")


class GradeReopened(Event):
    type = "grade.reopened"
    body = {"version": "int", "ground": "str"}
    seals = {"reason": PUBLIC}
    sentence = N_("Version %(version)s was reopened.")
