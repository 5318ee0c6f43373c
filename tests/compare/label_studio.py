"""Label Studio in its own environment: a fresh database, one person, one project with a choice and a reason."""

from __future__ import annotations

import http.cookiejar
import json
import os
import re
import subprocess
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.bench.load import Request
from tests.bench.servers import serving

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".compare" / "bin" / "python"
EMAIL, PASSWORD = "one@compare.invalid", "seven quiet herons by the weir"
GRADES = ("Confirmed", "Fair", "Weak", "Contested", "Discounted")
# The form that takes the fewest keys there: a digit chooses, Enter adds the reason, Ctrl and Enter submit.
FORM = (
    '<View><Text name="text" value="$text"/><Choices name="grade" toName="text" choice="single-radio" required="true">'
    + "".join(f'<Choice value="{grade}"/>' for grade in GRADES)
    + '</Choices><TextArea name="reason" toName="text" rows="1" required="true" maxSubmissions="1"/></View>'
)
QUIET = {
    "COLLECT_ANALYTICS": "false", "LATEST_VERSION_CHECK": "false", "SENTRY_RATE": "0", "FRONTEND_SENTRY_RATE": "0",
    "DEBUG": "false", "LOG_LEVEL": "ERROR", "SECRET_KEY": "of a comparison that is thrown away afterwards",
}  # fmt: skip


def installed() -> bool:
    """Whether `make compare` could install it here, whole."""
    return PYTHON.with_name("label-studio").exists()


def version() -> str:
    """What was installed."""
    told = "from importlib.metadata import version; print(version('label-studio'))"
    return subprocess.run([PYTHON, "-c", told], capture_output=True, text=True, check=True).stdout.strip()


@dataclass
class Studio:
    """It, served, with somebody signed in."""

    base: str
    jar: http.cookiejar.CookieJar = field(default_factory=http.cookiejar.CookieJar)

    def __post_init__(self) -> None:
        self.browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    @property
    def cookie(self) -> str:
        return "; ".join(f"{one.name}={one.value}" for one in self.jar)

    @property
    def token(self) -> str:
        return next((one.value or "" for one in self.jar if one.name == "csrftoken"), "")

    def sign_up(self) -> None:
        """Through its own page, as the first person does."""
        page = self.browser.open(f"{self.base}/user/signup/").read().decode()
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        form = {"email": EMAIL, "password": PASSWORD, "csrfmiddlewaretoken": found[1] if found else ""}
        self.browser.open(f"{self.base}/user/signup/", urllib.parse.urlencode(form).encode())

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """One call of its API."""
        asked = urllib.request.Request(f"{self.base}{path}", method=method)
        asked.add_header("X-CSRFToken", self.token)
        if body is not None:
            asked.data = json.dumps(body).encode()
            asked.add_header("Content-Type", "application/json")
        return json.loads(self.browser.open(asked, timeout=600).read() or b"null")

    def project(self, items: int) -> int:
        """A project of so many items, each with the words of a claim."""
        made = int(self.call("POST", "/api/projects", {"title": f"{items} items", "label_config": FORM})["id"])
        words = [{"text": f"Item {number}. Grain store at Marj Eluan hit at dusk, five dead."} for number in range(items)]
        self.call("POST", f"/api/projects/{made}/import", words)
        self.call("POST", "/api/dm/views", {"project": made, "data": {"title": "All", "type": "list"}})
        return made

    def tasks(self, project: int) -> list[int]:
        """The items of a project by their numbers."""
        listed = self.call("GET", f"/api/tasks?project={project}&page_size=1000&fields=task_only")
        return [int(one["id"]) for one in listed["tasks"]]

    def view(self, project: int) -> int:
        """The list of a project as its page asks for it."""
        return int(self.call("GET", f"/api/dm/views?project={project}")[0]["id"])

    def ask(self, path: str, method: str = "GET", body: Any = None) -> Request:
        """The same as a line of a load."""
        text = "" if body is None else json.dumps(body)
        return Request(path, method, self.cookie, text, "application/json", self.token)


def annotation(words: str) -> dict[str, Any]:
    """A choice and a reason, as its own page sends them."""
    named = {"from_name": "grade", "to_name": "text"}
    return {
        "lead_time": 20,
        "result": [
            {**named, "type": "choices", "value": {"choices": ["Fair"]}},
            {**named, "from_name": "reason", "type": "textarea", "value": {"text": [words]}},
        ],
    }


@contextmanager
def running(home: Path, database: dict[str, str]) -> Iterator[Studio]:
    """Migrated, served by the same kind of server as the desk, and signed in."""
    code = _package()
    environment = {
        **os.environ, **QUIET, **database,
        "LABEL_STUDIO_BASE_DATA_DIR": str(home), "DJANGO_SETTINGS_MODULE": "core.settings.label_studio",
        "PYTHONPATH": str(code),
    }  # fmt: skip
    migrate = [str(PYTHON), str(code / "manage.py"), "migrate", "--no-input"]
    done = subprocess.run(migrate, env=environment, capture_output=True, text=True, check=False, timeout=1200)
    if done.returncode:
        raise SystemExit(f"Label Studio did not migrate:\n{done.stderr[-2000:]}")
    with serving("core.wsgi:application", environment, str(PYTHON), home / "server.log") as base:
        studio = Studio(base)
        _ready(studio)
        studio.sign_up()
        yield studio


def _package() -> Path:
    told = "import importlib.util as u; print(u.find_spec('label_studio').origin)"
    found = subprocess.run([PYTHON, "-c", told], capture_output=True, text=True, check=True).stdout.strip()
    return Path(found).parent


def _ready(studio: Studio) -> None:
    """Its server listens before it can answer."""
    until = time.monotonic() + 300
    while True:
        try:
            studio.browser.open(f"{studio.base}/health", timeout=60)
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.5)
        else:
            return
