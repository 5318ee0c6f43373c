"""What everybody may read. It takes no viewer, and shows nothing that the public bundle lacks."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, func, select

from review.models import Determination, Incident, Stream, session
from review.models.public_codes import merged_under
from review.models.refs import folded_code
from review.models.search import PUBLIC, folded
from review.queries import places
from review.queries.found import Asked, Found, found
from review.queries.published_facts import facts_as_published, refs_as_published
from review.rules.facts import Casualties, Facts, Place
from review.rules.grades import RESULTS

ROWS = 50
LATEST = 8
COUNTED = 1_000  # no further; the page then says "at least"


@dataclass(frozen=True, slots=True)
class Listed:
    """One published incident in a list."""

    ref: str
    named: Place | None
    summary: str | None
    date_type: str
    date: str | None
    date_end: str | None
    grade: str
    casualties: Casualties
    legacy: bool
    version: int
    recheck: bool
    stream: str
    earlier: str | None  # the earlier code by which it was found

    def name(self, language: str) -> str:
        """The place as this language calls it; the reference where the place has no name."""
        return (self.named.name(language) if self.named else None) or self.ref

    @property
    def place(self) -> str:
        """The place in English where it has a name in it, as programs read it."""
        return self.name("en")


@dataclass(frozen=True, slots=True)
class Count:
    """How many, as far as it was counted: `more` where there may be more than that."""

    number: int
    more: bool


@dataclass(frozen=True, slots=True)
class Unassessed:
    """A stream that is logged and not graded, and how many of its incidents wait there."""

    slug: str
    name: str
    mode: str
    since: str
    reason: str | None
    logged: Count


@dataclass(frozen=True, slots=True)
class FrontPage:
    """What this is, what was published last, and what is logged and not assessed."""

    latest: tuple[Listed, ...]
    unassessed: tuple[Unassessed, ...]


@dataclass(frozen=True, slots=True)
class ListPage:
    """Published incidents, the latest entered first, with the filters that made the list; `after` continues it."""

    rows: tuple[Listed, ...]
    found: Count
    q: str
    grade: str
    stream: str
    grades: tuple[str, ...]
    streams: tuple[tuple[str, str], ...]
    unassessed: tuple[Unassessed, ...]
    newer: str | None
    older: str | None
    after: str | None
    cut: bool = False  # of words that no index knows only the newest were looked through

    @property
    def query(self) -> dict[str, str]:
        """The filters as an address carries them."""
        pairs = {"q": self.q, "grade": self.grade, "stream": self.stream}
        return {name: value for name, value in pairs.items() if value}

    @property
    def filtered(self) -> bool:
        return bool(self.q or self.grade or self.stream)


def front_page() -> FrontPage:
    """The newest determinations; imported ones only where nothing was published here yet."""
    published = _latest("published")
    return FrontPage(published or _latest("legacy"), unassessed())


def _latest(kind: str) -> tuple[Listed, ...]:
    statement = (
        select(Incident)
        .join(Determination, Determination.incident_id == Incident.id)
        .where(Determination.kind == kind, Determination.version == Incident.version)
        .where(Incident.public, Incident.grade_kind == kind)
        .order_by(Determination.seq.desc())
        .limit(LATEST)
    )
    return _listed(list(session.scalars(statement)))


def list_page(
    q: str = "", grade: str = "", stream: str = "", before: int | None = None, most: int = ROWS
) -> ListPage:
    """One page of the list, by filters; `before` is where the page before it ended."""
    rows, count, after, cut = _page(q, grade, stream, before, most)
    filters = {name: value for name, value in (("q", q), ("grade", grade), ("stream", stream)) if value}
    behind = places.words_of(after)
    return ListPage(
        rows=_listed(rows, q),
        found=count,
        q=q,
        grade=grade,
        stream=stream,
        grades=RESULTS,
        streams=tuple(_streams().items()),
        unassessed=unassessed(),
        newer=_address(filters) if before else None,
        older=_address({**filters, "before": behind}) if behind else None,
        after=behind,
        cut=cut,
    )


def _page(
    q: str, grade: str, stream: str, before: int | None, most: int
) -> tuple[list[Incident], Count, int | None, bool]:
    """The rows of a page, how many answer on all pages, behind which id the list continues, and whether it was cut."""
    if folded(q):
        asked = _asked(q, grade, stream)
        everything = found(asked, most + 1, COUNTED + 1)
        here = found(replace(asked, before=before), most + 1, most + 1) if before else everything
        ids, after = here.page(most)
        return _rows(ids), _count(everything), after, here.edge is not None
    wanted = _wanted(grade, stream)
    paged = [*wanted, Incident.id < before] if before else wanted
    rows = list(session.scalars(select(Incident).where(*paged).order_by(Incident.id.desc()).limit(most + 1)))
    return rows[:most], capped(*wanted), rows[most - 1].id if len(rows) > most else None, False


def _asked(q: str, grade: str, stream: str) -> Asked:
    listed, *narrowed = _wanted(grade, stream)
    # A code of what was merged into it leads to it, wherever that code stands.
    led_to = select(Incident.id).where(Incident.name.in_(merged_under(session, q)))
    return Asked(PUBLIC, folded(q).split(), (listed,), tuple(narrowed), led_to)


def _rows(ids: Collection[int]) -> list[Incident]:
    return list(session.scalars(select(Incident).where(Incident.id.in_(ids)).order_by(Incident.id.desc())))


def _count(everything: Found) -> Count:
    return Count(min(len(everything.ids), COUNTED), not everything.whole)


def public_of(incidents: Collection[int]) -> tuple[Listed, ...]:
    """These incidents as a list has them, in the order in which they are given."""
    return _listed(public_in_order(incidents))


def public_in_order(incidents: Collection[int]) -> list[Incident]:
    """The rows of these incidents, as far as the public may read them, in the order in which they are given."""
    found = session.scalars(select(Incident).where(Incident.public, Incident.id.in_(incidents)))
    rows = {row.id: row for row in found}
    return [rows[one] for one in incidents if one in rows]


def public_rows(q: str, grade: str, stream: str, most: int) -> tuple[list[Incident], bool]:
    """So many of the published incidents that the filters let through, the latest entered first; and whether those are
    all."""
    if folded(q):
        answer = found(_asked(q, grade, stream), ROWS + 1, most + 1)
        return _rows(answer.ids[:most]), answer.whole
    statement = select(Incident).where(*_wanted(grade, stream)).order_by(Incident.id.desc()).limit(most + 1)
    rows = list(session.scalars(statement))
    return rows[:most], len(rows) <= most


def _address(filters: Mapping[str, str]) -> str:
    return "/incidents" + (f"?{urlencode(filters)}" if filters else "")


def _wanted(grade: str, stream: str) -> list[ColumnElement[bool]]:
    """That it is public, and the filters."""
    asked = ((Incident.grade, grade), (Incident.stream, stream))
    return [Incident.public.is_(True), *(column == value for column, value in asked if value)]


def capped(*wanted: ColumnElement[bool]) -> Count:
    """How many answer, counted no further than a page needs."""
    some = select(Incident.id).where(*wanted).limit(COUNTED + 1)
    number = session.scalar(select(func.count()).select_from(some.subquery())) or 0
    return Count(min(number, COUNTED), number > COUNTED)


def unassessed() -> tuple[Unassessed, ...]:
    """The streams that are not graded at present, each with what it has logged."""
    rows = session.scalars(select(Stream).where(Stream.mode != "active").order_by(Stream.name))
    return tuple(
        Unassessed(row.slug, row.name, row.mode, row.since, row.reason, logged(row.slug)) for row in rows
    )


def logged(stream: str) -> Count:
    """How many incidents of a stream nobody has assessed: an imported grade is public and says what it is."""
    nobody = Incident.grade.is_(None)
    return capped(Incident.stream == stream, Incident.stage == "logged", ~Incident.restricted, nobody)


def _streams() -> dict[str, str]:
    rows = session.execute(select(Stream.slug, Stream.name).order_by(Stream.name))
    return {row.slug: row.name for row in rows}


def _listed(rows: list[Incident], q: str = "") -> tuple[Listed, ...]:
    streams, facts = _streams(), facts_as_published(rows)
    refs = refs_as_published(rows, facts)
    return tuple(
        _line(row, facts.get(row.id, Facts()), refs[row.id], streams.get(row.stream, row.stream), q) for row in rows
    )


def _line(row: Incident, facts: Facts, ref: str, stream: str, q: str) -> Listed:
    return Listed(
        ref=ref,
        named=facts.places[0] if facts.places else None,
        summary=facts.summary,
        date_type=facts.date_type,
        date=facts.date,
        date_end=facts.date_end,
        grade=row.grade or "",
        casualties=Casualties.from_dict(row.range),
        legacy=row.grade_kind == "legacy",
        version=row.version or 0,
        recheck=row.recheck,
        stream=stream,
        earlier=next((code for code in facts.earlier_codes if folded_code(code) == folded_code(q)), None),
    )

