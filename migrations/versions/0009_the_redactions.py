"""Redactions that wait for a second person; and a disclosure that goes only where an event covers it.

Revision: 0009
Follows: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
COVERING = "('detail.redacted', 'person.left')"
OF_A_VOTE = "OLD.name IN ('grade', 'range') AND (SELECT o.type FROM event o WHERE o.seq = OLD.seq) = 'vote.committed'"


def upgrade():
    op.create_table(
        "redaction_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=26), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=True),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("ground", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("declined_by", sa.Integer(), nullable=True),
        sa.Column("declined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_redaction_request_incident_id_incident")
        ),
        sa.ForeignKeyConstraint(["asked_by"], ["person.id"], name=op.f("fk_redaction_request_asked_by_person")),
        sa.ForeignKeyConstraint(["declined_by"], ["person.id"], name=op.f("fk_redaction_request_declined_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_redaction_request")),
        sa.UniqueConstraint("name", name=op.f("uq_redaction_request_name")),
    )
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER disclosure_refuses_delete")
        refuse_on_sqlite(f"NOT ({redacted_on_sqlite()} OR {left_on_sqlite()})")
    else:
        cover_on_postgresql()
        guard_on_postgresql("assay_disclosure_goes_covered")


def downgrade():
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER disclosure_refuses_delete")
        refuse_on_sqlite("1")
    else:
        guard_on_postgresql("assay_append_only")
        op.execute("DROP FUNCTION assay_disclosure_goes_covered()")
    op.drop_table("redaction_request")


# --- SQLite ---------------------------------------------------------------------------------------------------


def refuse_on_sqlite(condition):
    op.execute(
        f"CREATE TRIGGER disclosure_refuses_delete BEFORE DELETE ON \"disclosure\" WHEN {condition} "
        "BEGIN SELECT RAISE(ABORT, 'disclosure is append-only'); END"
    )


# SQLite cannot say which transaction wrote a row. An act moves the head of the log last, so what stands beyond the head
# was written by the transaction that is still open.
OF_THIS_ACT = "c.seq >= (SELECT size FROM log_head WHERE id = 1)"


def body_on_sqlite(row, field):
    return f"json_extract(CAST({row}.line AS TEXT), '$.body.{field}')"


def redacted_on_sqlite():
    """It is named by a redaction of this very event, and it is nothing that is never redacted."""
    return f"""(
        OLD.name NOT IN ('at', 'person') AND NOT ({OF_A_VOTE}) AND EXISTS (
            SELECT 1 FROM event c, json_each(CAST(c.line AS TEXT), '$.body.digests') d
            WHERE c.type = 'detail.redacted' AND {OF_THIS_ACT}
            AND {body_on_sqlite("c", "of")} = OLD.seq AND d.value = OLD.digest)
    )"""


def left_on_sqlite():
    """It is a name of somebody who leaves, or says that they stand behind an event."""
    who = body_on_sqlite("c", "who")
    return f"""(
        OLD.name IN ('name', 'person') AND EXISTS (
            SELECT 1 FROM event c JOIN event o ON o.seq = OLD.seq
            WHERE c.type = 'person.left' AND {OF_THIS_ACT} AND (
                (OLD.name = 'name' AND o.type LIKE 'person.%' AND {body_on_sqlite("o", "who")} = {who})
                OR (OLD.name = 'person' AND NOT OLD.sealed AND substr(OLD.text, -24) = {base64_on_sqlite(who)})
                OR (OLD.name = 'person' AND OLD.sealed AND EXISTS (
                    SELECT 1 FROM participation p JOIN person h ON h.id = p.person_id
                    WHERE p.incident_id = o.incident_id AND p.pseudonym = o.actor AND h.log_name = {who}))))
    )"""


def base64_on_sqlite(who):
    """The last 24 characters of any disclosure that names this person: its name begins at a border of base64."""
    text = f"({who} || '\"]')"
    return "(" + " || ".join(four_on_sqlite(text, place) for place in range(1, 18, 3)) + ")"


def four_on_sqlite(text, place):
    a, b, c = (f"unicode(substr({text}, {place + step}, 1))" for step in range(3))
    values = (f"({a} >> 2)", f"((({a} & 3) << 4) | ({b} >> 4))", f"((({b} & 15) << 2) | ({c} >> 6))", f"({c} & 63)")
    return " || ".join(f"substr('{LETTERS}', {value} + 1, 1)" for value in values)


# --- PostgreSQL -----------------------------------------------------------------------------------------------


def guard_on_postgresql(function):
    op.execute('DROP TRIGGER disclosure_refuses_delete ON "disclosure"')
    op.execute(
        'CREATE TRIGGER disclosure_refuses_delete BEFORE DELETE ON "disclosure" '
        f"FOR EACH ROW EXECUTE FUNCTION {function}()"
    )
    op.execute('ALTER TABLE "disclosure" ENABLE ALWAYS TRIGGER disclosure_refuses_delete')


def cover_on_postgresql():
    op.execute(
        f"""
        CREATE FUNCTION assay_disclosure_goes_covered() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            of event%ROWTYPE;
            covering record;
            who text;
        BEGIN
            SELECT * INTO of FROM event WHERE seq = OLD.seq;
            FOR covering IN
                SELECT type, convert_from(line, 'UTF8')::jsonb -> 'body' AS body FROM event
                WHERE type IN {COVERING} AND xmin = pg_current_xact_id()::xid
            LOOP
                IF covering.type = 'detail.redacted' THEN
                    IF OLD.name NOT IN ('at', 'person') AND NOT ({OF_A_VOTE})
                       AND (covering.body ->> 'of')::bigint = OLD.seq
                       AND covering.body -> 'digests' ? OLD.digest THEN
                        RETURN OLD;
                    END IF;
                    CONTINUE;
                END IF;
                who := covering.body ->> 'who';
                IF OLD.name = 'name' AND of.type LIKE 'person.%'
                   AND convert_from(of.line, 'UTF8')::jsonb #>> '{{body,who}}' = who THEN
                    RETURN OLD;
                END IF;
                IF OLD.name = 'person' AND NOT OLD.sealed AND right(OLD.text, 24) =
                   translate(encode(convert_to(who || '"]', 'UTF8'), 'base64'), '+/', '-_') THEN
                    RETURN OLD;
                END IF;
                IF OLD.name = 'person' AND OLD.sealed AND EXISTS (
                    SELECT 1 FROM participation p JOIN person h ON h.id = p.person_id
                    WHERE p.incident_id = of.incident_id AND p.pseudonym = of.actor AND h.log_name = who) THEN
                    RETURN OLD;
                END IF;
            END LOOP;
            RAISE EXCEPTION 'disclosure is append-only';
        END $$
        """
    )
