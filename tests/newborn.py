"""Processes of the program that need not read it first: forked from one that has read it and done nothing else.

A process of its own costs over a second of reading before its test has begun, and the tests start more than a hundred.
A newborn has its own memory, files, signals and death, like any process; the one that it is forked from has no
settings and opened no database and no home. What a server or a shell starts is started in full by the tests of that.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import runpy
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

from sqlalchemy.orm import configure_mappers

from review import api, cli, views
from review.logs import Quiet
from tests import once

ROOT = Path(__file__).parents[1]
LONGEST = 1 << 20
MOTHER = "import sys; from tests import newborn; newborn.bear(int(sys.argv[1]))"


class Popen(subprocess.Popen[str]):
    """`subprocess.Popen` of `[sys.executable, "-c", PROGRAM, ...]` or of `-m MODULE`; its mother waits for it."""

    def _execute_child(  # type: ignore[override]
        self, args: Sequence[str], _executable: Any, _preexec: Any, _close: Any, _pass: Any, cwd: Any,
        env: Mapping[str, str] | None, _startup: Any, _creation: Any, _shell: Any,
        p2cread: int, p2cwrite: int, c2pread: int, c2pwrite: int, errread: int, errwrite: int,
        _signals: Any, _gid: Any, _gids: Any, _uid: Any, umask: int, *_rest: Any,
    ) -> None:  # fmt: skip
        program, *given = args
        assert program == sys.executable and given[0] in ("-c", "-m"), args
        told = {"given": given, "cwd": str(cwd), "env": dict(os.environ if env is None else env), "umask": umask}
        streams = [own if theirs == -1 else theirs for own, theirs in enumerate((p2cread, c2pwrite, errwrite))]
        self._line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            socket.send_fds(_mother(), [json.dumps(told).encode()], [*streams, theirs.fileno()])
        self.pid = int(self._line.recv(LONGEST))
        self._child_created = True
        self._close_pipe_fds(p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite)  # type: ignore[attr-defined]

    def _try_wait(self, wait_flags: int) -> tuple[int, int]:
        flags = socket.MSG_DONTWAIT if wait_flags & os.WNOHANG else 0
        try:
            ended = self._line.recv(LONGEST, flags)
        except BlockingIOError:
            return 0, 0
        self._line.close()
        return self.pid, int(ended)

    def _internal_poll(self, *_given: Any, **_named: Any) -> int | None:
        if self.returncode is None:
            pid, status = self._try_wait(os.WNOHANG)
            if pid:
                self._handle_exitstatus(status)  # type: ignore[attr-defined]
        return self.returncode


def run(
    command: Sequence[str], *, cwd: Path, env: Mapping[str, str], umask: int = -1, timeout: float = 120
) -> subprocess.CompletedProcess[str]:
    """`subprocess.run` of such a command, with what it said."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with Popen(command, cwd=cwd, env=env, umask=umask, text=True, **pipes) as process:
        try:
            said, complained = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
    return subprocess.CompletedProcess(command, process.returncode, said, complained)


@lru_cache(maxsize=1)
def _mother() -> socket.socket:
    """The line to the process that has read the program; that ends when this one does."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-c", MOTHER, str(theirs.fileno())],
            cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, pass_fds=[theirs.fileno()],
        )  # fmt: skip
    atexit.register(process.wait)
    atexit.register(ours.close)
    return ours


# --- in the process that has read the program --------------------------------------------------------------


def bear(handle: int) -> None:
    """Fork a newborn for every request; it alone returns, at its own end."""
    _read()
    line = socket.socket(fileno=handle)
    while True:
        told, handles, *_rest = socket.recv_fds(line, LONGEST, 4)
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        if not told:
            return
        if not os.fork():
            break
        for one in handles:
            os.close(one)
    line.close()
    *streams, answer = handles
    newborn = os.fork()
    if newborn:
        _wait(newborn, streams, answer)
    os.close(answer)
    _live(json.loads(told), streams)


def _wait(newborn: int, streams: list[int], answer: int) -> NoReturn:
    for one in streams:
        os.close(one)
    with suppress(BrokenPipeError):
        os.write(answer, str(newborn).encode())
        os.write(answer, str(os.waitpid(newborn, 0)[1]).encode())
    os._exit(0)


def _live(told: dict[str, Any], streams: list[int]) -> None:
    for own, theirs in enumerate(streams):
        os.dup2(theirs, own)
        os.close(theirs)
    os.chdir(told["cwd"])
    if told["umask"] >= 0:
        os.umask(told["umask"])
    os.environ.clear()
    os.environ.update(told["env"])
    tempfile.tempdir = None  # another environment may name another folder
    how, program, *given = told["given"]
    sys.argv = [how, *given]
    if how == "-m":
        runpy.run_module(program, run_name="__main__", alter_sys=True)
        return
    exec(compile(program, "<string>", "exec"), vars(sys.modules["__main__"]))


def _read() -> None:
    """Every module that an application is wired from, its tables and every address of its pages."""
    for package, names in (("api", api.NOUNS), ("views", views.BLUEPRINTS), ("cli", cli.GROUPS)):
        for name in names:
            import_module(f"review.{package}.{name}")
    for name in ("review.models", "flask.cli", "tests.killing", "tests.web.sitting"):
        import_module(name)
    configure_mappers()
    once.share_pages()
    nothing = Quiet("review")  # without settings, and thrown away: each address is compiled by now
    views.plain.register(nothing)
    for name in views.BLUEPRINTS:
        nothing.register_blueprint(import_module(f"review.views.{name}").blueprint)
    gc.collect()
    gc.freeze()
