"""Pages that travel in a bundle: whole in one file, every word of others escaped, nothing run and nothing fetched."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from markupsafe import Markup, escape

from review.rules.facts import Casualties, Range

# Opened from a folder: whatever should slip through may run nothing and ask nobody for anything.
DOCUMENT = Markup("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
body {{ margin: 2rem auto; max-inline-size: 60rem; padding-inline: 1rem; font: 1rem/1.5 system-ui, sans-serif; }}
table {{ border-collapse: collapse; inline-size: 100%; }}
th, td {{ border-block-end: 1px solid #bbb; padding: .3rem .6rem; text-align: start; vertical-align: top; }}
dt {{ font-weight: 600; }}
dd {{ margin-inline-start: 1.5rem; }}
.scroll {{ overflow-x: auto; }}
.words {{ white-space: pre-wrap; overflow-wrap: anywhere; }}
</style>
</head>
<body>
<main>
<h1 dir="auto">{title}</h1>
<p><bdi>{origin}</bdi>, {size} events, profile {profile}. For reading only: this page proves nothing. Run verify.py on
the bundle to check anything.</p>
""")
TABLE = Markup('<div class="scroll"><table>\n<thead><tr>{}</tr></thead>\n<tbody>\n{}</tbody>\n</table></div>\n')
END = Markup("</main>\n</body>\n</html>\n")


def beginning(title: str, origin: str, size: int, profile: str) -> Markup:
    """Everything above the first section."""
    return DOCUMENT.format(title=title, origin=origin, size=size, profile=profile)


def section(title: str, *parts: Markup) -> Markup:
    """A headed section; nothing where it has no parts."""
    content = joined(parts)
    return Markup("<section>\n<h2>{}</h2>\n{}</section>\n").format(title, content) if content else Markup()


def under(title: str | Markup, *parts: Markup) -> Markup:
    """A part of a section under its own heading."""
    return Markup("<h3>{}</h3>\n{}").format(title, joined(parts))


def paragraph(words: str | Markup) -> Markup:
    """A sentence of ours, with what others wrote in it set apart already."""
    return Markup("<p>{}</p>\n").format(words)


def quoted(label: str, text: str | None) -> Markup:
    """What somebody wrote, in its own direction, under our label; nothing where they wrote nothing."""
    if not text:
        return Markup()
    return Markup('<p>{}</p>\n<blockquote class="words" dir="auto">{}</blockquote>\n').format(label, text)


def apart(value: object) -> Markup:
    """A word of others within a sentence of ours."""
    return Markup("<bdi>{}</bdi>").format(value)


def table(heads: Sequence[str], rows: Iterable[Sequence[str | int | Markup]]) -> Markup:
    """A table that scrolls by itself on a phone; nothing where it has no rows."""
    lines = [_row(cells) for cells in rows]
    if not lines:
        return Markup()
    head = joined(Markup('<th scope="col">{}</th>').format(one) for one in heads)
    return TABLE.format(head, joined(lines))


def _row(cells: Sequence[str | int | Markup]) -> Markup:
    return Markup("<tr>{}</tr>\n").format(joined(Markup('<td dir="auto">{}</td>').format(one) for one in cells))


def listed(pairs: Iterable[tuple[str, str | Markup]]) -> Markup:
    """Words and what stands for them; those without anything are left out."""
    lines = [Markup('<dt>{}</dt><dd dir="auto">{}</dd>\n').format(name, value) for name, value in pairs if value]
    return Markup("<dl>\n{}</dl>\n").format(joined(lines)) if lines else Markup()


def joined(parts: Iterable[str | Markup], between: str = "") -> Markup:
    """The parts in a row, each escaped where it is not markup of ours."""
    return escape(between).join(parts)


def span(found: Range) -> str:
    """A range of people in figures; a bound that nobody knows is a question mark."""
    if not found.known:
        return "unknown"
    low, high = ("?" if bound is None else str(bound) for bound in found.as_list())
    return low if low == high else f"{low} to {high}"


def harmed(casualties: Casualties) -> tuple[str, str]:
    """The killed and the injured."""
    return span(casualties.killed), span(casualties.injured)
