"""What a next version holds stands in no public bundle before that version does (DESIGN 1 and 4, AUDIT-FORMAT 7)."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest

from review.audit import embargo, verify
from review.audit.export import export
from review.audit.stored import body_of
from review.store import Store
from tests.audit import histories as h
from tests.audit.checking import failures, run
from tests.audit.forge import ADA, LIO, MACHINE, MUN, RIA, UNKNOWN, VKEY, Forge

Members = dict[str, bytes]
LATER = "2026-04-01"
REASON = "A witness of the day came forward, and the family asks for time."


class Desk:
    """A forged log of one incident that was published once, and the bundles of it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.log = folder, Forge()
        self.log.open_log()
        self.name = ""

    def published(self) -> None:
        self.name = self.log.incident(1, RIA)
        self.log.agree(self.name)
        self.log.approve(self.name)

    def imported(self) -> None:
        """Instead: an incident of the old archive, with its grade."""
        self.name = "i-" + "c" * 16
        self.log.add(
            "incident.imported", ADA, self.name, stream="karsia-air", source="csv", facts={}, row={"code": "KS001"}
        )
        self.log.add("grade.imported", ADA, self.name, grade="weak", range=UNKNOWN, codebook=self.log.book)

    def reopened(self) -> int:
        return self.log.add("grade.reopened", MUN, self.name, version=1, ground="verdict", reason="A new statement.")

    def graded_again(self) -> None:
        """Everything of the next version but its approval."""
        self.log.source(self.name)
        self.log.agree(self.name, grade="confirmed")

    def approved_for_later(self) -> None:
        dossier = self.log.dossier(self.name)
        assert dossier.proposal is not None
        self.log.add(
            "grade.approved", LIO, self.name, of=dossier.proposal.seq, override=None, dossier=dossier.digest, stale=[],
            not_before=LATER, reason=REASON,
        )  # fmt: skip

    def its_day_comes(self) -> int:
        dossier = self.log.dossier(self.name)
        assert dossier.proposal is not None and dossier.proposal.approval is not None
        self.log.append.day, self.log.append.at = LATER, f"{LATER}T09:00:00.000Z"
        of, kind = dossier.proposal.approval.seq, dossier.reopened or "first"
        return self.log.add("grade.published", MACHINE, self.name, version=dossier.proposal.version, of=of, kind=kind)

    def redacted(self, seq: int, name: str) -> int:
        """A detail of an event is taken out, at once and for good."""
        (gone,) = [one for one in self.log.said if (one.seq, one.name) == (seq, name)]
        self.log.said.remove(gone)
        asked_by = LIO.in_(self.name)
        return self.log.add(
            "detail.redacted", MUN, self.name, of=seq, digests=[gone.digest], ground="error", asked_by=asked_by, reason="A name."
        )

    def last(self, kind: str) -> int:
        return max(row.seq for row in self.log.rows if row.type == kind)

    def bundle(self, profile: str = "public", incident: str | None = None) -> Members:
        self.log.heads()
        out = BytesIO()
        spool = self.folder / f"spool-{len(self.log.rows)}-{profile}-{incident}"
        spool.mkdir()
        objects = Store((self.folder / "objects").as_uri())
        export(self.log, self.log.publish(), out, objects=objects, spool=spool, profile=profile, incident=incident)
        with zipfile.ZipFile(out) as held:
            return {name: held.read(name) for name in held.namelist()}

    def told(self, members: Members) -> list[str]:
        return failures(h.write_zip(self.folder / "bundle.zip", members), key=VKEY)

    def verified(self, members: Members) -> verify.Verifier:
        found = run(h.write_zip(self.folder / "bundle.zip", members), key=VKEY)
        assert [str(failure) for failure in found.failures.all] == []
        return found


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def shown(members: Members, incident: str) -> list[dict[str, object]]:
    lines = [json.loads(line) for line in members["data/events.jsonl"].splitlines()]
    return [line for line in lines if line["incident"] == incident]


def kinds(members: Members, incident: str) -> list[object]:
    return [event["type"] for event in shown(members, incident)]


def without(members: Members, gone: Callable[[dict[str, object]], bool]) -> Members:
    """What is left of a bundle when these events were dropped from it, every file of the bag fitting."""
    lines = members["data/events.jsonl"].splitlines(keepends=True)
    dropped = {json.loads(line)["seq"] for line in lines if gone(json.loads(line))}
    kept = [line for line in lines if json.loads(line)["seq"] not in dropped]
    told = [
        line for line in members["data/disclosures.jsonl"].splitlines(keepends=True)
        if json.loads(line)["seq"] not in dropped
    ]  # fmt: skip
    data = {name: content for name, content in members.items() if name.startswith("data/")}
    data |= {"data/events.jsonl": b"".join(kept), "data/disclosures.jsonl": b"".join(told)}
    tags = {"bagit.txt": members["bagit.txt"]}
    octets = f"Payload-Oxum: {sum(map(len, data.values()))}.{len(data)}"
    info = members["bag-info.txt"].decode().split("\n")
    tags["bag-info.txt"] = "\n".join(octets if line.startswith("Payload") else line for line in info).encode()
    tags["manifest-sha256.txt"] = h.manifest(data)
    tags["tagmanifest-sha256.txt"] = h.manifest(tags)
    return {**data, **tags}


