"""What every answer for programs keeps to: one envelope of errors, marks of what is unchanged, limits, no cookie."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from flask import Flask

from review import clock
from review.actions import incidents, restrictions, sources
from review.api.limits import EACH, LARGEST_BODY
from review.models import session
from review.queries import public, record
from review.views.doors import OPEN
from tests import builders, staffing
from tests.api.filling import LATER, Filled, bearing, everything, opened
from tests.web.addresses import filled as addresses
from tests.web.addresses import rules
from tests.web.sitting import Browser, browser, sitting

BASE = "/api/v1"
ENVELOPE = {"code", "message", "details"}


@pytest.fixture
def filling() -> staffing.Filling:
    return everything


@pytest.fixture
def program(staffed: builders.Desk) -> Browser:
    """Somebody's program, without a token."""
    session.rollback()
    return browser(staffed.app)


def open_addresses(app: Flask, there: Filled, *, refs: tuple[str, ...] | None = None) -> list[str]:
    """Every public address of the API, each with what there is."""
    places = {
        "ref": refs or (there.published, there.reopened, "KV371", "KV374"), "version": (1,), "size": (there.size,),
        "old": (there.size,), "new": (there.size,), "seq": (there.seq,), "name": ("airwars",),
        "slug": (builders.STREAM, "tarn-brigades-velmar"),
    }  # fmt: skip
    ours = [rule for rule in rules(app, "GET") if rule.rule.startswith(BASE) and "/desk/" not in rule.rule]
    lists = [f"{BASE}/incidents?{asked}" for asked in ("q=market", "q=kv371", "grade=fair", "limit=1", f"q={LATER}", "q=ZQ999")]
    months = [f"{BASE}/record?{asked}" for asked in ("grade=weak", "party=karsian+air+force")]
    months += [f"{BASE}/record/{asked}" for asked in ("official?party=karsian+air+force", "conceded?party=karsian+air+force&month=2031-03")]
    return [path for rule in ours for path in addresses(rule, places)] + lists + months


def error(answer: object) -> dict[str, object]:
    """The error of an answer, in its envelope and in nothing else."""
    body = json.loads(answer.get_data())
    assert set(body) == {"error"} and set(body["error"]) == ENVELOPE, body
    assert answer.mimetype == "application/json"
    return body["error"]


def test_every_error_has_the_one_envelope(program: Browser, filled: Filled) -> None:
    asked = {
        f"{BASE}/nothing": (404, "not_found"),
        "/api/v2": (404, "not_found"),
        f"{BASE}/incidents/none": (404, "not_found"),
        f"{BASE}/incidents/{filled.restricted}": (404, "not_found"),
        f"{BASE}/incidents?limit=201": (422, "invalid"),
        f"{BASE}/incidents?grde=fair": (422, "invalid"),
        f"{BASE}/incidents?q=%00": (400, "bad_request"),
        f"{BASE}/desk/incidents": (401, "no_token"),
        f"{BASE}/audit/checkpoints/999999": (404, "not_found"),
    }
    for path, (status, code) in asked.items():
        answer = program.get(path)
        assert (answer.status_code, error(answer)["code"]) == (status, code), path
    assert error(program.get(f"{BASE}/incidents?limit=0&grde=x"))["details"].keys() == {"limit", "grde"}


def test_a_method_that_is_not_answered_is_named_with_those_that_are(program: Browser, staffed: builders.Desk) -> None:
    paths = {rule.rule for rule in rules(staffed.app, "GET") if rule.rule.startswith(BASE)} | {f"{BASE}/claims"}
    for path in sorted(paths):
        known = path.replace("<int:version>", "1").replace("<ref>", "KV371").replace("<name>", "airwars")
        answer = program.delete(known.replace("<int:old>-<int:new>", "1-2").replace("<int:size>", "1").replace("<int:seq>", "1"))
        assert (answer.status_code, error(answer)["code"]) == (405, "method_not_allowed"), path
        assert ("POST" if path.endswith("/claims") else "GET") in answer.headers["Allow"], path


def test_an_error_speaks_the_askers_language_whatever_their_cookie_says(program: Browser) -> None:
    program.set_cookie("language", "ar")
    spoken = {
        language: error(program.get(f"{BASE}/none", headers={"Accept-Language": language}))["message"] for language in ("en", "ar")
    }
    assert spoken["en"] == "Nothing is here that was published."
    assert "Accept-Language" in program.get(f"{BASE}/none").vary


