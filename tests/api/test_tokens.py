"""Tokens: shown once, kept as a digest, never more than their person's role of today, gone wherever sessions end."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from review import clock
from review.actions import invitations, people, second_factors, sessions, tokens
from review.actions.accounts import account_write, sweep
from review.actions.leaving import let_leave
from review.extensions import db
from review.models import ApiToken, Claim, Person, session
from review.queries.tokens import bearer, tokens_page
from review.rules import tokens as rules
from review.rules.accounts import digest
from review.rules.errors import Invalid
from review.rules.second_factors import OFF
from tests import builders, staffing
from tests.api.filling import BECAUSE, Filled, bearing, everything, token_of
from tests.clocks import Clock
from tests.web.sitting import Browser, browser, sitting

START = datetime(2031, 3, 14, 12, tzinfo=UTC)
DESK, CLAIMS = "/api/v1/desk/incidents", "/api/v1/claims"
CLAIM = {"text": "Grain store at Marj Eluan hit at dusk.", "language": "en", "reporter": "Halim, the miller"}
WORDS = "seven quiet herons by the weir"
SHOWN = re.compile(r'id="token"[^>]*>(assay_[\w-]{43})<')


@pytest.fixture
def team(staffed: builders.Desk) -> builders.Desk:
    session.rollback()
    return staffed


@pytest.fixture
def program(team: builders.Desk) -> Browser:
    return browser(team.app)


def asks(program: Browser, token: str, path: str = DESK) -> int:
    return program.get(path, headers=bearing(token)).status_code


def sends(program: Browser, token: str, **changes: object):
    return program.post(CLAIMS, json={**CLAIM, **changes}, headers=bearing(token))


def test_a_token_is_shown_once_and_kept_as_its_digest(team: builders.Desk, program: Browser) -> None:
    lead = sitting(team.app, team.lead)
    made = lead.post("/desk/account/tokens", data={"name": "the archive", "scopes": list(rules.SCOPES), "days": "30"})
    token = SHOWN.search(made.get_data(as_text=True))[1]
    assert made.headers["Cache-Control"] == "no-store"
    (row,) = session.scalars(select(ApiToken))
    assert (row.token_hash, row.scopes) == (digest(token), "read:desk claims:write")
    session.rollback()
    page = lead.get("/desk/account/tokens").get_data(as_text=True)
    assert "the archive" in page and token not in page
    assert asks(program, token) == 200
    assert "last used" in lead.get("/desk/account/tokens").get_data(as_text=True)
    lead.post("/desk/account/tokens/end", data={"token": digest(token)})
    assert asks(program, token) == 401
    assert "the archive" not in lead.get("/desk/account/tokens").get_data(as_text=True)


def test_a_token_of_somebody_else_is_not_mine_to_end(team: builders.Desk, program: Browser) -> None:
    token = token_of(team.lead)
    sitting(team.app, team.leads[1]).post("/desk/account/tokens/end", data={"token": digest(token)})
    assert asks(program, token) == 200
    assert tokens_page(team.leads[1]).tokens == ()


def test_the_password_is_asked_before_a_token_is_made(team: builders.Desk) -> None:
    with clock.reading(lambda: START):
        lead = sitting(team.app, team.lead)
    sent = {"name": "the archive", "scopes": ["read:desk"], "days": "30"}
    with clock.reading(lambda: START + timedelta(minutes=11)):
        answer = lead.post("/desk/account/tokens", data=sent)
    assert answer.status_code == 401 and "present_password" in answer.get_data(as_text=True)
    assert session.scalars(select(ApiToken)).all() == []


@pytest.mark.parametrize(
    ("field", "changed"),
    [
        ("name", {"name": " "}),
        ("name", {"name": "x" * 81}),
        ("scopes", {"scopes": ()}),
        ("scopes", {"scopes": ("read:desk",)}),
        ("scopes", {"scopes": ("everything",)}),
        ("days", {"days": 7}),
        ("days", {"days": None}),
    ],
)
def test_what_no_token_can_be_is_said_beside_its_field(team: builders.Desk, field: str, changed: dict[str, object]) -> None:
    asked = {"name": "a script", "scopes": ("claims:write",), "days": 30}
    tokens.make_token(team.spare.person, **asked)
    with pytest.raises(Invalid) as refusal:
        tokens.make_token(team.spare.person, **{**asked, **changed})
    assert set(refusal.value.problems) == {field}


def test_nobody_has_more_than_ten_at_a_time(team: builders.Desk) -> None:
    made = [token_of(team.spare) for _number in range(rules.MOST)]
    with pytest.raises(Invalid):
        token_of(team.spare)
    tokens.end_token(team.spare.person, digest(made[0]))
    assert token_of(team.spare)


def test_a_token_runs_out_and_is_forgotten_later(team: builders.Desk, program: Browser) -> None:
    with clock.reading(lambda: START):
        token = token_of(team.lead)
    with clock.reading(lambda: START + timedelta(days=30) - timedelta(seconds=1)):
        assert asks(program, token) == 200
    with clock.reading(lambda: START + timedelta(days=30)):
        assert asks(program, token) == 401
        sweep()
        assert len(session.scalars(select(ApiToken)).all()) == 1
    with clock.reading(lambda: START + timedelta(days=61)):
        sweep()
        assert session.scalars(select(ApiToken)).all() == []


def _new_password(team: builders.Desk) -> None:
    invitations.reset_password(invitations.reset_link(team.lead.person), WORDS, WORDS)


ENDS: dict[str, Callable[[builders.Desk], object]] = {
    "deactivated": lambda team: people.deactivate_person(team.admin, team.lead.person, reason=BECAUSE),
    "left": lambda team: let_leave(team.admin, team.lead.person),
    "a new password": _new_password,
    "a lost authenticator": lambda team: people.reset_second_factor(team.admin, team.lead.person),
    "its role revoked": lambda team: people.revoke_role(team.admin, team.lead.person, reason=BECAUSE),
    "another role": lambda team: people.grant_role(team.admin, team.lead.person, "reviewer", reason=BECAUSE),
}


@pytest.mark.parametrize("how", ENDS)
def test_a_token_ends_with_what_its_person_may_do(team: builders.Desk, program: Browser, how: str) -> None:
    token, others = token_of(team.lead), token_of(team.leads[1])
    assert asks(program, token) == 200
    ENDS[how](team)
    session.rollback()
    assert asks(program, token) == (403 if "role" in how else 401)
    assert asks(program, others) == 200


def test_ending_the_sessions_ends_the_tokens_and_signing_out_does_not(team: builders.Desk, program: Browser) -> None:
    token, seat = token_of(team.lead), sessions.open_session(team.lead.person)
    sessions.sign_out(seat)
    assert bearer(token) is not None
    with_session = sessions.open_session(team.lead.person)
    with account_write():
        sessions.end_sessions(team.lead.person, keep=with_session)
    assert bearer(token) is None


def test_a_token_waits_until_its_person_has_the_second_factor_that_the_desk_asks_of_the_role(
    team: builders.Desk, program: Browser
) -> None:
    token, reviewers = token_of(team.lead), token_of(team.spare)
    for person in (team.lead.person, team.spare.person):
        sessions.open_session(person)
        assert bearer(token) is not None
        sessions.open_session(person)
    assert asks(program, token) == sends(program, token).status_code == 403
    assert sends(program, reviewers).status_code == 201
    second_factors.switch(team.admin, OFF)
    assert asks(program, token) == 200


def test_a_role_that_comes_back_brings_no_more_than_was_given(team: builders.Desk, program: Browser) -> None:
    token = token_of(team.spare)
    people.grant_role(team.admin, team.spare.person, "lead", reason=BECAUSE)
    assert asks(program, token) == 403
    assert sends(program, token).status_code == 201


def test_a_claim_is_received_as_one_that_a_person_types(team: builders.Desk, program: Browser) -> None:
    token = token_of(team.spare)
    answer = sends(program, token)
    assert answer.status_code == 201
    name = answer.get_json()["name"]
    row = session.scalars(select(Claim).where(Claim.name == name)).one()
    assert row.stage == "received"
    session.rollback()
    page = sitting(team.app, team.voters[0]).get(f"/desk/claims/{name}").get_data(as_text=True)
    assert CLAIM["text"] in page and CLAIM["reporter"] not in page
    for changed in ({"text": " \n"}, {"text": None}, {"language": "Klingon"}, {"stage": "grouped"}, {"url": "x" * 2_001}):
        answer = sends(program, token, **changed)
        assert answer.status_code == 422, changed
        assert set(answer.get_json()["error"]["details"]) == set(changed)
    assert len(session.scalars(select(Claim)).all()) == 1


def test_so_many_claims_within_an_hour_and_no_more(time: Clock, team: builders.Desk, program: Browser) -> None:
    token = token_of(team.spare)
    counted = [tokens.count_claim(digest(token)) for _number in range(rules.CLAIMS_AN_HOUR - 1)]
    assert [one.admitted for one in counted] == [True] * len(counted)
    last = sends(program, token)
    assert (last.status_code, last.headers["RateLimit-Remaining"]) == (201, "0")
    answer = sends(program, token)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "3600")
    assert sends(program, token_of(team.spare)).status_code == 201
    time.at += timedelta(hours=1)
    assert sends(program, token).status_code == 201


# --- what a token opens ------------------------------------------------------------------------------------


@pytest.fixture
def filling(request: pytest.FixtureRequest) -> staffing.Filling:
    return everything if "filled" in request.fixturenames else staffing.nothing


def test_a_program_sees_what_its_person_sees_and_nothing_of_an_open_round(
    team: builders.Desk, program: Browser, filled: Filled
) -> None:
    told = {}
    for role in ("lead", "auditor", "admin"):
        body = program.get(DESK, headers=bearing(filled.tokens[role])).get_json()
        told[role] = {row["ref"] for row in body["data"]}
        assert body["next"] is None
    assert told["lead"] - told["auditor"] == {filled.restricted}  # the lead is named
    assert told["auditor"] == told["admin"]
    for role, expected in {"lead": 200, "auditor": 404, "admin": 404}.items():
        assert asks(program, filled.tokens[role], f"{DESK}/{filled.restricted}") == expected
    before = {role: program.get(f"{DESK}/{filled.graded}", headers=bearing(filled.tokens[role])).get_data() for role in told}
    builders.cast(team.voters[1], filled.graded, 1, builders.ballot("discounted"))
    session.rollback()
    after = {role: program.get(f"{DESK}/{filled.graded}", headers=bearing(filled.tokens[role])).get_data() for role in told}
    assert before == after
    assert all(b"discounted" not in body and b'"open_round":1' in body.replace(b" ", b"") for body in after.values())


def test_after_the_close_the_votes_stand_under_letters(team: builders.Desk, program: Browser, filled: Filled) -> None:
    body = program.get(f"{DESK}/{filled.published}", headers=bearing(filled.tokens["auditor"])).get_json()["data"]
    (round_,) = body["rounds"]
    assert [vote["grade"] for vote in round_["votes"]].count("fair") == 2
    assert all(vote["rationale"] == builders.BECAUSE for vote in round_["votes"])
    assert not any(name in str(body) for name in builders.REVIEWERS + builders.LEADS)


def test_a_token_of_somebody_who_is_not_active_does_not_hold(team: builders.Desk) -> None:
    token = token_of(team.lead)
    session.rollback()
    with db.engine.begin() as connection:
        connection.execute(update(Person.__table__).where(Person.id == team.lead.person).values(active=False))
    assert bearer(token) is None
