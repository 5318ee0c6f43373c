"""Looking after oneself: what is shown, how much is asked, a break, a pass, the page of help, mails stopped."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import Markup

from review.actions import care as acts
from review.actions import sessions
from review.extensions import csrf
from review.forms.care import care_settings
from review.forms.typed import NOTHING, Typed
from review.queries import care as queries
from review.queries.sources import File, shown_part, shown_whole, source_page
from review.rules import care
from review.rules.errors import Forbidden
from review.rules.help_text import HELP
from review.rules.permissions import may
from review.rules.plain_text import blocks
from review.views import media
from review.views.accounts import care_page
from review.views.answers import SEE_OTHER, answer, done, typed_in
from review.views.doors import safe_path
from review.views.incidents import again
from review.views.language import LANGUAGES, chosen
from review.views.visitor import actor

blueprint = Blueprint("care", __name__)

MOST_AT_ONCE = 4 * 1024 * 1024
SOURCE = "/desk/incidents/<ref>/sources/<int:number>"
# The lists whose filters can be saved: where each stands, and the filters that it has.
PLACES = {
    "incidents": ("incidents.listing", ("q", "stage", "stream")),
    "claims": ("claims.index", ("q", "stage")),
    "waiting": ("desk.waiting", ("only", "stage", "stream")),
}


# --- one's own settings ---------------------------------------------------------------------------------------


@blueprint.post("/desk/account/care")
def settings() -> ResponseReturnValue:
    """Keep what one set for oneself."""

    def act(typed: Typed) -> str:
        acts.set_care(actor(), care_settings(typed))
        done(_("It is kept, and holds from now on. Nobody else sees it."))
        return url_for("accounts.index", _anchor="care")

    return answer(act, typed_in("care"), care_page)


@blueprint.post("/desk/break")
def went_on() -> ResponseReturnValue:
    """Count the time at the desk from now on."""
    sessions.sit_down_anew(current_user.token)
    return redirect(safe_path(request.form.get("back"), url_for("desk.desk")), SEE_OTHER)


@blueprint.route("/mail/stop/<token>", methods=["GET", "POST"])
@csrf.exempt
def stop_mail(token: str) -> ResponseReturnValue:
    """Stop the mails of whoever this link was sent to: one press, and no log-in. The link is its own proof."""
    acts.whose_mail(token)
    if request.method == "POST":
        acts.stop_mail(token)
    return render_template("account/stop_mail.html", stopped=request.method == "POST")


# --- pictures and recordings ----------------------------------------------------------------------------------


@blueprint.post(f"{SOURCE}/show")
def show_media(ref: str, number: int) -> ResponseReturnValue:
    """Ask for a picture or a recording, or put it away again; the answer is the source's own page."""
    source = source_page(actor(), ref, number).source
    if media.media_kind(source) is None:
        abort(404)
    media.ask(source, request.form.get("how", ""))
    return redirect(url_for("sources.source", ref=ref, number=number, _anchor=f"media-{number}"), SEE_OTHER)


@blueprint.get(f"{SOURCE}/media")
def media_file(ref: str, number: int) -> ResponseReturnValue:
    """The picture or recording itself, for whoever asked for it."""
    source = source_page(actor(), ref, number).source
    if source.file is None or media.media_kind(source) is None or media.showing(source) == care.WITHHELD:
        abort(404)
    return _in_parts(source.file)


def _in_parts(file: File) -> Response:
    """A file as a player asks for it, part by part, or whole, block by block: never all of it in memory."""
    asked = request.range.range_for_length(file.size) if request.range else None
    response = _part(file, *asked) if asked else Response(shown_whole(file), content_type=file.media)
    response.content_length = response.content_length or file.size
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Content-Disposition"] = "inline"
    return response


def _part(file: File, start: int, wanted: int) -> Response:
    end = min(wanted, start + MOST_AT_ONCE)
    response = Response(shown_part(file, start, end), 206, content_type=file.media)
    response.headers["Content-Range"] = f"bytes {start}-{end - 1}/{file.size}"
    return response


