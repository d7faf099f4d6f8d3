"""Asking for papers, taking them, and what happens when they never come."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.builders import CLERK, CODE, MONDAY, OFFICER, receive, task_of
from workflows import intake, intakes, jobs, supplements, tasks
from workflows.clock import SimulatedClock
from workflows.errors import Forbidden, InvalidInput, NotWaiting
from workflows.office import Office
from workflows.supplements import RequestSupplement, TakeSupplement, TooManyRounds
from workflows.tasks import CompleteTask
from workflows.views import DossierView


def ask(office: Office, view: DossierView, **said) -> DossierView:
    words = {"components": ("form",), "reason": "Thiếu chữ ký"} | said
    task = task_of(view, "check").task
    return supplements.request(
        office, CLERK, RequestSupplement(dossier=view.id, task=task, **words)
    )


def take(office: Office, view: DossierView) -> DossierView:
    command = TakeSupplement(dossier=view.id, revision=view.revision, components=("form",))
    return supplements.take(office, CLERK, command)


def test_what_the_checklist_lacks_is_asked_for_in_one_call(office: Office) -> None:
    view = receive(office)
    noted = intakes.read_intake(office, CLERK, view.id)
    assert noted.missing
    ask(office, view, components=(), reason="", missing=True)
    [row] = office.store.read(lambda uow: uow.supplements.of_dossier(view.id))
    assert (tuple(row.components), row.reason) == (noted.missing, noted.asks)


def test_where_nothing_is_missing_there_is_nothing_to_ask(office: Office) -> None:
    brought = {"form": {"originals": 1}}
    command = intake.ReceiveDossier(procedure=CODE, applicant_name="Hoa", components=brought)
    view = intake.receive(office, CLERK, command)
    with pytest.raises(InvalidInput, match="không còn thiếu"):
        ask(office, view, components=(), reason="", missing=True)


def test_asking_for_papers_stops_the_clock_until_they_come(office: Office) -> None:
    view = ask(office, receive(office))
    assert (view.status, view.supplement_rounds, view.clock_running) == (5, 1, False)
    view = take(office, view)
    assert (view.status, view.clock_running) == (2, True)
    assert view.components == {"form": {"originals": 1, "copies": 0}}


def test_the_round_and_its_words_are_kept(office: Office) -> None:
    view = take(office, ask(office, receive(office)))
    rounds = office.store.read(lambda uow: uow.supplements.of_dossier(view.id))
    assert [(r.round, r.components, r.reason) for r in rounds] == [(1, ["form"], "Thiếu chữ ký")]
    assert rounds[0].taken_at == MONDAY


def test_no_more_rounds_than_the_procedure_allows(office: Office) -> None:
    view = receive(office)
    for _ in range(2):
        view = take(office, ask(office, view))
    with pytest.raises(TooManyRounds):
        ask(office, view)


def test_a_paper_the_procedure_does_not_have_is_refused_by_name(office: Office) -> None:
    with pytest.raises(InvalidInput) as refused:
        ask(office, receive(office), components=("passport",))
    assert "passport" in refused.value.message


def test_a_request_without_a_reason_is_refused(office: Office) -> None:
    with pytest.raises(InvalidInput):
        ask(office, receive(office), reason=" ")


def test_papers_nobody_asked_for_are_refused(office: Office) -> None:
    with pytest.raises(NotWaiting):
        take(office, receive(office))


def test_only_the_counter_takes_papers(office: Office) -> None:
    view = ask(office, receive(office))
    with pytest.raises(Forbidden):
        supplements.take(office, OFFICER, TakeSupplement(dossier=view.id))


def test_a_dossier_whose_papers_never_come_closes_itself(office: Office) -> None:
    view = ask(office, receive(office))
    clock = office.clock
    assert isinstance(clock, SimulatedClock)
    due = view.timers[0].due_at
    assert due > MONDAY + timedelta(days=20)  # 15 working days are three weeks
    clock.advance_to(due - timedelta(seconds=1))
    assert jobs.run_due(office) == jobs.Done(done=0, failed=0)
    clock.advance_to(due)
    assert jobs.run_due(office) == jobs.Done(done=1, failed=0)
    assert jobs.run_due(office) == jobs.Done(done=0, failed=0)
    row, _ = office.store.read(lambda uow: uow.dossiers.get(view.id))
    assert (row.outcome, row.end_element) == ("completed", "closed")


def test_nobody_goes_back_to_waiting_without_saying_what_is_missing(office: Office) -> None:
    """What was said in a round still holds after it: not saying is no way around the limit."""
    view = take(office, ask(office, receive(office)))
    for facts in ({}, {"complete": False}):
        command = CompleteTask(dossier=view.id, task=task_of(view, "check").task, facts=facts)
        with pytest.raises(InvalidInput, match="yêu cầu bổ sung"):
            tasks.complete(office, CLERK, command)
    good = {"complete": True}
    command = CompleteTask(dossier=view.id, task=task_of(view, "check").task, facts=good)
    assert tasks.complete(office, CLERK, command).supplement_rounds == 1
