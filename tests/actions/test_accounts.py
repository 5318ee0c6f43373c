"""Accounts: one answer for every wrong sign-in, five tries, sessions that end, links that work once."""

from __future__ import annotations

import hashlib
import threading
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, insert, select

from review import clock
from review.actions import accounts, attempts, invitations, passwords, sessions, signing_in
from review.extensions import db
from review.models import Invitation, LoginAttempt, Password, Person, UserSession
from review.queries.accounts import open_sessions, signed_in
from review.rules.accounts import (
    ATTEMPTS_KEPT,
    CONFIRMED,
    IDLE,
    IDLE_SOON,
    LONGEST_SESSION,
    NOT_THE_OLD,
    PAUSE,
    PAUSED,
    TOUCH,
    TRIES,
    TRIES_OF_ALL,
    TRIES_OF_NAME,
    WRONG,
    digest,
)
from review.rules.errors import Invalid, NotFound

WORDS = "seven quiet herons by the weir"
START = datetime(2031, 3, 14, 12, tzinfo=UTC)


@pytest.fixture
def person(desk: Flask) -> int:
    """A reviewer who has chosen a password."""
    return somebody("noor@desk.example")


def somebody(email: str, password: str | None = WORDS) -> int:
    person_id = db.session.execute(
        insert(Person.__table__)
        .values(email=email, name="Noor", role="reviewer", active=True, log_name=digest(email)[:16])
        .returning(Person.__table__.c.id)
    ).scalar_one()
    db.session.commit()
    if password:
        password_hash = passwords.hash_password(password)
        with accounts.account_write():
            passwords.put_password(person_id, password_hash)
    return int(person_id)


HERE, ELSEWHERE = "203.0.113.7", "198.51.100.9"


def answer(email: str, password: str, address: str = HERE) -> str:
    with pytest.raises(Invalid) as refusal:
        signing_in.sign_in(email, password, address=address)
    return refusal.value.problems["email"]


def at(moment: datetime) -> object:
    return clock.reading(lambda: moment)


def test_the_right_words_open_a_session_kept_only_as_a_hash(person: int) -> None:
    token = signing_in.sign_in(" NOOR@desk.example ", WORDS, agent="Firefox")
    assert signed_in(token).id == person
    kept = db.session.scalars(select(UserSession.token_hash)).all()
    assert kept == [digest(token)]
    assert token not in kept


def test_wrong_words_unknown_names_and_people_without_a_password_get_one_answer(desk: Flask, person: int) -> None:
    somebody("late@desk.example", None)
    answers = {
        answer("noor@desk.example", "another phrase"),
        answer("nobody@desk.example", WORDS),
        answer("late@desk.example", WORDS),
    }
    assert answers == {WRONG}


def test_an_unknown_name_costs_a_verification_too(desk: Flask, person: int, monkeypatch: pytest.MonkeyPatch) -> None:
    verified = []
    real = passwords.HASHER.verify

    class Counting:
        def verify(self, kept: str, typed: str) -> bool:
            verified.append(kept)
            return real(kept, typed)

        def __getattr__(self, name: str) -> object:
            return getattr(PLAIN, name)

    PLAIN = passwords.HASHER
    monkeypatch.setattr(passwords, "HASHER", Counting())
    answer("nobody@desk.example", WORDS)
    answer("noor@desk.example", "wrong")
    assert len(verified) == 2
    assert [kept.split("$")[3] for kept in verified] == ["m=19456,t=2,p=1"] * 2


@pytest.mark.parametrize("email", ["noor@desk.example", "nobody@desk.example"])
def test_after_five_tries_there_is_a_pause_for_known_and_unknown_alike(person: int, email: str) -> None:
    with at(START):
        assert [answer(email, "wrong words here") for _ in range(TRIES)] == [WRONG] * TRIES
        assert answer(email, WORDS) == PAUSED
    with at(START + PAUSE + timedelta(seconds=1)):
        if email == "noor@desk.example":
            assert signing_in.sign_in(email, WORDS, address=HERE)
        else:
            assert answer(email, WORDS) == WRONG


def test_a_stranger_elsewhere_does_not_pause_the_owner(person: int) -> None:
    with at(START):
        assert [answer("noor@desk.example", "wrong words here", ELSEWHERE) for _ in range(TRIES + 1)][-1] == PAUSED
        assert signing_in.sign_in("noor@desk.example", WORDS, address=HERE)


def test_a_flood_pauses_everybody_but_those_known_where_they_are(person: int) -> None:
    somebody("idris@desk.example")
    with at(START):
        assert signing_in.sign_in("noor@desk.example", WORDS, address=HERE)
        flood()
        assert signing_in.sign_in("noor@desk.example", WORDS, address=HERE)
        assert answer("noor@desk.example", WORDS, ELSEWHERE) == PAUSED
        assert answer("idris@desk.example", WORDS) == PAUSED
    with at(START + PAUSE):
        assert signing_in.sign_in("idris@desk.example", WORDS, address=HERE)


