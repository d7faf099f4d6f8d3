"""What the program does by itself: timers whose time has come, messages to deliver.

Each timer is an ordinary command in its own transaction; one that fails harms no other.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from engine import process
from engine.process import AlreadyEnded, UnknownTimer
from engine.timing.events import DeadlineWarned
from workflows.holding import hold
from workflows.office import Office
from workflows.permitting import FIRE_TIMER, SYSTEM, WARN
from workflows.standing import WARNING, warning_timers
from workflows.store import UnitOfWork
from workflows.store.jobs import DueJob
from workflows.store.records import OutboxRow
from workflows.worktime import ZONE

Send = Callable[[OutboxRow], None]

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class FireTimer:
    """A timer's time has come."""

    dossier: str
    timer: str
    idempotency_key: str = ""


@dataclass(frozen=True, kw_only=True)
class Done:
    """How many jobs went well and how many will be tried again."""

    done: int = 0
    failed: int = 0


def run_due(office: Office, limit: int = 100) -> Done:
    """Fire the timers and warnings that are due now, the longest due first; return how many."""
    now = office.clock.now()
    jobs = office.store.read(lambda uow: uow.jobs.due(now, limit))
    done = failed = 0
    for job in jobs:
        if _run(office, job):
            done += 1
        else:
            failed += 1
    return Done(done=done, failed=failed)


def next_due(office: Office) -> datetime | None:
    """Return when the next timer is due, None when none waits."""
    return office.store.read(lambda uow: uow.jobs.next_due())


def deliver_outbox(office: Office, send: Send, limit: int = 100) -> Done:
    """Deliver messages through `send`, at least once; the receiver knows a repeat by its id."""
    now = office.clock.now()
    messages = office.store.read(lambda uow: uow.jobs.unsent(now, limit))
    done = failed = 0
    for message in messages:
        try:
            send(message)
        except Exception as fault:  # noqa: BLE001 - whatever a receiver does, the rest goes on
            failed += 1
            _not_sent(office, message, now, repr(fault))
        else:
            done += 1
            _sent(office, message, now)
    return Done(done=done, failed=failed)


def _run(office: Office, job: DueJob) -> bool:
    try:
        act = _warn if job.timer.startswith(WARNING) else _fire
        office.store.write(lambda uow: act(uow, office, job))
    except Exception as fault:
        log.exception("Timer %s of dossier %s failed", job.timer, job.dossier_id)
        text, now = repr(fault), office.clock.now()
        office.store.write(lambda uow: uow.jobs.failed(job, now, text))
        return False
    return True


def _fire(uow: UnitOfWork, office: Office, job: DueJob) -> None:
    command = FireTimer(dossier=job.dossier_id, timer=job.timer)
    held = hold(uow, office, SYSTEM, command, job.dossier_id)
    timer = next((t for t in held.state.timers if t["id"] == job.timer), None)
    if timer is None or datetime.fromisoformat(timer["due_at"]) > held.now:
        return  # somebody was faster: it fired, or what it watched is over
    held.permit(FIRE_TIMER)
    try:
        advance = process.expire(
            held.version.definition, held.state.state, job.timer, **held.engine
        )
    except (AlreadyEnded, UnknownTimer):
        return
    held.save(advance)


def _warn(uow: UnitOfWork, office: Office, job: DueJob) -> None:
    """Write a warning into the record, once for each due moment."""
    command = FireTimer(dossier=job.dossier_id, timer=job.timer)
    held = hold(uow, office, SYSTEM, command, job.dossier_id)
    waiting = warning_timers(held.row, held.calendar)
    timer = next((t for t in waiting if t["id"] == job.timer), None)
    if timer is None or held.row.due_at is None:
        return  # its clock stands now, or the result is there
    if datetime.fromisoformat(timer["due_at"]) > held.now:
        return  # the due moment moved meanwhile, and its job with it
    held.permit(WARN)
    due_at = held.row.due_at.astimezone(ZONE).isoformat()
    event = DeadlineWarned(at=held.now, about=timer["name"], due_at=due_at)
    said = uow.events.concerning(job.dossier_id, kinds={event.kind}, elements=())
    if not any(replace(e, at=event.at) == event for e in said):
        held.note(event)
    uow.jobs.over(job)


def _sent(office: Office, message: OutboxRow, now: datetime) -> None:
    office.store.write(lambda uow: uow.jobs.sent(message.id, now))


def _not_sent(office: Office, message: OutboxRow, now: datetime, fault: str) -> None:
    office.store.write(lambda uow: uow.jobs.not_sent(message, now, fault))