STEPS: dict[str, Callable[[Desk], object]] = {
    "a round is open": lambda desk: (desk.log.source(desk.name), desk.log.open_round(desk.name)),
    "a round was closed": Desk.graded_again,
    "it waits for its date": lambda desk: (desk.graded_again(), desk.approved_for_later()),
}


@pytest.mark.parametrize("extent", ["whole log", "one incident"])
@pytest.mark.parametrize("step", STEPS)
def test_a_public_bundle_ends_at_the_reopening_until_the_next_version_is_public(desk: Desk, step: str, extent: str) -> None:
    desk.published()
    reopened = desk.reopened()
    STEPS[step](desk)
    members = desk.bundle(incident=desk.name if extent == "one incident" else None)
    assert shown(members, desk.name)[-1]["seq"] == reopened
    assert REASON.encode() not in b"".join(members.values())
    assert "confirmed" not in members["data/published.json"].decode()
    found = desk.verified(members)
    # While a round is open its head stands at the opening, and the mute say nothing of how many they are.
    assert set(found.waiting) == {desk.name}


@pytest.mark.parametrize("step", STEPS)
def test_what_was_imported_with_a_grade_ends_at_the_opening_of_its_first_round(desk: Desk, step: str) -> None:
    desk.imported()
    STEPS[step](desk)
    members = desk.bundle()
    assert kinds(members, desk.name)[-1] == "round.opened"
    desk.verified(members)


@pytest.mark.parametrize("profile", ["internal", "court"])
def test_the_other_profiles_show_what_waits(desk: Desk, profile: str) -> None:
    desk.published()
    desk.reopened()
    desk.graded_again()
    desk.approved_for_later()
    members = desk.bundle(profile)
    assert kinds(members, desk.name)[-1] == "grade.approved"
    assert desk.verified(members).waiting == {}


@pytest.mark.parametrize("begun", [Desk.published, Desk.imported])
def test_on_its_day_all_of_it_is_shown(desk: Desk, begun: Callable[[Desk], None]) -> None:
    begun(desk)
    if begun is Desk.published:
        desk.reopened()
    desk.graded_again()
    desk.approved_for_later()
    desk.its_day_comes()
    members = desk.bundle()
    assert [event["iseq"] for event in shown(members, desk.name)] == list(range(desk.log.histories[desk.name].size))
    assert desk.verified(members).waiting == {}


def test_what_stood_before_the_reopening_stays_shown(desk: Desk) -> None:
    desk.published()
    attached = desk.log.source(desk.name)
    before = {event["seq"] for event in shown(desk.bundle(), desk.name)}
    desk.reopened()
    desk.graded_again()
    after = {event["seq"] for event in shown(desk.bundle(), desk.name)}
    assert attached in before and before < after


def test_a_round_that_is_given_up_ends_the_wait(desk: Desk) -> None:
    desk.published()
    desk.reopened()
    desk.log.source(desk.name)
    desk.log.open_round(desk.name)
    desk.log.abandon(desk.name)
    members = desk.bundle()
    assert kinds(members, desk.name)[-1] == "round.closed"
    assert desk.verified(members).waiting == {}


def test_a_round_that_is_given_up_after_one_that_was_not_leaves_that_one_waiting(desk: Desk) -> None:
    desk.published()
    reopened = desk.reopened()
    desk.graded_again()
    proposal = desk.last("grade.proposed")
    desk.log.add("grade.returned", LIO, desk.name, of=proposal, to="round", reason="Ask again.")
    desk.log.open_round(desk.name)
    desk.log.abandon(desk.name)
    members = desk.bundle()
    assert shown(members, desk.name)[-1]["seq"] == reopened
    desk.verified(members)


# --- what is public by itself passes ------------------------------------------------------------------------------


@pytest.mark.parametrize("begun", [Desk.published, Desk.imported])
@pytest.mark.parametrize("extent", ["whole log", "one incident"])
def test_a_withdrawal_is_public_at_once_and_nothing_else(desk: Desk, begun: Callable[[Desk], None], extent: str) -> None:
    begun(desk)
    if begun is Desk.published:
        desk.reopened()
    desk.graded_again()
    desk.approved_for_later()
    desk.log.add("incident.withdrawn", LIO, desk.name, reason="It was another village.")
    members = desk.bundle(incident=desk.name if extent == "one incident" else None)
    assert kinds(members, desk.name)[-2:] == ["grade.reopened" if begun is Desk.published else "round.opened", "incident.withdrawn"]
    assert '"kind":"withdrawn"' in members["data/published.json"].decode()
    desk.verified(members)
    desk.log.add("incident.restored", LIO, desk.name, reason="It was this village.")
    members = desk.bundle()
    assert kinds(members, desk.name)[-1] == "incident.restored"
    assert '"kind":"withdrawn"' not in members["data/published.json"].decode()
    desk.verified(members)


