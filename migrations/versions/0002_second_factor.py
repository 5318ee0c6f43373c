"""Second factors, settings of the desk, where attempts to sign in came from, when a password was last given.

Revision: 0002
Follows: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "second_factor",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("secret", sa.String(length=200), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_second_factor_person_id_person"),
        sa.PrimaryKeyConstraint("person_id", name="pk_second_factor"),
    )
    op.create_table(
        "recovery_code",
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_recovery_code_person_id_person"),
        sa.PrimaryKeyConstraint("code_hash", name="pk_recovery_code"),
    )
    op.create_index("ix_recovery_code_person_id", "recovery_code", ["person_id"])
    op.create_table(
        "desk_setting",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["changed_by"], ["person.id"], name="fk_desk_setting_changed_by_person"),
        sa.PrimaryKeyConstraint("name", name="pk_desk_setting"),
    )
    op.add_column("password", sa.Column("sign_ins", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("user_session", sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("user_session", sa.Column("must_enrol", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("login_attempt", sa.Column("source_hash", sa.String(length=64), nullable=False, server_default=""))
    op.create_index("ix_login_attempt_at", "login_attempt", ["at"])


def downgrade():
    op.drop_index("ix_login_attempt_at", "login_attempt")
    op.drop_column("login_attempt", "source_hash")
    op.drop_column("user_session", "must_enrol")
    op.drop_column("user_session", "confirmed_at")
    op.drop_column("password", "sign_ins")
    op.drop_table("desk_setting")
    op.drop_index("ix_recovery_code_person_id", "recovery_code")
    op.drop_table("recovery_code")
    op.drop_table("second_factor")
