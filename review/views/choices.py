"""What a list offers to choose from: pairs of what the form sends and what the reader sees."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Flask
from flask_babel import gettext as _

from review.rules.permissions import ROLES
from review.views.words import short_day

Pairs = list[tuple[Any, str]]


def register(app: Flask) -> None:
    """Offer these to every template as filters."""
    app.jinja_env.filters.update(people=people, pairs=pairs, policies=policies, repeatable=repeatable, days=days)


def days(rows: Iterable[Any]) -> dict[str | None, str]:
    """Each day of a list in words, once: half of a list falls on the same few."""
    return {known: short_day(known) for known in {row.date for row in rows}}


def people(found: Iterable[Any]) -> Pairs:
    """People by id, each with their name and role where it is known."""
    return [(one.id, _person(one)) for one in found]


def _person(one: Any) -> str:
    role = getattr(one, "role", None)
    return f"{one.name} · {_(ROLES[role])}" if role in ROLES else str(one.name)


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
    return [(source.number, f"S{source.number} · {source.name}"[:90]) for source in sources]
