"""Statements that would change what is past, as whoever holds the application's own connection could send them.

Each is refused by the engine itself; on SQLite, where whoever may open the file may do everything, the last ones are
named by fsck instead (NAMED).
"""

from __future__ import annotations

from dataclasses import dataclass

REFUSED, NAMED = "refused", "named"

LAST = "(SELECT max(seq) FROM event)"
GRADE = "(SELECT min(seq) FROM event WHERE type = 'grade.published')"
SOME = "(SELECT min(incident_id) FROM event WHERE type = 'grade.published')"
LIKE_LAST = "line, leaf, type, day, NULL, NULL, actor, role, NULL FROM event WHERE seq = (SELECT max(seq) FROM event)"
COLUMNS = "(seq, line, leaf, type, day, incident_id, iseq, actor, role, judged)"
WORDS = "(SELECT digest FROM disclosure WHERE NOT sealed AND name = 'reason' ORDER BY seq LIMIT 1)"


@dataclass(frozen=True)
class Attack:
    """What is sent, what it is for, and how it must end."""

    aim: str
    statements: tuple[str, ...]
    end: str = REFUSED


def _one(aim: str, *statements: str, end: str = REFUSED) -> Attack:
    return Attack(aim, statements, end)


BOTH = (
    _one("an event's bytes are written anew", f"UPDATE event SET line = '{{}}' WHERE seq = {GRADE}"),
    _one("an event's hash is written anew", f"UPDATE event SET leaf = line WHERE seq = {GRADE}"),
    _one("an event changes its author", f"UPDATE event SET actor = 'system' WHERE seq = {GRADE}"),
    _one("an event moves to another place", f"UPDATE event SET seq = seq + 100000 WHERE seq = {LAST}"),
    _one("an event moves to another incident", f"UPDATE event SET incident_id = NULL, iseq = NULL WHERE seq = {GRADE}"),
    _one("an update that changes nothing, to learn whether one may", f"UPDATE event SET day = day WHERE seq = {LAST}"),
    _one("the last event is taken out", f"DELETE FROM event WHERE seq = {LAST}"),
    _one("an event in the middle is taken out", f"DELETE FROM event WHERE seq = {GRADE}"),
    _one("all events are taken out", "DELETE FROM event"),
    _one("an event is put in after a gap", f"INSERT INTO event {COLUMNS} SELECT seq + 2, {LIKE_LAST}"),
    _one("an event is put in before the first", f"INSERT INTO event {COLUMNS} SELECT -1, {LIKE_LAST}"),
    _one("an event is put where one stands", f"INSERT INTO event {COLUMNS} SELECT 3, {LIKE_LAST}"),
    _one(
        "an upsert over an event",
        f"INSERT INTO event {COLUMNS} SELECT seq, {LIKE_LAST} ON CONFLICT (seq) DO UPDATE SET line = '{{}}'",
    ),
    _one(
        "an event in a chain, out of its order",
        f"INSERT INTO event {COLUMNS} SELECT seq + 1, line, leaf, type, day, {SOME}, 10000, actor, role, NULL"
        f" FROM event WHERE seq = {LAST}",
    ),
    _one("a published grade is changed", "UPDATE determination SET grade = 'confirmed'"),
    _one("a published grade is taken out", "DELETE FROM determination"),
    _one("an approval changes its approver", "UPDATE approval SET approver = 'aaaaaaaaaaaaaaaa'"),
    _one("an approval is taken out", "DELETE FROM approval"),
    _one("a vote changes its voter", "UPDATE vote SET voter = 'aaaaaaaaaaaaaaaa'"),
    _one("a vote is taken out", "DELETE FROM vote WHERE seq = (SELECT max(seq) FROM vote)"),
    _one("a round's result is changed", "UPDATE round_closing SET result = 'agreed'"),
    _one("a round's result is taken out", "DELETE FROM round_closing"),
    _one("a round runs under another policy", "UPDATE round SET policy_seq = (SELECT min(seq) FROM policy)"),
    _one("the numbers of a policy are changed", "UPDATE policy SET body = '{}'"),
    _one("a codebook is defined otherwise", "UPDATE codebook_version SET sha256 = '0'"),
    _one("a settlement's end is changed", "UPDATE settlement_closing SET grade = 'confirmed'"),
    _one("a settlement is taken out", "DELETE FROM settlement"),
    _one("a published checkpoint is changed", "UPDATE checkpoint SET text = replace(text, 'A', 'B')"),
    _one("a published checkpoint is taken out", "DELETE FROM checkpoint"),
    _one(
        "an upsert over a checkpoint",
        "INSERT INTO checkpoint (size, text, heads, published_at) SELECT size, 'x', heads, published_at FROM checkpoint"
        " WHERE true ON CONFLICT (size) DO UPDATE SET text = 'x'",
    ),
    _one("a disclosure's words are changed", f"UPDATE disclosure SET text = 'x' WHERE digest = {WORDS}"),
    _one("a disclosure goes to another event", f"UPDATE disclosure SET seq = 0 WHERE digest = {WORDS}"),
    _one("an open disclosure is called sealed", f"UPDATE disclosure SET sealed = true WHERE digest = {WORDS}"),
    _one("a disclosure is taken out and no redaction covers it", f"DELETE FROM disclosure WHERE digest = {WORDS}"),
    _one("every disclosure of a vote is taken out", "DELETE FROM disclosure WHERE seq IN (SELECT seq FROM vote)"),
    _one("the head of the log goes back", "UPDATE log_head SET size = size - 1"),
    _one("the signer forgets what it signed", "UPDATE log_head SET signed_size = 0, signed_root = NULL"),
    _one("the head of the log is taken out", "DELETE FROM log_head"),
    _one(
        "a second head stands beside the first",
        "INSERT INTO log_head (id, origin, size, edge, signed_size, signed_edge)"
        " VALUES (2, 'other.invalid/log', 0, '[]', 0, '[]')",
    ),
)

