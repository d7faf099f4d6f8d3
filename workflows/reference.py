"""Reference data (dữ liệu dùng chung): agencies, calendars and form sets as the files say them.

For everybody known; nothing personal stands in them. They are changed in their files, never here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from engine.law.authority import Actor
from engine.law.form_sets import FormSet
from engine.law.names import folded
from engine.law.working_time import ZONE, DayRule, WorkingCalendar
from workflows.agencies import Agency
from workflows.catalogue import Version
from workflows.errors import NotFound
from workflows.office import Office
from workflows.permitting import READ_REFERENCE, list_of, permit


@dataclass(frozen=True, kw_only=True)
class AgencyQuery:
    """Which agencies: by words without marks, by level, those that exist today or all."""

    q: str = ""
    level: str = ""
    today_only: bool = True


@dataclass(frozen=True, kw_only=True)
class AgencyView:
    """An agency with what is in force for it: its hours, its calendar, its procedures."""

    agency: Agency
    children: tuple[Agency, ...]
    calendar: WorkingCalendar
    procedures: tuple[Version, ...]


@dataclass(frozen=True, kw_only=True)
class CalendarYear:
    """One year of a kind of office hours, with each day that is not as usual."""

    year: int
    hours: str
    official: bool
    source: str
    working_days: int
    days: tuple[DayRule, ...]


def list_agencies(office: Office, actor: Actor, query: AgencyQuery) -> tuple[Agency, ...]:
    """Return the agencies that are meant, in the order of the file; raises Forbidden."""
    permit(actor, READ_REFERENCE, list_of(actor.agency))
    today, wanted = _today(office), folded(query.q).split()
    return tuple(
        agency
        for agency in office.catalogue.agencies
        if (not query.today_only or agency.is_valid(today))
        and query.level in {"", agency.level}
        and all(word in _words(agency) for word in wanted)
    )


def read_agency(office: Office, actor: Actor, code: str) -> AgencyView:
    """Return an agency and what is in force for it; raises NotFound or Forbidden."""
    permit(actor, READ_REFERENCE, list_of(actor.agency))
    agency = office.catalogue.agencies.get(code)
    return AgencyView(
        agency=agency,
        children=office.catalogue.agencies.children(code),
        calendar=office.catalogue.calendar(code),
        procedures=tuple(v for v in office.catalogue.procedures() if _settles(v, agency)),
    )


def calendar_years(office: Office, actor: Actor, hours: str = "") -> tuple[CalendarYear, ...]:
    """Return every year that is loaded, the latest first; raises Forbidden or NotFound."""
    permit(actor, READ_REFERENCE, list_of(actor.agency))
    calendar = _calendar(office, hours)
    return tuple(_year(calendar, year) for year in sorted(calendar.years, reverse=True))


def calendar_year(office: Office, actor: Actor, year: int, hours: str = "") -> CalendarYear:
    """Return one year; raises NotFound where it is not loaded, Forbidden."""
    permit(actor, READ_REFERENCE, list_of(actor.agency))
    calendar = _calendar(office, hours)
    if year not in calendar.years:
        raise NotFound("lịch năm", str(year))
    return _year(calendar, year)


def form_sets(
    office: Office, actor: Actor, sets: Mapping[str, FormSet]
) -> tuple[tuple[FormSet, tuple[Version, ...]], ...]:
    """Return each form set with the procedures that use it; raises Forbidden."""
    permit(actor, READ_REFERENCE, list_of(actor.agency))
    versions = office.catalogue.procedures()
    return tuple(
        (each, tuple(v for v in versions if v.procedure.form_set == each.id))
        for each in sets.values()
    )


def _calendar(office: Office, hours: str) -> WorkingCalendar:
    calendars = office.catalogue.calendars
    return calendars.of(hours) if hours else calendars.first()


def _year(calendar: WorkingCalendar, year: int) -> CalendarYear:
    rules = calendar.years[year]
    return CalendarYear(
        year=year,
        hours=calendar.hours.name,
        official=rules.official,
        source=rules.source,
        working_days=sum(day.year == year for day in calendar.open_days),
        days=tuple(sorted(rules.days, key=lambda day: day.on)),
    )


def _settles(version: Version, agency: Agency) -> bool:
    """Tell whether the procedure is settled at the level of the agency."""
    return version.procedure.level == agency.level


def _words(agency: Agency) -> str:
    return folded(f"{agency.code} {agency.name} {agency.short_name}")


def _today(office: Office) -> date:
    return office.clock.now().astimezone(ZONE).date()
