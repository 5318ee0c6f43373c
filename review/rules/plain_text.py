"""Text with a few marks, as somebody writes a page in: headings, lists, strong words and addresses, and nothing else.

What comes out are values that a template escapes; no mark can become markup of its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

HEADING, LIST, PARAGRAPH = "heading", "list", "paragraph"
WORDS, STRONG, LINK = "words", "strong", "link"
_PIECE = re.compile(r"\*\*(?P<strong>[^*\n]+)\*\*|(?P<link>https?://[^\s<>\"')\]]+[^\s<>\"')\].,;:!?])")

Piece = tuple[str, str]  # what it is, and its text


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, a paragraph or a list: its lines, each in pieces."""

    kind: str
    lines: tuple[tuple[Piece, ...], ...]


def blocks(text: str) -> tuple[Block, ...]:
    """The blocks of a text: `## ` begins a heading, `- ` an item of a list, an empty line a new paragraph."""
    found: list[Block] = []
    for line in (*text.splitlines(), ""):
        kind, words = _read(line.strip())
        last = found[-1] if found else None
        if kind == HEADING or last is None or last.kind != kind or not last.lines:
            found.append(Block(kind, (_pieces(words),) if words else ()))
        elif words:
            found[-1] = Block(kind, (*last.lines, _pieces(words)))
        else:
            found.append(Block(kind, ()))
    return tuple(block for block in found if block.lines)


def _read(line: str) -> tuple[str, str]:
    if line.startswith("#"):
        return HEADING, line.lstrip("#").strip()
    if line.startswith(("- ", "* ")):
        return LIST, line[2:].strip()
    return PARAGRAPH, line


def _pieces(line: str) -> tuple[Piece, ...]:
    found: list[Piece] = []
    end = 0
    for match in _PIECE.finditer(line):
        if match.start() > end:
            found.append((WORDS, line[end : match.start()]))
        found.append((STRONG, match["strong"]) if match["strong"] else (LINK, match["link"]))
        end = match.end()
    if end < len(line):
        found.append((WORDS, line[end:]))
    return tuple(found)
