"""Leaves, columns, the tree, checkpoints and disclosures, read once from the first leaf on."""

from __future__ import annotations

from binascii import a2b_base64, b2a_base64
from collections.abc import Iterator, Sequence
from contextlib import suppress
from hashlib import sha256
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from sqlalchemy import select

from review import config
from review.audit import canonical, keyring, keys, mute
from review.audit.events import TYPES
from review.audit.events.grading import VoteExcluded
from review.audit.events.log import LogOpened
from review.audit.fsck import signatures
from review.audit.fsck.disclosures import SEALS, Sealed
from review.audit.fsck.excuses import EXCUSING, Excuses
from review.audit.fsck.lines import UNTAKEN, event_of, is_event, placed
from review.audit.fsck.stretches import Stretches
from review.audit.keys import Keys
from review.audit.tree import Edge
from review.models import Checkpoint, Event, Incident, LogHead
from review.models.dossiers import joints
from review.rules.places import here

BLOCK = 2000
SORTED = orjson.OPT_SORT_KEYS
OPENED, EXCLUDED = LogOpened.type, VoteExcluded.type
_URL = bytes.maketrans(b"+/", b"-_")
_STANDARD = bytes.maketrans(b"-_", b"+/")
# Columns of the tables and the connection itself: rows without the session between them.
_EVENT, _INCIDENT = Event.__table__.c, Incident.__table__.c
_NAMED = Event.__table__.outerjoin(Incident.__table__, _INCIDENT.id == _EVENT.incident_id)
_COLUMNS = (
    _EVENT.seq, _EVENT.line, _EVENT.leaf, _EVENT.type, _EVENT.day, _INCIDENT.name, _EVENT.iseq, _EVENT.actor,
    _EVENT.role, _EVENT.judged, _EVENT.incident_id,
)  # fmt: skip


