"""The database beside its trail, as commands tell it."""

from __future__ import annotations

import click

from review import config, store
from review.actions.checks import snapshot
from review.audit import fsck, keys
from review.models import session


def compare() -> int:
    """Say every difference in a sentence, as of one moment, while others write; answers how many there are."""
    try:
        unlocked = keys.load(config.home())
    except keys.MissingKey as missing:
        click.echo(f"The key file {missing} is gone: sealed values and signatures are not checked.", err=True)
        unlocked = None
    count = 0
    with snapshot(session.get_bind()) as reading:
        for sentence in fsck.check(reading, unlocked, store.objects()):
            click.echo(sentence)
            count += 1
    return count
