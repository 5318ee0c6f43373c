"""The ledger of official positions: a lead copies what a belligerent reports. Beside the record, no event."""

from __future__ import annotations

from dataclasses import asdict

from sqlalchemy import select

from review.actions.act import acting
from review.actions.log import hold_head
from review.actions.verb import action
from review.models import OfficialReport, session
from review.models.parties import names_in_force
from review.rules import ledger, texts
from review.rules.errors import Invalid
from review.rules.ledger import Report
from review.rules.parties import LONGEST_NAME, key_of
from review.rules.permissions import Actor


@action("record_report")
def record_report(
    actor: Actor, *, party: str, month: str, report: Report, url: str, seen: int = 0, why: str | None = None
) -> int:
    """A lead enters a month of a party's own report, or corrects it with a reason; the version before it stays.

    `seen` is the version that the form showed, 0 for none: whoever has not seen what stands does not replace it.
    """
    with acting(actor) as act:
        act.require("record_report")
        hold_head()  # two names may mean one party: each month entered and each alias added is seen
        problems = ledger.problems(party, month, report, url)
        key, name = key_of(party), texts.cleaned(party) or ""
        standing = 0 if problems else _standing(party, month)
        problems = problems or ledger.version_problems(standing, seen, why)
        if problems:
            raise Invalid(problems, longest=LONGEST_NAME, version=standing)
        row = OfficialReport(
            party=key,
            name=name,
            month=month,
            version=standing + 1,
            **asdict(report),
            url=texts.cleaned(url) or "",
            why=texts.remark(why, "why"),
            entered_at=act.at,
            entered_by=act.actor.person,
        )
        session.add(row)
    return standing + 1


def _standing(party: str, month: str) -> int:
    """How many versions of this month there are, under whatever name the party was written; the last one stands."""
    names = names_in_force(session)
    written = session.scalars(select(OfficialReport.name).where(OfficialReport.month == month))
    return sum(names.key(name) == names.key(party) for name in written)
