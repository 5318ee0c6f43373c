"""The evidence of an incident as a page shows it: claims as received, sources under the account they repeat."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import select

from review import store
from review.models import Claim as ClaimRow
from review.models import Disclosure, Event, session
from review.models.dossiers import read_disclosure
from review.models.limits import warnings_of
from review.queries.gathered import gathered
from review.queries.reading import Reading, Way, read_incident
from review.queries.seen_claims import seen
from review.rules import dossier as values
from review.rules.errors import NotFound
from review.rules.permissions import Actor

# By what ending a kept file is saved; its media type is never sent.
ENDINGS = {
    "image/jpeg": ".jpg", "image/png": ".png", "image/gif": ".gif", "image/webp": ".webp", "application/pdf": ".pdf",
    "video/mp4": ".mp4", "video/quicktime": ".mov", "video/webm": ".webm", "audio/mpeg": ".mp3", "audio/wav": ".wav",
    "audio/ogg": ".ogg", "text/plain": ".txt", "text/csv": ".csv",
}  # fmt: skip
SHOWN_TEXT = 20_000  # bytes of a captured text that stand on the page; the file has the rest


@dataclass(frozen=True, slots=True)
class Claim:
    """One allegation in its own words, under its random name."""

    name: str
    day: str
    text: str
    language: str | None
    translation: str | None
    url: str | None
    grouped: bool


@dataclass(frozen=True, slots=True)
class File:
    """Our own copy of a source, by its SHA-256."""

    sha256: str
    size: int
    media: str


@dataclass(frozen=True, slots=True)
class Source:
    """One source as it hangs in this incident. `added_by`: for leads, never of one that is new to a round."""

    number: int
    name: str
    url: str | None
    publisher: str | None
    kind: str | None
    language: str | None
    published: str | None
    role: str | None
    origin: int
    note: str | None
    publishable: bool
    credibility: str | None
    coherence: str | None
    withdrawn: bool
    file: File | None
    archive: str | None
    checked: str | None
    platform: str | None
    affiliated: str | None
    credibility_note: str | None
    text: str | None
    added_by: str | None
    warning: str | None  # what somebody who looked says of it: graphic, calm

    @property
    def linked(self) -> bool:
        return bool(self.url and self.url.startswith(("http://", "https://")))

    @property
    def says_more(self) -> bool:
        """Whether anything stands below its line: words, a file, what the desk makes of it."""
        return bool(
            self.file or self.text or self.note or self.credibility or self.credibility_note or self.coherence
        )

    @property
    def archive_linked(self) -> bool:
        return bool(self.archive and self.archive.startswith(("http://", "https://")))


@dataclass(frozen=True, slots=True)
class Origin:
    """One root account and the sources that carry it. `counts`: it is one of the independent origins."""

    number: int
    name: str
    counts: bool
    statement: bool
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that a vote may rest on, with what was taken back kept below."""

    claims: tuple[Claim, ...]
    origins: tuple[Origin, ...]
    sources: tuple[Source, ...]  # those attached, by number
    withdrawn: tuple[Source, ...]
    independent: int
    links: int
    statements: int
    # What pages have made of it, where that is the same for everybody who is shown these sources.
    written: MutableMapping[Any, Any] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class SourcesPage:
    """The attached sources of an incident by number, for a form about them; `way` is what it still needs."""

    ref: str
    title: str
    sources: tuple[Source, ...]
    way: Way | None


@dataclass(frozen=True, slots=True)
class SourcePage:
    """One source of an incident, with what may be done to it."""

    ref: str
    title: str
    source: Source
    origins: tuple[tuple[int, str], ...]
    ways: Mapping[str, Way]


def evidence(reading: Reading) -> Evidence:
    """The claims and sources of an incident, the sources by origin."""
    known = reading.dossier
    warnings, adders, texts = warnings_of(session, reading.id), _adders(reading), _texts(known.sources)
    of = known.sources, known.origins, warnings, adders, texts
    found: Evidence = gathered(session.get_bind(), (reading.id, bool(adders)), of, lambda: _evidence(*of))
    return replace(found, claims=claims(reading))


def _evidence(
    sources: tuple[values.Source, ...], independent: frozenset[int], warnings: Mapping[int, str],
    adders: Mapping[int, str | None], texts: Mapping[str, str | None],
) -> Evidence:  # fmt: skip
    """All of it but the claims."""
    shown = [_source(source, warnings, adders, texts) for source in sources]
    attached = [source for source in shown if not source.withdrawn]
    statements = sum(source.role == "official" for source in attached)
    return Evidence(
        claims=(),
        origins=_origins(independent, attached),
        sources=tuple(sorted(attached, key=lambda source: source.number)),
        withdrawn=tuple(source for source in shown if source.withdrawn),
        independent=len(independent),
        links=len(attached) - statements,
        statements=statements,
    )


def claims(reading: Reading) -> tuple[Claim, ...]:
    """The claims grouped here, and those that were taken out again, in the order they were grouped."""
    known = reading.dossier.claims
    words = _claim_words([claim.seq for claim in known])
    return tuple(_claim(claim, words[claim.seq]) for claim in known if claim.seq in words)


def _claim_words(seqs: list[int]) -> dict[int, dict[str, Any]]:
    if not seqs:
        return {}
    rows = session.execute(
        select(Event.seq, Event.day, ClaimRow.name, Disclosure.text)
        .join(Disclosure, Disclosure.seq == Event.seq)
        .join(ClaimRow, ClaimRow.seq == Event.seq)
        .where(Event.seq.in_(seqs))
    )
    found: dict[int, dict[str, Any]] = {}
    for seq, day, called, text in rows:
        name, value = read_disclosure(text)
        found.setdefault(seq, {"day": day, "called": called})[name] = value
    return found


