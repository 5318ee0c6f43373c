"""Words at the edge: keys, dates and numbers as the reader's language says them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

from babel import Locale, UnknownLocaleError, dates
from babel.lists import format_list
from flask import Flask
from flask_babel import format_datetime, format_decimal, get_locale, get_timezone
from markupsafe import Markup, escape

from review.queries.history import Letter, OurWord
from review.rules import (
    approval,
    corrections,
    facts,
    grades,
    import_notes,
    permissions,
    redaction,
    rounds,
    streams,
    submissions,
    tags,
    workflow,
)
from review.rules import vocabulary as record
from review.rules.words import N_
from review.views.catalogue import sentence as _

ROLES = {**permissions.ROLES, "public": N_("The public"), "system": N_("The desk itself")}
RESULTS = {
    "open": N_("still open"),
    "agreed": N_("agreed"),
    "disputed": N_("disputed"),
    "abandoned": N_("abandoned"),
}
CLAIM_STAGES = {
    "received": N_("received"),
    "grouped": N_("grouped"),
    "duplicate": N_("set aside as a duplicate"),
    "dismissed": N_("dismissed"),
    "withdrawn": N_("withdrawn"),
}
PROFILES = {"internal": N_("internal"), "court": N_("court"), "public": N_("public")}
OUTCOMES = {"confirmed": N_("confirmed"), "reopened": N_("reopened")}

ROUND_KINDS = {"first": N_("first"), "again": N_("again"), "second": N_("second vote")}
ANSWERS = {
    "assigned": N_("asked, not answered yet"),
    "voted": N_("has answered"),
    "abstained": N_("cannot judge"),
    "recused": N_("stepped back"),
    "released": N_("released"),
}

VOCABULARIES: dict[str, Mapping[str, str]] = {
    "role": ROLES,
    "stage": workflow.STAGES,
    "import_kind": import_notes.KINDS,
    "import_stage": import_notes.STAGES,
    "import_outcome": import_notes.OUTCOMES,
    "stream_mode": streams.MODES,
    "source_role": record.SOURCE_ROLES,
    "source_kind": record.SOURCE_KINDS,
    "source_language": record.LANGUAGES,
    "reliability": record.RELIABILITY,
    "credibility": record.CREDIBILITY,
    "platform": record.PLATFORMS,
    "checked": record.CAPTURE_STATES,
    "round_kind": ROUND_KINDS,
    "answer": ANSWERS,
    "ground": approval.GROUNDS,
    "result": RESULTS,
    "exclusion": rounds.EXCLUSIONS,
    "redaction": redaction.GROUNDS,
    "claim_stage": CLAIM_STAGES,
    "profile": PROFILES,
    "outcome": OUTCOMES,
    "submission_state": submissions.STATES,
    "submission_way": submissions.WAYS,
    "correction_outcome": corrections.OUTCOMES,
    "date_type": record.DATE_TYPES,
    "time_type": record.TIME_TYPES,
    "time_of_day": record.TIMES_OF_DAY,
    "strike_status": record.STRIKE_STATUSES,
    "strike_type": record.STRIKE_TYPES,
    "cause": record.CAUSES,
    "infrastructure": record.INFRASTRUCTURE,
    "damage": record.DAMAGES,
    "observation": record.OBSERVATIONS,
    "party_role": record.PARTY_ROLES,
    "position": record.POSITIONS,
    "category": record.CATEGORIES,
    "accuracy": record.ACCURACIES,
}


# Places of sentences that hold a key.
PLACES = {
    "mode": "stream_mode", "role": "role", "result": "result", "outcome": "outcome", "profile": "profile",
    "position": "position", "stage": "stage", "status": "strike_status", "languages": "source_language",
}  # fmt: skip


def register(app: Flask) -> None:
    """Offer these to every template as filters."""
    app.jinja_env.filters.update(
        word=word, grade_word=grade_word, day=day, short_day=short_day, moment=moment, number=number,
        range_text=range_text, language_name=language_name, cut=cut, lines=lines, said=said, who=who, listed=listed,
        called=called,
    )  # fmt: skip
    app.jinja_env.globals.update(
        about=about, vocabulary=vocabulary, isolated=isolated, rationale_tags=rationale_tags, comma=comma
    )  # fmt: skip


def word(key: str | None, vocabulary: str) -> str:
    """The reader's word for a key; the key itself where the vocabulary does not know it."""
    if not key:
        return ""
    known = VOCABULARIES[vocabulary].get(key)
    return _(known) if known else key


