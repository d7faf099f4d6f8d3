"""Every route declares its action, and the OpenAPI document says what really happens."""

from __future__ import annotations

import pytest

from api.auth import PUBLIC
from engine.law import authority

REST = "/api/v1/"
OPEN = ("api-docs.", "lookups.", "bridge.")  # nobody signs in there


@pytest.fixture
def app(client):
    return client.application


@pytest.fixture
def document(client):
    response = client.get("/api/v1/openapi.json")
    assert response.status_code == 200
    return response.get_json()


def _operations(document):
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if method in {"get", "post", "put", "patch", "delete"}:
                yield method, path, operation


def test_every_route_declares_the_action_it_is_for(app):
    silent = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if not getattr(app.view_functions[rule.endpoint], "action", "")
    ]
    assert silent == []


def test_no_route_of_the_api_is_public_but_its_description(app):
    public = {
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(REST) and app.view_functions[rule.endpoint].action == PUBLIC
    }
    lookups = {"/api/v1/status", "/api/v1/status/<string:token>"}  # bounded, and on record
    doors = {f"/api/v1/bridge/{door}" for door in ("envelopes", "keys", "state", "files")}  # signed
    assert public == {"/api/v1/openapi.json", *lookups, *doors}


def test_every_route_of_the_api_asks_for_a_token_first(app, client):
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith(REST) or rule.endpoint.startswith(OPEN):
            continue
        path = rule.rule
        for argument in rule.arguments:
            path = path.replace(f"<string:{argument}>", "x")
        for method in rule.methods - {"HEAD", "OPTIONS"}:
            assert client.open(path, method=method).status_code == 401, rule


def test_every_command_on_a_dossier_is_an_action_the_law_of_authority_knows(app):
    known = {value for name, value in vars(authority).items() if isinstance(value, str)}
    text = str(vars(authority))
    for endpoint, view in app.view_functions.items():
        if endpoint.split(".")[0] in {"tasks", "supplements", "results"}:
            assert view.action in known or view.action in text, endpoint


def test_the_document_is_openapi_3_1(document):
    assert document["openapi"] == "3.1.0"


def test_every_refusal_is_documented_as_a_problem(document):
    for method, path, operation in _operations(document):
        for status, response in operation["responses"].items():
            if status == "default" or int(status) >= 400:
                name = response["$ref"].rsplit("/", 1)[1]
                content = document["components"]["responses"][name]["content"]
                assert set(content) == {"application/problem+json"}, (method, path, status)


def test_every_post_documents_the_key_and_every_command_the_revision(document):
    for method, path, operation in _operations(document):
        headers = {p["name"] for p in operation.get("parameters", ()) if p["in"] == "header"}
        open_ = path == "/api/v1/status" or path.startswith("/api/v1/bridge/")
        changes = method == "post" and not open_
        wanted = {"Idempotency-Key"} if changes else set()
        if method == "post" and path.startswith(("/api/v1/dossiers/", "/api/v1/referrals/")):
            wanted.add("If-Match")
        assert headers == wanted, path


def test_every_operation_says_in_vietnamese_what_it_does(document):
    for _, path, operation in _operations(document):
        assert operation["summary"], path
        assert not operation["summary"].isascii(), path


def test_no_body_accepts_fields_nobody_declared(document):
    for name, schema in document["components"]["schemas"].items():
        if name.endswith(("Body", "Query")):
            assert schema.get("additionalProperties") is False, name
