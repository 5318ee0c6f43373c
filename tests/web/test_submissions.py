"""From the public's form to a published incident and back to the receipt, and a correction of it; all without a script."""

from __future__ import annotations

import logging
import re
from datetime import timedelta
from html import unescape
from io import BytesIO

import pytest
from sqlalchemy import select
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import encode_multipart

from review.actions import claims, corrections, submissions, submitting
from review.actions.taking_down import enter_correction
from review.models import Claim, SubmissionFile, session
from review.rules import submissions as rules
from review.views.pacing import Pace
from review.views.submitting import PACE
from tests import builders, sent_in, staffing, trail
from tests.actions.test_imported_corrections import imported
from tests.builders import Desk
from tests.clocks import Clock
from tests.web.sitting import Browser, browser, hidden, masked, sitting

CODE = re.compile(r'<bdi dir="ltr" class="code" translate="no">([a-z2-7-]+)</bdi>')


@pytest.fixture
def filling() -> staffing.Filling:
    return lambda team, _time: builders.published(team)


@pytest.fixture
def team(time: Clock, staffed: Desk) -> Desk:
    return staffed


def page(client: Browser, path: str, code: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == code, f"{path}: {answer.status_code}"
    return unescape(answer.get_data(as_text=True))


def sends(client: Browser, time: Clock, path: str, code: int = 200, **typed: object) -> str:
    """Look at a form for ten seconds, fill it in, send it."""
    stamp = hidden(page(client, path), "stamp")
    time.at = time.at.replace(minute=(time.at.minute + 1) % 60)
    answer = client.post(path, data={"stamp": stamp, "website": "", **typed}, content_type="multipart/form-data")
    assert answer.status_code == code, answer.status_code
    assert answer.headers["Cache-Control"] == "no-store" and "Set-Cookie" not in answer.headers
    return unescape(answer.get_data(as_text=True))


def code_in(text: str) -> str:
    found = CODE.search(text)
    assert found, text
    return found[1]


def says(client: Browser, code: str) -> str:
    """What the page of receipts answers."""
    answer = client.post("/submit/receipt", data={"code": code})
    assert answer.status_code == 200
    text = unescape(answer.get_data(as_text=True))
    return re.sub(r"<[^>]+>|\s+", " ", text[text.index('id="state"') : text.index("</section>")])


def presses(client: Browser, path: str, **typed: str) -> str:
    """Send a form of the desk; answers the page that follows."""
    answer = client.post(path, data=typed, follow_redirects=True)
    assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.get_data(as_text=True)[:2000]}"
    return unescape(answer.get_data(as_text=True))


