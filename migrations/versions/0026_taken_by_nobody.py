"""Who wrote a request down may have left the desk since: by what way it came and on which day stays, who took it goes.

Revision: 0026
Follows: 0025
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("submission_taken") as taken:  # it has no triggers that a new table would lose
        taken.alter_column("person_id", existing_type=sa.Integer(), nullable=True)


def downgrade():
    """What nobody is known to have taken down was not known as taken down before: its words still say how it came."""
    op.execute("DELETE FROM submission_taken WHERE person_id IS NULL")
    with op.batch_alter_table("submission_taken") as taken:
        taken.alter_column("person_id", existing_type=sa.Integer(), nullable=False)
