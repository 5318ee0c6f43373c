"""What goes along in a merge or a split, and what cannot be asked for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from review.rules import merging
from review.rules.dossier import Claim, Dossier, Source
from review.rules.errors import Invalid
from review.rules.facts import Facts, Place
from review.rules.merging import Part
from review.rules.passages import NOBODY, Involvement

HERE = Facts(places=(Place((("en", "Marj Eluan"),)),))


def source(number: int, link: str, origin: int | None = None, **changes: object) -> Source:
    known = Source(
        number, number, "a", link, f"https://eluan.example/{link}", None, None, "news_article", "en", None,
        "supports_harm", origin or number, None, True, True,
    )  # fmt: skip
    return replace(known, **changes)


def dossier(*sources: Source, name: str = "i-one", **changes: object) -> Dossier:
    return replace(Dossier(incident=name, sources=sources, claims=(Claim(7, True), Claim(8, False))), **changes)


def told(other: Dossier, *sources: Source) -> list[tuple[int, int, bool]]:
    return [(moved.number, moved.origin, moved.material) for moved in merging.moved(other, sources)]


def test_a_new_origin_moves_the_evidence_of_the_other_and_an_echo_does_not():
    other = dossier(source(1, "x"), name="i-other")
    assert told(other, source(1, "a"), source(2, "b", origin=1), source(3, "c")) == [(2, 2, True), (3, 2, False), (4, 4, True)]


def test_a_note_of_the_desk_never_moves_the_evidence():
    assert told(dossier(name="i-other"), source(1, "a", kind="note")) == [(1, 1, False)]


def test_what_is_there_already_stays_and_its_echoes_repeat_it():
    other = dossier(source(1, "x"), source(2, "a"), name="i-other")
    assert told(other, source(1, "a"), source(2, "b", origin=1)) == [(3, 2, False)]


def test_what_was_withdrawn_there_is_attached_anew():
    other = dossier(source(1, "a", withdrawn=True), name="i-other")
    assert told(other, source(1, "a")) == [(2, 2, True)]


def test_only_what_is_grouped_and_attached_goes_along():
    one = dossier(source(1, "a"), source(2, "b", withdrawn=True))
    assert [taken.number for taken in merging.taken(one, (7,), (1,))] == [1]
    for claims, sources, field in (((8,), (), "claims"), ((), (2,), "sources"), ((), (3,), "sources")):
        with pytest.raises(Invalid) as refusal:
            merging.taken(one, claims, sources)
        assert set(refusal.value.problems) == {field}


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        (dossier(), merging.ITSELF),
        (dossier(name="i-other", stage="merged"), merging.GONE),
        (dossier(name="i-other", restricted=True), merging.HIDDEN),
    ],
)
def test_an_incident_is_merged_into_another_one_that_all_may_read(other, sentence):
    merging.target(dossier(), dossier(name="i-other"))
    with pytest.raises(Invalid) as refusal:
        merging.target(dossier(), other)
    assert refusal.value.problems == {"into": sentence}


def test_a_split_makes_two_or_more_and_a_claim_goes_into_one():
    one = dossier(source(1, "a"))
    merging.parts(one, (Part(HERE, (7,), (1,)), Part(HERE, (), (1,))))
    for parts, field in (
        ((Part(HERE),), "part-2-summary"),
        ((Part(HERE),) * 10, "parts"),
        ((Part(HERE, (7,)), Part(HERE, (7,))), "claims"),
        ((Part(HERE), Part(Facts(date_type="date"))), "part-2-date"),
    ):
        with pytest.raises(Invalid) as refusal:
            merging.parts(one, parts)
        assert field in refusal.value.problems


def test_involvement_only_grows():
    one = Involvement(frozenset("a"), frozenset("b"), frozenset("c"))
    joined = NOBODY.joined([one, Involvement(voted=frozenset("d"))])
    assert (joined.entered, joined.voted, joined.settled) == (frozenset("a"), frozenset("bd"), frozenset("c"))
    assert joined.everybody == frozenset("abcd")
