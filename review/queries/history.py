"""The history of an incident in plain sentences: what an open round mutes is not there, not even counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from review.audit import checkpoint_files
from review.audit.events import TYPES
from review.audit.mute import TELLING, Silence, mute
from review.models import session
from review.models.dossiers import joints, records
from review.queries.logs import Logs
from review.queries.reading import Reading, pseudonym_in, read_incident
from review.queries.removed import Removed, removed
from review.queries.seals import Seal, seals
from review.queries.story import Choice, Doer, Narrowing, doers, kind_of, kinds
from review.rules.dossier import Record
from review.rules.facts import Casualties
from review.rules.leaving import SOMEBODY as SOMEBODY_LEFT
from review.rules.permissions import PERMISSIONS, Actor, may
from review.rules.redescribed import Change, changes
from review.rules.settlement import letter_of
from review.rules.words import N_

MAJOR = ("grade.published", "grade.imported")
LETTERED = ("vote.", "settlement.argued", "dissent.recorded")
# It follows from the step before it in the same act. A dissent voids a proposal: whoever is named under the one is
# named under the letter of the other.
FOLLOWING = ("proposal.voided",)
REFUSED = "attempt.refused"
UNTOLD = N_("shown only to those who may see it")
NAMING = ("lead", "admin")
DESK = ("reviewer", "lead", "admin", "auditor")
REASONS: Mapping[str, str] = {
    "reason": N_("Reason:"),
    "rationale": N_("Rationale:"),
    "text": N_("In their words:"),
    "ground": N_("Ground:"),
}
SOMEBODY: Mapping[str, str] = {
    "reviewer": N_("A reviewer"),
    "lead": N_("A lead editor"),
    "admin": N_("An admin"),
    "auditor": N_("An auditor"),
    "system": N_("The desk itself"),
    "public": N_("A member of the public"),
}


class OurWord(str):
    """A word of ours within a sentence, to be translated where it is shown."""

    __slots__ = ()


class Letter(str):
    """The letter under which a reviewer's vote is shown."""

    __slots__ = ()


NOBODY = Doer("system", SOMEBODY["system"])


@dataclass(frozen=True, slots=True)
class Detail:
    """A reason or another text that somebody wrote, under our label."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class About:
    """The source that a step is about."""

    source: int
    title: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One step. Its seal is withheld while a round is open, and its place since that round's opening: they would
    count what is mute. `provable`: its proof can be had now."""

    day: str
    sentence: str
    values: Mapping[str, Any]
    by: str | None
    major: bool
    details: tuple[Detail, ...]
    grade: str | None
    casualties: Casualties | None
    letter: str | None
    place: int | None
    provable: bool
    seal: Seal | None
    removed: tuple[Removed, ...] = ()
    may_ask: bool = False  # something of it could be removed, and the viewer is one who asks
    kind: str = ""
    doer: Doer = NOBODY
    changes: tuple[Change, ...] = ()
    about: About | None = None


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """The steps asked for, the latest first, of `total`; `kinds` and `doers` are what else can be asked for."""

    ref: str
    title: str
    stage: str
    open_round: int | None
    entries: tuple[Entry, ...]
    narrowing: Narrowing
    total: int
    kinds: tuple[Choice, ...]
    doers: tuple[Choice, ...]


EVERYTHING = Narrowing()


def history_page(viewer: Actor, ref: str, narrowing: Narrowing = EVERYTHING) -> HistoryPage:
    """The steps of an incident, the latest first, as this person may read them."""
    reading = read_incident(viewer, ref, "see_history")
    _who, openers = pseudonym_in(viewer, reading.name)
    chain = list(records(session, reading.id, openers))
    under_way = reading.dossier.open_round
    teller = _Teller(reading, removed(chain), changes(chain))
    told = tuple(teller.entry(record) for record in reversed(audible(reading, chain)))
    return HistoryPage(
        ref=reading.ref,
        title=reading.title,
        stage=reading.dossier.stage,
        open_round=under_way.number if under_way else None,
        entries=tuple(entry for entry in told if narrowing.takes(entry)),
        narrowing=narrowing,
        total=len(told),
        kinds=kinds(told, narrowing),
        doers=doers(tuple(reversed(told)), narrowing),
    )


