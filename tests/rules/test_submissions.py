"""What may be sent in without an account: its parts, its limits, and how they are put together."""

from __future__ import annotations

from datetime import date

import pytest

from review.rules import submissions, texts
from review.rules.errors import Invalid
from review.rules.submissions import Account, Wish

LONG = {name: "x" * (most + 1) for name, most in submissions.LONGEST.items()}


def refused(deed: object, typed: dict[str, str]) -> dict[str, str]:
    with pytest.raises(Invalid) as refusal:
        deed(typed)  # type: ignore[operator]
    return refusal.value.problems


def test_an_account_is_kept_as_it_was_typed() -> None:
    typed = {"text": " Two explosions. ", "language": "ar", "when": "", "links": "\n https://a.example/1 \n\nhttps://a.example/2"}
    found = submissions.account(typed)
    assert found == Account("Two explosions.", "ar", links=("https://a.example/1", "https://a.example/2"))
    assert Account.from_dict(found.as_dict()) == found
    assert found.url == "https://a.example/1"
    assert found.received == "Two explosions.\n\nFurther links: https://a.example/2"


def test_a_wish_is_kept_as_it_was_typed() -> None:
    found = submissions.wish({"text": "Wrong.", "right": "Right.", "source": None, "contact": " "})
    assert found == Wish("Wrong.", "Right.") == Wish.from_dict(found.as_dict())
    assert found.received == "Wrong.\n\nWhat would be right: Right."


@pytest.mark.parametrize(
    ("deed", "typed", "problems"),
    [
        (submissions.account, {}, {"text": submissions.NO_TEXT}),
        (submissions.account, {"text": " \n"}, {"text": submissions.NO_TEXT}),
        (submissions.account, {"text": "x", "language": "xx"}, {"language": submissions.NO_LANGUAGE}),
        (submissions.account, {"text": "x", "links": "a\n" * 6}, {"links": submissions.TOO_MANY_LINKS}),
        (submissions.account, {"text": "x", "links": "a" * 2001}, {"links": submissions.LONG_LINKS}),
        *((submissions.account, {"text": "x", name: LONG[name]}, {name: submissions.TOO_LONG[name]})
          for name in ("text", "translation", "when", "where", "contact")),
        (submissions.wish, {"right": "x"}, {"text": submissions.NO_CORRECTION}),
        *((submissions.wish, {"text": "x", name: LONG[name]}, {name: submissions.TOO_LONG[name]})
          for name in ("text", "right", "source", "contact")),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_said_beside_its_field(deed: object, typed: dict[str, str], problems: dict[str, str]) -> None:
    assert refused(deed, typed) == problems


def test_of_several_long_fields_each_is_told_its_own_number() -> None:
    with pytest.raises(Invalid) as refusal:
        submissions.account({**LONG, "language": "en"})
    told = {name: sentence % refusal.value.values for name, sentence in refusal.value.problems.items()}
    assert set(told) == {"text", "translation", "when", "where", "contact"}
    assert all(f"at most {submissions.LONGEST[name]} " in sentence for name, sentence in told.items())


def test_the_longest_of_everything_is_what_the_record_can_carry() -> None:
    most = {name: text[:-1] for name, text in LONG.items()}
    links = "\n".join("a" * 400 for _one in range(5))
    assert len(submissions.account({**most, "links": links}).received) <= texts.LONGEST
    assert len(submissions.wish(most).received) <= texts.LONGEST
    told = {**most, "way": "telephone", "day": "2031-03-24"}
    assert len(submissions.taken_down(told, date(2031, 3, 24))[0].received) <= texts.LONGEST


@pytest.mark.parametrize(
    ("typed", "problems"),
    [
        ({}, []),
        ({"day": "2030-03-24"}, []),
        ({"way": "pigeon"}, ["way"]),
        ({"day": "2031-03-25"}, ["day"]),
        ({"day": "2030-03-23"}, ["day"]),
        ({"day": "20310324"}, ["day"]),
        ({"day": "yesterday", "way": "", "text": " "}, ["day", "text", "way"]),
    ],
)
def test_what_was_told_is_kept_with_its_way_and_day(typed: dict[str, str], problems: list[str]) -> None:
    told = {"text": "The mill had closed.", "way": "letter", "day": "2031-03-24", **typed}
    if problems:
        assert sorted(refused(lambda typed: submissions.taken_down(typed, date(2031, 3, 24)), told)) == problems
        return
    wish, way, day = submissions.taken_down(told, date(2031, 3, 24))
    assert (way, day) == ("letter", told["day"])
    assert wish.received == f"The mill had closed.\n\nTaken down: by letter, {day}"


@pytest.mark.parametrize(
    ("sizes", "problem"),
    [((1,) * 4, None), ((1,) * 5, submissions.TOO_MANY_FILES), ((7 * 1024 * 1024,), None), ((7 * 1024 * 1024 + 1,), submissions.TOO_LARGE)],
)
def test_files_have_a_number_and_a_size(sizes: tuple[int, ...], problem: str | None) -> None:
    if problem is None:
        submissions.check_files(sizes)
    else:
        assert refused(submissions.check_files, sizes) == {"files": problem}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("counts", "paused"),
    [((0, 0, 0), False), ((9, 39, 299), False), ((10, 10, 10), True), ((0, 40, 40), True), ((0, 0, 300), True)],
)
def test_too_much_from_one_place_or_from_all_pauses(counts: tuple[int, int, int], paused: bool) -> None:
    this_hour, today, of_all = counts
    assert submissions.paused(this_hour=this_hour, today=today, of_all=of_all) is paused


@pytest.mark.parametrize("typed", ["ABCD-efgh-2345-mnop", " abcdefgh2345mnop\n", "abcd efgh 2345 mnop"])
def test_a_code_is_known_however_it_was_copied(typed: str) -> None:
    assert submissions.tidy_code(typed) == "abcdefgh2345mnop"
    assert submissions.grouped_code("abcdefgh2345mnop") == "abcd-efgh-2345-mnop"
