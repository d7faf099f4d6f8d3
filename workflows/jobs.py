"""What the program does by itself when a moment comes, and what people do when it could not.

Each timer is an ordinary command in its own transaction; one that fails harms no other. It is
taken under a lease: a worker that dies leaves it to the next one, and firing twice changes nothing
because the dossier says under its lock whether the timer still waits.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from engine import process
from engine.errors import Rejected
from engine.law.authority import Actor
from engine.law.working_time import ZONE
from engine.process import AlreadyEnded, UnknownTimer
from engine.timing.events import DeadlineWarned, JobRetried, JobSkipped
from workflows import suspending
from workflows.errors import InvalidInput, NotFound, WorkflowError
from workflows.holding import Held, hold
from workflows.office import Office
from workflows.paging import page_size
from workflows.permitting import (
    FIRE_TIMER,
    LIST_JOBS,
    MANAGE_JOBS,
    RESUME,
    SYSTEM,
    WARN,
    list_of,
    looked_after,
    permit,
)
from workflows.reasons import check_reason
from workflows.repeating import once
from workflows.standing import RESUMING, WARNING
from workflows.store import UnitOfWork
from workflows.store.jobs import DueJob
from workflows.store.outgoing import WaitingRow
from workflows.store.records import StepRow
from workflows.views import Page, next_cursor, read_cursor

LEASE = timedelta(minutes=5)
MAX_REASON = 500
MANY = 200  # jobs decided about at once: a page of them
KEY_LENGTH = 200
DECISIONS: dict[str, type[JobRetried | JobSkipped]] = {"retry": JobRetried, "skip": JobSkipped}
STATES = {"stuck": ("stuck",), "failing": ("pending",), "": ("stuck", "pending")}

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class FireTimer:
    """A timer's time has come."""

    dossier: str
    timer: str
    idempotency_key: str = ""


@dataclass(frozen=True, kw_only=True)
class JobQuery:
    """Which jobs that failed: those left to people (stuck), tried again later (failing), or all."""

    state: str = ""
    cursor: str = ""
    limit: int = 50


@dataclass(frozen=True, kw_only=True)
class JobView:
    """A timer, warning, webhook or letter that failed.

    `since` is when it was to be done, `at` when it is tried again, or was tried last.
    """

    id: str
    sort: str
    name: str
    dossier: str
    dossier_code: str
    state: str
    attempts: int
    at: datetime
    fault: str
    reason: str
    since: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class DecideJob:
    """What people decide about a job that failed, and why: `retry` or `skip`."""

    job: str
    what: str
    reason: str
    idempotency_key: str = ""


@dataclass(frozen=True, kw_only=True)
class DecideJobs:
    """The same decision, for the same reason, about several jobs."""

    jobs: tuple[str, ...]
    what: str
    reason: str
    idempotency_key: str = ""


@dataclass(frozen=True, kw_only=True)
class Decided:
    """What became of one job of several; `fault` is empty when it was decided."""

    job: str
    state: str
    fault: str


@dataclass(frozen=True, kw_only=True)
class Done:
    """How many jobs went well and how many will be tried again."""

    done: int = 0
    failed: int = 0

    def __add__(self, other: Done) -> Done:
        """Return both together."""
        return Done(done=self.done + other.done, failed=self.failed + other.failed)


def run_due(office: Office, limit: int = 50) -> Done:
    """Fire the timers and warnings that are due now, the longest due first; return how many."""
    now = office.clock.now()
    first = next_due(office)
    if first is None or first > now:  # looking is cheaper than taking
        return Done()
    jobs = office.store.write(lambda uow: uow.jobs.take_timers(now, LEASE, limit))
    done = sum(_run(office, job) for job in jobs)
    return Done(done=done, failed=len(jobs) - done)


def next_due(office: Office) -> datetime | None:
    """Return when the next timer is due, None when none waits."""
    return office.store.read(lambda uow: uow.jobs.next_due())


def said_of(fault: Exception) -> str:
    """Return what operators may read of a fault: its kind, and no word of a person's dossier."""
    code = getattr(fault, "code", "")
    return f"{type(fault).__name__} {code}".strip()


def _run(office: Office, job: DueJob) -> bool:
    try:
        act = _warn if job.timer.startswith(WARNING) else _fire
        act = _resume if job.timer == RESUMING else act
        office.store.write(lambda uow: act(uow, office, job))
    except Exception as fault:
        log.exception("Timer %s of dossier %s failed", job.timer, job.dossier_id)
        text, now, chance = said_of(fault), office.clock.now(), office.ids.chance()
        office.store.write(lambda uow: uow.jobs.failed(job, now, text, chance))
        return False
    return True