def test_an_account_goes_from_the_public_form_through_quarantine_into_a_published_incident(
    team: Desk, time: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    anybody, lina, lead = browser(team.app), sitting(team.app, team.enterer), sitting(team.app, team.lead)
    form = page(anybody, "/submit")
    assert "Tor Browser or a VPN" in form and "after 90 days" in form and 'tabindex="-1"' in form
    assert 'enctype="multipart/form-data" autocomplete="off">' in form
    files = [(BytesIO(sent_in.PICTURE), "IMG_canaryname.png")]
    code = code_in(sends(anybody, time, "/submit", **sent_in.ACCOUNT, files=files))
    assert "It waits." in says(anybody, code)
    assert "1 message from the public waits" in page(lina, "/desk") and "the oldest: today" in page(lead, "/desk/waiting")
    queue = page(lina, "/desk/submissions")
    assert sent_in.ACCOUNT["text"] in queue and "Somebody at 0000" not in queue
    at = f"/desk/submissions/{sent_in.last()}"
    one = page(lina, at)
    assert "Tuesday before sunrise" in one and "lead editors can read how" in one and "<img" not in one
    assert "Somebody at 0000" not in one and "Somebody at 0000" in page(lead, at)
    saved = lina.get(f"{at}/files/1")
    assert saved.data == sent_in.PICTURE and saved.headers["Content-Disposition"].startswith("attachment")
    assert saved.content_type == "application/octet-stream"
    early = lina.post(f"{at}/files/1/attach", data={"incident": "BA100", "title": "Too early", "kind": "photograph"})
    assert early.status_code == 404
    assert "waits to be placed" in presses(lina, f"{at}/accept")
    assert "was passed on to the desk" in says(anybody, code)
    session.rollback()
    (claim,) = session.scalars(select(Claim.seq)).all()
    ref = builders.with_sources(team, builders.opened(team, codes=("BA100",)))
    claims.group_claim(team.enterer, ref, claim)
    attached = presses(lina, f"{at}/files/1/attach", incident="BA100", title="A picture of the mill", kind="photograph")
    assert "A picture of the mill" in attached
    before = says(anybody, code)
    builders.approved(team, builders.agreed(team, ref))
    assert "BA100" not in before and 'What you sent belongs to an incident that was published' in says(anybody, code)
    sealed = (code, code.replace("-", ""), "Somebody at 0000", "canaryname", "127.0.0.1", sent_in.ACCOUNT["text"])
    assert [one for one in sealed if one in caplog.text] == []


def test_an_error_keeps_what_was_typed_says_that_files_are_not_and_a_second_press_is_taken(team: Desk, time: Clock) -> None:
    anybody = browser(team.app)
    page_again = sends(
        anybody, time, "/submit", 422, text="Two <explosions>.", when="At dawn", language="ar",
        files=[(BytesIO(b"<svg onload=x>"), "x.png")],
    )  # fmt: skip
    assert "Two <explosions>." in page_again and "At dawn" in page_again and "Choose your files again." in page_again
    assert 'value="ar" selected' in page_again and "pictures, video, sound, PDF" in page_again
    stamp = hidden(page_again, "stamp")
    quick = anybody.post("/submit", data={"stamp": "", "text": "Two explosions."})
    assert quick.status_code == 422 and rules.NOT_OURS in unescape(quick.get_data(as_text=True))
    again = anybody.post("/submit", data={"stamp": stamp, "text": "Two explosions."})
    assert code_in(again.get_data(as_text=True)) and len(sent_in.rows()) == 1
    assert session.scalars(select(SubmissionFile.number)).all() == []


def test_a_correction_goes_from_the_public_page_to_its_note_and_the_receipt_tells(
    team: Desk, time: Clock, filled: str
) -> None:
    anybody, mara, lead = browser(team.app), sitting(team.app, team.spare), sitting(team.app, team.lead)
    assert "/incidents/KV412/correction" in page(anybody, "/incidents/KV412")
    assert "What is wrong" in page(anybody, "/incidents/KV412/correction")
    page(anybody, "/incidents/KV999/correction", 404)
    assert rules.NO_CORRECTION in sends(anybody, time, "/incidents/KV412/correction", 422, right="Nobody worked there.")
    code = code_in(sends(anybody, time, "/incidents/KV412/correction", **sent_in.WISH))
    before = masked(anybody.get("/incidents/KV412"))
    at = f"/desk/submissions/{sent_in.last()}"
    assert "The mill had closed." in page(mara, at) and "KV412" in page(mara, "/desk/submissions")
    assert "A lead editor gives it its outcome." in presses(mara, f"{at}/accept")
    assert masked(anybody.get("/incidents/KV412")) == before
    assert "1 request for a correction waits" in page(lead, "/desk/waiting")
    desk = at.replace("submissions", "corrections")
    assert "The miller" in page(lead, desk) and "nobody yet" in page(lead, "/desk/corrections")
    assert "The request is yours now." in presses(lead, f"{desk}/take")
    known = hidden(page(lead, desk), "seen")
    assert lead.post(f"{desk}/publish", data={"text": " ", "seen": known}).status_code == 422
    assert lead.post(f"{desk}/publish", data={"text": "A note.", "seen": "another"}).status_code == 409
    note = "The mill had closed in autumn."
    assert "The note is published" in presses(lead, f"{desk}/publish", text=note, seen=known)
    assert "The mill had closed in autumn." in page(anybody, "/incidents/KV412")
    assert "A note of correction was published on 24 March 2031." in says(anybody, code)
    assert "The miller" not in page(anybody, "/incidents/KV412")
    session.rollback()
    assert trail.types(filled)[-1] == "correction.published"
    assert page(lead, "/desk/corrections?state=ended").count("a note was published") == 1


def test_turned_away_and_back_and_the_receipt_never_says_why(team: Desk, time: Clock) -> None:
    anybody, lina = browser(team.app), sitting(team.app, team.enterer)
    code, at = sent_in.account(time, text="An account: 900112233."), f"/desk/submissions/{sent_in.last()}"
    assert "looks like a national ID" in page(lina, at)
    assert lina.post(f"{at}/refuse", data={"reason": ""}).status_code == 422
    assert "It was turned away." in presses(lina, f"{at}/refuse", reason="An advertisement.")
    assert "was not taken up" in says(anybody, code) and "advertisement" not in says(anybody, code)
    assert "An advertisement." in page(lina, at) and "It is erased after 23 April 2031." in page(lina, at)
    assert "It waits again." in presses(lina, f"{at}/reconsider")
    assert "It waits." in says(anybody, code)


@pytest.mark.parametrize(("code", "sentence"), [("", rules.NO_CODE), ("abcd-efgh-2345-mnop", rules.UNKNOWN_CODE)])
def test_a_code_that_is_none_is_refused_in_a_sentence(team: Desk, code: str, sentence: str) -> None:
    answer = browser(team.app).post("/submit/receipt", data={"code": code})
    told = sentence % {"letters": 16, "years": 2}
    assert answer.status_code == 422 and told in unescape(answer.get_data(as_text=True))
    assert "/submit/receipt" in page(browser(team.app), "/submit")


def test_a_call_is_written_down_and_its_code_read_out(team: Desk, filled: str) -> None:
    anybody, mara, lead = browser(team.app), sitting(team.app, team.spare), sitting(team.app, team.lead)
    form = page(mara, "/desk/corrections/new?incident=KV412")
    assert 'value="KV412"' in form and "/desk/corrections/new" in page(mara, "/desk/submissions")
    typed = {"stamp": hidden(form, "stamp"), "incident": "KV412", "way": "letter", "day": "2031-03-20", **sent_in.WISH}
    wrong = mara.post("/desk/corrections", data={**typed, "way": ""})
    again = unescape(wrong.get_data(as_text=True))
    assert wrong.status_code == 422 and rules.NO_WAY in again and "The mill had closed." in again
    assert hidden(again, "stamp") == typed["stamp"]
    kept = mara.post("/desk/corrections", data=typed)
    assert kept.status_code == 200 and kept.headers["Cache-Control"] == "no-store"
    code = code_in(unescape(kept.get_data(as_text=True)))
    assert "It was received on 20 March 2031." in says(anybody, code)
    one = page(lead, f"/desk/submissions/{sent_in.last()}")
    assert "It came by letter on 20 March 2031." in one and "The miller" in one
    assert f"<bdi>{team.spare.name}</bdi> copied it from what the sender had written" in one


def test_a_call_and_a_message_about_one_incident_name_each_other(team: Desk, time: Clock, filled: str) -> None:
    lead, names = sitting(team.app, team.lead), []
    enter_correction(team.spare, submitting.new_stamp(), "KV412", {**sent_in.WISH, "way": "telephone", "day": "2031-03-20"})
    names.append(sent_in.last())
    submissions.accept_correction(team.spare, names[0])
    alone = page(lead, f"/desk/corrections/{names[0]}")
    assert f"the words below are those of <bdi>{team.spare.name}</bdi>." in alone and "Other requests" not in alone
    sent_in.wish(time, filled)
    names.append(sent_in.last())
    both = page(lead, f"/desk/corrections/{names[0]}")
    assert f'href="/desk/submissions/{names[1]}"' in both and "waits to be looked through" in both
    submissions.accept_correction(team.enterer, names[1])
    corrections.take_correction(team.lead, names[0])
    of_message = page(lead, f"/desk/corrections/{names[1]}")
    assert f'href="/desk/corrections/{names[0]}">Received on 24 March 2031, by telephone</a>' in of_message
    assert f"Taken on by <bdi>{team.lead.name}</bdi>." in of_message
    corrections.decline_correction(team.lead, names[0], reason="It stands.")
    assert "Other requests" not in page(lead, f"/desk/corrections/{names[1]}")


@pytest.fixture
def with_an_import(team: Desk, time: Clock) -> str:
    imported(team, time)
    return "KV001"


def test_of_an_imported_record_the_desk_is_offered_the_way_that_exists(
    team: Desk, time: Clock, with_an_import: str
) -> None:
    anybody, lead = browser(team.app), sitting(team.app, team.lead)
    address = f"/incidents/{with_an_import}/correction"
    assert "imported from elsewhere" in page(anybody, address) and "version 0" not in page(anybody, address)
    code = code_in(sends(anybody, time, address, **sent_in.WISH))
    public = masked(anybody.get("/incidents/KV001"))
    at = f"/desk/submissions/{sent_in.last()}"
    presses(lead, f"{at}/accept")
    desk = at.replace("submissions", "corrections")
    text = page(lead, desk)
    assert "Have it graded here" in text and "Publish a note" not in text and "Have the version checked again" not in text
    said = presses(lead, f"{desk}/grade", reason="Its sources say another number.", seen=hidden(text, "seen"))
    assert "is being graded here" in said and "taken up to be graded here" in said
    assert "It was decided on 24 March 2031 that this desk grades it itself." in says(anybody, code)
    assert masked(anybody.get("/incidents/KV001")) == public
    assert "A round opens" in text and "being graded here already" not in text
    sent_in.wish(time, trail.row("KV001").name, version=0)
    submissions.accept_correction(team.spare, sent_in.last())
    second = f"/desk/corrections/{sent_in.last()}"
    text = page(lead, second)
    assert "being graded here already" in text and "A round opens" not in text
    rounds = trail.types(trail.row("KV001").name).count("round.opened")
    presses(lead, f"{second}/grade", reason="The same number is meant.", seen=hidden(text, "seen"))
    assert "The same number is meant." in page(lead, second)
    assert trail.types(trail.row("KV001").name).count("round.opened") == rounds


def encoded(fields: list[tuple[str, object]]) -> tuple[str, bytes]:
    """The fields in this order, as a browser sends them."""
    boundary, body = encode_multipart(MultiDict(fields))
    return f"multipart/form-data; boundary={boundary}", body


def test_of_a_form_that_comes_too_fast_no_file_is_read_and_the_answer_is_the_same(
    team: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    anybody, size = browser(team.app), 4 * 1024 * 1024
    monkeypatch.setitem(team.app.extensions, PACE, {name: Pace(each=1, all=100) for name in ("form", "receipt")})
    typed = {**sent_in.ACCOUNT, "stamp": "none of ours", "website": ""}
    assert anybody.post("/submit", data=typed).status_code == 422
    small = anybody.post("/submit", data={**typed, "files": [(BytesIO(b""), "")]}, content_type="multipart/form-data")
    form = page(anybody, "/submit")
    places = [form.index(f'name="{name}"') for name in (*typed, "files")]
    assert places[-1] == max(places), "whatever is typed comes before the files"
    kind, body = encoded([*typed.items(), ("files", FileStorage(BytesIO(b"x" * size), "x.png"))])
    sent = BytesIO(body)
    large = anybody.post("/submit", input_stream=sent, content_type=kind, content_length=len(body))
    assert sent.tell() < 64 * 1024 < len(body)
    assert small.status_code == large.status_code == 429
    lost = re.compile(r'<div class="notice warn"><p><strong>Choose your files again.*?</div>', re.DOTALL)
    stamp = re.compile(r'name="stamp" value="[^"]*"|nonce="[^"]*"')
    assert lost.search(large.text) and not lost.search(small.text)
    assert stamp.sub("", lost.sub("", large.text)).split() == stamp.sub("", small.text).split()
    assert all(value in unescape(large.text) for name, value in sent_in.ACCOUNT.items() if name != "links")


def test_forms_that_come_too_fast_are_answered_without_being_looked_at_and_keep_what_was_typed(
    team: Desk, time: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    anybody, elsewhere = browser(team.app), {"REMOTE_ADDR": "2001:db8:1:2::3"}
    paces = {name: Pace(each=3, all=100) for name in ("form", "receipt")}
    monkeypatch.setitem(team.app.extensions, PACE, paces)
    typed = {"text": "Two explosions.", "stamp": "none of ours"}
    for path in ("/submit", "/incidents/KV412/correction", "/submit"):
        assert anybody.post(path, data=typed, environ_overrides=elsewhere).status_code == 422
    neighbour = {"REMOTE_ADDR": "2001:db8:1:2::4"}  # the same network of one house
    for path, answer in {
        path: anybody.post(path, data=typed, environ_overrides=neighbour)
        for path in ("/submit", "/incidents/KV412/correction")
    }.items():
        assert (answer.status_code, "Too many at once." in answer.text) == (429, True), path
        assert "Two explosions." in answer.text, path
    looks = [anybody.post("/submit/receipt", data={"code": "abcd"}, environ_overrides=neighbour) for _time in range(4)]
    assert [answer.status_code for answer in looks] == [422, 422, 422, 429], "who sends forms closes no receipt"
    assert "Too many at once." in looks[-1].text and "abcd" in looks[-1].text
    assert anybody.post("/submit/receipt", data={"code": "abcd"}).status_code == 422, "from elsewhere"
    time.at += timedelta(minutes=1)
    assert anybody.post("/submit/receipt", data={"code": "abcd"}, environ_overrides=neighbour).status_code == 422
