"""The codes by which the public finds an incident: those of the version that stands, and no other.

Revision: 0016
Follows: 0015
"""

import unicodedata

import sqlalchemy as sa
from alembic import op

from review.models.dossiers import read_disclosure

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

MANY = 1_000
TELLING = ("incident.opened", "incident.described", "incident.imported")
INCIDENT = sa.table(
    "incident", sa.column("id"), sa.column("version"), sa.column("grade"), sa.column("restricted", sa.Boolean)
)
DETERMINATION = sa.table("determination", sa.column("seq"), sa.column("incident_id"), sa.column("version"))
EVENT = sa.table("event", sa.column("seq"), sa.column("incident_id"), sa.column("type"))
DISCLOSURE = sa.table("disclosure", sa.column("seq"), sa.column("name"), sa.column("text"))


def upgrade():
    table = op.create_table(
        "public_code",
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("folded", sa.String(80), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_public_code_incident_id_incident")),
        sa.PrimaryKeyConstraint("incident_id", "folded", name=op.f("pk_public_code")),
    )
    op.create_index(op.f("ix_public_code_folded"), "public_code", ["folded"])
    fill(op.get_bind(), table)


def fill(connection, table):
    """The codes of what is published already, a thousand incidents at a time."""
    last = 0
    while rows := connection.execute(published(last)).all():
        last = rows[-1].id
        known = [
            {"incident_id": row.id, "folded": code} for row in rows if row.text is not None for code in codes(row.text)
        ]
        if known:
            connection.execute(sa.insert(table), known)


def published(last):
    """The incidents behind this one that have a version, each with the facts that it was published with."""
    told = (
        sa.select(sa.func.max(EVENT.c.seq))
        .where(EVENT.c.incident_id == INCIDENT.c.id, EVENT.c.type.in_(TELLING), EVENT.c.seq <= DETERMINATION.c.seq)
        .scalar_subquery()
    )
    of_it = sa.and_(DETERMINATION.c.incident_id == INCIDENT.c.id, DETERMINATION.c.version == INCIDENT.c.version)
    facts = sa.and_(DISCLOSURE.c.seq == told, DISCLOSURE.c.name == "facts")
    return (
        sa.select(INCIDENT.c.id, DISCLOSURE.c.text)
        .select_from(INCIDENT.join(DETERMINATION, of_it).outerjoin(DISCLOSURE, facts))
        .where(INCIDENT.c.grade.is_not(None), sa.not_(INCIDENT.c.restricted), INCIDENT.c.id > last)
        .order_by(INCIDENT.c.id)
        .limit(MANY)
    )


def codes(text):
    facts = read_disclosure(text)[1]
    written = [*facts.get("codes", ()), *facts.get("earlier_codes", ())]
    return sorted({unicodedata.normalize("NFKC", code).strip().casefold() for code in written})


def downgrade():
    op.drop_table("public_code")
