"""Checks of an installation: what a measure means, and that a bad installation says so itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine.law.authority import Actor
from tests.builders import COMMUNE, MONDAY
from workflows import background, doctor, signing
from workflows.checks import CHECKS, Measured, State, judge, worst
from workflows.doctor import Premises, examine
from workflows.errors import Forbidden
from workflows.office import Office

WELL = Measured(
    now=datetime(2026, 11, 2, 3, 0, tzinfo=UTC),
    python=(3, 12, 1),
    sqlite=(3, 45, 0),
    revision=("1", "1"),
    free_bytes=50 * 1024**3,
    worker_seen_at=datetime(2026, 11, 2, 2, 59, 40, tzinfo=UTC),
    mail_fault="",
    scanner_fault="",
    procedures=3,
    official={2026: True, 2027: True},
    backups=True,
    backup_at=datetime(2026, 11, 1, 20, 0, tzinfo=UTC),
    root_at=datetime(2026, 11, 2, 1, 0, tzinfo=UTC),
    looked_at=20,
    public_url="https://motcua.example.vn",
    host="0.0.0.0",  # noqa: S104 - how a server listens
)
AGO = WELL.now - timedelta(hours=1)
CASES = [
    ("database", {"database_fault": "OperationalError"}, State.FAULT),
    ("database", {"setting_fault": "journal_mode = delete"}, State.FAULT),
    ("tables", {"revision": ("1", "2")}, State.FAULT),
    ("workers", {"worker_seen_at": None}, State.ATTENTION),
    ("workers", {"worker_seen_at": AGO}, State.FAULT),
    ("workers", {"signs": False}, State.ATTENTION),
    ("timers", {"timer_since": AGO}, State.ATTENTION),
    ("timers", {"timer_since": AGO - timedelta(days=1)}, State.FAULT),
    ("timers", {"timer_since": WELL.now + timedelta(days=3)}, State.OK),
    ("messages", {"message_since": AGO}, State.ATTENTION),
    ("stuck", {"stuck": 2}, State.ATTENTION),
    ("backups", {"backups": False}, State.ATTENTION),
    ("backups", {"backup_at": None}, State.FAULT),
    ("backups", {"backup_at": WELL.now - timedelta(days=2)}, State.ATTENTION),
    ("backups", {"backup_at": WELL.now - timedelta(days=9)}, State.FAULT),
    ("disk", {"free_bytes": 3 * 1024**3}, State.ATTENTION),
    ("disk", {"free_bytes": 1}, State.FAULT),
    ("disk", {"free_bytes": None}, State.OK),
    ("file_store", {"shelf_fault": "PermissionError"}, State.FAULT),
    ("clock", {"skew_seconds": -3.0}, State.ATTENTION),
    ("clock", {"skew_seconds": 60.0}, State.FAULT),
    ("procedures", {"catalogue_faults": ("a/process.bpmn: sai",)}, State.FAULT),
    ("procedures", {"procedures": 0}, State.ATTENTION),
    ("agencies", {"sample_agencies": 4}, State.ATTENTION),
    ("calendar", {"official": {}}, State.FAULT),
    ("calendar", {"official": {2026: False}}, State.ATTENTION),
    ("next_calendar", {"official": {2027: False}}, State.ATTENTION),
    ("next_calendar", {"official": {}}, State.FAULT),
    ("next_calendar", {"official": {}, "now": WELL.now.replace(month=3)}, State.ATTENTION),
    ("next_calendar", {"official": {2027: False}, "now": WELL.now.replace(month=3)}, State.OK),
    ("record", {"broken": 1}, State.FAULT),
    ("roots", {"root_at": None}, State.ATTENTION),
    ("roots", {"root_at": WELL.now - timedelta(days=9)}, State.ATTENTION),
    ("signing_key", {"key_fault": "Khóa ký chưa có."}, State.ATTENTION),
    ("secret_files", {"open_files": ("personal-key",)}, State.FAULT),
    ("transport", {"public_url": "http://motcua.example.vn"}, State.FAULT),
    ("transport", {"public_url": ""}, State.FAULT),
    ("transport", {"public_url": "", "host": "127.0.0.1"}, State.ATTENTION),
    ("mail", {"mail_fault": None}, State.ATTENTION),
    ("mail", {"mail_fault": "TimeoutError"}, State.FAULT),
    ("virus_scanner", {"scanner_fault": None}, State.ATTENTION),
    ("virus_scanner", {"scanner_fault": "OSError"}, State.FAULT),
    ("versions", {"python": (3, 9, 0)}, State.FAULT),
    ("versions", {"sqlite": (3, 30, 0)}, State.FAULT),
]


def test_a_well_installation_has_nothing_to_see_to() -> None:
    checks = judge(WELL)
    assert [check for check in checks if check.state is not State.OK] == []
    assert worst(checks) is State.OK


@pytest.mark.parametrize(("name", "changed", "state"), CASES)
def test_a_measure_that_is_off_is_said_in_its_own_check(name, changed, state) -> None:
    checks = {check.name: check for check in judge(replace(WELL, **changed))}
    assert checks[name].state is state
    assert len(checks[name].text) > 10


def test_every_check_can_say_that_something_is_wrong() -> None:
    assert {name for name, _, _ in CHECKS} == {name for name, _, _ in CASES}


def _premises(folder: Path) -> Premises:
    return Premises(data=folder, database=None, audit_key=folder / "key.pem")


def _found(office: Office, premises: Premises) -> dict[str, State]:
    admin = Actor(person="qt", agency=COMMUNE, role="administrator")
    return {check.name: check.state for check in examine(office, admin, premises)}


def test_an_office_is_measured_on_both_databases(office: Office, tmp_path: Path) -> None:
    signing.new_key(tmp_path / "key.pem")
    premises = replace(
        _premises(tmp_path),
        backups=tmp_path / "none",
        mail=lambda: "TimeoutError",
        secrets=(tmp_path / "key.pem",),
    )
    found = _found(office, premises)
    assert found["database"] is found["tables"] is found["signing_key"] is State.OK
    assert found["backups"] is found["mail"] is State.FAULT
    assert found["workers"] is State.ATTENTION
    background.Pulse(office).beat()
    assert _found(office, premises)["workers"] is State.OK
    (tmp_path / "key.pem").chmod(0o644)
    assert _found(office, premises)["secret_files"] is State.FAULT


def test_a_worker_beats_at_intervals_and_the_silent_are_forgotten(office: Office) -> None:
    pulse, clock = background.Pulse(office), office.clock
    pulse.beat()
    assert office.store.read(lambda uow: uow.vitals.last_beat()) == MONDAY
    clock.advance_to(MONDAY + timedelta(seconds=5))  # type: ignore[attr-defined]
    pulse.beat()
    assert office.store.read(lambda uow: uow.vitals.last_beat()) == MONDAY
    clock.advance_to(MONDAY + timedelta(seconds=40))  # type: ignore[attr-defined]
    pulse.beat()
    assert office.store.read(lambda uow: uow.vitals.last_beat()) == clock.now()


def test_a_database_that_is_not_there_is_said_and_not_made(office: Office, tmp_path: Path) -> None:
    file = tmp_path / "none.db"
    checks = doctor.examine_at_machine(office, replace(_premises(tmp_path), database=file), ("x",))
    assert not file.exists()
    states = {check.name: check.state for check in checks}
    assert states["database"] is states["procedures"] is State.FAULT
    assert states["record"] is State.ATTENTION


@pytest.mark.parametrize("role", ["leader", "one_stop_clerk", "auditor", "reviewer"])
def test_only_an_administrator_asks_how_the_installation_is(office, tmp_path, role) -> None:
    with pytest.raises(Forbidden):
        examine(office, Actor(person="p", agency=COMMUNE, role=role), _premises(tmp_path))
