"""A restricted incident: for all but the people named it does not exist, anywhere, until that is lifted."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select
from werkzeug.routing import Rule

from review.actions import assignments, claims, exits, leaving, people, restrictions, rounds
from review.extensions import db
from review.models import Admission, Claim, Event, Incident, Notice, Person, session
from review.models.refs import find_incident
from review.queries import claimed, determinations
from review.queries.incidents import Filters, incident_list, incident_page
from review.queries.sources import claim_named
from review.rules import leaving as rules_of_leaving
from review.rules.errors import Forbidden, Invalid, NotFound, Refused
from review.rules.permissions import Actor
from tests import builders
from tests.actions.erased import found
from tests.actions.test_concurrency import at_once
from tests.actions.test_exits import SAME, checked, incident, part, the_claims
from tests.audit.checking import failures
from tests.builders import Desk
from tests.web.addresses import filled, rules
from tests.web.sitting import browser, masked, sitting

WHY = "A family is in danger."
CANARY = "canaryword"
CODE = "KV999"


def restrict(team: Desk, ref: str, *named: Actor) -> str:
    shown = [actor.person for actor in named if actor.person]
    return restrictions.restrict_incident(team.lead, ref, people=shown, reason=WHY)


def hidden(team: Desk, *named: Actor) -> str:
    """A published incident, a claim and two sources of its own, shown to a lead and to the people named."""
    ref = incident(team, CODE, first=20, summary=f"{CANARY} and bakery")
    claims.group_claim(team.enterer, ref, builders.received(team, text=f"The {CANARY} was hit."))
    _ref, number = builders.round_opened(team, ref)
    builders.cast_all(team, ref, number, "fair", "fair", "weak")
    builders.work()
    builders.approved(team, ref, by=team.leads[1])
    return restrict(team, ref, *named)


def pages(team: Desk, actor: Actor | None) -> dict[str, str]:
    """Every page that needs no name of an incident, and every list narrowed to the hidden one, as somebody sees it."""
    client = sitting(team.app, actor) if actor else browser(team.app)
    places = {
        "person": (team.spare.person,), "slug": (team.stream,), "token": ("no-such",), "version": (1,), "number": (1,),
        "ref": (), "name": (), "code": ("en",), "key": (), "filename": (),
    }  # fmt: skip
    found = {}
    for rule in rules(team.app, "GET"):
        if set(rule.arguments) - places.keys():
            continue
        for path in filled(rule, places):
            found[path] = path
    narrowed = [
        f"{path}?{query}" for path in ("/incidents", "/desk/incidents", "/desk/claims", "/desk/waiting")
        for query in (f"q={CANARY}", f"q={CODE}", "view=map", "stage=published", "stage=grouped", f"stream={team.stream}", "grade=fair")
    ]  # fmt: skip
    skipped = ("/healthz", "/desk/export", "/audit", "/setup", "/desk/account")
    wanted = [path for path in (*found, *narrowed) if not path.startswith(skipped)]
    shown = {path: masked(client.get(path)) for path in wanted}
    session.rollback()
    return shown


@pytest.mark.parametrize("role", ["reviewer", "lead", "admin", "auditor", "anonymous"])
def test_restricted_incident_does_not_exist_for_others(team: Desk, role: str) -> None:
    """Every page, list, search, count, hint and notice is, word for word, what it was before there was the incident."""
    others = {
        "reviewer": team.spare, "lead": builders.add(team.admin, "Noor Vantor", "lead"), "admin": team.admin,
        "auditor": team.auditor, "anonymous": None,
    }  # fmt: skip
    builders.published(team)
    builders.received(team)
    for actor in (*team.voters, team.lead):
        sitting(team.app, actor)
    before = pages(team, others[role])
    ref = hidden(team)
    session.execute(Notice.__table__.delete().where(Notice.incident_id.is_(None)))
    session.rollback()
    after = pages(team, others[role])
    assert [path for path, page in after.items() if page != before.get(path)] == []
    assert len([path for path, page in after.items() if page.startswith("200")]) > (5 if role == "anonymous" else 10)
    client = sitting(team.app, others[role]) if others[role] else browser(team.app)
    for rule in rules(team.app, "GET"):
        if "ref" not in rule.arguments:
            continue
        places = {"ref": (ref, CODE, "no-such"), "number": (1,), "version": (1,), "name": ("c-no",), "person": (1,)}
        if set(rule.arguments) <= places.keys():
            answers = [client.get(path) for path in filled(rule, places)]
            assert len({(one.status_code, one.status_code == 302 and one.location.split("?")[0]) for one in answers}) == 1
            assert {one.status_code for one in answers} <= {302, 401, 403, 404}, rule.rule


def test_a_claim_of_a_hidden_incident_answers_to_its_name_for_those_inside_alone(team: Desk) -> None:
    builders.at_once(team)
    ref = hidden(team)
    session.rollback()
    of_it = select(Claim.name).join(Incident, Incident.id == Claim.incident_id).where(Incident.name == ref)
    name = session.scalars(of_it).all()[-1]
    assert claim_named(team.lead, name) > 0
    with pytest.raises(NotFound):
        claim_named(team.spare, name)


def test_for_the_people_named_it_is_all_there_and_they_work_on_it(team: Desk) -> None:
    ref = restrict(team, incident(team, "KV100"), team.spare)
    assert [row.ref for row in incident_list(team.spare, Filters()).rows] == [ref]
    assert [row.ref for row in incident_list(team.spare, Filters(q="kv100")).rows] == [ref]
    page = incident_page(team.spare, ref)
    assert page.exits.restricted
    assert {one.name for one in page.exits.people if one.admitted} == {team.lead.name, team.spare.name}
    number = rounds.open_round(team.lead, ref, reviewers=[team.spare.person or 0])
    builders.cast(team.spare, ref, number)
    with pytest.raises(NotFound):
        incident_page(team.voters[0], ref)
    with pytest.raises(NotFound):
        builders.cast(team.voters[0], ref, number)


def test_nobody_is_asked_to_whom_it_is_not_shown(team: Desk) -> None:
    ref = restrict(team, incident(team, "KV100"), team.spare)
    number = rounds.open_round(team.lead, ref)
    with pytest.raises(NotFound):
        assignments.assign_reviewer(team.lead, ref, number, team.voters[0].person or 0)
    assignments.assign_reviewer(team.lead, ref, number, team.spare.person or 0)
    assert assignments.take_next(team.voters[0]) is None


def test_no_notice_reaches_whom_it_is_not_shown_to(team: Desk) -> None:
    ref = restrict(team, incident(team, "KV100"), *team.voters)
    builders.agreed(team, ref)
    told = set(session.scalars(select(Notice.person_id).where(Notice.kind == "proposal_waiting")))
    assert told == {team.lead.person}


def test_a_code_that_a_restricted_incident_has_too_is_the_others_alone(team: Desk) -> None:
    """That two incidents answer to one code would tell that there is another."""
    shown, secret = incident(team, "KV100"), incident(team, "KV100", first=5)
    with pytest.raises(NotFound):
        find_incident(session, "KV100")
    restrict(team, secret)
    assert find_incident(session, "KV100") == builders.row(shown).id
    assert incident_page(team.spare, "KV100").ref == "KV100"
    restrictions.lift_restriction(team.lead, secret, reason="Out of danger.")
    with pytest.raises(NotFound):
        find_incident(session, "KV100")


def test_a_restriction_is_lifted_by_somebody_named(team: Desk, tmp_path: Path) -> None:
    builders.at_once(team)
    ref = hidden(team)
    other_lead = team.leads[1]
    with pytest.raises(NotFound):
        restrictions.lift_restriction(other_lead, ref, reason="It is ours too.")
    with pytest.raises(NotFound):
        determinations.determination_page(ref)
    restrictions.lift_restriction(team.lead, ref, reason="Out of danger.")
    assert incident_page(team.spare, CODE).exits.restricted is False
    assert determinations.determination_page(CODE).latest
    assert session.scalars(select(Admission.person_id)).all() == []
    checked(team, tmp_path)


def test_a_restriction_names_other_people_when_it_is_said_again(team: Desk) -> None:
    ref = restrict(team, incident(team, "KV100"), team.spare)
    restrict(team, ref, team.leads[1])
    with pytest.raises(NotFound):
        incident_page(team.spare, ref)
    assert incident_page(team.leads[1], ref).exits.restricted


def test_a_restriction_needs_a_lead_a_reason_and_people_of_the_desk(team: Desk) -> None:
    ref = incident(team, "KV100")
    for actor in (team.spare, team.admin, team.auditor):
        with pytest.raises(Forbidden):
            restrictions.restrict_incident(actor, ref, people=[], reason=WHY)
    with pytest.raises(Invalid):
        restrictions.restrict_incident(team.lead, ref, people=[], reason=None)
    with pytest.raises(Invalid) as refusal:
        restrictions.restrict_incident(team.lead, ref, people=[4_000], reason=WHY)
    assert set(refusal.value.problems) == {"people"}
    with pytest.raises(Refused):
        restrictions.lift_restriction(team.lead, ref, reason=WHY)


GOING: dict[str, Callable[[Desk, int], object]] = {
    "leaves": lambda team, who: leaving.let_leave(team.admin, who),
    "is shut out": lambda team, who: people.deactivate_person(team.admin, who, reason="They go."),
    "loses the role": lambda team, who: people.revoke_role(team.admin, who, reason="They go."),
    "gets another role": lambda team, who: people.grant_role(team.admin, who, "reviewer", reason="They go."),
}


@pytest.mark.parametrize("goes", GOING)
def test_the_last_one_who_can_lift_a_restriction_stays(team: Desk, goes: str) -> None:
    """Without them the incident would be there for nobody, for ever."""
    lead = team.lead.person or 0
    ref = restrict(team, incident(team, "KV100"), team.spare)
    with pytest.raises(Invalid) as refusal:
        GOING[goes](team, lead)
    assert refusal.value.problems == {"person": rules_of_leaving.HOLDS_ALONE}
    GOING[goes](team, team.leads[1].person or 0)
    assert incident_page(team.lead, ref).exits.restricted


@pytest.mark.parametrize("goes", GOING)
def test_who_named_another_lead_first_goes(team: Desk, goes: str) -> None:
    ref = restrict(team, incident(team, "KV100"), team.leads[1])
    GOING[goes](team, team.lead.person or 0)
    restrictions.lift_restriction(team.leads[1], ref, reason="Out of danger.")


def test_fsck_names_a_restriction_that_nobody_can_lift(team: Desk) -> None:
    ref = restrict(team, incident(team, "KV100"), team.spare)
    assert found() == []
    with db.engine.begin() as connection:
        connection.execute(Person.__table__.update().where(Person.id == team.lead.person).values(role="reviewer"))
    assert [one for one in found() if one.startswith(f"{ref}: nobody")] != []


def test_once_it_is_lifted_nobody_is_the_last_one(team: Desk) -> None:
    ref = restrict(team, incident(team, "KV100"))
    restrictions.lift_restriction(team.lead, ref, reason="Out of danger.")
    leaving.let_leave(team.admin, team.lead.person or 0)


def test_of_two_who_go_at_once_one_stays(team: Desk) -> None:
    restrict(team, incident(team, "KV100"), team.leads[1])
    answers = at_once(team.app, [partial(GOING["is shut out"], team, one.person or 0) for one in team.leads[:2]])
    assert sorted(type(one).__name__ for one in answers if isinstance(one, Exception)) == ["Invalid"]


@pytest.mark.parametrize("profile", ["internal", "court", "public"])
def test_a_restricted_incident_is_mute_in_every_profile(team: Desk, tmp_path: Path, profile: str) -> None:
    """Its leaves stand in the tree; of what they say, and of its sealed words, nothing is in the bundle."""
    builders.published(team)
    ref = hidden(team)
    runner, bundle = team.app.test_cli_runner(), tmp_path / "bundle.zip"
    key = runner.invoke(args=["audit", "key"]).stdout.strip()
    assert runner.invoke(args=["audit", "export", str(bundle), "--profile", profile]).exit_code == 0
    assert failures(bundle, key=key) == []
    with zipfile.ZipFile(bundle) as bag:
        told = {name: bag.read(name) for name in bag.namelist() if not name.endswith("heads.jsonl")}
    assert [name for name, data in told.items() if ref.encode() in data] == []
    session.rollback()
    own = set(session.scalars(select(Event.seq).where(Event.incident_id == builders.row(ref).id)))
    lines = told["data/disclosures.jsonl"].decode().splitlines()
    assert own
    assert not [line for line in lines if int(line.rsplit('"seq":', 1)[1].rstrip("}")) in own]


def test_a_merge_does_not_give_a_restricted_incident_away(team: Desk) -> None:
    secret, other = restrict(team, incident(team, "KV100")), incident(team, "KV200", first=5)
    with pytest.raises(Refused) as refused:
        exits.merge_incident(team.lead, secret, into=other, reason=SAME)
    assert [requirement.name for requirement in refused.value.requirements] == ["not-restricted"]
    with pytest.raises(Invalid) as refusal:
        exits.merge_incident(team.lead, other, into=secret, reason=SAME)
    assert set(refusal.value.problems) == {"into"}
    with pytest.raises(NotFound):
        exits.merge_incident(team.leads[1], other, into=secret, reason=SAME)


def test_what_was_merged_is_restricted_afterwards_and_the_log_still_verifies(team: Desk, tmp_path: Path) -> None:
    one, other = incident(team, "KV100"), incident(team, "KV200", first=5)
    exits.merge_incident(team.lead, one, into=other, reason=SAME)
    restrict(team, one)
    assert incident_page(team.spare, other).exits.absorbed == ()
    checked(team, tmp_path)


def test_what_is_split_out_of_a_restricted_incident_is_restricted_too(team: Desk, tmp_path: Path) -> None:
    ref = restrict(team, incident(team, "KV100"), team.leads[1])
    (claim,) = the_claims(ref)
    mill, _bakery = exits.split_incident(
        team.lead, ref, parts=(part("mill", "A1", claims=(claim,)), part("bakery", "B1", sources=(1,))), reason="Two."
    )
    with pytest.raises(NotFound):
        incident_page(team.spare, mill)
    assert incident_page(team.leads[1], mill).exits.split_from is not None
    checked(team, tmp_path)


def test_no_form_tells_a_restricted_incident_from_one_that_never_was(team: Desk) -> None:
    """Each form of the desk, sent to it, about it or about a claim of it, is answered as for a name that nothing has."""
    other = builders.add(team.admin, "Noor Vantor", "lead")
    published = builders.published(team)
    waits = builders.received(team, text="Another account that waits.")
    secret = hidden(team)
    grouped = claims_names(secret)[0]
    absent, unsaid = "i-" + "a" * (len(secret) - 2), "c-" + "a" * (len(grouped) - 2)
    waiting = session.scalars(select(Claim.name).where(Claim.seq == waits)).one()
    session.rollback()
    sent = {
        "reason": WHY, "text": "Words.", "seen": "x", "round": "1", "person": team.spare.person, "people": team.spare.person,
        "by": team.voters[0].person, "grade": "fair", "rationale": "Words.", "kind": "vote", "url": "https://a.invalid/b",
        "ground": WHY, "vote": "1", "party": "A", "position": "open", "summary": "Words.", "to": "round",
    }  # fmt: skip
    for actor in (team.spare, other, team.admin, team.auditor):
        client = sitting(team.app, actor)
        pairs = [
            pair for rule in rules(team.app, "POST") for pair in about(rule, (secret, grouped), (absent, unsaid))
        ]
        named = [
            (f"/desk/claims/{waiting}/group", "incident", secret, absent),
            (f"/desk/claims/{waiting}/duplicate", "of", grouped, unsaid),
            (f"/desk/incidents/{published}/merge", "into", secret, absent),
        ]
        asked = [((theirs, sent), (none, sent)) for theirs, none in pairs]
        asked += [((path, {**sent, field: theirs}), (path, {**sent, field: none})) for path, field, theirs, none in named]
        assert len(pairs) > 40
        for theirs, none in asked:
            found = [masked(client.post(path, data=form)) for path, form in (theirs, none)]
            assert found[0].replace(secret, absent).replace(grouped, unsaid) == found[1], (actor.role, theirs[0])


def claims_names(ref: str) -> list[str]:
    found = list(session.scalars(select(Claim.name).where(Claim.incident_id == builders.row(ref).id)))
    session.rollback()
    return found


def about(rule: Rule, theirs: tuple[str, str], none: tuple[str, str]) -> list[tuple[str, str]]:
    """The address of a form, about what is hidden and about nothing at all."""
    names = set(rule.arguments)
    if not names & {"ref", "name"} or rule.rule.startswith("/desk/import"):
        return []
    places = [{"ref": (ref,), "name": (name,), "number": (1,)} for ref, name in (theirs, none)]
    if names - places[0].keys():
        return []
    return list(zip(*(filled(rule, one) for one in places), strict=True))


def test_claims_of_a_hidden_incident_take_nobodys_place_among_those_looked_at(
    team: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the newest claims with a word are looked at: by what falls out, others could count those hidden."""
    monkeypatch.setattr(claimed, "NEWEST", 1)
    refs = [builders.opened(team, codes=(code,)) for code in ("KV600", "KV601")]
    for ref in refs:
        claims.group_claim(team.enterer, ref, builders.received(team, text="The schoolhouse was hit."))
    restrict(team, refs[1])
    for viewer, shown in ((team.lead, refs[1]), (team.spare, "KV600")):
        rows = incident_list(viewer, Filters(q="schoolhouse")).rows
        assert [(row.ref, row.in_claim) for row in rows] == [(shown, True)]
