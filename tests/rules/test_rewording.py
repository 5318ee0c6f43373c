"""Word diffs: whole words in any script, and both texts come back from the pieces."""

import pytest

from review.rules import rewording
from review.rules.rewording import reworded

BEFORE = "Residents and one local outlet report that a vehicle was struck."
AFTER = "Residents and two local outlets report that a minibus was struck. Three are named."
ARABIC = ("قال السكان إنّ مُحَمَّدًا كان في البيت", "قال السكان إنّ أحمد كان في بيت العائلة")  # fmt: skip
PAIRS = [
    (BEFORE, AFTER),
    ARABIC,
    ("", "Three are named."),
    ("Three are named.", ""),
    ("killed 3–5,  near the mill", "killed 3–6 near\nthe mill"),
    ("a b c d", "d c b a"),
    ("العربة was struck", "عربة was struck"),
]


def said(before: str, after: str, mark: str) -> list[str]:
    return [piece.text for piece in reworded(before, after) if piece.mark == mark and not piece.text.isspace()]


@pytest.mark.parametrize("before, after", PAIRS)
def test_both_texts_come_back_from_the_pieces(before: str, after: str) -> None:
    pieces = reworded(before, after)
    assert "".join(piece.text for piece in pieces if piece.mark != "new") == before
    assert "".join(piece.text for piece in pieces if piece.mark != "gone") == after


def test_only_the_words_that_changed_are_marked() -> None:
    assert said(BEFORE, AFTER, "gone") == ["one", "outlet", "vehicle"]
    assert said(BEFORE, AFTER, "new") == ["two", "outlets", "minibus", "Three are named."]


def test_an_arabic_word_changes_whole_with_the_signs_written_on_it() -> None:
    assert said(*ARABIC, "gone") == ["مُحَمَّدًا", "البيت"]
    assert said(*ARABIC, "new") == ["أحمد", "بيت العائلة"]
    assert said("إنّ البيت", "إنَّ البيت", "gone") == ["إنّ"], "one sign more is another word, never half of one"


def test_the_joiner_within_a_word_does_not_cut_it() -> None:
    assert rewording.words("می\u200cرود ده o’clock") == ("می\u200cرود", " ", "ده", " ", "o’clock")


def test_words_that_changed_one_after_the_other_read_as_one_change() -> None:
    assert said("the old grey mill", "the new white mill", "gone") == ["old grey"]
    assert said("the old grey mill", "the new white mill", "new") == ["new white"]


def test_nothing_is_marked_where_nothing_changed() -> None:
    assert {piece.mark for piece in reworded(BEFORE, BEFORE)} == {"same"}


def test_a_text_too_long_to_compare_is_replaced_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rewording, "MOST_WORDS", 3)
    assert [(piece.mark, piece.text) for piece in reworded("one two three", "one two four")] == [
        ("gone", "one two three"),
        ("new", "one two four"),
    ]
