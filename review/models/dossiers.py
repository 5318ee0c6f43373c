"""The one bridge from rows to values: an incident's events and disclosures become its dossier."""

from __future__ import annotations

from binascii import a2b_base64
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from weakref import WeakKeyDictionary

import orjson
from sqlalchemy import bindparam, select

from review.models import shelf
from review.models.incidents import Incident, Stream
from review.models.involvement import with_carried
from review.models.trail import CodebookVersion, Disclosure, Event, Policy
from review.rules.dossier import Dossier, Record
from review.rules.folds_grading import ballot
from review.rules.history import History
from review.rules.places import here, sealed_here
from review.rules.policy import Policy as PolicyValue

_EVENT, _DISCLOSURE = Event.__table__, Disclosure.__table__
# Built once: every act reads by these two.
_EVENTS = (
    select(_EVENT.c.seq, _EVENT.c.line, _EVENT.c.leaf, _EVENT.c.judged)
    .where(_EVENT.c.incident_id == bindparam("incident"), _EVENT.c.iseq >= bindparam("since"))
    .order_by(_EVENT.c.iseq)
)
_SEALED = (
    select(_DISCLOSURE.c.seq, _DISCLOSURE.c.digest, _DISCLOSURE.c.text, _DISCLOSURE.c.sealed)
    # By the seqs themselves: a join lets PostgreSQL scan every disclosure of the log.
    .where(_DISCLOSURE.c.seq.in_(bindparam("seqs", expanding=True)))
    .where(_DISCLOSURE.c.name.not_in(("at", "person")))  # sealed by every event, looked at by no rule
)
_OF_ONE = select(_DISCLOSURE.c.digest, _DISCLOSURE.c.text, _DISCLOSURE.c.sealed).where(
    _DISCLOSURE.c.seq == bindparam("vote")
)
_JOINTS = select(_EVENT.c.seq).where(_EVENT.c.type == "log.opened", _EVENT.c.seq > 0).order_by(_EVENT.c.seq)
_MODE = select(Stream.mode).where(Stream.slug == bindparam("stream"))
EVERYBODY = "*"
OWN = ("live", "replaced", "withdrawn", "excluded")  # the states of votes that their own voter reads
_STANDARD = bytes.maketrans(b"-_", b"+/")

Opener = Callable[[str, str], str]
"""Turns the encrypted text of a disclosure, given with its digest, into its clear text."""


def read_disclosure(text: str) -> tuple[str, Any]:
    """The name and value of a disclosure's clear text."""
    # More padding than is wanted is as good as the right one.
    _salt, name, value = orjson.loads(a2b_base64(text.encode("ascii").translate(_STANDARD) + b"=="))
    return name, value


def history(session: Any, incident: Incident, *, openers: Mapping[str, Opener] | None = None) -> History:
    """The incident's chain, folded; `openers` maps a pseudonym, or EVERYBODY, to what may open their votes."""
    openers = openers or {}
    if EVERYBODY in openers:
        return _whole(session, incident, openers)
    present = _present(session, incident, joints(session))
    return _with_own(session, present, openers, OWN)


def history_read(session: Any, incident: Any, openers: Mapping[str, Opener], base: int) -> History:
    """The same for whoever opens the incident and nobody else; `base` as for an act."""
    met = joints(session) if base else ()
    return _with_own(session, _present(session, incident, met), openers, OWN)


def history_for(session: Any, incident: Incident, who: str, opener: Opener, base: int) -> History:
    """The chain as an act of `who` needs it: of all sealed votes, only their own live one is opened.

    `base` is where the present log begins; 0 is a log that never went on under another name.
    """
    met = tuple(joint for joint in joints(session) if joint <= base) if base else ()
    return _with_own(session, _present(session, incident, met), {who: opener}, ("live",))


def _whole(session: Any, incident: Incident, openers: Mapping[str, Opener]) -> History:
    return _told(session, incident, openers, joints(session))


def _told(session: Any, incident: Incident, openers: Mapping[str, Opener], met: tuple[int, ...]) -> History:
    folded = History(incident.name, policies(session), codebooks(session), joints=met)
    for record in records(session, incident.id, openers):
        folded.apply(record)
    return crossed(folded)


def _present(session: Any, incident: Any, met: tuple[int, ...]) -> History:
    """The chain up to its last event, no sealed vote opened: what is on the shelf and what came since.

    What is on the shelf has met these joints of the log, or is folded anew.
    """
    kept = shelf.taken(session.get_bind(), incident.id)
    if kept is None or kept.folded.joints != met:
        return _shelved(session, incident, _told(session, incident, {}, met))
    if incident.last_leaf is not None and bytes(incident.last_leaf) == kept.leaf:
        return kept.folded
    # Read once: what a second reading found could hold a close that the first has not seen.
    last, *new = session.execute(_EVENTS, {"incident": incident.id, "since": kept.folded.size - 1}).all() or [None]
    types = {orjson.loads(line)["type"] for _seq, line, _leaf, _judged in new}
    if last is None or bytes(last.leaf) != kept.leaf or types & shelf.REOPENING:
        return _shelved(session, incident, _told(session, incident, {}, met))
    if not new:
        return kept.folded
    for record in _records(session, new, {}):
        kept.folded.apply(record)
    return _shelved(session, incident, kept.folded)


def _shelved(session: Any, incident: Incident, folded: History) -> History:
    if folded.size:
        shelf.put(session.get_bind(), incident.id, folded)
    return folded


