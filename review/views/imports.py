"""Imports from the browser: upload a file, say what its columns are, look at the first rows, let the worker take it."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from review.actions import import_runs as act
from review.actions.tables import Unreadable
from review.forms.imports import field_of, mapping_of
from review.queries import imports
from review.queries.imports import Run
from review.rules import import_notes
from review.rules.columns import KINDS
from review.rules.errors import Invalid, NotFound
from review.rules.words import N_
from review.views.answers import SEE_OTHER, in_words
from review.views.plain import whole
from review.views.visitor import actor
from review.views.words import said

blueprint = Blueprint("imports", __name__, url_prefix="/desk/import")

NO_FILE = N_("Not answered yet. Choose a CSV file, plain or packed with gzip.")
LOOK_AGAIN = 3  # seconds


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Upload a file, or go on with an earlier one."""
    return _index(None)


def _index(problem: str | None, code: int = 200) -> ResponseReturnValue:
    page, kept = imports.imports_page(actor()), import_notes.REPORTS_KEPT.days
    return render_template("imports/index.html", page=page, problem=problem, reports_kept=kept), code


@blueprint.post("")
def upload() -> ResponseReturnValue:
    """Keep a file until it is done; one that is no table gets one sentence, and nothing of it is kept."""
    imports.imports_page(actor())
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return _index(_(NO_FILE), 422)
    try:
        name = act.receive(actor(), sent.stream, filename=sent.filename)
    except Unreadable as refusal:
        return _index(said(refusal.sentence, refusal.values), 422)
    finally:
        sent.close()
    return redirect(url_for("imports.one", name=name), SEE_OTHER)


@blueprint.get("/<name>")
def one(name: str) -> ResponseReturnValue:
    """One file: its columns and first rows, how far the worker is, or what became of it."""
    run = imports.run_page(actor(), name)
    if run.stage == "draft":
        return _draft(run, {})
    page = make_response(render_template("imports/run.html", page=run, outcomes=import_notes.OUTCOMES))
    if run.stage == "waiting":
        page.headers["Refresh"] = str(LOOK_AGAIN)
    return page


def _draft(run: Run, problems: dict[str, str], code: int = 200) -> ResponseReturnValue:
    rows = act.preview(actor(), run.name)
    page = render_template(
        "imports/draft.html", page=run, rows=rows, kinds=KINDS, problems=problems, field_of=field_of, told=_told(run)
    )
    return page, code


@blueprint.post("/<name>/columns")
def describe(name: str) -> ResponseReturnValue:
    """Say what the columns are, and look at the first rows again."""
    run = _open(name)
    problems = _described(run)
    if problems:
        return _draft(run, problems, 422)
    return redirect(url_for("imports.one", name=name, _anchor="rows"), SEE_OTHER)


@blueprint.post("/<name>/start")
def start(name: str) -> ResponseReturnValue:
    """Say what the columns are, and let the worker take the file in."""
    problems = _described(_open(name))
    if not problems:
        try:
            act.start(actor(), name)
        except Invalid as refusal:
            problems = in_words(refusal)
    if problems:
        return _draft(imports.run_page(actor(), name), problems, 422)
    return redirect(url_for("imports.one", name=name), SEE_OTHER)


@blueprint.post("/<name>/discard")
def discard(name: str) -> ResponseReturnValue:
    """Throw the file away; nothing of it was imported."""
    _open(name)
    act.discard(actor(), name)
    flash(_("The file was thrown away. Nothing of it was imported."))
    return redirect(url_for("imports.index"), SEE_OTHER)


@blueprint.get("/<name>/rows")
def lines(name: str) -> ResponseReturnValue:
    """The rows of an import that met one end."""
    outcome, after = request.args.get("outcome", "imported"), request.args.get("after", type=whole)
    page = imports.lines_page(actor(), name, outcome, after=after)
    return render_template("imports/rows.html", page=page, outcomes=import_notes.OUTCOMES, told=_told(page.run))


def _open(name: str) -> Run:
    run = imports.run_page(actor(), name)
    if run.stage != "draft":
        raise NotFound("import")
    return run


def _described(run: Run) -> dict[str, str]:
    kind = KINDS.get(request.form.get("kind", ""), run.columns)
    mapping = mapping_of(run.columns, run.header, request.form)
    theatre = request.form.get("theatre", run.theatre)
    try:
        act.describe(actor(), run.name, kind=kind.name, mapping=mapping, theatre=theatre)
    except Invalid as refusal:
        return in_words(refusal)
    return {}


def _told(run: Run) -> object:
    """Puts a note of this file's rows into words."""

    def told(note: str) -> str:
        words, where = _(import_notes.sentence(run.kind, note)), import_notes.place(note)
        return f"{words} ({where})" if where else words

    return told
