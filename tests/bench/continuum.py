"""SQLAlchemy-Continuum on the same write: a vote inserted and its incident updated, both versioned, in a process of its own."""

from __future__ import annotations

import subprocess
import sys
import time

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, configure_mappers, mapped_column
from sqlalchemy_continuum import make_versioned

from tests.bench.yardsticks import open_engine, writing


def rate(url: str, times: int) -> float:
    """Versioned writes a second on the database at `url`."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.bench.continuum", url, str(times)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def main(url: str, times: int) -> None:
    make_versioned(user_cls=None)

    class Base(DeclarativeBase):
        pass

    class Case(Base):
        __tablename__ = "continuum_case"
        __versioned__ = {}
        id: Mapped[int] = mapped_column(primary_key=True)
        stage: Mapped[str] = mapped_column(sa.String(12))
        count: Mapped[int] = mapped_column(sa.Integer)

    class Ballot(Base):
        __tablename__ = "continuum_ballot"
        __versioned__ = {}
        id: Mapped[int] = mapped_column(primary_key=True)
        case_id: Mapped[int] = mapped_column(sa.ForeignKey("continuum_case.id"))
        voter: Mapped[str] = mapped_column(sa.String(16))
        grade: Mapped[str] = mapped_column(sa.String(40))
        rationale: Mapped[str] = mapped_column(sa.Text)

    configure_mappers()
    engine = open_engine(url)
    Base.metadata.create_all(engine)
    with writing(), Session(engine) as session:
        case = Case(stage="grading", count=0)
        session.add(case)
        session.commit()
        identity = case.id
    start = time.perf_counter()
    for number in range(times):
        with writing(), Session(engine) as session:
            case = session.get(Case, identity)
            case.count = number + 1
            session.add(Ballot(case_id=identity, voter=f"v{number}", grade="fair", rationale="Two accounts."))
            session.commit()
    print(times / (time.perf_counter() - start))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