@blueprint.post(f"{SOURCE}/warning")
def warn(ref: str, number: int) -> ResponseReturnValue:
    """Say what a source shows, for those who have not looked."""
    acts.warn_of_source(actor(), ref, number, request.form.get("word") or None)
    done(_("It is kept for those who come after you. Nobody is told who said it."))
    return redirect(url_for("sources.source", ref=ref, number=number), SEE_OTHER)


# --- passing --------------------------------------------------------------------------------------------------


@blueprint.post("/desk/incidents/<ref>/pass")
def pass_on(ref: str) -> ResponseReturnValue:
    """Let an incident go by; nobody asks why."""

    def act(typed: Typed) -> str:
        acts.pass_on(actor(), ref, typed.number("round") or 0)
        done(_("Passed. Nobody asks why, and nothing counts against you. The seat is free for the next."))
        return url_for("desk.desk")

    return answer(act, typed_in("pass"), again(ref))


# --- saved views ----------------------------------------------------------------------------------------------


@blueprint.app_template_global()
def saved_views(place: str) -> tuple[queries.View, ...]:
    """The views of a list that the person at the screen saved."""
    return queries.views(actor(), place)


@blueprint.post("/desk/views")
def save_view() -> ResponseReturnValue:
    """Keep the filters of a list under a name."""
    place = request.form.get("place", "")
    if place not in PLACES:
        abort(404)
    endpoint, names = PLACES[place]
    filters = {name: value for name in names if (value := request.form.get(f"f-{name}"))}
    onward = f"{url_for(endpoint)}?{urlencode(filters)}".rstrip("?")

    def act(typed: Typed) -> str:
        acts.save_view(actor(), place, typed.value("name"), urlencode(filters))
        done(_("The view is kept. Only you see it."))
        return onward

    def refused(typed: Typed, _code: int) -> ResponseReturnValue:
        done(Markup(" ").join(typed.problems.values()))
        return redirect(onward, SEE_OTHER)

    return answer(act, typed_in("view"), refused)


@blueprint.post("/desk/views/<int:view>/forget")
def forget_view(view: int) -> ResponseReturnValue:
    """Forget a view of one's own."""
    acts.forget_view(actor(), view)
    done(_("The view is forgotten. The list is as it was."))
    return redirect(safe_path(request.form.get("back"), url_for("incidents.listing")), SEE_OTHER)


# --- the page of help -----------------------------------------------------------------------------------------


@blueprint.get("/help")
def help_page() -> ResponseReturnValue:
    """Where to turn, and what this work does; each desk writes its own."""
    written = queries.help_page().get(chosen())
    return render_template("help/help.html", blocks=blocks(written.text if written else _own_text(chosen())))


@blueprint.get("/desk/help")
def edit_help() -> ResponseReturnValue:
    """The page of help in all languages, side by side, for an admin to write."""
    return _edit(NOTHING, 200)


@blueprint.post("/desk/help")
def write_help() -> ResponseReturnValue:
    """Keep the page of help as it was written."""

    def act(typed: Typed) -> str:
        acts.write_help(actor(), {code: typed.value(code) for code in LANGUAGES})
        done(_("The page of help is kept. Everybody can read it."))
        return url_for("care.help_page")

    return answer(act, typed_in("help"), _edit)


def _edit(typed: Typed, code: int) -> ResponseReturnValue:
    if not may(actor().role, "write_help"):
        raise Forbidden("write_help")
    written = queries.help_page()
    texts = [
        (key, name, written[key].text if key in written else _own_text(key), written.get(key))
        for key, name in LANGUAGES.items()
    ]
    return render_template("help/edit.html", texts=texts, typed=typed), code


def _own_text(language: str) -> str:
    with force_locale(language):
        return queries.own_text([_(line) for line in HELP])
