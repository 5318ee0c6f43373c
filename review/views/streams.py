"""The streams of the desk: the list, one stream, its switch."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from review.actions import streams as act
from review.forms.streams import DefineForm, SwitchForm
from review.queries import backlog, streams
from review.rules.errors import Invalid
from review.views.desk import place
from review.views.refusals import tell
from review.views.visitor import actor

blueprint = Blueprint("streams", __name__, url_prefix="/desk/streams")


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Every stream."""
    return render_template("streams/index.html", page=streams.streams_page(actor()), form=DefineForm())


@blueprint.post("")
def define() -> ResponseReturnValue:
    """Define a stream."""
    form = DefineForm()
    if form.validate_on_submit():
        try:
            act.define_stream(
                actor(),
                slug=form.slug.data.strip(),
                name=form.name.data,
                mode=form.mode.data,
                reason=form.reason.data,
            )
        except Invalid as refusal:
            tell(form, refusal)
        else:
            flash(_("The stream was defined."))
            return redirect(url_for("streams.index"))
    return render_template("streams/index.html", page=streams.streams_page(actor()), form=form), 422


@blueprint.get("/<slug>")
def one(slug: str) -> ResponseReturnValue:
    """One stream and how it is worked."""
    page = streams.stream_page(actor(), slug)
    return render_template("streams/one.html", page=page, form=SwitchForm(mode=page.stream.mode))


@blueprint.post("/<slug>")
def switch(slug: str) -> ResponseReturnValue:
    """Work the stream in another way from now on."""
    form = SwitchForm()
    if form.validate_on_submit():
        try:
            act.switch_stream(actor(), slug, mode=form.mode.data, reason=form.reason.data)
        except Invalid as refusal:
            tell(form, refusal)
        else:
            flash(_("The stream was switched. What stands in it has not changed."))
            taken_up = form.mode.data == "active"
            return redirect(url_for("streams.catch_up", slug=slug) if taken_up else url_for("streams.index"))
    return render_template("streams/one.html", page=streams.stream_page(actor(), slug), form=form), 422


@blueprint.get("/<slug>/catch-up")
def catch_up(slug: str) -> ResponseReturnValue:
    """What was logged while the stream was not assessed, the gravest first."""
    after = place(request.args.get("after", ""))
    return render_template("streams/catch_up.html", page=backlog.catch_up_page(actor(), slug, after))
