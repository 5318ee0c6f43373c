"""The page of one incident in its bundle: readable, made from the bundle alone, and harmless whatever was typed."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask import Flask

from review import config, store
from review.actions import claims, exits, settlements, sources, spooling
from review.audit import keys, profiles
from review.audit.export import export
from review.audit.stored import StoredTrail
from review.models import session
from review.rules.facts import Party, Place
from tests import builders
from tests.audit.whole import bundle, signed, sqlite_desk

EVIL = '"><script>alert(1)</script><img src=x onerror=alert(2)>\u202e=HYPERLINK("http://evil.invalid")'
ARABIC = "قُصف المخزن عند الغروب"
TAGS = {
    "html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "h3", "p", "section", "dl", "dt", "dd", "bdi",
    "div", "table", "thead", "tbody", "tr", "th", "td", "blockquote", "span", "a",
}  # fmt: skip


class Reader(HTMLParser):
    """What a browser would make of a page: its tags, its text, and what stands apart in its own direction."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _value in attrs}
        self.links += [value or "" for name, value in attrs if name in ("href", "src", "action", "data")]

    def handle_data(self, data: str) -> None:
        self.text += data


def page_in(packed: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(packed)) as held:
        return held.read("data/view/incident.html").decode("utf-8")


@dataclass(frozen=True)
class Made:
    """A desk with one hostile incident that was settled, and one with an open round."""

    checkpoint: str
    settled: str
    open: str

    def page(self, incident: str, profile: str = "internal") -> str:
        out = io.BytesIO()
        trail = StoredTrail(session, keys.load(config.home()))
        with spooling.spool() as spool:
            export(
                trail, self.checkpoint, out, objects=store.objects(), spool=spool, profile=profile, incident=incident
            )
        session.rollback()
        return page_in(out.getvalue())


@pytest.fixture(scope="module")
def made(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    with sqlite_desk(tmp_path_factory.mktemp("pages") / "home", sqlite_template) as app:
        desk = builders.desk(app)
        settled = hostile(desk)
        opened, number = builders.round_opened(desk, builders.with_sources(desk, builders.opened(desk, codes=("KV500",))))
        builders.cast(desk.voters[0], opened, number, builders.ballot("discounted", rationale="a secret rationale"))
        yield Made(signed(), settled, opened)


def hostile(desk: builders.Desk) -> str:
    """An incident in which everybody types what they should not, disputed, settled and published."""
    place = Place((("ar", ARABIC), ("en", EVIL)), EVIL, None, None)
    ref = builders.opened(desk, summary=EVIL, parties=(Party(EVIL),), places=(place,))
    claims.group_claim(desk.enterer, ref, builders.received(desk, f"{ARABIC} {EVIL}"))
    for number in (1, 2):
        sources.attach_source(desk.enterer, ref, draft=builders.draft(number, title=EVIL, publisher=EVIL))
    sources.attach_source(desk.enterer, ref, draft=builders.draft(3, title="kept back", publishable=False))
    builders.at_once(desk)
    ref, number = builders.round_opened(desk, ref)
    vote(desk, ref, number)
    for actor in desk.voters:
        settlements.argue(actor, ref, text=EVIL)
    vote(desk, ref, settlements.open_second_vote(desk.lead, ref))
    settlements.appoint_settler(desk.lead, ref, desk.spare.person or 0)
    replies = {seq: EVIL for seq in builders.replies(ref)}
    digest = builders.row(ref).digest
    settlements.settle(desk.spare, ref, grade="fair", rationale=EVIL, replies=replies, seen=digest)
    dossier = builders.view(ref)
    assert dossier.proposal is not None
    (minority,) = dossier.proposal.minority
    (owner,) = [actor for actor in desk.voters if builders.who(actor, ref) == dossier.vote(minority).voter]  # type: ignore[union-attr]
    settlements.dissent(owner, ref, minority, text="The crater points the other way.")
    builders.approved(desk, ref)
    return ref


def vote(desk: builders.Desk, ref: str, number: int) -> None:
    for actor, grade in zip(desk.voters, ("fair", "fair", "discounted"), strict=True):
        builders.cast(actor, ref, number, builders.ballot(grade, rationale=EVIL))
    builders.work()


@pytest.mark.parametrize("profile", profiles.NAMES)
def test_nothing_that_was_typed_runs_or_asks_anybody_for_anything(made: Made, profile: str) -> None:
    page = made.page(made.settled, profile)
    read = Reader(page)
    assert read.tags <= TAGS
    assert read.attributes <= {"lang", "charset", "name", "content", "http-equiv", "dir", "class", "scope"}
    assert read.links == []
    assert EVIL in read.text
    assert "default-src 'none'" in page


def test_what_others_wrote_stands_in_its_own_direction(made: Made) -> None:
    page = made.page(made.settled)
    before, _sign, after = page.partition(ARABIC + " ")
    assert before.endswith('<blockquote class="words" dir="auto">')
    assert after.split("</blockquote>")[0].startswith("&#34;&gt;&lt;script&gt;")
    assert page.count("<td") == page.count('<td dir="auto">')
    assert page.count("<dd") == page.count('<dd dir="auto">')


def test_it_tells_how_the_grade_came_about(made: Made) -> None:
    text = Reader(made.page(made.settled)).text
    for words in (
        "Grades", "What is recorded", "Claims", "Sources", "Round 1", "Round 2", "Settlement", "Approval",
        "Disputed. Votes: 2 Fair, 1 Discounted.", "at least 3 votes, 2 of 3 must agree",
        "Settled by a settler who took no part: Fair.", "Why A voted so:", "The crater points the other way.",
        "Version 1 was proposed as Fair: published.", "Every guard is met.", "What happened, in order",
        "The incident was opened.", "Version 1 was published.", "A lead editor (", "6 to 8", "S3",
    ):  # fmt: skip
        assert words in text, words


def test_the_public_page_shows_no_more_than_its_bundle(made: Made) -> None:
    text = Reader(made.page(made.settled, "public")).text
    assert "Disputed. Votes: 2 Fair, 1 Discounted." in text
    assert "The crater points the other way." in text
    for words in ("voted so", "argued:", "kept back"):
        assert words not in text, words
    assert "What it is does not stand in this bundle." in text
    assert "Its words are not in this bundle." in text


def test_an_open_round_tells_nothing(made: Made) -> None:
    page = made.page(made.open)
    assert "Sealed until the round closes" in page
    for words in ("secret rationale", "Discounted", "vote.", "cast a vote"):
        assert words not in page


def test_the_whole_log_lists_its_grades_each_under_an_anchor(made: Made) -> None:
    page = page_in(bundle(made.checkpoint))
    read = Reader(page)
    assert read.tags <= TAGS
    assert read.links == [f"#{made.settled}-1"]
    assert f'id="{made.settled}-1"' in page
    assert "Fair" in read.text


def test_a_withdrawn_determination_has_an_anchor_of_its_own(desk: Flask) -> None:
    built = builders.desk(desk)
    ref = builders.published(built)
    exits.withdraw_incident(built.lead, ref, reason="The place was another.")
    read = Reader(page_in(bundle(signed())))
    assert read.links == [f"#{ref}-1", f"#{ref}-1-withdrawn"]
