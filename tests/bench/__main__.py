"""`make bench`: the goals of PERFORMANCE.md that are built, each beside its yardstick, in one run."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from flask_migrate import upgrade

from review import create_app
from review.extensions import db
from tests import engines
from tests.bench import acts, desk, pages, pure, trail, yardsticks
from tests.bench.report import Report

SIZE = 1_000
DURABLE = ("fsync=on", "synchronous_commit=on", "full_page_writes=on", "max_connections=200", "jit=off")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--size", type=int, default=SIZE, help="incidents in the desk")
    options.add_argument("--seconds", type=int, default=4, help="length of each measurement under load")
    options.add_argument("--engine", choices=["sqlite", "postgresql"], action="append")
    asked = options.parse_args()
    report = Report()
    pure.run(report)
    for engine in asked.engine or ["sqlite", "postgresql"]:
        with tempfile.TemporaryDirectory(prefix="assay-bench-") as folder:
            bench(report, engine, asked.size, asked.seconds, Path(folder))
    report.close()


def bench(report: Report, engine: str, size: int, seconds: int, folder: Path) -> None:
    """Everything that needs a database, on one engine."""
    print(f"\n{engine}, {size} incidents, two gunicorn workers of eight threads")
    with databases(engine, folder) as (settings, yardstick_url):
        app = create_app({"ASSAY_HOME": str(folder / "home"), **settings})
        with app.app_context():
            upgrade()
            db.engine.dispose()
        filled = desk.fill(app, size)
        release(app)
        yardsticks.fill(yardstick_url)
        environment = {"ASSAY_HOME": str(folder / "home"), **settings}
        pages.run(report, engine, filled, environment, yardstick_url, seconds, folder)
        acts.run(report, engine, app, filled, yardstick_url)
        if engine == "sqlite":
            trail.run(report, app, folder)
        release(app)


def release(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@contextmanager
def databases(engine: str, folder: Path) -> Iterator[tuple[dict[str, str], str]]:
    """The settings of an empty desk and the address of the yardstick's own database, on the same disk."""
    if engine == "sqlite":
        (folder / "home").mkdir()
        url = f"sqlite:///{folder / 'home' / 'assay.db'}"
        yield {"DATABASE_URL": url, "MIGRATION_DATABASE_URL": url}, f"sqlite:///{folder / 'yardstick.db'}"
        return
    programs = engines.server_programs()
    if programs is None:
        raise SystemExit("The benchmarks on PostgreSQL need its server (Debian package postgresql).")
    with engines.cluster(programs, DURABLE) as running:
        name, other = running.create(), running.create()
        yield (
            {
                "DATABASE_URL": running.url(engines.APPLICATION, name),
                "MIGRATION_DATABASE_URL": running.url(engines.OWNER, name),
            },
            running.url(engines.OWNER, other),
        )


if __name__ == "__main__":
    main()
