"""What an import says of a row, in words: one sentence a note, and where in the row it stands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from review.rules import columns, imported_sources, imports
from review.rules.words import N_

NOTES: Mapping[str, Mapping[str, str]] = {
    columns.INCIDENTS.name: imports.NOTES,
    columns.SOURCES.name: imported_sources.NOTES,
}
REFUSED: Mapping[str, Mapping[str, str]] = {
    columns.INCIDENTS.name: imports.UNREADABLE,
    columns.SOURCES.name: imports.UNREADABLE | imported_sources.REFUSED,
}
REPORTS_KEPT = timedelta(days=30)
CHANGED = N_("Imported before, and changed in the file since; left as it is.")
OUTCOMES = {
    "imported": N_("imported"),
    "present": N_("here already"),
    "changed": N_("here already, changed since"),
    "refused": N_("refused"),
}
KINDS = {"incidents": N_("Incidents"), "sources": N_("Sources")}
STAGES = {
    "draft": N_("not started"),
    "waiting": N_("being imported"),
    "done": N_("done"),
    "failed": N_("stopped"),
}
NOTED = "noted"  # a list of its own: imported, with something to say of it


def sentence(kind: str, note: str) -> str:
    """The sentence of a note or of a refusal; `place` says what it is about."""
    name = note.split(":")[0]
    return REFUSED[kind].get(name) or NOTES[kind][name]


def place(note: str) -> str | None:
    """What in the row a note is about, such as `children killed` of `range:children killed`."""
    _name, colon, where = note.partition(":")
    return where if colon else None
