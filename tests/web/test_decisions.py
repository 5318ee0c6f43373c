"""What a lead decides of a result, on the pages: another grade, a day to wait for, a vote taken out, a check."""

from __future__ import annotations

import pytest

from review.actions import approvals, claims, incidents, people, rechecks, settlements, sources, votes
from tests import builders
from tests.web.sitting import Browser, browser, hidden, sitting
from tests.web.test_public_pages import plain

WHY = "The second account is an echo of the first."


@pytest.fixture
def team(staffed: builders.Desk) -> builders.Desk:
    return staffed


def page(client: Browser, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, f"{path}: {answer.status_code}"
    return answer.get_data(as_text=True)


def sent(client: Browser, path: str, status: int = 303, **form: str) -> str:
    answer = client.post(path, data=form)
    assert answer.status_code == status, f"{path}: {answer.status_code} {plain(answer.get_data(as_text=True))[:600]}"
    return answer.get_data(as_text=True)


def at(ref: str, place: str = "") -> str:
    return f"/desk/incidents/{ref}{place}"


# --- another grade -----------------------------------------------------------------------------------------


def ask(client: Browser, ref: str, status: int = 303, **changes: str) -> str:
    seen = hidden(page(client, at(ref, "/approval")), "seen")
    form = {"grade": "weak", "killed_min": "3", "killed_max": "4", "reason": WHY, "seen": seen, **changes}
    return sent(client, at(ref, "/approval/override"), status, **form)


def test_another_grade_is_asked_for_seconded_approved_and_shown(team: builders.Desk) -> None:
    ref = builders.settled(team)
    first, second = sitting(team.app, team.leads[0]), sitting(team.app, team.leads[1])
    ask(first, ref)
    assert "Another grade was asked for and waits for your second." in plain(page(second, "/desk/waiting"))
    assert "waits for your second" not in plain(page(first, "/desk/waiting"))
    words = plain(page(first, at(ref, "/approval")))
    assert "A second lead who took no part has to agree to another grade. Davit Kolaru can." in words
    assert "Ilse Marchetti asks for Weak, 3–4 killed" in words
    other = page(second, at(ref, "/approval"))
    assert "Second Weak" in plain(other)
    sent(second, at(ref, "/approval/second"), seen=hidden(other, "seen"), reason="S2 copies S1.")
    mine = page(first, at(ref, "/approval"))
    assert "Approve as Weak, 3–4" in plain(mine)
    sent(first, at(ref, "/approval/approve"), seen=hidden(mine, "seen"), reason="It follows.")
    public = plain(page(browser(team.app), f"/incidents/{ref}"))
    for words in ("Approved as another grade.", "It was settled as Fair, 3–5 killed. Two lead editors who took no part set Weak instead.", WHY, "S2 copies S1."):
        assert words in public


@pytest.mark.parametrize(("grades", "dissenters"), [(("fair", "fair", "fair"), 0), (("fair", "fair", "weak"), 1)])
def test_leads_who_set_another_grade_make_nobody_who_agreed_a_dissenter(
    team: builders.Desk, grades: tuple[str, ...], dissenters: int
) -> None:
    ref = builders.closed(team, *grades)
    first, second = sitting(team.app, team.leads[0]), sitting(team.app, team.leads[1])
    ask(first, ref)
    for client, place in ((second, "/second"), (first, "/approve")):
        seen = hidden(page(client, at(ref, "/approval")), "seen")
        sent(client, at(ref, f"/approval{place}"), seen=seen, reason="S2 copies S1.")
    public = page(browser(team.app), f"/incidents/{ref}")
    assert "The votes agreed on Fair, 3–5 killed. Two lead editors who took no part set Weak instead." in plain(public)
    assert plain(public).count("minority") == dissenters
    assert plain(public).count("dissented") == dissenters
    assert public.count('class="other"') == 1 + dissenters
    assert "The grade follows from the votes" not in public


def test_a_grade_outside_the_votes_is_said_beside_the_field_and_nothing_typed_is_lost(team: builders.Desk) -> None:
    ref = builders.settled(team)
    answer = ask(sitting(team.app, team.lead), ref, 422, killed_max="40")
    assert "The range has to lie within what the votes said: 3–5 killed, 6–8 injured." in plain(answer)
    assert WHY in answer
    assert 'value="40"' in answer


def test_a_moved_dossier_keeps_what_was_typed_of_another_grade(team: builders.Desk) -> None:
    ref = builders.settled(team)
    client = sitting(team.app, team.lead)
    seen = hidden(page(client, at(ref, "/approval")), "seen")
    sources.attach_source(team.enterer, ref, draft=builders.draft(9))
    answer = ask(client, ref, 409, seen=seen)
    assert WHY in answer
    again = page(client, at(ref, "/approval"))
    assert WHY in again
    assert '<option value="weak" selected>' in again


def test_who_took_part_reads_why_they_cannot_ask_for_another_grade(team: builders.Desk) -> None:
    ref = builders.settled(team)
    incidents.declare_conflict(team.leads[1], ref, ground="I was born there.")
    words = plain(page(sitting(team.app, team.leads[1]), at(ref, "/approval")))
    assert "You declared a conflict over this incident, so you cannot ask for another grade." in words


# --- a day to wait for -------------------------------------------------------------------------------------


def test_an_approval_for_a_later_day_says_so_and_can_be_taken_back(team: builders.Desk) -> None:
    ref = builders.agreed(team)
    client = sitting(team.app, team.lead)
    before = page(client, at(ref, "/approval"))
    assert "You are asked to approve" in plain(before)
    seen = hidden(before, "seen")
    sent(client, at(ref, "/approval/approve"), reason="It holds.", seen=seen, not_before="2199-03-14")
    waiting = page(client, at(ref, "/approval"))
    assert "Approved, to be published on 14 March 2199." in plain(waiting)
    assert "Approved; it waits for its day. It is published on 14 March 2199." in plain(waiting)
    assert "You approved this version, for a later day" in plain(waiting)
    for untrue in ("You are asked to approve", "an earlier version", "2199-03-14", "is missing", "until you approve"):
        assert untrue not in plain(waiting)
    assert "It is published on 14 March 2199" in plain(page(client, "/desk/waiting"))
    assert browser(team.app).get(f"/incidents/{ref}").status_code == 404
    sent(client, at(ref, "/approval/return"), 422, seen=hidden(waiting, "seen"), to="round", reason="")
    sent(client, at(ref, "/approval/return"), seen=hidden(waiting, "seen"), to="round", reason="A witness asks.")
    assert builders.row(ref).stage == "grading"


# --- a vote taken out --------------------------------------------------------------------------------------


def test_a_lead_takes_a_vote_out_after_the_close_by_its_letter(team: builders.Desk) -> None:
    ref = builders.agreed(team)
    client = sitting(team.app, team.lead)
    assert 'id="exclude"' in page(client, at(ref))
    vote = builders.view(ref).live_of(1, builders.who(team.voters[0], ref))
    assert vote is not None
    answer = sent(client, at(ref, "/exclude"), 422, vote=str(vote.seq), ground="", reason="Kin.")
    assert "Say whether it is a conflict of interest or a doubt about who voted." in plain(answer)
    sent(client, at(ref, "/exclude"), vote=str(vote.seq), ground="conflict", reason="Kin.")
    assert builders.row(ref).needs_round
    assert "excluded" in plain(page(client, at(ref)))


def test_a_conflict_disclosed_late_stands_beside_the_vote_it_speaks_of(team: builders.Desk) -> None:
    ref = builders.agreed(team)
    lead = sitting(team.app, team.lead)
    assert "A conflict was declared since." not in plain(page(lead, at(ref)))
    incidents.declare_conflict(team.voters[0], ref, ground="My aunt lives there.")
    words = page(lead, at(ref))
    assert "A conflict was declared since." in plain(words)
    assert "My aunt" not in words


def test_the_form_is_for_leads_and_never_in_an_open_round(team: builders.Desk) -> None:
    ref = builders.agreed(team)
    assert 'id="exclude"' in page(sitting(team.app, team.lead), at(ref))
    assert 'id="exclude"' not in page(sitting(team.app, team.voters[0]), at(ref))
    opened, number = builders.round_opened(team)
    builders.cast(team.voters[0], opened, number)
    assert 'id="exclude"' not in page(sitting(team.app, team.lead), at(opened))


# --- a published version checked again ---------------------------------------------------------------------


def test_a_check_by_hand_is_public_until_it_is_confirmed(team: builders.Desk) -> None:
    ref = builders.published(team)
    client, reader = sitting(team.app, team.lead), browser(team.app)
    assert "Under recheck." not in plain(page(reader, f"/incidents/{ref}"))
    sent(client, at(ref, "/recheck"), 409, reason="A reader points to another village.")
    seen = hidden(page(client, at(ref)), "seen")
    sent(client, at(ref, "/recheck"), seen=seen, reason="A reader points to another village.")
    public = plain(page(reader, f"/incidents/{ref}"))
    assert "Under recheck." in public
    assert "A reader points to another village." in public
    seen = hidden(page(client, at(ref)), "seen")
    sent(client, at(ref, "/recheck/confirm"), seen=seen, reason="S1 names the village.")
    public = plain(page(reader, f"/incidents/{ref}"))
    assert "Under recheck." not in public
    assert "Checked again and confirmed" in public
    assert "S1 names the village." in public


def test_what_rests_on_a_withdrawn_source_is_listed(team: builders.Desk) -> None:
    ref = builders.published(team)
    sources.withdraw_source(team.enterer, ref, 1, reason="Its author asks for it.")
    words = plain(page(sitting(team.app, team.lead), at(ref)))
    assert "Source S1, on which it rests, was withdrawn." in words
    assert "round 1: A, B, C" in words
    public = plain(page(browser(team.app), f"/incidents/{ref}"))
    assert "Source S1, on which it rests, was withdrawn." in public
    outsider = plain(page(sitting(team.app, team.spare), at(ref)))
    assert "Under recheck." in outsider
    assert "round 1: A, B, C" not in outsider, "who cited what is for those inside"


def test_a_version_that_its_votes_no_longer_bear_is_not_confirmed(team: builders.Desk) -> None:
    ref = builders.published(team)
    vote = builders.view(ref).live(1)[0].seq
    votes.exclude_vote(team.lead, ref, vote, ground="identity", reason="Shared.")
    client = sitting(team.app, team.lead)
    words = page(client, at(ref))
    assert "The votes that are left no longer bear the grade. Reopen it for a new round." in plain(words)
    sent(client, at(ref, "/recheck/confirm"), 409, seen=hidden(words, "seen"), reason="It holds.")
    sent(client, at(ref, "/reopen"), seen=hidden(words, "seen"), ground="verdict", reason="A vote is gone.")
    assert builders.row(ref).needs_round


def test_a_confirmation_of_a_page_that_has_moved_is_stale(team: builders.Desk) -> None:
    ref = builders.published(team)
    rechecks.open_recheck(team.lead, ref, reason="Look.", seen=builders.row(ref).digest)
    client = sitting(team.app, team.lead)
    seen = hidden(page(client, at(ref)), "seen")
    sources.attach_source(team.enterer, ref, draft=builders.draft(9))
    sent(client, at(ref, "/recheck/confirm"), 409, seen=seen, reason="It holds.")
    assert builders.row(ref).recheck


# --- too few votes left ------------------------------------------------------------------------------------


def test_a_settlement_below_quorum_offers_its_end(team: builders.Desk) -> None:
    ref = builders.disputed(team)
    client = sitting(team.app, team.lead)
    assert "Too few votes are left." not in plain(page(client, at(ref, "/settlement")))
    votes.exclude_vote(team.lead, ref, builders.view(ref).live(1)[0].seq, ground="conflict", reason="Kin.")
    words = plain(page(client, at(ref, "/settlement")))
    assert "Exclusions left 2 of 3: nothing that is settled here can be approved." in words
    sent(client, at(ref, "/settlement/abandon"), reason="Kin of a victim.")
    assert builders.row(ref).stage == "logged"
    assert "Open another round" in plain(page(client, at(ref)))


def test_a_settlement_below_quorum_after_its_second_vote_says_how_it_goes_on(team: builders.Desk) -> None:
    ref = builders.undecided(team)
    votes.exclude_vote(team.lead, ref, builders.view(ref).live(2)[0].seq, ground="conflict", reason="Kin.")
    words = page(sitting(team.app, team.lead), at(ref, "/settlement"))
    assert "what comes of it goes back to a new round" in plain(words)
    assert "/settlement/abandon" not in words
    assert "/settlement/appoint" in words


# --- an ordinary mistake: its way back stands beside the thing ---------------------------------------------


def test_every_ordinary_mistake_is_undone_beside_the_thing(team: builders.Desk) -> None:
    ref, number = builders.round_opened(team)
    claims.group_claim(team.enterer, ref, builders.received(team))
    lead, enterer = sitting(team.app, team.lead), sitting(team.app, team.enterer)
    words = page(enterer, at(ref))
    assert "/ungroup" in words
    assert "/sources/1" in words
    assert "/withdraw" in page(enterer, at(ref, "/sources/1"))
    assert f"/rounds/{number}/release" in page(lead, at(ref))
    settling = builders.undecided(team)
    settlements.appoint_settler(team.lead, settling, team.spare.person or 0)
    words = page(lead, at(settling, "/settlement"))
    assert "/settlement/appoint" in words
    assert "Name another settler" in plain(words)


def test_somebody_who_left_can_still_be_released(team: builders.Desk) -> None:
    ref, number = builders.round_opened(team)
    gone = team.voters[2]
    people.deactivate_person(team.admin, gone.person or 0, reason="Left the group.")
    client = sitting(team.app, team.lead)
    words = page(client, at(ref))
    assert "somebody who still owes an answer has left the desk" in plain(words)
    assert f'<option value="{gone.person}"' in words
    sent(client, at(ref, f"/rounds/{number}/release"), person=str(gone.person), reason="Left.")
    assert "has left the desk" not in plain(page(client, at(ref)))


def test_only_leads_are_let_in(team: builders.Desk) -> None:
    ref = builders.settled(team)
    approvals.return_grade(team.lead, ref, to="round", reason="S2.", seen=builders.row(ref).digest)
    client = sitting(team.app, team.spare)
    for place in ("/approval/override", "/approval/second", "/recheck", "/recheck/confirm", "/exclude"):
        sent(client, at(ref, place), 403, reason=WHY)