def _fire(uow: UnitOfWork, office: Office, job: DueJob) -> None:
    command = FireTimer(dossier=job.dossier_id, timer=job.timer)
    held = hold(uow, office, SYSTEM, command, job.dossier_id)
    timer = next((t for t in held.state.timers if t["id"] == job.timer), None)
    if timer is None or held.row.suspended_at is not None:
        uow.jobs.over(job)  # somebody was faster: it fired, or what it watched is over
        return
    if datetime.fromisoformat(timer["due_at"]) > held.now:
        return  # it was moved meanwhile, and its job with it
    if _ends_returned(held, job.timer):
        uow.jobs.over(job)  # silence means nothing while a question lies returned
        return
    held.permit(FIRE_TIMER)
    try:
        advance = process.expire(
            held.version.definition, held.state.state, job.timer, **held.engine
        )
    except (AlreadyEnded, UnknownTimer):
        uow.jobs.over(job)
        return
    held.save(advance)


def _ends_returned(held: Held, timer: str) -> bool:
    """Tell whether a timer would end the wait for a referral that was given back."""
    waits = {s.step for s in held.steps.values() if s.is_open and _lies_returned(s)}
    if not waits:
        return False
    definition, state = held.version.definition, held.state.state
    return bool(waits & process.watching(definition, state, timer, now=held.now))


def _lies_returned(step: StepRow) -> bool:
    stops = ("step_suspended", "step_resumed")
    marks = [m for m in step.marks if m["kind"] in stops]
    return bool(marks) and marks[-1].get("ground") == "returned"


def _resume(uow: UnitOfWork, office: Office, job: DueJob) -> None:
    """Let a suspended dossier go on at the moment that was set; it may have gone on before."""
    command = FireTimer(dossier=job.dossier_id, timer=job.timer)
    held = hold(uow, office, SYSTEM, command, job.dossier_id)
    until = held.row.suspended_until
    if until is None:
        uow.jobs.over(job)
    elif until <= held.now:
        held.permit(RESUME)
        suspending.resume(held, "", automatic=True)


def _warn(uow: UnitOfWork, office: Office, job: DueJob) -> None:
    """Write a warning into the record, once for each due moment."""
    command = FireTimer(dossier=job.dossier_id, timer=job.timer)
    held = hold(uow, office, SYSTEM, command, job.dossier_id)
    timer = next((t for t in held.warnings() if t["id"] == job.timer), None)
    if timer is None or held.row.due_at is None:
        uow.jobs.over(job)  # its clock stands now, or the result is there
        return
    if datetime.fromisoformat(timer["due_at"]) > held.now:
        return  # the due moment moved meanwhile, and its job with it
    held.permit(WARN)
    due_at = held.row.due_at.astimezone(ZONE).isoformat()
    event = DeadlineWarned(at=held.now, about=timer["name"], due_at=due_at)
    said = uow.events.concerning(job.dossier_id, kinds={event.kind}, elements=())
    if not any(replace(e, at=event.at) == event for e in said):
        held.note(event, *held.escalations(event))
    uow.jobs.over(job)


def failed_jobs(office: Office, actor: Actor, query: JobQuery) -> Page:
    """Return a page of `JobView`: what failed and is not over, the latest first.

    Of dossiers that the caller's agency or one below it receives or settles.
    Raises Forbidden, or InvalidInput for a state or cursor that is not ours.
    """
    permit(actor, LIST_JOBS, list_of(actor.agency))
    states = STATES.get(query.state)
    if states is None:
        raise InvalidInput("state", "chỉ nhận: stuck, failing")
    place = read_cursor(query.cursor, 2)
    size = page_size(query.limit)
    after = (place[0], place[1]) if place else None
    own = looked_after(office.catalogue.agencies, actor)
    rows = office.store.read(lambda uow: uow.outgoing.troubled(states, after, size, own))
    cursor = next_cursor(len(rows), size, rows[-1].at, rows[-1].id) if rows else ""
    return Page(items=tuple(_job_view(row) for row in rows), cursor=cursor)


