"""What the public finds an incident by: the words of the facts with which its version was published.

Revision: 0015
Follows: 0014
"""

import sqlalchemy as sa
from alembic import op

from review.models.dossiers import read_disclosure
from review.models.projections import searchable
from review.rules.facts import Facts

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

MANY = 1_000
TELLING = ("incident.opened", "incident.described", "incident.imported")
INCIDENT = sa.table(
    "incident", sa.column("id"), sa.column("version"), sa.column("public", sa.Boolean), sa.column("public_text")
)
DETERMINATION = sa.table("determination", sa.column("seq"), sa.column("incident_id"), sa.column("version"))
EVENT = sa.table("event", sa.column("seq"), sa.column("incident_id"), sa.column("type"))
DISCLOSURE = sa.table("disclosure", sa.column("seq"), sa.column("name"), sa.column("text"))


def upgrade():
    op.add_column("incident", sa.Column("public_text", sa.Text(), server_default="", nullable=False))
    fill(op.get_bind())


def fill(connection):
    """The words of what is published already, a thousand incidents at a time."""
    change = sa.update(INCIDENT).where(INCIDENT.c.id == sa.bindparam("of")).values(public_text=sa.bindparam("now"))
    last = 0
    while rows := connection.execute(published(last)).all():
        last = rows[-1].id
        known = [{"of": row.id, "now": words(row.text)} for row in rows if row.text is not None]
        if known:
            connection.execute(change, known)


def published(last):
    """The incidents behind this one that are public, each with the facts that its version was published with."""
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
        .where(INCIDENT.c.public, INCIDENT.c.id > last)
        .order_by(INCIDENT.c.id)
        .limit(MANY)
    )


def words(text):
    return searchable(Facts.from_dict(read_disclosure(text)[1]))


def downgrade():
    op.drop_column("incident", "public_text")