def _with_own(session: Any, folded: History, openers: Mapping[str, Opener], states: tuple[str, ...]) -> History:
    for vote in tuple(folded.votes.values()):
        if vote.ballot is None and vote.voter in openers and vote.state in states:
            folded.votes[vote.seq] = replace(vote, ballot=ballot(_opened(session, vote.seq, openers[vote.voter])))
    return folded


def _opened(session: Any, vote: int, opener: Opener) -> dict[str, Any]:
    rows = session.connection().execute(_OF_ONE, {"vote": vote})
    return dict(read_disclosure(opener(text, digest) if sealed else text) for digest, text, sealed in rows)


def dossier(session: Any, incident: Incident, *, openers: Mapping[str, Opener] | None = None) -> Dossier:
    """The incident as the rules see it, with the mode of its stream."""
    return with_mode(session, history(session, incident, openers=openers).dossier())


def with_mode(session: Any, folded: Dossier) -> Dossier:
    """The same dossier with the present mode of its stream."""
    stream = folded.stream or stream_of(session, folded)
    return in_stream(session, folded, stream, session.execute(_MODE, {"stream": stream}).scalar())


def in_stream(session: Any, folded: Dossier, stream: str, mode: str | None) -> Dossier:
    """The same dossier in the stream where it is worked, with that one's mode."""
    return with_carried(session, replace(folded, stream=stream, stream_mode=mode or "active"))


def stream_of(session: Any, folded: Dossier) -> str:
    """The stream of an incident that was split out of another: its own events do not name it."""
    statement = select(Incident.stream).where(Incident.name == folded.passage.split_from)
    return session.execute(statement).scalar() or ""


def records(session: Any, incident_id: int, openers: Mapping[str, Opener]) -> Iterable[Record]:
    """The events of one chain in order, each with the disclosures that `openers` allow."""
    return _records(session, session.execute(_EVENTS, {"incident": incident_id, "since": 0}).all(), openers)


def _records(session: Any, rows: Sequence[Any], openers: Mapping[str, Opener]) -> Iterable[Record]:
    sealed = _disclosures(session, rows, openers)
    for seq, line, leaf, judged in rows:
        yield record(seq, orjson.loads(line), sealed.get(seq, {}), leaf, judged)


def record(seq: int, said: Mapping[str, Any], sealed: Mapping[str, Any], leaf: bytes, judged: str | None) -> Record:
    """The event at this place, as its line says it, as the rules take it."""
    event = here(said, seq)
    return Record(
        seq=seq,
        iseq=event["iseq"],
        day=event["day"],
        type=event["type"],
        actor=event["actor"],
        role=event["role"],
        body=event["body"],
        sealed=sealed_here(event["type"], sealed, seq - said["seq"]),
        leaf=bytes(leaf),
        judged=judged,
    )


def _disclosures(session: Any, rows: Sequence[Any], openers: Mapping[str, Opener]) -> dict[int, dict[str, Any]]:
    found: dict[int, dict[str, Any]] = {}
    actors: dict[int, str] | None = None
    disclosed = session.execute(_SEALED, {"seqs": [row.seq for row in rows]})
    for seq, digest, text, is_sealed in disclosed:
        if is_sealed:
            if not openers:
                continue
            actors = actors or {row.seq: orjson.loads(row.line)["actor"] for row in rows}
            opener = openers.get(EVERYBODY) or openers.get(actors[seq])
            if opener is None:
                continue
            text = opener(text, digest)
        name, value = read_disclosure(text)
        found.setdefault(seq, {})[name] = value
    return found


def joints(session: Any) -> tuple[int, ...]:
    """The places where the log of this desk went on under another name."""
    return tuple(session.scalars(_JOINTS))


def crossed(folded: History) -> History:
    """A history that was told to its end, over every joint that came after its last event."""
    folded.cross(folded.joints[-1] if folded.joints else 0)
    return folded


class _Kept(Mapping[int, Any]):
    """Values that never change once recorded, read from their rows once a process."""

    def __init__(self, read: Callable[[], Mapping[int, Any]], known: dict[int, Any]) -> None:
        self._read, self._known = read, known

    def __getitem__(self, seq: int) -> Any:
        if seq not in self._known:
            self._known.update(self._read())
        return self._known[seq]

    def __iter__(self) -> Iterator[int]:
        self._known.update(self._read())
        return iter(self._known)

    def __len__(self) -> int:
        return len(list(iter(self)))


_POLICIES: WeakKeyDictionary[Any, dict[int, PolicyValue]] = WeakKeyDictionary()
_CODEBOOKS: WeakKeyDictionary[Any, dict[int, str]] = WeakKeyDictionary()


def policies(session: Any) -> Mapping[int, PolicyValue]:
    """Every policy that was ever set, by the seq of its event."""

    def read() -> Mapping[int, PolicyValue]:
        rows = session.execute(select(Policy.seq, Policy.body, Policy.times))
        return {seq: PolicyValue.from_body(body, times) for seq, body, times in rows}

    return _Kept(read, _POLICIES.setdefault(session.get_bind(), {}))


def codebooks(session: Any) -> Mapping[int, str]:
    """Every codebook that was defined, by the seq of its event."""

    def read() -> Mapping[int, str]:
        return dict(session.execute(select(CodebookVersion.seq, CodebookVersion.key)).all())

    return _Kept(read, _CODEBOOKS.setdefault(session.get_bind(), {}))
