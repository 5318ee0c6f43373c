"""What happened to an incident, event by event, in plain sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from markupsafe import Markup, escape

from review.audit.events import TYPES
from review.audit.markup import apart, joined, table
from review.rules import vocabulary
from review.rules.dossier import Dossier, Record
from review.rules.grades import label
from review.rules.permissions import PERMISSIONS

WORDS: Mapping[str, str] = {"reason": "Reason:", "ground": "Ground:", "text": "In their words:"}
SOMEBODY: Mapping[str, str] = {
    "reviewer": "A reviewer", "lead": "A lead editor", "admin": "An admin", "auditor": "An auditor",
    "system": "The desk itself", "public": "A member of the public",
}  # fmt: skip
# Told in full by a section of their own.
ELSEWHERE = ("vote.", "claim.received", "settlement.argued", "dissent.")


def timeline(dossier: Dossier, shown: Iterable[Record]) -> Markup:
    """Every event that the bundle shows of the incident, the first one first."""
    rows = [(one.seq, one.day, _sentence(dossier, one), _by(one), _words(one)) for one in shown if one.iseq is not None]
    return table(("Event", "Day", "What", "Who", "Words"), rows)


class _Places(dict[str, Markup]):
    """What fills a sentence's places; a place that the bundle does not fill says so."""

    def __missing__(self, name: str) -> str:
        return "(not shown)"


def _sentence(dossier: Dossier, one: Record) -> Markup:
    values = {**one.body, **{name: one.sealed[name] for name in ("party", "position") if name in one.sealed}}
    filled = {name: apart(_word(name, value)) for name, value in values.items() if isinstance(value, str | int)}
    filled["actor"] = _named(one.role, one.actor)
    return escape(TYPES[one.type].sentence) % _Places(filled)


def _word(name: str, value: Any) -> Any:
    if name == "grade":
        return label(value)
    if name == "position":
        return vocabulary.POSITIONS.get(value, value)
    if name == "verb" and value in PERMISSIONS:
        return PERMISSIONS[value].sentence
    return value


def _by(one: Record) -> Markup:
    return Markup() if "%(actor)s" in TYPES[one.type].sentence else _named(one.role, one.actor)


def _named(role: str, actor: str) -> Markup:
    somebody = SOMEBODY.get(role, role)
    return escape(somebody) if role == "system" else Markup("{} ({})").format(somebody, apart(actor))


def _words(one: Record) -> Markup:
    return joined(_each(one), " ")


def _each(one: Record) -> Iterator[Markup]:
    if one.type.startswith(ELSEWHERE):
        return
    for name, words in WORDS.items():
        if one.sealed.get(name):
            yield Markup('{} <span class="words" dir="auto">{}</span>').format(words, one.sealed[name])
