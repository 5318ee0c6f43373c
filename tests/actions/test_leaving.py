"""Leaving: what somebody did stays and counts, and nothing at the desk says any more who it was."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from review import config
from review.actions import (
    accounts,
    care,
    claims,
    corrections,
    drafts,
    invitations,
    leaving,
    people,
    redactions,
    rounds,
    sessions,
    settlements,
    submissions,
    submitting,
)
from review.actions.taking_down import enter_correction
from review.audit import fsck, keys
from review.models import (
    Disclosure,
    Event,
    Participation,
    Person,
    PersonKey,
    RedactionRequest,
    SubmissionTaken,
    Turn,
    UserSession,
    session,
)
from review.models.dossiers import read_disclosure
from review.queries.corrections import correction_page
from review.queries.history import history_page
from review.queries.people import people_page
from review.queries.submissions import Taken
from review.rules import leaving as rules
from review.rules.care import Settings
from review.rules.errors import Forbidden, Invalid, Refused
from review.rules.permissions import Actor
from review.rules.redaction import Named
from review.store import objects
from tests import builders, sent_in
from tests.actions.erased import asked, found, holds, last
from tests.clocks import Clock


@pytest.fixture
def team(staffed: builders.Desk) -> builders.Desk:
    return staffed


def row_of(actor: Actor) -> Person:
    session.rollback()
    return session.get_one(Person, actor.person, populate_existing=True)


def leaves(team: builders.Desk, who: Actor) -> None:
    leaving.let_leave(team.admin, who.person or 0)


def test_what_they_did_stays_and_says_no_more_who_they_were(team: builders.Desk) -> None:
    ref = builders.agreed(team)
    voter = team.voters[0]
    log_name = row_of(voter).log_name
    claims.receive_claim(voter, text="One more.", language="en")
    linked = [value for _name, value in persons()].count(log_name)
    assert linked >= 2
    leaves(team, voter)
    assert log_name not in [value for _name, value in persons()]
    assert holds(voter.name) | holds("mara.teske") == set()
    assert session.get(PersonKey, voter.person) is None
    assert session.scalars(select(Participation).where(Participation.person_id == voter.person)).all() == []
    stub = row_of(voter)
    assert (stub.name, stub.email, stub.active, stub.role) == ("", rules.stub(stub.id), False, None)
    builders.approved(team, ref)
    assert len(builders.view(ref).live(1)) == 3
    assert found() == []


def persons() -> list[tuple[str, object]]:
    session.rollback()
    rows = session.scalars(select(Disclosure.text).where(Disclosure.name == "person", Disclosure.sealed.is_(False)))
    return [read_disclosure(one) for one in rows]


def test_what_they_took_in_or_took_on_stays_and_no_row_says_who(time: Clock, team: builders.Desk) -> None:
    """An event of an incident stands beside each of these: by it somebody's name there could be found."""
    ref, gone = builders.published(team), team.leads[1]
    typed = {**sent_in.WISH, "way": "telephone", "day": "2031-03-20"}
    enter_correction(gone, submitting.new_stamp(), ref, typed)
    submissions.accept_correction(gone, sent_in.last())
    corrections.take_correction(gone, sent_in.last())
    leaves(team, gone)
    (row,) = sent_in.rows()
    (taken,) = session.scalars(select(SubmissionTaken)).all()
    assert (row.judged_by, row.owner_id, taken.person_id) == (None, None, None)
    page = correction_page(team.lead, row.name)
    assert (page.owner, page.taken) == (None, Taken(None, "telephone", "2031-03-20"))
    assert found() == []


def test_the_log_in_is_closed_first_where_it_is_open(team: builders.Desk) -> None:
    leaves(team, team.spare)
    session.rollback()
    types = list(session.scalars(select(Event.type).order_by(Event.seq.desc()).limit(3)))
    assert types == ["person.left", "role.revoked", "person.deactivated"]


