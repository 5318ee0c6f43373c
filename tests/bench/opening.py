"""The p95 of "next" and of opening an incident of 112 sources, beside a bare Flask and Jinja page of fifty rows."""

from __future__ import annotations

import urllib.parse
from collections.abc import Mapping
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from review.actions import rounds, sources
from review.actions.incidents import open_incident
from review.extensions import db
from review.models import Person
from review.rules.permissions import Actor
from tests import builders
from tests.bench import desk
from tests.bench.load import Request
from tests.bench.load import run as load
from tests.bench.report import Line, Report, alternately
from tests.bench.servers import serving

GOAL = 3.0
SOURCES = 112  # the most that real data holds on one incident
CODE = "BNMOST"
CONNECTIONS = 1  # one person who waits for a page


def run(
    report: Report, name: str, app: Flask, filled: desk.Filled, environment: Mapping[str, str], yardstick_url: str,
    seconds: int, folder: Path,
) -> None:  # fmt: skip
    """On the desk that is there, after an incident with the most sources was put on the first voter's turn."""
    with app.app_context():
        _most(filled)
    yardstick = {"YARDSTICK_URL": yardstick_url}
    with serving("wsgi:app", environment) as base, serving("tests.bench.yardsticks:create()", yardstick) as other:
        who = desk.sign_in(base, filled.emails[0])
        press = urllib.parse.urlencode({"csrf_token": who.token})
        asked = {
            '"next"': [Request("/desk/next", "POST", who.cookie, press)],
            f"an incident of {SOURCES} sources": [Request(f"/desk/incidents/{CODE}", cookie=who.cookie)],
        }
        for what, requests in asked.items():
            _p95(base, requests, seconds, folder)  # the first of all warms the server
            took, bare, ratio = alternately(
                lambda requests=requests: _p95(base, requests, seconds, folder),
                lambda: _p95(other, [Request("/queue")], seconds, folder),
            )
            report.say(Line(f"- p95 of {what}, {name}", f"{took:.1f} ms", f"50 rows {bare:.1f} ms", ratio, GOAL, at_least=False))


def _p95(base: str, requests: list[Request], seconds: int, folder: Path) -> float:
    measured = load(base, requests, connections=CONNECTIONS, seconds=seconds, folder=folder)
    if measured.refused or measured.broken or not measured.rate:
        raise SystemExit(f"{requests[0].path}: {measured}")
    return measured.p95


def _most(filled: desk.Filled) -> None:
    known = {
        email: Actor(person, role, name)
        for email, person, role, name in db.session.execute(select(Person.email, Person.id, Person.role, Person.name))
    }
    enterer, lead = known["enterer@bench.invalid"], known["lead@bench.invalid"]
    ref = open_incident(enterer, stream=builders.STREAM, facts=builders.facts(codes=(CODE,)))
    for number in range(1, SOURCES + 1):
        sources.attach_source(enterer, ref, draft=builders.draft(number, url=f"https://bench.example/most/{number}"))
    rounds.open_round(lead, ref, reviewers=[known[email].person or 0 for email in filled.emails[:3]])
