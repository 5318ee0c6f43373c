"""No cookie opens anything here, and none is set: what is signed in in a browser is not signed in for a program."""

from __future__ import annotations

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface

from review.api.places import is_ours


class ForPagesAlone(SecureCookieSessionInterface):
    """The session of a browser, for pages; an address of the API has none, so that no other site can use it there."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The cookie's session, or none at all."""
        return None if is_ours(request.path) else super().open_session(app, request)
