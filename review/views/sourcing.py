"""The sources of a page as lines: what many of them share is written once, what differs is filled in for each."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple

from flask import Flask
from flask_babel import get_locale
from flask_babel import gettext as _
from markupsafe import Markup

from review.forms.typed import whole
from review.forms.votes import NOTE
from review.views.escaping import escaped
from review.views.narrowing import UNSAID, Shown
from review.views.words import language_name, short_day, word

Words = Mapping[str | None, str]
Write = Callable[..., str]


class Own(NamedTuple):
    """What is a source's own: empty where it has none. The last four are markup that the template wrote."""

    number: str = ""
    origin: str = ""
    href: str = ""
    name: str = ""
    publisher: str = ""
    published: str = ""
    day: str = ""
    note: str = ""
    flags: str = ""
    archived: str = ""
    proof: str = ""
    below: str = ""


class Shape(NamedTuple):
    """What a source's line shares with others, in the reader's words."""

    kind: str
    language: str
    platform: str
    role: str
    about: str
    copy: str
    publishable: str
    repeats: bool
    cited: bool
    hidden: bool


class Line(NamedTuple):
    """One source as a page writes it."""

    source: Any
    own: Own
    shape: Shape


# Where a pattern waits for what is a source's own: characters that no alphabet has.
MARKS = Own(*(chr(0xE000 + place) for place in range(len(Own._fields))))
A_MARK = re.compile(f"([{MARKS[0]}-{MARKS[-1]}])")
TYPED = Own._fields.index("flags")  # what stands before it is text; it and what follows is markup


class Pattern:
    """Markup of a template in which marks stand for what differs."""

    def __init__(self, written: str) -> None:
        first, *rest = A_MARK.split(str(written))
        self._places = [MARKS.index(mark) for mark in rest[::2]]
        self._text = "%s".join(part.replace("%", "%%") for part in (first, *rest[1::2]))

    def filled(self, safe: Sequence[str]) -> str:
        """The markup with each mark replaced by what it stands for, in one pass: nothing typed is taken for a mark."""
        return self._text % tuple([safe[place] for place in self._places])


class Rows:
    """Rows of one page: `write` is the template's own, asked once for all those of one shape."""

    def __init__(self, write: Write) -> None:
        self._write = write
        self._patterns: dict[tuple[Any, ...], Pattern] = {}

    def written(self, rows: Iterable[tuple[Own, tuple[Any, ...]]]) -> list[str]:
        """The markup of each row: what is its own, and its shape."""
        known = list(rows)
        typed = escaped([words for own, _shape in known for words in own[:TYPED]])
        safe = (typed[start : start + TYPED] for start in range(0, len(typed), TYPED))
        return [
            self._pattern(own, shape).filled([*words, *own[TYPED:]])
            for (own, shape), words in zip(known, safe, strict=True)
        ]

    def _pattern(self, own: Own, shape: tuple[Any, ...]) -> Pattern:
        has = tuple(map(bool, own))
        pattern = self._patterns.get((has, shape))
        if pattern is None:
            marked = Own(*(mark if there else "" for mark, there in zip(MARKS, has, strict=True)))
            pattern = self._patterns[has, shape] = Pattern(self._write(marked, *map(_unmarked, shape)))
        return pattern


def _unmarked(part: Any) -> Any:
    """What a pattern may hold: an imported kind is anybody's word, and no mark."""
    if not isinstance(part, Shape):
        return part
    return Shape._make(A_MARK.sub("", said) if isinstance(said, str) else said for said in part)


@dataclass(frozen=True, slots=True)
class Said:
    """What the sources of a page are, each key once in the reader's words, and the remarks that many of them bear."""

    role: Words
    kind: Words
    platform: Words
    language: Words
    day: Words
    no_role: str
    kept: str
    not_kept: str
    publishable: str


@dataclass(frozen=True, slots=True)
class Reader:
    """What is the reader's own beside the sources: their notes, what their vote rests on, which they look at."""

    noted: Mapping[int, str]
    cited: frozenset[int]
    shown: Shown | None

    def hides(self, number: int) -> bool:
        """True where the filters keep a source out."""
        return self.narrows and number not in self.shown.sources  # type: ignore[union-attr]

    def shows_origin(self, number: int) -> bool:
        """True where the filters leave any source of an origin."""
        return not self.narrows or number in self.shown.origins  # type: ignore[union-attr]

    @property
    def narrows(self) -> bool:
        """True where any filter is set."""
        return self.shown is not None and not self.shown.all

    def is_about(self, origin: Any) -> bool:
        """True where any of its sources is written otherwise for this reader: noted, cited, or kept out."""
        if not (self.noted or self.cited or self.narrows):
            return False
        if not self.shows_origin(origin.number):
            return True
        return any(
            one.number in self.noted or one.number in self.cited or self.hides(one.number) for one in origin.sources
        )


NOBODY = Reader({}, frozenset(), None)


@dataclass(frozen=True, slots=True)
class Beside:
    """What only some sources have, as the template writes it of one."""

    side: Write
    archived: Write
    proof: Write
    body: Write
    ref: str

    def of(self, source: Any, own: Own) -> Own:
        """The line with what this source has."""
        if source.warning or source.affiliated:
            own = own._replace(flags=self.side(source))
        if source.archive:
            own = own._replace(archived=self.archived(source))
        if source.file or source.added_by:
            own = own._replace(proof=self.proof(source))
        if source.says_more:
            own = own._replace(below=self.body(source, self.ref))
        return own


