"""What a person set for themselves, the views they saved, and the page of help as this desk has it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl

from sqlalchemy import bindparam, select

from review import clock, config
from review.models import HelpText, Person, SavedView, session
from review.models.limits import is_spent, settings_for, taken
from review.rules.care import Settings, spent
from review.rules.permissions import Actor

ITEM = "- "
_VIEW = SavedView.__table__.c
# Built once: every list of the desk asks for them.
_VIEWS = (
    select(_VIEW.id, _VIEW.name, _VIEW.query)
    .where(_VIEW.person_id == bindparam("person"), _VIEW.place == bindparam("place"))
    .order_by(_VIEW.name)
)


@dataclass(frozen=True, slots=True)
class OwnSettings:
    """What somebody set, and how much of it is used: for themselves alone."""

    settings: Settings
    today: int
    this_week: int
    spent: bool


@dataclass(frozen=True, slots=True)
class View:
    """A list that somebody saved, as its address carries it."""

    id: int
    name: str
    query: str

    @property
    def filters(self) -> dict[str, str]:
        """Its filters by name."""
        return dict(parse_qsl(self.query))


@dataclass(frozen=True, slots=True)
class WrittenHelp:
    """The page of help in one language as this desk wrote it, when, and by whom as far as they are still known."""

    text: str
    day: str
    by: str | None


def own_settings(viewer: Actor) -> OwnSettings:
    """What this person set for themselves."""
    today = clock.now().date()
    of_today, of_week = taken(session, viewer.person or 0, today)
    settings = settings_for(session, viewer.person)
    return OwnSettings(settings, of_today, of_week, spent(settings, today=of_today, this_week=of_week))


def reached(viewer: Actor) -> bool:
    """Whether this person has taken on as much as they wanted to, for now."""
    return is_spent(session, viewer.person, clock.now().date())


def views(viewer: Actor, place: str) -> tuple[View, ...]:
    """The views of one list that a person saved, by name."""
    rows = session.connection().execute(_VIEWS, {"person": viewer.person, "place": place})
    return tuple(View(*row) for row in rows)


def help_page() -> dict[str, WrittenHelp]:
    """What this desk wrote of it, by language; our own text stands in the others."""
    rows = session.execute(
        select(HelpText.language, HelpText.text, HelpText.changed_at, Person.name).outerjoin(
            Person, Person.id == HelpText.changed_by
        )
    )
    return {language: WrittenHelp(text, clock.day(at), name) for language, text, at, name in rows}


def own_text(translated: list[str]) -> str:
    """Our own text in one language, as an admin would write it."""
    lines: list[str] = []
    for line in translated:
        apart = not (lines and lines[-1].startswith(ITEM) and line.startswith(ITEM))
        lines += ["", line] if lines and apart else [line]
    return "\n".join(lines)


def mail_is_sent() -> bool:
    """Whether this desk sends mail at all."""
    return bool(config.smtp_url())
