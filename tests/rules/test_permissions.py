"""Rights: each verb, its roles, and the completeness of the table."""

from typing import get_args

import pytest

from review.rules.errors import NotFound
from review.rules.permissions import PERMISSIONS, ROLES, may, roles_for
from review.rules.requirements import REQUIREMENTS, Deed, requirements, unmet, usable
from review.rules.viewers import State
from tests.rules import cases
from tests.rules.cases import viewer

DESK = "reviewer lead"
RIGHTS = {
    DESK: "receive_claim group_claim ungroup_claim duplicate_claim dismiss_claim withdraw_claim restore_claim "
    "open_incident describe_incident attach_source capture_source archive_source assess_source group_sources withdraw_source cast_vote "
    "abstain recuse withdraw_vote warn_of_source argue dissent settle declare_conflict lift_conflict "
    "accept_submission refuse_submission reconsider_submission enter_correction accept_correction "
    "see_agreement",
    "reviewer": "take_next take_up",
    "lead": "record_position record_report open_round open_second_vote extend_round close_round abandon_round assign_reviewer assign_panel release_reviewer "
    "substitute_reviewer "
    "exclude_vote appoint_settler approve return_grade publish_grade reopen switch_stream "
    "remind "
    "reach_sender keep_submissions take_correction publish_correction recheck_correction grade_correction decline_correction "
    "override second_override open_recheck confirm_recheck abandon_settlement "
    "merge_incident split_incident dismiss_incident withdraw_incident restore_incident restrict_incident lift_restriction ask_redaction withdraw_redaction",
    "admin": "invite add_person grant_role revoke_role deactivate_person reactivate_person define_stream set_policy "
    "import_incidents import_sources check_trail rotate_key continue_log accept_clock join back_up "
    "reset_account reset_second_factor switch_second_factors let_leave write_help write_method add_alias withdraw_alias",
    "lead admin auditor": "export",
    "lead auditor": "see_agreement_of_the_desk",
    "lead admin": "see_people see_parties see_redactions second_redaction decline_redaction",
    "reviewer lead admin auditor": "see_incident see_history",
    "": "close_due end_arguments end_second_vote end_ladder record_heads",  # the machine's own
}


@pytest.mark.parametrize("roles, verbs", RIGHTS.items())
def test_the_rights_are_those_of_the_design(roles, verbs):
    for verb in verbs.split():
        assert set(roles_for(verb)) == set(roles.split()), verb


def test_every_verb_stands_in_the_rights_above():
    assert set(PERMISSIONS) == {verb for verbs in RIGHTS.values() for verb in verbs.split()}


@pytest.mark.parametrize("verb", ["cast_vote", "approve", "settle", "exclude_vote", "describe_incident", "reopen"])
def test_an_admin_never_judges(verb):
    assert not may("admin", verb)


@pytest.mark.parametrize("verb", sorted(PERMISSIONS))
def test_an_auditor_only_reads(verb):
    assert may("auditor", verb) == (verb in ("see_incident", "see_history", "export", "see_agreement_of_the_desk"))


def test_an_unknown_verb_is_nobodys_right():
    assert not any(may(role, "overwrite_history") for role in ROLES)


def test_every_requirement_that_a_verb_names_is_known_and_every_known_one_is_used():
    named = {name for permission in PERMISSIONS.values() for name in permission.predicates}
    assert named == set(REQUIREMENTS)


@pytest.mark.parametrize("build", [cases.logged, cases.voted, cases.disputed, cases.settled, cases.published])
@pytest.mark.parametrize("who", ["amal", "enterer", "sana", "lead", "second", "admin"])
def test_every_requirement_has_a_sentence_that_its_values_fill(build, who):
    dossier = build().dossier
    shown = [requirements(verb, dossier, viewer(who), Deed(reason="x")) for verb in PERMISSIONS]
    for requirement in (one for listed in shown for one in listed):
        values = {**requirement.values, "people": ""}
        assert (requirement.sentence % values).strip()
        requirement.remedy % values
        assert requirement.state in get_args(State)


@pytest.mark.parametrize("verb", ["grant_role", "revoke_role", "deactivate_person"])
def test_nobody_grants_changes_or_drops_a_role_for_themselves(verb):
    admin = viewer("admin")
    assert unmet(verb, None, admin, Deed(person=99)) == ()
    (refused,) = unmet(verb, None, admin, Deed(person=admin.actor.person))
    assert (refused.name, refused.invite) == ("not-oneself", "admin")
    assert unmet(verb, None, admin, Deed(subject="admin"))[0].name == "not-oneself"


def test_a_page_offers_a_verb_where_only_its_own_form_is_left():
    case = cases.voted()
    case.attach("dara")
    case.close()
    assert usable("approve", case.dossier, viewer("lead"))
    assert not usable("approve", case.dossier, viewer("amal"))


def test_an_unknown_verb_has_no_requirements():
    with pytest.raises((KeyError, NotFound)):
        requirements("overwrite_history", None, viewer("lead"))
