"""Canonical bytes of the trail: leaves, disclosures, digests and pseudonyms (AUDIT-FORMAT 1, 3, 4, 11)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache
from typing import Any

MAX_INT = 2**53 - 1
MAX_DEPTH = 32
MAX_LINE = 32_768
MAX_DISCLOSURE = 65_536
MAX_INT_DIGITS = 17
MAX_KEY = 32

_KEY_FIRST = frozenset("abcdefghijklmnopqrstuvwxyz")
_KEY_REST = _KEY_FIRST | frozenset("0123456789_")
_FLAT = frozenset({str, bool, type(None)})  # of these the encoder of the standard library writes what we would
_URLSAFE = bytes.maketrans(b"+/", b"-_")


class ProfileError(ValueError):
    """The value or text is outside the profile of the trail."""


# --- text forms -----------------------------------------------------------------------------------


def b64(data: bytes) -> str:
    """Standard base64, padded."""
    return binascii.b2a_base64(data, newline=False).decode("ascii")


def unb64(text: str) -> bytes:
    """The bytes of canonical standard base64; decode, re-encode, compare."""
    try:
        data = binascii.a2b_base64(text.encode("ascii"))
    except (ValueError, AttributeError) as error:
        raise ProfileError("not base64") from error
    if b64(data) != text:
        raise ProfileError("base64 is not canonical")
    return data


def b64url(data: bytes) -> str:
    """base64url without padding."""
    return binascii.b2a_base64(data, newline=False).translate(_URLSAFE).rstrip(b"=").decode("ascii")


def unb64url(text: str) -> bytes:
    """The bytes of canonical base64url without padding."""
    try:
        data = base64.b64decode((text + "=" * (-len(text) % 4)).encode("ascii"), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error, TypeError, AttributeError) as error:
        raise ProfileError("not base64url") from error
    if b64url(data) != text:
        raise ProfileError("base64url is not canonical")
    return data


def b32(data: bytes) -> str:
    """RFC 4648 base32 in lower case, without padding."""
    return base64.b32encode(data).decode("ascii").rstrip("=").lower()


def unb32(text: str) -> bytes:
    """The bytes of canonical lower-case base32 without padding."""
    try:
        data = base64.b32decode((text.upper() + "=" * (-len(text) % 8)).encode("ascii"))
    except (ValueError, binascii.Error, AttributeError) as error:
        raise ProfileError("not base32") from error
    if b32(data) != text:
        raise ProfileError("base32 is not canonical")
    return data


# --- canonical JSON -------------------------------------------------------------------------------


# Made once; nothing that goes round in a circle comes here, for it would be too deep.
_dump = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, check_circular=False
).encode


def _bytes_of(text: str) -> bytes:
    """What was written, in UTF-8: all its texts are looked at together for half a character."""
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise ProfileError("a lone surrogate") from error


@lru_cache(maxsize=4_096)  # the same few names again and again
def _check_key(key: object) -> None:
    if not isinstance(key, str) or not 1 <= len(key) <= MAX_KEY:
        raise ProfileError(f"key {key!r} is outside the profile")
    if key[0] not in _KEY_FIRST or not _KEY_REST.issuperset(key):
        raise ProfileError(f"key {key!r} is outside the profile")


def _check_int(value: int) -> None:
    if not -MAX_INT <= value <= MAX_INT:
        raise ProfileError("an integer beyond 2^53-1")


def _check_profile(value: Any, depth: int) -> None:
    if value is None or value is True or value is False or isinstance(value, str):
        return None
    if isinstance(value, int):
        return _check_int(value)
    if isinstance(value, (list, tuple, dict)) and depth > MAX_DEPTH:
        raise ProfileError(f"deeper than {MAX_DEPTH}")
    if isinstance(value, (list, tuple)):
        for item in value:
            _check_profile(item, depth + 1)
        return None
    if isinstance(value, dict):
        for key, item in value.items():
            _check_key(key)
            _check_profile(item, depth + 1)
        return None
    raise ProfileError(f"{type(value).__name__} has no place in a leaf")


def canonical(value: Any) -> bytes:
    """The RFC 8785 bytes of a value inside the leaf profile; anything else raises ProfileError."""
    _check_profile(value, 1)
    return _bytes_of(_dump(value))


def canonical_line(event: dict[str, Any]) -> bytes:
    """The exact bytes of a leaf, at most 32 KiB, without a newline."""
    line = canonical(event)
    if len(line) > MAX_LINE:
        raise ProfileError("a leaf over 32 KiB")
    return line


def _number_text(value: float) -> str:
    """ECMAScript's shortest form of a double, as RFC 8785 asks."""
    if not abs(value) <= MAX_INT:
        # Beyond this RFC 8785 writes doubles as integers that a reader could not hold exactly.
        raise ProfileError("not a number within 2^53-1")
    if value == 0:
        return "0"
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    assert isinstance(exponent, int)
    mantissa = "".join(map(str, digits))
    point = len(mantissa) + exponent
    return ("-" if sign else "") + _place_point(mantissa, point)


