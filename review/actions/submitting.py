"""Sending in without an account: an allegation, or a request for a correction of what is public.

It goes into quarantine and nowhere else. No event is recorded: the trail keeps what stands in it for ever, and what
anybody may send it must not. Who is to be let in is decided by people, in `actions.submissions`.

Of the sender nothing is kept but what they typed, encrypted under the master key. Where it came from is counted under
a keyed hash for a day; when it came is kept as a day. Spam is held off by a field that only programs fill in, by a
shortest time, by rates, and by the quarantine: no third party learns who sends anything here.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, delete, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from review import clock, config, store
from review.actions.accounts import account_write, hold_files, later
from review.actions.uploads import Upload, media_of
from review.audit import canonical, keys
from review.models import Submission, SubmissionFile, SubmissionKnock, session
from review.models.public_codes import find_published
from review.rules import submissions
from review.rules.accounts import digest, network
from review.rules.errors import Invalid
from review.rules.submissions import CLAIM, CORRECTION, REFUSED, WAITING, Account, Wish

CODE_BYTES = submissions.CODE_LETTERS * 5 // 8  # five bits a letter
_KNOCK = SubmissionKnock.__table__


@dataclass(frozen=True, slots=True)
class Sent:
    """How a form came in: the stamp that we gave the page, the field that stays empty, and from where."""

    stamp: str
    trap: str
    address: str


@dataclass(frozen=True, slots=True)
class _Kept:
    """A file in the store, as its row will name it."""

    sha256: str
    content: bytes
    media: str


def new_stamp(made: datetime | None = None) -> str:
    """The stamp of a new page: which form it is and when it was made, under a keyed hash. No cookie is needed."""
    stamp = f"{secrets.token_hex(16)}.{int((made or clock.now()).timestamp())}"
    return f"{stamp}.{_keyed('stamp ' + stamp)}"


def submit(sent: Sent, typed: Mapping[str, str | None], uploads: Sequence[Upload] = ()) -> str:
    """Keep an allegation until the desk looks through it; answers the code of its receipt."""
    form = _form(sent)
    account = submissions.account(typed)
    submissions.check_files(len(upload.content) for upload in uploads)
    media = [media_of(upload, "files") for upload in uploads]
    if _at_the_door(sent, form):
        _keep(form, CLAIM, account, _put(uploads, media))
    return code_of(form)


def ask_correction(sent: Sent, ref: str, version: int, typed: Mapping[str, str | None]) -> str:
    """Keep a request for a correction of a public page; answers the code of its receipt."""
    incident = find_published(session, ref).id
    form = _form(sent)
    wish = submissions.wish(typed)
    if _at_the_door(sent, form):
        _keep(form, CORRECTION, wish, (), incident_id=incident, version=version)
    return code_of(form)


# --- the form --------------------------------------------------------------------------------------------------


def _form(sent: Sent) -> str:
    """The number of the form; Invalid where a program sent it, or it is none of ours."""
    if sent.trap.strip():
        raise Invalid({"website": submissions.LEAVE_EMPTY})
    number, made = _opened(sent.stamp)
    if clock.now() - made < submissions.QUICKEST:
        raise Invalid({"form": submissions.TOO_QUICK})
    return number


def is_ours(stamp: str) -> bool:
    """Whether a page with this stamp was made here."""
    told, _dot, mark = stamp.rpartition(".")
    return hmac.compare_digest(mark.encode(), _keyed("stamp " + told).encode())


def number_of(stamp: str) -> str:
    """The number of a form of ours, however quickly it was filled in; Invalid where it is none."""
    return _opened(stamp)[0]


def _opened(stamp: str) -> tuple[str, datetime]:
    if not is_ours(stamp):
        raise Invalid({"form": submissions.NOT_OURS})
    number, seconds, _mark = stamp.split(".")
    return number, datetime.fromtimestamp(int(seconds), UTC)


def code_of(form: str) -> str:
    """The code of the receipt of a form: who presses twice is shown the same, and nobody else can work it out."""
    found = hmac.new(config.secret(), f"receipt {form}".encode(), hashlib.sha256).digest()
    return base64.b32encode(found[:CODE_BYTES]).decode().lower()


def _keyed(text: str) -> str:
    return hmac.new(config.secret(), f"submission {text}".encode(), hashlib.sha256).hexdigest()


# --- how often -------------------------------------------------------------------------------------------------


def _at_the_door(sent: Sent, form: str) -> bool:
    """Count this one; False where the same form is kept already, and nothing more of it is. Invalid where too much
    came lately."""
    source = _keyed("from " + network(sent.address))
    if _known(form):
        return False
    _admit(source)  # whoever is paused already does not stand in the queue of those who write
    with account_write():
        if _known(form):
            return False
        _one_by_one()
        _admit(source)
        forget_knocks()
        _knock(source)
    return True


def _admit(source: str) -> None:
    if _paused(source):
        raise Invalid({"form": submissions.PAUSED})


def _knock(source: str) -> None:
    dialect: Any = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    once = dialect.insert(_KNOCK).values(source_hash=source, at=_hour(), times=1)
    again = {"times": _KNOCK.c.times + 1}
    session.execute(once.on_conflict_do_update(index_elements=["source_hash", "at"], set_=again))


def _hour() -> datetime:
    """The hour of the clock that has begun: nothing is kept of when in it."""
    return clock.now().replace(minute=0, second=0, microsecond=0)


def _one_by_one() -> None:
    """PostgreSQL would let many through together; SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(int(_keyed("door")[:15], 16))))


