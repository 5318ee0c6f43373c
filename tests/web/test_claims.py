"""The queue of claims and the page of each: what it may repeat and why, where it goes, and the way back."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape

import pytest

from review.actions import claims, restrictions, sources
from review.models import Claim, session
from review.queries.claims import ROWS, Filter
from review.queries.likely import COMPARED
from tests import builders, trail
from tests.clocks import Clock
from tests.web.sitting import Browser, masked, sitting

REASON = "Because the desk agreed on it."
MORNING = datetime(2031, 3, 15, 9, tzinfo=UTC)
POST = "https://eluan.example/post/1"
HIT = "Marj Eluan, 14 March 2031: the grain store burned after dusk."
FARTHER = "Wedding hall collapsed, seven families fled towards Khor Bessan."


@pytest.fixture
def morning(time: Clock) -> None:
    time.at = MORNING


@pytest.fixture
def team(morning: None, staffed: builders.Desk) -> builders.Desk:
    return staffed


def received(team: builders.Desk, text: str, **more: str) -> str:
    """The name of a claim that waits."""
    seq = claims.receive_claim(team.reviewers[0], text=text, language="en", **more)
    return name_of(seq)


def name_of(seq: int) -> str:
    session.rollback()
    return session.get_one(Claim, seq).name


def row(name: str) -> Claim:
    session.rollback()
    return session.query(Claim).filter_by(name=name).populate_existing().one()


def page(client: Browser, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, f"{path}: {answer.status_code}"
    return answer.get_data(as_text=True)


def offered(text: str, field: str) -> dict[str, str]:
    """What may be chosen of likely incidents ("near") or duplicates ("twin"), and why it is shown."""
    rows = re.findall(rf'<li><label class="check"><input type="radio" name="{field}" value="([^"]+)"(.*?)</li>', text, re.S)
    why = {value: re.search(r'<span class="why">(.*?)</span></span>', rest, re.S)[1] for value, rest in rows}
    return {value: unescape(re.sub(r"<[^>]+>", "", words)) for value, words in why.items()}


# --- what is likely, and why -------------------------------------------------------------------------------


def kept(client: Browser, **typed: str) -> str:
    """The page that follows when a claim is kept by its form."""
    answer = client.post("/desk/claims/new", data=typed, follow_redirects=True)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_likely_duplicate_by_address(team: builders.Desk) -> None:
    first = received(team, FARTHER, url="http://www.eluan.example/post/1/?utm_source=feed")
    mine = sitting(team.app, team.reviewers[1])
    assert offered(kept(mine, text=HIT, url=POST), "twin") == {first: "Same address."}
    assert first not in offered(kept(mine, text=HIT, url=POST + "2"), "twin")


@pytest.mark.parametrize(
    ("day", "reasons"),
    [
        ("14", ["Same place, Marj Eluan, same day."]),
        ("11", ["Same place, Marj Eluan, within three days."]),
        ("10", []),
    ],
)
def test_likely_duplicate_by_date_and_place(team: builders.Desk, day: str, reasons: list[str]) -> None:
    builders.opened(team, date="2029-01-01", summary=None)  # the desk knows the place from elsewhere
    first = received(team, f"On {day} March 2031 a clinic at Marj Eluan lost its roof.")
    assert list(offered(kept(sitting(team.app, team.lead), text=HIT), "twin").items()) == [(first, one) for one in reasons]


@pytest.mark.parametrize(("text", "language"), [("حريق في مستشفي القريه الشرقيه", "ar"), ("HARBOUR bridge: Élu clinic", "en")])
def test_likely_duplicate_by_folded_text(team: builders.Desk, text: str, language: str) -> None:
    arabic, latin = received(team, "دخان فوق مُستشفى القـرية الشرقية"), received(team, "elu clinic, harbour bridge")
    shown = offered(kept(sitting(team.app, team.lead), text=text, language=language), "twin")
    assert list(shown) == [{"ar": arabic, "en": latin}[language]]
    assert next(iter(shown.values())).startswith("Same words: ")


def test_the_strongest_reason_comes_first_and_every_reason_is_told(team: builders.Desk) -> None:
    builders.opened(team, summary=None, date="2029-01-01")
    words = received(team, "The grain store burned, after dusk it was gone.")
    both = received(team, "Marj Eluan, 15 March 2031: smoke.", url=POST)
    shown = offered(kept(sitting(team.app, team.lead), text=HIT, url=POST), "twin")
    assert list(shown) == [both, words]
    assert shown[both] == "Same address. Same place, Marj Eluan, within three days."


def test_likely_incident_by_place_and_day_by_words_and_by_a_source(team: builders.Desk) -> None:
    builders.opened(team, codes=("KV1",), summary=None)
    builders.opened(team, codes=("KV2",), places=(), summary="grain store")
    ref = builders.opened(team, codes=("KV3",), places=(), summary=None)
    sources.attach_source(team.enterer, ref, draft=builders.draft(url=POST))
    builders.opened(team, codes=("KV4",), date="2031-03-01", summary="wedding hall")
    shown = offered(kept(sitting(team.app, team.lead), text=HIT, url=POST), "near")
    assert shown == {
        "KV3": "Same address.",
        "KV1": "Same place, Marj Eluan, same day.",
        "KV2": "Same words: grain, store.",
    }
    assert list(shown) == ["KV3", "KV1", "KV2"]


def test_an_incident_is_likely_for_a_claim_that_is_grouped_there(team: builders.Desk) -> None:
    ref = builders.opened(team, places=(), summary=None)
    first = received(team, FARTHER, url=POST)
    mine = sitting(team.app, team.lead)
    claims.group_claim(team.enterer, ref, row(first).seq)
    text = kept(mine, text=HIT, url=POST)
    assert (offered(text, "near"), list(offered(text, "twin"))) == ({"KV412": "Same address."}, [first])


def test_a_claim_that_was_set_aside_as_a_duplicate_or_withdrawn_is_no_candidate(team: builders.Desk) -> None:
    one, two, three, four = (received(team, FARTHER, url=POST) for _ in range(4))
    claims.duplicate_claim(team.lead, row(two).seq, of=row(one).seq, reason=REASON)
    claims.withdraw_claim(team.lead, row(three).seq, reason=REASON)
    claims.dismiss_claim(team.lead, row(four).seq, reason=REASON)
    assert set(offered(kept(sitting(team.app, team.lead), text=HIT, url=POST), "twin")) == {one, four}


def test_an_address_is_found_in_a_crowd_that_shares_words(team: builders.Desk) -> None:
    first = received(team, FARTHER, url=POST)
    for number in range(COMPARED + 1):
        received(team, f"Grain store burned after dusk, account {number}.")
    shown = offered(kept(sitting(team.app, team.lead), text=HIT, url=POST), "twin")
    assert (next(iter(shown.items())), len(shown)) == ((first, "Same address."), 5)


# --- what is not shown ---------------------------------------------------------------------------------------


def test_a_restricted_incident_and_its_claims_are_nowhere_for_others(team: builders.Desk) -> None:
    """The same pages with and without it: no candidate, no place it alone knows, no claim, no count."""
    ref = builders.opened(team)
    inside, repeats = received(team, HIT, url=POST), received(team, "The same once more.", url=POST)
    claims.group_claim(team.enterer, ref, row(inside).seq)
    claims.duplicate_claim(team.enterer, row(repeats).seq, of=row(inside).seq, reason=REASON)
    waiting = received(team, "At Marj Eluan, 14 March 2031, the grain store burned.", url=POST)
    named, other = sitting(team.app, team.reviewers[0]), sitting(team.app, team.reviewers[1])
    assert list(offered(page(other, f"/desk/claims/{waiting}"), "near")) == ["KV412"]

    restricted = restrictions.restrict_incident(team.lead, ref, people=[team.reviewers[0].person or 0], reason=REASON)
    seen = page(other, f"/desk/claims/{waiting}")
    assert (offered(seen, "near"), offered(seen, "twin")) == ({}, {})
    assert "Marj Eluan" not in re.findall(r'name="places-0-[a-z_]+"[^>]*', page(other, f"/desk/incidents/new?claim={waiting}"))
    for stage, name in (("grouped", inside), ("duplicate", repeats)):
        assert name not in page(other, f"/desk/claims?stage={stage}")
        assert name in page(named, f"/desk/claims?stage={stage}")
        assert other.get(f"/desk/claims/{name}").status_code == 404
        assert named.get(f"/desk/claims/{name}").status_code == 200
    assert counts(page(other, "/desk/claims")) == {"Received": "1", "Grouped": "0", "Set aside as a duplicate": "0", "Dismissed": "0", "Withdrawn": "0"}
    assert counts(page(named, "/desk/claims"))["Grouped"] == "1"
    assert restricted in offered(page(named, f"/desk/claims/{waiting}"), "near")
    assert other.post(f"/desk/claims/{waiting}/duplicate", data={"of": inside, "reason": REASON}).status_code == 422


def counts(text: str) -> dict[str, str]:
    """Each stage of the queue with the count beside it."""
    return {unescape(name): count for name, count in re.findall(r'stage=\w+"[^>]*>([^<]+) <span class="num">([^<]+)<', text)}


def test_a_vote_moves_nothing_on_the_pages_of_claims(team: builders.Desk) -> None:
    ref, number = builders.round_opened(team)
    inside, waiting = received(team, HIT), received(team, "At Marj Eluan on 14 March 2031 the grain store burned.")
    claims.group_claim(team.enterer, ref, row(inside).seq)
    client = sitting(team.app, team.lead)
    paths = ("/desk/claims", "/desk/claims?stage=grouped", f"/desk/claims/{inside}", f"/desk/claims/{waiting}")
    before = [masked(client.get(path)) for path in paths]
    builders.cast(team.voters[0], ref, number)
    assert [masked(client.get(path)) for path in paths] == before
    assert "KV412" in before[3]


def test_no_address_of_a_claim_tells_how_long_the_log_is(team: builders.Desk) -> None:
    names = [received(team, f"Account number {number}.") for number in range(ROWS + 1)]
    text = page(sitting(team.app, team.lead), "/desk/claims")
    assert f'href="/desk/claims?stage=received&amp;before={names[1]}"' in text
    assert not re.search(rf'href="[^"]*\b{trail.size() - 1}\b', text)


# --- the queue -----------------------------------------------------------------------------------------------


def test_the_queue_goes_on_page_by_page_without_losing_a_claim(team: builders.Desk) -> None:
    names = [received(team, f"Account number {number}.") for number in range(ROWS + 2)]
    client = sitting(team.app, team.lead)
    first = page(client, "/desk/claims")
    older = unescape(re.search(r'href="([^"]+)" rel="next"', first)[1])
    second = page(client, older)
    assert listed(first) == names[:1:-1]
    assert listed(second) == [names[1], names[0]]
    assert 'rel="prev"' in second
    assert page(client, "/desk/claims?before=c-nosuchclaim")


def listed(text: str) -> list[str]:
    """The claims of the list, in its order."""
    rows = re.search(r'class="claim-list">(.*?)</nav>', text, re.S)[1]
    return re.findall(r'<span class="code" translate="no">(c-[a-z2-7]{16})</span>', rows)


def test_each_stage_shows_its_count_and_leads_to_its_list(team: builders.Desk) -> None:
    _waits, two = received(team, HIT), received(team, FARTHER)
    claims.dismiss_claim(team.lead, row(two).seq, reason=REASON)
    text = page(sitting(team.app, team.lead), "/desk/claims?stage=dismissed")
    assert counts(text) == {"Received": "1", "Grouped": "0", "Set aside as a duplicate": "0", "Dismissed": "1", "Withdrawn": "0"}
    assert 'href="/desk/claims?stage=dismissed" aria-current="page"' in text
    assert listed(text) == [two]


@pytest.mark.parametrize(("count", "shown", "more"), [(0, 0, False), (1_000, 1_000, False), (1_001, 1_000, True)])
def test_a_count_stops_at_a_thousand(count: int, shown: int, more: bool) -> None:
    one = Filter("received", "/desk/claims?stage=received", count)
    assert (one.shown, one.more) == (shown, more)


# --- where it goes, and the way back ---------------------------------------------------------------------------


def done(client: Browser, name: str, verb: str, **typed: str) -> str:
    """What is shown after an act from the page of a claim: the claim again."""
    answer = client.post(f"/desk/claims/{name}/{verb}", data={"reason": REASON, **typed})
    assert (answer.status_code, answer.location) == (302, f"/desk/claims/{name}")
    return page(client, answer.location)


def test_group_and_ungroup(team: builders.Desk) -> None:
    builders.opened(team)
    name, client = received(team, HIT), sitting(team.app, team.reviewers[1])
    after = done(client, name, "group", near="KV412")
    assert f'action="/desk/claims/{name}/ungroup"' in after
    assert 'href="/desk/incidents/KV412"' in after
    assert client.post(f"/desk/claims/{name}/ungroup", data={"reason": ""}).status_code in (409, 422)
    assert f'action="/desk/claims/{name}/group"' in done(client, name, "ungroup")
    assert row(name).stage == "received"
    assert "This claim is in no incident now." in client.post(
        f"/desk/claims/{name}/ungroup", data={"reason": REASON}
    ).get_data(as_text=True)


def test_duplicate_and_restore(team: builders.Desk) -> None:
    one, two = received(team, HIT, url=POST), received(team, FARTHER, url=POST)
    client = sitting(team.app, team.reviewers[1])
    unanswered = client.post(f"/desk/claims/{two}/duplicate", data={"reason": REASON})
    assert unanswered.status_code == 422
    assert "Choose the claim that it repeats" in unanswered.get_data(as_text=True)
    after = done(client, two, "duplicate", twin=one)
    assert f'href="/desk/claims/{one}"' in after
    assert f'action="/desk/claims/{two}/restore"' in after
    assert f'action="/desk/claims/{two}/group"' in done(client, two, "restore")


@pytest.mark.parametrize(("verb", "stage"), [("dismiss", "dismissed"), ("withdraw", "withdrawn")])
def test_dismiss_and_restore_and_withdraw(team: builders.Desk, verb: str, stage: str) -> None:
    name, client = received(team, HIT), sitting(team.app, team.reviewers[1])
    assert f'action="/desk/claims/{name}/restore"' in done(client, name, verb)
    assert row(name).stage == stage
    assert name in page(client, f"/desk/claims?stage={stage}")
    done(client, name, "restore")
    assert row(name).stage == "received"


def test_what_was_chosen_is_still_chosen_where_a_reason_is_missing(team: builders.Desk) -> None:
    one, two = received(team, HIT, url=POST), received(team, FARTHER, url=POST)
    client = sitting(team.app, team.reviewers[1])
    answer = client.post(f"/desk/claims/{two}/duplicate", data={"twin": one, "reason": ""})
    assert answer.status_code == 422
    assert f'name="twin" value="{one}" checked' in answer.get_data(as_text=True)


def test_an_incident_opened_from_a_claim_begins_with_its_day_and_its_place(team: builders.Desk) -> None:
    builders.opened(team, date="2029-01-01")
    client = sitting(team.app, team.reviewers[1])
    known = page(client, f"/desk/incidents/new?claim={received(team, HIT)}")
    assert 'value="2031-03-14"' in known
    assert 'value="Marj Eluan"' in known
    assert 'value="مرج إلوان"' in known
    silent = page(client, f"/desk/incidents/new?claim={received(team, 'A mill burned.')}")
    assert "Marj Eluan" not in silent
    assert 'value="2031' not in silent


# --- the form ------------------------------------------------------------------------------------------------


def test_a_long_number_is_warned_of_once_and_then_kept(team: builders.Desk) -> None:
    client, before = sitting(team.app, team.reviewers[1]), trail.size()
    typed = {"text": "Her ID was ٩٠٠١١٢٢٣٣.", "language": "ar", "reporter": "call 0900112233"}
    warned = client.post("/desk/claims/new", data=typed)
    text = warned.get_data(as_text=True)
    assert (warned.status_code, trail.size()) == (422, before)
    assert "looks like a national ID" in text
    assert "٩٠٠١١٢٢٣٣" in text
    heeded = unescape(re.search(r'name="heeded" type="hidden" value="([^"]*)"', text)[1])
    more = client.post("/desk/claims/new", data={**typed, "heeded": heeded, "text": typed["text"] + " 111222333"})
    assert more.status_code == 422
    assert client.post("/desk/claims/new", data={**typed, "heeded": heeded}).status_code == 302
    session.rollback()
    assert trail.last().sealed["text"] == typed["text"]


def test_a_claim_without_a_long_number_is_kept_at_once(team: builders.Desk) -> None:
    typed = {"text": "Her ID was 90011223.", "url": "https://eluan.example/900112233"}
    assert sitting(team.app, team.reviewers[1]).post("/desk/claims/new", data=typed).status_code == 302


def test_a_long_number_in_a_reason_is_warned_of_as_well(team: builders.Desk) -> None:
    name, client = received(team, HIT), sitting(team.app, team.reviewers[1])
    typed = {"reason": "The guard, ID 900112233, is named elsewhere."}
    warned = client.post(f"/desk/claims/{name}/dismiss", data=typed)
    assert (warned.status_code, row(name).stage) == (422, "received")
    assert client.post(f"/desk/claims/{name}/dismiss", data={**typed, "heeded": "900112233"}).status_code == 302


def test_the_common_languages_are_offered_first_and_no_other_word_is_taken(team: builders.Desk) -> None:
    client = sitting(team.app, team.reviewers[1])
    offers = re.search(r'<select id="language".*?</select>', page(client, "/desk/claims/new"), re.S)[0]
    assert re.findall(r'value="([^"]*)"', offers)[:3] == ["", "ar", "en"]
    refused = client.post("/desk/claims/new", data={"text": HIT, "language": "elvish"})
    assert (refused.status_code, "Choose one of the languages listed" in refused.get_data(as_text=True)) == (422, True)
    assert client.post("/desk/claims/new", data={"text": HIT, "language": "ku"}).status_code == 302
