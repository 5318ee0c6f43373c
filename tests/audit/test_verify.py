"""Honest histories hold; what is muted, redacted or left stays legal; what follows in an act must follow."""

from __future__ import annotations

from pathlib import Path

import pytest

from review.audit import verify
from review.audit.events import TYPES
from tests.audit import histories as h
from tests.audit.checking import assert_fails, assert_holds, checks, failures
from tests.audit.histories import Entry, Log


def test_an_agreed_incident_holds_and_its_grade_is_recomputed(tmp_path: Path) -> None:
    log = h.started()
    name = h.agreed(log)
    log.end()
    verifier = assert_holds(log, tmp_path, evidence=[b"a page, kept"], kept=[3, 10])
    assert verifier.replay.stage(name) == "published"
    seq = log.find("grade.published").seq
    assert verifier.replay.grades() == {name: [(1, seq, "fair", (2, 5, None, None), "published")]}


def test_a_disputed_and_settled_incident_holds(tmp_path: Path) -> None:
    log = h.started()
    name = h.disputed(log)
    log.end()
    verifier = assert_holds(log, tmp_path)
    assert verifier.replay.grades()[name][0][2:4] == ("contested", (1, 9, None, None))
    assert verifier.replay.stage(name) == "published"


def test_a_log_without_heads_holds(tmp_path: Path) -> None:
    log = h.started()
    h.agreed(log)
    assert_holds(log, tmp_path)


def test_every_fast_line_pattern_agrees_with_the_slow_reading(tmp_path: Path) -> None:
    log = h.everything()
    log.build()
    verifier = verify.Verifier(verify.parse_key(str(h.KEY)), [], None)
    verifier.note = verify.parse_checkpoint(log.members()["data/checkpoint"])
    for entry in log.entries:
        pattern = verify.line_pattern(entry.type, h.ORIGIN)
        assert pattern.match(entry.line.decode()), entry.line
        verifier.patterns[entry.type] = pattern
        quick = verifier._event(entry.line, entry.seq)
        slow = verifier._event_slowly(entry.line, entry.seq)
        assert quick == {key: slow[key] for key in quick}


def test_the_types_are_those_of_the_registry() -> None:
    """The verifier knows every type of section 6, with the same bodies, the same seals and the same class."""
    assert set(TYPES) == set(verify.SPECS)
    for kind, declared in TYPES.items():
        spec = verify.SPECS[kind]
        assert set(declared.body) == set(spec.body), kind
        assert set(declared.all_seals()) == spec.seals, kind
        assert (declared.judged or "") == spec.judged, kind


# --- what is not shown ------------------------------------------------------------------------------------------


def voting(log: Log, place: str = "Tel Asmar") -> str:
    """An incident whose first round is open and has a vote."""
    name = h.incident(log, place)
    h.open_round(log, name, 1)
    for who in ("Amal", "Bren", "Cato"):
        h.assign(log, name, 1, who)
    h.vote(log, name, 1, "Amal", "weak", h.bounds(1, 4))
    return name


def test_an_open_round_is_mute(tmp_path: Path) -> None:
    log = h.started()
    name = voting(log)
    log.end()
    verifier = assert_holds(log, tmp_path)
    assert verifier.facts["withheld"] == 4
    assert verifier.replay.stage(name) == "grading"


@pytest.mark.parametrize("kind", ["vote.committed", "reviewer.assigned"])
def test_an_event_of_an_open_round_must_not_be_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    log = h.started()
    voting(log)
    log.end()
    monkeypatch.setattr(Log, "muted", lambda self: set())
    assert_fails(log, tmp_path, "mute")


