"""Documents (giấy tờ): the statutory papers as PDF/A, each written anew from the record.

A paper is never stored: the same record gives the same paper. What it says is `engine.law.papers`,
how it looks is bpmn/shared/forms. Not for signatures: a signed file is kept by who signed it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from engine.errors import Rejected
from engine.law import papers_ledgers as ledgers
from engine.law import papers_letters as letters
from engine.law.authority import Actor
from engine.law.form_sets import FORMS, FULL, FormSet
from engine.law.papers import Case, receipt
from engine.law.working_time import ZONE
from workflows.cases import case_of, issuer
from workflows.errors import InvalidInput, NotFound
from workflows.office import Office
from workflows.permitting import (
    LIST_DOSSIERS,
    READ,
    list_of,
    part_of,
    permit,
)
from workflows.printing import Paper, Printer
from workflows.store import UnitOfWork
from workflows.store.dossiers import DossierFilter
from workflows.store.records import DossierRow

WRITERS: Mapping[str, Callable[[Case], Paper]] = {
    "receipt": receipt,
    "supplement": letters.supplement_request,
    "refusal": letters.refusal,
    "apology": letters.apology,
    "stop": letters.stop_notice,
    "control": ledgers.control_sheet,
}
BATCH = 200


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

    def look(uow: UnitOfWork) -> tuple[Case, FormSet]:
        row = _readable(uow, actor, command.dossier)
        return _asked_for(uow, office, printer, row, command)

    return _printed(printer, command.form, *office.store.read(look))


def render_by_code(office: Office, printer: Printer, command: RenderPaper) -> Document:
    """Return a paper of the dossier with this code (not id), for operators at the machine itself.

    Nobody is asked for: who can run it holds the database anyway. Raises as `render` does.
    """
    _known(command.form)

    def look(uow: UnitOfWork) -> tuple[Case, FormSet]:
        row, _ = uow.dossiers.get(uow.dossiers.id_of(command.dossier))
        return _asked_for(uow, office, printer, row, command)

    return _printed(printer, command.form, *office.store.read(look))


def available(
    office: Office, actor: Actor, printer: Printer, dossier: str
) -> tuple[PaperLine, ...]:
    """Return the papers of a dossier's form set, and what is missing of those not ready.

    Raises NotFound or Forbidden.
    """
    case = office.store.read(lambda uow: case_of(uow, office, _readable(uow, actor, dossier)))
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
    permit(actor, LIST_DOSSIERS, list_of(command.agency))
    form_set = _form_set(printer, command.form_set)
    unit = issuer(office, command.agency)
    full = form_set.personal_id == FULL
    cases = office.store.read(lambda uow: _received(uow, office, command, full_id=full))
    period = (command.first_day, command.last_day)
    book = ledgers.register(cases, unit, period, office.clock.now())
    name = f"{command.agency}-{command.first_day:%y%m%d}-{command.last_day:%y%m%d}-register.pdf"
    return Document(name=name, content=printer.render(book, form_set))


def _known(form: str) -> None:
    if form not in WRITERS:
        raise InvalidInput("form", f"chỉ nhận: {', '.join(WRITERS)}")


def _asked_for(
    uow: UnitOfWork, office: Office, printer: Printer, row: DossierRow, command: RenderPaper
) -> tuple[Case, FormSet]:
    """Return the case and the form set; how the personal id is shown is the form set's."""
    procedure = office.catalogue.at(row.digest).procedure
    form_set = _form_set(printer, command.form_set or procedure.form_set)
    form_set.form(command.form)
    return case_of(uow, office, row, full_id=form_set.personal_id == FULL), form_set


def _printed(printer: Printer, form: str, case: Case, form_set: FormSet) -> Document:
    content = printer.render(WRITERS[form](case), form_set)
    return Document(name=f"{case.received.code}-{form}.pdf", content=content)


def _readable(uow: UnitOfWork, actor: Actor, dossier: str) -> DossierRow:
    row, _ = uow.dossiers.get(dossier)
    permit(actor, READ, part_of(row, parties=uow.steps.agencies(row.id)))
    return row


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


def _received(
    uow: UnitOfWork, office: Office, command: RenderRegister, *, full_id: bool
) -> list[Case]:
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
                found.append(case_of(uow, office, row, full_id=full_id))
        if len(rows) < BATCH or rows[-1].received_at.astimezone(ZONE).date() < command.first_day:
            return found
        after = (rows[-1].received_at, rows[-1].id)
