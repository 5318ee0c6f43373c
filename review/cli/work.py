"""`flask work`: do what is due, wait a little, again; a signal lets the job in hand finish, never a long one."""

from __future__ import annotations

import logging
import signal
import threading

import click
from flask.cli import with_appcontext

from review import jobs, long_jobs
from review.actions import spooling
from review.queries import health

logger = logging.getLogger(__name__)

PAUSE = 1.0


@click.command("work")
@click.option("--once", is_flag=True, help="Do what is due now, and end.")
@click.option("--long", is_flag=True, help="Do the long jobs that are due now, and end: what the worker calls.")
@with_appcontext
def group(once: bool, long: bool) -> None:
    """Close rounds, publish checkpoints, remind: everything that is due, until told to stop.

    What takes long (a bundle, the check of every night) is done in a process beside it, one at a time.
    """
    if long:
        click.echo(long_jobs.run_long(), err=True)
        return
    if once:
        click.echo(_once())
        return
    spooling.take_leftovers()
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda _number, _frame: stop.set())
    bench = long_jobs.Bench()
    while not stop.is_set():
        _work(stop, bench)
        stop.wait(PAUSE)
    bench.clear()


def _once() -> int:
    done = 0
    while more := jobs.run_due(lane=jobs.SHORT) + long_jobs.run_long():
        done += more
    return done


def _work(stop: threading.Event, bench: long_jobs.Bench) -> None:
    try:
        health.beat()
        bench.look()
        jobs.run_due(limit=100, stopping=stop.is_set, lane=jobs.SHORT)
    except Exception:  # a database that is away for a moment ends no worker
        logger.exception("the worker could not look for what is due")
    finally:
        jobs.session.remove()
