"""Warnings (cảnh báo thời hạn): the dossiers to hurry up with, the soonest due first.

A pure query: what is due is asked of the clock, not of a flag. Not for the events written once for
each due moment: those are fired by `jobs`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.law.authority import Actor
from engine.law.warning_times import SOON_HOURS, WarningKind, warning_moments, warning_now
from workflows.office import Office
from workflows.permitting import WORKLIST, list_of, permit
from workflows.store.records import DossierRow
from workflows.views import DossierLine, Page, dossier_line, next_cursor, read_cursor

LONGEST_CLOSED_DAYS = 15  # no office is closed longer between two working days
MAX_PAGE = 200


@dataclass(frozen=True, kw_only=True)
class WarningsQuery:
    """Which warnings: of an agency (the caller's unless named), of a kind, how far ahead."""

    agency: str = ""
    about: str = ""
    soon_hours: int = SOON_HOURS
    cursor: str = ""
    limit: int = 50


@dataclass(frozen=True, kw_only=True)
class WarningLine:
    """A dossier and the gravest warning about it now."""

    about: str
    about_name: str
    due_at: datetime
    dossier: DossierLine


def list_warnings(office: Office, actor: Actor, query: WarningsQuery) -> Page:
    """Return a page of `WarningLine`; raises Forbidden or InvalidInput.

    A dossier whose clock stands or whose result is there is warned of by nobody.
    """
    agency = query.agency or actor.agency
    permit(actor, WORKLIST, list_of(agency))
    limit = max(1, min(query.limit, MAX_PAGE))
    place = read_cursor(query.cursor, 2)
    ahead = timedelta(hours=query.soon_hours, days=LONGEST_CLOSED_DAYS)
    until = office.clock.now() + ahead
    after = (place[0], place[1]) if place else None
    rows = office.store.read(lambda uow: uow.dossiers.running(agency, until, after, limit))
    cursor = next_cursor(len(rows), limit, rows[-1].due_at, rows[-1].id) if rows else ""
    lines = (_line(office, row, query.soon_hours) for row in rows)
    wanted = (line for line in lines if line and query.about in {"", line.about})
    return Page(items=tuple(wanted), cursor=cursor)


def _line(office: Office, row: DossierRow, soon_hours: int) -> WarningLine | None:
    if row.due_at is None:
        return None
    now = office.clock.now()
    calendar = office.catalogue.calendar(row.competent_agency)
    moments = warning_moments(row.due_at, row.received_at, calendar, soon_hours)
    kind: WarningKind | None = warning_now(moments, now)
    if kind is None:
        return None
    return WarningLine(
        about=kind.value,
        about_name=kind.label,
        due_at=row.due_at,
        dossier=dossier_line(row, now),
    )
