"""A disputed incident from the claim to its published grade, and from there to a stranger's own machine."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import expect

from review.audit import verify
from tests import builders
from tests.stories.people import Lead, Person, Reviewer

pytestmark = pytest.mark.story

Open = Callable[..., Any]
CODE = "KV412"
FAIR = "S1 and S2 do not copy one another; the ledger puts an aircraft over the plain."
CONTESTED = "S3 reports rockets from the ridge at the same hour. I cannot choose between them."
ANYWAY = "Only one party is named so far, but S3 describes another."
DISSENT = "The same evidence names two sides. Contested would have said so more plainly."
ANSWER = "S3 is one account and places the fire north of the ridge."


@pytest.mark.timeout(240)
def test_a_disputed_incident_from_its_claim_to_a_grade_that_a_stranger_recomputes(
    team: builders.Desk, open_window: Open, tmp_path: Path
) -> None:
    in_order = _tell(team, open_window)
    _the_public_reads(in_order, open_window)
    bundle, key = _exported(team.app, tmp_path)
    _a_stranger_verifies(bundle, key, tmp_path / "elsewhere")


def _tell(team: builders.Desk, open_window: Open) -> list[str]:
    mara, yusra, ben, lina, sunniva = (Reviewer(open_window(), name) for name in builders.REVIEWERS)
    ilse, davit = (Lead(open_window(), name) for name in builders.LEADS)
    lina.signs_in().receives_a_claim("Grain store at Marj Eluan hit at dusk, five dead.", language="en")
    lina.opens_an_incident_from_it(
        stream="Karsian Air Force, Velmar", place="Marj Eluan", party=builders.PARTY, status="Likely", code=CODE
    )
    lina.attaches(
        CODE, "Eastern edge", "supports the harm", url="https://eluan-monitor.example/14", publisher="Eluan Monitor"
    )
    lina.attaches(
        CODE, "Night log", "supports the attribution", text="An aircraft turned twice over the plain at dusk."
    )
    lina.attaches(CODE, "From the ridge", "supports the attribution", url="https://ridge-eye.example/p/90")
    ilse.signs_in().opens_a_round(CODE, asks=[mara.name, yusra.name, ben.name])
    mara.signs_in().votes("fair", (3, 5), FAIR, rests=(1, 2))
    yusra.signs_in().votes("fair", (3, 4), "As the night log has it.", rests=(2,))
    ben.signs_in().votes("contested", (3, 5), CONTESTED, rests=(3,), all_the_same=ANYWAY)
    assert "Fair" not in _sealed(ilse)
    _work(team.app)
    ben.argues("S3 and the night log tell of the same minute.")
    mara.argues("S3 is one account, three kilometres away.")
    ilse.opens_the_second_vote(CODE)
    mara.votes("fair", (3, 5), "I stand by it.", rests=(1, 2))
    yusra.votes("fair", (3, 4), "I stand by it too.", rests=(2,))
    ben.votes("contested", (3, 5), "So do I.", rests=(3,), all_the_same=ANYWAY)
    _work(team.app)
    ilse.appoints(CODE, sunniva.name)
    sunniva.signs_in().is_held_to_the_minority("fair", "Two accounts of their own.")
    sunniva.settles("fair", "Two accounts of their own and a likely action near by.", ANSWER)
    ben.dissents(CODE, DISSENT)
    davit.signs_in().approves(CODE, "Every argument of the minority was answered.")
    ben.reads_what_became_of_the_vote(CODE).reads("The result differs from your vote in the grade.", "#your-vote")
    ben.reads(ANSWER, "#your-vote").reads("Every argument of the minority was answered.", "#your-vote")
    return [person.name for person in (mara, yusra, ben, lina, sunniva, ilse, davit)]


def _sealed(lead: Lead) -> str:
    """What the lead reads of an incident whose votes are all in and whose round is open."""
    return str(lead.opens(f"/desk/incidents/{CODE}").page.locator("main").inner_text())


def _work(app: Flask) -> None:
    """The worker does what is due."""
    done = app.test_cli_runner().invoke(args=["work", "--once"])
    assert done.exit_code == 0 and int(done.stdout) > 0, done.output


def _the_public_reads(names: list[str], open_window: Open) -> None:
    reader = Person(open_window(), "A reader").opens("/incidents").follows(CODE)
    expect(reader.page.locator(".det-grade")).to_contain_text("Fair")
    expect(reader.page.locator(".det-range .figure")).to_have_text("3–5")
    expect(reader.page.locator(".split li")).to_have_count(3)
    expect(reader.page.locator(".split .odd")).to_contain_text("Contested")
    expect(reader.page.locator("blockquote.dissent")).to_contain_text(DISSENT)
    reader.reads(ANSWER).reads("Every argument of the minority was answered.")
    public = reader.page.content()
    assert [name for name in names if name in public] == []
    assert CONTESTED not in public


def _exported(app: Flask, folder: Path) -> tuple[Path, str]:
    bundle = folder / "bundle.zip"
    made = app.test_cli_runner().invoke(args=["audit", "export", str(bundle)])
    assert made.exit_code == 0, made.output
    key = app.test_cli_runner().invoke(args=["audit", "key"]).stdout.strip()
    return bundle, key


def _a_stranger_verifies(bundle: Path, key: str, empty: Path) -> None:
    empty.mkdir()
    shutil.copyfile(verify.__file__, empty / "verify.py")
    shutil.copyfile(bundle, empty / "bundle.zip")
    whole = _verified(empty, "bundle.zip", key)
    assert whole.returncode == 0, whole.stdout + whole.stderr
    assert "ALL THAT CAN BE CHECKED HOLDS." in whole.stdout
    assert "version 1: fair" in whole.stdout
    place = _with_one_byte_changed(empty / "bundle.zip", empty / "altered.zip")
    altered = _verified(empty, "altered.zip", key)
    assert altered.returncode == 1
    assert f"FAIL leaf seq {place}: the event was altered" in altered.stdout, altered.stdout
    assert "THE BUNDLE DOES NOT HOLD." in altered.stdout


def _verified(folder: Path, bundle: str, key: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", "-S", "verify.py", bundle, "--key", key]
    return subprocess.run(command, cwd=folder, env={}, capture_output=True, text=True, check=False)


def _with_one_byte_changed(bundle: Path, altered: Path) -> int:
    """The same bundle but for one letter of a grade in one event; answers the event's number."""
    place = -1
    with zipfile.ZipFile(bundle) as held, zipfile.ZipFile(altered, "w", zipfile.ZIP_DEFLATED) as copy:
        for member in held.infolist():
            content = held.read(member)
            if member.filename == "data/events.jsonl":
                at = content.index(b'"grade":"fair"') + len(b'"grade":"')
                place = content.count(b"\n", 0, at)
                content = content[:at] + b"h" + content[at + 1 :]
            copy.writestr(member, content)
    return place
