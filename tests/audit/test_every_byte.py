"""No byte of the events or of the checkpoint can be another unnoticed, though every manifest is made true again.

One byte in fifty in `make test`, every single one in the soak.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from tests import builders
from tests.audit.checking import failures
from tests.audit.test_tampering import Members, payload
from tests.audit.whole import bundle, signed, sqlite_desk, vkey
from tests.audit.writing import write_bag

PARTS, STEP = 20, 50
FILES = ("data/checkpoint", "data/events.jsonl")
Place = tuple[str, int]


@pytest.fixture(scope="module")
def real(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Members, str]]:
    """What the bundle of a desk with one published incident holds, and the key that a stranger pinned."""
    with sqlite_desk(tmp_path_factory.mktemp("desk") / "home", sqlite_template) as app:
        builders.published(builders.desk(app))
        yield payload(bundle(signed())), vkey()


def places(held: Members) -> list[Place]:
    return [(name, place) for name in FILES for place in range(len(held[name]))]


def last_day(held: Members) -> str:
    """What bag-info says of the unchanged bundle."""
    day: str = orjson.loads(held["data/events.jsonl"].splitlines()[-1])["day"]
    return day


def unnoticed(held: Members, key: str, folder: Path, chosen: list[Place]) -> list[Place]:
    """Those of the places at which another byte leaves verify.py content."""
    day, found = last_day(held), []
    for name, place in chosen:
        changed = bytearray(held[name])
        changed[place] ^= random.Random(place).randrange(1, 256)
        path = write_bag(folder / "bundle.zip", {**held, name: bytes(changed)}, day)
        if not failures(path, key=key):
            found.append((name, place))
    return found


def test_packed_again_unchanged_it_holds(real: tuple[Members, str], tmp_path: Path) -> None:
    held, key = real
    assert failures(write_bag(tmp_path / "bundle.zip", held, last_day(held)), key=key) == []


def test_one_byte_in_fifty_changed(real: tuple[Members, str], tmp_path: Path) -> None:
    held, key = real
    chosen = places(held)[::STEP]
    assert len(chosen) > 100
    assert unnoticed(held, key, tmp_path, chosen) == []


@pytest.mark.soak
@pytest.mark.parametrize("part", range(PARTS))
def test_every_byte_changed(real: tuple[Members, str], tmp_path: Path, part: int) -> None:
    held, key = real
    assert unnoticed(held, key, tmp_path, places(held)[part::PARTS]) == []
