"""What a person has been told: a kind and an incident, never words from the record, and nothing of others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select, true

from review.models import Incident, Notice, session
from review.models.admissions import shown_to
from review.queries.incidents import ref_among, repeated_codes
from review.rules.permissions import Actor
from review.rules.words import N_

SIZE = 30
FEW = 5
ALL, NEW = true(), Notice.read_at.is_(None)

# What each kind of notice says; notices.KINDS has the short forms that a mail carries.
TOLD = {
    "vote_owed": N_("You were asked to vote on this incident."),
    "vote_reminder": N_("Your vote on this incident is still owed."),
    "vote_late": N_("Your vote on this incident is late. Cast it, or say that you cannot judge it."),
    "released": N_("You were released from this incident. Nothing is owed."),
    "round_abandoned": N_("A round you were asked in was abandoned. Nothing was revealed."),
    "settlement_opened": N_("A round was disputed. Those who voted in it may argue."),
    "settler_wanted": N_("A disagreement waits for a settler."),
    "settler_late": N_("A settler's time has run out. Name a second one."),
    "settle_owed": N_("You were asked to settle this disagreement."),
    "proposal_waiting": N_("A grade waits for approval."),
    "returned": N_("A proposed grade was returned."),
    "published": N_("The grade of an incident you worked on was published."),
    "absorbed": N_("Another incident was merged into this one. It needs a new round."),
    "reopened": N_("A published grade was reopened."),
    "settlement_ended": N_("A disagreement was ended without a result. A new round can be opened."),
    "override_asked": N_("Another grade was asked for. It waits for a second lead who took no part."),
    "override_seconded": N_("The other grade that you asked for was seconded. You can approve it."),
    "recheck_opened": N_("A published version is being checked again."),
    "conflict_disclosed": N_("Somebody who voted on this incident has declared a conflict since."),
    "password_link": N_("An admin made a link to a new password for your log-in. Did you ask? Else tell a lead."),
    "authenticator_taken": N_("An admin took your authenticator away. Did you ask for it? Else tell a lead editor."),
    "redaction_asked": N_("Somebody asked to have words removed for good. It waits for a second person."),
    "redaction_seconded": N_("The words that you asked to have removed are gone."),
    "words_removed": N_("Words that you wrote were removed for good. Two people of the desk agreed to it."),
    "redaction_declined": N_("What you asked to have removed stays. The reason stands on the page of removals."),
    "bundle_ready": N_("Your bundle is ready. It stays here for a week."),
    "bundle_stopped": N_("Your bundle could not be made. The page says why."),
    "correction_received": N_("Somebody outside asked for a correction of this incident. It waits for a lead editor."),
    "log_in_in_hand": N_(
        "An admin made a link to a new password for somebody of the desk, or took their authenticator away. "
        "Ask whose it was, and whether they asked for it."
    ),
}
OTHERWISE = N_("This incident has moved.")
# Where a notice that is of no incident leads.
LEADS_TO = {"bundle_ready": "/desk/export", "bundle_stopped": "/desk/export", "digest": "/desk/inbox"}


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """One line of the inbox: that something happened, never what was said."""

    id: int
    ref: str | None
    code: str | None
    title: str
    sentence: str
    leads_to: str | None
    at: datetime
    new: bool


@dataclass(frozen=True, slots=True)
class Inbox:
    """One page of what a person was told, the latest first; `until` is the moment up to which it can be marked read."""

    notices: tuple[NoticeRow, ...]
    unread: int
    until: datetime | None
    only_new: bool
    number: int
    older: bool


def inbox(viewer: Actor, *, number: int = 1, only_new: bool = False) -> Inbox:
    """The person's own notices, page by page; with `only_new` those that they have not read."""
    number = max(1, number)
    found = _notices(viewer, SIZE + 1, (number - 1) * SIZE, NEW if only_new else ALL)
    return Inbox(
        notices=found[:SIZE],
        unread=unread(viewer),
        until=found[0].at if found else None,
        only_new=only_new,
        number=number,
        older=len(found) > SIZE,
    )


def latest(viewer: Actor) -> tuple[NoticeRow, ...]:
    """The last few things that a person was told."""
    return _notices(viewer, FEW, 0, ALL)


def unread(viewer: Actor) -> int:
    """How many notices the person has not marked as read."""
    statement = select(func.count()).select_from(Notice).outerjoin(Incident, Incident.id == Notice.incident_id)
    return int(session.scalar(statement.where(_own(viewer), Notice.read_at.is_(None))) or 0)


def unread_by_kind(viewer: Actor) -> tuple[tuple[str, int], ...]:
    """How many lines of each kind the person has not read, in the order of the kinds."""
    statement = (
        select(Notice.kind, func.count())
        .select_from(Notice)
        .outerjoin(Incident, Incident.id == Notice.incident_id)
        .where(_own(viewer), Notice.read_at.is_(None))
        .group_by(Notice.kind)
    )
    found = {kind: int(count) for kind, count in session.execute(statement)}
    return tuple((kind, found[kind]) for kind in TOLD if kind in found)


def _own(viewer: Actor) -> ColumnElement[bool]:
    return and_(Notice.person_id == viewer.person, or_(Notice.incident_id.is_(None), shown_to(viewer)))


def _notices(viewer: Actor, most: int, skipped: int, which: ColumnElement[bool]) -> tuple[NoticeRow, ...]:
    statement = (
        select(Notice.id, Incident.name, Incident.code, Incident.title, Notice.kind, Notice.at, Notice.read_at)
        .outerjoin(Incident, Incident.id == Notice.incident_id)
        .where(_own(viewer), which)
        .order_by(Notice.id.desc())
        .offset(skipped)
        .limit(most)
    )
    rows = session.execute(statement).all()
    repeated = repeated_codes([row.code for row in rows if row.code])
    return tuple(
        NoticeRow(
            id=row.id,
            ref=ref_among(row.code, row.name, repeated) if row.name else None,
            code=row.code,
            title=row.title or "",
            sentence=TOLD.get(row.kind, OTHERWISE),
            leads_to=LEADS_TO.get(row.kind),
            at=row.at,
            new=row.read_at is None,
        )
        for row in rows
    )
