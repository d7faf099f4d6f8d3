"""Documents (giấy tờ): the statutory papers as PDF/A, each written anew from the record.

A paper is never stored: the same record gives the same paper. What it says is `engine.law.papers`,
how it looks is bpmn/shared/forms. Not for signatures: a signed file is kept by who signed it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from engine.errors import Rejected
from engine.law import papers_ledgers as ledgers
from engine.law import papers_letters as letters
from engine.law.authority import Actor
from engine.law.form_sets import FORMS, FormSet
from engine.law.papers import Applicant, Case, Entry, receipt
from engine.law.working_time import ZONE
from engine.timing.events import ApologyIssued, Event, IntakeRefused
from workflows.errors import InvalidInput, NotFound
from workflows.holding import Held, hold
from workflows.office import Office
from workflows.permitting import (
    ISSUE_APOLOGY,
    ISSUE_REFUSAL,
    READ,
    WORKLIST,
    list_of,
    part_of,
    permit,
)
from workflows.printing import Paper, Printer, place_of
from workflows.store import UnitOfWork
from workflows.store.dossiers import DossierFilter
from workflows.store.events import revive
from workflows.store.records import DossierRow, EventRow
from workflows.views import DossierView, masked

WRITERS: Mapping[str, Callable[[Case], Paper]] = {
    "receipt": receipt,
    "supplement": letters.supplement_request,
    "refusal": letters.refusal,
    "apology": letters.apology,
    "stop": letters.stop_notice,
    "control": ledgers.control_sheet,
}
BATCH = 200
MAX_REASON = 2_000


@dataclass(frozen=True, kw_only=True)
class RenderPaper:
    """Which paper of a dossier; a form set other than the procedure's own may be named."""

    dossier: str
    form: str
    form_set: str = ""


@dataclass(frozen=True, kw_only=True)
class RenderRegister:
    """The register of a unit: dossiers received from the first to the last day."""

    agency: str
    first_day: date
    last_day: date
    form_set: str = "2025"


@dataclass(frozen=True, kw_only=True)
class IssueApology:
    """Apologise for being late and give a new date; the caller signs."""

    dossier: str
    revision: int | None = None
    reason: str
    new_due_at: datetime
    idempotency_key: str = ""


@dataclass(frozen=True, kw_only=True)
class IssueRefusal:
    """Say in words why the dossier is refused; the caller signs."""

    dossier: str
    revision: int | None = None
    reason: str
    idempotency_key: str = ""


@dataclass(frozen=True, kw_only=True)
class Document:
    """A file to hand over."""

    name: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class PaperLine:
    """A paper of the dossier's form set; `missing` says why it cannot be printed now."""

    form: str
    number: str
    title: str
    ready: bool
    missing: str


def render(office: Office, actor: Actor, printer: Printer, command: RenderPaper) -> Document:
    """Return a paper of a dossier as PDF/A.

    Raises NotFound, Forbidden, InvalidInput, or a PaperNotPossible that names what is missing.
    """
    _known(command.form)
    case = office.store.read(lambda uow: _readable_case(uow, office, actor, command.dossier))
    return _printed(printer, case, command)


def render_by_code(office: Office, printer: Printer, command: RenderPaper) -> Document:
    """Return a paper of the dossier with this code (not id), for operators at the machine itself.

    Nobody is asked for: who can run it holds the database anyway. Raises as `render` does.
    """
    _known(command.form)

    def look(uow: UnitOfWork) -> Case:
        row, _ = uow.dossiers.get(uow.dossiers.id_of(command.dossier))
        return case_of(office, row, uow.events.of_dossier(row.id))

    return _printed(printer, office.store.read(look), command)


def available(
    office: Office, actor: Actor, printer: Printer, dossier: str
) -> tuple[PaperLine, ...]:
    """Return the papers of a dossier's form set, and what is missing of those not ready.

    Raises NotFound or Forbidden.
    """
    case = office.store.read(lambda uow: _readable_case(uow, office, actor, dossier))
    form_set = _form_set(printer, case.procedure.form_set)
    return tuple(
        _line(form_set, name, case) for name in FORMS if name in WRITERS and name in form_set.forms
    )


def render_register(
    office: Office, actor: Actor, printer: Printer, command: RenderRegister
) -> Document:
    """Return the register of the caller's agency; raises Forbidden, InvalidInput or NotFound."""
    if command.first_day > command.last_day:
        raise InvalidInput("last_day", "ngày cuối phải không trước ngày đầu")
    permit(actor, WORKLIST, list_of(command.agency))
    form_set = _form_set(printer, command.form_set)
    cases = office.store.read(lambda uow: _received(uow, office, command))
    period = (command.first_day, command.last_day)
    book = ledgers.register(cases, command.agency, period, office.clock.now())
    name = f"{command.agency}-{command.first_day:%y%m%d}-{command.last_day:%y%m%d}-register.pdf"
    return Document(name=name, content=printer.render(book, form_set))


