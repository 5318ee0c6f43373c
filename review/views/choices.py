"""What a list offers to choose from: pairs of what the form sends and what the reader sees."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask
from flask_babel import gettext as _
from flask_babel import ngettext

from review.queries.care import mail_is_sent
from review.rules import accounts
from review.rules.care import BREAKS, DAILY, NEVER, ONCE
from review.rules.permissions import ROLES
from review.views.words import joined, short_days, word

Pairs = list[tuple[Any, str]]


def register(app: Flask) -> None:
    """Offer these to every template as filters."""
    app.jinja_env.filters.update(suggested=suggested, advisable=advisable)
    app.jinja_env.globals.update(account_words=accounts)
    app.jinja_env.globals.update(break_choices=break_choices, mail_choices=mail_choices, mail_hint=mail_hint)
    app.jinja_env.filters.update(people=people, pairs=pairs, policies=policies, repeatable=repeatable, days=days)


def days(rows: Iterable[Any]) -> dict[tuple[str | None, str | None], str]:
    """The days of a list in words, each once: half of a list falls on the same few."""
    return {known: short_days(*known) for known in {(row.date, row.date_end) for row in rows}}


def people(found: Iterable[Any]) -> Pairs:
    """People of a list by id, each with their name and role where it is known."""
    return [(one.id, _person(one, _listed)) for one in found]


def _person(one: Any, told: Callable[[str, str], str]) -> str:
    role = getattr(one, "role", None)
    return told(one.name, _(ROLES[role])) if role in ROLES else one.name or _("Somebody who left")


def _told(name: str, words: str) -> str:
    """A name and what is said of it; isolated, because the two may run from different sides."""
    return f"\u2068{name}\u2069 · {words}"


def _listed(name: str, words: str) -> str:
    """The same in a list that is searched by typing how a name begins: no mark that nobody sees stands before it."""
    return f"{name} · \u2068{words}\u2069"


def suggested(advice: Any) -> Pairs:
    """The people of a suggestion by id, each with why they are suggested."""
    return [(one.reviewer.person, _told(one.reviewer.name, _why(one))) for one in advice.people]


def advisable(opening: Any) -> Pairs:
    """Everybody who may be asked, by id; those suggested first, with why."""
    first = suggested(opening.suggestion) if opening.suggestion else []
    known = {person for person, _words in first}
    return [*first, *((one.id, _person(one, _told)) for one in opening.candidates if one.id not in known)]


def _why(one: Any) -> str:
    owed = one.reviewer.owed
    if one.reads:
        languages = joined(word(code, "source_language") for code in one.reads)
        return ngettext(
            "reads %(languages)s, owes %(count)s vote", "reads %(languages)s, owes %(count)s votes",
            owed, languages=languages, count=owed,
        )  # fmt: skip
    if not one.reviewer.languages:
        return ngettext(
            "has not said what they read, owes %(count)s vote", "has not said what they read, owes %(count)s votes",
            owed, count=owed,
        )  # fmt: skip
    return ngettext("owes %(count)s vote", "owes %(count)s votes", owed, count=owed)


def break_choices() -> Pairs:
    """After how long at the desk a break is suggested."""
    return [("", _("Never")), *((minutes, _after(minutes)) for minutes in BREAKS)]


def _after(minutes: int) -> str:
    return ngettext("after %(minutes)s minute", "after %(minutes)s minutes", minutes, minutes=minutes)


def mail_choices() -> Pairs:
    """How a person wants to hear by mail."""
    return [(DAILY, _("Once a day, what is new")), (ONCE, _("Each at once")), (NEVER, _("None"))]


def mail_hint() -> str:
    """Whether mail is sent at all, and what stands in it."""
    if not mail_is_sent():
        return _("This desk sends no mail now; everything stands in your inbox.")
    return _("No word and no name of an incident stands in a mail. Mails about your own log-in are always sent.")


def pairs(values: Iterable[str]) -> Pairs:
    """Values that stand for themselves."""
    return [(value, value) for value in values]


def policies(offers: Iterable[Any]) -> Pairs:
    """Policies by seq, each in a few words."""
    return [(offer.seq, _policy(offer.policy)) for offer in offers]


def _policy(policy: Any) -> str:
    required = policy.required
    words = ngettext(
        "%(id)s: %(required)s vote", "%(id)s: %(required)s votes", required, id=policy.id, required=required
    )
    return words + " · " + _("for use inside the desk") if policy.internal else words


def repeatable(sources: Iterable[Any]) -> Pairs:
    """Sources by number, as the account that another one may repeat."""
    return [(source.number, f"S{source.number} · \u2068{source.name[:80]}\u2069") for source in sources]
