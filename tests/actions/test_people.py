"""People: the first one, those added and invited, roles, closing and opening a log-in; never for oneself."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from review.actions import claims, invitations, people, sessions
from review.audit import canonical, keys
from review.models import Password, Person, PersonKey, session
from review.models.persons import KEY_LABEL
from review.queries.accounts import signed_in
from review.rules.errors import Forbidden, Invalid, NotFound, Refused
from review.rules.permissions import Actor
from tests import builders, trail
from tests.builders import NO_PASSWORD, Desk

OPENING = ["log.opened", "codebook.defined", "codebook.defined", "policy.set"]


def person(id_: int | None) -> Person:
    return session.get_one(Person, id_, populate_existing=True)


def test_the_first_person_is_an_admin_recorded_by_the_machine(desk: Flask) -> None:
    first = builders.first_admin()
    assert trail.types() == [*OPENING, "person.joined", "role.granted"]
    joined, granted = trail.leaves()[-2:]
    assert {joined.actor, granted.actor, joined.role} == {"system"}
    assert granted.body == {"who": person(first).log_name, "role": "admin"}
    assert joined.sealed["name"] == "Tamsin Orrel"
    assert session.get_one(Password, first).hash == NO_PASSWORD


def test_nobody_sets_a_desk_up_twice(desk: Flask) -> None:
    token = invitations.first_link()
    assert token is not None
    people.set_up(token, email="tamsin@desk.invalid", name="Tamsin Orrel", password_hash=NO_PASSWORD)
    with pytest.raises(NotFound):
        people.set_up(email="other@desk.invalid", name="Another", password_hash=NO_PASSWORD)
    with pytest.raises(NotFound):
        invitations.peek(token, "setup")


def test_a_log_name_is_the_pseudonym_of_a_key_under_the_master(team: Desk) -> None:
    row = session.get_one(PersonKey, team.lead.person)
    master = keys.load(Path(team.app.config["ASSAY_HOME"]))
    key = master.open(bytes(row.key), KEY_LABEL)
    assert len(key) == 32
    assert person(team.lead.person).log_name == canonical.pseudonym(key, "log")


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("email", {"email": "nobody"}),
        ("email", {"email": "TAMSIN@desk.invalid "}),
        ("name", {"name": "  "}),
        ("role", {"role": "owner"}),
    ],
)
def test_who_joins_has_an_address_of_their_own_a_name_and_a_role(
    team: Desk, field: str, given: dict[str, str]
) -> None:
    told = {"email": "new@desk.invalid", "name": "New Person", "role": "reviewer", **given}
    before = trail.size()
    with pytest.raises(Invalid) as refusal:
        people.add_person(team.admin, **told)
    assert set(refusal.value.problems) == {field}
    assert trail.size() == before


def test_who_is_invited_joins_in_the_role_of_the_invitation(team: Desk) -> None:
    before = trail.size()
    token = people.invite(team.admin, email="nadim@desk.invalid", name="Nadim", role="lead")
    assert trail.size() == before
    joined = people.join(token, name="Nadim Arouz", password_hash=NO_PASSWORD)
    row = person(joined)
    assert (row.name, row.role, row.email) == ("Nadim Arouz", "lead", "nadim@desk.invalid")
    granted = trail.last()
    assert (granted.type, granted.role) == ("role.granted", "system")
    assert person(team.admin.person).log_name in granted.sealed["reason"]
    with pytest.raises(NotFound):
        people.join(token, name="Again", password_hash=NO_PASSWORD)


def test_an_invitation_ends_with_its_admin(team: Desk) -> None:
    second = builders.add(team.admin, "Second Admin", "admin")
    token = people.invite(second, email="nadim@desk.invalid", name="Nadim", role="admin")
    people.revoke_role(team.admin, second.person, reason="Left the project.")
    with pytest.raises(NotFound):
        people.join(token, name="Nadim", password_hash=NO_PASSWORD)


@pytest.mark.parametrize("role", ["lead", "reviewers", "auditor"])
def test_only_an_admin_brings_people_in(team: Desk, role: str) -> None:
    actor = getattr(team, role)
    actor = actor[0] if isinstance(actor, tuple) else actor
    told = {"email": "new@desk.invalid", "name": "New Person", "role": "reviewer"}
    with pytest.raises(Forbidden):
        people.invite(actor, **told)
    with pytest.raises(Forbidden):
        people.add_person(actor, **told)
    people.add_person(team.admin, **told)


def test_another_role_revokes_the_first_in_the_same_act(team: Desk) -> None:
    people.grant_role(team.admin, team.spare.person, "lead", reason="She has led rounds before.")
    revoked, granted = trail.leaves()[-2:]
    who = person(team.spare.person).log_name
    assert (revoked.type, revoked.body) == ("role.revoked", {"who": who, "role": "reviewer"})
    assert (granted.type, granted.body) == ("role.granted", {"who": who, "role": "lead"})
    assert person(team.spare.person).role == "lead"


def test_nobody_changes_their_own_role_or_log_in(team: Desk) -> None:
    own = team.admin.person
    for attempt in (
        lambda: people.grant_role(team.admin, own, "lead", reason="I would like to."),
        lambda: people.revoke_role(team.admin, own, reason="I would like to."),
        lambda: people.deactivate_person(team.admin, own, reason="I would like to."),
    ):
        with pytest.raises(Refused) as refusal:
            attempt()
        assert [requirement.name for requirement in refusal.value.requirements] == ["not-oneself"]
    assert [leaf.body["verb"] for leaf in trail.leaves() if leaf.type == "attempt.refused"] == [
        "grant_role", "revoke_role", "deactivate_person",
    ]  # fmt: skip
    second = builders.add(team.admin, "Second Admin", "admin")
    people.grant_role(second, own, "lead", reason="They asked for it.")


def test_without_a_role_nothing_can_be_done(team: Desk) -> None:
    claims.receive_claim(team.spare, text="One more.")
    people.revoke_role(team.admin, team.spare.person, reason="On leave.")
    with pytest.raises(Forbidden):
        claims.receive_claim(team.spare, text="One more.")


def test_a_role_claimed_by_the_caller_does_not_count(team: Desk) -> None:
    pretended = Actor(team.spare.person, "admin", team.spare.name)
    with pytest.raises(Forbidden):
        people.grant_role(pretended, team.lead.person, "reviewer", reason="I say so.")


def test_closing_a_log_in_ends_its_sessions_and_revokes_the_role(team: Desk) -> None:
    token = sessions.open_session(team.lead.person or 0)
    people.deactivate_person(team.admin, team.lead.person, reason="Left the project.")
    closed, revoked = trail.leaves()[-2:]
    assert (revoked.type, revoked.sealed["reason"]) == ("role.revoked", "Left the project.")
    assert (closed.type, closed.sealed["name"]) == ("person.deactivated", team.lead.name)
    assert (person(team.lead.person).active, person(team.lead.person).role) == (False, None)
    assert signed_in(token) is None


def test_opening_it_again_gives_back_what_closing_took(team: Desk) -> None:
    people.deactivate_person(team.admin, team.lead.person, reason="On leave.")
    people.deactivate_person(team.admin, team.spare.person, reason="On leave.")
    people.reactivate_person(team.admin, team.lead.person, reason="Back again.")
    assert trail.types()[-2:] == ["person.reactivated", "role.granted"]
    assert (person(team.lead.person).active, person(team.lead.person).role) == (True, "lead")


def test_who_had_no_role_gets_none_by_being_opened_again(team: Desk) -> None:
    people.revoke_role(team.admin, team.lead.person, reason="On leave.")
    people.deactivate_person(team.admin, team.lead.person, reason="For longer.")
    people.reactivate_person(team.admin, team.lead.person, reason="Back again.")
    assert trail.types()[-1] == "person.reactivated"
    assert person(team.lead.person).role is None


def test_a_change_that_changes_nothing_or_has_no_reason_is_refused(team: Desk) -> None:
    before = trail.size()
    for attempt in (
        lambda: people.grant_role(team.admin, team.lead.person, "lead", reason="Again."),
        lambda: people.grant_role(team.admin, team.lead.person, "reviewer", reason=""),
        lambda: people.reactivate_person(team.admin, team.lead.person, reason="Is open."),
    ):
        with pytest.raises(Invalid):
            attempt()
    with pytest.raises(NotFound):
        people.revoke_role(team.admin, 999_999, reason="Nobody.")
    assert trail.size() == before
