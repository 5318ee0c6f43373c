"""Second factors: no code opens two sessions, a recovery code works once, and the desk asks whom it says it asks."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pyotp
import pytest
from flask import Flask
from sqlalchemy import func, select

from review import clock
from review.actions import passwords, people, second_factors, sessions, signing_in
from review.actions.accounts import account_write
from review.extensions import Base, db
from review.models import Notice, SecondFactor, UserSession
from review.queries.accounts import account_page, signed_in
from review.queries.inbox import TOLD, inbox
from review.rules.accounts import WRONG
from review.rules.errors import Forbidden, Invalid, Refused
from review.rules.permissions import SYSTEM
from review.rules.second_factors import ASKED, OFF, figures
from tests import builders
from tests.clocks import Clock
from tests.staffing import Filling

WORDS = "seven quiet herons by the weir"
START = datetime(2031, 3, 14, 12, tzinfo=UTC)
STEP = timedelta(seconds=30)


def _with_passwords(built: builders.Desk, _time: Clock | None) -> None:
    hashed = passwords.hash_password(WORDS)
    with account_write():
        for actor in (built.admin, built.lead, built.spare):
            passwords.put_password(actor.person, hashed)


@pytest.fixture
def filling() -> Filling:
    return _with_passwords


@pytest.fixture
def team(staffed: builders.Desk) -> builders.Desk:
    return staffed


def at(moment: datetime) -> object:
    return clock.reading(lambda: moment)


def address(actor: object) -> str:
    return builders.address(actor.name) if actor.role != "admin" else "tamsin@desk.invalid"


def enrolled(actor: object, moment: datetime = START) -> tuple[pyotp.TOTP, tuple[str, ...]]:
    """This person's authenticator, set up at `moment`, and their recovery codes."""
    with at(moment):
        offered = second_factors.offer(actor.person)
        secret, _address = second_factors.shown(actor.person, address(actor), offered)
        phone = pyotp.TOTP(secret)
        return phone, second_factors.enrol(actor.person, offered, phone.at(moment), keep="")


def enters(actor: object, code: str | None, moment: datetime) -> str:
    with at(moment):
        return signing_in.sign_in(address(actor), WORDS, code)


def is_turned_away(actor: object, code: str | None, moment: datetime, password: str = WORDS) -> None:
    with at(moment), pytest.raises(Invalid) as refusal:
        signing_in.sign_in(address(actor), password, code)
    assert refusal.value.problems == {"email": WRONG}


def test_whoever_has_an_authenticator_needs_its_code(team: builders.Desk) -> None:
    phone, _codes = enrolled(team.spare)
    later = START + 10 * STEP
    for code in ("", None, "12", phone.at(START + 50 * STEP)):
        is_turned_away(team.spare, code, later)
    assert enters(team.spare, phone.at(later), later)


def test_a_wrong_code_a_wrong_password_and_an_unknown_name_get_one_answer(team: builders.Desk) -> None:
    phone, _codes = enrolled(team.spare)
    later = START + 10 * STEP
    is_turned_away(team.spare, "000000", later)
    is_turned_away(team.spare, phone.at(later), later, password="not these words")
    with at(later), pytest.raises(Invalid) as refusal:
        signing_in.sign_in("nobody@desk.invalid", WORDS, phone.at(later))
    assert refusal.value.problems == {"email": WRONG}


@pytest.mark.parametrize("after", [timedelta(0), STEP])
def test_a_code_is_never_taken_twice(team: builders.Desk, after: timedelta) -> None:
    phone, _codes = enrolled(team.spare)
    later = START + 10 * STEP
    code = phone.at(later)
    assert enters(team.spare, code, later)
    is_turned_away(team.spare, code, later + after)
    assert enters(team.spare, phone.at(later + 2 * STEP), later + 2 * STEP)


def test_the_code_that_set_it_up_does_not_sign_in(team: builders.Desk) -> None:
    phone, _codes = enrolled(team.spare)
    is_turned_away(team.spare, phone.at(START), START)


def test_an_older_code_than_the_last_one_taken_is_refused(team: builders.Desk) -> None:
    phone, _codes = enrolled(team.spare)
    later = START + 10 * STEP
    assert enters(team.spare, phone.at(later), later)
    is_turned_away(team.spare, phone.at(later - STEP), later)


