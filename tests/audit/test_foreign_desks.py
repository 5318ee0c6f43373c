"""Another program that keeps to AUDIT-FORMAT and DESIGN, and does what they leave open otherwise than this one.

None of these histories could come from this desk. Neither the verifier nor the replay accuses anybody of them.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from review.audit import verify
from tests.audit import foreign_grading, foreign_records, twins
from tests.audit import histories as h
from tests.audit.checking import assert_holds, failures, run
from tests.audit.continuing import Continued
from tests.audit.foreign_records import Desk
from tests.audit.forge import ADA, LIO, MACHINE, MUN, RIA, SEN, TIV, Someone
from tests.audit.test_insider_keeps_back import told
from tests.audit.test_insider_writes import judged, published

DESKS = [*foreign_records.DESKS, *foreign_grading.DESKS]
# The replay knows what this desk asks of its own people, and holds its own log to it.
ASKED_HERE = {
    "each_version_has_a_first_round": "stage", "what_was_graded_elsewhere_is_graded_again": "stage",
    "somebody_is_asked_twice": "eligible", "somebody_argues_who_did_not_vote": "argument-open",
    "the_machine_extends_and_releases": "right",
}  # fmt: skip


@pytest.mark.parametrize("desk", DESKS, ids=[one.__name__ for one in DESKS])
def test_another_program_that_keeps_to_the_format_is_not_accused(tmp_path: Path, desk: Desk) -> None:
    log = Continued()
    desk(log)
    verified, replayed = judged(log)
    assert verified == []
    assert {line.split()[0] for line in replayed} == ({ASKED_HERE[desk.__name__]} if desk.__name__ in ASKED_HERE else set())
    for profile in ("internal", "public"):
        assert told(log.members(tmp_path, profile), tmp_path, log.vkey) == []


def test_a_table_of_distances_may_be_told_both_ways() -> None:
    """This desk knows no such codebook, so that no bundle of it can be made here."""
    log = Continued()
    foreign_records.distances_are_told_both_ways(log)
    assert judged(log) == ([], [])


@pytest.mark.parametrize(
    ("desk", "said"),
    [
        (foreign_grading.without_words, "1 approvals are by somebody who had words of a dissent removed"),
        (
            foreign_grading.a_second_vote_is_under_the_policy_of_its_own_day,
            "1 second votes were held under another policy or codebook than the disputed round",
        ),
    ],
)
def test_the_report_tells_what_a_reader_may_want_to_look_at(tmp_path: Path, desk: Desk, said: str) -> None:
    log = Continued()
    published(log, 9)
    assert said not in verify.proven(run(h.write_zip(tmp_path / "before.zip", log.members(tmp_path)), key=log.vkey))
    desk(log)
    assert said in verify.proven(run(h.write_zip(tmp_path / "bundle.zip", log.members(tmp_path)), key=log.vkey))


KARSIA = "Karsian Air Force \u00d7 \u062a\u0644 \u0623\u0633\u0645\u0631 \"north\""


def test_names_are_in_any_language(tmp_path: Path) -> None:
    """Of streams, policies, codebooks, verbs and requirements; those of grades are `[a-z_]+`."""
    log = twins.Forged()
    for kind, field in (("stream.defined", "stream"), ("policy.set", "id"), ("incident.opened", "stream")):
        if kind == "incident.opened":
            name = h.incident(log, "Tel Asmar")
        log.find(kind).body[field] = KARSIA
    log.add("attempt.refused", "Amal", name, {"verb": KARSIA, "requirements": [KARSIA, ""]}, detail=None)
    log.end()
    assert_holds(log, tmp_path)
    log.find("codebook.defined").body["grades"] = ["Fair"]
    assert any(line.startswith("FAIL body ") for line in failures(log.write(tmp_path / "changed.zip")))


@pytest.mark.parametrize("version", [0, 1])
def test_what_was_imported_with_its_grade_is_corrected_as_version_0(tmp_path: Path, version: int) -> None:
    log = twins.Forged()
    name = str(twins.imported(log).incident)
    log.add("grade.imported", "Osei", name, {"grade": "fair", "range": h.NONE, "codebook": log.find("codebook.defined")})
    entry = log.add("correction.published", "Marj", name, {"of": None, "version": version}, text="A street was misspelt.")
    log.end()
    found = failures(log.write(tmp_path / "bundle.zip"))
    assert found == ([] if not version else [f"FAIL version seq {entry.seq}: it does not name a version that was published"])


@pytest.mark.parametrize("asker", [LIO, MUN], ids=["somebody else", "its owner"])
def test_whose_words_were_removed_at_their_own_wish_is_not_remarked_on(tmp_path: Path, asker: Someone) -> None:
    """Mun voted and dissented; Lio approves in either case."""
    log = Continued()
    name = log.incident(1, RIA)
    log.open_round(name, (SEN, TIV, MUN))
    votes = [log.vote(name, person, grade) for person, grade in ((SEN, "fair"), (TIV, "fair"), (MUN, "weak"))]
    log.close(name)
    proposal = log.propose(name)
    dissent = log.add("dissent.recorded", MUN, name, of=votes[2], text="The crater.")
    log.add("proposal.voided", MACHINE, name, of=proposal)
    log.propose(name)
    log.redacted(dissent, "text", ADA if asker is LIO else LIO, asker.in_(name))
    log.approve(name, LIO)
    found = run(h.write_zip(tmp_path / "bundle.zip", log.members(tmp_path)), key=log.vkey)
    assert any("words of a dissent removed" in line for line in verify.proven(found)) is (asker is LIO)


@pytest.mark.parametrize("last", ["a", "b"])
def test_long_names_of_origins_and_roles_are_told_apart(last: str) -> None:
    log = Continued()
    name = log.incident(1, RIA)
    log.source(name, origin="@" + "a" * 200, role="r" * 200 + "a", kind="post")
    seq = log.source(name, origin="@" + last + "a" * 199, role="r" * 200 + last, kind="post", material=False)
    changed = log.add("source.assessed", RIA, name, source=2, material=False, role="r" * 200 + last)
    assert judged(log) == (([], []) if last == "a" else ([f"material {changed}", f"source {seq}"],) * 2)
