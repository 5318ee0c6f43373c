"""The words by which incidents are found, under an index of their pieces of three letters.

Revision: 0024
Follows: 0023
"""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

# Index of the words -> the column that it reads. The public's is another than the desk's.
WORDS = {"incident_words": "search_text", "public_words": "public_text"}
INDEX = (
    "CREATE VIRTUAL TABLE {index} USING fts5({column}, content='incident', content_rowid='id', "
    "tokenize='trigram case_sensitive 1', detail=none, columnsize=0)"
)
OLD = (
    "INSERT INTO {index} ({index}, rowid, {column}) SELECT 'delete', old.id, old.{column} WHERE old.{column} <> ''; "
)
NEW = "INSERT INTO {index} (rowid, {column}) SELECT new.id, new.{column} WHERE new.{column} <> ''; "
# The act that makes incidents writes their first words itself, all at once: row by row would take seven times as long.
LATER = "old.{column} <> new.{column} AND (old.count > 0 OR old.{column} <> '') "
TRIGGERS = {
    "{index}_begin": "AFTER INSERT ON incident BEGIN " + NEW + "END",
    "{index}_change": "AFTER UPDATE OF {column} ON incident WHEN " + LATER + "BEGIN " + OLD + NEW + "END",
    "{index}_end": "AFTER DELETE ON incident BEGIN " + OLD + "END",
}


def upgrade():
    if op.get_bind().dialect.name == "sqlite":
        kept_by_triggers()
    else:
        kept_by_the_engine()


def kept_by_triggers():
    for index, column in WORDS.items():
        op.execute(INDEX.format(index=index, column=column))
        op.execute(f"INSERT INTO {index} ({index}) VALUES ('rebuild')")
        for name, body in TRIGGERS.items():
            op.execute(f"CREATE TRIGGER {name} {body}".format(index=index, column=column))


def kept_by_the_engine():
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    for index, column in WORDS.items():
        op.create_index(
            f"ix_{index}",
            "incident",
            [column],
            postgresql_using="gin",
            postgresql_ops={column: "gin_trgm_ops"},
            postgresql_with={"gin_pending_list_limit": 1024},
        )


def downgrade():
    """The extension stays: somebody else may have asked for it."""
    for index in WORDS:
        if op.get_bind().dialect.name == "sqlite":
            for name in TRIGGERS:
                op.execute(f"DROP TRIGGER {name}".format(index=index))
            op.execute(f"DROP TABLE {index}")
        else:
            op.drop_index(f"ix_{index}", "incident")
