"""One dossier over HTTP, from the counter to the result: ETags, keys, races, pages of lists."""

from __future__ import annotations

import pytest

from tests.api.conftest import CENTRE, COMMUNE


def _do(caller, dossier, what, etag, **body):
    task = dossier["tasks"][0]["task"]
    return caller.post(f"/dossiers/{dossier['id']}/tasks/{task}/{what}", body, etag)


def _complete(caller, response, **facts):
    dossier = response.get_json()
    claimed = _do(caller, dossier, "claim", response.headers["ETag"])
    assert claimed.status_code == 200, claimed.get_json()
    done = _do(caller, dossier, "complete", claimed.headers["ETag"], facts=facts)
    assert done.status_code == 200, done.get_json()
    return done


@pytest.fixture
def received(clerk):
    response = clerk.receive()
    assert response.status_code == 201, response.get_json()
    return response


def test_a_birth_walks_from_the_counter_to_the_certificate(clerk, hire, received, clock):
    officer, leader = hire("officer"), hire("leader")
    registry = hire("registry_clerk")
    good = {"components_complete": True, "eligible": True}
    step = _complete(clerk, received, **good)
    step = _complete(officer, step, **good, verification_needed=False)
    step = _complete(officer, step)
    step = _complete(officer, step)
    step = _complete(leader, step, approved=True)
    step = _complete(registry, step)
    dossier = step.get_json()
    assert dossier["status"] == 9
    returned = clerk.post(
        f"/dossiers/{dossier['id']}/result",
        {"manner": "counter", "shown": "receipt", "collected_by": "Nguyễn Thị Hoa"},
        step.headers["ETag"],
    )
    assert returned.status_code == 200, returned.get_json()
    assert returned.get_json()["status"] == 10
    assert returned.get_json()["outcome"] == "completed"
    kinds = [e["kind"] for e in clerk.get(f"/dossiers/{dossier['id']}/history").get_json()["items"]]
    assert kinds[0] == "dossier_received"
    assert "result_returned" in kinds


def test_a_received_dossier_has_a_code_a_place_and_an_etag(received):
    dossier = received.get_json()
    assert received.headers["Location"] == f"/api/v1/dossiers/{dossier['id']}"
    assert received.headers["ETag"] == f'"{dossier["revision"]}"'
    assert dossier["code"].startswith(COMMUNE)
    assert dossier["receiving_unit"] == CENTRE
    assert dossier["competent_agency"] == COMMUNE
    assert dossier["received_at"].endswith("+07:00")
    assert [task["element"] for task in dossier["tasks"]] == ["receive"]


def test_a_reader_who_has_this_revision_gets_304(clerk, received):
    path = f"/dossiers/{received.get_json()['id']}"
    same = clerk.get(path, **{"If-None-Match": received.headers["ETag"]})
    assert same.status_code == 304
    assert clerk.get(path, **{"If-None-Match": '"0"'}).status_code == 200


def test_a_name_is_kept_composed(clerk):
    dossier = clerk.receive(applicant_name="Ho\u00e0ng Thi\u0323 Ma\u0302\u0303u").get_json()
    assert dossier["applicant_name"] == "Hoàng Thị Mẫu"


def test_a_personal_id_is_never_answered_whole(clerk):
    response = clerk.receive(applicant_id="019012345678")
    assert "019012345678" not in response.get_data(as_text=True)
    assert response.get_json()["applicant_id"].endswith("678")


def test_a_command_without_a_revision_is_428(clerk, received):
    response = _do(clerk, received.get_json(), "claim", "")
    assert response.status_code == 428
    assert response.get_json(force=True)["code"] == "revision_required"


@pytest.mark.parametrize("etag", ["3", 'W/"1"', "*", '"x"', '"1", "2"'])
def test_a_revision_that_is_no_etag_of_ours_matches_nothing(clerk, received, etag):
    response = _do(clerk, received.get_json(), "claim", etag)
    assert response.status_code == 412
    assert response.get_json(force=True)["code"] == "revision_unreadable"


def test_a_stale_revision_is_412_names_the_current_one_and_changes_nothing(clerk, received):
    dossier = received.get_json()
    claimed = _do(clerk, dossier, "claim", received.headers["ETag"])
    stale = _do(clerk, dossier, "complete", received.headers["ETag"])
    body = stale.get_json(force=True)
    assert (stale.status_code, body["code"]) == (412, "stale_revision")
    assert f'"{body["current_revision"]}"' == claimed.headers["ETag"]
    now = clerk.get(f"/dossiers/{dossier['id']}")
    assert now.headers["ETag"] == claimed.headers["ETag"]


def test_a_completed_step_is_409(clerk, received):
    first = _complete(clerk, received, components_complete=True, eligible=True)
    again = _do(clerk, received.get_json(), "complete", first.headers["ETag"])
    assert again.status_code == 409
    assert again.get_json(force=True)["code"] == "step_not_open"


