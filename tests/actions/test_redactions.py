"""Redaction: asked by one and seconded by another; what is covered is gone everywhere, and everything else still holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from review import clock, config, store
from review.actions import care, claims, drafts, exits, incidents, people, redactions, restrictions, sources, streams
from review.audit import fsck, keys
from review.models import (
    Capture,
    ClaimSign,
    Disclosure,
    Draft,
    Event,
    Incident,
    IncidentCode,
    Job,
    Notice,
    RedactionRequest,
    SavedView,
    Source,
    Stream,
    session,
)
from review.models.dossiers import read_disclosure
from review.rules import redaction
from review.rules.errors import Forbidden, Invalid, NotFound, Refused
from review.rules.facts import Place
from review.rules.redaction import Named
from tests import builders
from tests.actions.erased import asked, found, holds, last, removed, standing

BECAUSE = "It names a child."


@pytest.fixture
def team(staffed: builders.Desk) -> builders.Desk:
    return staffed


def described(team: builders.Desk, ref: str, **changes: object) -> int:
    """The incident described anew, by somebody who does not judge it."""
    return incidents.describe_incident(team.enterer, ref, facts=builders.facts(**changes), reason="Without the name.")


# --- two people ----------------------------------------------------------------------------------------------


def test_what_two_people_agree_on_is_recorded_and_gone(team: builders.Desk) -> None:
    ref = builders.opened(team)
    seq = described(team, ref, summary="canarysummary at the store")
    assert standing("canarysummary")
    described(team, ref, summary="at the store")
    name = asked(team, ref, Named(seq, "facts"), ground="source_at_risk")
    assert standing("canarysummary"), "nothing goes before a second person agrees"
    redactions.second_redaction(team.leads[1], name, reason="I have read it.")
    assert standing("canarysummary") == set()
    event = last("detail.redacted")
    assert (event["body"]["of"], event["body"]["ground"]) == (seq, "source_at_risk")
    assert event["body"]["asked_by"] == builders.who(team.lead, ref) != event["actor"]
    assert builders.view(ref).facts.summary == "at the store"
    assert session.scalars(select(RedactionRequest)).all() == []
    assert found() == []


def test_a_view_that_looks_for_what_was_removed_goes_and_others_stay(team: builders.Desk) -> None:
    care.save_view(team.spare, "incidents", "Mine", "q=Canary%20Noor&stage=logged")
    care.save_view(team.spare, "incidents", "canary noor of the store", "stage=grading")
    care.save_view(team.voters[0], "incidents", "Other", "q=bakery")
    seq = described(team, ref := builders.opened(team), summary="canary noor of the store")
    described(team, ref)
    redactions.second_redaction(team.leads[1], asked(team, ref, Named(seq, "facts")), reason="I have read it.")
    assert standing("canary") == set()
    assert session.scalars(select(SavedView.name)).all() == ["Other"]


def test_an_admin_may_second_it(team: builders.Desk) -> None:
    seq = described(team, ref := builders.opened(team), summary="canary")
    redactions.second_redaction(team.admin, asked(team, ref, Named(seq, "reason")), reason="I have read it.")
    assert removed(seq) == {"reason"}


def test_nobody_seconds_what_they_asked_for(team: builders.Desk) -> None:
    seq = described(team, ref := builders.opened(team), summary="canary")
    name = asked(team, ref, Named(seq, "reason"))
    with pytest.raises(Refused) as refusal:
        redactions.second_redaction(team.lead, name, reason="I have read it.")
    assert [one.name for one in refusal.value.requirements] == ["another-asked"]
    assert set(refusal.value.requirements[0].mend) == {team.leads[1].name, team.admin.name}
    assert removed(seq) == set()


@pytest.mark.parametrize("who", ["enterer", "auditor"])
def test_only_leads_and_admins_second(team: builders.Desk, who: str) -> None:
    seq = described(team, ref := builders.opened(team), summary="canary")
    name = asked(team, ref, Named(seq, "reason"))
    with pytest.raises(Forbidden):
        redactions.second_redaction(getattr(team, who), name, reason="I have read it.")


@pytest.mark.parametrize("who", ["enterer", "auditor", "admin"])
def test_only_leads_ask(team: builders.Desk, who: str) -> None:
    seq = described(team, ref := builders.opened(team), summary="canary")
    with pytest.raises(Forbidden):
        redactions.ask_redaction(
            getattr(team, who), ref, details=[Named(seq, "reason")], ground="error", reason=BECAUSE
        )


def test_each_of_the_two_gives_a_reason_and_both_are_sealed(team: builders.Desk) -> None:
    seq = described(team, ref := builders.opened(team), summary="canary")
    with pytest.raises((Invalid, Refused)):
        redactions.ask_redaction(team.lead, ref, details=[Named(seq, "reason")], ground="error", reason=" ")
    name = asked(team, ref, Named(seq, "reason"))
    with pytest.raises((Invalid, Refused)):
        redactions.second_redaction(team.leads[1], name, reason=" ")
    redactions.second_redaction(team.leads[1], name, reason="I have read it.")
    event = last("detail.redacted")
    sealed = session.scalar(select(Disclosure.text).where(Disclosure.seq == event["seq"], Disclosure.name == "reason"))
    assert read_disclosure(sealed or "")[1] == f"{BECAUSE}\n\nI have read it."


def test_it_is_taken_back_by_who_asked_and_by_nobody_else(team: builders.Desk) -> None:
    seq = described(team, ref := builders.opened(team), summary="canary")
    name = asked(team, ref, Named(seq, "reason"))
    with pytest.raises(NotFound):
        redactions.withdraw_redaction(team.leads[1], name)
    redactions.withdraw_redaction(team.lead, name)
    with pytest.raises(NotFound):
        redactions.second_redaction(team.leads[1], name, reason="I have read it.")
    assert removed(seq) == set()


def test_a_decline_has_a_reason_that_the_asker_is_told_of(team: builders.Desk) -> None:
    seq = described(team, ref := builders.opened(team), summary="canary")
    name = asked(team, ref, Named(seq, "reason"))
    redactions.decline_redaction(team.admin, name, reason="It is public elsewhere.")
    (row,) = session.scalars(select(RedactionRequest)).all()
    assert (row.answer, row.declined_by) == ("It is public elsewhere.", team.admin.person)
    told = session.scalars(select(Notice.kind).where(Notice.person_id == team.lead.person)).all()
    assert "redaction_declined" in told
    with pytest.raises(NotFound):
        redactions.second_redaction(team.leads[1], name, reason="I have read it.")


def test_those_who_may_second_are_told(team: builders.Desk) -> None:
    seq = described(team, ref := builders.opened(team), summary="canary")
    asked(team, ref, Named(seq, "reason"))
    told = set(session.scalars(select(Notice.person_id).where(Notice.kind == "redaction_asked")))
    assert told == {team.leads[1].person, team.admin.person}


def test_a_request_is_forgotten_after_a_month(team: builders.Desk) -> None:
    seq = described(team, ref := builders.opened(team), summary="canary")
    name = asked(team, ref, Named(seq, "reason"))
    later = clock.now() + redaction.WAITS - timedelta(minutes=1)
    with clock.reading(lambda: later):
        redactions.sweep()
        assert session.scalars(select(RedactionRequest)).all() != []
    with clock.reading(lambda: later + timedelta(minutes=2)):
        with pytest.raises(NotFound):
            redactions.second_redaction(team.leads[1], name, reason="I have read it.")
        redactions.sweep()
    assert session.scalars(select(RedactionRequest)).all() == []


# --- what may go ---------------------------------------------------------------------------------------------


def test_the_facts_in_force_are_described_anew_first(team: builders.Desk) -> None:
    seq = described(team, ref := builders.opened(team), summary="canary")
    with pytest.raises(Invalid) as refusal:
        asked(team, ref, Named(seq, "facts"))
    assert refusal.value.problems == {"details": redaction.IN_FORCE}
    described(team, ref, summary="at the store")
    asked(team, ref, Named(seq, "facts"))


def test_of_an_incident_that_left_the_desk_also_the_last_facts_may_go_and_it_works_on(team: builders.Desk) -> None:
    ref = builders.opened(team, summary="canarysummary", codes=("CANARYCODE",))
    seq = builders.row(ref).first_seq or 0
    exits.withdraw_incident(team.lead, ref, reason="It should not have been recorded.")
    redactions.second_redaction(team.leads[1], asked(team, ref, Named(seq, "facts"), Named(seq, "exact")), reason="Read.")
    assert standing("canarysummary") | standing("CANARYCODE") == set()
    row = builders.row(ref)
    assert (row.title, row.search_text, row.code, row.date) == ("", "", None, None)
    exits.restore_incident(team.lead, ref, reason="It belongs here after all.")
    described(team, ref, summary="at the store")
    assert builders.view(ref).facts.summary == "at the store"
    assert found() == []


def test_nothing_mute_is_removed(team: builders.Desk) -> None:
    ref, _number = builders.round_opened(team)
    seq = sources.attach_source(team.enterer, ref, draft=builders.draft(7, note="canarynote"))
    with pytest.raises(Invalid) as refusal:
        asked(team, ref, Named(builders.view(ref).sources[-1].seq, "note"))
    assert refusal.value.problems == {"details": redaction.MUTE}
    assert seq


def test_a_votes_rationale_may_go_after_the_close_and_its_grade_never(team: builders.Desk) -> None:
    ref = builders.agreed(team)
    vote = builders.view(ref).votes[0].seq
    for name in ("grade", "range", "at"):
        with pytest.raises(Invalid) as refusal:
            asked(team, ref, Named(vote, name))
        assert refusal.value.problems == {"details": redaction.NEVER}
    redactions.second_redaction(team.leads[1], asked(team, ref, Named(vote, "rationale")), reason="Read.")
    builders.approved(team, ref)
    assert builders.view(ref).determination is not None
    assert found() == []


def test_what_another_incident_sealed_is_not_there(team: builders.Desk) -> None:
    seq = described(team, builders.opened(team), summary="canary")
    with pytest.raises(Invalid) as refusal:
        asked(team, builders.opened(team, codes=("NJ1",)), Named(seq, "reason"))
    assert refusal.value.problems == {"details": redaction.GONE}


def test_what_is_gone_is_not_removed_twice(team: builders.Desk) -> None:
    seq = described(team, ref := builders.opened(team), summary="canary")
    first, second = (asked(team, ref, Named(seq, "reason")) for _ in range(2))
    redactions.second_redaction(team.leads[1], first, reason="Read.")
    with pytest.raises(Invalid) as refusal:
        redactions.second_redaction(team.leads[1], second, reason="Read.")
    assert refusal.value.problems == {"details": redaction.GONE}


def test_whoever_asked_must_still_be_a_lead(team: builders.Desk) -> None:
    seq = described(team, ref := builders.opened(team), summary="canary")
    name = asked(team, ref, Named(seq, "reason"))
    people.deactivate_person(team.admin, team.lead.person or 0, reason="Gone.")
    with pytest.raises(Invalid) as refusal:
        redactions.second_redaction(team.leads[1], name, reason="Read.")
    assert refusal.value.problems == {"details": redaction.ASKER_GONE}


# --- every copy of it ----------------------------------------------------------------------------------------


def test_a_claim_is_found_no_more_by_words_that_went(team: builders.Desk) -> None:
    seq = claims.receive_claim(
        team.enterer, text="canaryclaim struck the bridge of Qadir", language="en", url="https://canary.example/1"
    )
    redactions.second_redaction(
        team.admin, asked(team, None, Named(seq, "text"), Named(seq, "url"), ground="error"), reason="Read."
    )
    assert holds("canary") == set()
    assert session.scalars(select(ClaimSign).where(ClaimSign.seq == seq)).all() == []
    assert last("detail.redacted")["incident"] is None
    assert found() == []


def test_a_claim_of_a_hidden_incident_is_not_there_for_a_stranger(team: builders.Desk) -> None:
    seq = builders.received(team)
    ref = incidents.open_incident(team.enterer, stream=team.stream, facts=builders.facts(), claims=[seq])
    restrictions.restrict_incident(team.lead, ref, people=[], reason="At risk.")
    with pytest.raises(NotFound):
        redactions.ask_redaction(
            team.leads[1], None, details=[Named(seq, "text")], ground="error", reason=BECAUSE
        )


def test_a_file_goes_with_the_last_word_of_it(team: builders.Desk) -> None:
    first, second = builders.opened(team), builders.opened(team, codes=("NJ1",))
    for ref in (first, second):
        sources.attach_source(team.enterer, ref, draft=replace(builders.draft(1), url=None, text="canaryfile"))
    session.rollback()
    (capture,) = session.scalars(select(Capture)).all()
    sha256 = capture.sha256
    for ref, kept in ((first, True), (second, False)):
        seq = session.scalar(select(Event.seq).join(Incident).where(Event.type == "source.captured", Incident.name == ref))
        redactions.second_redaction(team.admin, asked(team, ref, Named(seq or 0, "file")), reason="Read.")
        builders.work()
        assert store.objects().exists(sha256) is kept
    assert found() == []


def test_a_source_is_known_again_by_nothing_once_its_address_went(team: builders.Desk) -> None:
    ref = builders.with_sources(team, count=1)
    before = session.scalars(select(Source.key)).one()
    seq = builders.view(ref).sources[0].seq
    redactions.second_redaction(team.admin, asked(team, ref, Named(seq, "url")), reason="Read.")
    session.rollback()
    assert session.scalars(select(Source.key)).one() != before
    assert found() == []


def test_a_stream_goes_by_its_short_name(team: builders.Desk) -> None:
    streams.define_stream(team.admin, slug="other", name="canarystream", reason="canaryreason")
    seq = session.scalars(select(Stream.seq).where(Stream.slug == "other")).one()
    details = (Named(seq, "name"), Named(seq, "reason"))
    redactions.second_redaction(team.admin, asked(team, None, *details), reason="Read.")
    session.rollback()
    row = session.scalars(select(Stream).where(Stream.slug == "other")).one()
    assert (row.name, row.reason) == ("other", None)
    assert holds("canary") == set()


def test_a_draft_that_repeats_it_goes_and_another_stays(team: builders.Desk) -> None:
    ref, number = builders.round_opened(team)
    seq = described(team, ref, summary="canary of the mill")
    described(team, ref, summary="the mill")
    for voter, words in ((team.voters[0], "The canary of the mill says it."), (team.voters[1], "A mill was hit.")):
        drafts.save_draft(voter.person or 0, ref, "vote", {"rationale": words})
    redactions.second_redaction(team.leads[1], asked(team, ref, Named(seq, "facts")), reason="Read.")
    session.rollback()
    assert session.scalars(select(Draft.person_id)).all() == [team.voters[1].person]
    assert number == 1


def test_the_codes_and_places_of_removed_facts_lead_nowhere(team: builders.Desk) -> None:
    place = Place((("en", "canaryplace"),), "canaryregion", (33.1, 41.8), "town")
    ref = builders.opened(team, places=(place,), codes=("CANARYCODE",))
    seq = builders.row(ref).first_seq or 0
    described(team, ref, codes=("KV412",))
    redactions.second_redaction(team.admin, asked(team, ref, Named(seq, "facts"), Named(seq, "exact")), reason="Read.")
    session.rollback()
    assert session.scalars(select(IncidentCode.code)).all() == ["KV412"]
    assert standing("canary") == set()
    assert found() == []


# --- the guard of the tables ---------------------------------------------------------------------------------


def test_the_tables_let_nothing_go_that_no_event_covers(team: builders.Desk) -> None:
    seq = described(team, ref := builders.opened(team), summary="canary")
    redactions.second_redaction(team.admin, asked(team, ref, Named(seq, "reason")), reason="Read.")
    for condition in ("name = 'facts'", "name = 'at'", "name = 'person'", "name = 'name'"):
        session.rollback()
        with pytest.raises(DBAPIError, match="append-only"):
            session.execute(text(f"DELETE FROM disclosure WHERE {condition}"))
    session.rollback()
    assert found() == []


def test_a_redaction_that_fails_removes_nothing(team: builders.Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    seq = described(team, ref := builders.opened(team), summary="canary")
    name = asked(team, ref, Named(seq, "reason"))

    def broken(_act: object) -> None:
        raise OSError("no room")

    with monkeypatch.context() as patched:
        patched.setattr("review.actions.erasing.scrub_later", broken)
        with pytest.raises(OSError, match="no room"):
            redactions.second_redaction(team.leads[1], name, reason="Read.")
    assert removed(seq) == set()
    assert session.scalars(select(Job).where(Job.kind == "scrub")).all() == []
    assert found() == []


def test_fsck_names_what_is_shown_again(team: builders.Desk) -> None:
    seq = described(team, ref := builders.opened(team), summary="canary")
    session.rollback()
    known = session.execute(select(Disclosure.__table__).where(Disclosure.seq == seq, Disclosure.name == "reason")).one()
    redactions.second_redaction(team.admin, asked(team, ref, Named(seq, "reason")), reason="Read.")
    session.rollback()
    session.connection().execute(Disclosure.__table__.insert(), dict(known._mapping))
    sentences = list(fsck.check(session, keys.load(config.home()), store.objects()))
    session.rollback()
    assert any("was removed by event" in sentence and "stands here again" in sentence for sentence in sentences)