def test_a_log_in_closed_already_is_not_closed_again(team: builders.Desk) -> None:
    people.deactivate_person(team.admin, team.spare.person or 0, reason="They go.")
    leaves(team, team.spare)
    session.rollback()
    types = list(session.scalars(select(Event.type).order_by(Event.seq.desc()).limit(2)))
    assert types == ["person.left", "role.revoked"]
    assert last("person.left")["body"] == {"who": row_of(team.spare).log_name}


def test_nobody_records_their_own_leaving(team: builders.Desk) -> None:
    with pytest.raises(Refused) as refusal:
        leaves(team, team.admin)
    assert [one.name for one in refusal.value.requirements] == ["not-oneself"]


def test_only_admins_record_it(team: builders.Desk) -> None:
    with pytest.raises(Forbidden):
        leaving.let_leave(team.lead, team.spare.person or 0)


def test_nobody_leaves_twice_or_comes_back(team: builders.Desk) -> None:
    leaves(team, team.spare)
    with pytest.raises(Invalid) as refusal:
        leaves(team, team.spare)
    assert refusal.value.problems == {"person": rules.LEFT_ALREADY}
    with pytest.raises(Invalid) as again:
        people.reactivate_person(team.admin, team.spare.person or 0, reason="They are back.")
    assert again.value.problems == {"person": rules.LEFT_ALREADY}


def test_who_was_asked_in_an_open_round_stays_until_it_has_closed(team: builders.Desk) -> None:
    builders.at_once(team)
    ref, number = builders.round_opened(team)
    voter = team.voters[0]
    for _answer in (None, builders.cast(voter, ref, number)):
        with pytest.raises(Invalid) as refusal:
            leaves(team, voter)
        assert refusal.value.problems == {"person": rules.STILL_ASKED}
    for other in team.voters[1:]:
        builders.cast(other, ref, number)
    builders.work()
    leaves(team, voter)
    assert found() == []


def test_a_settler_stays_until_it_is_settled(team: builders.Desk) -> None:
    ref = builders.undecided(team)
    settlements.appoint_settler(team.lead, ref, team.spare.person or 0)
    with pytest.raises(Invalid) as refusal:
        leaves(team, team.spare)
    assert refusal.value.problems == {"person": rules.STILL_ASKED}


def test_of_those_who_argue_one_may_go_and_the_second_vote_asks_the_others(team: builders.Desk) -> None:
    ref = builders.disputed(team)
    leaves(team, team.voters[0])
    assert session.scalars(select(Turn).where(Turn.person_id == team.voters[0].person)).all() == []
    settlements.open_second_vote(team.lead, ref)
    assert found() == []


def test_what_was_sealed_for_ever_says_no_more_whose_it_was(team: builders.Desk) -> None:
    ref, number = builders.round_opened(team)
    builders.cast(team.voters[0], ref, number)
    rounds.abandon_round(team.lead, ref, number, reason="Opened too early.")
    theirs = select(Event.seq).where(Event.type == "vote.committed")
    leaves(team, team.voters[0])
    left = session.scalars(select(Disclosure.name).where(Disclosure.seq.in_(theirs))).all()
    assert "person" not in left
    assert "grade" in left
    assert found() == []


def test_their_account_goes_whole(team: builders.Desk) -> None:
    spare = team.spare
    ref = builders.opened(team)
    drafts.save_draft(spare.person or 0, ref, "vote", {"rationale": "Begun."})
    sessions.open_session(spare.person or 0, agent="A browser")
    invitations.reset_link(spare.person or 0)
    accounts.work_with_keys(spare.person or 0, on=False)
    care.set_care(spare, Settings(mail="none"))
    care.save_view(spare, "incidents", "Mine", "stage=grading")
    leaves(team, spare)
    session.rollback()
    tables = ("draft", "password", "user_session", "invitation", "notice", "hold", "second_factor", "recovery_code")
    for table in (*tables, "care", "saved_view", "look", "passed"):
        mine = session.scalar(text(f"SELECT count(*) FROM {table} WHERE person_id = :who"), {"who": spare.person})
        assert mine == 0, table
    assert session.scalars(select(UserSession)).all() == []
    assert row_of(spare).keys_off is False


