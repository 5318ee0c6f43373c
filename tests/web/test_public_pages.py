"""What everybody may read: grades, ranges, splits and dissents; never a name, a vote's words or an argument."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from flask import Flask

from review.actions import approvals, incidents, settlements, sources, streams
from review.audit import profiles
from review.rules.facts import Casualties, Range
from review.views.drawing import range_drawing
from tests import builders
from tests.web.sitting import browser

WORDS_OF_A_VOTE = "CANARY-RATIONALE"
WORDS_OF_AN_ARGUMENT = "CANARY-ARGUMENT"
NOTE = "CANARY-NOTE"
HIDDEN_SOURCE = "CANARY-HIDDEN-SOURCE"
WORDS_FOR_THE_PUBLIC = "One account, and a partial one."
NAMES = (*builders.REVIEWERS, *builders.LEADS, "Tamsin Orrel", "Rafe Linnard")


@pytest.fixture
def team(staffed: builders.Desk) -> builders.Desk:
    return staffed


def read(team: builders.Desk, path: str, status: int = 200) -> str:
    answer = browser(team.app).get(path)
    assert answer.status_code == status, path
    return answer.get_data(as_text=True)


def plain(page: str) -> str:
    """The page as it is read aloud: without tags, spaces single."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page)).strip()


def canary_ballot(grade: str) -> object:
    return builders.ballot(grade, rationale=f"{WORDS_OF_A_VOTE} of somebody", departs=f"{WORDS_OF_A_VOTE} departs")


def settled_with_dissent(team: builders.Desk) -> str:
    """A published incident with everything that must stay inside planted in it."""
    builders.at_once(team)
    ref = builders.with_sources(team)
    hidden = builders.draft(9, title=HIDDEN_SOURCE, url=f"https://x.example/{HIDDEN_SOURCE}", publishable=False)
    sources.attach_source(team.enterer, ref, draft=hidden)
    sources.attach_source(team.enterer, ref, draft=builders.draft(8, note=NOTE, title="Second sheet"))
    ref, number = builders.round_opened(team, ref)
    for actor, grade in zip(team.voters, ("fair", "fair", "discounted"), strict=True):
        builders.cast(actor, ref, number, canary_ballot(grade))
    builders.work()
    for actor in team.voters:
        settlements.argue(actor, ref, text=f"{WORDS_OF_AN_ARGUMENT} by {actor.name}")
    number = settlements.open_second_vote(team.lead, ref)
    for actor, grade in zip(team.voters, ("fair", "fair", "discounted"), strict=True):
        builders.cast(actor, ref, number, canary_ballot(grade))
    builders.work()
    settlements.appoint_settler(team.lead, ref, team.spare.person or 0)
    settlements.settle(
        team.spare, ref, grade="fair", rationale="S1 and S2 stand on their own.",
        replies=builders.replies(ref), seen=builders.row(ref).digest,
    )  # fmt: skip
    minority = builders.view(ref).proposal.minority[0]
    settlements.dissent(team.voters[2], ref, minority, text=WORDS_FOR_THE_PUBLIC)
    builders.approved(team, ref)
    return ref


def test_the_published_page_tells_the_result_and_nothing_from_inside(team: builders.Desk) -> None:
    ref = settled_with_dissent(team)
    for path in ("/", "/incidents", "/incidents/KV412", "/incidents/KV412/1", f"/incidents/{ref}"):
        page = read(team, path)
        for canary in (WORDS_OF_A_VOTE, WORDS_OF_AN_ARGUMENT, NOTE, HIDDEN_SOURCE, "33.12345", "41.87654", *NAMES):
            assert canary not in page, f"{canary} on {path}"
    words = plain(read(team, "/incidents/KV412"))
    for told in (
        "Determination 1", "Marj Eluan", "مرج إلوان", "Fair", "Discounted", "3–5", "Karsian Air Force", "Likely",
        "S1 and S2 stand on their own.", "Heard; S2 says otherwise.", WORDS_FOR_THE_PUBLIC, "Every guard is met.",
        "One more source is kept and not shown", "Eluan Monitor", "airwars/1",
    ):  # fmt: skip
        assert told in words


