"""The catalogue of a page: found once for the language of a request, then asked sentence by sentence.

Flask-Babel finds it anew for every sentence, and Jinja's own gettext takes a copy of the whole template context along;
a long page has a thousand sentences.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, g
from flask_babel import Domain, get_translations
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

# Where Flask-Babel keeps what it found for a request; it empties the second whenever the language changes.
OF_THE_REQUEST, FOUND = "_flask_babel", "babel_translations"


class Catalogue(Domain):
    """The domain of our sentences, which finds a catalogue once while the language stays."""

    def get_translations(self) -> Any:
        """The catalogue of the language that is spoken now."""
        found = _found()
        if found is not None:
            return found
        found = super().get_translations()
        if g:
            setattr(g.get(OF_THE_REQUEST), FOUND, found)
        return found


def _found() -> Any:
    try:
        return getattr(g._get_current_object().get(OF_THE_REQUEST), FOUND, None)
    except RuntimeError:  # outside of an application nothing is translated
        return None


def _spoken() -> Any:
    found = _found()
    return get_translations() if found is None else found


def sentence(words: str, **variables: Any) -> str:
    """The sentence in the language that is spoken now, for code that asks many: what flask_babel.gettext says."""
    said = str(_spoken().ugettext(words))
    return said % variables if variables else said


@pass_eval_context
def gettext(page: EvalContext, words: str, /, **variables: Any) -> str:
    """The sentence in the language of the page, its places filled."""
    return _filled(page, _spoken().ugettext(words), variables)


@pass_eval_context
def ngettext(page: EvalContext, one: str, many: str, num: int, /, **variables: Any) -> str:
    """The sentence for so many, in the language of the page, its places filled."""
    variables.setdefault("num", num)
    return _filled(page, _spoken().ungettext(one, many, num), variables)


def _filled(page: EvalContext, said: str, variables: dict[str, Any]) -> str:
    """As Jinja's own gettext: sentences of a page are markup, what fills them is escaped, %% is one per cent sign."""
    if page.autoescape:
        said = Markup(said)  # noqa: S704  (our own sentences)
    return said % variables if "%" in said else said


def install(app: Flask) -> None:
    """Let the pages and their templates ask this catalogue."""
    app.extensions["babel"].instance.domain_instance = Catalogue(domain=app.extensions["babel"].default_domain)
    app.jinja_env.globals.update(_=gettext, gettext=gettext, ngettext=ngettext)
