"""The sources of an incident: attached, kept, assessed, grouped by the account they repeat, withdrawn."""

from __future__ import annotations

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from review.actions import sources
from review.actions.uploads import Upload
from review.forms.sources import code_6x6, source_draft
from review.forms.typed import NOT_CHOSEN, NOTHING, Typed
from review.queries.sources import kept_file, source_page, sources_page
from review.rules.errors import Invalid
from review.views.answers import Page, answer, done, show, typed_in
from review.views.incidents import address
from review.views.visitor import actor

blueprint = Blueprint("sources", __name__)


@blueprint.get("/desk/incidents/<ref>/sources/new")
def attaching(ref: str) -> ResponseReturnValue:
    """The form by which a source is attached."""
    return _attaching(ref)(NOTHING, 200)


def _attaching(ref: str) -> Page:
    return lambda typed, code: show("incidents/attach.html", sources_page(actor(), ref, "attach_source"), typed, code)


@blueprint.post("/desk/incidents/<ref>/sources")
def attach(ref: str) -> ResponseReturnValue:
    """Attach an address, a text or a file."""

    def act(typed: Typed) -> str:
        number = sources.attach_source(actor(), ref, draft=source_draft(typed), content=_upload())
        done(_("Source S%(number)s is attached.", number=number))
        return address(ref, f"s{number}")

    return answer(act, typed_in("attach"), _attaching(ref))


def _upload() -> Upload | None:
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return None
    return Upload(sent.read(), sent.filename)


@blueprint.get("/desk/incidents/<ref>/sources/group")
def grouping(ref: str) -> ResponseReturnValue:
    """The form that says that sources repeat one account; on the incident's page a script asks the same of one."""
    return _grouping(ref)(NOTHING, 200)


def _grouping(ref: str) -> Page:
    return lambda typed, code: show("incidents/group.html", sources_page(actor(), ref, "group_sources"), typed, code)


@blueprint.post("/desk/incidents/<ref>/sources/group")
def group(ref: str) -> ResponseReturnValue:
    """Say that sources repeat one account."""

    def act(typed: Typed) -> str:
        origin = typed.number("origin")
        if origin is None:
            raise Invalid({"origin": NOT_CHOSEN})
        sources.group_sources(
            actor(), ref, origin=origin, sources=typed.numbers("sources"), reason=typed.value("reason")
        )
        done(_("The sources are grouped. They count once."))
        return address(ref, f"o{origin}")

    return answer(act, typed_in("group"), _grouping(ref))


@blueprint.get("/desk/incidents/<ref>/sources/<int:number>")
def source(ref: str, number: int) -> ResponseReturnValue:
    """One source, with what is made of it."""
    return show("incidents/source.html", source_page(actor(), ref, number))


def _again(ref: str, number: int) -> Page:
    return lambda typed, code: show("incidents/source.html", source_page(actor(), ref, number), typed, code)


@blueprint.post("/desk/incidents/<ref>/sources/<int:number>/assess")
def assess(ref: str, number: int) -> ResponseReturnValue:
    """Say what is made of a source."""

    def act(typed: Typed) -> str:
        sources.assess_source(
            actor(), ref, number,
            role=typed.text("role"), publishable=typed.chosen("publishable", "y"), credibility=code_6x6(typed),
            coherence=typed.text("coherence"), note=typed.text("note"),
            credibility_note=typed.text("credibility_note"), affiliated=typed.text("affiliated"),
        )  # fmt: skip
        done(_("Source S%(number)s is assessed.", number=number))
        return address(ref, f"s{number}")

    return answer(act, typed_in("assess"), _again(ref, number))


@blueprint.post("/desk/incidents/<ref>/sources/<int:number>/capture")
def capture(ref: str, number: int) -> ResponseReturnValue:
    """Keep our own copy of a source."""

    def act(_typed: Typed) -> str:
        upload = _upload()
        if upload is None:
            raise Invalid({"file": NOT_CHOSEN})
        sources.capture_source(actor(), ref, number, upload=upload)
        done(_("A copy of source S%(number)s is kept.", number=number))
        return url_for("sources.source", ref=ref, number=number)

    return answer(act, typed_in("capture"), _again(ref, number))


@blueprint.post("/desk/incidents/<ref>/sources/<int:number>/archive")
def archive(ref: str, number: int) -> ResponseReturnValue:
    """Say where an archive keeps a source, and what was found there."""

    def act(typed: Typed) -> str:
        sources.archive_source(
            actor(), ref, number, archive=typed.value("archive"), checked=typed.text("checked")
        )
        done(_("It is recorded where source S%(number)s is archived.", number=number))
        return url_for("sources.source", ref=ref, number=number)

    return answer(act, typed_in("archive"), _again(ref, number))


@blueprint.post("/desk/incidents/<ref>/sources/<int:number>/withdraw")
def withdraw(ref: str, number: int) -> ResponseReturnValue:
    """Take a source out, with a reason."""

    def act(typed: Typed) -> str:
        sources.withdraw_source(actor(), ref, number, reason=typed.value("reason"))
        done(_("Source S%(number)s is withdrawn. What was voted on it stands as it was cast.", number=number))
        return address(ref)

    return answer(act, typed_in("withdraw"), _again(ref, number))


@blueprint.get("/desk/incidents/<ref>/sources/<int:number>/file")
def file(ref: str, number: int) -> ResponseReturnValue:
    """The kept copy, as a download and never as a page."""
    kept = kept_file(actor(), ref, number)
    response = Response(kept.blocks, content_type="application/octet-stream")
    response.headers["Content-Disposition"] = f'attachment; filename="{kept.name}"'
    response.headers["Content-Length"] = str(kept.size)
    return response
