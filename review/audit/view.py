"""What a bundle holds for people: a table, a page, a schema and a few words. None of it has any authority."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache, partial
from itertools import islice, pairwise
from typing import Any

from markupsafe import escape

from review.audit import markup
from review.audit.canonical import canonical_value
from review.audit.events import TYPES
from review.audit.published import Grade
from review.audit.stored import Log, Row
from review.rules.facts import Range
from review.rules.grades import label

BLOCK = 500
COLUMNS = ("seq", "day", "type", "incident", "iseq", "actor", "role", "body", "disclosed")
# A spreadsheet takes a cell for a formula by its first character (= + - @, tab, carriage return). No cell here can
# begin with one: numbers are never negative, words are ours, and a body begins with its brace.

README = """This is the trail of an Assay desk: a BagIt 1.0 bag in a zip.

Log:     {origin}
Size:    {size} events
Profile: {profile}

To check it, on a machine without a network:

    python3 -I -S verify.py BUNDLE.zip --key 'VERIFIER KEY'

Take verify.py and the verifier key from somewhere other than this bundle: from the desk's /audit page, its
README, or somebody you trust. Nothing inside the bundle vouches for itself; data/verify.py and data/keys/
are a convenience.

data/checkpoint        the signed size and root of the log
data/leaves.bin        the hash of every event, 32 bytes each
data/events.jsonl      the events that this profile shows, one a line, as they were hashed
data/disclosures.jsonl the sealed details that this profile shows; d is base64url of [salt, name, value]
data/published.json    the grades that stand, version by version
data/view/             the same for people, without authority
"""


JOINT = """
This log continues an earlier one, because the desk had to go back to an older state of its database:

"""
CONTINUED = """{before} ends with {size} events. {name} continues it from {day} on.
    Events of it that were published and are lost: {lost}.
