"""`make bench`: the goals of PERFORMANCE.md that are built, each beside its yardstick, in one run."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from flask_migrate import upgrade

from review import create_app
from review.extensions import db
from tests import engines
from tests.bench import (
    acts,
    checking,
    checkpoints,
    desk,
    exporting,
    importing,
    opening,
    pages,
    painting,
    published,
    pure,
    record,
    searching,
    shape,
    trail,
    yardsticks,
)
from tests.bench.report import Report

SMALL, MIDDLE, LARGE = 1_000, 10_000, 100_000
DURABLE = ("fsync=on", "synchronous_commit=on", "full_page_writes=on", "max_connections=200", "jit=off")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--size", type=int, default=LARGE, help="incidents in the large desk; 1000 leaves it out")
    options.add_argument("--seconds", type=int, default=2, help="length of each measurement under load")
    options.add_argument("--engine", choices=["sqlite", "postgresql"], action="append")
    asked = options.parse_args()
    report = Report()
    pure.run(report)
    checkpoints.pure(report)
    for engine in asked.engine or ["sqlite", "postgresql"]:
        with tempfile.TemporaryDirectory(prefix="assay-bench-") as folder, databases(engine, Path(folder)) as found:
            bench(report, engine, found, asked.size, asked.seconds, Path(folder))
    report.close()


@dataclass(frozen=True)
class Databases:
    """The settings of three empty desks, and the address of the yardstick's own database on the same disk."""

    small: dict[str, str]
    middle: dict[str, str]
    large: dict[str, str]
    yardstick: str


def bench(report: Report, engine: str, found: Databases, size: int, seconds: int, folder: Path) -> None:
    """Everything that needs a database, on one engine: at a thousand incidents, then as many as are asked for."""
    yardsticks.fill(found.yardstick)
    if engine == "sqlite":
        painting.run(report, found.yardstick, folder)
    small = filled(engine, SMALL, found.small, folder)
    under_load(report, engine, small, found.yardstick, seconds, folder)
    if size > SMALL:
        large = filled(engine, size, found.large, folder)
        under_load(report, f"{engine} {size:,}", large, found.yardstick, seconds, folder)
        shape.run(report, engine, small, large, seconds, folder)
        checkpoints.run(report, engine, small, large)
        checked(report, engine, small, large)
        searched(report, engine, found.middle, large, seconds, folder)
    app = application(small.environment)
    opening.run(report, engine, app, small.filled, small.environment, found.yardstick, seconds, folder)
    importing.run(report, engine, app, found.yardstick, folder)  # last: it makes the small desk a large one
    release(app)


def checked(report: Report, engine: str, small: shape.Place, large: shape.Place) -> None:
    """Goal 6, fsck: both desks beside the plain loop, and one beside the other."""
    rates = []
    for place in (small, large):
        app = application(place.environment)
        rates.append(checking.run(report, f"{engine} {place.size:,}", app))
        release(app)
    checking.sizes(report, engine, small.environment, large.environment, (rates[0], rates[1]))


def searched(
    report: Report, engine: str, settings: dict[str, str], large: shape.Place, seconds: int, folder: Path
) -> None:
    """Goal 5 and the record: the large desk beside one of ten thousand, which is made for it."""
    middle = filled(engine, MIDDLE, settings, folder)
    with shape.beside(middle, large, seconds, folder) as (some, many):
        searching.run(report, engine, some, many)
        record.run(report, engine, some, many)


def filled(engine: str, size: int, settings: dict[str, str], folder: Path) -> shape.Place:
    """A desk of so many incidents, ready to be served."""
    print(f"\n{engine}, {size:,} incidents, two gunicorn workers of eight threads", flush=True)
    app = application(settings)
    with app.app_context():
        upgrade()
        db.engine.dispose()
    made = desk.fill(app, size, folder)
    release(app)
    return shape.Place(size, made, settings)


def under_load(
    report: Report, name: str, place: shape.Place, yardstick: str, seconds: int, folder: Path
) -> None:
    """Goals 1, 2, 7 and 8 and, on the small SQLite desk, what `verify.py` takes."""
    engine = name.split()[0]
    pages.run(report, engine, name, place.filled, place.environment, yardstick, seconds, folder)
    app = application(place.environment)
    acts.run(report, name, app, place.filled, yardstick)
    if engine == "sqlite" and place.size == SMALL:
        trail.run(report, app, folder)
    exporting.run(report, name, app, place.environment, folder)
    published.run(report, engine, name, app, place.environment, yardstick, seconds, folder)
    release(app)


def application(settings: dict[str, str]) -> Flask:
    return create_app(dict(settings))


def release(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@contextmanager
def databases(engine: str, folder: Path) -> Iterator[Databases]:
    """Four empty databases of this engine, and a home for each desk."""
    homes = [folder / "small", folder / "middle", folder / "large"]
    for home in homes:
        home.mkdir(mode=0o700)
    if engine == "sqlite":
        urls = [f"sqlite:///{home / 'assay.db'}" for home in homes]
        yield Databases(*(settings(*pair) for pair in zip(homes, urls, urls, strict=True)), f"sqlite:///{folder / 'yardstick.db'}")
        return
    programs = engines.server_programs()
    if programs is None:
        raise SystemExit("The benchmarks on PostgreSQL need its server (Debian package postgresql).")
    with engines.cluster(programs, DURABLE) as running:
        names = [running.create() for _home in homes]
        addresses = [[running.url(role, name) for name in names] for role in (engines.APPLICATION, engines.OWNER)]
        desks = [settings(*three) for three in zip(homes, *addresses, strict=True)]
        yield Databases(*desks, running.url(engines.OWNER, running.create()))


def settings(home: Path, url: str, owner: str) -> dict[str, str]:
    return {"ASSAY_HOME": str(home), "DATABASE_URL": url, "MIGRATION_DATABASE_URL": owner}


if __name__ == "__main__":
    main()