class _Pass:
    """Everything that one reading of the log gathers."""

    def __init__(self, session: Any, keys: Keys | None) -> None:
        self.session, self.keys = session, keys
        self.head = session.execute(select(LogHead.__table__)).one()
        self.size, self.base, self.day, self.origin = 0, 0, "", ""
        self.edge = Edge()
        self.stretches = Stretches(session)
        self.stretch = self.stretches.length
        self.roots: list[signatures.Root] = []
        self.covered = 0  # the size of the last published checkpoint of the log that is being read
        self.signed_edge: list[str] | None = None
        self.last_type: str | None = None
        self.misjudged: list[int] = []
        self.checkpoints: list[Any] = list(
            session.execute(select(Checkpoint.size, Checkpoint.text, Checkpoint.heads).order_by(Checkpoint.size))
        )
        self.silence = _silence(session)
        self.excuses = Excuses(session, keys)
        self.ring = keyring.KeyRing()

    def read(self) -> Iterator[str]:
        statement = select(*_COLUMNS).select_from(_NAMED).order_by(_EVENT.seq).limit(BLOCK)
        last = -1
        connection = self.session.connection()
        while rows := connection.execute(statement.where(_EVENT.seq > last)).all():
            last = rows[-1][0]
            sealed = Sealed(connection, rows[0][0], last)
            for row in rows:
                yield from self._event(row, sealed)
        yield from self._end()

    # one event

    def _event(self, row: Any, sealed: Sealed) -> Iterator[str]:
        seq, line, leaf, type_, day, name, iseq, actor, role, judged, incident_id = row
        if seq != self.size:
            yield f"Event {seq} stands where event {self.size} should: {seq - self.size} events are gone."
        self.size = seq + 1
        hashed = sha256(b"\0" + line).digest()
        if hashed != leaf:
            yield f"Event {seq}: its hash is not that of its line."
        self._checkpoint_due(seq)
        if type_ == OPENED:
            yield from self._joint(seq, line)
        if self.edge.size % self.stretch == self.stretch - 1:
            self.stretches.fill(self.edge, leaf, self.base)
        self.edge.append(leaf)
        self.last_type = type_
        try:
            event = orjson.loads(line)
        except orjson.JSONDecodeError:
            yield f"Event {seq}: its line is no JSON."
            return
        if orjson.dumps(event, option=SORTED) != line:
            yield f"Event {seq}: its line is not canonical."
        if not is_event(event):
            yield f"Event {seq}: its line is not that of an event."
            return
        kind = TYPES.get(event["type"])
        if kind is None:
            yield f"Event {seq}: {event['type']} is no type of this log."
            return
        beside = (seq, type_, day, name, iseq, actor, role, judged, self.origin)
        inside = (
            event["seq"] + self.base, event["type"], event["day"], event["incident"], event["iseq"], event["actor"],
            event["role"], None if event["body"].get("material") is False else kind.judged, event["log"],
        )  # fmt: skip
        if beside != inside:
            yield from _beside(seq, beside, inside)
        if name is None and incident_id is not None:
            yield f"Event {seq}: it stands in the chain of an incident that there is not."
        self.day = day
        if type_ in EXCUSING:
            with suppress(*UNTAKEN):  # what it says was altered then, which was named
                self.excuses.take(placed(event, seq))
        if type_ in keyring.TELLING:
            with suppress(*UNTAKEN):
                self.ring.take(event)
        hidden = kind.blind and self._must_be_sealed(seq, kind, name)
        if hidden or not sealed.stand_in_clear(seq, event["sd"], SEALS[kind]):
            yield from self._disclosures(placed(event, seq), kind, sealed.of.get(seq, ()), hidden)

    def _joint(self, seq: int, line: bytes) -> Iterator[str]:
        """A log begins here: the desk's first one, or one that says truly which it continues."""
        event = event_of(line) or {}
        body, origin = event.get("body") or {}, str(event.get("log"))
        expected = None
        if seq:
            expected = (self.origin, self.edge.size, canonical.b64(self.edge.root()))
        continues = body.get("continues")
        if (continues and tuple(continues.get(name) for name in ("origin", "size", "root"))) != expected:
            yield f"Event {seq}: the log that it says to continue is not the one before it."
        self.base, self.origin, self.edge, self.covered = seq, origin, Edge(), 0

    # disclosures

    def _disclosures(self, event: Any, kind: Any, rows: Sequence[Any], hidden: bool) -> Iterator[str]:
        """Each disclosure of an event by itself: what is wrong with it, and what is gone."""
        seq, expected = event["seq"], set(event["sd"])
        seals = SEALS[kind]
        found: set[str] = set()
        for _seq, digest, label, text, sealed in rows:
            if digest not in expected:
                yield f"Event {seq}: the disclosure {digest} is none that it sealed."
                continue
            found.add(label)
            expected.discard(digest)
            if sealed or not _holds(text.encode(), digest, label):
                yield from self._text(seq, digest, label, text, sealed)
            if bool(sealed) is not hidden and not self._left_encrypted(event):
                yield _sealed_sentence(seq, label, sealed)
        if not seals >= found or len(found) + len(expected) != len(seals):
            yield f"Event {seq}: its disclosures are not those that a {event['type']} seals."
        if expected:
            self.excuses.absent(event, expected, seals - found)

    def _must_be_sealed(self, seq: int, kind: Any, name: str | None) -> bool:
        """Encrypted at rest: what a round keeps blind while it is open, and votes that are never revealed."""
        if name is None:
            return False
        if mute.sealed_for_ever(self.silence, seq):
            return True
        opened = self.silence.open_since(name)
        if opened is not None and seq > opened:
            return True
        return kind.type.startswith("vote.") and self.silence.never_told(name, seq)

    def _left_encrypted(self, event: Any) -> bool:
        """Whether it is the exclusion of an earlier round's vote in a round that was then given up.

        It may be told, and earlier versions of this desk left it encrypted: its incident's next close opens it.
        """
        seq, name = event["seq"], event["incident"]
        if event["type"] != EXCLUDED or self.silence.never_told(name, seq):
            return False
        return any(start < seq < end for start, end in self.silence.windows(name))

    def _text(self, seq: int, digest: str, label: str, text: str, sealed: bool) -> Iterator[str]:
        if sealed:
            if self.keys is None:
                return
            try:
                text = self.keys.open_text(text, digest)
            except (InvalidTag, ValueError):
                yield f"Event {seq}: its sealed {label} cannot be opened with the master key."
                return
        if _digest(text.encode()) != digest:
            yield f"Event {seq}: its {label} is not what was sealed."
        elif not _holds(text.encode(), digest, label):
            yield f"Event {seq}: the column says {label}, the disclosure says another name."

    # the end

    def _checkpoint_due(self, seq: int) -> None:
        while self.checkpoints and self.checkpoints[0][0] <= seq:
            self._keep_root()

    def _keep_root(self) -> None:
        size, text, ends_in_heads = self.checkpoints.pop(0)
        if size == self.head.signed_size:
            self.signed_edge = self.edge.to_list()
        if ends_in_heads is not (self.last_type == "log.heads"):
            self.misjudged.append(size)
        wanted = self.ring.wanted(size - self.base, self.covered)
        self.covered = size - self.base
        self.roots.append(signatures.Root(size, self.base, text, self.edge.size, self.edge.root(), wanted))

    def _end(self) -> Iterator[str]:
        while self.checkpoints and self.checkpoints[0][0] <= self.size:
            self._keep_root()
        head = self.head
        if (head.origin, head.base) != (self.origin, self.base):
            said = f"{self.origin} from {self.base} on"
            yield f"The log's head says {head.origin} from {head.base} on; the leaves say {said}."
        if (head.size, head.edge, head.day) != (self.size, self.edge.to_list(), self.day):
            said = f"{head.size} events of {head.day}"
            yield f"The log's head says {said}; the leaves say {self.size} of {self.day}."
        yield from self.stretches.sentences()
        yield from self._signed()
        yield from self.excuses.sentences()

    def _signed(self) -> Iterator[str]:
        if self.keys is not None:
            yield from signatures.secret(self.ring, keys.seeds(config.home(), self.head.origin))
        for size, _text, _heads in self.checkpoints:
            yield f"A checkpoint of {size} events was published and only {self.size} events are here."
        for one in self.roots:
            yield from signatures.checkpoint(one)
        signed = {one.size: canonical.b64(one.root) for one in self.roots}
        if self.head.signed_size > self.base and signed.get(self.head.signed_size) != self.head.signed_root:
            size = self.head.signed_size
            yield f"The signer remembers another root for {size} events than the leaves have."
        elif self.signed_edge is not None and self.signed_edge != self.head.signed_edge:
            yield f"The signer remembers another edge for {self.head.signed_size} events than the leaves have."
        for size in self.misjudged:
            yield f"The checkpoint of {size} events says otherwise than its last leaf whether it ends in the heads."


