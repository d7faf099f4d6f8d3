"""The worklist (việc của tôi, việc của cơ quan): what is to be done, in which order, by whom.

A page of it in an order, the counts of its tabs, taking the next by rule. What is shown is what is
kept: counts and lists come from the same rows as the register. Not for doing steps: `tasks`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from engine.law.authority import Actor, allow
from engine.timing.events import StepAssigned, StepStarted
from workflows import looking
from workflows.errors import InvalidInput
from workflows.holding import Held, hold
from workflows.office import Office
from workflows.paging import next_place, page_size, read_place
from workflows.permitting import CLAIM, TAKE_NEXT, WORKLIST, list_of, part_of, permit
from workflows.repeating import once
from workflows.store import UnitOfWork
from workflows.store.worklists import ORDERS, Counts, ListedStep, QueueFilter
from workflows.views import DossierView, Page, StepView, status_name, step_view

MOST_PASSED_OVER = 200  # steps one may not do oneself, at the head of a queue
HOLDERS = ("", "mine", "none", "others")
SOON_MINUTES = 8 * 60  # one working day: the moment at which an apology would be due
MOST_FOUND = 500


@dataclass(frozen=True, kw_only=True)
class WorklistQuery:
    """Whose work and which: the caller's agency unless named; empty fields ask for nothing.

    `holder` is `mine`, `none` or `others`; `order` one of urgency, due, waiting, received, name;
    `q` words of the applicant's name, of the code or its end, of the telephone.
    """

    agency: str = ""
    role: str = ""
    state: str = ""
    holder: str = ""
    assignee: str = ""
    procedure: str = ""
    element: str = ""
    status: int | None = None
    channel: str = ""
    receiving_unit: str = ""
    priority: int | None = None
    due_before: datetime | None = None
    overdue: bool | None = None
    q: str = ""
    order: str = "urgency"
    cursor: str = ""
    limit: int = 50


@dataclass(frozen=True, kw_only=True)
class TaskLine:
    """A line of the worklist.

    `minutes_left` are working minutes until the due moment, negative when late, None where no
    clock runs towards one.
    """

    step: StepView
    dossier: str
    dossier_code: str
    procedure: str
    procedure_name: str
    status: int
    status_name: str
    revision: int
    due_at: datetime | None
    clock_running: bool
    minutes_left: int | None
    overdue: bool
    priority: int
    applicant_name: str
    receiving_unit: str
    channel: str
    received_at: datetime


@dataclass(frozen=True, kw_only=True)
class TakeNext:
    """Take the most urgent open step of one's role, perhaps of one procedure or element."""

    procedure: str = ""
    element: str = ""
    idempotency_key: str = ""


@dataclass(frozen=True, kw_only=True)
class Taken:
    """The step that was taken, and its dossier; both empty when the queue was."""

    task: str = ""
    dossier: DossierView | None = None


@dataclass(frozen=True, kw_only=True)
class Workload:
    """How many open steps somebody holds in a role (an empty holder: nobody), and how many late."""

    role: str
    holder: str
    open: int
    overdue: int


def worklist(office: Office, actor: Actor, query: WorklistQuery) -> Page:
    """Return a page of `TaskLine` in the order asked for.

    Raises Forbidden for another agency's list, InvalidInput for an order, a holder or a cursor
    that is not one.
    """
    wanted = _filter(office, actor, query)
    limit = page_size(query.limit)
    after = read_place(query.cursor, query.order, _kinds(query.order))

    def look(uow: UnitOfWork) -> Iterable[ListedStep]:
        found = _among(uow, wanted, query.q)
        return uow.worklists.page(found, query.order, after=after, limit=limit)

    rows = list(office.store.read(look))
    looking.saw(row.step.dossier_id for row in rows)
    now = office.clock.now()
    lines = tuple(_line(office, row, now) for row in rows)
    if len(rows) < limit:
        return Page(items=lines)
    return Page(items=lines, cursor=next_place(query.order, rows[-1].place(query.order)))


def counts(office: Office, actor: Actor, query: WorklistQuery) -> Counts:
    """Return how many steps each tab of the list has; soon is within one working day.

    Raises Forbidden or InvalidInput as `worklist` does.
    """
    wanted = _filter(office, actor, query)
    now = office.clock.now()
    calendar = office.catalogue.calendar(wanted.agency)
    soon = calendar.add_minutes(now, SOON_MINUTES)
    return office.store.read(
        lambda uow: uow.worklists.counts(_among(uow, wanted, query.q), now, soon)
    )


