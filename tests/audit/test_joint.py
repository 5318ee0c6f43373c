"""A log that continues another: the joint holds, and whoever changes it, or what lies before it, is caught and named."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from pathlib import Path
from typing import NamedTuple

import orjson
import pytest

from review.audit import canonical, note, tree, verify
from tests import builders
from tests.audit.joined import LOST, NEW, Joint, continued
from tests.audit.test_tampering import Members, payload, repacked
from tests.audit.whole import bundle, checked, signed, sqlite_desk

EARLIER = "data/logs/1/"


@pytest.fixture(scope="module")
def joint(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Joint]:
    with sqlite_desk(tmp_path_factory.mktemp("desk") / "home", sqlite_template) as app:
        yield continued(builders.desk(app))


class Said(NamedTuple):
    """What the verifier answered, in this very process."""

    returncode: int
    stdout: str


def said(packed: bytes, folder: Path, key: str, *options: str) -> Said:
    path, out = folder / "bundle.zip", io.StringIO()
    path.write_bytes(packed)
    with redirect_stdout(out):
        code = verify.main([str(path), "--key", key, *options])
    return Said(code, out.getvalue())


def test_it_holds_and_says_what_was_lost(joint: Joint, tmp_path: Path) -> None:
    done = checked(joint.packed, tmp_path, joint.key)
    assert done.returncode == 0, done.stdout
    assert f"what the {LOST} leaves said that were published of" in done.stdout
    assert "what was in flight there fell" in done.stdout
    (number,) = published_in(payload(joint.packed), EARLIER)
    assert f"fair, published, event {number} (in the log {joint.old}, which was continued)" in done.stdout
    for number in published_in(payload(joint.packed), "data/"):
        assert f"fair, published, event {number}\n" in done.stdout


def published_in(held: Members, folder: str) -> list[int]:
    return [orjson.loads(line)["seq"] for line in lines(held, folder) if b'"type":"grade.published"' in line]


@pytest.mark.parametrize("profile", ["court", "public"])
def test_it_holds_in_every_profile(joint: Joint, tmp_path: Path, profile: str) -> None:
    done = said(bundle(signed(), profile), tmp_path, joint.key, "--since", str(kept(joint.before, tmp_path)))
    assert done.returncode == 0, done.stdout
    assert "what was in flight there fell" in done.stdout


def test_its_words_for_people_say_the_joint_plainly(joint: Joint) -> None:
    held = payload(joint.packed)
    told = held["data/README.txt"].decode()
    size = len(held[EARLIER + "leaves.bin"]) // 32
    assert f"{joint.old} ends with {size} events. {NEW} continues it from " in told
    assert f"Events of it that were published and are lost: {LOST}." in told
    page = held["data/view/incident.html"].decode()
    (number,) = published_in(held, EARLIER)
    assert f"<td>{number} in data/logs/1</td>" in page


def kept(text: str, folder: Path) -> Path:
    path = folder / "kept"
    path.write_text(text)
    return path


@pytest.mark.parametrize(("kept", "told"), [("before", "is a beginning of this log or of one"), ("after", "reaches 4 leaves beyond")])
def test_a_kept_checkpoint_of_the_old_log_is_judged(joint: Joint, tmp_path: Path, kept: str, told: str) -> None:
    path = tmp_path / "kept"
    path.write_text(getattr(joint, kept))
    done = said(joint.packed, tmp_path, joint.key, "--since", str(path))
    assert done.returncode == 0, done.stdout
    assert told in done.stdout


def test_a_kept_checkpoint_of_another_history_is_none(joint: Joint, tmp_path: Path) -> None:
    told = note.parse_checkpoint(joint.before)
    path = kept(note.Checkpoint(told.origin, told.size, b"\1" * 32).signed(joint.seed).text, tmp_path)
    done = said(joint.packed, tmp_path, joint.key, "--since", str(path))
    assert "FAIL since seq -: the checkpoint that you kept is not signed by the key that its log had then" in done.stdout
    assert f"its first {told.size} leaves are not those of the checkpoint that you kept" in done.stdout


def test_a_kept_file_that_is_no_checkpoint_is_said(joint: Joint, tmp_path: Path) -> None:
    done = said(joint.packed, tmp_path, joint.key, "--since", str(kept("A letter.", tmp_path)))
    assert (done.returncode, "FAIL" in done.stdout) == (1, True)


# --- what a stranger's hand changes -----------------------------------------------------------------------------------


def lines(held: Members, folder: str = "data/") -> list[bytes]:
    return held[folder + "events.jsonl"].splitlines()


def put(held: Members, changed: list[bytes], folder: str = "data/") -> None:
    held[folder + "events.jsonl"] = b"".join(line + b"\n" for line in changed)


def drop_the_earlier_log(held: Members) -> None:
    for name in [name for name in held if name.startswith(EARLIER)]:
        del held[name]


def drop_its_list_of_grades(held: Members) -> None:
    del held[EARLIER + "published.json"]


def lie_in_its_list_of_grades(held: Members) -> None:
    held[EARLIER + "published.json"] = held[EARLIER + "published.json"].replace(b'"fair"', b'"weak"')


def alter_an_event_before_it(held: Members) -> None:
    changed = lines(held, EARLIER)
    place = next(place for place, line in enumerate(changed) if b'"type":"grade.published"' in line)
    changed[place] = changed[place].replace(b'"role":"lead"', b'"role":"system"')
    put(held, changed, EARLIER)


def cut_its_end(held: Members) -> None:
    """The last event before the joint, its leaf and its disclosures."""
    *changed, last = lines(held, EARLIER)
    seq = orjson.loads(last)["seq"]
    put(held, changed, EARLIER)
    held[EARLIER + "leaves.bin"] = held[EARLIER + "leaves.bin"][: 32 * seq]
    told = held[EARLIER + "disclosures.jsonl"].splitlines(keepends=True)
    held[EARLIER + "disclosures.jsonl"] = b"".join(line for line in told if orjson.loads(line)["seq"] < seq)
    held[EARLIER + "published.json"] = held[EARLIER + "published.json"].replace(b'"size":%d' % (seq + 1), b'"size":%d' % seq)


def swap_a_leaf_before_it(held: Members) -> None:
    """The leaf of an event that is withheld: nothing but the root tells."""
    known = {orjson.loads(line)["seq"] for line in lines(held, EARLIER)}
    leaves = held[EARLIER + "leaves.bin"]
    (*_rest, place) = sorted(set(range(len(leaves) // 32)) - known)
    held[EARLIER + "leaves.bin"] = leaves[: 32 * place] + bytes(32) + leaves[32 * place + 32 :]


def cut_a_leaf_in_two(held: Members) -> None:
    held[EARLIER + "leaves.bin"] += b"\1"


def empty_its_leaves(held: Members) -> None:
    held[EARLIER + "leaves.bin"] = b""


def break_its_first_line(held: Members) -> None:
    held[EARLIER + "events.jsonl"] = b"{" + held[EARLIER + "events.jsonl"]


def withhold_its_opening(held: Members) -> None:
    put(held, lines(held, EARLIER)[1:], EARLIER)


def show_a_detail_of_nothing(held: Members) -> None:
    held[EARLIER + "disclosures.jsonl"] = held["data/disclosures.jsonl"]


def drop_a_detail(held: Members) -> None:
    """The reason of an approval: nothing covers its absence."""
    first, *rest = held[EARLIER + "disclosures.jsonl"].splitlines(keepends=True)
    held[EARLIER + "disclosures.jsonl"] = b"".join(rest)
    assert orjson.loads(first)["seq"] == 0


def add_a_log_between(held: Members) -> None:
    for name in [name for name in held if name.startswith(EARLIER)]:
        held[name.replace("logs/1/", "logs/2/")] = held[name]


TAMPERINGS: list[tuple[Callable[[Members], None], str]] = [
    (drop_the_earlier_log, "FAIL joint seq 0: the log"),
    (drop_its_list_of_grades, "FAIL joint seq -: there is no data/logs/1/published.json"),
    (lie_in_its_list_of_grades, "FAIL published seq -: logs/1/published.json"),
    (alter_an_event_before_it, "FAIL leaf"),
    (cut_its_end, "FAIL joint seq 0: it continues"),
    (swap_a_leaf_before_it, "FAIL joint seq 0: the root"),
    (cut_a_leaf_in_two, "FAIL joint seq -: data/logs/1/leaves.bin holds no whole leaves"),
    (empty_its_leaves, "FAIL joint seq -: data/logs/1/leaves.bin holds no whole leaves"),
    (break_its_first_line, "FAIL joint seq -: data/logs/1/events.jsonl is of no log"),
    (withhold_its_opening, "FAIL key seq 0: the key that it was opened with is not shown"),
    (show_a_detail_of_nothing, "FAIL disclosure"),
    (drop_a_detail, "FAIL disclosure seq 0: "),
    (add_a_log_between, "FAIL joint seq -: data/logs/2/events.jsonl is of no log, or of one that is in the bundle already"),
]


@pytest.mark.parametrize(("tamper", "words"), TAMPERINGS, ids=lambda one: getattr(one, "__name__", None))
def test_a_change_before_the_joint_is_caught(
    joint: Joint, tmp_path: Path, tamper: Callable[[Members], None], words: str
) -> None:
    held = payload(joint.packed)
    tamper(held)
    done = said(repacked(held, tmp_path), tmp_path, joint.key)
    assert done.returncode == 1
    assert words in done.stdout, done.stdout


def test_what_fails_before_the_joint_is_named_with_its_log(joint: Joint, tmp_path: Path) -> None:
    held = payload(joint.packed)
    alter_an_event_before_it(held)
    done = said(repacked(held, tmp_path), tmp_path, joint.key)
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("FAIL leaf")]
    assert line.endswith(f"(in the log {joint.old}, which was continued)")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("vote", "a vote of a round that fell where its log ended is shown"),
        ("argument", "an argument of a settlement that fell where its log ended is shown"),
    ],
)
def test_what_fell_is_not_shown(joint: Joint, tmp_path: Path, name: str, words: str) -> None:
    held, line = payload(joint.packed), getattr(joint, name)
    put(held, sorted([*lines(held, EARLIER), line], key=lambda line: int(orjson.loads(line)["seq"])), EARLIER)
    done = said(repacked(held, tmp_path), tmp_path, joint.key)
    assert f"FAIL mute seq {orjson.loads(line)['seq']}: {words} (in the log {joint.old}, which was continued)" in done.stdout


# --- what an insider signs again --------------------------------------------------------------------------------------


def joint_says(held: Members, **changes: object) -> None:
    """Change what the new log says of the one that it continues."""
    first, *rest = lines(held)
    event = orjson.loads(first)
    event["body"]["continues"].update(changes)
    put(held, [canonical.canonical_line(event), *rest])


def sign_again(held: Members, seed: bytes) -> None:
    """Every hash computed anew, and the checkpoint and every proof under it."""
    leaves = [canonical.leaf_hash(line) for line in lines(held)]
    told = note.parse_checkpoint(held["data/checkpoint"].decode())
    text = note.Checkpoint(told.origin, len(leaves), tree.root(leaves)).signed(seed).text
    held["data/leaves.bin"] = b"".join(leaves)
    held["data/checkpoint"] = text.encode()
    for name in list(held):
        if name.endswith(".tlog-proof"):
            seq = int(name.rsplit("/", 1)[1].split(".")[0])
            held[name] = note.inclusion_text(seq, tree.inclusion_path(leaves, seq), text).encode()
        elif name.startswith("data/checkpoints/") or name.endswith(".consistency"):
            del held[name]


def again(joint: Joint, change: Callable[[Members], None], folder: Path, *options: str) -> str:
    held = payload(joint.packed)
    change(held)
    sign_again(held, joint.seed)
    return said(repacked(held, folder), folder, joint.key, *options).stdout


def test_signing_again_what_was_not_changed_holds(joint: Joint, tmp_path: Path) -> None:
    assert "ALL THAT CAN BE CHECKED HOLDS" in again(joint, lambda _held: None, tmp_path)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"size": 7}, "FAIL joint seq 0: it continues 7 leaves"),
        ({"root": canonical.b64(b"\1" * 32)}, "FAIL joint seq 0: the root that it continues"),
        ({"origin": "desk.example/other"}, "FAIL joint seq 0: it continues the log 'desk.example/other'"),
    ],
    ids=["size", "root", "origin"],
)
def test_an_insider_who_alters_the_joint_is_caught(
    joint: Joint, tmp_path: Path, changes: dict[str, object], words: str
) -> None:
    assert words in again(joint, lambda held: joint_says(held, **changes), tmp_path)


def test_an_insider_who_says_that_nothing_was_continued_is_caught(joint: Joint, tmp_path: Path) -> None:
    def denied(held: Members) -> None:
        first, *rest = lines(held)
        event = orjson.loads(first)
        event["body"]["continues"] = None
        put(held, [canonical.canonical_line(event), *rest])

    assert "FAIL joint seq 0: it says that it continues no log" in again(joint, denied, tmp_path)


def test_an_insider_who_drops_the_end_before_the_joint_breaks_a_chain(joint: Joint, tmp_path: Path) -> None:
    def dropped(held: Members) -> None:
        for _one in range(2):
            cut_its_end(held)
        leaves = held[EARLIER + "leaves.bin"]
        hashes = [leaves[place : place + 32] for place in range(0, len(leaves), 32)]
        joint_says(held, size=len(hashes), root=canonical.b64(tree.root(hashes)))

    assert "FAIL chain" in again(joint, dropped, tmp_path)


@pytest.mark.parametrize(("lost", "fails"), [(LOST, False), (LOST - 1, True)], ids=["true", "understated"])
def test_an_insider_who_understates_what_was_lost_is_caught_by_who_kept_a_checkpoint(
    joint: Joint, tmp_path: Path, lost: int, fails: bool
) -> None:
    path = tmp_path / "kept"
    path.write_text(joint.after)
    told = again(joint, lambda held: joint_says(held, lost=lost), tmp_path, "--since", str(path))
    assert (f"FAIL joint seq 0: it says that {lost} leaves" in told) == fails, told
    assert ("ALL THAT CAN BE CHECKED HOLDS" in told) != fails
