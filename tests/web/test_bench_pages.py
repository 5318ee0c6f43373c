"""The bench without a script: filters, own notes, undo, why this one; and nothing of it tells of another's vote."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from review.actions import assignments, drafts, rounds, sources
from review.models import Incident, session
from review.rules.permissions import Actor
from review.views.sourcing import MARKS, Own, Rows, Shape
from tests import builders, trail
from tests.web.sitting import Browser, hidden, masked, sitting

PATH = "/desk/incidents/KV412"


@pytest.fixture
def world(staffed: builders.Desk) -> builders.Desk:
    """An incident with eight sources in two languages, whose round waits for one more person."""
    built = staffed
    ref = builders.with_sources(built, count=5)
    for number in (6, 7, 8):
        echo = builders.draft(number, language="en", platform="telegram", origin=2)
        sources.attach_source(built.enterer, ref, draft=echo)
    builders.round_opened(built, ref, reviewers=built.voters[:2])
    return built


def at(world: builders.Desk, actor: Actor) -> Browser:
    return sitting(world.app, actor)


def text(answer: TestResponse) -> str:
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def shown(page: str) -> list[int]:
    """The sources that are not hidden, by number."""
    found = re.findall(r'<li class="source" id="s(\d+)"([^>]*)>', page)
    return sorted(int(number) for number, about in found if " hidden" not in about)


def the_name() -> str:
    """The incident's own name."""
    return session.scalars(select(Incident.name)).one()


def ballot(page: str, **changes: object) -> dict[str, object]:
    return {
        "round": hidden(page, "round"), "seen": hidden(page, "seen"), "grade": "fair", "killed_min": "3", "killed_max": "5",
        "rationale": "Two accounts, and S2 is one of them.", "sources": ["1", "2"], **changes,
    }  # fmt: skip


def test_filters_stand_in_the_address_and_take_no_tick_away(world: builders.Desk) -> None:
    client = at(world, world.voters[0])
    assert shown(text(client.get(PATH))) == [1, 2, 3, 4, 5, 6, 7, 8]
    page = text(client.get(f"{PATH}?only-language=en&only-platform=telegram"))
    assert shown(page) == [6, 7, 8] and "3 of 8 sources are shown." in page
    assert shown(text(client.get(f"{PATH}?only-origin=2"))) == [2, 6, 7, 8]
    assert shown(text(client.get(f"{PATH}?only-cited=yes"))) == []


def test_narrowing_keeps_what_was_typed(world: builders.Desk) -> None:
    client = at(world, world.voters[0])
    form = ballot(text(client.get(PATH)), **{"only-cited": "yes", "narrow": "yes", "note-2": "Ask again."})
    answer = client.post(f"{PATH}/draft", data=form)
    assert answer.status_code == 303 and "only-cited=yes" in answer.location
    page = text(client.get(answer.location))
    assert shown(page) == [1, 2]
    assert "Two accounts, and S2 is one of them." in page and "Ask again." in page
    kept = drafts.draft(world.voters[0].person or 0, the_name(), "vote")
    assert kept is not None and not {"narrow", "only-cited", "note-2"} & set(kept)


def test_an_address_that_names_no_filter_value_shows_nothing_and_says_so(world: builders.Desk) -> None:
    page = text(at(world, world.voters[0]).get(f"{PATH}?only-kind=no-such&only-other=1"))
    assert shown(page) == [] and "0 of 8 sources are shown." in page


def test_a_note_is_its_writers_alone(world: builders.Desk) -> None:
    mine = at(world, world.voters[0])
    before = trail.size()
    assert mine.post(f"{PATH}/draft", data={"kind": "notes", "note-1": "Too smooth."}).status_code == 303
    assert "Too smooth." in text(mine.get(PATH))
    assert trail.size() == before
    for other in (world.voters[1], world.lead, world.enterer, world.admin, world.auditor):
        assert "Too smooth." not in text(at(world, other).get(PATH))


def test_nothing_that_was_typed_is_taken_for_a_mark_of_the_page(world: builders.Desk) -> None:
    client = at(world, world.voters[0])
    odd = "".join(MARKS)
    strange = builders.draft(9, title=f"T{odd}<i>", publisher=odd, url=f"https://x.example/{MARKS.below}")
    sources.attach_source(world.enterer, the_name(), draft=strange)
    noted = f"a{odd}<b>"
    assert client.post(f"{PATH}/draft", data={"kind": "notes", "note-3": noted}).status_code == 303
    page = text(client.get(PATH))
    assert f"a{odd}&lt;b&gt;</textarea>" in page
    assert f"<bdi>T{odd}&lt;i&gt;</bdi></a>" in page
    typed = page.replace(odd, "").replace(f"https://x.example/{MARKS.below}", "")
    assert not any(mark in typed for mark in MARKS), "every mark of a pattern was filled in"
    assert f'<a href="{PATH}/sources/3">Assess S3</a>' in page


