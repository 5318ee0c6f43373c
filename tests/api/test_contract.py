"""The document of the contract: valid OpenAPI 3.1, whole, and with a name for each operation."""

from __future__ import annotations

from contextvars import Context
from copy import deepcopy
from typing import Any

import jsonschema_rs
import pytest
import schemathesis
from flask import Flask

from tests.api.test_answers import BASE
from tests.web.addresses import rules

METHODS = {"get", "post"}


@pytest.fixture(scope="module")
def engine_name() -> str:
    """No row is asked for: one engine does."""
    return "sqlite"


def served(app: Flask) -> dict[str, Any]:
    return Context().run(app.test_client().get, f"{BASE}/openapi.json").get_json()


def operations(document: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    return {
        (method, path): operation
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    }


def test_the_document_is_valid_and_the_check_can_fail(app: Flask) -> None:
    document = served(app)
    assert document["openapi"].startswith("3.1.")
    schemathesis.openapi.from_dict(document).validate()
    broken = deepcopy(document)
    broken["paths"][f"{BASE}/record"]["get"]["parameters"][0].pop("name")
    with pytest.raises(jsonschema_rs.ValidationError):
        schemathesis.openapi.from_dict(broken).validate()


def test_every_route_stands_in_it_with_a_name_of_its_own(app: Flask) -> None:
    documented = operations(served(app))
    ours = {
        (method, rule.rule.replace("<int:", "{").replace("<", "{").replace(">", "}"))
        for method in METHODS
        for rule in rules(app, method.upper())
        if rule.rule.startswith(BASE)
    }
    assert ours == set(documented)
    names = [operation["operationId"] for operation in documented.values()]
    assert len(names) == len(set(names))


def test_every_error_in_it_is_the_one_envelope_and_what_is_closed_says_by_which_scope(app: Flask) -> None:
    for (_method, path), operation in operations(served(app)).items():
        for status, answer in operation["responses"].items():
            if int(status) >= 400:
                shape = answer["content"]["application/json"]["schema"]
                assert shape == {"$ref": "#/components/schemas/Error"}, (path, status)
        is_closed = path.startswith((f"{BASE}/desk", f"{BASE}/claims"))
        assert ("security" in operation) is is_closed, path
        assert {"401", "403"} <= set(operation["responses"]) if is_closed else "401" not in operation["responses"], path