def test_a_place_is_called_as_the_reader_calls_it(team: builders.Desk) -> None:
    builders.published(team)
    client, arabic = browser(team.app), {"Accept-Language": "ar"}
    for path, called in (("/incidents", "<bdi>مرج إلوان</bdi></a>"), ("/incidents/KV412", "<h1><bdi>مرج إلوان، grain store")):
        assert called in client.get(path, headers=arabic).text
        assert called not in client.get(path).text
    assert client.get("/api/v1/incidents", headers=arabic).json["data"][0]["place"] == "Marj Eluan"


def test_a_minority_without_words_is_counted(team: builders.Desk) -> None:
    builders.published(team)
    assert "One dissented, in no public words." in plain(read(team, "/incidents/KV412"))


def test_what_is_not_published_does_not_exist(team: builders.Desk) -> None:
    ref = builders.agreed(team)
    for path in ("/incidents/KV412", f"/incidents/{ref}", "/incidents/KV412/1", "/incidents/KV999"):
        read(team, path, 404)
    assert "KV412" not in read(team, "/incidents")
    assert "0 published" in plain(read(team, "/incidents"))
    builders.approved(team, ref)
    assert "KV412" in read(team, "/incidents")
    read(team, "/incidents/KV412/2", 404)


def test_a_reopened_incident_keeps_its_version_and_facts_written_later_wait(team: builders.Desk) -> None:
    ref = builders.published(team)
    approvals.reopen(team.lead, ref, ground="verdict", reason="S3 is new.", seen=builders.row(ref).digest)
    wider = builders.facts(ranges=(("civilians", Casualties(Range(30, 50))),), summary="CANARY-LATER")
    incidents.describe_incident(team.enterer, ref, facts=wider, reason="A later list has more names.")
    page = read(team, "/incidents/KV412")
    assert "Being graded again." in page
    assert "30–50" not in page
    assert "CANARY-LATER" not in page


def test_a_source_that_is_no_longer_publishable_is_gone_from_every_version(team: builders.Desk) -> None:
    ref = builders.published(team)
    assert "eluan-monitor.example/2031/03/14/1" in read(team, "/incidents/KV412/1")
    source = builders.view(ref).sources[0]
    sources.assess_source(
        team.enterer, ref, 1, role=source.role, publishable=False, credibility=None, coherence=None, note=None
    )
    assert "eluan-monitor.example/2031/03/14/1" not in read(team, "/incidents/KV412/1")


def test_a_withdrawn_source_is_shown_as_such_and_not_counted_among_the_hidden(team: builders.Desk) -> None:
    ref = builders.published(team)
    sources.withdraw_source(team.enterer, ref, 1, reason="Its author asks for it.")
    words = plain(read(team, "/incidents/KV412"))
    assert "withdrawn" in words
    assert "kept and not shown" not in words


def test_filters_find_and_leave_out(team: builders.Desk) -> None:
    ref = builders.published(team)
    for query in ("q=kv412", "q=eluan+grain", "q=إلوان", "grade=fair", f"stream={builders.STREAM}"):
        assert "Marj Eluan" in plain(read(team, f"/incidents?{query}")), query
    for query in ("q=Tarn", "q=%25", "grade=weak", "stream=elsewhere", f"before={ref}"):
        assert "Marj Eluan" not in plain(read(team, f"/incidents?{query}")), query
    assert "Nothing answers these filters" in read(team, "/incidents?q=Tarn")


