"""`flask work`: do what is due, wait a little, again; a signal lets the job in hand finish."""

from __future__ import annotations

import logging
import signal
import threading

import click
from flask.cli import with_appcontext

from review import jobs
from review.queries import health

logger = logging.getLogger(__name__)

PAUSE = 1.0


@click.command("work")
@click.option("--once", is_flag=True, help="Do what is due now, and end.")
@with_appcontext
def group(once: bool) -> None:
    """Close rounds, publish checkpoints, remind: everything that is due, until told to stop."""
    if once:
        click.echo(jobs.run_due())
        return
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda _number, _frame: stop.set())
    while not stop.is_set():
        _work(stop)
        stop.wait(PAUSE)


def _work(stop: threading.Event) -> None:
    try:
        health.beat()
        jobs.run_due(limit=100, stopping=stop.is_set)
    except Exception:  # a database that is away for a moment ends no worker
        logger.exception("the worker could not look for what is due")
    finally:
        jobs.session.remove()
