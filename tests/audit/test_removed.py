"""Details that were removed for good: accounted for in a bundle of one incident, and no bundle older than the removal."""

from __future__ import annotations

import io
import json
import tempfile
import zipfile
from pathlib import Path

import pytest

from review.audit.export import NotExported, export
from review.store import Store
from tests.audit.checking import failures
from tests.audit.forge import ADA, LIO, RIA, VKEY, Forge

CLAIM = "c-aaaaaaaaaaaaaaaa"


@pytest.fixture
def made() -> tuple[Forge, str, int, str]:
    """A claim grouped into one of two incidents, then its text removed; and the checkpoint before that."""
    forge = Forge()
    forge.open_log()
    values = {"language": "en", "translation": None, "url": None, "reporter": "somebody"}
    seq = forge.add("claim.received", RIA, claim_=CLAIM, claim=CLAIM, text="words that put a witness at risk", **values)
    name = forge.incident(1)
    forge.add("claim.grouped", RIA, name, claim=seq)
    forge.incident(2)
    forge.heads()
    before = forge.publish()
    text = forge.text(seq, "text")
    digest = next(one.digest for one in forge.said if one.text == text)
    forge.said = [one for one in forge.said if one.text != text]
    forge.add(
        "detail.redacted", ADA, of=seq, digests=[digest], ground="source_at_risk", asked_by=LIO.in_("log"), reason="at risk"
    )
    forge.heads()
    return forge, name, seq, before


def bundle(forge: Forge, folder: Path, checkpoint: str, **options: str) -> Path:
    out = io.BytesIO()
    with tempfile.TemporaryDirectory() as spool:
        objects = Store((folder / "objects").as_uri())
        export(forge, checkpoint, out, objects=objects, spool=Path(spool), **options)  # type: ignore[arg-type]
    path = folder / "bundle.zip"
    path.write_bytes(out.getvalue())
    return path


def test_a_removal_in_the_log_goes_with_the_claim_that_it_is_of(made: tuple[Forge, str, int, str], tmp_path: Path) -> None:
    forge, name, seq, _before = made
    for profile in ("internal", "court"):
        path = bundle(forge, tmp_path, forge.publish(), incident=name, profile=profile)
        assert failures(path, key=VKEY) == []
        with zipfile.ZipFile(path) as held:
            shown = [json.loads(line) for line in held.read("data/events.jsonl").splitlines()]
            assert b"Its words are not in this bundle." in held.read("data/view/incident.html")
        assert [event["body"]["of"] for event in shown if event["type"] == "detail.redacted"] == [seq]


def test_another_incident_does_not_carry_it(made: tuple[Forge, str, int, str], tmp_path: Path) -> None:
    forge, _name, _seq, _before = made
    other = next(one for one in forge.chains if one != _name)
    path = bundle(forge, tmp_path, forge.publish(), incident=other)
    assert failures(path, key=VKEY) == []
    with zipfile.ZipFile(path) as held:
        assert b"detail.redacted" not in held.read("data/events.jsonl")


@pytest.mark.parametrize("profile", ["internal", "court"])
def test_no_such_bundle_is_made_under_a_checkpoint_before_it(
    made: tuple[Forge, str, int, str], tmp_path: Path, profile: str
) -> None:
    forge, name, _seq, before = made
    with pytest.raises(NotExported, match="a bundle needs a later one"):
        bundle(forge, tmp_path, before, incident=name, profile=profile)
    assert failures(bundle(forge, tmp_path, forge.publish(), incident=name, profile=profile), key=VKEY) == []
