"""What lists of a large desk need: indexes in the order in which they are shown, and what SQLite is told of each.

SQLite knows nothing of its tables until somebody has them counted, and then took every event of a type in the log for
fewer than the few of one incident. What it is told here is fixed: a desk is read alike on its first evening and at a
million incidents. PostgreSQL counts by itself.

Revision: 0027
Follows: 0026
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

# Table, index, and how many rows there are, then how many are alike in its first column, in its first two, ...; without
# an index how many rows the table has.
TOLD = (
    ("event", "ix_event_type_seq", "1000000 2000 1"),
    ("event", "ix_event_incident_id_iseq", "1000000 10 1"),
    ("person", None, "100"),
    ("participation", "sqlite_autoindex_participation_1", "1000000 5000 1"),
    ("incident", "ix_incident_public_id", "1000000 500000 1"),
    ("incident", "ix_incident_public_stream_id", "1000000 500000 50000 1"),
    ("incident", "ix_incident_stage_id", "1000000 150000 1"),
    ("incident", "ix_incident_stream_stage_id", "1000000 100000 30000 1"),
    ("incident", "ix_incident_waiting", "150000 3000 1"),
)
WAITS = "(stage IN ('logged', 'grading', 'settlement', 'approval') OR recheck)"
OF_STREAMS = {"ix_incident_stream_id": ["stream", "id"], "ix_incident_public_stream_id": ["public", "stream", "id"]}


def upgrade():
    for name, columns in OF_STREAMS.items():
        op.create_index(name, "incident", columns)
    op.create_index("ix_determination_kind_seq", "determination", ["kind", "seq"])
    _again("ix_incident_waiting", [sa.text("gravity DESC"), "id"], WAITS, WAITS)
    # On SQLite as a condition of ours is written: under the other words it was never used.
    _again("ix_incident_restricted", ["id"], "restricted = 1", "restricted")
    if op.get_bind().dialect.name == "sqlite":
        op.execute("ANALYZE sqlite_schema")  # makes the table of what it is told, and nothing else
        for table, index, told in TOLD:
            named = "NULL" if index is None else f"'{index}'"
            op.execute(f"INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('{table}', {named}, '{told}')")


def downgrade():
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DELETE FROM sqlite_stat1")
    _again("ix_incident_restricted", ["id"], "restricted", "restricted")
    _again("ix_incident_waiting", ["gravity", "id"], WAITS, WAITS)
    op.drop_index("ix_determination_kind_seq", "determination")
    for name in OF_STREAMS:
        op.drop_index(name, "incident")


def _again(name, columns, on_sqlite, on_postgresql):
    """The index anew, of these columns and of the rows that these words choose."""
    op.drop_index(name, "incident")
    where = {"sqlite_where": sa.text(on_sqlite), "postgresql_where": sa.text(on_postgresql)}
    op.create_index(name, "incident", columns, **where)
