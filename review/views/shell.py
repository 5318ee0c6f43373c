"""The frame around every page: what the bar of the desk offers to a role, and which page one is on."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, request
from flask_babel import gettext as _
from flask_login import current_user

from review.rules.words import N_

ALL = ("reviewer", "lead", "auditor", "admin")
# A lead's bar holds what waits for a decision; how the desk is run is one press further away.
LEAD = ("lead",)


@dataclass(frozen=True, slots=True)
class Place:
    """One page of the desk's bar, the roles that work there, and those who find it folded away under "Desk"."""

    label: str
    path: str
    roles: tuple[str, ...]
    folded_for: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One link of a bar, in the reader's words."""

    label: str
    href: str
    current: bool
    folded: bool = False


DESK = (
    Place(N_("Waiting"), "/desk/waiting", ("lead",)),
    Place(N_("Bench"), "/desk", ("reviewer", "lead")),
    Place(N_("Inbox"), "/desk/inbox", ("reviewer", "lead")),
    Place(N_("Claims"), "/desk/claims", ("reviewer", "lead")),
    Place(N_("Sent in"), "/desk/submissions", ("reviewer", "lead"), LEAD),
    Place(N_("Corrections"), "/desk/corrections", ("lead",), LEAD),
    Place(N_("Incidents"), "/desk/incidents", ALL),
    Place(N_("People"), "/desk/people", ("lead", "admin"), LEAD),
    Place(N_("Streams"), "/desk/streams", ("lead", "admin"), LEAD),
    Place(N_("Official reports"), "/desk/ledger", ("lead",), LEAD),
    Place(N_("Policy"), "/desk/policy", ("lead", "admin"), LEAD),
    Place(N_("Removals"), "/desk/redactions", ("lead", "admin"), LEAD),
    Place(N_("Import"), "/desk/import", ("admin",)),
    Place(N_("Checks"), "/desk/checks", ("admin",)),
    Place(N_("Export"), "/desk/export", ("lead", "auditor", "admin"), LEAD),
)
PUBLIC = (
    Place(N_("Incidents"), "/incidents", ()),
    Place(N_("Record by month"), "/record", ()),
    Place(N_("Streams"), "/streams", ()),
    Place(N_("Open data"), "/data", ()),
    Place(N_("Method"), "/method", ()),
    Place(N_("Send in"), "/submit", ()),
    Place(N_("Check the trail"), "/audit", ()),
)


def register(app: Flask) -> None:
    """Offer both bars to the templates."""
    app.context_processor(lambda: {"desk_bar": desk_bar, "public_bar": public_bar})


def desk_bar() -> list[Entry]:
    """The pages that the signed-in person's role works on."""
    role = current_user.role if current_user.is_authenticated else None
    return _entries([place for place in DESK if role in place.roles], role)


def public_bar() -> list[Entry]:
    """The pages that everybody may read."""
    return _entries(list(PUBLIC))


def _entries(places: list[Place], role: str | None = None) -> list[Entry]:
    here = _standing(places)
    return [Entry(_(place.label), place.path, place is here, role in place.folded_for) for place in places]


def _standing(places: list[Place]) -> Place | None:
    """The place whose path leads furthest into the present address."""
    fitting = [place for place in places if _within(place.path)]
    return max(fitting, key=lambda place: len(place.path), default=None)


def _within(path: str) -> bool:
    if path == "/desk":
        return request.path == path
    return request.path == path or request.path.startswith(path + "/")
