"""What the record of another program may say that AUDIT-FORMAT and DESIGN leave open: of versions, people, claims, sources."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.audit.continuing import Continued
from tests.audit.forge import ADA, LIO, MACHINE, MUN, RIA, SEN, TIV, ULF, WIM, Someone
from tests.audit.test_insider_writes import BECAUSE, FACTS, XAN, asked, named, published

Desk = Callable[[Continued], None]
DESKS: list[Desk] = []


def honest(desk: Desk) -> Desk:
    DESKS.append(desk)
    return desk

def later(log: Continued) -> None:
    """What follows is another act: it has another time."""
    hour = int(log.append.at[11:13]) + 1
    log.append.at = f"{log.append.at[:11]}{hour:02}{log.append.at[13:]}"


# --- rechecks and corrections: a cause is a seq ------------------------------------------------------------------------


def checked_because(log: Continued, name: str, cause: int, by: Someone | None = LIO) -> None:
    log.add("recheck.opened", by, name, version=1, cause=cause, reason=BECAUSE)
    log.add("recheck.closed", MUN, name, version=1, outcome="confirmed", reason=BECAUSE)


@honest
def a_lead_has_a_version_checked_because_of_anything(log: Continued) -> None:
    other, name = published(log, 2), published(log)
    for cause in (log.source(name), asked(log, other), log.dossier(name).determinations[0].seq - 1, 0):
        checked_because(log, name, cause)


@honest
def the_machine_has_a_version_checked_in_a_later_act(log: Continued) -> None:
    name = published(log)
    cause = log.add("source.withdrawn", RIA, name, source=1, reason=BECAUSE)
    later(log)
    log.add("source.opened", SEN, name, source=1)
    checked_because(log, name, cause, MACHINE)
    checked_because(log, name, log.add("position.recorded", LIO, name, source=None, party="Karsian Air Force"), MACHINE)


@honest
def one_correction_has_two_outcomes(log: Continued) -> None:
    name = published(log)
    one = asked(log, name)
    checked_because(log, name, one)
    checked_because(log, name, one)
    for text in ("The mill.", "And the bakery."):
        log.add("correction.published", MUN, name, of=one, version=1, text=text)
    log.add("correction.published", MUN, name, of=log.dossier(name).determinations[0].seq, version=1, text="A street.")


@honest
def a_version_is_corrected_that_another_one_followed(log: Continued) -> None:
    name = published(log)
    log.add("grade.reopened", MUN, name, version=1, ground="verdict", reason=BECAUSE)
    log.agree(name, (TIV, ULF, WIM))
    log.approve(name)
    log.add("correction.published", MUN, name, of=None, version=1, text="A street was misspelt.")


# --- the log's own events -----------------------------------------------------------------------------------------------


@honest
def a_copy_is_counted_in_bytes(log: Continued) -> None:
    log.add("export.made", ADA, profile="public", size=7_000_000)
    log.add("backup.made", ADA, size=9_000_000_000)


def xan(log: Continued, *steps: tuple[str, str | None]) -> None:
    for type_, role in steps:
        more = {"role": role, "reason": BECAUSE} if role else {"name": "Xan"}
        log.add(type_, ADA, who=XAN.in_("log"), **more)


@honest
def a_role_takes_the_place_of_another(log: Continued) -> None:
    xan(log, ("person.joined", None), ("role.granted", "auditor"), ("role.granted", "reviewer"))
    log.incident(1, XAN)
    xan(log, ("role.revoked", "auditor"))
    log.incident(2, XAN)


@honest
def a_role_is_granted_before_somebody_comes(log: Continued) -> None:
    xan(log, ("role.granted", "reviewer"), ("person.joined", None))
    log.incident(1, XAN)


@honest
def a_log_in_is_closed_and_opened_twice(log: Continued) -> None:
    xan(log, ("person.joined", None), ("person.deactivated", None), ("person.deactivated", None), ("role.granted", "reviewer"))
    xan(log, ("person.reactivated", None), ("person.reactivated", None))
    log.incident(1, XAN)
    xan(log, ("person.deactivated", None), ("person.joined", None))
    log.incident(2, XAN)


@honest
def a_stream_is_switched_to_the_mode_that_it_has(log: Continued) -> None:
    for mode in ("active", "paused", "paused", "active"):
        log.add("stream.switched", LIO, stream="karsia-air", mode=mode, name="Karsian Air Force", reason=BECAUSE)


@honest
def a_stream_is_defined_anew_under_another_name(log: Continued) -> None:
    log.add("stream.defined", ADA, stream="karsia-air", mode="active", name="Karsian Air and Space Force")


@honest
def a_clock_is_accepted_on_another_day_than_it_steps_to(log: Continued) -> None:
    log.append.day, log.append.at = "2026-03-20", "2026-03-20T09:00:00.000Z"
    log.add("clock.stepped", ADA, **{"from": "2026-02-20", "to": "2026-03-19"}, reason=BECAUSE)
    log.add("clock.stepped", ADA, **{"from": "2026-03-20", "to": "2026-03-20"}, reason=BECAUSE)


def distances_are_told_both_ways(log: Continued) -> None:
    pairs = [["fair", "fair", 0], ["fair", "weak", 1], ["weak", "fair", 1], ["thin", "weak", 0]]
    log.add("codebook.defined", id="karsia/1", sha256="0" * 64, grades=["fair", "weak", "thin"], distances=pairs)


# --- claims -------------------------------------------------------------------------------------------------------------


def claims(log: Continued, letters: str) -> list[int]:
    return [log.add("claim.received", RIA, claim_=name, claim=name, text="Seven.") for name in map(claim_name, letters)]


def claim_name(letter: str) -> str:
    return "c-" + letter * 16


@honest
def a_duplicate_of_a_duplicate(log: Continued) -> None:
    one, two, three = claims(log, "abc")
    for letter, claim, of in (("a", one, two), ("c", three, one)):
        log.add("claim.duplicated", RIA, claim_=claim_name(letter), claim=claim, of=of, reason=BECAUSE)


@honest
def a_claim_is_set_aside_beside_another(log: Continued) -> None:
    """`of` is of every type that sets a claim aside or brings it back."""
    one, two = claims(log, "ab")
    for verb in ("dismissed", "restored", "withdrawn", "restored", "duplicated", "restored"):
        log.add(f"claim.{verb}", RIA, claim_=claim_name("a"), claim=one, of=two, reason=BECAUSE)


@honest
def who_sent_a_claim_in_takes_it_back(log: Continued) -> None:
    one, two = claims(log, "ab")
    log.add("claim.withdrawn", MACHINE, claim_=claim_name("a"), claim=one, of=None, reason=BECAUSE)
    log.add("claim.restored", RIA, claim_=claim_name("a"), claim=one, of=two, reason=BECAUSE)


# --- what was imported, and sources ---------------------------------------------------------------------------------------


@honest
def an_imported_range_is_kept_upside_down(log: Continued) -> None:
    name = named("imported")
    log.add("incident.imported", ADA, name, stream="karsia-air", source="csv", facts={}, row={"code": "KS001"})
    told_range = {"killed": [3, 2], "injured": [None, None]}
    log.add("grade.imported", ADA, name, grade="fair", range=told_range, codebook=log.book)


@honest
def something_is_made_of_a_source_that_was_withdrawn(log: Continued) -> None:
    name = log.incident(1, RIA)
    log.source(name)
    log.add("source.withdrawn", RIA, name, source=1, reason=BECAUSE)
    log.add("source.assessed", LIO, name, source=1, material=False, role="supports_harm", publishable=True)
    log.add("source.grouped", LIO, name, origin=2, sources=[1], reason=BECAUSE)
    log.add("position.recorded", LIO, name, source=1, party="Karsian Air Force")
    log.add("source.withdrawn", RIA, name, source=1, reason=BECAUSE)
    log.agree(name)


@honest
def origins_are_numbered_by_themselves(log: Continued) -> None:
    """The second source repeats what the first does; both are found to repeat a third root, and so does the next."""
    name = log.incident(1, RIA)
    log.source(name, origin=1, material=False, kind="video")
    log.add("source.grouped", LIO, name, origin=3, sources=[1, 2], reason=BECAUSE)
    for known in (3, 1):
        log.source(name, origin=known, material=False, kind="video")


@honest
def origins_are_names(log: Continued) -> None:
    name = log.incident(1, RIA)
    log.source(name, origin="@karsa", kind="post")
    log.source(name, origin="@karsa", material=False, kind="post")
    log.source(name, origin={"account": "@karsa"}, material=False, kind="post")
    log.source(name, origin="@else", material=False, kind="post")


@honest
def the_role_of_a_source_is_told_later(log: Continued) -> None:
    """What was not said before is not changed, and what is not said again neither."""
    name = log.incident(1, RIA)
    log.source(name, role=None)
    for role in ("disputes", None, "disputes", "disputes"):
        log.add("source.assessed", LIO, name, source=2, material=False, role=role)


@honest
def parties_and_points_are_told_in_another_order(log: Continued) -> None:
    name = log.incident(1, RIA)
    parties: list[dict[str, Any]] = [{"name": "Karsian Navy"}, {"name": "Karsian Air Force"}]
    places: list[dict[str, Any]] = [{"names": {}, "point": [33.5, 36.3]}, {"names": {}, "point": [33.6, 36.2]}, {"names": {"en": "A"}}]
    told_facts = FACTS | {"parties": parties, "places": places}
    turned = FACTS | {"parties": parties[::-1], "places": places[::-1]}
    log.add("incident.described", WIM, name, material=True, facts=told_facts, reason=BECAUSE)
    log.add("incident.described", WIM, name, material=False, facts=turned, reason=BECAUSE)
