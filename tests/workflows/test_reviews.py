"""Where the time goes, measured; what is late."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.builders import CLERK, CODE, LEADER, MONDAY, OFFICER, receive, task_of
from tests.workflows.counting import statements
from workflows import results, reviews, tasks
from workflows.clock import SimulatedClock
from workflows.errors import NotFound, NotWaiting
from workflows.office import Office
from workflows.results import ReturnResult
from workflows.tasks import ClaimTask, CompleteTask
from workflows.views import DossierView

HOUR = 3600.0


def pass_time(office: Office, **length) -> None:
    clock = office.clock
    assert isinstance(clock, SimulatedClock)
    clock.advance_to(clock.now() + timedelta(**length))


def done(office: Office, view: DossierView, element: str, actor) -> DossierView:
    """Wait an hour, take the step, work two hours on it, complete it."""
    task = task_of(view, element).task
    pass_time(office, hours=1)
    tasks.claim(office, actor, ClaimTask(dossier=view.id, task=task))
    pass_time(office, hours=2)
    return tasks.complete(office, actor, CompleteTask(dossier=view.id, task=task))


def test_waiting_and_working_time_are_measured_apart(office: Office) -> None:
    done(office, receive(office), "check", CLERK)  # 08:30 to 11:30, all of it office time
    check = next(s for s in reviews.step_durations(office, CODE) if s.element == "check")
    assert (check.name, check.norm_minutes, check.measure.n) == ("Kiểm tra", 480, 1)
    assert (check.measure.waiting.median, check.measure.working.median) == (HOUR, 2 * HOUR)
    assert check.measure.office_working.p90 == 2 * HOUR


def test_closed_hours_are_not_office_time(office: Office) -> None:
    view = done(office, receive(office), "check", CLERK)
    done(office, view, "review", OFFICER)  # 11:30 to 14:30, with the lunch hour and a half
    review = next(s for s in reviews.step_durations(office, CODE) if s.element == "review")
    assert (review.measure.waiting.median, review.measure.office_waiting.median) == (HOUR, 0)
    assert review.measure.office_working.median == 1.5 * HOUR


def test_open_steps_are_counted_but_not_measured(office: Office) -> None:
    receive(office)
    check = reviews.step_durations(office, CODE)[0]
    assert (check.measure.n, check.measure.open) == (0, 1)


def test_durations_take_one_statement(office: Office) -> None:
    receive(office)
    with statements(office.store) as sent:
        reviews.step_durations(office, CODE)
    assert len(sent) == 1


def test_durations_of_a_version_and_a_period(office: Office) -> None:
    view = receive(office)
    inside, outside = (MONDAY, MONDAY + timedelta(days=1)), (MONDAY - timedelta(days=1), MONDAY)
    assert reviews.step_durations(office, CODE, version=view.digest, period=inside) != ()
    assert reviews.step_durations(office, CODE, period=outside) == ()
    with pytest.raises(NotFound):
        reviews.step_durations(office, "9.999999")


def test_a_dossier_past_its_moment_is_overdue_until_it_is_resolved(office: Office) -> None:
    view = receive(office)
    assert view.due_at is not None
    assert reviews.overdue(office) == ()
    pass_time(office, days=8)
    assert [line.id for line in reviews.overdue(office)] == [view.id]
    assert [line.id for line in reviews.overdue(office, view.due_at)] == []
    for element, actor in (("check", CLERK), ("review", OFFICER), ("sign", LEADER)):
        view = done(office, view, element, actor)
    assert reviews.overdue(office) == ()
    assert (view.status, view.overdue) == (9, True)


def test_a_result_on_time_stays_on_time_however_long_it_lies(office: Office) -> None:
    view = receive(office)
    for element, actor in (("check", CLERK), ("review", OFFICER), ("sign", LEADER)):
        view = done(office, view, element, actor)
    pass_time(office, days=30)
    view = results.return_result(
        office, CLERK, ReturnResult(dossier=view.id, shown="receipt", collected_by="Hoa")
    )
    assert (view.status, view.status_name, view.overdue) == (10, "Đã trả kết quả", False)
    assert reviews.rebuild(office) == ()


def test_a_result_that_is_not_there_cannot_be_returned(office: Office) -> None:
    with pytest.raises(NotWaiting):
        results.return_result(
            office,
            CLERK,
            ReturnResult(dossier=receive(office).id, shown="receipt", collected_by="Hoa"),
        )
