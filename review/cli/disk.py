"""A group of commands that say it in a sentence when the disk or the database does not take what they write."""

from __future__ import annotations

import errno
from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy.exc import OperationalError

from review.models import session

DISK = (errno.EIO, errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS)
NOT_TAKEN = (
    "The disk or the database did not take it ({0}): nothing of it counts as done. "
    "Run flask doctor, make room or mend the disk, and run the command again."
)


class WrittenGroup(AppGroup):
    """Its commands write what must stand before they say so."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except OperationalError as problem:
            session.rollback()
            raise click.ClickException(NOT_TAKEN.format(problem.orig)) from problem
        except OSError as problem:
            if problem.errno not in DISK:
                raise
            raise click.ClickException(NOT_TAKEN.format(problem.strerror)) from problem
