"""The role × route × object matrix: who gets through which door of the application, from DESIGN section 4, "Rights".

The rows stand in `doors.py`; a route without one fails. Whoever holds the right gets past it (what a guard then answers
is another matter); everybody else gets 403, the public the log-in wall; and for an incident that is not there, or hidden,
everybody who may read at all gets 404, so that absent and hidden look alike.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from io import BytesIO

import pytest
from flask import Flask
from sqlalchemy import select

from review.extensions import db
from review.models import Claim, Incident, session
from review.rules.permissions import Actor
from tests import builders, staffing
from tests.api.filling import bearing, token_of
from tests.web.addresses import filled, rules
from tests.web.doors import API, PERHAPS_ABSENT, ROLES, ROWS, TABLE, Row
from tests.web.sitting import Browser, browser, sitting


@dataclass
class World:
    desk: builders.Desk
    open_round: str
    disputed: str
    published: str
    hidden: str
    passer: Actor
    seated: dict[str, Browser] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    def client(self, role: str) -> Browser:
        """The browser of somebody of this role, signed in once."""
        if role not in self.seated:
            actor = self.actor(role)
            self.seated[role] = sitting(self.desk.app, actor) if actor else browser(self.desk.app)
        return self.seated[role]

    def bearing(self, role: str) -> dict[str, str]:
        """The header of a program of this role, with a token that bears all that the role may hand on."""
        actor = self.actor(role)
        if actor is None:
            return {}
        if role not in self.tokens:
            self.tokens[role] = token_of(actor)
        return bearing(self.tokens[role])

    def actor(self, role: str) -> Actor | None:
        desk = self.desk
        return {"reviewer": desk.spare, "lead": desk.leads[0], "admin": desk.admin, "auditor": desk.auditor}.get(role)


@pytest.fixture
def filling() -> staffing.Filling:
    return something_to_open


@pytest.fixture
def world(staffed: builders.Desk, filled: World) -> World:
    """The same incidents for each role, on a database and in files of its own, and nobody signed in yet."""
    return replace(filled, desk=staffed, seated={}, tokens={})


def something_to_open(built: builders.Desk, _time: object) -> World:
    disputed = builders.disputed(built, builders.with_sources(built, builders.opened(built, codes=("NJ118",))))
    published = builders.agreed(built, builders.with_sources(built, builders.opened(built, codes=("KV371",))))
    builders.approved(built, published, by=built.leads[1])
    opened, _number = builders.round_opened(built, builders.with_sources(built, builders.opened(built, codes=("KV412",))))
    hidden = builders.with_sources(built, builders.opened(built, codes=("KV999",)))
    builders.received(built)
    session.rollback()
    with db.engine.begin() as connection:
        connection.execute(Incident.__table__.update().where(Incident.name == hidden).values(restricted=True))
    return World(built, opened, disputed, published, hidden, builders.add(built.admin, "Pell Anwar", "reviewer"))


def status(world: World, role: str, method: str, path: str, form: dict[str, str]) -> int:
    client = world.client(role)
    data = {**form, "file": (BytesIO(b"Nine words in a file."), "words.txt")} if path.endswith("/capture") else form
    headers = world.bearing(role) if path.startswith(API) else {}
    answer = client.open(path, method=method, data=data if method == "POST" else None, headers=headers)
    if path == "/logout":
        del world.seated[role]
    if answer.status_code == 302 and answer.location.startswith("/login?next="):
        return 401
    return answer.status_code


def expected(row: Row, role: str) -> str:
    """What this role gets here: through, stopped, or sent to the wall."""
    if role in row.roles:
        return "through"
    return "wall" if role == "anonymous" else "stopped"


def kind(code: int) -> str:
    # 503 is an answer of /healthz while no worker runs.
    if code >= 500 and code != 503:
        return f"broken ({code})"
    return {401: "wall", 403: "stopped", 404: "nothing"}.get(code, "through")


def table_problems(app: Flask) -> Iterable[str]:
    answered = {(method, rule.rule) for method in ("GET", "POST", "PUT", "PATCH", "DELETE") for rule in rules(app, method)}
    yield from (f"{method} {rule} has no row" for method, rule in sorted(answered - set(TABLE)))
    yield from (f"{method} {rule} is a row without a route" for method, rule in sorted(set(TABLE) - answered))


def test_every_route_has_its_row_and_every_row_its_route(app: Flask) -> None:
    assert list(table_problems(app)) == []


def test_a_route_without_a_row_is_noticed(app: Flask) -> None:
    app.add_url_rule("/desk/back-door", "back_door", lambda: "", methods=["POST"])
    assert list(table_problems(app)) == ["POST /desk/back-door has no row"]


@pytest.mark.parametrize("role", ROLES)
def test_each_role_gets_through_its_own_doors_and_no_other(world: World, role: str) -> None:
    found = []
    for row in ROWS:
        for path in _addresses(world, row, (world.open_round, world.disputed, world.published)):
            got = kind(status(world, role, row.method, path, row.form))
            wanted = expected(row, role)
            perhaps = wanted == "through" and got == "nothing" and row.rule in PERHAPS_ABSENT
            if got != wanted and not perhaps:
                found.append(f"{row.method} {path}: {got}, not {wanted}")
    assert "\n".join(found) == ""


@pytest.mark.parametrize("role", ROLES)
def test_an_absent_and_a_hidden_incident_are_the_same_nothing(world: World, role: str) -> None:
    """Whoever holds the right finds nothing; whoever does not is stopped or finds nothing, and cannot tell which it is."""
    found = []
    for row in (row for row in ROWS if "<ref>" in row.rule):
        answers = {
            path: kind(status(world, role, row.method, path, row.form))
            for path in _addresses(world, row, ("no-such", world.hidden, "KV999"))
        }
        fair = {"nothing"} if role in row.roles else {"wall"} if role == "anonymous" else {"stopped", "nothing"}
        if len(set(answers.values())) > 1 or not fair.issuperset(answers.values()):
            found.append(f"{row.method} {row.rule}: {answers}")
    assert "\n".join(found) == ""


def _addresses(world: World, row: Row, refs: Iterable[str]) -> list[str]:
    places = {
        "ref": tuple(refs),
        "number": (1,),
        "version": (1,),
        **dict.fromkeys(("size", "old", "new", "seq", "iseq", "notice", "view", "alias"), (1,)),
        "name": (session.scalars(select(Claim.name)).first(),),
        "person": (world.passer.person,),
        "slug": (world.desk.stream,),
        "token": ("no-such-token",),
    }
    rule = next(rule for rule in rules(world.desk.app, row.method) if rule.rule == row.rule)
    found = list(filled(rule, places))
    session.rollback()
    return found
