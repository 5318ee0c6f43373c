"""The bytes of the trail agree with RFC 8785, with the shared vectors and with our own frozen ones."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from review.audit import canonical as c

OWN = json.loads((Path(__file__).parent / "vectors" / "canonical.json").read_text("utf-8"))

keys = st.from_regex(r"[a-z][a-z0-9_]{0,31}", fullmatch=True)
scalars = st.none() | st.booleans() | st.integers(-c.MAX_INT, c.MAX_INT) | st.text(st.characters(exclude_categories=("Cs",)))
leaves = st.recursive(scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4), max_leaves=12)
anything = st.recursive(
    scalars | st.floats(-c.MAX_INT, c.MAX_INT),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.text(st.characters(exclude_categories=("Cs",))), inner, max_size=4),
    max_leaves=12,
)


@given(leaves)
def test_a_leaf_inside_the_profile_is_rfc_8785(value: object) -> None:
    assert c.canonical(value) == rfc8785.dumps(value)


@given(anything)
def test_a_sealed_value_is_rfc_8785_with_floats_and_any_key(value: object) -> None:
    assert c.canonical_value(value) == rfc8785.dumps(value)


@given(anything)
def test_a_sealed_value_reads_back(value: object) -> None:
    text = c.disclosure_text(b"\x01" * 32, "facts", value)
    assert c.read_disclosure(text) == (b"\x01" * 32, "facts", value)


@pytest.mark.parametrize(
    "value",
    [
        1.5, 1.0, 2**53, -(2**53), {"Key": 1}, {"": 1}, {"1a": 1}, {"a" * 33: 1}, {"é": 1}, {1: 1},
        "\ud800", {"a": ["\udfff"]}, object(), {"a": {1, 2}}, float("nan"),
    ],
)
def test_what_the_profile_does_not_hold_is_refused(value: object) -> None:
    with pytest.raises(c.ProfileError):
        c.canonical(value)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), 1e16, 2**53, "\udc00", {1: 2}, {"\ud800": 1}])
def test_what_even_a_sealed_value_cannot_hold_is_refused(value: object) -> None:
    with pytest.raises(c.ProfileError):
        c.canonical_value(value)


def test_depth_ends_at_32() -> None:
    def nested(depth: int) -> list[object]:
        value: list[object] = []
        for _ in range(depth - 1):
            value = [value]
        return value

    assert c.canonical(nested(32)) == b"[" * 32 + b"]" * 32
    with pytest.raises(c.ProfileError):
        c.canonical(nested(33))
    with pytest.raises(c.ProfileError):
        c.canonical_value(nested(33))


@pytest.mark.parametrize(
    "line",
    [
        b'{"a":1,"a":1}', b'{"b":1,"a":2}', b'{"a": 1}', b'{"a":1.0}', b'{"a":1e2}', b'{"a":01}', b'\xef\xbb\xbf{"a":1}',
        b'{"a":123456789012345678}', b'{"a":NaN}', b'{"a":"\\u00e9"}', b'{"a":"\\ud800"}', b'[1]', b'{"a":1}\n',
        b'{"a":-0}', b'{"a":"\xff"}', b'{"a":' * 40 + b"1" + b"}" * 40, b"[" * 100_000,
    ],
)
def test_a_line_that_is_not_its_own_canonical_text_is_refused(line: bytes) -> None:
    with pytest.raises(c.ProfileError):
        c.read_line(line)


def test_a_leaf_is_at_most_32_kib() -> None:
    room = c.MAX_LINE - len(b'{"a":""}')
    line = c.canonical_line({"a": "x" * room})
    assert len(line) == 32_768 and c.read_line(line) == {"a": "x" * room}
    with pytest.raises(c.ProfileError):
        c.canonical_line({"a": "x" * (room + 1)})
    with pytest.raises(c.ProfileError):
        c.read_line(line[:-2] + b'x"}')


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (c.unb64, "AB=="), (c.unb64, "AA="), (c.unb64, "AA"), (c.unb64, "A A="), (c.unb64, "é==="), (c.unb64, "AA==\n"),
        (c.unb64url, "AB"), (c.unb64url, "AA=="), (c.unb64url, "A+"), (c.unb64url, "A"), (c.unb64url, "A/_-"),
        (c.unb32, "ab"), (c.unb32, "AA"), (c.unb32, "a1"), (c.unb32, "a"),
    ],
)
def test_stray_bits_padding_and_foreign_characters_are_refused(read: object, text: str) -> None:
    with pytest.raises(c.ProfileError):
        read(text)  # type: ignore[operator]


@given(st.binary(max_size=70))
def test_bytes_survive_every_text_form(data: bytes) -> None:
    assert c.unb64(c.b64(data)) == data
    assert c.unb64url(c.b64url(data)) == data
    assert c.unb32(c.b32(data)) == data


def test_own_frozen_vectors() -> None:
    for case in OWN["leaves"]:
        line = case["line"].encode()
        assert c.canonical_line(json.loads(line)) == line
        assert c.b64(c.leaf_hash(line)) == case["hash"]
    for case in OWN["disclosures"]:
        assert c.disclosure_text(c.unb64url(case["salt"]), case["name"], case["value"]) == case["text"]
        assert c.disclosure_digest(case["text"]) == case["digest"]
    for case in OWN["pseudonyms"]:
        assert c.pseudonym(bytes.fromhex(case["key"]), case["message"]) == case["pseudonym"]
    case = OWN["digest"]
    digest = c.digest_start(case["incident"])
    for leaf in case["leaves"]:
        digest = c.digest_step(digest, c.unb64(leaf))
    assert c.b64(digest) == case["digest"]


@pytest.mark.parametrize(
    "parts", [["c2FsdA", "at", 1], [c.b64url(b"\0" * 32), "at"], [c.b64url(b"\0" * 32), 1, 1], {"a": 1}]
)
def test_a_disclosure_is_salt_name_value(parts: object) -> None:
    with pytest.raises(c.ProfileError):
        c.read_disclosure(c.b64url(json.dumps(parts).encode()))


def test_a_disclosure_is_at_most_64_kib() -> None:
    with pytest.raises(c.ProfileError):
        c.disclosure_text(b"\0" * 32, "text", "x" * 50_000)
    with pytest.raises(c.ProfileError):
        c.disclosure_text(b"short", "text", "x")


SHARED = Path(os.environ.get("ASSAY_DATA", Path(__file__).parents[2].parent / "shared" / "data")).parent / "audit-vectors"


@pytest.mark.skipif(not SHARED.is_dir(), reason=f"NOT TESTED: shared vectors are absent ({SHARED})")
def test_shared_lines_and_disclosures() -> None:
    digests: dict[int, set[str]] = {}
    for number, line in enumerate((SHARED / "events.jsonl").read_bytes().splitlines()):
        event = c.read_line(line)
        assert event["seq"] == number
        digests[number] = set(event["sd"])
    for line in (SHARED / "disclosures.jsonl").read_bytes().splitlines():
        row = json.loads(line)
        salt, name, value = c.read_disclosure(row["d"])
        assert c.disclosure_digest(row["d"]) in digests[row["seq"]]
        assert c.disclosure_text(salt, name, value) == row["d"]
