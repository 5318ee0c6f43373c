"""Sources on the incident's page: attached, assessed, grouped, withdrawn; files kept, and what is never kept."""

from __future__ import annotations

import hashlib
import io

import pytest

from review.actions import sources
from tests import builders
from tests.web.test_working_screens import at, incident, text


@pytest.fixture
def world(staffed: builders.Desk) -> builders.Desk:
    return staffed


def test_a_source_is_attached_assessed_grouped_and_withdrawn(world: builders.Desk) -> None:
    ref = builders.with_sources(world)
    client = at(world, world.spare)
    attached = client.post("/desk/incidents/KV412/sources", data={"text": "Three were killed.", "publisher": "Civic Aid"})
    assert attached.location.endswith("#s3")
    assert "Three were killed." in incident(client)
    assess = {"role": "disputes", "reliability": "B", "credibility": "2", "publishable": "y", "note": "Seen."}
    assert client.post("/desk/incidents/KV412/sources/3/assess", data=assess).status_code == 303
    group = {"origin": "1", "sources": ["2"], "reason": "Word for word."}
    assert client.post("/desk/incidents/KV412/sources/group", data=group).status_code == 303
    assert client.post("/desk/incidents/KV412/sources/3/withdraw", data={"reason": "A hoax."}).status_code == 303
    dossier = builders.view(ref)
    third = dossier.source(3)
    assert third and (third.role, third.credibility, third.withdrawn) == ("disputes", "B2", True)
    assert dossier.origins == {1}


def test_an_empty_or_doubled_source_is_said_on_the_page(world: builders.Desk) -> None:
    builders.with_sources(world)
    client = at(world, world.spare)
    empty = client.post("/desk/incidents/KV412/sources", data={"publisher": "Civic Aid"})
    assert empty.status_code == 422
    assert "Give an address, a text or a file." in text(empty)
    assert 'value="Civic Aid"' in text(empty)
    twice = client.post("/desk/incidents/KV412/sources", data={"url": builders.draft(1).url or ""})
    assert "This address is attached here already, as S1." in text(twice)


def test_a_kept_file_only_ever_leaves_as_a_download(world: builders.Desk) -> None:
    builders.with_sources(world)
    client = at(world, world.spare)
    content = b"\x89PNG\r\n\x1a\n" + b"\0" * 64
    client.post("/desk/incidents/KV412/sources", data={"file": (io.BytesIO(content), "evil.html")})
    page = incident(client)
    assert "not loaded." in page
    assert "<img" not in page and "<video" not in page
    answer = client.get("/desk/incidents/KV412/sources/3/file")
    assert answer.data == content
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    digest = hashlib.sha256(content).hexdigest()
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("attachment;") and digest[:12] in disposition and "evil" not in disposition
    assert client.get("/desk/incidents/KV412/sources/1/file").status_code == 404


@pytest.mark.parametrize("content", [b"<!doctype html><script>1</script>", b"<svg xmlns='x'></svg>", b"MZ\x90\0\x03"])
def test_no_page_and_no_program_is_kept(world: builders.Desk, content: bytes) -> None:
    ref = builders.with_sources(world)
    client = at(world, world.spare)
    answer = client.post("/desk/incidents/KV412/sources", data={"title": "Kept?", "file": (io.BytesIO(content), "a.png")})
    assert answer.status_code == 422
    assert "This is no kind of file that can be kept here" in text(answer)
    assert 'value="Kept?"' in text(answer)
    assert len(builders.view(ref).sources) == 2


def test_what_is_typed_never_becomes_markup(world: builders.Desk) -> None:
    builders.with_sources(world)
    client = at(world, world.spare)
    evil = "<script>alert(1)</script>"
    client.post("/desk/incidents/KV412/sources", data={"text": evil, "title": evil, "url": "https://x.example/?a=1"})
    assert evil not in incident(client)
    assert "&lt;script&gt;" in incident(client)


def test_a_source_new_to_an_open_round_names_nobody_not_even_to_leads(world: builders.Desk) -> None:
    ref, _number = builders.round_opened(world)
    sources.attach_source(world.spare, ref, draft=builders.draft(9, title="New here"))
    page = incident(at(world, world.lead))
    assert "New here" in page
    assert f"attached by <bdi>{world.enterer.name}</bdi>" in page
    assert world.spare.name not in page.split("Round 1 is open")[0]
