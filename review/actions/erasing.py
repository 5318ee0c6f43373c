"""Erasing: what an event covers is deleted in its own transaction, and every copy of it cleared or made anew.

The places that may hold a copy are those of `models.projections.REGISTRY`.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Iterable, Sequence
from typing import Any
from urllib.parse import parse_qsl

import orjson
from sqlalchemy import delete, insert, or_, select, update

from review.actions import drafts, notes
from review.actions.accounts import account_write, hold_files
from review.actions.act import Act, Held
from review.models import (
    Capture,
    Claim,
    ClaimSign,
    Disclosure,
    Draft,
    Event,
    ImportedRow,
    ImportLine,
    ImportRun,
    Incident,
    SavedView,
    SourceLink,
    Stream,
    Submission,
    SubmissionFile,
    session,
    shelf,
)
from review.models import Source as SourceRow
from review.models.data_snapshots import kept_files
from review.models.dossiers import EVERYBODY, history, read_disclosure
from review.models.projections import project
from review.models.search import folded
from review.models.signs import TELLING, of_claim
from review.rules.redaction import Detail
from review.store import objects

SHORTEST = 4  # characters of a text that is looked for in what people have begun to type
_DISCLOSURE = Disclosure.__table__


def erase(act: Act, details: Sequence[Detail]) -> None:
    """Delete these details, which the act's own events cover, and every copy; the bytes on disk follow as a job."""
    gone = [read_disclosure(text)[1] for text in _texts(details)]
    files = [value["sha256"] for detail, value in zip(details, gone, strict=True) if _is_file(detail, value)]
    _delete(act, details)
    for held in act.held.values():
        _incident(act, held, details)
    _log(act, details, gone)
    texts = {text for value in gone for text in _strings(value) if len(text) >= SHORTEST}
    _drafts(act, texts)
    _views(texts)
    _answers(texts)
    discard_later(act, files)
    scrub_later(act)


def _texts(details: Sequence[Detail]) -> list[str]:
    seqs = {one.seq for one in details}
    rows = session.execute(select(Disclosure.digest, Disclosure.text).where(Disclosure.seq.in_(seqs)))
    found = dict(rows.all())
    return [found[detail.digest or ""] for detail in details]


def _is_file(detail: Detail, value: Any) -> bool:
    return detail.name == "file" and isinstance(value, dict) and "sha256" in value


def _delete(act: Act, details: Sequence[Detail]) -> None:
    for detail in details:
        this_one = (_DISCLOSURE.c.seq == detail.seq, _DISCLOSURE.c.digest == detail.digest)
        act.connection.execute(delete(_DISCLOSURE).where(*this_one))


# --- what an incident keeps of it -----------------------------------------------------------------------------


def _incident(act: Act, held: Held, details: Sequence[Detail]) -> None:
    """Fold the chain anew without them, and bring everything that was drawn from it up to date."""
    shelf.drop(session.get_bind(), held.id)
    folded = history(session, held.row, openers={EVERYBODY: act.keys.open_text})
    project(session, held.row, folded.dossier())
    session.flush()
    act.connection.execute(update(Incident.__table__).where(Incident.id == held.id).values(**held.changes()))
    _sources(act, held.id, [one.seq for one in details if one.name in ("url", "file", "title")])
    notes.forget(held.id, _numbers([one.seq for one in details]))
    if any(detail.type == "incident.imported" for detail in details):
        _imported(act, held.id, folded.dossier().facts.codes)


def _sources(act: Act, incident: int, seqs: Sequence[int]) -> None:
    """A document is known again by a digest of its address or its words: when those are gone, by nothing."""
    numbers = _numbers(seqs)
    here = select(SourceLink.source_id).where(SourceLink.incident_id == incident, SourceLink.number.in_(numbers))
    for source in session.scalars(here).all():
        if not _address_is_shown(source):
            fresh = update(SourceRow.__table__).where(SourceRow.id == source).values(key=secrets.token_hex(32))
            act.connection.execute(fresh)


def _numbers(seqs: Sequence[int]) -> set[int]:
    """The sources that these events speak of."""
    of_source = select(Event.line).where(Event.seq.in_(seqs), Event.type.like("source.%"))
    found = (orjson.loads(line)["body"].get("source") for line in session.scalars(of_source))
    return {number for number in found if number is not None}


def _address_is_shown(source: int) -> bool:
    attached = select(SourceLink.seq).where(SourceLink.source_id == source)
    texts = select(Disclosure.text).where(Disclosure.seq.in_(attached), Disclosure.name == "url")
    return any(read_disclosure(text)[1] for text in session.scalars(texts))


def _imported(act: Act, incident: int, codes: Collection[str]) -> None:
    """The row is still known again, so that a second import does not bring it back, but by a digest alone."""
    rows = session.execute(select(ImportedRow.key).where(ImportedRow.incident_id == incident)).scalars().all()
    for key in rows:
        hidden = update(ImportedRow.__table__).where(ImportedRow.key == key).values(key=known_by(key))
        act.connection.execute(hidden)
    lines = ImportLine.__table__
    act.connection.execute(
        update(lines).where(lines.c.incident_id == incident, lines.c.code.not_in(list(codes))).values(code="")
    )


def known_by(key: str) -> str:
    """What an imported row whose own key was removed is known again by."""
    return key if key.startswith("sha256:") else "sha256:" + hashlib.sha256(key.encode()).hexdigest()


# --- what the log keeps of it ---------------------------------------------------------------------------------


def _log(act: Act, details: Sequence[Detail], gone: Sequence[Any]) -> None:
    for seq in sorted({detail.seq for detail in details if detail.type == "claim.received"}):
        _claim(act, seq)
    for seq in sorted({detail.seq for detail in details if detail.type.startswith("stream.")}):
        _stream(act, seq)
    _runs(act, [value for detail, value in zip(details, gone, strict=True) if detail.type == "import.made"])


