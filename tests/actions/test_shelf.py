"""The shelf: a history kept between acts equals the chain folded anew, and holds no sealed vote."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from review.actions import sources
from review.actions.act import acting
from review.audit.events.incidents import ConflictDeclared
from review.models import dossiers, session, shelf
from tests import builders


@pytest.fixture
def people(staffed: builders.Desk) -> builders.Desk:
    return staffed


def kept(ref: str) -> shelf.Kept:
    dossiers.history(session, builders.row(ref))
    found = shelf.taken(session.get_bind(), builders.row(ref).id)
    assert found is not None
    return found


def anew(ref: str) -> object:
    return dossiers._whole(session, builders.row(ref), {}).dossier()


def test_what_is_kept_is_what_the_chain_amounts_to_at_every_step(people: builders.Desk) -> None:
    ref, number = builders.round_opened(people)
    assert kept(ref).folded.dossier() == anew(ref)
    builders.cast_all(people, ref, number, "fair", "fair", "fair")
    assert kept(ref).folded.dossier() == anew(ref)
    builders.at_once(people)
    ref = builders.settled(people)
    assert kept(ref).folded.dossier() == anew(ref)
    builders.approved(people, ref)
    assert kept(ref).folded.dossier() == anew(ref)


def test_no_sealed_vote_is_kept(people: builders.Desk) -> None:
    ref, number = builders.round_opened(people)
    vote = builders.cast(people.voters[0], ref, number)
    builders.cast(people.voters[0], ref, number, builders.ballot("weak"))
    assert {one.ballot for one in kept(ref).folded.votes.values()} == {None}
    assert builders.view(ref).vote(vote).ballot is not None


def test_an_act_that_was_undone_leaves_nothing_behind(people: builders.Desk) -> None:
    ref = builders.opened(people)
    before = kept(ref).folded.dossier()
    with pytest.raises(ZeroDivisionError), acting(people.spare, ref) as act:
        act.record(ConflictDeclared(ground="My cousin."))
        act.only.history.conflicts.add("somebody")
        raise ZeroDivisionError
    assert kept(ref).folded.dossier() == before == anew(ref)


def test_a_leaf_that_is_not_the_chains_own_is_never_gone_on_from(people: builders.Desk) -> None:
    ref = builders.with_sources(people)
    odd = kept(ref).folded
    odd.leaf, odd.entered = b"\0" * 32, {"nobody"}
    shelf.put(session.get_bind(), builders.row(ref).id, odd)
    assert kept(ref).folded.dossier() == anew(ref)


def test_what_came_since_is_read_in_one_piece(people: builders.Desk) -> None:
    """A second reading could hold a close that the first has not seen, and would go on from sealed votes."""
    ref = builders.with_sources(people)
    earlier = kept(ref).folded
    sources.attach_source(people.enterer, ref, draft=builders.draft(7))
    row, database = builders.row(ref), session.get_bind()
    shelf.put(database, row.id, earlier)
    readings: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if "event.line" in statement:
            readings.append(statement)

    event.listen(database, "before_cursor_execute", note)
    try:
        folded = dossiers.history(session, row)
    finally:
        event.remove(database, "before_cursor_execute", note)
    assert folded.size == earlier.size + 1
    assert len(readings) == 1
