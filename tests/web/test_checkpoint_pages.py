"""The checkpoints as anybody finds them: text byte for byte, a page, a feed, and proofs that foreign code follows."""

from __future__ import annotations

from datetime import datetime, timedelta
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient
from pymerkle import InmemoryTree
from sqlalchemy import select

from review import clock
from review.actions import checkpoints, restrictions, rounds, votes
from review.audit import tree
from review.audit.canonical import leaf_hash
from review.audit.note import parse_checkpoint, parse_consistency, parse_inclusion
from review.models import Checkpoint, Event, session
from tests import builders
from tests.web.sitting import sitting

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def people(staffed: builders.Desk) -> builders.Desk:
    return staffed


@pytest.fixture
def anybody(people: builders.Desk) -> FlaskClient:
    return people.app.test_client()


def published(times: int, people: builders.Desk) -> list[int]:
    """So many checkpoints, each with a little more than the one before."""
    sizes = []
    for turn in range(times):
        for _more in range(turn):
            builders.received(people)
        file = checkpoints.publish_checkpoint()
        assert file is not None
        sizes.append(parse_checkpoint(file).size)
        builders.received(people)
    return sizes


def text(browser: FlaskClient, path: str) -> str:
    answer = browser.get(path)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/plain; charset=utf-8")
    assert "Set-Cookie" not in answer.headers
    return answer.get_data(as_text=True)


# --- the files --------------------------------------------------------------------------------------------------


def test_the_latest_and_each_one_are_served_byte_for_byte(people: builders.Desk, anybody: FlaskClient) -> None:
    assert anybody.get("/audit/checkpoint").status_code == 404
    sizes = published(3, people)
    kept = dict(session.execute(select(Checkpoint.size, Checkpoint.text)).all())
    session.rollback()
    assert text(anybody, "/audit/checkpoint") == kept[sizes[-1]]
    for size in sizes:
        assert text(anybody, f"/audit/checkpoints/{size}") == kept[size]


def test_only_what_was_published_is_there(people: builders.Desk, anybody: FlaskClient) -> None:
    (size,) = published(1, people)
    for path in (
        f"/audit/checkpoints/{size + 1}", f"/audit/consistency/{size}-{size + 1}", f"/audit/consistency/{size - 1}-{size}",
        "/audit/checkpoints/0", f"/audit/consistency/0-{size}",
    ):  # fmt: skip
        assert anybody.get(path).status_code == 404, path


def test_what_is_unchanged_is_not_sent_again(people: builders.Desk, anybody: FlaskClient) -> None:
    published(2, people)
    for path in ("/audit/checkpoint", "/audit/checkpoints.atom"):
        first = anybody.get(path)
        again = anybody.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
    old = anybody.get("/audit/checkpoint").headers["ETag"]
    checkpoints.publish_checkpoint()
    assert anybody.get("/audit/checkpoint", headers={"If-None-Match": old}).status_code == 200


