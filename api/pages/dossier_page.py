"""What the page of one dossier says: where it is, what to do, by when and why, what happened.

Asks the use cases and puts into words; decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from flask import request

from api.auth import current_actor, office
from api.formatting import minutes, moment
from api.pages import telling
from api.pages.asking import Asking, asking
from api.pages.shell import CLERK, ROLE_NAMES, agency_name, show
from api.pages.typed import FactField, fact_fields
from api.rest.papers import printer
from engine.law.authority import Actor
from engine.law.codes import NationalStatus
from engine.law.deadlines import Deadline
from engine.law.provisions import StepClock
from workflows import documents, dossiers
from workflows.catalogue import Version
from workflows.views import DossierView, StepView

DONE = {
    "claimed": "Đã nhận việc.",
    "released": "Đã trả lại việc cho mọi người cùng vai trò.",
    "completed": "Đã xong bước; hồ sơ đi tiếp.",
    "asked": "Đã yêu cầu bổ sung; in phiếu ở mục giấy tờ.",
    "taken": "Đã nhận giấy tờ bổ sung.",
    "returned": "Đã trả kết quả.",
    "withdrawn": "Đã rút hồ sơ theo yêu cầu của người nộp.",
    "received": "Đã tiếp nhận; in giấy tiếp nhận ở mục giấy tờ.",
}
WORKED_STATES = frozenset({"open", "claimed"})
SOON_MINUTES = 8 * 60  # one working day: the moment at which an apology would be due


@dataclass(frozen=True, kw_only=True)
class DueWords:
    """The due moment as a person reads it: the date, and how much is left or how late it is."""

    date: str
    left: str
    tone: str


@dataclass(frozen=True, kw_only=True)
class Here:
    """A step somebody can do now: what, whose, since when, on whose clock."""

    task: str
    name: str
    who: str
    since: str
    clock: str
    state: str
    element: str


@dataclass(frozen=True, kw_only=True)
class Doable:
    """A step the person who looks can do: what it asks for, and what else can be done with it."""

    here: Here
    taken: bool
    fields: tuple[FactField, ...]
    may_ask_for_papers: bool
    returns_result: bool


@dataclass(frozen=True, kw_only=True)
class Brought:
    """A paper of the checklist, and what was brought of it."""

    id: str
    name: str
    words: str
    needed: bool


@dataclass(frozen=True, kw_only=True)
class Awaited:
    """What the dossier waits for from outside, and from how many."""

    name: str
    times: int
    since: str
    clock: str


def dossier_page(dossier: str, said: Asking | None = None) -> str:
    """Return the page of a dossier; `said` is a form that was refused, with its mistakes."""
    actor, here = current_actor(), office()
    view = dossiers.read(here, actor, dossier)
    version = here.catalogue.at(view.digest)
    now = here.clock.now()
    deadline = dossiers.deadline(here, actor, dossier).as_of(now)
    record = dossiers.history(here, actor, dossier)
    names = {e.id: e.name for e in version.definition.elements.values()}
    worked = [s for s in view.tasks if s.state in WORKED_STATES]
    mine, others = _split(worked, actor)
    return show(
        "staff/dossier.html",
        section="dossiers",
        actor=actor,
        d=view,
        asking=replace(said, revision=view.revision) if said else asking(revision=view.revision),
        done=DONE.get(request.args.get("done", ""), ""),
        due=due_words(deadline, view, now),
        deadline=deadline,
        mine=tuple(_doable(s, version) for s in mine),
        open_steps=tuple(_here(s, version) for s in others),
        awaited=tuple(_awaited(view, version)),
        waits_for_papers=_waits_for_papers(view, version) and actor.role == CLERK,
        components=tuple(_components(view, version)),
        papers=documents.available(here, actor, printer(), dossier),
        days=tuple(telling.by_day(telling.tell(record, version.procedure, names, {}))),
        routine=sum(e.kind in telling.ROUTINE for e in record),
        moment=moment,
        receiving=agency_name(view.receiving_unit),
        competent=agency_name(view.competent_agency),
    )


def due_words(deadline: Deadline, view: DossierView, now: datetime) -> DueWords:
    """Say when a dossier is due, and what is left in the working time of its agency."""
    if deadline.due_at is None:
        return DueWords(date="Chưa có ngày hẹn", left="chờ việc khác xong mới tính", tone="paused")
    date = moment(deadline.due_at)
    calendar = office().catalogue.calendar(view.competent_agency)
    left = deadline.remaining_minutes(now, calendar) or 0
    if deadline.ended_at is not None:
        how = "xong quá hạn" if deadline.overdue else "xong đúng hạn"
        return DueWords(date=date, left=how, tone="late" if deadline.overdue else "done")
    if not deadline.running:
        return DueWords(date=date, left=f"đang dừng, còn {minutes(left)}", tone="paused")
    if deadline.overdue:
        late = calendar.working_minutes(deadline.due_at, now)
        return DueWords(date=date, left=f"quá hạn {minutes(late)}", tone="late")
    tone = "soon" if left <= SOON_MINUTES else "running"
    return DueWords(date=date, left=f"còn {minutes(left)}", tone=tone)


def _split(
    steps: Iterable[StepView], actor: Actor
) -> tuple[tuple[StepView, ...], tuple[StepView, ...]]:
    """Return the steps this person can do, and the others."""
    found = tuple(steps)
    mine = tuple(
        s
        for s in found
        if s.agency == actor.agency and s.role == actor.role and s.assignee in {"", actor.person}
    )
    return mine, tuple(s for s in found if s not in mine)


def _doable(step: StepView, version: Version) -> Doable:
    procedure = version.procedure
    law, papers = procedure.steps.get(step.element), procedure.supplement
    asks = papers is not None and step.element in procedure.facts[papers.fact].set_by
    return Doable(
        here=_here(step, version),
        taken=bool(step.assignee),
        fields=tuple(fact_fields(procedure, step.element)),
        may_ask_for_papers=asks,
        returns_result=law is not None and law.status == NationalStatus.RESOLVED,
    )


def _waits_for_papers(view: DossierView, version: Version) -> bool:
    papers = version.procedure.supplement
    return papers is not None and any(w.name == papers.message for w in view.waits)


def _here(step: StepView, version: Version) -> Here:
    role = ROLE_NAMES.get(step.role, step.role)
    holder = f"{step.assignee} đang giữ" if step.assignee else "chưa ai nhận"
    return Here(
        task=step.task,
        name=step.name,
        who=f"{role}, {agency_name(step.agency)}" if step.agency else role,
        since=moment(step.enabled_at),
        clock=_clock_of(step, version),
        state=holder,
        element=step.element,
    )


def _awaited(view: DossierView, version: Version) -> Iterator[Awaited]:
    """Yield what is waited for from outside, the same thing from several once; timers are not."""
    messages = {wait.element for wait in view.waits}
    by_name: dict[str, list[StepView]] = {}
    for step in view.tasks:
        if step.state == "waiting" and step.element in messages:
            by_name.setdefault(step.name, []).append(step)
    for name, found in by_name.items():
        yield Awaited(
            name=name,
            times=len(found),
            since=moment(min(s.enabled_at for s in found)),
            clock=_clock_of(found[0], version),
        )


def _clock_of(step: StepView, version: Version) -> str:
    law = version.procedure.steps.get(step.element)
    if law is None or law.clock is StepClock.AGENCY:
        return ""
    return telling.CLOCK_NAMES[law.clock.value]


def _components(view: DossierView, version: Version) -> Iterator[Brought]:
    """Yield the papers of the checklist and what was brought of each."""
    for paper in version.procedure.components:
        brought = view.components.get(paper.id, {})
        originals, copies = brought.get("originals", 0), brought.get("copies", 0)
        parts = [
            f"{originals} bản chính" if originals else "",
            f"{copies} bản sao" if copies else "",
        ]
        words = ", ".join(part for part in parts if part)
        yield Brought(id=paper.id, name=paper.name, words=words or "chưa có", needed=paper.required)
