"""Bundles asked for in the browser: a row and a job; the worker makes it, whoever asked takes it away."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select, update

from review import clock, config
from review.actions import spooling
from review.actions.accounts import account_write, later
from review.audit import canonical
from review.models import Bundle, Checkpoint, Incident, session
from review.models.admissions import exists
from review.models.bundles import can_stand_alone, determined, silenced
from review.models.refs import find_incident
from review.rules import bundles, texts
from review.rules.errors import Forbidden, Invalid, NotFound
from review.rules.permissions import Actor, may
from review.rules.words import N_

NO_PROFILE = N_("Choose one of the three.")
FOR_WHOM = N_("Not answered yet. Say who is given it: the record keeps it, sealed.")
WHAT_FOR = N_("Not answered yet. Say what it is for: the record keeps it, sealed.")
NO_INCIDENT = N_("No incident answers to this. Give its code or its name, or leave it empty for the whole log.")
NOT_PUBLIC = N_(
    "The public profile shows nothing of this incident: under the last daily checkpoint it has no published grade. "
    "The next one is published at %(next)s."
)
NO_CHECKPOINT = N_(
    "There is no checkpoint yet under which this bundle can be made. The next one is published at %(next)s."
)
NOT_UNDER_ONE = N_("The last daily checkpoint is older than this incident. The next one is published at %(next)s.")
IN_TWO_LOGS = N_(
    "This incident began before the log went on under a new name: only the bundle of the whole log can tell it. Leave "
    "the incident empty."
)
SILENCED = N_(
    "Something was restricted or removed since the last checkpoint, so that nothing is made under it any more. "
    "The next one is published at %(next)s."
)


def ask(actor: Actor, *, profile: str, ref: str | None, recipient: str | None, purpose: str | None) -> str:
    """Ask for a bundle of the log, or of one incident, under the last published checkpoint that will do.

    Answers its name. Whoever is given it and what for is recorded, sealed, when it is made.
    """
    _permit(actor)
    words = _said(profile, recipient, purpose)
    incident = _incident(actor, texts.cleaned(ref))
    size = _size(profile, incident)
    name = canonical.random_name()
    with account_write():
        row = Bundle(
            name=name,
            person_id=actor.person,
            incident_id=incident.id if incident else None,
            profile=profile,
            size=size,
            stage="waiting",
            recipient=words[0],
            purpose=words[1],
            at=clock.now(),
        )
        session.add(row)
        have_made(name)
    return name


def _said(profile: str, recipient: str | None, purpose: str | None) -> tuple[str, str]:
    problems = {}
    if profile not in bundles.PROFILES:
        problems["profile"] = NO_PROFILE
    given = {"recipient": texts.cleaned(recipient), "purpose": texts.cleaned(purpose)}
    for field, missing in (("recipient", FOR_WHOM), ("purpose", WHAT_FOR)):
        if given[field] is None:
            problems[field] = missing
        elif texts.too_long(given[field]):
            problems[field] = texts.TOO_LONG
    if problems:
        raise Invalid(problems, longest=texts.LONGEST)
    return given["recipient"] or "", given["purpose"] or ""


def _incident(actor: Actor, ref: str | None) -> Incident | None:
    if ref is None:
        return None
    session.rollback()
    try:
        row = session.get(Incident, find_incident(session, ref))
    except NotFound:
        row = None
    if row is None or not exists(session, row, actor):
        raise Invalid({"incident": NO_INCIDENT})
    return row


def _size(profile: str, incident: Incident | None) -> int:
    """The size of the checkpoint that it is made under; Invalid, saying when there will be one, where none will do."""
    daily = bundles.under_heads(profile, incident.name if incident else None)
    following = _next_heads() if daily else _next_checkpoint()
    size = last_heads() if daily else _last()
    if size is None:
        raise Invalid({"profile": NO_CHECKPOINT}, next=following)
    if incident is not None and (incident.first_seq is None or incident.first_seq >= size):
        raise Invalid({"incident": NOT_UNDER_ONE}, next=following)
    if incident is not None and not can_stand_alone(session, incident):
        raise Invalid({"incident": IN_TWO_LOGS})
    if incident is not None and profile == bundles.PUBLIC and not _public(incident, size):
        raise Invalid({"incident": NOT_PUBLIC}, next=following)
    if silenced(session, profile=profile, size=size, incident_id=incident.id if incident else None):
        raise Invalid({"profile": SILENCED}, next=following)
    return size


def _next_checkpoint() -> datetime:
    return bundles.next_checkpoint(clock.now())


def _next_heads() -> datetime:
    return bundles.next_heads(clock.now())


def _public(incident: Incident, size: int) -> bool:
    told = select(Incident.id).where(Incident.id == incident.id, Incident.id.in_(determined(size)))
    return not incident.restricted and session.scalar(told) is not None


def _last() -> int | None:
    return session.scalar(select(Checkpoint.size).order_by(Checkpoint.size.desc()).limit(1))


def last_heads() -> int | None:
    """The size of the last published checkpoint that ends in `log.heads`."""
    return session.scalar(
        select(Checkpoint.size).where(Checkpoint.heads.is_(True)).order_by(Checkpoint.size.desc()).limit(1)
    )


def ask_again(actor: Actor, name: str) -> None:
    """Have one whose making stopped made once more, for the same person, under what is the last checkpoint now."""
    _permit(actor)
    session.rollback()
    mine = (Bundle.name == name, Bundle.person_id == actor.person, Bundle.stage == "failed")
    row = session.scalars(select(Bundle).where(*mine)).one_or_none()
    if row is None:
        raise NotFound("bundle")
    incident = session.get(Incident, row.incident_id) if row.incident_id else None
    if incident is not None and not exists(session, incident, actor):
        raise NotFound("bundle")
    anew = {"size": _size(row.profile, incident), "stage": "waiting", "read": 0, "problem": None, "ended_at": None}
    with account_write():
        session.execute(update(Bundle).where(*mine).values(**anew))
        have_made(name)


def discard(actor: Actor, name: str) -> None:
    """Let go of a bundle before its time; that it was made stays recorded."""
    _permit(actor)
    with account_write():
        mine = delete(Bundle).where(Bundle.name == name, Bundle.person_id == actor.person)
        if not session.execute(mine).rowcount:  # type: ignore[attr-defined]
            raise NotFound("bundle")
    remove(name)


def have_made(name: str, due_at: datetime | None = None) -> None:
    """Put the work into the outbox; inside the write that asks for it."""
    later("make_bundle", f"bundle:{name}", {"bundle": name}, due_at)


def remove(name: str) -> None:
    """The file of a bundle that is kept no more; an unfinished one is its worker's, or the sweep's."""
    (config.exports() / name).unlink(missing_ok=True)


def forget_silenced() -> None:
    """Let go of the file of every bundle that tells what has been restricted or removed since; whoever asked for one
    reads why it is gone, until its week is over."""
    session.rollback()
    done = session.scalars(select(Bundle).where(Bundle.stage == "done")).all()
    hushed = [(row.name, row.person_id) for row in done if _is_silenced(row)]
    forget([name for name, person in hushed if person is None])
    for name, _person in hushed:
        remove(name)


def sweep() -> None:
    """Let go of what has been kept a week, of what is told no more, and of files that belong to nothing."""
    forget_silenced()
    before = clock.now() - bundles.KEPT
    old = select(Bundle.name).where(Bundle.person_id.is_not(None), Bundle.at < before)
    forget(list(session.scalars(old)))
    known = set(session.scalars(select(Bundle.name)))
    session.rollback()
    spooling.take_leftovers()
    for path in config.exports().glob("*"):
        if path.is_file() and path.name.removesuffix(".part") not in known:
            path.unlink(missing_ok=True)


def _is_silenced(row: Bundle) -> bool:
    return silenced(session, profile=row.profile, size=row.size, incident_id=row.incident_id)


def forget(names: list[str]) -> None:
    """Let go of these, with their files."""
    with account_write():
        session.execute(delete(Bundle).where(Bundle.name.in_(names)))
    for name in names:
        remove(name)


def _permit(actor: Actor) -> None:
    if not may(actor.role, "export"):
        raise Forbidden("export")
