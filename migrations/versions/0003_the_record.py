"""The record: the signs by which a claim is shown what it may repeat or speak of.

Revision: 0003
Follows: 0002
"""

import sqlalchemy as sa
from alembic import op

from review.models.signs import refill

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade():
    intake()


def downgrade():
    op.drop_index("ix_incident_restricted", "incident")
    op.drop_table("incident_sign")
    op.drop_table("claim_sign")


def intake():
    """The signs by which claims and incidents are found beside one another, made anew from what is there."""
    op.create_table(
        "claim_sign",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("sign", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["seq"], ["claim.seq"], name=op.f("fk_claim_sign_seq_claim")),
        sa.PrimaryKeyConstraint("seq", "kind", "sign", name=op.f("pk_claim_sign")),
    )
    op.create_index("ix_claim_sign_kind_sign_seq", "claim_sign", ["kind", "sign", "seq"])
    op.create_table(
        "incident_sign",
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("sign", sa.String(length=200), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=True),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_incident_sign_incident_id_incident")),
        sa.PrimaryKeyConstraint("incident_id", "kind", "sign", name=op.f("pk_incident_sign")),
    )
    op.create_index("ix_incident_sign_kind_sign_day", "incident_sign", ["kind", "sign", "day", "incident_id"])
    few = sa.text("restricted")
    op.create_index("ix_incident_restricted", "incident", ["id"], postgresql_where=few, sqlite_where=few)
    refill(op.get_bind())
