"""The day's last checkpoint by mail, to archives and partners: the note and nothing else of the record."""

from __future__ import annotations

import hashlib
import logging
import smtplib
from collections.abc import Mapping
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select

from review import clock, config, mail
from review.actions.accounts import account_write
from review.actions.checkpoints import hour
from review.audit import checkpoint_files
from review.models import Checkpoint, Job, session

logger = logging.getLogger(__name__)


def address_all() -> None:
    """One letter to each address that the desk was given, with the last checkpoint published before today."""
    today = hour(clock.now()).replace(hour=0)
    with account_write():
        size = session.scalar(
            select(Checkpoint.size)
            .where(Checkpoint.published_at < today)
            .order_by(Checkpoint.size.desc())
            .limit(1)
        )
        if size is None:
            return
        for address in dict.fromkeys(config.checkpoint_mail()):
            mark = hashlib.sha256(f"{today:%Y-%m-%d} {address}".encode()).hexdigest()[:24]
            key = f"checkpoint-mail:{mark}"
            if session.scalar(select(Job.id).where(Job.key == key)) is None:
                letter = {"address": address, "size": size, "message": mark}
                session.add(Job(kind="mail_checkpoint", key=key, payload=letter, due_at=clock.now()))


def send(job: Mapping[str, Any]) -> None:
    """Hand one letter over; twice is the same message."""
    if not config.smtp_url():
        return
    post = mail.server(config.smtp_url())
    message = _written(post, job)
    try:
        mail.hand_over(post, message)
    except smtplib.SMTPRecipientsRefused as refused:
        if any(code < 500 for code, _said in refused.recipients.values()):
            raise
        logger.warning("an address of ASSAY_CHECKPOINT_MAIL is refused for good by the server")


def _written(post: mail.Server, job: Mapping[str, Any]) -> EmailMessage:
    session.rollback()
    file = checkpoint_files.text(session, job["size"]) or ""
    session.rollback()
    message = EmailMessage()
    message["From"], message["To"] = post.sender, job["address"]
    message["Date"] = format_datetime(clock.now().replace(microsecond=0))
    message["Message-ID"] = f"<{job['message']}@{post.sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    with force_locale("en"):
        message["Subject"] = _("Checkpoint of %(log)s", log=file.partition("\n")[0])
        template = current_app.jinja_env.get_template("mail/checkpoint.txt")
        body = template.render(file=file, link=_link(job["size"]))
    message.set_content(body)
    return message


def _link(size: int) -> str | None:
    return f"{config.address()}/audit/checkpoints/{size}" if config.address() else None