def _place_point(mantissa: str, point: int) -> str:
    if len(mantissa) <= point <= 21:
        return mantissa + "0" * (point - len(mantissa))
    if 0 < point <= 21:
        return mantissa[:point] + "." + mantissa[point:]
    if -6 < point <= 0:
        return "0." + "0" * -point + mantissa
    tail = "." + mantissa[1:] if len(mantissa) > 1 else ""
    return f"{mantissa[0]}{tail}e{point - 1:+d}"


# What json.dumps(text, ensure_ascii=False) writes, without an encoder made anew for every text.
_quoted = json.encoder.encode_basestring


def _write(value: Any, depth: int, out: list[str]) -> None:
    if value is None or value is True or value is False:
        out.append("null" if value is None else "true" if value else "false")
    elif isinstance(value, str):
        out.append(_quoted(value))
    elif isinstance(value, int):
        _check_int(value)
        out.append(str(value))
    elif isinstance(value, float):
        out.append(_number_text(value))
    elif isinstance(value, (list, tuple, dict)) and depth > MAX_DEPTH:
        raise ProfileError(f"deeper than {MAX_DEPTH}")
    elif isinstance(value, (list, tuple)):
        _write_list(value, depth, out)
    elif isinstance(value, dict):
        _write_object(value, depth, out)
    else:
        raise ProfileError(f"{type(value).__name__} has no place in the trail")


def _write_list(items: list[Any] | tuple[Any, ...], depth: int, out: list[str]) -> None:
    if _FLAT.issuperset(map(type, items)):
        out.append(_dump(items))
        return
    out.append("[")
    for place, item in enumerate(items):
        if place:
            out.append(",")
        _write(item, depth + 1, out)
    out.append("]")


def _write_object(value: dict[Any, Any], depth: int, out: list[str]) -> None:
    if not all(isinstance(key, str) for key in value):
        raise ProfileError("a key that is no text")
    if _FLAT.issuperset(map(type, value.values())) and all(map(str.isascii, value)):
        out.append(_dump(value))
        return
    out.append("{")
    for place, key in enumerate(_in_order(value)):
        if place:
            out.append(",")
        out.append(_quoted(key) + ":")
        _write(value[key], depth + 1, out)
    out.append("}")


def _in_order(names: Iterable[str]) -> list[str]:
    """By UTF-16 units, as RFC 8785 asks; for ASCII that is the plain order."""
    if all(map(str.isascii, names)):
        return sorted(names)
    return sorted(names, key=lambda name: name.encode("utf-16-be", "surrogatepass"))


def canonical_value(value: Any) -> bytes:
    """The RFC 8785 bytes of a sealed value, which may hold floats and any text as a key."""
    out: list[str] = []
    _write(value, 1, out)
    return _bytes_of("".join(out))


