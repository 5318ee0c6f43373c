"""What others say of a published checkpoint is kept beside it: cosignatures of witnesses, replies of an authority.

Neither is an entry of the log, which would never come to an end; both are checked before they are kept, and never
changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import select

from review import clock, config
from review.actions.accounts import account_write
from review.audit import checkpoint_files, note, witnesses
from review.audit.timestamps import Stamped
from review.models import Checkpoint, Cosignature, Job, Timestamp, session
from review.rules.errors import Invalid, NotFound
from review.rules.words import N_

AHEAD = timedelta(days=1)  # a witness's clock may be wrong by so much
OTHERS_MAY_SIGN = timedelta(minutes=30)  # before a file is stamped anew, so that several lines make one file

MALFORMED = N_("This is no checkpoint with cosignature lines: %(problem)s.")
ANOTHER = N_("This is not the checkpoint that was published of this size. Keep it: it is proof of another history.")
DOES_NOT_HOLD = N_("Nothing was kept: %(problem)s.")
FROM_TOMORROW = N_("Nothing was kept: %(witness)s signed at a time that has not come yet.")
NOBODY_KNOWN = N_("No line is of a witness whose key this desk was given.")


def cosign(text: str) -> str:
    """Keep the cosignature lines of known witnesses under one of our published checkpoints; answers its file.

    Each line is checked; one that does not hold fails all. A witness's first line is kept, later ones and those of
    others are left aside.
    """
    given = _parsed(text)
    size = given.size + checkpoint_files.begins(session, given.origin)
    published = session.scalar(select(Checkpoint.text).where(Checkpoint.size == size))
    if published is None:
        raise NotFound("not-published", size=given.size)
    if note.parse_checkpoint(published).body != given.body:
        raise Invalid({"note": ANOTHER})
    _keep(size, _checked(given))
    return checkpoint_files.text(session, size) or ""


def _parsed(given: str) -> note.Checkpoint:
    try:
        return note.parse_checkpoint(given)
    except note.NoteError as error:
        raise Invalid({"note": MALFORMED}, problem=str(error)) from error


def _checked(given: note.Checkpoint) -> Mapping[note.VerifierKey, note.Signature]:
    try:
        found = witnesses.cosignatures(given, witnesses.named(config.witnesses_file()).keys)
    except note.NoteError as error:
        raise Invalid({"note": DOES_NOT_HOLD}, problem=str(error)) from error
    for key, signature in found.items():
        at = witnesses.signed_at(signature)
        if at is None or at > clock.now() + AHEAD:
            raise Invalid({"note": FROM_TOMORROW}, witness=key.name)
    if not found:
        raise Invalid({"note": NOBODY_KNOWN})
    return found


def _keep(size: int, found: Mapping[note.VerifierKey, note.Signature]) -> None:
    with account_write():
        kept = set(session.scalars(select(Cosignature.witness).where(Cosignature.size == size).with_for_update()))
        new = {str(key): str(signature) for key, signature in found.items() if str(key) not in kept}
        for witness, line in new.items():
            session.add(Cosignature(size=size, witness=witness, line=line, received_at=clock.now()))
        if new and config.tsa_url():
            key = f"stamp:{size}:{len(kept) + len(new)}"
            due = clock.now() + OTHERS_MAY_SIGN
            session.add(Job(kind="stamp_checkpoint", key=key, payload={"size": size}, due_at=due))


def keep_timestamp(size: int, file: str, stamped: Stamped, *, authority: str) -> None:
    """Keep an authority's reply over the bytes of a checkpoint's file; the first over the same bytes stands."""
    sha256 = checkpoint_files.digest(file)
    with account_write():
        if session.get(Timestamp, sha256) is None:
            session.add(
                Timestamp(
                    sha256=sha256, size=size, authority=authority, reply=stamped.reply, stamped_at=stamped.at
                )
            )
