"""Checking a bundle as a stranger does: verify.py alone, in a process of its own, with the key and nothing else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from review import config
from review.audit import keys, verify

VERIFIER = Path(verify.__file__)


def verified(bundle: Path, *, by: Path = VERIFIER) -> int:
    """What the verifier ends with: 0 where all holds."""
    key = str(keys.load(config.home()).verifier(config.origin()))
    command = [sys.executable, "-I", "-S", str(by), str(bundle), "--key", key]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0 or "FAIL" in done.stdout + done.stderr, done.stderr
    return done.returncode
