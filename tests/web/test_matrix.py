"""The role × route × object matrix: who gets through which door of the application, from DESIGN section 4, "Rights".

Each row is written by hand from the rights, not read from the code. A route without a row fails. Whoever holds the right
gets past it (what a guard then answers is another matter); everybody else gets 403, the public the log-in wall; and for
an incident that is not there, or hidden, everybody who may read at all gets 404, so that absent and hidden look alike.
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
from tests.web.sitting import Browser, browser, sitting

ROLES = ("anonymous", "reviewer", "lead", "admin", "auditor")
OPEN = frozenset(ROLES)
DESK = frozenset(ROLES) - {"anonymous"}
WORK = frozenset({"reviewer", "lead"})
LEAD = frozenset({"lead"})
ADMIN = frozenset({"admin"})
REVIEWER = frozenset({"reviewer"})
EXPORT = frozenset({"lead", "admin", "auditor"})

BECAUSE = {"reason": "It has to be said."}
POLICY = {
    "required": "3", "share": "2", "of": "3", "max_distance": "1", "round": "168", "arguments": "72",
    "second_vote": "72", "settler": "168", "vote": "72", "reminder": "24", "hold": "30", "least": "10", "most": "30", **BECAUSE,
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One door: who may pass, and a form that is worth judging."""

    method: str
    rule: str
    roles: frozenset[str]
    form: dict[str, str] = field(default_factory=dict)


