"""What was hit and how badly: one answer for each kind of infrastructure, and lines for what has no word yet."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Form, SelectField

from review.rules.facts import Facts
from review.rules.vocabulary import DAMAGES, INFRASTRUCTURE

HIT = "hit"


def _answers() -> list[tuple[str, Any]]:
    damages = [(key, _l(label)) for key, label in DAMAGES.items()]
    return [("", "–"), (HIT, _l("hit, damage not said")), *damages]


class HitForm(Form):
    """Every kind of infrastructure that the vocabulary names."""


for _kind, _label in INFRASTRUCTURE.items():
    setattr(HitForm, _kind, SelectField(_l(_label), choices=_answers, default=""))


def shown(facts: Facts) -> dict[str, str]:
    """The answer to each kind as the facts give it."""
    return {kind: damage or HIT for kind, damage in facts.hit if kind in INFRASTRUCTURE}


def typed(form: Any) -> dict[str, str | None]:
    """Each kind that was hit, with its damage where that was said."""
    answers = {kind: form[kind].data for kind in INFRASTRUCTURE}
    return {kind: answer if answer in DAMAGES else None for kind, answer in answers.items() if answer}
