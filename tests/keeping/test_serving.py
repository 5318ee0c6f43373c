"""The desk as it runs: several processes at once, new code without a lost request, a graceful stop, a quiet log."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from http.cookiejar import CookieJar
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from review import config
from review.actions.passwords import HASHER
from review.models import Disclosure, Event, Job, session
from review.models.dossiers import read_disclosure
from tests import builders
from tests.actions.test_concurrency import assert_whole
from tests.engines import free_port
from tests.test_house import wait_for

PASSWORD = "seven quiet herons by the weir"
TOKEN = re.compile(r'name="csrf_token"[^>]* value="([^"]*)"')


@pytest.fixture
def people(desk: Flask) -> builders.Desk:
    return builders.desk(desk, HASHER.hash(PASSWORD))


class Staying(urllib.request.HTTPRedirectHandler):
    """The answer to a form is the answer, wherever it leads."""

    def redirect_request(self, *_given: object) -> None:
        return None


@dataclass
class Client:
    """Somebody at a browser that keeps no connection: what they were told, and what they were not."""

    base: str
    email: str
    told: set[str] = field(default_factory=set)
    refused: int = 0
    unanswered: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        cookies = urllib.request.HTTPCookieProcessor(CookieJar())
        self.opener = urllib.request.build_opener(cookies)
        self.sender = urllib.request.build_opener(cookies, Staying)

    def get(self, path: str) -> str:
        with self.opener.open(self.base + path, timeout=60) as answer:
            return str(answer.read().decode())

    def post(self, path: str, page: str, **form: str) -> int:
        found = TOKEN.search(page)
        assert found, page
        body = urllib.parse.urlencode({"csrf_token": unescape(found[1]), **form}).encode()
        try:
            with self.sender.open(self.base + path, body, timeout=60) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as answered:
            with answered:
                return answered.code

    def sign_in(self) -> str:
        assert self.post("/login", self.get("/login"), email=self.email, password=PASSWORD) == 302
        return self.get("/desk/claims/new")

    def send(self, form: str, text: str) -> None:
        """One claim: noted as told when the desk answered, else as refused or unanswered."""
        try:
            assert self.post("/desk/claims/new", form, text=text, language="en") == 302
            self.told.add(text)
        except urllib.error.URLError as problem:
            self._not_told(problem.reason, text)
        except (http.client.HTTPException, OSError) as problem:
            self._not_told(problem, text)

    def _not_told(self, problem: object, text: str) -> None:
        if isinstance(problem, ConnectionRefusedError):
            self.refused += 1
        else:
            self.unanswered.append(text)


@contextmanager
def served(home: Path, database: dict[str, str], *arguments: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """`make run` in a process of its own, with what it says in `said` of the home's parent."""
    port = free_port()
    environment = {**os.environ, **database, "ASSAY_HOME": str(home)}
    command = [sys.executable, "-m", "review.serving", "--port", str(port), *arguments]
    with (home.parent / "said").open("w") as said, subprocess.Popen(
        command, cwd=config.ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=said, text=True
    ) as process:
        try:
            wait_for(f"http://127.0.0.1:{port}/healthz", process)
            yield f"http://127.0.0.1:{port}", process
        finally:
            process.terminate()


def claims() -> set[str]:
    """The texts of all claims that were received."""
    session.rollback()
    statement = select(Disclosure.text).join(Event, Event.seq == Disclosure.seq)
    found = session.scalars(statement.where(Event.type == "claim.received", Disclosure.name == "text"))
    return {str(read_disclosure(text)[1]) for text in found}


def several(engine: str) -> tuple[str, ...]:
    """Several of everything where the engine lets them work at once."""
    return ("--processes", "2", "--workers", "3") if engine == "postgresql" else ()


