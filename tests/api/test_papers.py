"""Papers over HTTP and on the command line: PDF for those who may, a reason for the others."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from api.cli import main
from tests.api.conftest import ROOT

REASON = "Đang chờ kết quả xác minh tình trạng hôn nhân tại xã khác."


@pytest.fixture
def received(clerk):
    return clerk.receive(applicant_id="019012345678")


def _papers(caller, response):
    return f"/dossiers/{response.get_json()['id']}/papers"


def test_a_receipt_comes_as_a_pdf(clerk, received):
    response = clerk.get(_papers(clerk, received) + "/receipt.pdf")
    assert response.status_code == 200
    assert response.mimetype == "application/pdf"
    assert response.data.startswith(b"%PDF")
    assert received.get_json()["code"] in response.headers["Content-Disposition"]


def test_the_list_says_which_papers_can_be_printed(clerk, received):
    items = clerk.get(_papers(clerk, received)).get_json()["items"]
    assert [p["form"] for p in items if p["ready"]] == ["receipt", "control"]
    assert all(p["missing"] for p in items if not p["ready"])


def test_a_paper_whose_event_has_not_happened_is_409_and_says_what_is_missing(clerk, received):
    response = clerk.get(_papers(clerk, received) + "/stop.pdf")
    assert response.status_code == 409
    assert response.get_json()["code"] == "paper_not_in_record"
    assert "yêu cầu dừng" in response.get_json()["detail"]


def test_an_unknown_paper_is_422(clerk, received):
    assert clerk.get(_papers(clerk, received) + "/poem.pdf").status_code == 422


def test_another_agency_gets_no_paper(hire, received):
    stranger = hire("officer", "H55.905")
    assert stranger.get(_papers(stranger, received) + "/receipt.pdf").status_code == 403


def test_a_leader_apologises_and_the_due_moment_moves(clerk, hire, received):
    leader, dossier = hire("leader"), received.get_json()
    path = f"/dossiers/{dossier['id']}/apology"
    body = {"reason": REASON, "new_due_at": "2026-07-08T17:00:00+07:00"}
    assert clerk.post(path, body, received.headers["ETag"]).status_code == 403
    assert leader.post(path, body).status_code == 428
    done = leader.post(path, body, received.headers["ETag"])
    assert done.status_code == 200, done.get_json()
    assert done.get_json()["due_at"] == "2026-07-08T17:00:00+07:00"
    assert leader.get(_papers(leader, received) + "/apology.pdf").status_code == 200
    again = leader.post(path, body, done.headers["ETag"])
    assert (again.status_code, again.get_json()["code"]) == (409, "paper_beyond_extension")


def test_a_refusal_needs_words(hire, received):
    leader, path = hire("leader"), f"/dossiers/{received.get_json()['id']}/refusal"
    coded = leader.post(path, {"reason": "ERR_12"}, received.headers["ETag"])
    assert (coded.status_code, coded.get_json()["code"]) == (409, "paper_no_reason")
    done = leader.post(path, {"reason": "Không thuộc thẩm quyền."}, received.headers["ETag"])
    assert done.status_code == 200, done.get_json()
    assert leader.get(_papers(leader, received) + "/refusal.pdf").status_code == 200


def test_an_operator_prints_by_code(settings, received, tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("MOTCUA_DATABASE_URL", settings.database_url)
    file = Path(tmp_path) / "receipt.pdf"
    code = received.get_json()["code"]
    result = CliRunner().invoke(main, ["papers", "render", code, "receipt", "-o", str(file)])
    assert result.exit_code == 0, result.output
    assert file.read_bytes().startswith(b"%PDF")
    unknown = CliRunner().invoke(main, ["papers", "render", "H55.1-260101-0001", "receipt"])
    assert unknown.exit_code == 2
    early = CliRunner().invoke(main, ["papers", "render", code, "stop"])
    assert "không có việc" in early.stderr


def test_the_register_of_the_own_agency_comes_as_a_pdf(clerk, received):
    response = clerk.get("/register.pdf?first_day=2020-01-01&last_day=2030-12-31")
    assert response.status_code == 200
    assert response.data.startswith(b"%PDF")


def test_a_register_of_days_the_wrong_way_round_is_422(clerk):
    response = clerk.get("/register.pdf?first_day=2030-01-01&last_day=2020-12-31")
    assert response.status_code == 422
    assert clerk.get("/register.pdf?first_day=x&last_day=2020-12-31").status_code == 422
