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


def test_a_list_goes_on_behind_a_name_and_an_older_address_leads_where_it_led(program: Browser, filled: Filled) -> None:
    whole, seen, before = refs(public.list_page()), [], None
    while True:
        page = public.list_page(before=places.row_of(before), most=1)
        seen += refs(page)
        if page.after is None:
            break
        before = page.after
        assert NAME.fullmatch(before) and page.older == f"/incidents?before={before}"
        number = row(before)
        assert refs(public.list_page(before=number, most=1)) == refs(public.list_page(before=places.row_of(before), most=1))
        by_number, by_name = (program.get(f"/incidents?before={one}").get_data(as_text=True) for one in (number, before))
        assert [one in by_number for one in whole] == [one in by_name for one in whole]
        asked = [program.get(f"{BASE}/incidents?limit=1&cursor={one}").get_json() for one in (number, before)]
        assert asked[0] == asked[1]
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


def test_the_list_behind_a_number_goes_on_behind_a_name_too(program: Browser, filled: Filled) -> None:
    whole = program.get(f"{BASE}/record/incidents?month=2031-03").get_json()
    at = filled.published
    by_name, by_number = (
        program.get(f"{BASE}/record/incidents?month=2031-03&cursor=2031-03.{one}").get_json() for one in (at, row(at))
    )
    assert by_name["data"] == by_number["data"] and by_name["figure"] == whole["figure"]
    assert len(by_name["data"]) < len(whole["data"])
    pages = [
        program.get(f"/record/incidents?month=2031-03&before=2031-03.{one}").get_data(as_text=True).count("/incidents/")
        for one in (at, row(at))
    ]
    assert pages[0] == pages[1]
