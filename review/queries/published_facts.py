"""The facts with which incidents were published, for lists: an incident's own row has those of today."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import func, select

from review.models import Determination, Disclosure, Event, Incident, session
from review.models.dossiers import read_disclosure
from review.models.public_codes import owners
from review.models.refs import folded_code, stands_in_address
from review.rules.facts import Facts
from review.rules.redaction import DESCRIBING


def facts_as_published(rows: Iterable[Incident]) -> dict[int, Facts]:
    """The facts that each version which stands was published with: what was written later waits for the next.

    Nothing of an incident whose facts were removed since.
    """
    ids = [row.id for row in rows]
    if not ids:
        return {}
    last = (
        select(func.max(Event.seq).label("seq"), Event.incident_id.label("incident_id"))
        .join(Incident, Incident.id == Event.incident_id)
        .join(
            Determination,
            (Determination.incident_id == Incident.id) & (Determination.version == Incident.version),
        )
        .where(Event.incident_id.in_(ids), Event.type.in_(DESCRIBING))
        .where(Event.seq <= Determination.seq)
        .group_by(Event.incident_id)
        .subquery()
    )
    sealed = session.execute(
        select(last.c.incident_id, Disclosure.text).join(
            Disclosure, (Disclosure.seq == last.c.seq) & (Disclosure.name == "facts")
        )
    )
    return {incident: Facts.from_dict(read_disclosure(text)[1]) for incident, text in sealed}


def refs_as_published(rows: Iterable[Incident], facts: Mapping[int, Facts]) -> dict[int, str]:
    """What public addresses carry: the first code that was published, where it is this incident's alone, else the name.

    Today's first code may be one that no version has told yet.
    """
    listed = list(rows)
    first = {row.id: code for row in listed for code in facts.get(row.id, Facts()).codes[:1] if stands_in_address(code)}
    known = owners(session, {folded_code(code) for code in first.values()}) if first else {}
    return {
        row.id: first[row.id] if row.id in first and known.get(folded_code(first[row.id])) == row.id else row.name
        for row in listed
    }
