"""The open data: what each column of the published files is called, means, and counts in. The data dictionary is this
table, so that it cannot drift from the files.

A change of a name, of a meaning or of the order is a new version of the schema; a reader checks the version, not the
day. Blank is not zero: a number that nobody knows is null in JSON and an empty cell in CSV.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

from review.rules.dossier import EXITS
from review.rules.grades import CODEBOOKS, NO_CONSENSUS, NO_CONSENSUS_LABEL
from review.rules.record import LEGACY, Cell, Figure
from review.rules.vocabulary import ACCURACIES, DATE_TYPES, STRIKE_STATUSES, Vocabulary
from review.rules.words import N_

DETERMINATIONS = "assay-determinations/1"
RECORD = "assay-record/1"
# A cell that begins so is run by a spreadsheet; what people typed is text.
RUN = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")  # the last four in full width


class Determined(NamedTuple):
    """One published version of a grade, with the facts it was published with. The columns of the files, in order."""

    id: str
    incident: str
    version: int
    path: str
    entry: int
    leaf: str
    published: str
    kind: str
    standing: bool
    exit: str | None
    grade: str
    codebook: str | None
    killed_min: int | None
    killed_max: int | None
    injured_min: int | None
    injured_max: int | None
    date_type: str | None
    date: str | None
    date_end: str | None
    place: str | None
    place_names: dict[str, str]
    region: str | None
    latitude: float | None
    longitude: float | None
    accuracy: str | None
    further_places: list[dict[str, Any]]
    parties: list[str]
    party_roles: list[str]
    strike_status: str | None
    strike_types: list[str]
    causes: list[str]
    infrastructure: list[str]
    reported: dict[str, Any]
    codes: list[str]
    earlier_codes: list[str]
    summary: str | None
    facts_removed: bool


class Recorded(NamedTuple):
    """One smallest number of the record by month: a party or everybody, a month, a grade, imported or made here."""

    party: str
    month: str
    grade: str
    imported: bool
    incidents: int
    killed_min: int | None
    killed_max: int | None
    unknown: int
    min_unknown: int
    max_unknown: int


@dataclass(frozen=True, slots=True)
class Column:
    """One line of the data dictionary. `words`: the only values it takes, each with what it means."""

    name: str
    type: str
    unit: str
    meaning: str
    words: Vocabulary | None = None


KINDS = {
    LEGACY: N_("imported with the record it came from; no votes of this desk stand behind it"),
    "first": N_("the first version that this desk published"),
    "verdict": N_("a new version because the grade was judged again"),
    "minor": N_("a new version because of a change that was held not to touch the verdict"),
    "note": N_("a new version because of a remark"),
}
EXIT_WORDS = {
    "merged": N_("the incident went into another"),
    "split": N_("the incident was divided into others"),
    "dismissed": N_("the incident was put aside"),
    "withdrawn": N_("the desk no longer stands by this grade"),
}
GRADES: Vocabulary = {
    f"{grade.key}": grade.label for book in CODEBOOKS for grade in book.grades
} | {NO_CONSENSUS: NO_CONSENSUS_LABEL}

_PEOPLE, _DEGREES, _DAY, _NONE = N_("people"), N_("degrees, WGS 84"), N_("a day, UTC"), ""
_LOCAL_DAY = N_("a day, local time of the place")
_YES = N_("true or false")

COLUMNS: tuple[Column, ...] = (
    Column(
        "id", "string", _NONE,
        N_(
            "The number of the determination: the name of the incident, a slash, the version. It never "
            "changes."
        ),
    ),
    Column("incident", "string", _NONE, N_("The name of the incident. It never changes; codes may.")),
    Column("version", "integer", _NONE, N_("The version; 0 is an imported one.")),
    Column("path", "string", _NONE, N_("Where it can be read, behind the address of this desk.")),
    Column("entry", "integer", _NONE, N_("The number of its entry in the log, from 0.")),
    Column(
        "leaf", "string", N_("SHA-256, hexadecimal"),
        N_(
            "The hash of that entry, by which a bundle or a proof is matched."
        ),
    ),
    Column("published", "string", _DAY, N_("The day on which this version was published, or imported.")),
    Column("kind", "string", _NONE, N_("Why there is this version."), KINDS),
    Column(
        "standing", "boolean", _YES,
        N_(
            "Whether this is the latest published version. What left the desk has an exit as well: the public "
            "list holds the standing ones without an exit."
        ),
    ),
    Column("exit", "string or null", _NONE, N_("How the incident left the desk; null while it has not."), EXIT_WORDS),
    Column(
        "grade", "string", _NONE,
        N_(
            "The grade. The grades are no ladder and no scale: read the codebook."
        ),
        GRADES,
    ),
    Column("codebook", "string or null", _NONE, N_("The version of the codebook that defines the grade.")),
    Column(
        "killed_min", "integer or null", _PEOPLE,
        N_(
            "The fewest civilians reported killed, as determined; null where nobody knows. Zero is a finding."
        ),
    ),
    Column(
        "killed_max", "integer or null", _PEOPLE,
        N_(
            "The most civilians reported killed, as determined; null where nobody knows."
        ),
    ),
    Column(
        "injured_min", "integer or null", _PEOPLE,
        N_(
            "The fewest civilians reported injured, as determined; null where nobody knows."
        ),
    ),
    Column(
        "injured_max", "integer or null", _PEOPLE,
        N_(
            "The most civilians reported injured, as determined; null where nobody knows."
        ),
    ),
    Column("date_type", "string or null", _NONE, N_("How the day is known."), DATE_TYPES),
    Column("date", "string or null", _LOCAL_DAY, N_("The day of the incident, or the first of its days.")),
    Column("date_end", "string or null", _LOCAL_DAY, N_("The last of its days, of a range.")),
    Column("place", "string or null", _NONE, N_("The name of the primary place, in English where there is one.")),
    Column("place_names", "object", _NONE, N_("Every name of the primary place, by language.")),
    Column("region", "string or null", _NONE, N_("The region of the primary place.")),
    Column(
        "latitude", "number or null", _DEGREES,
        N_(
            "Of the primary place, rounded to what its accuracy bears. Exact points are not published."
        ),
    ),
    Column("longitude", "number or null", _DEGREES, N_("Of the primary place, rounded to what its accuracy bears.")),
    Column("accuracy", "string or null", _NONE, N_("How exactly the primary place is known."), ACCURACIES),
    Column(
        "further_places", "array", _NONE,
        N_(
            "Further places of the same incident, each with names, region, point (latitude, longitude) and "
            "accuracy."
        ),
    ),
    Column(
        "parties", "array of strings", _NONE,
        N_(
            "The parties named, as written; being named is not being found responsible."
        ),
    ),
    Column(
        "party_roles", "array of strings", _NONE,
        N_(
            "The role of each party, in the same order: suspected, known, or targeted, which means said to be "
            "the target."
        ),
    ),
    Column(
        "strike_status", "string or null", _NONE,
        N_(
            "What is known of the strike itself; a separate axis that never follows from the grade."
        ),
        STRIKE_STATUSES,
    ),
    Column("strike_types", "array of strings", _NONE, N_("The kinds of strike reported.")),
    Column("causes", "array of strings", _NONE, N_("The causes reported.")),
    Column("infrastructure", "array of strings", _NONE, N_("What was hit, as reported.")),
    Column(
        "reported", "object", _PEOPLE,
        N_(
            "The ranges by group as the facts describe them: group, then killed and injured, each [fewest, "
            "most]."
        ),
    ),
    Column(
        "codes", "array of strings", _NONE,
        N_(
            "The codes of the incident. A code may repeat elsewhere; it is no key."
        ),
    ),
    Column("earlier_codes", "array of strings", _NONE, N_("Codes that it had before.")),
    Column("summary", "string or null", _NONE, N_("What is reported, in words.")),
    Column(
        "facts_removed", "boolean", _YES,
        N_(
            "Whether the facts of this version were removed for good; grade and range stay."
        ),
    ),
)  # fmt: skip

RECORD_COLUMNS: tuple[Column, ...] = (
    Column(
        "party", "string", _NONE,
        N_(
            "The party named, as this record calls it; empty for everybody, each incident once. An incident "
            "that names several counts in full for each: parties do not add up."
        ),
    ),
    Column("month", "string", N_("YYYY-MM"), N_("The month in which the incident began; empty where no day is known.")),
    Column("grade", "string", _NONE, N_("The grade that stands."), GRADES),
    Column("imported", "boolean", _YES, N_("Whether these are imported grades, not reviewed here.")),
    Column("incidents", "integer", N_("incidents"), N_("How many published incidents count here.")),
    Column(
        "killed_min", "integer or null", _PEOPLE,
        N_(
            "The fewest civilians reported killed in them, added up as far as they are known; empty where none is."
        ),
    ),
    Column(
        "killed_max", "integer or null", _PEOPLE,
        N_(
            "The most civilians reported killed in them, added up as far as they are known; empty where none is."
        ),
    ),
    Column(
        "unknown", "integer", N_("incidents"),
        N_(
            "Of the incidents: those of which neither number is known; they add nothing to the sums."
        ),
    ),
    Column("min_unknown", "integer", N_("incidents"), N_("Of the incidents: those of which only the most is known.")),
    Column(
        "max_unknown", "integer", N_("incidents"),
        N_(
            "Of the incidents: those of which only the fewest is known; it is added as the most too."
        ),
    ),
)  # fmt: skip


_UNKNOWN: Sequence[int | None] = (None, None)


_row: Callable[[tuple[Any, ...]], Determined] = partial(tuple.__new__, Determined)  # a file has a hundred thousand


def determined(
    name: str,
    version: int,
    entry: int,
    leaf: str,
    day: str,
    kind: str,
    standing: bool,
    stage: str,
    grade: str,
    codebook: str | None,
    casualties: Mapping[str, Any] | None,
    facts: Mapping[str, Any] | None,
) -> Determined:
    """The row of one version; `facts` is what its `facts` disclosure seals, None where it was removed."""
    told = (facts or {}).get
    harmed = casualties or {}
    killed, injured = harmed.get("killed") or _UNKNOWN, harmed.get("injured") or _UNKNOWN
    places, named = told("places") or (), told("parties") or ()
    first: Mapping[str, Any] = places[0] if places else {}
    names, point, id_ = first.get("names") or {}, first.get("point"), f"{name}/{version}"
    return _row((
        id_,
        name,
        version,
        "/incidents/" + id_,
        entry,
        leaf,
        day,
        kind,
        standing,
        stage if stage in EXITS else None,
        grade,
        codebook,
        killed[0],
        killed[1],
        injured[0],
        injured[1],
        told("date_type"),
        told("date"),
        told("date_end"),
        names.get("en") or (names[min(names)] if names else None),
        names,
        first.get("region"),
        float(point[0]) if point else None,
        float(point[1]) if point else None,
        first.get("accuracy"),
        places[1:] if places else [],
        [party["name"] for party in named],
        [party.get("role") or "suspected" for party in named],
        told("strike_status"),
        told("strike_types") or [],
        told("causes") or [],
        told("infrastructure") or [],
        told("ranges") or {},
        told("codes") or [],
        told("earlier_codes") or [],
        told("summary"),
        facts is None,
    ))  # fmt: skip


def recorded(cells: Mapping[Cell, Figure], called: Mapping[str, str]) -> Iterator[Recorded]:
    """The record's smallest numbers in a fixed order; `called` says how a party is called by its key."""
    for cell in sorted(cells, key=lambda one: (one.party, one.month, one.grade, one.legacy)):
        figure = cells[cell]
        yield Recorded(
            called.get(cell.party, cell.party), cell.month, cell.grade, cell.legacy, figure.incidents,
            figure.killed.minimum, figure.killed.maximum, figure.unknown, figure.open_below, figure.open_above,
        )  # fmt: skip


def feature(row: Determined) -> dict[str, Any]:
    """The row as a feature of GeoJSON (RFC 7946): longitude before latitude, no geometry where no point is known."""
    said = row._asdict()
    latitude, longitude = said.pop("latitude"), said.pop("longitude")
    known = latitude is not None and longitude is not None
    geometry = {"type": "Point", "coordinates": [longitude, latitude]} if known else None
    return {"type": "Feature", "id": row.id, "geometry": geometry, "properties": said}


def cell(value: Any) -> str:
    """One value as a table has it: several joined by semicolons; nothing that a spreadsheet would run."""
    text = _flat(value)
    return f"'{text}" if text.startswith(RUN) and not isinstance(value, int | float) else text


def _flat(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {_flat(one)}" for name, one in value.items())
    if isinstance(value, list | tuple):
        return "; ".join(_flat(one) for one in value)
    return str(value)
