"""The shape of the house: who may import whom, who may commit, and what no file may hold."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
REVIEW = ROOT / "review"
TEMPLATES = ROOT / "templates"
LONGEST = 400

STANDARD = "the standard library"
# What a layer may import of ours besides itself, and what it may never import at all.
LAYERS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "review.rules": ((), (STANDARD,)),
    "review.audit.canonical": ((), (STANDARD,)),
    "review.audit.tree": (("review.audit.canonical",), (STANDARD,)),
    "review.audit.verify": ((), (STANDARD,)),
    "review.audit": (
        ("review.rules", "review.models", "review.store", "review.clock", "review.config"),
        ("flask",),
    ),
    "review.models": (("review.rules", "review.extensions", "review.audit"), ("flask",)),
    "review.actions": (
        (
            *("review.rules", "review.models", "review.audit", "review.store", "review.notices"),
            *("review.clock", "review.config"),
        ),
        ("flask",),
    ),
    "review.queries": (
        ("review.rules", "review.models", "review.audit", "review.store", "review.clock", "review.config"),
        ("flask",),
    ),
    "review.forms": (("review.rules", "review.queries"), ("sqlalchemy",)),
    "review.views": (
        (
            *("review.actions", "review.queries", "review.forms", "review.rules", "review.store"),
            *("review.clock", "review.config", "review.extensions", "review.api"),
        ),
        (),
    ),
    "review.api": (
        (
            *("review.actions", "review.queries", "review.forms", "review.rules", "review.store"),
            *("review.clock", "review.config", "review.extensions", "review.views"),
        ),
        (),
    ),
}
# The session itself is closed to the pages, whatever else of the extensions they need.
CLOSED_NAMES = {("review.extensions", "db"), ("review.extensions", "write_mode"), ("sqlalchemy", "text")}
DOORWAYS = {"review/actions/act.py", "review/actions/accounts.py", "review/actions/verb.py"}
BAD_NAMES = re.compile(r"(^|_)(utils?|helpers?|managers?|misc|common)($|_|\.)", re.IGNORECASE)


def modules() -> list[Path]:
    return sorted(path for path in REVIEW.rglob("*.py"))


def templates() -> list[Path]:
    return sorted(path for path in TEMPLATES.rglob("*.html"))


def stylesheets() -> list[Path]:
    return sorted(path for path in (REVIEW / "static").rglob("*.css") if "vendor" not in path.parts)


def dotted(path: Path) -> str:
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    return name.removesuffix(".__init__")


def layer_of(module: str) -> str | None:
    fitting = [layer for layer in LAYERS if module == layer or module.startswith(layer + ".")]
    return max(fitting, key=len) if fitting else None


def within(module: str, packages: tuple[str, ...]) -> bool:
    return any(module == package or module.startswith(package + ".") for package in packages)


def imports(path: Path) -> Iterator[tuple[int, str, str]]:
    """Each import as (line, module, name)."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            yield from ((node.lineno, module, alias.name) for alias in node.names)


def forbidden(layer: str, module: str, name: str) -> bool:
    allowed, never = LAYERS[layer]
    whole = f"{module}.{name}" if module == "review" else module
    if whole.startswith("."):
        return True
    if whole == "review" or whole.startswith("review."):
        # A file of its own rule (audit.verify) is not free to its neighbours' package.
        return not within(whole, (layer, *allowed))
    top = whole.split(".")[0]
    if STANDARD in never:
        return top not in sys.stdlib_module_names
    return any(top == banned or top.startswith(banned + "_") for banned in never)


def test_every_layer_imports_only_what_it_may() -> None:
    broken = []
    for path in modules():
        layer = layer_of(dotted(path))
        if layer is None:
            continue
        for line, module, name in imports(path):
            if forbidden(layer, module, name):
                broken.append(f"{path.relative_to(ROOT)}:{line} imports {module} {name}".strip())
            if layer in ("review.views", "review.api") and (module, name) in CLOSED_NAMES:
                broken.append(f"{path.relative_to(ROOT)}:{line} reaches for {module}.{name}")
    assert broken == []


@pytest.mark.parametrize(
    ("layer", "module", "name"),
    [
        ("review.rules", "sqlalchemy", "select"),
        ("review.rules", "review.models", "Person"),
        ("review.audit.verify", "review.audit.tree", "Edge"),
        ("review.audit.verify", "cryptography", ""),
        ("review.actions", "flask", "g"),
        ("review.actions", "flask_login", "current_user"),
        ("review.actions", "review.queries", "desk"),
        ("review.queries", "review.actions", "votes"),
        ("review.views", "review.models", "session"),
        ("review.views", "review", "models"),
        ("review.models", "review.actions.act", "acting"),
    ],
)
def test_the_import_rules_can_fail(layer: str, module: str, name: str) -> None:
    assert forbidden(layer, module, name)


def test_only_the_doorways_commit() -> None:
    found = []
    for path in modules():
        relative = path.relative_to(ROOT).as_posix()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            is_commit = isinstance(node, ast.Attribute) and node.attr == "commit"
            receiver = ast.unparse(node.value) if is_commit else ""  # type: ignore[attr-defined]
            if is_commit and "session" in receiver and relative not in DOORWAYS:
                found.append(f"{relative}:{node.lineno}")  # type: ignore[attr-defined]
    assert found == []