def _claim(claim: values.Claim, words: Mapping[str, Any]) -> Claim:
    return Claim(
        name=words["called"],
        day=words["day"],
        text=words.get("text") or "",
        language=words.get("language"),
        translation=words.get("translation"),
        url=words.get("url"),
        grouped=claim.grouped,
    )


def claim_named(viewer: Actor, name: str) -> int:
    """The receipt of the claim that an address names; NotFound where there is none for this viewer."""
    seq = session.execute(select(ClaimRow.seq).where(ClaimRow.name == name, seen(viewer))).scalar_one_or_none()
    if seq is None:
        raise NotFound
    return seq


def _adders(reading: Reading) -> dict[int, str | None]:
    """Source number -> who attached it: for a lead, and never of a source that is new to an open round."""
    if reading.viewer.role != "lead":
        return {}
    since = reading.sight().sources_since
    known = (source for source in reading.dossier.sources if since is None or source.seq < since)
    return {source.number: reading.names.get(source.by) for source in known}


def _source(
    source: values.Source, warnings: Mapping[int, str], adders: Mapping[int, str | None],
    texts: Mapping[str, str | None],
) -> Source:  # fmt: skip
    file = _file(source.file)
    return Source(
        number=source.number,
        name=source.title or source.publisher or source.url or "",
        url=source.url,
        publisher=source.publisher,
        kind=source.kind,
        language=source.language,
        published=source.published,
        role=source.role,
        origin=source.origin,
        note=source.note,
        publishable=source.publishable,
        credibility=source.credibility,
        coherence=source.coherence,
        withdrawn=source.withdrawn,
        file=file,
        archive=source.archive,
        checked=source.checked,
        platform=source.platform,
        affiliated=source.affiliated,
        credibility_note=source.credibility_note,
        text=texts.get(file.sha256) if file else None,
        added_by=adders.get(source.number),
        warning=warnings.get(source.number),
    )


def _file(kept: Mapping[str, Any] | None) -> File | None:
    if not kept:
        return None
    return File(kept["sha256"], int(kept.get("size") or 0), kept.get("media") or "application/octet-stream")


def _texts(sources: Iterable[values.Source]) -> dict[str, str | None]:
    """The words of the captured texts by their files, as they are kept now; anything else is never shown in a page."""
    files = [file for source in sources if source.file and (file := _file(source.file))]
    return {file.sha256: _text(file) for file in files if _is_shown(file)}


def _is_shown(file: File) -> bool:
    return file.media.startswith("text/plain") and file.size <= SHOWN_TEXT


def _text(file: File) -> str | None:
    try:
        return store.objects().get(file.sha256).decode("utf-8", "replace")
    except store.MissingObject:
        return None


def _origins(counted: frozenset[int], attached: list[Source]) -> tuple[Origin, ...]:
    by_number: dict[int, list[Source]] = {}
    for source in attached:
        by_number.setdefault(source.origin, []).append(source)
    found = [_origin(number, sources, number in counted) for number, sources in by_number.items()]
    return tuple(sorted(found, key=lambda origin: (not origin.counts, origin.statement, origin.number)))


def _origin(number: int, sources: list[Source], counts: bool) -> Origin:
    root = next((source for source in sources if source.number == number), sources[0])
    return Origin(
        number=number,
        name=root.publisher or root.name,
        counts=counts,
        statement=all(source.role == "official" for source in sources),
        sources=tuple(sources),
    )


def sources_page(viewer: Actor, ref: str, verb: str) -> SourcesPage:
    """What a form about sources offers to choose from, for whoever holds its verb."""
    reading = read_incident(viewer, ref, verb)
    return SourcesPage(reading.ref, reading.title, evidence(reading).sources, reading.way(verb))


def source_page(viewer: Actor, ref: str, number: int) -> SourcePage:
    """One source by its number in the incident."""
    reading = read_incident(viewer, ref)
    known = reading.dossier.source(number)
    if known is None:
        raise NotFound
    about = warnings_of(session, reading.id), _adders(reading), _texts(reading.dossier.sources)
    attached = [_source(source, *about) for source in reading.dossier.attached]
    return SourcePage(
        ref=reading.ref,
        title=reading.title,
        source=_source(known, *about),
        origins=tuple((origin.number, origin.name) for origin in _origins(reading.dossier.origins, attached)),
        ways=reading.ways("assess_source", "capture_source", "archive_source", "withdraw_source"),
    )


@dataclass(frozen=True, slots=True)
class Kept:
    """A kept file on its way out, as an attachment and never anything else."""

    name: str
    size: int
    blocks: Iterator[bytes]


def kept_file(viewer: Actor, ref: str, number: int) -> Kept:
    """The kept copy of a source, for whoever may read the incident; NotFound where there is none."""
    reading = read_incident(viewer, ref)
    known = reading.dossier.source(number)
    file = _file(known.file) if known else None
    if file is None or not store.objects().exists(file.sha256):
        raise NotFound
    name = f"{reading.name}-S{number}-{file.sha256[:12]}{ENDINGS.get(file.media, '.bin')}"
    return Kept(name, file.size, store.objects().stream(file.sha256))


def shown_whole(file: File) -> Iterator[bytes]:
    """All of a kept picture or recording, block by block; NotFound where it is gone."""
    if not store.objects().exists(file.sha256):
        raise NotFound
    return store.objects().stream(file.sha256)


def shown_part(file: File, start: int, end: int) -> bytes:
    """A part of a kept picture or recording, for whoever asked to see it; NotFound where it is gone."""
    try:
        return store.objects().range(file.sha256, start, end)
    except store.MissingObject as gone:
        raise NotFound from gone
