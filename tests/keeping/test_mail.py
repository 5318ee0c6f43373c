"""Notices by mail: to a real server on this machine, a link and no word of the record; tried again when it is away."""

from __future__ import annotations

import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from flask import Flask
from sqlalchemy import select, update

from review import clock, jobs, mail
from review.actions import care, inbox
from review.digest import address_all
from review.extensions import db
from review.keeping import doctor
from review.models import Job, Person, session
from review.notices import KINDS
from review.rules.care import Settings
from tests import builders
from tests.conftest import Make
from tests.engines import free_port


@dataclass
class Post:
    """What a mail server took in, and how it answers."""

    port: int
    taken: list[EmailMessage] = field(default_factory=list)
    answers: list[bytes] = field(default_factory=list)  # what the next recipients are answered instead of 250


class _Line(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        post: Post = self.server.post  # type: ignore[attr-defined]
        self.say(b"220 here")
        while line := self.rfile.readline():
            word = line.split()[0].upper()
            if word == b"DATA":
                self.say(b"354 go on")
                post.taken.append(self.message())
                self.say(b"250 taken")
            elif word == b"RCPT" and post.answers:
                self.say(post.answers.pop(0))
            elif word == b"QUIT":
                self.say(b"221 bye")
                return
            else:
                self.say(b"250 yes")

    def message(self) -> EmailMessage:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line[1:] if line.startswith(b"..") else line)
        return message_from_bytes(b"".join(lines), policy=policy.default)  # type: ignore[return-value]

    def say(self, line: bytes) -> None:
        self.wfile.write(line + b"\r\n")


@contextmanager
def serving(port: int) -> Iterator[Post]:
    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

    with Server(("127.0.0.1", port), _Line) as server:
        server.post = Post(port)  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield server.post  # type: ignore[attr-defined]
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def port() -> int:
    return free_port()


def url(port: int) -> str:
    return f"smtp://127.0.0.1:{port}?from=desk%40assay.invalid"


@pytest.fixture
def people(make_app: Make, port: int) -> Iterator[builders.Desk]:
    app = make_app(SMTP_URL=url(port), ASSAY_URL="https://desk.invalid/")
    with app.app_context():
        built = builders.desk(app)
        wanting(built, "once")
        yield built


def wanting(built: builders.Desk, mail: str) -> None:
    """Everybody of the desk wants their notices so."""
    for actor in (*built.reviewers, *built.leads):
        care.set_care(actor, Settings(mail=mail))


def waiting() -> list[Job]:
    session.rollback()
    return list(session.scalars(select(Job).where(Job.kind == "send_mail", Job.done_at.is_(None))))


def test_whoever_is_told_in_the_desk_is_told_by_mail(people: builders.Desk, port: int) -> None:
    ref, _number = builders.round_opened(people)
    with serving(port) as post:
        builders.work()
    assert {message["To"] for message in post.taken} == {builders.address(actor.name) for actor in people.voters}
    for message in post.taken:
        assert message["From"] == "desk@assay.invalid"
        assert message["Auto-Submitted"] == "auto-generated"
        assert KINDS["vote_owed"] in message.get_content()
        assert f"https://desk.invalid/desk/incidents/{ref}" in message.get_content().splitlines()
    assert len({message["Message-ID"] for message in post.taken}) == 3
    assert waiting() == []


def test_no_word_of_the_record_and_no_name_stands_in_it(people: builders.Desk, port: int) -> None:
    with serving(port) as post:
        ref = builders.disputed(people)
        builders.work()
    assert len({message.get_content() for message in post.taken}) > 1
    names = [part for actor in (*people.reviewers, *people.leads) for part in actor.name.split()]
    words = [*names, "Marj Eluan", "KV412", "Karsian", "fair", "discounted", "مرج إلوان"]
    for message in post.taken:
        told = (message["Subject"] + message.get_content()).replace(ref, "").casefold()
        assert [word for word in words if word.casefold() in told] == []


def test_a_letter_is_in_the_readers_language(make_app: Make, port: int, tmp_path: Path) -> None:
    said = tmp_path / "ar" / "LC_MESSAGES" / "messages.mo"
    said.parent.mkdir(parents=True)
    catalogue = Catalog("ar")
    catalogue.add(KINDS["vote_owed"], "صوتك مطلوب.")
    with said.open("wb") as file:
        write_mo(file, catalogue)
    app = make_app(SMTP_URL=url(port), BABEL_TRANSLATION_DIRECTORIES=str(tmp_path))
    with app.app_context():
        people = builders.desk(app)
        wanting(people, "once")
        reader = people.voters[0]
        session.rollback()
        with db.engine.begin() as connection:
            connection.execute(update(Person.__table__).where(Person.id == reader.person).values(language="ar"))
        builders.round_opened(people)
        with serving(port) as post:
            builders.work()
    told = {message["To"]: message.get_content().splitlines()[0] for message in post.taken}
    assert told.pop(builders.address(reader.name)) == "صوتك مطلوب."
    assert set(told.values()) == {KINDS["vote_owed"]}


