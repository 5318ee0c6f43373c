"""One published incident, version by version, as the public bundle tells it. It takes no viewer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from review.audit import embargo
from review.audit.embargo import Embargo
from review.audit.mute import TELLING, Silence, mute
from review.models import Incident, Stream, session
from review.models.dossiers import codebooks, joints, policies, records
from review.models.public_codes import find_published
from review.queries.bundles import stands_in_the_public_bundle
from review.queries.citations import Citation, citation
from review.queries.logs import Logs
from review.queries.published_facts import facts_as_published, refs_as_published
from review.queries.published_sources import Origin, grouped, sources
from review.queries.rechecks import Check, checks
from review.queries.removed import Removed, publicly_removed
from review.rules.dossier import Determination, Dossier, Proposal, Record, Settlement, Vote
from review.rules.errors import NotFound
from review.rules.facts import Casualties, Facts, Range
from review.rules.grades import codebook
from review.rules.history import fold
from review.rules.positions import Standing, by_party
from review.rules.record import LEGACY
from review.rules.settlement import letter_of, letters
from review.rules.told import REGRADING

SHORT = 80


@dataclass(frozen=True, slots=True)
class Cast:
    """One live vote of the deciding round: its letter, grade and range, never its words.

    `odd`: it differs from the result of the votes; leads who set another grade than that make nobody a dissenter.
    """

    letter: str
    grade: str
    casualties: Casualties
    odd: bool
    dissent: str | None


@dataclass(frozen=True, slots=True)
class Reply:
    """A settler's answer to one argument of the minority; the argument itself is not public."""

    letter: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Settled:
    """How a disagreement ended."""

    by: str
    grade: str
    rationale: str | None
    replies: tuple[Reply, ...]


@dataclass(frozen=True, slots=True)
class Overriding:
    """Another grade than the settled one was approved, by two lead editors."""

    settled: str
    casualties: Casualties
    reason: str | None
    agreed: str | None


@dataclass(frozen=True, slots=True)
class Version:
    """One line of the table of versions."""

    number: int
    day: str
    grade: str
    casualties: Casualties
    legacy: bool
    seq: int


@dataclass(frozen=True, slots=True)
class DeterminationPage:
    """One version of a published incident, whole."""

    ref: str
    name: str
    stream: str
    version: Version
    versions: tuple[Version, ...]
    latest: bool
    recheck: bool
    checks: tuple[Check, ...]
    regrading: bool
    exited: str | None
    exit_reason: str | None
    leads_to: str | None
    absorbed: tuple[str, ...]
    parts: tuple[str, ...]
    title: str
    story: str | None
    facts: Facts
    codebook: str
    definition: str | None
    votes: tuple[Cast, ...]
    settled: Settled | None
    overriding: Overriding | None
    approval: str | None
    unconsidered: tuple[int, ...]
    parties: tuple[Standing, ...]
    origins: tuple[Origin, ...]
    counted: int
    links: int
    kept_back: int
    number: int  # of its entry, in the log that it stands in
    log: str  # the name of that log
    leaf: str
    bundled: bool
    removed: tuple[Removed, ...]
    citation: Citation

    @property
    def odd(self) -> tuple[Cast, ...]:
        return tuple(vote for vote in self.votes if vote.odd)

    def titled(self, language: str, joint: str) -> str:
        """The title with the place as this language calls it; `joint` is its comma."""
        return _title(self.facts, self.name, language, joint)

    @property
    def minority(self) -> bool:
        """Those who differ are fewer than those who agree; a settler may side with the fewer."""
        return 2 * len(self.odd) < len(self.votes)

    @property
    def silent(self) -> int:
        """How many of those who differ left no public words."""
        return sum(vote.dissent is None for vote in self.odd)

    @property
    def previously(self) -> Version | None:
        """The last version before this one, where its grade was another: it stays shown."""
        earlier = (one for one in self.versions if one.number < self.version.number)
        before = max(earlier, key=lambda one: one.number, default=None)
        return before if before and before.grade != self.version.grade else None

    @property
    def beside(self) -> tuple[tuple[str, Range], ...]:
        """What is drawn beside the published range, by grade: the result that was overridden, and who differed."""
        result = self.overriding
        overridden = ((result.settled, result.casualties.killed),) if result else ()
        return (*overridden, *((vote.grade, vote.casualties.killed) for vote in self.odd))