def test_a_fault_of_ours_says_so_and_nothing_more(staffed: builders.Desk) -> None:
    app = staffed.app
    app.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)
    app.add_url_rule(f"{BASE}/broken", "api.document_broken", lambda: 1 // 0)
    program = browser(app)
    # The wall stands before every address that nobody declared open.
    assert program.get(f"{BASE}/broken").status_code == 401
    app.view_functions["api.streams"] = lambda: 1 // 0
    answer = program.get(f"{BASE}/streams")
    assert (answer.status_code, error(answer)["code"]) == (500, "broken")
    assert "ZeroDivision" not in answer.get_data(as_text=True)


def test_every_address_is_open_by_name_or_asks_for_a_token(staffed: builders.Desk) -> None:
    ours = {rule.endpoint for method in ("GET", "POST") for rule in rules(staffed.app, method) if rule.rule.startswith(BASE)}
    assert ours <= OPEN


def test_a_body_that_is_too_long_is_not_read(program: Browser, filled: Filled) -> None:
    answer = program.post(f"{BASE}/claims", json={"text": "x" * LARGEST_BODY}, headers=bearing(filled.tokens["reviewer"]))
    assert (answer.status_code, error(answer)["code"]) == (413, "too_large")
    for spaces, (status, code) in {10 * LARGEST_BODY: (413, "too_large"), LARGEST_BODY - 100: (201, None)}.items():
        body = BytesIO(b'{"text": "Two explosions."}' + b" " * spaces)
        answer = program.post(
            f"{BASE}/claims", input_stream=body, content_type="application/json",
            environ_overrides={"wsgi.input_terminated": True}, headers=bearing(filled.tokens["reviewer"]),
        )  # fmt: skip
        assert answer.status_code == status and (code is None or error(answer)["code"] == code)
        assert body.tell() <= LARGEST_BODY + 1, "chunked: it never said how long it is"


@pytest.mark.parametrize("body", ["{", "[" * 20_000, '{"text": ' + "9" * 5_000 + "}"])
def test_a_body_that_is_no_json_or_more_than_is_unravelled_is_a_bad_request(
    program: Browser, filled: Filled, body: str
) -> None:
    headers = bearing(filled.tokens["reviewer"])
    answer = program.post(f"{BASE}/claims", data=body, content_type="application/json", headers=headers)
    assert (answer.status_code, error(answer)["code"]) == (400, "bad_request")


def test_what_is_unchanged_is_not_sent_again(program: Browser, staffed: builders.Desk, filled: Filled) -> None:
    for path in open_addresses(staffed.app, filled):
        first = program.get(path)
        assert first.status_code == 200, path
        again = program.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.get_data()) == (304, b""), path
        assert program.get(path, headers={"If-None-Match": '"another"'}).status_code == 200


def test_limits_are_told_and_kept(program: Browser) -> None:
    at = datetime(2031, 3, 14, 12, tzinfo=UTC)
    with clock.reading(lambda: at):
        told = [program.get(f"{BASE}/codebooks").headers for _number in range(EACH)]
        assert (told[0]["RateLimit-Limit"], told[0]["RateLimit-Remaining"]) == (str(EACH), str(EACH - 1))
        assert told[-1]["RateLimit-Remaining"] == "0"
        answer = program.get(f"{BASE}/nothing")
        assert (answer.status_code, error(answer)["code"]) == (429, "too_many")
        assert answer.headers["Retry-After"] == answer.headers["RateLimit-Reset"] == "60"
        assert program.get("/incidents").status_code == 200
    with clock.reading(lambda: at + timedelta(minutes=1)):
        assert program.get(f"{BASE}/codebooks").status_code == 200


def test_public_answers_may_be_read_from_anywhere_and_the_others_not(program: Browser, filled: Filled) -> None:
    answer = program.get(f"{BASE}/incidents", headers={"Origin": "https://paper.example"})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer.headers
    asked = program.options(f"{BASE}/incidents", headers={"Origin": "https://paper.example"})
    assert asked.headers["Access-Control-Allow-Headers"] == "If-None-Match"
    closed = program.get(f"{BASE}/desk/incidents", headers=bearing(filled.tokens["lead"]))
    assert closed.status_code == 200
    assert "Access-Control-Allow-Origin" not in closed.headers
    assert closed.headers["Cache-Control"] == "no-store" and "ETag" not in closed.headers


