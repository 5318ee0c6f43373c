"""`flask demo`: fill an empty desk with the synthetic sample, every step through the real actions."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace

import click
from flask.cli import with_appcontext

from review import jobs
from review.actions import (
    accounts,
    approvals,
    claims,
    incidents,
    people,
    policies,
    positions,
    rounds,
    settlements,
    sources,
    streams,
    votes,
)
from review.cli import sample
from review.queries import demo as progress
from review.rules.dossier import Ballot
from review.rules.facts import Casualties, Range
from review.rules.permissions import Actor
from review.rules.policy import Policy
from review.rules.sources import SourceDraft

NO_GRACE = {"grace": [0, 0]}


@dataclass(frozen=True)
class Desk:
    """The people of the sample by their address."""

    people: dict[str, Actor]

    @property
    def admin(self) -> Actor:
        return self.people["admin@assay.invalid"]

    @property
    def lead(self) -> Actor:
        return self.people["lead@assay.invalid"]

    @property
    def enterer(self) -> Actor:
        return self.people[sample.ENTERER]

    @property
    def voters(self) -> list[Actor]:
        return [self.people[email] for _role, email, _name in sample.VOTERS]


@click.command("demo")
@with_appcontext
def group() -> None:
    """Fill an empty, migrated database with the sample and print one line a person: ROLE EMAIL PASSWORD."""
    if not progress.is_empty():
        raise click.ClickException("The database is not empty: the sample goes into a new one only.")
    desk = invite_everybody()
    prepare(desk)
    agreed(desk)
    disputed(desk)
    awaiting(desk)
    reopened(desk)
    logged(desk)
    under_way(desk)


def invite_everybody() -> Desk:
    """Everybody of the sample joins, each with a password of their own, printed once."""
    found: dict[str, Actor] = {}
    admin: Actor | None = None
    for role, email, name in sample.PEOPLE:
        password = secrets.token_urlsafe(12)
        if admin is None:
            person = people.set_up(email=email, name=name, password_hash=accounts.hash_password(password))
        else:
            person = people.add_person(
                admin, email=email, name=name, role=role, password_hash=accounts.hash_password(password)
            )
        found[email] = Actor(person, role, name)
        admin = admin or found[email]
        click.echo(f"{role} {email} {password}")
    return Desk(found)


def prepare(desk: Desk) -> None:
    """A policy whose rounds close at once, and the streams."""
    policies.set_policy(
        desk.admin,
        policy=replace(Policy(), times={**Policy().times, **NO_GRACE}),
        reason="The demo does not wait.",
    )
    for slug, name, mode in sample.STREAMS:
        streams.define_stream(desk.admin, slug=slug, name=name, mode=mode)


def enter(desk: Desk, case: sample.Case) -> str:
    """Receive the claims, open the incident from them, attach its sources."""
    received = [
        claims.receive_claim(
            desk.enterer,
            text=claim.text,
            language=claim.language,
            translation=claim.translation,
            url=claim.url,
        )
        for claim in case.claims
    ]
    ref = incidents.open_incident(
        desk.enterer, stream=case.stream, facts=case.facts, exact=None, claims=received
    )
    for document in case.sources:
        attach(desk.enterer, ref, document)
    return ref


def attach(actor: Actor, ref: str, document: sample.Document) -> int:
    draft = SourceDraft(
        url=document.url,
        title=document.title,
        publisher=document.publisher,
        kind=document.kind,
        language=document.language,
        published=document.published,
        role=document.role,
        origin=document.origin,
        note=document.note,
        publishable=document.publishable,
        text=document.text,
    )
    return sources.attach_source(actor, ref, draft=draft)


def vote(actor: Actor, ref: str, number: int, ballot: Ballot) -> None:
    votes.cast_vote(actor, ref, number, ballot=ballot, seen=progress.evidence(ref))


def ballot(grade: str, killed: tuple[int, int], injured: tuple[int, int], rationale: str, rests: tuple[int, ...],
           departs: str | None = None) -> Ballot:  # fmt: skip
    return Ballot(grade, Casualties(Range(*killed), Range(*injured)), rationale, rests, departs)


def person_of(actor: Actor) -> int:
    assert actor.person is not None
    return actor.person


def open_round(desk: Desk, ref: str) -> int:
    return rounds.open_round(desk.lead, ref, reviewers=[person_of(actor) for actor in desk.voters])


def agreed(desk: Desk) -> None:
    """Three alike: published at once."""
    ref = enter(desk, sample.AGREED)
    number = open_round(desk, ref)
    reasons = (
        "S1 and S3 do not copy one another, and S4 puts an aircraft over the plain at that hour.",
        "Two accounts of their own and a flight log. The bulletin in S5 speaks of a depot, not of the store.",
        "The rescue team counted; the monitor named the clinic. Likely action near by is shown by S4.",
    )
    for actor, reason in zip(desk.voters, reasons, strict=True):
        vote(actor, ref, number, ballot("fair", (3, 5), (6, 8), reason, (1, 3, 4)))
    jobs.run_due()
    approvals.approve(
        desk.lead, ref, reason="Three accounts of their own and a flight log; the vote is unanimous.",
        seen=progress.digest(ref),
    )  # fmt: skip


def disputed(desk: Desk) -> None:
    """Two against one, argued, settled by somebody uninvolved, the dissent kept."""
    ref = enter(desk, sample.DISPUTED)
    number = open_round(desk, ref)
    first, second, third = desk.voters
    against = "Both parties are named, but only one of them declares that it was active there."
    fair = "Four accounts that do not copy one another put an aircraft over the road that morning; S4 declares activity."
    vote(first, ref, number, ballot("fair", (2, 4), (5, 8), fair, (1, 2, 4), against))
    vote(
        second,
        ref,
        number,
        ballot("fair", (2, 4), (5, 8), "As S1: the pump crew were known by name.", (1, 4), against),
    )
    contested = "S3 reports mortar fire from the ridge at the same hour. I cannot choose between them on this evidence."
    vote(third, ref, number, ballot("contested", (2, 3), (5, 8), contested, (1, 3)))
    jobs.run_due()
    settlements.argue(
        third, ref, text="S3 puts the fire north of the ridge, and S4 admits a sector of forty kilometres."
    )
    settlements.argue(first, ref, text="S3 is one account, three kilometres from the road.")
    settle_by_settler(desk, ref, contested_by=third)


def settle_by_settler(desk: Desk, ref: str, *, contested_by: Actor) -> None:
    """The second vote stays split; an uninvolved person decides and answers the minority; a dissent is recorded."""
    number = settlements.open_second_vote(desk.lead, ref)
    for actor in desk.voters:
        chosen = "contested" if actor is contested_by else "fair"
        against = "As in the first round." if chosen == "fair" else None
        again = "I stand by my first vote, for the reasons given there."
        vote(actor, ref, number, ballot(chosen, (2, 4), (5, 8), again, (1, 4), against))
    jobs.run_due()
    settler = desk.people[sample.SETTLER]
    settlements.appoint_settler(desk.lead, ref, person_of(settler))
    replies = {
        seq: "S3 is one account and places the fire north of the ridge, three kilometres from the road."
        for seq in progress.minority_arguments(ref, "fair")
    }
    settlements.settle(
        settler, ref, grade="fair", rationale="Likely action near by is shown; a second party is named once, and elsewhere.",
        replies=replies, seen=progress.digest(ref),
    )  # fmt: skip
    settlements.dissent(
        contested_by, ref, progress.vote_of(ref, contested_by),
        text="The same evidence names two parties. Where nobody can choose between them, Contested says so more plainly.",
    )  # fmt: skip
    approvals.approve(
        desk.lead, ref, reason="The settler answered every argument of the minority; the dissent stands beside the result.",
        seen=progress.digest(ref),
    )  # fmt: skip


def awaiting(desk: Desk) -> None:
    """Agreed, waiting for a lead."""
    ref = enter(desk, sample.AWAITING)
    number = open_round(desk, ref)
    for actor in desk.voters:
        reason = "One account, with detail, and nobody else who carries it."
        vote(actor, ref, number, ballot("weak", (0, 2), (1, 1), reason, (1,)))
    jobs.run_due()


def reopened(desk: Desk) -> None:
    """Fair at first; reopened on an admission and published again as Confirmed."""
    ref = enter(desk, sample.REOPENED)
    number = open_round(desk, ref)
    for actor in desk.voters:
        vote(
            actor,
            ref,
            number,
            ballot("fair", (4, 6), (2, 9), "The clinic and the guard post tell it apart.", (1, 2)),
        )
    jobs.run_due()
    approvals.approve(
        desk.lead, ref, reason="Two accounts of their own, one of them a clinic.", seen=progress.digest(ref)
    )
    source = attach(desk.enterer, ref, sample.ADMISSION)
    positions.record_position(
        desk.lead, ref, party="Northern Joint Command", position="credible", source=source,
        conceded=Casualties(Range(4, 4), Range()), reason="Its assessment of April accepts the strike.",
    )  # fmt: skip
    approvals.reopen(
        desk.lead, ref, ground="verdict", reason="The party now accepts responsibility, which makes Confirmed possible.",
        seen=progress.digest(ref),
    )  # fmt: skip
    number = open_round(desk, ref)
    for actor in desk.voters:
        reason = "The party has itself accepted responsibility in S3."
        vote(actor, ref, number, ballot("confirmed", (4, 6), (2, 9), reason, (1, 2, 3)))
    jobs.run_due()
    approvals.approve(
        desk.lead, ref, reason="Accepted by the party in its own statement.", seen=progress.digest(ref)
    )


def logged(desk: Desk) -> None:
    """In a stream that is logged and not assessed."""
    streams.switch_stream(desk.lead, sample.LOGGED.stream, mode="log-only", reason=sample.LOG_ONLY_REASON)
    enter(desk, sample.LOGGED)


def under_way(desk: Desk) -> None:
    """A round is open and three reviewers owe a vote: where a newcomer starts."""
    open_round(desk, enter(desk, sample.OPEN))
