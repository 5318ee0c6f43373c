"""What an action will not take, said beside the fields it came from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field

from review.rules.errors import Invalid
from review.views.words import said


def tell(form: FlaskForm, refusal: Invalid, fields: Mapping[str, Any] | None = None) -> None:
    """Put each sentence beside its field; what has none stands on top. `fields` gives, by the rules' name for it, a
    field of the form or that field's name."""
    for name, sentence in refusal.problems.items():
        words = said(sentence, refusal.values)
        named = (fields or {}).get(name)
        target: Any = named if isinstance(named, Field) else _field(form, name) or _field(form, named)
        if target is None:
            form.form_errors.append(words)
        else:
            _add(target, words)


def _field(form: FlaskForm, name: str | None) -> Any:
    return form[name] if name and name in form else None


def _add(field: Any, words: str) -> None:
    if hasattr(field, "form"):  # a part of several fields: its first one speaks for it
        field = next(iter(field.form))
    if hasattr(field, "entries"):
        field = next(iter(field.entries[0].form))
    field.errors = [*field.errors, words]
