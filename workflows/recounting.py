"""Recounting (tính lại thời hạn): one deadline explained, and what a changed calendar would move.

For operators: nothing is written, the promise printed on the receipt stays (ruling 12).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engine.errors import Rejected
from engine.law.authority import Actor
from engine.law.deadlines import Deadline
from workflows.office import Office
from workflows.permitting import PREVIEW_RECOUNT, governed, permit
from workflows.standing import deadline_of
from workflows.store import UnitOfWork
from workflows.store.events import revive
from workflows.store.records import DossierRow


@dataclass(frozen=True, kw_only=True)
class Move:
    """A dossier whose promised moment the calendar of today would not give.

    `moved_minutes` is on the wall, later positive; None where one of the two has no due moment.
    `fault` says why nothing could be counted.
    """

    dossier: str
    code: str
    promised_at: datetime | None
    recounted_at: datetime | None
    moved_minutes: int | None
    fault: str = ""


def explain(office: Office, code: str) -> Deadline:
    """Return the deadline of the dossier with this code, judged now; raises NotFound."""

    def look(uow: UnitOfWork) -> Deadline:
        row, _ = uow.dossiers.get(uow.dossiers.id_of(code))
        return _counted(uow, office, row)

    return office.store.read(look).as_of(office.clock.now())


def preview(office: Office) -> tuple[Move, ...]:
    """Return the open dossiers that the calendars of the catalogue would move, by code.

    Open means that no result is there yet; nothing is written or logged.
    """
    rows = office.store.read(lambda uow: uow.dossiers.unresolved())
    return tuple(move for row in rows if (move := _moved(office, row)) is not None)


def preview_below(office: Office, actor: Actor, agency: str = "") -> tuple[Move, ...]:
    """Return the same for the dossiers of an agency and those below it, the caller's own at first.

    Codes and dates alone: who asks may not read the dossiers. Raises Forbidden or NotFound.
    """
    agencies = office.catalogue.agencies
    asked = agency or actor.agency
    agencies.get(asked)
    permit(actor, PREVIEW_RECOUNT, governed(agencies, asked))
    below = set(agencies.below(asked))
    rows = office.store.read(lambda uow: uow.dossiers.unresolved())
    mine = (row for row in rows if {row.receiving_unit, row.competent_agency} & below)
    return tuple(move for row in mine if (move := _moved(office, row)) is not None)


def _moved(office: Office, row: DossierRow) -> Move | None:
    fault, moment = "", None
    try:
        moment = office.store.read(lambda uow: _counted(uow, office, row)).due_at
    except Rejected as refused:
        fault = refused.message
    if moment == row.due_at and not fault:
        return None
    minutes = None
    if moment is not None and row.due_at is not None:
        minutes = round((moment - row.due_at).total_seconds() / 60)
    return Move(
        dossier=row.id,
        code=row.code,
        promised_at=row.due_at,
        recounted_at=moment,
        moved_minutes=minutes,
        fault=fault,
    )


def _counted(uow: UnitOfWork, office: Office, row: DossierRow) -> Deadline:
    events = [revive(e) for e in uow.events.of_dossier(row.id)]
    procedure = office.catalogue.at(row.digest).procedure
    return deadline_of(row, procedure, events, office.catalogue.calendar(row.competent_agency))
