"""Events of claims and incidents: what was alleged, what is recorded, who tried what."""

from review.audit.events.event import COURT, INTERNAL, PUBLIC, Event
from review.rules.words import N_


class ClaimReceived(Event):
    type = "claim.received"
    subject = "claim"
    body = {"claim": "str"}
    seals = {"text": COURT, "language": COURT, "translation": COURT, "url": COURT, "reporter": INTERNAL}
    sentence = N_("A claim was received.")


class ClaimDuplicated(Event):
    type = "claim.duplicated"
    subject = "claim"
    body = {"claim": "seq", "of": "seq?"}
    seals = {"reason": COURT}
    sentence = N_("The claim was set aside as a duplicate.")


class ClaimDismissed(Event):
    type = "claim.dismissed"
    subject = "claim"
    body = {"claim": "seq", "of": "seq?"}
    seals = {"reason": COURT}
    sentence = N_("The claim was dismissed.")


class ClaimWithdrawn(Event):
    type = "claim.withdrawn"
    subject = "claim"
    body = {"claim": "seq", "of": "seq?"}
    seals = {"reason": COURT}
    sentence = N_("The claim was withdrawn.")


class ClaimRestored(Event):
    type = "claim.restored"
    subject = "claim"
    body = {"claim": "seq", "of": "seq?"}
    seals = {"reason": COURT}
    sentence = N_("The claim was restored.")


class ClaimGrouped(Event):
    type = "claim.grouped"
    body = {"claim": "seq"}
    seals = {"reason": COURT}
    judged = "E"
    sentence = N_("A claim was grouped into this incident.")


class ClaimUngrouped(Event):
    type = "claim.ungrouped"
    body = {"claim": "seq"}
    seals = {"reason": COURT}
    judged = "E"
    sentence = N_("A claim was taken out of this incident.")


class IncidentOpened(Event):
    type = "incident.opened"
    body = {"stream": "str"}
    seals = {"facts": PUBLIC, "exact": COURT}
    judged = "E"
    sentence = N_("The incident was opened.")


class IncidentDescribed(Event):
    type = "incident.described"
    body = {"material": "bool"}
    seals = {"facts": PUBLIC, "exact": COURT, "reason": COURT}
    judged = "E"
    sentence = N_("The facts were described anew.")


class IncidentImported(Event):
    type = "incident.imported"
    body = {"stream": "str", "source": "str"}
    seals = {"facts": PUBLIC, "exact": COURT, "row": COURT}
    judged = "E"
    sentence = N_("The incident was imported.")


class IncidentRestricted(Event):
    type = "incident.restricted"
    body = {"on": "bool"}
    seals = {"reason": INTERNAL, "people": INTERNAL}
    sentence = N_("The incident was restricted.")


class IncidentMerged(Event):
    type = "incident.merged"
    body = {"other": "[incident]"}
    seals = {"reason": COURT}
    sentence = N_("The incident was merged into another.")


class IncidentAbsorbed(Event):
    type = "incident.absorbed"
    body = {"other": "[incident]"}
    seals = {"reason": COURT}
    sentence = N_("Another incident was merged into this one.")


class IncidentSplit(Event):
    type = "incident.split"
    body = {"other": "[incident]"}
    seals = {"reason": COURT}
    sentence = N_("The incident was split.")


class IncidentDismissed(Event):
    type = "incident.dismissed"
    seals = {"reason": COURT}
    sentence = N_("The incident was dismissed.")


class IncidentWithdrawn(Event):
    type = "incident.withdrawn"
    seals = {"reason": PUBLIC}
    sentence = N_("The incident was withdrawn.")


class IncidentRestored(Event):
    type = "incident.restored"
    seals = {"reason": COURT}
    sentence = N_("The incident was restored.")


class PositionRecorded(Event):
    type = "position.recorded"
    body = {"source": "int?"}
    seals = {"party": PUBLIC, "position": PUBLIC, "conceded": PUBLIC, "reason": PUBLIC}
    judged = "E"
    sentence = N_("The official position of %(party)s was recorded: %(position)s.")


class ConflictDeclared(Event):
    type = "conflict.declared"
    seals = {"ground": INTERNAL}
    blind = True
    sentence = N_("%(actor)s declared a conflict of interest.")


class ConflictLifted(Event):
    type = "conflict.lifted"
    seals = {"ground": INTERNAL}
    blind = True
    sentence = N_("%(actor)s lifted a conflict of interest.")


class CorrectionReceived(Event):
    type = "correction.received"
    seals = {"text": INTERNAL, "reporter": INTERNAL}
    sentence = N_("A correction was received.")


class CorrectionPublished(Event):
    type = "correction.published"
    body = {"of": "seq", "version": "int"}
    seals = {"text": PUBLIC}
    sentence = N_("A correction of version %(version)s was published.")


class AttemptRefused(Event):
    type = "attempt.refused"
    body = {"verb": "str", "requirements": "[str]"}
    seals = {"detail": INTERNAL}
    blind = True
    sentence = N_("%(actor)s tried to %(verb)s and was refused.")


class DetailRedacted(Event):
    type = "detail.redacted"
    body = {"of": "seq", "digests": "[str]", "ground": "str", "asked_by": "who"}
    seals = {"reason": INTERNAL}
    sentence = N_("Details were removed for good.")
