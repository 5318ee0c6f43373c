"""The catalogues: plural forms in the order of CLDR, placeholders that the sentence has, and nothing left behind."""

from __future__ import annotations

import gettext
from pathlib import Path

import pytest
from babel import Locale
from babel.messages.pofile import read_po

from review.config import ROOT

CATALOGUES = sorted((ROOT / "review" / "translations").glob("*/LC_MESSAGES/messages.po"))
ORDER = ("zero", "one", "two", "few", "many", "other")


def language(path: Path) -> str:
    return path.parent.parent.name


@pytest.mark.parametrize("path", CATALOGUES, ids=language)
@pytest.mark.parametrize("n", [0, 1, 2, 3, 10, 11, 20, 99, 100, 101, 102, 103, 111, 1000])
def test_a_plural_form_stands_where_a_translator_who_knows_cldr_expects_it(path: Path, n: int) -> None:
    with path.open("rb") as file:
        catalogue = read_po(file)
    rule = Locale.parse(language(path)).plural_form
    forms = [form for form in ORDER if form in rule.tags or form == "other"]
    assert catalogue.num_plurals == len(forms)
    assert forms[gettext.c2py(catalogue.plural_expr)(n)] == rule(n)


@pytest.mark.parametrize("path", CATALOGUES, ids=language)
def test_every_translation_keeps_the_placeholders(path: Path) -> None:
    with path.open("rb") as file:
        catalogue = read_po(file)
    errors = [f"{message.id}: {problem}" for message in catalogue for problem in message.check(catalogue)]
    assert errors == []


@pytest.mark.parametrize("path", CATALOGUES, ids=language)
def test_every_sentence_is_translated(path: Path) -> None:
    with path.open("rb") as file:
        catalogue = read_po(file)
    forms = {message.id: message.string for message in catalogue if message.id}
    assert forms
    assert [id_ for id_, said in forms.items() if not (said if isinstance(said, str) else said and all(said))] == []
    assert [message.id for message in catalogue if message.fuzzy and message.id] == []
