"""What the public sends in: quarantined, taken in once, turned away and back, erased; its sender in no export."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from review import jobs, store
from review.actions import erasing, sources, submissions, submitting
from review.actions.accounts import account_write
from review.actions.submitting import Sent
from review.actions.uploads import Upload
from review.audit import fsck, keys
from review.config import home
from review.keeping import snapshot
from review.models import Base, Claim, Job, Submission, SubmissionFile, SubmissionKnock, session
from review.queries import submissions as seen
from review.queries.receipts import receipt
from review.rules import submissions as rules
from review.rules.errors import Forbidden, Invalid, NotFound
from tests import builders, sent_in, trail
from tests.actions.test_concurrency import at_once
from tests.builders import Desk
from tests.clocks import Clock

WHY = "Spam."
CANARY = re.compile(rb"canary[a-z]+")


@pytest.fixture
def team(time: Clock, staffed: Desk) -> Desk:
    return staffed


def problems(deed: Callable[[], object]) -> dict[str, str]:
    with pytest.raises(Invalid) as refusal:
        deed()
    session.rollback()
    return refusal.value.problems


def told(code: str) -> tuple[str, str | None]:
    """What a receipt says, and where it leads."""
    session.rollback()
    found = receipt(code)
    session.rollback()
    return found.state, found.ref


def everything_but_words() -> str:
    """Every row of every table, as text."""
    session.rollback()
    tables = Base.metadata.sorted_tables
    found = "\n".join(str(row) for table in tables for row in session.execute(select(table)).all())
    session.rollback()
    return found


# --- sending in --------------------------------------------------------------------------------------------


def test_what_is_sent_in_is_no_event_and_lies_encrypted_without_its_address(team: Desk, time: Clock) -> None:
    before = trail.size()
    code = sent_in.account(time, sent_in.PICTURE, b"canarypage, in words.")
    assert trail.size() == before
    kept = everything_but_words()
    known = [*sent_in.ACCOUNT.values(), sent_in.HERE, code, rules.grouped_code(code)]
    assert [one for one in known if one != "en" and one in kept] == []
    (row,) = sent_in.rows()
    assert seen.opened(row) == rules.account(sent_in.ACCOUNT)
    assert (row.kind, row.state, row.received, row.seq) == ("claim", "waiting", "2031-03-24", None)
    files = session.execute(select(SubmissionFile.number, SubmissionFile.media)).all()
    assert [tuple(one) for one in files] == [(1, "image/png"), (2, "text/plain")]
    assert told(code) == ("waiting", None)


def test_a_form_sent_twice_is_one_submission_with_one_code(team: Desk, time: Clock) -> None:
    form = sent_in.opened(time)
    codes = {submitting.submit(form, sent_in.ACCOUNT) for _press in range(12)}
    assert len(codes) == len(sent_in.rows()) == 1
    assert session.scalars(select(SubmissionKnock.times)).all() == [1]


def test_a_form_sent_twice_at_once_is_one_submission(team: Desk, time: Clock) -> None:
    form = sent_in.opened(time)
    answers = at_once(team.app, [lambda: submitting.submit(form, sent_in.ACCOUNT)] * 4)
    assert len(set(answers)) == len(sent_in.rows()) == 1


def test_a_form_sent_again_with_other_files_leaves_none_of_them_behind(team: Desk, time: Clock) -> None:
    form = sent_in.opened(time)
    others = [[Upload(f"Page {number}.".encode())] for number in range(3)]
    submitting.submit(form, sent_in.ACCOUNT, [Upload(sent_in.PICTURE)])
    for files in others:
        submitting.submit(form, sent_in.ACCOUNT, files)
    assert stored() == named()
    late = sent_in.opened(time)
    at_once(team.app, [lambda files=files: submitting.submit(late, sent_in.ACCOUNT, files) for files in others])
    _discarded()
    assert stored() == named()
    assert len(named()) == 2


def test_where_there_is_no_room_for_all_files_none_is_put_away(
    team: Desk, time: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "MOST_KEPT_BYTES", 10)
    assert problems(lambda: sent_in.account(time, b"Six bytes", b"and more than ten.")) == {"files": rules.NO_ROOM}
    assert stored() == set()


def test_files_of_what_was_turned_away_give_way_and_their_words_do_not(
    team: Desk, time: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "MOST_KEPT_BYTES", 20)
    sent_in.account(time, b"First, ten.")
    first = sent_in.last()
    assert problems(lambda: sent_in.account(time, b"Second, ten")) == {"files": rules.NO_ROOM}, "it still waits"
    submissions.refuse_submission(team.spare, first, reason=WHY)
    assert problems(lambda: sent_in.account(time, b"More than all there is.")) == {"files": rules.NO_ROOM}
    assert stored() == named() and len(named()) == 1, "nothing is erased for what finds no room"
    sent_in.account(time, b"Second, ten")
    _discarded()
    assert stored() == named() and len(named()) == 1
    submissions.reconsider_submission(team.lead, first)
    page = seen.submission_page(team.lead, first)
    assert (page.state, page.files) == ("waiting", ()) and page.account


def test_a_file_that_is_sent_again_while_the_same_bytes_give_way_is_kept(
    team: Desk, time: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "MOST_KEPT_BYTES", 20)
    sent_in.account(time, b"First, ten.")
    submissions.refuse_submission(team.spare, sent_in.last(), reason=WHY)
    keep = submitting._keep

    def after_the_worker(*given: object, **about: object) -> None:
        _discarded()
        assert stored() == set(), "it has let go of them just before the row that names them is written"
        keep(*given, **about)  # type: ignore[arg-type]

    monkeypatch.setattr(submitting, "_keep", after_the_worker)
    sent_in.account(time, b"First, ten.")
    assert stored() == named() and len(named()) == 1


def stored() -> set[str]:
    """Every file of the store, by its digest."""
    return set(store.objects().names(datetime.max.replace(tzinfo=UTC)))


def named() -> set[str]:
    """Every file that a submission names."""
    session.rollback()
    return set(session.scalars(select(SubmissionFile.sha256)))


def test_programs_are_told_apart_by_an_empty_field_a_shortest_time_and_our_stamp(team: Desk, time: Clock) -> None:
    good = sent_in.opened(time)
    fresh = Sent(submitting.new_stamp(), "", sent_in.HERE)
    other = replace(good, stamp=good.stamp[:-1] + ("0" if good.stamp[-1] != "0" else "1"))
    refused = [
        problems(lambda form=form: submitting.submit(form, sent_in.ACCOUNT))
        for form in (replace(good, trap="http://spam.example"), fresh, other, replace(good, stamp="x"))
    ]
    assert refused == [{"website": rules.LEAVE_EMPTY}, {"form": rules.TOO_QUICK}, *[{"form": rules.NOT_OURS}] * 2]
    assert sent_in.rows() == []
    submitting.submit(good, sent_in.ACCOUNT)
    assert len(sent_in.rows()) == 1


@pytest.mark.parametrize(
    ("content", "named"),
    [(b"<!doctype html><p>x", "page.txt"), (b"<svg onload=x>", "picture.png"), (b"", "x.png"), (b"\x7fELF\x02\x01\x01\x00", "x.pdf")],
)
def test_no_page_no_drawing_and_no_program_is_kept(team: Desk, time: Clock, content: bytes, named: str) -> None:
    form = sent_in.opened(time)
    assert set(problems(lambda: submitting.submit(form, sent_in.ACCOUNT, [Upload(content, named)]))) == {"files"}
    assert sent_in.rows() == []


def test_so_many_an_hour_from_one_place_and_a_day_forgets_from_where(team: Desk, time: Clock) -> None:
    for number in range(rules.MOST_AN_HOUR):
        sent_in.account(time, text=f"Account {number}.")
    assert problems(lambda: sent_in.account(time)) == {"form": rules.PAUSED}
    (kept,) = session.scalars(select(SubmissionKnock)).all()
    assert (kept.times, kept.at.minute, kept.at.second) == (rules.MOST_AN_HOUR, 0, 0), "the hour, and no order in it"
    sent_in.account(time, address="198.51.100.9")
    assert len(sent_in.rows()) == rules.MOST_AN_HOUR + 1
    time.at += timedelta(hours=1)
    sent_in.account(time)
    time.at += rules.A_DAY + timedelta(seconds=1)
    submissions.sweep()
    assert session.scalars(select(SubmissionKnock.times)).all() == []


def _discarded() -> None:
    """What the worker does about files to be removed; nothing else is due on these clocks but what it plants."""
    session.rollback()
    for payload in session.scalars(select(Job.payload).where(Job.kind == "discard_file", Job.done_at.is_(None))).all():
        erasing.discard(payload["sha256"])
    session.rollback()


# --- taken in, or not --------------------------------------------------------------------------------------


def test_an_accepted_account_is_a_claim_as_received_and_its_row_holds_no_word(team: Desk, time: Clock) -> None:
    code = sent_in.account(time)
    name = submissions.accept_submission(team.spare, sent_in.last(), translation="In another tongue.")
    leaf = trail.last()
    assert (leaf.type, leaf.role, leaf.body) == ("claim.received", "reviewer", {"claim": name})
    assert leaf.sealed["text"] == (
        "Two explosions by the mill of Beit Arun.\n\nWhen: Tuesday before sunrise\n\nWhere: Beit Arun, the mill\n\n"
        "Further links: https://arun.example/2"
    )
    kept = {key: leaf.sealed[key] for key in ("language", "translation", "url", "reporter")}
    assert kept == {
        "language": "en", "translation": "In another tongue.", "url": "https://arun.example/1", "reporter": "Somebody at 0000",
    }  # fmt: skip
    (row,) = sent_in.rows()
    assert (row.state, row.words, row.seq) == ("accepted", None, leaf.seq)
    assert told(code) == ("accepted", None)


def test_two_who_take_the_same_in_at_once_make_one_claim(team: Desk, time: Clock) -> None:
    sent_in.account(time)
    name = sent_in.last()
    deeds = [lambda who=who: submissions.accept_submission(who, name) for who in (*team.reviewers[:3], team.lead)]
    answers = at_once(team.app, deeds)
    assert len([one for one in answers if isinstance(one, str)]) == 1
    assert [one.problems for one in answers if isinstance(one, Invalid)] == [{"reason": rules.NOT_WAITING}] * 3
    session.rollback()
    assert len(session.scalars(select(Claim.seq)).all()) == trail.types().count("claim.received") == 1


def test_what_is_turned_away_can_wait_again_until_it_is_erased(team: Desk, time: Clock) -> None:
    code = sent_in.account(time, sent_in.PICTURE)
    before, name = trail.size(), sent_in.last()
    assert problems(lambda: submissions.refuse_submission(team.spare, name, reason=None)) != {}
    submissions.refuse_submission(team.spare, name, reason=WHY)
    assert told(code)[0] == "refused"
    submissions.reconsider_submission(team.lead, name)
    assert told(code)[0] == "waiting"
    submissions.refuse_submission(team.spare, name, reason=WHY)
    time.at += rules.REFUSED_KEPT
    submissions.sweep()
    assert sent_in.rows()[0].words is not None
    time.at += timedelta(days=1)
    submissions.sweep()
    assert problems(lambda: submissions.reconsider_submission(team.lead, name)) == {"reason": rules.WORDS_GONE}
    assert told(code)[0] == "refused"
    assert set(trail.types()[before:]) <= {"attempt.refused"}


def test_erasing_takes_words_and_files_and_what_nobody_looked_at_goes_after_the_days_set(team: Desk, time: Clock) -> None:
    submissions.keep_submissions(team.lead, days=30)
    code = sent_in.account(time, sent_in.PICTURE)
    sha256 = session.scalar(select(SubmissionFile.sha256)) or ""
    assert store.objects().exists(sha256)
    time.at += timedelta(days=30)
    submissions.sweep()
    assert told(code)[0] == "waiting" and store.objects().exists(sha256)
    time.at += timedelta(days=1)
    jobs.sweep()
    _discarded()
    assert told(code)[0] == "refused" and not store.objects().exists(sha256)
    (row,) = sent_in.rows()
    assert (row.words, row.reason, session.scalars(select(SubmissionFile.sha256)).all()) == (None, None, [])
    time.at += rules.RECEIPT_KEPT
    submissions.sweep()
    assert sent_in.rows() == []
    assert problems(lambda: receipt(code)) == {"code": rules.UNKNOWN_CODE}


def test_a_file_that_became_a_source_outlives_the_quarantine(team: Desk, time: Clock) -> None:
    sent_in.account(time, sent_in.PICTURE)
    name = sent_in.last()
    submissions.accept_submission(team.spare, name)
    kept, content = seen.file_of(team.lead, name, 1)
    ref = builders.opened(team)
    sources.attach_source(team.enterer, ref, draft=builders.draft(url=None), content=Upload(content))
    time.at += timedelta(days=rules.KEPT_DAYS + 1)
    jobs.sweep()
    _discarded()
    with pytest.raises(NotFound):
        seen.file_of(team.lead, name, 1)
    session.rollback()
    assert kept.media == "image/png" and content == sent_in.PICTURE
    assert list(fsck.files(session, store.objects())) == []


def test_fsck_and_backups_know_the_files_of_the_quarantine(team: Desk, time: Clock, tmp_path: Path) -> None:
    sent_in.account(time, sent_in.PICTURE)
    sha256 = session.scalar(select(SubmissionFile.sha256))
    session.rollback()
    assert snapshot.take(team.app.config["SQLALCHEMY_DATABASE_URI"], tmp_path).objects == (sha256,)
    time.at += timedelta(hours=2)
    sent_in.account(time)
    submissions.accept_submission(team.spare, sent_in.last())
    assert list(fsck.check(session, keys.load(home()), store.objects())) == []
    with account_write():
        session.execute(update(Submission).values(seq=0, words="x"))
    found = [line.split(": ", 1)[1] for line in fsck.check(session, None, store.objects()) if line.startswith("s-")]
    assert found == [
        "no event of the trail took it in.", "it was taken in, and its words still lie beside the record.",
    ]  # fmt: skip
    store.objects().discard(sha256 or "")
    assert [line for line in fsck.files(session, store.objects()) if "is recorded and not kept" in line]


@pytest.mark.parametrize("role", ["admin", "auditor"])
def test_only_reviewers_and_leads_look_through_it(team: Desk, time: Clock, role: str) -> None:
    sent_in.account(time)
    actor = {"admin": team.admin, "auditor": team.auditor}[role]
    for deed in (submissions.accept_submission, seen.submission_page):
        with pytest.raises(Forbidden):
            deed(actor, sent_in.last())
    with pytest.raises(Forbidden):
        submissions.keep_submissions(team.spare, days=30)
    assert problems(lambda: submissions.keep_submissions(team.lead, days=31)) == {"days": rules.NOT_OFFERED}


def test_who_sent_it_is_shown_to_lead_editors_alone(team: Desk, time: Clock) -> None:
    sent_in.account(time)
    pages = {actor.role: seen.submission_page(actor, sent_in.last()) for actor in (team.spare, team.lead)}
    assert {role: (page.contact, page.reachable) for role, page in pages.items()} == {
        "reviewer": (None, True), "lead": ("Somebody at 0000", True),
    }  # fmt: skip


def test_one_that_waited_while_the_hour_filled_up_is_not_let_in(
    team: Desk, time: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([False, True])  # before and behind the lock
    monkeypatch.setattr(submitting, "_paused", lambda _source: next(answers))
    assert problems(lambda: sent_in.account(time)) == {"form": rules.PAUSED}
    assert (sent_in.rows(), session.scalars(select(SubmissionKnock.times)).all()) == ([], [])


def test_a_form_kept_while_this_one_waited_is_not_counted_again(
    team: Desk, time: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([False, True])  # before and behind the lock
    monkeypatch.setattr(submitting, "_known", lambda _form: next(answers))
    sent_in.account(time)
    assert session.scalars(select(SubmissionKnock.times)).all() == []


def test_the_last_of_the_hour_pressed_twice_is_still_received(team: Desk, time: Clock) -> None:
    for _number in range(rules.MOST_AN_HOUR - 1):
        sent_in.account(time)
    form = sent_in.opened(time)
    assert submitting.submit(form, sent_in.ACCOUNT) == submitting.submit(form, sent_in.ACCOUNT)
    assert len(sent_in.rows()) == rules.MOST_AN_HOUR
