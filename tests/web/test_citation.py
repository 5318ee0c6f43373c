"""A published version as a citation: its number, what changed and why, corrections, proof; and what programs read."""

from __future__ import annotations

import gc
import json
import re
import weakref
from datetime import datetime
from html import unescape

import feedparser
import pytest
from pyld import jsonld
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from review import config
from review.actions import (
    approvals,
    checkpoints,
    corrections,
    exits,
    incidents,
    positions,
    rounds,
    sources,
    submissions,
)
from review.audit.note import parse_inclusion
from review.models import session
from review.queries import marks
from review.rules.facts import Casualties, Place, Range
from tests import builders, sent_in
from tests.builders import Desk
from tests.clocks import Clock
from tests.staffing import Filling
from tests.web.sitting import Browser, browser, sitting

REASON = "A second witness came forward."
NOTE = "The store belonged to two families, not one."
HOSTILE = '</script><script>alert("1")</script> & <!-- grain store'
CLAIM_REVIEW = {"url", "claimReviewed", "reviewRating", "itemReviewed", "author", "datePublished"}


def _twice(team: Desk, time: Clock | None) -> str:
    """A version, a correction of it, a second version with another grade and other facts."""
    assert time is not None
    builders.at_once(team)
    ref = builders.agreed(team, builders.with_sources(team, builders.opened(team, summary=HOSTILE)))
    builders.approved(team, ref)
    sent_in.wish(time, ref)
    submissions.accept_correction(team.spare, sent_in.last())
    corrections.take_correction(team.lead, sent_in.last())
    corrections.publish_correction(team.lead, sent_in.last(), text=NOTE, seen=builders.row(ref).digest)
    approvals.reopen(team.lead, ref, ground="verdict", reason=REASON, seen=builders.row(ref).digest)
    place = Place((("ar", "مرج إلوان"), ("en", "Marj Eluan")), "Eluan plain", (33.1, 41.9), "city")
    facts = builders.facts(summary=HOSTILE, places=(place,), date_type="date_range", date_end="2031-03-16")
    incidents.describe_incident(team.enterer, ref, facts=facts, reason="The point was too exact.")
    again(team, ref, "contested")
    return ref


def again(team: Desk, ref: str, grade: str) -> None:
    number = rounds.open_round(team.lead, ref, reviewers=[one.person for one in team.voters if one.person])
    builders.cast_all(team, ref, number, grade, grade, grade)
    builders.work()
    builders.approved(team, ref, by=team.leads[1])


@pytest.fixture
def filling() -> Filling:
    return _twice


@pytest.fixture
def team(time: Clock, staffed: Desk) -> Desk:
    return staffed


@pytest.fixture
def ref(team: Desk, filled: str) -> str:
    return filled


@pytest.fixture
def anybody(team: Desk) -> Browser:
    return browser(team.app)


