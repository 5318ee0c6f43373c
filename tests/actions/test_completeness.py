"""Nothing is missing: every action names its events and its permission, and every event has an action."""

from __future__ import annotations

import ast
import inspect
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import review.actions
from review.actions import consequences, log_end
from review.actions.verb import ACTIONS
from review.audit.events.event import TYPES, Event
from review.rules.permissions import PERMISSIONS

for _module in iter_modules(review.actions.__path__):
    import_module(f"review.actions.{_module.name}")

# What the next issues bring: declared from the start, recorded by no action yet.
LATER = {
    "source.derived",
    "source.opened",
}  # fmt: skip
# Recorded by the doorway itself, whatever the action.
BY_THE_DOORWAY = {"log.opened", "codebook.defined", "policy.set", "attempt.refused"}
# Whoever does this holds the set-up link and no role, so that no role is asked for.
WITHOUT_A_ROLE = {"set_up"}


def recorded() -> set[str]:
    return {event.type for action in ACTIONS.values() for event in action.records}


def test_every_event_is_recorded_by_an_action_or_is_known_to_come_later() -> None:
    assert set(TYPES) - recorded() - BY_THE_DOORWAY == LATER


def test_what_comes_later_is_recorded_by_no_action() -> None:
    assert LATER & recorded() == set()


def test_every_action_is_a_permission() -> None:
    assert set(ACTIONS) - set(PERMISSIONS) == WITHOUT_A_ROLE


def test_every_action_states_its_rule() -> None:
    assert [verb for verb, action in ACTIONS.items() if not inspect.getdoc(action.function)] == []


def _calls(source: Path) -> set[str]:
    tree = ast.parse(source.read_text(encoding="utf-8"))
    called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    return called & {event.__name__ for event in TYPES.values()}


def _module_events() -> dict[str, set[str]]:
    """Source file -> the events that its actions declare."""
    declared: dict[str, set[str]] = {}
    for action in ACTIONS.values():
        source = inspect.getsourcefile(inspect.unwrap(action.function)) or ""
        declared.setdefault(source, set()).update(event.__name__ for event in action.records)
    return declared


def test_what_a_file_of_actions_records_its_actions_declare() -> None:
    missing = {
        Path(source).name: _calls(Path(source)) - declared - {"AttemptRefused"}
        for source, declared in _module_events().items()
    }
    assert {name: events for name, events in missing.items() if events} == {}


def test_what_an_action_declares_somebody_records() -> None:
    folder = Path(review.actions.__path__[0])
    called = {name for path in folder.glob("*.py") for name in _calls(path)}
    named = {event.__name__ for action in ACTIONS.values() for event in action.records}
    assert named - called == set()


def test_the_doorway_and_what_follows_record_what_they_are_known_to() -> None:
    names = {event.__name__: event.type for event in TYPES.values()}
    opening = {names[name] for name in _calls(Path(inspect.getsourcefile(log_end) or ""))}
    assert opening == BY_THE_DOORWAY - {"attempt.refused"}
    following = {names[name] for name in _calls(Path(inspect.getsourcefile(consequences) or ""))}
    assert following == {"proposal.voided", "grade.proposed"}


def test_every_event_type_is_one_class() -> None:
    assert all(issubclass(event, Event) and event.type == name for name, event in TYPES.items())
