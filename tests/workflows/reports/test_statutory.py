"""Reports of a period from the record: any past one comes out again as it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.builders import CLERK, LEADER, MONDAY, OFFICER, receive, task_of
from workflows import tasks
from workflows.clock import SimulatedClock
from workflows.errors import Forbidden, InvalidInput
from workflows.office import Office
from workflows.reports import statutory
from workflows.reports.statutory import Form, ReportQuery
from workflows.tasks import CompleteTask
from workflows.views import DossierView

FIRST = MONDAY.date()


def pass_days(office: Office, days: int) -> None:
    clock = office.clock
    assert isinstance(clock, SimulatedClock)
    clock.advance_to(clock.now() + timedelta(days=days))


def do(office: Office, view: DossierView, element: str, actor, **facts: bool) -> DossierView:
    command = CompleteTask(dossier=view.id, task=task_of(view, element).task, facts=facts)
    return tasks.complete(office, actor, command)


def to_the_result(office: Office, view: DossierView) -> DossierView:
    """Take a dossier to where its result only has to be handed over."""
    view = do(office, view, "check", CLERK, complete=True)
    view = do(office, view, "review", OFFICER)
    return do(office, view, "sign", LEADER)


def period(first: int, last: int, form: Form = Form.BY_FIELD) -> ReportQuery:
    """Return a query of days after the first Monday."""
    return ReportQuery(
        form=form, first_day=FIRST + timedelta(first), last_day=FIRST + timedelta(last)
    )


def test_what_came_in_is_settled_or_open(office: Office) -> None:
    to_the_result(office, receive(office))
    receive(office)
    found = statutory.statutory(office, LEADER, period(0, 0))
    assert found.total.received == 2
    assert (found.total.settled, found.total.open) == (1, 1)
    assert found.total.reconciles


def test_a_past_period_comes_out_again_as_it_was(office: Office) -> None:
    view = receive(office)
    before = statutory.statutory(office, LEADER, period(0, 0))
    pass_days(office, 40)
    to_the_result(office, view)
    assert statutory.statutory(office, LEADER, period(0, 0)) == before
    later = statutory.statutory(office, LEADER, period(1, 60))
    assert (later.total.carried_over, later.total.late) == (1, 1)


def test_lines_are_fields_procedures_or_units(office: Office) -> None:
    view = receive(office)
    version = office.catalogue.at(view.digest)
    names = {
        form: statutory.statutory(office, LEADER, period(0, 0, form)).lines[0].name for form in Form
    }
    assert names == {
        Form.BY_FIELD: version.procedure.field,
        Form.BY_PROCEDURE: view.procedure,
        Form.BY_UNIT: view.competent_agency,
    }


@pytest.mark.parametrize("form", list(Form))
def test_the_sheet_has_the_columns_of_the_form(office: Office, form: Form) -> None:
    receive(office)
    sheet = statutory.as_sheet(
        office, form, statutory.statutory(office, LEADER, period(0, 0, form))
    )
    assert [c.number for c in sheet.columns] == [f"({n})" for n in range(1, 14)]
    assert sheet.total is not None
    assert sheet.total[2] == 1
    assert len(sheet.rows) == 1


def test_another_agency_sees_nothing_of_it(office: Office) -> None:
    receive(office)
    stranger = replace(LEADER, agency="H55.21")
    assert statutory.statutory(office, stranger, period(0, 0)).total.received == 0


def test_somebody_without_the_role_is_refused(office: Office) -> None:
    with pytest.raises(Forbidden):
        statutory.statutory(office, OFFICER, period(0, 0))


@pytest.mark.parametrize("last", [date(2026, 1, 1), date(2040, 1, 1)])
def test_a_period_that_is_none_is_refused(office: Office, last: date) -> None:
    with pytest.raises(InvalidInput):
        statutory.statutory(office, LEADER, ReportQuery(first_day=FIRST, last_day=last))
