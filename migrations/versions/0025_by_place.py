"""Disclosures stand under their event and name, where they are looked for, no longer under their digest.

A digest is drawn at random: under it each of an event's disclosures touched another page of the index, which was a third
of what a vote writes to the disk.

Revision: 0025
Follows: 0024
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

SEQ = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BY_DIGEST, BY_PLACE = ("digest",), ("seq", "name")


def upgrade():
    if op.get_bind().dialect.name == "sqlite":
        rebuild_on_sqlite(BY_DIGEST, BY_PLACE)
    else:
        rekey_on_postgresql(BY_PLACE)
        op.drop_index("ix_disclosure_seq", table_name="disclosure")


def downgrade():
    if op.get_bind().dialect.name == "sqlite":
        rebuild_on_sqlite(BY_PLACE, BY_DIGEST)
    else:
        rekey_on_postgresql(BY_DIGEST)
    op.create_index("ix_disclosure_seq", "disclosure", ["seq"])


def rebuild_on_sqlite(before, after):
    """SQLite changes no primary key: the rows go into a new table in the order of the log, its guards follow."""
    bind = op.get_bind()
    asked = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'disclosure' ORDER BY name"
    guards = bind.exec_driver_sql(asked).fetchall()
    for name, _sql in guards:
        op.execute(f"DROP TRIGGER {name}")
    op.create_table(
        "disclosure_anew",
        sa.Column("digest", sa.String(length=43), nullable=False),
        sa.Column("seq", SEQ, nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["seq"], ["event.seq"], name=op.f("fk_disclosure_seq_event")),
        sa.PrimaryKeyConstraint(*after, name=op.f("pk_disclosure")),
    )
    op.execute(
        "INSERT INTO disclosure_anew (digest, seq, name, text, sealed) "
        "SELECT digest, seq, name, text, sealed FROM disclosure ORDER BY rowid"
    )
    op.drop_table("disclosure")
    op.rename_table("disclosure_anew", "disclosure")
    for _name, sql in guards:
        bind.exec_driver_sql(sql.replace(same_row(before), same_row(after)))


def same_row(key):
    """How the guard against INSERT OR REPLACE asks for the row that is there already."""
    return "WHERE " + " AND ".join(f"{column} = NEW.{column}" for column in key) + ")"


def rekey_on_postgresql(key):
    op.drop_constraint("pk_disclosure", "disclosure", type_="primary")
    op.create_primary_key("pk_disclosure", "disclosure", list(key))
