"""What the tests of the verifier share: run it on a bundle, read its failures."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from review.audit import verify
from tests.audit import histories
from tests.audit.histories import Entry, Log, write_bag

SHARED = Path(os.environ.get("ASSAY_DATA", Path(__file__).parents[2].parent / "shared" / "data")).parent / "audit-vectors"
VERIFY = Path(verify.__file__)


def run(path: Path, **options: Any) -> verify.Verifier:
    """The verifier after one run over this bundle."""
    key = verify.parse_key(str(options.pop("key", histories.KEY)))
    witnesses = [verify.parse_key(str(one)) for one in options.pop("witnesses", ())]
    verifier = verify.Verifier(key, witnesses, options.pop("since", None))
    assert not options
    verifier.run(str(path))
    return verifier


def failures(path: Path, **options: Any) -> list[str]:
    return [str(failure) for failure in run(path, **options).failures.all]


def checks(found: list[str]) -> set[str]:
    """The names of the checks that failed."""
    return {line.split()[1] for line in found}


def assert_holds(log: Log, folder: Path, **options: Any) -> verify.Verifier:
    verifier = run(log.write(folder / "bundle.zip", **options))
    assert [str(failure) for failure in verifier.failures.all] == []
    return verifier


def assert_fails(log: Log, folder: Path, check: str, at: Entry | None = None, **options: Any) -> None:
    """The bundle of this log, every hash recomputed and signed, fails this check, at this event if one is named."""
    found = failures(log.write(folder / "bundle.zip", **options))
    assert check in checks(found), found
    if at is not None:
        assert any(line.startswith(f"FAIL {check} seq {at.seq}:") for line in found), found


def assert_members_fail(members: dict[str, bytes], folder: Path, check: str, **options: Any) -> list[str]:
    """A bag of these members, its manifests fitting, fails this check."""
    found = failures(write_bag(folder / "bundle.zip", members), **options)
    assert check in checks(found), found
    return found


def read_json(data: bytes) -> Any:
    return json.loads(data)
