"""The frozen bundle of a whole log whose key was changed: today's writer still gives its bytes, today's verifier takes it.

One grade by agreement under the first key, one by a settler with a dissent under the second, one dispute that is not
settled yet; every key and salt is fixed. What is for people
and vouches for nothing (the page, the table, the schema, the copy of the verifier) is free to change.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from itertools import count
from pathlib import Path

import pytest

from review.audit import canonical
from review.audit.note import parse_checkpoint
from review.store import Store
from tests.audit.checking import failures
from tests.audit.forge import LIO, NEXT_SEED, SEED, SEN, TIV, ULF, WIM, Forge, vkey

FROZEN = Path(__file__).parent / "vectors" / "rotated.zip"
FOR_PEOPLE = ("data/view/", "data/schema/", "data/verify.py", "data/README.txt")
# They hash or count the members above.
OF_THE_BAG = ("bag-info.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt")


def salted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every salt is the hash of its number."""
    numbers = count()
    monkeypatch.setattr(canonical, "new_salt", lambda: hashlib.sha256(b"salt %d" % next(numbers)).digest())


def written(folder: Path) -> bytes:
    """The bundle as it is written today."""
    log = Forge()
    log.open_log()
    first = log.incident(1)
    log.agree(first)
    log.approve(first)
    log.publish()
    log.rotate(SEED, NEXT_SEED)
    log.publish(SEED, NEXT_SEED)
    second = log.incident(2)
    settlement = log.dispute(second)
    log.add("settlement.argued", SEN, second, settlement=settlement, text="S1 counts the crater twice.")
    log.open_round(second, kind="second", of=settlement)
    for person, grade in zip((SEN, TIV, ULF), ("confirmed", "weak", "discounted"), strict=True):
        log.vote(second, person, grade)
    log.close(second)
    log.add("settler.appointed", LIO, second, settlement=settlement, who=WIM.in_(second), reason="took no part")
    log.settle(second, held="weak")
    minority = log.dossier(second).proposals[-1].minority
    log.add("dissent.recorded", SEN, second, of=minority[0], text="The crater points the other way. مرج إلوان")
    log.add("proposal.voided", None, second, of=log.dossier(second).proposals[-1].seq, reason=None)
    log.propose(second)
    log.approve(second)
    log.dispute(log.incident(3))
    log.heads()
    return log.bundle(Store((folder / "objects").as_uri()), log.publish(NEXT_SEED))


def members(packed: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(packed)) as held:
        return {name: held.read(name) for name in held.namelist()}


def record(packed: bytes) -> dict[str, bytes]:
    """What the bundle promises, byte for byte."""
    return {name: data for name, data in members(packed).items() if not name.startswith(FOR_PEOPLE + OF_THE_BAG)}


def test_todays_writer_gives_the_frozen_bytes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    salted(monkeypatch)
    assert record(written(tmp_path)) == record(FROZEN.read_bytes())


def test_the_frozen_bundle_holds_a_checkpoint_of_each_kind() -> None:
    held = members(FROZEN.read_bytes())
    kept = [name for name in held if name.startswith("data/checkpoints/")] + ["data/checkpoint"]
    assert sorted(len(parse_checkpoint(held[name].decode()).signatures) for name in kept) == [1, 1, 2]
    assert len([name for name in held if name.startswith("data/keys/")]) == 2
    assert len(FROZEN.read_bytes()) < 120_000


@pytest.mark.parametrize("pinned", [vkey(SEED), vkey(NEXT_SEED)], ids=["the old key", "the new key"])
def test_todays_verifier_takes_the_frozen_bundle(pinned: str) -> None:
    assert failures(FROZEN, key=pinned) == []
