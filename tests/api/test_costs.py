"""The compliance cost through every door: JSON, workbook, paper, page and command line."""

from __future__ import annotations

import io
import json

import openpyxl
from click.testing import CliRunner

from api.cli import main
from tests.api.conftest import BIRTH, CENTRE, COMMUNE

ADDRESS = f"/review/{BIRTH}/cost"


def test_a_cost_goes_through_every_door(hire, sign_in, settings, monkeypatch, tmp_path):
    clerk, reviewer = hire("one_stop_clerk", CENTRE), hire("reviewer")
    assert reviewer.get(f"{ADDRESS}?year=2026").get_json()["code"] == "too_few_dossiers"
    for _ in range(5):
        assert clerk.receive().status_code == 201
    found = reviewer.get(f"{ADDRESS}?year=2026&drop_component=declaration").get_json()
    benefit = found["benefit"]
    assert found["dossiers"] == 5
    assert benefit["before"] == found["cost"]
    saved = [line for line in found["cost"]["lines"] if line["component"] == "declaration"]
    assert benefit["year_vnd"] == 5 * saved[0]["dossier_vnd"] > 0
    assert clerk.get(f"{ADDRESS}?year=2026").status_code == 403
    assert reviewer.get(f"{ADDRESS}?year=26").status_code == 422

    book = reviewer.get(f"{ADDRESS}.xlsx?year=2026&drop_component=declaration")
    tabs = openpyxl.load_workbook(io.BytesIO(book.get_data())).sheetnames
    assert tabs == ["So sánh", "Chi phí", "Sau đơn giản hóa"]
    assert reviewer.get(f"{ADDRESS}.pdf?year=2026").get_data().startswith(b"%PDF")

    person = sign_in("reviewer", COMMUNE, "nguoi.ra.soat")
    page = person.get(f"{ADDRESS}?drop_component=declaration").get_data(as_text=True)
    assert "Lợi ích của phương án" in page
    assert "Quá ít" not in page
    assert "chỉ có 0 hồ sơ" in person.get(f"{ADDRESS}?year=2027&before=").get_data(as_text=True)

    monkeypatch.setenv("MOTCUA_DATABASE_URL", settings.database_url)
    words = ["review", "cost", BIRTH, COMMUNE, "--year", "2026"]
    shown = CliRunner().invoke(main, [*words, "--json"], catch_exceptions=False)
    assert json.loads(shown.stdout)["cost"] == found["cost"]
    written = CliRunner().invoke(main, [*words, "-o", str(tmp_path / "a.csv")])
    assert written.exit_code == 0
    assert "Điều 27" in CliRunner().invoke(main, words).stdout.replace("\n", " ")
