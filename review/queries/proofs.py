"""Proofs that an event stands in the log, for those who may read the event: public ones for all, others at the desk.

While a round is open on an incident there is none for anything since its opening: a number would count the votes.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from review import clock
from review.audit import checkpoint_files, tree
from review.audit.embargo import DETERMINING
from review.audit.note import inclusion_text, parse_checkpoint
from review.audit.subtrees import StoredTree
from review.models import Event, Incident, session
from review.models.dossiers import records
from review.queries import checkpoints
from review.queries.history import audible
from review.queries.logs import Logs
from review.queries.reading import read_incident
from review.rules.errors import NotFound, ReadOnly
from review.rules.permissions import Actor
from review.rules.rollbacks import ANOTHER_HISTORY


def public_proof(seq: int) -> str:
    """The proof of a published grade, an imported one too, that everybody may read; NotFound for every other event,
    alike."""
    statement = select(Event.seq).join(Incident, Incident.id == Event.incident_id)
    readable = Incident.grade.is_not(None), Incident.restricted.is_(False)
    if session.scalar(statement.where(Event.seq == seq, Event.type.in_(DETERMINING), *readable)) is None:
        raise NotFound
    return _proof(seq)


def proof(viewer: Actor, ref: str, iseq: int) -> str:
    """The proof of one step of an incident's history that this person is shown; NotFound for every other, alike."""
    reading = read_incident(viewer, ref, "see_history")
    under_way = reading.dossier.open_round
    shown = audible(reading, records(session, reading.id, {}))
    found = next((record.seq for record in shown if record.iseq == iseq), None)
    if found is None or (under_way is not None and found > under_way.seq):
        raise NotFound
    return _proof(found)


def _proof(seq: int) -> str:
    logs = Logs()
    ended, base = logs.ends(seq), logs.begins(seq)
    size = checkpoint_files.latest_size(session, ended) or 0
    if seq >= size:
        if ended is not None:
            raise NotFound  # published by no checkpoint of its own log, and the next one only names its root
        raise NotFound("not-covered", hour=f"{clock.now() + timedelta(hours=1):%H}")
    file = checkpoints.one(size)
    index, length = seq - base, size - base
    path = StoredTree(session, length, base).inclusion_path(index)
    leaf = bytes(session.scalar(select(Event.leaf).where(Event.seq == seq)) or b"")
    if not tree.check_inclusion(leaf, index, length, path, parse_checkpoint(file).root):
        raise ReadOnly(ANOTHER_HISTORY, held=size, published=size)
    return inclusion_text(index, path, file)
