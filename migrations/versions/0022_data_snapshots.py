"""Dated snapshots of the open data; the mark of what the public reads of an incident.

Revision: 0022
Follows: 0021
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.orm import Session

from review.models.dossiers import codebooks, crossed, joints, policies, records
from review.rules.history import History
from review.rules.told import spoken, told

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

MANY = 1_000
INCIDENT = sa.table(
    "incident",
    sa.column("id"),
    sa.column("name"),
    sa.column("grade"),
    sa.column("told"),
    sa.column("said"),
)
SEQ = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade():
    op.add_column("incident", sa.Column("told", sa.String(length=16), server_default="", nullable=False))
    op.add_column("incident", sa.Column("said", SEQ, server_default="0", nullable=False))
    op.create_table(
        "data_snapshot",
        sa.Column("size", SEQ, autoincrement=False, nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("versions", sa.Integer(), nullable=False),
        sa.Column("gone_on", sa.String(length=10), nullable=True),
        sa.Column("gone_of", sa.String(length=18), nullable=True),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_data_snapshot")),
    )
    op.create_table(
        "data_file",
        sa.Column("size", SEQ, nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("octets", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("size", "name", name=op.f("pk_data_file")),
        sa.ForeignKeyConstraint(["size"], ["data_snapshot.size"], name=op.f("fk_data_file_size_data_snapshot")),
    )
    fill(op.get_bind())


def fill(connection):
    """The marks of what was published so far, from the incidents' own events."""
    session, last = Session(bind=connection), 0
    while rows := connection.execute(published(last)).all():
        last = rows[-1].id
        marks = [mark(session, row) for row in rows]
        connection.execute(INCIDENT.update().where(INCIDENT.c.id == sa.bindparam("of")), marks)


def published(last):
    """The incidents behind this one that have a published version."""
    known = sa.select(INCIDENT.c.id, INCIDENT.c.name)
    return known.where(INCIDENT.c.grade.is_not(None), INCIDENT.c.id > last).order_by(INCIDENT.c.id).limit(MANY)


def mark(session, row):
    folded = History(row.name, policies(session), codebooks(session), joints=joints(session))
    chain = list(records(session, row.id, {}))
    for record in chain:
        folded.apply(record)
    events = [(record.seq, record.type) for record in chain]
    return {"of": row.id, "told": told(crossed(folded).dossier()), "said": spoken(events)}


def downgrade():
    op.drop_table("data_file")
    op.drop_table("data_snapshot")
    op.drop_column("incident", "said")
    op.drop_column("incident", "told")
