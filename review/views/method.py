"""What the desk itself says of its method, for an admin to write beside what the code says."""

from __future__ import annotations

from flask import Blueprint, Flask, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from review.actions import method as acts
from review.forms.typed import NOTHING, Typed
from review.queries import method as queries
from review.queries.method import Written
from review.rules import agreement, method
from review.rules.plain_text import Block, blocks
from review.views.answers import answer, done, typed_in
from review.views.language import LANGUAGES, chosen
from review.views.visitor import actor

blueprint = Blueprint("method", __name__)


def register(app: Flask) -> None:
    """Offer the words of the method to its templates."""
    app.jinja_env.globals.update(method_words=method, agreement_words=agreement, own_words=own_words)


def own_words(page: queries.MethodPage, section: str) -> tuple[str, Written, tuple[Block, ...]] | None:
    """What the desk wrote in this section: in the reader's language, else in another; None where it wrote nothing."""
    there = page.written.get(section, {})
    language = next((code for code in (chosen(), *LANGUAGES) if code in there), None)
    return (language, there[language], blocks(there[language].text)) if language else None


@blueprint.get("/desk/method")
def edit() -> ResponseReturnValue:
    """Every section in all languages, side by side."""
    return _edit(NOTHING, 200)


@blueprint.post("/desk/method")
def write() -> ResponseReturnValue:
    """Keep the sections as they were written."""

    def act(typed: Typed) -> str:
        keys = [(one.key, code) for one in method.OWN for code in LANGUAGES]
        acts.write_method(actor(), {key: typed.value("-".join(key)) for key in keys})
        done(_("The method is kept as you wrote it. Everybody can read it."))
        return url_for("public.how")

    return answer(act, typed_in("method"), _edit)


def _edit(typed: Typed, code: int) -> ResponseReturnValue:
    written = queries.writing_page(actor())
    return render_template("method/edit.html", written=written, languages=LANGUAGES, typed=typed), code
