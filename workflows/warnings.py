"""Warnings (cảnh báo thời hạn): the dossiers to hurry up with, the soonest due first.

What is due is asked of the clock, not of a flag; what was escalated stands in the record and is
listed until the result is there. Not for the events written once for each due moment: those are
fired by `jobs`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.law.authority import Actor
from engine.law.warning_times import WarningKind, warning_moments, warning_now
from workflows import looking
from workflows.office import Office
from workflows.paging import page_size
from workflows.permitting import WORKLIST, list_of, permit
from workflows.store.records import DossierRow
from workflows.views import DossierLine, Page, dossier_line, next_cursor, read_cursor

LONGEST_CLOSED_DAYS = 15  # no office is closed longer between two working days
ESCALATED, ESCALATED_NAME = "escalated", "đã báo cáo cấp trên"
ABOUT = (*(kind.value for kind in WarningKind), ESCALATED)


@dataclass(frozen=True, kw_only=True)
class WarningsQuery:
    """Which warnings: of an agency (the caller's unless named), of a kind, how far ahead.

    Without `soon_hours` each procedure says itself how many hours before are soon.
    """

    agency: str = ""
    about: str = ""
    soon_hours: int | None = None
    cursor: str = ""
    limit: int = 50


@dataclass(frozen=True, kw_only=True)
class WarningLine:
    """A dossier and the gravest warning about it now; `about` is `escalated` where no other is.

    `escalated_to` is the role that was told last, empty where the procedure names none.
    """

    about: str
    about_name: str
    due_at: datetime | None
    escalated_to: str
    escalated_at: datetime | None
    dossier: DossierLine


def list_warnings(office: Office, actor: Actor, query: WarningsQuery) -> Page:
    """Return a page of `WarningLine`; raises Forbidden or InvalidInput.

    A dossier whose result is there is warned of by nobody, and one whose clock stands only where it
    was escalated.
    """
    agency = query.agency or actor.agency
    permit(actor, WORKLIST, list_of(agency))
    limit = page_size(query.limit)
    place = read_cursor(query.cursor, 2)
    until = office.clock.now() + _ahead(office, query)
    after = (place[0], place[1]) if place else None
    rows = office.store.read(lambda uow: uow.dossiers.running(agency, until, after, limit))
    looking.saw(row.id for row in rows)
    last = rows[-1] if rows else None
    cursor = (
        next_cursor(len(rows), limit, last.due_at or last.escalated_at, last.id) if last else ""
    )
    lines = (_line(office, row, query.soon_hours) for row in rows)
    return Page(items=tuple(line for line in lines if line and _wanted(line, query)), cursor=cursor)


def _ahead(office: Office, query: WarningsQuery) -> timedelta:
    """Return how far ahead a due moment can be warned of already, weekends and Tết between."""
    own = (v.procedure.warnings.due_soon_hours for v in office.catalogue.procedures())
    hours = query.soon_hours or max(own, default=0)
    return timedelta(hours=hours, days=LONGEST_CLOSED_DAYS)


def _wanted(line: WarningLine, query: WarningsQuery) -> bool:
    if query.about == ESCALATED:
        return line.escalated_at is not None
    return query.about in {"", line.about}


def _line(office: Office, row: DossierRow, soon_hours: int | None) -> WarningLine | None:
    now = office.clock.now()
    kind = _kind(office, row, soon_hours, now)
    if kind is None and row.escalated_at is None:
        return None
    return WarningLine(
        about=kind.value if kind is not None else ESCALATED,
        about_name=kind.label if kind is not None else ESCALATED_NAME,
        due_at=row.due_at,
        escalated_to=row.escalated_to,
        escalated_at=row.escalated_at,
        dossier=dossier_line(row, now),
    )


def _kind(
    office: Office, row: DossierRow, soon_hours: int | None, now: datetime
) -> WarningKind | None:
    """Return the gravest warning of the due moment; none while the clock stands."""
    if row.due_at is None or not row.clock_running:
        return None
    hours = soon_hours or office.catalogue.at(row.digest).procedure.warnings.due_soon_hours
    calendar = office.catalogue.calendar(row.competent_agency)
    return warning_now(warning_moments(row.due_at, row.received_at, calendar, hours), now)