def load(base: str, people: builders.Desk, stopped: threading.Event) -> tuple[list[Client], list[threading.Thread]]:
    clients = [Client(base, builders.address(actor.name)) for actor in people.reviewers[:4]]

    def work(client: Client) -> None:
        form = client.sign_in()
        turn = 0
        while not stopped.is_set() and not client.refused and not client.unanswered:
            client.send(form, f"Claim {turn} of {client.email.split('@')[0]}")
            turn += 1

    threads = [threading.Thread(target=work, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    return clients, threads


def wait_until(met: Callable[[], bool], working: Sequence[threading.Thread] = ()) -> None:
    for _turn in range(1200):
        if met():
            return
        assert all(thread.is_alive() for thread in working), "somebody was let down"
        time.sleep(0.1)
    raise AssertionError("it did not happen in time")


def drill(people: builders.Desk, home: Path, database: dict[str, str], engine: str, claims_each: int) -> None:
    session.rollback()
    stopped = threading.Event()
    with served(home, database, *several(engine)) as (base, process):
        clients, threads = load(base, people, stopped)
        wait_until(lambda: all(len(client.told) >= claims_each for client in clients), threads)
        process.send_signal(signal.SIGHUP)
        reached = {client.email: len(client.told) for client in clients}
        wait_until(lambda: all(len(client.told) >= reached[client.email] + claims_each for client in clients), threads)
        lost_by_new_code = [text for client in clients for text in client.unanswered]
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
        stopped.set()
        for thread in threads:
            thread.join(60)
    assert lost_by_new_code == []
    told = {text for client in clients for text in client.told}
    # Whatever the desk took it answered; whatever it answered stands in the record.
    assert claims() == told
    assert_whole()


def test_new_code_and_a_graceful_stop_lose_no_request(
    people: builders.Desk, home: Path, database: dict[str, str], engine_name: str
) -> None:
    drill(people, home, database, engine_name, claims_each=5)


@pytest.mark.soak
@pytest.mark.parametrize("turn", range(10))
def test_new_code_and_a_graceful_stop_lose_no_request_ten_times(
    people: builders.Desk, home: Path, database: dict[str, str], engine_name: str, turn: int
) -> None:
    drill(people, home, database, engine_name, claims_each=60)


def test_nothing_that_the_desk_logs_names_anybody(
    people: builders.Desk, home: Path, database: dict[str, str], engine_name: str
) -> None:
    """A session with everything that is ever logged: a refusal, a fault, a failing job, a request that is none."""
    builders.at_once(people)
    session.rollback()
    with served(home, database, *several(engine_name)) as (base, process):
        client = Client(base, builders.address(people.reviewers[0].name))
        form = client.sign_in()
        client.send(form, "A market was hit at Marj Eluan.")
        stranger = Client(base, client.email)
        assert stranger.post("/login", stranger.get("/login"), email=client.email, password="wrong all along") == 422
        with pytest.raises(urllib.error.HTTPError):
            client.get("/desk/people")
        with pytest.raises(urllib.error.HTTPError):
            client.get("/reset/a-token-that-is-secret")
        nonsense(base)
        faults(database, people)
        wait_until(lambda: "(publish_grade) failed" in (home.parent / "said").read_text())
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    said = (home.parent / "said").read_text()
    (kept,) = (home / "logs").iterdir()
    assert kept.stat().st_mode & 0o777 == 0o600
    for text in (said, kept.read_text()):
        assert "Invalid request" in text
        assert "(publish_grade) failed" in text
        for words in secrets_of(people):
            assert words.casefold() not in text.casefold(), text


def nonsense(base: str) -> None:
    host, port = base.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as line:
        line.sendall(b"NONSENSE / HTTP/77.1\r\n\r\n")
        line.recv(1000)


def faults(database: dict[str, str], people: builders.Desk) -> None:
    """A job that no worker can do."""
    from review import clock
    from review.actions.accounts import account_write

    with account_write():
        payload = {"incident": f"{people.lead.name} <lead@desk.invalid>", "proposal": 1}
        session.add(Job(kind="publish_grade", key="fails", payload=payload, due_at=clock.now()))


def secrets_of(people: builders.Desk) -> list[str]:
    everybody = (people.admin, *people.reviewers, *people.leads, people.auditor)
    names = [part for actor in everybody for part in (actor.name, *actor.name.split())]
    return [*names, "desk.invalid", "127.0.0.1", "a-token-that-is-secret", "Marj Eluan", "market was hit", PASSWORD]
