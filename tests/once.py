"""What every application of a test process would make anew, always alike: templates, addresses, statements and keys.

A server makes one application and compiles each of them once; the tests make thousands. Shared is only what a pure
function gave, kept under everything that went into it: no row, no answer and no setting of one test reaches another.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from functools import lru_cache
from types import CodeType
from typing import Any, ClassVar

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Engine
from werkzeug.routing import BaseConverter, Rule

from review.audit import escrow
from review.logs import Quiet

Builder = Callable[..., tuple[str, str]]
Parsed = tuple[list[Any], list[tuple[bool, str]], dict[str, BaseConverter]]


class Templates(BytecodeCache):
    """The code of each template, under its name and the checksum of its source."""

    def __init__(self) -> None:
        self.compiled: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self.compiled.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.compiled[bucket.key, bucket.checksum] = bucket.code


class Address(Rule):
    """A rule that is parsed, and whose builder of addresses is compiled, once; it has converters of its own map."""

    builders: ClassVar[dict[tuple[object, ...], Builder]] = {}
    parsed: ClassVar[dict[tuple[object, ...], Parsed]] = {}

    def compile(self) -> None:
        words = (self.rule, self.subdomain, self.merge_slashes, frozenset(self.map.converters.items()))
        known = self.parsed.get(words)
        if known is None:
            super().compile()
            self.parsed[words] = (self._parts, self._trace, self._converters)
            return
        self._parts, self._trace = known[0], known[1]
        self._converters = {name: self._of_this_map(converter) for name, converter in known[2].items()}
        self.arguments.update(self._converters)
        self._build = self._compile_builder(False).__get__(self, None)
        self._build_unknown = self._compile_builder(True).__get__(self, None)

    def _of_this_map(self, converter: BaseConverter) -> BaseConverter:
        own = copy(converter)
        own.map = self.map
        return own

    def _compile_builder(self, append_unknown: bool = True) -> Builder:
        defaults = tuple(sorted((self.defaults or {}).items()))
        words = (self.rule, tuple(self._trace), defaults, append_unknown)
        if words not in self.builders:
            self.builders[words] = super()._compile_builder(append_unknown)
        return self.builders[words]


def share_pages() -> None:
    """Every application that this process makes from here on compiles no template and no address a second time."""
    Quiet.jinja_options = {**Quiet.jinja_options, "bytecode_cache": Templates()}
    Quiet.url_rule_class = Address


def share_phrases() -> None:
    """The key that a passphrase and a salt make is made once: slow on purpose, and a test opens what it has just sealed."""
    escrow._key = lru_cache(maxsize=32)(escrow._key)


_engines: dict[tuple[str, str], Engine] = {}


def share_statements(engine: Engine) -> None:
    """Let a new engine take the SQL of statements that another of its kind has compiled, as one server's requests do.

    Connections, pools and their listeners stay the engine's own. Of the dialect there is nothing that a test changes:
    a listener of ours that hangs on a dialect ("do_execute" and its like) would have to be taken off again.
    """
    kind = (engine.dialect.name, engine.dialect.driver)
    first = _engines.setdefault(kind, engine)
    if first.dialect.server_version_info is None:
        # Nothing has connected with it yet, so it does not know its server: the new one may come to.
        _engines[kind] = engine
        return
    engine.dialect = first.dialect
    engine.pool._dialect = first.dialect
    engine._compiled_cache = first._compiled_cache
