"""A desk and its incidents, built through the actions: what a test needs before its one line differs.

Every name, place and party here is invented.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import Flask
from sqlalchemy import select

from review import config, jobs
from review.actions import (
    approvals,
    claims,
    incidents,
    people,
    policies,
    rounds,
    settlements,
    sources,
    streams,
    votes,
)
from review.audit import canonical, keys
from review.models import Incident, Job, session
from review.models import dossiers as bridge
from review.models.persons import person_key
from review.rules.dossier import Ballot, Dossier
from review.rules.facts import Casualties, Facts, Party, Place, Range
from review.rules.permissions import Actor
from review.rules.policy import Policy
from review.rules.sources import SourceDraft

STREAM = "karsian-air-force-velmar"
PARTY = "Karsian Air Force"
# The hash of no password: these people never sign in, and hashing costs a test 30 ms each.
NO_PASSWORD = "$argon2id$v=19$m=8,t=1,p=1$bm9wYXNzd29yZA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
REVIEWERS = ("Mara Teske", "Yusra Haddan", "Ben Okparo", "Lina Qassar", "Sunniva Brandt")
LEADS = ("Ilse Marchetti", "Davit Kolaru")


@dataclass(frozen=True, slots=True)
class Desk:
    """The smallest desk that can do everything: an admin, five reviewers, two leads, an auditor, one stream."""

    app: Flask
    admin: Actor
    reviewers: tuple[Actor, ...]
    leads: tuple[Actor, ...]
    auditor: Actor
    stream: str = STREAM

    @property
    def enterer(self) -> Actor:
        """Who opens incidents in these tests, and so cannot vote on them."""
        return self.reviewers[3]

    @property
    def voters(self) -> tuple[Actor, ...]:
        return self.reviewers[:3]

    @property
    def spare(self) -> Actor:
        """A reviewer who takes no part until a test asks them to."""
        return self.reviewers[4]

    @property
    def lead(self) -> Actor:
        return self.leads[0]


def desk(app: Flask, password_hash: str = NO_PASSWORD) -> Desk:
    """People of every role and one active stream, in the open context of `app`."""
    admin = Actor(first_admin(password_hash), "admin", "Tamsin Orrel")
    built = Desk(
        app,
        admin,
        tuple(add(admin, name, "reviewer", password_hash) for name in REVIEWERS),
        tuple(add(admin, name, "lead", password_hash) for name in LEADS),
        add(admin, "Rafe Linnard", "auditor", password_hash),
    )
    streams.define_stream(admin, slug=STREAM, name=f"{PARTY}, Velmar")
    return built


def first_admin(password_hash: str = NO_PASSWORD) -> int:
    return people.set_up(email="tamsin@desk.invalid", name="Tamsin Orrel", password_hash=password_hash)


def address(name: str) -> str:
    """The address under which somebody of this name signs in."""
    return name.casefold().replace(" ", ".") + "@desk.invalid"


def add(admin: Actor, name: str, role: str, password_hash: str = NO_PASSWORD) -> Actor:
    """A further person of this name and role."""
    person = people.add_person(admin, email=address(name), name=name, role=role, password_hash=password_hash)
    return Actor(person, role, name)


def facts(**changes: object) -> Facts:
    """The facts of the incident at Marj Eluan, changed where a test says so."""
    place = Place((("ar", "مرج إلوان"), ("en", "Marj Eluan")), "Eluan plain", (33.12345, 41.87654), "neighbourhood")
    known = Facts(
        date_type="date",
        date="2031-03-14",
        time="around dusk",
        places=(place,),
        parties=(Party(PARTY),),
        strike_status="likely",
        ranges=(("civilians", Casualties(Range(3, 5), Range(6, 8))),),
        codes=("KV412",),
        summary="grain store and two houses",
    )
    return replace(known, **changes)


def received(desk: Desk, text: str = "Grain store at Marj Eluan hit at dusk, five dead.") -> int:
    """A claim that waits."""
    return claims.receive_claim(desk.reviewers[0], text=text, language="en")


def opened(desk: Desk, **changes: object) -> str:
    """An incident in stage logged, opened by the desk's enterer; `changes` go into its facts."""
    return incidents.open_incident(desk.enterer, stream=desk.stream, facts=facts(**changes))


def draft(number: int = 1, **changes: object) -> SourceDraft:
    """A source of an address of its own."""
    known = SourceDraft(
        url=f"https://eluan-monitor.example/2031/03/14/{number}",
        title="Eastern edge of Marj Eluan",
        publisher="Eluan Monitor",
        kind="news_article",
        language="ar",
        published="2031-03-14",
        role="supports_harm",
        publishable=True,
    )
    return replace(known, **changes)


def with_sources(desk: Desk, ref: str | None = None, *, count: int = 2) -> str:
    """An incident with so many independent sources, attached by somebody who does not judge it."""
    ref = ref or opened(desk)
    for number in range(1, count + 1):
        sources.attach_source(desk.enterer, ref, draft=draft(number))
    return ref


