"""Timers: at least once, under a lease, one failure harms no other; and what people decide."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.builders import (
    CENTRE,
    CLERK,
    COMMUNE,
    LEADER,
    MONDAY,
    TAX,
    person,
    receive,
    task_of,
)
from workflows import intake, jobs, tasks
from workflows.clock import SimulatedClock
from workflows.errors import Forbidden, InvalidInput, NotFound
from workflows.jobs import DecideJob, Done, JobQuery, JobView
from workflows.office import Office
from workflows.permitting import INSTALLATION
from workflows.store import tables
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


ADMIN = person("administrator", CENTRE)


def broken_for_good(office: Office) -> tuple[DossierView, JobView]:
    """A dossier whose timer failed eight times, and the job left to people."""
    view = asked(office)
    change_state(office, view, b"nonsense")
    for day in range(13, 25):
        go_to(office, day)
        jobs.run_due(office)
    found = jobs.failed_jobs(office, ADMIN, JobQuery(state="stuck")).items
    assert [(job.dossier, job.sort) for job in found] == [(view.id, "timer")]
    return view, found[0]


def change_state(office: Office, view: DossierView, state: bytes) -> bytes:
    """Put bytes in the place of a dossier's state; return those that were there."""
    before = office.store.read(lambda uow: uow.dossiers.get(view.id))[1].state
    spoil = sa.update(tables.dossier).where(tables.dossier.c.id == view.id).values(state=state)
    office.store.write(lambda uow: uow.connection.execute(spoil))
    return before


def kinds(office: Office, view: DossierView) -> list[str]:
    return [e.kind for e in office.store.read(lambda uow: uow.events.of_dossier(view.id))]


def test_a_stuck_timer_fires_after_the_cause_is_mended_and_people_say_so(office: Office) -> None:
    view = asked(office)
    sound = change_state(office, view, b"nonsense")
    for day in range(13, 25):
        go_to(office, day)
        jobs.run_due(office)
    job = jobs.failed_jobs(office, ADMIN, JobQuery()).items[0]
    assert (job.state, job.attempts, job.dossier_code) == ("stuck", 8, view.code)
    change_state(office, view, sound)
    command = DecideJob(job=job.id, what="retry", reason="đã sửa", idempotency_key="r")
    first = jobs.decide(office, ADMIN, command)
    assert jobs.decide(office, ADMIN, command) == first
    assert jobs.run_due(office) == Done(done=1)
    assert kinds(office, view).count("job_retried") == 1
    assert jobs.failed_jobs(office, ADMIN, JobQuery()).items == ()


def test_a_skipped_timer_never_fires_and_the_record_says_why(office: Office) -> None:
    view, job = broken_for_good(office)
    jobs.decide(office, ADMIN, DecideJob(job=job.id, what="skip", reason="làm bằng tay"))
    assert jobs.failed_jobs(office, ADMIN, JobQuery()).items == ()
    go_to(office, 30)
    assert jobs.run_due(office) == Done()
    record = office.store.read(lambda uow: uow.events.of_dossier(view.id))
    skipped = next(e for e in record if e.kind == "job_skipped")
    assert (skipped.actor, "làm bằng tay" in skipped.body) == (ADMIN.person, True)
    with pytest.raises(NotFound):
        jobs.decide(office, ADMIN, DecideJob(job=job.id, what="skip", reason="lần nữa"))


def test_only_the_administrator_sees_and_decides_failed_jobs(office: Office) -> None:
    _, job = broken_for_good(office)
    for stranger in (CLERK, LEADER):
        with pytest.raises(Forbidden):
            jobs.failed_jobs(office, stranger, JobQuery())
        with pytest.raises(Forbidden):
            jobs.decide(office, stranger, DecideJob(job=job.id, what="skip", reason="không"))


def test_an_administrator_sees_failed_jobs_of_their_agencies_alone(office: Office) -> None:
    _, job = broken_for_good(office)
    skip = DecideJob(job=job.id, what="skip", reason="không phải của tôi")
    elsewhere = person("administrator", TAX)
    assert jobs.failed_jobs(office, elsewhere, JobQuery()).items == ()
    with pytest.raises(NotFound):
        jobs.decide(office, elsewhere, skip)
    operator = person("administrator", INSTALLATION)
    for able in (ADMIN, person("administrator", COMMUNE), operator):
        assert jobs.failed_jobs(office, able, JobQuery()).items == (job,)
    assert jobs.decide(office, operator, skip).state == "skipped"


@pytest.mark.parametrize(
    ("job", "what", "reason", "refusal"),
    [
        ("", "skip", "vì", NotFound),
        ("nonsense~t1", "retry", "vì", NotFound),
        ("00000000-0000-4000-8000-000000000000", "retry", "vì", NotFound),
        (None, "burn", "vì", InvalidInput),
        (None, "skip", "  ", InvalidInput),
    ],
)
def test_a_decision_that_makes_no_sense_is_refused(office, job, what, reason, refusal) -> None:
    _, real = broken_for_good(office)
    named = real.id if job is None else job
    with pytest.raises(refusal):
        jobs.decide(office, ADMIN, DecideJob(job=named, what=what, reason=reason))


def test_what_operators_read_of_a_fault_is_no_word_of_the_dossier(office: Office) -> None:
    _, job = broken_for_good(office)
    assert "nonsense" not in job.fault
    assert job.fault.isascii()


def test_a_timer_taken_by_a_worker_that_died_fires_after_its_lease(office: Office) -> None:
    view = asked(office)
    go_to(office, 13)
    now = office.clock.now()
    taken = office.store.write(lambda uow: uow.jobs.take_timers(now, jobs.LEASE, 9))
    assert len(taken) == 1
    assert jobs.run_due(office) == Done()
    clock = office.clock
    assert isinstance(clock, SimulatedClock)
    clock.advance_to(now + jobs.LEASE)
    assert jobs.run_due(office) == Done(done=1)
    office.store.write(lambda uow: uow.jobs.over(taken[0]))  # the dead one comes back: too late
    assert kinds(office, view).count("referral_answered") == 1


def test_work_that_kills_its_worker_every_time_is_left_to_people(office: Office) -> None:
    asked(office)
    go_to(office, 13)
    clock = office.clock
    assert isinstance(clock, SimulatedClock)
    for _ in range(9):
        office.store.write(lambda uow: uow.jobs.take_timers(clock.now(), jobs.LEASE, 9))
        clock.advance_to(clock.now() + jobs.LEASE)
    found = jobs.failed_jobs(office, ADMIN, JobQuery(state="stuck")).items
    assert [(job.attempts, job.fault) for job in found] == [(8, "worker died")]


def test_workers_that_take_at_once_share_and_take_nothing_twice(office: Office) -> None:
    for _ in range(40):
        asked(office)
    go_to(office, 13)
    now = office.clock.now()

    def take(_worker: int) -> list[str]:
        mine: list[str] = []
        while taken := office.store.write(lambda uow: uow.jobs.take_timers(now, jobs.LEASE, 3)):
            mine += [job.dossier_id for job in taken]
        return mine

    with ThreadPoolExecutor(4) as pool:
        everything = [one for mine in pool.map(take, range(4)) for one in mine]
    assert len(everything) == len(set(everything)) == 40
