"""Looking for words in claims as they were received, by the signs under which those are kept.

A sign is a whole telling word, folded, without its Arabic article. Redaction clears it with the claim's words.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, false, or_, select

from review.models import Claim, ClaimSign, Incident, session
from review.models.admissions import shown_to
from review.models.signs import WORD
from review.rules.folding import folded
from review.rules.mentions import telling_words
from review.rules.permissions import Actor

MOST_WORDS = 8
NEWEST = 1_000  # claims looked at for one word, so that a common word costs no more than a rare one


def claims_with(viewer: Actor, word: str) -> Subquery | None:
    """The newest claims in which a word stands, with their incidents; None for a word that tells nothing.

    Those of an incident that does not exist for the viewer take nobody's place among the newest either.
    """
    signs = sorted(telling_words(word))
    if not signs:
        return None
    statement = (
        select(ClaimSign.seq, Claim.incident_id)
        .join(Claim, Claim.seq == ClaimSign.seq)
        .join(Incident, Incident.id == Claim.incident_id)
        .where(ClaimSign.kind == WORD, ClaimSign.sign == signs[0], shown_to(viewer))
    )
    return statement.order_by(ClaimSign.seq.desc()).limit(NEWEST).subquery()


def in_claims(viewer: Actor, incidents: Collection[int], q: str) -> set[int]:
    """Those of the incidents in whose claims a word that is looked for stands."""
    words = folded(q).split()[:MOST_WORDS]
    found = [claims for word in words if (claims := claims_with(viewer, word)) is not None]
    if not found or not incidents:
        return set()
    said = or_(*(Claim.seq.in_(select(claims.c.seq)) for claims in found))
    return set(session.scalars(select(Claim.incident_id).where(Claim.incident_id.in_(incidents), said)))


def saying(q: str) -> list[ColumnElement[bool]]:
    """That a claim has every telling word that is looked for, or that name; where none of them tells, no claim."""
    words = sorted(telling_words(q))[:MOST_WORDS]
    if not q.strip():
        return []
    said = and_(*(Claim.seq.in_(_with(word)) for word in words)) if words else false()
    return [or_(Claim.name == q.strip(), said)]


def _with(sign: str) -> Select[Any]:
    return select(ClaimSign.seq).where(ClaimSign.kind == WORD, ClaimSign.sign == sign)
