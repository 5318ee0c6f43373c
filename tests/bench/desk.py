"""A desk of so many incidents built through the real actions: an archive, imported, and open rounds of three reviewers."""

from __future__ import annotations

import http.cookiejar
import re
import urllib.parse
import urllib.request
from dataclasses import dataclass, replace
from pathlib import Path

from flask import Flask

from review.actions import imports, passwords, people, policies, rounds, sources, streams
from review.actions.incidents import open_incident
from review.rules.permissions import Actor
from review.rules.policy import Policy
from tests import builders
from tests.bench import archive
from tests.bench.load import Request

PASSWORD = "a long enough pass phrase for a bench"
VOTERS = 12
AUDITOR = "auditor"  # who may take a list away, and is asked for no second factor
SLOW = {"grace": [600, 600]}
MOST_OPEN = 1_000  # incidents with an open round; the rest of a desk is its archive


@dataclass(frozen=True)
class Filled:
    """The incidents by reference, each with its evidence digest and the voters asked."""

    refs: tuple[tuple[str, str, tuple[str, ...]], ...]
    emails: tuple[str, ...]


def fill(app: Flask, incidents: int, folder: Path) -> Filled:
    """The desk: half of it, at most a thousand, have open rounds, and no round closes while the bench votes."""
    with_rounds = min(incidents // 2, MOST_OPEN)
    with app.app_context():
        hashed = passwords.hash_password(PASSWORD)
        admin = Actor(people.set_up(email="admin@bench.invalid", name="Admin", password_hash=hashed), "admin", "Admin")
        reviewers = [_person(admin, f"reviewer{n}", "reviewer", hashed) for n in range(VOTERS)]
        lead, enterer = _person(admin, "lead", "lead", hashed), _person(admin, "enterer", "reviewer", hashed)
        _person(admin, AUDITOR, "auditor", hashed)
        policies.set_policy(admin, policy=replace(Policy(), times={**Policy().times, **SLOW}), reason="A bench.")
        streams.define_stream(admin, slug=builders.STREAM, name="Bench")
        imports.import_incidents(admin, archive.write(folder / "archive.csv", incidents - with_rounds))
        refs = [_incident(enterer, lead, reviewers, number) for number in range(with_rounds)]
        return Filled(tuple(refs), tuple(f"reviewer{n}@bench.invalid" for n in range(VOTERS)))


def _person(admin: Actor, name: str, role: str, hashed: str) -> Actor:
    person = people.add_person(admin, email=f"{name}@bench.invalid", name=name, role=role, password_hash=hashed)
    return Actor(person, role, name)


def _incident(enterer: Actor, lead: Actor, reviewers: list[Actor], number: int) -> tuple[str, str, tuple[str, ...]]:
    ref = open_incident(enterer, stream=builders.STREAM, facts=builders.facts(codes=(f"BN{number}",)))
    for place in (1, 2):
        draft = builders.draft(place, url=f"https://bench.example/{number}/{place}")
        sources.attach_source(enterer, ref, draft=draft)
    asked = [reviewers[(number + step) % VOTERS] for step in range(3)]
    rounds.open_round(lead, ref, reviewers=[actor.person for actor in asked if actor.person])
    return ref, builders.row(ref).evidence, tuple(f"{actor.name}@bench.invalid" for actor in asked)


@dataclass(frozen=True)
class SignedIn:
    """A browser's cookie and the token of its forms."""

    cookie: str
    token: str


def sign_in(base: str, email: str, password: str = PASSWORD) -> SignedIn:
    """Sign in through the page, as a person does."""
    jar = http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    token = _token(browser.open(f"{base}/login").read().decode())
    form = {"email": email, "password": password, "csrf_token": token}
    page = browser.open(f"{base}/login", urllib.parse.urlencode(form).encode()).read().decode()
    return SignedIn("; ".join(f"{cookie.name}={cookie.value}" for cookie in jar), _token(page))


def _token(page: str) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    if found is None:
        raise SystemExit("the page holds no form token")
    return found.group(1)


def votes(filled: Filled, signed_in: dict[str, SignedIn], variants: int = 2) -> list[Request]:
    """A vote of every voter on every incident, again and again with other words."""
    return [
        _vote(ref, evidence, signed_in[email], variant)
        for variant in range(variants)
        for ref, evidence, emails in filled.refs
        for email in emails
    ]


def _vote(ref: str, evidence: str, who: SignedIn, variant: int) -> Request:
    form = {
        "csrf_token": who.token, "round": "1", "seen": f"{evidence}:1", "grade": "fair", "killed_min": "3",
        "killed_max": "5", "injured_min": "6", "injured_max": "8", "sources": "1",
        "rationale": f"Two accounts that do not copy one another, reading {variant}.", "departs": "",
    }  # fmt: skip
    return Request(f"/desk/incidents/{ref}/vote", "POST", who.cookie, urllib.parse.urlencode(form))
