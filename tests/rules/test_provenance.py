"""What the trail seals of a source: a word alone as in the first release, an object where there is more to say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.rules import sources
from review.rules.errors import Invalid
from review.rules.provenance import Credibility, Kind
from tests.rules import cases

word = st.none() | st.text("abc", min_size=1, max_size=4)


@given(st.builds(Kind, word, word, word))
def test_a_kind_is_read_as_it_was_sealed(kind):
    assert Kind.opened(kind.sealed()) == kind


@given(st.builds(Credibility, word, word, word))
def test_a_credibility_is_read_as_it_was_sealed(credence):
    assert Credibility.opened(credence.sealed()) == credence


@pytest.mark.parametrize("kind", [None, "news_article"])
def test_a_word_alone_is_sealed_and_read_as_in_the_first_release(kind):
    assert Kind(kind).sealed() == kind and Kind.opened(kind) == Kind(kind)
    assert Credibility("B2").sealed() == "B2" and Credibility.opened("B2") == Credibility("B2")


def attached(**sealed):
    """A case with one source of these sealed words, folded."""
    case = cases.logged()
    number = len(case.dossier.sources) + 1
    case.record("source.attached", "dara", {"origin": number, **sealed}, source=number, material=True)
    return case, case.dossier.sources[-1]


def test_the_fold_knows_platform_and_side():
    kind = Kind("social_post", "telegram", "Tarn Brigades").sealed()
    _case, source = attached(kind=kind, role="supports_harm")
    assert (source.kind, source.platform, source.affiliated) == ("social_post", "telegram", "Tarn Brigades")


def test_an_assessment_says_whose_media_it_is_whole_each_time():
    case, source = attached(role="context")
    number = source.number
    for credence, side in ((Credibility("B2", "It names a clinic.", "Tarn Brigades"), "Tarn Brigades"), (Credibility("B2"), None)):
        case.record("source.assessed", "dara", {"role": "context", "credibility": credence.sealed()}, source=number, material=False)
        now = case.dossier.source(number)
        assert (now.credibility, now.affiliated, now.platform) == ("B2", side, None)


def test_an_archive_takes_away_no_copy_of_our_own_and_no_copy_the_archive():
    case, source = attached(role="context")
    number, file = source.number, {"sha256": "a" * 64, "size": 3, "media": "text/plain"}
    case.record("source.captured", "dara", {"file": file, "checked": "content"}, source=number)
    assert case.dossier.source(number).checked is None
    case.record("source.captured", "dara", {"archive": "https://archive.invalid/1", "checked": "empty"}, source=number)
    case.record("source.captured", "dara", {"file": {**file, "size": 4}, "checked": "content"}, source=number)
    now = case.dossier.source(number)
    assert (now.file["size"], now.archive, now.checked) == (4, "https://archive.invalid/1", "empty")


@pytest.mark.parametrize(
    "address, checked, field",
    [
        ("https://archive.invalid/1", "empty", None),
        ("https://archive.invalid/1", None, None),
        ("", "empty", "archive"),
        ("archive of Marj", "empty", "archive"),
        ("https://archive.invalid/1", "looked fine", "checked"),
    ],
)
def test_an_archive_has_an_address_and_what_was_found_there(address, checked, field):
    case, source = attached(role="context")
    if field is None:
        kept = sources.archive(case.dossier, source.number, address, checked)
        assert (kept.address, kept.checked) == (address, checked or "unchecked")
        return
    with pytest.raises(Invalid) as refusal:
        sources.archive(case.dossier, source.number, address, checked)
    assert list(refusal.value.problems) == [field]


def test_the_same_finding_twice_is_no_news():
    case, source = attached(role="context")
    found = {"archive": "https://archive.invalid/1", "checked": "blocked"}
    case.record("source.captured", "dara", found, source=source.number)
    with pytest.raises(Invalid):
        sources.archive(case.dossier, source.number, *found.values())
    assert sources.archive(case.dossier, source.number, found["archive"], "content").checked == "content"
