"""Events of sources: attached, captured, assessed, grouped by origin, withdrawn."""

from review.audit.events.event import COURT, INTERNAL, PUBLIC, PUBLISHABLE, Event
from review.rules.words import N_


class SourceAttached(Event):
    type = "source.attached"
    body = {"source": "int", "material": "bool"}
    seals = {
        "link": PUBLISHABLE,
        "url": PUBLISHABLE,
        "title": PUBLISHABLE,
        "publisher": PUBLISHABLE,
        "kind": PUBLISHABLE,
        "language": PUBLISHABLE,
        "published": PUBLISHABLE,
        "role": PUBLISHABLE,
        "origin": PUBLISHABLE,
        "note": INTERNAL,
        "publishable": PUBLIC,
    }
    judged = "E"
    sentence = N_("Source %(source)s was attached.")


class SourceCaptured(Event):
    type = "source.captured"
    body = {"source": "int"}
    seals = {"file": PUBLISHABLE, "archive": PUBLISHABLE, "checked": PUBLISHABLE}
    sentence = N_("A capture of source %(source)s was kept.")


class SourceDerived(Event):
    type = "source.derived"
    body = {"source": "int", "from": "int"}
    seals = {"file": COURT, "tool": COURT}
    sentence = N_("A working copy of source %(source)s was derived.")


class SourceAssessed(Event):
    type = "source.assessed"
    body = {"source": "int", "material": "bool"}
    seals = {
        "role": PUBLISHABLE,
        "publishable": PUBLIC,
        "credibility": PUBLISHABLE,
        "coherence": PUBLISHABLE,
        "note": INTERNAL,
    }
    judged = "E"
    sentence = N_("Source %(source)s was assessed.")


class SourceGrouped(Event):
    type = "source.grouped"
    body = {"origin": "int", "sources": "[int]"}
    seals = {"reason": COURT}
    judged = "E"
    sentence = N_("Sources were grouped under origin %(origin)s.")


class SourceWithdrawn(Event):
    type = "source.withdrawn"
    body = {"source": "int"}
    seals = {"reason": COURT}
    judged = "E"
    sentence = N_("Source %(source)s was withdrawn.")


class SourceOpened(Event):
    type = "source.opened"
    body = {"source": "int"}
    sentence = N_("Source %(source)s was opened.")
