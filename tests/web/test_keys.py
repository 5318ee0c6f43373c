"""From "next" to a cast vote without the mouse; the draft that saves itself; the keys switched off. In Chromium."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from review.actions import sources
from tests import builders, chromium
from tests.web.sitting import sitting

Open = Callable[..., Any]
# What an Arabic board writes with the keys that an English one calls by these letters.
ARABIC = dict(zip("njcrhuxof?", "ىتؤقاعءخب؟", strict=True))


@pytest.fixture
def engine_name() -> str:
    """What is under test is the script: one engine says it all."""
    return "sqlite"


@pytest.fixture
def desk_of_many(live_server: chromium.Server) -> builders.Desk:
    """A desk where one round waits for somebody; eight sources, three of one account."""
    with live_server.app.app_context():
        desk = builders.desk(live_server.app)
        ref = builders.with_sources(desk, count=5)
        for number in (6, 7, 8):
            echo = builders.draft(number, title=f"Echo {number}", language="en", platform="telegram", origin=2)
            sources.attach_source(desk.enterer, ref, draft=echo)
        builders.round_opened(desk, ref, reviewers=())
        return desk


@pytest.fixture
def bench(desk_of_many: builders.Desk, live_server: chromium.Server, open_window: Open) -> Any:
    """A reviewer's window on that desk."""
    with live_server.app.app_context():
        cookie = sitting(live_server.app, desk_of_many.spare).get_cookie("assay")
    assert cookie is not None
    page = open_window(viewport={"width": 1280, "height": 800})
    page.context.add_cookies([{"name": "assay", "value": cookie.value, "url": live_server.url}])
    page.goto("/desk")
    page.wait_for_selector(".has-keys")
    return page


def taken(bench: Any) -> None:
    """Take the next incident by its button, and wait until its scripts run."""
    bench.get_by_role("button", name="Take the next incident").click()
    bench.wait_for_url("**/desk/incidents/KV412")
    bench.wait_for_selector(".has-keys")


def english(bench: Any) -> Callable[[str], None]:
    return lambda key: bench.keyboard.press(key if key != "?" else "Shift+Slash")


def arabic(bench: Any) -> Callable[[str], None]:
    """A key by its place on the board, writing what an Arabic layout writes there."""
    session = bench.context.new_cdp_session(bench)

    def press(key: str) -> None:
        code = "Slash" if key == "?" else f"Digit{key}" if key.isdigit() else f"Key{key.upper()}"
        what = {"code": code, "key": ARABIC.get(key, key), "modifiers": 8 if key == "?" else 0}
        for kind in ("rawKeyDown", "keyUp"):
            session.send("Input.dispatchKeyEvent", {"type": kind, **what})

    return press


@pytest.mark.parametrize("board", [english, arabic])
def test_a_vote_is_cast_by_keys_alone_undone_and_cast_again(bench: Any, board: Callable[..., Any]) -> None:
    press = board(bench)
    press("n")
    bench.wait_for_url("**/desk/incidents/KV412")
    bench.wait_for_selector(".has-keys")
    assert "A seat of its round is free." in bench.locator(".why").inner_text()
    press("2")
    assert bench.locator("input[name=grade]:checked").get_attribute("value") == "fair"
    press("j")
    press("x")
    press("j")
    press("c")
    assert bench.locator("#s1 input[name=sources]").is_checked()
    assert bench.locator("#s2 input[name=sources]").is_checked(), "what is cited is ticked"
    press("h")
    bench.keyboard.type("3")
    bench.keyboard.press("Tab")
    bench.keyboard.type("5")
    bench.keyboard.press("Escape")
    press("r")
    bench.keyboard.type("and S3 tell of 2 origins.")
    assert bench.get_by_label("Rationale").input_value() == "S2 and S3 tell of 2 origins."
    assert "Named, and not ticked: S3." in bench.locator("[data-unticked]").inner_text()
    assert bench.locator("input[name=grade]:checked").get_attribute("value") == "fair"
    bench.get_by_text("Draft saved").wait_for()
    bench.keyboard.press("Control+Enter")
    bench.wait_for_url("**/desk")
    assert bench.get_by_text("cast and sealed").is_visible()
    assert chromium.violations(bench) == []
    press("u")
    bench.wait_for_url("**/desk/incidents/KV412#ballot")
    assert bench.get_by_label("Rationale").input_value() == "S2 and S3 tell of 2 origins."
    assert bench.get_by_label("Killed, at most").input_value() == "5"
    bench.keyboard.press("Control+Enter")
    bench.wait_for_url("**/desk")
    assert bench.get_by_text("cast and sealed").is_visible()


def test_the_draft_saves_itself_and_is_there_again(bench: Any) -> None:
    taken(bench)
    bench.get_by_label("Rationale").fill("Begun by hand.")
    bench.locator("#s2 input[name=sources]").check()
    bench.locator("#s4 summary").click()
    bench.get_by_label("My note on S4").fill("Ask Civic Aid again.")
    bench.get_by_text("Draft saved").wait_for()
    bench.reload()
    assert bench.get_by_label("Rationale").input_value() == "Begun by hand."
    assert bench.locator("#s2 input[name=sources]").is_checked()
    assert bench.get_by_label("My note on S4").input_value() == "Ask Civic Aid again."
    bench.get_by_label("Rationale").fill("Typed on the way out.")
    bench.keyboard.press("Escape")
    bench.keyboard.press("a")
    bench.wait_for_url("**/sources/new")
    bench.get_by_role("heading", name="Attach a source").wait_for()
    assert chromium.violations(bench) == []
    bench.goto(bench.url.removesuffix("/sources/new"))
    assert bench.get_by_label("Rationale").input_value() == "Typed on the way out."
    assert bench.evaluate("localStorage.length + sessionStorage.length") == 0


