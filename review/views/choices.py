"""What a list offers to choose from: pairs of what the form sends and what the reader sees."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Flask
from flask_babel import gettext as _

from review.rules.permissions import ROLES
from review.views.words import joined, short_day, word

Pairs = list[tuple[Any, str]]


def register(app: Flask) -> None:
    """Offer these to every template as filters."""
    app.jinja_env.filters.update(suggested=suggested, advisable=advisable)
    app.jinja_env.filters.update(people=people, pairs=pairs, policies=policies, repeatable=repeatable, days=days)


def days(rows: Iterable[Any]) -> dict[str | None, str]:
    """Each day of a list in words, once: half of a list falls on the same few."""
    return {known: short_day(known) for known in {row.date for row in rows}}


def people(found: Iterable[Any]) -> Pairs:
    """People by id, each with their name and role where it is known."""
    return [(one.id, _person(one)) for one in found]


def _person(one: Any) -> str:
    role = getattr(one, "role", None)
    return _told(one.name, _(ROLES[role])) if role in ROLES else one.name or _("Somebody who left")


def _told(name: str, words: str) -> str:
    """A name and what is said of it; isolated, because the two may run from different sides."""
    return f"\u2068{name}\u2069 · {words}"


def suggested(advice: Any) -> Pairs:
    """The people of a suggestion by id, each with why they are suggested."""
    return [(one.reviewer.person, _told(one.reviewer.name, _why(one))) for one in advice.people]


def advisable(opening: Any) -> Pairs:
    """Everybody who may be asked, by id; those suggested first, with why."""
    first = suggested(opening.suggestion) if opening.suggestion else []
    known = {person for person, _words in first}
    return [*first, *people(one for one in opening.candidates if one.id not in known)]


def _why(one: Any) -> str:
    if one.reads:
        languages = joined(word(code, "source_language") for code in one.reads)
        return _("reads %(languages)s, owes %(count)s", languages=languages, count=one.reviewer.owed)
    if not one.reviewer.languages:
        return _("has not said what they read, owes %(count)s", count=one.reviewer.owed)
    return _("owes %(count)s", count=one.reviewer.owed)


def pairs(values: Iterable[str]) -> Pairs:
    """Values that stand for themselves."""
    return [(value, value) for value in values]


def policies(offers: Iterable[Any]) -> Pairs:
    """Policies by seq, each in a few words."""
    return [(offer.seq, _policy(offer.policy)) for offer in offers]


def _policy(policy: Any) -> str:
    words = _("%(id)s: %(required)s votes", id=policy.id, required=policy.required)
    return words + " · " + _("for use inside the desk") if policy.internal else words


def repeatable(sources: Iterable[Any]) -> Pairs:
    """Sources by number, as the account that another one may repeat."""
    return [(source.number, f"S{source.number} · \u2068{source.name[:80]}\u2069") for source in sources]
