"""Where a page of a public list ended: told by an incident's own name, so that no number tells what stands between."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from review.models import Incident, session
from review.queries import places, public
from tests import builders, staffing
from tests.api.filling import Filled, everything
from tests.web.sitting import Browser, browser

BASE = "/api/v1"
NAME = re.compile(r"i-[a-z2-7]{16}")


@pytest.fixture
def filling() -> staffing.Filling:
    return everything


@pytest.fixture
def program(staffed: builders.Desk) -> Browser:
    session.rollback()
    return browser(staffed.app)


def row(name: str) -> int:
    session.rollback()
    return session.scalars(select(Incident.id).where(Incident.name == name)).one()


def refs(page: public.ListPage) -> list[str]:
    return [one.ref for one in page.rows]


def test_a_list_goes_on_behind_a_name_and_behind_no_number(program: Browser, filled: Filled) -> None:
    whole, seen, before = refs(public.list_page()), [], None
    while True:
        page = public.list_page(before=places.row_of(before), most=1)
        seen += refs(page)
        if page.after is None:
            break
        before = page.after
        assert NAME.fullmatch(before) and page.older == f"/incidents?before={before}"
        assert places.row_of(str(row(before))) is None
        answers = [program.get(f"{BASE}/incidents?limit=1&cursor={one}").status_code for one in (before, row(before))]
        assert answers == [200, 422]
    assert seen == whole and len(whole) > 2


def test_what_nobody_may_know_of_is_no_place(program: Browser, filled: Filled) -> None:
    for name in (filled.restricted, filled.embargoed, filled.graded, filled.logged, "i-" + "a" * 16):
        assert places.row_of(name) is None
        for path in (f"{BASE}/incidents?cursor={name}", f"{BASE}/record/incidents?cursor=2031-03.{name}"):
            answer = program.get(path)
            assert (answer.status_code, answer.get_json()["error"]["code"]) == (404, "not_found")
        first = public.list_page(before=places.row_of(name))
        assert refs(first) == refs(public.list_page())
        session.rollback()
    behind_hidden = row(filled.restricted)
    assert places.words_of(behind_hidden) != filled.restricted


def test_the_list_behind_a_number_goes_on_behind_a_name(program: Browser, filled: Filled) -> None:
    whole = program.get(f"{BASE}/record/incidents?month=2031-03").get_json()
    at = filled.published
    behind, numbered = (
        program.get(f"{BASE}/record/incidents?month=2031-03&cursor=2031-03.{one}") for one in (at, row(at))
    )
    assert numbered.status_code == 422
    assert behind.get_json()["figure"] == whole["figure"]
    assert len(behind.get_json()["data"]) < len(whole["data"])
