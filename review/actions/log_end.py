"""The end of the log: opening it, and writing the events of one act after its last leaf."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, bindparam, insert, inspect, select, update

from review import clock, config
from review.actions import consequences
from review.audit import canonical, keys, remembered
from review.audit.append import Append, Entry, Leaf
from review.audit.events.event import Event
from review.audit.events.grading import RoundClosed, RoundOpened
from review.audit.events.log import ClockStepped, CodebookDefined, LogOpened, PolicySet
from review.audit.note import verifier_key
from review.audit.tree import Edge
from review.models import CodebookVersion, Disclosure, Incident, LogHead, Policy, session
from review.models import Event as EventRow
from review.models.dossiers import record
from review.models.projections import FirstRows, project
from review.models.record import Recount
from review.models.search import first_words
from review.models.told import tell
from review.rules import clocks
from review.rules.errors import Busy, ReadOnly
from review.rules.grades import CODEBOOKS, Codebook
from review.rules.permissions import SYSTEM, Actor
from review.rules.policy import Policy as PolicyValue

if TYPE_CHECKING:
    from review.actions.act import Act, Held

FORMAT = "assay/1"

# Built once: every act ends with these.
_LOG = LogHead.__table__
_HEAD = select(_LOG.c.origin, _LOG.c.base, _LOG.c.size, _LOG.c.edge, _LOG.c.day).where(_LOG.c.id == 1).with_for_update()
_MOVED = (
    update(_LOG)
    .where(_LOG.c.id == 1)
    .values(size=bindparam("to_size"), edge=bindparam("to_edge", type_=JSON), day=bindparam("to_day"))
)
_INCIDENTS = Incident.__table__
_CHANGED = update(_INCIDENTS).where(_INCIDENTS.c.id == bindparam("held"))
_NEW_EVENTS = insert(EventRow.__table__)
_NEW_DISCLOSURES = insert(Disclosure.__table__)


class CodebookChanged(RuntimeError):
    """A shipped codebook differs from what the log defined under its name: a fault of the release."""


def open_log(act: Act) -> None:
    """The first write of a desk: make the keys, open the log, define the codebooks, set the default policy."""
    keys.make(act.home)
    origin = config.origin()
    head = LogHead(id=1, origin=origin, size=0, edge=[], day=None, signed_size=0)
    session.add(head)
    _begin(act, str(act.keys.verifier(origin)), None, PolicyValue())


def open_next(act: Act, origin: str, lost: int) -> None:
    """The log ends here and goes on under another name, from place 0, with a key, the codebooks and the policy anew."""
    act.continues = True
    head = act.connection.execute(select(_LOG).where(_LOG.c.id == 1).with_for_update()).one()
    held = Edge.from_list(head.size - head.base, head.edge)
    ended = {"origin": head.origin, "size": held.size, "root": canonical.b64(held.root()), "lost": lost}
    begun = {"origin": origin, "base": head.size, "edge": [], "signed_size": head.size, "signed_edge": []}
    act.connection.execute(update(_LOG).where(_LOG.c.id == 1).values(**begun, signed_root=None))
    last = select(Policy.body, Policy.times).order_by(Policy.seq.desc()).limit(1)
    vkey = str(verifier_key(origin, keys.next_seed(act.home)))
    _begin(act, vkey, ended, PolicyValue.from_body(*session.execute(last).one()))


def _begin(act: Act, vkey: str, continues: dict[str, Any] | None, policy: PolicyValue) -> None:
    act.record(LogOpened(format=FORMAT, vkey=vkey, continues=continues), by=SYSTEM)
    for book in CODEBOOKS:
        define_codebook(act, book)
    set_policy(act, policy, reason=None, by=SYSTEM)


def define_new_codebooks(act: Act) -> None:
    """A codebook that this version ships and the log does not know yet is defined; a known one never changes."""
    known = dict(session.execute(select(CodebookVersion.key, CodebookVersion.sha256)).all())
    for book in CODEBOOKS:
        if book.id not in known:
            define_codebook(act, book)
        elif known[book.id] != entry_sha256(book):
            raise CodebookChanged(f"{book.id} was defined with other words: give the changed codebook a new version")


def entry_sha256(book: Codebook) -> str:
    """The SHA-256, in hex, of the JCS of a codebook's entry."""
    return hashlib.sha256(canonical.canonical_value(book.as_entry())).hexdigest()


