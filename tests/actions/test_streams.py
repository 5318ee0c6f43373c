"""Streams and policies: an admin defines, a lead switches; earlier rounds keep the numbers they copied."""

from __future__ import annotations

from dataclasses import replace

import pytest

from review.actions import policies, rounds, streams
from review.models import Policy as PolicyRow
from review.models import Stream, session
from review.rules import streams as rules
from review.rules.errors import Forbidden, Invalid, NotFound, Refused
from review.rules.policy import Policy
from tests import builders, trail
from tests.builders import Desk


def test_a_stream_is_defined_once_by_an_admin(team: Desk) -> None:
    slug = streams.define_stream(team.admin, slug="tarn-velmar", name="Tarn Brigades, Velmar", mode="log-only")
    assert trail.last().body == {"stream": "tarn-velmar", "mode": "log-only"}
    assert session.get_one(Stream, slug).seq == trail.last().seq
    with pytest.raises(Invalid) as refusal:
        streams.define_stream(team.admin, slug="tarn-velmar", name="Another")
    assert set(refusal.value.problems) == {"slug"}
    with pytest.raises(Forbidden):
        streams.define_stream(team.lead, slug="tarn-odin", name="Tarn Brigades, Odin")


@pytest.mark.parametrize(
    ("field", "given"),
    [("slug", {"slug": "Tarn Velmar"}), ("name", {"name": " "}), ("mode", {"mode": "asleep"})],
)
def test_a_stream_has_slug_name_and_mode(team: Desk, field: str, given: dict[str, str]) -> None:
    with pytest.raises(Invalid) as refusal:
        streams.define_stream(team.admin, **{"slug": "tarn", "name": "Tarn", "mode": "active", **given})
    assert set(refusal.value.problems) == {field}


def test_a_stream_switched_to_log_only_opens_no_round(team: Desk) -> None:
    ref = builders.with_sources(team)
    streams.switch_stream(team.lead, team.stream, mode="log-only", reason="Three people cannot grade both.")
    assert session.get_one(Stream, team.stream).mode == "log-only"
    builders.with_sources(team, builders.opened(team, codes=("KV413",)))
    with pytest.raises(Refused) as refusal:
        rounds.open_round(team.lead, ref)
    assert [requirement.name for requirement in refusal.value.requirements] == ["stream-active"]
    streams.switch_stream(team.lead, team.stream, mode="active", reason="Two more joined.")
    rounds.open_round(team.lead, ref)


def test_a_switch_has_a_reason_another_mode_and_a_lead(team: Desk) -> None:
    with pytest.raises(Invalid):
        streams.switch_stream(team.lead, team.stream, mode="paused", reason="")
    with pytest.raises(Invalid):
        streams.switch_stream(team.lead, team.stream, mode="active", reason="It is.")
    with pytest.raises(NotFound):
        streams.switch_stream(team.lead, "nowhere", mode="paused", reason="Nothing there.")
    with pytest.raises(Forbidden):
        streams.switch_stream(team.admin, team.stream, mode="paused", reason="Not mine to say.")
    streams.switch_stream(team.lead, team.stream, mode="paused", reason="The theatre is quiet.")


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Karsian Air Force × Velmar", "karsian-air-force-velmar"),
        ("Élan, N.-E. × unsorted", "elan-n-e-unsorted"),
    ],
)
def test_a_short_name_is_made_of_latin_letters(name: str, slug: str) -> None:
    assert rules.slug_of(name) == slug


def test_names_in_other_letters_get_short_names_of_their_own() -> None:
    slugs = {rules.slug_of(f"{party} × unsorted") for party in ("قوات ترن", "قوات كرس", "Tarn قوات", "T" * 90)}
    assert len(slugs) == 4
    assert all(rules.SLUG.fullmatch(slug) and len(slug) <= rules.LONGEST for slug in slugs)


def test_a_new_policy_binds_later_rounds_only(team: Desk) -> None:
    ref = builders.with_sources(team)
    rounds.open_round(team.lead, ref)
    seq = policies.set_policy(team.admin, policy=replace(Policy(), required=4), reason="Four can vote now.")
    assert session.get_one(PolicyRow, seq).body["required"] == 4
    assert trail.dossier(ref).rounds[0].policy.required == 3
    other = builders.with_sources(team)
    rounds.open_round(team.lead, other)
    assert trail.dossier(other).rounds[0].policy.required == 4


@pytest.mark.parametrize(
    ("field", "changes"),
    [("required", {"required": 1}), ("share", {"share": (1, 2)}), ("max_distance", {"max_distance": -1})],
)
def test_a_policy_never_goes_under_the_floor(team: Desk, field: str, changes: dict[str, object]) -> None:
    with pytest.raises(Invalid) as refusal:
        policies.set_policy(team.admin, policy=replace(Policy(), **changes), reason="Faster.")
    assert set(refusal.value.problems) == {field}
    with pytest.raises(Forbidden):
        policies.set_policy(team.lead, policy=Policy(), reason="Not mine to set.")
