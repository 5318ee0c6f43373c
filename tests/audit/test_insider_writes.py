"""What an insider with the key writes into a log: claims of one event about another that nothing bears out.

Each history is lawful but for its last step; the verifier and the replay say the same of it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from review.audit import canonical
from tests.audit import histories as h
from tests.audit.checking import run
from tests.audit.continuing import Continued, packed
from tests.audit.forge import ADA, LIO, MACHINE, MUN, RIA, SEN, TIV, ULF, WIM, Someone

BECAUSE = "The desk agreed on it."
CLAIM = "c-" + "a" * 16
XAN = Someone("Xan", "reviewer")


@pytest.fixture
def log() -> Continued:
    return Continued()


def judged(log: Continued) -> tuple[list[str], list[str]]:
    """The checks that fail in the whole log: by the verifier, and by the replay."""
    log.verifier.finish()
    told = [f"{failure.check} {failure.seq}" for failure in log.failures.all]
    return sorted(told), sorted({f"{problem.name} {problem.seq}" for problem in log.replayed().problems})


def published(log: Continued, number: int = 1) -> str:
    name = log.incident(number, RIA)
    log.agree(name)
    log.approve(name)
    return name


def asked(log: Continued, name: str) -> int:
    return log.add("correction.received", SEN, name, text="The mill had closed.", reporter=None)


# --- what has a version checked again, and what a note answers -------------------------------------------------------

Cause = Callable[[Continued, str], int]
CAUSES: dict[str, Cause] = {
    "the version": lambda log, name: log.dossier(name).determinations[-1].seq,
    "a correction": asked,
    "an excluded vote": lambda log, name: log.add(
        "vote.excluded", LIO, name, of=log.dossier(name).votes[0].seq, ground="conflict", reason=BECAUSE
    ),
    "a withdrawn source": lambda log, name: log.add("source.withdrawn", RIA, name, source=1, reason=BECAUSE),
}
NO_CAUSES: dict[str, Cause] = {
    "another incident": lambda log, name: asked(log, published(log, 2)),
    "the log": lambda log, name: log.add("claim.received", RIA, claim_=CLAIM, claim=CLAIM, text="Seven."),
    "what shakes nothing": lambda log, name: log.source(name),
    "the approval": lambda log, name: log.dossier(name).determinations[-1].seq - 1,
}


@pytest.mark.parametrize("cause", [*CAUSES, *NO_CAUSES])
def test_a_version_is_checked_again_because_of_something(log: Continued, cause: str) -> None:
    name = published(log)
    because = (CAUSES | NO_CAUSES)[cause](log, name)
    seq = log.add("recheck.opened", LIO, name, version=1, cause=because, reason=BECAUSE)
    if cause == "an excluded vote":
        seq = -1  # the system has it checked in the act itself, so that a lead who does comes too late
    wrong = cause in NO_CAUSES
    mine, theirs = judged(log)
    assert [one for one in mine if one.startswith("reference")] == ([f"reference {seq}"] if wrong else [])
    assert [one for one in theirs if one.startswith("reference")] == ([f"reference {seq}"] if wrong else [])


@pytest.mark.parametrize("version", [1, 2])
def test_the_version_that_stands_is_checked_again(log: Continued, version: int) -> None:
    name = published(log)
    log.add("grade.reopened", MUN, name, version=1, ground="verdict", reason=BECAUSE)
    log.agree(name, (TIV, ULF, WIM))
    log.approve(name)
    because = log.dossier(name).determinations[version - 1].seq
    seq = log.add("recheck.opened", LIO, name, version=2, cause=because, reason=BECAUSE)
    assert judged(log) == (([], []) if version == 2 else ([f"reference {seq}"],) * 2)


@pytest.mark.parametrize("between", [False, True])
def test_the_system_has_a_version_checked_in_the_act_of_the_cause(log: Continued, between: bool) -> None:
    name = published(log)
    cause = log.add("source.withdrawn", RIA, name, source=1, reason=BECAUSE)
    if between:
        log.add("source.opened", SEN, name, source=1)
    seq = log.add("recheck.opened", MACHINE, name, version=1, cause=cause)
    assert judged(log) == (([f"reference {seq}"],) * 2 if between else ([], []))


@pytest.mark.parametrize("of", ["the one", "none", "another incident's", "no correction", "a cause", "answered", "checked"])
def test_a_note_answers_a_correction_that_was_received(log: Continued, of: str) -> None:
    name = published(log)
    one = asked(log, name)
    other = asked(log, published(log, 2)) if of == "another incident's" else one
    if of == "answered":
        log.add("correction.published", MUN, name, of=one, version=1, text="The mill.")
    if of == "checked":
        log.add("recheck.opened", LIO, name, version=1, cause=one, reason=BECAUSE)
    shaken = log.add("source.withdrawn", RIA, name, source=1, reason=BECAUSE) if of == "a cause" else -1
    named = {"none": None, "a cause": shaken, "another incident's": other, "no correction": one - 1}.get(of, one)
    seq = log.add("correction.published", MUN, name, of=named, version=1, text="The mill had closed.")
    assert judged(log) == (([], []) if of in ("the one", "none") else ([f"reference {seq}"],) * 2)


# --- settlements ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("late", [False, True])
def test_an_argument_stands_before_the_second_vote(log: Continued, late: bool) -> None:
    name = log.incident(1, RIA)
    settlement = log.dispute(name)
    if not late:
        log.add("settlement.argued", SEN, name, settlement=settlement, text="The crater.")
    log.open_round(name, kind="second", of=settlement)
    if late:
        log.add("settlement.argued", SEN, name, settlement=settlement, text="The crater.")
    seq = log.rows[-1].seq
    assert judged(log) == (([f"settlement {seq}"], [f"argument-open {seq}"]) if late else ([], []))


# --- merges and splits ------------------------------------------------------------------------------------------------


def named(seed: str) -> str:
    return "i-" + canonical.b32(hashlib.sha256(seed.encode()).digest())[:16]


@pytest.mark.parametrize("twice", [False, True])
def test_a_split_names_each_part_once(log: Continued, twice: bool) -> None:
    """Named twice, an incident that never began would stand for its own other side."""
    name, parts = log.incident(1, RIA), [named("one"), named("two")]
    split = log.add("incident.split", LIO, name, other=[*parts, named("none"), named("none")] if twice else parts, reason=BECAUSE)
    for part in parts:
        log.add("incident.split", LIO, part, other=[name], reason=BECAUSE)
    assert judged(log) == (([f"merge {split}"],) * 2 if twice else ([], []))


def test_a_merge_is_not_the_other_side_of_itself(log: Continued) -> None:
    one, other = log.incident(1, RIA), log.incident(2, RIA)
    first = log.add("incident.merged", LIO, one, other=[other], reason=BECAUSE)
    log.add("incident.restored", LIO, one, reason=BECAUSE)
    again = log.add("incident.merged", LIO, one, other=[other], reason=BECAUSE)
    assert first < again
    assert judged(log) == ([f"merge {again}"],) * 2


# --- rounds that were given up ----------------------------------------------------------------------------------------

DROPPED = ("superseded", "withdrawn", "excluded", "recused", "released", "abstained")


@pytest.mark.parametrize("field", ["", *DROPPED])
def test_an_abandoned_round_lists_its_votes_and_its_people(log: Continued, field: str) -> None:
    name = log.incident(1, RIA)
    log.open_round(name, (SEN, TIV, ULF, WIM, MUN, XAN))
    for person in (SEN, TIV, ULF):
        log.vote(name, person)
    log.add("vote.withdrawn", TIV, name, of=log.rows[-2].seq, reason=BECAUSE)
    log.add("vote.excluded", LIO, name, of=log.rows[-2].seq, ground="conflict", reason=BECAUSE)
    log.add("reviewer.recused", WIM, name, round=1, reason=BECAUSE)
    log.add("reviewer.abstained", MUN, name, round=1, reason=BECAUSE)
    log.add("reviewer.released", LIO, name, round=1, who=XAN.in_(name), reason=BECAUSE)
    body = log.giving_up(name)
    assert all(body[one] for one in DROPPED)
    changed = body | ({field: []} if field else {})
    seq = log.add("round.closed", LIO, name, reason=BECAUSE, **changed)
    assert judged(log) == (([f"close {seq}"],) * 2 if field else ([], []))


# --- words on what is not there ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", ["duplicated", "dismissed", "withdrawn", "restored"])
def test_only_a_duplicate_is_of_another_claim(log: Continued, verb: str) -> None:
    names = ["c-" + letter * 16 for letter in "ab"]
    claim, other = [log.add("claim.received", RIA, claim_=one, claim=one, text="Seven.") for one in names]
    if verb == "restored":
        log.add("claim.dismissed", RIA, claim_=names[0], claim=claim, of=None, reason=BECAUSE)
    seq = log.add(f"claim.{verb}", RIA, claim_=names[0], claim=claim, of=other, reason=BECAUSE)
    assert judged(log) == (([], []) if verb == "duplicated" else ([f"claim {seq}"],) * 2)


@pytest.mark.parametrize("repeated", [False, True])
def test_a_duplicate_is_of_a_claim_that_stands_for_itself(log: Continued, repeated: bool) -> None:
    names = ["c-" + letter * 16 for letter in "abc"]
    one, two, three = [log.add("claim.received", RIA, claim_=name, claim=name, text="Seven.") for name in names]
    log.add("claim.duplicated", RIA, claim_=names[0], claim=one, of=two, reason=BECAUSE)
    seq = log.add("claim.duplicated", RIA, claim_=names[2], claim=three, of=one if repeated else two, reason=BECAUSE)
    assert judged(log) == (([f"claim {seq}"],) * 2 if repeated else ([], []))


PARTY = {"name": "Karsian Air Force", "role": "suspected", "tracked": True}
FACTS = {"date_type": "date", "date": "2026-02-01", "places": [], "ranges": {}, "parties": [PARTY]}
KILLED = {"killed": [3, 4], "injured": [None, None]}
MATERIAL: dict[str, dict[str, object]] = {
    "the date": {"date": "2026-02-02"}, "the end": {"date_end": "2026-02-03"}, "what the date is": {"date_type": "month"},
    "a point": {"places": [{"names": {"en": "Karsa"}, "point": [33.5, 36.3], "accuracy": "city", "region": None}]},
    "a party": {"parties": [{"name": "Karsian Navy", "role": "suspected", "tracked": True}]},
    "what a party did": {"parties": [{"name": "Karsian Air Force", "role": "target", "tracked": True}]},
    "whether it is tracked": {"parties": [{"name": "Karsian Air Force", "role": "suspected", "tracked": False}]},
    "no party": {"parties": []},
    "the kind of strike": {"strike_status": "likely"}, "a range": {"ranges": {"civilians": KILLED}},
}  # fmt: skip
IMMATERIAL: dict[str, dict[str, object]] = {
    "the words": {"summary": "Seven of one family."}, "what goes without saying": {"parties": [{"name": "Karsian Air Force"}]},
    "the hour": {"time": "dusk"}, "nothing": {},
}  # fmt: skip


@pytest.mark.parametrize("changed", [*MATERIAL, *IMMATERIAL])
def test_a_material_change_is_not_called_immaterial(log: Continued, changed: str) -> None:
    """What votes are about would move under them, and no digest with it."""
    name = log.incident(1, RIA)
    facts = FACTS | (MATERIAL | IMMATERIAL)[changed]
    log.add("incident.described", WIM, name, material=True, facts=dict(FACTS), reason=BECAUSE)
    seq = log.add("incident.described", WIM, name, material=False, facts=facts, reason=BECAUSE)
    assert judged(log) == (([f"material {seq}"],) * 2 if changed in MATERIAL else ([], []))


@pytest.mark.parametrize("day", ["2026-02-01", "2026-02-02"])
@pytest.mark.parametrize("born", ["opened", "imported"])
def test_a_material_change_of_what_was_first_said_is_not_called_immaterial(log: Continued, born: str, day: str) -> None:
    name = named("told first")
    values = {"opened": {}, "imported": {"source": "csv", "row": {}}}[born]
    log.add(f"incident.{born}", ADA if born == "imported" else RIA, name, stream="karsia-air", facts=dict(FACTS), **values)
    seq = log.add("incident.described", WIM, name, material=False, facts=FACTS | {"date": day}, reason=BECAUSE)
    assert judged(log) == (([], []) if day == FACTS["date"] else ([f"material {seq}"],) * 2)


@pytest.mark.parametrize("field", ["id", "grades", "distances", ""])
def test_people_read_the_codebook_by_which_votes_are_counted(log: Continued, tmp_path: Path, field: str) -> None:
    """What the event vouches for by its hash says the numbers that the event itself says."""
    entry: dict[str, object] = {
        "id": "karsia/1", "grades": [{"key": "fair", "label": "Fair"}, {"key": "weak", "label": "Weak"}],
        "distances": [["fair", "weak", 2]],
    }  # fmt: skip
    told = {"id": "karsia/1", "grades": ["fair", "weak"], "distances": [["fair", "weak", 2]]}
    others = {"id": "karsia/2", "grades": ["fair", "weak", "thin"], "distances": [["fair", "weak", 1]]}
    body = told | ({field: others[field]} if field else {})
    log.add("codebook.defined", sha256=hashlib.sha256(canonical.canonical_value(entry)).hexdigest(), **body)
    log.incident(1, RIA)
    members = log.members(tmp_path)
    books = json.loads(members["data/codebooks.json"])["codebooks"]
    whole = [one for one in books if one["id"] != body["id"]] + [entry]
    members["data/codebooks.json"] = canonical.canonical_value({"codebooks": whole})
    found = run(h.write_zip(tmp_path / "bundle.zip", packed(members)), key=log.vkey)
    sentence = "FAIL codebook seq -: an entry of codebooks.json says other numbers than the event that vouches for it"
    assert [str(failure) for failure in found.failures.all] == ([sentence] if field else [])


@pytest.mark.parametrize("origin", [1, 2, 0, 3, None, "one"])
def test_a_source_repeats_one_that_is_attached(log: Continued, origin: object) -> None:
    """Corroboration counts origins: one that is nowhere would count as one more."""
    name = log.incident(1, RIA)
    seq = log.source(name, origin=origin, material=origin == 2)
    assert judged(log) == (([], []) if origin in (1, 2, None) else ([f"reference {seq}"],) * 2)


@pytest.mark.parametrize("gone", [False, True])
@pytest.mark.parametrize("type_", ["source.assessed", "source.grouped", "source.withdrawn", "position.recorded"])
def test_nothing_is_made_of_a_source_that_was_withdrawn(log: Continued, type_: str, gone: bool) -> None:
    name = log.incident(1, RIA)
    log.source(name)
    if gone:
        log.add("source.withdrawn", RIA, name, source=2, reason=BECAUSE)
    values = {"source.grouped": {"origin": 1, "sources": [2], "reason": BECAUSE}}.get(type_, {"source": 2})
    values |= {"source.assessed": {"material": False, "publishable": True}}.get(type_, {})
    seq = log.add(type_, LIO, name, **values)
    check = "source" if type_ == "source.withdrawn" else "reference"
    assert judged(log) == (([f"{check} {seq}"],) * 2 if gone else ([], []))


@pytest.mark.parametrize("sources", [[1], None, "S1"])
def test_a_vote_says_what_it_rests_on(log: Continued, sources: object) -> None:
    name = log.incident(1, RIA)
    log.open_round(name)
    seq = log.vote(name, SEN, sources=sources)
    assert judged(log) == (([], []) if sources == [1] else ([f"reference {seq}"],) * 2)


@pytest.mark.parametrize("most", [4, 2])
def test_an_imported_range_stands_on_its_feet(log: Continued, most: int) -> None:
    name = named("imported")
    log.add("incident.imported", ADA, name, stream="karsia-air", source="csv", facts={}, row={"code": "KS001"})
    told = {"killed": [3, most], "injured": [None, None]}
    seq = log.add("grade.imported", ADA, name, grade="fair", range=told, codebook=log.book)
    assert judged(log) == (([f"range {seq}"],) * 2 if most == 2 else ([], []))


# --- redactions --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("of", ["its own", "another"])
def test_a_redaction_is_of_its_own_incident(log: Continued, of: str, tmp_path: Path) -> None:
    one, other = log.incident(1, RIA), log.incident(2, RIA)
    log.add("source.opened", MUN, one, source=1)
    seq = next(row.seq for row in log.rows if row.incident == (one if of == "its own" else other))
    (gone,) = [said for said in log.said if (said.seq, said.name) == (seq, "exact")]
    log.add("detail.redacted", LIO, one, of=seq, digests=[gone.digest], ground="error", asked_by=MUN.in_(one), reason=BECAUSE)
    log.said.remove(gone)
    told = [] if of == "its own" else [f"redaction {log.rows[-1].seq}"]
    assert judged(log) == ([], told)
    found = run(h.write_zip(tmp_path / "bundle.zip", log.members(tmp_path)), key=log.vkey)
    assert [f"{failure.check} {failure.seq}" for failure in found.failures.all] == told


@pytest.mark.parametrize("asker", [MUN, SEN], ids=["a lead", "a reviewer"])
def test_a_redaction_of_an_incident_is_asked_for_by_a_lead(log: Continued, asker: Someone) -> None:
    """As far as it is known who asked: somebody who did nothing else in the incident is a name."""
    name = log.incident(1, RIA)
    log.add("source.opened", asker, name, source=1, role_="reviewer" if asker is SEN else "lead")
    seq = log.redacted(next(row.seq for row in log.rows if row.incident == name), "exact", LIO, asker.in_(name))
    assert judged(log) == (([], []) if asker is MUN else ([f"redaction {seq}"],) * 2)


@pytest.mark.parametrize("silenced", [False, True])
def test_who_had_a_dissent_removed_does_not_approve_without_it(log: Continued, silenced: bool) -> None:
    name = log.incident(1, RIA)
    log.open_round(name)
    votes = [log.vote(name, person, grade) for person, grade in ((SEN, "fair"), (TIV, "fair"), (ULF, "weak"))]
    log.close(name)
    proposal = log.propose(name)
    dissent = log.add("dissent.recorded", ULF, name, of=votes[2], text="The crater.")
    log.add("proposal.voided", MACHINE, name, of=proposal)
    log.propose(name)
    log.redacted(dissent, "text", ADA, (LIO if silenced else MUN).in_(name))
    seq = log.approve(name, LIO) - 1
    assert judged(log) == (([f"uninvolved {seq}"], [f"dissent-untouched {seq}"]) if silenced else ([], []))
