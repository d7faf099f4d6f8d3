"""Taking, giving back and completing steps, alone and against others."""

from __future__ import annotations

import pytest

from engine.process import WrongFact
from tests.builders import CLERK, OFFICER, person, receive, task_of
from tests.workflows.counting import statements
from workflows import dossiers, tasks
from workflows.errors import (
    AlreadyClaimed,
    Forbidden,
    IdempotencyMismatch,
    InvalidInput,
    NotFound,
    NotOpen,
    Stale,
)
from workflows.office import Office
from workflows.tasks import ClaimTask, CompleteTask, ReleaseTask
from workflows.views import DossierView

MOST_STATEMENTS = 10


def checked(office: Office, view: DossierView, **said) -> DossierView:
    task = task_of(view, "check").task
    command = CompleteTask(dossier=view.id, task=task, revision=view.revision, **said)
    return tasks.complete(office, CLERK, command)


def test_completing_a_step_opens_the_next_one(office: Office) -> None:
    view = checked(office, receive(office))
    assert [t.element for t in view.tasks] == ["review"]
    assert (view.revision, view.status) == (2, 4)


@pytest.mark.parametrize("facts", [{}, {"ask": True}, {"complete": True}])
def test_completing_a_step_takes_few_statements(office: Office, facts) -> None:
    view = receive(office)
    with statements(office.store) as sent:
        checked(office, view, facts=facts, idempotency_key="once")
    assert len(sent) <= MOST_STATEMENTS, sent


def test_the_hundredth_command_costs_what_the_first_one_costs(office: Office) -> None:
    view = receive(office)
    counts = []
    for _ in range(50):
        task = task_of(view, "check").task
        with statements(office.store) as sent:
            claim = ClaimTask(dossier=view.id, task=task, revision=view.revision)
            view = tasks.claim(office, CLERK, claim)
        release = ReleaseTask(dossier=view.id, task=task, revision=view.revision)
        view = tasks.release(office, CLERK, release)
        counts.append(len(sent))
    assert len(set(counts)) == 1


def test_a_completed_step_is_refused(office: Office) -> None:
    before = receive(office)
    after = checked(office, before)
    with pytest.raises(NotOpen):
        checked(office, before)
    assert dossiers.read(office, CLERK, before.id) == after


def test_a_stale_revision_is_refused_and_changes_nothing(office: Office) -> None:
    view = receive(office)
    task = task_of(view, "check").task
    tasks.claim(office, CLERK, ClaimTask(dossier=view.id, task=task, revision=view.revision))
    with pytest.raises(Stale) as refused:
        checked(office, view)
    assert refused.value.fields == {"seen": 1, "current": 2}
    assert dossiers.read(office, CLERK, view.id).revision == 2


def test_an_unknown_step_and_an_unknown_dossier_are_not_found(office: Office) -> None:
    view = receive(office)
    with pytest.raises(NotFound):
        tasks.complete(office, CLERK, CompleteTask(dossier=view.id, task="t999"))
    with pytest.raises(NotFound):
        tasks.complete(office, CLERK, CompleteTask(dossier="not-a-uuid", task="t1"))


@pytest.mark.parametrize("facts", [{"nonsense": 1}, {"complete": "yes"}, {"agreed": True}])
def test_a_wrong_fact_is_refused_by_name_and_changes_nothing(office: Office, facts) -> None:
    view = receive(office)
    with pytest.raises(WrongFact) as refused:
        checked(office, view, facts=facts)
    assert refused.value.element == next(iter(facts))
    assert dossiers.read(office, CLERK, view.id) == view


def test_a_note_that_is_too_long_is_refused(office: Office) -> None:
    with pytest.raises(InvalidInput):
        checked(office, receive(office), note="x" * 2_001)


def test_a_note_goes_into_the_record(office: Office) -> None:
    view = checked(office, receive(office), note="Đủ giấy tờ")
    lines = dossiers.history(office, CLERK, view.id)
    assert [e.data["note"] for e in lines if e.kind == "step_completed"] == ["Đủ giấy tờ"]


def test_a_step_somebody_took_is_refused_to_others(office: Office) -> None:
    view = receive(office)
    claim = ClaimTask(dossier=view.id, task=task_of(view, "check").task)
    taken = tasks.claim(office, CLERK, claim)
    assert task_of(taken, "check").assignee == CLERK.person
    other = person("one_stop_clerk", CLERK.agency, "other")
    with pytest.raises(AlreadyClaimed):
        tasks.claim(office, other, claim)
    with pytest.raises(AlreadyClaimed):
        tasks.complete(office, other, CompleteTask(dossier=view.id, task=claim.task))


def test_taking_a_step_twice_changes_nothing(office: Office) -> None:
    view = receive(office)
    claim = ClaimTask(dossier=view.id, task=task_of(view, "check").task)
    assert tasks.claim(office, CLERK, claim) == tasks.claim(office, CLERK, claim)


def test_a_step_given_back_can_be_taken_by_others(office: Office) -> None:
    view = receive(office)
    task = task_of(view, "check").task
    tasks.claim(office, CLERK, ClaimTask(dossier=view.id, task=task))
    tasks.release(office, CLERK, ReleaseTask(dossier=view.id, task=task))
    other = person("one_stop_clerk", CLERK.agency, "other")
    again = tasks.claim(office, other, ClaimTask(dossier=view.id, task=task))
    assert task_of(again, "check").assignee == "other"


def test_a_repeated_command_gets_the_answer_it_got(office: Office) -> None:
    view = receive(office)
    first = checked(office, view, idempotency_key="k")
    again = checked(office, view, idempotency_key="k")
    assert again == first
    assert dossiers.read(office, CLERK, view.id).revision == 2


def test_the_same_key_for_another_request_is_refused(office: Office) -> None:
    view = receive(office)
    checked(office, view, idempotency_key="k")
    with pytest.raises(IdempotencyMismatch):
        checked(office, view, idempotency_key="k", note="other")


def test_two_people_may_use_the_same_key(office: Office) -> None:
    view = receive(office)
    view = checked(office, view, idempotency_key="k")
    task = task_of(view, "review").task
    command = CompleteTask(dossier=view.id, task=task, idempotency_key="k")
    assert [t.element for t in tasks.complete(office, OFFICER, command).tasks] == ["sign"]


def test_nobody_does_a_step_of_another_agency_or_role(office: Office) -> None:
    view = receive(office)
    command = CompleteTask(dossier=view.id, task=task_of(view, "check").task)
    with pytest.raises(Forbidden):
        tasks.complete(office, OFFICER, command)
    with pytest.raises(Forbidden):
        tasks.complete(office, person("one_stop_clerk", "H55.81.01"), command)


def test_nobody_signs_what_they_reviewed(office: Office) -> None:
    view = checked(office, receive(office))
    both = person("officer", name="both")
    command = CompleteTask(dossier=view.id, task=task_of(view, "review").task)
    view = tasks.complete(office, both, command)
    leader = person("leader", name="both")
    with pytest.raises(Forbidden):
        tasks.complete(
            office, leader, CompleteTask(dossier=view.id, task=task_of(view, "sign").task)
        )
