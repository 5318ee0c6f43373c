"""A desk whose log went on under another name: its pages say so, and lead to no proof that cannot be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from review.actions import bundles, public_bundles
from review.audit.note import parse_checkpoint, parse_consistency, parse_inclusion
from review.models import Bundle, session
from review.models.dossiers import joints
from review.queries import bundles as bundle_queries
from review.queries import checkpoints, exports, history
from review.queries.logs import Logs
from review.rules.errors import Invalid
from tests import builders, trail
from tests.audit.joined import LOST, NEW, Joint, continued
from tests.audit.whole import signed, sqlite_desk
from tests.web.sitting import browser, sitting
from tests.web.test_public_pages import plain

PROOF = re.compile(r'href="(/audit/consistency/[^"]+)"')


@pytest.fixture(scope="module")
def joint(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Joint]:
    with sqlite_desk(tmp_path_factory.mktemp("desk") / "home", sqlite_template) as app:
        app.config["WTF_CSRF_ENABLED"] = False
        yield continued(builders.desk(app))


def page(joint: Joint, path: str) -> str:
    session.rollback()
    answer = browser(joint.desk.app).get(path)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def test_the_page_for_strangers_tells_of_the_joint_in_plain_words(joint: Joint) -> None:
    said = plain(page(joint, "/audit"))
    (begin,) = joints(session)
    assert f"Its log {joint.old} ends there with {begin} entries, and {NEW} continues it." in said
    assert f"Of what had been published, {LOST} entries are lost" in said
    assert f"{parse_checkpoint(checkpoints.one()).size} entries, published" in said


def test_every_proof_that_the_list_leads_to_is_there_and_none_leads_over_the_joint(joint: Joint) -> None:
    listed = page(joint, "/audit/checkpoints")
    proofs = [unescape(one) for one in PROOF.findall(listed)]
    rows = checkpoints.page().rows
    assert len(proofs) == len(rows) - 2
    for one in proofs:
        old, _path, later = parse_consistency(page(joint, one))
        assert 0 < old < parse_checkpoint(later).size
    assert listed.count("the first under the new name") == 1
    (begin,) = joints(session)
    over = f"/audit/consistency/{begin - 1}-{rows[0].size}"
    assert browser(joint.desk.app).get(over).status_code == 404


def test_a_version_is_cited_as_an_entry_of_the_log_that_it_stands_in(joint: Joint) -> None:
    cited = re.search(r'<p class="citation"[^>]*>(.*?)</p>', page(joint, f"/incidents/{joint.published}"), re.S)
    assert cited and f"of the log {joint.old} ." in plain(cited[1]) and NEW not in cited[1]


@pytest.mark.parametrize("name", ["published", "fresh"])
def test_a_step_is_proven_under_a_checkpoint_of_its_own_log(joint: Joint, name: str) -> None:
    ref = getattr(joint, name)
    signed()
    shown = history.history_page(joint.desk.lead, ref)
    logs, origin = Logs(), {"published": joint.old, "fresh": NEW}[name]
    provable = [entry for entry in shown.entries if entry.provable]
    assert provable
    someone = sitting(joint.desk.app, joint.desk.lead)
    for entry in provable:
        answer = someone.get(f"/desk/incidents/{ref}/history/{entry.place}/proof")
        index, _path, checkpoint = parse_inclusion(answer.get_data(as_text=True))
        assert entry.seal is not None
        assert (index, parse_checkpoint(checkpoint).origin) == (entry.seal.number, origin)
        assert entry.seal.number == logs.number(entry.seal.seq)
    for entry in shown.entries:
        if not entry.provable and entry.place is not None:
            answer = someone.get(f"/desk/incidents/{ref}/history/{entry.place}/proof")
            assert answer.status_code == 404


def test_a_bundle_of_one_incident_is_asked_for_only_where_it_began_in_this_log(joint: Joint) -> None:
    signed()
    wanted = {"profile": "internal", "recipient": "The tribunal", "purpose": "Case 4"}
    with pytest.raises(Invalid) as refused:
        bundles.ask(joint.desk.lead, ref=joint.published, **wanted)
    assert refused.value.problems["incident"] is bundles.IN_TWO_LOGS
    name = bundles.ask(joint.desk.lead, ref=joint.fresh, **wanted)
    builders.work()
    assert bundle_queries.bundle_page(joint.desk.lead, name).stage == "done"
    size = parse_checkpoint(checkpoints.one(session.query(Bundle.size).filter_by(name=name).scalar())).size
    session.rollback()
    (made,) = exports.export_page(joint.desk.lead).made
    assert (made.size, made.purpose) == (size, "Case 4")


def test_strangers_have_no_bundle_made_that_cannot_be(joint: Joint) -> None:
    public_bundles.follow(signed())
    builders.work()
    for ref in (joint.published, joint.fresh):
        public_bundles.ask_for_incident(ref)
    builders.work()
    session.rollback()
    assert bundle_queries.public_file_of(joint.fresh) is not None
    assert bundle_queries.public_file_of(joint.published) is None
    assert session.query(Bundle).filter(Bundle.stage != "done").count() == 0


def test_a_published_page_names_its_entry_as_the_bundle_does(joint: Joint) -> None:
    (begin,) = joints(session)
    for ref, before in ((joint.published, 0), (joint.fresh, begin)):
        (seq,) = [leaf.seq for leaf in trail.leaves(ref) if leaf.type == "grade.published"]
        assert f"leaf {seq - before} ·" in plain(page(joint, f"/incidents/{ref}"))
