"""A bundle asked for, made, taken and checked: by a lead editor, and by somebody without an account."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from review.actions import checkpoints, log
from tests import builders, chromium
from tests.clocks import Clock
from tests.stories.people import PASSWORD, Lead, Person

pytestmark = pytest.mark.story

Open = Callable[..., Any]


@pytest.fixture
def graded(time: Clock, team: builders.Desk) -> builders.Desk:
    """An incident is published, and the daily checkpoint after it."""
    builders.published(team)
    log.record_heads()
    checkpoints.publish_checkpoint()
    return team


def taken(page: Page, link: str, folder: Path) -> Path:
    """Follow the link that hands out a file, into a folder of its own that holds nothing else."""
    folder.mkdir()
    with page.expect_download() as download:
        page.locator("main").get_by_role("link", name=link).first.click()
    bundle = folder / "bundle.zip"
    download.value.save_as(bundle)
    return bundle


def checked(bundle: Path, key: str) -> int:
    """What the verifier from the bundle itself ends with, alone with it in that folder."""
    with zipfile.ZipFile(bundle) as packed:
        (bundle.parent / "verify.py").write_bytes(packed.read("data/verify.py"))
    return judged(bundle, key)


def judged(bundle: Path, key: str) -> int:
    command = [sys.executable, "-I", "-S", "verify.py", bundle.name, "--key", key]
    done = subprocess.run(command, cwd=bundle.parent, capture_output=True, text=True, check=False)
    assert done.returncode == 0 or "FAIL" in done.stdout + done.stderr, done.stderr
    return done.returncode


def with_one_byte_changed(bundle: Path) -> Path:
    content = bytearray(bundle.read_bytes())
    content[len(content) // 2] ^= 1
    bundle.write_bytes(content)
    return bundle


def the_key(person: Person) -> str:
    """The verifier key as everybody reads it."""
    person.opens("/audit")
    return person.page.locator("[aria-labelledby=key] code").first.inner_text().strip()


def test_a_lead_asks_takes_and_checks(graded: builders.Desk, time: Clock, open_window: Open, tmp_path: Path) -> None:
    ilse = Lead(open_window(accept_downloads=True), "Ilse Marchetti").signs_in()
    key = the_key(ilse)
    ilse.opens("/desk/export")
    ilse.page.locator("input[name=profile][value=court]").check()
    ilse.fills("For whom", "The tribunal of Marj Eluan").fills("What for", "Case 4, count 2")
    time.at += timedelta(minutes=11)
    ilse.presses("Have it made").reads("Your password again")
    ilse.fills("Password", PASSWORD).presses("Go on").reads("entries are read")
    assert chromium.violations(ilse.page) == []
    builders.work()
    ilse.opens("/desk/inbox").reads("Your bundle is ready.").follows("Read it there").reads("ready, kept until")
    assert chromium.violations(ilse.page) == []
    ilse.page.locator("[aria-labelledby=yours] th a").first.click()
    expect(ilse.page.get_by_role("link", name="Take the bundle")).to_be_visible()
    assert chromium.violations(ilse.page) == []
    bundle = taken(ilse.page, "Take the bundle", tmp_path / "lead")
    assert checked(bundle, key) == 0
    assert judged(with_one_byte_changed(bundle), key) == 1
    ilse.opens("/desk/export").reads("The tribunal of Marj Eluan", "[aria-labelledby=made]")


def test_a_stranger_takes_and_checks_what_is_public(
    graded: builders.Desk, time: Clock, open_window: Open, tmp_path: Path
) -> None:
    time.goes(days=1)
    stranger = Person(open_window(accept_downloads=True))
    key = the_key(stranger)
    whole = taken(stranger.page, "the public bundle", tmp_path / "whole")
    assert checked(whole, key) == 0
    assert judged(with_one_byte_changed(whole), key) == 1
    stranger.opens("/incidents/KV412").follows("take the bundle of this incident").reads("Not ready yet")
    assert chromium.violations(stranger.page) == []
    builders.work()
    stranger.opens("/incidents/KV412")
    one = taken(stranger.page, "take the bundle of this incident", tmp_path / "one")
    assert checked(one, key) == 0
    assert judged(with_one_byte_changed(one), key) == 1
    assert stranger.page.context.cookies() == []
