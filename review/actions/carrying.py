"""What a merge or a split takes from one incident into another: claims grouped anew, sources attached anew."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import select

from review.actions.act import Act, Held
from review.actions.claims import put_claim, the_claim
from review.audit.events.incidents import ClaimUngrouped
from review.audit.events.sources import SourceAttached, SourceCaptured
from review.models import Source as KnownSource
from review.models import SourceLink, session
from review.rules import merging
from review.rules.dossier import Dossier, Source
from review.rules.merging import Moved
from review.rules.provenance import Kind


def carry(
    act: Act, one: Held, other: Held, there: Dossier, *, claims: Collection[int], sources: Iterable[Source], reason: str
) -> None:
    """Take claims and sources along, each with its event in each chain; `there` is the other as it stands."""
    for claim in sorted(set(claims)):
        row = the_claim(claim)
        act.record(ClaimUngrouped(claim=claim, reason=reason), held=one)
        row.stage, row.incident_id = "received", None
        put_claim(act, other, claim, reason)
    for moved in merging.moved(there, sources):
        _attach(act, other, moved)


def _attach(act: Act, other: Held, moved: Moved) -> None:
    source = moved.source
    event = SourceAttached(
        source=moved.number,
        material=moved.material,
        link=source.link,
        url=source.url,
        title=source.title,
        publisher=source.publisher,
        kind=Kind(source.kind, source.platform, source.affiliated).sealed(),
        language=source.language,
        published=source.published,
        role=source.role,
        origin=moved.origin,
        note=source.note,
        publishable=source.publishable,
    )
    act.record(event, held=other)
    known = session.execute(select(KnownSource.id).where(KnownSource.link == source.link)).scalar_one()
    act.add(SourceLink(incident_id=other.row.id, number=moved.number, source_id=known), event)
    if source.file or source.archive:
        kept = SourceCaptured(
            source=moved.number, file=source.file, archive=source.archive, checked=source.checked
        )
        act.record(kept, held=other)
