"""The language of a page: the person's setting, else the cookie, else the browser's wish, else English."""

from __future__ import annotations

from flask import Blueprint, Flask, abort, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_login import current_user

from review.actions import accounts
from review.api.places import is_ours
from review.views import catalogue
from review.views.doors import safe_path

LANGUAGES = {"en": "English", "ar": "العربية"}
COOKIE = "language"
YEAR = 31_536_000

blueprint = Blueprint("language", __name__)


def register(app: Flask) -> None:
    """Give the templates the language, its direction and the other languages offered."""
    catalogue.install(app)
    app.context_processor(_words_of_the_page)
    if app.config["PSEUDO"]:
        from review.views import pseudo

        pseudo.install(app)


def chosen() -> str:
    """The language of this request."""
    if current_app.config["PSEUDO"]:
        return "ar"
    wished = None if is_ours(request.path) else getattr(current_user, "language", None) or request.cookies.get(COOKIE)
    if wished in LANGUAGES:
        return str(wished)
    spoken = (tag.replace("_", "-").split("-")[0] for tag in request.accept_languages.values())
    return next((code for code in spoken if code in LANGUAGES), "en")


def zone() -> str | None:
    """The time zone of this request: the person's setting, else UTC."""
    return getattr(current_user, "timezone", None)


@blueprint.get("/language/<code>")
def choose(code: str) -> ResponseReturnValue:
    """Remember the language, in a cookie and as the setting of whoever is signed in, and go back to the same page."""
    if code not in LANGUAGES:
        abort(404)
    if current_user.is_authenticated and current_user.language != code:
        accounts.read_the_desk(current_user.id, language=code, timezone=current_user.timezone)
    response = redirect(safe_path(request.args.get("next"), "/"))
    response.set_cookie(
        COOKIE,
        code,
        max_age=YEAR,
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )
    return response


def _words_of_the_page() -> dict[str, object]:
    locale = get_locale()
    code = str(locale).split("_")[0] if locale else "en"
    others = [
        {"code": other, "name": name, "href": url_for("language.choose", code=other, next=_here())}
        for other, name in LANGUAGES.items()
        if other != code
    ]
    return {
        "language": code,
        "text_direction": locale.text_direction if locale else "ltr",
        "other_languages": others,
    }


def _here() -> str:
    return request.full_path.rstrip("?") if request.method == "GET" else request.path