def called(named: Any) -> str | None:
    """A place as the reader's language calls it; by another of its names where it has none there."""
    return named.name((get_locale() or Locale("en")).language)


def rationale_tags() -> list[tuple[str, str]]:
    """What the reasons of a vote may turn on, in the reader's words."""
    return [(key, _(words)) for key, words in tags.TAGS.items()]


def vocabulary(name: str) -> list[tuple[str, str]]:
    """Every key of a vocabulary with the reader's word for it, for a list to choose from."""
    return [(key, _(words)) for key, words in VOCABULARIES[name].items()]


def grade_word(key: str | None) -> str:
    """The reader's word for a grade."""
    return _(grades.label(key)) if key else ""


class _Places(dict[str, Any]):
    """What fills a sentence's places; a place that nothing fills stays empty."""

    def __missing__(self, _name: str) -> str:
        return ""


def said(sentence: str, values: Mapping[str, Any] | None = None) -> Markup:
    """A sentence of the rules in the reader's language, each place filled in words and kept apart."""
    filled = _Places((name, _place(name, value)) for name, value in (values or {}).items())
    return escape(_(sentence)) % filled


def who(value: str) -> Markup:
    """Somebody in running text: a name, a letter, or a word of ours such as "A reviewer"."""
    return escape(_place("who", value))


def listed(values: Iterable[Any], shown: Callable[[Any], Markup] = escape) -> Markup:
    """Several things in running text, joined as the reader's language joins them; `shown` writes each, a macro say."""
    return Markup(joined(str(shown(value)) for value in values))  # noqa: S704  (escaped one by one)


def joined(values: Iterable[str]) -> str:
    """Several words, joined as the reader's language joins them."""
    known, locale = list(values), get_locale() or Locale("en")
    if len(known) == 2:
        # Babel has no pattern of its own for two in Arabic, and says the second one twice.
        patterns = locale.list_patterns.get("unit") or locale.list_patterns["unit-short"]
        return str(patterns.get("2", patterns["end"]).format(*known))
    return str(format_list(known, style="unit", locale=locale))


def comma() -> str:
    """Between two parts of one remark: the reader's own comma, so that none stands orphaned in a line of Arabic."""
    return "، " if (get_locale() or Locale("en")).language == "ar" else ", "


def isolated(value: str) -> Markup:
    """A typed name in running text, in its own direction."""
    return Markup("<bdi>{}</bdi>").format(value)


def _place(name: str, value: Any) -> Any:
    if isinstance(value, (tuple, list, frozenset)):
        return listed(value, lambda part: escape(_place(name, part)))
    if isinstance(value, facts.Range):
        return Markup('<bdi class="range">{}</bdi>').format(range_text(value))
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, OurWord):
        return _(value)
    if isinstance(value, Letter):
        return _("Reviewer %(letter)s", letter=value)
    if isinstance(value, str):
        return isolated(_word_in_place(name, value))
    return value


def _word_in_place(name: str, value: str) -> str:
    if name in ("grade", "other", "settled"):
        return grade_word(value)
    if name == "day":
        return day(value)
    return word(value, PLACES[name]) if name in PLACES else value


def day(value: str | date | datetime | None) -> str:
    """A day in running text: 14 March 2031. What is no date stays as it came."""
    return _formatted_day(value, "d MMMM y")


def short_day(value: str | date | datetime | None) -> str:
    """A day in a table: 14 Mar 2031."""
    return _formatted_day(value, "d MMM y")


def short_days(first: str | None, last: str | None = None) -> str:
    """The day of a table's row, or the first and the last of several: 14 Mar 2031–16 Mar 2031."""
    several = last is not None and last != first
    return f"{short_day(first)}–{short_day(last)}" if several else short_day(first)


