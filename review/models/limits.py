"""The limits that people set for themselves, and what of an incident may show harm: looked up for the rule."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import Any

import orjson
from sqlalchemy import and_, bindparam, select

from review.models.care import Care, SourceWarning
from review.models.people import Participation
from review.models.trail import Event
from review.rules import care
from review.rules.care import Settings
from review.rules.dossier import Dossier

A_WEEK = timedelta(days=6)  # and today
_WARNINGS = select(SourceWarning.number, SourceWarning.word).where(SourceWarning.incident_id == bindparam("incident"))


def settings_of(session: Any, people: Iterable[int]) -> dict[int, Settings]:
    """What each of these people set for themselves; whoever set nothing is not among them."""
    rows = session.execute(
        select(
            *(Care.person_id, Care.media, Care.per_day, Care.per_week),
            *(Care.no_graphic, Care.break_after, Care.mail),
        ).where(Care.person_id.in_(list(people)))
    )
    return {row.person_id: Settings(*row[1:]) for row in rows}


def settings_for(session: Any, person: int | None) -> Settings:
    """One person's settings, the defaults where they set nothing."""
    return settings_of(session, [person or 0]).get(person or 0, Settings())


def warnings_of(session: Any, incident: int) -> dict[int, str]:
    """The warnings of an incident's sources by their numbers."""
    return dict(session.execute(_WARNINGS, {"incident": incident}).all())


def may_show_harm(session: Any, incident: int, dossier: Dossier) -> bool:
    """Whether any source that is attached may show harm."""
    warnings = warnings_of(session, incident)
    return any(
        care.graphic(warnings.get(source.number), (source.file or {}).get("media")) for source in dossier.attached
    )


def taken(session: Any, person: int, today: date) -> tuple[int, int]:
    """In how many rounds somebody was asked today, and in these seven days, in UTC: what they owe, never what they
    answered."""
    return _taken(session, [person], today)[person]


def _taken(session: Any, people: Collection[int], today: date) -> dict[int, tuple[int, int]]:
    """The same of several people, all in one statement."""
    first = (today - A_WEEK).isoformat()
    heads = select(Event.seq).where(Event.type == "log.heads", Event.day < first).order_by(Event.seq.desc()).limit(1)
    taking_part = and_(Participation.incident_id == Event.incident_id, Participation.person_id.in_(people))
    statement = (
        select(Participation.person_id, Event.day, Event.line, Participation.pseudonym)
        .join(Participation, taking_part)
        .where(Event.type == "reviewer.assigned", Event.seq > (session.scalar(heads) or 0) - 1, Event.day >= first)
    )
    asked: dict[int, list[str]] = {person: [] for person in people}
    for person, day, line, who in session.execute(statement):
        if orjson.loads(line)["body"]["who"] == who:
            asked[person].append(day)
    return {person: (days.count(today.isoformat()), len(days)) for person, days in asked.items()}


def is_spent(session: Any, person: int | None, today: date) -> bool:
    """Whether somebody has taken on as much as they wanted to."""
    settings = settings_for(session, person)
    if settings.per_day is None and settings.per_week is None:
        return False
    of_today, of_week = taken(session, person or 0, today)
    return care.spent(settings, today=of_today, this_week=of_week)


class Limits:
    """The limits of some people and what they were asked already, read once for however many incidents."""

    def __init__(self, session: Any, people: Iterable[int], today: date) -> None:
        self._session = session
        self._limited = {one: kept for one, kept in settings_of(session, people).items() if kept.limited}
        self._taken = _taken(session, list(self._limited), today) if self._limited else {}

    def away(self, incident: int, dossier: Dossier) -> frozenset[int]:
        """Those of whom, by their own limits, this incident is not asked now. Why is nobody's but theirs."""
        if not self._limited:
            return frozenset()
        is_graphic = may_show_harm(self._session, incident, dossier)
        return frozenset(
            person
            for person, settings in self._limited.items()
            if not care.available(
                settings, today=self._taken[person][0], this_week=self._taken[person][1], is_graphic=is_graphic
            )
        )


def not_available(
    session: Any, people: Iterable[int], incident: int, dossier: Dossier, today: date
) -> frozenset[int]:
    """Those of these people of whom, by their own limits, this one incident is not asked now."""
    return Limits(session, people, today).away(incident, dossier)
