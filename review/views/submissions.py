"""Looking through what the public sent in: taken in, turned away, and the way back. Words before files."""

from __future__ import annotations

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from review.actions import sources
from review.actions import submissions as act
from review.actions.uploads import TABLE, Upload
from review.forms.sources import source_draft
from review.forms.submissions import languages
from review.forms.typed import Typed
from review.queries import submissions
from review.queries.sources import ENDINGS
from review.rules import merging
from review.rules.errors import Invalid, NotFound
from review.rules.submissions import REFUSED_KEPT
from review.views.answers import Page, answer, done, show, typed_in
from review.views.incidents import address
from review.views.visitor import actor

blueprint = Blueprint("submissions", __name__, url_prefix="/desk/submissions")
blueprint.app_template_global("language_choices")(languages)


@blueprint.get("")
def index() -> ResponseReturnValue:
    """What waits, oldest first."""
    return show("submissions/index.html", _queue())


def _queue() -> submissions.QueuePage:
    wanted = request.args
    return submissions.queue_page(actor(), state=wanted.get("state", "waiting"), after=wanted.get("after"))


@blueprint.post("/kept")
def keep() -> ResponseReturnValue:
    """Say for how long what nobody looks through may wait."""

    def change(typed: Typed) -> str:
        act.keep_submissions(actor(), days=typed.number("days"))
        done(_("It holds from now on. The public page says it."))
        return url_for("submissions.index")

    return answer(change, typed_in("kept"), lambda typed, code: show("submissions/index.html", _queue(), typed, code))


@blueprint.get("/<name>")
def one(name: str) -> ResponseReturnValue:
    """One of them, whole."""
    return show("submissions/one.html", submissions.submission_page(actor(), name))


def _again(name: str) -> Page:
    return lambda typed, code: show("submissions/one.html", submissions.submission_page(actor(), name), typed, code)


@blueprint.post("/<name>/accept")
def accept(name: str) -> ResponseReturnValue:
    """Take it in: an allegation as a claim, a request for a correction into its incident."""
    page = submissions.submission_page(actor(), name)

    def take(typed: Typed) -> str:
        if page.kind == "correction":
            act.accept_correction(actor(), name)
            done(_("The request was taken in. A lead editor gives it its outcome."))
            return url_for("submissions.one", name=name)
        claim = act.accept_submission(
            actor(), name, language=typed.text("language"), translation=typed.text("translation")
        )
        done(_("It was taken in as a claim. It waits to be placed."))
        return url_for("claims.one", name=claim)

    return answer(take, typed_in("accept"), _again(name))


@blueprint.post("/<name>/refuse")
def refuse(name: str) -> ResponseReturnValue:
    """Turn it away, with a reason for the desk."""

    def turn_away(typed: Typed) -> str:
        act.refuse_submission(actor(), name, reason=typed.text("reason"))
        done(_("It was turned away. For %(days)s days it can wait again, then it is erased.", days=REFUSED_KEPT.days))
        return url_for("submissions.one", name=name)

    return answer(turn_away, typed_in("refuse"), _again(name))


@blueprint.post("/<name>/reconsider")
def reconsider(name: str) -> ResponseReturnValue:
    """Let what was turned away wait again."""

    def wait(_typed: Typed) -> str:
        act.reconsider_submission(actor(), name)
        done(_("It waits again."))
        return url_for("submissions.one", name=name)

    return answer(wait, typed_in("reconsider"), _again(name))


@blueprint.get("/<name>/files/<int:number>")
def file(name: str, number: int) -> ResponseReturnValue:
    """A file that came with it, as a download and never as a page."""
    kept, content = submissions.file_of(actor(), name, number)
    response = Response(content, content_type="application/octet-stream")
    saved_as = f"{name}-{number}{ENDINGS.get(kept.media, '.bin')}"
    response.headers["Content-Disposition"] = f'attachment; filename="{saved_as}"'
    return response


@blueprint.post("/<name>/files/<int:number>/attach")
def attach(name: str, number: int) -> ResponseReturnValue:
    """Attach a file to an incident, as a source whose copy is our own."""
    kept, content = submissions.file_taken_in(actor(), name, number)

    def put(typed: Typed) -> str:
        ref = typed.value("incident").strip()
        upload = Upload(content, "table.csv" if kept.media == TABLE else None)
        try:
            source = sources.attach_source(actor(), ref, draft=source_draft(typed), content=upload)
        except NotFound:
            raise Invalid({"incident": merging.UNKNOWN}) from None
        done(_("Source S%(number)s is attached.", number=source))
        return address(ref, f"s{source}")

    return answer(put, typed_in(f"file-{number}"), _again(name))
