"""Getting in: the wall, the form, the cookie, the one-time links."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from review.actions import invitations
from review.queries.accounts import signed_in
from review.views.doors import safe_path
from tests.actions.test_accounts import WORDS, somebody

Make = Callable[..., Flask]


@pytest.fixture
def person(app: Flask) -> int:
    """A reviewer who has chosen a password."""
    with app.app_context():
        return somebody("noor@desk.example")


def sign_in(client: FlaskClient, **fields: str):
    return client.post("/login", data={"email": "noor@desk.example", "password": WORDS, **fields})


def masked(answer) -> str:
    """The page without its nonce, which is another each time."""
    return re.sub(r'nonce="[^"]+"', "", answer.get_data(as_text=True))


def token_of(client: FlaskClient) -> str:
    with client.session_transaction() as session:
        return session["_user_id"]


def test_signing_in_leads_to_the_desk_with_a_guarded_cookie(client: FlaskClient, person: int) -> None:
    answer = sign_in(client)
    assert (answer.status_code, answer.location) == (302, "/desk")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie


def test_over_https_the_cookie_is_secure_and_the_browser_is_told_to_stay(make_app: Make) -> None:
    app = make_app(ASSAY_URL="https://desk.example")
    with app.app_context():
        somebody("noor@desk.example")
    answer = sign_in(app.test_client())
    assert "Secure" in answer.headers["Set-Cookie"]
    assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]


def test_signing_in_leads_on_to_where_the_wall_stopped_you(client: FlaskClient, person: int) -> None:
    stopped = client.get("/desk/incidents?stage=grading")
    assert stopped.location == "/login?next=/desk/incidents?stage%3Dgrading"
    answer = client.post(stopped.location, data={"email": "noor@desk.example", "password": WORDS})
    assert answer.location == "/desk/incidents?stage=grading"


@pytest.mark.parametrize("wanted", ["//evil.example", "https://evil.example", "/\\evil.example", "x", "", "/a\nb"])
def test_nobody_is_led_elsewhere(wanted: str) -> None:
    assert safe_path(wanted, "/desk") == "/desk"


def test_wrong_words_and_unknown_names_get_the_same_page(client: FlaskClient, person: int) -> None:
    known = masked(sign_in(client, password="not these words"))
    unknown = masked(sign_in(client, email="nobody@desk.example"))
    assert known == unknown.replace("nobody@desk.example", "noor@desk.example")
    assert "do not go together" in known


def test_a_wrong_sign_in_answers_422_and_keeps_the_address(client: FlaskClient, person: int) -> None:
    answer = sign_in(client, password="not these words")
    assert answer.status_code == 422
    assert 'value="noor@desk.example"' in answer.get_data(as_text=True)
    assert "not these words" not in answer.get_data(as_text=True)


def test_signing_out_ends_the_session_in_the_database(app: Flask, client: FlaskClient, person: int) -> None:
    sign_in(client)
    token = token_of(client)
    stolen = app.test_client()
    with stolen.session_transaction() as session:
        session["_user_id"] = token
    assert stolen.get("/login").location == "/desk"
    assert client.post("/logout").location == "/login"
    assert "You are signed out." in client.get("/login").text
    assert stolen.get("/login").status_code == 200


def test_signing_in_again_leaves_nothing_of_the_session_before(app: Flask, client: FlaskClient, person: int) -> None:
    sign_in(client)
    before = token_of(client)
    with client.session_transaction() as session:
        session["planted"] = "x"
    sign_in(client)
    with client.session_transaction() as session:
        assert "planted" not in session
    with app.app_context():
        assert signed_in(before) is None


def test_a_form_without_its_token_is_refused(make_app: Make) -> None:
    app = make_app(WTF_CSRF_ENABLED=True)
    with app.app_context():
        somebody("noor@desk.example")
    client = app.test_client()
    assert sign_in(client).status_code == 400
    page = client.get("/login").get_data(as_text=True)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]
    assert sign_in(client, csrf_token=token).status_code == 302


def test_the_first_submit_button_signs_in(client: FlaskClient) -> None:
    page = client.get("/login").get_data(as_text=True)
    assert re.search(r"<button[^>]*type=\"submit\"[^>]*>([^<]*)", page)[1] == "Sign in"
    assert re.findall(r'<input[^>]*name="(\w+)"', page) == ["email", "password", "code"]


def test_the_set_up_link_makes_the_first_admin_once(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        token = invitations.first_link()
    assert "first admin" in client.get(f"/setup/{token}").get_data(as_text=True)
    fields = {"name": "Ilse", "email": "Ilse@desk.example", "password": WORDS, "again": WORDS}
    short = client.post(f"/setup/{token}", data={**fields, "password": "short", "again": "short"})
    assert short.status_code == 422
    assert client.post(f"/setup/{token}", data=fields).location == "/desk"
    with app.app_context():
        person = signed_in(token_of(client))
        assert (person.email, person.role) == ("ilse@desk.example", "admin")
        assert invitations.first_link() is None
    assert client.get(f"/setup/{token}").status_code == 404
    assert app.test_client().post(f"/setup/{token}", data=fields).status_code == 404


def test_an_invitation_is_joined_in_its_role(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        link = invitations.first_link()
    fields = {"name": "Ilse", "email": "ilse@desk.example", "password": WORDS, "again": WORDS}
    client.post(f"/setup/{link}", data=fields)
    with app.app_context():
        admin = signed_in(token_of(client))
        token = invitations.invitation_link(
            email="idris@desk.example", name="Idris", role="reviewer", invited_by=admin.id
        )
    guest = app.test_client()
    assert "idris@desk.example" in guest.get(f"/invitation/{token}").get_data(as_text=True)
    fields = {"name": "Idris", "password": WORDS, "again": WORDS + "?"}
    assert guest.post(f"/invitation/{token}", data=fields).status_code == 422
    assert guest.post(f"/invitation/{token}", data={**fields, "again": WORDS}).location == "/desk"
    with app.app_context():
        person = signed_in(token_of(guest))
        assert (person.email, person.name, person.role) == ("idris@desk.example", "Idris", "reviewer")
    assert guest.get(f"/invitation/{token}").status_code == 404


def test_a_reset_link_signs_in_with_the_new_password(app: Flask, client: FlaskClient, person: int) -> None:
    with app.app_context():
        token = invitations.reset_link(person)
    assert client.get(f"/reset/{token}").status_code == 200
    fresh = "a fresh phrase for it"
    assert client.post(f"/reset/{token}", data={"password": fresh, "again": fresh}).location == "/desk"
    assert client.get(f"/reset/{token}").status_code == 404
    assert sign_in(app.test_client(), password=fresh).status_code == 302


@pytest.mark.parametrize("kind", ["setup", "invitation", "reset"])
def test_an_invented_link_is_no_page(client: FlaskClient, kind: str) -> None:
    assert client.get(f"/{kind}/not-a-token").status_code == 404