def test_what_is_typed_is_text_and_never_code(team: builders.Desk) -> None:
    spiteful = builders.facts(summary="<script>alert(1)</script>")
    ref = builders.with_sources(team, incidents.open_incident(team.enterer, stream=team.stream, facts=spiteful))
    builders.approved(team, builders.agreed(team, ref))
    page = read(team, "/incidents/KV412")
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "&lt;b&gt;" in read(team, "/incidents?q=<b>")


def test_a_stream_that_is_logged_only_is_said_to_be(team: builders.Desk) -> None:
    builders.opened(team)
    assert "logged, not assessed" not in read(team, "/incidents")
    streams.switch_stream(team.lead, team.stream, mode="log-only", reason="Three people grade for this theatre.")
    for path in ("/", "/incidents"):
        words = plain(read(team, path))
        assert "1 logged, not assessed." in words
        assert "Three people grade for this theatre." in words


def test_the_method_shows_both_schemes_and_the_policy_in_force(team: builders.Desk) -> None:
    builders.at_once(team, required=5)
    words = plain(read(team, "/method"))
    for told in ("airwars/1", "reasonable-grounds/1", "At least 5 people vote", "Exactly one independent origin.", "No consensus"):
        assert told in words


def test_the_method_tells_who_is_shown_what(team: builders.Desk) -> None:
    page = read(team, "/method")
    words = plain(page)
    details = sum(len(seals) for seals in profiles.table().values())
    rows = page.partition('class="roomy profiles"')[2].partition("</table>")[0]
    assert rows.count("<tr>") == details + 1
    for told in (
        "claim.received reporter shown – –",
        "vote.committed rationale shown shown –",
        "vote.committed grade shown shown shown",
        "source.attached url shown shown shown where the source is marked publishable",
    ):
        assert told in " ".join(words.split()), told


def test_the_audit_page_names_the_key_and_the_verifier(team: builders.Desk) -> None:
    words = plain(read(team, "/audit"))
    assert re.search(r"assay\.invalid/[a-z2-7]{8}\+[0-9a-f]{8}\+", words)
    assert re.search(r"SHA-256 of verify.py: [0-9a-f]{64}", words)


def test_an_empty_desk_has_its_public_pages(app: Flask) -> None:
    for path, said in (("/", "Nothing has been published yet."), ("/incidents", "Nothing is published yet"), ("/method", "Confirmed"), ("/audit", "has not been opened")):
        answer = browser(app).get(path)
        assert answer.status_code == 200
        assert said in plain(answer.get_data(as_text=True))


@pytest.mark.parametrize(
    ("value", "last"),
    [(Range(3, 5), 6), (Range(3, 3), 4), (Range(0, 0), 1), (Range(80, 120), 160), (Range(2, None), 3)],
)
def test_a_range_is_drawn_from_its_lowest_to_its_highest(value: Range, last: int) -> None:
    drawing = range_drawing(value)
    assert drawing.ticks[0].value == 0
    assert drawing.ticks[-1].value == last
    assert len(drawing.ticks) <= 10
    mirrored = range_drawing(value, direction="rtl")
    assert mirrored.ticks[0].x > mirrored.ticks[-1].x
    assert drawing.bar.width == mirrored.bar.width > 0
    assert replace(drawing.bar, x=0.0) == replace(mirrored.bar, x=0.0)


@pytest.mark.parametrize("value", [Range(0, 1), Range(3, 5), Range(9, 10), Range(0, 10), Range(10, 10)])
@pytest.mark.parametrize(("direction", "to_the_right"), [("ltr", "start"), ("rtl", "end")])
def test_the_word_of_a_range_beside_it_has_half_the_drawing_to_stand_in(
    value: Range, direction: str, to_the_right: str
) -> None:
    drawing = range_drawing(Range(5, 5), [("fair", value)], direction)
    label = drawing.others[0].label
    room = 360 - label.x if label.anchor == to_the_right else label.x
    assert room >= 180


def test_an_unknown_range_is_not_drawn() -> None:
    assert range_drawing(Range()) is None
