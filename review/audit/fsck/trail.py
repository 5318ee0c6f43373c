"""Leaves, columns, chains, the tree, checkpoints and disclosures, read once from the first leaf on."""

from __future__ import annotations

from base64 import b64encode
from binascii import a2b_base64, b2a_base64
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from sqlalchemy import select

from review.audit import canonical, mute, note
from review.audit.append import heads_root
from review.audit.events import TYPES
from review.audit.heads import Heads
from review.audit.keys import Keys
from review.audit.tree import Edge
from review.models import Checkpoint, Disclosure, Event, Incident, LogHead

BLOCK = 2000
SORTED = orjson.OPT_SORT_KEYS
EXCUSING = ("detail.redacted", "person.left")
_URL = bytes.maketrans(b"+/", b"-_")
_STANDARD = bytes.maketrans(b"-_", b"+/")
_COLUMNS = (
    Event.seq, Event.line, Event.leaf, Event.type, Event.day, Event.incident_id, Event.iseq, Event.actor,
    Event.role, Event.judged,
)  # fmt: skip


class _Chain:
    """One incident's chain so far."""

    __slots__ = ("count", "digest", "evidence", "first", "frozen", "last", "name")

    def __init__(self, name: str, first: int) -> None:
        self.name, self.first, self.count = name, first, 0
        self.last: bytes | None = None
        self.evidence = self.digest = canonical.digest_start(name)
        self.frozen: tuple[int, bytes] | None = None


