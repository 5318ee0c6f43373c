"""A desk with something of everything: published, disputed, embargoed, restricted, reopened, merged, logged, in a bundle."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from review import clock
from review.actions import (
    approvals,
    checkpoints,
    exits,
    incidents,
    positions,
    public_bundles,
    restrictions,
    streams,
    tokens,
)
from review.audit.checkpoint_files import latest_size
from review.models import session
from review.rules.facts import Casualties, Range
from review.rules.permissions import Actor
from review.rules.tokens import scopes_of
from tests import builders

LATER = "canarylater"
BECAUSE = "It has to be said."


@dataclass(frozen=True)
class Filled:
    """The names of what there is, and a token of each role."""

    published: str
    reopened: str
    merged: str
    embargoed: str
    restricted: str
    graded: str
    logged: str
    size: int
    seq: int
    tokens: dict[str, str]


def token_of(actor: Actor) -> str:
    """A token of this person with every scope that their role may hand on."""
    scopes = scopes_of(actor.role)
    return tokens.make_token(actor.person or 0, name="a script", scopes=scopes, days=30)


def bearing(token: str) -> dict[str, str]:
    """The header by which a program says for whom it acts."""
    return {"Authorization": f"Bearer {token}"}


def opened(desk: builders.Desk, code: str, **changes: Any) -> str:
    return builders.with_sources(desk, builders.opened(desk, codes=(code,), **changes))


def published(desk: builders.Desk, code: str, **changes: Any) -> str:
    ref = builders.agreed(desk, opened(desk, code, **changes))
    builders.approved(desk, ref)
    return ref


def reopened(desk: builders.Desk, ref: str) -> str:
    """Judged again, with facts that no version has told yet."""
    approvals.reopen(desk.lead, ref, ground="verdict", reason="S3 is new.", seen=builders.row(ref).digest)
    facts = builders.facts(codes=("ZQ999",), earlier_codes=("KV372",), summary=LATER, date="2031-04-01")
    incidents.describe_incident(desk.enterer, ref, facts=facts, reason="A witness says so.")
    return ref


def embargoed(desk: builders.Desk, code: str) -> str:
    """Approved, to be published tomorrow."""
    ref = builders.agreed(desk, opened(desk, code, summary=LATER))
    tomorrow = (date.fromisoformat(clock.today()) + timedelta(days=1)).isoformat()
    seen = builders.row(ref).digest
    approvals.approve(desk.leads[1], ref, reason="Every guard is met.", seen=seen, not_before=tomorrow)
    return ref


def restricted(desk: builders.Desk, code: str) -> str:
    """Published, and since then shown to one lead alone."""
    ref = published(desk, code, summary=LATER)
    restrictions.restrict_incident(desk.lead, ref, people=[desk.lead.person or 0], reason="A family is in danger.")
    return ref


def everything(desk: builders.Desk, _time: object = None) -> Filled:
    """All of it, and a checkpoint and a public bundle over what was published."""
    first = published(desk, "KV371")
    concedes = Casualties(Range(1, 2), Range())
    positions.record_position(desk.lead, first, party=builders.PARTY, position="credible", source=1, conceded=concedes)
    disputed = builders.settled(desk)
    builders.approved(desk, disputed, by=desk.leads[1])
    again = published(desk, "KV372")
    merged, into = published(desk, "KV373"), published(desk, "KV374")
    exits.merge_incident(desk.lead, merged, into=into, reason="The same store.")
    streams.define_stream(desk.admin, slug="tarn-brigades-velmar", name="Tarn Brigades, Velmar", mode="log-only", reason=BECAUSE)
    incidents.open_incident(desk.enterer, stream="tarn-brigades-velmar", facts=builders.facts(codes=("TB033",)))
    hidden = restricted(desk, "KV375")
    builders.work()
    public_bundles.follow(checkpoints.publish_checkpoint())
    builders.work()
    size = latest_size(session) or 0
    reopened(desk, again)
    waits = embargoed(desk, "KV376")
    graded, _number = builders.round_opened(desk, opened(desk, "KV377"))
    builders.cast(desk.voters[0], graded, 1)
    logged = opened(desk, "KV378")
    people = {one.role: one for one in (desk.spare, desk.leads[0], desk.admin, desk.auditor)}
    given = {role: token_of(actor) for role, actor in people.items()}
    (seq,) = (one.seq for one in builders.view(first).determinations)
    return Filled(first, again, merged, waits, hidden, graded, logged, size, seq, given)
