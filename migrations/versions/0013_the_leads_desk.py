"""How grave an incident is, for the order of what waits; what a lead had read of a case when they last looked.

Revision: 0013
Follows: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
WAITS = sa.text("(stage IN ('logged', 'grading', 'settlement', 'approval') OR recheck)")
MANY = 1_000
COMBATANTS = ("belligerents", "armed_forces", "direct_participants")


def upgrade():
    op.add_column("incident", sa.Column("gravity", sa.Integer(), server_default="0", nullable=False))
    fill(op.get_bind())
    op.create_index(
        "ix_incident_waiting", "incident", ["gravity", "id"], sqlite_where=WAITS, postgresql_where=WAITS
    )
    op.create_table(
        "look",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("seen", sa.String(length=44), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("before", sa.String(length=44), nullable=True),
        sa.Column("before_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_look_incident_id_incident")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_look_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", "incident_id", name=op.f("pk_look")),
    )


def fill(connection):
    """The gravity of what is there already, a thousand incidents at a time."""
    incident = sa.table("incident", sa.column("id"), sa.column("facts", sa.JSON()), sa.column("gravity"))
    known = sa.select(incident.c.id, incident.c.facts).order_by(incident.c.id).limit(MANY)
    last = 0
    while rows := connection.execute(known.where(incident.c.id > last)).all():
        last = rows[-1].id
        grave = [{"of": row.id, "now": now} for row in rows if (now := fewest_killed(row.facts))]
        if grave:
            change = sa.update(incident).where(incident.c.id == sa.bindparam("of")).values(gravity=sa.bindparam("now"))
            connection.execute(change, grave)


def fewest_killed(facts):
    ranges = (facts or {}).get("ranges", {})
    killed = (harm.get("killed") for group, harm in ranges.items() if group not in COMBATANTS)
    return min(max((pair[0] for pair in killed if pair and pair[0] is not None), default=0), 1_000_000)


def downgrade():
    op.drop_table("look")
    op.drop_index("ix_incident_waiting", "incident")
    op.drop_column("incident", "gravity")
