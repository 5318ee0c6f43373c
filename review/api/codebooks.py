"""The codebooks: grades with their definitions, conditions and distances."""

from __future__ import annotations

from typing import Any

from review.api.asking import reads
from review.api.fields import Shape, many, one, text, texts, whole
from review.queries import codebooks as shipped

TAG = "codebooks"


class GradeShape(Shape):
    key = text()
    label = text()
    definition = text()
    condition = text(metadata={"description": "Checked when a vote is cast: a warning that asks for a reason."})


class DistanceShape(Shape):
    one = text()
    other = text()
    distance = whole()


class CodebookShape(Shape):
    """A versioned grade scheme in the words that the trail vouches for, which are English."""

    id = text()
    grades = many(GradeShape)
    distances = many(DistanceShape)
    headline = texts(metadata={"description": "The grades that a total includes unless others are asked for."})
    sha256 = text(metadata={"description": "Of its entry in canonical JSON, as `codebook.defined` records it."})


class CodebooksShape(Shape):
    data = many(CodebookShape)


class OneCodebookShape(Shape):
    data = one(CodebookShape)


@reads("/codebooks", CodebooksShape, TAG)
def codebooks() -> Any:
    """Every codebook."""
    return {"data": shipped.codebooks()}


@reads("/codebooks/<name>/<int:version>", OneCodebookShape, TAG, none="There is no such codebook.")
def codebook(name: str, version: int) -> Any:
    """One codebook, by the two parts of its id."""
    return {"data": shipped.codebook_page(f"{name}/{version}")}
