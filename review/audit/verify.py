#!/usr/bin/env python3
"""Check an exported trail with nothing but this file, Python 3.8 or newer, and a public key.

    python3 -I -S verify.py BUNDLE --key VKEY [--witness VKEY ...] [--since OLD_CHECKPOINT] [--json]

BUNDLE is the exported zip. VKEY is the text of a verifier key, or @FILE; take it from somewhere other than the bundle.
OLD_CHECKPOINT is a checkpoint file that you kept from an earlier time.
Exit 0: all that can be checked holds. 1: something does not, and the event is named. 2: wrong arguments.

It checks the bytes, the chains, the tree, the signatures and the proofs, and then replays every incident: who voted,
what was revealed, whether the votes amount to the grade under the rules of that day, who approved it, and that nobody
decided what they had a hand in. It uses no network, no clock and no other file.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import gc
import hashlib
import json
import marshal
import os
import re
import struct
import sys
import zipfile
from array import array
from binascii import b2a_base64
from bisect import bisect_right
from datetime import date
from heapq import heappop, heappush
from itertools import groupby
from operator import itemgetter, lt
from typing import Any, Callable, Dict, Iterable, Iterator, List, NamedTuple, Optional, Sequence, Set, Tuple  # noqa: UP035

VERSION = "assay/1"
MAX_INT = 2**53 - 1
MAX_LINE = 32768
MAX_DISCLOSURE = 65536
MAX_DEPTH = 32
MAX_MEMBERS = 100000
MAX_DIRECTORY = 32 << 20
MAX_WHOLE = 64 << 20
MAX_STREAM = 1 << 30
MAX_FOLD = 200
MAX_SMALL = 8 << 20
MAX_NOTE = 65536
MAX_FAILURES = 50
CHUNK = 1 << 18

Range = Tuple[Optional[int], Optional[int], Optional[int], Optional[int]]
Event = Dict[str, Any]


class Failure(NamedTuple):
    """One thing that does not hold: the check, the event, and a sentence."""

    check: str
    seq: Optional[int]
    sentence: str

    def __str__(self) -> str:
        return "FAIL %s seq %s: %s" % (self.check, "-" if self.seq is None else self.seq, self.sentence)


class Stop(Exception):
    """There is no sense in reading on."""


class Failures:
    """What does not hold, in the order found; reading stops when there is too much of it."""

    def __init__(self) -> None:
        self.all: List[Failure] = []
        self._seen: Set[Tuple[str, Optional[int], str]] = set()
        self.where = ""  # which log is being read, where it is one that the signed log continues

    def add(self, check: str, seq: Optional[int], sentence: str, where: Optional[str] = None) -> None:
        where = self.where if where is None else where
        if (check, seq, where) in self._seen and seq is not None:
            return
        self._seen.add((check, seq, where))
        self.all.append(Failure(check, seq, sentence + where))
        if len(self.all) >= MAX_FAILURES:
            raise Stop()

    def fatal(self, check: str, seq: Optional[int], sentence: str) -> None:
        self.add(check, seq, sentence)
        raise Stop()


def quoted(value: Any) -> str:
    """Somebody else's text, made safe to print."""
    text = ascii(value)
    return text if len(text) <= 80 else text[:77] + "..."


# --- text forms -----------------------------------------------------------------------------------


class Malformed(ValueError):
    """Bytes or text outside the format."""


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def b64(data: bytes) -> str:
    return binascii.b2a_base64(data, newline=False).decode("ascii")


def unb64(text: str) -> bytes:
    """Canonical base64 only: decode, re-encode, compare."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (ValueError, binascii.Error, AttributeError):
        raise Malformed("not base64") from None
    if b64(data) != text:
        raise Malformed("base64 is not canonical")
    return data


def b64url(data: bytes) -> str:
    return b64(data).rstrip("=").replace("+", "-").replace("/", "_")


_TO_STANDARD = bytes.maketrans(b"-_", b"+/")
_TO_URL = bytes.maketrans(b"+/", b"-_")
# The last character of an unpadded text, by its length modulo 4, must carry no stray bits.
_LAST = (
    frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
    frozenset(b""),
    frozenset(b"AQgw"),
    frozenset(b"AEIMQUYcgkosw048"),
)
_PADDING = (b"", b"", b"==", b"=")
_FILLING = (b"", b"", b"AA", b"A")


def canonical(value: Any) -> bytes:
    """RFC 8785 inside the profile of the trail."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8")


def _integer(text: str) -> int:
    if len(text.lstrip("-")) > 17:
        raise Malformed("an integer of more than 17 digits")
    return int(text)


def _constant(text: str) -> Any:
    raise Malformed("%s is no JSON" % text)


def _no_doubles(pairs: List[Tuple[str, Any]]) -> Dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise Malformed("a key twice")
    return value


def parse(data: bytes) -> Any:
    """JSON in strict UTF-8 without doubled keys, NaN or huge integers."""
    try:
        return json.loads(
            data.decode("utf-8"), parse_int=_integer, parse_constant=_constant, object_pairs_hook=_no_doubles
        )
    except Malformed:
        raise
    except (ValueError, RecursionError):
        raise Malformed("not JSON in UTF-8") from None


_KEY = re.compile(r"[a-z][a-z0-9_]{0,31}\Z")


def check_profile(value: Any, depth: int = 1) -> None:
    """Keys, integers, depth and text as section 1 and 11 allow them in a leaf."""
    if value is None or value is True or value is False:
        return
    if isinstance(value, str):
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:
            raise Malformed("a lone surrogate") from None
        return
    if isinstance(value, float):
        raise Malformed("a number that is no integer")
    if isinstance(value, int):
        if not -MAX_INT <= value <= MAX_INT:
            raise Malformed("an integer beyond 2^53-1")
        return
    if depth > MAX_DEPTH:
        raise Malformed("deeper than 32")
    if isinstance(value, list):
        for item in value:
            check_profile(item, depth + 1)
        return
    for key, item in value.items():
        if not _KEY.match(key):
            raise Malformed("the key %s" % quoted(key))
        check_profile(item, depth + 1)


_HASH32 = "[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]="
_DAYS: Dict[str, bool] = {}


