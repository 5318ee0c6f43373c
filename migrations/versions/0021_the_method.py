"""How far reviewers agree, from the votes of first rounds; and what a desk itself says of its method.

Revision: 0021
Follows: 0020
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.orm import Session

from review.models.dossiers import codebooks, crossed, joints, policies, records
from review.models.first_rounds import values
from review.rules.history import History

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
MANY = 1_000
INCIDENT = sa.table("incident", sa.column("id"), sa.column("name"), sa.column("stream"))
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


def upgrade():
    op.create_table(
        "first_round",
        sa.Column("incident_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("stream", sa.String(length=80), nullable=False),
        sa.Column("codebook", sa.String(length=60), nullable=False),
        sa.Column("ballots", sa.JSON(), nullable=False),
        sa.Column("tally", sa.Text(), nullable=False),
        sa.Column("public", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("incident_id", name=op.f("pk_first_round")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_first_round_incident_id_incident")),
    )
    op.create_index("ix_first_round_tally", "first_round", ["codebook", "stream", "tally"])
    op.create_index("ix_first_round_public", "first_round", ["codebook", "stream", "public"])
    op.create_table(
        "method_text",
        sa.Column("section", sa.String(length=20), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("changed_by", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("section", "language", name=op.f("pk_method_text")),
        sa.ForeignKeyConstraint(["changed_by"], ["person.id"], name=op.f("fk_method_text_changed_by_person")),
    )
    fill(op.get_bind())


def fill(connection):
    """The first rounds that are closed already, a thousand incidents at a time, folded anew from their events."""
    session, last = Session(bind=connection), 0
    while rows := connection.execute(closed(last)).all():
        last = rows[-1].id
        kept = [{"incident_id": row.id, **found} for row in rows if (found := first_round(session, row))]
        if kept:
            connection.execute(sa.insert(FIRST_ROUND), kept)


def closed(last):
    """The incidents behind this one whose first round was closed with a result."""
    of_it = sa.and_(CLOSING.c.incident_id == INCIDENT.c.id, CLOSING.c.number == 1)
    return (
        sa.select(INCIDENT.c.id, INCIDENT.c.name, INCIDENT.c.stream)
        .join(CLOSING, of_it)
        .where(CLOSING.c.result.in_(("agreed", "disputed")), INCIDENT.c.id > last)
        .order_by(INCIDENT.c.id)
        .limit(MANY)
    )


def first_round(session, row):
    folded = History(row.name, policies(session), codebooks(session), joints=joints(session))
    for record in records(session, row.id, {}):
        folded.apply(record)
    return values(crossed(folded).dossier(), row.stream)


def downgrade():
    op.drop_table("method_text")
    op.drop_table("first_round")
