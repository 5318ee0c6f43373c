"""What the report says that another bundle would show, and heads that were fixed over what was withheld then."""

from __future__ import annotations

from pathlib import Path

import pytest

from review.audit import canonical, verify
from tests.audit import histories as h
from tests.audit.checking import run
from tests.audit.continuing import Continued, packed
from tests.audit.forge import LIO, RIA, TIV
from tests.audit.test_insider_keeps_back import BECAUSE, PANEL, argued, told


@pytest.fixture
def log() -> Continued:
    return Continued()


@pytest.mark.parametrize(("count", "more"), [(1, ""), (10, ""), (11, " and 1 more"), (13, " and 3 more")])
def test_a_line_names_ten_incidents(count: int, more: str) -> None:
    names = [f"i-{number}" for number in range(count)]
    assert verify.named(names) == ", ".join(names[:10]) + more


def test_what_another_bundle_shows_is_printed_by_itself(log: Continued, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = log.incident(1, RIA)
    path = h.write_zip(tmp_path / "closed.zip", log.members(tmp_path))
    assert verify.main([str(path), "--key", log.vkey]) == 0
    assert "another one would show it" not in capsys.readouterr().out
    log.open_round(name, PANEL)
    log.vote(name, TIV)
    path = h.write_zip(tmp_path / "open.zip", log.members(tmp_path))
    assert verify.main([str(path), "--key", log.vkey]) == 0
    lines = capsys.readouterr().out.splitlines()
    place = lines.index("Not proven by this bundle; another one would show it:")
    assert lines[place + 1].startswith(f"  that the open rounds of {name} have not been closed")
    assert lines[place + 2].startswith("  that no right was taken back among what is withheld")
    assert lines[place + 3] == "ALL THAT CAN BE CHECKED HOLDS."


def test_a_bundle_that_names_what_is_restricted_shows_more(log: Continued, tmp_path: Path) -> None:
    log.incident(1, RIA)
    log.add("incident.restricted", LIO, log.incident(2, RIA), on=True, people=[LIO.in_("log")], reason=BECAUSE)
    found = run(h.write_zip(tmp_path / "bundle.zip", log.members(tmp_path)), key=log.vkey)
    said = "that no right was taken back among what is withheld: a bundle that names the restricted incidents shows it"
    assert verify.elsewhere(found) == [said]


@pytest.mark.parametrize("true", [True, False])
def test_heads_over_an_argument_end_in_a_leaf_that_is_withheld(log: Continued, tmp_path: Path, true: bool) -> None:
    name, settlement = argued(log)
    argument = log.rows[-1]
    assert argument.iseq is not None
    last = argument.leaf if true else log.rows[-2].leaf
    line = canonical.canonical_value([name, argument.iseq + 1, canonical.b64(last)])
    log.add("log.heads", n=1, root=canonical.b64(canonical.leaf_hash(line)))
    log.open_round(name, PANEL, kind="second", of=settlement)
    members = packed({**log.members(tmp_path, fixed=False), "data/heads.jsonl": line + b"\n"})
    found = [one for one in told(members, tmp_path, log.vkey) if one.startswith("FAIL heads")]
    sentence = f"the last log.heads knows {argument.iseq + 1} events of this incident: its tail was cut or altered"
    assert found == ([] if true else [f"FAIL heads seq {argument.seq - 1}: {sentence}"])