_BESIDE = ("seq", "type", "day", "incident", "iseq", "actor", "role", "class", "log")


def trail(session: Any, keys: Keys | None) -> Iterator[str]:
    """What does not hold of the log itself."""
    yield from _Pass(session, keys).read()


def _beside(seq: int, beside: Sequence[Any], inside: Sequence[Any]) -> Iterator[str]:
    for label, column, said in zip(_BESIDE, beside, inside, strict=True):
        if column != said:
            yield f"Event {seq}: the column {label} says {column}, the leaf says {said}."


def _sealed_sentence(seq: int, label: str, sealed: bool) -> str:
    if sealed:
        return f"Event {seq}: its {label} is still encrypted, though its round is closed."
    return f"Event {seq}: its {label} stands in clear, though it is sealed."


def _digest(raw: bytes) -> str:
    return b2a_base64(sha256(raw).digest(), newline=False)[:43].translate(_URL).decode()


def _holds(raw: bytes, digest: str, label: str) -> bool:
    """Whether a disclosure's text is what was sealed, under the name that its column says."""
    if _digest(raw) != digest:
        return False
    # [ " salt of 43 characters " , " name " ,  -- no more of it has to be decoded
    head = a2b_base64(raw[:96].translate(_STANDARD) + b"==")
    return head[45:].startswith(b'","%b",' % label.encode())


def _silence(session: Any) -> mute.Silence:
    silence = mute.Silence(joints=joints(session))
    statement = select(_EVENT.seq, _EVENT.type, _INCIDENT.name, _EVENT.line).select_from(_NAMED)
    telling = statement.where(_EVENT.type.in_(mute.TELLING)).order_by(_EVENT.seq).execution_options(yield_per=BLOCK)
    for seq, type_, name, line in session.connection().execute(telling):
        with suppress(*UNTAKEN):  # an altered line is named when it is read in its place
            silence.take(seq, type_, name or "", here(orjson.loads(line), seq)["body"])
    return silence
