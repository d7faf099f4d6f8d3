"""Warnings: asked of the clock by the doors, and written once for each due moment."""

from __future__ import annotations

from datetime import datetime

import pytest

from engine.law.working_time import ZONE
from tests.builders import (
    CLERK,
    COMMUNE,
    LEADER,
    OFFICER,
    TAX_OFFICER,
    receive,
    task_of,
)
from workflows import dossiers, jobs, reviews, supplements, tasks, warnings
from workflows.clock import SimulatedClock
from workflows.errors import Forbidden
from workflows.jobs import Done
from workflows.office import Office
from workflows.supplements import RequestSupplement, TakeSupplement
from workflows.tasks import CompleteTask
from workflows.warnings import WarningsQuery

# Received Mon 02/03 08:30, five working days: due Mon 09/03 17:00.
SUNDAY = "2026-03-08T17:00"  # 24 hours before
FRIDAY = "2026-03-06T07:30"  # the working day before begins


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def go_to(office: Office, text: str) -> None:
    assert isinstance(office.clock, SimulatedClock)
    office.clock.advance_to(at(text))


def about(office: Office, **wanted) -> list[str]:
    query = WarningsQuery(agency=COMMUNE, **wanted)
    return [line.about for line in warnings.list_warnings(office, OFFICER, query).items]


def warned(office: Office, dossier: str) -> list[tuple[str, str]]:
    lines = dossiers.history(office, OFFICER, dossier)
    return [(e.data["about"], e.data["due_at"]) for e in lines if e.kind == "deadline_warned"]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-03-02T09:00", []),
        ("2026-03-06T07:29", []),
        (FRIDAY, ["apology_due"]),
        (SUNDAY, ["apology_due"]),
        ("2026-03-09T17:00", ["apology_due"]),  # at the moment itself nobody is late
        ("2026-03-09T17:01", ["overdue"]),
    ],
)
def test_the_gravest_warning_is_listed(office: Office, now: str, expected: list[str]) -> None:
    receive(office)
    go_to(office, now)
    assert about(office) == expected


def test_soon_is_as_many_hours_as_asked_for(office: Office) -> None:
    receive(office)
    go_to(office, "2026-03-05T17:00")  # 96 hours before
    assert about(office, soon_hours=95) == []
    assert about(office, soon_hours=96) == ["due_soon"]
    assert about(office, soon_hours=96, about="overdue") == []


def test_warnings_come_a_page_at_a_time(office: Office) -> None:
    codes = {receive(office).code for _ in range(5)}
    go_to(office, "2026-03-10T08:00")
    found, cursor = [], ""
    for _ in range(3):
        query = WarningsQuery(agency=COMMUNE, limit=2, cursor=cursor)
        page = warnings.list_warnings(office, OFFICER, query)
        found += [line.dossier.code for line in page.items]
        cursor = page.cursor
    assert (len(found), set(found), cursor) == (5, codes, "")


def test_only_the_agency_itself_may_look(office: Office) -> None:
    with pytest.raises(Forbidden):
        warnings.list_warnings(office, TAX_OFFICER, WarningsQuery(agency=COMMUNE))


def test_each_warning_is_written_once_and_changes_nothing_else(office: Office) -> None:
    view = receive(office)
    due = "2026-03-09T17:00:00+07:00"
    go_to(office, FRIDAY)
    assert jobs.run_due(office) == Done(done=1)
    go_to(office, SUNDAY)
    assert jobs.run_due(office) == Done(done=1)
    assert jobs.run_due(office) == Done()
    go_to(office, "2026-03-10T08:00")
    assert jobs.run_due(office) == Done(done=1)
    assert warned(office, view.id) == [("apology_due", due), ("due_soon", due), ("overdue", due)]
    row, _ = office.store.read(lambda uow: uow.dossiers.get(view.id))
    assert row.revision == view.revision
    assert reviews.rebuild(office) == ()


def test_a_moved_due_moment_is_warned_of_anew(office: Office) -> None:
    view = receive(office)
    go_to(office, FRIDAY)
    jobs.run_due(office)
    ask = RequestSupplement(
        dossier=view.id, task=task_of(view, "check").task, components=("form",), reason="Thiếu"
    )
    supplements.request(office, CLERK, ask)
    go_to(office, "2026-03-10T08:00")
    assert jobs.run_due(office) == Done()  # the clock stands
    assert about(office) == []
    supplements.take(office, CLERK, TakeSupplement(dossier=view.id, components=("form",)))
    assert jobs.run_due(office) == Done()
    go_to(office, "2026-03-16T08:00")  # due Tue 17/03: five days from Tue 10
    assert jobs.run_due(office) == Done(done=1)
    assert [w[0] for w in warned(office, view.id)] == ["apology_due", "apology_due"]


def test_a_result_ends_the_warnings(office: Office) -> None:
    view = receive(office)
    for actor, element in ((CLERK, "check"), (OFFICER, "review"), (LEADER, "sign")):
        task = task_of(view, element).task
        view = tasks.complete(office, actor, CompleteTask(dossier=view.id, task=task))
    go_to(office, "2026-03-20T08:00")
    assert jobs.run_due(office) == Done()
    assert about(office) == []
