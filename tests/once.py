"""What every application of a test process would compile anew, always alike: templates, addresses and statements.

A server makes one application and compiles each of them once; the tests make thousands. Shared is only what a pure
function gave, kept under everything that went into it: no row, no answer and no setting of one test reaches another.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Engine
from werkzeug.routing import Rule

from review.logs import Quiet

Builder = Callable[..., tuple[str, str]]


class Templates(BytecodeCache):
    """The code of each template, under its name and the checksum of its source."""

    def __init__(self) -> None:
        self.compiled: dict[tuple[str, str], bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        known = self.compiled.get((bucket.key, bucket.checksum))
        if known is not None:
            bucket.bytecode_from_string(known)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.compiled[bucket.key, bucket.checksum] = bucket.bytecode_to_string()


class Address(Rule):
    """A rule whose builder of addresses is compiled once; it asks the rule at hand for the converters."""

    builders: ClassVar[dict[tuple[object, ...], Builder]] = {}

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
