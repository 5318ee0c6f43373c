"""Who is at the screen: the signed-in person as Flask-Login carries them, and the actor that actions take."""

from __future__ import annotations

import ipaddress

from flask import Flask, current_app, request
from flask_login import UserMixin, current_user

from review import config
from review.actions import sessions
from review.extensions import login_manager
from review.queries.accounts import SignedIn, signed_in
from review.rules.permissions import Actor, may


class Visitor(UserMixin):
    """A signed-in person; known to the cookie by the token of this session alone."""

    def __init__(self, token: str, person: SignedIn) -> None:
        self.token = token
        self.id = person.id
        self.name = person.name
        self.email = person.email
        self.role = person.role
        self.language = person.language
        self.timezone = person.timezone
        self.confirmed = person.confirmed
        self.must_enrol = person.must_enrol
        self.second_factors_off = person.second_factors_off
        self.break_due = person.break_due
        self.media = person.media
        self.keys_off = person.keys_off

    def may(self, verb: str) -> bool:
        """Whether their role holds this right at all: pages ask for the right, never for the role."""
        return may(self.role or "", verb)

    def get_id(self) -> str:
        """What the cookie holds."""
        return self.token


def register(app: Flask) -> None:
    """Let the cookie's token find its person."""
    login_manager.session_protection = None
    login_manager.user_loader(load)
    app.context_processor(lambda: {"visitor": _visitor()})


def _visitor() -> Visitor | None:
    """Themselves, for a page asks them many things."""
    return current_user._get_current_object() if current_user.is_authenticated else None


def load(token: str) -> Visitor | None:
    """The person of a session that still holds; its use is noted at most once a minute."""
    person = signed_in(token)
    if person is None:
        return None
    sessions.seen(token, person.last_seen, person.sitting_since)
    return Visitor(token, person)


def actor() -> Actor:
    """The person at the screen as a plain value; behind the wall only."""
    return Actor(current_user.id, current_user.role or "", current_user.name)


def source() -> str:
    """Where the request comes from: kept nowhere but as a keyed hash.

    A desk with a public address stands behind a proxy on its own machine; the proxy's word is the last one of
    X-Forwarded-For, and from anywhere else that header is only what a stranger typed.
    """
    peer = request.remote_addr or ""
    told = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return told if told and current_app.config["ASSAY_URL"] and _is_here(peer) else peer


def _is_here(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def base_address() -> str:
    """Where this desk is reached: the address that it was given, else the one that was asked."""
    return config.address() or request.url_root.rstrip("/")
