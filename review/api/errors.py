"""Every error of an address for programs in one envelope; pages keep their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from flask import Flask, Response, jsonify, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from review.api.places import is_ours
from review.rules.errors import Busy, DomainError, Forbidden, Invalid, NotFound, ReadOnly, Refused, Stale
from review.rules.permissions import PERMISSIONS
from review.rules.requirements import Requirement
from review.rules.words import N_
from review.views import errors as pages
from review.views.words import said

Handler = Callable[[Any], ResponseReturnValue]


class Problem(Exception):
    """What this room itself refuses: a code for programs, a sentence for people."""

    def __init__(
        self, status: int, code: str, sentence: str, *, headers: Mapping[str, str] | None = None, **values: Any
    ) -> None:
        super().__init__(code)
        self.status, self.code, self.sentence, self.values = status, code, sentence, values
        self.headers = dict(headers or {})


NOTHING = N_("Nothing is here that was published.")
TOO_BUSY = N_("The desk is busy. Nothing was changed; try again in a few seconds.")
NOT_COVERED = N_("Not covered by a published checkpoint yet; the next is at %(hour)s:00 UTC.")
# By the status of an answer of the web server's own: the code, and what is said.
STATUSES: Mapping[int, tuple[str, str]] = {
    400: ("bad_request", N_("The request cannot be read.")),
    401: ("unauthorized", N_("This needs a token.")),
    403: ("forbidden", N_("This is not allowed.")),
    404: ("not_found", NOTHING),
    405: ("method_not_allowed", N_("This address does not answer that method. The header Allow names those it does.")),
    413: ("too_large", N_("That is more than is read at once.")),
    415: ("unsupported_media_type", N_("Send application/json.")),
    422: ("invalid", N_("Something in the request cannot be taken; the details say what.")),
    429: ("too_many", N_("Too many at once. Try again in a minute.")),
    500: ("broken", N_("Something broke on our side. It was noted; nothing was changed.")),
    503: ("unavailable", TOO_BUSY),
    507: ("disk_full", N_("The desk has no room to write in. Nothing was changed.")),
}
OTHER = ("refused", N_("This cannot be answered."))
# The nearest class in an error's ancestry decides.
DOMAIN: Mapping[type[DomainError], tuple[int, str, str]] = {
    NotFound: (404, "not_found", NOTHING),
    Forbidden: (403, "forbidden", N_("The role of the person behind this token does not hold this right.")),
    Invalid: (422, "invalid", N_("Something in the request cannot be taken; the details say what.")),
    Refused: (409, "refused", N_("Something that is required is not met; the details say what.")),
    Stale: (409, "stale", N_("It has changed since it was read. Read it again.")),
    Busy: (503, "unavailable", TOO_BUSY),
    ReadOnly: (503, "read_only", N_("The desk is reading only until an admin has mended the log.")),
    DomainError: (409, "refused", N_("This was refused.")),
}


def register(app: Flask) -> None:
    """Answer for programs in the envelope, and for everybody else as before."""
    app.register_error_handler(Problem, problem)
    for kind, ours, page in (
        (DomainError, refused, pages.refused),
        (HTTPException, failed, pages.failed),
        (OperationalError, busy, pages.busy),
        (PoolTimeout, busy, pages.busy),
        (OSError, disk_full, pages.disk_full),
    ):
        app.register_error_handler(kind, _either(ours, page))


def _either(ours: Handler, page: Handler) -> Handler:
    return lambda error: ours(error) if is_ours(request.path) else page(error)


def envelope(status: int, code: str, message: str, details: Mapping[str, Any] | None = None) -> Response:
    """The one shape of an error."""
    answer = jsonify(error={"code": code, "message": str(message), "details": dict(details or {})})
    answer.status_code = status
    return answer


def problem(error: Problem) -> ResponseReturnValue:
    """What this room refuses."""
    answer = envelope(error.status, error.code, _(error.sentence, **error.values))
    answer.headers.update(error.headers)
    return answer


def refused(error: DomainError) -> ResponseReturnValue:
    """What the rules refuse."""
    if error.key == "not-covered":
        return envelope(404, "not_covered", _(NOT_COVERED, **error.values))
    status, code, sentence = next(DOMAIN[kind] for kind in type(error).__mro__ if kind in DOMAIN)
    return envelope(status, code, _(sentence), _details(error))


def _details(error: DomainError) -> dict[str, Any]:
    if isinstance(error, Invalid):
        return {name: _bare(said(sentence, error.values)) for name, sentence in error.problems.items()}
    if isinstance(error, Forbidden) and error.verb in PERMISSIONS:
        return {"right": _(PERMISSIONS[error.verb].sentence)}
    if isinstance(error, Refused):
        return {"requirements": [_requirement(one) for one in error.requirements if not one.met]}
    return {}


def _requirement(one: Requirement) -> dict[str, str]:
    return {"name": one.name, "sentence": _bare(said(one.sentence, one.values))}


def _bare(sentence: Any) -> str:
    """A sentence without the marks that pages put around names."""
    return str(sentence.striptags())


def failed(error: HTTPException) -> ResponseReturnValue:
    """An answer of the web server's own, with the headers that belong to it."""
    if error.response is not None or (error.code or 500) < 400:
        return error
    status = error.code or 500
    code, sentence = STATUSES.get(status, OTHER)
    answer = envelope(status, code, _(sentence), dict(_fields(getattr(error, "data", None))))
    answer.headers.update([pair for pair in error.get_headers() if pair[0] != "Content-Type"])
    return answer


def _fields(data: Any) -> Iterator[tuple[str, str]]:
    """What is the matter with each part of a request, by its name."""
    by_place = (data or {}).get("messages") or {}
    for found in by_place.values() if isinstance(by_place, Mapping) else ():
        yield from _named(found, "")


def _named(found: Any, name: str) -> Iterator[tuple[str, str]]:
    if isinstance(found, Mapping):
        for part, inner in found.items():
            yield from _named(inner, f"{name}.{part}" if name else str(part))
        return
    sentences = found if isinstance(found, list) else [found]
    yield name.removesuffix("._schema") or "request", " ".join(str(one) for one in sentences)


def busy(_error: Exception) -> ResponseReturnValue:
    """The database did not answer in time, or has no room."""
    if pages.is_full(_error):
        return _of_status(507)
    answer = _of_status(503)
    answer.headers["Retry-After"] = "5"
    return answer


def disk_full(error: OSError) -> ResponseReturnValue:
    """There is no room to write in."""
    if error.errno not in pages.NO_ROOM:
        raise error
    return _of_status(507)


def _of_status(status: int) -> Response:
    code, sentence = STATUSES[status]
    return envelope(status, code, _(sentence))
