"""Sources: attached, kept as our own copy, assessed, grouped by origin, withdrawn. A file is kept once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from review import store
from review.actions import rechecks
from review.actions.accounts import hold_files
from review.actions.act import Act, acting
from review.actions.uploads import PLAIN, Upload, media_of
from review.actions.verb import action
from review.audit import canonical
from review.audit.events.event import Event
from review.audit.events.grading import GradeProposed, ProposalVoided, RecheckOpened
from review.audit.events.sources import (
    SourceAssessed,
    SourceAttached,
    SourceCaptured,
    SourceGrouped,
    SourceWithdrawn,
)
from review.models import Capture, Source, SourceLink, session
from review.rules import sources, texts
from review.rules.errors import Invalid
from review.rules.permissions import Actor
from review.rules.rechecks import rests_on
from review.rules.sources import Assessment, SourceDraft
from review.rules.words import N_

CHECKED = "content"  # we hold the bytes: neither an empty nor a blocked capture


@action("attach_source", SourceAttached, SourceCaptured, ProposalVoided, GradeProposed)
def attach_source(actor: Actor, ref: str, *, draft: SourceDraft, content: Upload | None = None) -> int:
    """An address, a text or a file hangs in the incident under the next number, known once for the desk.

    A new origin moves the evidence; an echo of a known one does not.
    """
    with acting(actor, ref) as act:
        act.require("attach_source")
        attached = sources.attach(act.dossier, replace(draft, file=content is not None))
        copy = _copy(attached.draft, content)
        known = _known_source(_key(attached.draft, copy))
        _not_here_yet(act, known)
        event = _attached(attached, known.link)
        act.record(event)
        act.add(SourceLink(number=attached.number, source_id=known.id), event)
        if copy is not None:
            _capture(act, attached.number, copy)
    return attached.number


def _attached(attached: sources.Attached, link: str) -> SourceAttached:
    draft = attached.draft
    return SourceAttached(
        source=attached.number,
        material=attached.material,
        link=link,
        url=draft.url,
        title=draft.title,
        publisher=draft.publisher,
        kind=draft.provenance.sealed(),
        language=draft.language,
        published=draft.published,
        role=draft.role,
        origin=attached.origin,
        note=draft.note,
        publishable=draft.publishable,
    )


def _copy(draft: SourceDraft, content: Upload | None) -> tuple[Upload, str] | None:
    """What is to be kept of a source, with its media type."""
    if content is not None:
        return content, media_of(content)
    return (Upload(draft.text.encode()), PLAIN) if draft.text else None


def _key(draft: SourceDraft, copy: tuple[Upload, str] | None) -> str:
    """By what the desk knows the same source again: its address, else its very bytes, else its words."""
    if draft.url:
        return hashlib.sha256(sources.normalised_url(draft.url).encode()).hexdigest()
    if copy is not None:
        return hashlib.sha256(copy[0].content).hexdigest()
    words = "\n".join((draft.publisher or "", draft.title or "", draft.note or ""))
    return hashlib.sha256(words.encode()).hexdigest()


def _known_source(key: str) -> Source:
    """The one row of this source; two who attach it at once find the same."""
    dialect: Any = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    fresh = dialect.insert(Source).values(key=key, link=canonical.random_name())
    session.execute(fresh.on_conflict_do_nothing(index_elements=["key"]))
    return session.execute(select(Source).where(Source.key == key)).scalar_one()


def _not_here_yet(act: Act, known: Source) -> None:
    statement = select(SourceLink.number).where(
        SourceLink.incident_id == act.incident.id,
        SourceLink.source_id == known.id,
        SourceLink.withdrawn.is_(False),
    )
    number = session.execute(statement.limit(1)).scalar_one_or_none()
    if number is not None:
        raise Invalid({"url": N_("This is attached here already, as S%(same)s.")}, same=number)


def _capture(act: Act, number: int, copy: tuple[Upload, str]) -> str:
    upload, media = copy
    digest = _put(upload.content)
    if session.get(Capture, digest) is None:
        dialect: Any = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
        row = dialect.insert(Capture).values(sha256=digest, size=len(upload.content), media=media)
        session.execute(row.on_conflict_do_nothing(index_elements=["sha256"]))
    kept = {"sha256": digest, "size": len(upload.content), "media": media}
    act.record(SourceCaptured(source=number, file=kept, archive=None, checked=CHECKED))
    return digest


def _put(content: bytes) -> str:
    """Keep the bytes; until the act ends nobody lets go of them."""
    digest = store.objects().put_once(content)
    hold_files()
    if not store.objects().exists(digest):
        store.objects().put_once(content)
    return digest


@action("capture_source", SourceCaptured)
def capture_source(actor: Actor, ref: str, number: int, *, upload: Upload) -> str:
    """Our own copy of a source, kept once however often it comes; it does not move the evidence."""
    with acting(actor, ref) as act:
        act.require("capture_source")
        source = sources.the_source(act.dossier, number)
        media = media_of(upload)
        digest = hashlib.sha256(upload.content).hexdigest()
        if source.file and source.file.get("sha256") == digest:
            raise Invalid({"file": N_("This very file is kept for S%(same)s already.")}, same=number)
        return _capture(act, number, (upload, media))


@action("archive_source", SourceCaptured)
def archive_source(actor: Actor, ref: str, number: int, *, archive: str, checked: str | None = None) -> int:
    """Where an archive keeps a source, and whether there is anything in it; it does not move the evidence."""
    with acting(actor, ref) as act:
        act.require("archive_source")
        kept = sources.archive(act.dossier, number, archive, checked)
        event = SourceCaptured(source=number, file=None, archive=kept.address, checked=kept.checked)
        act.record(event)
    return event.seq or 0


@action("assess_source", SourceAssessed, ProposalVoided, GradeProposed)
def assess_source(
    actor: Actor,
    ref: str,
    number: int,
    *,
    role: str | None,
    publishable: bool,
    credibility: str | None = None,
    coherence: str | None = None,
    note: str | None = None,
    credibility_note: str | None = None,
    affiliated: str | None = None,
) -> int:
    """What is made of a source, whole each time; another role moves the evidence, the rest does not."""
    with acting(actor, ref) as act:
        act.require("assess_source")
        judged = sources.assess(
            act.dossier,
            number,
            Assessment(role, publishable, credibility, coherence, note, credibility_note, affiliated),
        )
        kept = judged.assessment
        event = SourceAssessed(
            source=number,
            material=judged.material,
            role=kept.role,
            publishable=kept.publishable,
            credibility=kept.credence.sealed(),
            coherence=kept.coherence,
            note=kept.note,
        )
        act.record(event)
        if not kept.publishable:
            act.later("forget_bundles", "forget_bundles", {})
    return event.seq or 0


@action("group_sources", SourceGrouped, ProposalVoided, GradeProposed)
def group_sources(actor: Actor, ref: str, *, origin: int, sources: Iterable[int], reason: str) -> int:
    """Sources that repeat one account count as one origin; one named as its own stands alone again."""
    with acting(actor, ref) as act:
        act.require("group_sources")
        grouped = _grouped(act, origin, tuple(sorted(set(sources))))
        event = SourceGrouped(
            origin=grouped.origin, sources=list(grouped.sources), reason=texts.reason(reason)
        )
        act.record(event)
    return event.seq or 0


def _grouped(act: Act, origin: int, numbers: tuple[int, ...]) -> sources.Grouped:
    if numbers == (origin,):
        return sources.separate(act.dossier, origin)
    return sources.group(act.dossier, origin, numbers)


@action("withdraw_source", SourceWithdrawn, ProposalVoided, GradeProposed, RecheckOpened)
def withdraw_source(actor: Actor, ref: str, number: int, *, reason: str) -> int:
    """A source is taken out with a reason; what was voted on it stands; a published grade is rechecked."""
    with acting(actor, ref) as act:
        act.require("withdraw_source")
        sources.withdraw(act.dossier, number)
        event = SourceWithdrawn(source=number, reason=texts.reason(reason))
        act.record(event)
        link = session.get(SourceLink, (act.incident.id, number))
        if link is not None:
            link.withdrawn = True
        _recheck(act, number, event)
    return event.seq or 0


def _recheck(act: Act, number: int, cause: Event) -> None:
    standing = act.dossier.determination
    if act.dossier.stage != "published" or standing is None or act.dossier.recheck:
        return
    if rests_on(act.dossier, standing, number):
        rechecks.follow(act, standing.version, cause)
