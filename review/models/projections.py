"""Projections: what pages need fast, written in one place in the transaction of the act, rebuilt by fsck.

REGISTRY lists every place that holds a copy of a sealed value; redaction clears them and the canary test reads it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from sqlalchemy import bindparam, delete, insert, select

from review.models import first_rounds
from review.models.admissions import admit
from review.models.incidents import Incident, IncidentCode
from review.models.people import Participation
from review.models.public_codes import first_public_codes, keep_public_codes
from review.models.record import Recount
from review.models.refs import folded_code, stands_in_address
from review.models.search import folded
from review.models.signs import IncidentSign, incident_rows
from review.models.work import Turn
from review.rules import assignment
from review.rules.dossier import Dossier
from review.rules.facts import Facts
from review.rules.settlement import rung, settler
from review.rules.waiting import gravity

Turns = dict[tuple[int, str], int]  # (person, kind) -> round
Named = Callable[[Iterable[str]], Mapping[str, int]]  # pseudonyms -> the persons behind them
Write = Callable[[Any, Any], Any]  # a statement and its row, or its rows

_NEW_CODES = insert(IncidentCode.__table__)
_NEW_SIGNS = insert(IncidentSign.__table__)
_TURN = Turn.__table__
_NEW_TURNS = insert(_TURN)
_NO_TURN = delete(_TURN).where(
    _TURN.c.incident_id == bindparam("of"), _TURN.c.person_id == bindparam("who"), _TURN.c.kind == bindparam("what")
)

REGISTRY = {
    "incident": ("facts", "title", "date", "code", "search_text", "public_text", "range", "gravity"),
    "incident_code": ("code", "folded"),
    "public_code": ("folded",),
    "admission": ("person_id",),
    "claim_sign": ("sign",),
    "incident_sign": ("sign", "day"),
    "person": ("name",),
    "stream": ("name", "reason"),
    "policy": ("times",),
    "draft": ("values",),
    "invitation": ("email", "name"),
    "capture": ("sha256", "size", "media"),
    "import_run": ("filename", "sha256", "size", "header"),
    "import_line": ("code",),
    "imported_row": ("key",),
    "redaction_request": ("reason", "answer"),
    "source": ("key",),
    "bundle": ("recipient", "purpose"),
    "first_round": ("ballots", "tally", "public"),
    "saved_view": ("name", "query"),
    "submission": ("answer", "reason"),
    "submission_file": ("sha256", "size", "media"),
    "record_entry": ("party", "month", "fewest", "most", "written"),
    "record_figure": ("party", "month", "fewest", "most"),
    "record_name": ("party", "written"),
    "party_alias": ("key", "alias", "name", "reason"),
}


class FirstRows:
    """The codes and signs of the incidents that an act made: gathered one by one, written a table at a time."""

    def __init__(self) -> None:
        self._rows: dict[Any, list[dict[str, Any]]] = {}

    def add(self, row: Incident, dossier: Dossier) -> None:
        """Of an incident of which no row can be there yet."""
        self._gather(_NEW_CODES, _code_rows(row, codes(dossier)))
        self._gather(*first_public_codes(row, dossier))
        self._gather(_NEW_SIGNS, incident_rows(row.id, dossier.facts))

    def _gather(self, statement: Any, rows: list[dict[str, Any]]) -> None:
        if rows:
            self._rows.setdefault(statement, []).extend(rows)

    def send(self, write: Write) -> None:
        """Write what was gathered, and take it from the memory."""
        gathered, self._rows = self._rows, {}
        for statement, rows in gathered.items():
            write(statement, rows)


def project(
    session: Any,
    row: Incident,
    dossier: Dossier,
    *,
    before: Dossier | None = None,
    named: Named | None = None,
    write: Write | None = None,
    recount: Recount | None = None,
    first: FirstRows | None = None,
) -> None:
    """Bring the incident's row, its codes, everybody's turn and the record up to date with its dossier.

    `before` is the dossier that the rows were made from last; without it everything is compared with what is there.
    `named` answers the persons behind pseudonyms, where the caller knows them; `write` takes the statements on turns.
    `recount` gathers what the record counts, `first` the first rows of new incidents, where the caller sends them for
    several incidents at once.
    """
    columns(row, dossier)
    named, write = named or partial(_persons, session, row), write or session.execute
    if before is not None and before.size == 0:
        described(row, dossier)
        _begin(row, dossier, write, first)
    elif before is None or before.facts != dossier.facts or before.restricted != dossier.restricted:
        described(row, dossier)
        _codes(session, row, dossier)
        _signs(session, row, dossier)
    if before is None or _public(before) != _public(dossier):
        published(row, dossier)
        _recount(session, row, dossier, before, recount)
    if before is None or (before.size and _public(before) != _public(dossier)):
        keep_public_codes(session, row, dossier)
    if before is None or before.admitted != dossier.admitted:
        admit(session, row, dossier)
    first_rounds.keep(session, row, dossier, before)
    waiting = turns(dossier)
    if before is None:
        _turns(write, row, _present(session, row), _rows_of(waiting, named))
    elif (waited := turns(before)) != waiting:
        _turns(write, row, _rows_of(waited - waiting, named), _rows_of(waiting - waited, named))


def _begin(row: Incident, dossier: Dossier, write: Write, first: FirstRows | None) -> None:
    gathered = first or FirstRows()
    gathered.add(row, dossier)
    if first is None:
        gathered.send(write)


def _recount(session: Any, row: Incident, dossier: Dossier, before: Dossier | None, recount: Recount | None) -> None:
    gathered = recount or Recount(session)
    if before is not None and before.size == 0:
        gathered.begin(row, dossier)
    else:
        gathered.again(row, dossier)
    if recount is None:
        gathered.send(session.execute)


def columns(row: Incident, dossier: Dossier) -> None:
    """The incident's own columns but its facts, as the dossier has them."""
    standing = dossier.determination
    row.stage, row.needs_round = dossier.stage, dossier.needs_round
    row.recheck, row.restricted = dossier.recheck, dossier.restricted
    row.seats, row.queue, row.round_seq = short(dossier)
    # Split out of another, its own events name no stream: it has that of the other from the beginning.
    row.stream, row.merged_into = dossier.stream or row.stream or "", dossier.passage.into
    row.grade = standing.grade if standing else None
    row.grade_kind = standing.kind if standing else None
    row.version = standing.version if standing else None
    row.range = standing.casualties.as_dict() if standing else None
    row.public = standing is not None and not dossier.restricted and not dossier.exited


