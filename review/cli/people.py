"""Who stands behind a command: `--as EMAIL`, else the machine."""

from __future__ import annotations

import click

from review.queries.by_email import actor_of
from review.rules.permissions import SYSTEM, Actor


def acting_as(email: str | None) -> Actor:
    """The person of this address, or the machine where none is given."""
    if email is None:
        return SYSTEM
    actor = actor_of(email)
    if actor is None:
        raise click.ClickException(f"Nobody active at this desk has the address {email}.")
    return actor
