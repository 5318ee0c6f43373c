"""How far reviewers agree: the figures of the method page, and no closer than it shows them."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from review.api.asking import reads
from review.api.fields import Shape, many, one, text, whole, whole_or_none, yes_no
from review.queries.agreement import published
from review.rules.agreement import DRAWS, FEWEST, SURE

TAG = "agreement"


class Rounded(fields.Float):
    """A figure with as many decimals as the page shows."""

    def __init__(self, places: int, **about: Any) -> None:
        super().__init__(required=True, **about)
        self.places = places

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return None if value is None else round(value, self.places)


def _coefficient(**about: Any) -> fields.Field:
    return Rounded(2, allow_none=True, **about)


class GradesMetShape(Shape):
    """Two grades: votes that met so inside incidents, each once, and how many chance would let meet so."""

    one = text()
    other = text()
    distance = whole_or_none()
    observed = Rounded(1)
    expected = Rounded(1)


class OfStreamShape(Shape):
    """Agreement in some first rounds. A coefficient is null where `too_few`, or where every vote was the same grade."""

    incidents = whole(metadata={"description": "First rounds with two live votes or more."})
    votes = whole()
    unanimous = whole()
    asked_for = whole(metadata={"description": "Incidents that the literature asks for."})
    too_few = yes_no(attribute="few")
    alpha = _coefficient(metadata={"description": "Krippendorff's, by the square of the codebook's distances."})
    low = _coefficient(metadata={"description": "Where the interval of alpha begins."})
    high = _coefficient(metadata={"description": "Where it ends."})
    nominal = _coefficient(metadata={"description": "The same where every difference counts alike."})


class MeasuredShape(OfStreamShape):
    """The same of a whole codebook, and which grades met."""

    pairs = many(GradesMetShape)


class AgreementOfStreamShape(Shape):
    slug = text()
    name = text()
    measured = one(OfStreamShape)


class AgreementOfCodebookShape(Shape):
    """The first rounds under one codebook, all together and stream by stream."""

    codebook = text()
    measured = one(MeasuredShape)
    streams = many(AgreementOfStreamShape)


class AgreementShape(Shape):
    """Of published incidents alone, as their votes stood when the version that stands was published."""

    fewest = whole(metadata={"description": "Under so many incidents there is no coefficient."})
    of_a_hundred = whole(metadata={"description": "Of a hundred draws of incidents, those inside the interval."})
    draws = whole()
    data = many(AgreementOfCodebookShape)


@reads("/agreement", AgreementShape, TAG)
def agreement() -> Any:
    """How far reviewers agree, by codebook and stream."""
    return {"fewest": FEWEST, "of_a_hundred": SURE, "draws": DRAWS, "data": published()}