def test_an_abandoned_round_keeps_its_votes_for_ever(tmp_path: Path) -> None:
    log = h.started()
    name = voting(log)
    body = {
        "round": 1, "commits": [], "superseded": [log.find("vote.committed")], "withdrawn": [], "excluded": [], "abstained": [], "recused": [],
        "released": [], "result": "abandoned", "grade": None, "range": None,
    }  # fmt: skip
    log.add("round.closed", "Marj", name, body, reason="Too early.")
    h.open_round(log, name, 2, "again")
    log.end()
    verifier = assert_holds(log, tmp_path)
    assert verifier.facts["withheld"] == 1
    assert verifier.replay.stage(name) == "grading"


def test_a_vote_of_an_abandoned_round_must_not_be_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = h.started()
    name = voting(log)
    body = {
        "round": 1, "commits": [], "superseded": [log.find("vote.committed")], "withdrawn": [], "excluded": [], "abstained": [], "recused": [],
        "released": [], "result": "abandoned", "grade": None, "range": None,
    }  # fmt: skip
    log.add("round.closed", "Marj", name, body, reason="Too early.")
    log.end()
    monkeypatch.setattr(Log, "muted", lambda self: set())
    assert_fails(log, tmp_path, "mute", log.find("vote.committed"))


def test_events_of_a_closed_round_must_be_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = h.started()
    h.agreed(log)
    log.end()
    log.build()
    withdrawn = log.find("vote.committed").seq
    monkeypatch.setattr(Log, "muted", lambda self: {withdrawn})
    assert_fails(log, tmp_path, "withheld", log.find("round.closed"))


def test_a_replaced_vote_stays_sealed_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = h.started()
    h.agreed(log)
    assert_holds(log, tmp_path)
    monkeypatch.setattr(Log, "sealed_for_ever", lambda self: set())
    assert_fails(log, tmp_path, "mute", log.find("vote.committed"))


def test_a_live_vote_that_is_not_shown_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = h.started()
    h.agreed(log)
    log.build()
    live = log.find("vote.committed", 1)
    monkeypatch.setattr(Log, "sealed_for_ever", lambda self: {log.find("vote.committed").seq, live.seq})
    assert_fails(log, tmp_path, "disclosure", live)


def test_a_cut_tail_shows_in_the_heads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = h.started()
    h.agreed(log)
    log.end()
    log.build()
    last = log.find("grade.published").seq
    monkeypatch.setattr(Log, "muted", lambda self: {last})
    found = failures(log.write(tmp_path / "bundle.zip"))
    assert {"heads", "approval"} <= checks(found)


# --- redaction and leaving ---------------------------------------------------------------------------------------


def redacted(log: Log, entry: Entry, *names: str) -> Entry:
    """A redaction of these details of the entry, asked for by one lead and seconded by another."""
    entry.hide = names
    digests = lambda _log, _entry: sorted(h.b64url(h.sha(entry.texts[name].encode())) for name in names)  # noqa: E731
    message = entry.incident or "log"
    body = {"of": entry, "digests": digests, "ground": "personal_data", "asked_by": h.pseudonym("Ilan", message)}
    return log.add("detail.redacted", "Marj", entry.incident, body, reason="A name was in it.")


def test_a_redacted_detail_holds(tmp_path: Path) -> None:
    log = h.started()
    h.agreed(log)
    redacted(log, log.find("claim.received"), "text", "url")
    redacted(log, log.find("vote.committed", 1), "rationale")
    log.end()
    assert_holds(log, tmp_path)


def test_a_redacted_detail_must_not_be_shown(tmp_path: Path) -> None:
    log = h.started()
    h.agreed(log)
    entry = log.find("claim.received")
    redaction = redacted(log, entry, "text")
    entry.hide = ()
    log.end()
    assert_fails(log, tmp_path, "redaction", redaction)


def test_a_redaction_needs_two_people(tmp_path: Path) -> None:
    log = h.started()
    h.agreed(log)
    redaction = redacted(log, log.find("claim.received"), "text")
    redaction.body["asked_by"] = h.pseudonym("Marj", "log")
    log.end()
    assert_fails(log, tmp_path, "redaction", redaction)


