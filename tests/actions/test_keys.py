"""The signing key, changed: both keys sign once, and a machine that dies in between is never left without a signer."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from review import config, jobs, store
from review.actions import checkpoints, keys, log
from review.actions.accounts import account_write
from review.audit import fsck, keyring, note
from review.audit import keys as files
from review.models import Checkpoint, Job, LogHead, session
from review.queries import method
from review.rules.errors import Forbidden, Invalid
from tests import builders, newborn, trail
from tests.audit.whole import bundle, checked, vkey
from tests.test_architecture import ROOT


def signers(text: str, *vkeys: str) -> list[str]:
    """Which of these keys signed a checkpoint."""
    known = [note.VerifierKey.parse(one) for one in vkeys]
    return [str(key) for key in note.signers(note.parse_checkpoint(text), known)]


def differences() -> list[str]:
    return list(fsck.check(session, files.load(config.home()), store.objects()))


def folder() -> set[str]:
    return {path.name for path in (config.home() / "keys").iterdir()}


def published() -> list[str]:
    return list(session.scalars(select(Checkpoint.text).order_by(Checkpoint.size)))


def rotated(team: builders.Desk) -> tuple[str, str]:
    """Change the key; the old one and the new one."""
    old = vkey()
    new = keys.rotate_key(team.admin)
    keys.finish_rotation()
    return old, new


# --- what a change is --------------------------------------------------------------------------------------


def test_a_change_is_an_event_and_then_a_checkpoint_that_both_sign(team: builders.Desk) -> None:
    checkpoints.publish_checkpoint()
    old, new = rotated(team)
    event = trail.last()
    assert (event.type, event.role, event.body) == ("key.rotated", "admin", {"old": old, "new": new})
    before, joint = published()
    assert note.parse_checkpoint(joint).size == event.seq + 1
    assert signers(before, old, new) == [old]
    assert signers(joint, old, new) == [old, new]
    builders.opened(team)
    after = checkpoints.publish_checkpoint() or ""
    assert signers(after, old, new) == [new]
    assert (vkey(), differences()) == (new, [])


def test_the_first_checkpoint_of_all_may_be_the_joint_one(team: builders.Desk) -> None:
    old, new = rotated(team)
    assert [signers(text, old, new) for text in published()] == [[old, new]]


def test_the_same_size_is_the_same_checkpoint_still(team: builders.Desk) -> None:
    old, new = rotated(team)
    again = checkpoints.publish_checkpoint() or ""
    assert signers(again, old, new) == [old, new]
    assert [again] == published()


def test_the_old_secret_goes_and_its_public_half_stays(team: builders.Desk) -> None:
    seed = files.load(config.home()).signing
    old, new = rotated(team)
    home = config.home()
    assert folder() == {"signing", "master", f"signing.{note.VerifierKey.parse(old).id.hex()}.vkey"}
    assert {path.stat().st_mode & 0o777 for path in (home / "keys").iterdir()} == {0o600}
    assert list(files.retired(home).values()) == [old]
    assert list(files.seeds(home, config.origin())) == [new]
    assert files.b64(seed) not in "".join(path.read_text() for path in (home / "keys").iterdir())


def test_the_master_key_is_not_changed(team: builders.Desk) -> None:
    before = (config.home() / "keys" / "master").read_bytes()
    ref = builders.agreed(team)
    rotated(team)
    builders.approved(team, ref)
    assert (config.home() / "keys" / "master").read_bytes() == before
    assert differences() == []


@pytest.mark.parametrize("role", ["lead", "auditor", "spare"])
def test_nobody_but_an_admin_changes_the_key(team: builders.Desk, role: str) -> None:
    before = folder()
    with pytest.raises(Forbidden):
        keys.rotate_key(getattr(team, role))
    assert folder() == before
    assert "key.rotated" not in {leaf.type for leaf in trail.leaves()}


def test_twice_in_a_row_is_two_changes_each_with_its_checkpoint(team: builders.Desk) -> None:
    first, second = rotated(team)
    _second, third = rotated(team)
    one, two = published()
    assert (signers(one, first, second, third), signers(two, first, second, third)) == ([first, second], [second, third])
    assert {*files.retired(config.home()).values()} == {first, second}
    assert differences() == []


def test_a_second_change_first_finishes_the_one_before_it(team: builders.Desk) -> None:
    first = vkey()
    second = keys.rotate_key(team.admin)
    third = keys.rotate_key(team.admin)
    keys.finish_rotation()
    assert [signers(text, first, second, third) for text in published()] == [[first, second], [second, third]]
    assert differences() == []


def test_a_second_change_that_slips_in_between_is_refused(team: builders.Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    keys.rotate_key(team.admin)
    monkeypatch.setattr(keys, "finish_rotation", lambda: None)
    with pytest.raises(Invalid):
        keys.rotate_key(team.admin)
    assert [leaf.type for leaf in trail.leaves()].count("key.rotated") == 1


def test_two_admins_at_once_make_one_change_after_the_other(team: builders.Desk) -> None:
    app, made, start = team.app, [], threading.Barrier(2)

    def change() -> None:
        with app.app_context():
            start.wait()
            try:
                made.append(keys.rotate_key(team.admin))
                keys.finish_rotation()
            except Invalid:
                made.append("refused")
            finally:
                session.remove()

    threads = [threading.Thread(target=change) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    keys.finish_rotation()
    ring = keyring.ring(session)
    assert len(made) == 2
    assert len(ring.signers) == 1 + sum(one != "refused" for one in made) > 1
    assert list(files.seeds(config.home(), config.origin())) == [vkey()]
    assert differences() == []


# --- a stranger follows ------------------------------------------------------------------------------------


def test_a_stranger_who_pinned_either_key_follows(team: builders.Desk, tmp_path: Path) -> None:
    builders.published(team)
    old, new = rotated(team)
    builders.published(team)
    packed = bundle(checkpoints.publish_checkpoint() or "")
    for pinned in (old, new):
        said = checked(packed, tmp_path, pinned)
        assert (said.returncode, said.stderr) == (0, ""), said.stdout


def test_a_bundle_under_an_earlier_checkpoint_is_as_it_was(team: builders.Desk, tmp_path: Path) -> None:
    builders.published(team)
    checkpoint = checkpoints.publish_checkpoint() or ""
    before = bundle(checkpoint)
    old, new = rotated(team)
    assert bundle(checkpoint) == before
    assert checked(before, tmp_path, old).returncode == 0
    assert checked(before, tmp_path, new).returncode == 1


@pytest.mark.parametrize("pinned", ["old", "new"])
def test_a_checkpoint_kept_from_before_or_after_is_followed(team: builders.Desk, tmp_path: Path, pinned: str) -> None:
    builders.opened(team)
    earlier = checkpoints.publish_checkpoint() or ""
    old, new = rotated(team)
    builders.opened(team)
    later = checkpoints.publish_checkpoint() or ""
    builders.opened(team)
    packed = bundle(checkpoints.publish_checkpoint() or "")
    (tmp_path / "alone").mkdir()
    for kept in (earlier, later):
        (tmp_path / "alone" / "kept").write_text(kept)
        said = checked(packed, tmp_path, old if pinned == "old" else new, "--since", "kept")
        assert said.returncode == 0, said.stdout


def test_the_page_names_the_key_since_when_and_those_before_it(team: builders.Desk) -> None:
    first, second = rotated(team)
    page = method.audit_page()
    assert (page.vkey, [one.vkey for one in page.former]) == (second, [first])
    text = team.app.test_client().get("/audit").get_data(as_text=True)
    assert first.replace("+", "&#43;") in text or first in text
    assert second.replace("+", "&#43;") in text or second in text


# --- what fsck and the signer notice -----------------------------------------------------------------------


def test_a_checkpoint_without_the_old_signature_is_named(team: builders.Desk) -> None:
    """Whoever holds the new key alone cannot stand in for both."""
    checkpoints.publish_checkpoint()
    keys.rotate_key(team.admin)
    head: Any = session.execute(select(LogHead.__table__)).one()
    ring = keyring.ring(session)
    with account_write():
        session.execute(update(LogHead.__table__).values(signed_size=head.size))
    session.rollback()
    forged = checkpoints._signed(session.execute(select(LogHead.__table__)).one(), _edge(head), ring)
    assert signers(forged.text, *[one.vkey for one in ring.signers]) == [ring.signers[1].vkey]
    with account_write():
        checkpoints._publish(forged, _edge(head), 0)
    assert differences() == [
        f"The checkpoint of {head.size} events is the first after a change of the key and bears not both signatures."
    ]


def _edge(head: Any) -> Any:
    from review.audit.tree import Edge

    return Edge.from_list(head.size, head.edge)


def test_a_key_of_another_time_is_named_and_signs_nothing(team: builders.Desk) -> None:
    (config.home() / "keys" / "signing").unlink()
    files.make(config.home())
    assert differences() == ["The signing key in the folder keys is not the one that the log names."]
    with pytest.raises(files.MissingKey):
        checkpoints.publish_checkpoint()
    assert published() == []


def test_a_process_that_read_the_keys_before_signs_with_the_new_one(team: builders.Desk) -> None:
    """The worker and the server run on while a command changes the key."""
    stale = files.load(config.home())
    old, new = rotated(team)
    assert str(stale.verifier(config.origin())) == old
    builders.opened(team)
    assert signers(checkpoints.publish_checkpoint() or "", old, new) == [new]


# --- killed in between -------------------------------------------------------------------------------------

# Where a process dies: the function that it never comes back from, or never gets to.
PLACES = {
    "before the new secret is there": ("review.audit.keys", "next_seed", "before"),
    "after the new secret, before the event": ("review.audit.keys", "next_seed", "after"),
    "while the event is written": ("review.actions.log_end", "_write", "after"),
    "after the event, before the checkpoint": ("review.actions.keys", "rotate_key", "after"),
    "after the signature, before it is kept": ("review.actions.checkpoints", "_publish", "before"),
    "while the checkpoint is kept": ("review.actions.checkpoints", "_publish", "after"),
    "after the checkpoint, before the promotion": ("review.audit.keys", "promote", "before"),
    "in the promotion, before the rename": ("review.audit.keys", "_public", "after"),
    "after the promotion": ("review.audit.keys", "promote", "after"),
}
DYING = '''
import functools, importlib, os, signal, sys
module, name, when, admin = sys.argv[1:]
from review import create_app
from review.actions import keys, checkpoints, log_end
from review.rules.permissions import Actor

def die():
    os.kill(os.getpid(), signal.SIGKILL)

where = importlib.import_module(module)
real = getattr(where, name)

@functools.wraps(real)
def dying(*args, **named):
    if when == "before":
        die()
    real(*args, **named)
    die()

with create_app().app_context():
    if name == "promote" and when == "after":
        def dying(*args, **named):
            if real(*args, **named):
                die()
    setattr(where, name, dying)
    keys.rotate_key(Actor(int(admin), "admin", ""))
    keys.finish_rotation()
'''


@pytest.mark.parametrize("place", PLACES)
def test_killed_anywhere_the_log_has_its_signer_and_the_change_is_finished_or_never_was(
    team: builders.Desk, database: dict[str, str], place: str, tmp_path: Path
) -> None:
    old = vkey()
    first = checkpoints.publish_checkpoint() or ""
    session.remove()
    environment = {**os.environ, **database, "ASSAY_HOME": str(config.home())}
    line = [sys.executable, "-c", DYING, *PLACES[place], str(team.admin.person)]
    died = newborn.run(line, cwd=ROOT, env=environment)
    assert died.returncode == -9, died.stderr
    files.load.cache_clear()
    jobs.run_due()
    new = vkey()
    held = files.seeds(config.home(), config.origin())
    assert new in held and differences() == []
    texts = published()
    assert texts[0] == first
    if new == old:
        assert "key.rotated" not in {leaf.type for leaf in trail.leaves()}
    else:
        assert signers(texts[1], old, new) == [old, new]
        assert set(held) == {new}
        assert not session.scalars(select(Job.kind).where(Job.done_at.is_(None), Job.kind == "finish_rotation")).all()
    # Whatever was left behind, the next change goes through and a stranger follows all of it.
    rotated(team)
    builders.opened(team)
    packed = bundle(checkpoints.publish_checkpoint() or "")
    for pinned in {old, new, vkey()}:
        assert checked(packed, tmp_path, pinned).returncode == 0
    assert differences() == []


def test_the_worker_finishes_what_a_command_left(team: builders.Desk) -> None:
    old = vkey()
    jobs.run_due()
    new = keys.rotate_key(team.admin)
    assert folder() >= {"signing", "signing.next"}
    jobs.run_due()
    assert folder() & {"signing.next"} == set()
    assert signers(published()[-1], old, new) == [old, new]
    at = len(published())
    log.record_heads()
    keys.finish_rotation()
    assert len(published()) == at, "a change that is finished publishes nothing off the hour"
