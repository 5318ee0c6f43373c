"""After the vote: what became of the viewer's own vote on one incident."""

from __future__ import annotations

from review.queries.reading import Reading
from review.rules import visibility
from review.rules.aftermath import Aftermath, aftermath
from review.rules.dossier import Dossier
from review.rules.viewers import Viewer


def own_aftermath(reading: Reading) -> Aftermath | None:
    """What became of the viewer's vote on this incident, where a result stands that they may read."""
    return told(reading.dossier, reading.viewer)


def told(known: Dossier, viewer: Viewer) -> Aftermath | None:
    """The same of any dossier: a result is for those inside its round until it is published."""
    found = aftermath(known, viewer.who)
    if found is None:
        return None
    sight = visibility.sight(known, viewer, found.round)
    return found if sight.tally or found.state == "published" else None
