"""What `flask audit export` does beside the command's own lines: which incident, the bar, the closing line."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from review import config, store
from review.actions import spooling
from review.audit import export as exports
from review.audit import keys, profiles, selection
from review.audit.bag import Altered, TooManyFiles
from review.audit.note import parse_checkpoint
from review.audit.stored import StoredTrail
from review.models import session
from review.queries.exported import Named, named_for_export
from review.rules.errors import NotFound
from review.rules.permissions import Actor

NO_INCIDENT = "There is no incident {ref} here. Name it by its code or by its id, as the address of its page does."


def asked(actor: Actor, ref: str | None, profile: str) -> Named | None:
    """The incident that is asked for, if it may go into such a bundle: nothing is published for one that may not."""
    if ref is None:
        return None
    try:
        found = named_for_export(actor, ref)
        trail = StoredTrail(session, keys.load(config.home()))
        selection.one_incident(trail, sys.maxsize, profile, found.named, found.incident)
    except NotFound as missing:
        raise click.ClickException(NO_INCIDENT.format(ref=ref)) from missing
    except exports.NotExported as problem:
        raise click.ClickException(str(problem)) from problem
    finally:
        session.rollback()
    return found


def write(draft: Path, checkpoint: str, profile: str, asked: Named | None) -> exports.Made:
    """The bundle under a checkpoint, watched where somebody waits at a terminal."""
    unlocked = keys.load(config.home())
    watched = _watched(parse_checkpoint(checkpoint).size)
    opened = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(opened, "wb") as file, watched as progress, spooling.spool() as spool:
        made = exports.export(
            StoredTrail(session, unlocked),
            checkpoint,
            file,
            objects=store.objects(),
            spool=spool,
            profile=profile,
            named=asked.named if asked else (),
            incident=asked.incident if asked else None,
            progress=progress,
        )
    session.rollback()
    return made


@contextmanager
def _watched(size: int) -> Iterator[Callable[[int], None]]:
    """A bar for whoever waits at a terminal; a script's log is spared it."""
    hidden = not sys.stderr.isatty()
    with click.progressbar(length=size, label="Events read", file=sys.stderr, hidden=hidden) as bar:
        yield bar.update


def told(made: exports.Made, asked: Named | None) -> str:
    """The closing line: how many of how many events, and what is withheld."""
    of = f" of {asked.incident}" if asked else ""
    counts = f"{made.shown} of {made.leaves} events, profile {made.profile}{of}"
    return f"{counts}; withheld: {_why(made, asked)}."


def _why(made: exports.Made, asked: Named | None) -> str:
    """In words only: how many of which would tell of rounds that are open and of incidents that nobody may know of."""
    if not made.withheld:
        return "none"
    what = f"all that is not of this incident; {profiles.MUTE}" if asked else profiles.WITHHOLDS[made.profile]
    return f"{made.withheld}, {what}"


def sentence(problem: Exception) -> str:
    """Why no bundle was made."""
    if isinstance(problem, Altered):
        return f"The kept file {problem} is not the one that was recorded. Run flask audit fsck."
    if isinstance(problem, TooManyFiles):
        return f"The bundle would hold {problem}, more than any verifier accepts."
    return str(problem)
