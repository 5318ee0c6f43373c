"""What the verifier says of a refusal, a redaction or a restriction that hides too little or too much."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.audit import histories as h
from tests.audit.checking import assert_holds
from tests.audit.histories import Entry, Log
from tests.audit.verdicts import Row, Table, assert_judged, assert_told, names, set_in

TABLE = Table()


def agreed() -> Log:
    log = h.started()
    h.agreed(log, "Tel Asmar")
    return log


# --- attempts and redactions --------------------------------------------------------------------------------------


def refused() -> Log:
    log = agreed()
    name = log.find("round.opened").incident
    log.add("attempt.refused", "Amal", name, {"verb": "approve", "requirements": ["uninvolved"]}, detail=None)
    log.add("attempt.refused", "Amal", None, {"verb": "grant_role", "requirements": ["role"]}, detail=None)
    return log


def redacted() -> Log:
    """The text of a claim and the reason of an approval are taken out."""
    log = agreed()
    for kind, field in (("claim.received", "text"), ("grade.approved", "reason")):
        entry = log.find(kind)
        entry.hide = (field,)
        body = {"of": entry, "digests": digest_of(entry, field), "ground": "error", "asked_by": h.pseudonym("Ilan", entry.incident or "log")}
        log.add("detail.redacted", "Marj", entry.incident, body, reason="A name was in it.")
    return log


def digest_of(entry: Entry, field: str) -> object:
    return lambda _log, _entry: [h.b64url(h.sha(entry.texts[field].encode()))]


EARLIER = "it covers details of an earlier event"
for place in (0, 1):
    TABLE.add(f"redact nothing {place}", redacted, set_in("detail.redacted", place, digests=[]), "redaction", EARLIER)


@TABLE.broken(redacted, "redaction", EARLIER)
def redact_a_detail_of_itself(log: Log) -> Entry:
    redaction = log.find("detail.redacted")
    redaction.body["of"] = redaction
    return redaction


@TABLE.broken(redacted, "redaction", EARLIER)
def redact_what_is_to_come(log: Log) -> Entry:
    log.find("detail.redacted").body["of"] = log.find("detail.redacted", 1)
    return log.find("detail.redacted")


@TABLE.broken(redacted, "redaction", "a redaction is asked for by one person and seconded by another")
def redact_at_ones_own_asking(log: Log) -> Entry:
    redaction = log.find("detail.redacted", 1)
    redaction.body["asked_by"] = h.pseudonym("Marj", str(redaction.incident))
    return redaction


@TABLE.broken(redacted, "redaction", "a detail that it covers is shown, or is none of event 1")
def redact_a_detail_of_another_event(log: Log) -> Entry:
    log.find("detail.redacted").body["of"] = log.entries[1]
    return log.find("detail.redacted")


@pytest.mark.parametrize("row", TABLE.rows, ids=names(TABLE.rows))
def test_what_hides_too_little_or_too_much(tmp_path: Path, row: Row) -> None:
    assert_judged(row, tmp_path)


# --- what must not be shown at the end ----------------------------------------------------------------------------


def test_a_redaction_may_cover_the_event_just_before_it(tmp_path: Path) -> None:
    log = redacted()
    first = log.find("detail.redacted")
    log.drop(first)
    log.insert(log.find("claim.received"), first)
    assert_holds(log, tmp_path)


def test_an_argument_of_an_open_settlement_is_not_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = h.started()
    h.disputed(log)
    argued = log.find("settlement.argued", 1)
    del log.entries[log.entries.index(argued) + 1:]
    assert_holds(log, tmp_path)
    monkeypatch.setattr(Log, "muted", lambda self: set())
    assert_told(log, tmp_path, "mute", argued, "an argument of an open settlement is shown")


def test_a_restricted_incident_is_not_shown(tmp_path: Path) -> None:
    """Neither it nor what it was before, until the restriction is lifted."""
    log = agreed()
    name = log.find("round.opened").incident
    for on in (True, False):
        log.add("incident.restricted", "Marj", name, {"on": on}, reason="A source is at risk.", people=None)
    assert_holds(log, tmp_path)
    log.drop(log.find("incident.restricted", 1))
    assert_told(log, tmp_path, "mute", log.find("incident.restricted"), "a restricted incident is shown")
