"""The pseudo-locale: each marked sentence accented, 40 % longer, right to left; plain text is unmarked."""

from __future__ import annotations

import re
from copy import copy
from gettext import NullTranslations
from typing import Any

from flask import Flask
from flask_babel import Domain

ACCENTED = str.maketrans("aceinosuyACEINOSUY", "àçéîñöšûýÀÇÉÎÑÖŠÛÝ")
# Placeholders, tags and entities are code, not words.
CODE = re.compile(r"(%\(\w+\)[sd]|%%|<[^>]*>|&\w+;|\{\w*\})")
PADDING = "ẋ"


def pseudo(sentence: str) -> str:
    """The sentence as the pseudo-locale says it."""
    if not sentence:
        return sentence
    parts = CODE.split(sentence)
    words = [part if CODE.fullmatch(part) else part.translate(ACCENTED) for part in parts]
    letters = sum(len(part) for part in parts if not CODE.fullmatch(part))
    return "⟦" + "".join(words) + " " + PADDING * max(1, round(letters * 0.4)) + "⟧"


class PseudoTranslations(NullTranslations):
    """Answers every message, so no catalogue can lag behind the pages."""

    def gettext(self, message: str) -> str:
        return pseudo(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return pseudo(msgid1 if n == 1 else msgid2)

    def pgettext(self, _context: str, message: str) -> str:
        return pseudo(message)

    def npgettext(self, _context: str, msgid1: str, msgid2: str, n: int) -> str:
        return pseudo(msgid1 if n == 1 else msgid2)

    ugettext = gettext
    ungettext = ngettext
    upgettext = pgettext
    unpgettext = npgettext


class PseudoDomain(Domain):
    """A domain whose one catalogue is the pseudo-locale."""

    def get_translations(self) -> Any:
        return PseudoTranslations()


def install(app: Flask) -> None:
    """Let this application speak the pseudo-locale."""
    configuration = app.extensions["babel"]
    # The Babel object is shared by every application of the process: a copy keeps the others' words.
    configuration.instance = copy(configuration.instance)
    configuration.instance.domain_instance = PseudoDomain()
