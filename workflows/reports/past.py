"""The dossiers of a period as they stood at its end: what every report counts.

Where something may have happened since, the record is folded up to that moment, so that a past day
comes out again as it was. Who asks sees the agency they work at and those below it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from engine.law.authority import Actor
from engine.law.codes import NationalStatus
from engine.law.working_time import ZONE
from engine.timing.events import Event
from engine.timing.reports import Period, Standing
from workflows.errors import InvalidInput
from workflows.office import Office
from workflows.permitting import READ_REPORT, list_of, permit
from workflows.refolding import refold
from workflows.store import UnitOfWork
from workflows.store.events import revive
from workflows.store.records import DossierRow

MOST_DAYS = 366 * 5
YEARS = range(1900, 3000)  # beyond them a day has no day before it, or no end


@dataclass(frozen=True, kw_only=True)
class PastDossier:
    """A dossier at the end of a period: its row, how it stood, and the events asked for till then.

    The row's names of people are today's: see `Reporting.names_then`.
    """

    row: DossierRow
    standing: Standing
    events: tuple[Event, ...] = ()


def asked_period(actor: Actor, first_day: date, last_day: date) -> Period:
    """Return the period somebody may have a report of.

    Raises Forbidden, or InvalidInput for a period that ends before it begins or is too long.
    """
    permit(actor, READ_REPORT, list_of(actor.agency))
    for name, day in (("first_day", first_day), ("last_day", last_day)):
        if day.year not in YEARS:
            raise InvalidInput(name, f"hãy chọn năm từ {YEARS[0]} đến {YEARS[-1]}")
    days = (last_day - first_day).days
    if days < 0 or days > MOST_DAYS:
        raise InvalidInput("last_day", "hãy chọn ngày cuối sau ngày đầu, không quá 5 năm")
    return Period(first=first_day, last=last_day)


def end_of(day: date) -> datetime:
    """Return the moment at which a day is over in the office's zone."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=ZONE)


def day_of(moment: datetime) -> date:
    """Return the day of a moment in the office's zone."""
    return moment.astimezone(ZONE).date()


def past_dossiers(
    uow: UnitOfWork,
    office: Office,
    actor: Actor,
    period: Period,
    kinds: Collection[str] = (),
    *,
    received_too: bool = False,
) -> Iterator[PastDossier]:
    """Yield what a period knows, in the order of reception, with its events of these kinds.

    Of the dossiers the caller's agencies settle, and with `received_too` those they took in for
    others as well.
    """
    own = office.catalogue.agencies.below(actor.agency)
    ends = end_of(period.last)
    begins = end_of(period.first - timedelta(days=1))
    past = office.clock.now() > ends
    for rows in uow.reporting.touched(own, begins, ends, received_too=received_too):
        moved = [r for r in rows if past and (r.ended_at is None or r.ended_at >= ends)]
        then = _as_of(uow, office, moved, ends)
        happened = uow.reporting.records([r.id for r in rows], ends, kinds) if kinds else {}
        for row in rows:
            at_the_end = then.get(row.id, row)
            yield PastDossier(
                row=at_the_end,
                standing=_standing(office, at_the_end),
                events=tuple(revive(e) for e in happened.get(row.id, ())),
            )


def _as_of(
    uow: UnitOfWork, office: Office, rows: Sequence[DossierRow], ends: datetime
) -> dict[str, DossierRow]:
    """Return how dossiers stood at the end, folded from their record up to it."""
    if not rows:
        return {}
    records = uow.reporting.records([r.id for r in rows], ends)
    return {
        row.id: refold(office, row, records[row.id]).dossier for row in rows if row.id in records
    }


def _standing(office: Office, row: DossierRow) -> Standing:
    procedure = office.catalogue.at(row.digest).procedure
    finished = finished_at(row)
    stopped = {NationalStatus.NOT_ACCEPTED, NationalStatus.STOPPED}
    return Standing(
        code=row.code,
        field=procedure.field,
        procedure=row.procedure,
        unit=row.competent_agency,
        channel=row.channel,
        received_on=day_of(row.received_at),
        due_on=day_of(row.due_at) if row.due_at is not None else None,
        finished_on=day_of(finished) if finished is not None else None,
        without_result=row.ended_at is not None and row.status in stopped,
        clock_stands=not row.clock_running,
        accepted=row.status != NationalStatus.REGISTERED,
    )


def finished_at(row: DossierRow) -> datetime | None:
    """Return when a dossier was finished: the result signed and released, or its end without."""
    return row.resolved_at or row.ended_at
