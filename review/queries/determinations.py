"""One published incident, version by version, as the public bundle tells it. It takes no viewer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy import select

from review.audit.mute import TELLING, Silence, mute
from review.models import Incident, Stream, session
from review.models.dossiers import codebooks, policies, records
from review.models.refs import find_incident, ref_of
from review.rules.dossier import Determination, Dossier, Proposal, Record, Settlement, Source, Vote
from review.rules.errors import NotFound
from review.rules.facts import Casualties, Facts
from review.rules.grades import codebook
from review.rules.history import fold
from review.rules.settlement import letter_of, letters

SHORT = 80
COUNTED_ROLES = ("supports_harm", "supports_attribution")


@dataclass(frozen=True, slots=True)
class Shown:
    """One source that somebody marked publishable."""

    number: int
    title: str | None
    publisher: str | None
    url: str | None
    language: str | None
    published: str | None
    role: str | None
    kept: bool
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class Origin:
    """The sources that repeat one root account."""

    name: str | None
    counted: bool
    sources: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class Cast:
    """One live vote of the deciding round: its letter, grade and range, never its words."""

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
    reason: str | None


@dataclass(frozen=True, slots=True)
class Said:
    """What a belligerent itself says of the incident; it never moves the grade."""

    party: str
    position: str
    day: str
    conceded: Casualties


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
    regrading: bool
    exited: str | None
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
    positions: tuple[Said, ...]
    origins: tuple[Origin, ...]
    counted: int
    links: int
    kept_back: int
    leaf: str

    @property
    def odd(self) -> tuple[Cast, ...]:
        return tuple(vote for vote in self.votes if vote.odd)

    @property
    def silent(self) -> int:
        """How many of the minority left no public words."""
        return sum(vote.dissent is None for vote in self.odd)


def determination_page(ref: str, number: int | None = None) -> DeterminationPage:
    """The version that stands, or the one of that number; NotFound where nothing public answers."""
    row = session.get(Incident, find_incident(session, ref))
    if row is None or not row.public:
        raise NotFound
    chain = list(records(session, row.id, {}))
    now = _fold(row, _audible(row.name, chain))
    chosen = _chosen(now, number)
    then = _fold(row, [record for record in chain if record.seq <= chosen.seq])
    return _page(row, chain, now, then, chosen)


def _fold(row: Incident, chain: Iterable[Record]) -> Dossier:
    return fold(row.name, chain, policies=policies(session), codebooks=codebooks(session))


def _audible(incident: str, chain: list[Record]) -> list[Record]:
    """The events that no open round mutes: nothing else may move a public page."""
    silence = Silence()
    for record in chain:
        if record.type in TELLING:
            silence.take(record.seq, record.type, incident, record.body)
    kept = ("vote.", "reviewer.", "settlement.", "attempt.", "conflict.")
    return [
        record
        for record in chain
        if record.type.startswith(kept) or not mute(silence, record.seq, record.type, incident)
    ]


def _chosen(now: Dossier, number: int | None) -> Determination:
    if number is None and now.determination:
        return now.determination
    found = next((one for one in now.determinations if one.version == number), None)
    if found is None:
        raise NotFound
    return found


def _page(
    row: Incident, chain: list[Record], now: Dossier, then: Dossier, chosen: Determination
) -> DeterminationPage:
    proposal = next((one for one in then.proposals if one.seq == chosen.proposal), None)
    standing = now.determination
    sources = _sources(chain, now, then)
    origins = _origins(sources, then)
    stream = session.scalar(select(Stream.name).where(Stream.slug == row.stream))
    return DeterminationPage(
        ref=ref_of(session, row),
        name=row.name,
        stream=stream or row.stream,
        version=_version(chosen),
        versions=tuple(_version(one) for one in reversed(now.determinations)),
        latest=standing is not None and standing.seq == chosen.seq,
        recheck=now.recheck,
        regrading=now.stage in ("grading", "settlement", "approval"),
        exited=now.stage if now.exited else None,
        title=_title(then.facts, row.name),
        story=None if _short(then.facts.summary) else then.facts.summary,
        facts=then.facts,
        codebook=chosen.codebook,
        definition=_definition(chosen),
        votes=_votes(then, proposal, chosen.grade),
        settled=_settled(then, proposal),
        overriding=_overriding(proposal),
        approval=proposal.approval.reason if proposal and proposal.approval else None,
        unconsidered=_unconsidered(then, proposal),
        positions=_positions(chain, then),
        origins=origins,
        counted=sum(origin.counted for origin in origins),
        links=sum(len(origin.sources) for origin in origins),
        kept_back=len(then.attached) - sum(not one.withdrawn for _number, one in sources),
        leaf=next((record.leaf.hex() for record in chain if record.seq == chosen.seq), ""),
    )


def _title(facts: Facts, otherwise: str) -> str:
    place = facts.places[0].name() if facts.places else None
    name = place or (facts.codes[0] if facts.codes else otherwise)
    return f"{name}, {facts.summary}" if facts.summary and _short(facts.summary) else name


def _short(summary: str | None) -> bool:
    """A summary of a few words belongs into the title, a longer one below it."""
    return bool(summary) and len(summary or "") <= SHORT and "\n" not in (summary or "")


def _version(one: Determination) -> Version:
    return Version(one.version, one.day, one.grade, one.casualties, one.kind == "legacy", one.seq)


def _definition(chosen: Determination) -> str | None:
    book = codebook(chosen.codebook) if chosen.codebook else None
    return book.grade(chosen.grade).definition if book and chosen.grade in book.keys else None


# --- how it was graded -------------------------------------------------------------------------------------


def _votes(then: Dossier, proposal: Proposal | None, grade: str) -> tuple[Cast, ...]:
    if proposal is None:
        return ()
    names = letters(then, proposal.round)
    dissents = {dissent.of: dissent.text for dissent in then.dissents}
    found = [
        _cast(vote, names.get(vote.seq, "?"), grade, dissents.get(vote.seq))
        for vote in then.live(proposal.round)
        if vote.ballot and vote.revealed is not None
    ]
    return tuple(sorted(found, key=lambda cast: cast.letter))


def _cast(vote: Vote, letter: str, grade: str, dissent: str | None) -> Cast:
    assert vote.ballot is not None
    odd = vote.ballot.grade != grade
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
    return Overriding(proposal.grade, proposal.override.reason)


def _unconsidered(then: Dossier, proposal: Proposal | None) -> tuple[int, ...]:
    stale = set(proposal.approval.stale) if proposal and proposal.approval else set()
    return tuple(source.number for source in then.sources if source.seq in stale)


def _positions(chain: list[Record], then: Dossier) -> tuple[Said, ...]:
    days = {record.seq: record.day for record in chain}
    latest = {position.party: position for position in then.positions}
    return tuple(
        Said(party, position.position, days[position.seq], position.conceded)
        for party, position in latest.items()
    )


# --- sources -----------------------------------------------------------------------------------------------


def _sources(chain: list[Record], now: Dossier, then: Dossier) -> list[tuple[int, Shown]]:
    """(origin, source) of this version, as far as somebody says so still: a source's safety comes first."""
    allowed = _publishable_now(chain)
    found = []
    for source in then.sources:
        present = now.source(source.number)
        if present is None or not present.publishable or source.number not in allowed:
            continue
        if not source.withdrawn:
            found.append((source.origin, _shown(replace(source, withdrawn=present.withdrawn))))
    return found


