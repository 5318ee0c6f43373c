"""The sources of a page as lines: what many of them share is written once, what differs is filled in for each."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from flask import Flask
from flask_babel import gettext as _
from markupsafe import Markup, escape

from review.forms.typed import whole
from review.forms.votes import NOTE
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


class Pattern:
    """Markup of a template in which marks stand for what differs."""

    def __init__(self, written: str) -> None:
        first, *rest = A_MARK.split(str(written))
        self._first = first
        self._rest = [(MARKS.index(mark), after) for mark, after in zip(rest[::2], rest[1::2], strict=True)]

    def filled(self, own: Own) -> Markup:
        """The markup with each mark replaced by what it stands for, in one pass: nothing typed is taken for a mark."""
        safe = [escape(value) if value else "" for value in own]
        pieces = [self._first]
        for place, after in self._rest:
            pieces += safe[place], after
        return Markup("".join(pieces))  # noqa: S704  (the template's own, and what is escaped)


class Rows:
    """Rows of one page: `write` is the template's own, asked once for all those of one shape."""

    def __init__(self, write: Write) -> None:
        self._write = write
        self._patterns: dict[tuple[Any, ...], Pattern] = {}

    def headed(self, number: int, name: str, *shape: Any) -> Markup:
        """The row of something that has a number and a name alone."""
        return self.row(Own(number=str(number), name=name), *shape)

    def row(self, own: Own, *shape: Any) -> Markup:
        """One row."""
        has = tuple(map(bool, own))
        pattern = self._patterns.get((has, shape))
        if pattern is None:
            marked = Own(*(mark if there else "" for mark, there in zip(MARKS, has, strict=True)))
            pattern = self._patterns[has, shape] = Pattern(self._write(marked, *map(_unmarked, shape)))
        return pattern.filled(own)


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
        return self.shown is not None and number not in self.shown.sources


NOBODY = Reader({}, frozenset(), None)


def register(app: Flask) -> None:
    """Offer these to the templates of an incident and of a source."""
    app.jinja_env.filters.update(said_of=said_of, lines_of=lines_of, rows=Rows)
    app.jinja_env.globals["reader_of"] = reader_of


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


def lines_of(sources: Iterable[Any], reader: Reader = NOBODY, said: Said | None = None) -> list[Line]:
    """Each source as a page writes it."""
    known = tuple(sources)
    words = said or said_of(known)
    return [Line(one, _own(one, words, reader), _shape(one, words, reader)) for one in known]


def _own(source: Any, said: Said, reader: Reader) -> Own:
    return Own(
        number=str(source.number),
        origin=str(source.origin),
        href=source.url if source.linked else "",
        name=source.name,
        publisher=source.publisher if source.publisher and source.publisher != source.name else "",
        published=source.published or "",
        day=said.day[source.published],
        note=reader.noted.get(source.number, ""),
    )


def _shape(source: Any, said: Said, reader: Reader) -> Shape:
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
