"""The trail from outside: the key, the checkpoints, proofs under them, and where the bundles are."""

from __future__ import annotations

from typing import Any

from flask import url_for
from marshmallow import fields

from review.api.asking import reads
from review.api.fields import Paged, Shape, many, moment, one, one_or_none, text, text_or_none, whole, whole_or_none
from review.queries import checkpoints, method, proofs

TAG = "audit"
NOT_PUBLISHED = "No checkpoint of this size was published."


class SignerShape(Shape):
    """A key that signed before the present one."""

    vkey = text()
    day = text()


class BundleShape(Shape):
    """The public bundle of the whole log; an incident's own stands in its answer."""

    address = fields.Function(lambda _kept: url_for("public.bundle"), required=True, metadata={"type": "string"})
    sha256 = text()
    published_at = moment()


class AuditShape(Shape):
    """What a stranger needs to check a bundle without us."""

    origin = text_or_none(metadata={"description": "The name of the log."})
    vkey = text_or_none(metadata={"description": "The key that signs. Compare it over a second channel."})
    since = text_or_none()
    former = many(SignerShape)
    verifier = fields.Function(lambda _page: url_for("public.verifier"), required=True, metadata={"type": "string"})
    verifier_sha256 = text()
    bundle = one_or_none(BundleShape)


class OneAuditShape(Shape):
    data = one(AuditShape)


class SaidShape(Shape):
    name = text()
    at = fields.DateTime(required=True, allow_none=True, format="iso")


class PublishedShape(Shape):
    """One published checkpoint; `text` is its file, byte for byte."""

    size = whole(metadata={"description": "Counted from this desk's first entry, as addresses are."})
    entries = whole(metadata={"description": "Those of its own log."})
    root = text()
    text = text()
    published_at = moment()
    cosigned = many(SaidShape)
    stamped = many(SaidShape)


class CheckpointsShape(Shape):
    """Published checkpoints, the latest first."""

    data = many(PublishedShape)
    next = whole_or_none()


class FileShape(Shape):
    """A text to keep, byte for byte."""

    text = text()


class CheckpointsAsked(Shape):
    cursor = Paged._declared_fields["cursor"]


@reads("/audit", OneAuditShape, TAG)
def audit() -> Any:
    """The key, the verifier, the public bundle."""
    return {"data": method.audit_page()}


@reads("/audit/checkpoints", CheckpointsShape, TAG, asks=CheckpointsAsked)
def published(cursor: int | None) -> Any:
    """Every published checkpoint, fifty at a time."""
    page = checkpoints.page(cursor)
    return {"data": page.rows, "next": page.rows[-1].size if page.older is not None else None}


@reads("/audit/checkpoint", FileShape, TAG, none="No checkpoint has been published yet.")
def checkpoint() -> Any:
    """The last published checkpoint."""
    return {"text": checkpoints.one()}


@reads("/audit/checkpoints/<int:size>", FileShape, TAG, none=NOT_PUBLISHED)
def checkpoint_of(size: int) -> Any:
    """The published checkpoint of this size."""
    return {"text": checkpoints.one(size)}


@reads("/audit/consistency/<int:old>-<int:new>", FileShape, TAG, none=NOT_PUBLISHED)
def consistency(old: int, new: int) -> Any:
    """The proof that one published checkpoint continues another."""
    return {"text": checkpoints.consistency(old, new)}


@reads("/audit/proofs/<int:seq>", FileShape, TAG, none="No published version is this entry, or none is covered yet.")
def proof(seq: int) -> Any:
    """The proof that a published version stands in the log, under the latest checkpoint."""
    return {"text": proofs.public_proof(seq)}
