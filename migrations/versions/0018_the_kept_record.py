"""The kept figures of the public record, filled from what is published, and the table of aliases of parties.

Revision: 0018
Follows: 0017
"""

import sqlalchemy as sa
from alembic import op

from review.models.record import refill

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

NAME, SUMS = 200, ("fewest", "most", "unknown", "open_below", "open_above")


def upgrade():
    op.create_table(
        "record_entry",
        sa.Column("incident_id", sa.Integer(), autoincrement=False, nullable=False),
        *cell(),
        sa.Column("fewest", sa.BigInteger(), nullable=False),
        sa.Column("most", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in SUMS[2:]),
        sa.Column("stream", sa.String(length=80), nullable=False),
        sa.Column("written", sa.String(length=NAME), nullable=False),
        key("record_entry", "incident_id", "party"),
    )
    op.create_table(
        "record_figure",
        *cell(),
        sa.Column("incidents", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in SUMS),
        key("record_figure", "party", "month", "grade", "legacy"),
    )
    op.create_table(
        "record_name",
        sa.Column("party", sa.String(length=NAME), nullable=False),
        sa.Column("stream", sa.String(length=80), nullable=False),
        sa.Column("written", sa.String(length=NAME), nullable=False),
        sa.Column("incidents", sa.BigInteger(), nullable=False),
        key("record_name", "party", "stream", "written"),
    )
    aliases()
    refill(op.get_bind())
    # Behind the filling, which would keep it in order row by row.
    op.create_index("ix_record_entry_cell", "record_entry", ["party", "month", "grade", "legacy", "incident_id"])


def aliases():
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "party_alias",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(length=NAME), nullable=False) for name in ("key", "alias", "name")),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("added_at", moment, nullable=False),
        sa.Column("added_by", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", moment, nullable=True),
        sa.Column("withdrawn_by", sa.Integer(), nullable=True),
        sa.Column("withdrawn_because", sa.Text(), nullable=True),
        key("party_alias", "id"),
        *(
            sa.ForeignKeyConstraint([name], ["person.id"], name=op.f(f"fk_party_alias_{name}_person"))
            for name in ("added_by", "withdrawn_by")
        ),
    )
    in_force = sa.text("withdrawn_at IS NULL")
    op.create_index(
        "ix_party_alias_key", "party_alias", ["key"], unique=True, sqlite_where=in_force, postgresql_where=in_force
    )


def cell():
    return (
        sa.Column("party", sa.String(length=NAME), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("grade", sa.String(length=40), nullable=False),
        sa.Column("legacy", sa.Boolean(), nullable=False),
    )


def key(table, *columns):
    return sa.PrimaryKeyConstraint(*columns, name=op.f(f"pk_{table}"))


def downgrade():
    for table in ("party_alias", "record_name", "record_figure", "record_entry"):
        op.drop_table(table)
