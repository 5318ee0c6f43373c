"""A log that goes on under a new origin after a rollback.

Revision: 0011
Follows: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

SEQ = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# A redaction names the place that it covers in its own log, which may begin behind others.
ON_SQLITE = (
    "= OLD.seq AND d.value",
    "+ c.seq - json_extract(CAST(c.line AS TEXT), '$.seq') = OLD.seq AND d.value",
)
ON_POSTGRESQL = (
    (
        "'body' AS body FROM event",
        "'body' AS body, seq - (convert_from(line, 'UTF8')::jsonb ->> 'seq')::bigint AS base FROM event",
    ),
    ("(covering.body ->> 'of')::bigint = OLD.seq", "(covering.body ->> 'of')::bigint + covering.base = OLD.seq"),
)


def upgrade():
    # Where the present log begins among the leaves of this desk: 0 until it goes on under another name.
    op.add_column("log_head", sa.Column("base", SEQ, nullable=False, server_default="0"))
    if op.get_bind().dialect.name == "sqlite":
        reword_on_sqlite(*ON_SQLITE)
    else:
        reword_on_postgresql(ON_POSTGRESQL)


def downgrade():
    if op.get_bind().dialect.name == "sqlite":
        reword_on_sqlite(*reversed(ON_SQLITE))
    else:
        reword_on_postgresql([(after, before) for before, after in ON_POSTGRESQL])
    op.drop_column("log_head", "base")


def reword_on_sqlite(before, after):
    bind = op.get_bind()
    found = bind.exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = 'disclosure_refuses_delete'").scalar_one()
    bind.exec_driver_sql("DROP TRIGGER disclosure_refuses_delete")
    bind.exec_driver_sql(reworded(found, before, after))


def reword_on_postgresql(changes):
    bind = op.get_bind()
    found = bind.exec_driver_sql("SELECT pg_get_functiondef('assay_disclosure_goes_covered'::regproc)").scalar_one()
    for before, after in changes:
        found = reworded(found, before, after)
    bind.exec_driver_sql(found.replace("%", "%%"))


def reworded(text, before, after):
    if text.count(before) != 1:
        raise RuntimeError(f"the guard of the disclosures is not the one that this migration knows: {before}")
    return text.replace(before, after)
