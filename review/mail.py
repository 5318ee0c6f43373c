"""Mail: a notice by SMTP, with a link and no word from the record; a server that is away is tried again later."""

from __future__ import annotations

import logging
import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select

from review import clock, config
from review.actions.care import stop_token
from review.models import Incident, Person, session
from review.models.limits import settings_for
from review.notices import AT_ONCE, KINDS
from review.queries.inbox import LEADS_TO, unread_by_kind
from review.rules.care import NEVER
from review.rules.permissions import Actor

logger = logging.getLogger(__name__)

PATIENCE = 20
DIGEST = "digest"
HERE = ("localhost", "127.0.0.1", "::1")


class NoSuchServer(ValueError):
    """SMTP_URL does not say where mail is handed over, or by whom it is sent."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where mail is handed over: `smtp://user:password@host:587?from=desk@example.org`, or `smtps://`."""

    host: str
    port: int
    sender: str
    encrypted: bool
    user: str | None = None
    password: str | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """To whom, in which language, what about."""

    person: int
    email: str
    language: str
    kind: str
    incident: str | None
    message: str
    lines: tuple[tuple[str, int], ...] = ()


def server(url: str) -> Server:
    """The server that SMTP_URL names; NoSuchServer where it names none."""
    parts = urlsplit(url)
    sender = parse_qs(parts.query).get("from", [unquote(parts.username or "")])[0]
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise NoSuchServer("SMTP_URL reads smtp://HOST:PORT?from=ADDRESS, or smtps:// with encryption throughout.")
    if "@" not in sender:
        raise NoSuchServer("SMTP_URL names no sender: add ?from=ADDRESS at its end.")
    encrypted = parts.scheme == "smtps"
    return Server(
        host=parts.hostname,
        port=parts.port or (465 if encrypted else 587),
        sender=sender,
        encrypted=encrypted,
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password or "") if parts.username else None,
    )


def send_notice(job: Mapping[str, Any]) -> None:
    """One line to one person; twice is the same message, and nothing to whoever left or may not read it any more."""
    if not config.smtp_url():
        return
    letter = _letter(job)
    if letter is None:
        return
    post = server(config.smtp_url())
    try:
        hand_over(post, _written(post, letter))
    except smtplib.SMTPRecipientsRefused as refused:
        if any(code < 500 for code, _said in refused.recipients.values()):
            raise
        logger.warning("mail to person %s is refused for good by the server", job["person"])


def _letter(job: Mapping[str, Any]) -> Letter | None:
    session.rollback()
    person = session.execute(
        select(Person.id, Person.email, Person.language, Person.role, Person.name).where(
            Person.id == job["person"], Person.active
        )
    ).one_or_none()
    incident = job["incident"]
    hidden = select(Incident.restricted).where(Incident.name == incident)
    barred = incident is not None and session.scalar(hidden) is not False
    lines = _news(person) if person and job["kind"] == DIGEST else ()
    stopped = person is not None and job["kind"] not in AT_ONCE and settings_for(session, person.id).mail == NEVER
    session.rollback()
    if person is None or barred or stopped or (job["kind"] == DIGEST and not lines):
        return None
    return Letter(person.id, person.email, person.language or "en", job["kind"], incident, job["message"], lines)


def _news(person: Any) -> tuple[tuple[str, int], ...]:
    """How much of which kind this person has not read when the letter goes out, however long it had to wait."""
    return unread_by_kind(Actor(person.id, person.role or "", person.name))


def _written(post: Server, letter: Letter) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = post.sender, letter.email
    message["Date"] = format_datetime(clock.now().replace(microsecond=0))
    message["Message-ID"] = f"<{letter.message}@{post.sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    stop = _stop(letter)
    if stop:
        message["List-Unsubscribe"], message["List-Unsubscribe-Post"] = f"<{stop}>", "List-Unsubscribe=One-Click"
    with force_locale(letter.language):
        message["Subject"] = _("News from your desk")
        message.set_content(_body(letter, stop))
    return message


def _body(letter: Letter, stop: str | None) -> str:
    # Not render_template: nobody asked for a page, so there is none to know the bars and links of.
    if letter.kind == DIGEST:
        lines = [(_(KINDS[kind]), count) for kind, count in letter.lines if kind in KINDS]
        template = current_app.jinja_env.get_template("mail/digest.txt")
        return template.render(lines=lines, link=_link(letter), stop=stop)
    template = current_app.jinja_env.get_template("mail/notice.txt")
    return template.render(sentence=_(KINDS[letter.kind]), link=_link(letter), stop=stop)


def _stop(letter: Letter) -> str | None:
    """The link that stops these mails by one press; none under what is always sent."""
    if not config.address() or letter.kind in AT_ONCE:
        return None
    return f"{config.address()}/mail/stop/{stop_token(letter.person)}"


def _link(letter: Letter) -> str | None:
    if not config.address():
        return None
    path = f"/desk/incidents/{letter.incident}" if letter.incident else LEADS_TO.get(letter.kind, "/desk")
    return config.address() + path


def hand_over(post: Server, message: EmailMessage) -> None:
    """Give one message to the server, encrypted wherever it is not this machine."""
    context = ssl.create_default_context()
    if post.encrypted:
        with smtplib.SMTP_SSL(post.host, post.port, timeout=PATIENCE, context=context) as line:
            _speak(line, post, message)
        return
    with smtplib.SMTP(post.host, post.port, timeout=PATIENCE) as line:
        line.ehlo()
        if line.has_extn("starttls"):
            line.starttls(context=context)
        elif post.host not in HERE:
            # Who volunteers here is told to nobody on the way.
            raise NoSuchServer("The mail server offers no encryption.")
        _speak(line, post, message)


def _speak(line: smtplib.SMTP, post: Server, message: EmailMessage) -> None:
    if post.user:
        line.login(post.user, post.password or "")
    line.send_message(message)
