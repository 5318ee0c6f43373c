"""What has left the desk, and what is about to: merged, split, withdrawn, shown to few; and the pages by which."""

from __future__ import annotations

from review.actions import exits, restrictions
from review.rules.merging import Part
from tests import builders

INTO, MERGED, SPLIT, WITHDRAWN, SECRET = "KV520", "KV521", "KV522", "KV523", "KV524"
PUBLIC = (f"/incidents/{WITHDRAWN}",)


def put(desk: builders.Desk) -> str:
    """One incident by each exit, and one that is restricted, whose name is answered."""
    into, merged, split, secret = (_logged(desk, code) for code in (INTO, MERGED, SPLIT, SECRET))
    exits.merge_incident(desk.lead, merged, into=into, sources=(1,), reason="The same strike.")
    parts = tuple(Part(builders.facts(summary=name, codes=(), ranges=())) for name in ("mill", "bakery"))
    exits.split_incident(desk.lead, split, parts=parts, reason="Two strikes, an hour apart.")
    withdrawn = builders.agreed(desk, _logged(desk, WITHDRAWN))
    builders.approved(desk, withdrawn)
    exits.withdraw_incident(desk.lead, withdrawn, reason="It endangers a family.")
    return restrictions.restrict_incident(desk.lead, secret, people=[desk.spare.person or 0], reason="In danger.")


def _logged(desk: builders.Desk, code: str) -> str:
    return builders.with_sources(desk, builders.opened(desk, codes=(code,), summary="mill and bakery"))


def pages(at: str, secret: str) -> list[str]:
    """What a lead reads of it."""
    return [
        f"{at}/{MERGED}", f"{at}/{SPLIT}", f"{at}/{WITHDRAWN}", f"{at}/{secret}", f"{at}/{INTO}/merge",
        f"{at}/{INTO}/merge?into=KV500", f"{at}/{INTO}/split",
    ]  # fmt: skip
