"""One incident for people: `view/incident.html` of its bundle, made from what the bundle itself shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any

import orjson
from markupsafe import Markup

from review.audit import markup
from review.audit.events import TYPES
from review.audit.markup import apart, harmed, listed, paragraph, quoted, section, table, under
from review.audit.stored import Row, Said
from review.audit.timeline import timeline
from review.models.dossiers import read_disclosure, record
from review.rules import positions, vocabulary
from review.rules.dossier import Dossier, Record, Round, Settlement, Source, Vote
from review.rules.facts import Facts, Party
from review.rules.grades import label
from review.rules.history import fold
from review.rules.policy import Policy
from review.rules.settlement import letter_of, letters
from review.rules.workflow import STAGES

WAYS: Mapping[str, str] = {
    "second_vote": "by a second vote",
    "settler": "by a settler who took no part",
    "ladder": "by nobody, the votes stayed apart",
}
KINDS: Mapping[str, str] = {
    "first": "The first round",
    "again": "A new round",
    "second": "The second vote of a settlement",
}
SEALED = "Sealed until the round closes: nothing of its votes is shown before."


def page(incident: str, rows: Iterable[Row], told: Iterable[Said], origin: str, size: int, profile: str) -> bytes:
    """The page of an incident, from the events and details that its bundle shows, and from nothing else."""
    shown = _records(rows, told)
    dossier = _folded(incident, shown)
    parts = (
        markup.beginning(_title(dossier), origin, size, profile),
        _summary(dossier),
        section("Grades", _versions(dossier)),
        section("What is recorded", _facts(dossier.facts)),
        section("Official positions", _positions(dossier)),
        section("Claims", *_claims(shown)),
        section("Sources", *_sources(dossier)),
        *(section(f"Round {one.number}", *_round(dossier, one)) for one in dossier.rounds),
        *(section("Settlement", *_settlement(dossier, one)) for one in dossier.settlements),
        section("Approval", *_approvals(dossier)),
        section("What happened, in order", timeline(dossier, shown)),
        markup.END,
    )
    return markup.joined(parts).encode("utf-8")


# --- reading ----------------------------------------------------------------------------------------------


def _records(rows: Iterable[Row], told: Iterable[Said]) -> tuple[Record, ...]:
    sealed = {seq: dict(read_disclosure(one.text) for one in ones) for seq, ones in groupby(told, attrgetter("seq"))}
    return tuple(_record(row, sealed.get(row.seq, {})) for row in rows)


def _record(row: Row, sealed: Mapping[str, Any]) -> Record:
    """As its line counts: a bundle of one incident tells nothing of the logs before its own."""
    event = orjson.loads(row.line)
    return record(event["seq"], event, sealed, row.leaf, TYPES[row.type].judged)


def _folded(incident: str, shown: Sequence[Record]) -> Dossier:
    policies = {one.seq: Policy.from_body(one.body, one.sealed.get("times")) for one in _of(shown, "policy.set")}
    books = {one.seq: str(one.body["id"]) for one in _of(shown, "codebook.defined")}
    return fold(incident, _own(shown), policies=policies, codebooks=books)


def _of(shown: Iterable[Record], type_: str) -> Iterator[Record]:
    return (one for one in shown if one.type == type_)


def _own(shown: Iterable[Record]) -> Iterator[Record]:
    """The incident's own events; those of the log stand in no chain."""
    return (one for one in shown if one.iseq is not None)


# --- what is recorded -------------------------------------------------------------------------------------


def _title(dossier: Dossier) -> str:
    facts = dossier.facts
    place = facts.places[0].name() if facts.places else None
    return ", ".join(part for part in (*facts.codes[:1], place) if part) or dossier.incident


def _summary(dossier: Dossier) -> Markup:
    standing = dossier.determination
    return listed(
        (
            ("Incident", dossier.incident),
            ("Stage", STAGES.get(dossier.stage, dossier.stage)),
            ("Stands as", label(standing.grade) if standing else "not graded"),
            ("Under way", "a recheck of the version that stands" if dossier.recheck else ""),
        )
    )