SQLITE = (
    *BOTH,
    _one("a replace over an event", f"INSERT OR REPLACE INTO event {COLUMNS} SELECT seq, {LIKE_LAST}"),
    _one(
        "a replace over an event by its place in a chain",
        f"INSERT OR REPLACE INTO event {COLUMNS} SELECT seq + 1, line, leaf, type, day, incident_id, iseq, actor, role, NULL"
        f" FROM event WHERE seq = {GRADE}",
    ),
    _one("the word REPLACE over a checkpoint", "REPLACE INTO checkpoint SELECT size, 'x', heads, published_at FROM checkpoint"),
    _one("an update that replaces", f"UPDATE OR REPLACE event SET seq = 3 WHERE seq = {LAST}"),
    _one("a delete trigger asleep in a replace", "PRAGMA recursive_triggers=OFF", "REPLACE INTO vote SELECT * FROM vote"),
    _one("the checks of the rows asleep", "PRAGMA ignore_check_constraints=ON", f"DELETE FROM event WHERE seq = {LAST}"),
    _one("the references asleep", "PRAGMA foreign_keys=OFF", f"DELETE FROM event WHERE seq = {LAST}"),
    _one("a replace over the head", "REPLACE INTO log_head SELECT id, origin, 0, edge, day, 0, NULL, '[]', 0 FROM log_head"),
    _one(
        "another database under the name that a guard reads",
        "ATTACH DATABASE ':memory:' AS beside", "CREATE TABLE beside.event AS SELECT 900 AS seq, 9 AS iseq, 1 AS incident_id",
        f"INSERT INTO main.event {COLUMNS} SELECT 901, {LIKE_LAST.replace('FROM event', 'FROM main.event')}",
    ),
    _one(
        "a temporary table under the name that a guard reads",
        "CREATE TEMP TABLE event AS SELECT 900 AS seq, 9 AS iseq, 1 AS incident_id",
        f"INSERT INTO main.event {COLUMNS} SELECT 901, line, leaf, type, day, NULL, NULL, actor, role, NULL"
        " FROM main.event WHERE seq = 3",
    ),
    _one("a trigger is dropped", "DROP TRIGGER event_refuses_delete", end=NAMED),
    _one(
        "a trigger is dropped, an event goes, the trigger comes back",
        "DROP TRIGGER event_refuses_update",
        f"UPDATE event SET actor = 'system' WHERE seq = {GRADE}",
        "CREATE TRIGGER event_refuses_update BEFORE UPDATE ON \"event\" WHEN 1 BEGIN"
        " SELECT RAISE(ABORT, 'event is append-only'); END",
        end=NAMED,
    ),
    _one(
        "a trigger stands there and does nothing",
        "DROP TRIGGER vote_refuses_delete", "CREATE TRIGGER vote_refuses_delete BEFORE DELETE ON vote BEGIN SELECT 1; END",
        end=NAMED,
    ),
    _one(
        "the schema is written by hand",
        "PRAGMA writable_schema=ON", "DELETE FROM sqlite_master WHERE name = 'vote_refuses_update'",
        "PRAGMA writable_schema=OFF",
        end=NAMED,
    ),
    _one("a table is dropped", "DROP TABLE approval", end=NAMED),
    _one("a table is renamed", "ALTER TABLE determination RENAME TO determination_of_old", end=NAMED),
)  # fmt: skip

