"""What another program may do in a round, a settlement or one act on several incidents that the two pages leave open."""

from __future__ import annotations

from collections.abc import Iterable

from tests.audit.continuing import Continued
from tests.audit.foreign_records import Desk, later
from tests.audit.forge import ADA, LIO, MACHINE, MUN, RIA, SEN, TIV, ULF, WIM
from tests.audit.test_insider_writes import BECAUSE, named, published

DESKS: list[Desk] = []


def honest(desk: Desk) -> Desk:
    DESKS.append(desk)
    return desk


# --- rounds ---------------------------------------------------------------------------------------------------------------


@honest
def a_round_opens_before_there_is_anything_to_judge(log: Continued) -> None:
    name = named("bare")
    log.add("incident.opened", RIA, name, stream="karsia-air", facts={})
    log.open_round(name, (SEN, TIV, ULF))
    for person in (SEN, TIV, ULF):
        log.vote(name, person, sources=None)
    log.close(name)
    log.propose(name)


@honest
def a_vote_says_in_its_own_way_what_it_rests_on(log: Continued) -> None:
    name = log.incident(1, RIA)
    log.open_round(name)
    for person, sources in ((SEN, None), (TIV, ["S1"]), (ULF, {"for": [1]})):
        log.vote(name, person, sources=sources)
    log.close(name)
    log.propose(name)


@honest
def each_version_has_a_first_round(log: Continued) -> None:
    name = published(log)
    log.add("grade.reopened", MUN, name, version=1, ground="verdict", reason=BECAUSE)
    log.open_round(name, (), kind="first")


@honest
def what_was_graded_elsewhere_is_graded_again(log: Continued) -> None:
    log.open_round(log.incident(1, RIA), (), kind="again")


@honest
def somebody_is_asked_twice(log: Continued) -> None:
    name = log.incident(1, RIA)
    log.open_round(name)
    log.add("reviewer.assigned", LIO, name, round=1, who=SEN.in_(name))
    for person in (SEN, TIV, ULF):
        log.vote(name, person)
    log.add("reviewer.assigned", LIO, name, round=1, who=SEN.in_(name))
    log.close(name)
    log.propose(name)


@honest
def the_machine_extends_and_releases(log: Continued) -> None:
    name = log.incident(1, RIA)
    log.open_round(name, (SEN, TIV, ULF, WIM))
    log.add("round.extended", MACHINE, name, round=1, reason=None)
    log.add("reviewer.released", MACHINE, name, round=1, who=WIM.in_(name), reason=None)
    for person in (SEN, TIV, ULF):
        log.vote(name, person)
    log.close(name)
    log.propose(name)


def given_up(log: Continued, field: str) -> None:
    name = log.incident(1, RIA)
    log.open_round(name)
    live = [log.vote(name, person) for person in (SEN, TIV, TIV, ULF)]
    log.add("vote.withdrawn", ULF, name, of=live[3], reason=BECAUSE)
    lists = log.giving_up(name)
    lists |= {"superseded": [live[1]], "withdrawn": [live[3]]}
    lists[field] = sorted([*lists[field], live[0], live[2]])
    log.add("round.closed", LIO, name, reason=BECAUSE, **lists)
    log.agree(name)


@honest
def votes_of_a_round_given_up_are_withdrawn_with_it(log: Continued) -> None:
    given_up(log, "withdrawn")


@honest
def votes_of_a_round_given_up_are_excluded_with_it(log: Continued) -> None:
    given_up(log, "excluded")


# --- settlements ------------------------------------------------------------------------------------------------------------


@honest
def a_second_vote_is_under_the_policy_of_its_own_day(log: Continued) -> None:
    name = log.incident(1, RIA)
    settlement = log.dispute(name)
    log.add("policy.set", ADA, **log.policy_now.as_body(), times=dict(log.policy_now.times))
    log.open_round(name, kind="second", of=settlement)


