"""`motcua doctor` by command line, HTTP and page: the same checks, no secret shown."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from click.testing import CliRunner

from api import create_app, premises
from api.cli import main
from workflows.checks import CHECKS

NAMES = [name for name, _, _ in CHECKS]


@pytest.fixture
def run(settings, monkeypatch, tmp_path):
    monkeypatch.setenv("MOTCUA_BPMN_FOLDER", str(settings.bpmn_folder))
    monkeypatch.setenv("MOTCUA_FILE_STORE", str(tmp_path / "files"))

    def command(url: str, *words: str):
        monkeypatch.setenv("MOTCUA_DATABASE_URL", url)
        done = CliRunner().invoke(main, ["doctor", *words], catch_exceptions=False)
        return done.exit_code, done.stdout

    return command


def test_the_doctor_says_every_check_and_ends_with_a_code(run, settings, tmp_path):
    code, said = run(settings.database_url, "--json")
    found = json.loads(said)
    assert [check["name"] for check in found["checks"]] == NAMES
    assert (code, found["state"]) == (0, "attention")
    code, said = run(f"sqlite:///{tmp_path / 'none.db'}")
    assert code == 1
    assert "chưa có tệp dữ liệu" in said
    assert not (tmp_path / "none.db").exists()


def test_a_folder_of_procedures_that_does_not_load_is_a_finding(
    run, settings, tmp_path, monkeypatch
):
    monkeypatch.setenv("MOTCUA_BPMN_FOLDER", str(tmp_path))
    code, said = run(settings.database_url, "--json")
    states = {check["name"]: check["state"] for check in json.loads(said)["checks"]}
    assert (code, states["procedures"], states["tables"]) == (1, "fault", "ok")


def test_the_api_and_the_page_say_the_same_to_administrators_alone(hire, sign_in, clerk):
    found = hire("administrator").get("/installation/checkup").get_json()
    assert [check["name"] for check in found["checks"]] == NAMES
    assert clerk.get("/installation/checkup").status_code == 403
    page = sign_in("administrator", person="quan.tri").get("/admin/health").get_data(as_text=True)
    assert all(check["title"] in page for check in found["checks"])
    assert sign_in("leader").get("/admin/health").status_code == 403


def test_no_secret_is_shown(settings, office, sign_in):
    secret = "mat-khau-thu"
    asked = replace(
        settings, smtp_host="127.0.0.1", smtp_port=1, smtp_user="u", smtp_password=secret,
        smtp_from="a@example.vn", virus_scanner="tcp://127.0.0.1:1", file_store="var/x",
    )  # fmt: skip
    app = create_app(asked, office=office)
    found = app.extensions[premises.PREMISES]
    assert found.mail() == found.scanner() == "ConnectionRefusedError"
    assert secret not in repr(found)
