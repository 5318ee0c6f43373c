"""The session's own guard: rows of the record change inside an act and nowhere else."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from sqlalchemy import event
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
    return row in session.new or row in session.deleted or session.is_modified(row)
