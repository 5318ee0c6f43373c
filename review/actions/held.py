"""An incident in an act: its locked row, its chain, its folded history, and its dossier before and after."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property
from types import SimpleNamespace
from typing import Any, cast

from sqlalchemy import bindparam, select

from review.audit import canonical
from review.audit.append import Chain
from review.models import Incident, Participation, session
from review.models.dossiers import with_mode
from review.models.involvement import with_carried
from review.rules.dossier import Dossier, Record
from review.rules.history import History

INCIDENTS = Incident.__table__
# Built once: most acts ask for it.
_PEOPLE = select(Participation.__table__.c.person_id, Participation.__table__.c.pseudonym).where(
    Participation.__table__.c.incident_id == bindparam("incident")
)


class Held:
    """One incident in an act: its locked row, its chain, its folded history and its dossier before the act."""

    def __init__(self, row: Incident, folded: History | None, mode: str | None = None, seat: int | None = None) -> None:
        self.row, self.id = row, row.id
        self.read = dict(vars(row))
        self.mode = mode
        self.seat = seat  # the round in which "next" held a seat for the actor, run out or not
        self.history = folded or History(row.name, {}, {})
        self.chain = Chain(
            row.name,
            row.count,
            row.last_leaf,
            canonical.unb64(row.evidence) if row.evidence else b"",
            canonical.unb64(row.digest) if row.digest else b"",
        )

        self.since = row.last_leaf
        self.records: list[Record] = []  # what the act appends, as a later reader of the rows would find it
        self.before = self.history.dossier()

    @cached_property
    def dossier(self) -> Dossier:
        """The incident as it stood before the act, with the mode of its stream."""
        if self.mode is None:
            return with_mode(session, self.before)
        return with_carried(session, replace(self.before, stream=self.row.stream, stream_mode=self.mode))

    def changes(self) -> dict[str, Any]:
        """The columns that the act has changed, with their new values."""
        return {name: value for name, value in vars(self.row).items() if self.read[name] != value}

    @cached_property
    def people(self) -> dict[int, str]:
        """Person -> pseudonym of everybody who is known in the incident."""
        return dict(session.execute(_PEOPLE, {"incident": self.row.id}).all())

    @cached_property
    def asked(self) -> set[str]:
        """The pseudonyms of those who were asked in some round: they are linked to their persons already."""
        return {who for answers in self.history.answers.values() for who in answers}

    @cached_property
    def after(self) -> Dossier:
        """The incident with everything that the act has appended so far."""
        return self.history.dossier()


def as_locked(values: Iterable[Any]) -> Incident:
    """The columns of a locked incident as plain attributes: what an act changes is written back in one statement."""
    return cast(Incident, SimpleNamespace(**dict(zip(INCIDENTS.c.keys(), values, strict=True))))


def _default(column: Any) -> Any:
    return column.default.arg if column.default else None


_PLAIN = {column.key: _default(column) for column in INCIDENTS.c}
_MADE = {name: make for name, make in _PLAIN.items() if callable(make)}


def as_new() -> Incident:
    """The columns of an incident that no row holds yet."""
    return cast(Incident, SimpleNamespace(**_PLAIN | {name: make(None) for name, make in _MADE.items()}))
