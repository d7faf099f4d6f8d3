"""The worklist over HTTP: questions, counts, the next step, many at once, kept views."""

from __future__ import annotations

import pytest

from tests.api.conftest import CENTRE, COMMUNE


def _on(dossier, what=""):
    task = dossier["tasks"][0]["task"]
    return f"/dossiers/{dossier['id']}/tasks/{task}{what}"


@pytest.fixture
def head(hire):
    """Who answers for the counter's work."""
    return hire("head_of_section", CENTRE, person="head")


def test_a_line_says_how_many_working_minutes_are_left(clerk):
    clerk.receive()
    line = clerk.get("/tasks").get_json()["items"][0]
    assert line["minutes_left"] > 0
    assert (line["overdue"], line["priority"]) == (False, 0)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=mau", 1),
        ("q=Hoang+thi", 1),
        ("q=nobody", 0),
        ("holder=none&role=one_stop_clerk", 1),
        ("holder=mine", 0),
        ("overdue=true", 0),
        ("priority=2", 0),
        ("channel=counter&status=2", 1),
        ("due_before=2020-01-01T00:00:00%2B07:00", 0),
    ],
)
def test_a_question_narrows_lists_and_counts_alike(clerk, query, found):
    clerk.receive()
    assert len(clerk.get(f"/tasks?{query}").get_json()["items"]) == found
    assert clerk.get(f"/tasks/counts?{query}").get_json()["all"] == found


@pytest.mark.parametrize("query", ["order=age", "holder=me", "priority=3", "nonsense=1"])
def test_a_question_that_is_none_is_422(clerk, query):
    assert clerk.get(f"/tasks?{query}").status_code == 422


def test_a_dossier_is_found_without_marks(clerk):
    code = clerk.receive(applicant_name="Đặng Đức Ỷ").get_json()["code"]
    clerk.receive()
    for words in ("dang", "DUC dang", "đặng", code, code.rsplit("-", 1)[1]):
        items = clerk.get(f"/dossiers?q={words}").get_json()["items"]
        assert [line["code"] for line in items] == [code], words


def test_the_next_step_is_taken_once_and_an_empty_queue_says_so(clerk, hire):
    dossier = clerk.receive().get_json()
    first = clerk.post("/tasks/next", key="next")
    assert first.status_code == 200
    assert first.get_json()["dossier"]["id"] == dossier["id"]
    assert clerk.post("/tasks/next", key="next").get_json() == first.get_json()
    other = hire("one_stop_clerk", CENTRE, person="other")
    assert other.post("/tasks/next").get_json() == {"task": "", "dossier": None}


def test_many_at_once_have_an_answer_each(clerk, hire):
    ours = [clerk.receive().get_json() for _ in range(2)]
    items = [{"dossier": d["id"], "task": d["tasks"][0]["task"]} for d in ours]
    items.append({"dossier": ours[0]["id"], "task": "t999"})
    answer = clerk.post("/tasks/bulk", {"act": "claim", "items": items}, key="many")
    assert answer.status_code == 200, answer.get_json(force=True)
    found = answer.get_json()["items"]
    assert [one["done"] for one in found] == [True, True, False]
    assert found[2]["problem"]["status"] == 404
    again = clerk.post("/tasks/bulk", {"act": "claim", "items": items}, key="many")
    assert [one["done"] for one in again.get_json()["items"]] == [True, True, False]


@pytest.mark.parametrize("count", [0, 101])
def test_no_items_or_too_many_are_422(clerk, count):
    items = [{"dossier": "x", "task": "t"}] * count
    assert clerk.post("/tasks/bulk", {"act": "claim", "items": items}).status_code == 422


def test_a_step_is_handed_on_taken_back_and_given_out(clerk, head, hire):
    hire("one_stop_clerk", CENTRE, person="other")
    response = clerk.receive()
    dossier = response.get_json()
    step = clerk.post(_on(dossier, "/claim"), {}, response.headers["ETag"])
    for caller, what, body, holder in (
        (clerk, "/transfer", {"to": "other", "reason": "Đi công tác"}, "other"),
        (head, "/recall", {"reason": "Nghỉ ốm"}, ""),
        (head, "/assign", {"to": "other", "reason": "Đã rõ việc"}, "other"),
    ):
        step = caller.post(_on(dossier, what), body, step.headers["ETag"])
        assert step.status_code == 200, step.get_json(force=True)
        assert step.get_json()["tasks"][0]["assignee"] == holder
    events = clerk.get(f"/dossiers/{dossier['id']}/history").get_json()["items"]
    said = [e["data"].get("reason") for e in events if e["kind"] == "step_assigned"][1:]
    assert said == ["Đi công tác", "Nghỉ ốm", "Đã rõ việc"]


def test_who_is_no_head_gives_no_work_out(clerk, hire):
    response = clerk.receive()
    body = {"to": "one_stop_clerk", "reason": "x"}
    refused = clerk.post(_on(response.get_json(), "/assign"), body, response.headers["ETag"])
    assert refused.status_code == 403
    stranger = hire("head_of_section", COMMUNE, person="stranger")
    refused = stranger.post(_on(response.get_json(), "/recall"), body, response.headers["ETag"])
    assert refused.status_code in {403, 422}


def test_an_urgent_dossier_stands_first(clerk):
    clerk.receive()
    response = clerk.receive()
    dossier = response.get_json()
    body = {"priority": 2, "reason": "Người cao tuổi"}
    raised = clerk.post(f"/dossiers/{dossier['id']}/priority", body, response.headers["ETag"])
    assert raised.status_code == 200, raised.get_json(force=True)
    first = clerk.get("/tasks").get_json()["items"][0]
    assert (first["dossier"], first["priority"]) == (dossier["id"], 2)
    assert clerk.get("/tasks/counts").get_json()["urgent"] == 1


def test_a_view_is_kept_shared_by_a_head_and_dropped_by_its_owner(clerk, head):
    body = {"name": "Sắp đến hạn", "query": {"order": "due"}}
    kept = clerk.post("/views", body)
    assert kept.status_code == 201, kept.get_json(force=True)
    assert clerk.post("/views", {**body, "shared": True}).status_code == 403
    assert head.post("/views", {**body, "shared": True}).status_code == 201
    assert len(clerk.get("/views").get_json()["items"]) == 2
    assert len(head.get("/views").get_json()["items"]) == 1
