"""The sealed details of events as a redaction finds them: still shown, mute, sealed for ever, or worked with."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

import orjson
from sqlalchemy import func, select

from review.audit.mute import TELLING, Silence, mute, sealed_for_ever
from review.models import Disclosure, Event, Incident
from review.models.dossiers import joints
from review.rules.places import here
from review.rules.redaction import DESCRIBING, Detail, Named, in_force
from review.rules.workflow import LIVE

RESTRICTED = "incident.restricted"


class _Standing(NamedTuple):
    """The incident as far as a redaction asks: what its rounds mute, whether it is live, what was said last."""

    name: str | None
    exited: bool
    restricted: bool
    silence: Silence
    latest: Mapping[str, int]


def details_of(session: Any, incident: int | None, wanted: Sequence[Named]) -> tuple[Detail, ...]:
    """These details of one incident's events, or of the log's own where there is none, in the order asked for.

    What belongs to another chain is not there.
    """
    seqs = {one.seq for one in wanted}
    types = _types(session, incident, seqs)
    rows = _rows(session, types)
    standing = _standing(session, incident)
    return tuple(_detail(one, types.get(one.seq, ""), rows.get(one), standing) for one in wanted)


def all_details(session: Any, incident: int | None, seqs: Collection[int]) -> dict[Named, Detail]:
    """Every detail that still stands of these events."""
    types = _types(session, incident, seqs)
    rows = _rows(session, types)
    standing = _standing(session, incident)
    return {one: _detail(one, types[one.seq], row, standing) for one, row in sorted(rows.items())}


def _types(session: Any, incident: int | None, seqs: Collection[int]) -> dict[int, str]:
    its = Event.incident_id.is_(None) if incident is None else Event.incident_id == incident
    return dict(session.execute(select(Event.seq, Event.type).where(its, Event.seq.in_(seqs))).all())


def _rows(session: Any, types: Mapping[int, str]) -> dict[Named, Any]:
    statement = select(Disclosure.seq, Disclosure.name, Disclosure.digest, Disclosure.sealed)
    found = session.execute(statement.where(Disclosure.seq.in_(types)))
    return {Named(row.seq, row.name): row for row in found}


def _standing(session: Any, incident: int | None) -> _Standing:
    if incident is None:
        return _Standing(None, False, False, Silence(), {})
    row = session.execute(
        select(Incident.name, Incident.stage, Incident.restricted).where(Incident.id == incident)
    ).one()
    silence = Silence(named=[row.name], joints=joints(session))
    telling = select(Event.seq, Event.type, Event.line).where(Event.incident_id == incident, Event.type.in_(TELLING))
    for seq, type_, line in session.execute(telling.order_by(Event.iseq)):
        silence.take(seq, type_, row.name, here(orjson.loads(line), seq)["body"])
    last = (
        select(Event.type, func.max(Event.seq))
        .where(Event.incident_id == incident, Event.type.in_((*DESCRIBING, RESTRICTED)))
        .group_by(Event.type)
    )
    return _Standing(row.name, row.stage not in LIVE, row.restricted, silence, dict(session.execute(last).all()))


def _detail(one: Named, type_: str, row: Any, standing: _Standing) -> Detail:
    kinds = DESCRIBING if type_ in DESCRIBING else (type_,)
    latest = one.seq == max((standing.latest.get(kind, -1) for kind in kinds), default=-1)
    return Detail(
        seq=one.seq,
        type=type_,
        name=one.name,
        digest=row.digest if row is not None else None,
        mute=bool(type_) and mute(standing.silence, one.seq, type_, standing.name),
        sealed=sealed_for_ever(standing.silence, one.seq),
        in_force=in_force(type_, one.name, latest=latest, exited=standing.exited, restricted=standing.restricted),
    )
