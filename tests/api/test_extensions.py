"""Extending over HTTP: who may, how often, and what is said when it is no."""

from __future__ import annotations


def test_a_leader_extends_once(clerk, hire):
    received = clerk.receive()
    dossier, due_at = received.json["id"], received.json["due_at"]
    leader = hire("leader")
    path, body = f"/dossiers/{dossier}/extension", {"reason": "Cần xác minh"}
    longer = leader.post(path, body, received.headers["ETag"])
    assert longer.status_code == 200, longer.json
    assert longer.json["due_at"] > due_at
    again = leader.post(path, body, longer.headers["ETag"])
    assert (again.status_code, again.json["code"]) == (409, "extension_refused")
    assert again.json["element"] == "extension.max_times"


def test_a_clerk_may_not_and_a_reason_is_needed(clerk, hire):
    received = clerk.receive()
    path, tag = f"/dossiers/{received.json['id']}/extension", received.headers["ETag"]
    assert clerk.post(path, {"reason": "Vì"}, tag).status_code == 403
    assert hire("leader").post(path, {}, tag).status_code == 422
