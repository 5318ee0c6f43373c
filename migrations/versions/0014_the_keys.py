"""Whether somebody works with keys: a setting of how they read the desk, like their language.

Revision: 0014
Follows: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("person", sa.Column("keys_off", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade():
    op.drop_column("person", "keys_off")
