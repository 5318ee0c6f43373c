"""The command: who must have signed, what it prints, what it refuses, and that it stands alone."""

from __future__ import annotations

import ast
import hashlib
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from review.audit import note
from tests.audit import histories as h
from tests.audit.checking import SHARED, VERIFY, checks, failures

# --- signatures ----------------------------------------------------------------------------------------------------


def test_a_witness_that_is_asked_for_must_have_signed(tmp_path: Path) -> None:
    log = h.everything()
    witness = note.verifier_key("witness.example/w1", h.OTHER_SEED, note.ALG_WITNESS)
    members = log.members()
    assert checks(failures(h.write_bag(tmp_path / "a.zip", members), witnesses=[witness])) == {"witness"}
    signed = note.parse_checkpoint(members["data/checkpoint"].decode())
    text = signed.cosigned("witness.example/w1", h.OTHER_SEED, 1_800_000_000).text.encode()
    for name, data in members.items():
        if "proofs" in name or name == "data/checkpoint":
            members[name] = data.replace(members["data/checkpoint"], text) if "proofs" in name else data
    members["data/checkpoint"] = text
    assert failures(h.write_bag(tmp_path / "b.zip", members), witnesses=[witness]) == []


def test_a_rotated_key(tmp_path: Path) -> None:
    log = h.started()
    new = note.verifier_key(h.ORIGIN, h.OTHER_SEED)
    rotation = log.add("key.rotated", "Osei", None, {"old": str(h.KEY), "new": str(new)})
    h.agreed(log)
    log.build()
    size = rotation.seq + 2
    members = log.members(seed=h.OTHER_SEED, kept=[size])
    found = failures(h.write_bag(tmp_path / "a.zip", members), key=new)
    assert checks(found) == {"key"}
    both = note.parse_checkpoint(members[f"data/checkpoints/{size}"].decode()).signed(h.SEED)
    members[f"data/checkpoints/{size}"] = both.text.encode()
    assert failures(h.write_bag(tmp_path / "b.zip", members), key=new) == []
    assert failures(h.write_bag(tmp_path / "c.zip", members), key=h.KEY) == []


# --- the command ---------------------------------------------------------------------------------------------------


def command(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a copy of the one file, alone in an empty folder, isolated from every installed package."""
    alone = folder / "alone"
    alone.mkdir(exist_ok=True)
    (alone / "verify.py").write_bytes(VERIFY.read_bytes())
    line = [sys.executable, "-I", "-S", "verify.py", *arguments]
    return subprocess.run(line, cwd=alone, capture_output=True, text=True, env={"PATH": os.environ["PATH"]}, check=False)


def test_the_command_stands_alone(tmp_path: Path) -> None:
    bundle = h.everything().write(tmp_path / "bundle.zip")
    (tmp_path / "key").write_text(f"{h.KEY}\n")
    done = command(str(bundle), "--key", f"@{tmp_path / 'key'}", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert hashlib.sha256(VERIFY.read_bytes()).hexdigest() in done.stdout
    assert "0 of 86 leaves withheld by this profile: in the tree, content not checked" in done.stdout
    assert done.stdout.index("Proven") < done.stdout.index("Not proven")
    assert "nothing inside it vouches" in done.stdout
    told = json.loads(command(str(bundle), "--key", str(h.KEY), "--json", folder=tmp_path).stdout)
    assert told["ok"] is True
    assert [row["grade"] for row in told["grades"]] == ["fair", "contested"]


def test_the_command_names_what_failed(tmp_path: Path) -> None:
    log = h.everything()
    log.find("grade.published").body["version"] = 2
    bundle = log.write(tmp_path / "bundle.zip")
    done = command(str(bundle), "--key", str(h.KEY), folder=tmp_path)
    assert done.returncode == 1
    assert f"FAIL published seq {log.find('grade.published').seq}: " in done.stdout
    told = json.loads(command(str(bundle), "--key", str(h.KEY), "--json", folder=tmp_path).stdout)
    assert told["failures"][0]["check"] == "published"


def test_the_command_wants_its_arguments(tmp_path: Path) -> None:
    bundle = h.everything().write(tmp_path / "bundle.zip")
    for arguments in ([], [str(bundle)], [str(bundle), "--key", "x"], [str(bundle), "--key", "@/none"], ["--key", str(h.KEY)]):
        assert command(*arguments, folder=tmp_path).returncode == 2
    absent = [str(bundle), "--key", str(h.KEY), "--since", str(tmp_path / "none")]
    assert command(*absent, folder=tmp_path).returncode == 2
    assert command(str(tmp_path / "none.zip"), "--key", str(h.KEY), folder=tmp_path).returncode == 1


def test_the_file_is_python_3_8_and_the_standard_library_alone() -> None:
    tree = ast.parse(VERIFY.read_text("utf-8"), feature_version=(3, 8))
    imported = set()
    for found in ast.walk(tree):
        if isinstance(found, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in found.names}
        if isinstance(found, ast.ImportFrom):
            imported.add((found.module or "").split(".")[0])
    assert imported <= set(sys.stdlib_module_names)


# --- the shared vectors -----------------------------------------------------------------------------------------------


@pytest.mark.skipif(not SHARED.is_dir(), reason=f"NOT TESTED: shared vectors are absent ({SHARED})")
def test_the_log_of_the_shared_vectors_is_refused_by_its_first_event(tmp_path: Path) -> None:
    lines = (SHARED / "events.jsonl").read_bytes().splitlines()
    members = {
        "data/checkpoint": (SHARED / "checkpoint").read_bytes(),
        "data/events.jsonl": (SHARED / "events.jsonl").read_bytes(),
        "data/disclosures.jsonl": (SHARED / "disclosures.jsonl").read_bytes(),
        "data/leaves.bin": b"".join(h.sha(b"\x00" + line) for line in lines),
        "data/published.json": b"{}",
        "data/codebooks.json": h.jcs({"codebooks": []}),
        "data/policies.json": h.jcs({"policies": []}),
    }
    key = (SHARED / "keys" / "log.vkey").read_text().strip()
    found = failures(h.write_bag(tmp_path / "bundle.zip", members), key=key)
    assert found
    assert found[0].startswith("FAIL body seq 0:")


def test_our_own_frozen_bundle() -> None:
    """A bundle kept as it was first written: a later verifier must still read version 1."""
    folder = Path(__file__).parent / "vectors"
    frozen = folder / "everything.zip"
    assert failures(frozen) == []


def test_the_frozen_bundle_is_what_the_history_still_writes(tmp_path: Path) -> None:
    written = h.everything().write(tmp_path / "bundle.zip", kept=[5, 20], evidence=[b"a page, kept"])
    frozen = zipfile.ZipFile(Path(__file__).parent / "vectors" / "everything.zip")
    with frozen, zipfile.ZipFile(written) as fresh:
        assert {name: frozen.read(name) for name in frozen.namelist()} == {name: fresh.read(name) for name in fresh.namelist()}