def test_who_left_no_longer_links(tmp_path: Path) -> None:
    log = h.started()
    h.agreed(log)
    for entry in log.entries:
        if entry.who == "Bren":
            entry.hide = ("person",)
        if entry.type == "person.joined" and entry.body["who"] == h.pseudonym("Bren", "log"):
            entry.hide = ("name",)
    left = log.add("person.left", "Osei", None, {"who": h.pseudonym("Bren", "log")}, name=None)
    log.end()
    assert_holds(log, tmp_path)
    log.drop(left)
    assert_fails(log, tmp_path, "disclosure")


# --- more than one version ----------------------------------------------------------------------------------------


def again(log: Log, name: str, number: int, grade: str) -> Entry:
    """A further round in which all say the same; its proposal."""
    h.open_round(log, name, number, "again")
    for who in ("Amal", "Bren", "Cato"):
        h.assign(log, name, number, who)
    votes = [h.vote(log, name, number, who, grade) for who in ("Amal", "Bren", "Cato")]
    h.close(log, name, number, votes, "agreed", grade, h.NONE)
    return h.propose(log, name, len([1]) + 1, grade, h.NONE, number, None, [])


def reopened() -> tuple[Log, str]:
    log = h.started()
    name = h.agreed(log)
    log.add("grade.reopened", "Ilan", name, {"version": 1, "ground": "verdict"}, reason="New evidence.")
    proposal = again(log, name, 2, "confirmed")
    h.approve(log, name, proposal, version=2, who="Ilan", kind="verdict")
    return log, name


def test_a_reopened_incident_has_two_versions(tmp_path: Path) -> None:
    log, name = reopened()
    log.end()
    verifier = assert_holds(log, tmp_path)
    assert [row[:1] + row[2:3] for row in verifier.replay.grades()[name]] == [(1, "fair"), (2, "confirmed")]


def test_a_version_without_a_reopening_is_refused(tmp_path: Path) -> None:
    log, _ = reopened()
    log.drop(log.find("grade.reopened"))
    assert_fails(log, tmp_path, "stage", log.find("round.opened", 1))


def test_an_override_needs_a_second(tmp_path: Path) -> None:
    log = h.started()
    h.agreed(log)
    proposal, approved = log.find("grade.proposed"), log.find("grade.approved")
    name = proposal.incident
    body = {"of": proposal, "grade": "weak", "range": h.bounds(1, 4)}
    override = log.insert(proposal, Entry("grade.overridden", "Marj", "lead", name, body, {"reason": "Two links."}, salt="o"))
    body = {"of": override, "dossier": h.dossier}
    second = Entry("override.seconded", "Ilan", "lead", name, body, {"reason": "I agree."}, salt="p")
    log.insert(override, second)
    approved.body["override"] = override
    log.end()
    verifier = assert_holds(log, tmp_path)
    assert verifier.replay.grades()[name or ""][0][2] == "weak"
    second.who = "Marj"
    assert_fails(log, tmp_path, "override", second)
    second.who = "Ilan"
    override.body["range"] = h.bounds(0, 4)
    assert_fails(log, tmp_path, "override", override)
    override.body["range"] = h.bounds(1, 4)
    log.drop(second)
    assert_fails(log, tmp_path, "override")


def test_a_date_of_publication_is_kept(tmp_path: Path) -> None:
    log = h.started()
    name = h.incident(log, "Tel Asmar")
    proposal = again(log, name, 1, "weak")
    log.find("round.opened").body["kind"] = "first"
    proposal.body["version"] = 1
    h.approve(log, name, proposal, not_before="2026-03-09")
    assert_holds(log, tmp_path)
    log.find("grade.published").day = "2026-03-08"
    assert_fails(log, tmp_path, "published", log.find("grade.published"))


def test_fewer_than_three_votes_publish_nothing(tmp_path: Path) -> None:
    log = h.started()
    log.find("policy.set").body["required"] = 2
    h.agreed(log)
    assert_fails(log, tmp_path, "published", log.find("grade.published"))


