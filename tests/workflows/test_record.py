"""The record: append-only, chained, and enough to rebuild everything else."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from tests.builders import CLERK, receive, task_of
from workflows import dossiers, reviews, tasks
from workflows.office import Office
from workflows.store import tables
from workflows.store.events import first_broken
from workflows.tasks import CompleteTask


def a_dossier_with_history(office: Office) -> str:
    view = receive(office)
    command = CompleteTask(dossier=view.id, task=task_of(view, "check").task, facts={"ask": True})
    tasks.complete(office, CLERK, command)
    return view.id


@pytest.mark.parametrize("verb", ["UPDATE event SET actor = 'x'", "DELETE FROM event"])
def test_the_database_refuses_to_change_the_record(office: Office, verb) -> None:
    dossier = a_dossier_with_history(office)
    with pytest.raises(DBAPIError, match="append-only"):
        office.store.write(lambda uow: uow.connection.exec_driver_sql(verb))
    assert len(dossiers.history(office, CLERK, dossier)) > 5


@pytest.mark.parametrize("table", ["event", "procedure_version"])
def test_postgresql_refuses_to_empty_a_protected_table(office: Office, table) -> None:
    if office.store.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has no TRUNCATE")
    a_dossier_with_history(office)
    with pytest.raises(DBAPIError, match="append-only"):
        office.store.write(lambda uow: uow.connection.exec_driver_sql(f"TRUNCATE {table} CASCADE"))


@pytest.mark.parametrize(
    "change",
    [
        lambda rows: [replace(rows[0], actor="somebody else"), *rows[1:]],
        lambda rows: [*rows[:2], *rows[3:]],
        lambda rows: [rows[1], rows[0], *rows[2:]],
        lambda rows: [*rows[:-1], replace(rows[-1], body=rows[-1].body + " ")],
        lambda rows: [*rows[:-1], replace(rows[-1], at=rows[0].at.replace(year=2020))],
    ],
    ids=["actor", "lost", "moved", "body", "moment"],
)
def test_a_changed_record_is_noticed(office: Office, change) -> None:
    dossier = a_dossier_with_history(office)
    rows = office.store.read(lambda uow: uow.events.of_dossier(dossier))
    assert first_broken(rows) is None
    assert first_broken(change(rows)) is not None


def test_a_record_cut_off_at_its_end_is_noticed(office: Office) -> None:
    dossier = a_dossier_with_history(office)
    row, _ = office.store.read(lambda uow: uow.dossiers.get(dossier))
    rows = office.store.read(lambda uow: uow.events.of_dossier(dossier))
    assert (row.last_seq, row.last_hash) == (rows[-1].seq, rows[-1].hash)


def test_a_rebuild_finds_no_difference_after_ordinary_work(office: Office) -> None:
    for _ in range(3):
        a_dossier_with_history(office)
    assert reviews.rebuild(office) == ()


@pytest.mark.parametrize(
    ("table", "values"),
    [
        ("dossier", {"status": 9}),
        ("dossier", {"due_at": None}),
        ("step", {"state": "done"}),
        ("step", {"waiting_seconds": 1.0}),
        ("referral", {"to_agency": "H55.901"}),
    ],
)
def test_a_rebuild_finds_and_mends_a_changed_projection(office: Office, table, values) -> None:
    dossier = a_dossier_with_history(office)
    changed = tables.metadata.tables[table]
    office.store.write(lambda uow: uow.connection.execute(sa.update(changed).values(values)))
    found = reviews.rebuild(office)
    assert {(d.dossier, d.table, d.column) for d in found} == {(dossier, table, next(iter(values)))}
    assert reviews.rebuild(office, check=False) == found
    assert reviews.rebuild(office) == ()


def test_a_rebuild_names_a_broken_chain(office: Office) -> None:
    dossier = a_dossier_with_history(office)
    drop = {
        "sqlite": "DROP TRIGGER event_no_update",
        "postgresql": "DROP TRIGGER event_no_change ON event",
    }
    name = office.store.engine.dialect.name

    def forge(uow) -> None:
        uow.connection.exec_driver_sql(drop[name])
        uow.connection.exec_driver_sql("UPDATE event SET actor = 'x' WHERE seq = 3")

    office.store.write(forge)
    found = reviews.rebuild(office)
    assert [(d.dossier, d.table, d.key) for d in found] == [(dossier, "event", "3")]
