"""Every report by every door: JSON, files, the page and the command line."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner

from api.cli import main
from api.period_reports import REPORTS
from engine.law.authority import Actor
from tests.api.conftest import BIRTH, CENTRE, COMMUNE
from workflows import accounts, intake

NAME = "Hoàng Thị Kín"
DAYS = "first_day=2026-07-01&last_day=2026-07-31"
OWN = ("indices", "register", "overdue", "apologies")
BEGINS = {"xlsx": b"PK", "csv": b"\xef\xbb\xbf", "pdf": b"%PDF"}


@pytest.fixture
def bearer(office):
    """Who may ask, with a dossier received at the commune."""
    clerk = Actor(person="c", agency=CENTRE, role="one_stop_clerk")
    intake.receive(office, clerk, intake.ReceiveDossier(procedure=BIRTH, applicant_name=NAME))
    expires = office.clock.now() + timedelta(days=1)

    def hired(role: str) -> dict[str, str]:
        made = accounts.issue_token(office, f"{role}.x", COMMUNE, role, (), expires)
        return {"Authorization": f"Bearer {made.bearer}"}

    return hired


def test_every_report_comes_as_values_as_files_and_as_a_page(client, bearer) -> None:
    leader = bearer("leader")
    for name in OWN:
        values = client.get(f"/api/v1/reports/{name}?{DAYS}", headers=leader)
        assert values.status_code == 200, values.get_data(as_text=True)
        assert values.get_json()["first_day"] == "2026-07-01"
        for ending, begins in BEGINS.items():
            file = client.get(f"/api/v1/reports/{name}.{ending}?{DAYS}", headers=leader)
            assert (file.status_code, file.data[: len(begins)]) == (200, begins)
    for name, report in REPORTS.items():
        page = client.get(f"/reports?form={name}&{DAYS}", headers=leader).get_data(as_text=True)
        assert f"selected>{report.label}" in page
        assert report.about in page


def test_the_numbers_stand_beside_their_index(client, bearer) -> None:
    found = client.get(f"/api/v1/reports/indices?{DAYS}", headers=bearer("reviewer")).get_json()
    by_number = {one["number"]: one for one in found["items"]}
    in_time = by_number["2.1"]
    assert (in_time["numerator"], in_time["denominator"], in_time["rate"]) == (1, 1, 1.0)
    assert (in_time["points"], in_time["most"], in_time["sample"]) == (20.0, 20.0, True)
    assert by_number["1.1"]["numerator"] is None
    assert by_number["1.1"]["needs"]


def test_names_are_shown_to_the_office_and_not_to_the_reviewer(client, bearer) -> None:
    for role, shown in (("leader", NAME), ("reviewer", None)):
        found = client.get(f"/api/v1/reports/register?{DAYS}", headers=bearer(role)).get_json()
        assert [line["applicant"] for line in found["items"]] == [shown]
        page = client.get(f"/reports?form=register&{DAYS}", headers=bearer(role))
        assert (NAME in page.get_data(as_text=True)) is (shown is not None)


@pytest.mark.parametrize("name", ["nothing", "II.06a", "units"])
def test_a_file_of_no_such_report_is_not_found(client, bearer, name) -> None:
    answer = client.get(f"/api/v1/reports/{name}.csv?{DAYS}", headers=bearer("leader"))
    assert answer.status_code == 404


def test_days_at_the_edge_of_the_calendar_are_refused(client, bearer) -> None:
    leader = bearer("leader")
    for days in ("first_day=0001-01-01&last_day=0001-01-02",
                 "first_day=9999-12-30&last_day=9999-12-31"):  # fmt: skip
        for name in OWN:
            assert client.get(f"/api/v1/reports/{name}?{days}", headers=leader).status_code == 422
        assert client.get(f"/reports?form=indices&{days}", headers=leader).status_code == 422


def test_the_command_line_prints_and_writes_them(settings, bearer, tmp_path, monkeypatch) -> None:
    bearer("leader")
    monkeypatch.setenv("MOTCUA_DATABASE_URL", settings.database_url)
    days = ("--from", "2026-07-01", "--to", "2026-07-31")

    def run(*more: str) -> str:
        done = CliRunner().invoke(main, ["review", "report", *more, *days], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.output

    assert json.loads(run("register", COMMUNE, "--json"))["items"][0]["applicant"] == NAME
    assert "2.1" in run("indices", COMMUNE)
    file = tmp_path / "late.xlsx"
    run("overdue", COMMUNE, "-o", str(file))
    assert file.read_bytes().startswith(b"PK")