# --- grading -----------------------------------------------------------------------------------------------

BECAUSE = "Two accounts that do not copy one another; the store stood where S1 puts it."


def at_once(desk: Desk, **changes: object) -> int:
    """A policy under which the worker closes a round as soon as nothing is owed."""
    times = {**Policy().times, "grace": [0, 0]}
    wanted = replace(Policy(), times=times, **changes)
    return policies.set_policy(desk.admin, policy=wanted, reason="These tests do not wait.")


def work() -> int:
    """Do everything that is due, as the worker would; no job may fail."""
    done = jobs.run_due()
    session.rollback()
    failed = session.execute(select(Job.kind, Job.problem).where(Job.problem.is_not(None))).all()
    assert failed == []
    return done


def row(ref: str) -> Incident:
    """The incident's row as it is stored now."""
    session.rollback()
    return session.scalars(select(Incident).where(Incident.name == ref)).one()


def view(ref: str) -> Dossier:
    """The incident folded anew from its events, every ballot opened."""
    opener = keys.load(config.home()).open_text
    return bridge.dossier(session, row(ref), openers={"*": opener})


def who(actor: Actor, ref: str) -> str:
    """The pseudonym under which somebody stands in an incident."""
    assert actor.person is not None
    return canonical.pseudonym(person_key(session, keys.load(config.home()), actor.person), ref)


def ballot(grade: str = "fair", low: int = 3, high: int = 5, **changes: object) -> Ballot:
    """A vote for `grade`, with a reason in case it goes against the definition."""
    known = Ballot(grade, Casualties(Range(low, high), Range(6, 8)), BECAUSE, (1,), "It does not fit, and S1 says why.")
    return replace(known, **changes)


def round_opened(desk: Desk, ref: str | None = None, *, reviewers: tuple[Actor, ...] | None = None) -> tuple[str, int]:
    """An incident with two origins and an open round in which the voters were asked."""
    ref = ref or with_sources(desk)
    asked = [actor.person for actor in (desk.voters if reviewers is None else reviewers)]
    return ref, rounds.open_round(desk.lead, ref, reviewers=[person for person in asked if person])


def cast(actor: Actor, ref: str, number: int, given: Ballot | None = None) -> int:
    """A vote on the evidence as it stands."""
    return votes.cast_vote(actor, ref, number, ballot=given or ballot(), seen=row(ref).evidence)


def cast_all(desk: Desk, ref: str, number: int, *grades: str) -> list[int]:
    """One vote of each voter, in their order."""
    return [cast(actor, ref, number, ballot(grade)) for actor, grade in zip(desk.voters, grades, strict=True)]


def closed(desk: Desk, *grades: str, ref: str | None = None) -> str:
    """An incident whose latest round was closed by the worker after these votes."""
    at_once(desk)
    ref, number = round_opened(desk, ref)
    cast_all(desk, ref, number, *grades)
    work()
    return ref


def agreed(desk: Desk, ref: str | None = None) -> str:
    """An incident that waits for approval: two Fair, one Weak."""
    return closed(desk, "fair", "fair", "weak", ref=ref)


def disputed(desk: Desk, ref: str | None = None) -> str:
    """An incident in settlement: Fair, Fair and Discounted lie too far apart."""
    return closed(desk, "fair", "fair", "discounted", ref=ref)


def undecided(desk: Desk) -> str:
    """A settlement whose second vote was disputed as well: it waits for a settler."""
    ref = disputed(desk)
    for actor in desk.voters:
        settlements.argue(actor, ref, text=f"What {actor.name} holds against it.")
    number = settlements.open_second_vote(desk.lead, ref)
    cast_all(desk, ref, number, "fair", "fair", "discounted")
    work()
    return ref


def replies(ref: str) -> dict[int, str]:
    """An answer to every argument."""
    under_way = view(ref).open_settlement
    assert under_way is not None
    return {argument.seq: "Heard; S2 says otherwise." for argument in under_way.arguments}


def settled(desk: Desk, grade: str = "fair") -> str:
    """A dispute that the spare reviewer settled; it waits for approval with a minority."""
    ref = undecided(desk)
    settlements.appoint_settler(desk.lead, ref, desk.spare.person or 0)
    settlements.settle(
        desk.spare, ref, grade=grade, rationale="S1 and S2 stand on their own.", replies=replies(ref), seen=row(ref).digest
    )
    return ref


def approved(desk: Desk, ref: str, *, by: Actor | None = None) -> int:
    """The proposal that stands is approved and published."""
    return approvals.approve(by or desk.lead, ref, reason="Every guard is met.", seen=row(ref).digest)


def published(desk: Desk) -> str:
    """An incident with a published first version."""
    ref = agreed(desk)
    approved(desk, ref)
    return ref
