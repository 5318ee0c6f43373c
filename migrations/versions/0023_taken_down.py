"""Requests for a correction that came by telephone or letter: who took each down, by what way it came, and when. Two
projections follow their rules: the mark of an imported record stays while it is graded here for the first time, for a
mark that is gone would tell of it; and where a first round was abandoned, the next one counts for how far reviewers agree.

Revision: 0023
Follows: 0022
"""

import hashlib

import sqlalchemy as sa
from alembic import op
from sqlalchemy.orm import Session

from review.models.dossiers import codebooks, crossed, joints, policies, records
from review.models.first_rounds import values
from review.rules.history import History

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

MANY = 1_000
INCIDENT = sa.table(
    "incident",
    sa.column("id"),
    sa.column("name"),
    sa.column("stream"),
    sa.column("grade_kind"),
    sa.column("stage"),
    sa.column("told"),
)
CLOSING = sa.table("round_closing", sa.column("incident_id"), sa.column("number"), sa.column("result"))
FIRST_ROUND = sa.table(
    "first_round",
    sa.column("incident_id"),
    sa.column("stream"),
    sa.column("codebook"),
    sa.column("ballots", sa.JSON()),
    sa.column("tally"),
    sa.column("public"),
)
ABANDONED = (CLOSING.c.number == 1, CLOSING.c.result == "abandoned")
EVENT = sa.table("event", sa.column("incident_id"), sa.column("type"))
CROSSING = ("incident.absorbed", "incident.merged", "incident.split")  # such a page names others and has no mark
# An imported grade is older than every source and position: what is told beside it is nothing.
IMPORTED = hashlib.sha256(repr(([], [], [])).encode()).hexdigest()[:16]


def upgrade():
    op.create_table(
        "submission_taken",
        sa.Column("submission_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("way", sa.String(length=10), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("submission_id", name=op.f("pk_submission_taken")),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_submission_taken_submission_id_submission")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_submission_taken_person_id_person")),
    )
    tell("", IMPORTED)
    fill(op.get_bind())


def tell(before, now):
    """The mark of every imported record that is being graded here for the first time."""
    crossed = sa.select(EVENT.c.incident_id).where(EVENT.c.incident_id == INCIDENT.c.id, EVENT.c.type.in_(CROSSING))
    graded = (INCIDENT.c.grade_kind == "legacy", INCIDENT.c.stage.in_(("grading", "settlement", "approval")))
    of_it = (*graded, INCIDENT.c.told == before, ~crossed.exists())
    op.execute(sa.update(INCIDENT).where(*of_it).values(told=now))


def fill(connection):
    """Of incidents whose first round was abandoned: the next, where it is closed, folded anew from their events."""
    session, last = Session(bind=connection), 0
    while rows := connection.execute(abandoned(last)).all():
        last = rows[-1].id
        kept = [{"incident_id": row.id, **found} for row in rows if (found := first_round(session, row))]
        if kept:
            connection.execute(sa.insert(FIRST_ROUND), kept)


def abandoned(last):
    """The incidents behind this one whose first round was abandoned."""
    return (
        sa.select(INCIDENT.c.id, INCIDENT.c.name, INCIDENT.c.stream)
        .join(CLOSING, CLOSING.c.incident_id == INCIDENT.c.id)
        .where(*ABANDONED, INCIDENT.c.id > last)
        .order_by(INCIDENT.c.id)
        .limit(MANY)
    )


def first_round(session, row):
    folded = History(row.name, policies(session), codebooks(session), joints=joints(session))
    for record in records(session, row.id, {}):
        folded.apply(record)
    return values(crossed(folded).dossier(), row.stream)


def downgrade():
    of_them = sa.select(CLOSING.c.incident_id).where(*ABANDONED)
    op.execute(sa.delete(FIRST_ROUND).where(FIRST_ROUND.c.incident_id.in_(of_them)))
    tell(IMPORTED, "")
    op.drop_table("submission_taken")
