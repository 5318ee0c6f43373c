"""What left the building: the published checkpoints, the bundles that were made and for whom, one's own among them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlalchemy import func, select

from review import clock
from review.models import Bundle, Disclosure, Event, Incident, Person, session
from review.models.admissions import hidden_from
from review.models.dossiers import read_disclosure
from review.queries.bundles import Asked, asked_by
from review.queries.method import Signed, checkpoints
from review.rules import bundles
from review.rules.errors import Forbidden
from review.rules.permissions import Actor, may

SHOWN = 10
HISTORY = 30
TOLD = ("person", "recipient", "purpose")


@dataclass(frozen=True, slots=True)
class Made:
    """One bundle that was made: by whom, for whom and what for is sealed, and shown to those who may export and to
    whom nothing that it may speak of is hidden."""

    day: str
    profile: str
    size: int
    role: str
    by: str | None
    recipient: str | None
    purpose: str | None


@dataclass(frozen=True, slots=True)
class ExportPage:
    checkpoints: tuple[Signed, ...]
    asked: tuple[Asked, ...]
    made: tuple[Made, ...]
    next_checkpoint: datetime
    next_heads: datetime

    @property
    def under_way(self) -> bool:
        return any(one.stage == "waiting" for one in self.asked)


def export_page(viewer: Actor) -> ExportPage:
    """What can be asked for and what was, for those who may export."""
    if not may(viewer.role, "export"):
        raise Forbidden("export")
    now = clock.now()
    return ExportPage(
        checkpoints(SHOWN), asked_by(viewer), _made(viewer), bundles.next_checkpoint(now), bundles.next_heads(now)
    )


def _made(viewer: Actor) -> tuple[Made, ...]:
    made = select(Event.seq, Event.day, Event.role, Event.line).where(Event.type == "export.made")
    rows = session.execute(made.order_by(Event.seq.desc()).limit(HISTORY)).all()
    told = _told([row.seq for row in rows])
    names = _names([told[row.seq]["person"] for row in rows]) if may(viewer.role, "see_people") else {}
    purposes = _Purposes(viewer)
    return tuple(_one(row, told[row.seq], names, purposes) for row in rows)


def _one(row: object, told: dict[str, str | None], names: dict[str, str], purposes: _Purposes) -> Made:
    event = orjson.loads(row.line)  # type: ignore[attr-defined]
    body, base = event["body"], row.seq - event["seq"]  # type: ignore[attr-defined]
    shown = purposes.shown(body["profile"], base + body["size"], told["person"])
    return Made(
        day=row.day,  # type: ignore[attr-defined]
        profile=body["profile"],
        size=body["size"],
        role=row.role,  # type: ignore[attr-defined]
        by=names.get(told["person"] or ""),
        recipient=told["recipient"] if shown else None,
        purpose=told["purpose"] if shown else None,
    )


class _Purposes:
    """What a bundle was for is shown to whoever had it made, and to others unless it may speak of an incident that is
    hidden from them: the record does not say which incident a bundle is of, and its row says so for a week."""

    def __init__(self, viewer: Actor) -> None:
        self._first_hidden = session.scalar(select(func.min(Incident.first_seq)).where(hidden_from(viewer)))
        self._own = session.scalar(select(Person.log_name).where(Person.id == viewer.person))
        hidden = select(Incident.id).where(hidden_from(viewer))
        known = (
            select(Bundle.profile, Bundle.size, Person.log_name, Bundle.incident_id.in_(hidden).label("hidden"))
            .join(Person, Person.id == Bundle.person_id)
            .where(Bundle.stage == "done")
        )
        self._known: dict[tuple[str, int, str | None], bool] = {}
        for row in session.execute(known):
            key = (row.profile, row.size, row.log_name)
            self._known[key] = self._known.get(key, False) or bool(row.hidden)

    def shown(self, profile: str, size: int, by: str | None) -> bool:
        if self._first_hidden is None or self._first_hidden >= size or (by is not None and by == self._own):
            return True
        return not self._known.get((profile, size, by), True)


def _told(seqs: list[int]) -> dict[int, dict[str, str | None]]:
    """What each of these events sealed; what was removed since is None, as what was never said."""
    found: dict[int, dict[str, str | None]] = {seq: dict.fromkeys(TOLD) for seq in seqs}
    sealed = select(Disclosure.seq, Disclosure.text).where(
        Disclosure.seq.in_(seqs), Disclosure.name.in_(TOLD), Disclosure.sealed.is_(False)
    )
    for seq, text in session.execute(sealed):
        name, value = read_disclosure(text)
        found[seq][name] = value
    return found


def _names(pseudonyms: list[str | None]) -> dict[str, str]:
    """The people behind these names of the log."""
    known = select(Person.log_name, Person.name).where(Person.log_name.in_([one for one in pseudonyms if one]))
    return {row.log_name: row.name for row in session.execute(known)}
