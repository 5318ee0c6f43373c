"""What an action will not take, said beside the fields it came from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_wtf import FlaskForm

from review.rules.errors import Invalid
from review.views.words import said


def tell(form: FlaskForm, refusal: Invalid, fields: Mapping[str, str] | None = None) -> None:
    """Put each sentence beside its field; what has none stands on top. `fields` renames the rules' fields."""
    for name, sentence in refusal.problems.items():
        words = said(sentence, refusal.values)
        target: Any = form[name] if name in form else _other(form, (fields or {}).get(name))
        if target is None:
            form.form_errors.append(words)
        else:
            _add(target, words)


def _other(form: FlaskForm, name: str | None) -> Any:
    return form[name] if name and name in form else None


def _add(field: Any, words: str) -> None:
    if hasattr(field, "form"):  # a part of several fields: its first one speaks for it
        field = next(iter(field.form))
    if hasattr(field, "entries"):
        field = next(iter(field.entries[0].form))
    field.errors = [*field.errors, words]
