"""The doorway: one transaction, everything or nothing, and no change without its event.

    with acting(actor, ref) as act:        # incidents locked, the actor read again, one timestamp
        act.fresh_dossier(seen)            # Stale
        act.require("approve")             # Forbidden, Refused
        ...                                # decide: pure rules; Invalid
        act.add(Approval(...), event)      # facts
        act.record(event)                  # numbered, chained, sealed once, at the exit
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from weakref import WeakSet

from sqlalchemy import Connection, insert, select

from review import clock, config, notices
from review.actions.entering import ACTOR, ACTOR_AND_INCIDENT, LOCKED, LOCKED_BY_NAME, WHO
from review.actions.guard import current_act
from review.actions.held import INCIDENTS, Held, as_locked, as_new
from review.actions.locking import writing
from review.actions.log_end import append_all, define_new_codebooks, open_log
from review.actions.sending import Rows, Waiting, end, send
from review.audit import canonical, keys
from review.audit.append import Chain, Entry
from review.audit.events.event import Event
from review.models import Incident, Job, LogHead, Notice, Participation, session, shelf
from review.models.admissions import admitted, exists
from review.models.columns import upsert
from review.models.dossiers import EVERYBODY, codebooks, history, history_for, policies, with_mode
from review.models.persons import member_rows, opened_key, person_key, person_keys
from review.models.refs import find_incident
from review.rules.dossier import Dossier
from review.rules.errors import Forbidden, NotFound, Refused, Stale
from review.rules.history import History
from review.rules.permissions import SYSTEM, Actor, may
from review.rules.policy import Policy
from review.rules.requirements import Deed, Member, Viewer, unmet

log = logging.getLogger(__name__)

_OPENED: WeakSet[Any] = WeakSet()  # the databases whose log this process knows to be open


# Built once, as what an act begins with.
_NEW = insert(INCIDENTS).returning(INCIDENTS.c.id, sort_by_parameter_order=True)
_ASKED_ANEW = {"done_at": None, "tries": 0, "problem": None}


class UnrecordedChange(RuntimeError):
    """An act changed rows of the record and recorded no event: a fault of the code, refused at the exit."""


class Act:
    """What an action works with between the doorway's entry and its exit."""

    def __init__(self, actor: Actor, home: Path) -> None:
        self.actor = actor
        self.home = home
        self.at: datetime = clock.now()
        self.changed = False
        self.continues = False  # the act with which the log goes on under another name
        self.base: int | None = None  # where the log began when the act locked its incidents
        self.held: dict[int, Held] = {}
        self.about: Held | None = None  # of several incidents, the one that the act is about
        self.entries: list[tuple[Entry, Held | None]] = []
        self.behind: list[Callable[[], None]] = []  # done once the events stand, before the head moves
        self.rows: list[tuple[Any, Event]] = []
        self.waiting: list[Waiting] = []
        self.connection: Connection
        self._person_keys: dict[int, bytes] = {}
        self._pseudonyms: dict[tuple[int, str], str] = {}

    # entry

    def enter(self, refs: Iterable[str]) -> None:
        """Open the log if it is new, read the actor again, lock the incidents named in ascending id."""
        self.connection = session.connection()
        if session.get_bind() not in _OPENED:
            self._open_log()
            self.connection = session.connection()
        named = list(dict.fromkeys(refs))
        if len(named) == 1 and self._both_at_once(named[0]):
            return
        self.actor = self._actor_now()
        for id_ in sorted({find_incident(session, ref) for ref in named}):
            self._hold(self.connection.execute(LOCKED, {"id": id_, "person": self.actor.person}).one())

    def _both_at_once(self, name: str) -> bool:
        """Read the actor again and lock the one incident; False where either is not found like this."""
        asked = {"name": name, "person": self.actor.person}
        incident: Any
        if self.actor.person is None:
            incident = self.connection.execute(LOCKED_BY_NAME, asked).one_or_none()
        else:
            found = self.connection.execute(ACTOR_AND_INCIDENT, asked).one_or_none()
            incident = tuple(found[: -len(WHO)]) if found else None
            if found:
                self.actor = self._still_active(*found[-len(WHO) :])
        if incident:
            self._hold(incident)
        return incident is not None

    def _open_log(self) -> None:
        if session.execute(select(LogHead.id).with_for_update()).first() is None:
            open_log(self)
        else:
            define_new_codebooks(self)
        if self.entries:
            # In a transaction of its own: what follows finds the policy and the codebooks as rows.
            self.commit()
            self.entries.clear()
            self.rows.clear()
            self.changed = False
        else:
            session.rollback()  # the head is locked last in every act
        _OPENED.add(session.get_bind())

    def _actor_now(self) -> Actor:
        if self.actor.person is None:
            return self.actor
        person = self.connection.execute(ACTOR, {"person": self.actor.person}).one_or_none()
        if person is None:
            raise Forbidden("act")
        return self._still_active(*person)

    def _still_active(self, person: int, role: str | None, name: str | None, active: bool, key: bytes | None) -> Actor:
        if not active or role is None:
            raise Forbidden("act")
        if key is not None:
            self._person_keys[person] = opened_key(self.keys, bytes(key))
        return Actor(person, role, name or "")

    def _hold(self, locked: Any) -> None:
        self.base, *values, mode, seat = locked
        row = as_locked(values)
        if not exists(session, row, self.actor):
            raise NotFound
        folded = history_for(session, row, self.who_in(row.name), self.keys.open_text, self.base)
        self.held[row.id] = Held(row, folded, mode or "active", seat)

    # reading

    @cached_property
    def keys(self) -> keys.Keys:
        return keys.load(self.home)

    @property
    def only(self) -> Held:
        """The one incident of an act that names one, or the one that an act on several is about."""
        if self.about is not None:
            return self.about
        (held,) = self.held.values()
        return held

    @property
    def incident(self) -> Incident:
        return self.only.row

    @property
    def dossier(self) -> Dossier:
        return self.only.dossier

    @property
    def chain(self) -> Chain:
        return self.only.chain

    @property
    def who(self) -> str:
        """The actor's pseudonym in the act's incident."""
        return self.who_in(self.incident.name)

    def who_in(self, message: str) -> str:
        """The actor's pseudonym under an incident's or claim's name, or under `log`."""
        return self.pseudonym(self.actor.person, message)

    def pseudonym(self, person: int | None, message: str) -> str:
        """A person's pseudonym under an incident's or claim's name, or under `log`; `system` for the machine."""
        if person is None:
            return "system"
        if (person, message) not in self._pseudonyms:
            if person not in self._person_keys:
                self._person_keys[person] = person_key(session, self.keys, person)
            self._pseudonyms[person, message] = canonical.pseudonym(self._person_keys[person], message)
        return self._pseudonyms[person, message]

    def persons(self, held: Held, pseudonyms: Iterable[str]) -> dict[str, int]:
        """Pseudonym -> person, of these in the incident."""
        known = {who: person for (person, message), who in self._pseudonyms.items() if message == held.row.name}
        wanted = set(pseudonyms)
        if not wanted <= known.keys():
            known |= {who: person for person, who in held.people.items()}
        return {who: known[who] for who in wanted if who in known}

    def open_ballots(self) -> Dossier:
        """The dossier with every ballot opened: for the close of a round and nothing else."""
        folded = history(session, self.incident, openers={EVERYBODY: self.keys.open_text})
        return with_mode(session, folded.dossier())

    # deciding

    def fresh_evidence(self, seen: str | None) -> None:
        """A voter's page must show the present evidence; Stale names what has moved it since. No digest is stale."""
        if seen != self.dossier.evidence:
            raise Stale(self.dossier.since(seen or ""))

    def fresh_dossier(self, seen: str | None) -> None:
        """A decider's page must show the present dossier; a page without a digest shows none."""
        if seen != self.dossier.digest:
            raise Stale((), dossier=self.dossier.digest)

    def permit(self, verb: str) -> None:
        """The actor's role holds the right to `verb`; Forbidden otherwise."""
        if not may(self.actor.role, verb):
            raise Forbidden(verb)

    def require(self, verb: str, deed: Deed | None = None) -> None:
        """The right and every guard of `verb` hold for this incident; Forbidden or Refused otherwise."""
        self.permit(verb)
        deed = deed or Deed()
        if unmet(verb, self._judged, Viewer(self.actor, self._self), deed):
            viewer = Viewer(self.actor, self._self, self.members())
            raise Refused(verb, unmet(verb, self._judged, viewer, deed))

    @property
    def _judged(self) -> Dossier:
        return self.dossier if self.held else Dossier("")

    @property
    def _self(self) -> str:
        return self.who_in(self._message)

    @property
    def _message(self) -> str:
        return self.incident.name if self.held else "log"

    def members(self) -> tuple[Member, ...]:
        """The active people of the desk as they are known in the act's incident."""
        rows = member_rows(session)
        if self.held and self.incident.restricted:
            shown = admitted(session, self.incident.id)
            rows = [row for row in rows if row.id in shown]
        unknown = {row.id for row in rows} - self._person_keys.keys()
        self._person_keys |= person_keys(session, self.keys, unknown)
        return tuple(Member(row.name, row.role, self.pseudonym(row.id, self._message)) for row in rows)

    # writing

    @cached_property
    def _policies(self) -> Mapping[int, Policy]:
        return policies(session)

    @cached_property
    def _codebooks(self) -> Mapping[int, str]:
        return codebooks(session)

    def create_incident(self) -> Held:
        """A new incident with a random name, held by this act."""
        return self.create_incidents(1)[0]

    def create_incidents(self, count: int) -> list[Held]:
        """So many new incidents with random names, written at once and held by this act."""
        rows = [as_new() for _one in range(count)]
        for row in rows:
            row.name = "i-" + canonical.random_name()
        values = [{name: value for name, value in vars(row).items() if value is not None} for row in rows]
        ids = self.connection.execute(_NEW, values).scalars().all() if rows else []
        self.changed = self.changed or bool(rows)
        return [self._made(row, id_) for row, id_ in zip(rows, ids, strict=True)]

    def _made(self, row: Incident, id_: int) -> Held:
        row.id = id_
        held = self.held[id_] = Held(row, History(row.name, self._policies, self._codebooks))
        held.people = {}  # nobody is known in what did not exist before
        return held

    def record(
        self, event: Event, *, held: Held | None = None, claim: str | None = None, by: Actor | None = None
    ) -> Event:
        """Collect an event; it is numbered, chained and sealed once, when the act is committed.

        It goes into the chain of `held`, else of the act's one incident where its type belongs to incidents.
        """
        if event.subject == "incident" and held is None and self.held:
            held = self.only
        self.entries.append((self.entry(event, held, by or self.actor, claim=claim), held))
        return event

    def entry(self, event: Event, held: Held | None, actor: Actor, *, claim: str | None = None) -> Entry:
        """The event with the names under which `actor` stands in its chain and in the log."""
        chain = held.chain if held else None
        message = claim or (chain.incident if chain else "log")
        if held and actor.person is not None:
            self.participate(held, actor.person)
        person = self.pseudonym(actor.person, "log") if actor.person is not None else None
        return Entry(event, self.pseudonym(actor.person, message), actor.role, person, chain)

    def participate(self, held: Held, person: int) -> str:
        """Link a person to their pseudonym in an incident, once, and answer it."""
        pseudonym = self.pseudonym(person, held.row.name)
        if pseudonym not in held.asked and person not in held.people:
            if held.row.restricted and person not in admitted(session, held.row.id):
                raise NotFound("unknown-person")
            session.add(Participation(person_id=person, incident_id=held.row.id, pseudonym=pseudonym))
            held.people[person] = pseudonym
        return pseudonym

    def add(self, row: Any, event: Event) -> None:
        """Add a fact; its `seq` becomes that of `event` at the exit."""
        self.rows.append((row, event))

    def later(self, kind: str, key: str, payload: dict[str, Any], due_at: datetime | None = None) -> None:
        """Put a consequence into the outbox; the same key twice is one job, due when it was last asked for."""
        self.connection.execute(*self.job(kind, key, payload, due_at or self.at))

    def job(self, kind: str, key: str, payload: dict[str, Any], due_at: datetime) -> tuple[Any, dict[str, Any]]:
        """The statement, and its row, that put a consequence into the outbox."""
        job = {"kind": kind, "key": key, "payload": payload, "due_at": due_at, **_ASKED_ANEW}
        return upsert(self.connection, Job.__table__, ("key",), tuple(job)), job

    def put(self, statement: Any, rows: Rows) -> None:
        """Write this at the act's end, together with its events: nothing in the act reads it back."""
        self.waiting.append((statement, rows))

    def notify(self, person: int, kind: str) -> None:
        """One line in a person's inbox about the act's incident: a kind, never words from the record."""
        incident_id = self.incident.id if self.held else None
        session.add(Notice(person_id=person, incident_id=incident_id, kind=kind, at=self.at))
        notices.by_mail(self, kind, person)

    # exit

    def commit(self) -> None:
        """Number, chain and write what was recorded, bring the projections up to date, and commit."""
        session.flush()
        if (not self.entries and (self.changed or self.rows)) or any(self._unrecorded()):
            raise UnrecordedChange("an act changed the record and recorded no event")
        if self.entries:
            append_all(self)
        waiting, self.waiting = self.waiting, []
        end(self.connection, waiting)
        session.commit()
        for held in self.held.values():
            shelf.go_on(session.get_bind(), held.id, held.since, held.records)

    def send(self) -> None:
        """Write now what waits for the act's end."""
        waiting, self.waiting = self.waiting, []
        send(self.connection, waiting)

    def _unrecorded(self) -> Iterator[Held]:
        """The incidents whose columns were changed though nothing was recorded in their chains."""
        recorded = {id(held) for _entry, held in self.entries}
        return (held for held in self.held.values() if id(held) not in recorded and held.changes())


@contextmanager
def acting(actor: Actor, *refs: str) -> Iterator[Act]:
    """One act of one person on the incidents named: one transaction, everything or nothing."""
    home = config.home()
    session.rollback()
    with writing(home):
        act = Act(actor, home)
        token = current_act.set(act)
        try:
            act.enter(refs)
            yield act
            act.commit()
        except BaseException:
            session.rollback()
            raise
        finally:
            current_act.reset(token)


@contextmanager
def signing() -> Iterator[None]:
    """The signer's own doorway: one transaction on what was published of the log, which is no entry of it."""
    session.rollback()
    with writing(config.home()):
        try:
            yield
            session.commit()
        except BaseException:
            session.rollback()
            raise


__all__ = ["SYSTEM", "Act", "Actor", "Held", "UnrecordedChange", "acting", "signing"]
