"""What a person types is cleaned and never cut."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.rules import texts


@pytest.mark.parametrize(
    "typed, kept",
    [
        (None, None),
        ("", None),
        (" \n\t ", None),
        (" Seen. ", "Seen."),
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("a\x00b\x1bc\x7f", "abc"),
        ("\ud800", None),
        ("قرية \u200fكرسا", "قرية \u200fكرسا"),
        ("a\tb", "a\tb"),
    ],
)
def test_control_characters_go_and_words_stay(typed, kept):
    assert texts.cleaned(typed) == kept


@given(st.text())
def test_cleaning_twice_is_cleaning_once(typed):
    once = texts.cleaned(typed)
    assert texts.cleaned(once) == once


def test_a_text_at_the_limit_is_kept():
    assert not texts.too_long("a" * texts.LONGEST)
    assert texts.too_long("a" * (texts.LONGEST + 1))


def test_what_goes_are_the_controls_and_lone_surrogates_of_unicode_and_nothing_else() -> None:
    letters = [chr(point) for point in range(sys.maxunicode + 1)]
    gone = {letter for letter in letters if unicodedata.category(letter) in ("Cc", "Cs")} - {"\n", "\t", "\r"}
    kept = texts.cleaned("x" + "".join(letter for letter in letters if letter != "\r") + "x")
    assert kept is not None
    assert set(letters) - set(kept) == gone | {"\r"}