def test_a_server_that_is_away_is_tried_again_with_the_same_message(people: builders.Desk, port: int) -> None:
    builders.round_opened(people)
    jobs.run_due()
    away = waiting()
    assert [job.problem for job in away] == ["ConnectionRefusedError"] * 3
    marks = {f"<{job.payload['message']}@assay.invalid>" for job in away}
    assert any(finding.part == "Mail" and finding.word == doctor.FAILURE for finding in doctor.findings())
    later = clock.now() + timedelta(minutes=5)
    with serving(port) as post, clock.reading(lambda: later):
        jobs.run_due()
    assert {message["Message-ID"] for message in post.taken} == marks
    assert waiting() == []
    (told,) = (finding for finding in doctor.findings() if finding.part == "Mail")
    assert told.word == doctor.OK
    assert f"The last was sent at {later:%Y-%m-%d %H:%M} UTC." in told.sentence


def morning(post_port: int) -> list[EmailMessage]:
    """What the worker sends on the next morning."""
    tomorrow = (clock.now() + timedelta(days=1)).replace(hour=6, minute=30)
    with serving(post_port) as post, clock.reading(lambda: tomorrow):
        jobs.run_due()
    return [message for message in post.taken if "In your inbox, not read yet:" in message.get_content()]


def test_once_a_day_is_one_mail_with_counts_and_no_word_of_the_record(people: builders.Desk, port: int) -> None:
    wanting(people, "daily")
    with serving(port) as post:
        first, _number = builders.round_opened(people)
        second, _number = builders.round_opened(
            people, builders.with_sources(people, builders.opened(people, codes=("KV413",)))
        )
        builders.work()
    assert post.taken == []
    inbox.mark_read(people.voters[2], clock.now())
    told = morning(port)
    assert {message["To"] for message in told} == {builders.address(actor.name) for actor in people.voters[:2]}
    for message in told:
        said = message.get_content()
        assert f"2 × {KINDS['vote_owed']}" in said.splitlines()
        assert "https://desk.invalid/desk/inbox" in said.splitlines()
        words = (first, second, "KV41", "Marj Eluan", "Karsian", "Mara", "Ilse", "مرج")
        assert [word for word in words if word in said + message["Subject"]] == []
    assert morning(port) == []


@pytest.mark.parametrize("worker_ran", [True, False])
def test_what_could_not_be_sent_for_days_is_in_the_next_digest_and_that_is_one(
    people: builders.Desk, port: int, worker_ran: bool
) -> None:
    wanting(people, "daily")
    builders.round_opened(people)
    builders.work()
    began = clock.now().replace(hour=6, minute=30)
    if worker_ran:
        with clock.reading(lambda: began + timedelta(days=1)):
            jobs.run_due()
        assert [job.problem for job in waiting() if job.kind == "send_mail"] == ["ConnectionRefusedError"] * 3
    with clock.reading(lambda: began + timedelta(days=1, hours=1)):
        builders.round_opened(people, builders.with_sources(people, builders.opened(people, codes=("KV413",))))
    with serving(port) as post, clock.reading(lambda: began + timedelta(days=3)):
        jobs.run_due()
    told = [one for one in post.taken if "In your inbox" in one.get_content()]
    assert [message["To"] for message in told] == [builders.address(actor.name) for actor in people.voters]
    assert all(f"2 × {KINDS['vote_owed']}" in message.get_content() for message in told)


def test_a_second_letter_on_one_day_is_another_message_and_each_stays_the_same_until_it_is_sent(
    people: builders.Desk, port: int
) -> None:
    wanting(people, "daily")
    began = clock.now().replace(hour=6, minute=30) + timedelta(days=1)
    sent: list[set[str]] = []
    for hours, code in ((0, "KV413"), (2, "KV414")):
        with clock.reading(lambda at=began + timedelta(hours=hours): at):
            builders.round_opened(people, builders.with_sources(people, builders.opened(people, codes=(code,))))
        with clock.reading(lambda at=began + timedelta(hours=hours + 1): at):
            address_all()
            jobs.run_due()
            kept = {job.payload["message"] for job in waiting() if job.key.startswith("digest:") and not job.done_at}
        with serving(port) as post, clock.reading(lambda at=began + timedelta(hours=hours + 1, minutes=30): at):
            jobs.run_due()
        sent.append({message["Message-ID"].strip("<>").partition("@")[0] for message in post.taken})
        assert sent[-1] == kept and len(kept) == len(people.voters)
    assert sent[0].isdisjoint(sent[1])