class _Pass:
    """Everything that one reading of the log gathers."""

    def __init__(self, session: Any, keys: Keys | None) -> None:
        self.session, self.keys = session, keys
        self.head = session.execute(select(LogHead.__table__)).one()
        self.names: Mapping[int, str] = {
            row.id: row.name for row in session.execute(select(Incident.id, Incident.name))
        }
        self.size, self.day = 0, ""
        self.edge = Edge()
        self.chains: dict[int, _Chain] = {}
        self.heads = Heads()
        self.last_heads = session.scalar(
            select(Event.seq).where(Event.type == "log.heads").order_by(Event.seq.desc()).limit(1)
        )
        self.roots: list[tuple[int, str, int, bytes]] = []
        self.checkpoints: list[Any] = list(
            session.execute(select(Checkpoint.size, Checkpoint.text).order_by(Checkpoint.size))
        )
        self.silence = _silence(session, self.names)
        self.redacted: set[str] = set()
        self.left: set[str] = set()
        self.absent: list[tuple[int, str, Sequence[str]]] = []

    def read(self) -> Iterator[str]:
        statement = select(*_COLUMNS).order_by(Event.seq).limit(BLOCK)
        last = -1
        while rows := self.session.execute(statement.where(Event.seq > last)).all():
            last = rows[-1][0]
            sealed = self._sealed(rows[0][0], last)
            for row in rows:
                yield from self._event(row, sealed.get(row[0], ()))
        yield from self._end()

    def _sealed(self, low: int, high: int) -> dict[int, list[Any]]:
        found: dict[int, list[Any]] = {}
        statement = select(Disclosure.seq, Disclosure.digest, Disclosure.name, Disclosure.text, Disclosure.sealed)
        for row in self.session.execute(statement.where(Disclosure.seq >= low, Disclosure.seq <= high)):
            found.setdefault(row[0], []).append(row)
        return found

    # one event

    def _event(self, row: Any, disclosures: Sequence[Any]) -> Iterator[str]:
        seq, line, leaf, type_, day, incident_id, iseq, actor, role, judged = row
        if seq != self.size:
            yield f"Event {seq} stands where event {self.size} should: {seq - self.size} events are gone."
        self.size = seq + 1
        hashed = sha256(b"\0" + line).digest()
        if hashed != leaf:
            yield f"Event {seq}: its hash is not that of its line."
        self._checkpoint_due(seq)
        self.edge.append(leaf)
        try:
            event = orjson.loads(line)
        except orjson.JSONDecodeError:
            yield f"Event {seq}: its line is no JSON."
            return
        if orjson.dumps(event, option=SORTED) != line:
            yield f"Event {seq}: its line is not canonical."
        kind = TYPES.get(event.get("type"))
        if kind is None:
            yield f"Event {seq}: {event.get('type')} is no type of this log."
            return
        name = None if incident_id is None else self.names.get(incident_id)
        beside = (seq, type_, day, name, iseq, actor, role, judged, self.head.origin)
        inside = (
            event["seq"], event["type"], event["day"], event["incident"], event["iseq"], event["actor"],
            event["role"], None if event["body"].get("material") is False else kind.judged, event["log"],
        )  # fmt: skip
        if beside != inside:
            yield from _beside(seq, beside, inside)
        self.day = day
        if incident_id is not None:
            yield from self._chain(event, incident_id, bytes(leaf), judged, name or "")
        if type_ in EXCUSING:
            self._excuse(event)
        yield from self._disclosures(event, kind, disclosures, name)

    def _chain(self, event: Any, incident_id: int, leaf: bytes, judged: str | None, name: str) -> Iterator[str]:
        seq, type_ = event["seq"], event["type"]
        chain = self.chains.get(incident_id)
        if chain is None:
            chain = self.chains[incident_id] = _Chain(name, seq)
        previous = b64encode(chain.last).decode() if chain.last else None
        if event["iseq"] != chain.count or event["prev"] != previous:
            yield f"Event {seq}: its link is not to the event before it in {name}."
        chain.count, chain.last = chain.count + 1, leaf
        if judged == "E":
            chain.evidence = sha256(chain.evidence + leaf).digest()
        if judged is not None:
            chain.digest = sha256(chain.digest + leaf).digest()
        if type_ == "round.opened":
            chain.frozen = (chain.count, leaf)
        elif type_ == "round.closed":
            chain.frozen = None
        if self.last_heads is not None and seq < self.last_heads:
            self.heads.take(type_, name, event["iseq"], leaf)

    def _excuse(self, event: Any) -> None:
        if event["type"] == "person.left":
            self.left.add(event["body"]["who"])
        else:
            self.redacted.update(event["body"]["digests"])

    # disclosures

    def _disclosures(self, event: Any, kind: Any, rows: Sequence[Any], name: str | None) -> Iterator[str]:
        seq, expected = event["seq"], set(event["sd"])
        seals = kind.all_seals()
        hidden = kind.blind and self._must_be_sealed(seq, kind, name)
        found: set[str] = set()
        for _seq, digest, label, text, sealed in rows:
            if digest not in expected:
                yield f"Event {seq}: the disclosure {digest} is none that it sealed."
                continue
            found.add(label)
            expected.discard(digest)
            if sealed or not _holds(text.encode(), digest, label):
                yield from self._text(seq, digest, label, text, sealed)
            if sealed is not hidden:
                yield _sealed_sentence(seq, label, sealed)
        if not seals.keys() >= found or len(found) + len(expected) != len(seals):
            yield f"Event {seq}: its disclosures are not those that a {event['type']} seals."
        if expected:
            self.absent.append((seq, event["type"], sorted(expected)))

    def _must_be_sealed(self, seq: int, kind: Any, name: str | None) -> bool:
        """Encrypted at rest: what a round keeps blind while it is open, and votes that are never revealed."""
        if name is None:
            return False
        if mute.sealed_for_ever(self.silence, seq):
            return True
        opened = self.silence.open.get(name)
        if opened is not None and seq > opened:
            return True
        windows = self.silence.abandoned.get(name, ()) if kind.type.startswith("vote.") else ()
        return any(start < seq < end for start, end in windows)

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
        size, text = self.checkpoints.pop(0)
        self.roots.append((size, text, self.edge.size, self.edge.root()))

    def _end(self) -> Iterator[str]:
        while self.checkpoints and self.checkpoints[0][0] <= self.edge.size:
            self._keep_root()
        head = self.head
        if (head.size, head.edge, head.day) != (self.size, self.edge.to_list(), self.day):
            said = f"{head.size} events of {head.day}"
            yield f"The log's head says {said}; the leaves say {self.size} of {self.day}."
        yield from self._signed()
        yield from self._incidents()
        yield from self._absences()
        yield from self._last_heads()

    def _signed(self) -> Iterator[str]:
        key = self.keys.verifier(self.head.origin) if self.keys else None
        for size, _text in self.checkpoints:
            yield f"A checkpoint of {size} events was published and only {self.edge.size} events are here."
        for size, text, counted, root in self.roots:
            yield from _checkpoint(size, text, counted, root, key)
        signed = {size: canonical.b64(root) for size, _text, _counted, root in self.roots}
        if self.head.signed_size and signed.get(self.head.signed_size, self.head.signed_root) != self.head.signed_root:
            size = self.head.signed_size
            yield f"The signer remembers another root for {size} events than the leaves have."

    def _incidents(self) -> Iterator[str]:
        table = Incident.__table__.c
        columns = (
            table.id, table.name, table.count, table.last_leaf, table.first_seq, table.evidence, table.digest,
            table.shown_count, table.shown_leaf,
        )  # fmt: skip
        for id_, name, *kept in self.session.execute(select(*columns).order_by(table.id)):
            chain = self.chains.get(id_)
            if chain is None:
                yield f"{name} has no event."
                continue
            frozen = chain.frozen or (None, None)
            digests = canonical.b64(chain.evidence), canonical.b64(chain.digest)
            expected = [chain.count, chain.last, chain.first, *digests, *frozen]
            for label, has, should in zip(_HEAD, map(_plain, kept), expected, strict=True):
                if has != should:
                    yield f"{name}: its {label} is not that of its chain."

    def _absences(self) -> Iterator[str]:
        for seq, type_, digests in self.absent:
            missing = [digest for digest in digests if digest not in self.redacted]
            of_person = 2 if type_.startswith("person.") else 1
            if missing and not (self.left and len(missing) <= of_person):
                gone = len(missing)
                yield f"Event {seq}: {gone} of its disclosures are gone and no redaction covers them."

    def _last_heads(self) -> Iterator[str]:
        if self.last_heads is None:
            return
        line = self.session.scalar(select(Event.line).where(Event.seq == self.last_heads))
        body = orjson.loads(line)["body"]
        n, root = heads_root(self.heads)
        if (body["n"], body["root"]) != (n, canonical.b64(root)):
            yield f"Event {self.last_heads}: the heads that it fixed are not those of the incidents then."


