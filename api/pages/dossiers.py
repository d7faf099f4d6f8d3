"""The page of one dossier: where it is, what to do, by when and why, its papers, what happened."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Response

from api.auth import current_actor, declares, office
from api.formatting import minutes, moment
from api.pages import telling
from api.pages.shell import ROLE_NAMES, agency_name, show
from api.rest.papers import as_file, printer
from engine.law.deadlines import Deadline
from engine.law.provisions import StepClock
from workflows import documents, dossiers
from workflows.catalogue import Version
from workflows.views import DossierView, StepView

blueprint = Blueprint("dossier_pages", __name__)

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
class Awaited:
    """What the dossier waits for from outside, and from how many."""

    name: str
    times: int
    since: str
    clock: str


@blueprint.get("/dossiers/<string:dossier>")
@declares("dossier.read")
def show_dossier(dossier: str) -> str:
    """Show a dossier: where it is, its deadline line by line, its papers, its timeline."""
    actor, here = current_actor(), office()
    view = dossiers.read(here, actor, dossier)
    version = here.catalogue.at(view.digest)
    now = here.clock.now()
    deadline = dossiers.deadline(here, actor, dossier).as_of(now)
    record = dossiers.history(here, actor, dossier)
    names = {e.id: e.name for e in version.definition.elements.values()}
    return show(
        "staff/dossier.html",
        section="dossiers",
        actor=actor,
        d=view,
        due=due_words(deadline, view, now),
        deadline=deadline,
        open_steps=tuple(_here(s, version) for s in view.tasks if s.state in WORKED_STATES),
        awaited=tuple(_awaited(view, version)),
        components=_components(view, version),
        papers=documents.available(here, actor, printer(), dossier),
        days=tuple(telling.by_day(telling.tell(record, version.procedure, names, {}))),
        routine=sum(e.kind in telling.ROUTINE for e in record),
        moment=moment,
        receiving=agency_name(view.receiving_unit),
        competent=agency_name(view.competent_agency),
    )


@blueprint.get("/dossiers/<string:dossier>/papers/<string:form>.pdf")
@declares("dossier.read")
def show_paper(dossier: str, form: str) -> Response:
    """Open a paper of the dossier as PDF/A, ready to print."""
    command = documents.RenderPaper(dossier=dossier, form=form)
    return as_file(documents.render(office(), current_actor(), printer(), command))


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


def _components(view: DossierView, version: Version) -> tuple[tuple[str, str], ...]:
    """Return the papers of the checklist and what was brought of each."""
    lines = []
    for paper in version.procedure.components:
        brought = view.components.get(paper.id, {})
        originals, copies = brought.get("originals", 0), brought.get("copies", 0)
        parts = [
            f"{originals} bản chính" if originals else "",
            f"{copies} bản sao" if copies else "",
        ]
        lines.append((paper.name, ", ".join(p for p in parts if p) or "chưa có"))
    return tuple(lines)