def test_of_two_sign_ins_at_once_with_one_code_one_is_let_in(desk: Flask, team: builders.Desk) -> None:
    phone, _codes = enrolled(team.spare)
    later = START + 10 * STEP
    assert at_once(desk, team.spare, phone.at(later), later) == [WRONG, "in"]


def test_of_two_sign_ins_at_once_with_one_recovery_code_one_is_let_in(desk: Flask, team: builders.Desk) -> None:
    _phone, codes = enrolled(team.spare)
    assert at_once(desk, team.spare, codes[0], START) == [WRONG, "in"]


def at_once(desk: Flask, actor: object, code: str, moment: datetime) -> list[str]:
    """Two sign-ins with the same code, from two places at once."""
    answers: list[str] = []
    before = db.session.scalar(select(func.count()).select_from(UserSession))
    db.session.rollback()

    def enter(place: str) -> None:
        with desk.app_context():
            try:
                signing_in.sign_in(address(actor), WORDS, code, address=place)
                answers.append("in")
            except Invalid as refusal:
                answers.append(refusal.problems["email"])

    with at(moment):
        threads = [threading.Thread(target=enter, args=(f"203.0.113.{number}",)) for number in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert db.session.scalar(select(func.count()).select_from(UserSession)) == before + 1
    return sorted(answers)


def test_a_recovery_code_stands_in_once(team: builders.Desk) -> None:
    _phone, codes = enrolled(team.spare)
    assert len(set(codes)) == 10
    token = enters(team.spare, codes[3], START)
    with at(START):
        assert account_page(token).recovery_codes == 9
    is_turned_away(team.spare, codes[3], START)
    assert enters(team.spare, codes[4].replace("-", " "), START)


def test_new_recovery_codes_end_the_old(team: builders.Desk) -> None:
    _phone, old = enrolled(team.spare)
    fresh = second_factors.new_recovery_codes(team.spare.person)
    is_turned_away(team.spare, old[0], START)
    assert enters(team.spare, fresh[0], START)


def test_neither_the_secret_nor_a_recovery_code_stands_in_the_database(team: builders.Desk) -> None:
    phone, codes = enrolled(team.spare)
    tables = Base.metadata.sorted_tables
    kept = str([tuple(row) for table in tables for row in db.session.execute(select(table))])
    assert address(team.spare) in kept and "second_factor" in {table.name for table in tables}
    assert phone.secret not in kept
    assert not any(code in kept or figures(code) in kept for code in codes)


def test_a_secret_offered_to_one_is_no_use_to_another(team: builders.Desk) -> None:
    offered = second_factors.offer(team.spare.person)
    with pytest.raises(Invalid):
        second_factors.enrol(team.lead.person, offered, "000000", keep="")


def test_a_wrong_code_sets_nothing_up(team: builders.Desk) -> None:
    offered = second_factors.offer(team.spare.person)
    with pytest.raises(Invalid):
        second_factors.enrol(team.spare.person, offered, "000000", keep="")
    assert db.session.get(SecondFactor, team.spare.person) is None


def test_codes_are_read_in_any_figures() -> None:
    assert figures(" ١٢٣-۴۵۶ ") == "123456"
    assert figures("12a４") == "12"


# --- whom the desk asks ------------------------------------------------------------------------------------


def must_enrol(actor: object, moment: datetime = START) -> bool:
    token = enters(actor, None, moment)
    with at(moment):
        return signed_in(token).must_enrol


def test_the_set_up_by_a_link_is_the_first_sign_in(team: builders.Desk) -> None:
    with at(START):
        assert not signed_in(sessions.open_session(team.lead.person)).must_enrol
    assert must_enrol(team.lead)


def test_a_lead_and_an_admin_are_asked_at_their_second_sign_in(team: builders.Desk) -> None:
    assert [must_enrol(team.lead) for _ in range(3)] == [False, True, True]
    assert [must_enrol(team.admin) for _ in range(2)] == [False, True]


def test_a_reviewer_is_not_asked(team: builders.Desk) -> None:
    assert [must_enrol(team.spare) for _ in range(3)] == [False] * 3


def test_whoever_becomes_a_lead_while_signed_in_is_asked_at_once(team: builders.Desk) -> None:
    first, second = enters(team.spare, None, START), enters(team.spare, None, START)
    people.grant_role(team.admin, team.spare.person, "lead", reason="She edits from now on.")
    with at(START):
        assert [signed_in(token).must_enrol for token in (first, second)] == [False, True]


def test_whoever_gave_theirs_up_and_becomes_a_lead_is_asked_at_once(team: builders.Desk) -> None:
    phone, _codes = enrolled(team.spare)
    token = enters(team.spare, phone.at(START + 10 * STEP), START + 10 * STEP)
    second_factors.remove(team.spare.person)
    people.grant_role(team.admin, team.spare.person, "lead", reason="She edits from now on.")
    with at(START + 10 * STEP):
        assert signed_in(token).must_enrol


def test_a_desk_that_switched_it_off_asks_nobody(team: builders.Desk) -> None:
    second_factors.switch(team.admin, OFF)
    assert [must_enrol(team.lead) for _ in range(3)] == [False] * 3
    second_factors.switch(team.admin, ASKED)
    assert must_enrol(team.lead)


def test_switching_it_off_lets_nobody_in_who_has_one_without_its_code(team: builders.Desk) -> None:
    enrolled(team.lead)
    second_factors.switch(team.admin, OFF)
    is_turned_away(team.lead, "", START)


def test_setting_it_up_ends_the_asking_and_the_other_sessions(team: builders.Desk) -> None:
    enters(team.lead, None, START)
    here, there = enters(team.lead, None, START), enters(team.lead, None, START)
    with at(START):
        offered = second_factors.offer(team.lead.person)
        phone = pyotp.TOTP(second_factors.shown(team.lead.person, "x@y.invalid", offered)[0])
        second_factors.enrol(team.lead.person, offered, phone.at(START), keep=here)
        assert not signed_in(here).must_enrol
        assert signed_in(there) is None


def test_only_an_admin_switches_it(team: builders.Desk) -> None:
    for actor in (team.lead, team.spare, team.auditor):
        with pytest.raises(Forbidden):
            second_factors.switch(actor, OFF)
    assert second_factors.asked()


def test_a_lead_may_replace_theirs_but_not_give_it_up(team: builders.Desk) -> None:
    enrolled(team.lead)
    with pytest.raises(Invalid):
        second_factors.remove(team.lead.person)
    phone, _codes = enrolled(team.lead, START + 10 * STEP)
    assert enters(team.lead, phone.at(START + 20 * STEP), START + 20 * STEP)
    enrolled(team.spare)
    second_factors.remove(team.spare.person)
    assert enters(team.spare, "", START)


# --- taken in hand by an admin -----------------------------------------------------------------------------


def test_an_admin_takes_a_lost_one_away_and_every_session_with_it(team: builders.Desk) -> None:
    _phone, codes = enrolled(team.lead)
    token = enters(team.lead, codes[0], START)
    people.reset_second_factor(team.admin, team.lead.person)
    with at(START):
        assert signed_in(token) is None
    assert must_enrol(team.lead)


@pytest.mark.parametrize(
    ("act", "kind"), [(people.reset_second_factor, "authenticator_taken"), (people.reset_account, "password_link")]
)
def test_no_log_in_is_taken_in_hand_in_silence(team: builders.Desk, act: Any, kind: str) -> None:
    """An admin who signs in as a lead cannot do so unseen: the lead is told, and every other lead and admin."""
    act(team.admin, team.lead.person)
    told = db.session.execute(select(Notice.person_id, Notice.kind).where(Notice.incident_id.is_(None))).all()
    others = {(lead.person, "log_in_in_hand") for lead in team.leads if lead.person != team.lead.person}
    assert set(map(tuple, told)) == {(team.lead.person, kind), *others}
    assert others
    assert [row.sentence for row in inbox(team.lead).notices] == [TOLD[kind]]


def test_nobody_takes_away_or_resets_their_own_and_only_an_admin_anothers(team: builders.Desk) -> None:
    for act in (people.reset_second_factor, people.reset_account):
        with pytest.raises(Refused):
            act(team.admin, team.admin.person)
        with pytest.raises(Forbidden):
            act(team.lead, team.spare.person)


def test_a_closed_log_in_gets_no_link(team: builders.Desk) -> None:
    people.deactivate_person(team.admin, team.spare.person, reason="Left for the harvest.")
    with pytest.raises(Invalid):
        people.reset_account(team.admin, team.spare.person)
    assert people.reset_account(SYSTEM, team.lead.person)


def test_closing_a_log_in_ends_its_sessions(team: builders.Desk) -> None:
    token = sessions.open_session(team.spare.person)
    assert signed_in(token)
    people.deactivate_person(team.admin, team.spare.person, reason="Left for the harvest.")
    assert signed_in(token) is None
