"""Every address that the application answers, with its places filled by what a desk holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import product

from flask import Flask
from werkzeug.routing import Rule

# Answered before any page: files of our own, and a cookie that changes what the next page looks like.
NOT_PAGES = {"static", "language.choose"}

Places = Mapping[str, Iterable[object]]


def rules(app: Flask, method: str) -> list[Rule]:
    """The rules that answer this method, by their addresses."""
    found = (rule for rule in app.url_map.iter_rules() if method in (rule.methods or ()))
    return sorted((rule for rule in found if rule.endpoint not in NOT_PAGES), key=lambda rule: rule.rule)


def filled(rule: Rule, places: Places) -> Iterator[str]:
    """The rule's addresses with every combination of the things that its places name."""
    names = sorted(rule.arguments)
    unknown = [name for name in names if name not in places]
    assert not unknown, f"{rule.rule}: say in the test's places what {unknown} may be"
    for values in product(*(places[name] for name in names)):
        address = rule.rule
        for name, value in zip(names, values, strict=True):
            converter = next(part for part in (f"<int:{name}>", f"<path:{name}>", f"<{name}>") if part in address)
            address = address.replace(converter, str(value))
        yield address