"""
HELD = """
What was under way there fell, and its votes stay sealed. Each earlier log stands whole in data/logs/<n>/, from
the first on; verify.py reads them in that order and checks that each continues the one before it.
"""
NOT_HELD = """
A bundle of one incident holds nothing of an earlier log. Only the bundle of the whole log proves the joint.
"""

LIST = """<div class="scroll"><table>
<thead><tr><th scope="col">Incident</th><th scope="col">Version</th><th scope="col">Kind</th><th scope="col">Grade</th>
<th scope="col">Killed</th><th scope="col">Injured</th><th scope="col">Event</th></tr></thead>
<tbody>
"""
# Nothing of it was typed by anybody: ids, numbers, and the words of a codebook.
GRADE = (
    '<tr id="{0}"><td><a href="#{0}">{1.incident}</a></td><td>{1.version}</td><td>{1.kind}</td><td>{2}</td>'
    "<td>{3}</td><td>{4}</td><td>{5}</td></tr>\n"
)


def heading() -> bytes:
    """The first line of `events.csv`."""
    return (",".join(f'"{name}"' for name in COLUMNS) + "\n").encode("ascii")


def cells(row: Row, place: int, names: Iterable[str]) -> bytes:
    """One event's line of `events.csv`, every cell quoted, with the names of the details that are disclosed.

    `place` is its number in its own log.

    A leaf's keys stand in order, so what stands between two of them is cut out and needs no parsing; strings in a
    body escape their quotes, so that the last `},"day":"` is the body's end.
    """
    line = row.line.decode("utf-8")
    end = line.rindex('},"day":"') + 1
    actor = line[10 : line.index('"', 10)]
    day = line[end + 8 : end + 18]
    start = line.index('"role":"', end) + 8
    role = line[start : line.index('"', start)]
    body = line[line.index("{", 10) : end].replace('"', '""')
    incident = "" if row.incident is None else row.incident
    iseq = "" if row.iseq is None else row.iseq
    told = " ".join(names)
    cells = f'"{place}","{day}","{row.type}","{incident}","{iseq}","{actor}","{role}","{body}","{told}"\n'
    return cells.encode("utf-8")


def page(logs: Sequence[Log], size: int, profile: str, grades: Iterable[Grade]) -> Iterator[bytes]:
    """A page that lists the grades, each under its own anchor; the numbers in it prove nothing."""
    yield markup.beginning("Published grades", logs[-1].origin, size, profile).encode()
    yield LIST.encode()
    lines = map(partial(_graded, logs), grades)
    while block := "".join(islice(lines, BLOCK)):
        yield block.encode()
    yield b"</tbody></table></div>\n" + markup.END.encode()


def _graded(logs: Sequence[Log], grade: Grade) -> str:
    killed, injured = (_span(*grade.range[name]) for name in ("killed", "injured"))
    anchor = f"{grade.incident}-{grade.version}" + ("-withdrawn" if grade.kind == "withdrawn" else "")
    return GRADE.format(anchor, grade, _label(grade.grade), killed, injured, _number(logs, grade.seq))


@cache
def _label(grade: str) -> str:
    return escape(label(grade))


@lru_cache(maxsize=BLOCK)
def _span(low: int | None, high: int | None) -> str:
    return markup.span(Range.from_list([low, high]))


def _number(logs: Sequence[Log], seq: int) -> str:
    """The number of an event, and the folder of its log where that is an earlier one."""
    if seq >= logs[-1].base:
        return str(seq - logs[-1].base)
    place = max(place for place, log in enumerate(logs) if log.base <= seq)
    return f"{seq - logs[place].base} in data/logs/{place + 1}"


def readme(logs: Sequence[Log], size: int, profile: str, earlier: Collection[Log]) -> bytes:
    """What a stranger needs to know to begin. `earlier` are the logs before the last one that the bundle holds."""
    text = README.format(origin=logs[-1].origin, size=size, profile=profile)
    if len(logs) > 1:
        text += JOINT + "".join(_joint(*two) for two in pairwise(logs)) + (HELD if earlier else NOT_HELD)
    return text.encode("utf-8")


def _joint(before: Log, log: Log) -> str:
    lost = "nobody can tell from here how many" if log.lost is None else str(log.lost)
    return CONTINUED.format(before=before.origin, size=log.base - before.base, day=log.day, name=log.origin, lost=lost)


# --- the schema -------------------------------------------------------------------------------------------

_SEQ = {"type": "integer", "minimum": 0}
_TEXT = {"type": "string"}
_NAME = {"type": "string", "pattern": "^(system|[a-z2-7]{16})$"}
_DIGEST = {"type": "string", "pattern": "^[A-Za-z0-9+/]{43}=$"}
_SEALED = {"type": "string", "pattern": "^[A-Za-z0-9_-]{43}$"}
_BOUND = {"type": ["integer", "null"], "minimum": 0}
_PAIR = {"type": "array", "prefixItems": [_BOUND, _BOUND], "minItems": 2, "maxItems": 2}
_RANGE = {
    "type": "object", "required": ["injured", "killed"], "additionalProperties": False,
    "properties": {"injured": _PAIR, "killed": _PAIR},
}  # fmt: skip
_KINDS: Mapping[str, Any] = {
    "bool": {"type": "boolean"},
    "day": {"type": "string", "format": "date"},
    "digest": _DIGEST,
    "grade": {"type": "string", "pattern": "^[a-z_]+$"},
    "incident": {"type": "string", "pattern": "^i-[a-z2-7]{16}$"},
    "int": {"type": "integer"},
    "object": {"type": ["object", "array"]},
    "range": _RANGE,
    "seq": _SEQ,
    "str": _TEXT,
    "who": _NAME,
}


def _field(kind: str) -> Any:
    if kind.endswith("?"):
        return {"anyOf": [_field(kind[:-1]), {"type": "null"}]}
    if kind.startswith("["):
        return {"type": "array", "items": _field(kind[1:-1])}
    return _KINDS[kind]


def _event(name: str) -> Any:
    fields, sealed = TYPES[name].body, len(TYPES[name].all_seals())
    return {
        "properties": {
            "type": {"const": name},
            "body": {
                "type": "object",
                "properties": {field: _field(kind) for field, kind in fields.items()},
                "required": sorted(fields),
                "additionalProperties": False,
            },
            "sd": {"minItems": sealed, "maxItems": sealed},
        }
    }


def schema() -> bytes:
    """The JSON Schema of a line of `events.jsonl`, made from the event types."""
    nullable = {"anyOf": [_DIGEST, {"type": "null"}]}
    properties = {
        "actor": _NAME,
        "body": {"type": "object"},
        "day": _KINDS["day"],
        "incident": {"anyOf": [_KINDS["incident"], {"type": "null"}]},
        "iseq": {"anyOf": [_SEQ, {"type": "null"}]},
        "log": _TEXT,
        "prev": nullable,
        "role": {"enum": ["admin", "auditor", "lead", "public", "reviewer", "system"]},
        "sd": {"type": "array", "uniqueItems": True, "items": _SEALED},
        "seq": _SEQ,
        "type": {"enum": sorted(TYPES)},
        "v": {"const": 1},
    }
    return canonical_value(
        {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": "One event of an Assay log",
            "type": "object",
            "additionalProperties": False,
            "required": sorted(properties),
            "properties": properties,
            "oneOf": [_event(name) for name in sorted(TYPES)],
        }
    )