def define_codebook(act: Act, book: Codebook) -> Event:
    """Record a shipped codebook, vouched for by the SHA-256 of its entry."""
    sha256 = entry_sha256(book)
    event = CodebookDefined(
        id=book.id,
        sha256=sha256,
        grades=[grade.key for grade in book.grades],
        distances=[[a, b, distance] for a, b, distance in book.distances],
    )
    act.record(event, by=SYSTEM)
    act.add(CodebookVersion(key=book.id, sha256=sha256), event)
    return event


def set_policy(act: Act, policy: PolicyValue, *, reason: str | None, by: Actor) -> Event:
    """Record a policy; later rounds copy it, earlier ones keep theirs."""
    event = PolicySet(**policy.as_body(), times=dict(policy.times), reason=reason)
    act.record(event, by=by)
    act.add(Policy(body=policy.as_body(), times=dict(policy.times)), event)
    return event


def append_all(act: Act) -> None:
    """Write what the act recorded after the last leaf, its facts, and the projections of what it touched."""
    # Columns, never the row object: one read earlier in this session would hide what others appended since.
    origin, base, size, edge, last_day = act.connection.execute(_HEAD).one()
    if act.base not in (None, base):
        raise Busy  # while this act waited for its incident the log went on under another name
    if not act.continues:
        remembered.must_continue(session, act.home, size - base)
    append = Append(origin, Edge.from_list(size - base, edge), _day(act, last_day), clock.stamp(act.at), base)
    touched = _chained(act, append)
    _write(act, append)
    _add_facts(act)
    recount, first = Recount(session), FirstRows()
    for held in touched:
        _project(act, held, recount, first)
    recount.send(act.put)
    first.send(act.put)
    _change(act, touched)
    _index(act, [held.row for held in touched if held.before.size == 0])
    session.flush()
    if act.behind:
        act.send()
    for step in act.behind:
        step()
    session.flush()  # nothing is left for after the commit: on PostgreSQL that would be another transaction
    # Last: what stands beyond the head belongs to this transaction, and only such an event covers what goes with it.
    act.put(_MOVED, {"to_size": append.size, "to_edge": append.edge.to_list(), "to_day": append.day})


def _add_facts(act: Act) -> None:
    for row, event in act.rows:
        row.seq = event.seq
        _own_incident(act, row)
    new = [row for row, _event in act.rows if inspect(row).transient]
    model: Any
    for model, rows in groupby(new, key=type):
        act.put(_NEW_FACTS[model], [_values(row) for row in rows])
    if len(new) < len(act.rows):
        act.send()  # a row that was there before names its event now: the next flush must find that


class _Inserts(dict[Any, Any]):
    """The INSERT of each kind of fact, built once."""

    def __missing__(self, model: Any) -> Any:
        self[model] = insert(model.__table__)
        return self[model]


_NEW_FACTS = _Inserts()


def _values(row: Any) -> dict[str, Any]:
    """The columns that were given to a fact, by their names."""
    return {name: value for name, value in vars(row).items() if name != "_sa_instance_state"}


def _chained(act: Act, append: Append) -> list[Held]:
    """Number and chain every entry; what must follow an incident's last one in the act comes right behind it."""
    recorded, act.entries = act.entries, []
    last = {id(held): place for place, (_entry, held) in enumerate(recorded) if held}
    touched = []
    for place, (entry, held) in enumerate(recorded):
        _chain(act, append, entry, held)
        if held is None or place != last[id(held)]:
            continue
        for event, by in consequences.events(held.chain, held.after):
            _chain(act, append, act.entry(event, held, by or act.actor), held)
        touched.append(held)
    return touched


def _chain(act: Act, append: Append, entry: Entry, held: Held | None) -> None:
    _after_leaf(entry, held, append.add(entry), append.day)
    act.entries.append((entry, held))
    if held:
        held.__dict__.pop("after", None)


def _after_leaf(entry: Entry, held: Held | None, leaf: Leaf, day: str) -> None:
    if held is None:
        return
    if isinstance(entry.event, RoundOpened):
        held.row.shown_count, held.row.shown_leaf = held.chain.count, held.chain.last
    if isinstance(entry.event, RoundClosed):
        held.row.shown_count = held.row.shown_leaf = None
    if held.row.first_seq is None:
        held.row.first_seq = leaf.seq
    event = {
        "seq": leaf.seq,
        "iseq": leaf.iseq,
        "day": day,
        "type": entry.event.type,
        "actor": entry.actor,
        "role": entry.role,
        "body": leaf.body,
    }
    sealed = {name: value for name, value in entry.event.sealed.items() if value is not None}
    held.history.apply(record(leaf.seq, event, sealed, leaf.leaf, leaf.judged))
    held.records.append(record(leaf.seq, event, {} if _hidden(entry, held) else sealed, leaf.leaf, leaf.judged))


