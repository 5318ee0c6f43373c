"""`/healthz`: whether the database, its migrations, the worker and the disk are well; and the admin's banner."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from review.queries import health
from review.rules.words import N_

blueprint = Blueprint("health", __name__)

ALARMS = {
    "worker": N_("The worker is silent: no round closes and nothing is published. Start it with flask work."),
    "disk": N_("The disk is nearly full: soon nothing can be written. Make room, or move the desk to a larger one."),
}


@blueprint.get("/healthz")
def healthz() -> ResponseReturnValue:
    """200 while all is well, else 503 with the part that is not."""
    checks = health.checks()
    return jsonify(checks), 200 if all(word in health.WELL for word in checks.values()) else 503


@blueprint.app_context_processor
def offer_alarms() -> dict[str, Any]:
    """Let the frame of every page tell an admin what cannot wait."""
    return {"alarms": alarms}


def alarms() -> list[str]:
    """What an admin must hear of on every page; nobody else is told."""
    if not current_user.is_authenticated or current_user.role != "admin":
        return []
    words = {"worker": health.worker(), "disk": health.disk()}
    return [_(ALARMS[part]) for part, word in words.items() if word != "ok"]
