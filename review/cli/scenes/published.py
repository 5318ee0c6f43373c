"""What the public reads: agreed, reopened, overridden, checked again, merged, from an older ledger."""

from __future__ import annotations

import csv
import io
import tempfile
from datetime import timedelta
from pathlib import Path

from review import clock, jobs
from review.actions import (
    approvals,
    assignments,
    exits,
    imports,
    incidents,
    overrides,
    positions,
    sources,
    votes,
)
from review.cli.sample import archive, eluan, plain, sarn
from review.cli.scenes.desk import Desk, approve, attach, cast, enter, graded, judge, open_round
from review.queries import demo as progress
from review.rules.facts import Casualties, Range

EMBARGO = timedelta(days=30)


def agreed(desk: Desk) -> None:
    """Three alike: published at once."""
    ref = graded(desk, eluan.AGREED, eluan.AGREED_VOTES)
    approve(
        desk.lead, ref,
        "Three accounts of their own and a flight log; the vote is unanimous. I have read S2 and S3 beside S1: they "
        "are echoes.",
    )  # fmt: skip


def reopened(desk: Desk) -> None:
    """Fair at first; reopened on an admission and published again as Confirmed."""
    ref = graded(desk, sarn.REOPENED, sarn.REOPENED_VOTES)
    approve(desk.lead, ref, "Two accounts of their own, one of them a clinic. The council's list stays inside.")
    source = attach(desk["lina"], ref, sarn.ADMISSION)
    positions.record_position(
        desk.lead, ref, party="Northern Joint Command", position="credible", source=source,
        conceded=Casualties(Range(4, 4), Range()), reason="Its assessment of April accepts the strike and four dead.",
    )  # fmt: skip
    approvals.reopen(
        desk.lead, ref, ground="verdict", seen=progress.digest(ref),
        reason="The party now accepts responsibility, which makes Confirmed possible.",
    )  # fmt: skip
    judge(desk, ref, sarn.CONFIRMED_VOTES)
    approve(desk.other_lead, ref, "Accepted by the party in its own statement; the range stays that of the clinic.")


def overridden(desk: Desk) -> None:
    """Fair by the votes; two leads find one account and its echoes, and say so in public."""
    ref = graded(desk, plain.OVERRIDDEN, plain.OVERRIDDEN_VOTES)
    overrides.override(
        desk.lead, ref, grade="weak", casualties=Casualties(Range(1, 3), Range(0, 2)), reason=plain.OVERRIDING,
        seen=progress.digest(ref),
    )  # fmt: skip
    overrides.second_override(desk.other_lead, ref, reason=plain.SECONDING, seen=progress.digest(ref))
    approve(
        desk.lead, ref,
        "Seconded after an own reading. The votes stay with the result; a second account of its own would change it.",
    )  # fmt: skip
    sources.group_sources(desk["lina"], ref, origin=1, sources=(2, 3), reason="As both leads found: S1 word for word.")


def checked_again(desk: Desk) -> None:
    """A source is withdrawn after the publication: the version stands under a notice until somebody has looked."""
    ref = graded(desk, eluan.CHECKED, eluan.CHECKED_VOTES)
    approve(
        desk.other_lead, ref,
        "Two accounts and a ledger. The one vote for Weak asks a fair question, which I have put to the union.",
    )  # fmt: skip
    wrong_yard = "The film shows another yard: its maker has written to us and asks for it."
    sources.withdraw_source(desk["amal"], ref, 3, reason=wrong_yard)


def merged(desk: Desk) -> None:
    """Two records of one cart: the first leads to the second, which is judged anew with what came along."""
    first = graded(desk, plain.MERGED, plain.MERGED_VOTES)
    approve(desk.lead, first, "A single claim, told with care.")
    second = enter(desk, plain.INTO)
    exits.merge_incident(
        desk.lead, first, into=second, sources=(1,),
        reason="The same cart on the same afternoon: the driver, the two injured and the road agree.",
    )  # fmt: skip
    judge(desk, second, plain.INTO_VOTES)
    approve(
        desk.other_lead, second,
        "Three voices for the harm. The vote for Weak is about the party; it is kept with the result.",
    )  # fmt: skip


def embargoed(desk: Desk) -> None:
    """Approved for a day to come, since a family asks for it."""
    ref = graded(desk, sarn.EMBARGOED, sarn.EMBARGOED_VOTES)
    day = (clock.now() + EMBARGO).date().isoformat()
    reason = "The result holds. The family asks for time; it is published when the son is home."
    approve(desk.lead, ref, reason, not_before=day)


def another_panel(desk: Desk) -> None:
    """One reviewer was away and another asked in their place; one told late that they knew somebody there."""
    ref = enter(desk, sarn.PANEL)
    number = open_round(desk, ref, ("mara", "yusra", "tova", "ben"))
    away, fresh = desk.person("ben"), desk.person("sunniva")
    assignments.substitute_reviewer(desk.lead, ref, number, away, fresh, reason="Away this month, by the calendar.")
    cast(desk, ref, number, sarn.PANEL_VOTES)
    jobs.run_due()
    told_late = "I learnt today that the injured journalist is a friend's cousin."
    incidents.declare_conflict(desk["tova"], ref, ground=told_late)
    votes.exclude_vote(
        desk.lead, ref, progress.vote_of(ref, desk["tova"]), ground="conflict",
        reason="Told late and in good faith. The three votes that are left carry the result.",
    )  # fmt: skip
    approve(desk.other_lead, ref, "Three votes without the one that was excluded; grade and quorum are as before.")


def from_an_older_ledger(desk: Desk) -> None:
    """What another desk graded before: imported with its grades, not reviewed here."""
    with tempfile.TemporaryDirectory(prefix="assay-ledger-") as folder:
        path = Path(folder) / "incidents.csv"
        path.write_text(_table(), encoding="utf-8")
        imports.import_incidents(desk["admin"], path, theatre=archive.THEATRE)


def _table() -> str:
    columns = list(dict.fromkeys(column for row in archive.ROWS for column in row))
    lines = io.StringIO()
    writer = csv.DictWriter(lines, columns, restval="")
    writer.writeheader()
    writer.writerows(archive.ROWS)
    return lines.getvalue()