def _write(act: Act, append: Append) -> None:
    rows, disclosures = [], []
    for (entry, held), leaf in zip(act.entries, append.leaves, strict=True):
        rows.append(
            {
                "seq": leaf.seq,
                "line": leaf.line,
                "leaf": leaf.leaf,
                "type": entry.event.type,
                "day": append.day,
                "incident_id": held.row.id if held else None,
                "iseq": leaf.iseq,
                "actor": entry.actor,
                "role": entry.role,
                "judged": leaf.judged,
            }
        )
        hidden = _hidden(entry, held)
        disclosures += [_disclosure(act, leaf, sealed, hidden) for sealed in leaf.disclosures]
    act.put(_NEW_EVENTS, rows)
    act.put(_NEW_DISCLOSURES, disclosures)


def _hidden(entry: Entry, held: Held | None) -> bool:
    """Whether the event's disclosures are encrypted at rest: what is blind, while the incident's round is open."""
    return entry.event.blind and held is not None and held.row.shown_count is not None


def _disclosure(act: Act, leaf: Leaf, sealed: Any, hidden: bool) -> dict[str, Any]:
    text = act.keys.seal_text(sealed.text, sealed.digest) if hidden else sealed.text
    return {"digest": sealed.digest, "seq": leaf.seq, "name": sealed.name, "text": text, "sealed": hidden}


def unseal(act: Act, seqs: Iterable[int]) -> dict[tuple[int, str], str]:
    """Put the sealed disclosures of these events in clear, and answer them by seq and name.

    What the close of a round does for what it reveals; what was in clear already is answered too.
    """
    wanted = sorted(seqs)
    table = Disclosure.__table__
    statement = select(table.c.digest, table.c.seq, table.c.name, table.c.text, table.c.sealed)
    rows = session.execute(statement.where(table.c.seq.in_(wanted))).all()
    clear: dict[tuple[int, str], str] = {}
    opened = []
    for digest, seq, name, text, hidden in rows:
        clear[seq, name] = act.keys.open_text(text, digest) if hidden else text
        if hidden:
            opened.append({"at": seq, "called": name, "clear": clear[seq, name]})
    if opened:
        change = update(table).where(table.c.seq == bindparam("at"), table.c.name == bindparam("called"))
        session.execute(change.values(text=bindparam("clear"), sealed=False), opened)
    return clear


def _own_incident(act: Act, row: Any) -> None:
    column = row.__table__.columns.get("incident_id")
    if column is not None and not column.nullable and row.incident_id is None:
        row.incident_id = act.incident.id


def fall(act: Act, held: Held) -> None:
    """Bring the rows of what was in flight when the log went on under another name up to date: nothing is any more."""
    held.row.shown_count = held.row.shown_leaf = None
    project(session, held.row, held.before)
    tell(held.row, held.before, ())
    _change(act, [held])


def _project(act: Act, held: Held, recount: Recount, first: FirstRows) -> None:
    row, chain = held.row, held.chain
    row.count, row.last_leaf = chain.count, chain.last
    row.evidence, row.digest = canonical.b64(chain.evidence), canonical.b64(chain.digest)
    named = partial(act.persons, held)
    project(session, row, held.after, before=held.before, named=named, write=act.put, recount=recount, first=first)
    tell(row, held.after, [(record.seq, record.type) for record in held.records])
    consequences.schedule(act, held.row.name, held.before, held.after)


def _change(act: Act, touched: Iterable[Held]) -> None:
    """Write the incidents' columns back, all those of the same columns at once."""
    changed: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for held in touched:
        changes = held.changes()
        if changes:
            changed.setdefault(tuple(changes), []).append({**changes, "held": held.id})
    for rows in changed.values():
        act.put(_CHANGED, rows)


def _index(act: Act, new: list[Incident]) -> None:
    if act.connection.dialect.name == "sqlite":
        for statement, rows in first_words(new):
            act.put(statement, rows)


def _day(act: Act, last_day: str | None) -> str:
    """The day that the events carry: it never goes back but at an accepted step of the clock."""
    today = clock.day(act.at)
    if last_day is None or any(isinstance(entry.event, ClockStepped) for entry, _held in act.entries):
        return today
    step = clocks.step(last_day, today)
    if step is not None:
        raise ReadOnly("clock", **step.values)
    return max(today, last_day)
