"""The record on the pages: earlier codes, what parties say themselves, sources with where they come from."""

from __future__ import annotations

import pytest

from review.actions import incidents, sources
from review.rules.facts import Casualties, Facts, Party, Place, Range
from tests import builders
from tests.web.sitting import Browser, browser, sitting
from tests.web.test_public_pages import plain

ONE = "/desk/incidents/KV412"
RICH = {
    "time_type": "window", "time": "18:40", "time_end": "19:10",
    "places": (*builders.facts().places, Place((), None, (33.2504, 41.5), "town")),
    "parties": (Party(builders.PARTY), Party("Tarn Brigades", False, "targeted")),
    "strike_types": ("airstrike_artillery", "Trebuchet, large"), "causes": ("explosive",),
    "infrastructure": ("education", "Car, with a trailer"), "damage": (("education", "partial"),),
    "observations": ("double_tap",), "earlier_codes": ("K-1",),
    "ranges": (("civilians", Casualties(Range(3, 5))), ("journalists", Casualties(Range(1, 1)))),
}  # fmt: skip


@pytest.fixture
def team(staffed: builders.Desk) -> builders.Desk:
    return staffed


def words(client: Browser, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return plain(answer.get_data(as_text=True))


def published(team: builders.Desk) -> str:
    """A published incident that says all that facts can say."""
    ref = builders.agreed(team, builders.with_sources(team, builders.opened(team, **RICH)))
    builders.approved(team, ref)
    return ref


def test_an_incident_is_found_by_a_code_that_it_no_longer_bears(team: builders.Desk) -> None:
    published(team)
    builders.opened(team, codes=("NJ9",), summary="another place", places=())
    for client, path in ((sitting(team.app, team.spare), "/desk/incidents"), (browser(team.app), "/incidents")):
        assert "earlier: K-1" in words(client, f"{path}?q=k-1")
        assert "NJ9" not in words(client, f"{path}?q=k-1")
        assert "earlier: K-1" not in words(client, f"{path}?q=KV412")
        assert "KV412 earlier: K-1" in words(client, f"{path}/K-1")


@pytest.mark.parametrize("role", ["reviewer", "public"])
def test_the_whole_record_is_read_in_words(team: builders.Desk, role: str) -> None:
    published(team)
    client, path = (browser(team.app), "/incidents/KV412") if role == "public" else (sitting(team.app, team.spare), ONE)
    text = words(client, path)
    for said in (
        "between 18:40 and 19:10", "airstrike or artillery", "Trebuchet, large", "heavy weapons and explosive munitions",
        "education partly destroyed", "Car, with a trailer", "double tap", "Journalists", "said to be the target",
        "not tracked here", "33.25, 41.5", "primary",
    ):  # fmt: skip
        assert said in text, said
    assert "33.2504" not in text and "33.12345" not in text


def test_what_a_party_says_stands_beside_it_with_what_it_said_before(team: builders.Desk) -> None:
    published(team)
    lead = sitting(team.app, team.lead)
    first = {"party": builders.PARTY, "position": "non_credible", "reason": "It names no such sortie."}
    then = {**first, "position": "credible", "killed_min": "2", "killed_max": "2", "source": "1", "reason": "It accepts two."}
    for form in (first, then):
        assert lead.post(f"{ONE}/position", data=form).status_code == 303
    text = words(lead, ONE)
    assert text.index("credible") < text.index("concedes 2–2 killed") < text.index("Earlier positions") < text.index("non-credible")
    assert "It names no such sortie." in text and "It accepts two." in text
    back = lead.post(f"{ONE}/position", data={**then, "killed_min": "5"})
    assert back.status_code == 422
    assert "It accepts two." in back.get_data(as_text=True)


def test_a_contradiction_is_a_warning_and_no_wall(team: builders.Desk) -> None:
    ranges = (("children", Casualties(Range(4, 4))), ("civilians", Casualties(Range(1, 3))))
    builders.opened(team, ranges=ranges)
    assert "Children, women and men together are more than the civilians recorded." in words(sitting(team.app, team.spare), ONE)


# --- sources -----------------------------------------------------------------------------------------------

ATTACHED = {
    "url": "https://tarn.example/1", "title": "Communiqué 7", "kind": "party_media", "platform": "telegram",
    "language": "ar", "role": "supports_harm", "affiliated": "Tarn Brigades", "publishable": "y",
}  # fmt: skip


def test_a_source_says_on_what_platform_it_stands_and_whose_media_it_is(team: builders.Desk) -> None:
    ref = builders.opened(team)
    client = sitting(team.app, team.spare)
    refused = client.post(f"{ONE}/sources", data={**ATTACHED, "platform": "pigeon"})
    assert refused.status_code == 422
    assert 'value="Tarn Brigades"' in refused.get_data(as_text=True)
    assert client.post(f"{ONE}/sources", data=ATTACHED).status_code == 303
    source = builders.view(ref).sources[0]
    assert (source.kind, source.platform, source.affiliated) == ("party_media", "telegram", "Tarn Brigades")
    text = words(client, ONE)
    assert "media of a party: Tarn Brigades" in text and "Telegram" in text


def test_the_code_stands_in_words_with_its_reason(team: builders.Desk) -> None:
    ref = builders.with_sources(team)
    client = sitting(team.app, team.spare)
    form = {
        "role": "supports_harm", "reliability": "B", "credibility": "3", "credibility_note": "It names a clinic.",
        "coherence": "Fits S2.", "affiliated": "Tarn Brigades", "publishable": "y",
    }  # fmt: skip
    assert client.post(f"{ONE}/sources/1/assess", data=form).status_code == 303
    text = words(client, f"{ONE}/sources/1")
    for said in ("B3 usually reliable, possibly true", "It names a clinic.", "Fits S2.", "media of a party: Tarn Brigades"):
        assert said in text, said
    shown = client.get(f"{ONE}/sources/1").get_data(as_text=True)
    assert 'value="Tarn Brigades"' in shown  # an assessment is whole each time: the form begins from the last
    half = client.post(f"{ONE}/sources/1/assess", data={**form, "credibility": ""})
    assert half.status_code == 422
    assert "It names a clinic." in half.get_data(as_text=True)
    assert builders.view(ref).sources[0].credibility == "B3"


def test_an_archive_address_is_kept_with_what_was_found_there(team: builders.Desk) -> None:
    ref = builders.with_sources(team)
    client = sitting(team.app, team.spare)
    path, address = f"{ONE}/sources/1/archive", "https://archive.example/x1"
    refused = client.post(path, data={"archive": "no address", "checked": "empty"})
    assert refused.status_code == 422
    assert 'value="no address"' in refused.get_data(as_text=True)
    before = builders.view(ref).evidence
    assert client.post(path, data={"archive": address, "checked": "empty"}).status_code == 303
    now = builders.view(ref)
    assert (now.sources[0].archive, now.sources[0].checked, now.evidence) == (address, "empty", before)
    assert "archived elsewhere: empty" in words(client, ONE)
    sitting(team.app, team.lead).post(path, data={"archive": address, "checked": "content"})
    assert "archived elsewhere: has content" in words(client, ONE)


def test_the_public_reads_where_a_publishable_source_comes_from(team: builders.Desk) -> None:
    ref = builders.with_sources(team)
    sources.archive_source(team.spare, ref, 1, archive="https://archive.example/x1", checked="blocked")
    number = sources.attach_source(
        team.spare, ref, draft=builders.draft(7, platform="telegram", affiliated="Tarn Brigades", role="context")
    )
    hidden = sources.attach_source(
        team.spare, ref, draft=builders.draft(8, affiliated="CANARY Brigades", role="context", publishable=False)
    )
    assert (number, hidden) == (3, 4)
    sources.assess_source(team.spare, ref, 2, role="supports_harm", publishable=True, credibility="C2")
    builders.agreed(team, ref)
    builders.approved(team, ref)
    text = words(browser(team.app), "/incidents/KV412")
    for said in ("archived elsewhere: blocked", "media of a party: Tarn Brigades", "Telegram", "C2 fairly reliable, probably true"):
        assert said in text, said
    assert "CANARY" not in text


def test_the_notes_on_a_place_are_never_public(team: builders.Desk) -> None:
    ref = incidents.open_incident(
        team.enterer, stream=team.stream, facts=builders.facts(),
        exact={"notes": ["CANARY well"], "first_reported": {"by": "CANARY cook", "url": "https://canary.example/"}},
    )  # fmt: skip
    builders.agreed(team, builders.with_sources(team, ref))
    builders.approved(team, ref)
    assert "CANARY" not in words(browser(team.app), "/incidents/KV412")
    assert "canary" not in str(builders.row(ref).facts)
    assert isinstance(builders.view(ref).facts, Facts)
