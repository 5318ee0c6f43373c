"""Claims sent in by a program, through the same act as those that a person types."""

from __future__ import annotations

from typing import Any

from flask import g
from flask_babel import lazy_gettext as _l
from marshmallow import validate

from review.actions import claims as act
from review.actions import tokens
from review.api.bearers import bearer, needs
from review.api.contract import blueprint
from review.api.errors import Problem
from review.api.fields import NEEDED, TOO_LONG, Shape, Words, text
from review.api.shapes import ErrorShape
from review.queries.claims import name_of
from review.rules.texts import LONGEST
from review.rules.tokens import CLAIMS_AN_HOUR, WRITE_CLAIMS
from review.rules.vocabulary import LANGUAGES
from review.rules.words import N_

TAG = "claims"
SAYS_SOMETHING = r"^[\s\S]*[^\s\x00-\x1f\x7f-\x9f]"  # a letter is left once rules/texts.py has cleaned it
SLOWER = N_("This token has sent in all that one may within an hour. Nothing was kept.")
NO_LANGUAGE = _l("Choose one of the languages of the form, by its code, or leave it out.")


def _words(longest: int, **about: Any) -> Words:
    limits = validate.Length(max=longest, error=TOO_LONG)
    return Words(validate=limits, allow_none=True, load_default=None, **about)


class ClaimAsked(Shape):
    """An allegation exactly as received."""

    text = Words(
        required=True,
        validate=[validate.Length(max=LONGEST, error=TOO_LONG), validate.Regexp(SAYS_SOMETHING, error=NEEDED)],
        metadata={"description": "Word for word."},
    )
    language = Words(
        allow_none=True, load_default=None, validate=validate.OneOf(tuple(LANGUAGES), error=NO_LANGUAGE),
        metadata={"description": "Its code."},
    )  # fmt: skip
    translation = _words(LONGEST)
    url = _words(act.LONGEST_URL, metadata={"description": "Where it was said."})
    reporter = _words(act.LONGEST_NAME, metadata={"description": "Who reported it; sealed, in no export."})


class ReceivedShape(Shape):
    """The name under which the claim waits to be placed."""

    name = text()


@blueprint.route("/claims", methods=["POST"], tags=[TAG])
@blueprint.doc(operationId="receive_claim")
@needs(WRITE_CLAIMS)
@blueprint.arguments(ClaimAsked, as_kwargs=True)
@blueprint.response(201, ReceivedShape)
@blueprint.alt_response(400, schema=ErrorShape)
@blueprint.alt_response(413, schema=ErrorShape)
@blueprint.alt_response(422, schema=ErrorShape)
@blueprint.alt_response(429, schema=ErrorShape)
@blueprint.alt_response(503, schema=ErrorShape)
def receive(**claim: Any) -> Any:
    """Send in a claim. It waits to be placed by a person; nothing is published by it."""
    sent = tokens.count_claim(bearer().key)
    g.limit = (CLAIMS_AN_HOUR, sent.left, sent.seconds)
    if not sent.admitted:
        raise Problem(429, "too_many", SLOWER, headers={"Retry-After": str(sent.seconds)})
    return {"name": name_of(act.receive_claim(bearer().actor, **claim))}
