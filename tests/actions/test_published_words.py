"""What the public looks for is found in what was published, and in nothing that was written since."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from review.actions import approvals, incidents, redactions, restrictions, rounds
from review.extensions import db
from review.models import Incident, PublicCode, session
from review.queries.mapped import mapped_public
from review.queries.public import list_page
from review.rules.facts import Party
from review.rules.redaction import Named
from tests import builders
from tests.actions.erased import asked, found, standing
from tests.web.sitting import browser

LATER = "canarylater"


@pytest.fixture
def team(staffed: builders.Desk) -> builders.Desk:
    return staffed


def described(team: builders.Desk, ref: str, **changes: object) -> int:
    """Described anew after a publication: another code, party and summary."""
    known = {"codes": ("ZQ999",), "earlier_codes": ("KV412",), "parties": (Party("Tarn Brigades"),), "summary": LATER}
    facts = builders.facts(**{**known, **changes})
    return incidents.describe_incident(team.enterer, ref, facts=facts, reason="A witness says so.")


def reopened(team: builders.Desk, ref: str) -> None:
    approvals.reopen(team.lead, ref, ground="verdict", reason="S3 is new.", seen=builders.row(ref).digest)


def finds(q: str) -> int:
    """How many the public finds, the same in the list, its count, and on the map."""
    session.rollback()
    page, shown = list_page(q=q), mapped_public(q).shown
    session.rollback()
    assert len(page.rows) == page.found.number == shown, q
    return shown


def status(team: builders.Desk, path: str) -> int:
    """What anybody is answered there."""
    return browser(team.app).get(path).status_code


@pytest.mark.parametrize("again", [False, True])
def test_a_word_of_what_was_written_since_finds_nothing(team: builders.Desk, again: bool) -> None:
    ref = builders.published(team)
    if again:
        reopened(team, ref)
    described(team, ref)
    assert [finds(q) for q in (LATER, "zq999", "tarn brigades")] == [0, 0, 0]
    assert [finds(q) for q in ("kv412", "grain store", "karsian")] == [1, 1, 1]
    assert found() == []


def test_a_word_finds_once_its_version_is_published(team: builders.Desk) -> None:
    ref = builders.published(team)
    reopened(team, ref)
    described(team, ref)
    number = rounds.open_round(team.lead, ref, reviewers=[one.person for one in team.voters if one.person])
    builders.cast_all(team, ref, number, "fair", "fair", "fair")
    builders.work()
    assert finds(LATER) == 0
    builders.approved(team, ref, by=team.leads[1])
    assert (finds(LATER), finds("grain store")) == (1, 0)
    assert found() == []


def test_what_is_restricted_keeps_no_words_for_the_public(team: builders.Desk) -> None:
    ref = builders.published(team)
    restrictions.restrict_incident(team.lead, ref, people=[], reason="A family is in danger.")
    assert (finds("grain store"), builders.row(ref).public_text) == (0, "")
    restrictions.lift_restriction(team.lead, ref, reason="Out of danger.")
    assert finds("grain store") == 1


def test_words_that_are_removed_find_nothing_any_more(team: builders.Desk) -> None:
    builders.at_once(team)
    ref = builders.agreed(team, builders.with_sources(team, builders.opened(team, summary="canarysummary")))
    builders.approved(team, ref)
    assert finds("canarysummary") == 1
    seq = builders.row(ref).first_seq or 0
    described(team, ref, summary="at the store")
    redactions.second_redaction(team.leads[1], asked(team, ref, Named(seq, "facts")), reason="I have read it.")
    assert (finds("canarysummary"), standing("canarysummary")) == (0, set())
    assert found() == []


def test_fsck_names_words_that_were_not_published(team: builders.Desk) -> None:
    ref = builders.published(team)
    session.rollback()
    with db.engine.begin() as connection:
        connection.execute(update(Incident.__table__).where(Incident.name == ref).values(public_text=LATER))
    assert found() == [f"{ref}: the column public_text is not what the events say."]


def test_no_public_address_carries_a_code_that_was_not_published(team: builders.Desk) -> None:
    ref = builders.published(team)
    reopened(team, ref)
    described(team, ref)
    anybody = browser(team.app)
    for path in ("/", "/incidents", "/incidents?view=map", f"/incidents/{ref}", "/incidents/KV412"):
        answer = anybody.get(path)
        assert answer.status_code == 200, path
        page = answer.get_data(as_text=True)
        assert "ZQ999" not in page and "KV412" in page, path
    assert anybody.get("/incidents/ZQ999").status_code == anybody.get("/incidents/ZQ998").status_code == 404


def test_a_code_that_repeats_only_inside_the_desk_moves_no_public_address(team: builders.Desk) -> None:
    builders.published(team)
    hidden = builders.opened(team, codes=("KV412",))
    assert [row.ref for row in list_page().rows] == ["KV412"]
    assert status(team, "/incidents/KV412") == 200
    assert status(team, f"/incidents/{hidden}") == 404
    builders.published(team)
    assert "KV412" not in [row.ref for row in list_page().rows], "two that are published have it now"
    assert status(team, "/incidents/KV412") == 404
    assert found() == []


def test_a_code_that_no_version_told_opens_no_bundle_and_leads_nowhere(team: builders.Desk) -> None:
    ref = builders.published(team)
    reopened(team, ref)
    described(team, ref)
    for path in ("/incidents/%s/bundle.zip", "/incidents/%s", "/incidents/%s/1"):
        assert status(team, path % "ZQ999") == 404, path
        assert status(team, path % "KV412") in (200, 503), path


def test_fsck_names_a_code_that_was_not_published(team: builders.Desk) -> None:
    ref = builders.published(team)
    session.rollback()
    with db.engine.begin() as connection:
        connection.execute(update(PublicCode.__table__).values(folded="zq999"))
    assert found() == [f"{ref}: the codes by which the public finds it are not those that were published."]


def test_a_code_that_a_restricted_incident_has_too_is_the_others_alone(team: builders.Desk) -> None:
    builders.published(team)
    secret = builders.published(team)
    assert "KV412" not in [row.ref for row in list_page().rows]
    session.rollback()
    restrictions.restrict_incident(team.lead, secret, people=[], reason="A family is in danger.")
    session.rollback()
    assert [row.ref for row in list_page().rows] == ["KV412"]
