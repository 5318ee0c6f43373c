"""`flask audit`: export, verify, fsck, checkpoint, cosign, key and clock."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TextIO

import click

from review import config
from review.actions import checkpoints, log, origins, witnesses
from review.actions import keys as signing
from review.audit import export as exports
from review.audit import keyring, keys, profiles
from review.audit.bag import Altered, TooManyFiles
from review.audit.escrow import note_export, sealed_keys
from review.audit.stored import round_is_open
from review.cli import exporting
from review.cli.comparing import compare
from review.cli.disk import WrittenGroup
from review.cli.people import acting_as
from review.models import session
from review.queries import health
from review.rules import clocks, rollbacks
from review.rules.errors import DomainError, Forbidden, Invalid, ReadOnly, Refused
from review.rules.permissions import may

group = WrittenGroup("audit", help="The trail: export it, verify it, compare the database with it, sign it.")

VERIFIER = Path(exports.__file__).with_name("verify.py")
NO_DESK = "There is no desk here: ASSAY_HOME and DATABASE_URL name one without tables."
NO_RIGHT = "This person's role does not allow it."
ROTATED = (
    "The key was changed. Publish the new one where the old one stands, and write a new key file with "
    "flask audit key --export FILE: the old file does not sign any more."
)
CONTINUED = (
    "The log goes on as %(origin)s; %(lost)s published entries of the old one are lost. Start the desk and its worker "
    "again, set ASSAY_ORIGIN to the new name where you set it, publish the new key beside the old one with a word on "
    "what happened, and write a new key file with flask audit key --export FILE."
)
PUBLISHED_OPEN = "A round is open: this checkpoint's time and size tell of what happened in it."


@group.command("export")
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--profile", type=click.Choice(profiles.NAMES), default="internal", show_default=True)
@click.option("--incident", metavar="REF", help="Only this incident.")
@click.option("--recipient", help="Who is given the bundle; kept sealed in the trail.")
@click.option("--purpose", help="What it is for; kept sealed in the trail.")
@click.option("--as", "email", metavar="EMAIL", help="Who exports; without it, the machine.")
def export(
    out: Path,
    profile: str,
    incident: str | None,
    recipient: str | None,
    purpose: str | None,
    email: str | None,
) -> None:
    """Write the bundle of the log, or of one incident, to OUT.zip, under a checkpoint published for it.

    A restricted incident goes only into a bundle of its own, and only where --incident names it by its id.
    """
    if health.migrations() == "missing":
        raise click.ClickException(NO_DESK)
    actor = acting_as(email)
    if not may(actor.role, "export"):
        raise click.ClickException(NO_RIGHT)
    asked = exporting.asked(actor, incident, profile)
    draft = out.with_name(out.name + ".part")
    if round_is_open(session):
        click.echo(PUBLISHED_OPEN, err=True)
    try:
        made = exporting.write(draft, checkpoints.publish_heads(), profile, asked)
        log.record_export(actor, profile=profile, size=made.size, recipient=recipient, purpose=purpose)
        draft.replace(out)
    except (exports.NotExported, Altered, TooManyFiles) as problem:
        raise click.ClickException(exporting.sentence(problem)) from problem
    except DomainError as refusal:
        raise click.ClickException(_words(refusal)) from refusal
    finally:
        draft.unlink(missing_ok=True)
    click.echo(f"{out}: {exporting.told(made, asked)}", err=True)
    click.echo(_present_key())


@group.command("verify")
@click.argument("bundle", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--key", required=True, metavar="VKEY", help="The verifier key, or @FILE.")
@click.option("--witness", multiple=True, metavar="VKEY")
@click.option("--since", type=click.Path(exists=True, dir_okay=False), metavar="OLD_CHECKPOINT")
@click.option("--json", "as_json", is_flag=True)
def verify(bundle: Path, key: str, witness: tuple[str, ...], since: str | None, as_json: bool) -> None:
    """Check a bundle with verify.py, as a stranger would: alone, without this program."""
    command = [sys.executable, "-I", "-S", str(VERIFIER), str(bundle), "--key", key]
    command += [part for one in witness for part in ("--witness", one)]
    command += ["--since", since] if since else []
    command += ["--json"] if as_json else []
    sys.exit(subprocess.run(command, check=False).returncode)  # noqa: S603 (our own file, no shell)


@group.command("fsck")
def fsck() -> None:
    """Compare the database with its trail; every difference is a sentence."""
    if count := compare():
        raise click.ClickException(f"{count} differences.")
    click.echo("The database is what its trail says.", err=True)


@group.command("checkpoint")
def checkpoint() -> None:
    """Sign and publish the log as it is now, and print the checkpoint."""
    if round_is_open(session):
        click.echo(PUBLISHED_OPEN, err=True)
    try:
        signed = checkpoints.publish_checkpoint()
    except DomainError as refusal:
        raise click.ClickException(_words(refusal)) from refusal
    if signed is None:
        raise click.ClickException("The log is empty: there is nothing to sign yet.")
    click.echo(signed, nl=False)


@group.command("cosign")
@click.argument("note", type=click.File("r", encoding="utf-8"))
def cosign(note: TextIO) -> None:
    """Keep the lines of known witnesses in a checkpoint that a file holds; prints the checkpoint as it stands then."""
    try:
        click.echo(witnesses.cosign(note.read()), nl=False)
    except DomainError as refusal:
        raise click.ClickException(_words(refusal)) from refusal


@group.command("key")
@click.option("--rotate", is_flag=True, help="Change the signing key, and publish the checkpoint that both keys sign.")
@click.option("--as", "email", metavar="EMAIL", help="The admin who changes it.")
@click.option(
    "--export",
    "out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write both secret keys under a passphrase.",
)
def key(rotate: bool, email: str | None, out: Path | None) -> None:
    """Print the verifier key as the only line on stdout.

    --rotate changes the key that signs. The old one signs once more, together with the new one, and is then
    gone from this machine: whoever pinned it follows through that checkpoint. The master key stays.
    """
    try:
        keys.load(config.home())
    except keys.MissingKey as missing:
        raise click.ClickException("There are no keys yet: the first entry of the log makes them.") from missing
    if rotate:
        _rotate(email)
    if out is not None:
        _export_keys(out)
    click.echo(_present_key())


def _rotate(email: str | None) -> None:
    if email is None:
        raise click.UsageError("Say with --as EMAIL which admin changes the key.")
    actor = acting_as(email)
    if round_is_open(session):
        click.echo(PUBLISHED_OPEN, err=True)
    try:
        signing.rotate_key(actor)
        signing.finish_rotation()
    except keys.MissingKey as missing:
        raise click.ClickException(f"The secret of {missing} is gone: bring the keys folder back first.") from missing
    except DomainError as refusal:
        raise click.ClickException(_words(refusal)) from refusal
    click.echo(ROTATED, err=True)


def _present_key() -> str:
    signer = keyring.ring(session).present
    session.rollback()
    if signer is None:
        raise click.ClickException("The log has not been opened yet.")
    return signer.vkey


def _export_keys(out: Path) -> None:
    if out.exists():
        raise click.ClickException(f"{out} is there already: a key file is never written over.")
    phrase = os.environ.get("ASSAY_PASSPHRASE") or click.prompt(
        "Passphrase", hide_input=True, confirmation_prompt=True, err=True
    )
    text = sealed_keys(config.home(), phrase)
    handle = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    note_export(config.home())


@group.command("clock")
@click.option("--accept", "accepted", is_flag=True, required=True)
@click.option("--as", "email", metavar="EMAIL", required=True, help="The admin who accepts the clock.")
@click.option("--reason", default="The clock of this machine was looked at and is right.", show_default=True)
def clock(accepted: bool, email: str, reason: str) -> None:
    """Go on writing after the clock went back, or far ahead."""
    try:
        log.accept_clock(acting_as(email), reason=reason)
    except DomainError as refusal:
        raise click.ClickException(_words(refusal)) from refusal
    click.echo("The clock is accepted.", err=True)


@group.command("continue")
@click.option("--origin", required=True, metavar="NEW", help="The new log's name: one that this desk never had.")
@click.option("--as", "email", metavar="EMAIL", required=True, help="The admin who decides it.")
def go_on(origin: str, email: str) -> None:
    """Go on under a new name where the database is older than what was published and nothing newer can be restored.

    Prints the new verifier key. Rounds, settlements and proposals that were under way fall, their votes unseen.
    """
    if health.migrations() == "missing":
        raise click.ClickException(NO_DESK)
    try:
        lost = origins.continue_log(acting_as(email), origin=origin)
        origins.take_up(origin)
        log.record_heads()
        checkpoints.publish_checkpoint()
    except DomainError as refusal:
        raise click.ClickException(_words(refusal)) from refusal
    click.echo(CONTINUED % {"origin": origin, "lost": lost}, err=True)
    click.echo(_present_key())


def _words(refusal: DomainError) -> str:
    if isinstance(refusal, Invalid):
        return " ".join(sentence % refusal.values for sentence in refusal.problems.values())
    if isinstance(refusal, Refused):
        return " ".join(requirement.sentence % requirement.values for requirement in refusal.requirements)
    if isinstance(refusal, Forbidden):
        return NO_RIGHT
    if isinstance(refusal, ReadOnly) and refusal.key in rollbacks.SENTENCES:
        return rollbacks.SENTENCES[refusal.key] % refusal.values
    if isinstance(refusal, ReadOnly) and refusal.key == "clock":
        return clocks.STOPPED % refusal.values
    if isinstance(refusal, ReadOnly):
        return f"Nothing is written now ({refusal.key}): {refusal.values}."
    return f"This cannot be done ({refusal.key})."
