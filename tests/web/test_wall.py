"""What holds for every page: the wall, the headers, the language, the error pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import IntegerConverter

from review.rules import errors as domain
from review.rules.permissions import Actor
from review.views import doors
from review.views.errors import page_of
from review.views.pseudo import pseudo
from tests.actions.test_accounts import WORDS, somebody
from tests.web.sitting import sitting

Make = Callable[..., Flask]
POLICY = re.compile(
    r"default-src 'none'; script-src 'nonce-[\w-]{20,}' 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; "
    r"font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


def addresses(app: Flask) -> list[tuple[str, str, str]]:
    """Every route as (endpoint, method, an address that reaches it)."""
    found = []
    for rule in app.url_map.iter_rules():
        values: dict[str, Any] = {
            name: 1 if isinstance(converter, IntegerConverter) else "x"
            for name, converter in rule._converters.items()
        }
        address = rule.build(values, append_unknown=False)[1]
        methods = sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        found += [(rule.endpoint, method, address) for method in methods]
    return found


def test_every_route_but_the_open_ones_asks_for_a_log_in(app: Flask, client: FlaskClient) -> None:
    let_in = []
    for endpoint, method, address in addresses(app):
        if endpoint in doors.OPEN:
            continue
        answer = client.open(address, method=method)
        stopped = answer.status_code == 401 or (answer.location or "").startswith("/login?next=")
        if not stopped:
            let_in.append(f"{method} {address} ({endpoint}): {answer.status_code}")
    assert let_in == []


def test_no_form_of_the_desk_is_taken_without_its_token(make_app: Make) -> None:
    app = make_app(WTF_CSRF_ENABLED=True)
    with app.app_context():
        client = sitting(app, Actor(somebody("noor@desk.example"), "reviewer", "Noor"))
    forms = [(endpoint, address) for endpoint, method, address in addresses(app) if method not in ("GET", "HEAD")]
    taken = [endpoint for endpoint, address in forms if client.post(address, data={"reason": "x"}).status_code != 400]
    # No forms of the desk: no cookie counts for a program, a mail's link is its own proof, and what a witness sends is let in by its signature.
    # Nor is what the public sends in: its page carries a stamp of ours, sets no cookie, and nobody's right stands behind it.
    public = ["submitting.correction", "submitting.receipt", "submitting.submit"]
    assert sorted(taken) == ["api.receive", "care.stop_mail", "checkpoints.cosign", *public]
    assert len(forms) > 50


def test_the_open_list_names_only_what_there_is(app: Flask) -> None:
    assert set(doors.OPEN) - set(app.view_functions) == set()


def test_the_wall_does_not_tell_which_pages_the_desk_has(client: FlaskClient) -> None:
    assert client.get("/desk/no-such-page").location == "/login?next=/desk/no-such-page"
    assert client.post("/desk/no-such-page").status_code == 401
    assert client.get("/no-such-page").status_code == 404


@pytest.mark.parametrize(
    "address, code",
    [
        ("/incidents?before=" + "9" * 30, 200),
        ("/incidents?before=-1", 200),
        ("/incidents/KV412/" + "9" * 30, 404),
        ("/incidents/KV%00412", 400),
        ("/incidents?q=Eluan%00", 400),
        ("/login?next=/desk%00", 400),
    ],
)
def test_what_no_page_of_ours_sends_is_answered_and_no_fault(client: FlaskClient, address: str, code: int) -> None:
    assert client.get(address).status_code == code


def test_a_list_asked_to_go_on_after_a_number_that_no_row_can_have_begins_anew(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        somebody("noor@desk.example")
    client.post("/login", data={"email": "noor@desk.example", "password": WORDS})
    for address in ("/desk/incidents", "/desk/claims"):
        assert client.get(f"{address}?before={'9' * 30}").status_code == 200


def test_every_answer_carries_the_headers(app: Flask, client: FlaskClient) -> None:
    for endpoint, method, address in addresses(app):
        with client.open(address, method=method) as answer:
            headers = answer.headers
        assert POLICY.fullmatch(headers["Content-Security-Policy"]), endpoint
        assert headers["X-Content-Type-Options"] == "nosniff", endpoint
        assert headers["Referrer-Policy"] == "no-referrer", endpoint
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin", endpoint
        assert "geolocation=()" in headers["Permissions-Policy"], endpoint
        if endpoint.startswith("api."):
            assert "Cookie" not in headers.get("Vary", ""), endpoint
        elif endpoint != "static":
            assert {"Accept-Language", "Cookie"} <= set(headers["Vary"].split(", ")), endpoint


def test_no_two_answers_share_a_nonce(client: FlaskClient) -> None:
    first, second = (client.get("/login") for _ in range(2))
    nonce = re.search(r"'nonce-([^']+)'", first.headers["Content-Security-Policy"])[1]
    assert nonce not in second.headers["Content-Security-Policy"]
    assert all(used == nonce for used in re.findall(r'nonce="([^"]+)"', first.get_data(as_text=True)))


def test_a_signed_in_page_is_never_stored(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        somebody("noor@desk.example")
    client.post("/login", data={"email": "noor@desk.example", "password": WORDS})
    assert client.get("/no-such-page").headers["Cache-Control"] == "no-store"


def test_a_static_file_is_named_by_its_content_and_kept_for_a_year(app: Flask, client: FlaskClient) -> None:
    page = client.get("/login").get_data(as_text=True)
    address = re.search(r'href="(/static/css/tokens\.css\?v=[0-9a-f]{12})"', page)[1]
    with client.get(address) as named, client.get("/static/css/tokens.css") as plain:
        assert "immutable" in named.headers["Cache-Control"]
        assert "immutable" not in plain.headers["Cache-Control"]


# --- language ----------------------------------------------------------------------------------------------


def opening(answer: Any) -> str:
    return re.search(r"<html[^>]*>", answer.get_data(as_text=True))[0]


ENGLISH, ARABIC = '<html lang="en" dir="ltr">', '<html lang="ar" dir="rtl">'


def test_the_browsers_wish_then_the_cookie_then_the_setting_decide(app: Flask, client: FlaskClient) -> None:
    assert opening(client.get("/login")) == ENGLISH
    assert opening(client.get("/login", headers={"Accept-Language": "ar-SY,en;q=0.5"})) == ARABIC
    assert opening(client.get("/login", headers={"Accept-Language": "tlh"})) == ENGLISH
    client.get("/language/en")
    assert opening(client.get("/login", headers={"Accept-Language": "ar"})) == ENGLISH
    client.get("/language/ar")
    assert opening(client.get("/login")) == ARABIC


def test_the_switch_is_a_link_that_comes_back_to_the_same_page(client: FlaskClient) -> None:
    page = client.get("/login?next=/desk/people").get_data(as_text=True)
    link = re.search(r'href="(/language/ar\?[^"]*)"', page)[1].replace("&amp;", "&")
    assert client.get(link).location == "/login?next=/desk/people"
    assert client.get("/language/ar?next=https://evil.example").location == "/"
    assert client.get("/language/tlh").status_code == 404


def test_the_pseudo_locale_accents_and_lengthens_words_and_leaves_code_alone() -> None:
    said = pseudo("Waiting for %(name)s since <b>noon</b> &amp; %(n)d%%")
    assert all(kept in said for kept in ("%(name)s", "<b>", "</b>", "&amp;", "%(n)d", "%%"))
    assert "Waiting" not in said
    assert len(said) >= 1.3 * len("Waiting for  since noon")


def test_in_the_pseudo_locale_no_word_of_the_log_in_page_is_left_plain(make_app: Make) -> None:
    page = make_app(PSEUDO=True).test_client().get("/login").get_data(as_text=True)
    assert opening_is_rtl(page)
    body = re.sub(r"<(head|script|style)\b.*?</\1>|<[^>]*translate=\"no\"[^>]*>[^<]*|<[^>]+>", "\n", page, flags=re.S)
    plain = [line.strip() for line in body.splitlines() if line.strip() and "⟦" not in line and "⟧" not in line]
    assert [line for line in plain if re.search(r"[A-Za-z]{2}", line) and line != "Assay"] == []


def opening_is_rtl(page: str) -> bool:
    return 'dir="rtl"' in re.search(r"<html[^>]*>", page)[0]


def test_the_pseudo_locale_stays_in_its_own_application(make_app: Make) -> None:
    make_app(PSEUDO=True)
    assert "⟦" not in make_app().test_client().get("/login").get_data(as_text=True)


# --- errors ------------------------------------------------------------------------------------------------

ANSWERS = [
    (domain.NotFound(), 404),
    (domain.Forbidden("approve"), 403),
    (domain.Invalid({"reason": "Say why."}), 422),
    (domain.Refused("approve", ()), 409),
    (domain.Stale(()), 409),
    (domain.Busy(), 503),
    (domain.ReadOnly("clock", last="2031-03-14", now="2041-03-14"), 503),
]


@pytest.mark.parametrize(("error", "code"), ANSWERS, ids=[type(error).__name__ for error, _ in ANSWERS])
def test_each_refusal_of_the_domain_has_its_answer_and_page(make_app: Make, error: Exception, code: int) -> None:
    app = make_app(TESTING=False)

    def fail() -> str:
        raise error

    app.view_functions["language.choose"] = lambda code: fail()
    answer = app.test_client().get("/language/x")
    assert answer.status_code == code
    assert "<h1>" in answer.get_data(as_text=True)


def test_every_domain_error_has_a_row_of_its_own() -> None:
    kinds = [kind for kind in vars(domain).values() if isinstance(kind, type) and issubclass(kind, domain.DomainError)]
    from review.views.errors import PAGES

    assert set(kinds) <= set(PAGES)
    assert page_of(domain.NotFound()) == (404, "errors/not_found.html")


def test_a_fault_of_ours_has_a_page_too(make_app: Make) -> None:
    app = make_app(TESTING=False)
    app.view_functions["language.choose"] = lambda code: 1 / 0
    answer = app.test_client().get("/language/x")
    assert answer.status_code == 500
    assert "division" not in answer.get_data(as_text=True)
