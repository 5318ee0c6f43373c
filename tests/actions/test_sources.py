"""Sources: known once for the desk, numbered per incident, files kept once, corroboration by origin."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from review import config, store
from review.actions import approvals, positions, sources
from review.actions.uploads import Upload
from review.models import Capture, Source, SourceLink, session
from review.rules.errors import Forbidden, Invalid, NotFound, Refused
from review.rules.facts import Casualties, Range
from review.rules.sources import SourceDraft
from tests import builders, trail
from tests.builders import Desk

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\x00" * 32


def rows(model: type) -> int:
    return session.execute(select(func.count()).select_from(model)).scalar_one()


def attach(team: Desk, ref: str, number: int = 1, **changes: object) -> int:
    return sources.attach_source(team.reviewers[0], ref, draft=builders.draft(number, **changes))


def test_a_source_is_numbered_from_one_and_sealed(team: Desk) -> None:
    ref = builders.opened(team)
    assert [attach(team, ref, 1), attach(team, ref, 2)] == [1, 2]
    leaf = trail.last(ref)
    assert leaf.body == {"source": 2, "material": True}
    assert leaf.sealed["url"] == "https://eluan-monitor.example/2031/03/14/2"
    assert leaf.sealed["origin"] == 2
    assert trail.dossier(ref).origins == {1, 2}


def test_the_same_address_in_two_incidents_is_one_source_with_two_links(team: Desk) -> None:
    ref, other = builders.opened(team), builders.opened(team)
    attach(team, ref)
    attach(team, other, url="http://www.eluan-monitor.example/2031/03/14/1/?utm_source=x#top")
    assert (rows(Source), rows(SourceLink)) == (1, 2)
    assert trail.last(ref).sealed["link"] == trail.last(other).sealed["link"]


def test_the_same_address_hangs_once_in_an_incident(team: Desk) -> None:
    ref = builders.opened(team)
    attach(team, ref)
    with pytest.raises(Invalid) as refusal:
        attach(team, ref)
    assert set(refusal.value.problems) == {"url"}
    assert refusal.value.values["same"] == 1
    sources.withdraw_source(team.reviewers[0], ref, 1, reason="The page was another's.")
    assert attach(team, ref) == 2


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("url", {"url": "javascript:alert(1)"}),
        ("url", {"url": "https://name:secret@a.example/"}),
        ("published", {"published": "14 March"}),
        ("role", {"role": "proves"}),
        ("origin", {"origin": 7}),
        ("title", {"title": "x" * 8_001}),
    ],
)
def test_a_draft_that_cannot_be_kept_is_said_by_field(team: Desk, field: str, changes: dict[str, object]) -> None:
    ref = builders.opened(team)
    before = trail.size()
    with pytest.raises(Invalid) as refusal:
        attach(team, ref, **changes)
    assert set(refusal.value.problems) == {field}
    assert trail.size() == before


def test_an_echo_of_a_known_origin_moves_no_evidence(team: Desk) -> None:
    ref = builders.with_sources(team, count=1)
    evidence = trail.dossier(ref).evidence
    attach(team, ref, 2, origin=1)
    assert trail.last(ref).body == {"source": 2, "material": False}
    assert trail.dossier(ref).evidence == evidence
    attach(team, ref, 3)
    assert trail.dossier(ref).evidence != evidence


def test_a_pasted_text_is_kept_as_a_file_of_its_own(team: Desk) -> None:
    ref = builders.opened(team)
    text = "الحصيلة حتى الآن ٣ وفيات و٦ إصابات"
    sources.attach_source(
        team.reviewers[0], ref, draft=SourceDraft(title="Night log", text=text, role="supports_harm")
    )
    assert trail.types(ref)[1:] == ["source.attached", "source.captured"]
    file = trail.last(ref).sealed["file"]
    assert file == {
        "sha256": hashlib.sha256(text.encode()).hexdigest(), "size": len(text.encode()), "media": "text/plain",
    }  # fmt: skip
    assert store.objects().get(file["sha256"]).decode() == text


def test_one_file_that_comes_twice_is_kept_once(team: Desk) -> None:
    ref, other = builders.opened(team), builders.opened(team)
    for incident in (ref, other):
        picture = SourceDraft(title="A picture", kind="photograph", role="context")
        sources.attach_source(team.reviewers[0], incident, draft=picture, content=Upload(PNG, "a.png"))
    assert (rows(Capture), rows(Source), rows(SourceLink)) == (1, 1, 2)
    with pytest.raises(Invalid):
        sources.attach_source(team.reviewers[0], ref, draft=picture, content=Upload(PNG, "b.png"))


SAMPLES = {
    "image/jpeg": b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01" + b"\x00" * 50,
    "image/png": PNG,
    "image/gif": b"GIF89a" + b"\x00" * 30,
    "image/webp": b"RIFF\x24\x00\x00\x00WEBPVP8 " + b"\x00" * 30,
    "application/pdf": b"%PDF-1.7\n" + b"x" * 40,
    "video/mp4": b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + b"\x00" * 30,
    "video/webm": b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\xf2\x81\x04B\xf3\x81\x08B\x82\x84webm" + b"\x00" * 30,
    "audio/mpeg": b"ID3\x03\x00\x00\x00\x00\x00\x00" + b"\x00" * 30,
    "audio/wav": b"RIFF\x24\x00\x00\x00WAVEfmt " + b"\x00" * 30,
    "text/plain": "مرحبا <3".encode(),
}


@pytest.mark.parametrize("media", SAMPLES)
def test_a_file_is_known_by_what_is_in_it(team: Desk, media: str) -> None:
    ref = builders.with_sources(team, count=1)
    digest = sources.capture_source(team.reviewers[0], ref, 1, upload=Upload(SAMPLES[media], "page.html"))
    assert trail.last(ref).sealed["file"] == {"sha256": digest, "size": len(SAMPLES[media]), "media": media}
    assert trail.dossier(ref).sources[0].file == trail.last(ref).sealed["file"]


NEVER = {
    "html": b"<!DOCTYPE html><html><body>x</body></html>",
    "html with space": b"\n\n   <html><script>alert(1)</script>",
    "html in capitals": b"<HTML><BODY onload=alert(1)>",
    "html under a comment": b"<!-- --><script>alert(1)</script>",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "xml": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>',
    "svg with a mark": b'\xef\xbb\xbf<svg xmlns="http://www.w3.org/2000/svg"/>',
    "zip": b"PK\x03\x04" + b"\x00" * 40,
    "program": b"MZ" + b"\x00" * 80,
    "script": b"\x7fELF" + b"\x00" * 80,
    "noise": bytes(range(128, 256)),
    "nothing": b"",
}


@pytest.mark.parametrize("kind", NEVER)
def test_a_page_a_program_and_the_unknown_are_never_kept(team: Desk, kind: str) -> None:
    ref = builders.with_sources(team, count=1)
    before = trail.size()
    with pytest.raises(Invalid) as refusal:
        sources.capture_source(team.reviewers[0], ref, 1, upload=Upload(NEVER[kind], "picture.png"))
    assert set(refusal.value.problems) == {"file"}
    assert (trail.size(), rows(Capture)) == (before, 0)


def test_a_file_over_the_limit_is_refused(team: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    ref = builders.with_sources(team, count=1)
    monkeypatch.setattr(config, "UPLOAD_LIMIT", len(PNG) - 1)
    with pytest.raises(Invalid) as refusal:
        sources.capture_source(team.reviewers[0], ref, 1, upload=Upload(PNG))
    assert set(refusal.value.problems) == {"file"}
    monkeypatch.setattr(config, "UPLOAD_LIMIT", len(PNG))
    sources.capture_source(team.reviewers[0], ref, 1, upload=Upload(PNG))


def test_a_table_is_told_from_a_text_by_its_name_alone(team: Desk) -> None:
    ref = builders.with_sources(team, count=1)
    sources.capture_source(team.reviewers[0], ref, 1, upload=Upload(b"a,b\n1,2\n", "list.CSV"))
    assert trail.last(ref).sealed["file"]["media"] == "text/csv"


def test_another_role_moves_the_evidence_and_a_note_does_not(team: Desk) -> None:
    ref = builders.with_sources(team, count=1)
    evidence = trail.dossier(ref).evidence
    said = {"publishable": False, "credibility": "B2", "coherence": "holds together", "note": "names a clinic"}
    sources.assess_source(team.reviewers[0], ref, 1, role="supports_harm", **said)
    assert trail.last(ref).body == {"source": 1, "material": False}
    assert trail.dossier(ref).evidence == evidence
    assert not trail.dossier(ref).sources[0].publishable
    sources.assess_source(team.reviewers[0], ref, 1, role="disputes", **said)
    assert trail.dossier(ref).evidence != evidence


def test_sources_that_repeat_one_account_count_once_until_separated(team: Desk) -> None:
    ref = builders.with_sources(team, count=3)
    sources.group_sources(team.reviewers[0], ref, origin=1, sources=[2, 3], reason="The same words.")
    assert trail.last(ref).body == {"origin": 1, "sources": [2, 3]}
    assert trail.dossier(ref).origins == {1}
    sources.group_sources(team.reviewers[0], ref, origin=3, sources=[3], reason="A witness of its own.")
    assert trail.dossier(ref).origins == {1, 3}
    with pytest.raises(Invalid):
        sources.group_sources(team.reviewers[0], ref, origin=9, sources=[1], reason="Nothing there.")


def test_a_withdrawn_source_stays_readable_and_counts_no_more(team: Desk) -> None:
    ref = builders.with_sources(team)
    evidence = trail.dossier(ref).evidence
    with pytest.raises(Invalid):
        sources.withdraw_source(team.reviewers[1], ref, 2, reason=" ")
    sources.withdraw_source(team.reviewers[1], ref, 2, reason="Asked for by its author.")
    dossier = trail.dossier(ref)
    assert (dossier.origins, dossier.source(2).withdrawn) == ({1}, True)
    assert dossier.evidence != evidence
    with pytest.raises(NotFound):
        sources.withdraw_source(team.reviewers[1], ref, 2, reason="Twice.")


def test_an_auditor_attaches_nothing(team: Desk) -> None:
    ref = builders.opened(team)
    with pytest.raises(Forbidden):
        sources.attach_source(team.auditor, ref, draft=builders.draft())
    sources.attach_source(team.spare, ref, draft=builders.draft())


def test_nothing_to_assess_names_the_requirement(team: Desk) -> None:
    ref = builders.opened(team)
    with pytest.raises(Refused) as refusal:
        sources.assess_source(team.spare, ref, 1, role="context", publishable=False)
    assert [requirement.name for requirement in refusal.value.requirements] == ["has-source"]


# --- under a proposal and under a published version ---------------------------------------------------------


def test_new_evidence_voids_a_proposal_and_it_is_made_anew_in_the_act(team: Desk) -> None:
    ref = builders.agreed(team)
    first = trail.dossier(ref).proposal
    assert first is not None
    attach(team, ref, 7, origin=1)
    assert trail.dossier(ref).proposal == first
    attach(team, ref, 8)
    assert trail.types(ref)[-3:] == ["source.attached", "proposal.voided", "grade.proposed"]
    again = trail.dossier(ref).proposal
    assert again is not None
    assert (again.grade, again.version, again.minority) == (first.grade, first.version, first.minority)
    assert again.dossier == trail.dossier(ref).digest != first.dossier
    assert trail.dossier(ref).stage == "approval"


@pytest.mark.parametrize("number", [1, 3])
def test_a_published_grade_is_rechecked_when_a_cited_source_falls(team: Desk, number: int) -> None:
    ref = builders.published(team)
    attach(team, ref, 3)
    sources.withdraw_source(team.spare, ref, number, reason="Asked for by its author.")
    cited = number == 1
    assert trail.dossier(ref).recheck is cited
    assert (trail.last(ref).type == "recheck.opened") is cited
    assert trail.dossier(ref).stage == "published"
    approvals.reopen(team.lead, ref, ground="verdict", reason="A source fell.", seen=builders.row(ref).digest)
    assert not trail.dossier(ref).recheck
    assert ("recheck.closed" in trail.types(ref)) is cited


# --- official positions ------------------------------------------------------------------------------------


def position(team: Desk, ref: str, **changes: object) -> int:
    said = {"party": builders.PARTY, "position": "credible", "source": 1, "conceded": Casualties(Range(2, 2))}
    return positions.record_position(team.lead, ref, **{**said, **changes})


def test_a_position_moves_the_evidence_and_no_grade(team: Desk) -> None:
    ref = builders.with_sources(team, count=1)
    before = trail.dossier(ref)
    position(team, ref, reason="Its monthly report says so.")
    after = trail.dossier(ref)
    assert after.evidence != before.evidence
    assert (after.stage, after.determination) == (before.stage, None)
    held = after.positions[0]
    assert (held.party, held.position, held.source, held.conceded.killed) == (
        builders.PARTY, "credible", 1, Range(2, 2),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("party", {"party": "Tarn Brigades"}),
        ("position", {"position": "sorry"}),
        ("conceded-killed", {"conceded": Casualties(Range(3, 2))}),
    ],
)
def test_a_position_is_of_a_party_named_here_and_of_the_vocabulary(
    team: Desk, field: str, changes: dict[str, object]
) -> None:
    ref = builders.with_sources(team, count=1)
    with pytest.raises(Invalid) as refusal:
        position(team, ref, **changes)
    assert set(refusal.value.problems) == {field}


def test_a_position_rests_on_a_source_that_is_attached(team: Desk) -> None:
    ref = builders.with_sources(team, count=1)
    with pytest.raises(NotFound):
        position(team, ref, source=2)
    with pytest.raises(Forbidden):
        positions.record_position(team.spare, ref, party=builders.PARTY, position="open")
    assert replace(trail.dossier(ref).sources[0]).number == 1
