"""`flask audit key`: the key file there and back, a changed key in it, and a backup from before and after a change."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest
from click.testing import Result
from cryptography.exceptions import InvalidTag

from review import config
from review.actions import checkpoints
from review.actions import keys as signing
from review.audit import escrow, keyring, keys
from review.keeping import doctor
from review.models import session
from tests import builders, newborn, trail
from tests.audit.whole import vkey
from tests.keeping.test_backup import PHRASE, Elsewhere, backed_up, elsewhere, exported_keys, here, people
from tests.keeping.test_restoring import refused
from tests.test_architecture import ROOT

__all__ = ["elsewhere", "here", "people"]
ADMIN = ("--as", "tamsin@desk.invalid")


def run(app: object, *words: str, phrase: str = PHRASE) -> Result:
    session.rollback()
    return app.test_cli_runner().invoke(args=["audit", "key", *words], env={"ASSAY_PASSPHRASE": phrase})  # type: ignore[attr-defined]


def changed(desk: builders.Desk) -> tuple[str, str]:
    old, new = vkey(), signing.rotate_key(desk.admin)
    signing.finish_rotation()
    return old, new


# --- the command -------------------------------------------------------------------------------------------


def test_rotate_prints_the_new_key_alone_and_says_what_to_do(people: builders.Desk) -> None:
    old = vkey()
    done = run(people.app, "--rotate", *ADMIN)
    assert (done.exit_code, done.stdout) == (0, vkey() + "\n")
    assert vkey() != old
    assert "Publish the new one" in done.stderr and "A round is open" not in done.stderr
    assert (trail.last().type, trail.last().role) == ("key.rotated", "admin")
    assert run(people.app).stdout == vkey() + "\n"


def test_rotate_warns_while_a_round_is_open(people: builders.Desk) -> None:
    builders.round_opened(people)
    assert "A round is open" in run(people.app, "--rotate", *ADMIN).stderr


@pytest.mark.parametrize(("who", "said"), [((), "Say with --as EMAIL"), (("--as", "ilse.marchetti@desk.invalid"), "role does not allow"), (("--as", "x@y.invalid"), "Nobody active")])
def test_rotate_asks_who_and_takes_an_admin_only(people: builders.Desk, who: tuple[str, ...], said: str) -> None:
    old = vkey()
    done = run(people.app, "--rotate", *who)
    assert done.exit_code != 0 and said in done.output
    assert vkey() == old
    assert run(people.app, "--rotate", *ADMIN).exit_code == 0


def test_a_key_file_goes_there_and_back(people: builders.Desk, here: Elsewhere, tmp_path: Path) -> None:
    changed(people)
    out = exported_keys(here, tmp_path)
    assert out.stat().st_mode & 0o777 == 0o600
    (tmp_path / "other").mkdir()
    keys.install(tmp_path / "other", escrow.opened_keys(out.read_text(), PHRASE))
    for path in (here.home / "keys").iterdir():
        if path.name != escrow.EXPORTED:
            assert (tmp_path / "other" / "keys" / path.name).read_bytes() == path.read_bytes()
            assert (tmp_path / "other" / "keys" / path.name).stat().st_mode & 0o777 == 0o600
    assert keys.seeds(tmp_path / "other", config.origin()).keys() == {vkey()}


def test_a_key_file_of_an_unfinished_change_holds_both_secrets(people: builders.Desk, here: Elsewhere, tmp_path: Path) -> None:
    old, new = vkey(), signing.rotate_key(people.admin)
    held = escrow.opened_keys(exported_keys(here, tmp_path).read_text(), PHRASE)
    assert held.keys() == {"signing", "signing.next", "master"}
    assert escrow.verifier_keys(held, config.origin()) == {old, new}


def test_another_passphrase_opens_nothing(people: builders.Desk, here: Elsewhere, tmp_path: Path) -> None:
    text = exported_keys(here, tmp_path).read_text()
    assert escrow.opened_keys(text, PHRASE).keys() == {"signing", "master"}
    with pytest.raises(InvalidTag):
        escrow.opened_keys(text, PHRASE + " ")
    told = json.loads(text)
    assert set(told) == {"format", "nonce", "salt", "sealed"}
    for name in ("nonce", "salt", "sealed"):
        flipped = ("B" if told[name][0] == "A" else "A") + told[name][1:]
        with pytest.raises(InvalidTag):
            escrow.opened_keys(json.dumps({**told, name: flipped}), PHRASE)
    with pytest.raises(ValueError, match="not a key file"):
        escrow.opened_keys(json.dumps({**told, "format": "assay/keys/9"}), PHRASE)


def test_a_key_file_is_never_written_over(people: builders.Desk, tmp_path: Path) -> None:
    out = tmp_path / "keys.json"
    out.write_text("mine")
    done = run(people.app, "--export", str(out))
    assert (done.exit_code, out.read_text()) == (1, "mine")
    assert "never written over" in done.stderr
    out.unlink()
    assert run(people.app, "--export", str(out)).exit_code == 0


def test_a_changed_key_is_to_be_exported_again(people: builders.Desk, here: Elsewhere, tmp_path: Path) -> None:
    exported_keys(here, tmp_path)
    assert escrow.is_exported(here.home)
    changed(people)
    os.utime(here.home / "keys" / escrow.EXPORTED, (1, 1))  # a file system that counts in seconds
    (finding,) = [one for one in doctor.findings() if one.part == "Keys"]
    assert (finding.word, "on this machine alone" in finding.sentence) == (doctor.WARNING, True)


def test_the_doctor_tells_of_a_change_that_waits_and_of_a_key_of_another_time(people: builders.Desk, here: Elsewhere, tmp_path: Path) -> None:
    def said() -> tuple[str, str]:
        (finding,) = [one for one in doctor.findings() if one.part == "Keys"]
        session.rollback()
        return finding.word, finding.sentence

    exported_keys(here, tmp_path)
    assert said()[0] == doctor.OK
    signing.rotate_key(people.admin)
    assert "waits for its checkpoint" in said()[1]
    checkpoints.publish_checkpoint()
    assert "waits for its checkpoint" not in said()[1]
    (here.home / "keys" / "signing").unlink()
    keys.make(here.home)
    assert said() == (doctor.FAILURE, said()[1]) and "not the one that the log names" in said()[1]


# --- backups -----------------------------------------------------------------------------------------------


def test_a_backup_from_after_the_change_comes_back_with_the_new_key_file(
    people: builders.Desk, here: Elsewhere, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    (tmp_path / "before").mkdir()
    before = exported_keys(here, tmp_path / "before")
    _old, new = changed(people)
    after, out = exported_keys(here, tmp_path), backed_up(here, tmp_path)
    assert "before the signing key was changed" in refused(elsewhere, out, "--keys", before)
    done = elsewhere.flask("restore", out, "--keys", after)
    assert done.exit_code == 0, done.output
    assert elsewhere.flask("audit", "key").stdout == new + "\n"
    assert elsewhere.flask("audit", "fsck").exit_code == 0


def test_a_backup_from_before_the_change_is_known_by_the_new_key_file(
    people: builders.Desk, here: Elsewhere, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    """Its log names the old key, which is gone: it can be read, and signs only under a new origin."""
    out = backed_up(here, tmp_path)
    old, _new = changed(people)
    after = exported_keys(here, tmp_path)
    done = elsewhere.flask("restore", out, "--keys", after)
    assert "The signing key in the folder keys is not the one that the log names." in done.output
    assert elsewhere.flask("audit", "key").stdout == old + "\n"
    assert "FAILURE  Keys: The signing key here is not the one that the log names" in elsewhere.flask("doctor").output


# --- and a machine that runs on ----------------------------------------------------------------------------


def test_a_command_beside_a_running_worker(people: builders.Desk, here: Elsewhere) -> None:
    """The worker of another process has read the old key; the next checkpoint is the new key's all the same."""
    old = vkey()
    line = [sys.executable, "-m", "flask", "--app", "wsgi", "audit", "key", "--rotate", *ADMIN]
    session.remove()
    done = newborn.run(line, cwd=ROOT, env=here.environment)
    assert done.returncode == 0, done.stderr
    session.rollback()
    present = keyring.ring(session).present
    assert present is not None and done.stdout == present.vkey + "\n" != old + "\n"
    builders.opened(people)
    text = checkpoints.publish_checkpoint() or ""
    assert text.count("—") == 1
    assert keys.seeds(here.home, config.origin()).keys() == {present.vkey}
