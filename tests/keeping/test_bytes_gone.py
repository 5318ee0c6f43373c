"""Words that were removed and people who left: their bytes are nowhere, not in a table, a file of the database, or a log."""

from __future__ import annotations

import base64
import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import select, text

from review import create_app, jobs
from review.actions import (
    approvals,
    claims,
    drafts,
    exits,
    incidents,
    leaving,
    log,
    people,
    positions,
    redactions,
    rounds,
    settlements,
    sources,
    streams,
)
from review.audit.details import all_details
from review.extensions import db
from review.keeping import scrubbing
from review.models import Claim, Disclosure, Event, Incident, Job, session
from review.models.dossiers import read_disclosure
from review.queries.public import list_page
from review.rules import redaction
from review.rules.facts import Place
from review.rules.redaction import Detail
from tests import builders, engines
from tests.actions.erased import found
from tests.audit.whole import bundle, checked, signed, vkey
from tests.missing import not_tested
from tests.web.sitting import sitting

WORD = b"canary"


def forms(word: bytes) -> list[bytes]:
    """A word as it can stand in bytes: plain, and in base64 at each of the three places where it can begin."""
    shapes = [word]
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + word + b"\0\0")
        shapes.append(encoded[-(-8 * before // 6) : 8 * (before + len(word)) // 6])
    return shapes


PATTERN = re.compile(b"|".join(map(re.escape, [*forms(WORD), *forms(WORD.upper())])))


def holding(*folders: Path) -> set[str]:
    """Every file below these folders in which the word stands, in whatever form."""
    files = (path for folder in folders for path in folder.rglob("*") if path.is_file())
    return {path.name for path in files if PATTERN.search(path.read_bytes())}


# --- planted in everything that can be removed ----------------------------------------------------------------


def planted(team: builders.Desk) -> str:
    """A published incident and what stands beside it, with the word in every detail that somebody writes."""
    place = Place((("en", "canaryplace"),), "canaryregion", (33.1, 41.8), "town")
    facts = builders.facts(summary="canarysummary", places=(place,), codes=("CANARYCODE",))
    claim = claims.receive_claim(
        team.enterer, text="canaryclaim", language="en", translation="canarytranslation",
        url="https://canaryurl.example/", reporter="canaryreporter",
    )  # fmt: skip
    ref = incidents.open_incident(
        team.enterer, stream=team.stream, facts=facts, claims=[claim], exact={"notes": ["canaryexact"]}
    )
    written = replace(builders.draft(1, title="canarytitle", publisher="canarypublisher", note="canarynote"), url=None)
    sources.attach_source(team.enterer, ref, draft=replace(written, text="canaryfile, as it was written down"))
    sources.attach_source(team.enterer, ref, draft=builders.draft(2, url="https://canarysource.example/"))
    positions.record_position(team.lead, ref, party=builders.PARTY, position="open", reason="canaryposition")
    incidents.declare_conflict(team.leads[1], ref, ground="canaryground")
    incidents.lift_conflict(team.leads[1], ref, ground="canarylifted")
    streams.define_stream(team.admin, slug="other", name="canarystream", reason="canarystreamreason")
    log.record_export(team.admin, profile="internal", size=1, recipient="canaryrecipient", purpose="canarypurpose")
    drafts.save_draft(team.spare.person or 0, ref, "describe", {"summary": "canarysummary and more"})
    _graded(team, ref)
    incidents.describe_incident(team.enterer, ref, facts=replace(facts, summary="canaryagain"), reason="canaryreason")
    return ref


def _graded(team: builders.Desk, ref: str) -> None:
    builders.at_once(team)
    asked = [actor.person for actor in team.voters if actor.person]
    number = rounds.open_round(team.lead, ref, reviewers=asked, reason="canaryround")
    for actor, grade in zip(team.voters, ("fair", "fair", "discounted"), strict=True):
        given = builders.ballot(grade, rationale="canaryrationale", departs="canarydeparts")
        builders.cast(actor, ref, number, given)
    builders.work()
    settlements.argue(team.voters[2], ref, text="canaryargument")
    again = settlements.open_second_vote(team.lead, ref)
    builders.cast_all(team, ref, again, "fair", "fair", "weak")
    builders.work()
    dissenting = next(vote for vote in builders.view(ref).live(again) if vote.ballot and vote.ballot.grade == "weak")
    settlements.dissent(team.voters[2], ref, dissenting.seq, text="canarydissent")
    approvals.approve(team.lead, ref, reason="canaryapproval", seen=builders.row(ref).digest)


def with_the_word(incident: int | None) -> list[Detail]:
    """The details of an incident, or of the log's own entries, in which the word stands."""
    session.rollback()
    its = Event.incident_id.is_(None) if incident is None else Event.incident_id == incident
    rows = session.execute(
        select(Disclosure.seq, Disclosure.digest, Disclosure.text)
        .join(Event, Event.seq == Disclosure.seq)
        .where(its, Disclosure.sealed.is_(False))
    ).all()
    named = {row.digest: row.seq for row in rows if WORD in str(read_disclosure(row.text)[1]).lower().encode()}
    details = all_details(session, incident, sorted(set(named.values())))
    return [detail for detail in details.values() if detail.digest in named]


def files_of_the_word(incident: int) -> list[Detail]:
    rows = session.scalars(select(Event.seq).where(Event.incident_id == incident, Event.type == "source.captured")).all()
    return [detail for detail in all_details(session, incident, rows).values() if detail.name == "file"]


def all_removed(team: builders.Desk, ref: str) -> None:
    """Everything of it is asked for and seconded, the incident first taken off the desk; then the person leaves."""
    person = people.add_person(team.admin, email="canary@desk.invalid", name="canaryperson", role="reviewer")
    people.deactivate_person(team.admin, person, reason="They go.")
    exits.withdraw_incident(team.lead, ref, reason="canarywithdrawn")
    id_ = builders.row(ref).id
    assert with_the_word(id_)
    for incident in (id_, None):
        details = [*with_the_word(incident), *(files_of_the_word(id_) if incident else ())]
        wanted = [detail.named for detail in details if redaction.removable(detail.type, detail.name)]
        asked = redactions.ask_redaction(
            team.lead, ref if incident else None, details=wanted, ground="personal_data", reason="canaryasked"
        )
        redactions.second_redaction(team.admin, asked, reason="Read.")
        # What the two wrote is sealed too, and goes the same way.
        words = [detail.named for detail in with_the_word(incident) if detail.type == "detail.redacted"]
        last = redactions.ask_redaction(
            team.lead, ref if incident else None, details=words, ground="error", reason="It repeats the word."
        )
        redactions.second_redaction(team.admin, last, reason="Read.")
    leaving.let_leave(team.admin, person)
    builders.work()


@contextmanager
def desk_on(home: Path, url: str, owner: str) -> Iterator[Flask]:
    app = create_app({
        "ASSAY_HOME": str(home), "DATABASE_URL": url, "MIGRATION_DATABASE_URL": owner, "TESTING": True,
        "WTF_CSRF_ENABLED": False,
    })  # fmt: skip
    with app.app_context():
        upgrade()
        yield app
        db.session.remove()
        db.engine.dispose()


def pages(app: Flask, team: builders.Desk, ref: str, claim: str) -> str:
    """What the public and a lead editor read."""
    lead, public = sitting(app, team.lead), app.test_client()
    desk = ("/desk/incidents", f"/desk/incidents/{ref}", f"/desk/incidents/{ref}/history", f"/desk/claims/{claim}")
    removal = ("/desk/redactions", f"/desk/incidents/{ref}/removal", "/desk/streams", "/desk/people", "/desk/inbox")
    answers = [lead.get(path) for path in (*desk, *removal)]
    answers += [public.get(path) for path in ("/", "/incidents", f"/incidents/{ref}", "/method")]
    assert {answer.status_code for answer in answers} == {200}
    return "".join(answer.get_data(as_text=True) for answer in answers).casefold()


def nowhere_to_be_read(app: Flask, team: builders.Desk, ref: str) -> None:
    session.rollback()
    name = session.scalars(select(Claim.name)).one()
    assert "canary" not in pages(app, team, ref, name)
    session.rollback()
    assert list_page("canary").rows == ()


def test_on_sqlite_no_byte_of_it_is_left(home: Path, tmp_path: Path) -> None:
    address = f"sqlite:///{home / 'assay.db'}"
    with desk_on(home, address, address) as app:
        team = builders.desk(app)
        ref = planted(team)
        assert "assay.db" in holding(home) or "assay.db-wal" in holding(home)
        assert len(holding(home / "objects")) == 1
        all_removed(team, ref)
        assert holding(home) == set()
        nowhere_to_be_read(app, team, ref)
        still_provable(tmp_path)


def still_provable(tmp_path: Path) -> None:
    assert found() == []
    checkpoint = signed()
    session.rollback()
    made = bundle(checkpoint)
    done = checked(made, tmp_path, vkey())
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    with zipfile.ZipFile(io.BytesIO(made)) as bag:
        assert {name for name in bag.namelist() if PATTERN.search(bag.read(name))} == set()


def test_on_postgresql_no_byte_of_it_is_left_in_the_whole_data_folder(home: Path, tmp_path: Path) -> None:
    programs = engines.server_programs()
    if programs is None:
        not_tested("PostgreSQL (install postgresql)")
    with engines.cluster(programs, (*engines.FAST, "wal_recycle=off")) as running:
        name = running.create()
        with desk_on(home, running.url(engines.APPLICATION, name), running.url(engines.OWNER, name)) as app:
            team = builders.desk(app)
            ref = planted(team)
            running.run("CHECKPOINT")
            assert holding(running.data / "base")
            all_removed(team, ref)
            # What the server does by itself in time: old segments of its write-ahead log go at the next checkpoint.
            running.run("SELECT pg_switch_wal()")
            running.run("CHECKPOINT")
            assert holding(running.data, home) == set()
            nowhere_to_be_read(app, team, ref)
            still_provable(tmp_path)


def test_a_reader_puts_the_bytes_off_and_not_the_removal(desk: Flask, engine_name: str) -> None:
    """Whoever reads the database as it was holds its bytes: the job fails, says so, and is done when they are gone."""
    team = builders.desk(desk)
    ref = builders.opened(team, summary="canarysummary")
    incidents.describe_incident(team.enterer, ref, facts=builders.facts(), reason="Without it.")
    with db.engine.connect() as reader:
        reader.execute(text("SELECT count(*) FROM disclosure"))
        seq = builders.row(ref).first_seq or 0
        asked = redactions.ask_redaction(
            team.lead, ref, details=[redaction.Named(seq, "facts")], ground="error", reason="It names a child."
        )
        redactions.second_redaction(team.admin, asked, reason="Read.")
        jobs.run_due()
        session.rollback()
        assert session.scalars(select(Job.problem).where(Job.kind == "scrub")).one() == "StillRead"
    payload = session.scalars(select(Job.payload).where(Job.kind == "scrub")).one()
    scrubbing.scrub(payload["since"])


def test_what_is_written_anew_are_tables_of_the_desk(desk: Flask) -> None:
    session.rollback()
    assert set(scrubbing.TABLES) <= set(db.metadata.tables)
    assert Incident.__tablename__ in scrubbing.TABLES


def test_whatever_a_leaving_takes_is_written_anew(desk: Flask) -> None:
    session.rollback()
    assert {model.__tablename__ for model in leaving.ACCOUNT} - set(scrubbing.TABLES) == set()
