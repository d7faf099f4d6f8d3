"""Timers and the outbox: at least once, one failure harms no other."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from tests.builders import CLERK, LEADER, MONDAY, OFFICER, receive, task_of
from workflows import intake, jobs, tasks
from workflows.clock import SimulatedClock
from workflows.jobs import Done
from workflows.office import Office
from workflows.store import tables
from workflows.store.records import OutboxRow
from workflows.tasks import CompleteTask
from workflows.views import DossierView


def moved_to(office: Office, *path) -> DossierView:
    view = receive(office)
    for actor, element, facts in path:
        task = task_of(view, element).task
        command = CompleteTask(dossier=view.id, task=task, facts=facts)
        view = tasks.complete(office, actor, command)
    return view


def asked(office: Office) -> DossierView:
    return moved_to(office, (CLERK, "check", {"ask": True}))


def told(office: Office) -> DossierView:
    return moved_to(office, (CLERK, "check", {}), (OFFICER, "review", {}), (LEADER, "sign", {}))


def go_to(office: Office, days: int) -> None:
    clock = office.clock
    assert isinstance(clock, SimulatedClock)
    clock.advance_to(MONDAY + timedelta(days=days))


def test_the_next_timer_is_known(office: Office) -> None:
    assert jobs.next_due(office) is None
    assert jobs.next_due(office) is None
    view = asked(office)
    assert jobs.next_due(office) == view.timers[0].due_at == MONDAY + timedelta(days=12)


def test_a_timer_of_a_withdrawn_dossier_does_not_fire(office: Office) -> None:
    view = asked(office)
    intake.withdraw(office, CLERK, intake.WithdrawDossier(dossier=view.id))
    go_to(office, 13)
    assert jobs.run_due(office) == Done()


def test_many_timers_fire_each_in_its_own_transaction(office: Office) -> None:
    for _ in range(5):
        asked(office)
    go_to(office, 13)
    assert jobs.run_due(office, limit=3) == Done(done=3)
    assert jobs.run_due(office) == Done(done=2)


def test_a_message_is_delivered_after_the_commit_and_once_noted(office: Office) -> None:
    view = told(office)
    sent: list[OutboxRow] = []
    assert jobs.deliver_outbox(office, sent.append) == Done(done=1)
    assert jobs.deliver_outbox(office, sent.append) == Done()
    assert [(m.name, m.dossier_id, m.body["dossier"]) for m in sent] == [
        ("notice", view.id, view.code)
    ]


def test_a_receiver_that_fails_gets_the_same_message_again_later(office: Office) -> None:
    told(office)
    tried = []

    def refuse(message) -> None:
        tried.append(message.id)
        raise ConnectionError("down")

    assert jobs.deliver_outbox(office, refuse) == Done(failed=1)
    assert jobs.deliver_outbox(office, refuse) == Done()
    go_to(office, 1)
    assert jobs.deliver_outbox(office, lambda m: tried.append(m.id)) == Done(done=1)
    assert len(set(tried)) == 1


def test_nothing_is_sent_for_a_command_that_was_undone(office: Office) -> None:
    def fail(reached: str) -> None:
        if reached == "before commit":
            raise RuntimeError(reached)

    view = moved_to(office, (CLERK, "check", {}), (OFFICER, "review", {}))
    office.store._at_point = fail
    command = CompleteTask(dossier=view.id, task=task_of(view, "sign").task)
    try:
        tasks.complete(office, LEADER, command)
    except RuntimeError:
        office.store._at_point = lambda _point: None
    assert jobs.deliver_outbox(office, lambda _message: None) == Done()


def test_a_timer_that_cannot_fire_is_tried_again_later_and_harms_no_other(office: Office) -> None:
    broken, sound = asked(office), asked(office)
    spoil = sa.update(tables.dossier).where(tables.dossier.c.id == broken.id)
    office.store.write(lambda uow: uow.connection.execute(spoil.values(state=b"nonsense")))
    go_to(office, 13)
    assert jobs.run_due(office) == Done(done=1, failed=1)
    assert jobs.run_due(office) == Done()
    row, _ = office.store.read(lambda uow: uow.dossiers.get(sound.id))
    assert row.revision == sound.revision + 1
    go_to(office, 14)
    assert jobs.run_due(office) == Done(failed=1)


def test_a_timer_that_never_fires_is_left_to_people(office: Office) -> None:
    broken = asked(office)
    spoil = sa.update(tables.dossier).where(tables.dossier.c.id == broken.id)
    office.store.write(lambda uow: uow.connection.execute(spoil.values(state=b"nonsense")))
    for day in range(13, 25):
        go_to(office, day)
        jobs.run_due(office)
    query = sa.select(tables.due_job.c.state, tables.due_job.c.attempts)
    query = query.where(tables.due_job.c.element != "")  # timers of the process, not warnings
    stuck = office.store.read(lambda uow: uow.connection.execute(query).one())
    assert tuple(stuck) == ("stuck", 8)