def flood() -> None:
    """A hundred wrong tries from as many places, without the hundred hashings."""
    with accounts.account_write():
        for number in range(TRIES_OF_ALL):
            attempts.note(attempts.mark(f"n{number}@desk.example", f"192.0.2.{number}"), succeeded=False)


def test_a_day_of_tries_under_one_name_from_everywhere_leaves_it_to_those_known_where_they_are(person: int) -> None:
    """Whoever has the password cannot go through the codes of a second factor from thousands of places."""
    somebody("idris@desk.example")
    with at(START):
        assert signing_in.sign_in("noor@desk.example", WORDS, address=HERE)
        with accounts.account_write():
            for number in range(TRIES_OF_NAME):
                attempts.note(attempts.mark("noor@desk.example", f"192.0.2.{number}"), succeeded=False)
    with at(START + PAUSE):
        assert answer("noor@desk.example", WORDS, ELSEWHERE) == PAUSED
        assert signing_in.sign_in("noor@desk.example", WORDS, address=HERE)
        assert signing_in.sign_in("idris@desk.example", WORDS, address=ELSEWHERE)
    with at(START + ATTEMPTS_KEPT):
        assert signing_in.sign_in("noor@desk.example", WORDS, address=ELSEWHERE)


def test_a_password_that_is_replaced_while_it_is_verified_opens_nothing(
    person: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    verify = passwords.matches

    def and_meanwhile(password_hash: str, password: str) -> bool:
        right = verify(password_hash, password)
        with accounts.account_write():
            passwords.put_password(person, fresh)
        return right

    fresh = passwords.hash_password("other words by the weir")
    monkeypatch.setattr(passwords, "matches", and_meanwhile)
    assert answer("noor@desk.example", WORDS) == WRONG


def test_one_house_has_one_ipv6_network_and_an_address_is_kept_as_a_keyed_hash_only(person: int) -> None:
    assert attempts.mark("a@b.example", "2001:db8::1").source == attempts.mark("a@b.example", "2001:db8::ffff").source
    assert attempts.mark("a@b.example", "2001:db8::1").source != attempts.mark("a@b.example", "2001:db8:0:1::1").source
    answer("noor@desk.example", "wrong words here")
    row = db.session.scalars(select(LoginAttempt)).one()
    assert row.source_hash != hashlib.sha256(b"from " + HERE.encode()).hexdigest()
    assert HERE not in str(vars(row))


def test_of_many_tries_at_once_only_five_are_heard(desk: Flask, person: int) -> None:
    heard: list[str] = []

    def guess() -> None:
        with desk.app_context():
            heard.append(answer("noor@desk.example", "wrong words here"))

    threads = [threading.Thread(target=guess) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert heard.count(WRONG) == TRIES
    assert heard.count(PAUSED) == 12 - TRIES


def test_the_attempts_table_holds_no_address(person: int) -> None:
    answer("noor@desk.example", "wrong words here")
    name = db.session.scalars(select(LoginAttempt.name_hash)).one()
    assert "noor" not in name
    assert name != digest("noor@desk.example")


def test_a_session_ends_by_sign_out_idleness_age_and_deactivation(person: int) -> None:
    with at(START):
        token, idle, old = (signing_in.sign_in("noor@desk.example", WORDS) for _ in range(3))
        sessions.sign_out(token)
        assert signed_in(token) is None
        assert signed_in(idle)
    with at(START + IDLE):
        assert signed_in(idle) is None
    moment = START
    while moment < START + LONGEST_SESSION - IDLE:
        moment += IDLE - TOUCH
        with at(moment):
            seen = signed_in(old)
            sessions.seen(old, seen.last_seen)
    with at(START + LONGEST_SESSION):
        assert signed_in(old) is None
    with at(moment):
        assert signed_in(old)
        db.session.execute(Person.__table__.update().values(active=False))
        db.session.commit()
        assert signed_in(old) is None


@pytest.mark.parametrize(
    ("role", "holds"), [("reviewer", IDLE), ("lead", IDLE_SOON), ("admin", IDLE_SOON), ("auditor", IDLE_SOON)]
)
def test_how_long_a_session_may_idle_depends_on_the_role(person: int, role: str, holds: timedelta) -> None:
    db.session.execute(Person.__table__.update().values(role=role))
    db.session.commit()
    with at(START):
        token = sessions.open_session(person)
    with at(START + holds - TOUCH):
        assert signed_in(token)
    with at(START + holds):
        assert signed_in(token) is None


def test_one_session_is_ended_by_its_owner_and_by_nobody_else(person: int) -> None:
    other = somebody("idris@desk.example")
    here, there = sessions.open_session(person), sessions.open_session(person)
    sessions.end_one(other, digest(there))
    assert signed_in(there)
    sessions.end_one(person, digest(there))
    assert signed_in(there) is None
    assert signed_in(here)


def test_the_password_counts_as_given_for_ten_minutes(person: int) -> None:
    with at(START):
        token = signing_in.sign_in("noor@desk.example", WORDS)
        assert signed_in(token).confirmed
    with at(START + CONFIRMED):
        assert not signed_in(token).confirmed
        with pytest.raises(Invalid):
            passwords.confirm(token, person, "wrong words here")
        assert not signed_in(token).confirmed
        passwords.confirm(token, person, WORDS)
        assert signed_in(token).confirmed


def test_the_password_asked_for_again_cannot_be_guessed_at_without_end(person: int) -> None:
    token = signing_in.sign_in("noor@desk.example", WORDS, address=HERE)
    told = []
    for _ in range(TRIES + 1):
        with pytest.raises(Invalid) as refusal:
            passwords.confirm(token, person, "wrong words here", address=HERE)
        told.append(refusal.value.problems["password"])
    assert told[-2:] == [NOT_THE_OLD, PAUSED]


def test_use_is_noted_at_most_once_a_minute(person: int) -> None:
    with at(START):
        token = signing_in.sign_in("noor@desk.example", WORDS)
    last_seen = select(UserSession.last_seen)
    with at(START + TOUCH / 2):
        sessions.seen(token, START)
        assert db.session.scalars(last_seen).one() == START
    with at(START + TOUCH):
        sessions.seen(token, START)
        assert db.session.scalars(last_seen).one() == START + TOUCH


def test_changing_the_password_ends_the_other_sessions(person: int) -> None:
    here, there = (signing_in.sign_in("noor@desk.example", WORDS) for _ in range(2))
    with pytest.raises(Invalid):
        passwords.change_password(person, "not the old words", "a fresh phrase for it", "a fresh phrase for it")
    passwords.change_password(person, WORDS, "a fresh phrase for it", "a fresh phrase for it", keep=here)
    assert signed_in(here)
    assert signed_in(there) is None
    assert [row.this_one for row in open_sessions(person, here)] == [True]
    assert answer("noor@desk.example", WORDS) == WRONG


@pytest.mark.parametrize(
    ("password", "again"), [("short", "short"), ("x" * 1001, "x" * 1001), (WORDS, WORDS + "s"), ("noor@desk.example",) * 2]
)
def test_a_password_that_is_no_good_is_refused(password: str, again: str) -> None:
    with pytest.raises(Invalid):
        passwords.hash_password(password, email="noor@desk.example", again=again)


def test_a_reset_link_works_once_and_signs_out_everywhere(person: int) -> None:
    token = signing_in.sign_in("noor@desk.example", WORDS)
    old, new = invitations.reset_link(person), invitations.reset_link(person)
    with pytest.raises(NotFound):
        invitations.peek(old, "reset")
    with pytest.raises(NotFound):
        invitations.peek(new, "invitation")
    assert invitations.reset_password(new, "a fresh phrase for it", "a fresh phrase for it") == person
    assert signed_in(token) is None
    with pytest.raises(NotFound):
        invitations.reset_password(new, "one more phrase for it", "one more phrase for it")
    assert signing_in.sign_in("noor@desk.example", "a fresh phrase for it")


def test_a_link_runs_out(person: int) -> None:
    with at(START):
        token = invitations.invitation_link(email="Idris@desk.example", role="reviewer")
        assert invitations.peek(token, "invitation").email == "idris@desk.example"
    with at(START + timedelta(days=8)), pytest.raises(NotFound):
        invitations.peek(token, "invitation")


def test_of_two_uses_of_one_link_at_once_one_is_refused(desk: Flask, person: int) -> None:
    token = invitations.invitation_link(email="idris@desk.example", role="reviewer")
    answers: list[str] = []

    def join() -> None:
        with desk.app_context():
            try:
                with accounts.account_write():
                    invitations.use(token, "invitation")
                answers.append("joined")
            except NotFound:
                answers.append("refused")

    threads = [threading.Thread(target=join) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["joined"] + ["refused"] * 7


def test_the_set_up_link_is_made_only_while_nobody_is_there(desk: Flask) -> None:
    first, second = invitations.first_link(), invitations.first_link()
    with pytest.raises(NotFound):
        invitations.peek(first or "", "setup")
    assert invitations.peek(second or "", "setup").kind == "setup"
    somebody("noor@desk.example", None)
    assert invitations.first_link() is None


def test_a_write_that_fails_leaves_nothing(desk: Flask, person: int) -> None:
    with pytest.raises(ZeroDivisionError), accounts.account_write():
        passwords.put_password(person, "changed")
        raise ZeroDivisionError
    assert db.session.scalars(select(Password.hash)).one() != "changed"


def test_the_sweep_forgets_old_attempts(person: int) -> None:
    with at(START):
        answer("noor@desk.example", "wrong words here")
        accounts.sweep()
        assert db.session.scalar(select(func.count()).select_from(LoginAttempt)) == 1
    with at(START + timedelta(days=2)):
        accounts.sweep()
        assert db.session.scalar(select(func.count()).select_from(LoginAttempt)) == 0
    assert db.session.scalar(select(func.count()).select_from(Invitation)) == 0