def determination_page(ref: str, number: int | None = None) -> DeterminationPage:
    """The version that stands, or the one of that number; NotFound where nothing public answers."""
    row = find_published(session, ref)
    chain = list(records(session, row.id, {}))
    heard = _audible(row.name, chain)
    now = _fold(row, heard)
    chosen = _chosen(now, number)
    then = _fold(row, [record for record in chain if record.seq <= chosen.seq])
    return _page(row, chain, heard, now, then, chosen)


def _ref(row: Incident) -> str:
    return refs_as_published([row], facts_as_published([row]))[row.id]


def successor(ref: str) -> str | None:
    """Where the address of a merged incident leads: to the public page of what it was merged into, at last."""
    return _successor(find_published(session, ref))


def _successor(merged: Incident) -> str | None:
    row: Incident | None = merged
    while row is not None and row.merged_into is not None:
        row = session.scalar(select(Incident).where(Incident.name == row.merged_into))
    return _ref(row) if row is not None and row is not merged and row.public else None


def _public_refs(names: Iterable[str]) -> tuple[str, ...]:
    """The references of those that the public may read too, exits included."""
    statement = (
        select(Incident)
        .where(Incident.name.in_(list(names)), Incident.grade.is_not(None), Incident.restricted.is_(False))
        .order_by(Incident.id)
    )
    rows = session.scalars(statement).all()
    refs = refs_as_published(rows, facts_as_published(rows))
    return tuple(refs[row.id] for row in rows)


def _fold(row: Incident, chain: Iterable[Record]) -> Dossier:
    return fold(
        row.name, chain, policies=policies(session), codebooks=codebooks(session), joints=joints(session)
    )


def _audible(incident: str, chain: list[Record]) -> list[Record]:
    """The events that no open round mutes and no version waits with: nothing else may move a public page."""
    silence, waiting = Silence(joints=joints(session)), Embargo(joints(session))
    for record in chain:
        if record.type in TELLING:
            silence.take(record.seq, record.type, incident, record.body)
        if record.type in embargo.TELLING:
            waiting.take(record.seq, record.type, incident, record.body)
    kept = ("vote.", "reviewer.", "settlement.", "attempt.", "conflict.")
    return [
        record
        for record in chain
        if not waiting.waits(record.seq, record.type, incident, record.body)
        and (record.type.startswith(kept) or not mute(silence, record.seq, record.type, incident))
    ]


def _chosen(now: Dossier, number: int | None) -> Determination:
    if number is None and now.determination:
        return now.determination
    found = next((one for one in now.determinations if one.version == number), None)
    if found is None:
        raise NotFound
    return found


def _page(
    row: Incident, chain: list[Record], heard: list[Record], now: Dossier, then: Dossier, chosen: Determination
) -> DeterminationPage:
    proposal = next((one for one in then.proposals if one.seq == chosen.proposal), None)
    standing = now.determination
    shown = sources(chain, now, then)
    origins = grouped(shown)
    stream = session.scalar(select(Stream.name).where(Stream.slug == row.stream))
    logs = Logs()
    return DeterminationPage(
        ref=_ref(row),
        name=row.name,
        stream=stream or row.stream,
        version=_version(chosen),
        versions=tuple(_version(one) for one in reversed(now.determinations)),
        latest=standing is not None and standing.seq == chosen.seq,
        recheck=now.recheck,
        checks=_checks(now, chosen),
        regrading=now.stage in REGRADING and chosen.kind != LEGACY,
        exited=now.stage if now.exited else None,
        exit_reason=now.passage.reason if now.stage == "withdrawn" else None,
        leads_to=_successor(row),
        absorbed=_public_refs(one.other for one in now.passage.absorbed),
        parts=_public_refs(now.passage.parts),
        title=_title(then.facts, row.name),
        story=None if _short(then.facts.summary) else then.facts.summary,
        facts=then.facts,
        codebook=chosen.codebook,
        definition=_definition(chosen),
        votes=_votes(then, proposal),
        settled=_settled(then, proposal),
        overriding=_overriding(proposal),
        approval=proposal.approval.reason if proposal and proposal.approval else None,
        unconsidered=_unconsidered(then, proposal),
        parties=by_party(then.facts.parties, then.positions),
        origins=origins,
        counted=sum(origin.counted for origin in origins),
        links=sum(len(origin.sources) for origin in origins),
        kept_back=len(then.attached) - len(shown),
        number=logs.number(chosen.seq),
        log=logs.name(chosen.seq),
        leaf=next((record.leaf.hex() for record in chain if record.seq == chosen.seq), ""),
        bundled=stands_in_the_public_bundle(row.id),
        removed=publicly_removed(heard),
        citation=citation(now, heard, chosen),
    )