def described(row: Incident, dossier: Dossier) -> None:
    """The columns that are drawn from the facts."""
    facts = dossier.facts
    row.facts, row.date, row.gravity = facts.as_dict(), facts.date, gravity(facts)
    row.code = None if dossier.restricted else next((one for one in facts.codes[:1] if stands_in_address(one)), None)
    row.title, row.search_text = title(dossier), searchable(facts)


def published(row: Incident, dossier: Dossier) -> None:
    """The column by which the public finds it: what was written since waits for the next version.

    Both others come first: whether it is public, and the words of today, which mostly are the same.
    """
    standing = dossier.determination
    if standing is None or not row.public:
        row.public_text = ""
        return
    row.public_text = row.search_text if standing.facts == dossier.facts else searchable(standing.facts)


def _public(dossier: Dossier) -> Any:
    """What `published` and the record look at."""
    return dossier.determination, dossier.restricted, dossier.exited, dossier.stream


def short(dossier: Dossier) -> tuple[int, int, int]:
    """(seats, queue, seq of the opening) of a round that needs more people; all 0 where none does."""
    seats, round_ = assignment.short(dossier), dossier.open_round
    return (seats, assignment.queue(dossier.facts), round_.seq) if seats and round_ else (0, 0, 0)


def title(dossier: Dossier) -> str:
    """What a list calls the incident: its first place and its summary, else nothing."""
    facts = dossier.facts
    place = facts.places[0].name() if facts.places else None
    parts = [part for part in (place, facts.summary) if part]
    return ", ".join(parts)[:300]


