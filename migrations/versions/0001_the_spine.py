"""The spine: people, incidents, sources, decisions, the trail, and the guard rails around them.

Revision: 0001
Follows: nothing
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# Append-only tables, each with the keys by which INSERT OR REPLACE could slip past a delete trigger on SQLite.
FACTS = {
    "event": (("seq",), ("incident_id", "iseq")),
    "checkpoint": (("size",),),
    "policy": (("seq",),),
    "codebook_version": (("seq",),),
    "round": (("seq",), ("incident_id", "number")),
    "round_closing": (("seq",), ("incident_id", "number")),
    "vote": (("seq",), ("replaces",)),
    "settlement": (("seq",), ("incident_id", "round")),
    "settlement_closing": (("seq",),),
    "approval": (("seq",), ("proposal_seq",)),
    "determination": (("seq",), ("incident_id", "version")),
}
SAME_DISCLOSURE = "NEW.digest = OLD.digest AND NEW.seq = OLD.seq AND NEW.name = OLD.name"


def upgrade():
    create_tables()
    if op.get_bind().dialect.name == "sqlite":
        guard_sqlite()
    else:
        guard_postgresql()


def guard_sqlite():
    for table, keys in FACTS.items():
        present = " OR ".join(
            "EXISTS (SELECT 1 FROM {0} WHERE {1})".format(
                f'"{table}"', " AND ".join(f'"{column}" = NEW."{column}"' for column in key)
            )
            for key in keys
        )
        refuse(table, "update", "BEFORE UPDATE")
        refuse(table, "delete", "BEFORE DELETE")
        refuse(table, "replace", "BEFORE INSERT", present)
    refuse(
        "event",
        "order",
        "BEFORE INSERT",
        "NEW.seq <> (SELECT coalesce(max(seq), -1) + 1 FROM event)"
        " OR (NEW.iseq IS NOT NULL AND NEW.iseq <>"
        " (SELECT coalesce(max(iseq), -1) + 1 FROM event WHERE incident_id = NEW.incident_id))",
    )
    refuse("disclosure", "delete", "BEFORE DELETE")
    refuse(
        "disclosure", "replace", "BEFORE INSERT", "EXISTS (SELECT 1 FROM disclosure WHERE digest = NEW.digest)"
    )
    refuse("disclosure", "update", "BEFORE UPDATE", f"NOT (OLD.sealed AND NOT NEW.sealed AND {SAME_DISCLOSURE})")


def refuse(table, name, moment, condition="1"):
    op.execute(
        f"CREATE TRIGGER {table}_refuses_{name} {moment} ON \"{table}\" WHEN {condition} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    )


def guard_postgresql():
    op.execute(
        """
        CREATE FUNCTION assay_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$
        """
    )
    op.execute(
        """
        CREATE FUNCTION assay_event_in_order() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NEW.seq <> (SELECT coalesce(max(seq), -1) + 1 FROM event)
               OR (NEW.iseq IS NOT NULL AND NEW.iseq <>
                   (SELECT coalesce(max(iseq), -1) + 1 FROM event WHERE incident_id = NEW.incident_id)) THEN
                RAISE EXCEPTION 'event is append-only: out of order';
            END IF;
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        """
        CREATE FUNCTION assay_disclosure_opens_only() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF OLD.sealed AND NOT NEW.sealed AND NEW.digest = OLD.digest
               AND NEW.seq = OLD.seq AND NEW.name = OLD.name THEN
                RETURN NEW;
            END IF;
            RAISE EXCEPTION 'disclosure is append-only';
        END $$
        """
    )
    for table in FACTS:
        always(table, "change", "BEFORE UPDATE OR DELETE", "ROW", "assay_append_only")
        always(table, "truncate", "BEFORE TRUNCATE", "STATEMENT", "assay_append_only")
    always("event", "order", "BEFORE INSERT", "ROW", "assay_event_in_order")
    always("disclosure", "delete", "BEFORE DELETE", "ROW", "assay_append_only")
    always("disclosure", "truncate", "BEFORE TRUNCATE", "STATEMENT", "assay_append_only")
    always("disclosure", "update", "BEFORE UPDATE", "ROW", "assay_disclosure_opens_only")
    op.execute("ALTER TABLE event ADD CONSTRAINT ck_event_hash CHECK (leaf = sha256('\\x00'::bytea || line))")
    op.execute(
        "ALTER TABLE disclosure ADD CONSTRAINT ck_disclosure_digest CHECK (sealed OR digest = "
        "rtrim(translate(encode(sha256(convert_to(text, 'UTF8')), 'base64'), '+/', '-_'), '='))"
    )


