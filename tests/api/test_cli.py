"""The command line: exit codes, JSON for machines, no traceback for bad input."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from api.cli import main

ROOT = Path(__file__).parents[2]
BIRTH = ROOT / "bpmn" / "birth_registration"


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run a command in the repository, with a database of its own."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("MOTCUA_DATABASE_URL", f"sqlite:///{tmp_path / 'cli.db'}")

    def call(*arguments):
        return CliRunner().invoke(main, [str(a) for a in arguments], catch_exceptions=False)

    return call


def _found(result):
    return json.loads(result.stdout)["files"][0]


def test_a_diagram_that_runs_is_accepted(run):
    result = run("validate", BIRTH / "process.bpmn")
    assert result.exit_code == 0
    assert "CHẠY ĐƯỢC" in result.stdout


def test_a_procedure_file_that_is_sound_is_accepted(run):
    assert run("validate", BIRTH / "procedure.toml").exit_code == 0


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.bpmn", b"no xml at all"),
        ("a.bpmn", '<?xml version="1.0" encoding="utf-8"?><a>Hồ</a>'.encode("utf-16")),
        ("a.bpmn", b"\xff\xfe\x00"),
        ("a.bpmn", b""),
        ("a.toml", b'name = "\xd0\xe0"'),
        ("a.toml", b"name = "),
    ],
)
def test_a_file_that_cannot_be_read_is_2_and_says_why(run, tmp_path, name, content):
    file = tmp_path / name
    file.write_bytes(content)
    result = run("validate", file, "--json")
    assert result.exit_code == 2
    assert _found(result)["verdict"] == "unreadable"
    assert _found(result)["findings"][0]["message"]


def test_a_file_that_is_not_there_is_2(run):
    result = run("validate", "nothing.bpmn")
    assert result.exit_code == 2
    assert "KHÔNG ĐỌC ĐƯỢC" in result.stdout


def test_a_diagram_with_what_we_do_not_run_is_1_and_names_the_element(run, tmp_path):
    text = (BIRTH / "process.bpmn").read_text(encoding="utf-8")
    file = tmp_path / "complex.bpmn"
    file.write_text(text.replace("exclusiveGateway", "complexGateway"), encoding="utf-8")
    result = run("validate", file, "--json")
    assert result.exit_code == 1
    errors = [f for f in _found(result)["findings"] if f["severity"] == "error"]
    assert errors
    assert all(f["element"] and f["advice"] for f in errors)


def test_a_procedure_file_with_missing_and_wrong_entries_names_all_of_them(run, tmp_path):
    text = (BIRTH / "procedure.toml").read_text(encoding="utf-8")
    text = text.replace('code = "1.001193"\n', "", 1).replace(
        'level = "commune"', 'level = "village"', 1
    )
    file = tmp_path / "procedure.toml"
    file.write_text(text, encoding="utf-8")
    result = run("validate", file, "--json")
    assert result.exit_code == 1
    places = {f["element"] for f in _found(result)["findings"] if f["severity"] == "error"}
    assert {"code", "level"} <= places


def test_the_worst_file_decides_the_exit_code(run, tmp_path):
    broken = tmp_path / "broken.bpmn"
    broken.write_bytes(b"<")
    assert run("validate", BIRTH / "process.bpmn", broken).exit_code == 2


def test_the_folder_of_procedures_is_sound(run):
    result = run("procedures", "check", "--json")
    assert result.exit_code == 0, result.output
    assert len(json.loads(result.stdout)["accepted"]) == 5


def test_a_folder_without_procedures_is_refused(run, tmp_path):
    result = run("procedures", "check", "--folder", tmp_path)
    assert result.exit_code == 1


def test_every_scenario_of_every_procedure_walks(run):
    result = run("walk", "--all", "--json")
    assert result.exit_code == 0, result.output
    walks = json.loads(result.stdout)
    assert len(walks) > 20
    assert all(not walk["faults"] for walk in walks)


def test_a_walk_prints_its_steps_with_their_times(run):
    result = run("walk", "1.001193", "--scenario", "straight")
    assert result.exit_code == 0
    assert "02/03/2026 08:05" in result.stdout
    assert "Ký Giấy khai sinh" in result.stdout


def test_a_procedure_nobody_knows_is_2_and_the_known_ones_are_named(run):
    result = run("walk", "9.999999")
    assert result.exit_code == 2
    assert "1.001193" in result.stderr


def test_a_token_is_printed_once_and_can_be_piped(run):
    result = run(
        "tokens", "new", "--person", "an", "--agency", "H55.904", "--role", "officer", "--json"
    )
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["bearer"].startswith("motcua_")


def test_a_token_for_an_agency_nobody_knows_is_2(run):
    result = run("tokens", "new", "--person", "an", "--agency", "H00", "--role", "officer")
    assert result.exit_code == 2
    assert "H00" in result.stderr


def test_a_setting_that_cannot_be_used_is_2_without_a_traceback(run, monkeypatch):
    monkeypatch.setenv("MOTCUA_PORT", "many")
    result = run("db", "upgrade")
    assert result.exit_code == 2
    assert "MOTCUA_PORT" in result.stderr


def test_an_empty_installation_has_no_difference_and_no_durations(run):
    assert run("rebuild", "--check", "--json").exit_code == 0
    assert run("review", "steps", "1.001193", "--json").exit_code == 0


def test_norms_that_exceed_the_limit_on_a_counted_walk_are_refused(run, tmp_path):
    folder = tmp_path / "bpmn"
    shutil.copytree(ROOT / "bpmn", folder)
    file = folder / "land_transfer" / "procedure.toml"
    text = file.read_text(encoding="utf-8")
    longer = re.sub(
        r"norm_minutes = (\d{3,4})\b", lambda m: f"norm_minutes = {int(m[1]) + 60}", text
    )
    file.write_text(longer, encoding="utf-8")
    result = run("procedures", "check", "--folder", folder, "--json")
    assert result.exit_code == 1
    errors = json.loads(result.stdout)["errors"]
    assert any("Các bước dài hơn thời hạn" in line and "scenario." in line for line in errors)