def test_the_page_lists_them_and_goes_on(people: builders.Desk, anybody: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "No checkpoint has been published yet" in anybody.get("/audit/checkpoints").get_data(as_text=True)
    sizes = published(5, people)
    monkeypatch.setattr("review.queries.checkpoints.ROWS", 2)
    page, found = "/audit/checkpoints", []
    for _page in range(3):
        shown = anybody.get(page).get_data(as_text=True)
        found += [size for size in reversed(sizes) if f'href="/audit/checkpoints/{size}"' in shown]
        page = f"/audit/checkpoints?before={found[-1]}"
    assert found == sizes[::-1]
    assert f"/audit/consistency/{sizes[2]}-{sizes[3]}" in anybody.get("/audit/checkpoints").get_data(as_text=True)
    assert f"/audit/consistency/{sizes[1]}-{sizes[2]}" in anybody.get(f"/audit/checkpoints?before={sizes[3]}").get_data(as_text=True)


# --- the feed ---------------------------------------------------------------------------------------------------


def test_the_feed_is_what_rfc_4287_asks_for(people: builders.Desk, anybody: FlaskClient) -> None:
    assert anybody.get("/audit/checkpoints.atom").status_code == 404
    sizes = published(3, people)
    answer = anybody.get("/audit/checkpoints.atom")
    assert answer.mimetype == "application/atom+xml" and "Set-Cookie" not in answer.headers
    feed = ElementTree.fromstring(answer.data)
    assert feed.tag == f"{ATOM}feed"
    for name in ("id", "title", "updated", "author"):
        assert len(feed.findall(ATOM + name)) == 1, name
    assert feed.findtext(f"{ATOM}author/{ATOM}name")
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    assert links["self"] == "http://localhost/audit/checkpoints.atom"
    assert links["alternate"] == "http://localhost/audit/checkpoints"
    entries = feed.findall(f"{ATOM}entry")
    assert len(entries) == 3
    seen = set()
    for entry, size in zip(entries, reversed(sizes), strict=True):
        for name in ("id", "title", "updated", "content"):
            assert len(entry.findall(ATOM + name)) == 1, name
        assert datetime.fromisoformat(entry.findtext(f"{ATOM}updated") or "").tzinfo is not None
        assert entry.findtext(f"{ATOM}content") == text(anybody, f"/audit/checkpoints/{size}")
        assert entry.find(f"{ATOM}content").get("type") == "text"
        href = entry.find(f"{ATOM}link").get("href")
        assert href == f"http://localhost/audit/checkpoints/{size}"
        seen.add(entry.findtext(f"{ATOM}id"))
    assert len(seen) == 3 and all(one.startswith("tag:assay.invalid,20") for one in seen)


def test_an_entry_keeps_its_name_and_moment(people: builders.Desk, anybody: FlaskClient) -> None:
    def told() -> dict[str, str]:
        feed = ElementTree.fromstring(anybody.get("/audit/checkpoints.atom").data)
        return {
            entry.findtext(f"{ATOM}id") or "": entry.findtext(f"{ATOM}updated") or ""
            for entry in feed.findall(f"{ATOM}entry")
        }

    published(2, people)
    before = told()
    later = clock.now() + timedelta(hours=3)
    with clock.reading(lambda: later):
        checkpoints.publish_checkpoint()
        after = told()
    assert len(after) == 3 and before.items() <= after.items()


# --- proofs -----------------------------------------------------------------------------------------------------


def foreign(size: int) -> InmemoryTree:
    """The log's tree as pymerkle makes it from the very lines."""
    made = InmemoryTree(algorithm="sha256")
    for line in session.scalars(select(Event.line).where(Event.seq < size).order_by(Event.seq)):
        made.append_entry(bytes(line))
    session.rollback()
    return made


def test_any_two_published_are_proved_consistent(people: builders.Desk, anybody: FlaskClient) -> None:
    sizes = published(6, people)
    reference = foreign(sizes[-1])
    for place, old in enumerate(sizes):
        for new in sizes[place:]:
            proof = text(anybody, f"/audit/consistency/{old}-{new}")
            told, path, note = parse_consistency(proof)
            earlier, later = parse_checkpoint(text(anybody, f"/audit/checkpoints/{old}")), parse_checkpoint(note)
            assert (told, later.size) == (old, new)
            assert (earlier.root, later.root) == (reference.get_root(old), reference.get_root(new))
            assert tree.check_consistency(old, new, earlier.root, later.root, path)
    assert anybody.get(f"/audit/consistency/{sizes[1]}-{sizes[0]}").status_code == 404


def test_a_published_grade_is_proved_to_anybody(people: builders.Desk, anybody: FlaskClient) -> None:
    ref = builders.published(people)
    seq = session.scalars(select(Event.seq).where(Event.type == "grade.published")).one()
    others = set(session.scalars(select(Event.seq).where(Event.type != "grade.published")))
    session.rollback()
    at = clock.now()
    with clock.reading(lambda: at):
        early = anybody.get(f"/audit/proofs/{seq}")
    assert early.status_code == 404
    assert f"the next is at {(at + timedelta(hours=1)):%H}:00 UTC" in early.get_data(as_text=True)
    checkpoints.publish_checkpoint()
    index, path, note = parse_inclusion(text(anybody, f"/audit/proofs/{seq}"))
    checkpoint = parse_checkpoint(note)
    line = bytes(session.scalars(select(Event.line).where(Event.seq == seq)).one())
    session.rollback()
    assert index == seq and note == text(anybody, "/audit/checkpoint")
    assert tree.check_inclusion(leaf_hash(line), seq, checkpoint.size, path, checkpoint.root)
    assert {anybody.get(f"/audit/proofs/{other}").status_code for other in (*others, max(others) + 9)} == {404}
    # What was restricted since is not there for anybody any more.
    restrictions.restrict_incident(people.lead, ref, reason="A source is at risk.", people=[people.lead.person or 0])
    assert anybody.get(f"/audit/proofs/{seq}").status_code == 404


def test_each_step_that_one_is_shown_is_proved_at_the_desk(people: builders.Desk) -> None:
    ref = builders.published(people)
    checkpoints.publish_checkpoint()
    chain = session.execute(
        select(Event.iseq, Event.seq, Event.line, Event.type).where(Event.incident_id == builders.row(ref).id)
    ).all()
    session.rollback()
    auditor = sitting(people.app, people.auditor)
    for iseq, seq, line, _type in chain:
        index, path, note = parse_inclusion(text(auditor, f"/desk/incidents/{ref}/history/{iseq}/proof"))
        checkpoint = parse_checkpoint(note)
        assert index == seq
        assert tree.check_inclusion(leaf_hash(bytes(line)), seq, checkpoint.size, path, checkpoint.root)
    assert auditor.get(f"/desk/incidents/{ref}/history/{len(chain)}/proof").status_code == 404
    assert people.app.test_client().get(f"/desk/incidents/{ref}/history/0/proof").status_code == 302


def test_an_open_round_has_no_proof_of_anything_since_its_opening(people: builders.Desk) -> None:
    ref, number = builders.round_opened(people)
    builders.cast(people.voters[0], ref, number)
    rounds.extend_round(people.lead, ref, number, hours=24, reason="A holiday.")
    builders.cast(people.voters[1], ref, number)
    checkpoints.publish_checkpoint()
    chain = session.execute(
        select(Event.iseq, Event.type).where(Event.incident_id == builders.row(ref).id).order_by(Event.iseq)
    ).all()
    session.rollback()
    opened = next(iseq for iseq, type_ in chain if type_ == "round.opened")
    for actor in (people.lead, people.voters[0], people.voters[2], people.auditor, people.admin):
        browser = sitting(people.app, actor)
        answers = {
            iseq: browser.get(f"/desk/incidents/{ref}/history/{iseq}/proof").status_code for iseq in range(len(chain) + 3)
        }
        assert {iseq for iseq, code in answers.items() if code == 200} == set(range(opened + 1))
        assert {code for iseq, code in answers.items() if iseq > opened} == {404}


def test_nothing_public_moves_between_two_checkpoints(people: builders.Desk, anybody: FlaskClient) -> None:
    """Votes, votes in their place and refused ones leave every public byte as it was; the next hour's moves them."""
    builders.published(people)
    seq = session.scalars(select(Event.seq).where(Event.type == "grade.published")).one()
    ref, number = builders.round_opened(people, builders.with_sources(people, builders.opened(people, codes=("KV9",))))
    first, second = published(2, people)
    paths = (
        "/audit/checkpoint", "/audit/checkpoints", "/audit/checkpoints.atom", f"/audit/checkpoints/{second}",
        f"/audit/consistency/{first}-{second}", f"/audit/proofs/{seq}", f"/audit/proofs/{seq + 1}",
    )  # fmt: skip
    at = clock.now()
    with clock.reading(lambda: at):
        before = {path: comparable(anybody, path) for path in paths}
        vote = builders.cast(people.voters[0], ref, number)
        builders.cast(people.voters[1], ref, number, builders.ballot("weak"))
        votes.withdraw_vote(people.voters[0], ref, vote, reason="I misread S2.")
        assert {path: comparable(anybody, path) for path in paths} == before
        checkpoints.publish_checkpoint()
        assert comparable(anybody, "/audit/checkpoint") != before["/audit/checkpoint"]


def comparable(browser: FlaskClient, path: str) -> tuple[int, str, str | None]:
    answer = browser.get(path)
    body = answer.get_data(as_text=True)
    nonce = answer.headers["Content-Security-Policy"].split("nonce-")[1].split("'")[0]
    return answer.status_code, body.replace(nonce, ""), answer.headers.get("ETag")


# --- for whoever keeps the desk ---------------------------------------------------------------------------------


def test_an_admin_reads_on_the_desk_how_it_fares_and_nobody_else(people: builders.Desk) -> None:
    heading = "What leaves the building"
    admin = sitting(people.app, people.admin)
    assert "None was published yet" in admin.get("/desk").get_data(as_text=True)
    (size,) = published(1, people)
    page = admin.get("/desk").get_data(as_text=True)
    assert heading in page and f"of {size} entries" in page
    for actor in (people.lead, people.spare, people.auditor):
        assert heading not in sitting(people.app, actor).get("/desk").get_data(as_text=True)