def _versions(dossier: Dossier) -> Markup:
    heads = ("Version", "Day", "Grade", "Killed", "Injured", "Under", "Event")
    return table(
        heads,
        [
            (_number(one.version), one.day, label(one.grade), *harmed(one.casualties), one.codebook, one.seq)
            for one in dossier.determinations
        ],
    )


def _number(version: int) -> str:
    return str(version) if version else "imported, not reviewed here"


def _facts(facts: Facts) -> Markup:
    day = " to ".join(part for part in (facts.date, facts.date_end) if part)
    return markup.joined(
        (
            quoted("In short:", facts.summary),
            listed(
                (
                    ("Date", day),
                    ("Time", facts.time or ""),
                    ("Places", _list(filter(None, (place.name() for place in facts.places)))),
                    ("Parties", _list(map(_party, facts.parties))),
                    ("Strike", _words(vocabulary.STRIKE_TYPES, facts.strike_types)),
                    ("How the strike is known", _word(vocabulary.STRIKE_STATUSES, facts.strike_status)),
                    ("Causes", _words(vocabulary.CAUSES, facts.causes)),
                    ("Infrastructure", _words(vocabulary.INFRASTRUCTURE, facts.infrastructure)),
                    ("Codes", _list((*facts.codes, *facts.earlier_codes))),
                )
            ),
            table(
                ("Who was harmed", "Killed", "Injured"),
                [(_word(vocabulary.CATEGORIES, name), *harmed(found)) for name, found in facts.groups],
            ),
        )
    )


def _party(party: Party) -> str:
    return f"{party.name} ({_word(vocabulary.PARTY_ROLES, party.role)})"


def _positions(dossier: Dossier) -> Markup:
    return table(
        ("Party", "Position", "Killed, as it says", "Injured, as it says", "Day", "Reason"),
        [
            (one.party, _word(vocabulary.POSITIONS, one.position), *harmed(one.conceded), one.day, one.reason or "")
            for standing in positions.by_party(dossier.facts.parties, dossier.positions)
            for one in (*filter(None, (standing.latest,)), *standing.earlier)
        ],
    )


def _claims(shown: Sequence[Record]) -> Iterator[Markup]:
    for one in _of(shown, "claim.received"):
        yield under(f"Received on {one.day}, event {one.seq}")
        yield quoted("In its own words:", one.sealed.get("text")) or paragraph("Its words are not in this bundle.")
        yield quoted("Translated:", one.sealed.get("translation"))
        yield quoted("From:", one.sealed.get("url"))


def _sources(dossier: Dossier) -> Iterator[Markup]:
    if dossier.sources:
        # An address that is pressed tells its owner that somebody looks.
        yield paragraph("Links that repeat one account count once. Addresses are written out and cannot be pressed.")
    for source in dossier.sources:
        yield under(Markup("S{}{}").format(source.number, ", withdrawn" if source.withdrawn else ""), _source(source))


def _source(source: Source) -> Markup:
    if source.role is None and source.title is None and source.url is None:
        return paragraph("What it is does not stand in this bundle.")
    same = "" if source.origin == source.number else f"the account of S{source.origin}"
    file = source.file.get("sha256") if source.file else None
    return listed(
        (
            ("Title", source.title or ""),
            ("Publisher", source.publisher or ""),
            ("Kind", _word(vocabulary.SOURCE_KINDS, source.kind)),
            ("Part", _word(vocabulary.SOURCE_ROLES, source.role)),
            ("Repeats", same),
            ("Credibility", source.credibility or ""),
            ("Language", source.language or ""),
            ("Published", source.published or ""),
            ("Address", Markup('<span class="words">{}</span>').format(source.url) if source.url else ""),
            ("Archived", Markup('<span class="words">{}</span>').format(source.archive) if source.archive else ""),
            ("Copy", f"evidence/{file}" if file else ""),
        )
    )


# --- how it was graded ------------------------------------------------------------------------------------