POSTGRESQL = (
    *BOTH,
    _one("the log is emptied", "TRUNCATE event CASCADE"),
    _one("the checkpoints are emptied", "TRUNCATE checkpoint"),
    _one("the disclosures are emptied", "TRUNCATE disclosure"),
    _one("the head is emptied", "TRUNCATE log_head"),
    _one("the triggers are put to sleep", "ALTER TABLE event DISABLE TRIGGER ALL"),
    _one("one trigger is put to sleep", "ALTER TABLE event DISABLE TRIGGER event_refuses_change"),
    _one("a trigger for replicas only", "ALTER TABLE event ENABLE REPLICA TRIGGER event_refuses_change"),
    _one("a session without triggers", "SET session_replication_role = replica"),
    _one("the same for this transaction", "SET LOCAL session_replication_role = replica"),
    _one("the same by function", "SELECT set_config('session_replication_role', 'replica', true)"),
    _one("a trigger is dropped", "DROP TRIGGER event_refuses_change ON event"),
    _one("a trigger comes first and swallows the row", "CREATE TRIGGER aaa BEFORE DELETE ON event FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()"),
    _one("a rule turns the refusal round", "CREATE RULE aside AS ON DELETE TO event DO INSTEAD NOTHING"),
    _one("the guard does nothing", "CREATE OR REPLACE FUNCTION assay_append_only() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'"),
    _one("the guard is dropped", "DROP FUNCTION assay_append_only() CASCADE"),
    _one("the guard reads elsewhere", "ALTER FUNCTION assay_event_in_order() RESET search_path"),
    _one("the guard is given another name", "ALTER FUNCTION assay_event_in_order() RENAME TO other"),
    _one("the table is dropped", "DROP TABLE event CASCADE"),
    _one("the table is renamed", "ALTER TABLE determination RENAME TO determination_of_old"),
    _one("the hash may be anything", "ALTER TABLE event DROP CONSTRAINT ck_event_hash"),
    _one("the table gets another owner", "ALTER TABLE event OWNER TO CURRENT_USER"),
    _one("the application becomes the owner", "SET ROLE assay_owner"),
    _one("the session becomes the owner's", "SET SESSION AUTHORIZATION assay_owner"),
    _one("the application grants itself more", "GRANT TRUNCATE ON event TO CURRENT_USER", "TRUNCATE event CASCADE"),
    _one("the application makes itself a superuser", "ALTER ROLE CURRENT_USER SUPERUSER"),
    _one("the owner's role is granted", "GRANT assay_owner TO CURRENT_USER"),
    _one("a delete hidden in a common table expression", f"WITH gone AS (DELETE FROM event WHERE seq = {LAST} RETURNING seq) SELECT * FROM gone"),
    _one("an update hidden in a common table expression", "WITH made AS (UPDATE vote SET voter = 'x' RETURNING seq) SELECT * FROM made"),
    _one("a merge", f"MERGE INTO event USING (SELECT {LAST} AS last) AS past ON event.seq = past.last WHEN MATCHED THEN DELETE"),
    _one("a block of code", f"DO $$ BEGIN DELETE FROM event WHERE seq = {LAST}; END $$"),
    _one("a function of one's own that runs as the owner", "CREATE FUNCTION mine() RETURNS void LANGUAGE sql SECURITY DEFINER AS 'DELETE FROM event'"),
    _one("rows copied from a program", "COPY event FROM PROGRAM 'cat /dev/null'"),
    _one("rows copied from a file of the server", "COPY checkpoint FROM '/etc/hostname'"),
    _one("the catalogue is written by hand", "UPDATE pg_trigger SET tgenabled = 'D'"),
    _one("a schema of one's own before ours", "CREATE SCHEMA aside"),
    _one("a table under the name of the record", "CREATE TABLE public.event_of_mine (seq bigint)"),
    _one(
        "a temporary table under the name that a guard reads",
        "CREATE TEMP TABLE event AS SELECT 900 AS seq, 9 AS iseq, 1 AS incident_id",
        f"INSERT INTO public.event {COLUMNS} SELECT 901, line, leaf, type, day, NULL, NULL, actor, role, NULL"
        " FROM public.event WHERE seq = 3",
    ),
    _one(
        "a temporary table that makes the head seem to be missing",
        "CREATE TEMP TABLE log_head (id int)",
        "INSERT INTO public.log_head (id, origin, size, edge, signed_size, signed_edge)"
        " VALUES (2, 'other.invalid/log', 0, '[]', 0, '[]')",
    ),
    _one(
        "a hash that is not that of its line",
        f"INSERT INTO event {COLUMNS} SELECT seq + 1, 'x', leaf, type, day, NULL, NULL, actor, role, NULL FROM event WHERE seq = {LAST}",
    ),
    _one(
        "words under a digest that is not theirs",
        f"INSERT INTO disclosure (digest, seq, name, text, sealed) SELECT '{'A' * 43}', {LAST}, 'reason', 'x', false",
    ),
    _one("the version of the tables is changed", "UPDATE alembic_version SET version_num = '0001'"),
)  # fmt: skip
