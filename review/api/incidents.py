"""Published incidents: the list with the filters of its page, one of them whole, and its sources as published."""

from __future__ import annotations

from typing import Any

from flask import redirect, url_for
from flask_babel import lazy_gettext as _l
from marshmallow import fields, validate

from review.api.asking import reads
from review.api.contract import blueprint
from review.api.fields import (
    Paged,
    Shape,
    Words,
    grade_asked,
    many,
    numbers,
    one,
    one_or_none,
    text,
    text_or_none,
    texts,
    whole,
    whole_or_none,
    words_asked,
    yes_no,
)
from review.api.shapes import AttachedShape, CasualtiesShape, CountShape, StandingShape, facts
from review.queries import determinations, places, public
from review.queries.determinations import DeterminationPage
from review.queries.rechecks import Check
from review.rules.errors import NotFound

TAG = "incidents"
NONE = "Nothing of this name was published."
AS_PUBLISHED = "No such version was published."
NO_PLACE = "The list has no such place any more: begin anew."
PASS_NEXT = _l("Pass the next of the page before, unchanged.")


class ListedShape(Shape):
    """One published incident in a list, by the version that stands."""

    ref = text()
    place = text()
    summary = text_or_none()
    date = text_or_none()
    date_end = text_or_none(metadata={"description": "The last of a range of days."})
    grade = text()
    casualties = one(CasualtiesShape)
    legacy = yes_no(metadata={"description": "Imported, not reviewed here."})
    version = whole()
    recheck = yes_no()
    stream = text()


class IncidentsShape(Shape):
    """Published incidents, the latest entered first."""

    data = many(ListedShape, attribute="rows")
    found = one(CountShape, metadata={"description": "How many answer the filters, on all pages."})
    next = text_or_none(attribute="after")


class IncidentsAsked(Paged):
    q = words_asked(load_default=str, metadata={"description": "Words of places, parties, summaries; a code."})
    grade = grade_asked(load_default=str)
    stream = words_asked(60, load_default=str, metadata={"description": "The slug of a stream."})
    cursor = Words(  # type: ignore[assignment]
        validate=validate.Regexp(f"^{places.WORDS}$", error=PASS_NEXT), load_default=lambda: None,
        metadata={"description": "The `next` of the page before."},
    )  # fmt: skip


class VersionShape(Shape):
    number = whole(metadata={"description": "0 is a grade that was imported and not reviewed here."})
    day = text()
    grade = text()
    casualties = one(CasualtiesShape)
    legacy = yes_no()
    seq = whole(metadata={"description": "Its entry; /api/v1/audit/proofs/{seq} proves it."})


class CastShape(Shape):
    """One vote of the deciding round. Reviewers have letters and no names; their rationales are not public."""

    letter = text()
    grade = text()
    casualties = one(CasualtiesShape)
    odd = yes_no(metadata={"description": "It differs from the result of the votes."})
    dissent = text_or_none()


class ReplyShape(Shape):
    letter = text_or_none()
    text = text()


class SettledShape(Shape):
    """How a disagreement ended."""

    by = text()
    grade = text()
    rationale = text_or_none()
    replies = many(ReplyShape)


class OverridingShape(Shape):
    """Another grade than the settled one was approved, by two lead editors."""

    settled = text()
    casualties = one(CasualtiesShape)
    reason = text_or_none()
    agreed = text_or_none()


class CheckShape(Shape):
    version = whole()
    day = text()
    cause = fields.Function(lambda check: _cause(check), required=True, metadata={"type": "string"})
    reason = text_or_none()
    outcome = text_or_none()
    ended = text_or_none()
    why = text_or_none()


class RemovedShape(Shape):
    """What was removed for good: of it only this is known."""

    labels = texts()
    ground = text()
    day = text()


class SourceShape(AttachedShape):
    """One source that somebody marked publishable."""

    title = text_or_none()
    kept = yes_no(metadata={"description": "The desk keeps a copy."})


class OriginShape(Shape):
    """One root account and the sources that repeat it. Corroboration counts origins, never links."""

    name = text_or_none()
    counted = yes_no()
    sources = many(SourceShape)


class ChangeShape(Shape):
    """One field that changed; `of` says which of several: a category, a party, the number of a place."""

    field = text()
    of = text_or_none()
    language = text_or_none()


class StepShape(Shape):
    """One version: why there is it, and what it changed of the one before it."""

    number = whole()
    day = text()
    kind = text()
    reason = text_or_none()
    grade = text()
    casualties = one(CasualtiesShape)
    before = whole_or_none()
    grade_before = text_or_none()
    casualties_before = one_or_none(CasualtiesShape)
    changes = many(ChangeShape)


