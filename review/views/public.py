"""The pages that everybody may read."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from review import config
from review.actions import public_bundles
from review.queries import bundles, determinations, mapped, method, places, public
from review.queries.bundles import Kept
from review.queries.determinations import DeterminationPage
from review.views import unchanged
from review.views.files import sent
from review.views.json_ld import as_script, claim_review
from review.views.visitor import base_address

blueprint = Blueprint("public", __name__)


@blueprint.get("/")
def front() -> ResponseReturnValue:
    """What this is, and what was published last."""
    return render_template("public/front.html", page=public.front_page())


@blueprint.get("/incidents")
def incidents() -> ResponseReturnValue:
    """Published incidents, by filters, as a list or on a map."""
    wanted = request.args
    filters = wanted.get("q", "").strip()[:200], wanted.get("grade", ""), wanted.get("stream", "")
    page = public.list_page(*filters, before=places.row_of(wanted.get("before")))
    if wanted.get("view") == "map":
        return render_template("public/incidents.html", page=page, map=mapped.mapped_public(*filters))
    return render_template("public/incidents.html", page=page)


@blueprint.get("/incidents/<ref>")
def incident(ref: str) -> ResponseReturnValue:
    """The version of an incident's grade that stands; what was merged into another leads there."""
    tag = unchanged.begin(ref, None)
    onward = determinations.successor(ref)
    if onward is not None:
        return redirect(url_for("public.incident", ref=onward))
    return _cited(determinations.determination_page(ref), tag)


@blueprint.get("/incidents/<ref>/<int:version>")
def version(ref: str, version: int) -> ResponseReturnValue:
    """One version, as it is cited."""
    tag = unchanged.begin(ref, version)
    return _cited(determinations.determination_page(ref, version), tag)


def _cited(page: DeterminationPage, tag: str | None) -> ResponseReturnValue:
    base, log = base_address(), config.origin()
    linked = as_script(claim_review(page, base, log))
    said = render_template("public/incident.html", page=page, cited_base=base, linked_data=linked)
    return unchanged.marked(make_response(said), tag)


@blueprint.get("/method")
def how() -> ResponseReturnValue:
    """The grade schemes and the policy."""
    return render_template("public/method.html", page=method.method_page())


@blueprint.get("/audit")
def audit() -> ResponseReturnValue:
    """The last checkpoint and how to check a bundle."""
    return render_template("public/audit.html", page=method.audit_page())


@blueprint.get("/audit/verify.py")
def verifier() -> ResponseReturnValue:
    """The program that checks a bundle. Its digest stands on the page; a copy from elsewhere proves more."""
    return send_file(method.VERIFIER, mimetype="text/plain", as_attachment=True, download_name=method.VERIFIER.name)


AGAIN = 10  # seconds until it is worth asking again


@blueprint.get("/audit/bundle.zip")
def bundle() -> ResponseReturnValue:
    """The public bundle of the whole log, under the last daily checkpoint."""
    return _sent(bundles.public_file())


@blueprint.get("/incidents/<ref>/bundle.zip")
def bundle_of(ref: str) -> ResponseReturnValue:
    """The same of one published incident, made when somebody first asks for it."""
    kept = bundles.public_file_of(ref)
    if kept is None:
        public_bundles.ask_for_incident(ref)
    return _sent(kept)


def _sent(kept: Kept | None) -> ResponseReturnValue:
    if kept is not None:
        return sent(kept)
    return render_template("public/bundle_later.html"), 503, {"Retry-After": str(AGAIN)}
