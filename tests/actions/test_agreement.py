"""Agreement as it is kept: with the close, never before; for the public once published; for nobody while shown to few."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from sqlalchemy import delete, select, update

from review.actions import redactions, restrictions, votes
from review.audit import canonical
from review.extensions import db
from review.models import FirstRound, session
from review.queries.agreement import OwnOf, agreement_page, published
from review.rules import agreement
from review.rules.errors import Forbidden
from review.rules.grades import AIRWARS_1
from review.rules.permissions import Actor
from review.rules.redaction import Named
from tests import builders, staffing
from tests.actions.erased import asked, found
from tests.audit import whole
from tests.web.sitting import browser, sitting


@dataclass(frozen=True)
class Three:
    """One published (two Fair, one Weak), one in settlement (two Fair, one Discounted), one whose round is open."""

    published: str
    disputed: str
    open: str
    number: int


def three(team: builders.Desk, _time: object) -> Three:
    ref = builders.agreed(team, builders.with_sources(team, builders.opened(team, codes=("KV1",))))
    builders.approved(team, ref)
    disputed = builders.disputed(team, builders.with_sources(team, builders.opened(team, codes=("KV2",))))
    opened, number = builders.round_opened(team, builders.with_sources(team, builders.opened(team, codes=("KV3",))))
    return Three(ref, disputed, opened, number)


@pytest.fixture
def filling() -> staffing.Filling:
    return three


@pytest.fixture
def team(staffed: builders.Desk) -> builders.Desk:
    return staffed


@pytest.fixture
def there(filled: Three) -> Three:
    return filled


def kept(ref: str) -> Any:
    row = builders.row(ref)
    return session.execute(
        select(FirstRound.tally, FirstRound.public).where(FirstRound.incident_id == row.id)
    ).one_or_none()


def of_the_desk(viewer: Actor) -> tuple[int, int]:
    """Incidents and votes that the desk's figures rest on."""
    session.rollback()
    desk = agreement_page(viewer).desk
    assert desk is not None
    return sum(one.measured.incidents for one in desk), sum(one.measured.votes for one in desk)


def own(viewer: Actor) -> OwnOf:
    session.rollback()
    (found_,) = agreement_page(viewer).own or ()
    return found_


def pages(team: builders.Desk) -> list[bytes]:
    """What everybody may read of agreement, without what changes from one answer to the next."""
    inside = (sitting(team.app, one) for one in (team.voters[0], team.spare, team.lead, team.auditor))
    answers = [browser(team.app).get("/method"), *(reader.get("/desk/agreement") for reader in inside)]
    return [matter(answer.data) for answer in answers]


def matter(page: bytes) -> bytes:
    return page[page.index(b"<main") :].partition(b"<script")[0]


def test_the_votes_are_kept_from_the_close_on_and_are_public_from_the_publication_on(team: builders.Desk, there: Three) -> None:
    assert kept(there.published) == ("fair:2 weak:1", "fair:2 weak:1")
    assert kept(there.disputed) == ("discounted:1 fair:2", None)
    assert kept(there.open) is None
    assert of_the_desk(team.lead) == (2, 6)
    assert [(one.measured.incidents, one.streams[0].slug) for one in published()] == [(1, team.stream)]
    assert found() == []


def test_nothing_moves_with_a_vote_in_an_open_round_and_only_the_close_tells(team: builders.Desk, there: Three) -> None:
    before = pages(team)
    builders.cast_all(team, there.open, there.number, "fair", "weak", "fair")
    assert pages(team) == before
    builders.work()
    assert kept(there.open) == ("fair:2 weak:1", None)
    public, *inside = pages(team)
    assert public == before[0]
    assert inside != before[1:]
    assert found() == []


def test_a_person_is_told_of_their_own_votes_alone(team: builders.Desk, there: Three) -> None:
    """Mara voted Fair twice: beside Fair and Weak, beside Fair and Discounted; Ben gave Weak and Discounted."""
    mara, ben = own(team.voters[0]), own(team.voters[2])
    assert (mara.rounds, mara.others, mara.results) == (2, agreement.Met(2, 1, 1), agreement.Met(1, 0, 0))
    assert (ben.rounds, ben.others, ben.results) == (2, agreement.Met(0, 2, 2), agreement.Met(0, 1, 0))
    assert [(pair.own, pair.other, pair.number) for pair in ben.crossed] == [("weak", "fair", 2), ("discounted", "fair", 2)]
    for reader in (team.spare, team.enterer):
        assert agreement_page(reader).own == ()
    told = sitting(team.app, team.voters[0]).get("/desk/agreement").get_data(as_text=True)
    told = told[told.index("<main") :]
    pseudonyms = [builders.who(one, ref) for one in team.voters for ref in (there.published, there.disputed)]
    assert [name for name in (*builders.REVIEWERS, *builders.LEADS, *pseudonyms) if name in told] == []


