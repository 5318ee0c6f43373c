"""Sources: one address once, origins counted rather than links, and what moves the evidence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.rules import sources
from review.rules.errors import Invalid, NotFound
from review.rules.sources import Assessment, SourceDraft, normalised_url
from tests.rules import cases

NEW = SourceDraft(url="https://karsa.invalid/new", role="supports_harm")


@pytest.mark.parametrize(
    "one, other",
    [
        ("http://karsa.invalid/a", "https://karsa.invalid/a"),
        ("https://www.karsa.invalid/a/", "https://karsa.invalid/a"),
        ("https://KARSA.invalid./a", "https://karsa.invalid/a"),
        ("https://m.karsa.invalid/a", "https://karsa.invalid/a"),
        ("https://karsa.invalid:443/a", "https://karsa.invalid/a"),
        ("https://karsa.invalid/a#top", "https://karsa.invalid/a"),
        ("https://karsa.invalid/a?utm_source=x&fbclid=y", "https://karsa.invalid/a"),
        ("https://karsa.invalid/a?b=2&a=1", "https://karsa.invalid/a?a=1&b=2"),
        ("https://x.com/karsa/1?s=20&t=z", "https://mobile.twitter.com/karsa/1"),
        ("https://karsa.invalid", "https://karsa.invalid/"),
        (" https://karsa.invalid/a ", "https://karsa.invalid/a"),
    ],
)
def test_two_spellings_of_one_address_are_one(one, other):
    assert normalised_url(one) == normalised_url(other)


@pytest.mark.parametrize(
    "one, other",
    [
        ("https://karsa.invalid/a", "https://karsa.invalid/A"),
        ("https://karsa.invalid/a?id=1", "https://karsa.invalid/a?id=2"),
        ("https://karsa.invalid/a", "https://karsa.invalid:8443/a"),
        ("https://video.invalid/watch?t=1", "https://video.invalid/watch?t=2"),
    ],
)
def test_two_addresses_stay_two(one, other):
    assert normalised_url(one) != normalised_url(other)


@given(st.from_regex(r"https?://[a-z]{1,8}\.invalid(/[a-z]{0,4}){0,3}(\?[a-z]=[a-z]?)?", fullmatch=True))
def test_an_address_once_normalised_stays_so(url):
    assert normalised_url(normalised_url(url)) == normalised_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "ftp://karsa.invalid/a",
        "karsa.invalid/a",
        "https://",
        "https://amal:word@karsa.invalid/",
        "https://karsa.invalid:99999/",
        "https://[karsa/",
        "https://karsa.invalid/a b",
        "https://karsa.invalid/" + "a" * 2_048,
    ],
)
def test_what_is_no_web_address_is_refused(url):
    with pytest.raises(Invalid) as refusal:
        sources.attach(cases.logged().dossier, SourceDraft(url=url))
    assert list(refusal.value.problems) == ["url"]


@pytest.mark.parametrize(
    "draft, origin, material",
    [
        (NEW, 3, True),
        (SourceDraft(title="A leaflet", origin=1), 1, False),
        (SourceDraft(note="Ask the monitor again.", kind="note"), 3, False),
        (SourceDraft(file=True), 3, True),
        (SourceDraft(text="Seen at dawn."), 3, True),
    ],
)
def test_a_source_moves_the_evidence_iff_its_origin_is_new_and_it_is_no_note(draft, origin, material):
    attached = sources.attach(cases.logged().dossier, draft)
    assert (attached.number, attached.origin, attached.material) == (3, origin, material)


def test_an_echo_of_an_echo_has_the_root_for_its_origin():
    case = cases.logged()
    case.attach("dara", origin=1)
    assert sources.attach(case.dossier, SourceDraft(title="Again", origin=3)).origin == 1


@pytest.mark.parametrize(
    "field, draft",
    [
        ("url", SourceDraft()),
        ("url", SourceDraft(url="https://KARSA.invalid/1#top")),
        ("kind", SourceDraft(title="x", kind="rumour")),
        ("role", SourceDraft(title="x", role="proves")),
        ("language", SourceDraft(title="x", language="Arabic")),
        ("published", SourceDraft(title="x", published="2031-02-30")),
        ("published", SourceDraft(title="x", published="20310214")),
        ("origin", SourceDraft(title="x", origin=9)),
        ("note", SourceDraft(note="x" * 8_001)),
    ],
)
def test_a_source_that_cannot_be_taken_says_why(field, draft):
    with pytest.raises(Invalid) as refusal:
        sources.attach(cases.logged().dossier, draft)
    assert list(refusal.value.problems) == [field]


def test_an_address_attached_already_is_named():
    with pytest.raises(Invalid) as refusal:
        sources.attach(cases.logged().dossier, SourceDraft(url="http://karsa.invalid/2"))
    assert refusal.value.problems["url"] % refusal.value.values == "This address is attached here already, as S2."


def _withdrawn():
    case = cases.logged()
    case.record("source.withdrawn", "dara", {"reason": "Of another town."}, source=2)
    return case.dossier


def test_a_withdrawn_source_may_be_attached_again_under_a_new_number():
    assert sources.attach(_withdrawn(), SourceDraft(url="https://karsa.invalid/2")).number == 3


@pytest.mark.parametrize(
    "role, material", [("supports_harm", False), ("disputes", True), (None, True), ("official", True)]
)
def test_an_assessment_moves_the_evidence_iff_the_role_changed(role, material):
    made = sources.assess(cases.logged().dossier, 1, Assessment(role, publishable=True, credibility="B2"))
    assert made.material is material


@pytest.mark.parametrize(
    "field, change",
    [
        ("credibility", {"credibility": "G1"}),
        ("credibility", {"credibility": "A7"}),
        ("credibility", {"credibility": "B"}),
        ("role", {"role": "proves"}),
        ("note", {"note": "x" * 8_001}),
    ],
)
def test_an_assessment_that_cannot_be_taken(field, change):
    with pytest.raises(Invalid) as refusal:
        sources.assess(
            cases.logged().dossier, 1, Assessment(**{"role": "supports_harm", "publishable": False, **change})
        )
    assert list(refusal.value.problems) == [field]


def test_sources_of_one_account_count_once():
    case = cases.logged()
    grouped = sources.group(case.dossier, 1, [2])
    assert (grouped.origin, grouped.sources) == (1, (2,))
    case.record("source.grouped", "dara", origin=grouped.origin, sources=list(grouped.sources))
    assert case.dossier.origins == {1}
    assert sources.separate(case.dossier, 2) == sources.Grouped(2, (2,))


@pytest.mark.parametrize("origin, numbers", [(1, []), (1, [9]), (9, [1]), (1, [1])])
def test_sources_that_cannot_be_grouped(origin, numbers):
    with pytest.raises(Invalid):
        sources.group(cases.logged().dossier, origin, numbers)


@pytest.mark.parametrize("number", [2, 9])
def test_what_is_not_attached_cannot_be_withdrawn_or_assessed(number):
    with pytest.raises(NotFound):
        sources.withdraw(_withdrawn(), number)
    with pytest.raises(NotFound):
        sources.assess(_withdrawn(), number, Assessment("context", publishable=False))


def test_every_vote_that_cites_a_source_is_listed():
    case = cases.in_round()
    cited = case.cast("amal", cases.ballot(sources=(1, 2)))
    case.cast("bram", cases.ballot(sources=(1,)))
    case.cast("cleo", cases.ballot(sources=(1,)))
    case.close()
    assert sources.cited_by(case.opened, 2) == (cited,)
