"""The contract is kept: schemathesis asks the real application, on a desk with something of everything.

No answer may be a 500, and each must be what the document says of its status, its type and its shape; what is valid must
be taken and what is not must be refused. Left out are the checks for what the contract does not promise:

- `use_after_free`, `ensure_resource_availability`: nothing is made here that could be read or taken away by its name;
- `ignored_auth`, `missing_required_header`, `unsupported_method`: asked of every address by test_answers.py and
  test_tokens.py, because each case here carries a token that opens all.
"""

from __future__ import annotations

import re
from contextvars import Context
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.config import SchemathesisConfig

from review.rules import tokens
from review.views.pacing import Pace
from tests import builders, staffing
from tests.api.filling import Filled, bearing, everything

NOT_PROMISED = ("use_after_free", "ensure_resource_availability", "ignored_auth", "missing_required_header", "unsupported_method")
CASES = {"sqlite": 300, "postgresql": 100}  # an engine cannot break a shape, but it can break
SOAK = 5_000
REFUSALS = ("400", "401", "403", "404", "405", "413", "422", "429")  # 413: too long, whatever else it is
load_all_checks()
LEFT_OUT = [CHECKS.get_one(name) for name in NOT_PROMISED]


@pytest.fixture
def filling() -> staffing.Filling:
    return everything


@pytest.fixture
def patient(staffed: builders.Desk, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The application with limits that so many questions do not reach."""
    staffed.app.extensions["api-pace"] = Pace(each=10**9, all=10**9)
    monkeypatch.setattr(tokens, "CLAIMS_AN_HOUR", 10**9)
    monkeypatch.setattr("review.api.claims.CLAIMS_AN_HOUR", 10**9)
    return staffed.app


def contract(app: Flask) -> Any:
    """The document as it is served, read by schemathesis and valid as OpenAPI 3.1."""
    config = SchemathesisConfig.from_dict(
        {
            "generation": {"deterministic": True, "database": "none", "with-security-parameters": False},
            "checks": {"negative_data_rejection": {"expected-statuses": list(REFUSALS)}},
        }
    )
    read = Context().run(schemathesis.openapi.from_wsgi, "/api/v1/openapi.json", app, config=config)
    read.validate()
    return read


def cases(app: Flask, filled: Filled) -> st.SearchStrategy[Any]:
    """Questions of every operation alike, well formed and not; of those about one thing many name one that there is."""
    refs = (filled.published, filled.merged, filled.restricted, filled.embargoed, filled.reopened, "KV371", "KV378")
    there = {"ref": refs, "version": (1,), "size": (filled.size,), "old": (filled.size,), "new": (filled.size,)}
    there |= {"seq": (filled.seq,), "name": ("airwars",), "slug": (builders.STREAM,)}
    found = []
    for operation in (result.ok() for result in contract(app).get_all_operations()):
        asked = [operation.as_strategy(generation_mode=mode) for mode in GenerationMode]
        names = re.findall(r"{(\w+)}", operation.path)
        if names:
            known = st.fixed_dictionaries({name: st.sampled_from(there[name]) for name in names})
            asked.append(known.flatmap(lambda about, one=operation: one.as_strategy(path_parameters=about)))
        found.append(st.one_of(asked))
    return st.one_of(found)


def hold(app: Flask, filled: Filled, number: int) -> None:
    """Ask so many questions; each answer keeps the contract."""
    asked = []
    token = bearing(filled.tokens["lead"])

    @settings(
        max_examples=number, derandomize=True, database=None, deadline=None, phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(cases(app, filled))
    def ask(case: Any) -> None:
        answer = Context().run(case.call, headers=token)
        case.validate_response(answer, excluded_checks=LEFT_OUT)
        asked.append(answer.status_code)

    ask()
    assert len(asked) >= number
    assert {200, 404, 422} <= set(asked)


def test_three_hundred_answers_keep_the_contract(patient: Flask, filled: Filled, engine_name: str) -> None:
    hold(patient, filled, CASES[engine_name])


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_five_thousand_answers_keep_the_contract(patient: Flask, filled: Filled) -> None:
    hold(patient, filled, SOAK)