def _round(dossier: Dossier, round_: Round) -> Iterator[Markup]:
    yield paragraph(_rule(round_))
    if round_.open:
        yield paragraph(SEALED)
        return
    if round_.result == "abandoned":
        yield paragraph("Abandoned: its votes stay sealed for ever.")
        return
    named = letters(dossier, round_.number)
    shown = [vote for vote in dossier.votes if vote.seq in named and vote.ballot is not None]
    votes = sorted(shown, key=attrgetter("revealed"))
    counted = [vote for vote in votes if vote.state == "live"]
    yield paragraph(_split(round_, counted))
    yield table(
        ("Vote", "Grade", "Killed", "Injured", "Rests on"),
        [_vote(vote, named[vote.seq]) for vote in votes],
    )
    dissents = {one.of: one.text for one in dossier.dissents}
    for vote in votes:
        yield from _words_of(vote, named[vote.seq], dissents.get(vote.seq))


def _rule(round_: Round) -> str:
    policy = round_.policy
    share = "all must agree" if policy.unanimity else f"{policy.share[0]} of {policy.share[1]} must agree"
    return (
        f"{KINDS.get(round_.kind, round_.kind)}, under {round_.codebook}: at least {policy.required} votes, {share}, "
        f"none further than {policy.max_distance} away."
    )


def _split(round_: Round, counted: Sequence[Vote]) -> str:
    tally = Counter(label(vote.ballot.grade) for vote in counted if vote.ballot)
    split = ", ".join(f"{count} {grade}" for grade, count in sorted(tally.items(), key=lambda one: (-one[1], one[0])))
    if round_.result == "agreed" and round_.grade:
        return f"Agreed on {label(round_.grade)}. Votes: {split}."
    return f"Disputed. Votes: {split}." if split else "Closed without enough votes."


def _vote(vote: Vote, letter: str) -> Sequence[str]:
    assert vote.ballot is not None
    name = f"{letter}, excluded" if vote.state == "excluded" else letter
    rests = ", ".join(f"S{number}" for number in vote.ballot.sources)
    return (name, label(vote.ballot.grade), *harmed(vote.ballot.casualties), rests)


def _words_of(vote: Vote, letter: str, dissent: str | None) -> Iterator[Markup]:
    assert vote.ballot is not None
    yield quoted(f"Why {letter} voted so:", vote.ballot.rationale)
    yield quoted(f"Why {letter} departs from the definition:", vote.ballot.departs)
    yield quoted(f"The dissent of {letter}:", dissent)


def _settlement(dossier: Dossier, settlement: Settlement) -> Iterator[Markup]:
    for argument in settlement.arguments:
        letter = letter_of(dossier, settlement.round, argument.by) or "?"
        yield quoted(f"{letter} argued:", argument.text)
    if settlement.grade is None:
        yield paragraph("Not closed." if settlement.open else "Ended without a result.")
        return
    yield paragraph(f"Settled {WAYS[settlement.by or 'ladder']}: {label(settlement.grade)}.")
    yield quoted("Why:", settlement.rationale)
    authors = {argument.seq: argument.by for argument in settlement.arguments}
    for seq, text in settlement.replies:
        letter = letter_of(dossier, settlement.round, authors.get(seq, "")) or "?"
        yield quoted(f"In reply to {letter}:", text)


def _approvals(dossier: Dossier) -> Iterator[Markup]:
    for one in dossier.proposals:
        yield paragraph(f"Version {one.version} was proposed as {label(one.grade)}: {_fate(one.state)}.")
        if one.override is not None:
            yield quoted(f"Overridden to {label(one.override.grade)}, because:", one.override.reason)
            yield quoted("A second lead editor agreed:", one.override.agreed)
        if one.approval is not None:
            yield quoted("Approved, because:", one.approval.reason)


def _fate(state: str) -> str:
    return "it waits" if state == "standing" else state


# --- words ------------------------------------------------------------------------------------------------


def _word(known: Mapping[str, str], key: str | None) -> str:
    return known.get(key, key) if key else ""


def _words(known: Mapping[str, str], keys: Iterable[str]) -> Markup:
    return _list(_word(known, key) for key in keys)


def _list(values: Iterable[Any]) -> Markup:
    return markup.joined((apart(value) for value in values), ", ")
