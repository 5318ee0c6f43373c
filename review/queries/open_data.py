"""The open data: every published version of every grade that everybody may read, row by row. It takes no viewer.

Rows come in the order of the log, a page at a time, each page in a transaction of its own: whoever reads slowly holds
nothing, and however many there are, only a page of them is in memory. What is published meanwhile is left out, so that
the rows of one reading fit one another.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import BigInteger, Select, Text, bindparam, cast, func, select

from review.audit import open_files
from review.models import CodebookVersion, Determination, Disclosure, Event, Incident, session
from review.models.dossiers import read_disclosure
from review.queries import record
from review.queries.logs import Logs, present
from review.rules.errors import NotFound
from review.rules.open_data import Determined, Recorded, determined, recorded
from review.rules.record import LEGACY
from review.rules.redaction import DESCRIBING

AT_ONCE = 1_000
ROWS = 50

_D, _I = Determination.__table__, Incident.__table__
_E, _B, _S = Event.__table__, CodebookVersion.__table__, Disclosure.__table__
_AFTER, _UNTIL, _MOST = (bindparam(name, type_=BigInteger) for name in ("after", "until", "most"))
_LATER = _D.alias("later")
_TOLD = _E.alias("told")


@dataclass(frozen=True, slots=True)
class VersionsPage:
    """Some of the versions; `after` is the place in the log that continues them."""

    rows: tuple[Determined, ...]
    after: int | None


def versions() -> Select[Any]:
    """The versions that the public may read, each with the facts it was published with, in the order of the log."""
    described = (
        # By the incident's own chain: what adds nothing keeps both engines from going through the whole log instead.
        select(func.max(_TOLD.c.seq + 0))
        .where(_TOLD.c.incident_id == _D.c.incident_id, _TOLD.c.seq + 0 <= _D.c.seq)
        .where((_TOLD.c.type + "").in_(DESCRIBING))
        .scalar_subquery()
    )
    latest = (
        select(func.max(_LATER.c.version))
        .where(_LATER.c.incident_id == _D.c.incident_id, _LATER.c.seq < _UNTIL)
        .scalar_subquery()
    )
    return (
        select(
            _D.c.seq, _D.c.version, _D.c.grade, _D.c.kind, cast(_D.c.range, Text), _I.c.name, _I.c.stage, _E.c.leaf,
            _E.c.day, _E.c.line, _B.c.key, _S.c.text, latest.label("latest"),
        )
        .join(_I, _I.c.id == _D.c.incident_id)
        .join(_E, _E.c.seq == _D.c.seq)
        .outerjoin(_B, _B.c.seq == _D.c.codebook_seq)
        .outerjoin(_S, (_S.c.seq == described) & (_S.c.name == "facts"))
        .where(_I.c.grade.is_not(None), _I.c.restricted.is_(False))
        .order_by(_D.c.seq)
    )  # fmt: skip


_BETWEEN = (_D.c.seq > _AFTER, _D.c.seq < _UNTIL)
_PAGE = versions().where(*_BETWEEN).limit(_MOST)
_SOME = versions().where(_D.c.seq.in_(bindparam("seqs", expanding=True)))


def determinations(after: int = -1, until: int | None = None) -> Iterator[Determined]:
    """Every published version behind one place in the log, in its order; those after `until` are left out."""
    size, logs = present()
    until = size if until is None else until
    while True:
        found = _found(_PAGE, {"after": after, "until": until, "most": AT_ONCE})
        session.rollback()
        yield from _rows(found, logs)
        if len(found) < AT_ONCE:
            return
        after = found[-1].seq


def page(after: int = -1, most: int = ROWS) -> VersionsPage:
    """So many versions behind one place in the log, in its order."""
    size, logs = present()
    found = _found(_PAGE, {"after": after, "until": size, "most": most + 1})
    shown = found[:most]
    return VersionsPage(tuple(_rows(shown, logs)), shown[-1].seq if len(found) > most else None)


def some(seqs: Sequence[int]) -> dict[int, Determined]:
    """The versions of these entries, by entry, as far as the public may read them."""
    size, logs = present()
    found = _found(_SOME, {"seqs": list(seqs), "until": size})
    return dict(zip([row.seq for row in found], _rows(found, logs), strict=True))


def recorded_rows() -> Iterator[Recorded]:
    """The record by month in its smallest numbers."""
    read = record.whole()
    return recorded(read.cells, {one.key: one.name for one in read.parties})


def _found(statement: Any, given: Mapping[str, Any]) -> Sequence[Any]:
    """Plain rows, past what the session does for objects: a file is read by the thousand."""
    return session.connection().execute(statement, given).all()


def _rows(found: Sequence[Any], logs: Logs) -> Iterator[Determined]:
    """One by one: what is held is what the database gave, and nothing that was made of it."""
    begins = logs.begins(found[-1].seq) if found else 0
    for seq, version, grade, kind, casualties, name, stage, leaf, day, line, book, text, latest in found:
        yield determined(
            name, version, seq - begins if seq >= begins else logs.number(seq), leaf.hex(), day,
            LEGACY if kind == LEGACY else orjson.loads(line)["body"]["kind"],
            version == latest, stage, grade, book, orjson.loads(casualties),
            read_disclosure(text)[1] if text else None,
        )  # fmt: skip


# --- files ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class File:
    """One file of the open data: its name, what it is to a program, and its pieces."""

    name: str
    media: str
    pieces: Iterable[bytes]


def file(name: str) -> File:
    """A file as the record stands now; NotFound where none is called so."""
    if name in open_files.OF_DETERMINATIONS:
        media, write = open_files.OF_DETERMINATIONS[name]
        return File(name, media, write(determinations()))
    if name in open_files.OF_RECORD:
        media, write = open_files.OF_RECORD[name]
        return File(name, media, write(recorded_rows()))
    if name in open_files.FIXED:
        return File(name, open_files.JSON, (open_files.FIXED[name](),))
    raise NotFound("file")


def files() -> tuple[tuple[str, str], ...]:
    """Every file: (name, media type)."""
    written = {**open_files.OF_DETERMINATIONS, **open_files.OF_RECORD}
    made = ((name, media) for name, (media, _write) in written.items())
    return (*made, *((name, open_files.JSON) for name in open_files.FIXED))