def real_day(text: str) -> bool:
    """Whether YYYY-MM-DD is a date of the calendar."""
    known = _DAYS.get(text)
    if known is not None:
        return known
    found = False
    if re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z", text, re.ASCII):
        year, month, day = int(text[:4]), int(text[5:7]), int(text[8:])
        leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
        lengths = (31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
        found = year > 0 and 1 <= month <= 12 and 1 <= day <= lengths[month - 1]
    if len(_DAYS) < 100000:
        _DAYS[text] = found
    return found


# --- Ed25519 (RFC 8032), strict: canonical points and scalars, no point of small order -----------------

_P = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, _P - 2, _P) % _P
_I = pow(2, (_P - 1) // 4, _P)
Point = Tuple[int, int, int, int]
_ZERO: Point = (0, 1, 1, 0)


def _add(a: Point, b: Point) -> Point:
    aa = (a[1] - a[0]) * (b[1] - b[0]) % _P
    bb = (a[1] + a[0]) * (b[1] + b[0]) % _P
    cc = 2 * a[3] * b[3] * _D % _P
    dd = 2 * a[2] * b[2] % _P
    e, f, g, h = bb - aa, dd - cc, dd + cc, bb + aa
    return (e * f % _P, g * h % _P, f * g % _P, e * h % _P)


def _decompress(data: bytes) -> Optional[Point]:
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= _P:
        return None
    u, v = (y * y - 1) % _P, (_D * y * y + 1) % _P
    x = u * pow(v, 3, _P) * pow(u * pow(v, 7, _P), (_P - 5) // 8, _P) % _P
    if v * x * x % _P != u:
        x = x * _I % _P
        if v * x * x % _P != u:
            return None
    if x == 0 and sign:
        return None
    if x & 1 != sign:
        x = _P - x
    return (x, y, 1, x * y % _P)


def _compress(point: Point) -> bytes:
    inverse = pow(point[2], _P - 2, _P)
    x, y = point[0] * inverse % _P, point[1] * inverse % _P
    return (y | ((x & 1) << 255)).to_bytes(32, "little")


def _same(a: Point, b: Point) -> bool:
    return (a[0] * b[2] - b[0] * a[2]) % _P == 0 and (a[1] * b[2] - b[1] * a[2]) % _P == 0


def _table(point: Point) -> List[List[Point]]:
    """Multiples 0..15 of 16^i times the point, so that a product is 64 additions."""
    rows = []
    for _ in range(64):
        row = [_ZERO, point]
        for _ in range(14):
            row.append(_add(row[-1], point))
        rows.append(row)
        point = _add(row[-1], point)
    return rows


def _times(table: List[List[Point]], scalar: int) -> Point:
    total = _ZERO
    for row in table:
        digit = scalar & 15
        if digit:
            total = _add(total, row[digit])
        scalar >>= 4
    return total


_TABLES: Dict[bytes, Optional[List[List[Point]]]] = {}
_BASE = bytes([0x58]) + bytes([0x66]) * 31


def _table_of(public: bytes) -> Optional[List[List[Point]]]:
    if public not in _TABLES:
        point = _decompress(public)
        if point is not None:
            eight = _add(point, point)
            eight = _add(eight, eight)
            eight = _add(eight, eight)
            if _same(eight, _ZERO):
                point = None
        if len(_TABLES) > 64:
            _TABLES.clear()
        _TABLES[public] = None if point is None else _table(point)
    return _TABLES[public]


def ed25519_verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the signature over the message is by the holder of the public key's secret."""
    if len(public) != 32 or len(signature) != 64:
        return False
    scalar = int.from_bytes(signature[32:], "little")
    if scalar >= _L:
        return False
    key, base = _table_of(public), _table_of(_BASE)
    if key is None or base is None:
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % _L
    # [S]B - [k]A must encode to exactly the R that was signed.
    x, y, z, t = _times(key, challenge)
    return _compress(_add(_times(base, scalar), (_P - x, y, z, _P - t))) == signature[:32]


# --- disclosures ---------------------------------------------------------------------------------------


_DISCLOSED = re.compile(
    rb'\["[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]",'
    rb'(?:"at","([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z)"'
    rb'|"person",(?:null|"([a-z2-7]{16})")|"([a-z_]{1,32})",(.*))\]\Z',
    re.DOTALL,
).match
_MANY_DIGITS = re.compile(rb"[0-9]{18}")
_AT_TEXT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z\Z", re.ASCII)
_NAME_TEXT = re.compile(r"[a-z2-7]{16}\Z", re.ASCII)


def decode_disclosure(text: bytes) -> bytes:
    """The bytes of a disclosure's canonical, unpadded base64url."""
    if len(text) > MAX_DISCLOSURE or not text or text[-1] not in _LAST[len(text) & 3]:
        raise Malformed("its base64url is not canonical")
    try:
        return binascii.a2b_base64(text.translate(_TO_STANDARD) + _PADDING[len(text) & 3])
    except binascii.Error:
        raise Malformed("it is not base64url") from None


def read_disclosure(raw: bytes) -> Tuple[str, Any]:
    """Name and value of a decoded disclosure."""
    match = _DISCLOSED(raw)
    if match is None:
        return _read_slowly(raw)
    at, person, name, value = match.groups()
    if name is None:
        if at is not None:
            return "at", at.decode("ascii")
        return "person", None if person is None else person.decode("ascii")
    if name == b"at" or name == b"person":
        raise Malformed("its %s is malformed" % name.decode("ascii"))
    if value == b"null":
        return name.decode("ascii"), None
    try:
        text = value.decode("utf-8")
        parsed, end = _SCAN(text, 0)
    except (ValueError, StopIteration, RecursionError):
        raise Malformed("its value is not JSON") from None
    if end != len(text) or _MANY_DIGITS.search(value):
        parsed = parse(value)
    return name.decode("ascii"), parsed


def _opened(found: List[Tuple[int, bytes]]) -> Iterator[Tuple[int, str, bytes]]:
    """(seq, digest, decoded bytes) of many disclosures, with as few steps in Python as can be."""
    new = hashlib.sha256
    # A zero byte after each digest makes 33 bytes, so that each is 44 characters, of which the last says nothing.
    hashes = b"".join([new(text).digest() + b"\0" for _, text in found])
    digests = binascii.b2a_base64(hashes, newline=False).translate(_TO_URL).decode("ascii")
    filled = b"".join([text + _FILLING[len(text) & 3] for _, text in found])
    decoded = binascii.a2b_base64(filled.translate(_TO_STANDARD))
    place = index = 0
    for seq, text in found:
        length = len(text)
        yield seq, digests[index : index + 43], decoded[place : place + length * 3 // 4]
        place += (length + 3) // 4 * 3
        index += 44


_DISCLOSURE_LINES = re.compile(rb'\{"d":"([A-Za-z0-9_-]+)","seq":(0|[1-9][0-9]{0,14})\}\n').findall
_VALUES = json.JSONDecoder(parse_constant=_constant, object_pairs_hook=_no_doubles)
_SCAN: Callable[[str, int], Tuple[Any, int]] = vars(_VALUES)["scan_once"]
# For text that a pattern has already found to hold no key twice.
_PLAIN_SCAN: Callable[[str, int], Tuple[Any, int]] = vars(json.JSONDecoder())["scan_once"]


def _read_slowly(raw: bytes) -> Tuple[str, Any]:
    parts = parse(raw)
    if not isinstance(parts, list) or len(parts) != 3 or not isinstance(parts[0], str) or not isinstance(parts[1], str):
        raise Malformed("it is not [salt, name, value]")
    salt = parts[0].encode("utf-8")
    if len(salt) != 43 or not re.match(rb"[A-Za-z0-9_-]{43}\Z", salt) or len(decode_disclosure(salt)) != 32:
        raise Malformed("its salt is not 32 bytes")
    name, value = parts[1], parts[2]
    if name == "at" and not (isinstance(value, str) and _AT_TEXT.match(value)):
        raise Malformed("its at is malformed")
    if name == "person" and value is not None and not (isinstance(value, str) and _NAME_TEXT.match(value)):
        raise Malformed("its person is malformed")
    return name, value


# --- signed notes ------------------------------------------------------------------------------------


class Key(NamedTuple):
    name: str
    algorithm: int
    public: bytes
    id: bytes


def _is_name(text: str) -> bool:
    return bool(text) and "+" not in text and not any(c.isspace() or c < " " for c in text)


def parse_key(text: str) -> Key:
    """`name+hex8+base64(alg || key)`."""
    parts = text.split("+", 2)
    if len(parts) != 3 or not _is_name(parts[0]):
        raise Malformed("a verifier key is name+id+key")
    data = unb64(parts[2])
    if len(data) != 33 or data[0] not in (1, 4):
        raise Malformed("a verifier key of an unknown kind")
    identity = sha256(parts[0].encode("utf-8") + b"\n" + data)[:4]
    if identity.hex() != parts[1]:
        raise Malformed("a verifier key whose id is not its own")
    return Key(parts[0], data[0], data[1:], identity)


class Checkpoint(NamedTuple):
    origin: str
    size: int
    root: bytes
    body: bytes
    signatures: List[Tuple[str, bytes, bytes]]


_COUNT = re.compile(r"(?:0|[1-9][0-9]{0,16})\Z", re.ASCII)


def parse_checkpoint(data: bytes) -> Checkpoint:
    """Exactly three lines, a blank one, and well-formed signatures."""
    if len(data) > MAX_NOTE:
        raise Malformed("a note over 64 KiB")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Malformed("not UTF-8") from None
    if not text.endswith("\n"):
        raise Malformed("a note ends in a newline")
    lines = text[:-1].split("\n")
    if len(lines) < 5 or lines[3] != "":
        raise Malformed("a checkpoint is three lines, a blank one and its signatures")
    root = unb64(lines[2])
    if not _is_name(lines[0]) or not _COUNT.match(lines[1]) or len(root) != 32:
        raise Malformed("its three lines are malformed")
    signatures = []
    for line in lines[4:]:
        parts = line.split(" ")
        if len(parts) != 3 or parts[0] != "\u2014" or not _is_name(parts[1]):
            raise Malformed("a signature line is malformed")
        blob = unb64(parts[2])
        if len(blob) < 5:
            raise Malformed("a signature is too short")
        signatures.append((parts[1], blob[:4], blob[4:]))
    body = "\n".join(lines[:3]).encode("utf-8") + b"\n"
    return Checkpoint(lines[0], int(lines[1]), root, body, signatures)


def signers(checkpoint: Checkpoint, keys: Iterable[Key]) -> Set[Key]:
    """The known keys that signed; a line that claims a known key and fails, fails all."""
    known = {(key.name, key.id): key for key in keys}
    found = set()
    for name, identity, blob in checkpoint.signatures:
        key = known.get((name, identity))
        if key is None:
            continue
        message = checkpoint.body
        if key.algorithm == 4:
            if len(blob) != 72:
                raise Malformed("a cosignature of %s is malformed" % quoted(name))
            time = struct.unpack(">Q", blob[:8])[0]
            message, blob = b"cosignature/v1\ntime %d\n" % time + message, blob[8:]
        if not ed25519_verify(key.public, message, blob):
            raise Malformed("a signature of %s does not hold" % quoted(name))
        found.add(key)
    return found


# --- the tree ----------------------------------------------------------------------------------------

EMPTY_ROOT = sha256(b"")


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


class Edge:
    """The right edge of a growing tree."""

    __slots__ = ("peaks", "size")

    def __init__(self) -> None:
        self.size = 0
        self.peaks: List[bytes] = []

    def append(self, leaf: bytes) -> None:
        merges = self.size
        while merges & 1:
            leaf = node(self.peaks.pop(), leaf)
            merges >>= 1
        self.peaks.append(leaf)
        self.size += 1

    def append_many(self, data: bytes) -> None:
        """Append hashes that lie side by side; fast where a power of two of them is aligned."""
        place, new = 0, hashlib.sha256
        while place < len(data):
            count = min((len(data) - place) // 32, 1 << 12)
            count = 1 << (count.bit_length() - 1)
            while self.size % count:
                count >>= 1
            block = data[place : place + 32 * count]
            for _ in range(count.bit_length() - 1):
                block = b"".join([new(b"\x01" + block[i : i + 64]).digest() for i in range(0, len(block), 64)])
            merges = self.size // count
            while merges & 1:
                block = node(self.peaks.pop(), block)
                merges >>= 1
            self.peaks.append(block)
            self.size += count
            place += 32 * count

    def root(self) -> bytes:
        if not self.peaks:
            return EMPTY_ROOT
        root = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            root = node(peak, root)
        return root


def root_from_path(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> Optional[bytes]:
    """The root an inclusion path leads to, None where its length does not fit."""
    if not 0 <= index < size:
        return None
    place, last, found = index, size - 1, leaf
    for step in path:
        if last == 0:
            return None
        if place & 1 or place == last:
            found = node(step, found)
            while not place & 1 and place:
                place >>= 1
                last >>= 1
        else:
            found = node(found, step)
        place >>= 1
        last >>= 1
    return found if last == 0 else None


def consistent(old: int, size: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Whether the proof shows the old tree to be a beginning of the new one."""
    if not 0 <= old <= size:
        return False
    if old == size:
        return not path and old_root == new_root
    if old == 0:
        return not path and old_root == EMPTY_ROOT
    steps = list(path)
    if old & (old - 1) == 0:
        steps.insert(0, old_root)
    if not steps:
        return False
    place, last = old - 1, size - 1
    while place & 1:
        place >>= 1
        last >>= 1
    before = after = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            before, after = node(step, before), node(step, after)
            while not place & 1 and place:
                place >>= 1
                last >>= 1
        else:
            after = node(after, step)
        place >>= 1
        last >>= 1
    return last == 0 and before == old_root and after == new_root


class HeadsTree:
    """The tree over all incidents' heads, of which few change between two days."""

    def __init__(self) -> None:
        self.levels: List[List[bytes]] = [[]]
        self._changed: Set[int] = set()

    def put(self, index: int, entry: bytes) -> None:
        bottom = self.levels[0]
        if index == len(bottom):
            bottom.append(entry)
        else:
            bottom[index] = entry
        self._changed.add(index)

    def root(self) -> bytes:
        changed, level = self._changed, 0
        while len(self.levels[level]) > 1:
            below = self.levels[level]
            if level + 1 == len(self.levels):
                self.levels.append([])
            above = self.levels[level + 1]
            count = (len(below) + 1) // 2
            above.extend([b""] * (count - len(above)))
            changed = {index >> 1 for index in changed}
            for index in changed:
                pair = below[2 * index : 2 * index + 2]
                above[index] = node(pair[0], pair[1]) if len(pair) == 2 else pair[0]
            level += 1
        self._changed = set()
        return self.levels[level][0] if self.levels[level] else EMPTY_ROOT


# --- the event types (section 6) -----------------------------------------------------------------------

_INT = r"(?:0|[1-9][0-9]{0,14})"
_PAIR = r"\[(?:null|%s),(?:null|%s)\]" % (_INT, _INT)
_RANGE = r'\{"injured":%s,"killed":%s\}' % (_PAIR, _PAIR)
_NAME = '"[a-z2-7]{16}"'
_SLUG = r'"[a-z0-9][a-z0-9_.:/-]{0,63}"'
_DIGEST43 = r'"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]"'
_DAY = '"[0-9]{4}-[0-9]{2}-[0-9]{2}"'
_VKEY = r'"[!-*,-\[\]-~]{1,200}\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}"'


def _list(item: str) -> str:
    return r"\[(?:%s(?:,%s)*)?\]" % (item, item)


def _either(*words: str) -> str:
    return '"(?:%s)"' % "|".join(words)


# Each kind of value by the regular expression that its canonical text must match whole.
KINDS = {
    "seq": _INT,
    "seq?": "(?:null|%s)" % _INT,
    "seqs": _list(_INT),
    "count": _INT,
    "number": "[1-9][0-9]{0,14}",
    "number?": "(?:null|[1-9][0-9]{0,14})",
    "numbers": _list("[1-9][0-9]{0,14}"),
    "who": _NAME,
    "whos": _list(_NAME),
    "grade": '"[a-z_]{1,64}"',
    "grade?": '(?:null|"[a-z_]{1,64}")',
    "grades": _list('"[a-z_]{1,64}"'),
    "range": _RANGE,
    "range?": "(?:null|%s)" % _RANGE,
    "digest": '"%s"' % _HASH32,
    "bool": "(?:true|false)",
    "slug": _SLUG,
    "verb": r'"[a-z][a-z0-9_. -]{0,63}"',
    "verbs": _list(r'"[a-z][a-z0-9_. -]{0,63}"'),
    "incidents": _list('"i-[a-z2-7]{16}"'),
    "claim": '"c-[a-z2-7]{16}"',
    "two": r'\["[A-Za-z0-9_-]{1,24000}","[A-Za-z0-9_-]{1,24000}"\]',
    "digests": _list(_DIGEST43),
    "day": _DAY,
    "day?": "(?:null|%s)" % _DAY,
    "hex": '"[0-9a-f]{64}"',
    "vkey": _VKEY,
    "share": r"\[%s,%s\]" % (_INT, _INT),
    "distances": _list(r'\["[a-z_]{1,64}","[a-z_]{1,64}",%s\]' % _INT),
    "continues": r'(?:null|\{"lost":(?:null|%s),"origin":"[!#-*,-\[\]-~]{1,200}","root":"%s","size":[1-9][0-9]{0,14}\})' % (_INT, _HASH32),
    "format": '"assay/1"',
    "mode": _either("active", "log-only", "paused"),
    "role": _either("reviewer", "lead", "auditor", "admin"),
    "round": _either("first", "again", "second"),
    "result": _either("agreed", "disputed", "abandoned"),
    "exclusion": _either("conflict", "identity"),
    "by": _either("second_vote", "settler", "ladder"),
    "to": _either("round", "settlement"),
    "kind": _either("first", "verdict", "minor", "note"),
    "ground": _either("verdict", "minor", "note"),
    "outcome": _either("confirmed", "reopened"),
    "redaction": _either("personal_data", "source_at_risk", "court_order", "error"),
    "profile": _either("internal", "court", "public"),
}

# How streams, policies, codebooks, verbs and requirements are named is left open; lines that hold another name than
# most are looked at a second time.
_TEXT = r'"(?:[^"\\]|\\.)*"'
ANY_NAME = {"slug": _TEXT, "verb": _TEXT, "verbs": _list(_TEXT)}

LOG, INCIDENT, EITHER = "log", "incident", "either"
_ROLES = {"r": "reviewer", "l": "lead", "a": "auditor", "d": "admin", "p": "public", "s": "system"}
# What a profile shows of a disclosure: internal everything, court all but those marked !, public only those marked *.
REPORTERS = frozenset(["reporter"])
# In public these types tell only `publishable` of a source, and the rest where its last word is true.
OF_A_SOURCE = frozenset(["source.attached", "source.captured", "source.assessed"])


class Spec(NamedTuple):
    scope: str
    roles: frozenset
    body: Dict[str, str]
    seals: frozenset
    judged: str  # "E", "D" or ""
    public: frozenset  # the disclosures that the public profile may show
    internal: frozenset  # those that only the internal profile has to show


def _spec(scope: str, roles: str, body: str, seals: str, judged: str = "") -> Spec:
    fields = dict(field.split(":") for field in body.split())
    names = seals.split()
    shown = frozenset(name.rstrip("*") for name in names if name.endswith("*"))
    internal = frozenset([name.rstrip("!") for name in names if name.endswith("!")] + ["person"])
    sealed = frozenset([name.rstrip("*!") for name in names] + ["at", "person"])
    return Spec(scope, frozenset(_ROLES[letter] for letter in roles), fields, sealed, judged, shown, internal)


_SOURCE = "link* url* title* publisher* kind* language* published* role* origin* note! publishable*"
_CLOSED = "round:number commits:seqs superseded:seqs withdrawn:seqs excluded:seqs abstained:whos recused:whos released:whos"

SPECS: Dict[str, Spec] = {
    "log.opened": _spec(LOG, "s", "format:format vkey:vkey continues:continues", ""),
    "log.heads": _spec(LOG, "s", "n:count root:digest", ""),
    "key.rotated": _spec(LOG, "ds", "old:vkey new:vkey", ""),
    "clock.stepped": _spec(LOG, "ds", "from:day to:day", "reason"),
    "codebook.defined": _spec(LOG, "s", "id:slug sha256:hex grades:grades distances:distances", ""),
    "policy.set": _spec(
        LOG, "ds", "id:slug required:count share:share max_distance:count unanimity:bool", "times reason"
    ),
    "stream.defined": _spec(LOG, "ds", "stream:slug mode:mode", "name* reason*"),
    "stream.switched": _spec(LOG, "l", "stream:slug mode:mode", "name* reason*"),
    "person.joined": _spec(LOG, "rlads", "who:who", "name!"),
    "person.deactivated": _spec(LOG, "ds", "who:who", "name!"),
    "person.reactivated": _spec(LOG, "ds", "who:who", "name!"),
    "person.left": _spec(LOG, "rlads", "who:who", "name!"),
    "role.granted": _spec(LOG, "ds", "who:who role:role", "reason!"),
    "role.revoked": _spec(LOG, "ds", "who:who role:role", "reason!"),
    "claim.received": _spec(LOG, "rldps", "claim:claim", "text language translation url reporter!"),
    "claim.duplicated": _spec(LOG, "rl", "claim:seq of:seq?", "reason"),
    "claim.dismissed": _spec(LOG, "rl", "claim:seq of:seq?", "reason"),
    "claim.withdrawn": _spec(LOG, "rlps", "claim:seq of:seq?", "reason"),
    "claim.restored": _spec(LOG, "rl", "claim:seq of:seq?", "reason"),
    "claim.grouped": _spec(INCIDENT, "rlds", "claim:seq", "reason", "E"),
    "claim.ungrouped": _spec(INCIDENT, "rl", "claim:seq", "reason", "E"),
    "incident.opened": _spec(INCIDENT, "rl", "stream:slug", "facts* exact", "E"),
    "incident.described": _spec(INCIDENT, "rl", "material:bool", "facts* exact reason", "E"),
    "incident.imported": _spec(INCIDENT, "ds", "stream:slug source:slug", "facts* exact row", "E"),
    "grade.imported": _spec(INCIDENT, "ds", "grade:grade range:range codebook:seq", ""),
    "incident.restricted": _spec(INCIDENT, "l", "on:bool", "reason! people!"),
    "incident.merged": _spec(INCIDENT, "l", "other:incidents", "reason"),
    "incident.absorbed": _spec(INCIDENT, "l", "other:incidents", "reason"),
    "incident.split": _spec(INCIDENT, "l", "other:incidents", "reason"),
    "incident.dismissed": _spec(INCIDENT, "l", "", "reason"),
    "incident.withdrawn": _spec(INCIDENT, "l", "", "reason*"),
    "incident.restored": _spec(INCIDENT, "l", "", "reason"),
    "position.recorded": _spec(INCIDENT, "lds", "source:number?", "party* position* conceded* reason*", "E"),
    "source.attached": _spec(INCIDENT, "rlds", "source:number material:bool", _SOURCE, "E"),
    "source.captured": _spec(INCIDENT, "rlds", "source:number", "file* archive* checked*"),
    "source.derived": _spec(INCIDENT, "rlds", "source:number from:number", "file tool"),
    "source.assessed": _spec(
        INCIDENT, "rlds", "source:number material:bool", "role* publishable* credibility* coherence* note!", "E"
    ),
    "source.grouped": _spec(INCIDENT, "rlds", "origin:number sources:numbers", "reason", "E"),
    "source.withdrawn": _spec(INCIDENT, "rl", "source:number", "reason", "E"),
    "source.opened": _spec(INCIDENT, "rlad", "source:number", ""),
    "conflict.declared": _spec(INCIDENT, "rl", "", "ground!"),
    "conflict.lifted": _spec(INCIDENT, "rl", "", "ground!"),
    "round.opened": _spec(
        INCIDENT, "ls", "round:number kind:round of:seq? policy:seq codebook:seq evidence:digest", "reason"
    ),
    "round.extended": _spec(INCIDENT, "ls", "round:number", "reason"),
    "reviewer.assigned": _spec(INCIDENT, "rls", "round:number who:who", "reason"),
    "reviewer.released": _spec(INCIDENT, "ls", "round:number who:who", "reason"),
    "reviewer.recused": _spec(INCIDENT, "rl", "round:number", "reason!"),
    "reviewer.abstained": _spec(INCIDENT, "rl", "round:number", "reason"),
    "vote.committed": _spec(
        INCIDENT, "rl", "round:number evidence:digest replaces:seq?", "grade* range* rationale sources departs"
    ),
    "vote.withdrawn": _spec(INCIDENT, "rl", "of:seq", "reason"),
    "round.closed": _spec(INCIDENT, "ls", _CLOSED + " result:result grade:grade? range:range?", "reason", "D"),
    "vote.revealed": _spec(INCIDENT, "s", "of:seq disclosures:two", "", "D"),
    "vote.excluded": _spec(INCIDENT, "l", "of:seq ground:exclusion", "reason", "D"),
    "settlement.opened": _spec(INCIDENT, "s", "round:number", ""),
    "settlement.argued": _spec(INCIDENT, "rl", "settlement:seq", "text"),
    "settler.appointed": _spec(INCIDENT, "l", "settlement:seq who:who", "reason"),
    "settlement.closed": _spec(
        INCIDENT,
        "rls",
        "settlement:seq by:by grade:grade range:range second:number? answers:seqs",
        "rationale* replies*",
        "D",
    ),
    "dissent.recorded": _spec(INCIDENT, "rl", "of:seq", "text*", "D"),
    "grade.proposed": _spec(
        INCIDENT,
        "s",
        "version:number grade:grade range:range round:number settlement:seq? minority:seqs evidence:digest dossier:digest",
        "",
    ),
    "proposal.voided": _spec(INCIDENT, "rlads", "of:seq", "reason"),
    "grade.returned": _spec(INCIDENT, "l", "of:seq to:to", "reason*"),
    "grade.overridden": _spec(INCIDENT, "l", "of:seq grade:grade range:range", "reason*"),
    "override.seconded": _spec(INCIDENT, "l", "of:seq dossier:digest", "reason*"),
    "grade.approved": _spec(INCIDENT, "l", "of:seq override:seq? dossier:digest stale:seqs not_before:day?", "reason*"),
    "grade.published": _spec(INCIDENT, "ls", "version:number of:seq kind:kind", ""),
    "recheck.opened": _spec(INCIDENT, "rls", "version:number cause:seq", "reason*"),
    "recheck.closed": _spec(INCIDENT, "l", "version:number outcome:outcome", "reason*"),
    "grade.reopened": _spec(INCIDENT, "l", "version:number ground:ground", "reason*"),
    "correction.received": _spec(INCIDENT, "rladps", "", "text! reporter!"),
    "correction.published": _spec(INCIDENT, "l", "of:seq? version:count", "text*"),
    "attempt.refused": _spec(EITHER, "rlad", "verb:verb requirements:verbs", "detail!"),
    "detail.redacted": _spec(EITHER, "ld", "of:seq digests:digests ground:redaction asked_by:who", "reason!"),
    "import.made": _spec(LOG, "ds", "rows:count refused:count", "file"),
    "export.made": _spec(LOG, "lads", "profile:profile size:count", "recipient! purpose!"),
    "backup.made": _spec(LOG, "ds", "size:count", ""),
}

# Left out of the public profile unless a shown event refers to them.
WITHHELD_FROM_PUBLIC = ("person.", "role.", "claim.", "export.", "import.", "backup.")
# Hash only while the incident's round is open.
_MUTE = frozenset(
    [kind for kind in SPECS if kind.split(".")[0] in ("vote", "reviewer", "conflict", "source")] + ["attempt.refused"]
) - {"vote.revealed"}
_BALLOT = frozenset(["grade", "range", "rationale", "sources", "departs"])
_AFTER_EXIT = frozenset(
    [kind for kind in SPECS if kind.split(".")[0] in ("source", "correction")]
    + ["claim.ungrouped", "incident.restored", "incident.restricted", "detail.redacted", "attempt.refused"]
)
# What the public profile shows of an incident while its next version waits to be public.
_PASSING = frozenset(
    [kind for kind in SPECS if kind.split(".")[0] == "recheck"]
    + ["incident.merged", "incident.absorbed", "incident.split", "incident.dismissed", "incident.withdrawn"]
    + ["incident.restored", "correction.published", "detail.redacted"]
)
# The fields of each type that name other events by their seq.
_SEQS = {
    kind: [(field, told) for field, told in sorted(spec.body.items()) if told in ("seq", "seq?", "seqs")]
    for kind, spec in SPECS.items()
}
_BIRTHS = frozenset(["incident.opened", "incident.imported", "incident.split"])

_TYPE_TAIL = '","v":1}'
_KEYS = frozenset("actor body day incident iseq log prev role sd seq type v".split())


def line_pattern(kind: str, log: str) -> Any:
    """One expression that a canonical leaf of this type matches whole, so that few lines need a second look."""
    spec = SPECS[kind]
    body = ",".join('"%s":%s' % (name, KINDS[spec.body[name]]) for name in sorted(spec.body))
    digests = r"%s(?:,%s){%d}" % (_DIGEST43, _DIGEST43, len(spec.seals) - 1)
    return re.compile(
        r'\{"actor":"(system|[a-z2-7]{16})","body":(\{%s\}),"day":"([0-9]{4}-[0-9]{2}-[0-9]{2})",'
        r'"incident":(?:null|"(i-[a-z2-7]{16})"),"iseq":(?:null|(%s)),"log":%s,"prev":(?:null|"(%s)"),'
        r'"role":"(%s)","sd":(\[%s\]),"seq":(%s),"type":"%s","v":1\}\Z'
        % (
            body,
            _INT,
            re.escape(json.dumps(log, ensure_ascii=False)),
            _HASH32,
            "|".join(sorted(_ROLES.values())),
            digests,
            _INT,
            re.escape(kind),
        ),
        re.ASCII,
    )


# --- the three algorithms: tally, settlement, uninvolved --------------------------------------------------


class Vote:
    """One commitment; its grade and range are known from the reveal on."""

    __slots__ = ("actor", "grade", "mark", "range", "sealed", "seq", "shown", "state")

    def __init__(self, seq: int, actor: str, mark: int, sealed: Any) -> None:
        self.seq = seq
        self.actor = actor
        self.state = "live"
        self.shown = False  # whether a bundle says what it was
        self.mark = mark
        self.sealed = sealed
        self.grade: Optional[str] = None
        self.range: Optional[Range] = None


def pairs_of(value: Any) -> Range:
    """The four bounds of a range object."""
    killed, injured = value["killed"], value["injured"]
    return (killed[0], killed[1], injured[0], injured[1])


def upside_down(bounds: Range) -> bool:
    """Whether a known minimum exceeds a known maximum."""
    a, b, c, d = bounds
    return (a is not None and b is not None and a > b) or (c is not None and d is not None and c > d)


def envelope(votes: Iterable[Vote]) -> Range:
    """[least known minimum, greatest known maximum] of each pair."""
    columns = list(zip(*[vote.range or (None, None, None, None) for vote in votes])) or [()] * 4  # noqa: B905
    known = [[bound for bound in column if bound is not None] for column in columns]
    ends = (min, max, min, max)
    found = [ends[i](known[i]) if known[i] else None for i in range(4)]
    return (found[0], found[1], found[2], found[3])


def within(outer: Range, inner: Range) -> bool:
    """Whether every known bound of the inner range lies inside the outer one."""
    for low, high, bounds in ((outer[0], outer[1], inner[:2]), (outer[2], outer[3], inner[2:])):
        for bound in bounds:
            if bound is None:
                continue
            if (low is not None and bound < low) or (high is not None and bound > high):
                return False
    return True


class Tally(NamedTuple):
    result: str
    grade: Optional[str]
    range: Optional[Range]
    minority: List[int]


DISPUTED = Tally("disputed", None, None, [])


def tally(votes: Sequence[Vote], policy: Dict[str, Any], distances: Dict[Tuple[str, str], int]) -> Tally:
    """What the live votes of a round amount to under its policy, in whole numbers."""
    total = len(votes)
    counts: Dict[str, int] = {}
    for vote in votes:
        counts[vote.grade or ""] = counts.get(vote.grade or "", 0) + 1
    if not total:
        return DISPUTED
    most = max(counts.values())
    leading = [grade for grade, count in counts.items() if count == most]
    p, q = policy["share"]
    if len(leading) > 1 or q * most < p * total or (policy["unanimity"] and most < total):
        return DISPUTED
    grade = leading[0]
    for other in counts:
        if other != grade and distances.get((grade, other), MAX_INT) > policy["max_distance"]:
            return DISPUTED
    agreeing = [vote for vote in votes if vote.grade == grade]
    return Tally("agreed", grade, envelope(agreeing), [vote.seq for vote in votes if vote.grade != grade])


NO_CONSENSUS = "no_consensus"


# --- replay --------------------------------------------------------------------------------------------


class Round:
    """One pass of blind voting, kept small."""

    __slots__ = (
        "answers", "claimed", "codebook", "codebook_seq", "gap", "kind", "number", "policy", "policy_required", "policy_seq", "result",
        "reveal", "seq", "votes",
    )  # fmt: skip

    def __init__(self, body: Dict[str, Any], seq: int, policy: Dict[str, Any], codebook: Any) -> None:
        self.number: int = body["round"]
        self.kind: str = body["kind"]
        self.seq = seq
        self.policy_seq: int = body["policy"]
        self.codebook_seq: int = body["codebook"]
        self.policy = policy
        self.policy_required: int = policy["required"]
        self.codebook = codebook
        self.answers: Dict[str, str] = {}
        self.votes: Dict[int, Vote] = {}
        self.reveal: List[int] = []
        self.result = "open"
        self.claimed: Any = None
        self.gap = 0  # how many events since its opening are withheld

    def live(self) -> List[Vote]:
        return [vote for vote in self.votes.values() if vote.state == "live"]

    def live_of(self, actor: str) -> Optional[Vote]:
        for vote in self.votes.values():
            if vote.actor == actor and vote.state == "live":
                return vote
        return None


class Settlement:
    __slots__ = ("arguments", "closed", "ended", "gap", "returned", "round", "second", "seq", "settlers", "shown_argument")

    def __init__(self, seq: int, round_number: int) -> None:
        self.seq = seq
        self.round = round_number
        self.second: Optional[int] = None
        self.arguments: List[Tuple[int, str]] = []
        self.settlers: List[Tuple[int, str]] = []
        self.closed = False
        self.ended = False
        self.returned = -1
        self.gap = False
        self.shown_argument: Optional[int] = None

    @property
    def open(self) -> bool:
        return not self.closed and not self.ended

    @property
    def argues(self) -> bool:
        """Whether arguments may still come: they are mute, and end with the opening of the second vote."""
        return self.open and self.second is None


class Proposal:
    __slots__ = ("approved", "approver", "dossier", "minority", "not_before", "override", "seq", "version", "grade", "range", "seconded")

    def __init__(self, seq: int, body: Dict[str, Any]) -> None:
        self.seq = seq
        self.version: int = body["version"]
        self.grade: str = body["grade"]
        self.range = body["range"]
        self.minority: List[int] = body["minority"]
        self.dossier: str = body["dossier"]
        self.override: Any = None  # (seq, actor, grade, range)
        self.seconded = False
        self.approved: Optional[int] = None
        self.approver = ""
        self.not_before: Optional[str] = None


class Result(NamedTuple):
    """What a proposal must say."""

    grade: str
    ranges: List[Range]
    round: int
    settlement: Optional[int]


class Incident:
    """One incident's chain so far."""

    __slots__ = (
        "absorbed", "before_exit", "brought", "carried", "claims", "conflicts", "count", "cut", "dissents", "dossier",
        "dossier_sure", "entered",
        "evidence", "evidence_sure", "expect", "frozen", "gaps", "id", "imported", "index", "last", "last_seq", "link", "moved",
        "moves", "mute_shown", "origins", "people", "proposal", "recheck", "reopened", "restricted", "roles", "silenced",
        "result", "round", "rounds", "rounds_opened", "settled", "settlement", "skipped", "sources", "stage", "standing", "stream", "versions", "voided", "voted",
        "waits", "weighed", "withdrawn_at",
    )  # fmt: skip

    def __init__(self, name: str, index: int) -> None:
        self.id = name
        self.index = index
        self.stage = ""
        self.before_exit = "logged"
        self.count = 0
        self.last: Optional[bytes] = None
        self.link: Optional[str] = None  # what the next event must name as the one before it
        self.last_seq = -1
        self.evidence = self.dossier = sha256(name.encode("ascii"))
        self.evidence_sure = self.dossier_sure = True
        self.frozen: Optional[Tuple[int, bytes]] = None
        self.expect: Any = None  # (types that must follow in the act, check, sentence, whether others may come before)
        self.moved = False
        self.voided = -1
        self.gaps = 0
        self.cut = False  # a round or a settlement was open when its log ended: what was mute of it stays so
        self.mute_shown: Optional[int] = None
        self.imported = False
        self.restricted = False
        self.recheck = False
        self.reopened: Optional[str] = None
        self.stream: Optional[str] = None
        self.sources = 0
        self.origins: Optional[Set[Any]] = None  # those that were named; None among them: one that is not told
        self.roles: Optional[Dict[int, str]] = None  # source -> the part that it plays, as far as it is told
        self.claims: Optional[Set[int]] = None
        self.dissents: Optional[Dict[int, int]] = None  # dissent -> its vote
        self.silenced: Optional[Dict[int, Any]] = None  # vote -> its last dissent, and who had words of one removed
        self.entered: Set[str] = set()
        self.voted: Optional[Set[str]] = None
        self.settled: Optional[Set[str]] = None
        self.conflicts: Optional[Set[str]] = None
        self.carried: Optional[Set[str]] = None  # persons who took part in what was merged into it
        self.brought: Optional[Set[str]] = None  # and those of them who entered it
        self.absorbed: Any = None
        self.people: Dict[str, str] = {}
        self.moves: List[Tuple[int, bool]] = []
        self.round: Optional[Round] = None  # the open one
        self.rounds: Dict[int, Round] = {}
        self.settlement: Optional[Settlement] = None
        self.result: Optional[Result] = None
        self.standing: Optional[Result] = None  # that of the version which stands, while the next one is under way
        self.proposal: Optional[Proposal] = None
        self.rounds_opened = 0
        self.versions: List[Tuple[int, int, str, Range, str]] = []  # version, seq, grade, range, kind
        self.withdrawn_at = -1
        self.weighed: Optional[bytes] = None  # what of the facts votes are about, as far as it is shown
        self.waits = False  # a next version is under way, which the public profile does not show
        self.skipped = False  # and something of it stands between what is shown

    @property
    def version(self) -> int:
        return self.versions[-1][0] if self.versions else 0

    def come_to_rest(self) -> str:
        """What was under way is given up: back to the stage and the result of the version that stands, if there is one."""
        self.result = self.standing if self.version else None
        return "published" if self.version else "logged"

    @property
    def head(self) -> Tuple[str, int, bytes]:
        """Id, count and last leaf, as of the opening of a round that is open."""
        count, last = self.frozen or (self.count, self.last or b"")
        return self.id, count, last

    @property
    def at_rest(self) -> bool:
        """Whether nothing is under way: published, and no round, settlement or proposal open."""
        under_way = (self.round, self.settlement, self.proposal, self.expect)
        return self.stage == "published" and self.result is not None and not self.restricted and under_way == (None, None, None, None)


def packed(incident: Incident) -> bytes:
    """A published incident in a few hundred bytes: most of a long log are, and are not heard of again."""
    slots = []
    for slot in Incident.__slots__:
        value = getattr(incident, slot)
        if slot == "rounds":
            value = [_packed_round(round_) for round_ in value.values()]
        if slot == "result":
            value = list(value)
        slots.append(None if slot == "versions" else value)
    return marshal.dumps(slots)


def _packed_round(round_: Round) -> List[Any]:
    votes = [[getattr(vote, slot) for slot in Vote.__slots__] for vote in round_.votes.values()]
    rest = [getattr(round_, slot) for slot in Round.__slots__ if slot not in ("votes", "policy", "codebook")]
    return [votes, round_.policy_seq, round_.codebook_seq, rest]


def unpacked(data: bytes, versions: Any, policies: Dict[int, Any], codebooks: Dict[int, Any]) -> Incident:
    """The incident as it was before `packed`."""
    incident = Incident.__new__(Incident)
    for slot, value in zip(Incident.__slots__, marshal.loads(data)):  # noqa: B905
        if slot == "rounds":
            value = {round_.number: round_ for round_ in [_unpacked_round(one, policies, codebooks) for one in value]}
        if slot == "result":
            value = Result(*value)
        setattr(incident, slot, value)
    incident.versions = versions
    return incident


def _unpacked_round(told: List[Any], policies: Dict[int, Any], codebooks: Dict[int, Any]) -> Round:
    round_ = Round.__new__(Round)
    names = [slot for slot in Round.__slots__ if slot not in ("votes", "policy", "codebook")]
    for slot, value in zip(names, told[3]):  # noqa: B905
        setattr(round_, slot, value)
    round_.policy, round_.codebook = policies.get(told[1], FALLBACK_POLICY), codebooks.get(told[2], (frozenset(), {}))
    round_.votes = {}
    for values in told[0]:
        vote = Vote.__new__(Vote)
        for slot, value in zip(Vote.__slots__, values):  # noqa: B905
            setattr(vote, slot, value)
        round_.votes[vote.seq] = vote
    return round_


FALLBACK_POLICY: Dict[str, Any] = {"required": 3, "share": [2, 3], "max_distance": 1, "unanimity": False}
EXITS = frozenset(["merged", "split", "dismissed", "withdrawn"])
LIVE = frozenset(["logged", "grading", "settlement", "approval", "published"])
IN_FLIGHT = frozenset(["grading", "settlement", "approval"])
_AT = {
    "round.extended": frozenset(["grading", "settlement"]),
    "reviewer.assigned": frozenset(["grading", "settlement"]),
    "reviewer.released": frozenset(["grading", "settlement"]),
    "reviewer.recused": frozenset(["grading", "settlement"]),
    "reviewer.abstained": frozenset(["grading", "settlement"]),
    "vote.committed": frozenset(["grading", "settlement"]),
    "vote.withdrawn": frozenset(["grading", "settlement"]),
    "round.closed": frozenset(["grading", "settlement"]),
    "settlement.opened": frozenset(["grading"]),
    "settlement.argued": frozenset(["settlement"]),
    "settler.appointed": frozenset(["settlement"]),
    "settlement.closed": frozenset(["settlement"]),
    "dissent.recorded": frozenset(["settlement", "approval"]),
    "grade.proposed": frozenset(["grading", "settlement"]),
    "proposal.voided": frozenset(["approval"]),
    "grade.returned": frozenset(["approval"]),
    "grade.overridden": frozenset(["approval"]),
    "override.seconded": frozenset(["approval"]),
    "grade.approved": frozenset(["approval"]),
    "grade.published": frozenset(["approval"]),
    "grade.reopened": frozenset(["published"]),
    "incident.restored": EXITS,
    "grade.imported": frozenset(["logged"]),
}
for _kind in SPECS:
    if _kind not in _AT and SPECS[_kind].scope == INCIDENT and _kind not in _BIRTHS:
        _AT[_kind] = LIVE | EXITS if _kind in _AFTER_EXIT else LIVE
del _kind

_MISSING = object()
# Guard 6: yes as well as no; a vote, a settlement and an approval are looked at where they are judged.
_REASONED = frozenset(
    ["grade.returned", "grade.overridden", "override.seconded", "grade.reopened", "incident.withdrawn"]
)


def weighed(facts: Any) -> Optional[bytes]:
    """What of the facts is material: the date, the points, the parties, the kind of strike and the ranges."""
    try:
        told = facts or {}
        dates = [told.get("date_type") or "unknown", told.get("date"), told.get("date_end")]
        points = sorted(list(map(float, one["point"])) for one in told.get("places") or () if one.get("point"))
        parties = sorted(
            [one["name"], one.get("role") or "suspected", bool(one.get("tracked", True))] for one in told.get("parties") or ()
        )
        ranges = sorted((name, list(pairs_of(one))) for name, one in (told.get("ranges") or {}).items())
        return sha256(canonical([dates, points, parties, told.get("strike_status"), ranges]))
    except (AttributeError, KeyError, IndexError, TypeError, ValueError):
        return None  # not shown, or of a desk that writes its facts in another way


def kept(word: str) -> str:
    """A word that is kept for long: a long one as its hash, so that a hostile bundle fills no memory."""
    return sys.intern(word if len(word) <= 64 else sha256(word.encode("utf-8", "surrogatepass")).hex())


def is_told(words: Any) -> bool:
    """Whether a reason says something, or is not shown."""
    return words is _MISSING or (isinstance(words, str) and bool(words.strip()))


NO_CAUSE = "its cause is no event before it"
NO_CORRECTION = "it answers no event before it"
GIVEN_UP = "what is withheld of the abandoned round is not the votes that its close lists"
MISSING_SIDE = "the other side of a merge or split is missing"
CUT_TAIL = "the last log.heads knows %d events of this incident: its tail was cut or altered"


def in_log(name: str) -> str:
    """How a sentence ends that is about a log which the signed one continues."""
    return " (in the log %s, which was continued)" % name


class Replay:
    """The whole log, event by event: every transition legal under the rules in force, every grade recomputed.

    Only what AUDIT-FORMAT or DESIGN binds fails: the log of another program that keeps to both is not accused.

    `feed` takes one event (its twelve keys), the disclosures of it that are shown (name -> value) and its leaf hash.
    `bundle` is False where the complete log is fed, muted events included. `full` is False where the log's own events
    are not all at hand, so that roles are only asserted and the state of streams and claims is not known. `public` is
    True where a version that is not published yet is withheld.
    """

    def __init__(self, failures: Failures, bundle: bool = True, full: bool = True, public: bool = False) -> None:
        self.failures = failures
        self.bundle = bundle
        self.full = full
        self.public = public
        self.base = 0  # how many leaves the logs hold that the present one continues
        self.ended: List[Tuple[int, str]] = []  # those logs: where each ended, and its name
        self._incidents: Dict[str, Any] = {}  # id -> Incident, or its packed bytes
        self.versions: Dict[str, List[Tuple[int, int, str, Range, str]]] = {}  # id -> its determinations
        self.people: Dict[str, List[Any]] = {}  # log pseudonym -> [active, role]
        self.before: Dict[str, Set[str]] = {}  # log pseudonym -> the roles that another one took the place of
        self.leads: Set[str] = set()  # who was ever one
        self.policies: Dict[int, Dict[str, Any]] = {}
        self.codebooks: Dict[int, Any] = {}
        self.codebook_bodies: List[Dict[str, Any]] = []
        self.streams: Dict[str, str] = {}
        self.claims: Dict[int, str] = {}  # receipt -> received, or set aside how, or the incident where it is grouped
        self.claim_names: Set[int] = set()
        self.rotations: List[Tuple[int, str, str]] = []
        self.opened: Optional[Dict[str, Any]] = None
        self.left: Dict[str, int] = {}  # who has left for good, and where
        self.day = ""
        self.at = ""  # a time of that day
        self.act_at: Any = None  # the time that the events of one act share, as far as it is shown
        self.act_from = 0  # the first of them
        self.last_seq = -1
        self.redacted: Dict[str, Tuple[int, int, Optional[str]]] = {}  # digest -> (redaction, event, incident)
        # Leaf hash of a muted event -> behind and before which place it must lie, and the event that links to it.
        self.wanted: Dict[str, Tuple[int, int, int]] = {}
        self.heads: List[Tuple[int, Dict[str, Any]]] = []
        self.unfixed = 0  # how many of them could not be recomputed
        self.tree = HeadsTree()
        self.dirty: Dict[int, Any] = {}  # index -> the incident, or its head where it is packed
        self.muted = 0
        self.withheld_before = False  # set by whoever reads the bundle, at the first leaf that is not shown
        self.withheld_last = -1  # and the last one so far
        # The close of a round that was given up, and each vote that it lists: that is withheld.
        self.unseen: List[Tuple[int, int]] = []
        # Of the last log.heads before it, a gap: that place, the events around it, and how many of its incident stand
        # before and behind it.
        self.spanned: Dict[str, Tuple[int, int, int, int, int]] = {}
        self.gaps: List[Tuple[int, int, int]] = []  # behind and before which place so many events are withheld
        # The side told first: its event, whether it is the source's, its day, and its time where that is shown.
        self.open_merges: Dict[Tuple[str, str], Tuple[int, bool, str, Any]] = {}
        self.unpaired: List[Tuple[int, str]] = []  # event, and the incident of its other side, of which nothing is shown
        # Claims that were not seen to leave: event, what it made of the claim, incident, round behind whose opening.
        self.regrouped: List[Tuple[int, str, str, int]] = []
        self.published: List[int] = []
        self.recomputed = 0
        self.given_up = 0  # rounds of which no vote is ever shown
        self.broken_off = 0  # settlements that ended without a result, of which no argument is ever shown
        self.ladders = 0  # settlements that ended because nobody settled them
        self.under_another = 0  # rounds that were opened under another policy than the latest
        self.second_under_another = 0  # second votes under another policy or codebook than the disputed round
        self.not_made_anew = 0  # rounds that were opened where the votes before them still bore a result
        self.without_words = 0  # approvals by somebody who had words of a dissent removed
        self.absorbing = False  # something was merged into an incident, and who took part in it is not told
        self._ranges: Dict[Range, Range] = {}
        self.roles_checked = 0
        self._handlers: Dict[str, Callable[..., None]] = {
            kind: getattr(self, "_" + kind.replace(".", "_"))
            for kind in SPECS
            if hasattr(self, "_" + kind.replace(".", "_"))
        }

    def fail(self, check: str, seq: Optional[int], sentence: str) -> None:
        """Note what does not hold at a place counted over all logs, by its seq in the log that it stands in."""
        if seq is None:
            self.failures.add(check, None, sentence, "")
            return
        own, name = self.place(seq)
        self.failures.add(check, own, sentence, in_log(name) if name else "")

    def place(self, seq: int) -> Tuple[int, str]:
        """The seq in its own log of a place counted over all logs, and that log's name where it was continued."""
        base = 0
        for end, name in self.ended:
            if seq < end:
                return seq - base, name
            base = end
        return seq - base, ""

    # what a caller may ask

    def stage(self, incident: str) -> Optional[str]:
        """The stage of an incident, None where it is not known."""
        found = self.get(incident)
        return found.stage if found else None

    def get(self, name: str) -> Optional[Incident]:
        """An incident as it stands, None where it is not known."""
        found = self._incidents.get(name)
        return self._unpacked(name, found) if type(found) is bytes else found

    def _unpacked(self, name: str, data: bytes) -> Incident:
        return unpacked(data, self.versions[name], self.policies, self.codebooks)

    def names(self) -> List[str]:
        """Every incident in the order of its first event."""
        return list(self._incidents)

    def under_way(self) -> Iterator[Incident]:
        """Every incident that is not at rest, in the order of its first event."""
        return (found for found in self._incidents.values() if type(found) is not bytes)

    def grades(self) -> Dict[str, List[Tuple[int, int, str, Range, str]]]:
        """The determinations of each incident: (version, seq, grade, range, kind)."""
        return {name: list(found) for name, found in self.versions.items()}

    # one event

    def feed(self, event: Event, shown: Dict[str, Any], leaf: Optional[bytes] = None) -> None:
        """Judge one event; what does not hold is added to the failures."""
        if self.base:
            event, shown = self._placed(event, shown)
        seq, kind = event["seq"], event["type"]
        spec = SPECS.get(kind)
        if spec is None:
            self.fail("type", seq, "%s is no type of this format" % quoted(kind))
            return
        handler = self._handlers.get(kind)
        if handler is None:
            self.fail("type", seq, "%s is a type that this verifier does not judge yet" % kind)
            return
        if leaf is None:
            leaf = sha256(b"\x00" + canonical(event))
        if event["day"] != self.day:
            self._new_day(event)
        actor, role = event["actor"], event["role"]
        if role not in spec.roles:
            self.fail("role", seq, "%s is not for the role %s" % (kind, role))
        if (actor == "system") is not (role == "system"):
            self.fail("actor", seq, "the actor %s does not go with the role %s" % (actor, role))
        if "at" in shown and shown["at"] != self.at:
            self._check_time(event, shown["at"])
        if kind in _REASONED and not is_told(shown.get("reason", _MISSING)):
            self.fail("reasoned", seq, "%s carries a reason" % kind)
        name = event["incident"]
        if name is None:
            if spec.scope == INCIDENT:
                self.fail("scope", seq, "%s belongs to an incident" % kind)
                return
            if "person" in shown:
                self._check_person(event, shown["person"], None)
            handler(event, shown)
            self.last_seq = seq
            return
        if spec.scope == LOG:
            self.fail("scope", seq, "%s belongs to no incident" % kind)
            return
        incident = self._incidents.get(name)
        if incident is None:
            incident = self._incidents[name] = Incident(name, len(self._incidents))
        elif type(incident) is bytes:
            incident = self._incidents[name] = self._unpacked(name, incident)
        iseq = event["iseq"]
        if iseq != incident.count or event["prev"] != incident.link:
            self._chain(incident, event)
        if "person" in shown:
            person = shown["person"]
            if role != "system" or person is not None:
                self._check_person(event, person, incident)
        if incident.expect is not None or incident.moved:
            self._act_goes_on(incident, event)
        if incident.stage in _AT.get(kind, ()) or self._stage_allows(incident, event):
            handler(incident, event, shown)
        judged = spec.judged
        if judged and event["body"].get("material") is not False:
            self._digest(incident, event, judged, leaf)
        incident.count = iseq + 1
        incident.link = b2a_base64(leaf, newline=False).decode("ascii")
        incident.last = leaf
        incident.last_seq = self.last_seq = seq
        if kind == "round.opened":
            incident.frozen = (incident.count, leaf)
        if kind in _MUTE and incident.round is not None and incident.mute_shown is None:
            incident.mute_shown = seq
        self.dirty[incident.index] = incident
        if kind == "grade.published" and incident.at_rest:
            self.dirty[incident.index] = incident.head
            self._incidents[name] = packed(incident)

    def _placed(self, event: Event, shown: Dict[str, Any]) -> Tuple[Event, Dict[str, Any]]:
        """The event with its own seq, and those that it names, counted from the first leaf of the first log."""
        base, body = self.base, dict(event["body"])
        for field, told in _SEQS.get(event["type"], ()):
            value = body[field]
            if value is not None:
                body[field] = [one + base for one in value] if told == "seqs" else value + base
        replies = shown.get("replies")
        if event["type"] == "settlement.closed" and isinstance(replies, dict):
            shown = dict(shown, replies={str(int(seq) + base): text for seq, text in replies.items()})
        return dict(event, seq=event["seq"] + base, body=body), shown

    def cross(self, size: int, name: str) -> None:
        """The log of this name ended after so many leaves, and the next one continues it.

        What was in flight falls, and nothing of it was revealed. What was decided, and who took part, stands.
        """
        self.ended.append((self.base + size, name))
        self._check_open_acts()
        for incident in self.under_way():
            self._fall(incident)
            self.dirty[incident.index] = incident
        self.base += size
        self.opened, self.rotations, self.published, self.heads = None, [], [], []

    def _fall(self, incident: Incident) -> None:
        round_, settlement = incident.round, incident.settlement
        settles = settlement is not None and settlement.open
        if self.bundle and round_ is not None and round_.votes:
            self.fail("mute", min(round_.votes), "a vote of a round that fell where its log ended is shown")
        if self.bundle and settles and settlement is not None and settlement.shown_argument is not None:
            self.fail("mute", settlement.shown_argument, "an argument of a settlement that fell where its log ended is shown")
        if round_ is not None:
            self.given_up += 1
            round_.result, round_.votes, round_.answers = "abandoned", {}, {}
            # Where nothing behind its opening is shown, it may have been closed, and its version waits on.
            incident.waits = incident.waits and incident.last_seq == round_.seq
            # A vote of it that was excluded moved the dossier, and no event tells of it.
            incident.dossier_sure = incident.dossier_sure and not self.bundle
        if settlement is not None and settles:
            settlement.ended, settlement.shown_argument = True, None
        # Where nothing of it followed since the joint before, its tail is still the one that was cut there.
        incident.cut = round_ is not None or settles or (incident.cut and incident.last_seq < self.base)
        if incident.cut and self.bundle:
            incident.origins = (incident.origins or set()) | {None}  # what of its sources was muted stays so
        incident.round = incident.frozen = incident.proposal = incident.mute_shown = incident.expect = None
        incident.moved = False
        incident.reopened = None
        rest = "published" if incident.version else "logged"
        incident.stage = rest if incident.stage in IN_FLIGHT else incident.stage
        incident.before_exit = rest if incident.before_exit in IN_FLIGHT else incident.before_exit

    def _new_day(self, event: Event) -> None:
        if not real_day(event["day"]):
            self.fail("day", event["seq"], "%s is no day" % quoted(event["day"]))
            return
        if event["day"] < self.day and event["type"] != "clock.stepped":
            self.fail("day", event["seq"], "the day goes back from %s to %s" % (self.day, event["day"]))
        self.day, self.at, self.act_at, self.act_from = event["day"], "", None, event["seq"]

    def _in_act(self, incident: Incident, seq: int) -> bool:
        """Whether the event before this one of its incident stands in the same act: with nothing between, or at its time.

        DESIGN section 5: an act takes one timestamp. Several incidents may have their events in it, in any order.
        """
        return incident.last_seq == seq - 1 or incident.last_seq >= self.act_from

    def _check_time(self, event: Event, at: Any) -> None:
        """The time is of its day; or of the day before, where a clock was set right over midnight and the log stayed."""
        if at != self.act_at:
            if self.act_at is not None:
                self.act_from = event["seq"]
            self.act_at = at
        day, of = event["day"], str(at)[:10]
        if of == day:
            self.at = at
            return
        if not real_day(day):
            return  # named already
        if not real_day(of) or (date.fromisoformat(day) - date.fromisoformat(of)).days != 1:
            self.fail("day", event["seq"], "the time that it seals is not of its day")

    def _chain(self, incident: Incident, event: Event) -> None:
        seq, iseq, prev = event["seq"], event["iseq"], event["prev"]
        if iseq == incident.count:
            self.fail("chain", seq, "its link is not the hash of the event before it in its incident")
            return
        if iseq < incident.count or prev is None or not self.bundle:
            self.fail("chain", seq, "its place in its incident is %d, after %d events" % (iseq, incident.count))
            return
        missing = iseq - incident.count
        self.muted += missing
        incident.gaps += missing
        if self.heads and incident.last_seq < self.heads[-1][0]:
            self.spanned[incident.id] = (self.heads[-1][0], incident.last_seq, seq, incident.count, iseq)
        if prev in self.wanted:
            self.fail("chain", seq, "another gap ends in the same leaf")
        end = self._gap(incident, event, missing)
        self.wanted[prev] = (incident.last_seq, end, seq)
        self.gaps.append((incident.last_seq, end, missing))
        if end - incident.last_seq - 1 < missing:
            self.fail("chain", seq, "%d events of its incident have no room before it" % missing)

    def _gap(self, incident: Incident, event: Event, missing: int) -> int:
        """Why events of the incident before this one may be withheld, and before which place they must lie."""
        seq: int = event["seq"]
        if incident.round is not None:
            incident.round.gap += missing
        elif incident.waits and event["type"] in _PASSING:
            incident.skipped = True
        elif incident.settlement is not None and incident.settlement.argues:
            incident.settlement.gap = True
        elif incident.cut and incident.last_seq < self.base:
            return self.base  # what fell stands before the joint, and nothing behind it is mute with it
        else:
            self.fail("withheld", seq, "%d events of its incident before it are withheld without a reason" % missing)
        return seq

    def _check_person(self, event: Event, person: Optional[str], incident: Optional[Incident]) -> None:
        seq, actor, role = event["seq"], event["actor"], event["role"]
        if role in ("system", "public"):
            if person is not None:
                self.fail("person", seq, "a person is named for an act of %s" % role)
            return
        if person is None:
            self.fail("person", seq, "no person stands behind the actor")
            return
        if incident is not None:
            known = incident.people.get(actor)
            if known is None:
                if person in incident.people.values():
                    self.fail("person", seq, "one person acts under two names in one incident")
                incident.people[actor] = sys.intern(person)
            elif known != person:
                self.fail("person", seq, "one name in an incident stands for two people")
        elif actor != person and not event["type"].startswith("claim."):
            self.fail("person", seq, "the actor of a log event is not the person")
        if not self.full:
            return
        held = self.people.get(person)
        if event["type"] == "person.joined" and event["body"]["who"] == person:
            return
        if held is None or not held[0]:
            self.fail("role", seq, "the person is not, or no longer, of this desk")
        elif held[1] != role:
            self.fail("role", seq, "the person holds the role %s, not %s" % (held[1], role))
        else:
            self.roles_checked += 1

    def _act_goes_on(self, incident: Incident, event: Event) -> None:
        seq, kind = event["seq"], event["type"]
        here = self._in_act(incident, seq)
        if incident.expect is not None:
            kinds, check, sentence, later = incident.expect
            if not (later and here) or kind in kinds:
                incident.expect = None
            if not here or not (later or kind in kinds):
                self.fail(check, seq, sentence)
        elif incident.moved and not here:
            self.fail("proposal", seq, "the dossier moved under a proposal that was not voided in the same act")
            incident.moved = False

    def _stage_allows(self, incident: Incident, event: Event) -> bool:
        kind, seq = event["type"], event["seq"]
        if not incident.stage:
            if kind in _BIRTHS and event["iseq"] == 0:
                return True
            self.fail("stage", seq, "%s cannot be the first event of an incident" % kind)
            return False
        if kind in _BIRTHS and kind != "incident.split":
            self.fail("stage", seq, "%s can only be the first event of an incident" % kind)
            return False
        allowed = _AT.get(kind)
        if kind == "incident.split":
            allowed = LIVE
        if allowed is not None and incident.stage not in allowed:
            self.fail("stage", seq, "%s is not possible at the stage %s" % (kind, incident.stage))
            return False
        return True

    def _digest(self, incident: Incident, event: Event, judged: str, leaf: bytes) -> None:
        if judged == "E":
            incident.evidence = sha256(incident.evidence + leaf)
            if incident.voted is not None or incident.round is not None:
                incident.moves.append((event["seq"], event["type"] == "source.attached"))
        incident.dossier = sha256(incident.dossier + leaf)
        if incident.stage == "approval" and incident.proposal is not None and incident.proposal.approved is None:
            incident.moved = True

    # the log's own events

    def _log_opened(self, event: Event, shown: Dict[str, Any]) -> None:
        if event["seq"] != self.base:
            self.fail("log", event["seq"], "a log is opened by its first event only")
        self.opened = event["body"]

    def _log_heads(self, event: Event, shown: Dict[str, Any]) -> None:
        self.take_heads(event["seq"], event["body"])

    def take_heads(self, seq: int, body: Dict[str, Any]) -> None:
        """Bring the heads up to this event and compare where nothing was withheld before it."""
        for index in sorted(self.dirty):
            changed = self.dirty[index]
            name, count, last = changed.head if isinstance(changed, Incident) else changed
            entry = '["%s",%d,"%s"]' % (name, count, b64(last))
            self.tree.put(index, sha256(b"\x00" + entry.encode("ascii")))
        self.dirty = {}
        before = self.heads[-1][1]["n"] if self.heads else 0
        self.heads.append((seq, body))
        if self.withheld_before:
            self.unfixed += 1
            if body["n"] < max(before, len(self._incidents)):
                self.fail("heads", seq, "it counts %d incidents, and %d began before it" % (body["n"], max(before, len(self._incidents))))
            return
        if body["n"] != len(self._incidents):
            self.fail("heads", seq, "it counts %d incidents, there are %d" % (body["n"], len(self._incidents)))
        elif unb64(body["root"]) != self.tree.root():
            self.fail("heads", seq, "its root is not that of the incidents' heads")

    def _key_rotated(self, event: Event, shown: Dict[str, Any]) -> None:
        body = event["body"]
        present = self.rotations[-1][2] if self.rotations else (self.opened or {}).get("vkey")
        if body["old"] != present:
            self.fail("key", event["seq"], "the key that it retires is not the present one")
        self.rotations.append((event["seq"], body["old"], body["new"]))

    def _clock_stepped(self, event: Event, shown: Dict[str, Any]) -> None:
        """AUDIT-FORMAT 11, Lines: dates are real. Which two days of a clock it names is left open."""
        for field in ("from", "to"):
            if not real_day(event["body"][field]):
                self.fail("day", event["seq"], "its %s is no day" % field)

    def _codebook_defined(self, event: Event, shown: Dict[str, Any]) -> None:
        body = event["body"]
        grades = frozenset(body["grades"])
        distances: Dict[Tuple[str, str], int] = {}
        for a, b, distance in body["distances"]:
            if a not in grades or b not in grades or (a == b and distance) or distances.get((a, b), distance) != distance:
                self.fail("codebook", event["seq"], "its distances do not fit its grades")
            distances[a, b] = distances[b, a] = distance
        if len(grades) != len(body["grades"]) or not grades or NO_CONSENSUS in grades:
            self.fail("codebook", event["seq"], "its grades are not distinct, or one is called no_consensus")
        self.codebooks[event["seq"]] = (grades, distances)
        self.codebook_bodies.append(body)

    def _policy_set(self, event: Event, shown: Dict[str, Any]) -> None:
        body = event["body"]
        p, q = body["share"]
        if body["required"] < 2 or q < 1 or p > q or 3 * p < 2 * q:
            self.fail("policy", event["seq"], "it asks for fewer than two votes or for less than two thirds")
        self.policies[event["seq"]] = body

    def _stream_defined(self, event: Event, shown: Dict[str, Any]) -> None:
        """DESIGN 4, Rights: a lead switches a stream; one that is defined anew, under another name, stays in its mode."""
        key, mode = event["body"]["stream"], event["body"]["mode"]
        if self.streams.get(key, mode) != mode and self.full:
            self.fail("stream", event["seq"], "the stream is defined already, and switched by a lead only")
        self.streams[key] = mode

    def _stream_switched(self, event: Event, shown: Dict[str, Any]) -> None:
        key = event["body"]["stream"]
        if key not in self.streams and self.full:
            self.fail("stream", event["seq"], "the stream is not defined")
        self.streams[key] = event["body"]["mode"]

    def _person_joined(self, event: Event, shown: Dict[str, Any]) -> None:
        self._by_admin_or_self(event)
        self._known(event)[0] = True

    def _known(self, event: Event) -> List[Any]:
        """AUDIT-FORMAT 3, Leaving: the key of who left is no more, so that nobody bears that name again."""
        who = event["body"]["who"]
        if who in self.left:
            self.fail("person", event["seq"], "the person has left for good")
        return self.people.setdefault(who, [True, None])

    def _person_deactivated(self, event: Event, shown: Dict[str, Any]) -> None:
        self._known(event)[0] = False

    def _person_reactivated(self, event: Event, shown: Dict[str, Any]) -> None:
        self._known(event)[0] = True

    def _by_admin_or_self(self, event: Event) -> None:
        if event["role"] not in ("admin", "system") and event["actor"] != event["body"]["who"]:
            self.fail("role", event["seq"], "people come and go by themselves or by an admin")

    def _person_left(self, event: Event, shown: Dict[str, Any]) -> None:
        self._by_admin_or_self(event)
        self._known(event)[0] = False
        self.left[event["body"]["who"]] = event["seq"]

    def _role_granted(self, event: Event, shown: Dict[str, Any]) -> None:
        """DESIGN 1: one person holds one role at a time, so that another one takes the place of the one before."""
        who, role = event["body"]["who"], event["body"]["role"]
        if event["actor"] == who:
            self.fail("role", event["seq"], "nobody grants themselves a role")
        held = self._known(event)
        if held[1] is not None and held[1] != role:
            self.before.setdefault(who, set()).add(held[1])
        held[1] = role
        if role == "lead":
            self.leads.add(who)

    def _role_revoked(self, event: Event, shown: Dict[str, Any]) -> None:
        """DESIGN 1: every change is an event; one whose place another took may be said to be over, once."""
        who, role = event["body"]["who"], event["body"]["role"]
        if event["actor"] == who:
            self.fail("role", event["seq"], "nobody drops a role for themselves")
        held = self._known(event)
        if held[1] == role:
            held[1] = None
        elif role in self.before.get(who, ()):
            self.before[who].discard(role)
        elif self.full:
            self.fail("role", event["seq"], "the person does not hold the role that is revoked")

    def _claim_received(self, event: Event, shown: Dict[str, Any]) -> None:
        self.claims[event["seq"]] = "received"
        name = int.from_bytes(event["body"]["claim"].encode("ascii"), "big")
        if name in self.claim_names:
            self.fail("claim", event["seq"], "another claim has its name already")
        self.claim_names.add(name)

    def _claim_moves(self, event: Event, source: Tuple[str, ...], to: str) -> None:
        claim, seq = event["body"]["claim"], event["seq"]
        have = self.claims.get(claim)
        if have is None:
            self.fail("reference", seq, "the claim that it refers to is not here")
        elif self.full and to != "received" and have in self._incidents:
            self._unseen_leaving(seq, claim, have, to)
        elif self.full and ("grouped" if have in self._incidents else have) not in source:
            self.fail("claim", seq, "a claim that is %s cannot become %s" % ("grouped" if have in self._incidents else have, to))
        self.claims[claim] = sys.intern(event["incident"]) if to == "grouped" else to

    def _unseen_leaving(self, seq: int, claim: int, name: str, to: str) -> None:
        """A claim leaves its incident unseen only behind the opening of a round there that is open to the end."""
        holder = self.get(name)
        round_ = holder.round if holder is not None and claim in (holder.claims or ()) else None
        if not self.bundle or round_ is None or self.withheld_last < round_.seq:
            self.fail("claim", seq, "a claim that is grouped cannot become %s" % to)
        else:
            self.regrouped.append((seq, to, name, round_.number))

    def _claim_duplicated(self, event: Event, shown: Dict[str, Any]) -> None:
        if event["body"]["of"] in (None, event["body"]["claim"]):
            self.fail("claim", event["seq"], "a duplicate is of another claim")
        self._set_aside(event, ("received",), "duplicated")

    def _set_aside(self, event: Event, source: Tuple[str, ...], to: str) -> None:
        """AUDIT-FORMAT 6: `of` is the seq of another claim's receipt, or null, in each of these types."""
        of = event["body"]["of"]
        if of is not None and of not in self.claims:
            self.fail("reference", event["seq"], "the other claim that it names is not here")
        self._claim_moves(event, source, to)

    def _claim_dismissed(self, event: Event, shown: Dict[str, Any]) -> None:
        self._set_aside(event, ("received",), "dismissed")

    def _claim_withdrawn(self, event: Event, shown: Dict[str, Any]) -> None:
        self._set_aside(event, ("received",), "withdrawn")

    def _claim_restored(self, event: Event, shown: Dict[str, Any]) -> None:
        self._set_aside(event, ("duplicated", "dismissed", "withdrawn"), "received")

    def _import_made(self, event: Event, shown: Dict[str, Any]) -> None:
        """It moves nothing."""

    # A copy of the log is noted and moves nothing; in what its size is counted is left open.
    _export_made = _backup_made = _import_made

    # the record of an incident

    def _incident_opened(self, incident: Incident, event: Event, shown: Dict[str, Any]) -> None:
        incident.weighed = weighed(shown.get("facts", _MISSING))
        incident.stage = "logged"
        incident.entered.add(event["actor"])
        self._in_stream(incident, event)

    def _incident_imported(self, incident: Incident, event: Event, shown: Dict[str, Any]) -> None:
        incident.weighed = weighed(shown.get("facts", _MISSING))
        incident.stage = "logged"
        incident.imported = True
        self._in_stream(incident, event)

    def _in_stream(self, incident: Incident, event: Event) -> None:
        incident.stream = sys.intern(event["body"]["stream"])
        if self.full and incident.stream not in self.streams:
            self.fail("stream", event["seq"], "the stream is not defined")

    def _incident_described(self, incident: Incident, event: Event, shown: Dict[str, Any]) -> None:
        before, told = incident.weighed, weighed(shown.get("facts", _MISSING))
        # What is called immaterial and is not told leaves the facts as they were.
        incident.weighed = before if told is None and not event["body"]["material"] else told
        if not event["body"]["material"]:
            if None not in (before, told) and before != told:
                self.fail("material", event["seq"], "it changes what votes are about and is called immaterial")
            return
        actor, round_ = event["actor"], incident.round
        if incident.voted is not None and actor in incident.voted:
            self.fail("involved", event["seq"], "who has voted may not describe the incident materially")
        if round_ is not None and round_.answers.get(actor) in ("assigned", "voted", "abstained"):
            self.fail("involved", event["seq"], "who is assigned may not describe the incident materially")
        incident.entered.add(actor)

    def _grade_imported(self, incident: Incident, event: Event, shown: Dict[str, Any]) -> None:
        body = event["body"]
        if not incident.imported or incident.versions or incident.rounds_opened:
            self.fail("stage", event["seq"], "a grade is imported once, into an imported incident without rounds")
            return
        book = self.codebooks.get(body["codebook"])
        if book is None:
            self.fail("reference", event["seq"], "the codebook that it refers to is not here")
        elif body["grade"] not in book[0]:
            self.fail("grade", event["seq"], "the codebook has no such grade")
        # DESIGN 6: an imported value that cannot be true is flagged, and the incident is made all the same.
        bounds = self._shared(pairs_of(body["range"]))
        self.versions[incident.id] = incident.versions
        incident.versions.append((0, event["seq"], sys.intern(body["grade"]), bounds, "legacy"))

    def _incident_restricted(self, incident: Incident, event: Event, shown: Dict[str, Any]) -> None:
        incident.restricted = event["body"]["on"]

    def _exit(self, incident: Incident, event: Event, to: str) -> None:
        if incident.round is not None and incident.round.gap and incident.waits:
            incident.round = incident.frozen = None  # its close waits with the version that it led to
            incident.skipped = True
        elif incident.round is not None:
            self.fail("stage", event["seq"], "an exit abandons the open round before it")
        self._break_off(incident)
        if incident.stage == "settlement":
            # Ended before the exit's own event, as an abandoned round: there is nothing to come back to.
            incident.stage = incident.come_to_rest()
            incident.reopened = None if incident.version else incident.reopened
        incident.before_exit = incident.stage
        incident.stage = to
        incident.moved = False

    def _break_off(self, incident: Incident) -> None:
        settlement = incident.settlement
        if settlement is not None and settlement.open:
            settlement.ended = True
            self.broken_off += settlement.gap

    def _incident_merged(self, incident: Incident, event: Event, shown: Dict[str, Any]) -> None:
        self._exit(incident, event, "merged")
        for other in self._one_other(incident, event, "an incident is merged into one other"):
            self._pair(event, shown, incident.id, other)

    def _one_other(self, incident: Incident, event: Event, sentence: str) -> List[str]:
        others: List[str] = event["body"]["other"]
        if len(others) != 1 or others[0] == incident.id:
            self.fail("merge", event["seq"], sentence)
        return others

    def _incident_absorbed(self, incident: Incident, event: Event, shown: Dict[str, Any]) -> None:
        others = event["body"]["other"]
        if not others or incident.id in others:
            self.fail("merge", event["seq"], "an incident absorbs others")
        for other in others:
            self._pair(event, shown, other, incident.id)
            found = self.get(other)
            self.absorbing = self.absorbing or found is None or not found.people
            if found is not None:
                involved = found.entered | (found.voted or set()) | (found.settled or set())
                people = {found.people[name] for name in involved if name in found.people}
                incident.carried = (incident.carried or set()) | people | (found.carried or set())
                entered = {found.people[name] for name in found.entered if name in found.people}
                incident.brought = (incident.brought or set()) | entered | (found.brought or set())
        if incident.proposal is not None:
            incident.moved = True
        elif incident.stage == "published" and not incident.recheck:
            incident.expect = (("recheck.opened",), "recheck", "an absorbed incident opens a recheck in the act", True)

    def _pair(self, event: Event, shown: Dict[str, Any], source: str, target: str) -> None:
        day, at = event["day"], shown.get("at")
        first = self.open_merges.pop((source, target), None)
        if first is not None and first[1] is (event["incident"] == source):
            self.fail("merge", event["seq"], "it is told twice of the same side of a merge or split")
        elif first is None:
            self.open_merges[source, target] = event["seq"], event["incident"] == source, day, at
        elif first[2] != day or (None not in (first[3], at) and first[3] != at):
            self.fail("merge", event["seq"], "the two sides of a merge or split stand in two acts")

    def _incident_split(self, incident: Incident, event: Event, shown: Dict[str, Any]) -> None:
        others = event["body"]["other"]
        if event["iseq"] == 0:
            incident.stage = "logged"
            incident.entered.add(event["actor"])
            parent = self.get(others[0]) if others else None
            incident.stream = parent.stream if parent is not None else None
            for other in self._one_other(incident, event, "what is split out is of one other"):
                self._pair(event, shown, other, incident.id)
            return
        self._exit(incident, event, "split")
        if not others:
            self.fail("merge", event["seq"], "a split makes new incidents")
        for other in others:
            self._pair(event, shown, incident.id, other)

    def _incident_dismissed(self, incident: Incident, event: Event, shown: Dict[str, Any]) -> None:
        self._exit(incident, event, "dismissed")

    def _incident_withdrawn(self, incident: Incident, event: Event, shown: Dict[str, Any]) -> None:
        self._exit(incident, event, "withdrawn")
        incident.withdrawn_at = event["seq"]

    def _incident_restored(self, incident: Incident, event: Event, shown: Dict[str, Any]) -> None:
        incident.stage = incident.before_exit

    def _claim_grouped(self, incident: Incident, event: Event, shown: Dict[str, Any]) -> None:
        self._claim_moves(event, ("received",), "grouped")
        incident.claims = incident.claims or set()
        incident.claims.add(event["body"]["claim"])

    def _claim_ungrouped(self, incident: Incident, event: Event, shown: Dict[str, Any]) -> None:
        claim = event["body"]["claim"]
        if claim not in (incident.claims or ()):
            self.fail("claim", event["seq"], "the claim is not grouped here")
            return
        self._claim_moves(event, ("grouped",), "received")
        assert incident.claims is not None
        incident.claims.discard(claim)

    def _position_recorded(self, incident: Incident, event: Event, shown: Dict[str, Any]) -> None:
        if event["role"] != "lead" and not incident.imported:
            self.fail("role", event["seq"], "an official position is recorded by a lead")
        if event["body"]["source"] is not None:
            self._source(incident, event)

    def _source(self, incident: Incident, event: Event, field: str = "source") -> int:
        number: int = event["body"][field]
        if number > incident.sources:
            self.fail("reference", event["seq"], "the incident has no source %d" % number)
        return number

    def _source_attached(self, incident: Incident, event: Event, shown: Dict[str, Any]) -> None:
        incident.sources += 1
        if event["body"]["source"] != incident.sources:
            self.fail("source", event["seq"], "its number is not the next, %d" % incident.sources)
            incident.sources = max(incident.sources, event["body"]["source"])
        self._take_role(incident, event, shown)
        self._take_origin(incident, event, shown)

    def _take_origin(self, incident: Incident, event: Event, shown: Dict[str, Any]) -> None:
        """Guard 4: a source of a new origin moves the evidence; how a desk names its origins is its own affair."""
        number, origin = event["body"]["source"], shown.get("origin", _MISSING)
        origin = number if origin is None else origin
        origin = kept(origin) if type(origin) is str else origin
        told = type(origin) in (int, str)
        known = incident.origins = incident.origins or set()
        new = told and not incident.skipped and None not in known and origin not in known
        if new and shown.get("kind", "note") != "note" and not event["body"]["material"]:
            self.fail("source", event["seq"], "it is of a new origin and called immaterial: it moves the evidence")
        known.add(origin if told else None)

    def _take_role(self, incident: Incident, event: Event, shown: Dict[str, Any]) -> None:
        """Guard 4: evidence moves where the role of a source is changed."""
        number, role = event["body"]["source"], shown.get("role")
        roles = incident.roles = incident.roles or {}
        if type(role) is not str and not event["body"]["material"]:
            return  # it leaves the role as it was
        before = roles.pop(number, None)
        if type(role) is not str:
            return
        role = kept(role)
        if before is not None and before != role and not event["body"]["material"]:
            self.fail("material", event["seq"], "it changes the role of a source and is called immaterial")
        roles[number] = role

    def _source_captured(self, incident: Incident, event: Event, shown: Dict[str, Any]) -> None:
        self._source(incident, event)

    _source_opened = _source_captured

    def _source_assessed(self, incident: Incident, event: Event, shown: Dict[str, Any]) -> None:
        self._source(incident, event)
        self._take_role(incident, event, shown)

    def _source_derived(self, incident: Incident, event: Event, shown: Dict[str, Any]) -> None:
        self._source(incident, event)
        self._source(incident, event, "from")

    def _source_grouped(self, incident: Incident, event: Event, shown: Dict[str, Any]) -> None:
        numbers = event["body"]["sources"]
        self._ascending(event, "sources")
        if not numbers or numbers[-1] > incident.sources:
            self.fail("reference", event["seq"], "it groups a source that the incident has not")
        incident.origins = incident.origins or set()
        incident.origins.add(event["body"]["origin"])

    _source_withdrawn = _source_captured

    def _conflict_declared(self, incident: Incident, event: Event, shown: Dict[str, Any]) -> None:
        incident.conflicts = incident.conflicts or set()
        incident.conflicts.add(event["actor"])

    def _conflict_lifted(self, incident: Incident, event: Event, shown: Dict[str, Any]) -> None:
        if event["actor"] not in (incident.conflicts or ()):
            self.fail("conflict", event["seq"], "no conflict was declared that could be lifted")
            return
        assert incident.conflicts is not None
        incident.conflicts.discard(event["actor"])

    # rounds

    def _ascending(self, event: Event, *fields: str) -> None:
        for field in fields:
            values = event["body"][field]
            if any(map(lambda a, b: not a < b, values, values[1:])):
                self.fail("order", event["seq"], "its list of %s does not ascend" % field)

    def _check_digest(self, incident: Incident, event: Event, field: str) -> None:
        have = incident.evidence if field == "evidence" else incident.dossier
        sure = incident.evidence_sure if field == "evidence" else incident.dossier_sure
        if event["body"][field] == b64(have):
            return
        if sure:
            self.fail("digest", event["seq"], "its %s digest is not that of the incident's events" % field)
        elif field == "dossier":
            # A mute exclusion of an abandoned round may stand in it; from here on it is known again.
            incident.dossier, incident.dossier_sure = unb64(event["body"][field]), True

    def _round_opened(self, incident: Incident, event: Event, shown: Dict[str, Any]) -> None:
        body, seq, second = event["body"], event["seq"], event["body"]["kind"] == "second"
        if incident.round is not None:
            self.fail("stage", seq, "a round is open already")
            return
        if incident.stage not in (("settlement",) if second else ("logged", "grading")):
            self.fail("stage", seq, "a round of kind %s is not possible at the stage %s" % (body["kind"], incident.stage))
            return
        if event["role"] == "system" and not second:
            self.fail("role", seq, "a round is opened by a lead")
        if incident.skipped:
            self.fail("withheld", seq, "its version is shown, and what stood behind the beginning of it is not")
        incident.rounds_opened += 1
        if body["round"] != incident.rounds_opened:
            self.fail("round", seq, "its number is not the next, %d" % incident.rounds_opened)
        self._check_settlement_of(incident, event, second)
        self._check_digest(incident, event, "evidence")
        mode = self.streams.get(incident.stream or "", "active")
        if mode != "active":
            self.fail("stream", seq, "the stream is %s and opens no round" % mode)
        policy, book = self.policies.get(body["policy"]), self.codebooks.get(body["codebook"])
        if policy is None or book is None:
            self.fail("reference", seq, "the policy or the codebook that it refers to is not here")
        self.not_made_anew += incident.stage == "grading" and self._stands(incident)
        self.under_another += not second and bool(self.policies) and body["policy"] != max(self.policies)
        round_ = Round(body, seq, policy or FALLBACK_POLICY, book or (frozenset(), {}))
        incident.round = incident.rounds[body["round"]] = round_
        incident.mute_shown = None
        if second and incident.settlement is not None:
            incident.settlement.second = body["round"]
        if not second:
            incident.stage, incident.voided = "grading", -1
            incident.result = None
            incident.moves = []
            incident.waits = self.public and bool(incident.versions)

    def _check_settlement_of(self, incident: Incident, event: Event, second: bool) -> None:
        settlement, of = incident.settlement, event["body"]["of"]
        if not second:
            if of is not None:
                self.fail("round", event["seq"], "only a second round belongs to a settlement")
            return
        if settlement is None or settlement.closed or settlement.ended or of != settlement.seq:
            self.fail("settlement", event["seq"], "it does not belong to the open settlement")
        elif settlement.second is not None or settlement.settlers:
            self.fail("settlement", event["seq"], "the settlement has had its second vote")
        else:
            # Guard 10: numbers and codebook are copied onto a round when it opens, and a second vote is one.
            disputed, body = incident.rounds[settlement.round], event["body"]
            self.second_under_another += (body["policy"], body["codebook"]) != (disputed.policy_seq, disputed.codebook_seq)

    def _in_round(self, incident: Incident, event: Event) -> Optional[Round]:
        round_ = incident.round
        if round_ is None or event["body"].get("round", round_.number) != round_.number:
            self.fail("round", event["seq"], "the round that it names is not open")
            return None
        return round_

    def _round_extended(self, incident: Incident, event: Event, shown: Dict[str, Any]) -> None:
        self._in_round(incident, event)

    def _reviewer_assigned(self, incident: Incident, event: Event, shown: Dict[str, Any]) -> None:
        round_, who, seq = self._in_round(incident, event), event["body"]["who"], event["seq"]
        if round_ is None:
            return
        if event["role"] == "reviewer" and who != event["actor"]:
            self.fail("assigned", seq, "a reviewer assigns nobody but themselves")
        if event["role"] == "system" and round_.kind != "second":
            self.fail("role", seq, "people are assigned by a lead or by taking the next")
        if who in incident.entered:
            self.fail("involved", seq, "who entered the incident is never assigned to it")
        if who in (incident.conflicts or ()):
            self.fail("conflict", seq, "who declared a conflict is not assigned")
        if round_.kind == "second" and not self._voted_before(incident, who):
            self.fail("assigned", seq, "the second vote is for those who hold a live vote of the disputed round")
        answer = round_.answers.get(who, "released")
        if answer in ("recused", "excluded"):
            self.fail("assigned", seq, "an assignment cancels a release, and nothing else")
        if answer not in ("abstained", "voted"):
            round_.answers[who] = "assigned"

    @staticmethod
    def _voted_before(incident: Incident, who: str) -> bool:
        disputed = incident.rounds.get(incident.settlement.round) if incident.settlement is not None else None
        return disputed is None or disputed.live_of(who) is not None

    def _reviewer_released(self, incident: Incident, event: Event, shown: Dict[str, Any]) -> None:
        round_, who = self._in_round(incident, event), event["body"]["who"]
        if round_ is None:
            return
        if round_.answers.get(who) not in ("assigned", "abstained"):
            self.fail("assigned", event["seq"], "only who is assigned and has no vote is released")
        round_.answers[who] = "released"

    def _reviewer_recused(self, incident: Incident, event: Event, shown: Dict[str, Any]) -> None:
        self._own_answer(incident, event, "recused")

    def _reviewer_abstained(self, incident: Incident, event: Event, shown: Dict[str, Any]) -> None:
        self._own_answer(incident, event, "abstained")

    def _own_answer(self, incident: Incident, event: Event, answer: str) -> None:
        round_ = self._in_round(incident, event)
        if round_ is None:
            return
        before = round_.answers.get(event["actor"])
        if before not in ("assigned", "abstained") or (before == answer and not round_.gap):
            self.fail("assigned", event["seq"], "only who is assigned and has no vote answers so")
        round_.answers[event["actor"]] = answer

    def _vote_committed(self, incident: Incident, event: Event, shown: Dict[str, Any]) -> None:
        body, actor, seq = event["body"], event["actor"], event["seq"]
        round_ = self._in_round(incident, event)
        if round_ is None:
            return
        if round_.answers.get(actor) not in ("assigned", "abstained", "voted"):
            self.fail("assigned", seq, "the voter is not assigned in this round")
        if actor in incident.entered:
            self.fail("involved", seq, "who entered the incident cannot vote on it")
        if incident.brought and incident.people.get(actor) in incident.brought:
            self.fail("involved", seq, "who entered what was merged into the incident cannot vote on it")
        if actor in (incident.conflicts or ()):
            self.fail("conflict", seq, "who declared a conflict cannot vote")
        live = round_.live_of(actor)
        if body["replaces"] != (None if live is None else live.seq):
            self.fail("vote", seq, "one person has one vote: it does not replace the voter's live one")
        if live is not None:
            live.state = "superseded"
            live.sealed = None
        self._check_digest(incident, event, "evidence")
        vote = Vote(seq, actor, len(incident.moves), event["sd"])
        vote.shown = not _BALLOT.isdisjoint(shown)
        self._check_ballot(incident, round_, event, shown)
        round_.votes[seq] = vote
        round_.answers[actor] = "voted"
        if incident.voted is None:
            incident.voted = set()
        incident.voted.add(actor)

    def _check_ballot(self, incident: Incident, round_: Round, event: Event, shown: Dict[str, Any]) -> None:
        grade, bounds = shown.get("grade", _MISSING), shown.get("range", _MISSING)
        if grade is not _MISSING and grade not in round_.codebook[0]:
            self.fail("grade", event["seq"], "the codebook of the round has no such grade")
        if bounds is not _MISSING and not self._is_range(bounds):
            self.fail("range", event["seq"], "its range is malformed or upside down")
        rationale = shown.get("rationale", _MISSING)
        if rationale is not _MISSING and not (isinstance(rationale, str) and rationale.strip()):
            self.fail("reasoned", event["seq"], "a vote carries a rationale")
        if not self._cites(incident, shown.get("sources")):
            self.fail("reference", event["seq"], "it rests on a source that the incident has not")

    @staticmethod
    def _cites(incident: Incident, numbers: Any) -> bool:
        """AUDIT-FORMAT 11: a source is a number of the incident; 3: null where empty."""
        cited = [one for one in numbers if type(one) is int] if isinstance(numbers, list) else []
        return all(0 < one <= incident.sources for one in cited)

    @staticmethod
    def _is_range(value: Any) -> bool:
        try:
            bounds = pairs_of(value)
        except (KeyError, IndexError, TypeError):
            return False
        if sorted(value) != ["injured", "killed"] or len(value["injured"]) != 2 or len(value["killed"]) != 2:
            return False
        if any(bound is not None and (type(bound) is not int or bound < 0) for bound in bounds):
            return False
        return not upside_down(bounds)

    def _shared(self, bounds: Range) -> Range:
        """One copy of each range, however many incidents have it."""
        return self._ranges.setdefault(bounds, bounds)

    def _find_vote(self, incident: Incident, seq: int) -> Tuple[Optional[Round], Optional[Vote]]:
        for number in sorted(incident.rounds, reverse=True):
            vote = incident.rounds[number].votes.get(seq)
            if vote is not None:
                return incident.rounds[number], vote
        return None, None

    def _vote_withdrawn(self, incident: Incident, event: Event, shown: Dict[str, Any]) -> None:
        round_, of = incident.round, event["body"]["of"]
        vote = round_.votes.get(of) if round_ is not None else None
        if round_ is None or vote is None or vote.state != "live" or vote.actor != event["actor"]:
            self.fail("vote", event["seq"], "a person withdraws their own live vote of the open round")
            return
        vote.state = "withdrawn"
        vote.sealed = None
        round_.answers[vote.actor] = "assigned"

    def _round_closed(self, incident: Incident, event: Event, shown: Dict[str, Any]) -> None:
        body, seq = event["body"], event["seq"]
        round_ = self._in_round(incident, event)
        if round_ is None:
            return
        self._ascending(
            event, "commits", "superseded", "withdrawn", "excluded", "abstained", "recused", "released"
        )
        incident.round = None
        incident.frozen = None
        incident.waits = False
        round_.result = body["result"]
        if body["result"] == "abandoned":
            self._abandon(incident, round_, event)
            return
        if round_.gap:
            self.fail("withheld", seq, "events of a round that is closed are withheld")
        if event["role"] != "system":
            self.fail("role", seq, "a round is closed by the system")
        by_state: Dict[str, List[int]] = {"live": [], "superseded": [], "withdrawn": [], "excluded": []}
        for vote in round_.votes.values():
            by_state[vote.state].append(vote.seq)
            self._check_vote_shown(vote)
        for field, state in (("commits", "live"), ("superseded",) * 2, ("withdrawn",) * 2, ("excluded",) * 2):
            if body[field] != by_state[state]:
                self.fail("close", seq, "its %s are not the round's: a vote is dropped, added or misplaced" % field)
        for field in ("abstained", "recused", "released"):
            if body[field] != sorted(who for who, answer in round_.answers.items() if answer == field):
                self.fail("close", seq, "its %s are not the people who last answered so" % field)
        live = len(by_state["live"])
        if live < round_.policy_required and (round_.kind != "second" or body["result"] != "disputed"):
            self.fail("quorum", seq, "it is closed with %d of %d votes" % (live, round_.policy_required))
        round_.claimed = event
        round_.reveal = list(by_state["live"])
        round_.answers = {}
        self._after_reveals(incident, round_)

    def _check_vote_shown(self, vote: Vote) -> None:
        """At the close live votes are revealed; the others stay sealed for ever."""
        if not self.bundle:
            return
        if vote.state != "live" and vote.shown:
            self.fail("mute", vote.seq, "a vote that was %s before the close is shown" % vote.state)
        if vote.state == "live" and not vote.shown:
            self.fail("disclosure", vote.seq, "the time of an event and a vote's grade and range are never redacted")

    def _abandon(self, incident: Incident, round_: Round, event: Event) -> None:
        body, seq = event["body"], event["seq"]
        if event["role"] != "lead":
            self.fail("role", seq, "a round is abandoned by a lead")
        if body["commits"] or body["grade"] is not None or body["range"] is not None:
            self.fail("close", seq, "an abandoned round reveals nothing and has no result")
        self.given_up += 1
        if self.bundle and round_.votes:
            self.fail("mute", min(round_.votes), "a vote of an abandoned round is shown")
        else:
            self._check_given_up(incident, round_, body, seq)
        round_.votes = {}
        round_.answers = {}
        self._break_off(incident)
        incident.stage = incident.come_to_rest()
        incident.reopened = None if incident.stage == "published" else incident.reopened

    def _check_given_up(self, incident: Incident, round_: Round, body: Dict[str, Any], seq: int) -> None:
        """AUDIT-FORMAT 11, The close: every vote stands in one list, and those in none that they do not belong to.

        Which list holds one that was live is left open, `commits` being empty. Votes of such a round are withheld.
        """
        lists = {field: body[field] for field in ("superseded", "withdrawn", "excluded")}
        listed = [one for votes in lists.values() for one in votes]
        if not self.bundle:
            states = {vote.seq: vote.state for vote in round_.votes.values()}
            for field, votes in lists.items():
                if not {one for one, state in states.items() if state == field} <= set(votes):
                    self.fail("close", seq, "its %s are not the round's: a vote is dropped, added or misplaced" % field)
            if sorted(listed) != list(states):
                self.fail("close", seq, "its lists do not hold every vote of the round once")
        else:
            self.unseen += [(seq, one) for one in listed]
            within_it = all(round_.seq < one < seq for one in listed)
            # Each vote is one event, and its withdrawal or its exclusion another; one that was live may stand in any list.
            # A vote of an earlier round may have been excluded meanwhile, which is kept back with the rest.
            before = sum(len(one.live()) for one in incident.rounds.values() if one.result not in ("open", "abandoned"))
            most = 2 * len(listed) - len(lists["superseded"]) + before
            if not within_it or not len(listed) <= round_.gap <= most:
                self.fail("withheld", seq, GIVEN_UP)
            if lists["excluded"] or round_.gap > len(listed) + len(lists["withdrawn"]):
                incident.dossier_sure = False
        for field in ("abstained", "recused", "released"):
            told = {who for who, answer in round_.answers.items() if answer == field}
            hidden = told - set(body[field]) if self.bundle and field == "abstained" else set()
            if sorted(told - hidden) != body[field] or len(hidden) > len(listed):
                self.fail("close", seq, "its %s are not the people who last answered so" % field)

    def _after_reveals(self, incident: Incident, round_: Round) -> None:
        """Say what must follow in the act: the next reveal, or what the tally leads to."""
        if round_.reveal:
            incident.expect = (("vote.revealed",), "reveal", "not every vote of the closed round was revealed in the act", False)
            return
        event = round_.claimed
        body, seq = event["body"], event["seq"]
        votes = round_.live()
        found = tally(votes, round_.policy, round_.codebook[1])
        if len(votes) < round_.policy_required:
            found = DISPUTED
        claimed = None if body["range"] is None else pairs_of(body["range"])
        if (found.result, found.grade, found.range) != (body["result"], body["grade"], claimed):
            self.fail("tally", seq, "its result is not what the votes amount to: %s %s" % (found.result, found.grade or ""))
        else:
            self.recomputed += 1
        round_.claimed = None
        if found.result == "agreed" and round_.kind == "second":
            incident.expect = (("settlement.closed",), "settlement", "an agreed second vote closes the settlement", False)
        elif found.result == "agreed":
            assert found.grade is not None
            assert found.range is not None
            incident.result = Result(found.grade, [found.range], round_.number, None)
            incident.expect = (("grade.proposed",), "proposal", "an agreed round is proposed in the act of its close", False)
        elif round_.kind != "second":
            incident.expect = (("settlement.opened",), "settlement", "a disputed round opens a settlement in the act", False)

    def _vote_revealed(self, incident: Incident, event: Event, shown: Dict[str, Any]) -> None:
        body, seq = event["body"], event["seq"]
        round_, vote = self._find_vote(incident, body["of"])
        if round_ is None or vote is None or body["of"] not in round_.reveal:
            self.fail("reveal", seq, "what it reveals is no live vote of a round just closed")
            return
        round_.reveal.remove(body["of"])
        values = {}
        for text, name in zip(body["disclosures"], ("grade", "range")):  # noqa: B905
            if b64url(sha256(text.encode("ascii"))) not in vote.sealed:
                self.fail("reveal", seq, "the %s that it reveals is not the one that was sealed" % name)
            try:
                found, values[name] = read_disclosure(decode_disclosure(text.encode("ascii")))
            except Malformed as error:
                self.fail("reveal", seq, "the %s that it reveals is malformed: %s" % (name, error))
                return
            if found != name:
                self.fail("reveal", seq, "it reveals grade and range, in that order")
                return
        if values["grade"] not in round_.codebook[0] or not self._is_range(values["range"]):
            self.fail("grade", seq, "the codebook has no such grade, or the range is malformed")
            return
        vote.grade = sys.intern(values["grade"])
        vote.range = self._shared(pairs_of(values["range"]))
        vote.sealed = None
        self._after_reveals(incident, round_)

    def _vote_excluded(self, incident: Incident, event: Event, shown: Dict[str, Any]) -> None:
        seq = event["seq"]
        round_, vote = self._find_vote(incident, event["body"]["of"])
        if round_ is None or vote is None or vote.state != "live" or round_.result == "abandoned":
            self.fail("vote", seq, "only a live vote can be excluded")
            return
        vote.state = "excluded"
        if round_.result == "open":
            round_.answers[vote.actor] = "excluded"
            return
        result = incident.result
        if result is None or result.round != round_.number:
            return
        votes = round_.live()
        found = tally(votes, round_.policy, round_.codebook[1])
        enough = len(votes) >= round_.policy_required
        if result.settlement is None:
            stands = enough and found.result == "agreed" and found.grade == result.grade
        else:
            stands = result.grade == NO_CONSENSUS or any(one.grade == result.grade for one in votes)
        if not stands:
            incident.result = None
        elif result.settlement is None:
            assert found.range is not None
            incident.result = result._replace(ranges=[found.range])
        else:
            deciding = [one for one in votes if result.grade in (one.grade, NO_CONSENSUS)]
            incident.result = result._replace(ranges=[*result.ranges[:1], envelope(deciding)])
        if not stands and incident.proposal is None and incident.stage == "published" and not incident.recheck:
            incident.expect = (
                ("recheck.opened",), "exclusion", "an exclusion that changes a published result opens a recheck in the act", True,
            )  # fmt: skip

    # settlement

    def _settlement_opened(self, incident: Incident, event: Event, shown: Dict[str, Any]) -> None:
        round_ = incident.rounds.get(event["body"]["round"])
        in_act = self._in_act(incident, event["seq"])
        if round_ is None or round_.result != "disputed" or round_.kind == "second" or not in_act:
            self.fail("settlement", event["seq"], "a settlement opens in the act that closes a disputed round")
        incident.settlement = Settlement(event["seq"], event["body"]["round"])
        incident.stage = "settlement"

    def _open_settlement(self, incident: Incident, event: Event) -> Optional[Settlement]:
        settlement = incident.settlement
        if settlement is None or settlement.closed or settlement.ended or event["body"]["settlement"] != settlement.seq:
            self.fail("settlement", event["seq"], "the settlement that it names is not open")
            return None
        return settlement

    def _settlement_argued(self, incident: Incident, event: Event, shown: Dict[str, Any]) -> None:
        settlement = self._open_settlement(incident, event)
        if settlement is None:
            return
        if not settlement.argues:
            # DESIGN 4, A settlement: arguments are its first rung, the second vote the next, and a rung ends by an event.
            self.fail("settlement", event["seq"], "arguments end where the second vote is opened")
        settlement.arguments.append((event["seq"], event["actor"]))
        settlement.shown_argument = event["seq"]

    def _settler_appointed(self, incident: Incident, event: Event, shown: Dict[str, Any]) -> None:
        settlement, who = self._open_settlement(incident, event), event["body"]["who"]
        if settlement is None:
            return
        if incident.round is not None or (settlement.second is None and settlement.returned < 0):
            self.fail("settlement", event["seq"], "a settler is appointed once the second vote did not decide")
        self._uninvolved(incident, event, who, settles=True)
        if any(who == other for _, other in settlement.settlers):
            self.fail("settlement", event["seq"], "a settler is not appointed twice")
        settlement.settlers.append((event["seq"], who))
        incident.settled = incident.settled or set()
        incident.settled.add(who)

    def _deciding(self, incident: Incident, settlement: Settlement) -> Round:
        """The second round where it closed with quorum, else the first."""
        second = incident.rounds.get(settlement.second or 0)
        if second is not None and second.result != "open":
            # The quorum is that of the close; an exclusion afterwards does not move the decision to another round.
            closed = [vote for vote in second.votes.values() if vote.grade is not None]
            if len(closed) >= second.policy_required:
                return second
        return incident.rounds[settlement.round]

    def _settlement_closed(self, incident: Incident, event: Event, shown: Dict[str, Any]) -> None:
        body, seq, by = event["body"], event["seq"], event["body"]["by"]
        settlement = self._open_settlement(incident, event)
        if settlement is None:
            return
        self._ascending(event, "answers")
        if incident.round is not None:
            self.fail("settlement", seq, "a round is open")
            return
        if settlement.gap:
            self.fail("withheld", seq, "arguments of a settlement that is closed are withheld")
        round_ = self._deciding(incident, settlement)
        votes = round_.live()
        claimed = pairs_of(body["range"])
        if by == "second_vote":
            self._settled_by_vote(incident, settlement, round_, event, votes)
        else:
            if by == "ladder":
                self._settled_by_ladder(settlement, event)
            else:
                self._settled_by_settler(incident, settlement, event)
            if body["second"] is not None:
                self.fail("settlement", seq, "only a settlement by second vote names a second round")
            held = [vote for vote in votes if body["grade"] in (vote.grade, NO_CONSENSUS)]
            if not held:
                self.fail("settlement", seq, "no live vote of the deciding round held the grade")
            elif claimed != envelope(held):
                self.fail("settlement", seq, "its range is not the envelope of the votes it rests on")
            else:
                self.recomputed += 1
        self._check_answers(settlement, round_, event, shown)
        settlement.closed = True
        settlement.shown_argument = None  # the arguments are open from here on, also where it is returned
        incident.result = Result(body["grade"], [claimed], round_.number, settlement.seq)
        incident.expect = (("grade.proposed",), "proposal", "a settlement is proposed in the act of its close", False)

    def _settled_by_vote(
        self, incident: Incident, settlement: Settlement, round_: Round, event: Event, votes: List[Vote]
    ) -> None:
        body, seq = event["body"], event["seq"]
        found = tally(votes, round_.policy, round_.codebook[1])
        fits = (body["grade"], pairs_of(body["range"]), body["second"]) == (found.grade, found.range, settlement.second)
        agreed = (round_.number, round_.result, found.result) == (settlement.second, "agreed", "agreed")
        if event["role"] != "system" or not agreed or not fits:
            self.fail("settlement", seq, "it is not what the second vote amounts to")
        if not self._in_act(incident, seq) or settlement.returned >= 0:
            self.fail("settlement", seq, "a second vote settles in the act of its close")

    def _settled_by_settler(self, incident: Incident, settlement: Settlement, event: Event) -> None:
        self._uninvolved(incident, event, event["actor"], settles=True)
        present = settlement.settlers[-1] if settlement.settlers else (-1, "")
        if event["actor"] != present[1] or present[0] < settlement.returned:
            self.fail("settlement", event["seq"], "it is not by the settler who was appointed")

    def _settled_by_ladder(self, settlement: Settlement, event: Event) -> None:
        # DESIGN 4: the ladder's last rung ends by its time, and Rights give nobody a hand in that.
        if event["role"] != "system" or event["body"]["grade"] != NO_CONSENSUS:
            self.fail("settlement", event["seq"], "the end of the ladder is no consensus, by the system")
        self.ladders += 1
        if len(settlement.settlers) < 2:
            self.fail("settlement", event["seq"], "the ladder ends after a second settler")
        elif settlement.settlers[-1][0] < settlement.returned:
            # DESIGN 4, Stage: what is returned to settlement goes to a new settler.
            self.fail("settlement", event["seq"], "a grade was returned to settlement, and no new settler was appointed since")

    def _check_answers(self, settlement: Settlement, round_: Round, event: Event, shown: Dict[str, Any]) -> None:
        """DESIGN 4: a settler answers every minority argument; another may be answered too."""
        body = event["body"]
        expected = set()
        for seq, actor in settlement.arguments:
            vote = round_.live_of(actor)
            if vote is not None and vote.grade != body["grade"]:
                expected.add(seq)
        argued = {seq for seq, _ in settlement.arguments}
        unanswered = body["by"] != "settler" and body["answers"] == []
        if not expected <= set(body["answers"]) <= argued and not unanswered:
            self.fail("settlement", event["seq"], "it does not answer every argument of the minority")
        replies, rationale = shown.get("replies", _MISSING), shown.get("rationale", _MISSING)
        if body["by"] != "settler":
            return
        if replies is not _MISSING:
            texts = {} if replies is None else replies
            told = isinstance(texts, dict) and all(isinstance(one, str) and one.strip() for one in texts.values())
            if not told or not set(map(str, expected)) <= set(texts) <= set(map(str, argued)):
                self.fail("settlement", event["seq"], "its replies are not one to each argument of the minority")
        if rationale is not _MISSING and not (isinstance(rationale, str) and rationale.strip()):
            self.fail("reasoned", event["seq"], "a settlement carries a rationale")

    def _dissent_recorded(self, incident: Incident, event: Event, shown: Dict[str, Any]) -> None:
        round_, vote = self._find_vote(incident, event["body"]["of"])
        if round_ is None or vote is None or vote.state != "live" or vote.actor != event["actor"] or round_.result == "open":
            self.fail("dissent", event["seq"], "a dissent is written by the owner of a live, revealed vote")
            return
        if incident.proposal is not None and incident.proposal.approved is not None:
            self.fail("dissent", event["seq"], "a dissent is written until the approval")
        result = incident.result
        if result is not None and (result.round != round_.number or vote.grade == result.grade):
            self.fail("dissent", event["seq"], "the vote is not of the minority")
        incident.dissents, incident.silenced = incident.dissents or {}, incident.silenced or {}
        incident.dissents[event["seq"]] = vote.seq
        incident.silenced[vote.seq] = (event["seq"], incident.silenced.get(vote.seq, (0, ()))[1])

    # the grade

    def _grade_proposed(self, incident: Incident, event: Event, shown: Dict[str, Any]) -> None:
        body, seq, result = event["body"], event["seq"], incident.result
        late = result is not None and -1 < incident.voided < min(self.act_from, seq - 1)
        if incident.proposal is not None or late or not self._in_act(incident, seq):
            self.fail("proposal", seq, "a proposal is recorded in the act that closes a round or a settlement, or voids one")
        incident.stage, incident.voided = "approval", -1
        incident.proposal = Proposal(seq, body)
        incident.moved = False
        self._ascending(event, "minority")
        if body["version"] != incident.version + 1:
            self.fail("proposal", seq, "its version is not the next, %d" % (incident.version + 1))
        self._check_digest(incident, event, "evidence")
        self._check_digest(incident, event, "dossier")
        if result is None:
            self.fail("proposal", seq, "there is no result that could be proposed")
            return
        if (body["grade"], body["round"], body["settlement"]) != (result.grade, result.round, result.settlement):
            self.fail("proposal", seq, "it is not the result of the round or settlement: %s" % result.grade)
        if pairs_of(body["range"]) not in result.ranges:
            self.fail("proposal", seq, "its range is not that of the result")
        minority = [vote.seq for vote in incident.rounds[result.round].live() if vote.grade != result.grade]
        if body["minority"] != minority:
            self.fail("minority", seq, "its minority is not that of the votes")

    def _pending(self, incident: Incident, event: Event) -> Optional[Proposal]:
        proposal = incident.proposal
        if proposal is None or event["body"]["of"] != proposal.seq:
            self.fail("proposal", event["seq"], "the proposal that it names is not pending")
            return None
        return proposal

    def _proposal_voided(self, incident: Incident, event: Event, shown: Dict[str, Any]) -> None:
        proposal = self._pending(incident, event)
        if proposal is None:
            return
        if not incident.moved and proposal.dossier == b64(incident.dossier):
            self.fail("proposal", event["seq"], "a proposal is voided only when its dossier moved")
        incident.proposal = None
        incident.moved = False
        incident.stage, incident.voided = "grading", event["seq"]

    def _grade_returned(self, incident: Incident, event: Event, shown: Dict[str, Any]) -> None:
        proposal, settlement = self._pending(incident, event), incident.settlement
        if proposal is None:
            return
        result = incident.result
        incident.proposal = None
        incident.moved = False
        incident.result = None
        if event["body"]["to"] == "round":
            incident.stage = "grading"
            return
        incident.stage = "settlement"
        if settlement is None or result is None or result.settlement is None:
            self.fail("settlement", event["seq"], "a grade goes back to settlement only where one decided")
            return
        settlement.closed = False
        settlement.returned = event["seq"]

    def _uninvolved(self, incident: Incident, event: Event, who: str, settles: bool = False) -> None:
        """Who decides did not enter, vote or settle, and declared no conflict."""
        seq = event["seq"]
        if who in incident.entered:
            self.fail("uninvolved", seq, "the person entered this incident")
        if who in (incident.voted or ()):
            self.fail("uninvolved", seq, "the person voted on this incident")
        if who in (incident.settled or ()) and not settles:
            self.fail("uninvolved", seq, "the person settled this incident")
        if who in (incident.conflicts or ()):
            self.fail("conflict", seq, "the person declared a conflict")
        if incident.carried and incident.people.get(who) in incident.carried:
            self.fail("uninvolved", seq, "the person was involved in an incident merged into this one")

    def _grade_overridden(self, incident: Incident, event: Event, shown: Dict[str, Any]) -> None:
        proposal, body = self._pending(incident, event), event["body"]
        if proposal is None:
            return
        self._uninvolved(incident, event, event["actor"])
        result = incident.result
        if proposal.approved is not None or body["grade"] == proposal.grade:
            self.fail("override", event["seq"], "an override gives another grade than the one proposed, before the approval")
        if result is not None:
            round_ = incident.rounds[result.round]
            bounds = pairs_of(body["range"])
            if body["grade"] not in round_.codebook[0]:
                self.fail("grade", event["seq"], "the codebook has no such grade")
            if not within(envelope(round_.live()), bounds) or upside_down(bounds):
                self.fail("override", event["seq"], "its range is outside the envelope of all live votes")
        proposal.override = (event["seq"], event["actor"], body["grade"], body["range"])
        proposal.seconded = False

    def _override_seconded(self, incident: Incident, event: Event, shown: Dict[str, Any]) -> None:
        proposal = incident.proposal
        if proposal is None or proposal.override is None or event["body"]["of"] != proposal.override[0]:
            self.fail("override", event["seq"], "there is no such override")
            return
        self._uninvolved(incident, event, event["actor"])
        if event["actor"] == proposal.override[1]:
            self.fail("override", event["seq"], "an override is seconded by another lead")
        if event["body"]["dossier"] != proposal.dossier:
            self.fail("override", event["seq"], "it seconds another dossier")
        self._check_digest(incident, event, "dossier")
        proposal.seconded = True

    def _grade_approved(self, incident: Incident, event: Event, shown: Dict[str, Any]) -> None:
        body, seq = event["body"], event["seq"]
        proposal = self._pending(incident, event)
        if proposal is None:
            return
        if proposal.approved is not None:
            self.fail("approval", seq, "a version has one approval")
        self._uninvolved(incident, event, event["actor"])
        self._note_silenced(incident, proposal, event)
        if body["dossier"] != proposal.dossier or body["dossier"] != b64(incident.dossier):
            self.fail("approval", seq, "the dossier that is approved is not the one proposed, or has moved since")
        self._check_override(proposal, event)
        self._check_left(incident, event)
        self._check_stale(incident, event)
        reason = shown.get("reason", _MISSING)
        if reason is not _MISSING and not (isinstance(reason, str) and reason.strip()):
            self.fail("reasoned", seq, "an approval carries a reason")
        if body["not_before"] is not None and not real_day(body["not_before"]):
            self.fail("day", seq, "not_before is no day")
        proposal.approved, proposal.approver, proposal.not_before = seq, event["actor"], body["not_before"]
        if body["not_before"] is None:
            incident.expect = (("grade.published",), "approval", "without a date an approval publishes in its own act", False)

    def _note_silenced(self, incident: Incident, proposal: Proposal, event: Event) -> None:
        """Nothing bars whoever had words of a dissent removed from approving what goes out without them: it is told."""
        silenced = incident.silenced or {}
        for vote in silenced.keys() & set(proposal.minority):
            removed, (_, held) = silenced[vote][1], self._find_vote(incident, vote)
            self.without_words += event["actor"] in removed and held is not None and held.actor not in removed

    def _check_override(self, proposal: Proposal, event: Event) -> None:
        override, body = proposal.override, event["body"]
        if body["override"] is None:
            proposal.override = None
            return
        if override is None or override[0] != body["override"] or not proposal.seconded:
            self.fail("override", event["seq"], "the override that is approved was not seconded")
        elif override[1] != event["actor"]:
            self.fail("override", event["seq"], "an override is approved by the lead who made it")

    @staticmethod
    def _stands(incident: Incident) -> bool:
        """Whether there is a result that could be proposed."""
        round_ = incident.rounds.get(incident.result.round) if incident.result is not None else None
        return round_ is not None and len(round_.live()) >= round_.policy_required

    def _check_left(self, incident: Incident, event: Event) -> None:
        """An exclusion below quorum loses the result: what is left of the deciding round is not approved."""
        round_ = incident.rounds.get(incident.result.round) if incident.result is not None else None
        if round_ is not None and len(round_.live()) < round_.policy_required:
            self.fail("quorum", event["seq"], "exclusions left %d of %d votes" % (len(round_.live()), round_.policy_required))

    def _check_stale(self, incident: Incident, event: Event) -> None:
        stale, result = event["body"]["stale"], incident.result
        self._ascending(event, "stale")
        if result is None:
            return
        votes = incident.rounds[result.round].live()
        since = incident.moves[min((vote.mark for vote in votes), default=0) :]
        attached = {seq for seq, source in since if source}
        allowed = {seq for seq, _ in since}
        if not attached <= set(stale) <= allowed or bool(stale) != bool(since):
            self.fail("stale", event["seq"], "its list of sources not considered is not that of the events since the oldest vote")

    def _grade_published(self, incident: Incident, event: Event, shown: Dict[str, Any]) -> None:
        body, seq, proposal = event["body"], event["seq"], incident.proposal
        if proposal is None or proposal.approved is None or body["of"] != proposal.approved:
            self.fail("published", seq, "it is not approved")
            return
        if body["version"] != proposal.version:
            self.fail("published", seq, "its version is not the one approved")
        if proposal.dossier != b64(incident.dossier) and incident.dossier_sure:
            self.fail("published", seq, "the dossier has moved since the approval")
        if proposal.not_before is None:
            if event["actor"] != proposal.approver:
                self.fail("published", seq, "without a date the approver publishes, in the same act")
        elif event["role"] != "system" or event["day"] < proposal.not_before:
            self.fail("published", seq, "with a date the system publishes, not before it")
        expected = "first" if incident.version == 0 else incident.reopened
        if body["kind"] != expected:
            self.fail("published", seq, "its kind is not %s" % expected)
        result = incident.result
        round_ = incident.rounds.get(result.round) if result is not None else None
        if round_ is None:
            self.fail("published", seq, "no round stands behind it")
        elif round_.policy_required < 3:
            self.fail("published", seq, "a round of fewer than three votes decides nothing that is published")
        grade, bounds = proposal.grade, proposal.range
        if proposal.override is not None:
            grade, bounds = proposal.override[2], proposal.override[3]
        self.versions[incident.id] = incident.versions
        incident.versions.append((body["version"], seq, sys.intern(grade), self._shared(pairs_of(bounds)), "published"))
        # What can still matter of a published incident is the deciding round, should a vote be excluded.
        incident.rounds = {} if round_ is None else {round_.number: round_}
        incident.settlement = incident.dissents = incident.silenced = None
        incident.moves = []
        incident.proposal = None
        incident.moved = False
        incident.reopened = incident.standing = None
        incident.stage = "published"
        self.published.append(seq)

    def _is_version(self, incident: Incident, event: Event) -> None:
        if not incident.version or event["body"]["version"] != incident.version:
            self.fail("version", event["seq"], "it does not name the version that stands")

    def _recheck_opened(self, incident: Incident, event: Event, shown: Dict[str, Any]) -> None:
        """AUDIT-FORMAT 11, Numbers and seqs: its cause is a seq; what may be one is left open."""
        self._is_version(incident, event)
        self._comes_after(event, event["body"]["cause"], NO_CAUSE)
        incident.recheck = True

    def _comes_after(self, event: Event, named: Optional[int], sentence: str) -> None:
        if named is not None and named >= event["seq"]:
            self.fail("reference", event["seq"], sentence)

    def _recheck_closed(self, incident: Incident, event: Event, shown: Dict[str, Any]) -> None:
        self._is_version(incident, event)
        if not incident.recheck:
            self.fail("recheck", event["seq"], "no recheck is open")
        incident.recheck = False
        if event["body"]["outcome"] == "reopened":
            incident.expect = (("grade.reopened",), "recheck", "a recheck with the outcome reopened reopens in the act", False)

    def _grade_reopened(self, incident: Incident, event: Event, shown: Dict[str, Any]) -> None:
        self._is_version(incident, event)
        incident.stage = "grading"
        incident.reopened = event["body"]["ground"]
        incident.standing, incident.result = incident.result, None
        incident.waits = self.public

    def _correction_received(self, *given: Any) -> None:
        """It moves nothing."""

    def _correction_published(self, incident: Incident, event: Event, shown: Dict[str, Any]) -> None:
        """DESIGN 6: every version may be cited, so that one which another has followed may be corrected too.

        What was imported with its grade is version 0 (AUDIT-FORMAT 11, Files).
        """
        if all(one[0] != event["body"]["version"] for one in incident.versions):
            self.fail("version", event["seq"], "it does not name a version that was published")
        self._comes_after(event, event["body"]["of"], NO_CORRECTION)

    _attempt_refused = _correction_received

    def _detail_redacted(self, *given: Any) -> None:
        event = given[-2]
        body, seq = event["body"], event["seq"]
        if body["asked_by"] == event["actor"]:
            self.fail("redaction", seq, "a redaction is asked for by one person and seconded by another")
        if event["incident"] is None and self.full and body["asked_by"] not in self.leads:
            self.fail("redaction", seq, "a redaction is asked for by a lead of this desk")
        if body["of"] >= seq or not body["digests"]:
            self.fail("redaction", seq, "it covers details of an earlier event")
        for digest in body["digests"]:
            self.redacted[digest] = (seq, body["of"], event["incident"])
        if event["incident"] is not None:
            self._redacted_in(given[0], event)

    def _redacted_in(self, incident: Incident, event: Event) -> None:
        """AUDIT-FORMAT 3, Redaction: a lead asks; whether they still are one when it is seconded is left open."""
        body, asker = event["body"], incident.people.get(event["body"]["asked_by"])
        if asker is not None and self.full and asker not in self.leads:
            self.fail("redaction", event["seq"], "a redaction is asked for by a lead of this desk")
        silenced = incident.silenced or {}
        vote = (incident.dissents or {}).get(body["of"], -1)
        if silenced.get(vote, (-1, ()))[0] == body["of"]:
            silenced[vote] = (body["of"], (body["asked_by"], event["actor"]))

    # the end

    def finish(self) -> None:
        """What only shows when nothing follows."""
        self._check_open_acts()
        for incident in self.under_way():
            if not self.bundle:
                continue
            if incident.round is not None and incident.mute_shown is not None:
                self.fail("mute", incident.mute_shown, "an event of an open round is shown")
            settlement = incident.settlement
            if settlement is not None and not settlement.closed and settlement.shown_argument is not None:
                self.fail("mute", settlement.shown_argument, "an argument of an open settlement is shown")
            if incident.restricted and self.full:
                self.fail("mute", incident.last_seq, "a restricted incident is shown")
        self._behind_open_rounds()

    def _behind_open_rounds(self) -> None:
        """What stands behind the opening of a round may wait for its close: the places there count what is mute."""
        if not self.full:
            return
        for seq, to, name, number in self.regrouped:
            holder = self.get(name)
            if holder is None or holder.round is None or holder.round.number != number:
                self.fail("claim", seq, "a claim that is grouped cannot become %s" % to)
        for (source, target), (seq, told_by_source, _, _) in self.open_merges.items():
            other = target if told_by_source else source
            found = self.get(other)
            if found is None and self.bundle and self.withheld_before:
                # A restricted incident is mute in every profile: the side that it would tell is withheld.
                self.unpaired.append((seq, other))
            elif not (self.bundle and told_by_source and found is not None and self._waits_since(found, seq)):
                self.fail("merge", seq, MISSING_SIDE)

    @staticmethod
    def _waits_since(incident: Incident, seq: int) -> bool:
        return incident.round is not None and incident.round.seq < seq


    def _check_open_acts(self) -> None:
        """No act is left half done where a log ends."""
        for incident in self.under_way():
            if incident.expect is not None:
                self.fail(incident.expect[1], incident.last_seq, incident.expect[2])
            if incident.moved:
                self.fail("proposal", incident.last_seq, "the dossier moved under a proposal that was not voided in the same act")


# --- the bundle ----------------------------------------------------------------------------------------

_BAGIT = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
_STREAMS = re.compile(r"data/(?:logs/[1-9][0-9]{0,2}/)?(?:events\.jsonl|disclosures\.jsonl|leaves\.bin)\Z", re.ASCII)
_MEMBERS = re.compile(
    r"(?:bagit\.txt|bag-info\.txt|manifest-sha256\.txt|tagmanifest-sha256\.txt|data/(?:checkpoint|leaves\.bin|"
    r"events\.jsonl|disclosures\.jsonl|published\.json|codebooks\.json|policies\.json|incident\.json|heads\.jsonl|"
    r"verify\.py|README\.txt|proofs/(?:0|[1-9][0-9]{0,14})\.tlog-proof|"
    r"proofs/(?:0|[1-9][0-9]{0,14})-(?:0|[1-9][0-9]{0,14})\.consistency|checkpoints/(?:0|[1-9][0-9]{0,14})|"
    r"logs/[1-9][0-9]{0,2}/(?:leaves\.bin|events\.jsonl|disclosures\.jsonl|published\.json)|"
    r"keys/[A-Za-z0-9_.-]{1,100}\.vkey|evidence/[0-9a-f]{64}|timestamp/(?:0|[1-9][0-9]{0,14})\.tsr|"
    r"schema/[A-Za-z0-9_.-]{1,100}|view/[A-Za-z0-9_.-]{1,100}))\Z",
    re.ASCII,
)


class Bundle:
    """A zip that is a BagIt bag, read with mistrust."""

    def __init__(self, path: str, failures: Failures) -> None:
        self.failures = failures
        self.fail = failures.add
        self._check_directory(path)
        try:
            self.zip = zipfile.ZipFile(path)
            self.infos = {info.filename: info for info in self.zip.infolist()}
        except (zipfile.BadZipFile, ValueError, OSError, struct.error, UnicodeDecodeError):
            failures.fatal("bundle", None, "it is not a zip that can be read")
        self._check_members()
        self.manifest: Dict[str, str] = {}
        self.hashed: Set[str] = set()

    def _check_directory(self, path: str) -> None:
        """Look at the end of the file before anything believes the directory."""
        refuse = self.failures.fatal
        try:
            size = os.path.getsize(path)
            with open(path, "rb") as file:
                file.seek(max(0, size - 22 - 20 - 56))
                tail = file.read()
        except OSError as error:
            refuse("bundle", None, "it cannot be read: %s" % error.strerror)
            return
        if len(tail) < 22 or tail[-22:-18] != b"PK\x05\x06":
            refuse("bundle", None, "it is not a zip, or something follows its end")
        count, length, offset = struct.unpack("<HII", tail[-12:-2])
        end = size - 22
        if (count == 0xFFFF or length == 0xFFFFFFFF or offset == 0xFFFFFFFF) and tail[-42:-38] == b"PK\x06\x07":
            if tail[-98:-94] != b"PK\x06\x06":
                refuse("bundle", None, "its Zip64 end is malformed")
            count, length, offset = struct.unpack("<QQQ", tail[-98:-42][32:56])
            end -= 76
        if count > MAX_MEMBERS or length > MAX_DIRECTORY:
            refuse("bundle", None, "it has more than %d members or a directory over 32 MiB" % MAX_MEMBERS)
        self._count = count
        if offset + length != end:
            refuse("bundle", None, "its directory does not end where its end begins")

    def _check_members(self) -> None:
        infos, before, place = self.zip.infolist(), "", 0
        if len(infos) != self._count:
            self.failures.fatal("bundle", None, "its directory holds another number of members than its end says")
        for info in infos:
            name = info.filename
            problem = self._problem(info)
            if problem is not None:
                self.failures.fatal("bundle", None, "the member %s %s" % (quoted(name), problem))
            if name <= before:
                self.failures.fatal("bundle", None, "the member %s is out of order or stands twice" % quoted(name))
            if info.header_offset < place:
                self.failures.fatal("bundle", None, "the member %s lies over another" % quoted(name))
            before, place = name, info.header_offset + 30 + len(name) + info.compress_size

    @staticmethod
    def _problem(info: zipfile.ZipInfo) -> Optional[str]:
        name, packed, size = info.filename, info.compress_size, info.file_size
        if info.orig_filename != name or not _MEMBERS.match(name):
            return "has no place in a bundle"
        if info.flag_bits & 0x1 or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            return "is encrypted or packed in another way than deflate"
        if info.date_time != (1980, 1, 1, 0, 0, 0) or (info.external_attr >> 16) & 0o7777 != 0o644:
            return "has another time than 1980-01-01 or another mode than 0644"
        if (info.external_attr >> 28) & 0xF not in (0, 8):
            return "is no plain file"
        folds = size > MAX_FOLD * max(packed, 1)
        if _STREAMS.match(name) or name.startswith("data/evidence/"):
            return "is over 1 GiB and 200 times its packed size" if folds and size > MAX_STREAM else None
        if folds and size > MAX_WHOLE:
            return "is over 64 MiB and 200 times its packed size"
        return None

    def has(self, name: str) -> bool:
        return name in self.infos

    def size(self, name: str) -> int:
        return self.infos[name].file_size

    def names(self, folder: str) -> List[str]:
        return [name for name in self.infos if name.startswith(folder)]

    def chunks(self, name: str) -> Iterator[bytes]:
        """A member in pieces; its hash is compared with the manifest at the end."""
        digest = hashlib.sha256()
        try:
            with self.zip.open(name) as file:
                while True:
                    chunk = file.read(CHUNK)
                    if not chunk:
                        break
                    digest.update(chunk)
                    yield chunk
        except (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError) as error:
            self.failures.fatal("bundle", None, "the member %s cannot be unpacked: %s" % (quoted(name), quoted(str(error))))
        except Exception as error:  # zlib.error is not importable everywhere under one name
            if type(error).__name__ != "error":
                raise
            self.failures.fatal("bundle", None, "the member %s cannot be unpacked" % quoted(name))
        self._compare(name, digest.hexdigest())

    def _compare(self, name: str, digest: str) -> None:
        if name in self.hashed or name.endswith("manifest-sha256.txt"):
            return
        self.hashed.add(name)
        if self.manifest.get(name) != digest:
            self.fail("manifest", None, "the hash of %s is not the one in the manifest" % quoted(name))

    def whole(self, name: str, limit: int = MAX_SMALL) -> bytes:
        """A small member at once."""
        if not self.has(name):
            self.failures.fatal("bundle", None, "there is no %s" % name)
        if self.size(name) > limit:
            self.failures.fatal("bundle", None, "%s is larger than it can be" % quoted(name))
        return b"".join(self.chunks(name))

    def lines(self, name: str, limit: int) -> Iterator[bytes]:
        """The lines of a member without their LF; the last must end in one, none may be long."""
        tail = b""
        for chunk in self.chunks(name):
            lines = (tail + chunk).split(b"\n")
            tail = lines.pop()
            if len(tail) > limit:
                self.failures.fatal("line", None, "a line of %s is longer than %d bytes" % (name, limit))
            yield from lines
        if tail:
            self.fail("line", None, "the last line of %s does not end in a newline" % name)

    # the bag

    def check_bag(self) -> Dict[str, str]:
        """BagIt: declaration, sizes, and both manifests. Returns what bag-info says."""
        self._read_manifest("tagmanifest-sha256.txt", "")
        tags = set(self.manifest)
        self._read_manifest("manifest-sha256.txt", "data/")
        listed = {name for name in self.manifest if name.startswith("data/")}
        held = {name for name in self.infos if name.startswith("data/")}
        for name in sorted(listed ^ held)[:3]:
            self.fail("manifest", None, "%s is not both in the bag and in its manifest" % quoted(name))
        if tags != {"bagit.txt", "bag-info.txt", "manifest-sha256.txt"}:
            self.fail("manifest", None, "the tag manifest does not list the three tag files")
        digest = hashlib.sha256()
        with self.zip.open("manifest-sha256.txt") as file:
            for chunk in iter(lambda: file.read(CHUNK), b""):
                digest.update(chunk)
        if self.manifest.get("manifest-sha256.txt") != digest.hexdigest():
            self.fail("manifest", None, "the hash of the manifest is not the one in the tag manifest")
        if self.whole("bagit.txt") != _BAGIT:
            self.fail("manifest", None, "bagit.txt does not declare BagIt 1.0 in UTF-8")
        return self._bag_info(held)

    def _read_manifest(self, name: str, folder: str) -> None:
        if not self.has(name):
            self.failures.fatal("manifest", None, "there is no %s" % name)
        before = ""
        for line in self.lines(name, 4096):
            match = re.match(rb"([0-9a-f]{64})  ([!-~]{1,255})\Z", line)
            path = match.group(2).decode("ascii") if match else ""
            if match is None or path <= before or path.startswith("data/") != bool(folder):
                self.failures.fatal("manifest", None, "a line of %s is malformed or out of order" % name)
                return
            if len(self.manifest) > MAX_MEMBERS:
                self.failures.fatal("manifest", None, "%s lists more than %d files" % (name, MAX_MEMBERS))
            self.manifest[path] = match.group(1).decode("ascii")
            before = path

    def _bag_info(self, held: Set[str]) -> Dict[str, str]:
        info: Dict[str, str] = {}
        for line in self.whole("bag-info.txt", MAX_NOTE).split(b"\n")[:-1]:
            key, colon, value = line.decode("utf-8", "replace").partition(": ")
            if not colon or key in info:
                self.fail("manifest", None, "bag-info.txt is malformed")
            info[key] = value
        if set(info) != {"Payload-Oxum", "Bagging-Date", "Profile"}:
            self.fail("manifest", None, "bag-info.txt holds Payload-Oxum, Bagging-Date and Profile")
        oxum = "%d.%d" % (sum(self.infos[name].file_size for name in held), len(held))
        if info.get("Payload-Oxum") != oxum:
            self.failures.fatal("manifest", None, "the payload is %s, not the Payload-Oxum that the bag states" % oxum)
        if info.get("Profile") not in ("internal", "court", "public"):
            self.failures.fatal("profile", None, "the bag states no known profile")
        return info

    def check_rest(self) -> None:
        """Hash what nothing else read."""
        for name in self.infos:
            if name not in self.hashed:
                for _ in self.chunks(name):
                    pass


class LeafReader:
    """The leaf hashes of a log, asked for in ascending order."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._data = b""
        self._first = 0  # seq of the first leaf in hand

    def at(self, seq: int) -> bytes:
        offset = (seq - self._first) * 32
        while offset + 32 > len(self._data):
            whole = len(self._data) // 32
            chunk = next(self._chunks, b"")
            if not chunk:
                return b""
            self._data = self._data[32 * whole :] + chunk
            self._first += whole
            offset -= 32 * whole
        return self._data[offset : offset + 32]


# --- verification ----------------------------------------------------------------------------------------


class Earlier(NamedTuple):
    """A log that the next one continues, as it was read."""

    folder: str
    name: str
    base: int
    size: int
    root: bytes
    opened: Optional[Dict[str, Any]]
    rotations: List[Tuple[int, str]]  # seq and new key
    since_root: Optional[bytes]  # at the size of the checkpoint that was kept


class Verifier:
    """One run over one bundle."""

    def __init__(self, key: Key, witnesses: Sequence[Key], since: Optional[bytes]) -> None:
        self.key = key
        self.witnesses = list(witnesses)
        self.since = since
        self.failures = Failures()
        self.fail = self.failures.add
        self.proven: List[str] = []
        self.facts: Dict[str, Any] = {}
        self.replay = Replay(self.failures)
        self.profile = ""
        self.single = False
        self.shown = 0
        self.disclosed = 0
        self.runs: List[Tuple[int, int]] = []  # withheld leaves as half-open ranges of seq
        # Digest of an absent disclosure -> its event, how many of that event the profile leaves out, and how many may be
        # absent because somebody left; only of events that lack something which the profile shows.
        self.missing: Dict[str, Tuple[int, int, int]] = {}
        self.whose: Dict[int, Optional[str]] = {}  # those events -> their incident
        self.untold = 0  # how many disclosures of shown events are absent
        # In public, incident -> number, seq and word of each event of its sources; see _take_source.
        self.of_sources: Dict[str, Any] = {}
        # Incident and actor -> the last event of theirs that withholds who the person is, where the profile shows it.
        self.nameless: Dict[Tuple[str, str], int] = {}
        self.due: Dict[str, Tuple[frozenset, frozenset, frozenset]] = {}  # type -> what this profile has to show of it
        self.files: Dict[str, int] = {}
        self.root_at: Dict[int, bytes] = {}
        self.leaf_at: Dict[int, bytes] = {}
        self.last_day = ""
        self.claims_referred: Dict[int, int] = {}  # claim -> the last shown event that moved it into or out of an incident
        self.unsaid: List[int] = []  # claims of which no detail is told
        self.hidden_heads = 0
        self.unsettled: List[str] = []  # incidents whose settlement is open as far as is shown, and that go on behind it
        self.lacking: Set[str] = set()  # files that events record and the bundle does not hold
        self.hidden_names: Set[str] = set()  # of them, those that a shown event names as the other side of its own
        # Last leaf of an incident that a joint cut -> its last event shown, the joint, and how many the heads know.
        self.tails: Dict[str, Tuple[int, int, int]] = {}
        self.waiting_for: List[str] = []  # of them, those of which something waits
        self.waiting: Dict[str, int] = {}  # in public, incident -> how many of its events wait for its next version
        self.log_shown: Dict[int, str] = {}
        self.patterns: Dict[str, Any] = {}
        self.earlier: List[Earlier] = []
        self.note: Checkpoint  # of the log that is being read
        # The log that is being read: its folder, and how many leaves those hold that it continues.
        self.folder, self.base = "data/", 0

    def run(self, path: str) -> bool:
        """Whether everything holds."""
        # Nothing here makes cycles worth collecting, and looking for them costs a fifth of the time.
        collecting = gc.isenabled()
        gc.disable()
        try:
            self._run(path)
        except Stop:
            pass
        except (RecursionError, MemoryError):
            self.failures.all.append(Failure("bundle", None, "it is too deep or too large to be read"))
        finally:
            if collecting:
                gc.enable()
        return not self.failures.all

    def _run(self, path: str) -> None:
        self.bundle = bundle = Bundle(path, self.failures)
        info = bundle.check_bag()
        self.profile = info["Profile"]
        self._read_checkpoint()
        self.single = bundle.has("data/incident.json")
        if self.single == bundle.has("data/leaves.bin"):
            self.failures.fatal("bundle", None, "a bundle has either leaves.bin or incident.json")
        whole = not self.single
        full = whole and self.profile != "public"
        self.replay = Replay(self.failures, full=full, public=self.profile == "public")
        if self.single:
            self._read_incident()
        else:
            self._read_earlier_logs()
            self._read_leaves()
        self._read_events()
        self.replay.finish()
        if info.get("Bagging-Date") != self.last_day and self.last_day:
            self.fail("manifest", None, "Bagging-Date is not the day of the last leaf")
        self._check_withheld()
        self._check_missing()
        self._check_nameless()
        self._check_heads()
        self._check_reasons()
        self._check_sources()
        self._check_unsaid()
        self._check_unpaired()
        self._check_books()
        self._check_published()
        self._check_keys()
        self._check_proofs()
        self._check_since()
        self._check_evidence()
        self._check_timestamps()
        bundle.check_rest()

    # the logs before

    def _read_earlier_logs(self) -> None:
        """Every log that this one continues, from the first on, by its own reading; their state goes on."""
        names = self.bundle.names("data/logs/")
        present = self.note
        count = len({name.split("/")[2] for name in names})
        for number in range(1, count + 1):
            self._read_earlier("data/logs/%d/" % number)
        self.note, self.folder, self.patterns, self.failures.where = present, "data/", {}, ""
        self._check_joint("data/")

    def _read_earlier(self, folder: str) -> None:
        bundle, replay = self.bundle, self.replay
        for name in ("leaves.bin", "events.jsonl", "disclosures.jsonl", "published.json"):
            if not bundle.has(folder + name):
                self.failures.fatal("joint", None, "there is no %s%s: a log that was continued is not whole" % (folder, name))
        size, rest = divmod(bundle.size(folder + "leaves.bin"), 32)
        name = str(self._first_in(folder).get("log", ""))
        if not _is_name(name) or name in [one.name for one in self.earlier] + [self.key.name]:
            self.failures.fatal("joint", None, "%sevents.jsonl is of no log, or of one that is in the bundle already" % folder)
        if rest or not size:
            self.failures.fatal("joint", None, "%sleaves.bin holds no whole leaves" % folder)
        self.folder, self.patterns, self.failures.where = folder, {}, in_log(name)
        self._check_joint(folder)
        since = self._since_of(name)
        roots = self._roots(folder, {since.size} if since is not None else set(), size)
        self.note = Checkpoint(name, size, roots[size], b"", [])
        self._read_events()
        rotations = [(seq - self.base, new) for seq, _, new in replay.rotations]
        since_root = roots.get(since.size) if since is not None else None
        self.earlier.append(Earlier(folder, name, self.base, size, roots[size], replay.opened, rotations, since_root))
        self._check_own_key(self.earlier[-1])
        replay.cross(size, name)
        self.base += size

    def _first_in(self, folder: str) -> Dict[str, Any]:
        """What the first line of a log says, before anything of it was checked."""
        member = folder + "events.jsonl"
        try:
            first = parse(next(self.bundle.lines(member, MAX_LINE), b"")) if self.bundle.has(member) else None
        except Malformed:
            first = None
        return first if isinstance(first, dict) else {}

    def _roots(self, folder: str, wanted: Set[int], size: int) -> Dict[int, bytes]:
        """The roots over the leaves of a folder at the sizes wanted, and at its end."""
        roots, edge, rest = {0: EMPTY_ROOT}, Edge(), b""
        sizes = sorted(one for one in wanted if 0 < one <= size)
        for chunk in self.bundle.chunks(folder + "leaves.bin"):
            data = rest + chunk
            rest = data[len(data) - len(data) % 32 :]
            place, end, start = 0, len(data) // 32, edge.size
            while sizes and sizes[0] <= start + end:
                stop = sizes.pop(0) - start
                edge.append_many(data[place * 32 : stop * 32])
                place = stop
                roots[edge.size] = edge.root()
            edge.append_many(data[place * 32 : end * 32])
        roots[edge.size] = edge.root()
        return roots

    def _since_of(self, name: str) -> Optional[Checkpoint]:
        """The checkpoint that was kept, where it is of the log of this name."""
        if self.since is None:
            return None
        try:
            found = parse_checkpoint(self.since)
        except Malformed:
            return None  # named where it is read
        return found if found.origin == name else None

    def _check_joint(self, folder: str) -> None:
        """The log in this folder says which it continues, and that is the one before it, leaf by leaf."""
        refuse, before = self.failures.fatal, self.earlier[-1] if self.earlier else None
        first = self._first_in(folder)
        if first.get("type") != "log.opened":
            return  # named where it is read
        try:
            continues = first["body"]["continues"]
            told = None if continues is None else (continues["origin"], continues["size"], continues["root"])
        except (KeyError, TypeError):
            return  # named where it is read
        if told is None and before is not None:
            refuse("joint", 0, "it says that it continues no log, and the bundle holds one before it")
        elif told is not None and before is None:
            refuse("joint", 0, "the log %s that it continues is not in the bundle" % quoted(told[0]))
        elif told is not None and before is not None:
            if told[0] != before.name:
                refuse("joint", 0, "it continues the log %s, and the one before it is %s" % (quoted(told[0]), quoted(before.name)))
            if told[1] != before.size:
                refuse("joint", 0, "it continues %s leaves, and the log before it has %d" % (quoted(told[1]), before.size))
            if told[2] != b64(before.root):
                refuse("joint", 0, "the root that it continues is not that of the log before it")

    def _check_own_key(self, one: Earlier) -> None:
        try:
            name = parse_key((one.opened or {}).get("vkey", "")).name
        except Malformed:
            name = ""
        if name != one.name:
            self.fail("key", 0, "the key that it was opened with is not shown, malformed or of another name")

    def _check_since_earlier(self, one: Earlier, note: Checkpoint) -> None:
        """A kept checkpoint of a log that was continued: a beginning of it, or of what it says was lost of it."""
        texts = [(one.opened or {}).get("vkey", "")] + [new for seq, new in one.rotations if seq < note.size]
        try:
            key = parse_key(texts[-1])
            if key not in signers(note, [key]):
                self.fail("since", None, "the checkpoint that you kept is not signed by the key that its log had then")
        except Malformed as error:
            self.fail("since", None, "the checkpoint that you kept: %s" % error)
        if note.size <= one.size:
            if one.since_root != note.root:
                self.fail("since", None, "the log was forked: its first %d leaves are not those of the checkpoint that you kept" % note.size)
            return
        place = self.earlier.index(one) + 1
        after = self.earlier[place].opened if place < len(self.earlier) else self.replay.opened
        lost = ((after or {}).get("continues") or {}).get("lost")
        if lost is not None and note.size > one.size + lost:
            self.fail("joint", 0, "it says that %d leaves of the log before it were lost; you kept a checkpoint of %d more than it has" % (lost, note.size - one.size))
        self.facts["since_lost"] = note.size - one.size

    # signatures

    def _note(self, data: bytes, what: str) -> Checkpoint:
        try:
            found = parse_checkpoint(data)
        except Malformed as error:
            self.failures.fatal("checkpoint", None, "%s is malformed: %s" % (what, error))
            raise Stop() from None
        if found.origin != self.key.name:
            self.failures.fatal("checkpoint", None, "%s is of the log %s, the key of %s" % (what, quoted(found.origin), quoted(self.key.name)))
        return found

    def _read_checkpoint(self) -> None:
        self.note_bytes = self.bundle.whole("data/checkpoint", MAX_NOTE)
        self.note = self._note(self.note_bytes, "the checkpoint")
        try:
            self.signed = signers(self.note, [self.key] + self.witnesses)
        except Malformed as error:
            self.failures.fatal("checkpoint", None, str(error))
        for witness in self.witnesses:
            if witness not in self.signed:
                self.fail("witness", None, "%s has not signed the checkpoint" % quoted(witness.name))
        self.facts["log"], self.facts["size"] = self.note.origin, self.note.size
        self.facts["root"] = b64(self.note.root)

    def _check_keys(self) -> None:
        """The pinned key signs, or one that it was rotated to under both signatures."""
        replay, opened = self.replay, self.replay.opened
        if opened is None:
            self.fail("log", 0, "the event that opens the log is not shown")
            return
        texts = [opened["vkey"]] + [new for _, _, new in replay.rotations]
        keys = []
        for text in texts:
            try:
                keys.append(parse_key(text))
            except Malformed as error:
                self.fail("key", None, "a key of the log is malformed: %s" % error)
                return
            if keys[-1].name != self.note.origin or keys[-1].algorithm != 1:
                self.fail("key", None, "a key of the log is of another name or kind")
                return
        if self.key not in keys:
            self.fail("key", 0, "the key that you pinned is not one that this log was opened with or rotated to")
        try:
            if keys[-1] not in signers(self.note, [keys[-1]]):
                self.fail("checkpoint", None, "the present key of the log has not signed the checkpoint")
        except Malformed as error:
            self.fail("checkpoint", None, str(error))
        for place, (seq, _, _) in enumerate(replay.rotations):
            self._check_rotation(seq - self.base, keys[place], keys[place + 1])

    def _check_rotation(self, seq: int, old: Key, new: Key) -> None:
        note = self._covering(seq)
        try:
            both = note is not None and {old, new} <= signers(note, [old, new])
        except Malformed:
            both = False
        if not both:
            self.fail("key", seq, "the first checkpoint after the rotation does not bear both signatures")

    def _covering(self, seq: int) -> Optional[Checkpoint]:
        """The first kept checkpoint that covers this event."""
        sizes = sorted(int(name.rsplit("/", 1)[1]) for name in self.bundle.names("data/checkpoints/"))
        for size in sizes:
            if size > seq:
                return self._note(self.bundle.whole("data/checkpoints/%d" % size, MAX_NOTE), "checkpoints/%d" % size)
        return self.note if self.note.size > seq else None

    # leaves

    def _read_leaves(self) -> None:
        size = self.note.size
        if self.bundle.size("data/leaves.bin") != 32 * size:
            self.failures.fatal("root", None, "leaves.bin does not hold the %d leaves of the checkpoint" % size)
        wanted = {int(name.rsplit("/", 1)[1]) for name in self.bundle.names("data/checkpoints/")}
        if self.since is not None and not any(self._since_of(one.name) for one in self.earlier):
            wanted.add(self._note(self.since, "the checkpoint that you kept").size)
        sizes = sorted(number for number in wanted if number <= size)
        indexes = sorted(
            {int(name.rsplit("/", 1)[1].split(".")[0]) for name in self.bundle.names("data/proofs/") if name.endswith("tlog-proof")}
        )
        edge, rest = Edge(), b""
        self.root_at[0] = EMPTY_ROOT
        for chunk in self.bundle.chunks("data/leaves.bin"):
            data = rest + chunk
            rest = data[len(data) - len(data) % 32 :]
            place, end = 0, len(data) // 32
            start = edge.size
            while indexes and indexes[0] < start + end:
                offset = (indexes[0] - start) * 32
                self.leaf_at[indexes.pop(0)] = data[offset : offset + 32]
            while sizes and sizes[0] <= start + end:
                stop = sizes.pop(0) - start
                edge.append_many(data[place * 32 : stop * 32])
                place = stop
                self.root_at[edge.size] = edge.root()
            edge.append_many(data[place * 32 : end * 32])
        self.root_at[edge.size] = edge.root()
        if self.root_at[edge.size] != self.note.root:
            self.fail("root", None, "the root over leaves.bin is not the signed one")

    def _read_incident(self) -> None:
        try:
            told = parse(self.bundle.whole("data/incident.json"))
            check = [told["incident"], told["head_index"], told["head_path"], told["paths"]]
            if canonical(told) != self.bundle.whole("data/incident.json"):
                raise Malformed("it is not canonical")
            self.paths = {int(seq): [unb64(step) for step in path] for seq, path in told["paths"].items()}
            self.head_path = [unb64(step) for step in check[2]]
            self.head_index, self.incident = int(check[1]), str(check[0])
            if len(told) != 4 or any(len(path) > 64 for path in self.paths.values()):
                raise Malformed("it has other keys, or a path that is too long")
        except (Malformed, KeyError, TypeError, ValueError, AttributeError) as error:
            self.failures.fatal("bundle", None, "incident.json is malformed: %s" % quoted(str(error)))

    # events and what they disclose

    def _read_events(self) -> None:
        size, folder, base = self.note.size, self.folder, self.base
        if not self.bundle.has("data/events.jsonl") or not self.bundle.has("data/disclosures.jsonl"):
            self.failures.fatal("bundle", None, "there is no events.jsonl or no disclosures.jsonl")
        leaf_at = (lambda seq: b"") if self.single else LeafReader(self.bundle.chunks(folder + "leaves.bin")).at
        disclosures = groupby(self._disclosures(folder), itemgetter(0))
        nothing: Tuple[int, Iterable[Tuple[int, str, bytes]]] = (size, ())
        pending, unread = nothing, True
        new, expected, replay, single = hashlib.sha256, 0, self.replay, self.single
        for line in self.bundle.lines(folder + "events.jsonl", MAX_LINE):
            event = self._event(line, expected)
            seq = event["seq"]
            if unread:
                # Not before the first event is read, so that it is the event which is named where that is wrong.
                pending, unread = next(disclosures, nothing), False
            if seq < expected or seq >= size:
                self.failures.fatal("seq", seq, "the event is out of order, stands twice or is not in the tree")
            if seq > expected:
                self.runs.append((base + expected, base + seq))
                replay.withheld_before, replay.withheld_last = True, base + seq - 1
            leaf = new(b"\x00" + line).digest()
            if single:
                self._check_path(seq, leaf)
            elif leaf_at(seq) != leaf:
                self.fail("leaf", seq, "the event was altered: its hash is not the one in the tree")
            while pending[0] < seq:
                self.fail("disclosure", pending[0], "a disclosure belongs to no event that is shown")
                pending = next(disclosures, nothing)
            texts: Iterable[Tuple[int, str, bytes]] = ()
            if pending[0] == seq:
                texts = list(pending[1])
                pending = next(disclosures, nothing)
            shown = self._open(event, texts)
            try:
                replay.feed(event, shown, leaf)
            except (KeyError, IndexError, TypeError, ValueError, AttributeError, AssertionError) as error:
                self.fail("replay", seq, "it cannot be judged after what came before it (%s)" % type(error).__name__)
            self._note_event(event)
            expected = seq + 1
        if expected < size:
            self.runs.append((base + expected, base + size))
            replay.withheld_before, replay.withheld_last = True, base + size - 1
        elif self.shown:
            self.last_day = replay.day
        if unread:
            pending = next(disclosures, nothing)
        if pending is not nothing:
            self.fail("disclosure", pending[0], "a disclosure belongs to no event that is shown")

    def _event(self, line: bytes, expected: int) -> Event:
        """The event of a line that is its own canonical text and whose body has exactly its type's fields."""
        self.shown += 1
        try:
            text = line.decode("ascii")
            kind = text[text.rindex(',"type":"') + 9 : -len(_TYPE_TAIL)]
            pattern = self.patterns.get(kind)
            if pattern is None and kind in SPECS:
                pattern = self.patterns[kind] = line_pattern(kind, self.note.origin)
            match = None if pattern is None else pattern.match(text)
        except (UnicodeDecodeError, ValueError):
            match = None
        if match is None:
            return self._event_slowly(line, expected)
        actor, body, day, incident, iseq, prev, role, sd, seq = match.groups()
        digests = sd[2:-2].split('","')
        event = {
            "actor": actor,
            "body": _PLAIN_SCAN(body, 0)[0] if body != "{}" else {},
            "day": day,
            "incident": incident,
            "iseq": None if iseq is None else int(iseq),
            "prev": prev,
            "role": role,
            "sd": digests,
            "seq": int(seq),
            "type": kind,
        }
        if (incident is None) is not (iseq is None) or (prev is None) is not (iseq is None or iseq == "0"):
            self.failures.fatal("line", event["seq"], "its incident, iseq and prev do not go together")
        if not all(map(lt, digests, digests[1:])):
            self.fail("sealed", event["seq"], "its digests do not ascend")
        return event

    def _event_slowly(self, line: bytes, expected: int) -> Event:
        """The same for a line that needs a second look; names what is wrong with it."""
        refuse = self.failures.fatal
        if len(line) > MAX_LINE:
            refuse("line", expected, "the line is over 32 KiB")
        event: Event = {}
        try:
            event = parse(line)
            check_profile(event)
        except Malformed as error:
            refuse("line", expected, "the line is no canonical event: %s" % error)
        if not isinstance(event, dict) or set(event) != _KEYS:
            refuse("line", expected, "the line is no object of the twelve keys")
        if canonical(event) != line:
            refuse("line", expected, "re-serialising the line does not give the same bytes")
        seq = event["seq"]
        if type(seq) is not int or seq < 0:
            refuse("line", expected, "its seq is no number")
        if type(event["v"]) is not int or event["v"] != 1:
            refuse("line", seq, "it is of another version")
        if event["log"] != self.note.origin:
            refuse("line", seq, "it is of the log %s" % quoted(event["log"]))
        self._check_envelope(event)
        return event

    def _check_envelope(self, event: Event) -> None:
        refuse, seq, kind = self.failures.fatal, event["seq"], event["type"]
        spec = SPECS.get(kind) if isinstance(kind, str) else None
        if spec is None:
            refuse("type", seq, "%s is no type of this format" % quoted(kind))
            return
        body, digests, incident = event["body"], event["sd"], event["incident"]
        if not isinstance(body, dict) or set(body) != set(spec.body):
            refuse("body", seq, "the body of %s holds %s" % (kind, ", ".join(sorted(spec.body)) or "nothing"))
        for field, value in sorted(body.items()):
            told = spec.body[field]
            if not re.match("(?:%s)\\Z" % ANY_NAME.get(told, KINDS[told]), canonical(value).decode("utf-8"), re.ASCII):
                refuse("body", seq, "the %s of %s is %s" % (field, kind, quoted(value)))
        if not isinstance(digests, list) or not all(isinstance(one, str) and _sd_text(one) for one in digests):
            refuse("sealed", seq, "its digests are malformed")
        if len(digests) != len(spec.seals):
            refuse("sealed", seq, "%s seals %d disclosures, not %d" % (kind, len(spec.seals), len(digests)))
        if not all(map(lt, digests, digests[1:])):
            refuse("sealed", seq, "its digests do not ascend")
        texts = (event["actor"], event["day"], event["role"])
        if not all(isinstance(one, str) for one in texts) or event["role"] not in _ROLES.values():
            refuse("line", seq, "its actor, day or role is malformed")
        if not re.match(r"(?:system|[a-z2-7]{16})\Z", event["actor"], re.ASCII):
            refuse("actor", seq, "the actor %s is no pseudonym" % quoted(event["actor"]))
        if not real_day(event["day"]):
            refuse("day", seq, "%s is no day" % quoted(event["day"]))
        self._check_place(event, incident)

    def _check_place(self, event: Event, incident: Any) -> None:
        refuse, seq, iseq, prev = self.failures.fatal, event["seq"], event["iseq"], event["prev"]
        if incident is None:
            if iseq is not None or prev is not None:
                refuse("line", seq, "an event of the log has no iseq and no prev")
            return
        if not isinstance(incident, str) or not re.match(r"i-[a-z2-7]{16}\Z", incident, re.ASCII):
            refuse("line", seq, "its incident is malformed")
        if type(iseq) is not int or iseq < 0 or (iseq == 0) is not (prev is None):
            refuse("line", seq, "its incident, iseq and prev do not go together")
        if prev is not None and not (isinstance(prev, str) and re.match(_HASH32 + r"\Z", prev)):
            refuse("line", seq, "its prev is no canonical base64 of a hash")

    def _disclosures(self, folder: str) -> Iterator[Tuple[int, str, bytes]]:
        """(seq, digest, decoded bytes) in the order of the file, which must ascend by seq and text."""
        rest, before = b"", (-1, b"")
        for chunk in self.bundle.chunks(folder + "disclosures.jsonl"):
            data = rest + chunk
            cut = data.rfind(b"\n") + 1
            rest = data[cut:]
            if len(rest) > MAX_DISCLOSURE + 64:
                self.failures.fatal("disclosure", None, "a line of disclosures.jsonl is too long")
            pairs = _DISCLOSURE_LINES(data, 0, cut)
            if not pairs and not cut:
                continue
            texts, numbers = [text for text, _ in pairs], [number for _, number in pairs]
            length = sum(map(len, texts)) + sum(map(len, numbers)) + len(pairs) * len('{"d":"","seq":}\n')
            found = list(zip(map(int, numbers), texts))  # noqa: B905
            self._check_disclosure_lines(data[:cut], length, found, before)
            before = found[-1]
            yield from _opened(found)
        if rest:
            self.fail("line", None, "the last line of disclosures.jsonl does not end in a newline")

    def _check_disclosure_lines(
        self, data: bytes, length: int, found: List[Tuple[int, bytes]], before: Tuple[int, bytes]
    ) -> None:
        """The lines found must be all there is, in order, each text canonical base64url."""
        if length != len(data):
            lines = (line for line in data.split(b"\n")[:-1] if not _DISCLOSURE_LINES(line + b"\n"))
            self.failures.fatal("disclosure", None, "a line of disclosures.jsonl is malformed: %s" % quoted(next(lines, b"")[:60]))
        if before >= found[0] or not all(map(lt, found, found[1:])):
            wrong = [two for one, two in zip([before] + found, found) if one >= two][0]  # noqa: B905
            self.failures.fatal("disclosure", wrong[0], "disclosures.jsonl is not sorted, or holds a line twice")
        for seq, text in found:
            if text[-1] not in _LAST[len(text) & 3] or len(text) > MAX_DISCLOSURE:
                self.failures.fatal("disclosure", seq, "the base64url of a disclosure is not canonical, or too long")

    def _open(self, event: Event, texts: Iterable[Tuple[int, str, bytes]]) -> Dict[str, Any]:
        """The disclosures of an event by name; each must be one that the event sealed."""
        digests, kind, count = event["sd"], event["type"], 0
        seals = SPECS[kind].seals
        shown: Dict[str, Any] = {}
        found = []
        for seq, digest, raw in texts:
            count += 1
            if digest not in digests:
                self.fail("disclosure", seq, "a disclosure is not one that the event sealed: it was altered or is forged")
                continue
            try:
                name, value = read_disclosure(raw)
            except Malformed as error:
                self.fail("disclosure", seq, "a disclosure is malformed: %s" % error)
                continue
            if name not in seals or name in shown:
                self.fail("sealed", seq, "%s does not seal %s, or seals it once" % (kind, quoted(name)))
            shown[name] = value
            found.append(digest)
        self.disclosed += count
        self.untold += len(digests) - len(found)
        if len(found) != len(digests) or self.profile != "internal":
            self._absent(event, shown, found)
        if "file" in shown:
            self._name_file(event, shown["file"])
        return shown

    def _absent(self, event: Event, shown: Dict[str, Any], found: List[str]) -> None:
        """What is not shown: by the profile, because it was redacted, or against the rules."""
        kind, seq, spec = event["type"], event["seq"], SPECS[event["type"]]
        if self.profile == "public":
            more = [name for name in shown if name not in spec.public]
            if more:
                self.fail("profile", seq, "the public profile does not show %s" % ", ".join(sorted(more)))
        elif self.profile == "court" and REPORTERS & set(shown):
            self.fail("profile", seq, "the court profile does not show a reporter")
        if kind == "vote.committed" and not shown:
            # Replaced, withdrawn or excluded before the close: sealed for ever. The replay knows at the close.
            return
        if kind == "claim.received" and not shown and self.profile != "public":
            # It stands in a restricted incident: its line is here for what refers to it, and no word of it.
            self.unsaid.append(self.base + seq)
            self.missing.update((digest, (self.base + seq, len(event["sd"]), 0)) for digest in event["sd"])
            return
        always, hidden, of_source = self._due(kind)
        left_out = self._take_source(event, shown, found) if of_source else 0
        if always <= shown.keys() and (of_source <= shown.keys() or of_source.isdisjoint(shown)):
            return
        names = always - shown.keys()
        if "at" in names or (kind == "vote.committed" and names & {"grade", "range"}):
            self.fail("disclosure", seq, "the time of an event and a vote's grade and range are never redacted")
        of_who_left = ("person" in names) + (kind.startswith("person.") and "name" in names)
        if "person" in names and not self.single:
            self.nameless[event["incident"] or kind[: kind.index(".")], event["actor"]] = self.base + seq
        if of_who_left > ("person" in names) and not self.single:
            self.nameless["person", event["body"]["who"]] = self.base + seq
        self.whose[self.base + seq] = event["incident"]
        for digest in event["sd"]:
            if digest not in found:
                self.missing[digest] = (self.base + seq, left_out + len(hidden - shown.keys()), of_who_left)

    def _due(self, kind: str) -> Tuple[frozenset, frozenset, frozenset]:
        """What this profile always shows of a type, what it leaves out, and what it shows of a publishable source."""
        due = self.due.get(kind)
        if due is None:
            spec = SPECS[kind]
            hidden = {"internal": frozenset(), "court": spec.internal, "public": spec.seals - spec.public}[self.profile]
            of_source = spec.public - {"publishable"} if self.profile == "public" and kind in OF_A_SOURCE else frozenset()
            due = self.due[kind] = (spec.seals - hidden - of_source, hidden, of_source)
        return due

    def _take_source(self, event: Event, shown: Dict[str, Any], found: List[str]) -> int:
        """Keep what an event of a source told, to be judged by the last word on it; how many may be absent until then.

        The word: 1 where something of the source is shown, 2 where the event says whether it is publishable, 4 where
        that is so, and 8 times the details that are absent without being left out by the profile.
        """
        _, hidden, of_source = self._due(event["type"])
        told = not of_source.isdisjoint(shown)
        says = event["type"] != "source.captured"
        lacking = 0 if told else len(event["sd"]) - len(found) - len(hidden - shown.keys())
        word = told + 2 * says + 4 * (says and shown.get("publishable") is True) + 8 * lacking
        words = self.of_sources.setdefault(event["incident"], array("q"))
        words.extend((event["body"]["source"], self.base + event["seq"], word))
        return 0 if told else len(of_source)

    def _name_file(self, event: Event, file: Any) -> None:
        if file is None:
            return
        ok = isinstance(file, dict) and isinstance(file.get("sha256"), str) and type(file.get("size")) is int
        if not ok:
            if event["type"] != "import.made":
                self.fail("evidence", event["seq"], "its file does not say sha256 and size")
            return
        name = "data/evidence/" + file["sha256"]
        if not self.bundle.has(name):
            self.lacking.add(file["sha256"])
            return
        if self.files.setdefault(file["sha256"], file["size"]) != file["size"]:
            self.fail("evidence", event["seq"], "its file is of another size than stated before")

    def _note_event(self, event: Event) -> None:
        """What other checks need to know of this event."""
        kind, seq = event["type"], event["seq"]
        if kind == "claim.grouped" or kind == "claim.ungrouped":
            self.claims_referred[self.base + event["body"]["claim"]] = self.base + seq
        if event["incident"] is not None:
            if self.single and event["incident"] != self.incident:
                self.fail("withheld", seq, "it belongs to another incident than the bundle")
            return
        if self.profile == "public" and kind.startswith(WITHHELD_FROM_PUBLIC):
            self.log_shown[self.base + seq] = kind

    # one incident

    def _check_path(self, seq: int, leaf: bytes) -> None:
        path = self.paths.pop(seq, None)
        if path is None or root_from_path(leaf, seq, self.note.size, path) != self.note.root:
            self.fail("inclusion", seq, "its path does not lead to the signed root: it was altered or is not in the log")
        self.leaf_at[seq] = leaf

    # after the last event

    def _withheld(self, seq: int) -> bool:
        place = bisect_right(self.runs, (seq, MAX_INT)) - 1
        return place >= 0 and self.runs[place][0] <= seq < self.runs[place][1]

    def _check_withheld(self) -> None:
        """Every link over a gap must meet a withheld leaf; every gap must have a reason."""
        replay = self.replay
        total = sum(end - start for start, end in self.runs)
        self.facts["shown"], self.facts["withheld"] = self.shown, total
        self.facts["leaves"] = self.base + self.note.size
        self._check_unseen()
        if self.single:
            if self.paths:
                self.fail("withheld", min(self.paths), "a path is given for an event that is not shown")
            if self.note.size - 1 not in self.leaf_at or 0 not in self.leaf_at:
                self.fail("reference", None, "a one-incident bundle also holds the first and the last leaf of the log")
            if replay.names() != [self.incident]:
                self.fail("withheld", None, "the bundle does not hold its incident")
            return
        self._find_muted(replay.wanted)
        for low, _, linked in replay.wanted.values():
            replay.fail("chain", linked, "its link is not the hash of any withheld leaf after event %d" % low)
        if self.profile == "public":
            self._check_public()
            return

    def _check_unseen(self) -> None:
        """What the close of a round that was given up lists is withheld, and each vote of it is another leaf."""
        votes: Set[int] = set()
        for seq, named in self.replay.unseen:
            if not self._withheld(named) or named in votes:
                self.replay.fail("withheld", seq, GIVEN_UP)
            votes.add(named)

    def _openings(self) -> List[Tuple[int, int, int]]:
        """Behind which place, before which, so many events of an incident may be withheld that nothing counts."""
        spans = []
        for one in self.replay.under_way():
            settlement = one.settlement
            if one.round is not None:
                spans.append((one.round.seq, MAX_INT, MAX_INT))
            elif settlement is not None and settlement.argues:
                spans.append((settlement.seq, MAX_INT, MAX_INT))
            elif one.cut and one.last_seq < self.base:
                spans.append((one.last_seq, min(end for end, _ in self.replay.ended if end > one.last_seq), MAX_INT))
        return spans

    def _check_reasons(self) -> None:
        """Every withheld leaf has a reason of its own where it stands, unless it may be of what is not shown at all."""
        fixed = self.replay.heads[-1][0] if self.replay.heads else -1
        # An incident that was opened and restricted since has no head yet.
        since = sum(end - max(start, fixed + 1) for start, end in self.runs if end > fixed + 1)
        if self.single or self.profile == "public" or self.hidden_heads:
            return
        seq, counted = self._unexplained(fixed)
        if seq is not None and since - counted < 2:
            self.replay.fail("withheld", seq, "leaves are withheld without a reason")

    def _unexplained(self, fixed: int) -> Tuple[Optional[int], int]:
        """The first withheld leaf for which there is no room, each given to the gap that ends first.

        And how many gaps hold behind the last log.heads: those are of incidents that are shown.
        """
        spans, place = sorted(self.replay.gaps + self._openings()), 0
        at_hand: List[List[int]] = []
        found, counted = None, 0
        for start, end in self.runs:
            seq = start
            while seq < end:
                while place < len(spans) and spans[place][0] < seq:
                    heappush(at_hand, list(spans[place][1:]))
                    place += 1
                while at_hand and at_hand[0][0] <= seq:
                    heappop(at_hand)
                # As many at once as nothing changes for.
                stop = min(end, spans[place][0] + 1) if place < len(spans) else end
                if not at_hand:
                    found = seq if found is None else found
                else:
                    stop = min(stop, at_hand[0][0], seq + at_hand[0][1])
                    counted += max(0, stop - max(seq, fixed + 1)) if at_hand[0][0] != MAX_INT else 0
                    at_hand[0][1] -= stop - seq
                    if not at_hand[0][1]:
                        heappop(at_hand)
                seq = stop
        return found, counted

    def _find_muted(self, wanted: Dict[str, Tuple[int, int, int]]) -> None:
        """Strike out each leaf hash that a withheld leaf has, behind the one and before the other place given with it."""
        seq = 0
        if not wanted:
            return
        for chunk in self._aligned_leaves():
            for place in range(0, len(chunk), 32):
                low_high = wanted.get(b64(chunk[place : place + 32]))
                if low_high is not None and low_high[0] < seq < low_high[1] and self._withheld(seq):
                    del wanted[b64(chunk[place : place + 32])]
                seq += 1

    def _aligned_leaves(self) -> Iterator[bytes]:
        rest = b""
        for folder in [one.folder for one in self.earlier] + ["data/"]:
            for chunk in self.bundle.chunks(folder + "leaves.bin"):
                data = rest + chunk
                rest = data[len(data) - len(data) % 32 :]
                yield data[: len(data) - len(rest)]

    def _check_public(self) -> None:
        for incident in self.replay.under_way():
            if not incident.versions:
                self.replay.fail("profile", incident.last_seq, "the public profile shows only incidents with a determination")
        for seq, kind in self.log_shown.items():
            if seq not in self.claims_referred:
                self.replay.fail("profile", seq, "the public profile withholds %s that no shown event refers to" % kind)

    def _check_missing(self) -> None:
        """Each absent disclosure was redacted or was the name of somebody who left; no redacted one is shown."""
        redacted = self.replay.redacted
        for digest, (redaction, of, name) in redacted.items():
            held = self.missing.pop(digest, None)
            if held is not None and None not in (name, self.whose.get(held[0])) and self.whose[held[0]] != name:
                self.replay.fail("redaction", redaction, "a detail that it covers is of another incident")
            if held[0] != of if held is not None else self.profile == "internal" and not self.single:
                self.replay.fail("redaction", redaction, "a detail that it covers is shown, or is none of event %d" % of)
        absent: Dict[int, int] = {}
        for seq, left_out, of_who_left in self.missing.values():
            absent[seq] = absent.get(seq, 0) + 1
            if absent[seq] == 1 + left_out + (of_who_left if self.replay.left or self.single else 0):
                self.replay.fail("disclosure", seq, "a disclosure is withheld without a redaction that covers it")
        if redacted:
            for base, folder in [(one.base, one.folder) for one in self.earlier] + [(self.base, "data/")]:
                for seq, digest, _ in self._disclosures(folder):
                    if digest in redacted:
                        self.replay.fail("redaction", base + seq, "a redacted disclosure is shown")

    def _check_nameless(self) -> None:
        """Who acted is withheld only of those who left for good since, and then of all that they did."""
        left: Dict[str, int] = self.replay.left
        counted: Dict[str, int] = {}
        if not left and not self.replay.redacted:
            return  # each of them was named already
        last = max(left.values(), default=-1)
        for (name, actor), seq in sorted(self.nameless.items(), key=itemgetter(1)):
            incident = self.replay.get(name)
            counted[name] = counted.get(name, 0) + 1
            if incident is not None:
                gone = seq < last and actor not in incident.people and counted[name] <= len(left)
            else:
                # Who moved a claim bears a name of its own there.
                gone = seq < last if name == "claim" else seq <= left.get(actor, -1)
            if not gone:
                self.replay.fail("person", seq, "it withholds who acted, and nobody who left for good stands behind it")

    def _check_sources(self) -> None:
        """In public a source is told where the last word on it is that it is publishable, and only there."""
        covered: Dict[int, int] = {}
        for _, of, _ in self.replay.redacted.values():
            covered[of] = covered.get(of, 0) + 1
        # While a round is open, or a version waits, an event that is not shown may have taken a source back.
        under_way = list(self.replay.under_way())
        waiting = {one.id for one in under_way if one.waits and (one.gaps or one.id in self.waiting)}
        self.facts["waiting"], self.waiting_for = len(waiting), sorted(waiting)
        open_rounds = {one.id for one in under_way if one.round is not None} | waiting
        for name, words in self.of_sources.items():
            triples = list(zip(words[::3], words[1::3], words[2::3]))  # noqa: B905
            publishable = {number: bool(word & 4) for number, _, word in triples if word & 2}
            for number, seq, word in triples:
                marked = publishable.get(number, False)
                if word & 1 and not marked:
                    self.replay.fail("profile", seq, "the public profile shows a source only where it is marked publishable")
                if marked and name not in open_rounds and word >> 3 > covered.get(seq, 0):
                    self.replay.fail("disclosure", seq, "a source marked publishable is withheld without a redaction that covers it")

    def _check_heads(self) -> None:
        replay, bundle = self.replay, self.bundle
        if not replay.heads:
            if bundle.has("data/heads.jsonl") or self.single or self.profile == "public":
                self.fail("heads", None, "there is no log.heads that heads.jsonl could agree with")
            return
        seq, body = replay.heads[-1]
        seq -= self.base
        if self.single or self.profile == "public":
            if seq != self.note.size - 1:
                self.fail("heads", seq, "this bundle is made under a checkpoint that ends in log.heads")
        if not bundle.has("data/heads.jsonl"):
            self.fail("heads", seq, "there is no heads.jsonl")
            return
        if self.single:
            self._check_single_head(seq, body)
            return
        edge, count, seen, hidden = Edge(), 0, -1, 0
        named = {other for _, other in replay.unpaired}
        pattern = re.compile(r'\["(i-[a-z2-7]{16})",([1-9][0-9]{0,14}),"(%s)"\]\Z' % _HASH32, re.ASCII)
        for line in bundle.lines("data/heads.jsonl", 256):
            match = pattern.match(line.decode("ascii", "replace"))
            if match is None:
                self.fail("heads", seq, "a line of heads.jsonl is malformed")
                return
            leaf = sha256(b"\x00" + line)
            edge.append(leaf)
            count += 1
            incident = replay.get(match.group(1))
            if incident is None or incident.index >= len(replay.tree.levels[0]):
                hidden += 1
                self.hidden_names.update(named & {match.group(1)})
                continue
            if incident.index <= seen:
                self.fail("heads", seq, "heads.jsonl is not in the order of the incidents' first events, or holds one twice")
            elif incident.index != seen + 1:
                self.fail("heads", seq, "an incident that is shown is not in heads.jsonl")
            seen = incident.index
            self._check_head(incident, int(match.group(2)), match.group(3), leaf)
        if seen + 1 != len(replay.tree.levels[0]):
            self.fail("heads", seq, "an incident that is shown is not in heads.jsonl")
        if count != body["n"] or edge.root() != unb64(body["root"]):
            self.fail("heads", seq, "heads.jsonl is not what the last log.heads fixed")
        self._find_muted(self.tails)
        for low, _, known in self.tails.values():
            replay.fail("heads", low, CUT_TAIL % known)
        self.hidden_heads = hidden

    def _check_unsaid(self) -> None:
        """A claim keeps its words to itself only where it left a shown incident, maybe into one that is not shown."""
        if not self.unsaid:
            return
        last = self.runs[-1][1] if self.runs else 0
        for seq in self.unsaid:
            left = self.claims_referred.get(seq, self.base + self.note.size)
            if left >= last or not (self.single or self.hidden_heads) or not self._left_unseen(seq):
                self.replay.fail("disclosure", seq, "a claim of a shown incident is without its words")

    def _left_unseen(self, claim: int) -> bool:
        """Whether a claim waits as far as was seen, or stands where what follows the opening of a round waits."""
        state = self.replay.claims.get(claim, "")
        holder = self.replay.get(state)
        return state == "received" if holder is None else holder.round is not None and claim in (holder.claims or ())

    def _check_unpaired(self) -> None:
        """What is hidden has a head all the same, unless it began after the last one was fixed."""
        fixed = self.replay.heads[-1][0] if self.replay.heads else -1
        for seq, other in self.replay.unpaired:
            if seq < fixed and other not in self.hidden_names:
                self.replay.fail("merge", seq, MISSING_SIDE)

    def _check_head(self, incident: Incident, count: int, last: str, leaf: bytes) -> None:
        if self.replay.tree.levels[0][incident.index] == leaf:
            return
        settlement = incident.settlement
        longer = count > incident.count
        fixed, low, linked, before, behind = self.replay.spanned.get(incident.id, (-1, -1, -1, 0, 0))
        if fixed == self.replay.heads[-1][0] and before < count <= behind:
            # What it ended in then has its reason: an event that is shown behind it links to it.
            self.tails[last] = (low, linked, count)
        elif longer and incident.waits:
            self.waiting[incident.id] = count - incident.count
        elif longer and incident.cut and incident.last_seq < self.base:
            # What fell where its log ended leaves a muted tail there; what came behind the joint is shown.
            self.tails[last] = (incident.last_seq, self.base, count)
        elif longer and settlement is not None and settlement.argues:
            self.unsettled.append(incident.id)
        else:
            self.replay.fail("heads", incident.last_seq, CUT_TAIL % count)

    def _check_single_head(self, seq: int, body: Dict[str, Any]) -> None:
        lines = list(self.bundle.lines("data/heads.jsonl", 256))
        if len(lines) != 1:
            self.fail("heads", seq, "heads.jsonl of one incident holds its line")
            return
        root = root_from_path(sha256(b"\x00" + lines[0]), self.head_index, body["n"], self.head_path)
        if root != unb64(body["root"]):
            self.fail("heads", seq, "the head's path does not lead to the root of log.heads")
        incident = self.replay.get(self.incident)
        if incident is None:
            return
        try:
            told = parse(lines[0])
            name, count, last = told[0], told[1], told[2]
        except (Malformed, TypeError, IndexError, KeyError):
            name, count, last = None, 0, ""
        if name != self.incident:
            self.fail("heads", seq, "the head is of another incident")
        else:
            self._check_head(incident, count, last, sha256(b"\x00" + lines[0]))

    def _check_books(self) -> None:
        """codebooks.json and policies.json: each entry vouched for by an event."""
        for name, key, check in (("codebooks", "codebooks", self._codebook), ("policies", "policies", self._policy)):
            member = "data/%s.json" % name
            if not self.bundle.has(member):
                self.fail("bundle", None, "there is no %s" % member)
                continue
            data = self.bundle.whole(member)
            try:
                told = parse(data)
                if canonical(told) != data:
                    raise Malformed("it is not canonical")
                entries = told[key]
                if len(told) != 1 or not isinstance(entries, list):
                    raise Malformed("it holds something else than %s" % key)
                if len(entries) > len(self.replay.codebook_bodies) + len(self.replay.policies):
                    raise Malformed("it holds more entries than any events vouch for")
            except (Malformed, KeyError, TypeError) as error:
                self.fail(name, None, "%s is malformed: %s" % (member, quoted(str(error))))
                continue
            check(entries)

    def _codebook(self, entries: List[Any]) -> None:
        held = {sha256(canonical(entry)).hex(): _numbers_of(entry) for entry in entries}
        vouched = {body["sha256"] for body in self.replay.codebook_bodies}
        if set(held) - vouched:
            self.fail("codebook", None, "an entry of codebooks.json is vouched for by no event")
        if vouched - set(held):
            self.fail("codebook", None, "a codebook that an event defines is not in codebooks.json")
        for body in self.replay.codebook_bodies:
            # Else people would read another codebook than the one by which the votes are counted.
            told = held.get(body["sha256"]) or {}
            if any(_in_any_order(told[field]) != _in_any_order(body[field]) for field in told):
                self.fail("codebook", None, "an entry of codebooks.json says other numbers than the event that vouches for it")
                return

    def _policy(self, entries: List[Any]) -> None:
        held = {canonical(entry) for entry in entries}
        vouched = {canonical(body) for body in self.replay.policies.values()}
        if held - vouched:
            self.fail("policy", None, "an entry of policies.json is vouched for by no event")
        if vouched - held:
            self.fail("policy", None, "a policy that an event sets is not in policies.json")

    def _expected_published(self, log: str, base: int, size: int) -> Iterator[bytes]:
        yield b'{"grades":['
        first = True
        withdrawn = {one.id: one.withdrawn_at for one in self.replay.under_way() if one.stage == "withdrawn"}
        for name in sorted(self.replay.versions):
            rows = list(self.replay.versions[name])
            if name in withdrawn:
                version, _, grade, bounds, _ = rows[-1]
                rows.append((version, withdrawn[name], grade, bounds, "withdrawn"))
            for version, seq, grade, bounds, kind in rows:
                if not base <= seq < base + size:
                    continue
                entry = {
                    "grade": grade,
                    "incident": name,
                    "kind": kind,
                    "range": {"injured": [bounds[2], bounds[3]], "killed": [bounds[0], bounds[1]]},
                    "seq": seq - base,
                    "version": version,
                }
                yield (b"" if first else b",") + canonical(entry)
                first = False
        yield b'],"log":%s,"size":%d}' % (canonical(log), size)

    def _check_published(self) -> None:
        """published.json must be, byte for byte, what the replay says; that of each earlier log as well."""
        for one in self.earlier:
            self._check_list(one.folder + "published.json", one.name, one.base, one.size)
        if not self.bundle.has("data/published.json"):
            self.fail("published", None, "there is no published.json")
            return
        self._check_list("data/published.json", self.note.origin, self.base, self.note.size)

    def _check_list(self, member: str, log: str, base: int, size: int) -> None:
        mine = hashlib.sha256()
        for part in self._expected_published(log, base, size):
            mine.update(part)
        told = hashlib.sha256()
        for chunk in self.bundle.chunks(member):
            told.update(chunk)
        if mine.digest() != told.digest():
            lie = self._first_lie(member, log, base, size)
            self.fail("published", None, "%s is not what the events amount to%s" % (member[len("data/") :], lie))

    def _first_lie(self, member: str, log: str, base: int, size: int) -> str:
        if self.bundle.size(member) > MAX_SMALL:
            return ""
        try:
            told = {canonical(one) for one in parse(self.bundle.whole(member))["grades"]}
        except (Malformed, KeyError, TypeError):
            return ": it is malformed"
        mine = {part.lstrip(b",") for part in self._expected_published(log, base, size) if part.lstrip(b",").startswith(b'{"grade":')}
        for one in sorted(mine ^ told)[:1]:
            return ", for one in %s" % quoted(one[:200].decode("utf-8", "replace"))
        return ""

    # proofs

    def _read_proof(self, name: str) -> Optional[Tuple[int, List[bytes]]]:
        """Number and hashes of a proof whose checkpoint is that of the bundle."""
        data = self.bundle.whole(name, 2 * MAX_NOTE)
        head, blank, note = data.partition(b"\n\n")
        lines = head.decode("ascii", "replace").split("\n")
        word = "old "
        if name.endswith(".tlog-proof"):
            word = "index "
            if lines[:1] != ["c2sp.org/tlog-proof@v1"]:
                lines = [""]
            lines = lines[1:]
        check = "inclusion" if word == "index " else "consistency"
        if not blank or not lines or not lines[0].startswith(word) or not _COUNT.match(lines[0][len(word) :]) or len(lines) > 65:
            self.fail(check, None, "%s is malformed" % name)
            return None
        if note != self.note_bytes:
            self.fail(check, None, "%s is under another checkpoint than the bundle's" % name)
            return None
        try:
            path = [unb64(line) for line in lines[1:]]
        except Malformed as error:
            self.fail(check, None, "%s is malformed: %s" % (name, error))
            return None
        return int(lines[0][len(word) :]), path

    def _check_proofs(self) -> None:
        size = self.note.size
        needed = {seq - self.base for seq in self.replay.published} | ({size - 1} if size else set())
        for name in self.bundle.names("data/proofs/"):
            stem = name.rsplit("/", 1)[1].split(".")[0]
            proof = self._read_proof(name)
            if proof is None:
                continue
            if name.endswith(".consistency"):
                self._check_consistency(name, stem, proof)
                continue
            seq = int(stem)
            needed.discard(seq)
            leaf = self.leaf_at.get(seq, b"")
            if proof[0] != seq or root_from_path(leaf, seq, size, proof[1]) != self.note.root:
                self.fail("inclusion", seq, "its proof does not lead to the signed root")
        for seq in sorted(needed)[:3]:
            self.fail("inclusion", seq, "there is no proof of its inclusion")
        self._check_checkpoints()

    def _check_consistency(self, name: str, stem: str, proof: Tuple[int, List[bytes]]) -> None:
        old, new = (int(part) for part in stem.split("-"))
        kept = "data/checkpoints/%d" % old
        if new != self.note.size or proof[0] != old or not self.bundle.has(kept):
            self.fail("consistency", None, "%s does not go from a kept checkpoint to the bundle's" % name)
            return
        note = self._note(self.bundle.whole(kept, MAX_NOTE), kept)
        if note.size != old or not consistent(old, new, note.root, self.note.root, proof[1]):
            self.fail("consistency", None, "%s does not show the kept checkpoint to be a beginning of the log" % name)

    def _check_checkpoints(self) -> None:
        """Every kept checkpoint is signed, of this log, and a beginning of it."""
        kept = sorted(int(name.rsplit("/", 1)[1]) for name in self.bundle.names("data/checkpoints/"))
        keys = [self.key]
        for text in [new for _, _, new in self.replay.rotations] + [(self.replay.opened or {}).get("vkey", "")]:
            try:
                keys.append(parse_key(text))
            except Malformed:
                continue
        for size in kept:
            name = "data/checkpoints/%d" % size
            note = self._note(self.bundle.whole(name, MAX_NOTE), name)
            if note.size != size or size > self.note.size:
                self.fail("checkpoint", None, "%s is of another size than its name" % name)
                continue
            if not self.single and self.root_at.get(size) != note.root:
                self.fail("consistency", None, "%s has another root than the log had at that size" % name)
                continue
            if not self.bundle.has("data/proofs/%d-%d.consistency" % (size, self.note.size)) and size != self.note.size:
                self.fail("consistency", None, "there is no proof from %s to the bundle's checkpoint" % name)
            try:
                if not signers(note, keys):
                    self.fail("checkpoint", None, "%s is not signed by the log" % name)
            except Malformed as error:
                self.fail("checkpoint", None, "%s: %s" % (name, error))

    def _check_since(self) -> None:
        if self.since is None:
            return
        for one in self.earlier:
            earlier = self._since_of(one.name)
            if earlier is not None:
                self._check_since_earlier(one, earlier)
                return
        note = self._note(self.since, "the checkpoint that you kept")
        # The key of its size: that it and the pinned one follow from each other, _check_keys has shown.
        key = self._key_at(note.size)
        try:
            if key not in signers(note, [key]):
                self.fail("since", None, "the checkpoint that you kept is not signed by the key that the log had then")
        except Malformed as error:
            self.fail("since", None, "the checkpoint that you kept: %s" % error)
        if note.size > self.note.size:
            self.fail("since", None, "the log was rolled back: you kept %d leaves, the bundle has %d" % (note.size, self.note.size))
        elif self.single:
            self._since_by_proof(note)
        elif self.root_at.get(note.size) != note.root:
            self.fail("since", None, "the log was forked: its first %d leaves are not those of the checkpoint that you kept" % note.size)

    def _key_at(self, size: int) -> Key:
        """The key that signed a log of this size; the pinned one where no change of it is known."""
        before = [new for seq, _, new in self.replay.rotations if seq - self.base < size]
        texts = before[-1:] or ([self.replay.opened["vkey"]] if self.replay.rotations and self.replay.opened else [])
        try:
            return parse_key(texts[0]) if texts else self.key
        except Malformed:
            return self.key  # named already

    def _since_by_proof(self, note: Checkpoint) -> None:
        name = "data/proofs/%d-%d.consistency" % (note.size, self.note.size)
        proof = self._read_proof(name) if self.bundle.has(name) else (note.size, [])
        if proof is None or not consistent(note.size, self.note.size, note.root, self.note.root, proof[1]):
            self.fail("since", None, "the bundle holds no proof that the checkpoint you kept is a beginning of the log")

    def _check_evidence(self) -> None:
        count = 0
        for name in self.bundle.names("data/evidence/"):
            digest = name.rsplit("/", 1)[1]
            if digest not in self.files:
                self.fail("evidence", None, "%s is named by no disclosure that is shown" % name)
                continue
            if self.bundle.size(name) != self.files[digest]:
                self.fail("evidence", None, "%s is not of the size that was recorded" % name)
                continue
            mine = hashlib.sha256()
            for chunk in self.bundle.chunks(name):
                mine.update(chunk)
            if mine.hexdigest() != digest:
                self.fail("evidence", None, "%s is not the file that was recorded" % name)
            count += 1
        self.facts["evidence"] = count

    def _check_timestamps(self) -> None:
        stamps = self.bundle.names("data/timestamp/")
        for name in stamps:
            size = int(name.rsplit("/", 1)[1].split(".")[0])
            kept = "data/checkpoints/%d" % size
            data = self.note_bytes if size == self.note.size else self.bundle.whole(kept, MAX_NOTE) if self.bundle.has(kept) else None
            if data is None or sha256(data) not in self.bundle.whole(name, MAX_NOTE):
                self.fail("timestamp", None, "%s does not stamp a checkpoint of this bundle" % name)
        self.facts["timestamps"] = len(stamps)


def _in_any_order(value: Any) -> Any:
    return sorted(map(canonical, value)) if isinstance(value, list) else value


def _numbers_of(entry: Any) -> Dict[str, Any]:
    """What the entry of a codebook says that its event says too, as far as it has this shape."""
    told = {"id": entry["id"]} if isinstance(entry, dict) and isinstance(entry.get("id"), str) else {}
    grades = entry.get("grades") if isinstance(entry, dict) else None
    if isinstance(grades, list) and all(isinstance(one, dict) and isinstance(one.get("key"), str) for one in grades):
        told["grades"] = [one["key"] for one in grades]
    distances = entry.get("distances") if isinstance(entry, dict) else None
    if isinstance(distances, list):
        told["distances"] = distances
    return told


def _sd_text(text: str) -> bool:
    return re.match(_DIGEST43[1:-1] + r"\Z", text, re.ASCII) is not None


# --- the report ------------------------------------------------------------------------------------------


def proven(verifier: Verifier) -> List[str]:
    """What this run established."""
    replay, facts = verifier.replay, verifier.facts
    graded = sum(1 for rows in replay.versions.values() for one in rows if one[4] == "published")
    signer = "the key you pinned"
    if verifier.key not in verifier.signed:
        signer = "the key that the one you pinned was changed to under both signatures"
    lines = [
        "log %s, %d leaves, root %s, signed by %s" % (facts["log"], facts["size"], facts["root"], signer),
        "%d events hash to their leaves and stand in order; %d disclosures are what was sealed" % (verifier.shown, verifier.disclosed),
        "%d of %d leaves withheld by this profile: in the tree, content not checked" % (facts["withheld"], facts["leaves"]),
        "%d details not shown by this profile or removed" % verifier.untold,
        "%d incidents replayed; every transition was legal under the policy of its round" % len(replay.names()),
        "%d results recomputed from their votes; %d published grades follow from them" % (replay.recomputed, graded),
    ]
    if replay.under_another and not verifier.single:
        lines.append("%d rounds were opened under another policy than the latest" % replay.under_another)
    if replay.second_under_another:
        what = "%d second votes were held under another policy or codebook than the disputed round"
        lines.append(what % replay.second_under_another)
    if replay.not_made_anew:
        lines.append("%d rounds were opened where a proposal was voided and the votes still bore its grade" % replay.not_made_anew)
    if replay.without_words:
        lines.append("%d approvals are by somebody who had words of a dissent removed" % replay.without_words)
    if replay.roles_checked:
        lines.append("%d acts by people who held the role they acted in" % replay.roles_checked)
    else:
        lines.append("roles are asserted by the log")
    if verifier.witnesses:
        lines.append("%d witnesses signed this checkpoint" % len(verifier.witnesses))
    for one in verifier.earlier:
        lines.append("it continues the log %s, whose %d leaves were checked alike; what was in flight there fell" % (one.name, one.size))
    if "since_lost" in facts:
        lines.append("the checkpoint that you kept reaches %d leaves beyond where its log was continued" % facts["since_lost"])
    elif verifier.since is not None:
        lines.append("the checkpoint that you kept is a beginning of this log%s" % (" or of one that it continues" if verifier.earlier else ""))
    lines.append("%d evidence files are the ones recorded" % facts.get("evidence", 0))
    return lines


def unprovable(verifier: Verifier) -> List[str]:
    """What no run can establish."""
    replay = verifier.replay
    imported = sum(1 for rows in replay.versions.values() for one in rows if one[4] == "legacy")
    lines = [
        "that a source tells the truth",
        "that two pseudonyms are two humans",
        "that nobody who held the database and the master key read a sealed vote early",
        "what came after this checkpoint",
        "%d imported grades: recorded as imported, not reviewed here, no votes behind them" % imported,
        "anything by the bundle's own word: nothing inside it vouches for this verifier or for the key",
    ]
    lines += [line for line in (_withheld(verifier), _unread(verifier), _uncovered(verifier)) if line]
    if verifier.lacking:
        lines.append("what %d recorded files hold that are not in this bundle" % len(verifier.lacking))
    if replay.given_up:
        lines.append("who voted in %d rounds that were given up or fell: their votes stay sealed for ever" % replay.given_up)
    if replay.absorbing:
        lines.append("that nobody who decided had taken part in what was merged into an incident: who did is not told here")
    opened = [one.opened for one in verifier.earlier] + [replay.opened]
    for continues in [body["continues"] for body in opened if body is not None and body.get("continues")]:
        lost = "some" if continues["lost"] is None else continues["lost"]
        lines.insert(4, "what the %s leaves said that were published of %s and lost where it was continued" % (lost, continues["origin"]))
    if replay.unfixed > 1:
        lines.append("that %d log.heads before the last one are true: they fix what was withheld then" % (replay.unfixed - 1))
    if replay.broken_off:
        lines.append("what was argued in %d settlements that ended without a result: it stays sealed for ever" % replay.broken_off)
    if replay.ladders:
        lines.append("that those who were asked to settle %d settlements, and did not, are people of this desk" % replay.ladders)
    lines.append("what the files for people say (view, schema, keys, README.txt): they were not compared with the events")
    if not verifier.witnesses and verifier.since is None:
        lines.insert(3, "that nobody was shown another history: give --witness, or --since with a checkpoint you kept")
    if verifier.facts.get("timestamps"):
        lines.append("timestamps stamp these checkpoints; the authority's signature was not checked")
    return lines


def named(names: List[str]) -> str:
    """Incidents by their ids, as many as a line bears."""
    return ", ".join(names[:10]) + (" and %d more" % (len(names) - 10) if len(names) > 10 else "")


def elsewhere(verifier: Verifier) -> List[str]:
    """What this bundle does not prove, and which other one would."""
    return [line % named(names) for line, names in _kept_back(verifier) if names] + _of_the_desk(verifier)


def _kept_back(verifier: Verifier) -> List[Tuple[str, List[str]]]:
    """What may be kept back of which incidents."""
    return [
        (
            "that no settlement of %s has ended: a bundle made when it is closed shows what is withheld of it, arguments too",
            verifier.unsettled,
        ),
        (
            "that the open rounds of %s have not been closed: a bundle made when they are shows what is withheld of them",
            [one.id for one in verifier.replay.under_way() if one.round is not None],
        ),
        (
            "that no later version of %s is published and kept back, and no source was taken back in it: "
            "an internal or a court bundle of this checkpoint shows it",
            verifier.waiting_for,
        ),
    ]


def _of_the_desk(verifier: Verifier) -> List[str]:
    """What is not told of the desk itself, its people and their rights."""
    lines, opened = [], verifier.replay.opened
    if verifier.single and opened is not None and opened["continues"]:
        lines.append("that nothing of this incident stands in the log that was continued: a bundle of the whole log shows it")
    if verifier.single:
        lines.append("that the streams were open, and which policy was the latest: a bundle of the whole log shows it")
    if verifier.single or verifier.profile != "internal":
        lines.append("that the roles were held: an internal bundle of the whole log shows it, and who came and left")
    if not verifier.single and verifier.profile != "public" and verifier.runs:
        what = "that no right was taken back among what is withheld: %s shows it"
        first = min([start for start, _, _ in verifier._openings()], default=-1)
        if verifier.hidden_heads:
            lines.append(what % "a bundle that names the restricted incidents")
        elif first >= 0:
            lines.append(what % "a bundle made when nothing is open any more")
    return lines


def _withheld(verifier: Verifier) -> str:
    count = verifier.facts.get("withheld")
    return "what the %d withheld leaves say: any event may be among them, a right that was taken back too" % count if count else ""


def _unread(verifier: Verifier) -> str:
    count = verifier.hidden_heads
    return "what %d incidents hold of which nothing is shown, nor whether one is withheld that should be shown" % count if count else ""


def _uncovered(verifier: Verifier) -> str:
    """How far log.heads shows that no incident lost its end, where leaves are withheld behind it."""
    heads = verifier.replay.heads
    last = heads[-1][0] if heads else -1
    if not verifier.runs or verifier.runs[-1][1] <= last:
        return ""
    if last < 0:
        return "that no incident lost its end: no log.heads fixes what they hold"
    return "that no incident lost its end behind event %d, the last log.heads" % (last - verifier.base)


def own_hash() -> str:
    """The SHA-256 of this very file."""
    try:
        with open(os.path.abspath(__file__), "rb") as file:
            return sha256(file.read()).hex()
    except OSError:
        return "unknown"


def grades(verifier: Verifier) -> List[Dict[str, Any]]:
    rows = []
    for name in sorted(verifier.replay.versions):
        for version, seq, grade, bounds, kind in verifier.replay.versions[name]:
            told = {"killed": list(bounds[:2]), "injured": list(bounds[2:])}
            own, log = verifier.replay.place(seq)
            log = log or verifier.facts.get("log", "")
            rows.append(
                {"incident": name, "version": version, "grade": grade, "range": told, "log": log, "seq": own, "kind": kind}
            )
    return rows


def print_text(verifier: Verifier, holds: bool) -> None:
    print("verify.py %s, SHA-256 %s" % (VERSION, own_hash()))
    print("Compare this hash with the one the desk publishes outside the bundle.")
    if not holds:
        for failure in verifier.failures.all:
            print(failure)
        if len(verifier.failures.all) >= MAX_FAILURES:
            print("There is more; reading stopped here.")
        print("THE BUNDLE DOES NOT HOLD.")
        return
    print("Proven:")
    for line in proven(verifier):
        print("  " + line)
    rows = grades(verifier)
    for row in rows[:20]:
        where = "" if row["log"] == verifier.facts["log"] else in_log(row["log"])
        print("  %(incident)s version %(version)d: %(grade)s, %(kind)s, event %(seq)d" % row + where)
    if len(rows) > 20:
        print("  ... and %d more; --json lists all" % (len(rows) - 20))
    print("Not proven, and not provable by any bundle:")
    for line in unprovable(verifier):
        print("  " + line)
    if elsewhere(verifier):
        print("Not proven by this bundle; another one would show it:")
    for line in elsewhere(verifier):
        print("  " + line)
    print("ALL THAT CAN BE CHECKED HOLDS.")


def print_json(verifier: Verifier, holds: bool) -> None:
    told = {
        "ok": holds,
        "verifier": {"format": VERSION, "sha256": own_hash()},
        "profile": verifier.profile,
        "facts": verifier.facts,
        "failures": [failure._asdict() for failure in verifier.failures.all],
        "proven": proven(verifier) if holds else [],
        "unprovable": unprovable(verifier),
        "elsewhere": elsewhere(verifier),
        "grades": grades(verifier),
    }
    print(json.dumps(told, indent=1, sort_keys=True))


def _argument_key(text: str) -> Key:
    try:
        if text.startswith("@"):
            with open(text[1:], encoding="utf-8") as file:
                text = file.read(4096).strip()
        return parse_key(text)
    except (OSError, UnicodeDecodeError) as error:
        raise argparse.ArgumentTypeError("cannot read the key: %s" % error) from None
    except Malformed as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _argument_file(text: str) -> bytes:
    try:
        with open(text, "rb") as file:
            return file.read(MAX_NOTE + 1)
    except OSError as error:
        raise argparse.ArgumentTypeError("cannot read it: %s" % error) from None


def main(arguments: Optional[Sequence[str]] = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(
        prog="verify.py", description="Check an exported trail offline.", epilog="Exit 0: holds. 1: does not. 2: usage."
    )
    parser.add_argument("bundle", metavar="BUNDLE")
    parser.add_argument("--key", required=True, type=_argument_key, metavar="VKEY", help="verifier key, or @FILE")
    parser.add_argument("--witness", action="append", default=[], type=_argument_key, metavar="VKEY")
    parser.add_argument("--since", type=_argument_file, metavar="OLD_CHECKPOINT")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    if given.key.algorithm != 1 or any(witness.algorithm != 4 for witness in given.witness):
        parser.error("--key takes a log's key, --witness a witness's")
    verifier = Verifier(given.key, given.witness, given.since)
    holds = verifier.run(given.bundle)
    (print_json if given.json else print_text)(verifier, holds)
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
