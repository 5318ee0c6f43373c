"""The panel: languages that people read, seats held softly, and which open rounds need somebody.

Revision: 0004
Follows: 0003
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

SEQ = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SHORT = sa.text("seats > 0")
ANSWERS = ("reviewer.assigned", "reviewer.released", "reviewer.recused", "reviewer.abstained")
VOTES = ("vote.committed", "vote.withdrawn")

incident = sa.table(
    "incident", sa.column("id", sa.Integer), sa.column("shown_count", sa.Integer), sa.column("facts", sa.JSON),
    sa.column("seats", sa.Integer), sa.column("queue", sa.Integer), sa.column("round_seq", SEQ),
)  # fmt: skip
round_ = sa.table(
    "round", sa.column("incident_id", sa.Integer), sa.column("seq", SEQ), sa.column("kind", sa.String), sa.column("policy_seq", SEQ)
)
policy = sa.table("policy", sa.column("seq", SEQ), sa.column("body", sa.JSON))
event = sa.table(
    "event", sa.column("incident_id", sa.Integer), sa.column("seq", SEQ), sa.column("type", sa.String),
    sa.column("line", sa.LargeBinary),
)  # fmt: skip


def upgrade():
    op.create_table(
        "working_language",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_working_language_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", "code", name=op.f("pk_working_language")),
    )
    op.create_table(
        "hold",
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_hold_incident_id_incident")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_hold_person_id_person")),
        sa.PrimaryKeyConstraint("incident_id", "person_id", name=op.f("pk_hold")),
    )
    op.create_index("ix_hold_person_id", "hold", ["person_id"])
    op.add_column("incident", sa.Column("seats", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("incident", sa.Column("queue", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("incident", sa.Column("round_seq", SEQ, nullable=False, server_default="0"))
    op.create_index("ix_incident_short", "incident", ["queue", "round_seq"], sqlite_where=SHORT, postgresql_where=SHORT)
    fill()


def fill():
    """The rounds that are open now: how many more each must ask, from its own events."""
    connection = op.get_bind()
    found = connection.execute(sa.select(incident.c.id, incident.c.facts).where(incident.c.shown_count.is_not(None))).all()
    for id_, facts in found:
        opened = connection.execute(
            sa.select(round_.c.seq, round_.c.kind, policy.c.body)
            .join_from(round_, policy, policy.c.seq == round_.c.policy_seq)
            .where(round_.c.incident_id == id_)
            .order_by(round_.c.seq.desc())
            .limit(1)
        ).one()
        seats = 0 if opened.kind == "second" else max(0, opened.body["required"] - seated(connection, id_, opened.seq))
        if seats:
            change = sa.update(incident).where(incident.c.id == id_)
            connection.execute(change.values(seats=seats, queue=queue(facts), round_seq=opened.seq))


def seated(connection, id_, since):
    """How many were asked in the round that opened at `since` and have voted or not answered."""
    lines = connection.execute(
        sa.select(event.c.line)
        .where(event.c.incident_id == id_, event.c.seq > since, event.c.type.in_((*ANSWERS, *VOTES)))
        .order_by(event.c.seq)
    ).scalars()
    answers, voters = {}, {}
    for told in (json.loads(bytes(line)) for line in lines):
        who, kind = told["body"].get("who", told["actor"]), told["type"].partition(".")[2]
        if kind == "withdrawn":
            who, kind = voters[told["body"]["of"]], "assigned"
        voters[told["seq"]] = who
        answers[who] = kind
    return sum(answer in ("assigned", "committed") for answer in answers.values())


def queue(facts):
    """0 where ten or more were killed, 1 where some were, 2 where nobody knows of any."""
    bounds = [bound for harmed in (facts.get("ranges") or {}).values() for bound in harmed.get("killed") or () if bound]
    most = max(bounds, default=0)
    return 0 if most >= 10 else 1 if most else 2


def downgrade():
    op.drop_index("ix_incident_short", table_name="incident")
    for column in ("round_seq", "queue", "seats"):
        op.drop_column("incident", column)
    op.drop_index("ix_hold_person_id", table_name="hold")
    op.drop_table("hold")
    op.drop_table("working_language")