def decide(office: Office, actor: Actor, command: DecideJob) -> JobView:
    """Let a failed job be tried again, or give it up; the record of its dossier says who and why.

    A skipped timer will not fire: whoever skips it sees to the dossier by hand. Raises Forbidden,
    NotFound for a job that did not fail or is over, InvalidInput.
    """
    permit(actor, MANAGE_JOBS, list_of(actor.agency))
    check_reason(command.reason, MAX_REASON)
    answer = once(office, actor, command, lambda uow: _decide(uow, office, actor, command))
    moments = {n: datetime.fromisoformat(answer[n]) for n in ("at", "since") if answer.get(n)}
    return JobView(**answer | moments)


def decide_many(office: Office, actor: Actor, command: DecideJobs) -> tuple[Decided, ...]:
    """Decide about several jobs, each in its own transaction; what is refused stops no other.

    Raises Forbidden, or InvalidInput for a reason, a word, or more jobs than a page shows.
    """
    permit(actor, MANAGE_JOBS, list_of(actor.agency))
    check_reason(command.reason, MAX_REASON)
    if command.what not in DECISIONS:
        raise InvalidInput("what", "chỉ nhận: retry, skip")
    if not 0 < len(command.jobs) <= MANY:
        raise InvalidInput("jobs", f"hãy chọn từ 1 đến {MANY} việc")
    return tuple(_decided(office, actor, command, job) for job in dict.fromkeys(command.jobs))


def _decided(office: Office, actor: Actor, command: DecideJobs, job: str) -> Decided:
    key = f"{command.idempotency_key}~{job}"[:KEY_LENGTH] if command.idempotency_key else ""
    one = DecideJob(job=job, what=command.what, reason=command.reason, idempotency_key=key)
    try:
        return Decided(job=job, state=decide(office, actor, one).state, fault="")
    except (WorkflowError, Rejected) as refused:
        return Decided(job=job, state="", fault=refused.message)


def _decide(uow: UnitOfWork, office: Office, actor: Actor, command: DecideJob) -> dict[str, Any]:
    row, found = _failed(uow, command.job, looked_after(office.catalogue.agencies, actor))
    keyless = replace(command, idempotency_key="")
    held = hold(uow, office, actor, keyless, found.dossier_id)
    event = DECISIONS.get(command.what)
    if event is None:
        raise InvalidInput("what", "chỉ nhận: retry, skip")
    if command.what == "retry":
        again = uow.jobs.timer_again if found.sort == "timer" else uow.jobs.message_again
        done, state = again(row, held.now, command.reason), "pending"
    else:
        skip = uow.jobs.skip_timer if found.sort == "timer" else uow.jobs.skip_message
        done, state = skip(row, command.reason), "skipped"
    if not done:
        raise NotFound("việc đang chờ quyết định", command.job[:80])
    held.note(event(at=held.now, job=f"{found.sort} {found.name}".strip(), reason=command.reason))
    changed = replace(found, state=state, at=held.now, reason=command.reason)
    values = vars(_job_view(changed))
    since = values["since"].isoformat() if values["since"] else None
    return values | {"at": held.now.isoformat(), "since": since}


def _failed(uow: UnitOfWork, job: str, agencies: Collection[str] | None) -> tuple[Any, WaitingRow]:
    """Return a job that failed, by its id; raises NotFound, for those of other agencies too."""
    dossier, _, timer = job.partition("~")
    row: Any = None
    try:
        known = str(uuid.UUID(dossier))
        row = uow.jobs.timer(known, timer) if timer else uow.jobs.message(known)
    except ValueError:
        pass
    if row is None or not row.fault:
        raise NotFound("việc", job[:80])
    about, _ = uow.dossiers.get(row.dossier_id)
    if agencies is not None and not {about.receiving_unit, about.competent_agency} & {*agencies}:
        raise NotFound("việc", job[:80])
    return row, WaitingRow(
        id=job,
        sort="timer" if timer else row.kind,
        dossier_id=row.dossier_id,
        code=about.code,
        name=row.name,
        state=row.state,
        attempts=row.attempts,
        at=row.retry_at,
        fault=row.fault,
        reason=row.reason,
        since=row.due_at if timer else row.created_at,
    )


def _job_view(row: WaitingRow) -> JobView:
    return JobView(
        id=row.id,
        sort=row.sort,
        name=row.name,
        dossier=row.dossier_id,
        dossier_code=row.code,
        state="failing" if row.state == "pending" else row.state,
        attempts=row.attempts,
        at=row.at,
        fault=row.fault,
        reason=row.reason,
        since=row.since,
    )