def test_what_they_asked_for_is_forgotten(team: builders.Desk) -> None:
    ref = builders.opened(team)
    asked(team, ref, Named(builders.row(ref).first_seq or 0, "exact"))
    leaves(team, team.lead)
    assert session.scalars(select(RedactionRequest)).all() == []


def test_the_pages_say_that_somebody_left(team: builders.Desk) -> None:
    ref = builders.opened(team)
    leaves(team, team.enterer)
    page = history_page(team.lead, ref)
    assert str(page.entries[-1].by) == rules.SOMEBODY
    listed = {person.id: person for person in people_page(team.admin).people}
    assert (listed[team.enterer.person or 0].name, listed[team.enterer.person or 0].email) == ("", "")


def test_the_tables_let_go_of_nobody_who_has_not_left(team: builders.Desk) -> None:
    leaves(team, team.spare)
    for name in ("person", "name"):
        session.rollback()
        with pytest.raises(DBAPIError, match="append-only"):
            session.execute(text("DELETE FROM disclosure WHERE name = :name"), {"name": name})
    session.rollback()


def test_the_tables_let_go_of_nobody_else_in_the_act_itself(team: builders.Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the act asks for more than the event covers."""
    other = row_of(team.lead).log_name
    more = session.scalars(
        select(Disclosure.seq).join(Event, Event.seq == Disclosure.seq).where(Disclosure.name == "name")
    ).all()
    assert other
    with monkeypatch.context() as patched:
        patched.setattr(leaving, "_names", lambda _who: list(more))
        with pytest.raises(DBAPIError, match="append-only"):
            leaves(team, team.spare)
    assert row_of(team.spare).name == team.spare.name
    assert found() == []


GONE = "SELECT digest FROM disclosure WHERE name = 'person' AND seq = (SELECT max(seq) FROM event WHERE actor = :who)"


def test_fsck_excuses_who_left_and_nobody_who_is_here(team: builders.Desk, engine_name: str) -> None:
    ref = builders.agreed(team)
    leaves(team, team.voters[0])
    if engine_name != "sqlite":
        assert found() == []
        return
    for who in (builders.who(team.voters[1], ref), row_of(team.admin).log_name):
        session.rollback()
        connection = session.connection()
        connection.exec_driver_sql("DROP TRIGGER disclosure_refuses_delete")
        digest = connection.execute(text(GONE), {"who": who}).scalar()
        assert connection.execute(text("DELETE FROM disclosure WHERE digest = :one"), {"one": digest}).rowcount == 1
        sentences = list(fsck.check(session, keys.load(config.home()), objects()))
        session.rollback()
        assert any("no redaction covers them" in sentence for sentence in sentences), who


def test_fsck_names_a_name_that_stands_again(team: builders.Desk) -> None:
    leaves(team, team.spare)
    session.rollback()
    session.connection().execute(
        Person.__table__.update().where(Person.id == team.spare.person).values(name="Sunniva Brandt")
    )
    sentences = list(fsck.check(session, keys.load(config.home()), objects()))
    session.rollback()
    assert any("their name or key is still kept" in sentence for sentence in sentences)


def test_the_command_records_it(team: builders.Desk) -> None:
    runner = team.app.test_cli_runner()
    done = runner.invoke(args=["user", "left", builders.address(team.spare.name), "--as", "tamsin@desk.invalid"])
    assert (done.exit_code, done.output) == (0, "")
    assert row_of(team.spare).name == ""
    again = runner.invoke(args=["user", "left", builders.address(team.spare.name), "--as", "tamsin@desk.invalid"])
    assert again.exit_code == 1
    assert "Nobody at this desk" in again.output


def test_a_redaction_by_somebody_who_left_since_still_holds(team: builders.Desk) -> None:
    ref = builders.opened(team)
    name = asked(team, ref, Named(builders.row(ref).first_seq or 0, "exact"))
    redactions.second_redaction(team.leads[1], name, reason="Read.")
    leaves(team, team.leads[1])
    leaves(team, team.lead)
    assert found() == []
