"""A published version that is being checked again: why, what rests on what has fallen, and how earlier checks ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import select

from review.models import Event, session
from review.queries.reading import Reading, Way
from review.rules import rechecks, settlement
from review.rules.dossier import Recheck
from review.rules.words import N_

CAUSES: Mapping[str, str] = {
    "source.withdrawn": N_("Source S%(source)s, on which it rests, was withdrawn."),
    "vote.excluded": N_("A vote behind it was excluded, and the votes that are left no longer bear it."),
    "incident.absorbed": N_("Another incident was merged into this one."),
    "correction.received": N_("Somebody asked for a correction."),
}
BY_HAND = N_("A lead editor asked for it.")


@dataclass(frozen=True, slots=True)
class Check:
    """One check of a published version, open or ended, in words that are public."""

    version: int
    day: str
    cause: str
    values: Mapping[str, Any]
    reason: str | None
    outcome: str | None
    ended: str | None
    why: str | None


@dataclass(frozen=True, slots=True)
class Citing:
    """The votes of one round that rest on a source, by their letters."""

    round: int
    letters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cited:
    """A withdrawn source with every vote and every published version that rests on it."""

    source: int
    title: str | None
    votes: tuple[Citing, ...]
    versions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RecheckPanel:
    """The check that is open, if one is, those that ended, and what this viewer may do about it."""

    version: int
    open: Check | None
    ended: tuple[Check, ...]
    ways: Mapping[str, Way]


def recheck_panel(reading: Reading) -> RecheckPanel | None:
    """What a page of the desk says of the published version's checks; None where nothing is published."""
    dossier = reading.dossier
    if dossier.stage != "published" or dossier.determination is None:
        return None
    found = checks(dossier.rechecks)
    return RecheckPanel(
        version=dossier.determination.version,
        open=next((one for one in found if one.outcome is None), None),
        ended=tuple(one for one in found if one.outcome is not None),
        ways=reading.ways("open_recheck", "confirm_recheck", "reopen"),
    )


def checks(known: tuple[Recheck, ...]) -> tuple[Check, ...]:
    """Each check with what caused it, the latest first."""
    causes = _causes([one.cause for one in known])
    return tuple(_check(one, *causes.get(one.cause, (BY_HAND, {}))) for one in reversed(known))


def _causes(seqs: list[int]) -> dict[int, tuple[str, dict[str, Any]]]:
    if not seqs:
        return {}
    rows = session.execute(select(Event.seq, Event.type, Event.line).where(Event.seq.in_(seqs)))
    return {seq: (CAUSES.get(type_, BY_HAND), orjson.loads(line)["body"]) for seq, type_, line in rows}


def _check(one: Recheck, cause: str, values: Mapping[str, Any]) -> Check:
    return Check(one.version, one.day, cause, values, one.reason, one.outcome, one.ended, one.why)


def cited(reading: Reading) -> tuple[Cited, ...]:
    """What rests on the sources that were withdrawn, as far as this viewer may see who cited what."""
    found = (_cited(reading, one) for one in rechecks.fallen(reading.dossier))
    return tuple(one for one in found if one.votes)


def _cited(reading: Reading, fallen: rechecks.Fallen) -> Cited:
    source = reading.dossier.source(fallen.source)
    numbers = sorted({vote.round for vote in fallen.votes})
    inside = [number for number in numbers if reading.sight(number).rationales]
    return Cited(
        source=fallen.source,
        title=source.title if source else None,
        votes=tuple(_citing(reading, fallen, number) for number in inside),
        versions=tuple(version.version for version in fallen.versions),
    )


def _citing(reading: Reading, fallen: rechecks.Fallen, number: int) -> Citing:
    names = settlement.letters(reading.dossier, number)
    return Citing(number, tuple(sorted(names[vote.seq] for vote in fallen.votes if vote.seq in names)))