def test_rows_of_one_shape_are_written_once_and_each_is_its_own() -> None:
    asked = []

    def write(own: Own, shape: Shape) -> str:
        asked.append(shape)
        return f'<b class="{shape.kind}">{own.number}</b>{own.name}{own.number}'

    shape = Shape(f"k{MARKS.name}", "ar", "-", "", "", "", "", False, False, False)
    owns = Own("1", name="<A>"), Own("2", name=MARKS.number), Own("3"), Own("4", name="\0%s")
    assert Rows(write).written((own, (shape,)) for own in owns) == [
        '<b class="k">1</b>&lt;A&gt;1', f'<b class="k">2</b>{MARKS.number}2', '<b class="k">3</b>3', '<b class="k">4</b>\0%s4',
    ]  # fmt: skip
    assert len(asked) == 2, "with a name and without one"


def test_what_is_written_once_for_all_holds_nothing_of_one_reader(world: builders.Desk) -> None:
    mine, another = at(world, world.voters[0]), at(world, world.voters[1])
    assert mine.post(f"{PATH}/draft", data={"kind": "notes", "note-1": "Too smooth."}).status_code == 303
    cites = ballot(text(mine.get(PATH)), sources=["3"])
    assert mine.post(f"{PATH}/draft", data={**cites, "kind": "vote"}).status_code == 303
    whole, of_a_lead = text(mine.get(PATH)), text(at(world, world.lead).get(PATH))
    assert "Too smooth." in whole and len(re.findall(r'name="sources" value="\d" form="ballot" checked', whole)) == 1
    other = text(another.get(PATH))
    assert "Too smooth." not in other and not re.search(r'name="sources" value="\d" form="ballot" checked', other)
    assert 'name="sources"' not in of_a_lead or 'form="ballot"' not in of_a_lead
    narrowed = text(another.get(f"{PATH}?only-language=en"))
    assert shown(narrowed) == [6, 7, 8] and shown(text(another.get(PATH))) == [1, 2, 3, 4, 5, 6, 7, 8]
    arabic = text(another.get(PATH, headers={"Accept-Language": "ar"}))
    assert "Assess S1" in other and "Assess S1" not in arabic and "Assess S1" in text(another.get(PATH))


def test_what_is_written_once_for_all_follows_what_is_said_of_a_source(world: builders.Desk) -> None:
    client = at(world, world.voters[0])
    before = text(client.get(PATH))
    assert "marked as graphic" not in before
    assert at(world, world.voters[1]).post(f"{PATH}/sources/4/warning", data={"word": "graphic"}).status_code == 303
    warned = text(client.get(PATH))
    assert warned.count("marked as graphic") == 1
    draft = builders.draft(9, title="A ninth account")
    sources.attach_source(world.enterer, the_name(), draft=draft)
    after = text(client.get(PATH))
    assert shown(after) == [1, 2, 3, 4, 5, 6, 7, 8, 9] and "A ninth account" in after


def test_sources_are_attached_and_grouped_on_pages_of_their_own(world: builders.Desk) -> None:
    client = at(world, world.voters[0])
    page = text(client.get(PATH))
    for form, what in (("new", "Attach this source"), ("group", "Group these under one origin")):
        assert f'href="{PATH}/sources/{form}"' in page and what not in page
        assert what in text(client.get(f"{PATH}/sources/{form}"))
        assert at(world, world.auditor).get(f"{PATH}/sources/{form}").status_code == 403
    refused = client.post(f"{PATH}/sources/group", data={"origin": "2", "sources": ["3", "4"], "reason": ""})
    shown_again = refused.get_data(as_text=True)
    assert refused.status_code == 422 and "Group these under one origin" in shown_again
    assert re.findall(r'name="sources" value="(\d)" checked', shown_again) == ["3", "4"]
    assert '<option value="2" selected>' in shown_again


def test_a_note_goes_with_the_vote_and_comes_back_where_the_ballot_does(world: builders.Desk) -> None:
    client = at(world, world.voters[0])
    form = ballot(text(client.get(PATH)), **{"note-3": "Never seen again?", "rationale": ""})
    refused = client.post(f"{PATH}/vote", data=form)
    assert refused.status_code == 422 and "Never seen again?" in refused.get_data(as_text=True)
    assert client.post(f"{PATH}/vote", data={**form, "rationale": "Because."}).status_code == 303
    assert "Never seen again?" in text(client.get(PATH))