def register(app: Flask) -> None:
    """Offer these to the templates of an incident and of a source."""
    app.jinja_env.filters.update(lines_of=lines_of, by_origin=by_origin)
    app.jinja_env.globals.update(reader_of=reader_of, beside=Beside)


def by_origin(
    evidence: Any, reader: Reader, beside: Beside, opens: Write, row: Write, alike: tuple[Any, ...]
) -> Markup:
    """Each origin with its sources; `opens` and `row` are the template's: an origin around its sources, and a source.

    `alike` is everything of the page that these two look at besides. An origin of which the reader has nothing of
    their own is written once for everybody who is shown this evidence in this language.
    """
    written = evidence.written.setdefault((str(get_locale()), alike), {})
    missing = [one for one in evidence.origins if one.number not in written or reader.is_about(one)]
    shown = dict(zip([one.number for one in missing], _origins(missing, reader, beside, opens, row), strict=True))
    written.update((one.number, shown[one.number]) for one in missing if not reader.is_about(one) and _is_plain(one))
    return Markup("".join([shown.get(one.number) or written[one.number] for one in evidence.origins]))  # noqa: S704  (the template's own, and what is escaped)


def _is_plain(origin: Any) -> bool:
    """Whether it is written alike for all: what a file shows is up to the reader."""
    return not any(source.says_more or source.warning for source in origin.sources)


def _origins(origins: list[Any], reader: Reader, beside: Beside, opens: Write, row: Write) -> list[str]:
    lines = lines_of((source for origin in origins for source in origin.sources), reader)
    rows = iter(Rows(row).written([(beside.of(source, own), (shape,)) for source, own, shape in lines]))
    return Rows(opens).written([_opened(origin, rows, reader) for origin in origins])


def _opened(origin: Any, rows: Iterator[str], reader: Reader) -> tuple[Own, tuple[Any, ...]]:
    count = len(origin.sources)
    own = Own(number=str(origin.number), name=origin.name, below="".join(islice(rows, count)))
    return own, (origin.statement, origin.counts, count, not reader.shows_origin(origin.number))


def said_of(sources: Iterable[Any]) -> Said:
    """The words for these sources."""
    known = tuple(sources)
    return Said(
        role={key: word(key, "source_role") for key in {one.role for one in known}},
        kind={key: word(key, "source_kind") for key in {one.kind for one in known}},
        platform={key: word(key, "platform") for key in {one.platform for one in known}},
        language={key: language_name(key) for key in {one.language for one in known}},
        day={key: short_day(key) for key in {one.published for one in known}},
        no_role=_("role not assessed yet"),
        kept=_("own copy kept"),
        not_kept=_("no copy kept yet"),
        publishable=" · " + _("may be shown to the public"),
    )


def lines_of(sources: Iterable[Any], reader: Reader = NOBODY) -> list[Line]:
    """Each source as a page writes it."""
    known = tuple(sources)
    said = said_of(known)
    shapes: dict[tuple[Any, ...], Shape] = {}
    return [Line(one, _own(one, said, reader), _shape(one, said, reader, shapes)) for one in known]


def _own(source: Any, said: Said, reader: Reader) -> Own:
    name, publisher = source.name, source.publisher
    return Own(
        str(source.number),
        str(source.origin),
        source.url if source.linked else "",
        name,
        publisher if publisher and publisher != name else "",
        source.published or "",
        said.day[source.published],
        reader.noted.get(source.number, ""),
    )


def _shape(source: Any, said: Said, reader: Reader, known: dict[tuple[Any, ...], Shape]) -> Shape:
    """The shape of this source; `known` holds those of the sources before it."""
    number = source.number
    alike = (
        source.kind, source.language, source.platform, source.role, source.file is None, not source.archive,
        source.publishable, source.origin == number, number in reader.cited, reader.hides(number),
    )  # fmt: skip
    found = known.get(alike)
    if found is None:
        found = known[alike] = _new_shape(source, said, reader)
    return found


def _new_shape(source: Any, said: Said, reader: Reader) -> Shape:
    about = said.kind[source.kind], said.platform[source.platform], said.language[source.language]
    return Shape(
        kind=source.kind or UNSAID,
        language=source.language or UNSAID,
        platform=source.platform or UNSAID,
        role=said.role[source.role] or said.no_role,
        about="".join([f"{words} · " for words in about if words]),
        copy=said.kept if source.file else "" if source.archive else said.not_kept,
        publishable=said.publishable if source.publishable else "",
        repeats=source.origin != source.number,
        cited=source.number in reader.cited,
        hidden=reader.hides(source.number),
    )


def reader_of(kept: Mapping[int, str] | None, cast: Any, shown: Shown) -> Reader:
    """The reader of an incident's page: their notes as they were just sent, else as they are kept."""
    sent = {name.removeprefix(NOTE): cast.value(name) for name in cast.values if name.startswith(NOTE)}
    noted = {**(kept or {}), **{int(number): text for number, text in sent.items() if whole(number)}}
    return Reader(noted, frozenset(cast.numbers("sources")), shown)
