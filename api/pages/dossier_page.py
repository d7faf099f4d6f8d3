"""What the page of one dossier says: where it is, what to do, by when and why, what happened.

Asks the use cases and puts into words; decides nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from flask import request, url_for
from werkzeug.wrappers import Response

from api.auth import current_actor, office
from api.formatting import minutes, moment, money
from api.pages import acts, telling
from api.pages.asking import Asking, asking, at_home, attempt
from api.pages.doing import Case, offers
from api.pages.referrals import Line, lines
from api.pages.shell import CLERK, ROLE_NAMES, agency_name, show
from api.pages.typed import FactField, fact_fields
from api.rest.papers import printer
from engine.law.authority import Actor, Resource, allow
from engine.law.checklist import missing
from engine.law.codes import NationalStatus
from engine.law.deadlines import Deadline
from engine.law.provisions import Step, StepClock
from engine.law.warning_times import WarningKind, warning_moments, warning_now
from workflows import documents, dossiers, files, intakes, referrals, worklist
from workflows.catalogue import Version
from workflows.dossiers import EventView
from workflows.naming import names_of
from workflows.permitting import ATTACH_FILE, READ_REFERRAL
from workflows.views import DossierView, StepView

DONE = {act.name: act.done for act in acts.ALL} | {
    "claimed": "Đã nhận việc.",
    "released": "Đã trả lại việc cho mọi người cùng vai trò.",
    "completed": "Đã xong bước; hồ sơ đi tiếp.",
    "asked": "Đã yêu cầu bổ sung.",
    "taken": "Đã nhận giấy tờ bổ sung.",
    "returned": "Đã trả kết quả.",
    "signed": "Đã ký duyệt; hồ sơ đi tiếp.",
    "issued": "Đã phát hành kết quả.",
    "attached": "Đã thêm tệp.",
    "received": "Đã tiếp nhận.",
}
# What is printed right after something was done: the form of the paper.
PRINT = {
    "received": "receipt",
    "correction": "receipt",
    "asked": "supplement",
    "apology": "apology",
    "refusal": "refusal",
    "stop": "stop",
    "withdrawal": "stop",
}
MANNER_OF = {"counter": "counter", "post": "post", "electronic": "online"}
WORKED_STATES = frozenset({"open", "claimed"})


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
    kind: str


@dataclass(frozen=True, kw_only=True)
class Brought:
    """A paper of the checklist, and what was brought of it."""

    id: str
    name: str
    words: str
    needed: bool
    missing: bool


@dataclass(frozen=True, kw_only=True)
class Awaited:
    """What the dossier waits for from outside, and from how many."""

    name: str
    times: int
    since: str
    clock: str


def dossier_page(dossier: str, said: Asking | None = None, opened: str = "") -> str:
    """Return the page of a dossier; `said` is a form that was refused, with its mistakes.

    `opened` is the prefix of the folded form that was refused and is shown open again.
    """
    actor, here = current_actor(), office()
    whole = dossiers.read_whole(here, actor, dossier)
    view, record = whole.view, whole.record
    version = here.catalogue.at(view.digest)
    now = here.clock.now()
    deadline = whole.deadline.as_of(now)
    kept = files.list_files(here, actor, dossier)
    noted = intakes.read_intake(here, actor, dossier)
    case = Case(view=view, version=version, actor=actor, record=record, files=kept, noted=noted)
    people = names_of(here, _people(view, record, kept))
    worked = [s for s in view.tasks if s.state in WORKED_STATES]
    mine, others = _split(worked, actor)
    papers = documents.available(here, actor, printer(), dossier)
    told = telling.tell(record, version, people)
    done = request.args.get("done", "")
    return show(
        "staff/dossier.html",
        section="dossiers",
        actor=actor,
        d=view,
        asking=replace(said, revision=view.revision) if said else asking(revision=view.revision),
        opened=opened or _asked_open(),
        done=DONE.get(done, ""),
        to_print=next((p for p in papers if p.ready and p.form == PRINT.get(done)), None),
        due=due_words(deadline, view, now),
        deadline=deadline,
        mine=tuple(_doable(s, version, people) for s in mine),
        open_steps=tuple(_here(s, version, people) for s in others),
        awaited=tuple(_awaited(view, version)),
        waits_for_papers=_waits_for_papers(view, version) and actor.role == CLERK,
        components=tuple(_components(view, version)),
        paper_choices=[(c.id, c.name) for c in version.procedure.components],
        offers=tuple(offers(case)),
        papers=papers,
        files=[(f, people.get(f.uploaded_by, f.uploaded_by)) for f in kept],
        may_attach=allow(actor, ATTACH_FILE, _parts(view)).allowed,
        owed=money(case.owed_vnd) if case.owed_vnd else "",
        days=tuple(telling.by_day(told)),
        routine=sum(line.routine for line in told),
        moment=moment,
        receiving=agency_name(view.receiving_unit),
        competent=agency_name(view.competent_agency),
        ground=_ground(view, version),
        referrals=_referrals(view, actor),
        noted=noted,
        manner=MANNER_OF.get(noted.result_by, "counter"),
        result_files=[(f.sha256, f.name) for f in kept if f.detached_at is None],
        apology_due=_apology_due(case, deadline, now),
    )


def attempt_on(
    dossier: str, done: str, command: Callable[[], DossierView], *, opened: str = ""
) -> Response:
    """Do a command on a dossier and show the dossier again: what was done, or what is wrong.

    `opened` is the prefix of the form that was sent, where it is one of the folded ones.
    """

    def then(_: DossierView) -> str:
        return url_for("dossier_pages.show_dossier", dossier=dossier, done=done)

    def again(said: Asking) -> str:
        return dossier_page(dossier, at_home(said, opened), opened)

    return attempt(command, then, again)


def _asked_open() -> str:
    """Return the prefix of the folded form that a link asks to be shown open."""
    act = acts.BY_NAME.get(request.args.get("open", ""))
    return acts.prefix_of(act) if act is not None else ""


def _apology_due(case: Case, deadline: Deadline, now: datetime) -> bool:
    """Tell whether it is time to apologise, or past it, and there is no result."""
    if deadline.due_at is None or not deadline.running or not case.going:
        return False
    calendar = office().catalogue.calendar(case.view.competent_agency)
    soon = case.version.procedure.warnings.due_soon_hours
    moments = warning_moments(deadline.due_at, case.view.received_at, calendar, soon)
    return warning_now(moments, now) in {WarningKind.APOLOGY_DUE, WarningKind.OVERDUE}


def _referrals(view: DossierView, actor: Actor) -> tuple[Line, ...]:
    """Return the referrals of the dossier as lines, to its own agencies alone."""
    if not allow(actor, READ_REFERRAL, _parts(view)).allowed:
        return ()
    return tuple(lines(referrals.of_dossier(office(), actor, view.id)))


def _parts(view: DossierView) -> Resource:
    """Return the dossier as something to be allowed."""
    return Resource(agencies=frozenset((view.receiving_unit, view.competent_agency)) - {""})


def _people(
    view: DossierView, record: Iterable[EventView], kept: Iterable[files.FileView]
) -> Iterator[str]:
    """Yield the codes of everybody whose name the page says."""
    for event in record:
        yield event.actor
        yield from (str(event.data.get(f, "")) for f in ("assignee", "signer", "giver"))
    yield from (step.assignee for step in view.tasks)
    yield from (file.uploaded_by for file in kept)


def _ground(view: DossierView, version: Version) -> str:
    """Return why the dossier stands still, empty when it does not."""
    if not view.suspended_ground:
        return ""
    law = version.procedure.suspension
    found = law.grounds.get(view.suspended_ground) if law is not None else None
    return found.name if found is not None else view.suspended_ground


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
    tone = "soon" if left < worklist.SOON_MINUTES else "running"
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


def _doable(step: StepView, version: Version, people: Mapping[str, str]) -> Doable:
    procedure = version.procedure
    law, papers = procedure.steps.get(step.element), procedure.supplement
    asks = papers is not None and step.element in procedure.facts[papers.fact].set_by
    return Doable(
        here=_here(step, version, people),
        taken=bool(step.assignee),
        fields=tuple(fact_fields(procedure, step.element)),
        may_ask_for_papers=asks,
        kind=_kind(law),
    )


def _kind(law: Step | None) -> str:
    """Return which command completes the step: its own, or that of the result."""
    if law is None:
        return "complete"
    if law.status == NationalStatus.RESOLVED:
        return "return"
    if law.releases:
        return "release"
    return "sign" if law.signs_off else "complete"


def _waits_for_papers(view: DossierView, version: Version) -> bool:
    papers = version.procedure.supplement
    return papers is not None and any(w.name == papers.message for w in view.waits)


def _here(step: StepView, version: Version, people: Mapping[str, str]) -> Here:
    role = ROLE_NAMES.get(step.role, step.role)
    name = people.get(step.assignee, step.assignee)
    holder = f"{name} đang giữ" if step.assignee else "chưa ai nhận"
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
    lacking = {line.component for line in missing(version.procedure, view.components)}
    for paper in version.procedure.components:
        brought = view.components.get(paper.id, {})
        originals, copies = brought.get("originals", 0), brought.get("copies", 0)
        parts = [
            f"{originals} bản chính" if originals else "",
            f"{copies} bản sao" if copies else "",
        ]
        words = ", ".join(part for part in parts if part)
        yield Brought(
            id=paper.id,
            name=paper.name,
            words=words or "chưa có",
            needed=paper.required,
            missing=paper.id in lacking,
        )
