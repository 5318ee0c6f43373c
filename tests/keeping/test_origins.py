"""Going on under a new name after a rollback: the old log ends, the new one continues it, and work goes on."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select

from review import config
from review.actions import approvals, checkpoints, claims, incidents, origins, redactions, settlements, sources, votes
from review.actions.act import acting
from review.audit import note, remembered
from review.audit.events.grading import GradeReturned
from review.audit.export import VERIFIER
from review.extensions import db
from review.models import Disclosure, Event, Incident, session
from review.rules.errors import ReadOnly, Refused
from review.rules.redaction import Named
from tests import builders, trail
from tests.actions.erased import asked, removed
from tests.audit.test_replay import replayed
from tests.keeping.test_backup import Elsewhere, backed_up, elsewhere, here
from tests.keeping.test_rollback import Back, bring_back, empty, going_on, people_

__all__ = ["bring_back", "elsewhere", "empty", "here", "people_"]

NEW = "desk.example/log2"


class Refs:
    """An incident at each stage when the log ends."""

    def __init__(self, desk: builders.Desk) -> None:
        self.published = builders.published(desk)
        self.logged = builders.with_sources(desk)
        self.grading, number = builders.round_opened(desk)
        builders.cast(desk.voters[0], self.grading, number)
        self.settlement = builders.disputed(desk)
        settlements.argue(desk.voters[0], self.settlement, text="The crater points the other way.")
        self.approval = builders.agreed(desk)
        self.second = builders.disputed(desk)
        for actor in desk.voters:
            settlements.argue(actor, self.second, text="The crater points the other way.")
        earlier = builders.view(self.second).live(1)[0].seq
        number = settlements.open_second_vote(desk.lead, self.second)
        self.fallen = builders.cast(desk.voters[1], self.second, number)
        votes.exclude_vote(desk.lead, self.second, earlier, ground="identity", reason="The account was shared.")


@pytest.fixture
def refs(people_: builders.Desk, here: Elsewhere, tmp_path: Path, bring_back: Back) -> Refs:
    """A desk brought back from before its last published checkpoint, with work at every stage."""
    found = Refs(people_)
    checkpoints.publish_checkpoint()
    out = backed_up(here, tmp_path)
    session.rollback()
    going_on(people_)
    (tmp_path / "kept").write_text(str(checkpoints.publish_checkpoint()))
    bring_back(out)
    return found


def go_on(here: Elsewhere, name: str = NEW, email: str = "tamsin@desk.invalid") -> tuple[int, str, str]:
    done = here.flask("audit", "continue", "--origin", name, "--as", email)
    session.remove()
    if done.exit_code == 0:
        config.adopt_origin(name)  # what a process knows once it was started again
    return done.exit_code, done.stdout, done.stderr


def verified(bundle: Path, key: str, *more: object) -> tuple[int, str]:
    """What verify.py says, alone in an empty folder."""
    command = [sys.executable, "-I", "-S", str(VERIFIER), str(bundle), "--key", key, *map(str, more)]
    done = subprocess.run(command, cwd=bundle.parent, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def exported(here: Elsewhere, out: Path, *more: object) -> tuple[Path, str]:
    done = here.flask("audit", "export", out, *more)
    assert done.exit_code == 0, done.output
    session.remove()
    return out, done.stdout.strip()


def sound(here: Elsewhere) -> bool:
    """Whether fsck finds nothing."""
    said = here.flask("audit", "fsck")
    assert said.exit_code == 0, said.output
    session.remove()
    return True


# --- refused, and done -------------------------------------------------------------------------------------------

REFUSED = (
    (NEW, "davit.kolaru@desk.invalid", "role does not allow it"),
    (None, "tamsin@desk.invalid", "has had a log of this name already"),
    ("desk.example/log 2", "tamsin@desk.invalid", "This is no name for a log"),
)


def test_an_admin_lets_the_log_go_on_under_a_fresh_name(people_: builders.Desk, here: Elsewhere, refs: Refs) -> None:
    held = trail.size()
    for name, email, words in REFUSED:
        code, _key, told = go_on(here, name or config.origin(), email)
        assert (code, words in told) == (1, True), told
    assert trail.size() == held
    code, key, told = go_on(here)
    assert code == 0, told
    assert "4 published entries of the old one are lost" in told
    assert note.VerifierKey.parse(key.strip()).name == NEW
    opened = trail.leaves()[held]
    assert opened.type == "log.opened"
    assert (opened.body["continues"]["size"], opened.body["continues"]["lost"]) == (held, 4)
    assert (here.home / "origin").read_text().strip() == NEW
    nothing_is_in_flight(refs, held)
    assert sound(here)


def nothing_is_in_flight(refs: Refs, held: int) -> None:
    names = ("published", "logged", "grading", "settlement", "approval")
    stages = {name: builders.row(getattr(refs, name)).stage for name in names}
    assert stages == {**dict.fromkeys(names, "logged"), "published": "published"}
    votes = [leaf for leaf in trail.leaves(refs.grading) if leaf.type == "vote.committed"]
    assert votes and all(leaf.sealed == {} and leaf.seq < held for leaf in votes)
    assert {leaf.seq for leaf in trail.leaves() if leaf.type in ("log.opened", "policy.set")} >= {held}
    assert builders.view(refs.grading).voted


def test_cut_off_before_the_home_followed_it_is_finished_by_a_second_call(
    people_: builders.Desk, here: Elsewhere, refs: Refs
) -> None:
    origins.continue_log(people_.admin, origin=NEW)
    held = trail.size()
    with pytest.raises(ReadOnly):
        builders.received(people_)
    code, _key, told = go_on(here)
    assert (code, "4 published entries" in told) == (0, True), told
    assert [leaf.type for leaf in trail.leaves()[held:]] == ["log.heads"]
    last = remembered.last_published(here.home)
    assert last is not None and last.head is not None and last.head.log == NEW
    assert builders.received(people_) == trail.size() - 1


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
def test_whoever_acts_meanwhile_is_waited_for_and_waits_for_nobody_for_ever(people_: builders.Desk, refs: Refs) -> None:
    """Each locks the incidents before the log's end; SQLite has one writer."""
    asks, lost, failed = threading.Event(), [], []

    def listening(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if "incident.shown_count IS NOT NULL" in statement and "FOR UPDATE" in statement:
            asks.set()

    def goes_on() -> None:
        with people_.app.app_context():
            lost.append(origins.continue_log(people_.admin, origin=NEW))
            session.remove()

    other = threading.Thread(target=goes_on)
    event.listen(db.engine, "before_cursor_execute", listening)
    event.listen(db.engine, "handle_error", lambda context: failed.append(context.original_exception))
    with pytest.raises(ReadOnly), acting(people_.lead, refs.approval) as act:
        act.record(GradeReturned(of=1, to="round", reason="Look again."))
        other.start()
        assert asks.wait(30), "it asks for the incidents that are under way"
    other.join(60)
    assert (lost, failed) == ([4], []), "no deadlock, of which somebody would have to begin again"


def test_a_log_that_lacks_nothing_goes_on_as_it_is(people_: builders.Desk, here: Elsewhere) -> None:
    checkpoints.publish_checkpoint()
    held = trail.size()
    code, _key, told = go_on(here)
    assert (code, "Nothing that was published is missing here" in told) == (1, True)
    assert trail.size() == held


# --- work goes on ------------------------------------------------------------------------------------------------


def test_work_goes_on_and_a_bundle_over_the_joint_holds(
    people_: builders.Desk, here: Elsewhere, refs: Refs, tmp_path: Path
) -> None:
    go_on(here)
    an_exclusion_of_an_earlier_rounds_vote_is_open(refs)
    a_second_version(people_, refs.published)
    a_settlement(people_)
    a_detail_is_redacted(people_, refs.logged)
    for ref in (refs.grading, refs.approval):
        builders.approved(people_, builders.agreed(people_, ref))
    session.rollback()
    found = replayed()
    assert found.problems == []
    rows = session.execute(select(Incident.name, Incident.stage)).all()
    assert found.stages == {row.name: row.stage for row in rows}
    session.rollback()
    code, told = verified(*exported(here, tmp_path / "bundle.zip"), "--since", tmp_path / "kept")
    assert code == 0, told
    assert "reaches 4 leaves beyond where its log was continued" in told
    of_one_incident(people_, here, refs, tmp_path)
    assert sound(here)


def an_exclusion_of_an_earlier_rounds_vote_is_open(refs: Refs) -> None:
    """The second vote in which it was made fell, and of that nothing was opened."""
    incident = builders.row(refs.second).id
    chain = select(Event.seq, Disclosure.sealed).join(Disclosure, Disclosure.seq == Event.seq)
    its = chain.where(Event.incident_id == incident, Event.type.in_(("vote.excluded", "vote.committed")))
    told = dict(session.execute(its.order_by(Event.seq)).all())
    assert [sealed for seq, sealed in told.items() if seq >= refs.fallen] == [True, False]


def a_second_version(people_: builders.Desk, ref: str) -> None:
    seen = builders.row(ref).digest
    approvals.reopen(people_.lead, ref, ground="verdict", reason="A second statement came in.", seen=seen)
    sources.attach_source(people_.enterer, ref, draft=builders.draft(9))
    builders.approved(people_, builders.agreed(people_, ref), by=people_.leads[1])
    assert builders.row(ref).version == 2


def a_settlement(people_: builders.Desk) -> None:
    """Answers are kept by the place of the argument: counted one way in the line and another way here."""
    ref = builders.settled(people_)
    builders.approved(people_, ref)
    (settled,) = trail.dossier(ref).settlements
    assert settled.replies
    assert {seq for seq, _text in settled.replies} <= {one.seq for one in settled.arguments}


def a_detail_is_redacted(people_: builders.Desk, ref: str) -> None:
    seq = incidents.describe_incident(
        people_.enterer, ref, facts=builders.facts(summary="canary"), reason="With a name."
    )
    name = asked(people_, ref, Named(seq, "reason"))
    redactions.second_redaction(people_.leads[1], name, reason="I have read it.")
    assert removed(seq) == {"reason"}


def of_one_incident(people_: builders.Desk, here: Elsewhere, refs: Refs, folder: Path) -> None:
    """A bundle of one incident tells only what began in this log."""
    fresh = builders.published(people_)
    code, told = verified(*exported(here, folder / "one.zip", "--incident", fresh))
    assert code == 0, told
    refused = here.flask("audit", "export", folder / "two.zip", "--incident", refs.published)
    session.remove()
    assert (refused.exit_code, "began in a log that this one continues" in refused.stderr) == (1, True)


def test_a_claim_of_the_old_log_cannot_be_named_in_the_new_one(
    people_: builders.Desk, here: Elsewhere, tmp_path: Path, bring_back: Back
) -> None:
    old = builders.received(people_)
    ref = builders.opened(people_)
    out = backed_up(here, tmp_path)
    session.rollback()
    going_on(people_)
    checkpoints.publish_checkpoint()
    bring_back(out)
    assert go_on(here)[0] == 0
    claims.group_claim(people_.enterer, ref, builders.received(people_, "The same account, received again."))
    with pytest.raises(Refused) as refused:
        claims.group_claim(people_.enterer, ref, old)
    assert [one.name for one in refused.value.requirements] == ["same-log"]


def test_it_is_done_a_second_time(
    people_: builders.Desk, here: Elsewhere, refs: Refs, tmp_path: Path, bring_back: Back
) -> None:
    """What fell in the first log, and was not touched in the second, stays unsaid in the third."""
    go_on(here)
    builders.round_opened(people_, refs.logged)
    (tmp_path / "later").mkdir()
    out = backed_up(here, tmp_path / "later")
    session.rollback()
    going_on(people_)
    checkpoints.publish_checkpoint()
    bring_back(out)
    code, _key, told = go_on(here, "desk.example/log3")
    assert code == 0, told
    for ref in (refs.grading, refs.settlement, refs.logged):
        builders.approved(people_, builders.agreed(people_, ref))
    bundle, key = exported(here, tmp_path / "bundle.zip")
    code, told = verified(bundle, key, "--since", tmp_path / "kept")
    assert code == 0, told
    assert sound(here)
