"""Somebody at the screen: a client that is signed in, and pages without what is another each time."""

from __future__ import annotations

import re
from contextvars import Context
from html import unescape
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from review.actions import sessions
from review.rules.permissions import Actor

NONCE = re.compile(r'nonce="[^"]*"|\'nonce-[^\']*\'')
CSRF = re.compile(r'name="csrf_token" value="[^"]*"')
FIELD = re.compile(r'name="(?P<name>[a-z_]+)" value="(?P<value>[^"]*)"')


class Browser(FlaskClient):
    """A client whose requests share nothing with the context that the test keeps open for its actions."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        return Context().run(super().open, *args, **kwargs)


def browser(app: Flask) -> Browser:
    """Somebody without an account."""
    return Browser(app, app.response_class, use_cookies=True)


def sitting(app: Flask, actor: Actor) -> Browser:
    """A browser in which this person is signed in."""
    client = browser(app)
    token = sessions.open_session(actor.person, agent=None)
    with client.session_transaction() as session:
        session["_user_id"] = token
        session["_fresh"] = True
    return client


def masked(answer: TestResponse) -> str:
    """The whole answer as text, but for nonces and CSRF tokens."""
    headers = sorted(f"{name}: {value}" for name, value in answer.headers if name != "Set-Cookie")
    whole = f"{answer.status}\n" + "\n".join(headers) + "\n\n" + answer.get_data(as_text=True)
    return CSRF.sub("CSRF", NONCE.sub("NONCE", whole))


def hidden(page: str, name: str) -> str:
    """The value of a hidden field of a page."""
    found = re.search(rf'<input type="hidden" name="{name}" value="([^"]*)"', page)
    assert found, f"no hidden field {name}"
    return unescape(found[1])
