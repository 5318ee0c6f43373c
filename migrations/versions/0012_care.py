"""How people look after themselves: settings, limits, passes; saved views; a page of help.

Revision: 0012
Follows: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
TABLES = ("care", "source_warning", "passed", "saved_view", "help_text")


def upgrade():
    op.add_column("user_session", sa.Column("sitting_since", MOMENT, nullable=True))
    op.create_table(
        "care",
        number("person_id"),
        sa.Column("media", sa.String(length=8), nullable=False),
        sa.Column("per_day", sa.Integer(), nullable=True),
        sa.Column("per_week", sa.Integer(), nullable=True),
        sa.Column("no_graphic", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("break_after", sa.Integer(), nullable=True),
        sa.Column("mail", sa.String(length=8), nullable=False),
        key("care", "person_id"),
        to_person("care"),
    )
    op.create_table(
        "source_warning",
        number("incident_id"),
        number("number"),
        sa.Column("word", sa.String(length=8), nullable=False),
        key("source_warning", "incident_id", "number"),
        to_incident("source_warning"),
    )
    op.create_table(
        "passed",
        number("person_id"),
        number("incident_id"),
        number("round"),
        key("passed", "person_id", "incident_id"),
        to_person("passed"),
        to_incident("passed"),
    )
    op.create_table(
        "saved_view",
        number("id"),
        number("person_id"),
        sa.Column("place", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("query", sa.String(length=600), nullable=False),
        key("saved_view", "id"),
        to_person("saved_view"),
        sa.UniqueConstraint("person_id", "place", "name", name=op.f("uq_saved_view_person_id_place_name")),
    )
    op.create_table(
        "help_text",
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("changed_by", sa.Integer(), nullable=True),
        key("help_text", "language"),
        sa.ForeignKeyConstraint(["changed_by"], ["person.id"], name=op.f("fk_help_text_changed_by_person")),
    )


def number(name):
    return sa.Column(name, sa.Integer(), nullable=False)


def key(table, *columns):
    return sa.PrimaryKeyConstraint(*columns, name=op.f(f"pk_{table}"))


def to_person(table):
    return sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f(f"fk_{table}_person_id_person"))


def to_incident(table):
    return sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f(f"fk_{table}_incident_id_incident"))


def downgrade():
    for table in reversed(TABLES):
        op.drop_table(table)
    op.drop_column("user_session", "sitting_since")
