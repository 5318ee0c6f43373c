"""The session's own guard: rows of the record change inside an act and nowhere else."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from sqlalchemy import event, inspect
from sqlalchemy.orm import ORMExecuteState, Session

from review.models import Base

if TYPE_CHECKING:
    from review.actions.act import Act

current_act: ContextVar[Act | None] = ContextVar("current_act", default=None)


class OutsideTheDoorway(RuntimeError):
    """A row of the record was about to change without an act: a fault of the code, never of the person."""


def is_account(model: Any) -> bool:
    """Account rows (sessions, drafts, jobs, notices) are not the record, nor is anything that is not ours."""
    return not issubclass(model, Base) or bool(getattr(model, "__account__", False))


@event.listens_for(Session, "before_flush")
def _refuse_unrecorded_rows(session: Session, _context: Any, _instances: Any) -> None:
    touched = [row for row in (*session.new, *session.dirty, *session.deleted) if _is_record(session, row)]
    if not touched:
        return
    act = current_act.get()
    if act is None:
        raise OutsideTheDoorway(f"{type(touched[0]).__name__} was changed outside an act")
    act.changed = True


@event.listens_for(Session, "do_orm_execute")
def _refuse_unrecorded_statements(state: ORMExecuteState) -> None:
    if not (state.is_insert or state.is_update or state.is_delete):
        return
    model = state.bind_mapper.class_ if state.bind_mapper else None
    if model is None or is_account(model):
        return
    act = current_act.get()
    if act is None:
        raise OutsideTheDoorway(f"{model.__name__} was changed outside an act")
    act.changed = True


def _is_record(session: Session, row: Any) -> bool:
    if is_account(type(row)):
        return False
    # Not session.new, which is put together anew each time it is asked: an import flushes thousands of rows.
    if inspect(row).pending or row in session.deleted:
        return True
    if not session.is_modified(row):
        return False
    beside: frozenset[str] = getattr(type(row), "__account_columns__", frozenset())
    return not beside or bool(_changed(row) - beside)


def _changed(row: Any) -> set[str]:
    return {column.key for column in inspect(row).attrs if column.history.has_changes()}