def _integer(text: str) -> int:
    if len(text.lstrip("-")) > MAX_INT_DIGITS:
        raise ProfileError(f"an integer of more than {MAX_INT_DIGITS} digits")
    return int(text)


def _constant(text: str) -> Any:
    raise ProfileError(f"{text} is no JSON")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ProfileError("a key twice")
    return value


def parse(data: bytes | str) -> Any:
    """JSON with no key twice, no NaN, no integer over 17 digits and strict UTF-8."""
    try:
        text = data.decode("utf-8") if isinstance(data, bytes) else data
        return json.loads(text, parse_int=_integer, parse_constant=_constant, object_pairs_hook=_object)
    except ProfileError:
        raise
    except (ValueError, RecursionError) as error:
        raise ProfileError("not JSON") from error


def read_line(line: bytes) -> dict[str, Any]:
    """The event of a raw leaf, refused unless re-serialising it gives the same bytes."""
    if len(line) > MAX_LINE:
        raise ProfileError("a leaf over 32 KiB")
    event = parse(line)
    if not isinstance(event, dict) or canonical(event) != line:
        raise ProfileError("the line is not canonical")
    return event


# --- hashes ---------------------------------------------------------------------------------------


def leaf_hash(line: bytes) -> bytes:
    """SHA-256(0x00 || line)."""
    return hashlib.sha256(b"\x00" + line).digest()


def digest_start(incident: str) -> bytes:
    """The digest of an incident of which nothing was judged yet."""
    return hashlib.sha256(incident.encode("utf-8")).digest()


def digest_step(digest: bytes, leaf: bytes) -> bytes:
    """The digest after one more event of the class, given by its leaf hash."""
    return hashlib.sha256(digest + leaf).digest()


def head_entry(incident: str, count: int, last: bytes) -> bytes:
    """The JCS text of one incident's head: its length and its last leaf hash."""
    # A name of ours, a number, base64: nothing in it has to be escaped.
    return f'["{incident}",{count},"{b64(last)}"]'.encode("ascii")


# --- disclosures ----------------------------------------------------------------------------------


def new_salt() -> bytes:
    """32 random bytes."""
    return secrets.token_bytes(32)


def disclosure_text(salt: bytes, name: str, value: Any) -> str:
    """base64url of the UTF-8 JSON [salt, name, value]."""
    if len(salt) != 32:
        raise ProfileError("a salt is 32 bytes")
    text = b64url(canonical_value([b64url(salt), name, value]))
    if len(text) > MAX_DISCLOSURE:
        raise ProfileError("a disclosure over 65,536 bytes")
    return text


def disclosure_digest(text: str) -> str:
    """base64url of SHA-256 of the disclosure's ASCII text."""
    return b64url(hashlib.sha256(text.encode("ascii")).digest())


def read_disclosure(text: str) -> tuple[bytes, str, Any]:
    """Salt, name and value of a disclosure's text."""
    if len(text) > MAX_DISCLOSURE:
        raise ProfileError("a disclosure over 65,536 bytes")
    parts = parse(unb64url(text))
    if not isinstance(parts, list) or len(parts) != 3 or not all(isinstance(p, str) for p in parts[:2]):
        raise ProfileError("a disclosure is [salt, name, value]")
    salt = unb64url(parts[0])
    if len(salt) != 32:
        raise ProfileError("a salt is 32 bytes")
    return salt, parts[1], parts[2]


# --- names ----------------------------------------------------------------------------------------


def pseudonym(key: bytes, message: str) -> str:
    """The first 16 characters of lower-case base32(HMAC-SHA256(person's key, message))."""
    return b32(hmac.digest(key, message.encode("utf-8"), "sha256")[:10])


def random_name() -> str:
    """16 random base32 characters: an incident, a claim, or a submitter without an account."""
    return b32(secrets.token_bytes(10))
