"""Official positions beside the record: entered by a lead, append-only by version, and never a grade."""

from __future__ import annotations

from functools import partial

import pytest
from sqlalchemy import select

from review.actions import approvals, incidents, ledger, parties, positions, restrictions, rounds, sources
from review.models import OfficialReport, session
from review.models.parties import names_in_force
from review.queries import ledger as query
from review.queries import record
from review.queries.determinations import determination_page
from review.queries.reports import party_reports
from review.queries.waiting import ACCEPTED, waiting
from review.rules.errors import Forbidden, Invalid
from review.rules.facts import Casualties, Party, Range
from review.rules.ledger import Report
from review.rules.parties import key_of
from review.rules.record import NOTHING, Figure
from tests import builders, staffing, trail
from tests.actions.test_concurrency import at_once
from tests.web.sitting import browser

KARSIA = key_of(builders.PARTY)
MARCH = Report(carried=40, received=12, credible=3, non_credible=20, duplicate=1, open=28)
ADDRESS = "https://mod-karsia.example/reports/2031-03"


def conceded_once(team: builders.Desk, _time: object) -> str:
    """One published incident, KV412, in which the party concedes one or two killed."""
    return out(team, conceding(team, Range(1, 2)))


@pytest.fixture
def filling() -> staffing.Filling:
    return conceded_once


@pytest.fixture
def team(staffed: builders.Desk) -> builders.Desk:
    return staffed


@pytest.fixture
def ref(filled: str) -> str:
    return filled


def entered(team: builders.Desk, report: Report = MARCH, **changes: object) -> int:
    given = {"party": builders.PARTY, "month": "2031-03", "report": report, "url": ADDRESS, **changes}
    return ledger.record_report(team.lead, **given)


def official(party: str = KARSIA) -> query.OfficialRecord:
    session.rollback()
    page = record.record_page(party)
    return query.official_record(party, page.months, page.undated)


def conceding(team: builders.Desk, killed: Range, position: str = "credible", **changes: object) -> str:
    """An incident in which the party concedes this many, not published yet."""
    ref = builders.with_sources(team, builders.opened(team, **changes))
    concede(team, ref, killed, position)
    return ref


def concede(team: builders.Desk, ref: str, killed: Range, position: str = "credible") -> None:
    conceded = Casualties(killed, Range())
    positions.record_position(team.lead, ref, party=builders.PARTY, position=position, conceded=conceded)


def out(team: builders.Desk, ref: str) -> str:
    builders.approved(team, builders.agreed(team, ref))
    return ref


# --- the ledger -----------------------------------------------------------------------------------------------


def test_a_correction_is_a_further_version_and_the_one_before_it_stays(team: builders.Desk) -> None:
    before = trail.size()
    assert entered(team) == 1
    right = Report(40, 12, 3, 20, 2, 27)
    assert entered(team, right, seen=1, why="Misread a 2.", party="karsian air-force") == 2
    assert trail.size() == before  # a setting beside the record
    assert [row.version for row in session.scalars(select(OfficialReport).order_by(OfficialReport.id))] == [1, 2]
    told = query.ledger_of(KARSIA)
    assert told is not None and told.name == "Karsian Air Force"
    (march,) = told.months
    assert (march.standing.report, [one.report for one in march.earlier], march.findings) == (right, [MARCH], ())
    inside = party_reports(team.leads[1], KARSIA)
    assert [(one.number, one.by, one.why) for one in inside.entered] == [
        (2, team.lead.name, "Misread a 2."), (1, team.lead.name, None),
    ]  # fmt: skip


def test_who_has_not_seen_what_stands_does_not_replace_it(team: builders.Desk) -> None:
    entered(team)
    for changes in ({}, {"why": "Misread a 2."}, {"seen": 1}, {"seen": 2, "why": "Misread a 2."}):
        with pytest.raises(Invalid):
            entered(team, **changes)
    assert session.scalar(select(OfficialReport.version)) == 1


def test_of_two_who_enter_a_month_at_once_under_two_names_of_one_party_the_second_is_told(team: builders.Desk) -> None:
    parties.add_alias(team.admin, alias="K.A.F.", name=builders.PARTY, reason="The same staff signs for both.")

    def tried(name: str, month: int) -> str:
        try:
            return f"{month}: version {entered(team, party=name, month=f'2031-{month:02}')}"
        except Invalid as refusal:
            return f"{month}: {','.join(refusal.problems)}"

    both, months = ("K.A.F.", builders.PARTY), range(1, 7)
    answers = at_once(team.app, [partial(tried, name, month) for month in months for name in both])
    assert sorted(answers) == [f"{month}: {answer}" for month in months for answer in ("month", "version 1")]


def test_a_lead_enters_reports_and_nobody_else(team: builders.Desk) -> None:
    for actor in (team.spare, team.admin, team.auditor):
        with pytest.raises(Forbidden):
            ledger.record_report(actor, party=builders.PARTY, month="2031-03", report=MARCH, url=ADDRESS)
        with pytest.raises(Forbidden):
            party_reports(actor, KARSIA)


def test_what_does_not_add_up_or_follow_is_said_and_nothing_is_mended(team: builders.Desk) -> None:
    entered(team)
    april = Report(carried=27, received=5, credible=1, non_credible=1, duplicate=0, open=31)
    entered(team, april, month="2031-04")
    told = query.ledger_of(KARSIA)
    assert told is not None
    assert [(one.month, [found.kind for found in one.findings]) for one in told.months] == [
        ("2031-04", ["sum", "follows"]), ("2031-03", []),
    ]  # fmt: skip
    assert (told.months[0].standing.report, told.open, told.findings) == (april, 31, 1)


# --- assessed, conceded ---------------------------------------------------------------------------------------


