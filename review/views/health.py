"""`/healthz`: whether the database, its migrations, the worker and the disk are well; no counts."""

from __future__ import annotations

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from review.queries import health

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> ResponseReturnValue:
    """200 while all is well, else 503 with the part that is not."""
    checks = health.checks()
    return jsonify(checks), 200 if all(word == "ok" for word in checks.values()) else 503
