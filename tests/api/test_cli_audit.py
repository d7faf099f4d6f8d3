"""`motcua keys`, `audit` and `verify`: codes 0, 1 and 2, and the place of what was changed."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from api.cli import main

AUDITOR_ROOTS = "/audit/roots"


@pytest.fixture
def run(settings, monkeypatch, clerk, tmp_path):
    """Run `motcua` on the database of this test, in which there is a dossier."""
    clerk.receive()
    monkeypatch.setenv("MOTCUA_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("MOTCUA_BPMN_FOLDER", str(settings.bpmn_folder))
    monkeypatch.setenv("MOTCUA_AUDIT_KEY", str(tmp_path / "keys" / "audit.pem"))

    def give(*words: str) -> Result:
        return CliRunner().invoke(main, words, catch_exceptions=False)

    return give


def test_a_record_is_signed_and_verified(run) -> None:
    public = run("keys", "new").stdout.strip()
    assert run("keys", "show").stdout.strip() == public
    made = json.loads(run("audit", "root", "--json").stdout)
    assert (made["number"], made["leaves"], made["public_key"]) == (1, 1, public)
    assert "Không có hồ sơ nào" in run("audit", "root").stdout
    found = run("verify", "--json", "--kept", f"1:{made['hash']}")
    assert found.exit_code == 0
    assert json.loads(found.stdout)["intact"] is True


def test_without_a_key_nothing_is_signed_and_the_sentence_says_what_to_do(run) -> None:
    refused = run("audit", "root")
    assert refused.exit_code == 2
    assert "motcua keys new" in refused.stderr
    assert run("verify").exit_code == 0


def test_a_changed_event_is_named_and_the_code_is_1(run, settings) -> None:
    run("keys", "new")
    run("audit", "root")
    file = sqlite3.connect(settings.database_url.removeprefix("sqlite:///"))
    file.executescript(
        "DROP TRIGGER event_no_update; UPDATE event SET actor = 'one_stop_clerj' WHERE seq = 2"
    )
    file.close()
    found = run("verify")
    assert found.exit_code == 1
    assert "cột actor byte 13" in " ".join(found.stdout.split())
    assert run("audit", "root").exit_code == 0  # nothing changed since the root


def test_a_lost_kept_root_is_a_no_and_a_wrong_one_unusable(run) -> None:
    run("keys", "new")
    assert run("verify", "--kept", "7:" + "0" * 64).exit_code == 1
    assert run("verify", "--kept", "seven").exit_code == 2
    assert run("verify", "H55.904-260706-9999").exit_code == 2


def test_an_export_is_written_once(run, tmp_path: Path) -> None:
    run("keys", "new")
    run("audit", "root")
    file = tmp_path / "record.ndjson"
    assert run("audit", "export", str(file)).exit_code == 0
    assert run("audit", "export", str(file)).exit_code == 2
    lines = file.read_bytes().splitlines()
    assert json.loads(lines[-1])["end"]["lines"] == len(lines) - 1


def test_roots_are_read_by_the_auditor_alone(run, hire, clerk) -> None:
    run("keys", "new")
    run("audit", "root")
    auditor = hire("auditor", person="kiem.toan")
    [root] = auditor.get(AUDITOR_ROOTS).get_json()["items"]
    assert root["number"] == 1
    assert root["at"].endswith("+07:00")
    assert clerk.get(AUDITOR_ROOTS).status_code == 403
