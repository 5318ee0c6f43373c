"""Before a command begins: is there a desk at all where it was pointed to? Only some commands may make one."""

from __future__ import annotations

import os
from collections.abc import Sequence

import click

from review import config

# They keep a desk that is there already. `db` and `restore` make one; `run` serves what `db` made.
KEEPERS = frozenset({"audit", "backup", "demo", "doctor", "import", "upgrade", "user", "work"})
MAKERS = frozenset({"db", "restore", "run", "shell"})
ABSENT = (
    "There is no desk at {home}. Set ASSAY_HOME to the folder that make run had; a new desk is made by make run, "
    "and one is brought back by flask restore."
)


def refuse_without_a_desk(words: Sequence[str]) -> None:
    """Stop a command that keeps a desk where there is none, before anything is made of the empty place."""
    command = next((word for word in words if word in KEEPERS | MAKERS), None)
    if command in KEEPERS and not _is_desk():
        raise click.ClickException(ABSENT.format(home=config.named_home()))


def _is_desk() -> bool:
    home = config.named_home()
    return home.is_dir() and (bool(os.environ.get("DATABASE_URL")) or (home / config.DATABASE_FILE).exists())