@honest
def somebody_argues_who_did_not_vote(log: Continued) -> None:
    """The settler answers them as well, and those who agree."""
    name = log.incident(1, RIA)
    settlement = log.dispute(name)
    arguments = [
        log.add("settlement.argued", person, name, settlement=settlement, text="The crater.") for person in (MUN, SEN, TIV, ULF)
    ]
    log.open_round(name, kind="second", of=settlement)
    for person, grade in zip((SEN, TIV, ULF), ("confirmed", "weak", "discounted"), strict=True):
        log.vote(name, person, grade)
    log.close(name)
    log.add("settler.appointed", LIO, name, settlement=settlement, who=WIM.in_(name), reason=BECAUSE)
    log.settle(name, answers=arguments, replies={str(one): "Heard." for one in arguments})


# --- acts: one time, several incidents -----------------------------------------------------------------------------------------


def two_proposed(log: Continued) -> Iterable[str]:
    for number in (1, 2):
        name = log.incident(number, RIA)
        log.agree(name)
        yield name


@honest
def one_source_is_attached_to_two_incidents_that_wait_for_an_approval(log: Continued) -> None:
    both = list(two_proposed(log))
    later(log)
    standing = [log.dossier(name).proposal for name in both]
    for name in both:
        log.source(name)
    for name, proposal in zip(both, standing, strict=True):
        assert proposal is not None
        log.add("proposal.voided", MACHINE, name, of=proposal.seq)
    for name in both:
        log.propose(name)


@honest
def two_incidents_are_merged_into_a_third_at_once(log: Continued) -> None:
    name, others = published(log), [log.incident(number, TIV) for number in (2, 3)]
    later(log)
    cause = log.add("incident.absorbed", LIO, name, other=others, reason=BECAUSE)
    for other in others:
        log.add("incident.merged", LIO, other, other=[name], reason=BECAUSE)
    log.add("recheck.opened", MACHINE, name, version=1, cause=cause)


@honest
def two_are_merged_one_by_one_and_the_version_is_checked_once(log: Continued) -> None:
    name, others = published(log), [log.incident(number, TIV) for number in (2, 3)]
    later(log)
    for other in others:
        log.add("incident.merged", LIO, other, other=[name], reason=BECAUSE)
        cause = log.add("incident.absorbed", LIO, name, other=[other], reason=BECAUSE)
    log.add("recheck.opened", MACHINE, name, version=1, cause=cause)


@honest
def two_votes_are_excluded_at_once(log: Continued) -> None:
    name = published(log)
    later(log)
    for vote in log.dossier(name).votes[:2]:
        cause = log.add("vote.excluded", LIO, name, of=vote.seq, ground="identity", reason=BECAUSE)
    log.add("recheck.opened", MACHINE, name, version=1, cause=cause)


# --- redactions and refusals -----------------------------------------------------------------------------------------------------


@honest
def who_asked_for_a_removal_is_a_lead_no_more(log: Continued) -> None:
    name = log.incident(1, RIA)
    log.add("source.opened", MUN, name, source=1)
    log.add("role.revoked", ADA, who=MUN.in_("log"), role="lead", reason=BECAUSE)
    opened = next(row.seq for row in log.rows if row.incident == name)
    log.redacted(opened, "exact", LIO, MUN.in_(name))


@honest
def a_removal_is_explained_by_its_ground_alone(log: Continued) -> None:
    name = log.incident(1, RIA)
    opened = next(row.seq for row in log.rows if row.incident == name)
    (gone,) = [one for one in log.said if (one.seq, one.name) == (opened, "exact")]
    log.said.remove(gone)
    body = {"of": opened, "digests": [gone.digest], "ground": "error", "asked_by": MUN.in_(name)}
    log.add("detail.redacted", LIO, name, **body, reason=None)


@honest
def what_nobody_may_do_names_no_requirement(log: Continued) -> None:
    log.add("attempt.refused", WIM, verb="set_policy", requirements=[], detail=None)
    log.add("attempt.refused", WIM, log.incident(1, RIA), verb="approve", requirements=[], detail=None)


@honest
def without_words(log: Continued) -> None:
    name = log.incident(1, RIA)
    log.open_round(name)
    votes = [log.vote(name, person, grade) for person, grade in ((SEN, "fair"), (TIV, "fair"), (ULF, "weak"))]
    log.close(name)
    proposal = log.propose(name)
    dissent = log.add("dissent.recorded", ULF, name, of=votes[2], text="The crater.")
    log.add("proposal.voided", MACHINE, name, of=proposal)
    log.propose(name)
    log.redacted(dissent, "text", ADA, LIO.in_(name))
    log.approve(name, LIO)