def searchable(facts: Facts) -> str:
    """The folded text by which an incident is found: codes, places in every script, parties, summary."""
    words = [*facts.codes, *facts.earlier_codes, facts.summary or "", *(party.name for party in facts.parties)]
    for place in facts.places:
        words += [name for _language, name in place.names] + [place.region or ""]
    return folded(" ".join(word for word in words if word))


def turns(dossier: Dossier) -> set[tuple[str, str, int]]:
    """(pseudonym, kind, round): who owes a vote, may argue or votes again, and who settles."""
    waiting: set[tuple[str, str, int]] = set()
    open_round, settlement = dossier.open_round, dossier.open_settlement
    if open_round:
        waiting |= {(who, "vote", open_round.number) for who in open_round.people("assigned")}
        waiting |= {
            (vote.voter, "stand_by", open_round.number)
            for vote in dossier.live(open_round.number)
            if vote.evidence != dossier.evidence
        }
    if settlement and rung(dossier) == "arguments":
        waiting |= {(vote.voter, "argue", settlement.round) for vote in dossier.live(settlement.round)}
    appointed = settler(dossier)
    if settlement and appointed and rung(dossier) in ("settler", "second_settler"):
        waiting.add((appointed, "settle", settlement.round))
    return waiting


def codes(dossier: Dossier) -> dict[str, bool]:
    """Code -> whether it is an earlier one. None leads to a restricted incident: that two answer to one code would
    tell that there is another."""
    if dossier.restricted:
        return {}
    wanted = {code: True for code in dossier.facts.earlier_codes}
    return wanted | {code: False for code in dossier.facts.codes}


def _code_rows(row: Incident, wanted: Mapping[str, bool]) -> list[dict[str, Any]]:
    return [
        {"incident_id": row.id, "code": code, "folded": folded_code(code), "earlier": earlier}
        for code, earlier in wanted.items()
    ]


def _codes(session: Any, row: Incident, dossier: Dossier) -> None:
    wanted = codes(dossier)
    table = IncidentCode.__table__
    present = dict(
        session.execute(select(table.c.code, table.c.earlier).where(table.c.incident_id == row.id)).all()
    )
    if present == wanted:
        return
    session.execute(delete(table).where(table.c.incident_id == row.id))
    rows = _code_rows(row, wanted)
    if rows:
        session.execute(_NEW_CODES, rows)


def _signs(session: Any, row: Incident, dossier: Dossier) -> None:
    table = IncidentSign.__table__
    session.execute(delete(table).where(table.c.incident_id == row.id))
    rows = incident_rows(row.id, dossier.facts)
    if rows:
        session.execute(_NEW_SIGNS, rows)


def _persons(session: Any, row: Incident, pseudonyms: Iterable[str]) -> Mapping[str, int]:
    table = Participation.__table__
    statement = select(table.c.pseudonym, table.c.person_id).where(table.c.incident_id == row.id)
    return dict(session.execute(statement.where(table.c.pseudonym.in_(list(pseudonyms)))).all())


def _rows_of(waiting: set[tuple[str, str, int]], named: Named) -> Turns:
    persons = named({who for who, _kind, _number in waiting})
    return {(persons[who], kind): number for who, kind, number in waiting if who in persons}


def _present(session: Any, row: Incident) -> Turns:
    table = Turn.__table__
    rows = session.execute(select(table.c.person_id, table.c.kind, table.c.round).where(table.c.incident_id == row.id))
    return {(person, kind): number for person, kind, number in rows}


def _turns(write: Write, row: Incident, present: Turns, wanted: Turns) -> None:
    changed = {key for key in present.keys() | wanted.keys() if present.get(key) != wanted.get(key)}
    for person, kind in sorted(changed & present.keys()):
        write(_NO_TURN, {"of": row.id, "who": person, "what": kind})
    rows = [
        {"incident_id": row.id, "person_id": person, "kind": kind, "round": wanted[person, kind]}
        for person, kind in sorted(changed & wanted.keys())
    ]
    if rows:
        write(_NEW_TURNS, rows)