def audible(reading: Reading, chain: Iterable[Record]) -> list[Record]:
    """The events of the chain that this viewer is shown."""
    silence, known = Silence(joints=joints(session)), list(chain)
    for record in known:
        if record.type in TELLING:
            silence.take(record.seq, record.type, reading.name, record.body)
    return [record for record in known if _shown(reading, silence, record)]


def _shown(reading: Reading, silence: Silence, record: Record) -> bool:
    if mute(silence, record.seq, record.type, reading.name):
        return False
    return record.type != REFUSED or reading.viewer.role in NAMING or record.actor == reading.who


class _Teller:
    """Puts one incident's events into words for one viewer."""

    def __init__(
        self, reading: Reading, gone: Mapping[int, tuple[Removed, ...]], changed: Mapping[int, tuple[Change, ...]]
    ) -> None:
        self.reading = reading
        self.gone = gone
        self.changed = changed
        self.asks = may(reading.viewer.role, "ask_redaction")
        self.dossier = reading.dossier
        self.sight = reading.sight()
        opened = self.dossier.open_round
        self.named_until = opened.seq if opened else None
        self.seals = seals(reading.id, self.dossier.rounds) if self.sight.markers else {}
        self.logs = Logs()
        self.published: dict[int | None, int] = {}

    def entry(self, record: Record) -> Entry:
        grade, casualties, letter = self._result(record)
        settled = self.named_until is None or record.seq <= self.named_until
        return Entry(
            day=record.day,
            sentence=TYPES[record.type].sentence,
            values=self._values(record),
            by=self._by(record),
            major=record.type in MAJOR,
            details=tuple(self._details(record)),
            grade=grade,
            casualties=casualties,
            letter=letter,
            place=record.iseq if settled else None,
            provable=settled and self._is_covered(record.seq),
            seal=self.seals.get(record.seq),
            removed=self.gone.get(record.seq, ()),
            may_ask=self.asks and settled and record.type != "vote.committed" and bool(record.sealed),
            kind=kind_of(record.type),
            doer=self._doer(record),
            changes=self.changed.get(record.seq, ()),
            about=self._about(record),
        )

    def _about(self, record: Record) -> About | None:
        number = record.body.get("source") if record.type.startswith("source.") else None
        source = self.dossier.source(number) if number else None
        return About(source.number, source.title or source.publisher or "") if source else None

    def _doer(self, record: Record) -> Doer:
        """Who did it, never more exactly than the step itself says: under a letter or unnamed it is the role."""
        if record.type in FOLLOWING:
            return NOBODY
        if record.actor == self.reading.who:
            return Doer("you", N_("You"))
        name = self._name(record, record.actor, record.role)
        if isinstance(name, OurWord | Letter):
            return Doer(record.role, SOMEBODY.get(record.role, SOMEBODY["reviewer"]))
        return Doer(str(self.reading.ids[record.actor]), name)

    def _is_covered(self, seq: int) -> bool:
        """Whether a published checkpoint of the log that it stands in covers a step."""
        ended = self.logs.ends(seq)
        if ended not in self.published:
            self.published[ended] = checkpoint_files.latest_size(session, ended) or 0
        return seq < self.published[ended]

    def _values(self, record: Record) -> dict[str, Any]:
        values = {name: value for name, value in record.body.items() if isinstance(value, str | int)}
        values |= {name: value for name, value in record.sealed.items() if name in ("party", "position")}
        if "grade" in values and not self._may_read(record):
            values["grade"] = OurWord(UNTOLD)
        values["actor"] = self._name(record, record.actor, record.role)
        if "who" in record.body:
            values["who"] = self._asked(record, record.body["who"])
        if record.type == REFUSED and record.body["verb"] in PERMISSIONS:
            values["verb"] = OurWord(PERMISSIONS[record.body["verb"]].sentence)
        return values

    def _asked(self, record: Record, who: str) -> str:
        """Somebody to whom a thing was done: "you" would not fit the sentence."""
        if who == self.reading.who:
            return OurWord(N_("A reviewer (you)"))
        return self._name(record, who, "reviewer")

    def _by(self, record: Record) -> str | None:
        """Who did it, where the sentence itself does not say so; the desk's own steps need nobody."""
        if record.role == "system" or record.type in FOLLOWING or "%(actor)s" in TYPES[record.type].sentence:
            return None
        return self._name(record, record.actor, record.role)

    def _name(self, record: Record, who: str, role: str) -> str:
        if who == self.reading.who:
            return OurWord(N_("You"))
        if record.type.startswith(LETTERED):
            return self._letter(record, who) or OurWord(SOMEBODY["reviewer"])
        named = self.named_until is None or record.seq < self.named_until
        if named and self.reading.viewer.role in NAMING:
            return self.reading.names.get(who) or OurWord(SOMEBODY_LEFT if role in DESK else SOMEBODY[role])
        return OurWord(SOMEBODY.get(role, SOMEBODY["reviewer"]))

    def _letter(self, record: Record, who: str) -> str | None:
        """The letter of a voter's vote, for those who see the votes under letters."""
        number = self._round_of(record)
        if number is None or self.reading.sight(number).votes != "letters":
            return None
        round_ = self.dossier.round_number(number)
        if round_ is None or record.seq < (round_.closed or 0):
            return None  # whoever knows in which order people answered would learn whose letter it is
        letter = letter_of(self.dossier, number, who)
        return Letter(letter) if letter else None

    def _round_of(self, record: Record) -> int | None:
        if "round" in record.body:
            return int(record.body["round"])
        if record.type == "settlement.argued":
            of = record.body["settlement"]
            return next((one.round for one in self.dossier.settlements if one.seq == of), None)
        vote = self.dossier.vote(record.body.get("of", -1))
        return vote.round if vote else None

    def _result(self, record: Record) -> tuple[str | None, Casualties | None, str | None]:
        """The grade and range that an event carries, as far as the viewer may see them."""
        if record.type == "vote.revealed":
            return self._revealed(record)
        if record.type == "grade.published":
            version = next(one for one in self.dossier.determinations if one.seq == record.seq)
            return version.grade, version.casualties, None
        if record.body.get("grade") and self._may_read(record):
            return record.body["grade"], Casualties.from_dict(record.body.get("range")), None
        return None, None, None

    def _may_read(self, record: Record) -> bool:
        """What a round amounted to is for those inside it, until it is published: the next round's voters are not."""
        sights = [self.reading.sight(number) for number in self._decided_in(record)]
        return not sights or any(sight.tally or sight.split for sight in sights)

    def _decided_in(self, record: Record) -> tuple[int, ...]:
        """The rounds whose votes an event's grade sums up."""
        if record.type in ("round.closed", "grade.proposed"):
            return (record.body["round"],)
        if record.type != "settlement.closed":
            return ()
        of = next(one for one in self.dossier.settlements if one.seq == record.body["settlement"])
        return tuple(number for number in (of.round, of.second) if number)

    def _revealed(self, record: Record) -> tuple[str | None, Casualties | None, str | None]:
        vote = self.dossier.vote(record.body["of"])
        if vote is None or vote.ballot is None:
            return None, None, None
        sight = self.reading.sight(vote.round)
        if sight.votes != "letters" and not sight.split and vote.voter != self.reading.who:
            return None, None, None
        return vote.ballot.grade, vote.ballot.casualties, letter_of(self.dossier, vote.round, vote.voter)

    def _details(self, record: Record) -> Iterable[Detail]:
        if not self._may_read_words(record):
            return
        for name, label in REASONS.items():
            if record.sealed.get(name):
                yield Detail(label, record.sealed[name])

    def _may_read_words(self, record: Record) -> bool:
        """Reasons are for the desk; those of a ballot, an answer or a conflict for their author alone."""
        if TYPES[record.type].blind:
            return record.actor == self.reading.who
        if record.type == "settlement.argued":
            settlement = self._round_of(record)
            return settlement is not None and self.reading.sight(settlement).arguments
        if record.type == "settlement.closed" and not self._may_read(record):
            return False
        return not record.type.startswith(("correction.", "detail.", "incident.restricted"))
