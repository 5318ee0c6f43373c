"""What the public sends in: submissions in quarantine, their files, and how often they came from where.

Revision: 0019
Follows: 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

SEQ = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLES = ("submission", "submission_file", "submission_knock")


def upgrade():
    op.create_table(
        "submission",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=18), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("receipt", sa.String(length=64), nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("received", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("judged_by", sa.Integer(), nullable=True),
        sa.Column("judged", sa.String(length=10), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("seq", SEQ, nullable=True),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.String(length=10), nullable=True),
        sa.Column("closed", sa.String(length=10), nullable=True),
        sa.Column("closing", SEQ, nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission")),
        sa.UniqueConstraint("name", name=op.f("uq_submission_name")),
        sa.UniqueConstraint("receipt", name=op.f("uq_submission_receipt")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_submission_incident_id_incident")),
        sa.ForeignKeyConstraint(["judged_by"], ["person.id"], name=op.f("fk_submission_judged_by_person")),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_submission_owner_id_person")),
    )
    op.create_index("ix_submission_state_kind_id", "submission", ["state", "kind", "id"])
    op.create_index("ix_submission_seq", "submission", ["seq"])
    op.create_table(
        "submission_file",
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("media", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("submission_id", "number", name=op.f("pk_submission_file")),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_submission_file_submission_id_submission")
        ),
    )
    op.create_table(
        "submission_knock",
        sa.Column("source_hash", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("source_hash", "at", name=op.f("pk_submission_knock")),
    )
    op.create_index("ix_submission_knock_at", "submission_knock", ["at"])


def downgrade():
    for table in reversed(TABLES):
        op.drop_table(table)
