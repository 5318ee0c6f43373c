"""What changed between two texts, word by word, in any script: whole words are taken out and put in, never parts."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from typing import Literal

Mark = Literal["same", "gone", "new"]
# Within a word: the apostrophes, and the joiners that Arabic and Persian words are written with.
INSIDE = "'\u2019\u200c\u200d"
# Above this many words a text is shown as replaced whole: comparing would keep the reader waiting.
MOST_WORDS = 4000


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text that stayed, went, or came."""

    mark: Mark
    text: str


def reworded(before: str, after: str) -> tuple[Piece, ...]:
    """The pieces of both texts in reading order; what went stands before what came in its place."""
    old, new = words(before), words(after)
    if max(len(old), len(new)) > MOST_WORDS:
        return tuple(piece for piece in (Piece("gone", before), Piece("new", after)) if piece.text)
    gone: list[str] = []
    came: list[str] = []
    pieces: list[Piece] = []
    for step, start, end, first, last in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if step == "equal" and not (_blank(old[start:end]) and (gone or came)):
            pieces += _changed(gone, came)
            gone, came = [], []
            pieces.append(Piece("same", "".join(old[start:end])))
        else:
            gone += old[start:end]
            came += new[first:last]
    return (*pieces, *_changed(gone, came))


def words(text: str) -> tuple[str, ...]:
    """The text in parts that join up to it again: words with the marks written on them, blanks, single signs."""
    return tuple(_parts(text))


def _parts(text: str) -> Iterator[str]:
    for kind, run in groupby(text, _kind):
        if kind == "sign":
            yield from run
        else:
            yield "".join(run)


def _kind(character: str) -> str:
    if character.isspace():
        return "blank"
    # Letters, numbers, and the marks upon them: an Arabic vowel sign belongs to its letter.
    return "word" if unicodedata.category(character)[0] in "LNM" or character in INSIDE else "sign"


def _blank(parts: tuple[str, ...]) -> bool:
    """Words that changed one after the other read as one change; the blank between them changes with them."""
    return all(part.isspace() for part in parts)


def _changed(gone: list[str], came: list[str]) -> list[Piece]:
    """One change, the blanks that both sides begin and end with left as they were."""
    old, new = "".join(gone), "".join(came)
    head = _shared(old, new)
    tail = _shared(old[len(head) :][::-1], new[len(head) :][::-1])
    old, new = old[len(head) : len(old) - len(tail)], new[len(head) : len(new) - len(tail)]
    changed = (*_apart("gone", old), *_apart("new", new))
    found = (Piece("same", head), *changed, Piece("same", tail))
    return [piece for piece in found if piece.text]


def _apart(mark: Mark, text: str) -> tuple[Piece, ...]:
    """The blanks around what only went, or only came, stand by themselves: nobody need see them marked."""
    words = text.strip()
    if not words:
        return (Piece(mark, text),)
    start = text.index(words)
    end = start + len(words)
    return Piece(mark, text[:start]), Piece(mark, words), Piece(mark, text[end:])


def _shared(one: str, other: str) -> str:
    """The blanks with which both begin."""
    long = 0
    while long < min(len(one), len(other)) and one[long] == other[long] and one[long].isspace():
        long += 1
    return one[:long]
