"""What the reasons of a vote turn on: the last line of the rationale, and nothing else of it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from review.rules.tags import TAGS, parted, tagged


def test_tags_stand_as_the_last_line_in_one_order() -> None:
    assert tagged("Two accounts.", ["count", "origins"]) == "Two accounts.\n#origins #count"
    assert parted("Two accounts.\n#origins #count") == ("Two accounts.", ("origins", "count"))


def test_a_tag_that_stands_there_already_is_not_written_twice() -> None:
    once = tagged("Two accounts.", ["place"])
    assert tagged(once, ["place"]) == once


def test_tags_alone_are_no_rationale() -> None:
    assert tagged(None, ["place"]) is None
    assert tagged("#place", []) is None


def test_a_line_with_anything_else_on_it_is_a_line_of_the_text() -> None:
    for last in ("#place and more", "#elsewhere", "S1 #place", "##place", "place"):
        assert parted(f"Two accounts.\n{last}") == (f"Two accounts.\n{last}", ())
        assert tagged(f"Two accounts.\n{last}", []) == f"Two accounts.\n{last}"


@given(st.text(alphabet="ab #\n", max_size=20), st.sets(st.sampled_from(sorted(TAGS))))
def test_what_is_taken_apart_is_put_together_again(text: str, tags: set[str]) -> None:
    whole = tagged(text, tags)
    words, found = parted(whole)
    assert tagged(words, found) == whole
    assert whole is None or set(found) >= tags