def test_a_step_somebody_else_took_is_409(clerk, hire, received):
    dossier = received.get_json()
    claimed = _do(clerk, dossier, "claim", received.headers["ETag"])
    other = hire("one_stop_clerk", CENTRE, person="another")
    refused = _do(other, dossier, "claim", claimed.headers["ETag"])
    assert refused.status_code == 409
    assert refused.get_json(force=True)["code"] == "already_claimed"


def test_an_unknown_step_is_404_and_named(clerk, received):
    path = f"/dossiers/{received.get_json()['id']}/tasks/t999/complete"
    response = clerk.post(path, {}, received.headers["ETag"])
    assert response.status_code == 404
    assert "t999" in response.get_json(force=True)["detail"]


@pytest.mark.parametrize(
    ("facts", "named"),
    [({"components_complete": "có"}, "components_complete"), ({"nonsense": 1}, "nonsense")],
)
def test_a_wrong_fact_is_422_named_and_changes_nothing(clerk, received, facts, named):
    response = _do(clerk, received.get_json(), "complete", received.headers["ETag"], facts=facts)
    body = response.get_json(force=True)
    assert response.status_code == 422
    assert any(named in error["pointer"] for error in body["errors"]), body
    now = clerk.get(f"/dossiers/{received.get_json()['id']}")
    assert now.headers["ETag"] == received.headers["ETag"]


def test_somebody_of_another_commune_may_not_complete(hire, received):
    stranger = hire("one_stop_clerk", "H55.901.01")
    response = _do(stranger, received.get_json(), "complete", received.headers["ETag"])
    assert response.status_code in {403, 404}


def test_the_same_key_gives_the_same_answer_and_one_dossier(clerk):
    body = {"procedure": "1.001193", "applicant_name": "Hoàng Thị Mẫu"}
    first = clerk.post("/dossiers", body, key="once")
    second = clerk.post("/dossiers", body, key="once")
    assert second.status_code == 201
    assert second.get_json() == first.get_json()
    assert len(clerk.get("/dossiers").get_json()["items"]) == 1


def test_the_same_key_for_something_else_is_422(clerk):
    body = {"procedure": "1.001193", "applicant_name": "Hoàng Thị Mẫu"}
    clerk.post("/dossiers", body, key="once")
    other = clerk.post("/dossiers", {**body, "applicant_name": "Lý Văn Thử"}, key="once")
    assert other.status_code == 422
    assert other.get_json(force=True)["code"] == "idempotency_mismatch"


def test_a_list_goes_on_where_its_cursor_says(clerk):
    codes = {clerk.receive().get_json()["code"] for _ in range(5)}
    seen, path = [], "/dossiers?limit=2"
    while path:
        page = clerk.get(path)
        seen += [line["code"] for line in page.get_json()["items"]]
        link = page.headers.get("Link", "")
        path = link.removeprefix("</api/v1").split(">")[0] if link else ""
        assert bool(link) == bool(page.get_json()["next_cursor"])
    assert sorted(seen) == sorted(codes)


def test_the_worklist_shows_the_step_and_what_a_command_needs(clerk, received):
    line = clerk.get("/tasks").get_json()["items"][0]
    assert line["dossier"] == received.get_json()["id"]
    assert line["step"]["element"] == "receive"
    assert f'"{line["revision"]}"' == received.headers["ETag"]


def test_missing_papers_are_asked_for_and_taken(clerk, received):
    dossier = received.get_json()
    path = f"/dossiers/{dossier['id']}/supplements"
    body = {
        "task": dossier["tasks"][0]["task"],
        "components": ["birth_record"],
        "reason": "Thiếu bản chính",
    }
    asked = clerk.post(path, body, received.headers["ETag"])
    assert asked.status_code == 200, asked.get_json(force=True)
    assert asked.get_json()["status"] == 5
    papers = {"components": ["birth_record"]}
    taken = clerk.post(f"{path}/take", papers, asked.headers["ETag"])
    assert taken.status_code == 200, taken.get_json(force=True)
    assert taken.get_json()["supplement_rounds"] == 1
    again = clerk.post(f"{path}/take", papers, taken.headers["ETag"])
    assert again.status_code == 409


def test_the_deadline_explains_itself(clerk, received):
    deadline = clerk.get(f"/dossiers/{received.get_json()['id']}/deadline").get_json()
    assert deadline["due_at"]
    assert deadline["explanation"]


def test_the_applicant_takes_the_dossier_back(clerk, received):
    path = f"/dossiers/{received.get_json()['id']}/withdraw"
    response = clerk.post(path, {"reason": "Đổi ý"}, received.headers["ETag"])
    assert response.status_code == 200, response.get_json(force=True)
    assert response.get_json()["outcome"] == "withdrawn"
    again = clerk.post(path, {"reason": "Đổi ý"}, response.headers["ETag"])
    assert again.status_code == 409
