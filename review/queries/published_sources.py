"""The sources of a published version, as far as somebody marked them publishable, under the account they repeat."""

from __future__ import annotations

from dataclasses import dataclass, replace

from review.rules.dossier import Dossier, Record, Source

COUNTED_ROLES = ("supports_harm", "supports_attribution")


@dataclass(frozen=True, slots=True)
class Shown:
    """One source that somebody marked publishable."""

    number: int
    title: str | None
    publisher: str | None
    url: str | None
    language: str | None
    published: str | None
    role: str | None
    kept: bool
    withdrawn: bool
    kind: str | None
    platform: str | None
    affiliated: str | None
    credibility: str | None
    archive: str | None
    checked: str | None


@dataclass(frozen=True, slots=True)
class Origin:
    """The sources that repeat one root account."""

    name: str | None
    counted: bool
    sources: tuple[Shown, ...]


def sources(chain: list[Record], now: Dossier, then: Dossier) -> list[tuple[int, Shown]]:
    """(origin, source) of this version, as far as somebody says so still: a source's safety comes first."""
    allowed = _publishable_now(chain)
    found = []
    for source in then.sources:
        present = now.source(source.number)
        if present is None or not present.publishable or source.number not in allowed:
            continue
        if not source.withdrawn:
            found.append((source.origin, _shown(replace(source, withdrawn=present.withdrawn))))
    return found


def _publishable_now(chain: list[Record]) -> set[int]:
    """The numbers that the latest word of all, a muted one too, still calls publishable."""
    marked: dict[int, bool] = {}
    for record in chain:
        if record.type in ("source.attached", "source.assessed"):
            marked[record.body["source"]] = bool(record.sealed.get("publishable"))
    return {number for number, allowed in marked.items() if allowed}


def _shown(source: Source) -> Shown:
    return Shown(
        number=source.number,
        title=source.title,
        publisher=source.publisher,
        url=source.url,
        language=source.language,
        published=source.published,
        role=source.role,
        kept=source.file is not None,
        withdrawn=source.withdrawn,
        kind=source.kind,
        platform=source.platform,
        affiliated=source.affiliated,
        credibility=source.credibility,
        archive=source.archive,
        checked=source.checked,
    )


def grouped(shown: list[tuple[int, Shown]]) -> tuple[Origin, ...]:
    """The sources under the account they repeat, those that count first."""
    by_origin: dict[int, list[Shown]] = {}
    for origin, source in shown:
        by_origin.setdefault(origin, []).append(source)
    found = [_origin(origin, those) for origin, those in by_origin.items()]
    return tuple(sorted(found, key=lambda origin: (not origin.counted, origin.sources[0].number)))


def _origin(number: int, shown: list[Shown]) -> Origin:
    root = next((source for source in shown if source.number == number), shown[0])
    counted = any(source.role in COUNTED_ROLES and not source.withdrawn for source in shown)
    return Origin(root.publisher, counted, tuple(shown))