def test_a_cookie_opens_nothing_and_is_never_set(staffed: builders.Desk, filled: Filled) -> None:
    lead = sitting(staffed.app, staffed.lead)
    assert lead.get("/desk/incidents").status_code == 200
    assert lead.get(f"{BASE}/desk/incidents").status_code == 401
    assert lead.post(f"{BASE}/claims", json={"text": "A market was hit."}).status_code == 401
    answer = lead.get(f"{BASE}/incidents")
    assert "Set-Cookie" not in answer.headers and "Cookie" not in answer.vary
    assert answer.get_data() == browser(staffed.app).get(f"{BASE}/incidents").get_data()


def test_pages_find_each_incident_once_and_count_what_the_page_counts(program: Browser, filled: Filled) -> None:
    for asked in ({}, {"grade": "fair"}, {"q": "karsian"}, {"stream": builders.STREAM}):
        page, refs, cursor = public.list_page(**asked), [], None
        session.rollback()
        while True:
            body = program.get(f"{BASE}/incidents", query_string={**asked, "limit": 1, **({"cursor": cursor} if cursor else {})}).get_json()
            refs += [row["ref"] for row in body["data"]]
            assert body["found"] == {"number": page.found.number, "more": page.found.more}
            cursor = body["next"]
            if cursor is None:
                break
        assert refs == [row.ref for row in page.rows] != []
    counted, cursor = [], None
    while True:
        body = program.get(f"{BASE}/determinations", query_string={"limit": 2, **({"cursor": cursor} if cursor else {})}).get_json()
        counted += [row for row in body["data"] if row["standing"] and row["exit"] is None]
        if (cursor := body["next"]) is None:
            break
    assert len(counted) == len({row["incident"] for row in counted}) == public.list_page().found.number


def test_the_record_is_the_pages(program: Browser, filled: Filled) -> None:
    for asked in ({}, {"grade": ["weak", "no_consensus"]}):
        page = record.record_page(grades=tuple(asked.get("grade", ()))) if asked else record.record_page()
        session.rollback()
        body = program.get(f"{BASE}/record", query_string=asked).get_json()
        assert body["grades"] == list(page.grades)
        figures = [(one["month"], one["total"]["incidents"], one["total"]["fewest"], one["total"]["most"]) for one in body["data"]]
        assert figures == [(one.month, one.total.incidents, one.total.killed.minimum, one.total.killed.maximum) for one in page.months]
        for one in body["data"]:
            list_ = program.get(f"{BASE}/record/incidents", query_string={**asked, "month": one["month"]}).get_json()
            assert list_["figure"] == one["total"] and len(list_["data"]) == one["total"]["incidents"]
        assert [(one["name"], one["incidents"]) for one in body["parties"]] == [(one.name, one.incidents) for one in page.parties]


def test_nothing_that_is_not_published_moves_a_byte(program: Browser, staffed: builders.Desk, filled: Filled) -> None:
    """Between two published checkpoints: every public answer before and after a day of work that nobody published."""
    paths = open_addresses(staffed.app, filled)
    before = {path: program.get(path).get_data() for path in paths}
    told = b"".join(before.values())
    assert LATER.encode() not in told and b"ZQ999" not in told and b"KV375" not in told and b"KV376" not in told
    builders.cast(staffed.voters[1], filled.graded, 1)
    builders.cast(staffed.voters[2], filled.graded, 1)
    builders.work()
    sources.attach_source(staffed.enterer, filled.reopened, draft=builders.draft(7))
    facts = builders.facts(codes=("ZQ998",), earlier_codes=("ZQ999",), summary=LATER)
    incidents.describe_incident(staffed.enterer, filled.reopened, facts=facts, reason="Another says so.")
    restrictions.restrict_incident(staffed.lead, published_and_hidden(staffed), people=[], reason="In danger.")
    opened(staffed, "KV381")
    session.rollback()
    after = {path: program.get(path).get_data() for path in paths}
    assert [path for path in paths if before[path] != after[path]] == []


def published_and_hidden(staffed: builders.Desk) -> str:
    """One more that is graded and waits for its approval: nothing of it was published."""
    return builders.agreed(staffed, opened(staffed, "KV380", summary=LATER))


def test_the_page_for_programs_leads_to_answers(program: Browser) -> None:
    page = program.get("/api").get_data(as_text=True)
    lines = [line.split("'")[1] for line in page.replace("&#39;", "'").replace("&amp;", "&").split("curl ")[1:]]
    assert len(lines) == 3
    for line in lines:
        assert program.get(line.removeprefix("http://localhost")).status_code == 200, line


