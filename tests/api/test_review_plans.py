"""A review through the doors: REST, pages and command line; the paper and the workbook come out."""

from __future__ import annotations

import io
import json
from typing import Any

import openpyxl
from click.testing import CliRunner

from api.cli import main
from tests.api.conftest import BIRTH, COMMUNE


def test_a_review_goes_through_every_door(hire, sign_in, office, settings, monkeypatch, tmp_path):
    reviewer, leader = hire("reviewer"), hire("leader")
    body = {"procedure": BIRTH, "year": 2026, "reason": "nhiều hồ sơ", "due_on": "2026-09-30"}
    made = reviewer.post("/review-plans", body)
    assert made.status_code == 201
    assert reviewer.post("/review-plans", body).get_json()["code"] == "already_planned"
    one = f"/review-plans/{made.get_json()['id']}"
    change: dict[str, Any] = {
        "change": "drop_paper",
        "content": "Bỏ tờ khai",
        "reason": "đã có dữ liệu",
    }
    wrong = reviewer.post(f"{one}/proposals", {"proposals": [change]})
    assert wrong.status_code == 422
    change["components"] = ["declaration"]
    assert reviewer.post(f"{one}/proposals", {"proposals": [change]}).status_code == 200

    person = sign_in("reviewer", COMMUNE, "nguoi.ra.soat")
    page = person.get(one).get_data(as_text=True)
    assert "Bỏ tờ khai" in page
    typed: dict[str, Any] = {"content": "Gộp", "reason": "chờ lâu", "change": "merge_steps"}
    steps = [*office.catalogue.latest(BIRTH).procedure.steps][:2]
    typed["elements"] = steps
    assert person.send(f"{one}/proposals", **typed).status_code == 303
    assert person.send(f"{one}/proposals", remove="1").status_code == 303
    assert person.send(f"{one}/submit").status_code == 303
    assert "Gộp" in person.get(one).get_data(as_text=True)
    assert "1/1 thủ tục" in person.get("/review-plans").get_data(as_text=True)

    assert reviewer.post(f"{one}/decide", {"approve": True}).status_code == 403
    assert leader.post(f"{one}/decide", {"approve": True}).get_json()["state"] == "approved"
    plan = reviewer.get("/review-plans?year=2026").get_json()
    assert (plan["planned"], plan["reviewed"], plan["with_proposals"]) == (1, 1, 1)
    assert reviewer.get(one).get_json()["evidence"]["hidden"] is True
    book = openpyxl.load_workbook(io.BytesIO(reviewer.get(f"{one}/file.xlsx").get_data()))
    assert book.sheetnames == ["Tóm tắt", "Số đo", "Phương án"]
    assert reviewer.get(f"{one}/file.pdf").get_data().startswith(b"%PDF")

    monkeypatch.setenv("MOTCUA_DATABASE_URL", settings.database_url)
    asked = ["review", "plan", COMMUNE, "--year", "2026"]
    told = json.loads(CliRunner().invoke(main, [*asked, "--json"]).stdout)
    assert told["items"][0]["state"] == "approved"
    paper = tmp_path / "a.pdf"
    ask = ["review", "dossier", told["items"][0]["id"], COMMUNE]
    assert CliRunner().invoke(main, [*ask, "-o", str(paper)]).exit_code == 0
    assert paper.read_bytes().startswith(b"%PDF")
    assert "Hồ sơ nhận trong năm" in CliRunner().invoke(main, ask).stdout
