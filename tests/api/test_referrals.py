"""Other agencies over HTTP: opinions on a house, the tax office on a piece of land."""

from __future__ import annotations

import pytest

from tests.api.conftest import CENTRE

HOUSE, LAND = "1.009994", "1.013831"
LAND_OFFICE, TAX, BUILDING, FIRE = "H55.31.01", "H55.81.01", "H55.21", "H55.24"


def _step(response, element):
    assert response.status_code in {200, 201}, response.get_json(force=True)
    steps = {task["element"]: task for task in response.get_json()["tasks"]}
    assert element in steps, list(steps)
    return steps[element]["task"]


def _done(caller, response, element, **facts):
    path = f"/dossiers/{response.get_json()['id']}/tasks/{_step(response, element)}/complete"
    return caller.post(path, {"facts": facts}, response.headers["ETag"])


def _asked(caller):
    page = caller.get("/referrals")
    assert page.status_code == 200, page.get_json(force=True)
    return page.get_json()["items"]


@pytest.fixture
def house(clerk, hire):
    """A house whose building permit two agencies are asked about."""
    response = clerk.receive(procedure=HOUSE)
    response = _done(clerk, response, "receive", accepted=True)
    response = _done(hire("head_of_section"), response, "assign")
    facts = {"consultation_needed": True, "consulted_agencies": [BUILDING, FIRE]}
    return _done(hire("officer"), response, "screen", **facts)


def test_two_agencies_are_asked_and_the_permit_is_signed_after_their_answers(clerk, hire, house):
    for agency in (BUILDING, FIRE):
        caller = hire("opinion_officer", agency)
        question = _asked(caller)[0]
        assert question["due_at"]
        answer = {"answer": "Đồng ý", "facts": {"objection": False}}
        told = caller.post(f"/referrals/{question['id']}/answer", answer)
        assert told.status_code == 200, told.get_json(force=True)
        assert told.headers["ETag"] == '"2"'
        assert _asked(caller) == []
    response = clerk.get(f"/dossiers/{house.get_json()['id']}")
    officer, head = hire("officer"), hire("head_of_section")
    response = _done(officer, response, "review", components_complete=True)
    response = _done(officer, response, "draft", decision="permit")
    response = _done(head, response, "check", draft_ok=True, extension_needed=False)
    response = _done(hire("leader"), response, "sign", approved=True)
    response = _done(hire("registry_clerk"), response, "release")
    path = f"/dossiers/{response.get_json()['id']}/result"
    response = clerk.post(
        path, {"shown": "receipt", "collected_by": "Nguyễn Thị Hoa"}, response.headers["ETag"]
    )
    assert response.get_json()["status"] == 10


def test_an_answer_given_twice_is_kept_and_shown(hire, house):
    caller = hire("opinion_officer", BUILDING)
    path = f"/referrals/{_asked(caller)[0]['id']}/answer"
    assert caller.post(path, {"answer": "Đồng ý"}).status_code == 200
    again = caller.post(path, {"answer": "Không đồng ý"})
    assert (again.status_code, again.get_json()["answer"]) == (200, "Đồng ý")
    assert (again.get_json()["kept"], again.get_json()["stamps"][-1]["why"]) == (1, "double")


def test_another_agency_may_not_answer(hire, house):
    question = _asked(hire("opinion_officer", BUILDING))[0]
    stranger = hire("opinion_officer", "H55.22")
    response = stranger.post(f"/referrals/{question['id']}/answer", {"answer": "Đồng ý"})
    assert response.status_code == 403
    assert stranger.get(f"/referrals?agency={BUILDING}").status_code == 403


def test_a_question_nobody_asked_is_404(hire):
    response = hire("opinion_officer", BUILDING).post("/referrals/no/answer", {"answer": "Có"})
    assert response.status_code == 404


def test_land_stops_while_tax_assesses_and_the_owner_pays(clerk, hire):
    response = clerk.receive(procedure=LAND, competent_agency=LAND_OFFICE)
    response = _done(clerk, response, "receive", components_complete=True)
    officer, leader = hire("officer", LAND_OFFICE), hire("leader", LAND_OFFICE)
    good = {"components_complete": True, "eligible": True, "has_financial_duty": True}
    response = _done(officer, response, "check_conditions", **good)
    response = _done(officer, response, "extract_map", has_financial_duty=True)
    response = _done(officer, response, "prepare_slip")
    response = _done(leader, response, "sign_slip")
    assert response.get_json()["clock_running"] is False
    tax = hire("tax_officer", TAX)
    for said, facts in (("Thông báo thuế số 12", {"payment_due": True}), ("Đã nộp đủ", {})):
        path = f"/referrals/{_asked(tax)[0]['id']}/answer"
        told = tax.post(path, {"answer": said, "facts": facts})
        assert told.status_code == 200, told.get_json(force=True)
    response = clerk.get(f"/dossiers/{response.get_json()['id']}")
    assert response.get_json()["clock_running"] is True
    response = _done(officer, response, "update_records")
    response = _done(officer, response, "prepare_certificate")
    response = _done(leader, response, "sign_certificate", approved=True)
    response = _done(officer, response, "transfer_result")
    path = f"/dossiers/{response.get_json()['id']}/result"
    response = clerk.post(
        path, {"manner": "post", "tracking_code": "EB1"}, response.headers["ETag"]
    )
    assert response.get_json()["outcome"] == "completed"
    assert response.get_json()["receiving_unit"] == CENTRE
