"""A restricted incident answers no form of whoever it is not shown to: word for word as one that never was."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from review.actions import assignments, care, restrictions, rounds
from review.models import Base, session
from review.rules.errors import NotFound
from tests import builders
from tests.builders import Desk
from tests.web.addresses import filled, rules
from tests.web.sitting import Browser, masked, sitting

NEVER = "i-AAAAAAAAAAAAAAAA"
TYPED = {
    "reason": "Because.", "ground": "Because.", "text": "And yet.", "round": "1", "grade": "fair", "rationale": "Because.",
    "person": "3", "by": "6", "people": "3", "vote": "1", "kind": "vote", "how": "grey", "word": "calm", "party": builders.PARTY,
    "position": "open", "origin": "1", "sources": "1", "note-1": "Mine.", "seen": "x", "other": "KV412", "url": "https://x.example/",
}  # fmt: skip


def posts(team: Desk, client: Browser, ref: str) -> dict[str, str]:
    """What every form that names an incident answers, and the page that follows, the name masked."""
    places = {"ref": (ref,), "number": (1,), "version": (1,), "name": ("c-no",), "person": (3,), "iseq": (1,), "seq": (1,)}
    found = {}
    for rule in rules(team.app, "POST"):
        if "ref" in rule.arguments and set(rule.arguments) <= places.keys():
            for path in filled(rule, places):
                found[rule.rule] = masked(client.post(path, data=TYPED)).replace(ref, "REF")
    given = client.post("/desk/assign", data={"give": f"{ref}:1:3"})
    found["/desk/assign"] = (masked(given) + masked(client.get("/desk"))).replace(ref, "REF")
    return found


def rows() -> dict[str, int]:
    """How many rows every table holds."""
    session.rollback()
    counts = {table.name: session.scalar(select(func.count()).select_from(table)) or 0 for table in Base.metadata.sorted_tables}
    session.rollback()
    return counts


@pytest.mark.parametrize("role", ["reviewer", "lead", "admin", "auditor"])
def test_no_form_tells_a_restricted_incident_from_none(staffed: Desk, role: str) -> None:
    team = staffed
    others = {"reviewer": team.spare, "lead": team.leads[1], "admin": team.admin, "auditor": team.auditor}
    ref, _number = builders.round_opened(team)
    restrictions.restrict_incident(team.lead, ref, people=[team.lead.person or 0], reason="A family is in danger.")
    client = sitting(team.app, others[role])
    session.rollback()
    before = rows()
    never, hidden = posts(team, client, NEVER), posts(team, client, ref)
    assert [path for path in hidden if hidden[path] != never[path]] == []
    assert len(hidden) > 30
    assert {answer[:3] for path, answer in hidden.items() if path != "/desk/assign"} <= {"403", "404"}
    assert rows() == before


@pytest.mark.parametrize("passed", [False, True])
def test_a_seat_of_what_is_restricted_since_is_passed_by_nobody(staffed: Desk, passed: bool) -> None:
    """Nor does the second press of what was passed before tell that it is still there."""
    ref = builders.with_sources(staffed)
    number = rounds.open_round(staffed.lead, ref)
    assert assignments.take_next(staffed.spare) == ref
    if passed:
        care.pass_on(staffed.spare, ref, number)
    restrictions.restrict_incident(staffed.lead, ref, people=[staffed.lead.person or 0], reason="A family is in danger.")
    with pytest.raises(NotFound):
        care.pass_on(staffed.spare, ref, number)
