"""References: the first code where it is unique, else the incident's own name."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from sqlalchemy import Select, bindparam, select

from review.models.incidents import Incident, IncidentCode
from review.rules.errors import NotFound

PLAIN = re.compile(r"[^\s/\\?#%]+")
NAME = re.compile(r"i-[a-z2-7]{16}")  # of an incident, as it is drawn once
# Built once: every page and every act of an incident asks by these.
_NAMED = select(Incident.id).where(Incident.name == bindparam("ref"))
_CODED = select(IncidentCode.incident_id).where(IncidentCode.folded == bindparam("code")).distinct().limit(2)
# What was merged into another leaves a code that both have to the other.
_CODED_HERE = _CODED.where(
    IncidentCode.incident_id.in_(select(Incident.id).where(Incident.merged_into.is_(None)))
)
NO_CODES = (".", "..", "new")  # steps of a path, and a page of ours


def stands_in_address(code: str) -> bool:
    """Whether an address may carry the code; /desk/incidents/A/B would be another page."""
    return PLAIN.fullmatch(code) is not None and code not in NO_CODES


def folded_code(code: str) -> str:
    """A code as it is looked up: letters in one case, no space around."""
    return unicodedata.normalize("NFKC", code).strip().casefold()


def find_incident(session: Any, ref: str) -> int:
    """The id of the incident that `ref` names; NotFound where none or more than one answers to it."""
    named = session.execute(_NAMED, {"ref": ref}).scalar_one_or_none()
    if named is not None:
        return int(named)
    found = session.execute(_CODED, {"code": folded_code(ref)}).scalars().all()
    if len(found) > 1:
        found = session.execute(_CODED_HERE, {"code": folded_code(ref)}).scalars().all()
    if len(found) != 1:
        raise NotFound
    return int(found[0])


class Finding:
    """How an incident is found and read at once: `columns` of it, its id, name and code among them."""

    def __init__(self, columns: Select[Any]) -> None:
        coded = select(IncidentCode.incident_id).where(IncidentCode.folded == bindparam("code"))
        self._named = columns.where(Incident.name == bindparam("ref"))
        self._coded = columns.where(Incident.id.in_(coded)).limit(2)
        self._here = columns.where(Incident.id == bindparam("id"))

    def find(self, session: Any, ref: str, **values: Any) -> tuple[Any, str]:
        """The incident that `ref` names and the reference that its address carries; NotFound as `find_incident`."""
        ask = session.connection().execute
        named = ask(self._named, {**values, "ref": ref}).one_or_none() if NAME.fullmatch(ref) else None
        if named is not None:
            return named, ref_of(session, named)
        code = folded_code(ref)
        found = ask(self._coded, {**values, "code": code}).all()
        if len(found) == 1 and folded_code(found[0].code or "") == code:
            return found[0], found[0].code  # nothing else answers to it
        row = ask(self._here, {**values, "id": find_incident(session, ref)}).one()
        return row, ref_of(session, row)


def aliases(session: Any, code: str) -> list[str]:
    """The names of the incidents to which a code leads because another that has it was merged into them."""
    return onward(session, select(IncidentCode.incident_id).where(IncidentCode.folded == folded_code(code)))


def onward(session: Any, incidents: Select[Any]) -> list[str]:
    """The names of what these incidents were merged into, and of what those were, to the end."""
    merged = select(Incident.merged_into).where(Incident.merged_into.is_not(None))
    found: list[str] = []
    names = session.execute(merged.where(Incident.id.in_(incidents))).scalars().all()
    while names:
        found += names
        names = [one for one in session.execute(merged.where(Incident.name.in_(names))).scalars() if one not in found]
    return found


def ref_of(session: Any, incident: Any) -> str:
    """The reference that the incident's address carries."""
    if not incident.code:
        return incident.name
    found = session.execute(_CODED, {"code": folded_code(incident.code)}).scalars().all()
    return incident.code if len(found) == 1 else incident.name