def days_text(known: facts.Facts) -> str:
    """When it happened as surely as it is known: a day, about a day, or some moment of a range of days."""
    if known.date_end and known.date_end != known.date:
        return _("between %(first)s and %(last)s", first=day(known.date), last=day(known.date_end))
    return _("about %(day)s", day=day(known.date)) if known.date_type == "unknown" else day(known.date)


def moment(value: datetime | None) -> str:
    """A moment in the reader's zone, named by how far it is from UTC: 14 Mar 2031, 05:58 UTC, or 08:58 UTC+3."""
    if value is None:
        return ""
    here = value.astimezone(get_timezone() or UTC)
    return format_datetime(here, f"d MMM y'{comma()}'HH:mm", rebase=False) + " " + _offset(here)


def _offset(here: datetime) -> str:
    minutes = int((here.utcoffset() or timedelta()).total_seconds()) // 60
    if not minutes:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes > 0 else '-'}{hours}" + (f":{rest:02d}" if rest else "")


def number(value: int | None) -> str:
    """A count, thousands parted by a thin space."""
    if value is None:
        return "–"
    if get_locale() is not None and str(get_locale()).startswith("en"):
        return f"{value:,}".replace(",", "\u202f")
    return str(format_decimal(value))


def range_text(value: facts.Range | None) -> str:
    """Fewest to most: `3–5`, also `3–3`; a half-known range says which half; an unknown one is not known."""
    if value is None or not value.known:
        return _("not known")
    if value.minimum is None:
        return _("at most %(n)s", n=number(value.maximum))
    if value.maximum is None:
        return _("at least %(n)s", n=number(value.minimum))
    return f"{number(value.minimum)}–{number(value.maximum)}"


def language_name(code: str | None) -> str:
    """A language by its name in the reader's own."""
    return _language_in_words(code, str(get_locale() or "")) if code else ""


@lru_cache(maxsize=1024)
def _language_in_words(code: str, locale: str) -> str:
    try:
        return Locale.parse(code.replace("-", "_")).get_display_name(locale or None) or code
    except (UnknownLocaleError, ValueError):
        return code


def cut(digest: str | None, kept: int = 6) -> str:
    """A digest cut in the middle, for the eye; the whole one stands beside it where it can be copied."""
    if not digest or len(digest) <= 2 * kept + 1:
        return digest or ""
    return f"{digest[:kept]}…{digest[-kept:]}"


def lines(text: str | None) -> Markup:
    """Typed text as paragraphs, each in its own direction."""
    parts = re.split(r"\n\s*\n", (text or "").replace("\r\n", "\n"))
    parts = [part.strip() for part in parts if part.strip()]
    written = [str(escape(part)).replace("\n", "<br>") for part in parts]
    return Markup("".join(f'<p dir="auto">{part}</p>' for part in written))  # noqa: S704  (escaped above)


def about(field: Any, hint: str | None = None, *, required: bool | None = None) -> Markup:
    """What a control says of itself to those who hear the page: its hint, its errors, that it is required."""
    described = [f"{field.id}-hint"] if hint else []
    described += [f"{field.id}-error"] if field.errors else []
    parts = ['aria-invalid="true"'] if field.errors else []
    parts += [f'aria-describedby="{" ".join(described)}"'] if described else []
    parts += ["required"] if (bool(field.flags.required) if required is None else required) else []
    return Markup("".join(f" {part}" for part in parts))  # noqa: S704  (ids are our own field names)


def _formatted_day(value: str | date | datetime | None, pattern: str) -> str:
    if value is None:
        return ""
    known = _date(value)
    return _day_in_words(known, pattern, str(get_locale() or "en")) if known else str(value)


@lru_cache(maxsize=4096)
def _day_in_words(known: date, pattern: str, locale: str) -> str:
    return str(dates.format_date(known, pattern, locale=locale))


def _date(value: str | date | datetime) -> date | None:
    if isinstance(value, datetime):
        return value.astimezone(UTC).date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        return None