class CorrectionShape(Shape):
    """A published correction; `text` is null where its words were removed."""

    version = whole()
    day = text()
    text = text_or_none()


class CitationShape(Shape):
    """How this version is cited, and what became of the incident before and after it."""

    id = text(metadata={"description": "Its number: the name of the incident, a slash, the version. It never changes."})
    path = text()
    newest = whole()
    since = text()
    newest_path = text()
    steps = many(StepShape)
    corrections = many(CorrectionShape)


class DeterminationShape(Shape):
    """One version of a published incident, whole."""

    ref = text()
    name = text(metadata={"description": "Its internal name, which never changes."})
    title = text()
    story = text_or_none()
    stream = text()
    version = one(VersionShape)
    versions = many(VersionShape)
    latest = yes_no()
    recheck = yes_no()
    checks = many(CheckShape)
    regrading = yes_no(metadata={"description": "Being graded again; this version stands meanwhile."})
    exited = text_or_none()
    exit_reason = text_or_none()
    leads_to = text_or_none()
    absorbed = texts()
    parts = texts()
    facts = facts()
    codebook = text()
    definition = text_or_none()
    votes = many(CastShape)
    settled = one_or_none(SettledShape)
    overriding = one_or_none(OverridingShape)
    approval = text_or_none(metadata={"description": "Why it was approved."})
    unconsidered = numbers(metadata={"description": "Sources that came after some of the votes."})
    parties = many(StandingShape)
    origins = many(OriginShape)
    counted = whole(metadata={"description": "Independent origins."})
    links = whole()
    kept_back = whole(metadata={"description": "Sources that are attached and not publishable."})
    entry = whole(attribute="number", metadata={"description": "The number of its entry, in the log it stands in."})
    leaf = text(metadata={"description": "The SHA-256 of that entry."})
    page = fields.Function(lambda page: _page(page), required=True, metadata={"type": "string"})
    bundle = fields.Function(
        lambda page: _bundle(page), required=True, allow_none=True, metadata={"type": ["string", "null"]}
    )
    removed = many(RemovedShape)
    citation = one(CitationShape)


class OneDeterminationShape(Shape):
    data = one(DeterminationShape)


class SourcesShape(Shape):
    """The sources of one published version, by the account they repeat."""

    ref = text()
    version = whole()
    counted = whole()
    links = whole()
    kept_back = whole()
    data = many(OriginShape, attribute="origins")


def _cause(check: Check) -> str:
    return check.cause % check.values


def _page(page: DeterminationPage) -> str:
    return url_for("public.version", ref=page.ref, version=page.version.number)


def _bundle(page: DeterminationPage) -> str | None:
    return url_for("public.bundle_of", ref=page.ref) if page.bundled else None


def row_behind(place: str | None) -> int | None:
    """Where a list goes on; NotFound where the incident at which the page before ended can be read no more."""
    row = places.row_of(place)
    if place is not None and row is None:
        raise NotFound("place")
    return row


@reads("/incidents", IncidentsShape, TAG, asks=IncidentsAsked, none=NO_PLACE)
def incidents(q: str, grade: str, stream: str, limit: int, cursor: str | None) -> Any:
    """Published incidents, by filters."""
    return public.list_page(q.strip(), grade, stream, before=row_behind(cursor), most=limit)


@reads("/incidents/<ref>", OneDeterminationShape, TAG, none=NONE)
@blueprint.alt_response(302, description="It was merged into another; Location leads there.")
def incident(ref: str) -> Any:
    """The version of an incident's grade that stands; what was merged into another leads there."""
    onward = determinations.successor(ref)
    if onward is not None:
        return redirect(url_for("api.incident", ref=onward))
    return {"data": determinations.determination_page(ref)}


@reads("/incidents/<ref>/sources", SourcesShape, TAG, none=NONE)
def sources(ref: str) -> Any:
    """The sources of the version that stands, as published."""
    return _sources(determinations.determination_page(ref))


@reads("/incidents/<ref>/determinations/<int:version>/sources", SourcesShape, TAG, none=AS_PUBLISHED)
def sources_of_version(ref: str, version: int) -> Any:
    """The sources of one version, as published."""
    return _sources(determinations.determination_page(ref, version))


def _sources(page: DeterminationPage) -> dict[str, Any]:
    named = ("ref", "counted", "links", "kept_back", "origins")
    return {"version": page.version.number, **{name: getattr(page, name) for name in named}}
