"""/audit: ten lines by which a stranger checks a bundle, the program to do it with, and what that proves and does not."""

from __future__ import annotations

import hashlib
import re
from html import unescape

import pytest
from flask import Flask

from review.actions import checkpoints, log, public_bundles
from review.audit import verify
from review.queries.method import VERIFIER
from tests import builders
from tests.web.sitting import browser
from tests.web.test_public_pages import plain

TEN = re.compile(r'<ol class="ten-lines">(.*?)</ol>', re.S)
COMMAND = re.compile(r'<code class="command"[^>]*>(.*?)</code>', re.S)
LINK = re.compile(r'href="([^"]+)"')


@pytest.fixture
def team(staffed: builders.Desk) -> builders.Desk:
    return staffed


def published_with_a_bundle(team: builders.Desk) -> None:
    builders.published(team)
    log.record_heads()
    public_bundles.follow(checkpoints.publish_checkpoint())
    builders.work()


def read(team: builders.Desk) -> str:
    answer = browser(team.app).get("/audit")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def ten(page: str) -> list[str]:
    found = TEN.search(page)
    assert found is not None
    return re.findall(r"<li>(.*?)</li>", found.group(1), re.S)


def commands(page: str) -> list[str]:
    return [unescape(one) for one in COMMAND.findall(page)]


def test_there_are_ten_lines_and_everything_they_lead_to_is_there_for_anybody(team: builders.Desk) -> None:
    published_with_a_bundle(team)
    page = read(team)
    lines = ten(page)
    assert len(lines) == 10
    links = LINK.findall("".join(lines))
    assert {"/audit/bundle.zip", "/audit/verify.py"} <= set(links)
    main = page.split('<main')[1].split("</main>")[0]
    for link in {*links, *LINK.findall(main)}:
        assert browser(team.app).get(link.partition("#")[0]).status_code == 200, link


def test_the_lines_name_the_very_key_and_digest(team: builders.Desk) -> None:
    published_with_a_bundle(team)
    page = read(team)
    vkey = verify.parse_key(re.search(r'--key "([^"]+)"', commands(page)[2]).group(1))
    shown = unescape(page.split('id="key"')[1].split("</section>")[0])
    assert f"{vkey.name}+" in shown and f"+{vkey.id.hex()}+" in shown
    assert vkey.id.hex() in plain(ten(page)[5])
    served = browser(team.app).get("/audit/verify.py")
    assert hashlib.sha256(served.data).hexdigest() in ten(page)[3]
    assert served.data == VERIFIER.read_bytes()
    assert served.headers["Content-Disposition"] == "attachment; filename=verify.py"
    assert served.mimetype == "text/plain"


def test_before_a_bundle_is_made_the_page_says_where_to_ask_and_links_to_none(team: builders.Desk) -> None:
    page = read(team)
    assert len(ten(page)) == 10
    assert "Ask somebody at the desk for a bundle" in plain(page)
    assert "/audit/bundle.zip" not in page
    published_with_a_bundle(team)
    assert "/audit/bundle.zip" in read(team)


def test_a_desk_whose_log_is_not_opened_has_a_page_too(app: Flask) -> None:
    with app.app_context():
        page = browser(app).get("/audit")
    assert page.status_code == 200
    assert "The log has not been opened yet." in page.get_data(as_text=True)


@pytest.mark.parametrize(
    "sentence",
    [
        "Whether a source tells the truth", "two pseudonyms are two people", "read a sealed vote early",
        "shown another log", "Anything after the checkpoint", "Imported grades", "What a bundle withholds",
        "nothing inside a bundle vouches for either",
    ],
)  # fmt: skip
def test_what_cannot_be_proven_is_said_beside_what_can(team: builders.Desk, sentence: str) -> None:
    page = read(team)
    assert sentence in plain(page.split('id="cannot"')[1].split("</section>")[0])
    assert "the log has only grown since then" in plain(page.split('id="proves"')[1].split("</section>")[0])
