"""What verify.py says in the end: what was proven, what cannot be, and each grade; nothing that was not checked."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from review.audit import note, verify
from tests.audit import histories as h
from tests.audit.checking import VERIFY

HASH = hashlib.sha256(VERIFY.read_bytes()).hexdigest()


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[str]]:
    code = verify.main(list(arguments))
    return code, capsys.readouterr().out.splitlines()


def test_a_bundle_that_holds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = h.everything()
    bundle = log.write(tmp_path / "bundle.zip", evidence=[b"a page, kept"])
    code, lines = answer(capsys, str(bundle), "--key", str(h.KEY))
    first = log.find("grade.published")
    assert code == 0
    assert lines[0] == f"verify.py {verify.VERSION}, SHA-256 {HASH}"
    assert lines[2] == "Proven:"
    assert lines[3].startswith(f"  log {h.ORIGIN}, 86 leaves, root ")
    assert lines[3].endswith(", signed by the key you pinned")
    assert lines[5:8] == [
        "  0 of 86 leaves withheld by this profile: in the tree, content not checked",
        "  7 details not shown by this profile or removed",
        "  2 incidents replayed; every transition was legal under the policy of its round",
    ]
    assert f"  {first.incident} version 1: fair, published, event {first.seq}" in lines
    assert lines.index("Not proven, and not provable by any bundle:") > lines.index("Proven:")
    assert lines[-1] == "ALL THAT CAN BE CHECKED HOLDS."


def test_the_same_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bundle = h.everything().write(tmp_path / "bundle.zip", evidence=[b"a page, kept"])
    code, lines = answer(capsys, str(bundle), "--key", str(h.KEY), "--json")
    told = json.loads("\n".join(lines))
    assert (code, told["ok"], told["failures"], told["profile"]) == (0, True, [], "internal")
    assert told["verifier"] == {"format": verify.VERSION, "sha256": HASH}
    assert [(row["grade"], row["version"], row["kind"]) for row in told["grades"]] == [
        ("fair", 1, "published"),
        ("contested", 1, "published"),
    ]
    assert told["proven"][-1] == "1 evidence files are the ones recorded"
    assert told["facts"]["size"] == 86


def test_what_fails_is_all_that_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = h.everything()
    log.find("grade.published").body["version"] = 2
    bundle = log.write(tmp_path / "bundle.zip")
    code, lines = answer(capsys, str(bundle), "--key", str(h.KEY))
    assert code == 1
    assert lines[2].startswith(f"FAIL published seq {log.find('grade.published').seq}: ")
    assert lines[-1] == "THE BUNDLE DOES NOT HOLD."
    assert "Proven:" not in lines
    code, lines = answer(capsys, str(bundle), "--key", str(h.KEY), "--json")
    told = json.loads("\n".join(lines))
    assert (code, told["ok"], told["proven"]) == (1, False, [])
    assert told["failures"][0]["check"] == "published"


def test_a_witness_and_a_kept_checkpoint_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = h.everything()
    witness = note.verifier_key("witness.example/w1", h.OTHER_SEED, note.ALG_WITNESS)
    members = log.members(kept=[20])
    text = members["data/checkpoint"].decode()
    signed = note.parse_checkpoint(text).cosigned("witness.example/w1", h.OTHER_SEED, 1_800_000_000).text
    for name in list(members):
        if name == "data/checkpoint" or "proofs" in name:
            members[name] = members[name].replace(text.encode(), signed.encode())
    bundle = h.write_bag(tmp_path / "bundle.zip", members)
    (tmp_path / "kept").write_bytes(members["data/checkpoints/20"])
    arguments = [str(bundle), "--key", str(h.KEY)]
    _code, plain = answer(capsys, *arguments)
    code, lines = answer(capsys, *arguments, "--witness", str(witness), "--since", str(tmp_path / "kept"))
    assert code == 0
    more = {"  1 witnesses signed this checkpoint", "  the checkpoint that you kept is a beginning of this log"}
    assert set(lines) - set(plain) == more
    forked = "  that nobody was shown another history: give --witness, or --since with a checkpoint you kept"
    assert set(plain) - set(lines) == {forked}


@pytest.mark.parametrize(
    "arguments",
    [
        ["BUNDLE", "--key", "x"],
        ["BUNDLE", "--key", "@/none"],
        ["BUNDLE"],
        ["BUNDLE", "--key", "KEY", "--since", "/none"],
        ["BUNDLE", "--key", "WITNESS"],
        ["BUNDLE", "--key", "KEY", "--witness", "KEY"],
    ],
)
def test_arguments_that_are_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    bundle = h.everything().write(tmp_path / "bundle.zip")
    witness = note.verifier_key("witness.example/w1", h.OTHER_SEED, note.ALG_WITNESS)
    words = {"BUNDLE": str(bundle), "KEY": str(h.KEY), "WITNESS": str(witness)}
    with pytest.raises(SystemExit) as ended:
        verify.main([words.get(word, word) for word in arguments])
    assert ended.value.code == 2
    assert "usage: verify.py" in capsys.readouterr().err
