"""The log's own events: keys, codebooks, policies, streams, people, imports and exports."""

from review.audit.events.event import COURT, INTERNAL, PUBLIC, Event
from review.rules.words import N_


class LogOpened(Event):
    type = "log.opened"
    subject = "log"
    body = {"format": "str", "vkey": "str", "continues": "object?"}
    sentence = N_("The log was opened.")


class LogHeads(Event):
    type = "log.heads"
    subject = "log"
    body = {"n": "int", "root": "digest"}
    sentence = N_("The heads of all incidents were fixed.")


class KeyRotated(Event):
    type = "key.rotated"
    subject = "log"
    body = {"old": "str", "new": "str"}
    sentence = N_("The signing key was changed.")


class ClockStepped(Event):
    type = "clock.stepped"
    subject = "log"
    body = {"from": "day", "to": "day"}
    seals = {"reason": COURT}
    sentence = N_("The clock was accepted.")


class CodebookDefined(Event):
    type = "codebook.defined"
    subject = "log"
    body = {"id": "str", "sha256": "str", "grades": "[grade]", "distances": "object"}
    sentence = N_("The codebook %(id)s was defined.")


class PolicySet(Event):
    type = "policy.set"
    subject = "log"
    body = {"id": "str", "required": "int", "share": "object", "max_distance": "int", "unanimity": "bool"}
    seals = {"times": COURT, "reason": COURT}
    sentence = N_("The policy was set: %(required)s votes at least.")


class StreamDefined(Event):
    type = "stream.defined"
    subject = "log"
    body = {"stream": "str", "mode": "str"}
    seals = {"name": PUBLIC, "reason": PUBLIC}
    sentence = N_("The stream %(name)s was defined.")


class StreamSwitched(Event):
    type = "stream.switched"
    subject = "log"
    body = {"stream": "str", "mode": "str"}
    seals = {"name": PUBLIC, "reason": PUBLIC}
    sentence = N_("The stream %(name)s was switched to %(mode)s.")


class PersonJoined(Event):
    type = "person.joined"
    subject = "log"
    body = {"who": "who"}
    seals = {"name": INTERNAL}
    sentence = N_("%(who)s joined the desk.")


class PersonDeactivated(Event):
    type = "person.deactivated"
    subject = "log"
    body = {"who": "who"}
    seals = {"name": INTERNAL}
    sentence = N_("%(who)s was deactivated.")


class PersonReactivated(Event):
    type = "person.reactivated"
    subject = "log"
    body = {"who": "who"}
    seals = {"name": INTERNAL}
    sentence = N_("%(who)s was reactivated.")


class PersonLeft(Event):
    type = "person.left"
    subject = "log"
    body = {"who": "who"}
    seals = {"name": INTERNAL}
    sentence = N_("%(who)s left the desk.")


class RoleGranted(Event):
    type = "role.granted"
    subject = "log"
    body = {"who": "who", "role": "str"}
    seals = {"reason": INTERNAL}
    sentence = N_("%(who)s was given the role %(role)s.")


class RoleRevoked(Event):
    type = "role.revoked"
    subject = "log"
    body = {"who": "who", "role": "str"}
    seals = {"reason": INTERNAL}
    sentence = N_("%(who)s no longer holds the role %(role)s.")


class ImportMade(Event):
    type = "import.made"
    subject = "log"
    body = {"rows": "int", "refused": "int"}
    seals = {"file": COURT}
    sentence = N_("%(rows)s rows were imported.")


class ExportMade(Event):
    type = "export.made"
    subject = "log"
    body = {"profile": "str", "size": "int"}
    seals = {"recipient": INTERNAL, "purpose": INTERNAL}
    sentence = N_("A %(profile)s bundle was made.")


class BackupMade(Event):
    type = "backup.made"
    subject = "log"
    body = {"size": "int"}
    sentence = N_("A backup was made.")