_HEAD = (
    "length",
    "last leaf",
    "first event",
    "evidence digest",
    "dossier digest",
    "shown length",
    "shown leaf",
)
_BESIDE = ("seq", "type", "day", "incident", "iseq", "actor", "role", "class", "log")


def trail(session: Any, keys: Keys | None) -> Iterator[str]:
    """What does not hold of the log itself."""
    yield from _Pass(session, keys).read()


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview | bytearray) else value


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


def _checkpoint(size: int, text: str, counted: int, root: bytes, key: note.VerifierKey | None) -> Iterator[str]:
    try:
        told = note.parse_checkpoint(text)
        signed = key is None or key in note.signers(told, [key])
    except note.NoteError as error:
        yield f"The checkpoint of {size} events is malformed: {error}."
        return
    if not signed:
        yield f"The checkpoint of {size} events is not signed by this log's key."
    if (told.size, told.root) != (size, root) or counted != size:
        yield f"The checkpoint of {size} events has another root than the leaves."


def _silence(session: Any, names: Mapping[int, str]) -> mute.Silence:
    silence = mute.Silence()
    statement = select(Event.seq, Event.type, Event.incident_id, Event.line).where(Event.type.in_(mute.TELLING))
    for seq, type_, incident_id, line in session.execute(statement.order_by(Event.seq)):
        try:
            silence.take(seq, type_, names.get(incident_id, ""), orjson.loads(line)["body"])
        except (KeyError, ValueError, TypeError):
            continue  # an altered line is named when it is read in its place
    return silence
