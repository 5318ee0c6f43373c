"""`/healthz`: whether the database, its migrations, the worker and the disk are well; and the admin's banner."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from review.queries import checks, health
from review.rules import clocks
from review.rules.words import N_

blueprint = Blueprint("health", __name__)

ALARMS = {
    "worker": N_("The worker is silent: no round closes and nothing is published. Start it with flask work."),
    "disk": N_("The disk is nearly full: soon nothing can be written. Make room, or move the desk to a larger one."),
}
DIFFERS = N_(
    "The database is not what its trail says. The page Checks names what differs; write nothing until you know why."
)
DIFFERS_FOR_LEADS = N_(
    "The database is not what its trail says. An admin has to look at it: approve nothing until then."
)
READING_ONLY = N_("The desk is reading only: nothing that you type now can be sent, until an admin has mended the log.")


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
    """What an admin must hear of on every page; others hear of one thing: that what they type cannot be sent."""
    if not current_user.is_authenticated:
        return []
    if current_user.role != "admin":
        differs = current_user.role == "lead" and checks.trail() == "differs"
        return ([_(READING_ONLY)] if health.is_reading_only() else []) + ([_(DIFFERS_FOR_LEADS)] if differs else [])
    words = {"worker": health.worker(), "disk": health.disk()}
    told = [_(ALARMS[part]) for part, word in words.items() if word != "ok"]
    rolled_back, stepped = health.rollback(), health.clock()
    stopped = [_(clocks.STOPPED) % stepped.values] if stepped else []
    differs = [_(DIFFERS)] if checks.trail() == "differs" else []
    return [*([_(rolled_back.words) % rolled_back.values] if rolled_back else []), *differs, *stopped, *told]
