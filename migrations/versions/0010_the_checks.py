"""What the nightly comparison with the trail found; the head of the log never goes back; guards read our tables alone.

Revision: 0010
Follows: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

SEQ = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# Under another origin the log begins anew; under the same one nothing that was written or signed is taken back.
BACK = (
    "NEW.id <> OLD.id"
    " OR (NEW.origin = OLD.origin AND (NEW.size < OLD.size OR NEW.signed_size < OLD.signed_size))"
)


def upgrade():
    op.create_table(
        "trail_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("size", SEQ, nullable=False),
        sa.Column("differences", sa.Integer(), nullable=False),
        sa.Column("sentences", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_trail_check"),
    )
    if op.get_bind().dialect.name == "sqlite":
        guard_sqlite()
    else:
        guard_postgresql()


def guard_sqlite():
    for name, moment, condition in (
        ("update", "BEFORE UPDATE", BACK),
        ("delete", "BEFORE DELETE", "1"),
        ("replace", "BEFORE INSERT", "EXISTS (SELECT 1 FROM log_head)"),
    ):
        op.execute(
            f"CREATE TRIGGER log_head_refuses_{name} {moment} ON log_head WHEN {condition} "
            "BEGIN SELECT RAISE(ABORT, 'log_head never goes back'); END"
        )


def guard_postgresql():
    op.execute(
        f"""
        CREATE FUNCTION assay_head_goes_on() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'UPDATE' THEN
                IF NOT ({BACK}) THEN RETURN NEW; END IF;
            ELSIF TG_OP = 'INSERT' THEN
                IF NOT EXISTS (SELECT 1 FROM log_head) THEN RETURN NEW; END IF;
            END IF;
            RAISE EXCEPTION 'log_head never goes back';
        END $$
        """
    )
    for name, moment, level in (
        ("change", "BEFORE INSERT OR UPDATE OR DELETE", "ROW"),
        ("truncate", "BEFORE TRUNCATE", "STATEMENT"),
    ):
        trigger = f"log_head_refuses_{name}"
        op.execute(
            f"CREATE TRIGGER {trigger} {moment} ON log_head FOR EACH {level} EXECUTE FUNCTION assay_head_goes_on()"
        )
        op.execute(f"ALTER TABLE log_head ENABLE ALWAYS TRIGGER {trigger}")
    # Whoever may make temporary tables could else hold one called event before a guard's eyes.
    for name in our_functions():
        op.execute(f"ALTER FUNCTION {name}() SET search_path = {our_schema()}, pg_temp")


def our_schema():
    return op.get_bind().execute(sa.text("SELECT quote_ident(current_schema())")).scalar_one()


def our_functions():
    found = sa.text(
        "SELECT proname FROM pg_proc WHERE pronamespace = current_schema()::regnamespace AND proname LIKE 'assay\\_%'"
        " ORDER BY proname"
    )
    return op.get_bind().execute(found).scalars().all()


def downgrade():
    if op.get_bind().dialect.name == "sqlite":
        for name in ("update", "delete", "replace"):
            op.execute(f"DROP TRIGGER log_head_refuses_{name}")
    else:
        for name in ("change", "truncate"):
            op.execute(f"DROP TRIGGER log_head_refuses_{name} ON log_head")
        op.execute("DROP FUNCTION assay_head_goes_on()")
        for name in our_functions():
            op.execute(f"ALTER FUNCTION {name}() RESET search_path")
    op.drop_table("trail_check")
