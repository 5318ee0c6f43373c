"""The ledger of official positions: what belligerents report of their own assessments, month by month.

Revision: 0020
Follows: 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

FIGURES = ("carried", "received", "credible", "non_credible", "duplicate", "open")


def upgrade():
    op.create_table(
        "official_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("party", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=True) for name in FIGURES),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_official_report")),
        sa.UniqueConstraint("party", "month", "version", name=op.f("uq_official_report_party_month_version")),
        sa.ForeignKeyConstraint(["entered_by"], ["person.id"], name=op.f("fk_official_report_entered_by_person")),
    )


def downgrade():
    op.drop_table("official_report")