def excluded(log: Log, name: str, vote: Entry) -> Entry:
    return log.add("vote.excluded", "Ilan", name, {"of": vote, "ground": "conflict"}, reason="Kin of a victim.")


def test_an_exclusion_that_loses_quorum_opens_a_recheck(tmp_path: Path) -> None:
    log = h.started()
    name = h.agreed(log)
    exclusion = excluded(log, name, log.find("vote.committed", 3))
    recheck = log.add("recheck.opened", "Ilan", name, {"version": 1, "cause": exclusion}, reason="Below quorum.")
    log.add("claim.received", "Dina", None, {"claim": "c-" + "a" * 16}, **dict.fromkeys(["text", "language", "translation", "url", "reporter"]))
    assert_holds(log, tmp_path)
    log.drop(recheck)
    assert_fails(log, tmp_path, "exclusion", exclusion)


def test_an_imported_grade_is_counted_apart(tmp_path: Path) -> None:
    log = h.started()
    name = h.incident_id("Karsa")
    body = {"stream": "karsian-air-force", "source": "csv"}
    log.add("incident.imported", "Osei", name, body, facts={}, exact=None, row={"code": "KS001"})
    body = {"grade": "weak", "range": h.bounds(1, 1), "codebook": log.find("codebook.defined")}
    log.add("grade.imported", "Osei", name, body)
    log.add("import.made", "Osei", None, {"rows": 1, "refused": 0}, file=None)
    log.end()
    verifier = assert_holds(log, tmp_path)
    assert verifier.replay.grades()[name][0][0] == 0
    assert "1 imported grades" in " ".join(verify.unprovable(verifier))


def test_a_return_to_settlement_wants_a_new_settler(tmp_path: Path) -> None:
    log = h.started()
    name = h.disputed(log)
    for kind in ("grade.published", "grade.approved"):
        log.drop(log.find(kind))
    settlement, first = log.find("settlement.opened"), log.find("settlement.closed")
    proposal = log.find("grade.proposed", 1)
    log.add("grade.returned", "Marj", name, {"of": proposal, "to": "settlement"}, reason="Say more.")
    assert_holds(log, tmp_path)
    appointed = log.add(
        "settler.appointed", "Marj", name, {"settlement": settlement, "who": h.pseudonym("Finn", name)}, reason=None
    )
    log.add("settlement.closed", "Finn", name, dict(first.body), **first.sealed)
    minority = proposal.body["minority"]
    renewed = h.propose(log, name, 1, "contested", h.bounds(1, 9), 2, settlement, minority)
    h.approve(log, name, renewed)
    assert_holds(log, tmp_path)
    log.drop(appointed)
    assert_fails(log, tmp_path, "settlement", log.find("settlement.closed", 1))


def test_exits_and_the_way_back(tmp_path: Path) -> None:
    log = h.started()
    name = h.incident(log, "Tel Asmar")
    log.add("incident.dismissed", "Marj", name, {}, reason="Not harm.")
    log.add("incident.restored", "Marj", name, {}, reason="It was.")
    other = h.incident(log, "Wadi Karsa")
    log.add("incident.merged", "Marj", other, {"other": [name]}, reason="The same.")
    log.add("incident.absorbed", "Marj", name, {"other": [other]}, reason="The same.")
    log.end()
    verifier = assert_holds(log, tmp_path)
    assert (verifier.replay.stage(name), verifier.replay.stage(other)) == ("logged", "merged")
    log.drop(log.find("incident.absorbed"))
    assert_fails(log, tmp_path, "merge", log.find("incident.merged"))


def test_nothing_goes_on_after_an_exit(tmp_path: Path) -> None:
    log = h.started()
    name = h.incident(log, "Tel Asmar")
    log.add("incident.dismissed", "Marj", name, {}, reason="Not harm.")
    opened = h.open_round(log, name, 1)
    assert_fails(log, tmp_path, "stage", opened)
