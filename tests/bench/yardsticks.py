"""What the platform gives: a bare Flask application with one durable insert, one read, one list of fifty rows."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask, render_template_string
from sqlalchemy import Engine, String, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from review.extensions import write_mode

ROWS = 1000
PAGE = """<!doctype html><title>Items</title><table>{% for row in rows %}
<tr><td>{{ row.id }}</td><td>{{ row.code }}</td><td>{{ row.title }}</td><td>{{ row.stage }}</td><td>{{ row.day }}</td></tr>
{% endfor %}</table>"""


class Base(DeclarativeBase):
    """The yardstick's own tables."""


class Item(Base):
    __tablename__ = "item"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(200))
    stage: Mapped[str] = mapped_column(String(12), index=True)
    day: Mapped[str] = mapped_column(String(10))


class Entry(Base):
    __tablename__ = "entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(String(600))


def open_engine(url: str) -> Engine:
    """An engine with the product's own pragmas and transactions, which listen to every engine of a process."""
    return create_engine(url, pool_size=10, max_overflow=10)


@contextmanager
def writing() -> Iterator[None]:
    """The write lock is taken at BEGIN, as it is in the product."""
    token = write_mode.set(True)
    try:
        yield
    finally:
        write_mode.reset(token)


def fill(url: str) -> None:
    """The tables and a thousand items."""
    engine = open_engine(url)
    Base.metadata.create_all(engine)
    with writing(), Session(engine) as session:
        session.add_all(
            Item(code=f"Y{n}", title=f"An item called {n}", stage="grading", day="2031-03-14") for n in range(ROWS)
        )
        session.commit()
    engine.dispose()


def create() -> Flask:
    """The yardstick application over the database of YARDSTICK_URL."""
    app = Flask("yardsticks")
    engine = open_engine(os.environ["YARDSTICK_URL"])

    @app.get("/hello")
    def hello() -> str:
        return "hello"

    @app.post("/commit")
    def commit() -> str:
        with writing(), Session(engine) as session:
            session.add(Entry(text="x" * 554))
            session.commit()
        return "done"

    @app.get("/read")
    def read() -> str:
        with Session(engine) as session:
            return session.get(Item, 500).title

    @app.get("/queue")
    def queue() -> str:
        with Session(engine) as session:
            rows = session.scalars(select(Item).where(Item.stage == "grading").order_by(Item.id.desc()).limit(50)).all()
            return render_template_string(PAGE, rows=rows)

    return app
