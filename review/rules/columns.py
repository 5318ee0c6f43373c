"""The columns of the files that can be imported, and what a file's own header stands for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from review.rules.words import N_

MOST_COLUMNS = 1_000

Mapped = Mapping[str, str]
"""Our column -> the file's column that holds it."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a file holds, row by row: its columns, and those without which it is another file."""

    name: str
    verb: str  # the right that importing it asks for
    columns: Mapping[str, str]
    needed: tuple[tuple[str, ...], ...]  # of each group one
    never: tuple[str, ...]
    other: str  # the sentence where the header is another's


_CASUALTIES = {
    f"{category}_{harm}_{bound}": N_("Number of people")
    for category in ("civilians", "children", "women", "men", "belligerents")
    for harm in ("killed", "injured")
    for bound in ("min", "max")
}
INCIDENTS = Kind(
    "incidents",
    "import_incidents",
    {
        "code": N_("Codes, several separated by a space"),
        "url": N_("Address of the published page: by it a row is known again"),
        "date_type": N_("Whether it is a day or a range of days"),
        "date": N_("Day, or first day, as 2031-03-14"),
        "date_end": N_("Last day"),
        "time": N_("Time of day, a clock time or words"),
        "place_en": N_("Place, in English"),
        "place_ar": N_("Place, in Arabic"),
        "neighbourhood": N_("Neighbourhood"),
        "district": N_("District"),
        "governorate": N_("Governorate"),
        "latitude": N_("Latitude in degrees"),
        "longitude": N_("Longitude in degrees"),
        "location_accuracy": N_("How exact the point is"),
        "belligerents": N_("Parties, separated by commas; the first names the stream"),
        "strike_type": N_("Kinds of strike, separated by commas"),
        "strike_status": N_("Strike status"),
        "civilian_harm_reported": N_("Whether harm to civilians was reported"),
        "grade": N_("Grade"),
        "infrastructure": N_("What was hit, separated by commas"),
        **_CASUALTIES,
        "modified": N_("Day of the last change"),
        "previous_codes": N_("Earlier codes, separated by a space"),
    },
    needed=(("code", "url"),),
    never=("incident_code",),
    other=N_(
        "This is no file of incidents: its first line names neither a code nor a url, or it is one of sources."
    ),
)
SOURCES = Kind(
    "sources",
    "import_sources",
    {
        "incident_code": N_("The whole cell of the incident's codes"),
        "order": N_("Place among the incident's sources"),
        "language_platform": N_("Platform and language, such as “Twitter Arabic”"),
        "date": N_("Day of the source"),
        "video": N_("Whether it holds a video"),
        "url": N_("Web address"),
        "archive_url": N_("Address in an archive"),
    },
    needed=(("incident_code",), ("url",)),
    never=(),
    other=N_("This is no file of sources: its first line names no incident_code or no url."),
)
KINDS: Mapping[str, Kind] = {kind.name: kind for kind in (INCIDENTS, SOURCES)}


def header_problem(kind: Kind, known: Sequence[str]) -> str | None:
    """Why these columns of ours are not enough for a file of this kind; None where they are."""
    if any(not set(group) & set(known) for group in kind.needed) or set(kind.never) & set(known):
        return kind.other
    return None


def guessed(kind: Kind, header: Sequence[str]) -> dict[str, str]:
    """Our columns found in a foreign header by their names, however they are spelt."""
    plain = {_plain(name): name for name in reversed(header)}
    return {column: plain[column] for column in kind.columns if column in plain}


def kind_of(header: Sequence[str]) -> Kind:
    """What a file of this header most likely holds."""
    return SOURCES if header_problem(SOURCES, tuple(guessed(SOURCES, header))) is None else INCIDENTS


def read_as(cells: Mapping[str, str], mapping: Mapped | None) -> Mapping[str, str]:
    """A row's cells under our columns; without a mapping the file's names are ours."""
    if mapping is None:
        return cells
    return {column: cells.get(theirs, "") for column, theirs in mapping.items()}


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.casefold()).strip("_")
