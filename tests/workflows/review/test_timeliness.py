"""Both official measures of dossiers and steps, from the record."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from engine.law.timeliness import Timeliness
from engine.law.working_time import ZONE
from tests.builders import CLERK, CODE, LEADER, OFFICER, TAX_OFFICER, receive, task_of
from workflows import reviews, supplements, tasks
from workflows.clock import SimulatedClock
from workflows.errors import Forbidden, InvalidInput, NotFound
from workflows.office import Office
from workflows.review import timeliness
from workflows.review.timeliness import Tally
from workflows.supplements import RequestSupplement, TakeSupplement
from workflows.tasks import CompleteTask
from workflows.views import DossierView

EARLY, ON_TIME, OVERDUE = Timeliness.EARLY, Timeliness.ON_TIME, Timeliness.OVERDUE
# Received Mon 02/03 08:30, five working days: promised Mon 09/03 17:00.


def go_to(office: Office, text: str) -> None:
    assert isinstance(office.clock, SimulatedClock)
    office.clock.advance_to(datetime.fromisoformat(text).replace(tzinfo=ZONE))


def finish(office: Office, view: DossierView) -> DossierView:
    for actor, element in ((CLERK, "check"), (OFFICER, "review"), (LEADER, "sign")):
        task, facts = task_of(view, element).task, {"complete": True} if element == "check" else {}
        done = CompleteTask(dossier=view.id, task=task, facts=facts)
        view = tasks.complete(office, actor, done)
    return view


def supplemented(office: Office, view: DossierView, asked: str, brought: str) -> DossierView:
    go_to(office, asked)
    ask = RequestSupplement(
        dossier=view.id, task=task_of(view, "check").task, components=("form",), reason="Thiếu"
    )
    supplements.request(office, CLERK, ask)
    go_to(office, brought)
    return supplements.take(office, CLERK, TakeSupplement(dossier=view.id, components=("form",)))


@pytest.mark.parametrize(
    ("finished", "sheet", "decision"),
    [
        ("2026-03-06T10:00", EARLY, ON_TIME),
        ("2026-03-09T16:00", ON_TIME, ON_TIME),
        ("2026-03-09T17:30", ON_TIME, OVERDUE),  # the date is kept, the moment is not
        ("2026-03-10T08:00", OVERDUE, OVERDUE),
    ],
)
def test_the_two_measures_judge_a_result_each_in_its_way(
    office: Office, finished: str, sheet: Timeliness, decision: Timeliness
) -> None:
    view = receive(office)
    go_to(office, finished)
    finish(office, view)
    found = timeliness.of_dossier(office, OFFICER, view.id)
    assert (found.control_sheet, found.decision_766) == (sheet, decision)
    assert found.finished_at == office.clock.now()


def test_a_second_request_for_papers_is_late_by_decision_766_alone(office: Office) -> None:
    view = receive(office)
    view = supplemented(office, view, "2026-03-02T10:00", "2026-03-03T10:00")
    view = supplemented(office, view, "2026-03-03T14:00", "2026-03-04T10:00")
    go_to(office, "2026-03-05T10:00")  # begun anew on Wed 04: due Wed 11
    finish(office, view)
    found = timeliness.of_dossier(office, OFFICER, view.id)
    assert (found.control_sheet, found.decision_766) == (EARLY, OVERDUE)
    # 10:00-11:30 + 13:00-17:00 + 07:30-10:00 = 8 h; 14:00-17:00 + 07:30-10:00 = 5,5 h
    assert (found.supplement_requests, found.waited_minutes) == (2, 480 + 330)


def test_nobody_is_late_while_the_clock_stands(office: Office) -> None:
    view = receive(office)
    ask = RequestSupplement(
        dossier=view.id, task=task_of(view, "check").task, components=("form",), reason="Thiếu"
    )
    supplements.request(office, CLERK, ask)
    go_to(office, "2026-03-12T08:00")
    assert timeliness.of_dossier(office, OFFICER, view.id).control_sheet == Timeliness.OPEN


def test_each_step_is_judged_by_its_norm(office: Office) -> None:
    view = receive(office)  # check has a day: due Tue 03/03 08:30
    go_to(office, "2026-03-04T09:00")
    task = task_of(view, "check").task
    tasks.complete(office, CLERK, CompleteTask(dossier=view.id, task=task))
    check, review = timeliness.of_dossier(office, OFFICER, view.id).steps
    assert (check.element, check.result) == ("check", OVERDUE)
    assert check.due_at == datetime(2026, 3, 3, 8, 30, tzinfo=ZONE)
    assert (review.element, review.result, review.closed_at) == ("review", Timeliness.OPEN, None)


def test_a_procedure_is_counted_by_both_measures_and_step_by_step(office: Office) -> None:
    first, second, late = (receive(office) for _ in range(3))
    receive(office)
    for view, moment in (
        (first, "2026-03-06T10:00"),
        (second, "2026-03-09T17:30"),
        (late, "2026-03-10T08:00"),
    ):
        go_to(office, moment)
        finish(office, view)
    found = timeliness.of_procedure(office, CODE)
    assert (found.code, found.dossiers) == (CODE, 4)
    assert found.control_sheet == Tally(early=1, on_time=1, overdue=2)  # one is still open
    assert found.decision_766 == Tally(on_time=1, overdue=3)
    assert [(s.element, s.norm_minutes) for s in found.steps] == [
        ("check", 480),
        ("review", 960),
        ("sign", 960),
    ]
    assert found.steps[0].tally == Tally(overdue=4)
    summary = reviews.summary(office, CODE)
    assert (summary.resolved, summary.late, summary.overdue) == (3, 1, 1)


def test_a_period_is_that_of_the_days_of_reception(office: Office) -> None:
    receive(office)
    go_to(office, "2026-03-05T08:00")
    receive(office)
    day = date(2026, 3, 5)
    assert timeliness.of_procedure(office, CODE, (day, day)).dossiers == 1
    assert timeliness.of_procedure(office, CODE, (None, date(2026, 3, 4))).dossiers == 1
    assert timeliness.of_procedure(office, CODE).dossiers == 2
    with pytest.raises(InvalidInput):
        timeliness.of_procedure(office, CODE, (day, date(2026, 3, 4)))
    with pytest.raises(NotFound):
        timeliness.of_procedure(office, "9.999999")


def test_what_is_open_at_the_end_of_a_period_is_judged_then(office: Office) -> None:
    view = receive(office)
    go_to(office, "2026-03-12T08:00")
    finish(office, view)
    until = (None, date(2026, 3, 6))
    assert timeliness.of_procedure(office, CODE, until).control_sheet == Tally(open=1)
    assert timeliness.of_procedure(office, CODE).control_sheet == Tally(overdue=1)


def test_only_a_party_sees_the_timeliness_of_a_dossier(office: Office) -> None:
    view = receive(office)
    with pytest.raises(Forbidden):
        timeliness.of_dossier(office, TAX_OFFICER, view.id)
