"""Which of an incident's sources its page shows: filters that stand in the address."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import Flask, request
from flask_babel import get_locale
from flask_babel import gettext as _

from review.views.words import language_name, word

MARK = "only-"
NAMES = ("kind", "language", "platform", "origin", "cited")
UNSAID = "-"


@dataclass(frozen=True, slots=True)
class Facet:
    """One filter: its name in the address, its label, and its values, each in words with how many sources have it."""

    name: str
    label: str
    choices: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class SourceFilters:
    """The filters as the address carries them; an empty one lets everything through."""

    kind: str = ""
    language: str = ""
    platform: str = ""
    origin: str = ""
    cited: str = ""

    @property
    def query(self) -> dict[str, str]:
        """The filters that are set, as an address carries them."""
        return {MARK + name: getattr(self, name) for name in NAMES if getattr(self, name)}

    def shows(self, source: Any, cited: bool) -> bool:
        """True where a source passes every filter."""
        return all((
            self.kind in ("", source.kind or UNSAID),
            self.language in ("", source.language or UNSAID),
            self.platform in ("", source.platform or UNSAID),
            self.origin in ("", str(source.origin)),
            self.cited in ("", "yes" if cited else "no"),
        ))  # fmt: skip


def register(app: Flask) -> None:
    """Offer the filters to the template of an incident."""
    app.jinja_env.globals.update(narrowing=narrowing, facets=facets)
    app.jinja_env.filters["shown_by"] = shown_by


@dataclass(frozen=True, slots=True)
class Shown:
    """The numbers of the sources that the page shows, and of the origins that any of them repeats; `all`: every one."""

    sources: frozenset[int]
    origins: frozenset[int]
    all: bool = False


def shown_by(sources: Iterable[Any], wanted: SourceFilters, cast: Any) -> Shown:
    """The sources that pass the filters; `cast` is the ballot as it stands."""
    known = tuple(sources)
    if wanted.query:
        known = tuple(one for one in known if wanted.shows(one, cast.chosen("sources", one.number)))
    return Shown(frozenset(one.number for one in known), frozenset(one.origin for one in known), not wanted.query)


def narrowing() -> SourceFilters:
    """The filters of this request's address, or of the form that was sent with them."""
    return SourceFilters(**{name: request.values.get(MARK + name, "")[:100] for name in NAMES})


def facets(evidence: Any) -> list[Facet]:
    """The filters worth offering: those by which the sources differ. Gone through once for a language."""
    key = "facets", str(get_locale())
    if key not in evidence.written:
        evidence.written[key] = _facets(evidence)
    found: list[Facet] = evidence.written[key]
    return found


def _facets(evidence: Any) -> list[Facet]:
    found = [
        _facet("kind", _("Kind"), evidence.sources, lambda key: word(key, "source_kind")),
        _facet("language", _("Language"), evidence.sources, language_name),
        _facet("platform", _("Platform"), evidence.sources, lambda key: word(key, "platform")),
        _origins(evidence.origins),
    ]
    return [facet for facet in found if len(facet.choices) > 1]


def _facet(name: str, label: str, sources: Iterable[Any], said: Any) -> Facet:
    counted = Counter(getattr(source, name) or UNSAID for source in sources)
    known = [(key, said(key) if key != UNSAID else _("not said"), count) for key, count in counted.items()]
    known.sort(key=lambda choice: (-choice[2], choice[1]))
    return Facet(name, label, tuple((key, f"{words} ({count})") for key, words, count in known))


def _origins(origins: Iterable[Any]) -> Facet:
    known = ((str(one.number), f"{one.number} · \u2068{one.name[:60]}\u2069 ({len(one.sources)})") for one in origins)
    return Facet("origin", _("Origin"), tuple(known))
