"""Every refusal as a page: one table from the domain's errors to an answer and a template."""

from __future__ import annotations

import errno
import re
from typing import Any

from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from review.queries import changes
from review.rules import clocks, rollbacks
from review.rules.errors import (
    Busy,
    DomainError,
    Forbidden,
    Invalid,
    NotFound,
    ReadOnly,
    Refused,
    Stale,
)
from review.rules.permissions import PERMISSIONS, roles_for
from review.views import interrupted
from review.views.confirming import PASSWORDS

SHORT = 12
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
DISK_FULL = "53100"
NOT_TYPED = ("csrf_token", "seen", *PASSWORDS)
INCIDENT_PAGE = re.compile(r"/desk/incidents/(?!new$)[^/]+(?:/(?:settlement|approval|describe)(?=/|$))?")

# The nearest class in an error's ancestry decides.
PAGES: dict[type[DomainError], tuple[int, str]] = {
    NotFound: (404, "errors/not_found.html"),
    Forbidden: (403, "errors/forbidden.html"),
    Invalid: (422, "errors/invalid.html"),
    Refused: (409, "errors/refused.html"),
    Stale: (409, "errors/stale.html"),
    Busy: (503, "errors/busy.html"),
    ReadOnly: (503, "errors/read_only.html"),
    DomainError: (409, "errors/refused.html"),
}
HTTP_PAGES = {
    401: "errors/signed_out.html",
    403: "errors/forbidden.html",
    404: "errors/not_found.html",
    413: "errors/too_large.html",
    500: "errors/broken.html",
    503: "errors/busy.html",
}


def register(app: Flask) -> None:
    """Give every error its page."""
    app.register_error_handler(DomainError, refused)
    app.register_error_handler(CSRFError, forged)
    app.register_error_handler(HTTPException, failed)
    app.register_error_handler(OperationalError, busy)
    app.register_error_handler(PoolTimeout, busy)
    app.register_error_handler(OSError, disk_full)


def page_of(error: DomainError) -> tuple[int, str]:
    """The answer and template of a domain error."""
    for kind in type(error).__mro__:
        if kind in PAGES:
            return PAGES[kind]
    return PAGES[DomainError]


def refused(error: DomainError) -> ResponseReturnValue:
    """A domain error that no view turned into a page of its own."""
    code, template = page_of(error)
    about: dict[str, Any] = {"typed": typed_texts(), "back": page_behind(request.path)}
    if isinstance(error, Stale):
        about["changed"] = changes.from_marks(error.changed)
    if isinstance(error, ReadOnly) and error.key in rollbacks.SENTENCES:
        about["sentence"] = _(rollbacks.SENTENCES[error.key]) % error.values
    if isinstance(error, ReadOnly) and error.key == "clock":
        about["sentence"] = _(clocks.STOPPED) % error.values
    if isinstance(error, Forbidden) and error.verb in PERMISSIONS:
        about |= {"right": PERMISSIONS[error.verb].sentence, "holders": roles_for(error.verb)}
    return render_template(template, error=error, code=code, **about), code


def typed_texts() -> list[str]:
    """The longer texts of the form that was refused, so that nobody loses a sentence."""
    if request.method != "POST":
        return []
    texts = [value.strip() for name, value in request.form.items(multi=True) if name not in NOT_TYPED]
    return [text for text in texts if len(text) > SHORT and " " in text]


def page_behind(path: str) -> str | None:
    """The page that the refused form stood on, as far as its address tells."""
    found = INCIDENT_PAGE.match(path) if request.method == "POST" else None
    return found[0] if found else None


def forged(error: CSRFError) -> ResponseReturnValue:
    """A form without our token: most often a page kept open over a sign-out."""
    return render_template("errors/form_expired.html", error=error, code=400), 400


def failed(error: HTTPException) -> ResponseReturnValue:
    """An answer of the web server's own."""
    if error.response is not None or (error.code or 500) < 400:
        return error
    code = error.code or 500
    template = HTTP_PAGES.get(code, "errors/other.html")
    response = error.get_response()
    about = interrupted.about() if code == 401 else {}
    response.set_data(render_template(template, error=error, code=code, **about))
    response.content_type = "text/html; charset=utf-8"
    return response


def disk_full(error: OSError) -> ResponseReturnValue:
    """There is no room to write in: nothing was changed, what was typed is shown again, and reading goes on."""
    if error.errno not in NO_ROOM:
        raise error
    return _no_room(error)


def _no_room(error: Exception) -> ResponseReturnValue:
    about = {"typed": typed_texts(), "back": page_behind(request.path)}
    return render_template("errors/disk_full.html", error=error, code=507, **about), 507


def is_full(error: Exception) -> bool:
    """Whether the database says that it has no room to write in."""
    original = getattr(error, "orig", None)
    return (
        getattr(original, "sqlite_errorname", None) == "SQLITE_FULL" or getattr(original, "sqlstate", None) == DISK_FULL
    )


def busy(error: Exception) -> ResponseReturnValue:
    """The database did not answer in time, or has no room; nothing was changed."""
    if is_full(error):
        return _no_room(error)
    about = {"typed": typed_texts(), "back": page_behind(request.path)}
    return render_template("errors/busy.html", error=error, code=503, **about), 503, {"Retry-After": "5"}
