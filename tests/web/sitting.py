"""Somebody at the screen: a client that is signed in, and pages without what is another each time."""

from __future__ import annotations

import re
from contextvars import Context
from html import unescape
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.test import TestResponse

from review.actions import sessions
from review.actions.accounts import account_write
from review.extensions import db
from review.models import Password
from review.rules.permissions import Actor

NONCE = re.compile(r'nonce="[^"]*"|\'nonce-[^\']*\'')
CSRF = re.compile(r'name="(?:csrf_token|stamp)" value="[^"]*"')  # the stamp is that of a form without a cookie
# The clock of the server itself, on every answer of a file; a cookie that is signed anew; and how often the asker may
# ask again, which only their own asking moves.
MOVING = ("Set-Cookie", "Date", "RateLimit-Remaining", "RateLimit-Reset")
FIELD = re.compile(r'name="(?P<name>[a-z_]+)" value="(?P<value>[^"]*)"')


class Browser(FlaskClient):
    """A client whose requests share nothing with the context that the test keeps open for its actions."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        # A file of the answer is read and closed, as a server does.
        return Context().run(super().open, *args, **{"buffered": True, **kwargs})


def browser(app: Flask) -> Browser:
    """Somebody without an account."""
    return Browser(app, app.response_class, use_cookies=True)


def seated(person: int) -> str:
    """The token of a session of this person, of whom no authenticator is asked however often they sit down."""
    with account_write():
        db.session.execute(update(Password).where(Password.person_id == person).values(sign_ins=0))
    return sessions.open_session(person, agent=None)


def sitting(app: Flask, actor: Actor) -> Browser:
    """A browser in which this person is signed in."""
    client, token = browser(app), seated(actor.person or 0)
    with client.session_transaction() as session:
        session["_user_id"] = token
        session["_fresh"] = True
    return client


def masked(answer: TestResponse) -> str:
    """The whole answer as text, but for nonces and CSRF tokens."""
    headers = sorted(f"{name}: {value}" for name, value in answer.headers if name not in MOVING)
    whole = f"{answer.status}\n" + "\n".join(headers) + "\n\n" + answer.get_data().decode("utf-8", "backslashreplace")
    return CSRF.sub("CSRF", NONCE.sub("NONCE", whole))


def hidden(page: str, name: str) -> str:
    """The value of a hidden field of a page."""
    found = re.search(rf'<input type="hidden" name="{name}" value="([^"]*)"', page)
    assert found, f"no hidden field {name}"
    return unescape(found[1])
