"""A journalist without an account reads the ten lines of /audit, takes what they name, and runs the very commands."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from review.actions import checkpoints, log, public_bundles
from tests import builders, chromium

pytestmark = pytest.mark.story


def published(team: builders.Desk) -> None:
    builders.published(team)
    log.record_heads()
    public_bundles.follow(checkpoints.publish_checkpoint())
    builders.work()


def runs(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """As in a terminal that knows nothing of us: an empty environment but for where programs are."""
    python = Path(shutil.which("python3", path="/usr/bin:/usr/local/bin") or shutil.which("python3") or "")
    return subprocess.run(
        ["sh", "-c", command], cwd=folder, env={"PATH": f"{python.parent}:/usr/bin:/bin"}, capture_output=True,
        text=True, check=False, timeout=60,
    )  # fmt: skip


@pytest.mark.timeout(180)
def test_a_visitor_follows_the_ten_lines_and_the_bundle_holds_until_a_byte_of_it_is_changed(
    team: builders.Desk, open_window: Callable[..., Any], tmp_path: Path
) -> None:
    published(team)
    page = open_window(viewport={"width": 390, "height": 844})
    page.goto("/")
    page.locator("footer").get_by_role("link", name=re.compile("^Check that nothing")).click()
    lines = page.locator(".ten-lines > li")
    expect(lines).to_have_count(10)
    assert chromium.violations(page) == []
    for link, name in (("the public bundle", "bundle.zip"), ("this server’s own copy", "verify.py")):
        with page.expect_download() as taken:
            lines.get_by_role("link", name=link, exact=True).click()
        assert taken.value.suggested_filename.endswith(Path(name).suffix)
        taken.value.save_as(tmp_path / name)

    version, digest, check, keep, since = page.locator(".ten-lines .command").all_inner_texts()
    assert runs(version, tmp_path).returncode == 0
    assert runs(digest, tmp_path).stdout.strip() == page.locator("#verifier-sha256").inner_text()
    answer = runs(check, tmp_path)
    assert answer.returncode == 0, answer.stdout
    assert answer.stdout.endswith("ALL THAT CAN BE CHECKED HOLDS.\n")
    assert "1 published grades follow from them" in answer.stdout
    assert runs(keep, tmp_path).returncode == 0

    checkpoints.publish_checkpoint()
    assert "the checkpoint that you kept is a beginning of this log" in runs(since, tmp_path).stdout
    kept = (tmp_path / "kept.checkpoint").read_text()
    page.get_by_role("link", name=re.compile("^Every checkpoint")).click()
    expect(page.get_by_role("link", name=kept.splitlines()[1], exact=True)).to_have_count(1)

    altered = bytearray((tmp_path / "bundle.zip").read_bytes())
    altered[len(altered) // 2] ^= 1
    (tmp_path / "bundle.zip").write_bytes(altered)
    refused = runs(check, tmp_path)
    assert refused.returncode == 1
    assert "FAIL" in refused.stdout and "THE BUNDLE DOES NOT HOLD." in refused.stdout
