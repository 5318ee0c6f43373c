"""Verdicts on text: base64, JSON and disclosures, each beside the nearest text that is well-formed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from review.audit import verify
from review.audit.verify import Malformed
from tests.audit import histories as h
from tests.audit.checking import assert_holds, assert_members_fail, failures
from tests.audit.histories import Entry
from tests.audit.twins import Case, Forged, Steps, Table, assert_told_apart

CASES = Table()
SALT = h.b64url(b"\x05" * 32)
AT = "2026-03-01T09:00:00.000Z"
DINA = h.pseudonym("Dina", "log")


def refused(read: Any, value: Any) -> str:
    with pytest.raises(Malformed) as raised:
        read(value)
    return str(raised.value)


# --- base64 --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("AA=", "not base64"), ("AA", "not base64"), ("A A=", "not base64"), ("AA==\n", "not base64"),
        ("é===", "not base64"), ("A-==", "not base64"), (None, "not base64"), (5, "not base64"),
        ("AB==", "base64 is not canonical"), ("AAB=", "base64 is not canonical"),
    ],
)  # fmt: skip
def test_base64_is_padded_and_without_stray_bits(text: Any, sentence: str) -> None:
    assert (verify.unb64("AA=="), verify.unb64("AAA="), verify.unb64("+/8="), verify.unb64("")) == (b"\0", b"\0\0", b"\xfb\xff", b"")
    assert refused(verify.unb64, text) == sentence


@pytest.mark.parametrize(("cut", "added", "sentence"), [(-1, b"", "not base64"), (-2, b"9=", "base64 is not canonical")])
def test_base64_of_a_proof(tmp_path: Path, cut: int, added: bytes, sentence: str) -> None:
    log = h.started()
    members = log.members()
    name = next(name for name in members if name.endswith(".tlog-proof"))
    assert failures(h.write_bag(tmp_path / "bundle.zip", members)) == []
    head, first, rest = members[name].split(b"\n", 2)
    step, rest = rest.split(b"\n", 1)
    members[name] = b"\n".join([head, first, step[:cut] + added, rest])
    found = assert_members_fail(members, tmp_path, "inclusion")
    assert f"FAIL inclusion seq -: {name} is malformed: {sentence}" in found


BASE64URL = "its base64url is not canonical"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (b"", BASE64URL), (b"A", BASE64URL), (b"AAAAA", BASE64URL), (b"AB", BASE64URL), (b"AAB", BASE64URL),
        (b"AA=", BASE64URL), (b"AA==", BASE64URL), (b"AAA+", BASE64URL), (b"A" * 65_538, BASE64URL),
        (b"!AA", "it is not base64url"), (b"!!!A", "it is not base64url"), (b"A!AA", "it is not base64url"),
    ],
)  # fmt: skip
def test_base64url_is_bare_and_without_stray_bits(text: bytes, sentence: str) -> None:
    assert refused(verify.decode_disclosure, text) == sentence


@pytest.mark.parametrize(
    ("text", "data"),
    [(b"AA", b"\0"), (b"AAA", b"\0\0"), (b"AAAA", b"\0\0\0"), (b"__-A", b"\xff\xff\x80"), (b"A" * 65_536, bytes(49_152))],
)
def test_base64url_is_read(text: bytes, data: bytes) -> None:
    assert verify.decode_disclosure(text) == data


# --- lines -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "failure"),
    [
        (b'"v":1}', b'"v":1,"v":1}', "FAIL line seq {}: the line is no canonical event: a key twice"),
        (b'"size":9', b'"size":9,"size":8', "FAIL line seq {}: the line is no canonical event: a key twice"),
        (b'"size":9', b'"size":9007199254740992', "FAIL line seq {}: the line is no canonical event: an integer beyond 2^53-1"),
        (b'"size":9', b'"size":-9007199254740992', "FAIL line seq {}: the line is no canonical event: an integer beyond 2^53-1"),
        (b'"size":9', b'"size":9007199254740991', "FAIL body seq {}: the size of backup.made is 9007199254740991"),
        (b'"size":9', b'"size":-9007199254740991', "FAIL body seq {}: the size of backup.made is -9007199254740991"),
    ],
)
def test_a_line_outside_the_profile(tmp_path: Path, old: bytes, new: bytes, failure: str) -> None:
    log = h.started()
    made = log.add("backup.made", None, None, {"size": 9})
    assert_holds(log, tmp_path)
    members = log.members()
    lines = members["data/events.jsonl"]
    assert lines.count(b'"size":9') == 1
    place = lines.rindex(old)
    members["data/events.jsonl"] = lines[:place] + new + lines[place + len(old):]
    assert failures(h.write_bag(tmp_path / "changed.zip", members)) == [failure.format(made.seq)]


@pytest.mark.parametrize("value", [verify.MAX_INT, -verify.MAX_INT, {"a": [verify.MAX_INT]}, True, None])
def test_a_number_inside_the_profile(value: Any) -> None:
    verify.check_profile(value)


@pytest.mark.parametrize("value", [verify.MAX_INT + 1, -verify.MAX_INT - 1, {"a": [verify.MAX_INT + 1]}])
def test_a_number_outside_the_profile(value: Any) -> None:
    assert refused(verify.check_profile, value) == "an integer beyond 2^53-1"


def test_a_key_stands_once_at_every_depth() -> None:
    assert verify.parse(b'{"a":{"a":1},"b":{"a":1}}') == {"a": {"a": 1}, "b": {"a": 1}}
    assert refused(verify.parse, b'{"a":{"b":1,"b":1}}') == "a key twice"


# --- disclosures -----------------------------------------------------------------------------------------------------


def sealed(name: str, value: str, salt: str = SALT) -> bytes:
    """The canonical text of a disclosure."""
    return b'["%s","%s",%s]' % (salt.encode(), name.encode(), value.encode())


def spaced(name: str, value: str, salt: str = SALT) -> bytes:
    """The same, as a program might write that puts spaces into JSON: lawful, and read the long way."""
    return b'["%s", "%s", %s]' % (salt.encode(), name.encode(), value.encode())


def told(sentence: str) -> str:
    return f"a disclosure is malformed: {sentence}"


NO_TRIPLE, NO_SALT, NO_JSON = "it is not [salt, name, value]", "its salt is not 32 bytes", "its value is not JSON"
# What is sealed, lawful and unlawful, and the sentence: by its rule.
SEALED: dict[str, tuple[str, bytes, bytes, str]] = {
    "at without thousandths": ("at", sealed("at", f'"{AT}"'), sealed("at", '"2026-03-01T09:00:00Z"'), "its at is malformed"),
    "at that is null": ("at", sealed("at", f'"{AT}"'), sealed("at", "null"), "its at is malformed"),
    "at spaced, of a day": ("at", spaced("at", f'"{AT}"'), spaced("at", '"2026-03-01"'), "its at is malformed"),
    "at spaced, a number": ("at", spaced("at", f'"{AT}"'), spaced("at", "5"), "its at is malformed"),
    "at spaced, null": ("at", spaced("at", f'"{AT}"'), spaced("at", "null"), "its at is malformed"),
    "person too short": ("person", sealed("person", f'"{DINA}"'), sealed("person", f'"{DINA[:15]}"'), "its person is malformed"),
    "person a number": ("person", sealed("person", f'"{DINA}"'), sealed("person", "5"), "its person is malformed"),
    "person spaced, too long": ("person", spaced("person", f'"{DINA}"'), spaced("person", f'"{DINA}a"'), "its person is malformed"),
    "person spaced, a number": ("person", spaced("person", f'"{DINA}"'), spaced("person", "5"), "its person is malformed"),
    "half a word": ("text", sealed("text", "null"), sealed("text", "nul"), NO_JSON),
    "nothing": ("text", sealed("text", '""'), sealed("text", ""), NO_JSON),
    "no number": ("text", sealed("text", "1"), sealed("text", "NaN"), NO_JSON),
    "a key twice": ("text", sealed("text", '{"a":1,"b":1}'), sealed("text", '{"a":1,"a":1}'), NO_JSON),
    "not UTF-8": ("text", sealed("text", '"é"'), sealed("text", '"é"')[:-3] + b'"]', NO_JSON),
    "two values": ("text", sealed("text", '["x","y"]'), sealed("text", '"x","y"'), "not JSON in UTF-8"),
    "18 digits": ("text", sealed("text", "1" * 17), sealed("text", "1" * 18), "an integer of more than 17 digits"),
    "no list": ("text", sealed("text", "1"), b'{"text":1}', NO_TRIPLE),
    "two parts": ("text", sealed("text", "1"), b'["%s","text"]' % SALT.encode(), NO_TRIPLE),
    "four parts": ("text", spaced("text", "1"), spaced("text", "1, 1"), NO_TRIPLE),
    "a salt that is no text": ("text", spaced("text", "1"), b'[1, "text", 1]', NO_TRIPLE),
    "a name that is no text": ("text", spaced("text", "1"), b'["%s", 1, 1]' % SALT.encode(), NO_TRIPLE),
    "a short salt": ("text", sealed("text", "1"), sealed("text", "1", SALT[:42]), NO_SALT),
    "a long salt": ("text", sealed("text", "1"), sealed("text", "1", SALT + "A"), NO_SALT),
    "a salt in base64": ("text", sealed("text", "1", "-" + SALT[1:]), sealed("text", "1", "+" + SALT[1:]), NO_SALT),
    "a foreign salt": ("text", sealed("text", "1"), sealed("text", "1", "é" + SALT[2:]), NO_SALT),
    "a salt with stray bits": ("text", sealed("text", "1", SALT[:-1] + "U"), sealed("text", "1", SALT[:-1] + "V"), BASE64URL),
}


def received(log: Forged) -> Entry:
    names = dict.fromkeys(["text", "language", "translation", "url", "reporter"])
    return log.add("claim.received", "Dina", None, {"claim": "c-" + "a" * 16}, **names)


def disclosed(log: Forged, rule: str) -> Steps:
    name, lawful, unlawful, _ = SEALED[rule]
    claim = received(log)
    log.raw[claim, name] = lawful
    yield None
    log.raw[claim, name] = unlawful
    yield claim


for _rule in SEALED:
    CASES.case("disclosure", told(SEALED[_rule][3]), rule=_rule)(disclosed)


@pytest.mark.parametrize("case", CASES, ids=CASES.names)
def test_a_disclosure_that_is_none(tmp_path: Path, case: Case) -> None:
    assert_told_apart(case, tmp_path)


@pytest.mark.parametrize("rule", SEALED)
def test_a_disclosure_is_read_or_refused(rule: str) -> None:
    name, lawful, unlawful, sentence = SEALED[rule]
    assert verify.read_disclosure(lawful)[0] == name
    assert refused(verify.read_disclosure, unlawful) == sentence


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (sealed("at", f'"{AT}"'), AT), (spaced("at", f'"{AT}"'), AT), (sealed("person", "null"), None),
        (spaced("person", "null"), None), (spaced("person", f'"{DINA}"'), DINA), (sealed("facts", '{"point":[33.5,36.25]}'), {"point": [33.5, 36.25]}),
        (spaced("facts", "33.5"), 33.5), (sealed("text", '"é"'), "é"), (sealed("text", "null"), None),
    ],
)  # fmt: skip
def test_what_a_disclosure_says(raw: bytes, value: Any) -> None:
    assert verify.read_disclosure(raw)[1] == value
