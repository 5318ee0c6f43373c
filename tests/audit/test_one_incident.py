"""A bundle of one incident: all of it, what it refers to, its paths into the signed tree, and nobody else's."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from review import config, store
from review.actions import spooling
from review.audit import canonical, keys, note, profiles, tree
from review.audit.export import NotExported, export
from review.audit.stored import StoredTrail
from review.models import Incident, session
from tests.actions.test_commands import flask
from tests.audit import histories as h
from tests.audit.checking import checks, failures
from tests.audit.whole import signed, sqlite_desk, vkey

Members = dict[str, bytes]


@dataclass(frozen=True)
class Sample:
    """The demo's desk under one checkpoint: its incidents by their first code, and which of them the public sees."""

    checkpoint: str
    key: str
    incidents: dict[str, str]
    restricted: frozenset[str]
    public: frozenset[str]


@pytest.fixture(scope="module")
def sample(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sample]:
    """The demo, once for all tests of this file; they read it and leave it."""
    with sqlite_desk(tmp_path_factory.mktemp("sample") / "home", sqlite_template) as app:
        assert flask(app, "demo").exit_code == 0
        checkpoint = signed()
        rows = session.scalars(select(Incident).order_by(Incident.id)).all()
        yield Sample(
            checkpoint,
            vkey(),
            {row.code or row.name: row.name for row in rows},
            frozenset(row.name for row in rows if row.restricted),
            frozenset(row.name for row in rows if row.grade is not None),
        )


def one(checkpoint: str, incident: str, profile: str = "internal", named: Iterable[str] = ()) -> bytes:
    out = io.BytesIO()
    trail = StoredTrail(session, keys.load(config.home()))
    with spooling.spool() as spool:
        export(
            trail, checkpoint, out, objects=store.objects(), spool=spool, profile=profile, incident=incident, named=named
        )
    session.rollback()
    return out.getvalue()


def members(packed: bytes) -> Members:
    with zipfile.ZipFile(io.BytesIO(packed)) as held:
        return {name: held.read(name) for name in held.namelist()}


def events(packed: bytes) -> list[dict[str, object]]:
    return [json.loads(line) for line in members(packed)["data/events.jsonl"].splitlines()]


def found(packed: bytes, folder: Path, key: str) -> list[str]:
    path = folder / "one.zip"
    path.write_bytes(packed)
    return failures(path, key=key)


@pytest.mark.parametrize("profile", profiles.NAMES)
def test_every_incident_of_the_sample_holds_by_itself(sample: Sample, tmp_path: Path, profile: str) -> None:
    assert len(sample.incidents) == 28 and sample.restricted and sample.public
    made = 0
    for code, incident in sample.incidents.items():
        if profile == "public" and incident not in sample.public:
            with pytest.raises(NotExported, match="shows nothing of"):
                one(sample.checkpoint, incident, profile, named=(incident,))
            continue
        packed = one(sample.checkpoint, incident, profile, named=(incident,))
        assert found(packed, tmp_path, sample.key) == [], code
        assert {event["incident"] for event in events(packed)} == {incident, None}
        made += 1
    assert made == (len(sample.public) if profile == "public" else 28)


def test_the_same_checkpoint_and_profile_give_the_same_bytes(sample: Sample) -> None:
    incident = sample.incidents["KV412"]
    for profile in profiles.NAMES:
        assert one(sample.checkpoint, incident, profile) == one(sample.checkpoint, incident, profile)
    assert one(sample.checkpoint, incident) != one(sample.checkpoint, incident, "court")


def test_a_restricted_incident_goes_only_where_it_is_named(sample: Sample, tmp_path: Path) -> None:
    (incident,) = sample.restricted
    other = sample.incidents["KV412"]
    for named in ((), (other,)):
        with pytest.raises(NotExported, match="is restricted"):
            one(sample.checkpoint, incident, named=named)
    packed = one(sample.checkpoint, incident, named=(incident,))
    assert found(packed, tmp_path, sample.key) == []
    assert "incident.restricted" in {event["type"] for event in events(packed)}


def test_what_the_log_does_not_hold_is_refused(sample: Sample) -> None:
    with pytest.raises(NotExported, match="holds no incident i-aaaaaaaaaaaaaaaa"):
        one(sample.checkpoint, "i-aaaaaaaaaaaaaaaa")


def test_it_holds_what_it_refers_to_and_no_more_of_the_log(sample: Sample) -> None:
    incident = sample.incidents["KV412"]
    shown = events(one(sample.checkpoint, incident))
    of_the_log = [event for event in shown if event["incident"] is None]
    referred = set()
    for event in shown:
        body = event["body"]
        assert isinstance(body, dict)
        if event["incident"] is not None:
            referred |= {body[name] for name in ("claim", "policy", "codebook") if isinstance(body.get(name), int)}
    size = int(sample.checkpoint.split("\n")[1])
    assert referred and {event["seq"] for event in of_the_log} == referred | {0, size - 1}
    assert of_the_log[-1]["type"] == "log.heads"


