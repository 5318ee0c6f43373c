"""Who may do what: one named permission a verb, with its sentence, its roles and its requirements.

Roles are DESIGN section 4, "Rights"; the requirements are evaluated in `requirements.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from review.rules.words import N_

ROLES = {
    "reviewer": N_("Reviewer"),
    "lead": N_("Lead editor"),
    "admin": N_("Admin"),
    "auditor": N_("Auditor"),
}


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever acts, as a plain value: a person with a role, or the system itself."""

    person: int | None
    role: str
    name: str


SYSTEM = Actor(None, "system", "system")


@dataclass(frozen=True, slots=True)
class Permission:
    """One verb: what it is in words, which roles hold it, which requirements it must meet each time."""

    verb: str
    sentence: str
    roles: frozenset[str]
    predicates: tuple[str, ...] = ()


def _permission(verb: str, sentence: str, roles: str, predicates: str = "") -> Permission:
    return Permission(verb, sentence, frozenset(roles.split()), tuple(predicates.split()))


_BALLOT = "not-exited round-open not-entered no-conflict assigned blind"
_DECIDING = "not-exited proposed"

_TABLE = (
    # claims
    _permission("receive_claim", N_("Receive a claim"), "reviewer lead system"),
    _permission("group_claim", N_("Group a claim into an incident"), "reviewer lead", "not-exited"),
    _permission(
        "ungroup_claim", N_("Take a claim out of an incident"), "reviewer lead", "claim-grouped reasoned"
    ),
    _permission("duplicate_claim", N_("Set a claim aside as a duplicate"), "reviewer lead", "reasoned"),
    _permission("dismiss_claim", N_("Dismiss a claim"), "reviewer lead", "reasoned"),
    _permission("withdraw_claim", N_("Withdraw a claim"), "reviewer lead", "reasoned"),
    _permission("restore_claim", N_("Restore a claim"), "reviewer lead", "reasoned"),
    # what the public sends in
    _permission("accept_submission", N_("Take in what somebody sent"), "reviewer lead"),
    _permission("refuse_submission", N_("Turn away what somebody sent"), "reviewer lead", "reasoned"),
    _permission("reconsider_submission", N_("Let what was turned away wait again"), "reviewer lead"),
    _permission("reach_sender", N_("Read how a sender can be reached"), "lead"),
    _permission("keep_submissions", N_("Say for how long what is sent in may wait"), "lead"),
    _permission("enter_correction", N_("Write down a request for a correction that was told or sent"), "reviewer lead"),
    _permission("accept_correction", N_("Take in a request for a correction"), "reviewer lead"),
    _permission("take_correction", N_("Take a request for a correction on"), "lead"),
    _permission("publish_correction", N_("Publish a note of correction"), "lead", "version-stands fresh-page"),
    _permission(
        "recheck_correction",
        N_("Have a version checked again because of a correction"),
        "lead",
        "not-exited published no-recheck reasoned fresh-page",
    ),
    _permission(
        "grade_correction",
        N_("Have an imported record graded here because of a correction"),
        "lead",
        "imported-stands not-exited stream-active has-evidence reasoned fresh-page",
    ),
    _permission("decline_correction", N_("Decline a request for a correction"), "lead", "reasoned"),
    # incidents
    _permission("open_incident", N_("Open an incident"), "reviewer lead"),
    _permission(
        "describe_incident",
        N_("Describe the facts of an incident"),
        "reviewer lead",
        "not-exited unassigned",
    ),
    _permission("merge_incident", N_("Merge an incident into another"), "lead", "not-exited not-restricted reasoned"),
    _permission("split_incident", N_("Split an incident"), "lead", "not-exited reasoned"),
    _permission("dismiss_incident", N_("Dismiss an incident"), "lead", "not-exited reasoned"),
    _permission("withdraw_incident", N_("Withdraw an incident"), "lead", "not-exited reasoned"),
    _permission("restore_incident", N_("Restore an incident"), "lead", "exited reasoned"),
    _permission("restrict_incident", N_("Show an incident to few"), "lead", "reasoned"),
    _permission("lift_restriction", N_("Show a restricted incident again"), "lead", "restricted reasoned"),
    _permission("see_incident", N_("Read an incident"), "reviewer lead admin auditor system"),
    _permission("see_history", N_("Read the history of an incident"), "reviewer lead admin auditor system"),
    # sources
    _permission("attach_source", N_("Attach a source"), "reviewer lead"),
    _permission("capture_source", N_("Keep our own copy of a source"), "reviewer lead system"),
    _permission("archive_source", N_("Record where a source is archived"), "reviewer lead system", "has-source"),
    _permission("assess_source", N_("Assess a source"), "reviewer lead", "has-source"),
    _permission("group_sources", N_("Group sources under one origin"), "reviewer lead", "has-source"),
    _permission("withdraw_source", N_("Withdraw a source"), "reviewer lead", "has-source reasoned"),
    _permission("record_position", N_("Record what a belligerent itself says"), "lead", "not-exited"),
    _permission("record_report", N_("Enter what a belligerent reports of its own assessments"), "lead"),
    # streams and policy
    _permission("define_stream", N_("Define a stream"), "admin system"),
    _permission("switch_stream", N_("Switch a stream"), "lead"),
    _permission("set_policy", N_("Set the policy of rounds"), "admin system"),
    # rounds
    _permission(
        "open_round",
        N_("Open a round"),
        "lead system",
        "not-exited stream-active no-open-round stage has-evidence",
    ),
    _permission(
        "extend_round", N_("Give a round more time"), "lead system", "not-exited round-open reasoned"
    ),
    _permission("assign_reviewer", N_("Ask a reviewer"), "lead system", "not-exited round-open eligible"),
    _permission("take_next", N_("Take the next incident"), "reviewer", "not-exited round-open eligible"),
    _permission("take_up", N_("Take the seat that is held"), "reviewer", "not-exited round-open eligible"),
    _permission("assign_panel", N_("Ask several reviewers at once"), "lead", "not-exited round-open"),
    _permission("release_reviewer", N_("Release a reviewer"), "lead", "not-exited round-open owing reasoned"),
    _permission(
        "substitute_reviewer",
        N_("Ask another reviewer in place of one"),
        "lead",
        "not-exited round-open owing reasoned",
    ),
    _permission(
        "recuse", N_("Recuse oneself"), "reviewer lead", "not-exited round-open assigned no-live-vote"
    ),
    _permission(
        "abstain",
        N_("Say that one cannot judge"),
        "reviewer lead",
        "not-exited round-open assigned no-live-vote",
    ),
    _permission(
        "cast_vote", N_("Cast a vote"), "reviewer lead", f"{_BALLOT} fresh-page reasoned policy-of-the-round"
    ),
    _permission(
        "withdraw_vote",
        N_("Withdraw one's own vote"),
        "reviewer lead",
        "not-exited round-open own-vote reasoned",
    ),
    _permission(
        "close_round",
        N_("Close a round"),
        "lead system",
        "not-exited round-open enough-reviewers reasoned policy-of-the-round",
    ),
    _permission("remind", N_("Remind whoever is on turn"), "lead", "not-exited"),
    _permission("abandon_round", N_("Abandon a round"), "lead", "round-open reasoned"),
    _permission("exclude_vote", N_("Exclude a vote"), "lead", "not-exited live-vote reasoned"),
    # settlement
    _permission(
        "open_second_vote",
        N_("Open a second vote"),
        "lead system",
        "not-exited stream-active no-open-round stage has-evidence",
    ),
    _permission("argue", N_("Argue a disagreement"), "reviewer lead", "not-exited argument-open"),
    _permission(
        "appoint_settler",
        N_("Appoint a settler"),
        "lead",
        "not-exited settler-wanted no-open-round settler-eligible",
    ),
    _permission(
        "settle",
        N_("Settle a disagreement"),
        "reviewer lead system",
        "not-exited no-open-round appointed votes-left uninvolved blind reasoned dissent-kept fresh-page "
        "policy-of-the-round",
    ),
    _permission(
        "abandon_settlement",
        N_("End a settlement that lost its quorum"),
        "lead",
        "not-exited no-open-round quorum-lost stream-active stage has-evidence reasoned",
    ),
    _permission("dissent", N_("Write a dissent"), "reviewer lead", "not-exited dissent-open"),
    # approval
    _permission(
        "approve",
        N_("Approve a grade"),
        "lead",
        f"{_DECIDING} enough-reviewers blind agreement fresh-votes uninvolved reasoned override dissent-kept "
        "dissent-untouched fresh-page policy-of-the-round",
    ),
    _permission("return_grade", N_("Return a grade"), "lead", f"{_DECIDING} reasoned fresh-page"),
    _permission(
        "override",
        N_("Ask for another grade than the one proposed"),
        "lead",
        f"{_DECIDING} uninvolved reasoned fresh-page",
    ),
    _permission(
        "second_override",
        N_("Second another grade"),
        "lead",
        f"{_DECIDING} override-asked uninvolved reasoned fresh-page",
    ),
    _permission(
        "publish_grade", N_("Publish an approved grade"), "lead system", "not-exited approved result-stands"
    ),
    _permission("reopen", N_("Reopen a published grade"), "lead", "not-exited published reasoned fresh-page"),
    _permission(
        "open_recheck",
        N_("Have a published version checked again"),
        "lead system",
        "not-exited published no-recheck reasoned fresh-page",
    ),
    _permission(
        "confirm_recheck",
        N_("Confirm a published version that was checked again"),
        "lead",
        "not-exited published in-recheck result-stands uninvolved reasoned fresh-page",
    ),
    # people in an incident
    _permission(
        "declare_conflict", N_("Declare a conflict of interest"), "reviewer lead", "not-exited no-conflict"
    ),
    _permission(
        "lift_conflict", N_("Lift one's own conflict"), "reviewer lead", "not-exited in-conflict reasoned"
    ),
    # redaction
    _permission("see_redactions", N_("Read what is to be removed for good"), "lead admin"),
    _permission("ask_redaction", N_("Ask to have words removed for good"), "lead", "reasoned"),
    _permission(
        "second_redaction", N_("Second the removal of words"), "lead admin", "another-asked reasoned"
    ),
    _permission("decline_redaction", N_("Decline to remove words"), "lead admin", "another-asked reasoned"),
    _permission("withdraw_redaction", N_("Take back a request to remove words"), "lead"),
    # people
    _permission("see_people", N_("Read the people page"), "lead admin system"),
    _permission("add_person", N_("Add a person"), "admin system"),
    _permission("invite", N_("Invite a person"), "admin system"),
    _permission("join", N_("Join the desk"), "invited admin system"),
    _permission("grant_role", N_("Grant a role"), "admin system", "not-oneself"),
    _permission("revoke_role", N_("Revoke a role"), "admin system", "not-oneself"),
    _permission("deactivate_person", N_("Close a person's log-in"), "admin system", "not-oneself"),
    _permission("reactivate_person", N_("Open a person's log-in again"), "admin system", "not-oneself"),
    _permission("let_leave", N_("Record that a person has left"), "admin system", "not-oneself"),
    _permission("reset_account", N_("Let a person choose a new password"), "admin system", "not-oneself"),
    _permission("reset_second_factor", N_("Take a lost second factor away"), "admin system", "not-oneself"),
    _permission("switch_second_factors", N_("Say whether second factors are asked for"), "admin system"),
    _permission("see_parties", N_("Read the names of parties"), "lead admin"),
    _permission("add_alias", N_("Say that two names mean one party"), "admin"),
    _permission("withdraw_alias", N_("Withdraw an alias of a party"), "admin"),
    _permission("write_help", N_("Write the page of help"), "admin"),
    _permission("write_method", N_("Write what the desk itself says of its method"), "admin"),
    _permission("see_agreement", N_("Read how far one’s own votes agree with others"), "reviewer lead"),
    _permission("see_agreement_of_the_desk", N_("Read how far the votes of the desk agree"), "lead auditor"),
    _permission("warn_of_source", N_("Warn of what a source may show"), "reviewer lead"),
    # the machine
    _permission("import_incidents", N_("Import incidents"), "admin system"),
    _permission("import_sources", N_("Import sources"), "admin system"),
    _permission("export", N_("Export the trail"), "lead admin auditor system"),
    _permission("back_up", N_("Note that a backup was made"), "admin system"),
    _permission("rotate_key", N_("Change the signing key"), "admin system"),
    _permission("continue_log", N_("Go on under a new name after a rollback"), "admin"),
    _permission("accept_clock", N_("Accept the clock"), "admin system"),
    _permission("close_due", N_("Close a round that owes nothing"), "system"),
    _permission("end_arguments", N_("Open the second vote when the arguments have run out"), "system"),
    _permission("end_second_vote", N_("End a second vote whose time has run out"), "system"),
    _permission("end_ladder", N_("End a settlement without a consensus"), "system"),
    _permission("check_trail", N_("Compare the database with its trail"), "admin system"),
    _permission("record_heads", N_("Fix the heads of all incidents"), "system"),
)

PERMISSIONS: Mapping[str, Permission] = {permission.verb: permission for permission in _TABLE}


def may(role: str, verb: str) -> bool:
    """True where this role holds this right at all; whether it may be used now, the requirements say."""
    permission = PERMISSIONS.get(verb)
    return permission is not None and role in permission.roles


def roles_for(verb: str) -> tuple[str, ...]:
    """The roles of people who hold this right, in the order in which they would be invited."""
    return tuple(role for role in ROLES if role in PERMISSIONS[verb].roles)