def test_a_correction_of_the_version_that_stands_is_public_at_once(desk: Desk) -> None:
    desk.published()
    desk.reopened()
    desk.graded_again()
    desk.log.add("correction.published", LIO, desk.name, of=None, version=1, text="The street is the next one.")
    members = desk.bundle()
    assert kinds(members, desk.name)[-2:] == ["grade.reopened", "correction.published"]
    desk.verified(members)


def test_the_removal_of_what_is_shown_is_shown_and_that_of_what_waits_is_not(desk: Desk) -> None:
    desk.published()
    desk.reopened()
    desk.graded_again()
    told = desk.redacted(desk.last("grade.published") - 1, "reason")
    waits = desk.redacted(desk.last("source.attached"), "title")
    seqs = {event["seq"] for event in shown(desk.bundle(), desk.name)}
    assert told in seqs and waits not in seqs
    desk.verified(desk.bundle())


def test_a_source_is_taken_back_at_once(desk: Desk) -> None:
    desk.published()
    desk.reopened()
    desk.log.add("source.assessed", RIA, desk.name, source=1, material=False, role="supports_harm", publishable=False)
    members = desk.bundle()
    assert b"news.example" not in b"".join(members.values())
    desk.verified(members)


# --- what is dropped is still missed -------------------------------------------------------------------------------


def waits(desk: Desk) -> Members:
    desk.published()
    desk.reopened()
    desk.graded_again()
    desk.log.add("correction.published", LIO, desk.name, of=None, version=1, text="The street is the next one.")
    return desk.bundle()


def test_the_tail_of_what_does_not_wait_is_missed(desk: Desk) -> None:
    desk.published()
    published = desk.last("grade.published")
    desk.log.source(desk.name)
    members = without(desk.bundle(), lambda event: event["type"] == "source.attached" and int(str(event["seq"])) > published)
    assert f"FAIL heads seq {published}: the last log.heads knows 17 events of this incident: its tail was cut or altered" in desk.told(members)


def test_a_reopening_cannot_be_left_out_with_what_waits(desk: Desk) -> None:
    members = without(waits(desk), lambda event: event["type"] in ("grade.reopened", "correction.published"))
    assert any(line.startswith("FAIL heads ") and "its tail was cut or altered" in line for line in desk.told(members))


def test_what_passes_cannot_be_anything(desk: Desk) -> None:
    """An insider shows a source of the round that waits, and not what stands before it."""
    desk.published()
    desk.reopened()
    desk.graded_again()
    desk.log.source(desk.name, material=False)
    desk.approved_for_later()
    desk.its_day_comes()
    members = desk.bundle()
    first, last = desk.last("grade.reopened"), desk.last("source.attached")
    members = without(members, lambda event: event["incident"] == desk.name and first < int(str(event["seq"])) < last)
    assert any(line.startswith(f"FAIL withheld seq {last}: ") for line in desk.told(members))


def test_what_lies_between_what_is_shown_must_be_in_the_tree(desk: Desk) -> None:
    members = waits(desk)
    desk.verified(members)
    members = without(members, lambda event: event["type"] == "grade.published")
    assert any(line.startswith("FAIL withheld ") for line in desk.told(members))


def test_after_a_close_that_is_shown_nothing_waits(desk: Desk) -> None:
    """The next version is public; an insider cuts it off behind its round."""
    desk.published()
    desk.reopened()
    desk.graded_again()
    desk.approved_for_later()
    desk.its_day_comes()
    members = desk.bundle()
    closed = desk.last("vote.revealed")
    members = without(members, lambda event: event["incident"] == desk.name and int(str(event["seq"])) > closed)
    assert any(line.startswith("FAIL heads ") for line in desk.told(members))


def test_the_report_says_how_many_wait(desk: Desk) -> None:
    found = desk.verified(waits(desk))
    assert found.facts["waiting"] == 1
    assert any("is published and kept back, and no source was taken back in it" in line for line in verify.elsewhere(found))


# --- where a log goes on under another name -------------------------------------------------------------------------


def last_waits(desk: Desk, joints: list[int]) -> bool:
    """Whether the last event waits, in logs that were joined there."""
    found = embargo.Embargo(joints)
    for row in desk.log.rows:
        if row.type in embargo.TELLING:
            found.take(row.seq, row.type, str(row.incident), body_of(row))
    last = desk.log.rows[-1]
    return found.waits(last.seq, last.type, last.incident, {})


@pytest.mark.parametrize(
    ("step", "waits"), [("a round is open", False), ("a round was closed", True), ("it waits for its date", True)]
)
def test_a_joint_ends_what_was_not_decided_and_leaves_the_rest_waiting(desk: Desk, step: str, waits: bool) -> None:
    """Like a round that is given up: what fell there was never revealed, what was revealed was never public."""
    desk.published()
    desk.reopened()
    STEPS[step](desk)
    assert last_waits(desk, [])
    assert last_waits(desk, [len(desk.log.rows)]) is waits


def test_a_joint_before_the_reopening_ends_nothing(desk: Desk) -> None:
    desk.published()
    joint = desk.reopened()
    desk.log.source(desk.name)
    assert last_waits(desk, [joint])
