"""Cosignatures of witnesses and timestamps of authorities over published checkpoints; roots of stretches of the tree.

Revision: 0008
Follows: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# Append-only, each with the key by which INSERT OR REPLACE could slip past a delete trigger on SQLite.
KEPT = {"cosignature": ("size", "witness"), "timestamp_reply": ("sha256",)}


def upgrade():
    op.create_table(
        "cosignature",
        sa.Column("size", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("witness", sa.String(length=300), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["size"], ["checkpoint.size"], name="fk_cosignature_size_checkpoint"),
        sa.PrimaryKeyConstraint("size", "witness", name="pk_cosignature"),
    )
    op.create_table(
        "timestamp_reply",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("authority", sa.String(length=300), nullable=False),
        sa.Column("reply", sa.LargeBinary(), nullable=False),
        sa.Column("stamped_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["size"], ["checkpoint.size"], name="fk_timestamp_reply_size_checkpoint"),
        sa.PrimaryKeyConstraint("sha256", name="pk_timestamp_reply"),
    )
    op.create_index("ix_timestamp_reply_size", "timestamp_reply", ["size"])
    op.create_table(
        "subtree",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_subtree"),
    )
    if op.get_bind().dialect.name == "sqlite":
        guard_sqlite()
    else:
        guard_postgresql()


def guard_sqlite():
    for table, key in KEPT.items():
        same = " AND ".join(f'"{column}" = NEW."{column}"' for column in key)
        refuse(table, "update", "BEFORE UPDATE")
        refuse(table, "delete", "BEFORE DELETE")
        refuse(table, "replace", "BEFORE INSERT", f'EXISTS (SELECT 1 FROM "{table}" WHERE {same})')


def refuse(table, name, moment, condition="1"):
    op.execute(
        f'CREATE TRIGGER {table}_refuses_{name} {moment} ON "{table}" WHEN {condition} '
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    )


def guard_postgresql():
    for table in KEPT:
        always(table, "change", "BEFORE UPDATE OR DELETE", "ROW")
        always(table, "truncate", "BEFORE TRUNCATE", "STATEMENT")


def always(table, name, moment, level):
    trigger = f"{table}_refuses_{name}"
    op.execute(
        f'CREATE TRIGGER {trigger} {moment} ON "{table}" FOR EACH {level} EXECUTE FUNCTION assay_append_only()'
    )
    op.execute(f'ALTER TABLE "{table}" ENABLE ALWAYS TRIGGER {trigger}')


def downgrade():
    op.drop_table("subtree")
    op.drop_index("ix_timestamp_reply_size", table_name="timestamp_reply")
    op.drop_table("timestamp_reply")
    op.drop_table("cosignature")