def _claim(act: Act, seq: int) -> None:
    """The signs by which a claim is found, from what is left of its words."""
    if session.get(Claim, seq) is None:
        return
    rows = session.scalars(select(Disclosure.text).where(Disclosure.seq == seq, Disclosure.name.in_(TELLING)))
    left = dict(read_disclosure(text) for text in rows)
    table = ClaimSign.__table__
    act.connection.execute(delete(table).where(table.c.seq == seq))
    signs = [{"seq": seq, "kind": kind, "sign": sign} for kind, sign in sorted(of_claim(left))]
    if signs:
        act.connection.execute(insert(table), signs)


def _stream(act: Act, seq: int) -> None:
    """A stream whose name is gone goes by its short name."""
    slug = _body(seq)["stream"]
    events = select(Event.seq, Event.line).where(Event.type.in_(("stream.defined", "stream.switched")))
    its = [row.seq for row in session.execute(events) if orjson.loads(row.line)["body"]["stream"] == slug]
    rows = session.execute(
        select(Disclosure.seq, Disclosure.name, Disclosure.text).where(
            Disclosure.seq.in_(its), Disclosure.name.in_(("name", "reason"))
        )
    )
    said = {(row.seq, row.name): read_disclosure(row.text)[1] for row in rows}
    names = [value for (_seq, name), value in sorted(said.items()) if name == "name" and value]
    table = Stream.__table__
    act.connection.execute(
        update(table)
        .where(table.c.slug == slug)
        .values(name=names[-1] if names else slug, reason=said.get((max(its), "reason")))
    )


def _runs(act: Act, files: Sequence[Any]) -> None:
    """What the page of imports says of a file whose name was removed."""
    hashes = [file["sha256"] for file in files if isinstance(file, dict) and file.get("sha256")]
    table = ImportRun.__table__
    act.connection.execute(update(table).where(table.c.sha256.in_(hashes)).values(filename="", header=[], mapping={}))


def _body(seq: int) -> Any:
    return orjson.loads(session.execute(select(Event.line).where(Event.seq == seq)).scalar_one())["body"]


# --- what people have begun to type ---------------------------------------------------------------------------


def _drafts(act: Act, texts: Collection[str]) -> None:
    """A draft that repeats a text which was removed goes with it, whosever it is."""
    held = [held.id for held in act.held.values()]
    wanted = select(Draft).where(Draft.incident_id.in_(held)) if held else select(Draft)
    for row in session.scalars(wanted).all():
        begun = "\n".join(_strings(drafts.opened(row)))
        if any(text in begun for text in texts):
            session.delete(row)
    session.flush()


def _views(texts: Iterable[str]) -> None:
    """A saved list whose name or search repeats one, or a piece of one, goes too."""
    removed = [folded(text) for text in texts]
    for row in session.scalars(select(SavedView)).all():
        kept = [folded(one) for one in (row.name, dict(parse_qsl(row.query)).get("q", ""))]
        if any(text in one or (len(one) >= SHORTEST and one in text) for text in removed for one in kept):
            session.delete(row)
    session.flush()


def _answers(texts: Collection[str]) -> None:
    """What the sender of a correction was told, and what the desk noted of it, where it repeats one."""
    noted = or_(Submission.answer.is_not(None), Submission.reason.is_not(None))
    for row in session.scalars(select(Submission).where(noted)).all():
        row.answer, row.reason = (_unless(texts, said) for said in (row.answer, row.reason))
    session.flush()


def _unless(texts: Collection[str], said: str | None) -> str | None:
    return None if any(text in (said or "") for text in texts) else said


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for item in value.values() for text in _strings(item)]
    if isinstance(value, list | tuple):
        return [text for item in value for text in _strings(item)]
    return []


# --- files and bytes ------------------------------------------------------------------------------------------


def discard_later(act: Act, files: Collection[str]) -> None:
    """Files of which no shown disclosure speaks any more are removed from the store, once the act has succeeded."""
    unused = sorted(set(files) - _still_named(files))
    if not unused:
        return
    table, sent = Capture.__table__, SubmissionFile.__table__
    act.connection.execute(delete(table).where(table.c.sha256.in_(unused)))
    act.connection.execute(delete(sent).where(sent.c.sha256.in_(unused)))
    for sha256 in unused:
        act.later("discard_file", f"discard:{sha256}", {"sha256": sha256})


def _still_named(files: Collection[str]) -> set[str]:
    if not files:
        return set()
    texts = session.scalars(select(Disclosure.text).where(Disclosure.name == "file", Disclosure.sealed.is_(False)))
    values = (read_disclosure(text)[1] for text in texts)
    return {value["sha256"] for value in values if isinstance(value, dict) and value.get("sha256") in files}


def discard(sha256: str) -> None:
    """Remove a file that nothing speaks of, unless it was handed in again meanwhile; safe to run twice."""
    with account_write():
        hold_files()
        if not _is_named(sha256) and objects().exists(sha256):
            objects().discard(sha256)


def _is_named(sha256: str) -> bool:
    waits = session.scalar(select(SubmissionFile.number).where(SubmissionFile.sha256 == sha256).limit(1)) is not None
    given = kept_files().subquery()
    shown = session.scalar(select(given.c.sha256).where(given.c.sha256 == sha256).limit(1)) is not None
    return waits or shown or session.get(Capture, sha256) is not None or sha256 in _still_named([sha256])


def scrub_later(act: Act) -> None:
    """The bytes that a deleted row leaves on disk are a job of the worker: it needs the database to itself."""
    act.later("forget_bundles", "forget_bundles", {})
    act.later("scrub", "scrub", {"since": act.at.isoformat()})
