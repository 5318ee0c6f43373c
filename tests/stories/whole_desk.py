"""The sample with something on everybody's turn, and every page of it by whoever opens it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask
from playwright.sync_api import BrowserContext
from sqlalchemy import select

from review.actions import claims, invitations, people, settlements, sources
from review.actions.care import stop_token
from review.cli import sample
from review.models import DataSnapshot, session
from review.queries.by_email import person_of
from review.queries.claims import claims_page
from review.queries.corrections import corrections_page
from review.queries.submissions import queue_page
from review.rules.permissions import Actor
from tests import builders
from tests.stories import decided, handed_in, handed_out, left, removed
from tests.web.sitting import seated

FRESH = "KV500"  # a round is open; Mara has a ballot
ARGUED = "KV501"  # disputed, its arguments open
TO_SETTLE = "KV502"  # waits for Sunniva, its settler
PUBLIC = ("/", "/incidents", "/incidents?q=nothing-of-the-kind", "/incidents?view=map", "/record", "/record?party=karsian+air+force&grade=fair&grade=contested", "/record?party=nobody", "/record/incidents?month=2031-03", "/record/map?month=2031-03", "/data", "/submit", "/submit/receipt", "/incidents/KV412/correction", "/method", "/audit", "/audit/checkpoints", "/api", "/help", "/login", "/not-a-page")
REFUSED = {"/record?party=nobody": 404, "/not-a-page": 404, "/desk/claims?stage=received": 403}
OFFICIAL = "northern%20joint%20command"  # whose reports are kept
STREAMS = ("/streams", "/streams/tarn-brigades-velmar", f"/record?party={OFFICIAL}", f"/record/conceded?party={OFFICIAL}&month=2026-02")
LEDGER = (
    "/desk/streams", "/desk/streams/tarn-brigades-velmar/catch-up", "/desk/ledger", f"/desk/ledger/party?party={OFFICIAL}",
    f"/desk/ledger/report?party={OFFICIAL}&month=2026-03", "/desk/waiting?stage=accepted", "/desk/incidents/NJ104",
)  # fmt: skip
PUBLISHED = (
    "/incidents/KV412", "/incidents/NJ118", "/incidents/NJ109", "/incidents/NJ109/1", "/incidents/KV401",
    "/incidents/KV405", "/incidents/KV407", "/incidents/NJ101", "/incidents/NJ104", "/incidents/KA207",
)  # fmt: skip


@dataclass(frozen=True)
class Whole:
    """Who opens what."""

    app: Flask
    pages: dict[str, list[str]]


def whole(app: Flask) -> Whole:
    """Put something on everybody's turn; answers each person's pages by their address, the public's under ""."""
    with app.app_context():
        desk = _desk(app)
        waiting = claims.receive_claim(
            desk.enterer, text="بيت ومخزن حبوب، خمسة قتلى.", language="ar", translation="A house."
        )
        repeated = claims.receive_claim(desk.enterer, text="The same house once more.", language="en")
        claims.duplicate_claim(desk.enterer, repeated, of=waiting, reason="Word for word.")
        builders.round_opened(desk, _incident(desk, FRESH))
        builders.disputed(desk, _incident(desk, ARGUED))
        _waits_for_a_settler(desk)
        decided.put(desk)
        secret = left.put(desk)
        invitation = people.invite(desk.admin, email="noor@assay.invalid", name="Noor Velan", role="reviewer")
        reset = invitations.reset_link(desk.spare.person or 0)
        waits = claims_page(desk.enterer).claims[-1].name
        twin = claims_page(desk.enterer, stage="duplicate").claims[0].name
        pages = _pages((waits, twin, secret), desk, [f"/invitation/{invitation}", f"/reset/{reset}", f"/mail/stop/{stop_token(desk.spare.person or 0)}"])
        pages["admin@assay.invalid"] += [*handed_in.put(desk), *handed_out.put(desk)]
        pages["lead@assay.invalid"] += removed.put(desk)
        pages["admin@assay.invalid"] += removed.ADMIN
        return Whole(app, pages)


def _desk(app: Flask) -> builders.Desk:
    known = {email: Actor(person_of(email), role, name) for role, email, name in sample.PEOPLE}
    of_role = {role: tuple(one for one in known.values() if one.role == role) for role in ("lead", "reviewer")}
    return builders.Desk(
        app, known["admin@assay.invalid"], of_role["reviewer"], of_role["lead"], known["auditor@assay.invalid"]
    )  # fmt: skip


def _incident(desk: builders.Desk, code: str) -> str:
    return builders.with_sources(desk, builders.opened(desk, codes=(code,), summary="mill and bakery"))


