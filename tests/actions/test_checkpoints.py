"""Checkpoints on the hour, the day's last one by mail, kept stretches of the tree, and readers beside writers."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from review import clock, jobs
from review.actions import checkpoints, claims, log, votes
from review.audit import canonical, subtrees, tree
from review.audit.append import heads_root
from review.audit.heads import Heads
from review.audit.note import parse_checkpoint, parse_consistency
from review.keeping import doctor
from review.models import Checkpoint, Event, Job, Subtree, session
from tests import builders, trail
from tests.conftest import Make
from tests.engines import free_port
from tests.keeping.test_mail import serving, url
from tests.slipping import slip


@pytest.fixture
def people(staffed: builders.Desk) -> builders.Desk:
    return staffed


# --- on the hour ------------------------------------------------------------------------------------------------


def test_one_is_published_every_hour_and_no_oftener(people: builders.Desk) -> None:
    start = clock.now().replace(minute=5) + timedelta(hours=1)
    found = []
    for minutes in (0, 20, 50, 55, 56, 115):
        with clock.reading(lambda minutes=minutes: start + timedelta(minutes=minutes)):
            builders.received(people)
            builders.work()
            found.append(session.scalar(select(func.count()).select_from(Checkpoint)))
            session.rollback()
    assert found == [1, 1, 1, 2, 2, 3]


# --- the day's, which ends in the heads -------------------------------------------------------------------------


def signed() -> list[tuple[int, bool]]:
    session.rollback()
    return [(row.size, row.heads) for row in session.scalars(select(Checkpoint).order_by(Checkpoint.size))]


@pytest.mark.parametrize("signed_before", [False, True])
def test_what_slips_in_behind_the_heads_comes_after_the_checkpoint_that_ends_in_them(
    people: builders.Desk, monkeypatch: pytest.MonkeyPatch, signed_before: bool
) -> None:
    if signed_before:
        checkpoints.publish_checkpoint()
    before = signed()
    builders.opened(people)
    slip(monkeypatch, lambda: builders.received(people))
    daily = parse_checkpoint(checkpoints.publish_heads())
    types = trail.types()
    assert types[daily.size - 1] == "log.heads"
    assert types[daily.size :] == ["claim.received"]
    later = parse_checkpoint(checkpoints.publish_checkpoint() or "")
    assert signed() == [*before, (daily.size, True), (later.size, False)]
    hashes = [bytes(leaf) for leaf in session.scalars(select(Event.leaf).order_by(Event.seq))]
    assert (daily.root, later.root) == (tree.root(hashes[: daily.size]), tree.root(hashes))


def test_heads_that_somebody_signed_past_are_fixed_anew(people: builders.Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def sign_past() -> None:
        builders.received(people)
        checkpoints.publish_checkpoint()

    slip(monkeypatch, sign_past)
    daily = parse_checkpoint(checkpoints.publish_heads())
    assert trail.types()[-3:] == ["log.heads", "claim.received", "log.heads"]
    assert [size for size, heads in signed() if heads] == [daily.size]
    assert (daily.size, trail.types().count("log.heads")) == (trail.size(), 2)


# --- kept stretches of the tree ---------------------------------------------------------------------------------


@pytest.fixture
def short_stretches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subtrees, "STRETCH", 8)


def test_proofs_from_kept_stretches_are_those_from_all_leaves(people: builders.Desk, short_stretches: None) -> None:
    builders.published(people)
    checkpoints.publish_on_the_hour()
    size = session.scalar(select(func.count()).select_from(Event)) or 0
    assert size > 40
    assert list(session.scalars(select(Subtree.number).order_by(Subtree.number))) == list(range(size // 8))
    hashes = [bytes(leaf) for leaf in session.scalars(select(Event.leaf).order_by(Event.seq))]
    for part in (1, 7, 8, 9, 31, 32, 33, size):
        stored, whole = subtrees.StoredTree(session, part), tree.Tree(hashes[:part])
        assert stored.root() == whole.root()
        for old in range(1, part + 1):
            assert stored.consistency_path(old) == whole.consistency_path(old)
        for index in range(part):
            assert stored.inclusion_path(index) == whole.inclusion_path(index)


def test_a_proof_reads_few_leaves(people: builders.Desk, short_stretches: None, monkeypatch: pytest.MonkeyPatch) -> None:
    builders.published(people)
    checkpoints.publish_on_the_hour()
    size = session.scalar(select(func.count()).select_from(Event)) or 0
    read: list[int] = []
    leaves = subtrees.leaves

    def counted(session_: object, low: int, high: int) -> Iterator[bytes]:
        read.append(high - low)
        return leaves(session_, low, high)

    monkeypatch.setattr(subtrees, "leaves", counted)
    for index in range(size):
        read.clear()
        subtrees.StoredTree(session, size).inclusion_path(index)
        assert sum(read) < 2 * 8


def test_a_stretch_is_kept_once_and_only_of_what_was_published(people: builders.Desk, short_stretches: None) -> None:
    checkpoints.publish_on_the_hour()
    before = session.execute(select(Subtree.number, Subtree.root)).all()
    for _turn in range(9):
        builders.received(people)
    checkpoints.keep_stretches()
    assert session.execute(select(Subtree.number, Subtree.root)).all() == before
    checkpoints.publish_on_the_hour()
    after = session.execute(select(Subtree.number, Subtree.root)).all()
    assert len(after) > len(before) and after[: len(before)] == before


# --- the day's last one by mail ---------------------------------------------------------------------------------


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def posting(make_app: Make, port: int) -> Iterator[builders.Desk]:
    app = make_app(
        SMTP_URL=url(port), ASSAY_URL="https://desk.invalid", ASSAY_CHECKPOINT_MAIL="archive@a.invalid, partner@b.invalid"
    )
    with app.app_context():
        yield builders.desk(app)


def test_the_last_of_the_day_goes_to_each_address_once(posting: builders.Desk, port: int) -> None:
    midnight = (clock.now() + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    with clock.reading(lambda: midnight - timedelta(hours=3)):
        builders.work()
        builders.opened(posting)
    with clock.reading(lambda: midnight - timedelta(minutes=50)):
        builders.work()
        last = checkpoints.publish_checkpoint()
    with serving(port) as post:
        for minutes in (1, 30, 200):
            with clock.reading(lambda minutes=minutes: midnight + timedelta(minutes=minutes)):
                builders.opened(posting, codes=(f"KV{minutes}",))
                builders.work()
    ours = [message for message in post.taken if "Checkpoint" in message["Subject"]]
    assert sorted(message["To"] for message in ours) == ["archive@a.invalid", "partner@b.invalid"]
    assert last is not None
    size = parse_checkpoint(last).size
    for message in ours:
        body = message.get_content().replace("\r\n", "\n")
        assert message["Auto-Submitted"] == "auto-generated"
        assert last in body
        assert f"https://desk.invalid/audit/checkpoints/{size}" in body.splitlines()
        told = message["Subject"] + body
        # Whole codes: two letters of one stand by chance in one signed note of thirty.
        assert [word for word in ("Marj", "Eluan", "KV412", "KV200", "KV30", "Karsian", "grain") if word in told] == []


def test_one_address_that_fails_does_not_send_the_other_twice(posting: builders.Desk, port: int) -> None:
    checkpoints.publish_checkpoint()
    tomorrow = clock.now() + timedelta(days=1)
    with serving(port) as post, clock.reading(lambda: tomorrow):
        post.answers += [b"451 not now", b"250 yes"]
        jobs.run_due()
        assert len([message for message in post.taken if "Checkpoint" in message["Subject"]]) == 1
        later = tomorrow + timedelta(minutes=5)
        with clock.reading(lambda: later):
            jobs.run_due()
    ours = [message["To"] for message in post.taken if "Checkpoint" in message["Subject"]]
    assert sorted(ours) == ["archive@a.invalid", "partner@b.invalid"]


def test_without_a_mail_server_nothing_is_planted_and_the_keeper_is_told(make_app: Make) -> None:
    app = make_app(ASSAY_CHECKPOINT_MAIL="archive@a.invalid")
    with app.app_context():
        builders.desk(app)
        builders.work()
        assert session.scalar(select(func.count()).where(Job.kind.startswith("mail_checkpoint"))) == 0
        finding = next(one for one in doctor.findings() if one.part == "Checkpoint mail")
    assert (finding.word, "SMTP_URL is not set" in finding.sentence) == (doctor.WARNING, True)


def test_nothing_is_said_of_what_is_not_set_up(people: builders.Desk) -> None:
    parts = {finding.part for finding in doctor.findings()}
    assert parts & {"Witnesses", "Timestamps", "Checkpoint mail"} == set()


# --- readers beside writers -------------------------------------------------------------------------------------

ENOUGH = 5  # however busy the machine is


def beside(people: builders.Desk, seconds: float) -> tuple[int, int]:
    """Writers, a signer and four readers for so long; how many entries and how many checked proofs that made."""
    refs = [builders.round_opened(people, builders.with_sources(people, builders.opened(people, codes=(f"KV{n}",))))
            for n in range(2)]  # fmt: skip
    checkpoints.publish_checkpoint()
    start = session.scalar(select(func.count()).select_from(Event)) or 0
    session.rollback()
    failures: list[str] = []
    checked: list[int] = []
    published: list[int] = []

    def going(step: Callable[[], object]) -> None:
        try:
            while not failures and (time.monotonic() < until or len(published) < ENOUGH or len(checked) < ENOUGH):
                step()
        except BaseException as problem:
            failures.append(repr(problem))

    def writing(step: Callable[[], object]) -> None:
        with people.app.app_context():
            going(step)
            session.remove()

    def receive() -> None:
        claims.receive_claim(people.reviewers[0], text="Grain store at Marj Eluan hit at dusk.", language="en")

    def vote(actor: int) -> None:
        ref, number = refs[actor]
        seq = builders.cast(people.voters[actor], ref, number)
        votes.withdraw_vote(people.voters[actor], ref, seq, reason="Once more.")

    def publish() -> None:
        note = parse_checkpoint(checkpoints.publish_on_the_hour() or "")
        published.append(note.size)
        time.sleep(0.02)

    def heads() -> None:
        log.record_heads()
        time.sleep(0.1)

    class Reader:
        """Follows the log over the routes, each checkpoint against the last that it saw."""

        def __init__(self) -> None:
            self.browser: FlaskClient = people.app.test_client()
            self.note = parse_checkpoint(self.browser.get("/audit/checkpoint").get_data(as_text=True))

        def follow(self) -> None:
            later = parse_checkpoint(self.browser.get("/audit/checkpoint").get_data(as_text=True))
            path = f"/audit/consistency/{self.note.size}-{later.size}"
            answer = self.browser.get(path)
            assert answer.status_code == 200, (path, answer.get_data(as_text=True))
            _old, proof, _text = parse_consistency(answer.get_data(as_text=True))
            assert tree.check_consistency(self.note.size, later.size, self.note.root, later.root, proof), path
            if later.size > self.note.size:
                checked.append(later.size)
            self.note = later

    readers = [Reader() for _reader in range(4)]
    session.rollback()
    # A reader has no context of its own: each request opens one, as it would for a stranger.
    threads = [threading.Thread(target=going, args=[reader.follow]) for reader in readers]
    writers = (receive, lambda: vote(0), lambda: vote(1), publish, heads)
    threads += [threading.Thread(target=writing, args=[step]) for step in writers]
    until = time.monotonic() + seconds
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    session.rollback()
    grown = (session.scalar(select(func.count()).select_from(Event)) or 0) - start
    session.rollback()
    return grown, len(checked)


def no_lie_in_the_heads() -> None:
    """Every `log.heads` says what a stranger computes from the events before it."""
    heads, found = Heads(), 0
    for line, leaf in session.execute(select(Event.line, Event.leaf).order_by(Event.seq)):
        event = json.loads(line)
        if event["type"] == "log.heads":
            number, root = heads_root(heads)
            assert event["body"] == {"n": number, "root": canonical.b64(root)}, event["seq"]
            found += 1
        if event["incident"]:
            heads.take(event["type"], event["incident"], event["iseq"], bytes(leaf))
    session.rollback()
    assert found > 1


def test_readers_find_no_contradiction_beside_writers(people: builders.Desk) -> None:
    grown, checked = beside(people, 5)
    assert grown > ENOUGH and checked >= ENOUGH
    no_lie_in_the_heads()


@pytest.mark.soak
@pytest.mark.timeout(600)
def test_readers_find_no_contradiction_beside_writers_for_a_minute(people: builders.Desk) -> None:
    grown, checked = beside(people, 60)
    assert grown > 200 and checked > 40
    no_lie_in_the_heads()
