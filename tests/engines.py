"""The two database engines under test: a file for SQLite, a throw-away cluster for PostgreSQL."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path

import psycopg

OWNER = "assay_owner"
APPLICATION = "assay_app"
FAST = (
    *("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200"),
    *("shared_buffers=64MB", "autovacuum=off", "wal_level=minimal", "max_wal_senders=0"),
)


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def server_programs() -> Path | None:
    """The folder of initdb and pg_ctl, or None where PostgreSQL is not installed."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if versions:
        return versions[-1].parent
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


@dataclass
class Cluster:
    """A running PostgreSQL server of our own; one for each test process."""

    port: int
    data: Path
    start: Callable[[], None]
    names: Iterator[int] = field(default_factory=count)
    keeper: psycopg.Connection | None = None

    def url(self, role: str, name: str) -> str:
        """The address of one of its databases for one of its roles."""
        return f"postgresql+psycopg://{role}@127.0.0.1:{self.port}/{name}"

    def run(self, statement: str, name: str | None = None) -> None:
        """One statement as the superuser, outside any transaction: in this database, or where databases are made."""
        if name is None:
            self.keeper = self.keeper or self._superuser("postgres")
            self.keeper.execute(statement)  # type: ignore[arg-type]
            return
        with self._superuser(name) as connection:
            connection.execute(statement)  # type: ignore[arg-type]

    def _superuser(self, name: str) -> psycopg.Connection:
        return psycopg.connect(host="127.0.0.1", port=self.port, user="postgres", dbname=name, autocommit=True)

    def let_go(self) -> None:
        """Hold no connection any more."""
        if self.keeper is not None:
            self.keeper.close()
        self.keeper = None

    def create(self, template: str = "template0") -> str:
        """A new database of the owner's, a copy of `template`."""
        name = f"t{next(self.names)}"
        self.run(f"CREATE DATABASE {name} OWNER {OWNER} TEMPLATE {template} STRATEGY file_copy")
        if template == "template0":
            self.run(f"GRANT CREATE ON SCHEMA public TO {OWNER}", name)
        return name

    def crash(self) -> None:
        """Every process of the server is killed at once, as by a power cut, and the server started again."""
        self.let_go()
        first = int((self.data / "postmaster.pid").read_text().splitlines()[0])
        others = Path(f"/proc/{first}/task/{first}/children").read_text().split()
        for process in (first, *map(int, others)):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        while any(_runs(process) for process in (first, *map(int, others))):
            time.sleep(0.01)
        # Where nobody buries the dead, the server would take its own corpse for a living one.
        for lock in (self.data / "postmaster.pid", self.data.parent / f".s.PGSQL.{self.port}.lock"):
            lock.unlink(missing_ok=True)
        self.start()

    def drop(self, name: str) -> None:
        """Throw a database away, whoever is still connected."""
        self.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@contextmanager
def cluster(programs: Path, settings: tuple[str, ...] = FAST) -> Iterator[Cluster]:
    """Start a server in a folder of its own, and leave nothing behind."""
    folder = Path(tempfile.mkdtemp(prefix="assay-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    port = free_port()
    data = folder / "data"
    options = " ".join(f"-c {setting}" for setting in settings)
    listening = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 {options}"
    try:
        _as_postgres(f"{programs}/initdb -D {data} -A trust -U postgres -E UTF8 --locale=C --lc-ctype=C.UTF-8 --no-sync")
        start = partial(_as_postgres, f"{programs}/pg_ctl -D {data} -l {folder}/log -w -o '{listening}' start")
        start()
        running = Cluster(port, data, start)
        try:
            for role in (OWNER, APPLICATION):
                running.run(f"CREATE ROLE {role} LOGIN")
            yield running
        finally:
            running.let_go()
            _as_postgres(f"{programs}/pg_ctl -D {data} -m immediate stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _runs(process: int) -> bool:
    """Whether a process is still there; one that is dead and not yet buried is not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def _as_postgres(command: str) -> None:
    # PostgreSQL refuses to run as root.
    shell = ["su", "postgres", "-s", "/bin/sh", "-c", command] if os.geteuid() == 0 else ["sh", "-c", command]
    streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
    done = subprocess.run(shell, cwd="/", text=True, check=False, **streams)
    if done.returncode:
        raise RuntimeError(f"{command}: {done.stderr}")
