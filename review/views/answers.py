"""How a form of the desk is answered: done and onward, or the same page again with every sentence that was typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from review.actions import drafts
from review.forms.typed import NOTHING, Typed
from review.rules.errors import Invalid
from review.views.visitor import actor
from review.views.words import said

SEE_OTHER = 303

Page = Callable[[Typed, int], ResponseReturnValue]


def typed_in(form: str) -> Typed:
    """What this request's form holds, under the name that the page gives it."""
    return Typed(form, {name: tuple(request.form.getlist(name)) for name in request.form})


def show(template: str, page: Any, typed: Typed = NOTHING, code: int = 200) -> ResponseReturnValue:
    """A page of the desk, with one of its forms as it was typed."""
    return render_template(template, page=page, typed=typed), code


def answer(act: Callable[[Typed], str], typed: Typed, again: Page) -> ResponseReturnValue:
    """Let the action act and go where it says; where a field cannot be taken, show the page again, nothing lost."""
    try:
        onward = act(typed)
    except Invalid as refusal:
        return again(typed.refused(in_words(refusal)), 422)
    return redirect(onward, SEE_OTHER)


def keep_refused(ref: str, kind: str, words: Mapping[str, list[str]]) -> None:
    """Keep what was typed into a form that is refused as its writer's draft; the page of the refusal says so."""
    drafts.save_draft(actor().person or 0, ref, kind, words)
    g.drafted = True


def in_words(refusal: Invalid) -> dict[str, str]:
    """The sentences of a refusal in the reader's language, by field."""
    return {name: said(sentence, refusal.values) for name, sentence in refusal.problems.items()}


def done(sentence: str) -> None:
    """Say on the next page what has been done."""
    flash(sentence)


__all__ = ["_", "answer", "done", "in_words", "keep_refused", "show", "typed_in"]