def test_the_files_of_such_a_bundle(sample: Sample) -> None:
    packed = one(sample.checkpoint, sample.incidents["KV412"])
    held = members(packed)
    assert "data/leaves.bin" not in held
    told = json.loads(held["data/incident.json"])
    assert set(told) == {"head_index", "head_path", "incident", "paths"}
    assert held["data/incident.json"] == canonical.canonical_value(told)
    assert set(told["paths"]) == {str(event["seq"]) for event in events(packed)}
    assert len(held["data/heads.jsonl"].splitlines()) == 1
    grades = json.loads(held["data/published.json"])["grades"]
    assert grades and {grade["incident"] for grade in grades} == {told["incident"]}
    assert {name for name in held if name.startswith("data/proofs/")} >= {
        f"data/proofs/{grade['seq']}.tlog-proof" for grade in grades
    }


def test_a_checkpoint_that_cannot_carry_it_is_refused(sample: Sample) -> None:
    incident, size = sample.incidents["KV412"], int(sample.checkpoint.split("\n")[1])
    with pytest.raises(NotExported, match="holds no incident"):
        one(under(5), incident)
    with pytest.raises(NotExported, match="a checkpoint that ends in log.heads"):
        one(under(size - 1), incident)


def under(size: int) -> str:
    """A checkpoint of the log as it was at this size."""
    unlocked = keys.load(config.home())
    leaves = [row.leaf for row in StoredTrail(session, unlocked).events(size)]
    return note.Checkpoint(config.origin(), size, tree.root(leaves)).signed(unlocked.signing).text


def cut_the_tail(held: Members) -> None:
    lines = held["data/events.jsonl"].splitlines(keepends=True)
    last = json.loads(lines[-2])["seq"]
    without(held, last)


def leave_out_the_policy(held: Members) -> None:
    events = [json.loads(line) for line in held["data/events.jsonl"].splitlines()]
    without(held, next(event["seq"] for event in events if event["type"] == "policy.set"))
    held["data/policies.json"] = b'{"policies":[]}'


def leave_out_a_claim(held: Members) -> None:
    events = [json.loads(line) for line in held["data/events.jsonl"].splitlines()]
    without(held, next(event["seq"] for event in events if event["type"] == "claim.received"))


def without(held: Members, seq: int) -> None:
    """Nothing of this event is left that would tell of it."""
    lines = held["data/events.jsonl"].splitlines(keepends=True)
    held["data/events.jsonl"] = b"".join(line for line in lines if json.loads(line)["seq"] != seq)
    lines = held["data/disclosures.jsonl"].splitlines(keepends=True)
    held["data/disclosures.jsonl"] = b"".join(line for line in lines if json.loads(line)["seq"] != seq)
    told = json.loads(held["data/incident.json"])
    del told["paths"][str(seq)]
    held["data/incident.json"] = canonical.canonical_value(told)


def swap_two_paths(held: Members) -> None:
    told = json.loads(held["data/incident.json"])
    first, second = sorted(told["paths"], key=int)[1:3]
    told["paths"][first], told["paths"][second] = told["paths"][second], told["paths"][first]
    held["data/incident.json"] = canonical.canonical_value(told)


def swap_the_head(held: Members) -> None:
    told = json.loads(held["data/incident.json"])
    told["head_index"] ^= 1
    held["data/incident.json"] = canonical.canonical_value(told)


@pytest.mark.parametrize(
    ("change", "check", "said"),
    [
        (cut_the_tail, "heads", "its tail was cut or altered"),
        (leave_out_the_policy, "reference", "the policy or the codebook that it refers to is not here"),
        (leave_out_a_claim, "reference", "the claim that it refers to is not here"),
        (swap_two_paths, "inclusion", "its path does not lead to the signed root"),
        (swap_the_head, "heads", "does not lead to the root of log.heads"),
    ],
)
def test_what_is_altered_is_caught_and_named(
    sample: Sample, tmp_path: Path, change: Callable[[Members], None], check: str, said: str
) -> None:
    held = members(one(sample.checkpoint, sample.incidents["KV412"]))
    day = held["bag-info.txt"].decode().splitlines()[0].removeprefix("Bagging-Date: ")
    data = {name: content for name, content in held.items() if name.startswith("data/")}
    assert failures(h.write_bag(tmp_path / "same.zip", data, day=day), key=sample.key) == []
    change(data)
    lines = failures(h.write_bag(tmp_path / "altered.zip", data, day=day), key=sample.key)
    assert check in checks(lines)
    assert any(line.startswith(f"FAIL {check} seq ") and said in line for line in lines), lines