def read(anybody: Browser, path: str) -> str:
    answer = anybody.get(path)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def plain(page: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", page))).strip()


def linked(page: str) -> dict:
    found = re.search(r'<script type="application/ld\+json" nonce="[^"]+">(.*?)</script>', page, re.S)
    assert found
    return json.loads(found[1])


def test_a_page_is_cited_by_what_never_changes(anybody: Browser, ref: str) -> None:
    page = read(anybody, "/incidents/KV412")
    cited = re.search(r'<p class="citation"[^>]*>(.*?)</p>', page, re.S)
    assert cited
    told = plain(cited[1])
    assert f"http://localhost/incidents/{ref}/2" in told and f"Number {ref}/2 , entry" in told
    assert "determination 2 ( Contested" in told.replace("(Contested", "( Contested") and "24 March 2031" in told
    assert f'<link rel="canonical" href="http://localhost/incidents/{ref}/2">' in page
    assert plain(read(anybody, f"/incidents/{ref}/2")) == plain(page).replace("/incidents/KV412", f"/incidents/{ref}/2")


def test_what_changed_between_versions_and_why_is_said_with_corrections(anybody: Browser, ref: str) -> None:
    told = plain(read(anybody, "/incidents/KV412"))
    assert "Version 2 after 1, 24 March 2031 Why: the grade itself may change ." in told.replace("change.", "change .")
    assert REASON in told and "The grade: Fair became Contested ." in told and "The range stayed" in told
    assert "How exactly the place is known" in told and "taken out: the neighbourhood" in told
    assert f"Correction of version 1, 24 March 2031 {NOTE}" in told
    earlier = plain(read(anybody, "/incidents/KV412/1"))
    assert "An earlier version. It stays readable as it was cited. Version 2, of 24 March 2031, stands." in earlier
    assert "Contested" in earlier and NOTE in earlier


def test_a_page_leads_to_the_proof_of_its_version(anybody: Browser, team: Desk, ref: str) -> None:
    path = re.search(r'href="(/audit/proofs/\d+)"', read(anybody, "/incidents/KV412/1"))
    assert path and anybody.get(path[1]).status_code == 404
    checkpoints.publish_checkpoint()
    index, hashes, note = parse_inclusion(read(anybody, path[1]))
    leaf = json.loads(anybody.get("/data/determinations.jsonl").get_data(as_text=True).splitlines()[0])
    assert (index, leaf["version"]) == (leaf["entry"], 1) and hashes and note


# --- for programs ----------------------------------------------------------------------------------------------


def expanded(data: dict) -> dict:
    """As a foreign library understands it, without a network: every word is one of schema.org."""

    def loader(url: str, _options: dict) -> dict:
        assert url.startswith("https://schema.org")
        context = {"@context": {"@vocab": "https://schema.org/", "url": {"@type": "@id"}, "contentUrl": {"@type": "@id"}}}
        return {"contextUrl": None, "documentUrl": url, "document": context}

    (found,) = jsonld.expand(data, {"documentLoader": loader})
    return {name.removeprefix("https://schema.org/"): value for name, value in found.items()}


def test_a_determination_is_a_claim_review_without_an_invented_number(anybody: Browser, ref: str) -> None:
    page = read(anybody, "/incidents/KV412")
    found = expanded(linked(page))
    assert found["@type"] == ["https://schema.org/ClaimReview"] and found.keys() >= CLAIM_REVIEW
    assert found["url"] == [{"@id": f"http://localhost/incidents/{ref}/2"}]
    rating = linked(page)["reviewRating"]
    assert rating["alternateName"] == "Contested" and rating["ratingExplanation"]
    assert rating.keys().isdisjoint({"ratingValue", "bestRating", "worstRating"})
    assert linked(page)["claimReviewed"].endswith("3–5 civilians reported killed, party named: Karsian Air Force")
    assert "between 14 March 2031 and 16 March 2031, 3–5" in linked(page)["claimReviewed"]
    assert linked(page)["itemReviewed"]["temporalCoverage"] == "2031-03-14/2031-03-16"
    assert linked(read(anybody, "/incidents/KV412/1"))["itemReviewed"]["temporalCoverage"] == "2031-03-14"
    assert "between" in read(anybody, "/incidents").partition('class="record-when')[2].partition("</p>")[0]
    appearances = [one["url"] for one in linked(page)["itemReviewed"]["appearance"]]
    assert appearances == [builders.draft(number).url for number in (1, 2)]
    assert linked(page)["correction"] == [{"@type": "CorrectionComment", "datePublished": "2031-03-24", "text": NOTE}]
    assert linked(read(anybody, "/incidents/KV412/1"))["creativeWorkStatus"] == "An earlier version"
    assert HOSTILE.strip() in linked(page)["itemReviewed"]["name"] and page.count("<script>") == 0


def test_the_open_data_is_a_dataset_whose_files_are_there(anybody: Browser, ref: str) -> None:
    data = linked(read(anybody, "/data"))
    found = expanded(data)
    assert found["@type"] == ["https://schema.org/Dataset"]
    assert found.keys() >= {"name", "description", "url", "creator", "distribution", "variableMeasured", "dateModified"}
    for one in data["distribution"]:
        answer = anybody.get(one["contentUrl"].removeprefix("http://localhost"))
        assert answer.status_code == 200 and answer.mimetype == one["encodingFormat"]


def test_the_feed_is_read_by_a_foreign_reader(anybody: Browser, team: Desk, ref: str) -> None:
    answer = anybody.get("/incidents.atom")
    feed = feedparser.parse(answer.data)
    assert not feed.bozo and feed.version == "atom10" and feed.feed.id and feed.feed.title and feed.feed.author
    assert [link.href for link in feed.feed.links if link.rel == "self"] == ["http://localhost/incidents.atom"]
    told = [(entry.title, entry.link, entry.updated) for entry in feed.entries]
    day = "2031-03-24T00:00:00Z"
    assert told == [
        ("KV412: Marj Eluan, determination 2: Contested", f"http://localhost/incidents/{ref}/2", day),
        ("KV412: Marj Eluan, correction of determination 1", f"http://localhost/incidents/{ref}/1", day),
        ("KV412: Marj Eluan, determination 1: Fair", f"http://localhost/incidents/{ref}/1", day),
    ]
    assert feed.feed.updated == max(entry.updated for entry in feed.entries)
    assert NOTE in feed.entries[1].content[0].value
    assert all(datetime.fromisoformat(entry.updated).tzinfo for entry in feed.entries)
    assert anybody.get("/incidents.atom", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    exits.withdraw_incident(team.lead, ref, reason="It was another day.")
    later = feedparser.parse(anybody.get("/incidents.atom").data)
    assert later.entries[0].title == "KV412: Marj Eluan, withdrawn"
    assert [entry.id for entry in later.entries[1:]] == [entry.id for entry in feed.entries]
    assert 'type="application/atom+xml" href="/incidents.atom"' in read(anybody, f"/incidents/{ref}")


# --- asked for again -------------------------------------------------------------------------------------------


def mark(anybody: Browser, path: str = "/incidents/KV412", **headers: str) -> str | None:
    return anybody.get(path, headers=headers).headers.get("ETag")


def test_a_page_that_has_not_changed_is_not_sent_again(anybody: Browser, team: Desk, ref: str) -> None:
    first, second = anybody.get("/incidents/KV412"), anybody.get("/incidents/KV412")
    assert first.data == second.data and not first.headers["ETag"].startswith("W/")
    again = anybody.get("/incidents/KV412", headers={"If-None-Match": f'"other", {first.headers["ETag"]}'})
    assert (again.status_code, again.data) == (304, b"")
    # The kept page keeps the policy that fits its nonce.
    assert "Content-Security-Policy" not in again.headers and again.headers["Vary"] == first.headers["Vary"]
    assert anybody.get("/incidents/KV412", headers={"If-None-Match": '"other"'}).status_code == 200
    arabic = mark(anybody, **{"Accept-Language": "ar"})
    marks = {first.headers["ETag"], arabic, mark(anybody, "/incidents/KV412/1"), mark(anybody, f"/incidents/{ref}")}
    assert len(marks) == 4 and None not in marks
    answer = anybody.get("/incidents/KV412", headers={"If-None-Match": str(arabic)})
    assert answer.status_code == 200


def test_whoever_is_signed_in_is_given_no_mark(team: Desk, ref: str, anybody: Browser) -> None:
    inside = sitting(team.app, team.lead)
    known = {"If-None-Match": str(mark(anybody))}
    answer = inside.get("/incidents/KV412", headers=known)
    assert answer.status_code == 200 and "ETag" not in answer.headers and answer.headers["Cache-Control"] == "no-store"


def test_the_mark_moves_with_what_is_public_and_with_no_vote(team: Desk, ref: str, anybody: Browser) -> None:
    seen = [mark(anybody)]

    def moved() -> bool:
        seen.append(mark(anybody))
        return seen[-1] != seen[-2]

    sources.attach_source(team.enterer, ref, draft=builders.draft(5))
    assert not moved()
    sources.assess_source(team.enterer, ref, 1, role="supports_harm", publishable=False)
    assert moved()
    approvals.reopen(team.lead, ref, ground="minor", reason="S5 is new.", seen=builders.row(ref).digest)
    assert moved() and seen[-1] is None, "there is none while it is judged again"
    number = rounds.open_round(team.lead, ref, reviewers=[one.person for one in team.voters if one.person])
    for actor in team.voters:
        builders.cast(actor, ref, number)
        assert not moved()
    builders.work()
    assert not moved()
    builders.approved(team, ref, by=team.leads[1])
    assert moved()
    exits.withdraw_incident(team.lead, ref, reason="It was another day.")
    assert moved() and len(set(seen)) == 5


def test_what_is_said_while_it_is_judged_again_moves_no_mark_for_there_is_none(
    team: Desk, ref: str, anybody: Browser
) -> None:
    assert mark(anybody) is not None
    approvals.reopen(team.lead, ref, ground="minor", reason="S5 is new.", seen=builders.row(ref).digest)
    attached = sources.attach_source(team.enterer, ref, draft=builders.draft(5, note="canary"))
    rounds.open_round(team.lead, ref, reviewers=[one.person for one in team.voters if one.person])
    assert mark(anybody) is None
    sources.assess_source(team.enterer, ref, 1, role="context", publishable=True)
    sources.assess_source(team.enterer, ref, attached, role="context", publishable=False)
    assert mark(anybody) is None
    sources.assess_source(team.enterer, ref, 1, role="context", publishable=False)
    assert builders.draft(1).url not in read(anybody, "/incidents/KV412")
    assert mark(anybody) is None


def test_the_mark_moves_with_the_name_of_the_log(
    team: Desk, ref: str, anybody: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = anybody.get("/incidents/KV412")
    monkeypatch.setattr(config, "_origin", "another.example/log")
    after = anybody.get("/incidents/KV412")
    assert before.data != after.data and before.headers["ETag"] != after.headers["ETag"]


def test_the_mark_moves_where_another_incident_takes_the_code_by_which_it_is_called(team: Desk, anybody: Browser) -> None:
    one, other = (
        builders.agreed(team, builders.with_sources(team, builders.opened(team, codes=codes)))
        for codes in (("KV600", "KV601"), ("KV600",))
    )
    for published in (one, other):
        builders.approved(team, published)
    before = anybody.get(f"/incidents/{one}")
    approvals.reopen(team.lead, other, ground="minor", reason="A wrong code.", seen=builders.row(other).digest)
    incidents.describe_incident(team.enterer, other, facts=builders.facts(codes=("KV601",)), reason="A wrong code.")
    again(team, other, "fair")
    after = anybody.get(f"/incidents/{one}")
    assert before.data != after.data and before.headers["ETag"] != after.headers["ETag"]


def test_what_the_database_refuses_is_left_to_the_page(
    team: Desk, ref: str, anybody: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = {"If-None-Match": str(mark(anybody))}
    assert anybody.get("/incidents/KV%00412", headers=known).status_code == 400
    monkeypatch.setattr(marks, "_BY_CODE", marks._BY_CODE.replace("FROM incident", "FROM nowhere"))
    with pytest.raises(DBAPIError):
        marks.mark(marks.engine(), "KV412")


def test_a_server_that_hung_up_is_asked_once_more(anybody: Browser, ref: str) -> None:
    """The mark is read on connections of its own; they are made anew where those of before are gone."""
    before = mark(anybody)
    bind = marks.engine()
    if bind.dialect.name == "postgresql":
        with bind.connect() as connection:
            others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = current_user AND pid <> "
            connection.execute(text(others + "pg_backend_pid() AND datname = current_database()"))
            session.remove()
            assert marks.mark(bind, "KV412") == marks.mark(bind, "KV412") is not None
    bind.dispose()  # on either engine, as after a fork
    assert mark(anybody) == before is not None


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
def test_an_engine_that_nobody_uses_any_more_is_kept_by_no_mark(team: Desk, ref: str) -> None:
    bind = create_engine(team.app.config["SQLALCHEMY_DATABASE_URI"])
    asked = [marks.mark(bind, "KV412") for _time in range(2)]
    used = weakref.ref(bind)
    bind.dispose()
    assert bind not in marks._ASIDE
    del bind
    gc.collect()
    assert None not in asked and used() is None


def test_a_page_that_names_another_incident_is_always_built(team: Desk, ref: str, anybody: Browser) -> None:
    other = builders.with_sources(team, builders.opened(team, codes=("KV600",)))
    assert mark(anybody) is not None
    exits.merge_incident(team.lead, other, into=ref, reason="The same moment.")
    answer = anybody.get("/incidents/KV412", headers={"If-None-Match": "*"})
    assert answer.status_code == 200 and "ETag" not in answer.headers


def test_what_a_party_says_after_the_version_moves_no_mark(team: Desk, ref: str, anybody: Browser) -> None:
    before = mark(anybody)
    conceded = Casualties(Range(5, 5), Range())
    positions.record_position(team.lead, ref, party=builders.PARTY, position="credible", conceded=conceded)
    assert before is not None and mark(anybody) == before
