"""One statement by itself: no transaction is begun for it, and none has to be ended.

Who is at the screen is asked before every page and every act. A transaction around that one question is nothing but
two more messages to PostgreSQL, and the act that follows begins its own anyway. A page that is only looked at has no
transaction there in the first place, and asks on its own connection.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import Engine, Executable, Row

from review.extensions import NO_TRANSACTION, looking
from review.models import session


def ask_alone(statement: Executable, values: Mapping[str, Any]) -> Row[Any] | None:
    """The one row that answers the statement as the database stands now, or None."""
    if looking.get():
        return session.connection().execute(statement, values).one_or_none()
    with _by_itself(session.get_bind()).connect() as connection:
        return connection.execute(statement, values).one_or_none()


@lru_cache(maxsize=8)
def _by_itself(engine: Engine) -> Engine:
    """The same engine over the same connections, each statement for itself."""
    if engine.dialect.name == "sqlite":
        return engine.execution_options(**{NO_TRANSACTION: True})
    return engine.execution_options(isolation_level="AUTOCOMMIT")