def apologise(office: Office, actor: Actor, command: IssueApology) -> DossierView:
    """Write an apology and its new date into the record; the due moment moves.

    Raises what `papers_letters.apology` refuses (a second one, too late a date, no reason), and
    NotFound, Forbidden, Stale, InvalidInput or IdempotencyMismatch.
    """
    if command.new_due_at.tzinfo is None:
        raise InvalidInput("new_due_at", "cần múi giờ, ví dụ 2026-03-20T17:00:00+07:00")

    def event(now: datetime) -> Event:
        new = command.new_due_at.astimezone(ZONE).isoformat()
        return ApologyIssued(at=now, reason=command.reason, new_due_at=new, signer=actor.person)

    return office.store.write(
        lambda uow: _issue(hold(uow, office, actor, command, command.dossier), ISSUE_APOLOGY, event)
    )


def refuse(office: Office, actor: Actor, command: IssueRefusal) -> DossierView:
    """Write the refusal and its reason into the record; the process goes its own way.

    Raises what `papers_letters.refusal` refuses, and NotFound, Forbidden, Stale, InvalidInput or
    IdempotencyMismatch.
    """

    def event(now: datetime) -> Event:
        return IntakeRefused(at=now, reason=command.reason, signer=actor.person)

    return office.store.write(
        lambda uow: _issue(hold(uow, office, actor, command, command.dossier), ISSUE_REFUSAL, event)
    )


def case_of(office: Office, row: DossierRow, record: Sequence[EventRow]) -> Case:
    """Return everything the papers of a dossier are computed from."""
    agencies = office.catalogue.agencies
    names = {a.code: a.name for a in agencies}
    version = office.catalogue.at(row.digest)
    return Case(
        procedure=version.procedure,
        digest=version.digest,
        calendar=office.catalogue.calendar(row.competent_agency),
        record=tuple(
            Entry(event=revive(e), actor=e.actor, role=e.role, agency=e.agency) for e in record
        ),
        applicant=Applicant(
            name=row.applicant_name,
            id_number=masked(row.applicant_id) if row.applicant_id else "",
            phone=row.applicant_phone or "",
        ),
        agencies=names,
        superiors={a.code: names.get(a.parent, "") for a in agencies},
        components=row.components,
        place=place_of(names.get(row.receiving_unit, ""))
        or place_of(names.get(row.competent_agency, "")),
    )


def _known(form: str) -> None:
    if form not in WRITERS:
        raise InvalidInput("form", f"chỉ nhận: {', '.join(WRITERS)}")


def _printed(printer: Printer, case: Case, command: RenderPaper) -> Document:
    form_set = _form_set(printer, command.form_set or case.procedure.form_set)
    form_set.form(command.form)
    paper = WRITERS[command.form](case)
    content = printer.render(paper, form_set)
    return Document(name=f"{case.received.code}-{command.form}.pdf", content=content)


def _readable_case(uow: UnitOfWork, office: Office, actor: Actor, dossier: str) -> Case:
    row, _ = uow.dossiers.get(dossier)
    permit(actor, READ, part_of(row, parties=uow.steps.agencies(row.id)))
    return case_of(office, row, uow.events.of_dossier(row.id))


def _issue(held: Held, action: str, event_at: Callable[[datetime], Event]) -> DossierView:
    """Append the event unless the paper it stands for would be refused."""
    if held.replayed is not None:
        return held.replayed
    held.permit(action)
    held.see(getattr(held.command, "revision", None))
    event = event_at(held.now)
    if len(str(getattr(event, "reason", ""))) > MAX_REASON:
        raise InvalidInput("reason", f"hãy viết không quá {MAX_REASON} ký tự")
    case = case_of(held.office, held.row, held.uow.events.of_dossier(held.row.id))
    ahead = Entry(event=event, actor=held.actor.person, agency=held.actor.agency)
    form = "apology" if isinstance(event, ApologyIssued) else "refusal"
    WRITERS[form](_with(case, ahead))
    return held.save(None, after=(event,))


def _with(case: Case, entry: Entry) -> Case:
    return Case(**(vars(case) | {"record": (*case.record, entry)}))


def _line(form_set: FormSet, name: str, case: Case) -> PaperLine:
    form, missing = form_set.form(name), ""
    try:
        WRITERS[name](case)
    except Rejected as refused:
        missing = refused.message
    return PaperLine(
        form=name, number=form.number, title=form.title, ready=not missing, missing=missing
    )


def _form_set(printer: Printer, name: str) -> FormSet:
    try:
        return printer.form_sets[name]
    except KeyError:
        raise NotFound("bộ biểu mẫu", name) from None


def _received(uow: UnitOfWork, office: Office, command: RenderRegister) -> list[Case]:
    """Return what the agency received in the period, a batch at a time, the latest first."""
    found: list[Case] = []
    after: tuple[datetime, str] | None = None
    while True:
        wanted = DossierFilter(agency=command.agency, after=after, limit=BATCH)
        rows = uow.dossiers.find(wanted)
        for row in rows:
            day = row.received_at.astimezone(ZONE).date()
            inside = command.first_day <= day <= command.last_day
            if inside and row.receiving_unit == command.agency:
                found.append(case_of(office, row, uow.events.of_dossier(row.id)))
        if len(rows) < BATCH or rows[-1].received_at.astimezone(ZONE).date() < command.first_day:
            return found
        after = (rows[-1].received_at, rows[-1].id)
