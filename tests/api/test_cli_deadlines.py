"""The calculator, the explanation, the preview and the check of a year on the command line."""

from __future__ import annotations

import json
import shutil
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from api import open_office
from api.cli_deadlines import calendar_group, deadline
from config import Settings
from engine.law.authority import Actor
from engine.law.working_time import ZONE
from workflows import intake

ROOT = Path(__file__).parents[2]


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run a command in the repository, with a database of its own."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("MOTCUA_DATABASE_URL", f"sqlite:///{tmp_path / 'cli.db'}")

    def call(group, *arguments):
        return CliRunner().invoke(group, [str(a) for a in arguments], catch_exceptions=False)

    return call


@pytest.mark.parametrize(
    ("arguments", "due_at"),
    [
        # Fri 13/02, Tết 16-20: 23,24,25,26,27
        (["2026-02-13T15:30", "5 working_day"], "2026-02-27T17:00:00+07:00"),
        # after 15:00 counts as Mon 23: 24,25,26,27, Mon 02/03
        (["2026-02-13T15:30", "5 working_day", "--cut-off", "15:00"], "2026-03-02T17:00:00+07:00"),
        (["2026-03-02T08:00", "1 working_day", "--count-reception-day"],
         "2026-03-02T17:00:00+07:00"),
        # one working day stopped
        (
            ["2026-03-02T08:00", "5 working_day", "--pause", "2026-03-03T07:30/2026-03-03T17:00"],
            "2026-03-10T17:00:00+07:00",
        ),
        # police work on Saturday morning: the fifth day after Mon 02 is Sat 07, until 11:30
        (["2026-03-02T08:00", "5 working_day", "--agency", "POLICE"], "2026-03-07T11:30:00+07:00"),
        (["2026-03-02T01:00+00:00", "8 working_hour"], "2026-03-03T08:00:00+07:00"),
    ],
)  # fmt: skip
def test_the_calculator_gives_the_date(run, arguments, due_at):
    text = (ROOT / "bpmn" / "shared" / "agencies.toml").read_text(encoding="utf-8")
    police = [p for p in text.split("[[agency]]") if 'hours = "police"' in p]
    code = police[0].split('code = "')[1].split('"')[0] if police else ""
    if "POLICE" in arguments and not code:
        pytest.skip("no agency with police hours")
    received, limit, *more = [code if a == "POLICE" else a for a in arguments]
    result = run(deadline, "compute", "--received", received, "--limit", limit, *more, "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["due_at"] == due_at


def test_the_calculator_says_why(run):
    result = run(deadline, "compute", "--received", "2026-02-13T15:30", "--limit", "5 working_day")
    assert "Hẹn trả: 17:00 ngày 27/02/2026" in result.stdout
    assert "không tính" in result.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ["--received", "yesterday", "--limit", "5 working_day"],
        ["--received", "2026-02-13", "--limit", "5 working_day"],
        ["--received", "2026-02-13T15:30", "--limit", "5 weeks"],
        ["--received", "2026-02-13T15:30", "--limit", "0 working_day"],
        ["--received", "2026-02-13T15:30", "--limit", "5 working_day", "--cut-off", "3pm"],
        ["--received", "2026-02-13T15:30", "--limit", "5 hour", "--pause", "2026-02-13T16:00"],
        ["--received", "2026-02-13T15:30", "--limit", "5 working_day", "--agency", "H00"],
        ["--received", "2035-02-13T15:30", "--limit", "5 working_day"],
        ["--received", "2027-12-31T15:30", "--limit", "9999 working_day"],
    ],
)  # fmt: skip
def test_a_question_that_cannot_be_read_is_2_with_a_sentence(run, arguments):
    result = run(deadline, "compute", *arguments)
    assert result.exit_code == 2
    assert result.stderr.strip()
    assert "Traceback" not in result.stderr


def _received(tmp_path, folder):
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'cli.db'}", bpmn_folder=folder)
    office = open_office(settings)
    clerk = Actor(person="an", agency="H55.904.01", role="one_stop_clerk")
    command = intake.ReceiveDossier(
        procedure="1.009994", channel="counter", applicant_name="Nguyễn Thị Bưởi"
    )
    view = intake.receive(office, clerk, command)
    office.store.close()
    return view


def test_a_dossier_is_explained_and_moves_only_when_the_calendar_does(run, tmp_path, monkeypatch):
    folder = tmp_path / "bpmn"
    shutil.copytree(ROOT / "bpmn", folder)
    monkeypatch.setenv("MOTCUA_BPMN_FOLDER", str(folder))
    view = _received(tmp_path, folder)
    said = run(deadline, "explain", view.code, "--json")
    assert datetime.fromisoformat(json.loads(said.stdout)["due_at"]) == view.due_at
    assert "Tiếp nhận lúc" in said.stdout
    same = run(deadline, "recompute", "--preview", "--json")
    assert (same.exit_code, json.loads(same.stdout)) == (0, [])
    due_on = view.due_at.astimezone(ZONE).date()
    file = folder / "shared" / "calendar" / f"{due_on.year}.toml"
    day = f'\n[[day_off]]\non = {due_on.isoformat()}\nname = "Bão"\n'
    file.write_text(file.read_text(encoding="utf-8") + day, encoding="utf-8")
    moved = run(deadline, "recompute", "--preview", "--json")
    assert moved.exit_code == 1
    (move,) = json.loads(moved.stdout)
    assert move["code"] == view.code
    assert move["moved_minutes"] > 0
    assert "muộn hơn" in run(deadline, "recompute", "--preview").stdout


def test_a_dossier_nobody_knows_is_2(run):
    assert run(deadline, "explain", "H55.904-260706-9999").exit_code == 2


def test_a_loaded_year_is_shown_with_its_swaps(run):
    result = run(calendar_group, "check", "2026", "--json")
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    # 365 days - 52 Saturdays - 52 Sundays = 261 weekdays; off: 01/01, 02/01, Tết 5, 27/04, 30/04,
    # 01/05, 31/08, 01/09, 02/09 and 24/11 = 14; made up: 10/01 and 22/08 = 2: 261 - 14 + 2 = 249.
    assert found["working_days"] == 249
    assert {day["on"] for day in found["makeup"]} == {"2026-01-10", "2026-08-22"}
    assert "Làm bù" in run(calendar_group, "check", "2026").stdout


def test_a_year_that_is_not_loaded_or_not_official_is_1(run):
    assert run(calendar_group, "check", "2031").exit_code == 1
    not_official = run(calendar_group, "check", "2027", "--json")
    assert not_official.exit_code == 1
    assert json.loads(not_official.stdout)["missing"]