def _checks(now: Dossier, chosen: Determination) -> tuple[Check, ...]:
    """The checks of this very version, the latest first."""
    return checks(tuple(one for one in now.rechecks if one.version == chosen.version))


def _title(facts: Facts, otherwise: str, language: str = "en", joint: str = ", ") -> str:
    place = facts.places[0].name(language) if facts.places else None
    name = place or (facts.codes[0] if facts.codes else otherwise)
    return f"{name}{joint}{facts.summary}" if facts.summary and _short(facts.summary) else name


def _short(summary: str | None) -> bool:
    """A summary of a few words belongs into the title, a longer one below it."""
    return bool(summary) and len(summary or "") <= SHORT and "\n" not in (summary or "")


def _version(one: Determination) -> Version:
    return Version(one.version, one.day, one.grade, one.casualties, one.kind == "legacy", one.seq)


def _definition(chosen: Determination) -> str | None:
    book = codebook(chosen.codebook) if chosen.codebook else None
    return book.grade(chosen.grade).definition if book and chosen.grade in book.keys else None


# --- how it was graded -------------------------------------------------------------------------------------


def _votes(then: Dossier, proposal: Proposal | None) -> tuple[Cast, ...]:
    if proposal is None:
        return ()
    names = letters(then, proposal.round)
    dissents = {dissent.of: dissent.text for dissent in then.dissents}
    found = [
        _cast(vote, names.get(vote.seq, "?"), proposal.grade, dissents.get(vote.seq))
        for vote in then.live(proposal.round)
        if vote.ballot and vote.revealed is not None
    ]
    return tuple(sorted(found, key=lambda cast: cast.letter))


def _cast(vote: Vote, letter: str, result: str, dissent: str | None) -> Cast:
    assert vote.ballot is not None
    odd = vote.ballot.grade != result
    return Cast(letter, vote.ballot.grade, vote.ballot.casualties, odd, dissent if odd else None)


def _settled(then: Dossier, proposal: Proposal | None) -> Settled | None:
    settlement = _settlement(then, proposal)
    if settlement is None or settlement.by is None or settlement.grade is None:
        return None
    authors = {argument.seq: argument.by for argument in settlement.arguments}
    replies = tuple(Reply(_letter(then, proposal, authors.get(seq)), text) for seq, text in settlement.replies)
    return Settled(settlement.by, settlement.grade, settlement.rationale, replies)


def _letter(then: Dossier, proposal: Proposal | None, who: str | None) -> str | None:
    """The letter in the deciding round, which is the one the page shows."""
    return letter_of(then, proposal.round, who) if proposal and who else None


def _settlement(then: Dossier, proposal: Proposal | None) -> Settlement | None:
    if proposal is None or proposal.settlement is None:
        return None
    return next((one for one in then.settlements if one.seq == proposal.settlement), None)


def _overriding(proposal: Proposal | None) -> Overriding | None:
    if proposal is None or proposal.override is None or proposal.override.seconded is None:
        return None
    asked = proposal.override
    return Overriding(proposal.grade, proposal.casualties, asked.reason, asked.agreed)


def _unconsidered(then: Dossier, proposal: Proposal | None) -> tuple[int, ...]:
    stale = set(proposal.approval.stale) if proposal and proposal.approval else set()
    return tuple(source.number for source in then.sources if source.seq in stale)
