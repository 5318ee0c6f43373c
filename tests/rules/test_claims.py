"""What makes two accounts likely to be of one moment, and why: tables, and laws that hold for any text."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.rules import claims
from review.rules.claims import Account
from review.rules.facts import Facts, Place
from review.rules.folding import folded
from review.rules.mentions import days_named, in_order, long_numbers, phrases, speaks_of, telling_words, tokens

RECEIVED = date(2031, 3, 20)
ELUAN = {"marj eluan": "Marj Eluan", "مرج وان": "مرج إلوان"}


def claim(text: str, received: date = RECEIVED, **more: str) -> Account:
    return claims.of_claim(text, received=received, known=ELUAN, **more)


def said(one: Account, other: Account) -> list[str]:
    return [
        reason.sentence % {name: ", ".join(value) if isinstance(value, tuple) else value for name, value in reason.values.items()}
        for reason in claims.reasons(one, other)
    ]


# --- folding -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("أحمد", "احمد"), ("إدلب", "ادلب"), ("آذار", "اذار"), ("قرية", "قريه"), ("مستشفى", "مستشفي"),
        ("مـــرج", "مرج"), ("مَرْج", "مرج"), ("مسؤول", "مسوول"), ("١٤", "14"), ("۱۴", "14"), ("کلینیک", "كلينيك"),
        ("Élu\u00e1n", "eluan"), ("Eluan", "ELUAN"), ("Straße", "STRASSE"), ("a \u00a0 b\n", "a b"), ("مرج\u200f", "مرج"),
    ],
)  # fmt: skip
def test_spellings_that_readers_hold_to_be_the_same_fold_together(one: str, other: str) -> None:
    assert folded(one) == folded(other)


@pytest.mark.parametrize(("one", "other"), [("سوق", "سوف"), ("mill", "mall"), ("KV41", "KV42"), ("مرج", "برج")])
def test_other_words_stay_apart(one: str, other: str) -> None:
    assert folded(one) != folded(other)


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@given(st.text())
def test_the_words_of_a_text_are_those_of_its_folded_form(text: str) -> None:
    assert tokens(folded(text)) == tokens(text)
    assert telling_words(folded(text)) == telling_words(text)


@given(st.text(alphabet="الوبفكلمرجسقهد ", max_size=40))
def test_a_word_has_lost_its_article_for_good(text: str) -> None:
    assert tokens(" ".join(tokens(text))) == tokens(text)


# --- what a text speaks of ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("on 2031-03-14 at dusk", ["2031-03-14"]),
        ("14/03/2031", ["2031-03-14"]),
        ("14.3.2031, 05:30", ["2031-03-14"]),
        ("the 14th of March 2031", ["2031-03-14"]),
        ("March 14, 2031", ["2031-03-14"]),
        ("14 Mar", ["2031-03-14"]),
        ("on 24 March", ["2030-03-24"]),  # not before the receipt in this year
        ("في ١٤ آذار ٢٠٣١", ["2031-03-14"]),
        ("14 مارس 2031", ["2031-03-14"]),
        ("2 كانون الثاني 2031", ["2031-01-02"]),
        ("2 تشرين الثاني 2030", ["2030-11-02"]),
        ("first 2031-03-14, then 2031-03-12", ["2031-03-12", "2031-03-14"]),
        ("31 February 2031", []),
        ("in April 2035, on 2035-04-01", []),  # nothing is received before it happens
        ("12034-03-14 and 2031-03-145", []),
        ("March 14:30", []),
        ("1031-03-14", []),
        ("yesterday", []),
    ],
)
def test_the_days_that_a_text_names(text: str, days: list[str]) -> None:
    assert [day.isoformat() for day in days_named(text, RECEIVED)] == days


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("A strike on the grain store", {"grain", "store"}),
        ("غارة على المخزن والمخزن", {"مخزن"}),
        ("people were killed in an airstrike 2031", set()),
    ],
)
def test_the_words_that_tell_a_report_from_others(text: str, words: set[str]) -> None:
    assert telling_words(text) == words


def test_a_place_is_found_behind_its_particle_and_its_article() -> None:
    assert "مرج وان" in phrases("غارة بمرج إلوان فجرا")
    assert "marj eluan" in phrases("A strike at Marj Eluan, at dusk")
    assert "marj eluan" not in phrases("Eluan, near a marj")


SPOKEN = ["marj", "eluan", "مرج", "إلوان", "بمرج", "and", "الطاحونة"]


@given(st.lists(st.sampled_from(SPOKEN), max_size=8).map(" ".join))
def test_what_is_looked_up_of_a_text_is_what_it_speaks_of(text: str) -> None:
    """The names that the database is asked for are those that the rule then finds."""
    spoken = phrases(text)
    assert all(speaks_of(in_order(text), name) for name in spoken)
    assert [name for name in ELUAN if speaks_of(in_order(text), name)] == [name for name in ELUAN if name in spoken]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("her ID is 900112233", ("900112233",)),
        ("رقمها ٩٠٠١١٢٢٣٣٤", ("٩٠٠١١٢٢٣٣٤",)),
        ("900112233 and 900112233 and 123456789012", ("900112233", "123456789012")),
        ("twelve digits of https://posts.example/s/123456789012", ()),
        ("on 2031-03-14 at 36.12345678, KV12345678", ()),
        (None, ()),
    ],
)
def test_long_numbers_are_noticed(text: str | None, found: tuple[str, ...]) -> None:
    assert long_numbers(text) == found


# --- why two are shown together ----------------------------------------------------------------------------

HIT = "The grain store at Marj Eluan was hit."
OTHER = "Wedding hall burned down, seven families fled towards Khor Bessan."
FACTS = Facts(
    date_type="date", date="2031-03-19", summary="grain store and two houses",
    places=(Place((("ar", "مرج إلوان"), ("en", "Marj Eluan"))),),
)  # fmt: skip


def test_likely_duplicate_by_address() -> None:
    one = claim(HIT, url="https://www.eluan.example/post/1?utm_source=x")
    assert said(one, claim(OTHER, url="http://eluan.example/post/1/")) == ["Same address."]
    assert said(one, claim(OTHER, url="http://eluan.example/post/2")) == []
    assert said(one, claim(OTHER, url="no address at all")) == []


@pytest.mark.parametrize(
    ("received", "sentences"),
    [
        (date(2031, 3, 20), ["Same place, Marj Eluan, same day."]),
        (date(2031, 3, 23), ["Same place, Marj Eluan, within three days."]),
        (date(2031, 3, 17), ["Same place, Marj Eluan, within three days."]),
        (date(2031, 3, 24), []),
    ],
)
def test_likely_duplicate_by_date_and_place(received: date, sentences: list[str]) -> None:
    other = claim("Marj Eluan: doctors speak of a burning clinic.", received)
    assert said(claim(HIT), other) == sentences


def test_the_day_that_a_claim_names_counts_before_that_of_its_receipt() -> None:
    late = claim("Marj Eluan, 20 March 2031: doctors speak of a burning clinic.", date(2031, 6, 1))
    assert said(claim(HIT), late) == ["Same place, Marj Eluan, same day."]


def test_a_range_of_days_meets_every_day_within_it() -> None:
    lasting = claims.of_incident(Facts(date="2031-03-01", date_end="2031-03-31", places=FACTS.places))
    assert said(claim("Marj Eluan burns."), lasting) == ["Same place, Marj Eluan, same day."]


@pytest.mark.parametrize(
    ("other", "sentences"),
    [
        ("grain STORE burned", ["Same words: grain, store."]),
        ("A store burned, the bakery collapsed, five families fled.", []),
        ("Grain.", []),
    ],
)
def test_likely_duplicate_by_folded_text(other: str, sentences: list[str]) -> None:
    assert said(claim("Grain store at the old harbour, hit at dusk."), claim(other, date(2031, 1, 1))) == sentences


def test_an_arabic_text_and_its_other_spelling_are_the_same_words() -> None:
    one, other = "غارة على مستشفى القرية الشرقية", "قصف مستشفي القريه الشرقيه"
    assert [reason.sentence for reason in claims.reasons(claim(one), claim(other))] == [claims.SAME_WORDS]


def test_a_claim_and_an_incident_share_place_day_and_words() -> None:
    assert said(claim(HIT), claims.of_incident(FACTS)) == [
        "Same place, Marj Eluan, within three days.",
        "Same words: grain, store.",
    ]
    assert said(claim("قصف بمرج إلوان"), claims.of_incident(FACTS))[0] == "Same place, مرج إلوان, within three days."


def test_an_incident_without_a_day_or_a_place_is_near_nothing() -> None:
    assert claims.reasons(claim(HIT), claims.of_incident(Facts())) == ()
    assert claims.reasons(claims.of_incident(Facts()), claims.of_incident(Facts())) == ()


TEXTS = st.lists(
    st.sampled_from(
        ["marj eluan", "grain", "store", "mill", "مرج إلوان", "المخزن", "2031-03-14", "18 March", "clinic", "bakery"]
    ),
    max_size=8,
).map(" ".join)
ADDRESSES = st.sampled_from([None, "https://a.example/1", "http://www.a.example/1/", "https://b.example", "x"])
ACCOUNTS = st.builds(
    lambda text, url, day: claims.of_claim(text, received=date(2031, 3, day), url=url, known=ELUAN),
    TEXTS, ADDRESSES, st.integers(1, 31),
) | st.just(claims.of_incident(FACTS))  # fmt: skip


@given(ACCOUNTS, ACCOUNTS)
def test_a_likeness_is_the_same_from_either_side(one: Account, other: Account) -> None:
    assert claims.reasons(one, other) == claims.reasons(other, one)


@given(st.text(max_size=60), st.dates())
def test_any_text_can_be_compared(text: str, received: date) -> None:
    account = claims.of_claim(text, received=received, translation=text, url=text)
    assert claims.reasons(account, account) == claims.reasons(account, account)


def test_the_strongest_reason_comes_first() -> None:
    address, day = claims.THAT_ADDRESS, claims.Reason("place", claims.SAME_DAY, 1)
    near = claims.Reason("place", claims.NEAR_DAY, 2)
    words = [claims.Reason("words", claims.SAME_WORDS, 3, {"words": tuple("abcdef"[:size])}) for size in (2, 6)]
    ordered = [(address, words[0]), (address,), (day, words[1]), (day, words[0]), (near,), (words[1],), (words[0],)]
    assert sorted([*ordered[3:], *ordered[:3]], key=claims.strength) == ordered


def test_reasons_of_several_accounts_of_one_thing_are_told_once_each() -> None:
    near, day = claims.Reason("place", claims.NEAR_DAY, 2), claims.Reason("place", claims.SAME_DAY, 1)
    assert claims.together((near,), (claims.THAT_ADDRESS,), (day, claims.THAT_ADDRESS)) == (claims.THAT_ADDRESS, day)
