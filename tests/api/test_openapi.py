"""The OpenAPI document is complete: every operation explains itself, with true examples."""

from __future__ import annotations

import inspect

import marshmallow as ma
import pytest

from api.rest import NOUNS
from api.rest.examples import example_of
from api.rest.fields import Strict

# Questions, asked by POST so that no code stands in an address, and envelopes, which carry a
# number of their own: one that comes twice gets the same acknowledgement.
NO_KEY = ("POST /api/v1/status", "POST /api/v1/bridge/")
METHODS = ("get", "post", "put", "patch", "delete")


@pytest.fixture(scope="module")
def document(tmp_path_factory):
    from api import create_app  # noqa: PLC0415
    from config import Settings  # noqa: PLC0415
    from tests.api.conftest import ROOT  # noqa: PLC0415

    file = tmp_path_factory.mktemp("openapi") / "openapi.db"
    app = create_app(Settings(database_url=f"sqlite:///{file}", bpmn_folder=ROOT / "bpmn"))
    found = app.test_client().get("/api/v1/openapi.json").get_json()
    app.extensions["motcua"].store.close()
    return found


@pytest.fixture(scope="module")
def operations(document):
    found = {
        f"{method.upper()} {path}": each
        for path, item in document["paths"].items()
        for method, each in item.items()
        if method in METHODS
    }
    assert len(found) > 30
    return found


def _contents(operation):
    for status, answer in operation["responses"].items():
        if status.startswith("2"):
            yield from answer.get("content", {}).items()


def test_every_operation_has_a_summary_and_a_description(operations):
    bare = [n for n, o in operations.items() if not o.get("summary") or not o.get("description")]
    assert bare == []


def test_every_operation_says_who_may_ask(operations):
    silent = [n for n, o in operations.items() if "security" not in o]
    assert silent == []


def test_every_body_has_an_example(operations):
    bare = [
        (name, kind)
        for name, operation in operations.items()
        for kind, content in operation.get("requestBody", {}).get("content", {}).items()
        if kind == "application/json" and not {"example", "examples"} & content.keys()
    ]
    assert bare == []


def test_every_answer_in_json_has_an_example(operations):
    bare = [
        (name, kind)
        for name, operation in operations.items()
        for kind, content in _contents(operation)
        if "json" in kind and not {"example", "examples"} & content.keys()
    ]
    assert bare == []


def test_every_operation_documents_its_refusals_as_problems(operations, document):
    for name, operation in operations.items():
        wanted = {"429", "500"} | ({"401", "403"} if operation["security"] else set())
        assert wanted <= operation["responses"].keys(), name


def test_every_post_asks_for_an_idempotency_key(operations):
    bare = [
        name
        for name, operation in operations.items()
        if name.startswith("POST")
        and not name.startswith(NO_KEY)
        and "Idempotency-Key" not in {p.get("name") for p in operation.get("parameters", [])}
    ]
    assert bare == []


def test_every_command_on_a_dossier_takes_if_match(operations):
    bare = [
        name
        for name, operation in operations.items()
        if name.startswith(("POST /api/v1/dossiers/{", "POST /api/v1/referrals/{"))
        and "If-Match" not in {p.get("name") for p in operation.get("parameters", [])}
    ]
    assert bare == []


def _bodies():
    found = {}
    for noun in NOUNS:
        for name, each in vars(noun).items():
            if inspect.isclass(each) and issubclass(each, Strict) and name.endswith("Body"):
                found[each.__name__] = each
    return sorted(found.items())


@pytest.mark.parametrize(("name", "schema"), _bodies())
def test_the_example_of_a_body_is_accepted_by_the_door(name, schema: type[ma.Schema]):
    try:
        schema().load(example_of(schema))
    except ma.ValidationError as refused:
        pytest.fail(f"{name}: {refused.messages}")