def always(table, name, moment, level, function):
    trigger = f"{table}_refuses_{name}"
    op.execute(
        f'CREATE TRIGGER {trigger} {moment} ON "{table}" FOR EACH {level} EXECUTE FUNCTION {function}()'
    )
    op.execute(f'ALTER TABLE "{table}" ENABLE ALWAYS TRIGGER {trigger}')


def create_tables():
    op.create_table('capture',
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('media', sa.String(length=100), nullable=False),
    sa.PrimaryKeyConstraint('sha256', name=op.f('pk_capture'))
    )
    op.create_table('checkpoint',
    sa.Column('size', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('heads', sa.Boolean(), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('size', name=op.f('pk_checkpoint'))
    )
    op.create_table('incident',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=18), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.Column('last_leaf', sa.LargeBinary(), nullable=True),
    sa.Column('first_seq', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('evidence', sa.String(length=44), nullable=False),
    sa.Column('digest', sa.String(length=44), nullable=False),
    sa.Column('shown_count', sa.Integer(), nullable=True),
    sa.Column('shown_leaf', sa.LargeBinary(), nullable=True),
    sa.Column('stage', sa.String(length=12), nullable=False),
    sa.Column('needs_round', sa.Boolean(), nullable=False),
    sa.Column('recheck', sa.Boolean(), nullable=False),
    sa.Column('restricted', sa.Boolean(), nullable=False),
    sa.Column('public', sa.Boolean(), nullable=False),
    sa.Column('stream', sa.String(length=80), nullable=False),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.Column('code', sa.String(length=80), nullable=True),
    sa.Column('title', sa.String(length=300), nullable=False),
    sa.Column('date', sa.String(length=10), nullable=True),
    sa.Column('grade', sa.String(length=40), nullable=True),
    sa.Column('grade_kind', sa.String(length=10), nullable=True),
    sa.Column('version', sa.Integer(), nullable=True),
    sa.Column('range', sa.JSON(), nullable=True),
    sa.Column('search_text', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_incident')),
    sa.UniqueConstraint('name', name=op.f('uq_incident_name'))
    )
    with op.batch_alter_table('incident', schema=None) as batch_op:
        batch_op.create_index('ix_incident_public_id', ['public', 'id'], unique=False)
        batch_op.create_index('ix_incident_stage_id', ['stage', 'id'], unique=False)
        batch_op.create_index('ix_incident_stream_stage_id', ['stream', 'stage', 'id'], unique=False)

    op.create_table('job',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=30), nullable=False),
    sa.Column('key', sa.String(length=120), nullable=False),
    sa.Column('payload', sa.JSON(), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('problem', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_job')),
    sa.UniqueConstraint('key', name=op.f('uq_job_key'))
    )
    with op.batch_alter_table('job', schema=None) as batch_op:
        batch_op.create_index('ix_job_done_at_due_at', ['done_at', 'due_at'], unique=False)

    op.create_table('log_head',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('origin', sa.String(length=200), nullable=False),
    sa.Column('size', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('edge', sa.JSON(), nullable=False),
    sa.Column('day', sa.String(length=10), nullable=True),
    sa.Column('signed_size', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('signed_root', sa.String(length=44), nullable=True),
    sa.Column('signed_edge', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_log_head'))
    )
    op.create_table('login_attempt',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name_hash', sa.String(length=64), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('succeeded', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_login_attempt'))
    )
    with op.batch_alter_table('login_attempt', schema=None) as batch_op:
        batch_op.create_index('ix_login_attempt_name_hash_at', ['name_hash', 'at'], unique=False)

    op.create_table('person',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('role', sa.String(length=10), nullable=True),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('log_name', sa.String(length=16), nullable=False),
    sa.Column('language', sa.String(length=10), nullable=True),
    sa.Column('timezone', sa.String(length=60), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_person')),
    sa.UniqueConstraint('email', name=op.f('uq_person_email')),
    sa.UniqueConstraint('log_name', name=op.f('uq_person_log_name'))
    )
    op.create_table('source',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('link', sa.String(length=26), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_source')),
    sa.UniqueConstraint('key', name=op.f('uq_source_key')),
    sa.UniqueConstraint('link', name=op.f('uq_source_link'))
    )
    op.create_table('draft',
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('incident_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('values', sa.JSON(), nullable=False),
    sa.Column('saved_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_draft_incident_id_incident')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_draft_person_id_person')),
    sa.PrimaryKeyConstraint('person_id', 'incident_id', 'kind', name=op.f('pk_draft'))
    )
    op.create_table('event',
    sa.Column('seq', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('line', sa.LargeBinary(), nullable=False),
    sa.Column('leaf', sa.LargeBinary(), nullable=False),
    sa.Column('type', sa.String(length=40), nullable=False),
    sa.Column('day', sa.String(length=10), nullable=False),
    sa.Column('incident_id', sa.Integer(), nullable=True),
    sa.Column('iseq', sa.Integer(), nullable=True),
    sa.Column('actor', sa.String(length=16), nullable=False),
    sa.Column('role', sa.String(length=10), nullable=False),
    sa.Column('judged', sa.String(length=1), nullable=True),
    sa.CheckConstraint('length(leaf) = 32', name=op.f('ck_event_leaf_is_a_hash')),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_event_incident_id_incident')),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_event'))
    )
    with op.batch_alter_table('event', schema=None) as batch_op:
        batch_op.create_index('ix_event_incident_id_iseq', ['incident_id', 'iseq'], unique=True)
        batch_op.create_index('ix_event_type_seq', ['type', 'seq'], unique=False)

    op.create_table('imported_row',
    sa.Column('key', sa.String(length=200), nullable=False),
    sa.Column('incident_id', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_imported_row_incident_id_incident')),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_imported_row'))
    )
    op.create_table('incident_code',
    sa.Column('incident_id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=80), nullable=False),
    sa.Column('folded', sa.String(length=80), nullable=False),
    sa.Column('earlier', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_incident_code_incident_id_incident')),
    sa.PrimaryKeyConstraint('incident_id', 'code', name=op.f('pk_incident_code'))
    )
    with op.batch_alter_table('incident_code', schema=None) as batch_op:
        batch_op.create_index('ix_incident_code_folded', ['folded'], unique=False)

    op.create_table('invitation',
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=True),
    sa.Column('name', sa.String(length=200), nullable=True),
    sa.Column('role', sa.String(length=10), nullable=True),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('invited_by', sa.Integer(), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['invited_by'], ['person.id'], name=op.f('fk_invitation_invited_by_person')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_invitation_person_id_person')),
    sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_invitation'))
    )
    op.create_table('notice',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('incident_id', sa.Integer(), nullable=True),
    sa.Column('kind', sa.String(length=30), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_notice_incident_id_incident')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_notice_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice'))
    )
    with op.batch_alter_table('notice', schema=None) as batch_op:
        batch_op.create_index('ix_notice_person_id_id', ['person_id', 'id'], unique=False)

    op.create_table('participation',
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('incident_id', sa.Integer(), nullable=False),
    sa.Column('pseudonym', sa.String(length=16), nullable=False),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_participation_incident_id_incident')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_participation_person_id_person')),
    sa.PrimaryKeyConstraint('person_id', 'incident_id', name=op.f('pk_participation')),
    sa.UniqueConstraint('incident_id', 'pseudonym', name=op.f('uq_participation_incident_id_pseudonym'))
    )
    op.create_table('password',
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('hash', sa.String(length=200), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_password_person_id_person')),
    sa.PrimaryKeyConstraint('person_id', name=op.f('pk_password'))
    )
    op.create_table('person_key',
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('key', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_person_key_person_id_person')),
    sa.PrimaryKeyConstraint('person_id', name=op.f('pk_person_key'))
    )
    op.create_table('turn',
    sa.Column('incident_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_turn_incident_id_incident')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_turn_person_id_person')),
    sa.PrimaryKeyConstraint('incident_id', 'person_id', 'kind', name=op.f('pk_turn'))
    )
    with op.batch_alter_table('turn', schema=None) as batch_op:
        batch_op.create_index('ix_turn_person_id_kind_incident_id', ['person_id', 'kind', 'incident_id'], unique=False)

    op.create_table('user_session',
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_seen', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('agent', sa.String(length=200), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_user_session_person_id_person')),
    sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_user_session'))
    )
    with op.batch_alter_table('user_session', schema=None) as batch_op:
        batch_op.create_index('ix_user_session_person_id', ['person_id'], unique=False)

    op.create_table('approval',
    sa.Column('proposal_seq', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('approver', sa.String(length=16), nullable=False),
    sa.Column('dossier', sa.String(length=44), nullable=False),
    sa.Column('seq', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('incident_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_approval_incident_id_incident')),
    sa.ForeignKeyConstraint(['proposal_seq'], ['event.seq'], name=op.f('fk_approval_proposal_seq_event')),
    sa.ForeignKeyConstraint(['seq'], ['event.seq'], name=op.f('fk_approval_seq_event')),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_approval')),
    sa.UniqueConstraint('proposal_seq', name=op.f('uq_approval_proposal_seq'))
    )
    op.create_table('claim',
    sa.Column('seq', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('name', sa.String(length=18), nullable=False),
    sa.Column('stage', sa.String(length=12), nullable=False),
    sa.Column('incident_id', sa.Integer(), nullable=True),
    sa.Column('of', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_claim_incident_id_incident')),
    sa.ForeignKeyConstraint(['seq'], ['event.seq'], name=op.f('fk_claim_seq_event')),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_claim')),
    sa.UniqueConstraint('name', name=op.f('uq_claim_name'))
    )
    with op.batch_alter_table('claim', schema=None) as batch_op:
        batch_op.create_index('ix_claim_stage_seq', ['stage', 'seq'], unique=False)

    op.create_table('codebook_version',
    sa.Column('seq', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('key', sa.String(length=60), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['seq'], ['event.seq'], name=op.f('fk_codebook_version_seq_event')),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_codebook_version'))
    )
    op.create_table('disclosure',
    sa.Column('digest', sa.String(length=43), nullable=False),
    sa.Column('seq', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=32), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('sealed', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['seq'], ['event.seq'], name=op.f('fk_disclosure_seq_event')),
    sa.PrimaryKeyConstraint('digest', name=op.f('pk_disclosure'))
    )
    with op.batch_alter_table('disclosure', schema=None) as batch_op:
        batch_op.create_index('ix_disclosure_seq', ['seq'], unique=False)

    op.create_table('policy',
    sa.Column('seq', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('body', sa.JSON(), nullable=False),
    sa.Column('times', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['seq'], ['event.seq'], name=op.f('fk_policy_seq_event')),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_policy'))
    )
    op.create_table('round_closing',
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('result', sa.String(length=10), nullable=False),
    sa.Column('grade', sa.String(length=40), nullable=True),
    sa.Column('range', sa.JSON(), nullable=True),
    sa.Column('seq', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('incident_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_round_closing_incident_id_incident')),
    sa.ForeignKeyConstraint(['seq'], ['event.seq'], name=op.f('fk_round_closing_seq_event')),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_round_closing')),
    sa.UniqueConstraint('incident_id', 'number', name=op.f('uq_round_closing_incident_id_number'))
    )
    op.create_table('settlement',
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('seq', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('incident_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_settlement_incident_id_incident')),
    sa.ForeignKeyConstraint(['seq'], ['event.seq'], name=op.f('fk_settlement_seq_event')),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_settlement')),
    sa.UniqueConstraint('incident_id', 'round', name=op.f('uq_settlement_incident_id_round'))
    )
    op.create_table('source_link',
    sa.Column('incident_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('source_id', sa.Integer(), nullable=False),
    sa.Column('seq', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('withdrawn', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_source_link_incident_id_incident')),
    sa.ForeignKeyConstraint(['seq'], ['event.seq'], name=op.f('fk_source_link_seq_event')),
    sa.ForeignKeyConstraint(['source_id'], ['source.id'], name=op.f('fk_source_link_source_id_source')),
    sa.PrimaryKeyConstraint('incident_id', 'number', name=op.f('pk_source_link')),
    sa.UniqueConstraint('seq', name=op.f('uq_source_link_seq'))
    )
    with op.batch_alter_table('source_link', schema=None) as batch_op:
        batch_op.create_index('ix_source_link_source_id', ['source_id'], unique=False)

    op.create_table('stream',
    sa.Column('slug', sa.String(length=80), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('mode', sa.String(length=10), nullable=False),
    sa.Column('since', sa.String(length=10), nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('seq', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['seq'], ['event.seq'], name=op.f('fk_stream_seq_event')),
    sa.PrimaryKeyConstraint('slug', name=op.f('pk_stream'))
    )
    op.create_table('vote',
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('voter', sa.String(length=16), nullable=False),
    sa.Column('evidence', sa.String(length=44), nullable=False),
    sa.Column('replaces', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('seq', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('incident_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_vote_incident_id_incident')),
    sa.ForeignKeyConstraint(['replaces'], ['vote.seq'], name=op.f('fk_vote_replaces_vote')),
    sa.ForeignKeyConstraint(['seq'], ['event.seq'], name=op.f('fk_vote_seq_event')),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_vote')),
    sa.UniqueConstraint('replaces', name=op.f('uq_vote_replaces'))
    )
    with op.batch_alter_table('vote', schema=None) as batch_op:
        batch_op.create_index('ix_vote_incident_id_round', ['incident_id', 'round'], unique=False)

    op.create_table('determination',
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('grade', sa.String(length=40), nullable=False),
    sa.Column('range', sa.JSON(), nullable=False),
    sa.Column('codebook_seq', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('seq', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('incident_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['codebook_seq'], ['codebook_version.seq'], name=op.f('fk_determination_codebook_seq_codebook_version')),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_determination_incident_id_incident')),
    sa.ForeignKeyConstraint(['seq'], ['event.seq'], name=op.f('fk_determination_seq_event')),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_determination')),
    sa.UniqueConstraint('incident_id', 'version', name=op.f('uq_determination_incident_id_version'))
    )
    op.create_table('round',
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=6), nullable=False),
    sa.Column('policy_seq', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('codebook_seq', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('evidence', sa.String(length=44), nullable=False),
    sa.Column('seq', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('incident_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['codebook_seq'], ['codebook_version.seq'], name=op.f('fk_round_codebook_seq_codebook_version')),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_round_incident_id_incident')),
    sa.ForeignKeyConstraint(['policy_seq'], ['policy.seq'], name=op.f('fk_round_policy_seq_policy')),
    sa.ForeignKeyConstraint(['seq'], ['event.seq'], name=op.f('fk_round_seq_event')),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_round')),
    sa.UniqueConstraint('incident_id', 'number', name=op.f('uq_round_incident_id_number'))
    )
    op.create_table('settlement_closing',
    sa.Column('settlement_seq', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('by', sa.String(length=12), nullable=False),
    sa.Column('grade', sa.String(length=40), nullable=False),
    sa.Column('range', sa.JSON(), nullable=False),
    sa.Column('seq', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('incident_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_settlement_closing_incident_id_incident')),
    sa.ForeignKeyConstraint(['seq'], ['event.seq'], name=op.f('fk_settlement_closing_seq_event')),
    sa.ForeignKeyConstraint(['settlement_seq'], ['settlement.seq'], name=op.f('fk_settlement_closing_settlement_seq_settlement')),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_settlement_closing'))
    )


def downgrade():
    if op.get_bind().dialect.name == "sqlite":
        for table in FACTS:
            for name in ("update", "delete", "replace"):
                op.execute(f"DROP TRIGGER IF EXISTS {table}_refuses_{name}")
    drop_tables()
    if op.get_bind().dialect.name != "sqlite":
        for name in ("assay_append_only", "assay_event_in_order", "assay_disclosure_opens_only"):
            op.execute(f"DROP FUNCTION {name}()")


def drop_tables():
    op.drop_table('settlement_closing')
    op.drop_table('round')
    op.drop_table('determination')
    with op.batch_alter_table('vote', schema=None) as batch_op:
        batch_op.drop_index('ix_vote_incident_id_round')

    op.drop_table('vote')
    op.drop_table('stream')
    with op.batch_alter_table('source_link', schema=None) as batch_op:
        batch_op.drop_index('ix_source_link_source_id')

    op.drop_table('source_link')
    op.drop_table('settlement')
    op.drop_table('round_closing')
    op.drop_table('policy')
    with op.batch_alter_table('disclosure', schema=None) as batch_op:
        batch_op.drop_index('ix_disclosure_seq')

    op.drop_table('disclosure')
    op.drop_table('codebook_version')
    with op.batch_alter_table('claim', schema=None) as batch_op:
        batch_op.drop_index('ix_claim_stage_seq')

    op.drop_table('claim')
    op.drop_table('approval')
    with op.batch_alter_table('user_session', schema=None) as batch_op:
        batch_op.drop_index('ix_user_session_person_id')

    op.drop_table('user_session')
    with op.batch_alter_table('turn', schema=None) as batch_op:
        batch_op.drop_index('ix_turn_person_id_kind_incident_id')

    op.drop_table('turn')
    op.drop_table('person_key')
    op.drop_table('password')
    op.drop_table('participation')
    with op.batch_alter_table('notice', schema=None) as batch_op:
        batch_op.drop_index('ix_notice_person_id_id')

    op.drop_table('notice')
    op.drop_table('invitation')
    with op.batch_alter_table('incident_code', schema=None) as batch_op:
        batch_op.drop_index('ix_incident_code_folded')

    op.drop_table('incident_code')
    op.drop_table('imported_row')
    with op.batch_alter_table('event', schema=None) as batch_op:
        batch_op.drop_index('ix_event_type_seq')
        batch_op.drop_index('ix_event_incident_id_iseq')

    op.drop_table('event')
    op.drop_table('draft')
    op.drop_table('source')
    op.drop_table('person')
    with op.batch_alter_table('login_attempt', schema=None) as batch_op:
        batch_op.drop_index('ix_login_attempt_name_hash_at')

    op.drop_table('login_attempt')
    op.drop_table('log_head')
    with op.batch_alter_table('job', schema=None) as batch_op:
        batch_op.drop_index('ix_job_done_at_due_at')

    op.drop_table('job')
    with op.batch_alter_table('incident', schema=None) as batch_op:
        batch_op.drop_index('ix_incident_stream_stage_id')
        batch_op.drop_index('ix_incident_stage_id')
        batch_op.drop_index('ix_incident_public_id')

    op.drop_table('incident')
    op.drop_table('checkpoint')
    op.drop_table('capture')
