"""What a desk itself says of its method, where the page that the code writes cannot."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import delete, select

from review.actions.accounts import put
from review.actions.act import acting
from review.actions.care import LANGUAGES
from review.actions.verb import action
from review.models import MethodText, session
from review.rules import method, texts
from review.rules.permissions import Actor

Words = Mapping[tuple[str, str], str | None]  # (section, language) -> what was typed


@action("write_method")
def write_method(actor: Actor, words: Words) -> None:
    """An admin writes the sections, each language for itself; nothing written is an open question on the page again."""
    with acting(actor) as act:
        act.require("write_method")
        kept = _written()
        for key in ((one.key, language) for one in method.OWN for language in LANGUAGES):
            text = texts.remark(words.get(key), "-".join(key))
            if text == kept.get(key):
                continue  # the day under a text is that of its last change
            if text is None:
                session.execute(delete(MethodText).where(MethodText.section == key[0], MethodText.language == key[1]))
                continue
            changed = {"text": text, "changed_at": act.at, "changed_by": act.actor.person}
            put(MethodText, ("section", "language"), section=key[0], language=key[1], **changed)


def _written() -> dict[tuple[str, str], str]:
    rows = session.execute(select(MethodText.section, MethodText.language, MethodText.text))
    return {(section, language): text for section, language, text in rows}