def workload(office: Office, actor: Actor) -> tuple[Workload, ...]:
    """Return who has how much at the caller's agency; raises Forbidden."""
    permit(actor, WORKLIST, list_of(actor.agency))
    now = office.clock.now()
    rows = office.store.read(lambda uow: uow.worklists.workload(actor.agency, now))
    return tuple(Workload(role=r, holder=h, open=n, overdue=late) for r, h, n, late in rows)


def take_next(office: Office, actor: Actor, command: TakeNext) -> Taken:
    """Take the most urgent step that nobody has and this person may do.

    Priority first, then the due moment, then the longest waiting, unless the agency's `next_by`
    says otherwise for the role. A step whose work this person would check themselves is passed
    over, as is what somebody else is just taking. An empty queue gives an empty `Taken`.

    Raises Forbidden or IdempotencyMismatch.
    """
    permit(actor, TAKE_NEXT, list_of(actor.agency))
    found = once(office, actor, command, lambda uow: _take_next(uow, office, actor, command))
    view = found["dossier"]
    dossier = DossierView.from_record(view) if view is not None else None
    return Taken(task=found["task"], dossier=dossier)


def _take_next(uow: UnitOfWork, office: Office, actor: Actor, command: TakeNext) -> dict[str, Any]:
    wanted = QueueFilter(
        agency=actor.agency,
        role=actor.role,
        procedure=command.procedure,
        element=command.element,
    )
    rule = office.catalogue.agencies.get(actor.agency).next_by.get(actor.role, "urgency")
    place = None
    for _ in range(MOST_PASSED_OVER):
        place = uow.worklists.first_free(wanted, rule, after=place)
        if place is None:
            break
        dossier, task = place[-2:]
        held = hold(uow, office, actor, replace(command, idempotency_key=""), dossier)
        if _may_take(held, task):
            named: dict[str, Any] = {"step": task, "element": held.steps[task].element}
            taken = StepAssigned(at=held.now, assignee=actor.person, **named)
            view = held.save(None, before=(taken, StepStarted(at=held.now, **named)))
            return {"task": task, "dossier": view.to_record()}
    return {"task": "", "dossier": None}


def _may_take(held: Held, task: str) -> bool:
    """Tell whether the step is still open and this person may do it."""
    step = held.steps.get(task)
    if step is None or step.state != "open":
        return False
    resource = part_of(held.row, step, barred=held.hands(step))
    actor = replace(held.actor, permissions=frozenset())  # the token was asked about `task.next`
    return allow(actor, CLAIM, resource).allowed


def _filter(office: Office, actor: Actor, query: WorklistQuery) -> QueueFilter:
    agency = query.agency or actor.agency
    permit(actor, WORKLIST, list_of(agency))
    if query.order not in ORDERS:
        raise InvalidInput("order", f"chỉ nhận: {', '.join(ORDERS)}")
    if query.holder not in HOLDERS:
        raise InvalidInput("holder", f"chỉ nhận: {', '.join(h for h in HOLDERS if h)}")
    return QueueFilter(
        agency=agency,
        role=query.role,
        person=actor.person,
        holder=query.holder,
        assignee=query.assignee,
        state=query.state,
        procedure=query.procedure,
        element=query.element,
        status=query.status,
        channel=query.channel,
        receiving_unit=query.receiving_unit,
        priority=query.priority,
        due_before=query.due_before,
        overdue_at=office.clock.now() if query.overdue else None,
    )


def _among(uow: UnitOfWork, wanted: QueueFilter, text: str) -> QueueFilter:
    """Return the filter narrowed to the dossiers that words find."""
    if not text.strip():
        return wanted
    hits = uow.searching.find(wanted.agency, text, after=None, limit=MOST_FOUND)
    return replace(wanted, dossiers=tuple(hit.dossier_id for hit in hits))


def _kinds(order: str) -> tuple[type, ...]:
    kinds: dict[str, tuple[type, ...]] = {
        "urgency": (int, datetime, datetime),
        "due": (datetime, datetime),
        "waiting": (datetime,),
        "received": (datetime,),
        "name": (str, datetime),
    }
    return (*kinds[order], str, str)


def _line(office: Office, row: ListedStep, now: datetime) -> TaskLine:
    runs = row.clock_running and row.due_at is not None
    left = None
    if runs and row.due_at is not None:
        left = office.catalogue.calendar(row.competent_agency).working_minutes(now, row.due_at)
    law = office.catalogue.latest(row.procedure).procedure
    own = {
        name: value
        for name, value in vars(row).items()
        if name not in {"step", "name_key", "competent_agency"}
    }
    return TaskLine(
        step=step_view(row.step),
        dossier=row.step.dossier_id,
        procedure_name=law.name,
        status_name=status_name(row.status),
        minutes_left=left,
        overdue=runs and row.due_at is not None and now > row.due_at,
        **own,
    )
