"""What people read, and what an incident's material is written in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from review.models.dossiers import read_disclosure
from review.models.people import WorkingLanguage
from review.models.trail import Disclosure
from review.rules.dossier import Dossier


def languages_read(session: Any, people: Iterable[int]) -> dict[int, frozenset[str]]:
    """Person -> the languages they say they read; whoever has said nothing is not among them."""
    found: dict[int, set[str]] = {}
    statement = select(WorkingLanguage.person_id, WorkingLanguage.code)
    for person, code in session.execute(statement.where(WorkingLanguage.person_id.in_(list(people)))):
        found.setdefault(person, set()).add(code)
    return {person: frozenset(codes) for person, codes in found.items()}


def languages_of(session: Any, dossier: Dossier) -> tuple[str, ...]:
    """The languages of an incident's sources and claims, the most frequent first."""
    written = [source.language for source in dossier.attached]
    claims = [claim.seq for claim in dossier.claims if claim.grouped]
    statement = select(Disclosure.text).where(
        Disclosure.seq.in_(claims), Disclosure.name == "language", Disclosure.sealed.is_(False)
    )
    spoken = [read_disclosure(text)[1] for text in session.scalars(statement)] if claims else []
    counted = Counter(code for code in (*written, *spoken) if code)
    return tuple(sorted(counted, key=lambda code: (-counted[code], code)))
