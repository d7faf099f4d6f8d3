"""Every refusal is a problem: RFC 9457, Vietnamese, with a stable code and what to do."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from api import MAX_BODY_BYTES
from api.problems import HTTP, TABLE

MEMBERS = {"type", "status", "title", "detail", "code", "request_id"}


def _is_problem(response, status, code):
    assert response.status_code == status, response.get_data(as_text=True)
    assert response.mimetype == "application/problem+json"
    body = response.get_json(force=True)
    assert set(body) >= MEMBERS
    assert body["code"] == code
    assert body["type"] == f"urn:motcua:problem:{code}"
    assert body["status"] == status
    assert body["request_id"] == response.headers["X-Request-Id"]
    assert body["detail"]
    return body


def test_no_token_is_401_and_says_which_scheme(client):
    response = client.get("/api/v1/tasks")
    _is_problem(response, 401, "unauthenticated")
    assert response.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("given", ["Bearer x", "Bearer", "Basic abc", "Bearer " + "x" * 5000, "ß"])
def test_a_token_nobody_has_is_401(client, given):
    headers = {"Authorization": given.encode().decode("latin-1")}
    _is_problem(client.get("/api/v1/tasks", headers=headers), 401, "unauthenticated")


def test_an_unknown_address_is_404(client):
    _is_problem(client.get("/api/v1/nothing"), 404, "no_such_address")


def test_an_unknown_dossier_is_404_and_named(clerk):
    body = _is_problem(clerk.get("/dossiers/no-such"), 404, "not_found")
    assert "no-such" in body["detail"]


def test_a_wrong_method_is_405_and_names_the_right_ones(client):
    response = client.delete("/api/v1/tasks")
    body = _is_problem(response, 405, "method_not_allowed")
    assert "GET" in body["detail"]
    assert "GET" in response.headers["Allow"]


def test_a_body_that_is_too_large_is_413(clerk):
    _is_problem(clerk.receive(applicant_name="x" * (MAX_BODY_BYTES + 1)), 413, "too_large")


def test_a_body_that_is_not_json_by_name_is_415(client, clerk):
    headers = {**clerk._auth, "Idempotency-Key": "k"}
    response = client.post("/api/v1/dossiers", data="x=1", headers=headers)
    _is_problem(response, 415, "unsupported_media_type")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ('{"applicant_name": "Hồ"}'.encode("utf-16-le"), "not_utf8"),
        (b'{"applicant_name": "\xd0\xe0"}', "not_utf8"),
        (b'{"applicant_name": ', "not_json"),
        (b'{"applicant_name": NaN}', "not_json"),
        (b"", "not_json"),
    ],
)
def test_a_body_that_cannot_be_read_is_400_and_says_where(client, clerk, body, code):
    headers = {**clerk._auth, "Idempotency-Key": "k", "Content-Type": "application/json"}
    response = client.post("/api/v1/dossiers", data=body, headers=headers)
    _is_problem(response, 400, code)


def test_a_post_without_a_key_is_400(client, clerk):
    response = client.post("/api/v1/dossiers", json={}, headers=clerk._auth)
    _is_problem(response, 400, "idempotency_key_required")


@pytest.mark.parametrize("key", ["a b", "x" * 201, "khóa"])
def test_a_key_that_cannot_be_kept_is_400(clerk, key):
    response = clerk.post("/dossiers", {"procedure": "1.001193", "applicant_name": "A"}, key=key)
    _is_problem(response, 400, "idempotency_key_unusable")


def test_every_field_that_is_wrong_is_pointed_at(clerk):
    response = clerk.receive(
        applicant_name="", channel="fax", extra=1, components={"a/b": {"originals": -1}}
    )
    body = _is_problem(response, 422, "invalid_request")
    assert {error["pointer"] for error in body["errors"]} == {
        "/applicant_name",
        "/channel",
        "/extra",
        "/components/a~1b/originals",
    }


def test_a_wrong_query_names_the_parameter(clerk):
    body = _is_problem(clerk.get("/tasks?limit=201&nonsense=1"), 422, "invalid_request")
    assert {error["parameter"] for error in body["errors"]} == {"limit", "nonsense"}


@pytest.mark.parametrize("cursor", ["x", "AAAA", "eyJhIjoxfQ"])
def test_a_cursor_that_is_not_ours_is_422(clerk, cursor):
    _is_problem(clerk.get(f"/tasks?cursor={cursor}"), 422, "invalid_input")


def test_the_id_a_caller_gives_a_request_is_kept(client):
    response = client.get("/api/v1/tasks", headers={"X-Request-Id": "counter-7.0001"})
    assert response.get_json(force=True)["request_id"] == "counter-7.0001"


def test_an_id_that_could_break_a_log_is_replaced(client):
    response = client.get("/api/v1/tasks", headers={"X-Request-Id": "a b<script>"})
    assert response.headers["X-Request-Id"] != "a b<script>"


def test_a_bug_is_500_without_its_text(client, clerk, office, caplog):
    engine, office.store.engine = office.store.engine, None
    response = clerk.get("/tasks")
    office.store.engine = engine
    body = _is_problem(response, 500, "internal_error")
    assert "NoneType" not in response.get_data(as_text=True)
    assert body["request_id"] in caplog.text


def test_a_page_that_is_not_there_is_a_page(client):
    response = client.get("/procedures/9.999999")
    assert response.status_code == 404
    assert response.mimetype == "text/html"
    assert "Không tìm thấy" in response.get_data(as_text=True)


def test_every_row_of_the_table_says_something_in_vietnamese():
    titles = [title for _, title in TABLE.values()] + [title for _, title, _ in HTTP.values()]
    assert all(not title.isascii() for title in titles)


def test_a_database_without_a_free_connection_is_503_and_says_when_to_come_back(clerk, office):
    """As on PostgreSQL under more requests at once than there are connections."""
    usual = office.store.engine
    office.store.engine = sa.create_engine(
        usual.url, pool_size=1, max_overflow=0, pool_timeout=0.05
    )
    with office.store.engine.connect():
        response = clerk.get("/tasks")
    _is_problem(response, 503, "unavailable")
    assert response.headers["Retry-After"] == "2"
    assert clerk.get("/tasks").status_code == 200
    office.store.engine.dispose()
    office.store.engine = usual