def test_no_file_needs_scrolling() -> None:
    exempt = {REVIEW / "audit" / "verify.py"}
    long = [
        f"{path.relative_to(ROOT)} has {count} lines"
        for path in [*modules(), *templates()]
        if path not in exempt and (count := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST
    ]
    assert long == []


def test_names_say_what_a_thing_is() -> None:
    found = []
    for path in modules():
        if BAD_NAMES.search(path.stem):
            found.append(str(path.relative_to(ROOT)))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            is_named = isinstance(node, ast.ClassDef | ast.FunctionDef)
            if is_named and re.search(r"(Manager|Helper|Utils?)$|_(helper|util|manager)$", node.name):
                found.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}")
    assert found == []


# --- style sheets and templates ----------------------------------------------------------------------------

PHYSICAL = re.compile(
    r"(?<![\w-])(?:(?:margin|padding|border)-(?:left|right)(?:-\w+)?|left|right|"
    r"border-(?:top|bottom)-(?:left|right)-radius)\s*:"
    r"|(?:text-align|float|clear)\s*:\s*(?:left|right)\b"
)
CSS_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def test_style_sheets_know_no_left_and_no_right() -> None:
    found = []
    for path in stylesheets():
        text = CSS_COMMENT.sub(lambda match: "\n" * match[0].count("\n"), path.read_text(encoding="utf-8"))
        for number, line in enumerate(text.splitlines(), 1):
            if PHYSICAL.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number} {line.strip()[:80]}")
    assert found == []


@pytest.mark.parametrize("line", ["a{margin-left:0}", "a { left: 0 }", "a{text-align: right}"])
def test_the_check_for_sides_can_fail(line: str) -> None:
    assert PHYSICAL.search(line)


INLINE = re.compile(
    r"<style\b|\sstyle\s*=|\son\w+\s*=\s*[\"']|javascript:|"
    r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/(?:ld\+)?json\")[^>]*>",
    re.IGNORECASE,
)
JINJA_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)


def keep_lines(match: re.Match[str]) -> str:
    return "\n" * match[0].count("\n")


def test_templates_hold_no_inline_style_or_script() -> None:
    found = []
    for path in templates():
        text = JINJA_COMMENT.sub(keep_lines, path.read_text(encoding="utf-8"))
        for number, line in enumerate(text.splitlines(), 1):
            if INLINE.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number} {line.strip()[:80]}")
    assert found == []


@pytest.mark.parametrize(
    "line", ['<p style="x">', "<script>alert()</script>", '<a onclick="x()">', '<a href="javascript:x">']
)
def test_the_check_for_inline_code_can_fail(line: str) -> None:
    assert INLINE.search(line)


# What is code, a name of ours or a key of the keyboard is the same in every language.
NOT_WORDS = re.compile(
    r"\{#.*?#\}|\{%\s*block body_class\s*%\}.*?endblock\s*%\}|\{%-?\s*trans\b.*?endtrans\s*-?%\}|\{%.*?%\}|\{\{.*?\}\}|"
    r"<!--.*?-->|<(script|style|code|kbd)\b.*?</\1>|<bdi translate=\"no\">.*?</bdi>|"
    r"<[^>]*\btranslate=\"no\"[^>]*>[^<]*|&[#\w]+;",
    re.DOTALL,
)
SAME_EVERYWHERE = re.compile(r"\b(Assay|UTC|CSV|JSON|RSS|Atom|SHA-256|KB|MB)\b")
# A tag, or an attribute that a macro writes into one.
TAG = re.compile(r"<[^<>]*>|\b[a-z-]+=\"[^\"]*\"", re.DOTALL)
SPOKEN = re.compile(r"\b(?:aria-label|aria-description|title|placeholder|alt)=\"([^\"]*)\"", re.DOTALL)
WORD = re.compile(r"[^\W\d_]{2,}")


def unmarked(text: str) -> list[tuple[int, str]]:
    """Words a person would read that no catalogue can translate, with their line."""
    bare = NOT_WORDS.sub(keep_lines, text)
    spoken = [(bare[: match.start()].count("\n") + 1, match[1]) for match in SPOKEN.finditer(bare)]
    lines = list(enumerate(TAG.sub(keep_lines, bare).splitlines(), 1))
    return [
        (number, words.strip())
        for number, words in [*spoken, *lines]
        if WORD.search(SAME_EVERYWHERE.sub("", words))
    ]


def test_every_sentence_of_a_template_is_marked_for_translation() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number} {words[:80]}"
        for path in templates()
        for number, words in unmarked(path.read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize(
    "text",
    ["<p>Hello there</p>", '<a title="More of it">{{ x }}</a>', '<img alt="A map">', "{% if a %}Yes{% endif %}"],
)
def test_the_check_for_unmarked_words_can_fail(text: str) -> None:
    assert unmarked(text)


@pytest.mark.parametrize(
    "text",
    ['<p class="muted">{{ _("Hello") }}</p>', "{% trans n=3 %}Hi {{ n }}{% endtrans %}", "<code>a_key</code>"],
)
def test_marked_words_pass(text: str) -> None:
    assert unmarked(text) == []
