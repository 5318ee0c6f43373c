"""The people of the sample at work: what every scene needs of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from review import jobs
from review.actions import approvals, claims, incidents, rounds, sources, votes
from review.actions.uploads import Upload
from review.cli.sample.cases import Allegation, Case, Document
from review.queries import demo as progress
from review.rules.dossier import Ballot
from review.rules.permissions import Actor
from review.rules.sources import SourceDraft

Ballots = Mapping[str, Ballot]
ARCHIVE = "https://kept-pages.example/"


@dataclass(frozen=True)
class Desk:
    """The people of the sample by the name before the @ of their address."""

    people: Mapping[str, Actor]

    def __getitem__(self, name: str) -> Actor:
        return self.people[name]

    def person(self, name: str) -> int:
        person = self.people[name].person
        assert person is not None
        return person

    @property
    def lead(self) -> Actor:
        return self.people["lead"]

    @property
    def other_lead(self) -> Actor:
        return self.people["lead2"]


# --- the record ----------------------------------------------------------------------------------------------------


def enter(desk: Desk, case: Case) -> str:
    """Receive the claims, open the incident from them, attach and assess its sources."""
    enterer = desk[case.by]
    received = [receive(enterer, claim) for claim in case.claims]
    ref = incidents.open_incident(enterer, stream=case.stream, facts=case.facts, claims=received)
    for document in case.sources:
        attach(enterer, ref, document)
    return ref


def receive(actor: Actor, claim: Allegation) -> int:
    """Keep a claim as it came."""
    return claims.receive_claim(
        actor, text=claim.text, language=claim.language, translation=claim.translation, url=claim.url,
        reporter=claim.reporter,
    )  # fmt: skip


def attach(actor: Actor, ref: str, document: Document) -> int:
    """Attach a source, say what is made of it, and keep what can be kept of it."""
    number = sources.attach_source(actor, ref, draft=_draft(document))
    if document.code:
        sources.assess_source(
            actor, ref, number, role=document.role, publishable=document.publishable, credibility=document.code,
            credibility_note=document.why, coherence=document.coherence, note=document.note,
            affiliated=document.affiliated,
        )  # fmt: skip
    if document.archived and document.url:
        address = ARCHIVE + urlsplit(document.url).netloc + urlsplit(document.url).path
        sources.archive_source(actor, ref, number, archive=address, checked=document.archived)
    if document.copy:
        sources.capture_source(actor, ref, number, upload=Upload(document.copy.encode(), "page.txt"))
    return number


def _draft(document: Document) -> SourceDraft:
    return SourceDraft(
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
        platform=document.platform,
        affiliated=document.affiliated,
    )


# --- grading -------------------------------------------------------------------------------------------------------


def open_round(desk: Desk, ref: str, names: tuple[str, ...]) -> int:
    """The first lead asks these people."""
    return rounds.open_round(desk.lead, ref, reviewers=[desk.person(name) for name in names])


def cast(desk: Desk, ref: str, number: int, ballots: Ballots) -> None:
    """Everybody votes on the evidence as it stands."""
    for name, given in ballots.items():
        votes.cast_vote(desk[name], ref, number, ballot=given, seen=progress.evidence(ref))


def judge(desk: Desk, ref: str, ballots: Ballots) -> int:
    """A round of these people, closed by the worker once all have voted."""
    number = open_round(desk, ref, tuple(ballots))
    cast(desk, ref, number, ballots)
    jobs.run_due()
    return number


def graded(desk: Desk, case: Case, ballots: Ballots) -> str:
    """A case entered and judged: it waits for approval, or for a settlement."""
    ref = enter(desk, case)
    judge(desk, ref, ballots)
    return ref


def approve(actor: Actor, ref: str, reason: str, *, not_before: str | None = None) -> None:
    """A lead approves the dossier as it stands."""
    approvals.approve(actor, ref, reason=reason, seen=progress.digest(ref), not_before=not_before)
