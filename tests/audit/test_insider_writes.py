"""What an insider with the key writes into a log: claims of one event about another that nothing bears out.

Each history is lawful but for its last step; the verifier and the replay say the same of it.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from review.audit import canonical
from tests.audit import histories as h
from tests.audit.checking import run
from tests.audit.continuing import Continued, packed
from tests.audit.forge import ADA, LIO, MUN, RIA, SEN, TIV, ULF, WIM, Someone

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


@pytest.mark.parametrize("of", ["before it", "itself", "behind it"])
@pytest.mark.parametrize("type_", ["recheck.opened", "correction.published"])
def test_what_comes_of_something_comes_behind_it(log: Continued, type_: str, of: str) -> None:
    name = published(log)
    place = log.append.size
    named_there = {"before it": place - 1, "itself": place, "behind it": place + 1}[of]
    values = {"cause": named_there, "reason": BECAUSE} if type_ == "recheck.opened" else {"of": named_there, "text": "The mill."}
    log.add(type_, LIO, name, version=1, **values)
    log.source(name)
    assert judged(log) == (([], []) if of == "before it" else ([f"reference {place}"],) * 2)


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


@pytest.mark.parametrize("field", ["", "misplaced", *DROPPED])
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
    changed = body | ({field: []} if field in DROPPED else {})
    if field == "misplaced":
        changed |= {"superseded": sorted([*body["superseded"], *body["withdrawn"]]), "withdrawn": []}
    seq = log.add("round.closed", LIO, name, reason=BECAUSE, **changed)
    assert judged(log) == (([f"close {seq}"],) * 2 if field else ([], []))


# --- words on what is not there ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("of", ["another claim", "no claim"])
@pytest.mark.parametrize("verb", ["duplicated", "dismissed", "withdrawn", "restored"])
def test_a_claim_is_set_aside_beside_a_claim(log: Continued, verb: str, of: str) -> None:
    names = ["c-" + letter * 16 for letter in "ab"]
    claim, other = [log.add("claim.received", RIA, claim_=one, claim=one, text="Seven.") for one in names]
    if verb == "restored":
        log.add("claim.dismissed", RIA, claim_=names[0], claim=claim, of=None, reason=BECAUSE)
    seq = log.add(f"claim.{verb}", RIA, claim_=names[0], claim=claim, of=other if of == "another claim" else 0, reason=BECAUSE)
    assert judged(log) == (([], []) if of == "another claim" else ([f"reference {seq}"],) * 2)


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


ORIGINS: dict[str, tuple[object, bool]] = {
    "its own": (2, True), "one that is known": (1, False), "none that is told": (None, True), "a name": ("@karsa", True),
    "called immaterial": (2, False), "a name called immaterial": ("@karsa", False), "none told and immaterial": (None, False),
}  # fmt: skip


@pytest.mark.parametrize("origin", ORIGINS)
def test_a_source_of_a_new_origin_moves_the_evidence(log: Continued, origin: str) -> None:
    name = log.incident(1, RIA)
    named_origin, material = ORIGINS[origin]
    seq = log.source(name, origin=named_origin, material=material, kind="post")
    assert judged(log) == (([f"source {seq}"],) * 2 if origin.endswith("immaterial") else ([], []))


@pytest.mark.parametrize("material", [True, False])
def test_a_source_is_of_no_known_origin_where_one_before_it_is_not_told(log: Continued, material: bool) -> None:
    name = log.incident(1, RIA)
    log.source(name, origin={"account": "@karsa"}, kind="post")
    log.source(name, origin="@karsa", material=material, kind="post")
    assert judged(log) == ([], [])


@pytest.mark.parametrize("material", [True, False])
@pytest.mark.parametrize("role", ["supports_harm", "disputes"])
@pytest.mark.parametrize("told", ["attached", "assessed"])
def test_a_role_that_is_changed_moves_the_evidence(log: Continued, told: str, role: str, material: bool) -> None:
    """Votes rest on what a source is for: without a digest that moves, none of them would be stale."""
    name = log.incident(1, RIA)
    log.source(name, role="disputes" if told == "assessed" else "supports_harm")
    log.add("source.assessed", RIA, name, source=1, material=False, role="supports_harm")
    if told == "assessed":
        log.add("source.assessed", RIA, name, source=2, material=True, role="supports_harm")
    seq = log.add("source.assessed", RIA, name, source=2, material=material, role=role)
    assert judged(log) == (([f"material {seq}"],) * 2 if role == "disputes" and not material else ([], []))


@pytest.mark.parametrize("sources", [[1], [2], [0], [1, 9]])
def test_a_vote_rests_on_sources_of_its_incident(log: Continued, sources: list[int]) -> None:
    name = log.incident(1, RIA)
    log.open_round(name)
    seq = log.vote(name, SEN, sources=sources)
    assert judged(log) == (([], []) if sources == [1] else ([f"reference {seq}"],) * 2)


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
