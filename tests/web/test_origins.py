"""Origins on an incident's page: how many count, what each is called, and which do not count."""

from __future__ import annotations

import re
from html import unescape

from review.actions import sources
from tests import builders
from tests.web.sitting import sitting


def test_the_origins_that_are_called_so_are_those_that_are_counted(staffed: builders.Desk) -> None:
    """Whatever is withdrawn, repeated or of no bearing leaves gaps in the numbers, and the page says why."""
    ref = builders.opened(staffed)
    roles = ("supports_harm", "supports_harm", "context", "official", "supports_attribution", "supports_harm")
    for number, role in enumerate(roles, 1):
        sources.attach_source(staffed.enterer, ref, draft=builders.draft(number, role=role))
    sources.group_sources(staffed.enterer, ref, origin=1, sources=[2], reason="It repeats the first.")
    sources.withdraw_source(staffed.enterer, ref, 6, reason="It was about another day.")
    page = unescape(sitting(staffed.app, staffed.lead).get(f"/desk/incidents/{ref}").get_data(as_text=True))
    head = re.search(r"<strong>(\d+) independent origins</strong>", page)
    named = re.findall(r'<h3 id="o(\d+)">(Origin S|Not counted: S|Statement by a party)', page)
    assert head is not None and named == [
        ("1", "Origin S"), ("5", "Origin S"), ("3", "Not counted: S"), ("4", "Statement by a party"),
    ]  # fmt: skip
    assert head[1] == str(len([called for _number, called in named if called == "Origin S"]))
    assert "An origin is called by its first source" in page
