"""Bundles asked for: on their way, or kept for a week beside the desk. No record; `export.made` is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import BigInteger, ColumnElement, ForeignKey, Index, Integer, String, Text, and_, func, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from review.audit.events import PROFILES, TYPES
from review.extensions import Base
from review.models.columns import Moment
from review.models.decisions import Determination
from review.models.dossiers import joints, read_disclosure
from review.models.incidents import Incident
from review.models.trail import Disclosure, Event
from review.rules import bundles
from review.rules.bundles import LEAVING, PUBLIC, SILENCING
from review.rules.places import here


class Bundle(Base):
    """One bundle: of which log or incident, for whom, under which checkpoint, and how far the worker has come.

    `person_id` is null where the worker makes it for everybody; `key` then says which one it is.
    """

    __tablename__ = "bundle"
    __account__ = True
    __table_args__ = (Index("ix_bundle_person_id_id", "person_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(26), unique=True)  # random: its address, and its file in the home
    key: Mapped[str | None] = mapped_column(String(60), unique=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incident.id"))
    profile: Mapped[str] = mapped_column(String(10))
    size: Mapped[int] = mapped_column(BigInteger)  # of its checkpoint
    stage: Mapped[str] = mapped_column(String(10))  # waiting, done, failed
    read: Mapped[int] = mapped_column(BigInteger, default=0)
    # Needed until `export.made` holds them sealed, and cleared in that act.
    recipient: Mapped[str | None] = mapped_column(Text)
    purpose: Mapped[str | None] = mapped_column(Text)
    problem: Mapped[str | None] = mapped_column(Text)
    octets: Mapped[int | None] = mapped_column(BigInteger)
    sha256: Mapped[str | None] = mapped_column(String(64))
    shown: Mapped[int | None] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)


def silenced(session: Any, *, profile: str, size: int, incident_id: int | None) -> bool:
    """Whether something that such a bundle under this size tells has been restricted, removed or taken back since."""
    said = session.execute(
        select(Event.seq, Event.type, Event.line)
        .outerjoin(Incident, Incident.id == Event.incident_id)
        .where(Event.seq >= size, Event.type.in_(_types(profile)), _told(profile, size, incident_id))
    )
    bodies = [(type_, here(orjson.loads(line), seq)["body"]) for seq, type_, line in said]
    if any(bundles.silences(type_, body) and _shown(session, profile, type_, body) for type_, body in bodies):
        return True
    return profile == PUBLIC and _source_taken_back(session, size, incident_id)


def _types(profile: str) -> Sequence[str]:
    # The public profile names nobody.
    return SILENCING if profile == PUBLIC else (*SILENCING, LEAVING)


def _told(profile: str, size: int, incident_id: int | None) -> ColumnElement[bool]:
    """What the bundle speaks of; nothing else may take it away, or its absence would tell of what is not public."""
    if incident_id is not None:
        return or_(Event.incident_id.is_(None), Event.incident_id == incident_id)
    if profile == PUBLIC:
        return or_(Event.incident_id.is_(None), Event.incident_id.in_(determined(size)))
    return or_(Event.incident_id.is_(None), Incident.first_seq < size)


def _shown(session: Any, profile: str, type_: str, body: Any) -> bool:
    """Of what was removed, the public bundle goes only with words of a kind that it shows."""
    if profile != PUBLIC or type_ != "detail.redacted":
        return True
    of = session.scalar(select(Event.type).where(Event.seq == body["of"]))
    return of is None or not PROFILES[PUBLIC].isdisjoint(TYPES[of].all_seals().values())


def _source_taken_back(session: Any, size: int, incident_id: int | None) -> bool:
    """Whether the last word on a source that the public bundle shows calls it publishable no more.

    A word that an open round seals counts as no, as it does on the public page: a source's safety comes first.
    A new source is nothing that an earlier bundle shows, so that only a later assessment takes one back.
    """
    of = Event.incident_id.in_(determined(size)) if incident_id is None else Event.incident_id == incident_id
    later = _words(session, of, Event.type == "source.assessed", Event.seq >= size)
    last = {(incident, number): word for incident, number, word in later}
    doubted = [source for source, word in last.items() if word is not True]
    return any(_was_publishable(session, incident, number, size) for incident, number in doubted)


def _was_publishable(session: Any, incident: int, number: int, size: int) -> bool:
    of = (Event.incident_id == incident, Event.type.in_(("source.attached", "source.assessed")), Event.seq < size)
    said = [word for _incident, its, word in _words(session, *of) if its == number and word is not None]
    return bool(said) and said[-1]


def _words(session: Any, *of: ColumnElement[bool]) -> list[tuple[int, int, bool | None]]:
    """(incident, number, publishable) by seq; None where a round seals it."""
    mark = and_(Disclosure.seq == Event.seq, Disclosure.name == "publishable")
    rows = session.execute(
        select(Event.incident_id, Event.line, Disclosure.text, Disclosure.sealed)
        .outerjoin(Disclosure, mark).where(*of).order_by(Event.seq)
    )  # fmt: skip
    return [
        (incident, orjson.loads(line)["body"]["source"], None if text is None or sealed else read_disclosure(text)[1])
        for incident, line, text, sealed in rows
    ]


def last_public_size(session: Any) -> int | None:
    """The size under which the latest bundle for everybody was made, whether or not it is told still."""
    made = (Bundle.person_id.is_(None), Bundle.incident_id.is_(None), Bundle.stage == "done")
    return session.scalar(select(func.max(Bundle.size)).where(*made))


def public_bundle(session: Any) -> Bundle | None:
    """The bundle of the whole log that everybody may take: the latest one made, unless it is told no more."""
    whole = (Bundle.person_id.is_(None), Bundle.incident_id.is_(None), Bundle.stage == "done")
    row = session.scalars(select(Bundle).where(*whole).order_by(Bundle.size.desc()).limit(1)).one_or_none()
    if row is None or silenced(session, profile=PUBLIC, size=row.size, incident_id=None):
        return None
    return row


def determined(size: int) -> Any:
    """The incidents that have a determination under this size."""
    return select(Determination.incident_id).where(Determination.seq < size)


def can_stand_alone(session: Any, incident: Incident) -> bool:
    """Whether a bundle of it alone can be made: not where its chain began before the log took its present name."""
    begin = max(joints(session), default=0)
    return incident.first_seq is not None and incident.first_seq >= begin