def _waits_for_a_settler(desk: builders.Desk) -> None:
    ref = builders.disputed(desk, _incident(desk, TO_SETTLE))
    for actor in desk.voters:
        settlements.argue(actor, ref, text=f"What {actor.role} {actor.person} holds against it.")
    number = settlements.open_second_vote(desk.lead, ref)
    builders.cast_all(desk, ref, number, "fair", "fair", "discounted")
    builders.work()
    settlements.appoint_settler(desk.lead, ref, desk.spare.person or 0)


def _pages(named: tuple[str, str, str], desk: builders.Desk, links: list[str]) -> dict[str, list[str]]:
    at, (claim, repeated, secret) = "/desk/incidents", named
    return {
        "": [*PUBLIC, *STREAMS, *PUBLISHED, *decided.PUBLIC, *left.PUBLIC, *_snapshots(), *links],
        "mara@assay.invalid": [
            "/desk", f"{at}/{FRESH}", f"{at}/{FRESH}/sources/1", f"{at}/{FRESH}/sources/new", f"{at}/{FRESH}/sources/group", f"{at}/{ARGUED}", f"{at}/{ARGUED}/settlement",
            f"{at}/KV421", f"{at}/NJ121/settlement", "/desk/after-the-vote", "/desk/agreement", f"{at}/NJ118",
        ],
        "lina@assay.invalid": [
            "/desk/claims", f"/desk/claims/{claim}", "/desk/claims?stage=duplicate", "/desk/claims?stage=dismissed",
            "/desk/claims?stage=withdrawn", "/desk/claims?stage=grouped", f"/desk/claims/{repeated}",
            "/desk/claims/new", "/desk/submissions", *sent_in_pages(desk.enterer), f"{at}/new?claim={claim}", f"{at}/KV415/describe", f"{at}/KV412",
        ],
        "sunniva@assay.invalid": ["/desk/account", "/desk/account/second-factor", "/desk/account/tokens", "/desk", f"{at}/{TO_SETTLE}/settlement"],
        "lead@assay.invalid": [
            "/desk/waiting", "/desk/workload", "/desk/agreement", "/desk/assign", "/desk/inbox", at, f"{at}?q=nothing", f"{at}?view=map", f"{at}/{FRESH}", f"{at}/{TO_SETTLE}/settlement", f"{at}/KV415/approval",
            f"{at}/NJ109/approval", f"{at}/NJ118", f"{at}/NJ118/history", f"{at}/NJ118/history?kind=facts", f"{at}/NJ118/settlement", f"{at}/TB033", f"{at}/NJ119",
            "/desk/streams/tarn-brigades-velmar", "/desk/submissions?state=refused", "/desk/corrections", "/desk/corrections/new?incident=KV412", *correction_pages(desk.lead), *LEDGER, *decided.pages(at), *left.pages(at, secret),
        ],
        "admin@assay.invalid": ["/desk/people", f"/desk/people/{desk.spare.person}", "/desk/streams", "/desk/parties", "/desk/policy", "/desk/checks", "/desk/export", "/desk/help", "/desk/method"],
        "auditor@assay.invalid": [
            "/desk", f"{at}/NJ109", f"{at}/NJ109/history", "/desk/policy", "/desk/claims?stage=received",
        ],
    }  # fmt: skip


def _snapshots() -> list[str]:
    """The snapshots of the open data, of which the sample has some."""
    return [f"/data/snapshots/{size}" for size in session.scalars(select(DataSnapshot.size).order_by(DataSnapshot.size))]


def sent_in_pages(reader: Actor) -> list[str]:
    """One that waits, and one that was taken in."""
    rows = [*queue_page(reader).rows[:1], *queue_page(reader, state="accepted").rows[:1]]
    return [f"/desk/submissions/{row.name}" for row in rows]


def correction_pages(lead: Actor) -> list[str]:
    """One that waits for its outcome."""
    return [f"/desk/corrections/{row.name}" for row in corrections_page(lead).rows]


def moves(app: Flask, code: str) -> None:
    """The evidence of an incident moves under whoever reads it."""
    with app.app_context():
        enterer = person_of(sample.ENTERER) or 0
        sources.attach_source(Actor(enterer, "reviewer", "Lina Qassar"), code, draft=builders.draft(9))


def seat(context: BrowserContext, app: Flask, email: str) -> None:
    """Sign somebody in without the page: what the cookie would hold after it."""
    with app.app_context():
        token = seated(person_of(email) or 0)
    signer: Any = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    cookie = signer.dumps({"_user_id": token, "_fresh": True})
    context.add_cookies(
        [{"name": app.config["SESSION_COOKIE_NAME"], "value": cookie, "domain": "127.0.0.1", "path": "/"}]
    )
