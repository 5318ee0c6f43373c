"""How people are looked after: what is shown unasked, what they take on, when a break is due; plain text with marks."""

from datetime import UTC, datetime, timedelta

import pytest

from review.rules import care
from review.rules.care import Settings, available, break_due, graphic, showing, sits_since
from review.rules.plain_text import blocks

NOON = datetime(2031, 3, 24, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize("media", care.MEDIA)
@pytest.mark.parametrize("warning", [None, "graphic"])
def test_what_is_graphic_or_unknown_is_shown_to_nobody_unasked(media, warning):
    assert showing(media, warning, None) == "withheld"


@pytest.mark.parametrize("media, shown", [("ask", "withheld"), ("text", "withheld"), ("calm", "grey")])
def test_what_was_found_calm_is_shown_unasked_to_whom_chose_so_and_in_grey(media, shown):
    assert showing(media, "calm", None) == shown


@pytest.mark.parametrize("asked", ["grey", "colour"])
def test_what_was_asked_for_is_shown_as_it_was_asked_for(asked):
    assert showing("text", "graphic", asked) == asked


@pytest.mark.parametrize(
    "warning, media, harm",
    [
        (None, "image/png", True),
        (None, "video/mp4", True),
        ("calm", "image/png", False),
        ("graphic", None, True),
        (None, "text/plain", False),
        (None, "audio/ogg", False),
        (None, None, False),
    ],
)
def test_a_picture_that_nobody_looked_at_counts_as_graphic(warning, media, harm):
    assert graphic(warning, media) is harm


@pytest.mark.parametrize("today, week, free", [(0, 0, True), (1, 4, True), (2, 2, False), (0, 5, False)])
def test_nobody_is_asked_beyond_the_number_that_they_set(today, week, free):
    assert available(Settings(per_day=2, per_week=5), today=today, this_week=week, is_graphic=True) is free


@pytest.mark.parametrize("is_graphic", [True, False])
def test_whoever_wants_no_graphic_material_is_asked_for_the_rest(is_graphic):
    assert available(Settings(no_graphic=True), today=9, this_week=9, is_graphic=is_graphic) is not is_graphic


def test_without_limits_everything_may_be_asked():
    assert available(Settings(), today=99, this_week=99, is_graphic=True)


@pytest.mark.parametrize("minutes, due", [(44, None), (45, 45), (61, 61)])
def test_a_break_is_suggested_after_the_time_chosen(minutes, due):
    assert break_due(Settings(break_after=45), NOON, NOON + timedelta(minutes=minutes)) == due


def test_who_wants_no_break_suggested_is_told_nothing():
    assert break_due(Settings(break_after=None), NOON, NOON + timedelta(hours=9)) is None


@pytest.mark.parametrize("away, anew", [(14, False), (15, True)])
def test_a_pause_of_a_quarter_of_an_hour_begins_the_time_at_the_desk_anew(away, anew):
    later = NOON + timedelta(minutes=away)
    assert sits_since(NOON - timedelta(hours=1), NOON, later) == (later if anew else NOON - timedelta(hours=1))


def test_a_text_is_read_as_headings_lists_and_paragraphs():
    found = blocks("## Call\nfirst line\nsecond line\n\nnext\n- one\n- two")
    assert [(block.kind, len(block.lines)) for block in found] == [
        ("heading", 1), ("paragraph", 2), ("paragraph", 1), ("list", 2),
    ]  # fmt: skip


def test_only_strong_words_and_plain_addresses_are_marks_within_a_line():
    (block,) = blocks("**Call** https://help.example/a. <script>x</script> javascript:alert(1)")
    assert block.lines[0] == (
        ("strong", "Call"),
        ("words", " "),
        ("link", "https://help.example/a"),
        ("words", ". <script>x</script> javascript:alert(1)"),
    )