@pytest.mark.parametrize(("who", "sees_own", "sees_the_desk"), [("spare", True, False), ("lead", True, True), ("auditor", False, True)])
def test_who_is_told_of_whom(team: builders.Desk, there: Three, who: str, sees_own: bool, sees_the_desk: bool) -> None:
    page = agreement_page(getattr(team, who))
    assert (page.own is not None, page.desk is not None) == (sees_own, sees_the_desk)
    with pytest.raises(Forbidden):
        agreement_page(team.admin)


def test_an_excluded_vote_leaves_the_desk_at_once_and_the_public_with_the_next_version(
    team: builders.Desk, there: Three
) -> None:
    public = matter(browser(team.app).get("/method").data)
    vote = builders.view(there.published).live(1)[0].seq
    votes.exclude_vote(team.lead, there.published, vote, ground="conflict", reason="A tie that nobody had named.")
    assert kept(there.published) == ("fair:1 weak:1", "fair:2 weak:1")
    assert of_the_desk(team.lead) == (2, 5)
    assert matter(browser(team.app).get("/method").data) == public
    assert found() == []


def test_what_is_shown_to_few_counts_for_nobody_until_it_is_shown_again(team: builders.Desk, there: Three) -> None:
    restrictions.restrict_incident(team.lead, there.published, people=[], reason="A family is in danger.")
    assert kept(there.published) is None
    assert (of_the_desk(team.lead), published(), own(team.voters[0]).rounds) == ((1, 3), (), 1)
    restrictions.lift_restriction(team.lead, there.published, reason="Out of danger.")
    assert kept(there.published) == ("fair:2 weak:1", "fair:2 weak:1")
    assert found() == []


def test_removed_words_leave_the_grades_as_they_are(team: builders.Desk, there: Three) -> None:
    vote = builders.view(there.published).live(1)[0].seq
    request = asked(team, there.published, Named(vote, "rationale"))
    redactions.second_redaction(team.leads[1], request, reason="I have read it.")
    assert kept(there.published) == ("fair:2 weak:1", "fair:2 weak:1")
    assert found() == []


@pytest.mark.parametrize("wrong", ["a grade", "a row too few"])
def test_fsck_names_what_was_not_voted(team: builders.Desk, there: Three, wrong: str) -> None:
    one = FirstRound.incident_id == builders.row(there.published).id
    change = update(FirstRound).where(one).values(public="fair:3") if wrong == "a grade" else delete(FirstRound).where(one)
    session.rollback()
    with db.engine.begin() as connection:
        connection.execute(change)
    assert found() == [f"{there.published}: the votes kept of its first round are not those that were revealed."]


def test_the_figures_of_the_page_are_those_of_the_votes(
    team: builders.Desk, there: Three, monkeypatch: pytest.MonkeyPatch
) -> None:
    agreement._measured.cache_clear()
    monkeypatch.setattr(agreement, "FEWEST", 2)
    units = [["fair", "fair", "weak"], ["fair", "fair", "discounted"]]
    alpha = agreement.alpha(units, agreement.by_distance(AIRWARS_1))
    page = sitting(team.app, team.lead).get("/desk/agreement").get_data(as_text=True)
    agreement._measured.cache_clear()
    assert alpha is not None and f"{alpha:.2f}" in page
    assert "Which grades are taken for which" in page and "Fair · Discounted" in page
    assert "asks for at least 96 incidents" in page


def test_the_public_figures_follow_from_the_public_bundle_alone(team: builders.Desk, there: Three) -> None:
    packed = whole.bundle(whole.signed(), "public")
    with ZipFile(BytesIO(packed)) as held:
        events = [json.loads(line) for line in held.read("data/events.jsonl").splitlines()]
    told = [one for one in events if one.get("type") in ("round.opened", "vote.committed", "vote.revealed")]
    of = {one["seq"]: (one["incident"], one["body"]["round"]) for one in told if "round" in one["body"]}
    first = {of[one["seq"]] for one in told if one["body"].get("kind") == "first"}
    votes_of: dict[tuple[str, int], list[str]] = {}
    for one in told:
        if one["type"] == "vote.revealed" and of[one["body"]["of"]] in first:
            opened = dict(canonical.read_disclosure(text)[1:] for text in one["body"]["disclosures"])
            votes_of.setdefault(of[one["body"]["of"]], []).append(opened["grade"])
    assert list(votes_of) == [(there.published, 1)]
    tallies = Counter(tuple(sorted(grades)) for grades in votes_of.values())
    session.rollback()
    assert [one.measured for one in published()] == [agreement.measured(tallies, AIRWARS_1)]