def test_conceded_is_summed_as_published_and_blank_is_not_zero(team: builders.Desk) -> None:
    second = conceding(team, Range(4, None), codes=("KV2",))
    concede(team, second, Range(3, 3))  # the later position takes the place of the earlier
    out(team, second)
    out(team, conceding(team, Range(None, None), codes=("KV3",)))
    conceding(team, Range(50, 60), codes=("KV4",))  # never published
    told = official()
    (march,) = told.months
    assert (march.month, march.assessed, march.conceded) == ("2031-03", Figure(3, 9, 15), Figure(2, 4, 5))
    assert (told.assessed, told.conceded) == (march.assessed, march.conceded)
    assert len(query.conceded_page(KARSIA, "2031-03").rows) == march.conceded.incidents
    assert query.conceded_page(KARSIA, "2031-04").rows == ()


def test_what_a_party_says_after_the_version_waits_for_the_next_one(team: builders.Desk, ref: str) -> None:
    before = repr((official(), determination_page(ref).parties))
    concede(team, ref, Range(5, 5))
    assert repr((official(), determination_page(ref).parties)) == before
    approvals.reopen(team.lead, ref, ground="verdict", reason="It concedes more.", seen=builders.row(ref).digest)
    assert repr((official(), determination_page(ref).parties)) == before
    builders.agreed(team, ref)
    builders.approved(team, ref, by=team.leads[1])
    assert official().conceded == Figure(1, 5, 5)
    shown = determination_page(ref).parties[0]
    assert shown.latest is not None and shown.latest.conceded.killed == Range(5, 5)


def test_what_is_restricted_concedes_nothing_in_public(team: builders.Desk, ref: str) -> None:
    restrictions.restrict_incident(team.lead, ref, people=[], reason="A family is in danger.")
    told = official()
    assert (told.months, told.conceded, query.conceded_page(KARSIA, "2031-03").rows) == ((), NOTHING, ())


def test_a_party_that_an_incident_does_not_name_any_more_concedes_nothing_there(team: builders.Desk) -> None:
    ref = conceding(team, Range(70, 70), parties=(Party(builders.PARTY), Party("Tarn Brigades")))
    fewer = builders.facts(parties=(Party("Tarn Brigades"),))
    incidents.describe_incident(team.enterer, ref, facts=fewer, reason="It was the other.")
    out(team, ref)
    assert official().conceded == Figure(1, 1, 2)  # of the one that names it


def test_a_ledger_is_found_under_every_name_of_its_party(team: builders.Desk) -> None:
    entered(team, party="Karsian Air Forces")
    assert query.ledger_of(KARSIA) is None
    names = type(names_in_force(session))({"Karsian Air Forces": builders.PARTY})
    told = query.ledger_of(KARSIA, names)
    assert told is not None and told.name == builders.PARTY


# --- an admission ---------------------------------------------------------------------------------------------


def admitted(team: builders.Desk, ref: str) -> None:
    """The party's own statement, and its position that goes with it."""
    number = sources.attach_source(team.enterer, ref, draft=builders.draft(7, role="official", kind="official_statement"))
    positions.record_position(team.lead, ref, party=builders.PARTY, position="credible", source=number)


def test_an_official_position_never_changes_a_grade(team: builders.Desk, ref: str) -> None:
    row = builders.row(ref)
    before = (row.grade, row.stage, row.version, row.range, row.recheck, repr(determination_page(ref)))
    for position in ("non_credible", "open", "duplicate", "credible"):
        concede(team, ref, Range(9, 9), position)
    admitted(team, ref)
    row = builders.row(ref)
    assert (row.grade, row.stage, row.version, row.range, row.recheck, repr(determination_page(ref))) == before


def test_an_admission_waits_for_a_lead_and_confirms_nothing_by_itself(team: builders.Desk, ref: str) -> None:
    admitted(team, ref)
    page = waiting(team.leads[1])
    (row,) = page.accepted
    assert (row.ref, row.group, row.recheck, row.remedies.reopen) == ("KV412", "you", False, builders.row(ref).digest)
    assert page.counts is not None
    assert (page.counts.groups["you"], page.counts.stages[ACCEPTED]) == (1, 1)
    assert waiting(team.leads[1], stage=ACCEPTED).accepted == page.accepted
    assert waiting(team.leads[1], only="others").accepted == ()
    builders.work()
    assert builders.row(ref).stage == "published"
    approvals.reopen(team.lead, ref, ground="verdict", reason="It was accepted.", seen=row.remedies.reopen)
    assert waiting(team.lead).accepted == ()
    assert determination_page(ref).version.grade == "fair"  # the earlier grade stays shown
    number = rounds.open_round(team.lead, ref, reviewers=[one.person or 0 for one in team.voters])
    builders.cast_all(team, ref, number, "confirmed", "confirmed", "confirmed")
    builders.work()
    builders.approved(team, ref, by=team.leads[1])
    shown = determination_page(ref)
    assert (shown.version.grade, shown.previously and shown.previously.grade) == ("confirmed", "fair")
    assert determination_page(ref, 1).previously is None
    page_of_it = browser(team.app).get(f"/incidents/{ref}").get_data(as_text=True)
    assert "previously Fair" in page_of_it and "concedes" in page_of_it


def test_an_admission_in_a_restricted_incident_waits_for_those_it_is_shown_to(team: builders.Desk, ref: str) -> None:
    admitted(team, ref)
    restrictions.restrict_incident(team.lead, ref, people=[], reason="A family is in danger.")
    assert [row.restricted for row in waiting(team.lead).accepted] == [True]
    other = waiting(team.leads[1])
    assert other.accepted == () and other.counts is not None and other.counts.all == 0
