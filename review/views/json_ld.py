"""What a page says to programs, in the words of schema.org: a ClaimReview for a determination, a Dataset for the data.

A ClaimReview's rating usually stands on a scale from worst to best. Our grades are no ladder: Contested is about who,
not about how much, and no distance table ranks them. So the rating has the grade's name and its definition and no
number: schema.org asks for none, and a number invented here would be averaged by somebody.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson
from flask_babel import get_locale
from flask_babel import gettext as _
from markupsafe import Markup

from review.queries.determinations import DeterminationPage
from review.rules.facts import Facts
from review.rules.open_data import COLUMNS, DETERMINATIONS
from review.views.words import comma, days_text, grade_word, joined, range_text

CONTEXT = "https://schema.org"
Linked = dict[str, Any]
# What ends a script or begins a comment inside it; the rest is plain JSON.
_ESCAPED = (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026"), ("\u2028", "\\u2028"), ("\u2029", "\\u2029"))


def as_script(data: Linked) -> Markup:
    """The text of a script element that no typed word can end."""
    text = orjson.dumps(data).decode()
    for sign, escape in _ESCAPED:
        text = text.replace(sign, escape)
    return Markup(text)  # noqa: S704 (nothing in it can be markup any more)


def claim_review(page: DeterminationPage, base: str, log: str) -> Linked:
    """A determination as a review of a claim: what was alleged, the grade by its name, the sources as published."""
    address = base + page.citation.path
    found: Linked = {
        "@context": CONTEXT,
        "@type": "ClaimReview",
        "@id": address,
        "url": address,
        "identifier": page.citation.id,
        "version": page.version.number,
        "inLanguage": _language(),
        "datePublished": page.version.day,
        "author": _desk(base, log),
        "publisher": _desk(base, log),
        "claimReviewed": _claim(page),
        "reviewRating": _rating(page),
        "itemReviewed": {
            "@type": "Claim", "name": page.title, **_when(page.facts), "appearance": list(_appearances(page)),
        },
        "isPartOf": {"@type": "Dataset", "@id": f"{base}/data", "url": f"{base}/data", "name": _("Open data")},
    }
    if page.exited == "withdrawn":
        found["creativeWorkStatus"] = _("Withdrawn")
    elif not page.latest:
        found["creativeWorkStatus"] = _("An earlier version")
    notes = [
        {"@type": "CorrectionComment", "datePublished": one.day, "text": one.text}
        for one in page.citation.corrections
        if one.text
    ]
    return {**found, "correction": notes} if notes else found


def _when(facts: Facts) -> Linked:
    """The day on which it happened, or the range of days in which it did, as ISO 8601 has it."""
    if not facts.date:
        return {}
    several = facts.date_end and facts.date_end != facts.date
    return {"temporalCoverage": f"{facts.date}/{facts.date_end}" if several else facts.date}


def _claim(page: DeterminationPage) -> str:
    """The allegation in one sober sentence: reported, never found."""
    told = [page.title]
    if page.facts.date:
        told.append(days_text(page.facts))
    killed = page.version.casualties.killed
    if killed.known:
        told.append(_("%(range)s civilians reported killed", range=range_text(killed)))
    else:
        told.append(_("civilian harm reported"))
    if page.facts.parties:
        told.append(_("party named: %(names)s", names=joined(party.name for party in page.facts.parties)))
    return comma().join(told)


def _rating(page: DeterminationPage) -> Linked:
    rating: Linked = {"@type": "Rating", "alternateName": grade_word(page.version.grade)}
    if page.definition:
        rating["ratingExplanation"] = _(page.definition)
    if page.codebook:
        rating["reviewAspect"] = page.codebook
    return rating


def _appearances(page: DeterminationPage) -> Iterable[Linked]:
    for origin in page.origins:
        for source in origin.sources:
            if source.url and not source.withdrawn and source.url.startswith(("http://", "https://")):
                named = {"name": source.title} if source.title else {}
                yield {"@type": "CreativeWork", "url": source.url, **named}


def dataset(base: str, log: str, files: Iterable[tuple[str, str, str]], updated: str | None) -> Linked:
    """The open data as a Dataset; `files` are (name, media type, path)."""
    found: Linked = {
        "@context": CONTEXT,
        "@type": "Dataset",
        "@id": f"{base}/data",
        "url": f"{base}/data",
        "name": _("Determinations of reported civilian harm"),
        "description": _(
            "Every published version of every grade of this desk, with the range of people reported harmed, the day, "
            "the place no closer than it is known, the parties named, and the record by month."
        ),
        "inLanguage": _language(),
        "isAccessibleForFree": True,
        "creator": _desk(base, log),
        "version": DETERMINATIONS,
        "measurementTechnique": f"{base}/method",
        "variableMeasured": [
            {"@type": "PropertyValue", "name": one.name, "description": _(one.meaning)} for one in COLUMNS
        ],
        "distribution": [
            {"@type": "DataDownload", "name": name, "encodingFormat": media, "contentUrl": base + path}
            for name, media, path in files
        ],
    }
    return {**found, "dateModified": updated} if updated else found


def _desk(base: str, log: str) -> Linked:
    return {"@type": "Organization", "name": log, "url": f"{base}/"}


def _language() -> str:
    locale = get_locale()
    return str(locale).replace("_", "-") if locale else "en"
