"""Steps of a random history by which words are removed for good, and by which somebody leaves the desk."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from review.rules.requirements import Deed
from tests.audit.forge import ADA, LIO, MUN, RIA, Forge, Someone
from tests.audit.steps import Step

WHY = "It names a child."


def removing(forge: Forge, name: str, lead: Someone) -> Iterator[Step]:
    """What one person asks for and another seconds, an admin too; what nobody may do alone; and a leaving."""
    wanted = next((one for one in forge.said if one.name in ("exact", "reason") and _of(forge, one.seq) == name), None)
    if wanted is not None:
        other = MUN if lead is LIO else LIO
        for by in (lead, ADA):
            yield Step("redact", "second_redaction", by, _redacting(name, by, other, wanted.seq, wanted.digest), _deed(name, other))
        yield Step("redact alone", "second_redaction", lead, _redacting(name, lead, lead, wanted.seq, wanted.digest), _deed(name, lead))
        yield Step("redact as a reviewer", "second_redaction", RIA, _redacting(name, RIA, other, wanted.seq, wanted.digest), _deed(name, other))
    yield Step("leave", "let_leave", ADA, _leaving)


def _of(forge: Forge, seq: int) -> str | None:
    return forge.rows[seq].incident


def _deed(name: str, asker: Someone) -> Deed:
    return Deed(reason=WHY, subject=asker.in_(name))


def _redacting(name: str, by: Someone, asker: Someone, of: int, digest: str) -> Callable[[Forge], None]:
    def write(forge: Forge) -> None:
        body = {"of": of, "digests": [digest], "ground": "personal_data", "asked_by": asker.in_(name)}
        forge.add("detail.redacted", by, name, **body, reason=WHY)
        forge.said = [one for one in forge.said if one.digest != digest]

    return write


def _leaving(forge: Forge) -> None:
    """Somebody who joined, was given a role and took no part."""
    who = Someone(f"Xan {len(forge.rows)}", "reviewer").in_("log")
    forge.add("person.joined", ADA, who=who, name=None)
    forge.add("role.granted", ADA, who=who, role="reviewer", reason=None)
    forge.add("person.deactivated", ADA, who=who, name=None)
    forge.add("role.revoked", ADA, who=who, role="reviewer", reason=None)
    forge.add("person.left", ADA, who=who, name=None)
