"""Verdicts on the log itself: its opening, heads, codebooks, streams, people, roles and claims."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from review.audit import verify
from tests.audit import histories as h
from tests.audit.histories import Entry, Log
from tests.audit.twins import Case, Forged, Steps, Table, assert_told_apart, before, vouching

CASES = Table()
XAN = h.pseudonym("Xan", "log")
OSEI, CATO, DINA = (h.pseudonym(who, "log") for who in ("Osei", "Cato", "Dina"))


# --- whose event it is --------------------------------------------------------------------------------------------


@CASES.case("actor", f"the actor {OSEI} does not go with the role system")
def a_person_acts_as_the_system(log: Forged) -> Steps:
    made = log.add("backup.made", None, None, {"size": 9})
    yield None
    made.actor = OSEI
    yield made


@CASES.case("actor", "the actor system does not go with the role reviewer")
def the_system_acts_as_a_reviewer(log: Forged) -> Steps:
    claim = received(log, "a")
    yield None
    claim.actor = "system"
    yield claim


@CASES.case("scope", "source.opened belongs to an incident")
def an_incidents_event_in_the_log(log: Forged) -> Steps:
    entry = log.add("source.opened", "Amal", h.incident(log, "Tel Asmar"), {"source": 1})
    yield None
    entry.incident = None
    yield entry


@CASES.case("scope", "backup.made belongs to no incident")
def a_logs_event_in_an_incident(log: Forged) -> Steps:
    name = h.incident(log, "Tel Asmar")
    made = log.add("backup.made", "Osei", None, {"size": 9})
    yield None
    made.incident = name
    yield made


@CASES.case("person", "a person is named for an act of system")
def a_person_behind_the_system(log: Forged) -> Steps:
    made = log.add("backup.made", None, None, {"size": 9})
    yield None
    made.sealed["person"] = OSEI
    yield made


@CASES.case("person", "a person is named for an act of public")
def a_person_behind_the_public(log: Forged) -> Steps:
    claim = received(log, "a", "somebody")
    yield None
    claim.sealed["person"] = DINA
    yield claim


@CASES.case("person", "no person stands behind the actor")
def nobody_behind_an_admin(log: Forged) -> Steps:
    made = log.add("backup.made", "Osei", None, {"size": 9})
    yield None
    made.sealed["person"] = None
    yield made


@CASES.case("person", "the actor of a log event is not the person")
def another_name_in_the_log(log: Forged) -> Steps:
    made = log.add("backup.made", "Osei", None, {"size": 9})
    yield None
    made.actor = CATO
    yield made


# --- the opening, the heads, the clock -----------------------------------------------------------------------------


@CASES.case("log", "a log is opened by its first event only")
def a_log_opened_twice(log: Forged) -> Steps:
    yield None
    yield log.add("log.opened", None, None, dict(log.find("log.opened").body))


@CASES.case("joint", "the log 'desk.example/log0' that it continues is not in the bundle")
def a_log_that_continues_another(log: Forged) -> Steps:
    yield None
    opened = log.find("log.opened")
    opened.body["continues"] = {"lost": 0, "origin": "desk.example/log0", "root": h.b64(bytes(32)), "size": 4}
    yield opened


@CASES.case("heads", "it counts 3 incidents, there are 2", count=3)
@CASES.case("heads", "it counts 1 incidents, there are 2", count=1)
def heads_of_another_number(log: Forged, count: int) -> Steps:
    h.incident(log, "Tel Asmar")
    h.incident(log, "Wadi Karsa")
    log.end()
    yield None
    heads = log.find("log.heads")
    heads.body["n"] = count
    yield heads


@CASES.case("day", "its from is no day", field="from")
@CASES.case("day", "its to is no day", field="to")
def a_step_of_the_clock_off_the_calendar(log: Forged, field: str) -> Steps:
    """2028 has a 29th of February, 2026 has none."""
    first, then = ("2028-02-29", "2028-03-01") if field == "from" else ("2026-03-01", "2028-02-29")
    log.add("backup.made", "Osei", None, {"size": 9}).day = first
    body = {"from": first, "to": then}
    stepped = log.add("clock.stepped", "Osei", None, body, reason="The machine was wrong.")
    stepped.day = then
    yield None
    body[field] = "2026-02-29"
    yield stepped


@CASES.case("day", "the day goes back from 2026-03-01 to 2026-02-28")
def a_day_that_goes_back(log: Forged) -> Steps:
    """Only a step of the clock goes back; what follows goes on from there."""
    stepped = log.add("clock.stepped", "Osei", None, {"from": "2026-03-01", "to": "2026-02-28"}, reason="It was wrong.")
    made = log.add("backup.made", "Osei", None, {"size": 9})
    stepped.day = made.day = "2026-02-28"
    yield None
    log.drop(stepped)
    yield made


# --- codebooks -----------------------------------------------------------------------------------------------------


@CASES.case("codebook", "its distances do not fit its grades", rule="the first is no grade", wrong=["sure", "weak", 1])
@CASES.case("codebook", "its distances do not fit its grades", rule="the second is no grade", wrong=["fair", "sure", 1])
@CASES.case("codebook", "its distances do not fit its grades", rule="a grade and itself", wrong=["fair", "fair", 1])
@CASES.case("codebook", "its distances do not fit its grades", rule="a pair twice", wrong=["weak", "contested", 2])
@CASES.case("codebook", "its distances do not fit its grades", rule="a pair turned round", wrong=["contested", "weak", 2])
def distances_beside_the_grades(log: Forged, rule: str, wrong: list[Any]) -> Steps:
    book = log.find("codebook.defined")
    book.body.update(distances=[["weak", "contested", 1], ["fair", "weak", 1]], sha256=vouching)
    yield None
    book.body["distances"] = [["weak", "contested", 1], wrong]
    yield book


@CASES.case("codebook", "its grades are not distinct, or one is called no_consensus", grades=["fair", "weak", "fair"])
@CASES.case("codebook", "its grades are not distinct, or one is called no_consensus", grades=["fair", "no_consensus"])
@CASES.case("codebook", "its grades are not distinct, or one is called no_consensus", grades=[])
def grades_that_are_none(log: Forged, grades: list[str]) -> Steps:
    book = log.find("codebook.defined")
    book.body.update(grades=["fair"], distances=[], sha256=vouching)
    yield None
    book.body["grades"] = grades
    yield book


# --- policies: the boundary of each number ---------------------------------------------------------------------------

POLICY = "it asks for fewer than two votes or for less than two thirds"


@CASES.case("policy", POLICY, lawful={"required": 2}, unlawful={"required": 1})
@CASES.case("policy", POLICY, lawful={"share": [66, 99]}, unlawful={"share": [65, 99]})
@CASES.case("policy", POLICY, lawful={"share": [1, 1]}, unlawful={"share": [2, 1]})
@CASES.case("policy", POLICY, lawful={"share": [1, 1]}, unlawful={"share": [0, 0]})
def a_policy_of_too_little(log: Forged, lawful: dict[str, Any], unlawful: dict[str, Any]) -> Steps:
    policy = log.find("policy.set")
    policy.body.update(lawful)
    yield None
    policy.body.update(unlawful)
    yield policy


# --- streams ---------------------------------------------------------------------------------------------------------


@CASES.case("stream", "the stream is defined already, and switched by a lead only")
def a_stream_switched_by_its_definition(log: Forged) -> Steps:
    defined = log.add("stream.defined", "Osei", None, {"stream": "karsian-air-force", "mode": "active"}, name=None, reason=None)
    yield None
    defined.body["mode"] = "paused"
    yield defined


@CASES.case("stream", "the stream is not defined")
def a_switch_of_no_stream(log: Forged) -> Steps:
    body = {"stream": "karsian-air-force", "mode": "paused"}
    switched = log.add("stream.switched", "Marj", None, body, name=None, reason="Nobody is free.")
    yield None
    body["stream"] = "another-force"
    yield switched


# --- people and roles ------------------------------------------------------------------------------------------------


def joined(log: Log, by: str | None = "Osei") -> Entry:
    return log.add("person.joined", by, None, {"who": XAN}, name="Xan")


@CASES.case("role", "the person is not, or no longer, of this desk")
def a_stranger_who_lets_others_in(log: Forged) -> Steps:
    """Whoever joins, joins by themselves: nobody holds a role before."""
    entry = joined(log, "Xan")
    entry.role = "reviewer"
    yield None
    entry.body["who"] = h.pseudonym("Yun", "log")
    yield entry


@CASES.case("role", "people come and go by themselves or by an admin", by="Marj")
@CASES.case("role", "people come and go by themselves or by an admin", by="Cato")
def a_person_let_in_by_others(log: Forged, by: str) -> Steps:
    entry = joined(log, None)
    yield None
    entry.who, entry.role = by, h.PEOPLE[by]
    yield entry


@CASES.case("role", "people come and go by themselves or by an admin")
def a_person_sent_away_by_others(log: Forged) -> Steps:
    left = log.add("person.left", "Cato", None, {"who": CATO}, name=None)
    yield None
    left.who = "Bren"
    yield left


@CASES.case("role", "the person is not, or no longer, of this desk", kind="person.deactivated")
@CASES.case("role", "the person is not, or no longer, of this desk", kind="person.left")
def an_act_after_going(log: Forged, kind: str) -> Steps:
    claim = received(log, "a")
    yield None
    log.insert(log.find("stream.defined"), Entry(kind, None, "system", None, {"who": DINA}, {"name": None}, salt="x"))
    yield claim


@CASES.case("role", "the person is not, or no longer, of this desk")
def an_act_after_coming_back(log: Forged) -> Steps:
    log.add("person.deactivated", "Osei", None, {"who": DINA}, name=None)
    back = log.add("person.reactivated", "Osei", None, {"who": DINA}, name=None)
    claim = received(log, "a")
    yield None
    log.drop(back)
    yield claim


@CASES.case("person", "the person has left for good", kind="person.reactivated")
@CASES.case("person", "the person has left for good", kind="person.deactivated")
@CASES.case("person", "the person has left for good", kind="person.left")
@CASES.case("person", "the person has left for good", kind="person.joined")
@CASES.case("person", "the person has left for good", kind="role.granted")
def a_person_who_left_and_is_back(log: Forged, kind: str) -> Steps:
    joined(log)
    if kind == "person.reactivated":
        log.add("person.deactivated", "Osei", None, {"who": XAN}, name=None)
    left = log.add("person.left", "Osei", None, {"who": XAN}, name=None)
    body = {"who": XAN, "role": "auditor"} if kind == "role.granted" else {"who": XAN}
    sealed = {"reason": "invited"} if kind == "role.granted" else {"name": None}
    told = before(log, left, log.add(kind, "Osei", None, body, **sealed))
    if kind == "person.left":
        told.body = {"who": CATO}
    yield None
    told.body = body
    log.drop(told)
    log.entries.append(told)
    yield told


@CASES.case("role", "nobody grants themselves a role")
def a_role_taken(log: Forged) -> Steps:
    joined(log)
    granted = log.add("role.granted", "Osei", None, {"who": XAN, "role": "admin"}, reason="asked")
    yield None
    granted.body["who"] = OSEI
    yield granted


@CASES.case("role", "nobody drops a role for themselves")
def a_role_dropped(log: Forged) -> Steps:
    revoked = log.add("role.revoked", "Osei", None, {"who": CATO, "role": "reviewer"}, reason="asked")
    yield None
    revoked.body.update(who=OSEI, role="admin")
    yield revoked


@CASES.case("role", "the person does not hold the role that is revoked")
def another_role_revoked(log: Forged) -> Steps:
    revoked = log.add("role.revoked", "Osei", None, {"who": CATO, "role": "reviewer"}, reason="asked")
    yield None
    revoked.body["role"] = "lead"
    yield revoked


@CASES.case("role", "the person does not hold the role that is revoked")
def a_role_revoked_twice(log: Forged) -> Steps:
    body = {"who": CATO, "role": "reviewer"}
    log.add("role.revoked", "Osei", None, body, reason="asked")
    granted = log.add("role.granted", "Osei", None, body, reason="asked")
    again = log.add("role.revoked", "Osei", None, body, reason="asked")
    yield None
    log.drop(granted)
    yield again


# --- claims ----------------------------------------------------------------------------------------------------------


def received(log: Log, letter: str, who: str = "Dina") -> Entry:
    sealed = dict.fromkeys(["text", "language", "translation", "url", "reporter"])
    return log.add("claim.received", who, None, {"claim": "c-" + letter * 16}, **sealed)


def moved(log: Log, verb: str, claim: Entry, name: str, of: Entry) -> Entry:
    if verb in ("grouped", "ungrouped"):
        return log.add(f"claim.{verb}", "Dina", name, {"claim": claim}, reason=None)
    body = {"claim": claim, "of": of if verb == "duplicated" else None}
    return log.add(f"claim.{verb}", "Dina", None, body, reason=None)


@CASES.case("claim", "a claim that is received cannot become received", way="dismissed restored", without=0)
@CASES.case("claim", "a claim that is received cannot become received", way="duplicated restored", without=0)
@CASES.case("claim", "a claim that is received cannot become received", way="withdrawn restored", without=0)
@CASES.case("claim", "a claim that is grouped cannot become dismissed", way="grouped ungrouped dismissed", without=1)
@CASES.case("claim", "a claim that is grouped cannot become duplicated", way="grouped ungrouped duplicated", without=1)
@CASES.case("claim", "a claim that is grouped cannot become withdrawn", way="grouped ungrouped withdrawn", without=1)
@CASES.case("claim", "a claim that is grouped cannot become grouped", way="grouped ungrouped grouped", without=1)
@CASES.case("claim", "a claim that is dismissed cannot become grouped", way="dismissed restored grouped", without=1)
@CASES.case("claim", "a claim that is dismissed cannot become dismissed", way="dismissed restored dismissed", without=1)
@CASES.case("claim", "a claim that is dismissed cannot become withdrawn", way="dismissed restored withdrawn", without=1)
@CASES.case("claim", "a claim that is dismissed cannot become duplicated", way="dismissed restored duplicated", without=1)
@CASES.case("claim", "a claim that is duplicated cannot become dismissed", way="duplicated restored dismissed", without=1)
@CASES.case("claim", "a claim that is withdrawn cannot become duplicated", way="withdrawn restored duplicated", without=1)
def a_claim_that_jumps(log: Forged, way: str, without: int) -> Steps:
    name, other, claim = h.incident(log, "Tel Asmar"), received(log, "b"), received(log, "a")
    steps = [moved(log, verb, claim, name, other) for verb in way.split()]
    yield None
    log.drop(steps[without])
    yield steps[-1]


@CASES.case("claim", "a claim that is grouped cannot become dismissed")
def one_claim_in_two_incidents_by_way_of_a_dismissal(log: Forged) -> Steps:
    one, two, claim = h.incident(log, "Tel Asmar"), h.incident(log, "Karsa"), received(log, "a")
    moved(log, "grouped", claim, one, claim)
    taken = moved(log, "ungrouped", claim, one, claim)
    dismissed = moved(log, "dismissed", claim, one, claim)
    moved(log, "restored", claim, one, claim)
    moved(log, "grouped", claim, two, claim)
    yield None
    log.drop(taken)
    yield dismissed


@CASES.case("claim", "another claim has its name already")
def two_claims_of_one_name(log: Forged) -> Steps:
    first, second = received(log, "a"), received(log, "b")
    yield None
    second.body["claim"] = first.body["claim"]
    yield second


@CASES.case("claim", "a duplicate is of another claim", of="nothing")
@CASES.case("claim", "a duplicate is of another claim", of="itself")
@CASES.case("reference", "the other claim that it names is not here", of="an event that is no claim")
def a_duplicate_of_no_other(log: Forged, of: str) -> Steps:
    other, claim = received(log, "b"), received(log, "a")
    told = moved(log, "duplicated", claim, "", other)
    yield None
    told.body["of"] = {"nothing": None, "itself": claim}.get(of, log.find("log.opened"))
    yield told


@pytest.mark.parametrize("case", CASES, ids=CASES.names)
def test_what_the_log_may_not_say(tmp_path: Path, case: Case) -> None:
    assert_told_apart(case, tmp_path)


def test_a_type_of_another_format_moves_nothing() -> None:
    """Whoever feeds lines that nobody read before is told so."""
    replay = verify.Replay(verify.Failures())
    replay.feed({"seq": 7, "type": "grade.guessed"}, {})
    assert [str(one) for one in replay.failures.all] == ["FAIL type seq 7: 'grade.guessed' is no type of this format"]
    assert replay.last_seq == -1