@pytest.mark.parametrize(("days", "letters"), [(29, 1), (31, 0)])
def test_a_line_that_was_told_of_long_ago_makes_no_letter_once_its_job_is_forgotten(
    people: builders.Desk, port: int, days: int, letters: int
) -> None:
    wanting(people, "daily")
    builders.round_opened(people)
    later = clock.now() + timedelta(days=days)
    with clock.reading(lambda: later):
        address_all()
    assert len([job for job in waiting() if job.key.startswith("digest:")]) == letters * len(people.voters)


@pytest.mark.parametrize("mail_wanted, heard", [("once", True), ("daily", False), ("none", False)])
def test_a_notice_is_sent_at_once_only_to_whom_wants_it_so(
    people: builders.Desk, port: int, mail_wanted: str, heard: bool
) -> None:
    wanting(people, mail_wanted)
    with serving(port) as post:
        builders.round_opened(people)
        builders.work()
    assert bool(post.taken) is heard


def test_the_day_changes_nothing_for_whom_wants_no_mail(people: builders.Desk, port: int) -> None:
    wanting(people, "none")
    builders.round_opened(people)
    assert morning(port) == []


def test_what_concerns_ones_own_log_in_is_sent_whatever_one_wants_and_has_no_stop(
    people: builders.Desk, port: int
) -> None:
    from review.actions import people as acts

    wanting(people, "none")
    with serving(port) as post:
        acts.reset_account(people.admin, people.spare.person or 0)
        builders.work()
    mine = [message for message in post.taken if message["To"] == builders.address(people.spare.name)]
    assert len(mine) == 1
    assert mine[0]["List-Unsubscribe"] is None


def test_every_other_mail_carries_the_link_that_stops_it_by_one_press(people: builders.Desk, port: int) -> None:
    with serving(port) as post:
        builders.round_opened(people)
        builders.work()
    message = next(one for one in post.taken if one["To"] == builders.address(people.voters[0].name))
    link = f"https://desk.invalid/mail/stop/{care.stop_token(people.voters[0].person or 0)}"
    assert message["List-Unsubscribe"].strip() == f"<{link}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert any(link in line for line in message.get_content().splitlines())


def test_who_stops_their_mails_is_sent_nothing_that_waits_already(people: builders.Desk, port: int) -> None:
    builders.round_opened(people)
    care.stop_mail(care.stop_token(people.voters[0].person or 0))
    with serving(port) as post:
        builders.work()
    assert {message["To"] for message in post.taken} == {builders.address(actor.name) for actor in people.voters[1:]}


def test_an_address_that_is_refused_for_good_is_given_up_and_one_for_now_is_not(people: builders.Desk, port: int) -> None:
    builders.round_opened(people)
    with serving(port) as post:
        post.answers = [b"550 nobody of that name", b"450 try later", b"250 yes"]
        jobs.run_due()
    assert [job.problem for job in waiting()] == ["SMTPRecipientsRefused"]
    assert len(post.taken) == 1


def test_who_left_hears_nothing(people: builders.Desk, port: int) -> None:
    builders.round_opened(people)
    gone = people.voters[0]
    from review.actions import people as acts

    acts.deactivate_person(people.admin, gone.person or 0, reason="They moved on.")
    with serving(port) as post:
        jobs.run_due()
    assert builders.address(gone.name) not in {message["To"] for message in post.taken}
    assert len(post.taken) >= 2


def test_without_a_server_nothing_waits_to_be_sent(desk: Flask) -> None:
    people = builders.desk(desk)
    builders.round_opened(people)
    assert waiting() == []
    mail.send_notice({"kind": "vote_owed", "person": people.voters[0].person, "incident": None, "message": "x"})


@pytest.mark.parametrize(
    "url, wrong",
    [
        ("http://mail.example", "reads smtp://"),
        ("smtp://mail.example", "names no sender"),
        ("smtp:///?from=a@b", "reads smtp://"),
    ],
)
def test_a_setting_that_names_no_server_is_refused_in_words(url: str, wrong: str) -> None:
    with pytest.raises(mail.NoSuchServer, match=wrong):
        mail.server(url)


def test_the_setting_is_read_whole() -> None:
    told = mail.server("smtps://desk%40assay.invalid:p%2Fw@mail.example")
    assert told == mail.Server("mail.example", 465, "desk@assay.invalid", True, "desk@assay.invalid", "p/w")


def test_mail_crosses_no_network_in_clear(monkeypatch: pytest.MonkeyPatch, people: builders.Desk, port: int) -> None:
    """Without encryption only a server on this machine is spoken to."""
    real = socket.create_connection
    monkeypatch.setattr(
        "socket.create_connection", lambda _address, *rest, **named: real(("127.0.0.1", port), *rest, **named)
    )
    with serving(port) as post:
        there = mail.server(f"smtp://mail.example:{port}?from=desk@assay.invalid")
        with pytest.raises(mail.NoSuchServer, match="no encryption"):
            mail.hand_over(there, EmailMessage())
    assert post.taken == []
