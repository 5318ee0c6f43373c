"""What may be removed, what stays for ever, and that it takes two people."""

from __future__ import annotations

from dataclasses import replace

import pytest

from review.audit.events import TYPES
from review.rules import leaving, redaction
from review.rules.errors import Invalid
from review.rules.facts import Facts, changes_materially
from review.rules.history import fold
from review.rules.redaction import MOST, Detail, Named, check, in_force, obstacle, removable
from review.rules.requirements import unmet
from review.rules.viewers import Deed
from tests.rules import cases
from tests.rules.cases import viewer

SHOWN = Detail(7, "incident.described", "reason", "digest")
KEPT = {
    *((type_, "at") for type_ in TYPES),
    *((type_, "person") for type_ in TYPES),
    *((type_, "name") for type_ in TYPES if type_.startswith("person.")),
    ("vote.committed", "grade"),
    ("vote.committed", "range"),
    ("policy.set", "times"),
}


def test_everything_may_go_but_times_votes_and_who_did_it():
    sealed = {(type_, name) for type_, event in TYPES.items() for name in event.all_seals()}
    assert {one for one in sealed if not removable(*one)} == KEPT


def test_what_is_shown_may_go():
    assert obstacle(SHOWN) is None


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"digest": None}, redaction.GONE),
        ({"mute": True}, redaction.MUTE),
        ({"sealed": True}, redaction.SEALED),
        ({"name": "facts", "in_force": True}, redaction.IN_FORCE),
        ({"type": "incident.restricted", "name": "people", "in_force": True}, redaction.RESTRICTING),
        ({"name": "at"}, redaction.NEVER),
        ({"type": "vote.committed", "name": "grade"}, redaction.NEVER),
        ({"name": "person"}, redaction.OF_A_PERSON),
        ({"type": "person.joined", "name": "name"}, redaction.OF_A_PERSON),
        ({"type": "policy.set", "name": "times"}, redaction.OF_THE_DESK),
    ],
)
def test_what_stands_in_the_way_is_a_sentence(changed, sentence):
    known = {"seq": 7, "type": "incident.described", "name": "reason", "digest": "digest"}
    detail = Detail(**{**known, **changed})
    assert obstacle(detail) == sentence
    with pytest.raises(Invalid) as refusal:
        check([SHOWN, detail], "error")
    assert refusal.value.problems == {"details": sentence}


def test_a_request_has_details_and_a_ground_of_the_vocabulary():
    check([SHOWN], "court_order")
    for details, ground, field in (([], "error", "details"), ([SHOWN], "shame", "ground"), ([SHOWN] * (MOST + 1), "error", "details")):
        with pytest.raises(Invalid) as refusal:
            check(details, ground)
        assert list(refusal.value.problems) == [field]


@pytest.mark.parametrize(
    ("latest", "exited", "forced"), [(True, False, True), (True, True, False), (False, False, False)]
)
def test_facts_are_in_force_while_they_are_the_latest_of_a_live_incident(latest, exited, forced):
    assert in_force("incident.described", "facts", latest=latest, exited=exited, restricted=False) is forced
    assert not in_force("incident.described", "reason", latest=latest, exited=exited, restricted=False)


@pytest.mark.parametrize(("latest", "restricted", "forced"), [(True, True, True), (False, True, False), (True, False, False)])
def test_the_people_of_a_restriction_stay_while_it_holds(latest, restricted, forced):
    assert in_force("incident.restricted", "people", latest=latest, exited=False, restricted=restricted) is forced


@pytest.mark.parametrize("verb", ["second_redaction", "decline_redaction"])
def test_nobody_answers_their_own_request(verb):
    lead = viewer("lead")
    assert unmet(verb, None, lead, Deed(reason="Read.", person=99)) == ()
    (refused,) = unmet(verb, None, lead, Deed(reason="Read.", person=lead.actor.person))
    assert (refused.name, refused.state) == ("another-asked", "unsatisfied")
    assert lead.actor.name not in refused.mend


def test_both_reasons_are_kept():
    assert redaction.words("It names a child.", "I have read it.") == "It names a child.\n\nI have read it."


def test_a_detail_is_known_by_its_event_and_name():
    assert SHOWN.named == Named(7, "reason")


# --- what is left when facts are gone -------------------------------------------------------------------------


def test_facts_that_were_removed_leave_a_blank_and_the_incident_works_on():
    case = cases.logged()
    assert case.dossier.facts != Facts()
    kept = [replace(record, sealed={}) for record in case.records]
    left = fold(cases.INCIDENT, kept, policies=case.policies, codebooks=case.codebooks)
    assert left.facts == Facts()
    assert (left.stage, left.evidence, left.entered) == ("logged", case.dossier.evidence, case.dossier.entered)
    # Whatever is described next differs from a blank, and is computed so.
    assert changes_materially(left.facts, case.dossier.facts)


# --- leaving --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("restrictions", "alone"),
    [([], False), ([{7}], True), ([{7, 8}], False), ([{8}], False), ([set()], False), ([{7, 8}, {7}], True)],
)
def test_whoever_alone_can_lift_a_restriction_is_kept(restrictions, alone):
    assert leaving.holds_alone(7, [frozenset(lifters) for lifters in restrictions]) is alone


def test_who_was_asked_in_an_open_round_is_needed_whatever_they_answered():
    case = cases.voted()
    round_ = case.dossier.open_round
    assert round_ is not None
    asked = [who for who, _answer in round_.answers]
    assert all(leaving.is_needed(case.dossier, who) for who in asked)
    assert not leaving.is_needed(case.dossier, "nobody")
