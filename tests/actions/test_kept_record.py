"""The kept figures: after every act that moves the record they are what an independent count of the published is."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from review import clock, config, jobs
from review.actions import approvals, exits, incidents, parties, redactions, restrictions
from review.audit import fsck, keys
from review.models import Determination, Incident, Job, RecordEntry, RecordFigure, RecordName, session
from review.models import record as kept
from review.queries import record as query
from review.queries.parties import parties_page
from review.queries.published_facts import facts_as_published
from review.rules.errors import Forbidden, Invalid
from review.rules.facts import Facts, Party
from review.rules.parties import Names
from review.rules.record import EVERYBODY, Wanted
from review.rules.redaction import Named
from tests import builders
from tests.actions.erased import asked
from tests.actions.test_concurrency import assert_whole, at_once
from tests.actions.test_record import BOTH, KARSIA, MARCH, TARN, page, row, twin, walked

Sum = tuple[int, int, int, int]
WHY = "The desk's own reports use both names."


@pytest.fixture
def team(staffed: builders.Desk) -> builders.Desk:
    return staffed


# --- an independent count -----------------------------------------------------------------------------------


def counted_anew(names: Names) -> dict[tuple[str, str, str, bool], Sum]:
    """The record from the incidents, their determinations and published facts, by nothing of the projection."""
    session.rollback()
    rows = list(session.scalars(select(Incident).where(Incident.public)))
    facts = facts_as_published(rows)
    found: Counter[tuple[str, str, str, bool]] = Counter()
    sums: dict[tuple[str, str, str, bool], list[int]] = {}
    for one in rows:
        version = session.scalars(
            select(Determination).where(Determination.incident_id == one.id, Determination.version == one.version)
        ).one()
        low, high = (version.range or {}).get("killed") or (None, None)
        told = facts.get(one.id, Facts())
        blamed = {names.key(party.name) for party in told.parties if party.role != "targeted"}
        for party in {"", *blamed}:
            cell = (party, (told.date or "")[:7], version.grade, version.kind == "legacy")
            found[cell] += 1
            added = sums.setdefault(cell, [0, 0, 0])
            added[0] += low or 0
            added[1] += high if high is not None else low or 0
            added[2] += low is None and high is None
    return {cell: (number, *sums[cell]) for cell, number in found.items()}


def assert_kept(names: Names | None = None) -> dict[tuple[str, str, str, bool], Sum]:
    """The figures, the entries and fsck all say what the independent count says; answers it."""
    wanted = counted_anew(names or Names())
    figures = {
        (one.party, one.month, one.grade, one.legacy): (one.incidents, one.fewest, one.most, one.unknown)
        for one in session.scalars(select(RecordFigure))
    }
    assert figures == wanted
    assert found() == []
    return wanted


def found() -> list[str]:
    session.rollback()
    own = keys.load(config.home())
    return [*fsck.incidents(session, own), *fsck.sums(session)]


# --- through every act that moves it ------------------------------------------------------------------------


def described(team: builders.Desk, ref: str, **changes: object) -> None:
    incidents.describe_incident(team.enterer, ref, facts=builders.facts(**changes), reason="A witness says so.")


def reopened(team: builders.Desk, ref: str) -> None:
    approvals.reopen(team.lead, ref, ground="verdict", reason="A second statement.", seen=builders.row(ref).digest)


def test_a_life_of_one_incident(team: builders.Desk) -> None:
    """Published, described anew, reopened, a second version, restricted, withdrawn, brought back, its facts removed."""
    ref = builders.agreed(team)
    assert assert_kept() == {}
    builders.approved(team, ref)
    first = assert_kept()
    assert set(first) == {(party, MARCH, "fair", False) for party in (EVERYBODY, KARSIA)}
    described(team, ref, date="2031-04-01", parties=(Party("Tarn Brigades"), Party("Karsian Air Force", role="targeted")))
    assert assert_kept() == first
    reopened(team, ref)
    assert assert_kept() == first
    builders.agreed(team, ref)
    assert assert_kept() == first
    builders.approved(team, ref, by=team.leads[1])
    second = assert_kept()
    assert set(second) == {(party, "2031-04", "fair", False) for party in (EVERYBODY, TARN)}
    restrictions.restrict_incident(team.lead, ref, people=[], reason="A family is in danger.")
    assert assert_kept() == {}
    restrictions.lift_restriction(team.lead, ref, reason="They are safe.")
    assert assert_kept() == second
    exits.withdraw_incident(team.lead, ref, reason="It never took place.")
    assert assert_kept() == {}
    exits.restore_incident(team.lead, ref, reason="It did.")
    assert assert_kept() == second
    events = [event.seq for event in builders.view(ref).marks if event.type == "incident.described"]
    described(team, ref, date="2031-04-02", parties=(Party("Tarn Brigades"),))
    asked_for = asked(team, ref, Named(events[-1], "facts"))
    redactions.second_redaction(team.leads[1], asked_for, reason="I have read it.")
    assert set(assert_kept()) == {(EVERYBODY, "", "fair", False)}
    assert session.scalar(select(func.count()).select_from(RecordName)) == 0


def test_merged_dismissed_and_under_embargo(team: builders.Desk) -> None:
    one, other = builders.published(team), builders.published(team)
    assert assert_kept()[EVERYBODY, MARCH, "fair", False] == (2, 6, 10, 0)
    exits.merge_incident(team.lead, one, into=other, reason="The same moment.")
    assert assert_kept()[EVERYBODY, MARCH, "fair", False] == (1, 3, 5, 0)
    exits.dismiss_incident(team.lead, other, reason="Outside of what is recorded.")
    assert assert_kept() == {}
    later = builders.agreed(team)
    tomorrow = clock.now() + timedelta(days=1)
    seen = builders.row(later).digest
    approvals.approve(team.lead, later, reason="Embargoed.", seen=seen, not_before=clock.day(tomorrow))
    assert assert_kept() == {}
    with clock.reading(lambda: tomorrow):
        builders.work()
    assert assert_kept()[KARSIA, MARCH, "fair", False] == (1, 3, 5, 0)


def test_two_publications_at_once_lose_no_count(desk: Flask) -> None:
    team = builders.desk(desk)
    waiting = [builders.agreed(team) for _one in range(2)]
    answers = at_once(desk, [lambda ref=ref: builders.approved(team, ref) for ref in waiting])
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    assert assert_kept()[KARSIA, MARCH, "fair", False] == (2, 6, 10, 0)
    assert_whole()


# --- what fsck says of a changed figure ---------------------------------------------------------------------


def test_what_was_changed_behind_the_doorway_is_named(team: builders.Desk, tmp_path: Path) -> None:
    twin(team, tmp_path)
    assert_kept()
    entry, figure, name = (model.__table__ for model in (RecordEntry, RecordFigure, RecordName))
    changes: dict[str, object] = {
        "what the record counts of it is not what was published": update(entry).values(most=entry.c.most + 1),
        "another figure for 2031-03, fair": update(figure).where(figure.c.month == MARCH).values(incidents=7),
        "counts a party by its spellings": update(name).values(incidents=7),
        "an incident that there is not": kept.insert(entry).values(
            incident_id=999, party="", month="", grade="fair", legacy=False, fewest=0, most=0, unknown=0, open_below=0,
            open_above=0, stream="", written="",
        ),
    }  # fmt: skip
    for sentence, statement in changes.items():
        session.rollback()
        session.connection().execute(statement)
        own = keys.load(config.home())
        assert any(sentence in said for said in [*fsck.incidents(session, own), *fsck.sums(session)]), sentence
    session.rollback()
    assert found() == []


def test_the_migration_fills_what_the_acts_have_kept(team: builders.Desk, tmp_path: Path) -> None:
    twin(team, tmp_path)
    builders.published(team)
    before = everything()
    connection = session.connection()
    for table in (kept.ENTRY, kept.FIGURE, kept.NAME):
        connection.execute(kept.delete(table))
    kept.refill(connection)
    assert everything() == before
    session.rollback()


def everything() -> list[list[tuple[object, ...]]]:
    return [sorted(map(tuple, session.execute(select(one)))) for one in (kept.ENTRY, kept.FIGURE, kept.NAME)]


# --- the table of aliases -----------------------------------------------------------------------------------


def one_name(team: builders.Desk) -> int:
    return parties.add_alias(team.admin, alias="Tarn Brigades", name="Karsian Air Force", reason=WHY)


def test_an_alias_makes_one_party_of_two_until_it_is_withdrawn(team: builders.Desk, tmp_path: Path) -> None:
    twin(team, tmp_path)
    apart = assert_kept()
    alias = one_name(team)
    assert_kept(Names({"Tarn Brigades": "Karsian Air Force"}))
    told = page(KARSIA)
    assert [(one.name, one.incidents, one.written) for one in told.parties] == [
        ("Karsian Air Force", 8, ("Karsian Air-Force", "Tarn Brigades", "karsian air force"))
    ]
    assert told.months[-1].total == query.Figure(3, 10, 13, unknown=1)  # the incident that named both counts once
    assert page(TARN).party == told.party  # an address under the other name still leads there
    published = builders.published(team)
    described(team, published, parties=(Party("Tarn Brigades"),))
    parties.withdraw_alias(team.admin, alias, reason="They are two after all.")
    assert assert_kept().keys() >= apart.keys()
    table = parties_page(team.lead)
    assert (table.in_force, table.may_change, table.moving) == ((), False, False)
    assert [(one.alias, one.reason, one.added_by, one.withdrawn_because) for one in table.withdrawn] == [
        ("Tarn Brigades", WHY, "Tamsin Orrel", "They are two after all.")
    ]
    with pytest.raises(Invalid):
        parties.withdraw_alias(team.admin, alias, reason="Again.")


def test_a_party_of_many_is_counted_anew_by_the_worker(
    team: builders.Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parties, "BLOCK", 2)  # three are many
    twin(team, tmp_path)
    one_name(team)
    assert parties_page(team.lead).moving
    assert found() == []  # some stand under the one name, some under the other
    assert [one.name for one in page().parties] == ["Karsian Air Force", "Tarn Brigades"]
    jobs.run_due()
    assert session.scalar(select(func.count()).where(Job.kind == "rekey_party", Job.done_at.is_(None))) == 0
    assert_kept(Names({"Tarn Brigades": "Karsian Air Force"}))
    parties.rekey(TARN)
    assert_kept(Names({"Tarn Brigades": "Karsian Air Force"}))


def test_an_alias_needs_a_reason_and_a_name_that_is_none_yet(team: builders.Desk) -> None:
    one_name(team)
    for alias, reason, wrong in (("Tarn brigades", WHY, "alias"), ("The Brigades", " ", "reason")):
        with pytest.raises(Invalid) as refusal:
            parties.add_alias(team.admin, alias=alias, name="Karsian Air Force", reason=reason)
        assert set(refusal.value.problems) == {wrong}
    parties.add_alias(team.admin, alias="The Brigades", name="Karsian Air Force", reason=WHY)


def test_only_an_admin_changes_the_table(team: builders.Desk) -> None:
    for actor in (team.lead, team.enterer, team.auditor):
        with pytest.raises(Forbidden):
            parties.add_alias(actor, alias="Tarn", name="Tarn Brigades", reason=WHY)


# --- lists in pages -----------------------------------------------------------------------------------------


def test_a_list_goes_on_over_its_months_and_loses_none(
    team: builders.Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    twin(team, tmp_path)
    monkeypatch.setattr(query, "ROWS", 2)
    grades = ("confirmed", "fair", "weak", "contested", "discounted")
    assert walked(Wanted(grades=grades)) == ["KV007", "KV006", "KV005", "KV004", "KV003", "KV002", "KV001", "KV009"]
    assert walked(Wanted(KARSIA, None, grades)) == ["KV006", "KV005", "KV004", "KV003", "KV002", "KV001"]
    assert walked(Wanted(TARN)) == ["KV007", "KV004", "KV009"]
    assert walked(Wanted(TARN, only="unknown")) == ["KV007"]
    assert walked(Wanted(TARN, "", only="imported")) == ["KV009"]
    assert walked(Wanted(TARN, only="reviewed")) == []
    assert walked(Wanted(KARSIA, MARCH)) == ["KV005", "KV004"]


def test_a_map_holds_what_the_list_holds_and_no_more_than_it_can(
    team: builders.Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = {"latitude": "33.1234", "longitude": "41.8234", "location_accuracy": "town"}
    far = [row(number, "2031-03-01", BOTH, "Fair", ("1", "1"), **there) for number in (11, 12, 13)]
    twin(team, tmp_path, far)
    session.rollback()
    told = query.behind_map(Wanted(KARSIA))
    assert ([one.ref for one in told.placed], told.more) == (["KV013", "KV012", "KV011"], False)
    assert {one.place.point for one in told.placed if one.place} == {(33.12, 41.82)}  # no closer than is known
    for module in ("mapped", "record"):
        monkeypatch.setattr(f"review.queries.{module}.MOST", 2)
    told = query.behind_map(Wanted(KARSIA))
    assert (told.shown, told.more) == (2, True)
