"""The life of a dossier through the doors: suspended, sent back, signed, stopped, opened again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from werkzeug.test import TestResponse

GOOD = {"components_complete": True, "eligible": True}


def _task(response: TestResponse) -> str:
    return str(response.get_json()["tasks"][0]["task"])


def _on(caller: Any, response: TestResponse, what: str, **body: Any) -> TestResponse:
    path = f"/dossiers/{response.get_json()['id']}/{what}"
    answer: TestResponse = caller.post(path, body, response.headers["ETag"])
    return answer


def _done(caller: Any, response: TestResponse, **facts: Any) -> TestResponse:
    answer = _on(caller, response, f"tasks/{_task(response)}/complete", facts=facts)
    assert answer.status_code == 200, answer.get_json()
    return answer


@pytest.fixture
def appraised(clerk, hire):
    """A birth registration that waits to be signed."""
    officer = hire("officer")
    step = _done(clerk, clerk.receive(), **GOOD)
    step = _done(officer, step, **GOOD, verification_needed=False)
    return _done(officer, _done(officer, step))


def test_suspended_nothing_is_done_until_it_goes_on(hire, appraised):
    leader = hire("leader")
    body = {"ground": "force_majeure", "reason": "Trụ sở bị ngập."}
    stands = _on(leader, appraised, "suspension", **body)
    assert stands.status_code == 200, stands.get_json()
    assert stands.get_json()["clock_running"] is False
    refused = _on(leader, stands, "sign-off", task=_task(stands), facts={"approved": True})
    assert (refused.status_code, refused.get_json()["code"]) == (409, "dossier_suspended")
    goes_on = _on(leader, stands, "resumption")
    assert goes_on.get_json()["clock_running"] is True
    wrong = _on(leader, goes_on, "suspension", ground="holiday", reason="Nghỉ lễ")
    assert (wrong.status_code, wrong.get_json()["code"]) == (409, "suspension_refused")


def test_sent_back_signed_released_returned_and_opened_again(clerk, hire, appraised):
    officer, leader, registry = hire("officer"), hire("leader"), hire("registry_clerk")
    way = f"tasks/{_task(appraised)}/send-back"
    refused = _on(leader, appraised, way, to="receive", reason="Sai tên mẹ")
    assert (refused.status_code, refused.get_json()["code"]) == (409, "send_back_refused")
    back = _on(leader, appraised, way, to="print_certificate", reason="Sai tên mẹ")
    assert back.get_json()["tasks"][0]["element"] == "print_certificate"
    step = _done(officer, back)
    step = _on(leader, step, "sign-off", task=_task(step), facts={"approved": True})
    assert step.status_code == 200, step.get_json()
    step = _on(registry, step, "release", task=_task(step), number="15/KS")
    assert step.status_code == 200, step.get_json()
    assert step.get_json()["resolved_at"] is not None
    late = _on(leader, step, "stop", reason="Không cần nữa")
    assert late.status_code == 409
    unproved = _on(clerk, step, "result", manner="counter")
    assert unproved.status_code == 422
    over = _on(clerk, step, "result", manner="counter", shown="identity", collected_by="Hoa")
    assert over.get_json()["status"] == 10
    again = _on(leader, over, "reopening", reason="Sai năm sinh trên bản chính")
    assert again.status_code == 200, again.get_json()
    assert again.get_json()["tasks"][0]["element"] == "appraise"


def test_a_hand_over_and_a_stop(clerk, hire, appraised):
    handed = _on(
        clerk, appraised, "handovers", to_agency="H55.904", receiver="An", papers=["Tờ khai"]
    )
    assert handed.status_code == 200, handed.get_json()
    stopped = _on(hire("leader"), handed, "stop", reason="Người nộp đề nghị dừng")
    assert (stopped.get_json()["status"], stopped.get_json()["outcome"]) == (8, "stopped")
    assert stopped.get_json()["tasks"] == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("stop", "suspension"),
        ("stop", "refusal"),
        ("suspension", "sign-off"),
        ("refusal", "send-back"),
        ("sign-off", "stop"),
        ("send-back", "sign-off"),
    ],
)
def test_of_two_commands_that_exclude_each_other_one_is_done(hire, appraised, one, other):
    leader, task = hire("leader"), _task(appraised)
    bodies: dict[str, dict[str, Any]] = {
        "stop": {"reason": "Người nộp đề nghị dừng"},
        "suspension": {"ground": "internal", "reason": "Mất điện"},
        "refusal": {"reason": "Không thuộc thẩm quyền."},
        "sign-off": {"task": task, "facts": {"approved": True}},
        "send-back": {"to": "register", "reason": "Sai tên mẹ"},
    }
    paths = {"send-back": f"tasks/{task}/send-back"}
    with ThreadPoolExecutor(2) as pool:
        sent = [
            pool.submit(_on, leader, appraised, paths.get(what, what), **bodies[what])
            for what in (one, other)
        ]
        statuses = sorted(s.result().status_code for s in sent)
    assert statuses[0] == 200
    assert statuses[1] in {409, 412}


def test_the_document_shows_an_example_of_every_body(client):
    document = client.get("/api/v1/openapi.json").get_json()
    for path in ("suspension", "stop", "release", "handovers", "reopening", "sign-off"):
        post = document["paths"][f"/api/v1/dossiers/{{dossier}}/{path}"]["post"]
        name = post["requestBody"]["content"]["application/json"]["schema"]["$ref"]
        fields = document["components"]["schemas"][name.rsplit("/", 1)[1]]["properties"]
        assert all("example" in f for f in fields.values()), path
