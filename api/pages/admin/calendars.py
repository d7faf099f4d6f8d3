"""Working calendars: the years that are loaded, each as months, and what a change would move."""

from __future__ import annotations

import calendar as months
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, request

from api.auth import current_actor, declares, office
from api.formatting import minutes
from api.pages.admin.shared import admin_page, choice_of_agencies
from api.rest.reference import whole_year
from engine.law.working_time import ZONE, DayRule
from workflows import recounting, reference
from workflows.reference import CalendarYear

blueprint = Blueprint("admin_calendars", __name__)

KINDS = {"day_off": ("nghỉ", "N"), "half_day": ("nghỉ nửa ngày", "½"), "makeup": ("làm bù", "B")}
WEEKDAYS = ("T2", "T3", "T4", "T5", "T6", "T7", "CN")


@dataclass(frozen=True, kw_only=True)
class Day:
    """A day of a month's grid: its number, how it is, and the sign that says so."""

    number: int
    tone: str = ""
    sign: str = ""
    title: str = ""


@blueprint.get("/admin/calendars")
@declares("reference.read")
def calendars() -> str:
    """Show the years, and the months of this one."""
    today = office().clock.now().astimezone(ZONE).date()
    return _page(today.year, today)


@blueprint.get("/admin/calendars/<string:year>")
@declares("reference.read")
def year_page(year: str) -> str:
    """Show the months of a year."""
    return _page(whole_year(year), office().clock.now().astimezone(ZONE).date())


@blueprint.get("/admin/calendars/recount")
@declares("deadline.preview")
def recount() -> str:
    """Show which open dossiers the calendars of today would move, and by how much."""
    agency = request.args.get("agency", "") or current_actor().agency
    moves = recounting.preview_below(office(), current_actor(), agency)
    return admin_page(
        "recount.html",
        "calendars",
        moves=[(move, _moved(move)) for move in moves],
        agency=agency,
        agencies=choice_of_agencies(),
    )


def _page(year: int, today: date) -> str:
    here, actor = office(), current_actor()
    kinds = here.catalogue.calendars.names()
    hours = request.args.get("hours", "")
    chosen = hours if hours in kinds else kinds[0]
    years = reference.calendar_years(here, actor, chosen)
    shown = reference.calendar_year(here, actor, year, chosen)
    working = {d for d in here.catalogue.calendars.of(chosen).open_days if d.year == year}
    return admin_page(
        "calendars.html",
        "calendars",
        years=years,
        it=shown,
        months=_months(shown, working),
        weekdays=WEEKDAYS,
        kinds=KINDS,
        hours=[(name, here.catalogue.calendars.of(name).hours.name) for name in kinds],
        chosen=chosen,
        missing=[y for y in (today.year, today.year + 1) if y not in {e.year for e in years}],
        provisional=[e.year for e in years if not e.official and e.year >= today.year],
    )


def _months(shown: CalendarYear, working: set[date]) -> list[tuple[int, list[list[Day | None]]]]:
    """Return each month as weeks from Monday; days of other months are None."""
    rules = {rule.on: rule for rule in shown.days}
    grid = months.Calendar(firstweekday=0)
    found = []
    for month in range(1, 13):
        weeks = [
            [_day(date(shown.year, month, n), rules, working) if n else None for n in week]
            for week in grid.monthdayscalendar(shown.year, month)
        ]
        found.append((month, weeks))
    return found


def _day(on: date, rules: dict[date, DayRule], working: set[date]) -> Day:
    rule = rules.get(on)
    if rule is not None:
        words, sign = KINDS[rule.kind]
        return Day(number=on.day, tone=rule.kind, sign=sign, title=f"{words}: {rule.name}")
    return Day(number=on.day, tone="" if on in working else "closed")


def _moved(move: recounting.Move) -> str:
    if move.fault or move.moved_minutes is None:
        return move.fault or "—"
    word = "muộn hơn" if move.moved_minutes > 0 else "sớm hơn"
    return f"{word} {minutes(abs(move.moved_minutes), working=False)}"