def test_a_save_that_fails_says_so_and_is_made_up_for(bench: Any) -> None:
    taken(bench)
    bench.route("**/draft", lambda route: route.fulfill(status=503))
    bench.get_by_label("Rationale").fill("Typed in a tunnel.")
    bench.locator("[data-autosave]").get_by_text("Not saved just now.").wait_for()
    assert bench.get_by_label("Rationale").input_value() == "Typed in a tunnel."
    bench.unroute("**/draft")
    bench.evaluate("dispatchEvent(new Event('online'))")
    bench.locator("[data-autosave]").get_by_text("Draft saved").wait_for()
    bench.reload()
    assert bench.get_by_label("Rationale").input_value() == "Typed in a tunnel."


def test_what_was_typed_outlives_the_end_of_a_session(bench: Any, desk_of_many: builders.Desk, live_server: Any) -> None:
    taken(bench)
    bench.context.clear_cookies()
    bench.get_by_label("Rationale").fill("Typed after the session ended.")
    bench.locator("[data-autosave]").get_by_text("Not saved: you are signed out.").wait_for()
    with live_server.app.app_context():
        cookie = sitting(live_server.app, desk_of_many.spare).get_cookie("assay")
    bench.context.add_cookies([{"name": "assay", "value": cookie.value, "url": live_server.url}])
    bench.evaluate("dispatchEvent(new Event('focus'))")
    bench.locator("[data-autosave]").get_by_text("Draft saved").wait_for()


def test_why_is_asked_only_where_the_grade_goes_against_its_definition(bench: Any) -> None:
    taken(bench)
    why = bench.get_by_label("Why this grade all the same")
    assert not why.is_visible()
    bench.get_by_label("Discounted").check()
    assert why.is_visible()
    bench.get_by_label("Fair").check()
    assert not why.is_visible()


def test_sources_are_narrowed_and_grouped_by_hand_and_by_key(bench: Any) -> None:
    taken(bench)
    shown = bench.locator(".source[data-number]:visible")
    bench.keyboard.press("f")
    bench.locator("[data-by=language]").select_option("en")
    assert shown.count() == 3
    assert "3 of 8 sources are shown." in bench.locator("[data-narrowed]").inner_text()
    bench.locator("[data-by=language]").select_option("")
    bench.keyboard.press("Escape")
    bench.locator("#s1").focus()
    bench.keyboard.press("o")
    asked = bench.get_by_role("dialog", name="Whose account does S1 repeat?")
    assert asked.is_visible()
    assert chromium.violations(bench) == []
    asked.get_by_role("button", name="Leave it as it is").click()
    bench.get_by_label("Rationale").fill("Typed before it was grouped.")
    dragged(bench, "#s5 [data-handle]", "#s4 .source-name")
    asked = bench.get_by_role("dialog", name="Whose account does S5 repeat?")
    assert asked.locator("select").input_value() == "4"
    asked.get_by_label("Why").fill("Word for word.")
    asked.get_by_role("button", name="Group it there").click()
    bench.locator(".flashes").get_by_text("The sources are grouped.").wait_for()
    assert "repeats S4" in bench.locator("#s5").inner_text()
    assert bench.get_by_label("Rationale").input_value() == "Typed before it was grouped."
    bench.get_by_label("Take S1 along").check()
    bench.locator("#s3").focus()
    bench.keyboard.press("o")
    asked = bench.get_by_role("dialog", name="Whose account do S3 S1 repeat?")
    asked.locator("select").select_option("4")
    asked.get_by_label("Why").fill("Word for word too.")
    asked.get_by_role("button", name="Group it there").click()
    bench.locator("[data-origin='4'] #s1, [data-origin='4'] #s3").nth(1).wait_for()


def dragged(bench: Any, what: str, onto: str) -> None:
    """Take something with the mouse and let it go there; both stand in sight."""
    bench.locator(onto).evaluate("one => one.scrollIntoView({block: 'center'})")
    start, end = (bench.locator(place).bounding_box() for place in (what, onto))
    bench.mouse.move(start["x"] + 5, start["y"] + 5)
    bench.mouse.down()
    bench.mouse.move(start["x"] + 20, start["y"] - 5, steps=3)
    bench.mouse.move(end["x"] + 20, end["y"] + 5, steps=3)
    bench.mouse.up()


def test_keys_have_a_sheet_and_can_be_switched_off_for_good(bench: Any) -> None:
    taken(bench)
    arabic(bench)("?")
    sheet = bench.get_by_role("dialog", name="Keys")
    assert sheet.is_visible()
    assert chromium.violations(bench) == []
    with bench.expect_response("**/desk/account/keys"):
        sheet.get_by_label("Keys are on").uncheck()
    bench.keyboard.press("Escape")
    assert not sheet.is_visible()
    bench.keyboard.press("3")
    assert bench.locator("input[name=grade]:checked").count() == 0
    bench.reload()
    bench.wait_for_selector(".keys-heard")
    bench.keyboard.press("3")
    assert bench.locator("input[name=grade]:checked").count() == 0, "it holds wherever they sign in"
