"""A correction of what was imported: version 0 takes no note and no check, so the record is brought up to be graded."""

from __future__ import annotations

from pathlib import Path

import pytest

from review import config
from review.actions import assignments, corrections, imports, redactions, rounds, streams, submissions
from review.audit import keys
from review.config import home, origin
from review.models import session
from review.queries import corrections as seen
from review.queries.receipts import Receipt, receipt
from review.rules.corrections import HAS_ENDED
from review.rules.errors import Forbidden, Invalid, Refused, Stale
from review.rules.redaction import Named
from tests import builders, sent_in, staffing, trail
from tests.actions.erased import asked as removal
from tests.actions.test_commands import flask
from tests.actions.test_imports import PLAIN, table
from tests.audit.checking import failures
from tests.builders import Desk
from tests.clocks import Clock
from tests.web.sitting import browser, masked

WHY = "Its sources say another number."


@pytest.fixture
def filling() -> staffing.Filling:
    return imported


def imported(team: Desk, _time: Clock | None) -> str:
    """One imported incident with an imported grade, and sources in it, so that there is something to judge."""
    builders.at_once(team)
    path = config.home() / "one.csv"
    path.write_bytes(table([{**PLAIN, "url": "https://record.example/1"}]))
    assert imports.import_incidents(team.admin, path).imported == 1
    path.unlink()
    return builders.with_sources(team, trail.row("KV001").name)


@pytest.fixture
def team(time: Clock, staffed: Desk) -> Desk:
    return staffed


@pytest.fixture
def asked(team: Desk, time: Clock, filled: str) -> tuple[str, str]:
    """The code and the name of a request about the imported record, taken in."""
    code = sent_in.wish(time, filled, version=0)
    submissions.accept_correction(team.spare, sent_in.last())
    return code, sent_in.last()


def told(code: str) -> Receipt:
    session.rollback()
    found = receipt(code)
    session.rollback()
    return found


def shown() -> str | None:
    session.rollback()
    return trail.row("KV001").digest


def graded(who: object, name: str, **changes: object) -> None:
    corrections.grade_correction(who, name, **{"reason": WHY, "seen": shown(), **changes})  # type: ignore[arg-type]


def test_a_note_or_a_check_belongs_to_a_version_of_this_desk(team: Desk, asked: tuple[str, str]) -> None:
    _code, name = asked
    page = seen.correction_page(team.lead, name)
    assert page.imported and page.version == 0 and page.ways["grade_correction"].open
    for verb, deed in (
        ("version-stands", lambda: corrections.publish_correction(team.lead, name, text="A note.", seen=shown())),
        ("published", lambda: corrections.recheck_correction(team.lead, name, reason=WHY, seen=shown())),
    ):
        with pytest.raises(Refused) as refusal:
            deed()
        assert [one.name for one in refusal.value.requirements] == [verb]


def test_it_is_brought_up_graded_and_published_and_the_receipt_follows(
    team: Desk, asked: tuple[str, str], filled: str, tmp_path: Path
) -> None:
    code, name = asked
    graded(team.lead, name)
    opened = trail.last(filled)
    assert (opened.type, opened.body["kind"], opened.sealed["reason"]) == ("round.opened", "first", WHY)
    page = seen.correction_page(team.lead, name)
    assert (page.outcome, page.owner) == ("graded", team.lead.name)
    waits = Receipt("correction", "2031-03-24", "accepted", "KV001", "graded", "2031-03-24")
    assert told(code) == waits
    for voter in team.voters:
        assert assignments.take_next(voter) == filled, "it comes up like every round"
        builders.cast(voter, filled, 1)
    assert told(code) == waits, "how far the work is, a receipt never tells"
    builders.work()
    builders.approved(team, filled)
    assert told(code) == Receipt("correction", "2031-03-24", "accepted", "KV001", "graded", "2031-03-24", version=1)
    bundle = tmp_path / "public.zip"
    assert flask(team.app, "audit", "export", str(bundle), "--profile", "public").exit_code == 0
    assert failures(bundle, key=str(keys.load(home()).verifier(origin()))) == []
    checked = flask(team.app, "audit", "fsck")
    assert checked.exit_code == 0, checked.output


@pytest.mark.parametrize("address", ["/incidents/KV001", "/api/v1/incidents/KV001", "/api/v1/incidents"])
def test_no_public_answer_tells_that_it_is_being_graded(
    team: Desk, asked: tuple[str, str], filled: str, address: str
) -> None:
    def public() -> tuple[str, str | None]:
        session.rollback()
        answer = browser(team.app).get(address)
        assert answer.status_code == 200
        return masked(answer), answer.headers.get("ETag")

    before = public()
    graded(team.lead, asked[1])
    assert public() == before
    assert assignments.take_next(team.voters[0]) == filled
    builders.cast(team.voters[0], filled, 1)
    assert public() == before


def test_a_round_that_is_under_way_is_named_and_no_second_one_opens(
    team: Desk, asked: tuple[str, str], filled: str
) -> None:
    code, name = asked
    rounds.open_round(team.lead, filled)
    under_way = trail.last(filled)
    graded(team.leads[1], name)
    assert trail.last(filled).seq == under_way.seq and told(code).outcome == "graded"
    checked = flask(team.app, "audit", "fsck")
    assert checked.exit_code == 0, checked.output


def test_an_abandoned_round_takes_nothing_back_and_the_receipt_stays_true(
    team: Desk, asked: tuple[str, str], filled: str
) -> None:
    code, name = asked
    graded(team.lead, name)
    before = told(code)
    rounds.abandon_round(team.lead, filled, 1, reason="A mistake.")
    assert told(code) == before and before.version is None


def test_what_stands_in_the_way_is_refused_as_everywhere(team: Desk, asked: tuple[str, str], filled: str) -> None:
    _code, name = asked
    size = trail.size()
    with pytest.raises(Forbidden):
        graded(team.spare, name)
    with pytest.raises(Stale):
        graded(team.lead, name, seen="another")
    streams.switch_stream(team.lead, trail.row(filled).stream, mode="log-only", reason="Too few people.")
    with pytest.raises(Refused) as refusal:
        graded(team.lead, name)
    assert [one.name for one in refusal.value.requirements] == ["stream-active"]
    session.rollback()
    assert "round.opened" not in trail.types(filled) and trail.size() > size
    corrections.decline_correction(team.lead, name, reason="It is only logged now.")
    with pytest.raises(Invalid) as ended:
        graded(team.lead, name)
    assert ended.value.problems == {"text": HAS_ENDED}


def test_why_the_grading_under_way_answers_it_is_kept_with_it_and_goes_with_the_words_that_it_repeats(
    team: Desk, asked: tuple[str, str], filled: str
) -> None:
    _code, name = asked
    received = trail.last(filled)
    rounds.open_round(team.lead, filled)
    graded(team.lead, name, reason=received.sealed["text"])
    assert trail.types(filled).count("round.opened") == 1
    page = seen.correction_page(team.lead, name)
    assert (page.outcome, page.why, page.opens) == ("graded", received.sealed["text"], False)
    wanted = removal(team, filled, Named(received.seq, "text"))
    redactions.second_redaction(team.leads[1], wanted, reason="I have read it.")
    page = seen.correction_page(team.lead, name)
    assert (page.outcome, page.why, page.text) == ("graded", None, None)