def _paused(source: str) -> bool:
    from_there = _KNOCK.c.source_hash == source
    return submissions.paused(
        this_hour=_count(from_there, _KNOCK.c.at == _hour()),
        today=_count(from_there, _KNOCK.c.at > clock.now() - submissions.A_DAY),
        of_all=_count(_KNOCK.c.at == _hour()),
    ) or _waiting() >= submissions.MOST_WAITING


def _count(*which: ColumnElement[bool]) -> int:
    return session.scalar(select(func.sum(_KNOCK.c.times)).where(*which)) or 0


def _waiting() -> int:
    waiting = select(Submission.id).where(Submission.state == WAITING).limit(submissions.MOST_WAITING)
    return session.scalar(select(func.count()).select_from(waiting.subquery())) or 0


def forget_knocks() -> None:
    """Forget from where things came more than a day ago, inside the transaction that is open."""
    session.execute(delete(SubmissionKnock).where(SubmissionKnock.at < clock.now() - submissions.A_DAY))


# --- quarantine ------------------------------------------------------------------------------------------------


def _put(uploads: Sequence[Upload], media: Sequence[str]) -> list[_Kept]:
    """All of the files or none: what was put away without a row would be found by nobody."""
    if uploads:
        _make_room(sum(len(upload.content) for upload in uploads))
    return [
        _Kept(store.objects().put_once(upload.content), upload.content, kind)
        for upload, kind in zip(uploads, media, strict=True)
    ]


def _make_room(wanted: int) -> None:
    """Room for so many bytes; Invalid where there is none.

    Files of what was turned away give way, those turned away first before the others: a flood that was refused holds
    nobody's place. Their words can still wait again.
    """
    kept = session.scalar(select(func.coalesce(func.sum(SubmissionFile.size), 0))) or 0
    if kept + wanted <= submissions.MOST_KEPT_BYTES:
        return
    with account_write():
        lacking, giving = kept + wanted - submissions.MOST_KEPT_BYTES, []
        for submission, size in _turned_away():
            if lacking <= 0:
                break
            giving.append(submission)
            lacking -= size
        if lacking > 0:
            raise Invalid({"files": submissions.NO_ROOM})
        forget_files(giving)


def _turned_away() -> list[tuple[int, int]]:
    """What was turned away and has files, with how large they are, locked so that it cannot begin to wait again."""
    size = select(func.sum(SubmissionFile.size)).where(SubmissionFile.submission_id == Submission.id).scalar_subquery()
    refused = select(Submission.id, size).where(Submission.state == REFUSED, size > 0)
    ordered = refused.order_by(Submission.judged, Submission.id).with_for_update(of=Submission)
    return [(submission, size) for submission, size in session.execute(ordered)]


def _keep(form: str, kind: str, words: Account | Wish, files: Sequence[_Kept], **about: Any) -> None:
    name = "s-" + canonical.random_name()
    dialect: Any = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    row = dialect.insert(Submission).values(
        name=name, kind=kind, receipt=digest(code_of(form)), words=sealed(name, words), received=clock.today(),
        state=WAITING, **about,
    )  # fmt: skip
    with account_write():
        fresh = row.on_conflict_do_nothing(index_elements=["receipt"]).returning(Submission.id)
        kept = session.execute(fresh).scalar_one_or_none()
        if kept is None:
            discard_later(file.sha256 for file in files)
        elif files:
            hold_files()
            session.execute(insert(SubmissionFile), _rows(kept, files))
            for file in files:
                store.objects().put_once(file.content)  # the same bytes may have been let go of since


def forget_files(ids: Iterable[int]) -> None:
    """Inside the transaction that is open: the files of these submissions go, each once nothing else names it."""
    theirs = SubmissionFile.submission_id.in_(list(ids))
    digests = list(session.scalars(select(SubmissionFile.sha256).where(theirs)))
    session.execute(delete(SubmissionFile).where(theirs))
    discard_later(digests)


def discard_later(digests: Iterable[str]) -> None:
    """Inside the transaction that is open: a file goes from the store once nothing names it any more."""
    for sha256 in sorted(set(digests)):
        later("discard_file", f"discard:{sha256}", {"sha256": sha256})


def _rows(submission: int, files: Sequence[_Kept]) -> list[dict[str, Any]]:
    return [
        {
            "submission_id": submission,
            "number": number,
            "sha256": file.sha256,
            "size": len(file.content),
            "media": file.media,
        }
        for number, file in enumerate(files, 1)
    ]


def _known(form: str) -> bool:
    found = select(Submission.id).where(Submission.receipt == digest(code_of(form)))
    return session.scalar(found.limit(1)) is not None


def sealed(name: str, words: Account | Wish) -> str:
    """What a submission holds, as it lies in the database: encrypted, for this one alone."""
    return keys.load(config.home()).seal_text(orjson.dumps(words.as_dict()).decode(), label(name))


def label(name: str) -> str:
    """Under what the words of a submission are encrypted."""
    return f"submission {name}"