def _publishable_now(chain: list[Record]) -> set[int]:
    """The numbers that the latest word of all, a muted one too, still calls publishable."""
    marked: dict[int, bool] = {}
    for record in chain:
        if record.type in ("source.attached", "source.assessed"):
            marked[record.body["source"]] = bool(record.sealed.get("publishable"))
    return {number for number, allowed in marked.items() if allowed}


def _shown(source: Source) -> Shown:
    return Shown(
        number=source.number,
        title=source.title,
        publisher=source.publisher,
        url=source.url,
        language=source.language,
        published=source.published,
        role=source.role,
        kept=source.file is not None,
        withdrawn=source.withdrawn,
    )


def _origins(sources: list[tuple[int, Shown]], then: Dossier) -> tuple[Origin, ...]:
    grouped: dict[int, list[Shown]] = {}
    for origin, source in sources:
        grouped.setdefault(origin, []).append(source)
    found = [_origin(origin, shown) for origin, shown in grouped.items()]
    return tuple(sorted(found, key=lambda origin: (not origin.counted, origin.sources[0].number)))


def _origin(number: int, shown: list[Shown]) -> Origin:
    root = next((source for source in shown if source.number == number), shown[0])
    counted = any(source.role in COUNTED_ROLES and not source.withdrawn for source in shown)
    return Origin(root.publisher, counted, tuple(shown))
