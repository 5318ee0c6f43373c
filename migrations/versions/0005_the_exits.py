"""The exits: what an incident was merged into, and to whom a restricted one is shown.

Revision: 0005
Follows: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("incident", sa.Column("merged_into", sa.String(length=18), nullable=True))
    op.create_table(
        "admission",
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_admission_incident_id_incident")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_admission_person_id_person")),
        sa.PrimaryKeyConstraint("incident_id", "person_id", name=op.f("pk_admission")),
    )


def downgrade():
    op.drop_table("admission")
    op.drop_column("incident", "merged_into")