API = "/api/v1"
ONE, ROUND, SOURCE, SETTLEMENT = (
    "/desk/incidents/<ref>",
    "/desk/incidents/<ref>/rounds/<int:number>",
    "/desk/incidents/<ref>/sources/<int:number>",
    "/desk/incidents/<ref>/settlement",
)
ROWS = (
    # open to everybody
    Row("GET", "/", OPEN),
    Row("GET", "/incidents", OPEN),
    Row("GET", "/incidents/<ref>", OPEN),
    Row("GET", "/incidents/<ref>/<int:version>", OPEN),
    Row("GET", "/incidents/<ref>/bundle.zip", OPEN),
    Row("GET", "/audit/bundle.zip", OPEN),
    Row("GET", "/data", OPEN),
    Row("GET", "/data/recompute.py", OPEN),
    Row("GET", "/data/<name>", OPEN),
    Row("GET", "/data/snapshots/<int:size>", OPEN),
    Row("GET", "/data/snapshots/<int:size>/<name>", OPEN),
    Row("GET", "/incidents.atom", OPEN),
    Row("GET", "/record", OPEN),
    Row("GET", "/record/incidents", OPEN),
    Row("GET", "/record/map", OPEN),
    Row("GET", "/record/conceded", OPEN),
    Row("GET", "/streams", OPEN),
    Row("GET", "/streams/<slug>", OPEN),
    Row("GET", "/submit", OPEN),
    Row("POST", "/submit", OPEN, {"text": "Two explosions by the mill."}),
    Row("GET", "/submit/receipt", OPEN),
    Row("POST", "/submit/receipt", OPEN, {"code": "abcd-efgh-2345-mnop"}),
    Row("GET", "/incidents/<ref>/correction", OPEN),
    Row("POST", "/incidents/<ref>/correction", OPEN, {"text": "The mill had closed."}),
    Row("GET", "/method", OPEN),
    Row("GET", "/audit", OPEN),
    Row("GET", "/audit/verify.py", OPEN),
    Row("GET", "/audit/checkpoint", OPEN),
    Row("GET", "/audit/checkpoints", OPEN),
    Row("GET", "/audit/checkpoints/<int:size>", OPEN),
    Row("GET", "/audit/checkpoints.atom", OPEN),
    Row("GET", "/audit/consistency/<int:old>-<int:new>", OPEN),
    Row("GET", "/audit/proofs/<int:seq>", OPEN),
    Row("POST", "/audit/cosignatures", OPEN),
    Row("GET", "/healthz", OPEN),
    Row("GET", "/login", OPEN),
    Row("POST", "/login", OPEN),
    Row("GET", "/setup/<token>", OPEN),
    Row("POST", "/setup/<token>", OPEN),
    Row("GET", "/invitation/<token>", OPEN),
    Row("POST", "/invitation/<token>", OPEN),
    Row("GET", "/reset/<token>", OPEN),
    Row("POST", "/reset/<token>", OPEN),
    Row("POST", "/logout", DESK),
    # for programs: what is public, and what a token opens that its person's role bears today
    Row("GET", "/api", OPEN),
    *(Row("GET", f"{API}{path}", OPEN) for path in (
        "/openapi.json", "/incidents", "/incidents/<ref>", "/incidents/<ref>/sources", "/incidents/<ref>/determinations",
        "/incidents/<ref>/determinations/<int:version>", "/incidents/<ref>/determinations/<int:version>/sources",
        "/determinations", "/record", "/record/incidents", "/streams", "/streams/<slug>", "/codebooks",
        "/codebooks/<name>/<int:version>", "/audit", "/audit/checkpoint", "/audit/checkpoints",
        "/audit/checkpoints/<int:size>", "/audit/consistency/<int:old>-<int:new>", "/audit/proofs/<int:seq>",
    )),
    Row("GET", f"{API}/desk/incidents", EXPORT),
    Row("GET", f"{API}/desk/incidents/<ref>", EXPORT),
    Row("POST", f"{API}/claims", WORK),
    Row("GET", "/desk/account/tokens", DESK),
    Row("POST", "/desk/account/tokens", DESK),
    Row("POST", "/desk/account/tokens/end", DESK, {"token": "no-such"}),
    # a person's own desk
    Row("GET", "/desk", DESK),
    Row("POST", "/desk/next", REVIEWER),
    Row("POST", "/desk/let-go", DESK),
    Row("POST", "/desk/languages", WORK, {"languages": "ar"}),
    Row("GET", "/desk/inbox", DESK),
    Row("GET", "/desk/after-the-vote", WORK),
    Row("GET", "/desk/agreement", frozenset({"reviewer", "lead", "auditor"})),
    Row("POST", "/desk/inbox/read", DESK, {"until": "2031-03-14T12:00:00+00:00"}),
    Row("POST", "/desk/inbox/<int:notice>", DESK),
    Row("POST", "/desk/account/care", DESK, {"media": "ask", "mail": "daily"}),
    Row("POST", "/desk/break", DESK),
    Row("POST", "/desk/views", DESK, {"place": "incidents", "name": "Mine", "f-stage": "grading"}),
    Row("POST", "/desk/views/<int:view>/forget", DESK),
    Row("GET", "/help", OPEN),
    Row("GET", "/desk/help", ADMIN),
    Row("POST", "/desk/help", ADMIN, {"en": "Call the desk."}),
    Row("GET", "/desk/method", ADMIN),
    Row("POST", "/desk/method", ADMIN, {"scope-en": "Velmar since 2029."}),
    Row("GET", "/mail/stop/<token>", OPEN),
    Row("POST", "/mail/stop/<token>", OPEN),
    Row("POST", f"{SOURCE}/show", DESK, {"how": "grey"}),
    Row("GET", f"{SOURCE}/media", DESK),
    Row("POST", f"{SOURCE}/warning", WORK, {"word": "graphic"}),
    Row("POST", f"{ONE}/pass", WORK, {"round": "1"}),
    Row("GET", "/desk/waiting", LEAD),
    Row("GET", "/desk/workload", LEAD),
    Row("GET", "/desk/assign", LEAD),
    Row("POST", "/desk/assign/preview", LEAD, {"incident": "KV412"}),
    Row("POST", "/desk/assign", LEAD),
    Row("POST", "/desk/waiting/<ref>/remind", LEAD),
    Row("POST", "/desk/waiting/<ref>/reopen", LEAD),
    Row("POST", "/desk/waiting/<ref>/rounds/<int:number>/extend", LEAD),
    Row("POST", "/desk/waiting/<ref>/rounds/<int:number>/substitute", LEAD, {"person": "2", "by": "6"}),
    # claims
    Row("GET", "/desk/claims", WORK),
    Row("GET", "/desk/claims/new", WORK),
    Row("POST", "/desk/claims/new", WORK, {"text": "A market was hit."}),
    Row("GET", "/desk/claims/<name>", WORK),
    Row("POST", "/desk/claims/<name>/group", WORK, {"code": "KV412", "incident": "KV412", **BECAUSE}),
    Row("POST", "/desk/claims/<name>/duplicate", WORK, BECAUSE),
    Row("POST", "/desk/claims/<name>/dismiss", WORK, BECAUSE),
    Row("POST", "/desk/claims/<name>/ungroup", WORK, BECAUSE),
    Row("POST", "/desk/claims/<name>/withdraw", WORK, BECAUSE),
    Row("POST", "/desk/claims/<name>/restore", WORK, BECAUSE),
    # what the public sends in; nothing waits here, so that every further door leads to nothing
    Row("GET", "/desk/submissions", WORK),
    Row("POST", "/desk/submissions/kept", LEAD, {"days": "90"}),
    Row("GET", "/desk/submissions/<name>", WORK),
    *(Row("POST", f"/desk/submissions/<name>/{deed}", WORK, BECAUSE) for deed in ("accept", "refuse", "reconsider")),
    Row("GET", "/desk/submissions/<name>/files/<int:number>", WORK),
    Row("POST", "/desk/submissions/<name>/files/<int:number>/attach", WORK, {"incident": "KV412"}),
    Row("GET", "/desk/corrections", LEAD),
    Row("GET", "/desk/corrections/<name>", LEAD),
    *(Row("POST", f"/desk/corrections/<name>/{deed}", LEAD, {"text": "A note.", **BECAUSE})
      for deed in ("take", "publish", "recheck", "decline")),
    # incidents
    Row("GET", "/desk/incidents", DESK),
    Row("GET", "/desk/incidents.csv", EXPORT),
    Row("GET", "/desk/incidents.json", EXPORT),
    Row("GET", ONE, DESK),
    Row("GET", f"{ONE}/history", DESK),
    Row("GET", f"{ONE}/history/<int:iseq>/proof", DESK),
    Row("GET", "/desk/incidents/new", WORK),
    Row("POST", "/desk/incidents/new", WORK, {"stream": builders.STREAM}),
    Row("GET", f"{ONE}/describe", WORK),
    Row("POST", f"{ONE}/describe", WORK, BECAUSE),
    Row("POST", f"{ONE}/position", LEAD, {"party": builders.PARTY, "position": "open"}),
    Row("POST", f"{ONE}/conflict", WORK, {"ground": "They are my cousins."}),
    Row("POST", f"{ONE}/claims/<name>/ungroup", WORK, BECAUSE),
    # exits
    Row("GET", f"{ONE}/merge", LEAD),
    Row("POST", f"{ONE}/merge", LEAD, {"into": "NJ118", "reason": ""}),
    Row("GET", f"{ONE}/split", LEAD),
    Row("POST", f"{ONE}/split", LEAD, {"parts": "2", "reason": ""}),
    Row("POST", f"{ONE}/dismiss", LEAD, {"reason": ""}),
    Row("POST", f"{ONE}/withdraw", LEAD, {"reason": ""}),
    Row("POST", f"{ONE}/restore", LEAD, {"reason": ""}),
    Row("POST", f"{ONE}/restrict", LEAD, {"deed": "restrict", "reason": ""}),
    # sources
    Row("POST", f"{ONE}/sources", WORK, {"url": "https://velmar.example/9"}),
    Row("POST", f"{ONE}/sources/group", WORK, {"origin": "1", "sources": "2", **BECAUSE}),
    Row("GET", SOURCE, DESK),
    Row("GET", f"{SOURCE}/file", DESK),
    Row("POST", f"{SOURCE}/assess", WORK, {"role": "context"}),
    Row("POST", f"{SOURCE}/capture", WORK),
    Row("POST", f"{SOURCE}/archive", WORK, {"archive": "https://archive.invalid/9", "checked": "empty"}),
    Row("POST", f"{SOURCE}/withdraw", WORK, BECAUSE),
    # votes
    Row("POST", f"{ONE}/vote", WORK, {"round": "1", "grade": "fair", "rationale": "Because."}),
    Row("POST", f"{ONE}/draft", WORK, {"kind": "vote", "rationale": "Begun."}),
    Row("POST", f"{ONE}/abstain", WORK, {"round": "1", **BECAUSE}),
    Row("POST", f"{ONE}/recuse", WORK, {"round": "1", "ground": "Too near."}),
    Row("POST", f"{ONE}/withdraw-vote", WORK, BECAUSE),
    # rounds
    Row("POST", f"{ONE}/rounds", LEAD),
    Row("POST", f"{ROUND}/assign", LEAD, {"person": "6"}),
    Row("POST", f"{ROUND}/panel", LEAD, {"people": "6"}),
    Row("POST", f"{ROUND}/substitute", LEAD, {"person": "2", "by": "6", **BECAUSE}),
    Row("POST", f"{ROUND}/release", LEAD, {"person": "2", **BECAUSE}),
    Row("POST", f"{ROUND}/extend", LEAD, {"hours": "24", **BECAUSE}),
    Row("POST", f"{ROUND}/close", LEAD, BECAUSE),
    Row("POST", f"{ROUND}/abandon", LEAD, {"reason": ""}),
    # settlement
    Row("GET", SETTLEMENT, DESK),
    Row("POST", f"{SETTLEMENT}/argue", WORK, {"text": "And yet."}),
    Row("POST", f"{SETTLEMENT}/second-vote", LEAD),
    Row("POST", f"{SETTLEMENT}/appoint", LEAD, {"person": "6"}),
    Row("POST", f"{SETTLEMENT}/settle", WORK, {"grade": "fair", "rationale": "Because."}),
    Row("POST", f"{SETTLEMENT}/dissent", WORK, {"text": "I differ."}),
    Row("POST", f"{SETTLEMENT}/abandon", LEAD, BECAUSE),
    # approval
    Row("GET", f"{ONE}/approval", LEAD),
    Row("POST", f"{ONE}/approval/approve", LEAD, BECAUSE),
    Row("POST", f"{ONE}/approval/return", LEAD, {"to": "round", **BECAUSE}),
    Row("POST", f"{ONE}/approval/override", LEAD, {"grade": "weak", **BECAUSE}),
    Row("POST", f"{ONE}/approval/second", LEAD, BECAUSE),
    Row("POST", f"{ONE}/recheck", LEAD, BECAUSE),
    Row("POST", f"{ONE}/recheck/confirm", LEAD, BECAUSE),
    Row("POST", f"{ONE}/exclude", LEAD, {"vote": "1", "ground": "conflict", **BECAUSE}),
    Row("POST", f"{ONE}/reopen", LEAD, {"ground": "verdict", **BECAUSE}),
    # redaction; nothing is asked for here, so that every answer to a request leads to nothing
    Row("GET", f"{ONE}/removal", LEAD),
    Row("POST", f"{ONE}/removal", LEAD, {"ground": "error", **BECAUSE}),
    Row("GET", "/desk/redactions", LEAD | ADMIN),
    Row("GET", "/desk/redactions/log", LEAD),
    Row("POST", "/desk/redactions/log", LEAD, {"ground": "error", **BECAUSE}),
    Row("POST", "/desk/redactions/<name>/second", LEAD | ADMIN, BECAUSE),
    Row("POST", "/desk/redactions/<name>/decline", LEAD | ADMIN, BECAUSE),
    Row("POST", "/desk/redactions/<name>/withdraw", LEAD),
    # people, streams, policy, export
    Row("GET", "/desk/account", DESK),
    Row("POST", "/desk/account/password", DESK),
    Row("POST", "/desk/account/reading", DESK, {"language": "en", "timezone": ""}),
    Row("POST", "/desk/account/keys", DESK, {"keys": "on"}),
    Row("POST", "/desk/account/sessions/end", DESK, {"session": "no-such"}),
    Row("GET", "/desk/account/second-factor", DESK),
    Row("POST", "/desk/account/second-factor", DESK, {"code": "123456"}),
    Row("POST", "/desk/account/second-factor/codes", DESK),
    Row("POST", "/desk/account/second-factor/remove", DESK),
    Row("GET", "/desk/people", LEAD | ADMIN),
    Row("POST", "/desk/people", ADMIN, {"email": "new@desk.invalid", "name": "Neva Orrin", "role": "reviewer"}),
    Row("GET", "/desk/people/<int:person>", LEAD | ADMIN),
    Row("POST", "/desk/people/<int:person>/grant", ADMIN, {"role": "auditor", **BECAUSE}),
    Row("POST", "/desk/people/<int:person>/revoke", ADMIN, {"role": "auditor", **BECAUSE}),
    Row("POST", "/desk/people/<int:person>/deactivate", ADMIN, {"role": "auditor", **BECAUSE}),
    Row("POST", "/desk/people/<int:person>/reactivate", ADMIN, {"role": "auditor", **BECAUSE}),
    Row("POST", "/desk/people/<int:person>/left", ADMIN),
    Row("POST", "/desk/people/<int:person>/reset", ADMIN),
    Row("POST", "/desk/people/<int:person>/second-factor", ADMIN),
    Row("POST", "/desk/people/second-factors", ADMIN, {"value": "asked"}),
    Row("GET", "/desk/parties", LEAD | ADMIN),
    Row("POST", "/desk/parties", ADMIN, {"alias": "Tarn", "name": "Tarn Brigades", **BECAUSE}),
    Row("POST", "/desk/parties/<int:alias>/withdraw", ADMIN, BECAUSE),
    Row("GET", "/desk/streams", LEAD | ADMIN),
    Row("POST", "/desk/streams", ADMIN, {"slug": "tarn-brigades", "name": "Tarn Brigades", "mode": "active"}),
    Row("GET", "/desk/streams/<slug>", LEAD | ADMIN),
    Row("POST", "/desk/streams/<slug>", LEAD, {"mode": "active", **BECAUSE}),
    Row("GET", "/desk/streams/<slug>/catch-up", LEAD | ADMIN),
    # the ledger of official positions; of no party here yet
    Row("GET", "/desk/ledger", LEAD),
    Row("GET", "/desk/ledger/party", LEAD),
    Row("GET", "/desk/ledger/report", LEAD),
    Row("POST", "/desk/ledger/report", LEAD, {"party": builders.PARTY, "month": "2031-03"}),
    Row("GET", "/desk/policy", DESK),  # /method shows it to everybody
    Row("POST", "/desk/policy", ADMIN, POLICY),
    Row("GET", "/desk/export", EXPORT),
    # only who asked for a bundle finds it; here nobody did
    Row("POST", "/desk/export", EXPORT, {"profile": "court", "recipient": "The chamber", "purpose": "Case 4"}),
    *(Row("GET", f"/desk/export/<name>{page}", EXPORT) for page in ("", "/bundle.zip")),
    *(Row("POST", f"/desk/export/<name>/{deed}", EXPORT) for deed in ("again", "discard")),
    # imports; no file was uploaded here, so that every further door leads an admin to nothing
    Row("GET", "/desk/checks", ADMIN),
    Row("POST", "/desk/checks", ADMIN),
    Row("GET", "/desk/import", ADMIN),
    Row("POST", "/desk/import", ADMIN),
    *(Row("GET", f"/desk/import/<name>{page}", ADMIN) for page in ("", "/rows")),
    *(Row("POST", f"/desk/import/<name>/{deed}", ADMIN) for deed in ("columns", "start", "discard")),
)
TABLE = {(row.method, row.rule): row for row in ROWS}
# What an incident has only where there is a version, a dispute or a file: here 404 is a fair answer to those let in.
PERHAPS_ABSENT = {
    *(f"/desk/redactions/<name>/{deed}" for deed in ("second", "decline", "withdraw")),
    "/incidents/<ref>",
    "/incidents/<ref>/<int:version>",
    "/incidents/<ref>/bundle.zip",
    "/incidents/<ref>/correction",
    "/desk/submissions/<name>",
    *(f"/desk/submissions/<name>/{deed}" for deed in ("accept", "refuse", "reconsider")),
    "/desk/submissions/<name>/files/<int:number>",
    "/desk/submissions/<name>/files/<int:number>/attach",
    "/desk/corrections/<name>",
    *(f"/desk/corrections/<name>/{deed}" for deed in ("take", "publish", "recheck", "decline")),
    # no snapshot was made of this log yet, and no file is called like a claim
    "/data/<name>",
    "/data/snapshots/<int:size>",
    "/data/snapshots/<int:size>/<name>",
    # nothing was published of this log yet
    "/audit/checkpoint",
    "/audit/checkpoints/<int:size>",
    "/audit/checkpoints.atom",
    "/audit/consistency/<int:old>-<int:new>",
    "/audit/proofs/<int:seq>",
    f"{ONE}/history/<int:iseq>/proof",
    *(f"{API}/incidents/<ref>{rest}" for rest in ("", "/sources", "/determinations")),
    *(f"{API}/incidents/<ref>/determinations/<int:version>{rest}" for rest in ("", "/sources")),
    *(f"{API}/audit/{rest}" for rest in ("checkpoint", "checkpoints/<int:size>", "proofs/<int:seq>")),
    f"{API}/audit/consistency/<int:old>-<int:new>",
    f"{API}/codebooks/<name>/<int:version>",
    "/setup/<token>",
    "/invitation/<token>",
    "/reset/<token>",
    SETTLEMENT,
    "/desk/ledger/party",
    f"{SOURCE}/file",
    f"{SOURCE}/show",
    f"{SOURCE}/media",
    "/mail/stop/<token>",
    f"{ONE}/claims/<name>/ungroup",
    f"{ONE}/withdraw-vote",
    *(f"/desk/export/<name>{page}" for page in ("", "/bundle.zip", "/again", "/discard")),
    *(f"/desk/import/<name>{page}" for page in ("", "/rows", "/columns", "/start", "/discard")),
}


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