def test_a_note_that_is_too_long_is_said_before_anything_is_cast(world: builders.Desk) -> None:
    client = at(world, world.voters[0])
    before = trail.size()
    answer = client.post(f"{PATH}/vote", data=ballot(text(client.get(PATH)), **{"note-3": "x" * 8001}))
    assert answer.status_code == 422 and "A note is longer" in answer.get_data(as_text=True)
    assert trail.size() == before


def test_tags_go_into_the_rationale_and_come_back_as_ticks(world: builders.Desk) -> None:
    client = at(world, world.voters[0])
    client.post(f"{PATH}/vote", data=ballot(text(client.get(PATH)), tags=["place", "count"]))
    cast = builders.view(the_name()).votes[0].ballot
    assert cast is not None and cast.rationale == "Two accounts, and S2 is one of them.\n#place #count"
    page = text(client.get(PATH))
    assert "Two accounts, and S2 is one of them.</textarea>" in page
    assert re.findall(r'name="tags" value="(\w+)" checked', page) == ["place", "count"]


def test_undo_stands_beside_the_cast_and_brings_the_ballot_back(world: builders.Desk) -> None:
    client = at(world, world.voters[0])
    assert "Your first vote." in text(client.get("/desk")), "whoever never voted is told how it goes"
    assert client.post(f"{PATH}/vote", data=ballot(text(client.get(PATH)))).location == "/desk"
    told = text(client.get("/desk"))
    assert "Your first vote." not in told and "Your first vote." in text(at(world, world.voters[1]).get("/desk"))
    assert "is cast and sealed" in told and f'action="{PATH}/withdraw-vote"' in told
    assert "is cast and sealed" not in text(client.get("/desk")), "it is said once"
    undone = client.post(f"{PATH}/withdraw-vote", data={"reason": hidden(told, "reason")})
    assert (undone.status_code, undone.location) == (303, f"{PATH}#ballot")
    page = text(client.get(PATH))
    assert "Two accounts, and S2 is one of them." in page
    assert re.search(r'value="fair" checked', page) and 'value="5"' in page
    assert "Your vote is owed" in text(client.get("/desk"))


def test_undo_after_the_close_is_refused_and_says_why(world: builders.Desk) -> None:
    client = at(world, world.voters[0])
    client.post(f"{PATH}/vote", data=ballot(text(client.get(PATH))))
    told = text(client.get("/desk"))
    with_all_in(world)
    answer = client.post(f"{PATH}/withdraw-vote", data={"reason": hidden(told, "reason")})
    assert answer.status_code == 409


def with_all_in(world: builders.Desk) -> None:
    """Everybody else answers, and the lead has the round closed."""
    ref = the_name()
    assignments.assign_reviewer(world.lead, ref, 1, world.voters[2].person or 0)
    for actor in world.voters[1:]:
        builders.cast(actor, ref, 1)
    rounds.close_round(world.lead, ref, 1, reason="All are in.")
    builders.work()


def test_why_this_one_says_what_it_was_chosen_by(world: builders.Desk) -> None:
    asked = text(at(world, world.voters[0]).get(PATH))
    assert "You were asked to vote here." in asked and "Due " in asked
    client = at(world, world.spare)
    client.post("/desk/languages", data={"languages": "en"})
    client.post("/desk/next")
    page = text(client.get(PATH))
    why = page.split('class="why')[1].split("</p>")[0]
    assert "A seat of its round is free. You read a language of its material. People are reported killed." in why
    assert "Due " not in why


def test_the_bench_is_the_same_whatever_others_answer(world: builders.Desk) -> None:
    ref = the_name()
    client = at(world, world.voters[0])
    query = f"{PATH}?only-cited=no"
    before = masked(client.get(query))
    builders.cast(world.voters[1], ref, 1, builders.ballot("discounted", sources=(4,)))
    assert masked(client.get(query)) == before


def test_the_keys_are_switched_off_for_one_person_everywhere(world: builders.Desk) -> None:
    client = at(world, world.voters[0])
    assert 'data-keys="on"' in text(client.get(PATH))
    assert client.post("/desk/account/keys", data={}).status_code == 303
    assert 'data-keys="off"' in text(at(world, world.voters[0]).get(PATH))
    assert 'data-keys="on"' in text(at(world, world.voters[1]).get(PATH))
    client.post("/desk/account/keys", data={"keys": "on"})
    assert 'data-keys="on"' in text(client.get(PATH))
