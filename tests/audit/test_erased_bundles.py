"""Bundles of a desk where words were removed and somebody left: they hold, and what is put back or forged is named."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from sqlalchemy import select

from review.actions import leaving, redactions
from review.audit import canonical, verify
from review.models import Disclosure, session
from review.rules.redaction import Named
from tests import builders
from tests.actions.erased import last
from tests.audit.checking import checks, run
from tests.audit.histories import write_bag
from tests.audit.whole import bundle, signed, sqlite_desk, vkey

KEPT = ("events.jsonl", "disclosures.jsonl", "leaves.bin")


class Erased(NamedTuple):
    """The members of the bundle, its key, and what is gone: a reason, and who stood behind a vote."""

    members: dict[str, bytes]
    key: str
    redaction: int
    reason: tuple[int, str]
    person: tuple[int, str]


@pytest.fixture(scope="module")
def erased(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Erased]:
    with sqlite_desk(tmp_path_factory.mktemp("desk") / "home", sqlite_template) as app:
        team = builders.desk(app)
        ref = builders.published(team)
        approval = next(one.approval.seq for one in builders.view(ref).proposals if one.approval)
        vote = builders.view(ref).votes[0].seq
        reason, person = _disclosure(approval, "reason"), _disclosure(vote, "person")
        name = redactions.ask_redaction(
            team.lead, ref, details=[Named(approval, "reason")], ground="court_order", reason="The court says so."
        )
        redactions.second_redaction(team.leads[1], name, reason="Read.")
        voter = next(one for one in team.voters if builders.who(one, ref) == builders.view(ref).vote(vote).voter)
        leaving.let_leave(team.admin, voter.person or 0)
        seq = last("detail.redacted")["seq"]
        with zipfile.ZipFile(io.BytesIO(bundle(signed()))) as bag:
            members = {one: bag.read(one) for one in bag.namelist() if one.startswith("data/")}
        yield Erased(members, vkey(), seq, (approval, reason), (vote, person))


def _disclosure(seq: int, name: str) -> str:
    session.rollback()
    return session.scalars(select(Disclosure.text).where(Disclosure.seq == seq, Disclosure.name == name)).one()


def shown(erased: Erased, *lines: tuple[int, str]) -> dict[str, bytes]:
    """The members with further lines among the disclosures, in their order."""
    kept = [verify.parse(line) for line in erased.members["data/disclosures.jsonl"].splitlines()]
    told = sorted([*((one["seq"], one["d"]) for one in kept), *lines])
    text = b"".join(canonical.canonical_value({"d": one, "seq": seq}) + b"\n" for seq, one in told)
    return {**erased.members, "data/disclosures.jsonl": text}


def failing(members: dict[str, bytes], folder: Path, key: str) -> list[str]:
    """What the verifier names; the bag around the members is the test's own, of another day."""
    found = (str(failure) for failure in run(write_bag(folder / "bundle.zip", members), key=key).failures.all)
    return [line for line in found if "Bagging-Date" not in line]


def test_a_bundle_holds_without_what_went(erased: Erased, tmp_path: Path) -> None:
    assert failing(shown(erased), tmp_path, erased.key) == []


def test_a_removed_detail_that_is_shown_again_is_named(erased: Erased, tmp_path: Path) -> None:
    found = failing(shown(erased, erased.reason), tmp_path, erased.key)
    assert "redaction" in checks(found)
    assert any(f"seq {erased.redaction}:" in line or f"seq {erased.reason[0]}:" in line for line in found)


def test_other_words_in_place_of_what_was_removed_are_named(erased: Erased, tmp_path: Path) -> None:
    salt = canonical.new_salt()
    forged = canonical.disclosure_text(salt, "reason", "Nobody asked for anything.")
    found = failing(shown(erased, (erased.reason[0], forged)), tmp_path, erased.key)
    assert any(f"seq {erased.reason[0]}:" in line for line in found), found


def _due(line: bytes) -> bool:
    return verify.read_disclosure(verify.decode_disclosure(verify.parse(line)["d"].encode()))[0] != "person"


def test_another_detail_left_out_is_covered_by_nothing(erased: Erased, tmp_path: Path) -> None:
    kept = erased.members["data/disclosures.jsonl"].splitlines(keepends=True)
    # `at` or the reason of the redaction itself is gone; a `person` alone may be missing.
    place = next(at for at, line in enumerate(kept) if verify.parse(line)["seq"] == erased.redaction and _due(line))
    members = {**erased.members, "data/disclosures.jsonl": b"".join(kept[:place] + kept[place + 1 :])}
    assert checks(failing(members, tmp_path, erased.key)) & {"disclosure", "sealed"}
