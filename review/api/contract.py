"""The OpenAPI document and the one blueprint that every route hangs on."""

from __future__ import annotations

from functools import cache
from typing import Any

from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Flask, jsonify
from flask.typing import ResponseReturnValue
from flask_smorest import Api, Blueprint
from webargs.flaskparser import FlaskParser

from review.api.fields import Pairs
from review.api.places import PREFIX
from review.api.shapes import ErrorShape
from review.extensions import csrf
from review.rules.tokens import SCOPES

VERSION = "1.0.0"
ABOUT = """The public record as a program reads it, and what a person's token opens beside it.

Answers hold what was published and nothing else: embargoed versions, restricted, dismissed and unpublished incidents
appear in no list, count or file. A range gives the fewest and the most; null is "nobody knows" and never zero. Lists
are paged by `cursor`: pass the `next` of one page to get the following one, until it is null. Every answer that is
public carries an ETag; send it back as If-None-Match and get 304 where nothing changed. An answer that says how often
may be asked carries RateLimit-Limit, RateLimit-Remaining and RateLimit-Reset; past the limit it is 429 with
Retry-After. Every error is one object `error` with `code`, `message` (in the language of Accept-Language) and
`details`. No cookie is read; public answers may be read from any origin."""


class Asking(FlaskParser):
    """Takes what a shape names and refuses the rest: a filter that is misspelt would else count everything."""

    DEFAULT_UNKNOWN_BY_LOCATION: dict[str, str | None] = {}

    def load_json(self, req: Any, schema: Any) -> Any:
        """What is nested too deeply, or holds a number of thousands of figures, cannot be read either."""
        try:
            return super().load_json(req, schema)
        except (RecursionError, ValueError) as error:
            return self._handle_invalid_json_error(error, req)  # type: ignore[arg-type]


class Documented(Blueprint):
    """A blueprint that describes its routes."""

    ARGUMENTS_PARSER = Asking()


blueprint = Documented("api", __name__, url_prefix=PREFIX)


class Contract(Api):
    """flask-smorest's document without its own errors: those of this room have one shape of their own."""

    ERROR_SCHEMA = ErrorShape
    DEFAULT_ERROR_RESPONSE_NAME = None  # each route names every answer it gives

    def _register_error_handlers(self) -> None:
        return


@blueprint.route("/openapi.json", methods=["GET"], tags=["contract"])
@blueprint.doc(operationId="document")
@blueprint.response(200, {"type": "object"})
@blueprint.alt_response(304, description="What you have is what is here.")
@blueprint.alt_response(429, schema=ErrorShape)
def document() -> ResponseReturnValue:
    """This document."""
    return jsonify(described())


@cache
def described() -> dict[str, Any]:
    """The document of every route: the same for every application, so it is made once, when first asked for."""
    app = Flask(__name__)
    contract = Contract(
        app,
        spec_kwargs={
            "title": "Assay",
            "version": VERSION,
            "openapi_version": "3.1.0",
            "info": {"description": ABOUT},
            "marshmallow_plugin": MarshmallowPlugin(schema_name_resolver=_name),
        },
    )
    contract.ma_plugin.converter.add_attribute_function(_pairs)
    contract.spec.components.security_scheme(
        "token",
        {
            "type": "http",
            "scheme": "bearer",
            "description": "A token that a person made under /desk/account/tokens. Scopes: "
            + "; ".join(f"`{scope}`: {sentence}" for scope, sentence in SCOPES.items())
            + ".",
        },
    )
    contract.register_blueprint(blueprint)
    return dict(contract.spec.to_dict())


def register(app: Flask) -> None:
    """Serve every route."""
    app.register_blueprint(blueprint)
    csrf.exempt(blueprint)


def _name(schema: Any) -> str:
    """A shape is called in the document as in the code, but for its last word."""
    kind = schema if isinstance(schema, type) else type(schema)
    return str(kind.__name__).removesuffix("Shape")


def _pairs(converter: Any, field: Any, **_about: Any) -> dict[str, Any]:
    if not isinstance(field, Pairs):
        return {}
    return {"type": "object", "additionalProperties": converter.field2property(field.inner)}
