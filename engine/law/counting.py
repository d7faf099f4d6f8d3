"""From when a limit counts, and when it ends if nothing stops its clock.

Cut-off, day of reception, rolling forward, months: rulings 2 and 3 as parameters of the limit.
Not for what happens to the dossier afterwards: see `pauses` and `deadlines`.
"""

from __future__ import annotations

import calendar as months
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from engine.law.provisions import Extension, TimeLimit, Unit
from engine.law.working_time import DAY, ZONE, WorkingCalendar

LAST_HOUR = timedelta(hours=1)
MINUTES_PER_HOUR = 60


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of an explanation, Vietnamese, with the source of the rule it applies."""

    text: str
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class Counted:
    """A limit counted out: the moment its first unit begins, and the moment its last one ends."""

    since: datetime
    due_at: datetime


def count(
    limit: TimeLimit, start: datetime, calendar: WorkingCalendar, lines: list[Line]
) -> Counted:
    """Return when a limit that starts at a moment begins to count and ends; adds its reasons.

    Raises OutsideCalendar when a needed year is not loaded.
    """
    if limit.unit == Unit.HOUR:
        return Counted(since=start, due_at=start + timedelta(hours=limit.amount))
    effective = _effective(limit.cut_off, start, calendar, lines)
    if limit.unit == Unit.WORKING_HOUR:
        end = calendar.add_minutes(effective, limit.amount * MINUTES_PER_HOUR)
        _say_days_off(effective.astimezone(ZONE).date(), end.date(), calendar, lines)
        return Counted(since=effective, due_at=end)
    first = effective.astimezone(ZONE).date()
    due_at = _due_day(limit, first, calendar, lines)
    if limit.counts_reception_day:
        return Counted(since=effective, due_at=due_at)
    return Counted(since=_midnight(first + DAY), due_at=due_at)


def extended(
    limit: TimeLimit,
    extension: Extension,
    start: datetime,
    calendar: WorkingCalendar,
    lines: list[Line],
) -> Counted:
    """Return the limit counted out with one extension (gia hạn) added to it.

    In the same unit the two are one longer limit, so that a due date on a day off rolls once; in
    another unit the extension is counted on from the end of the limit.
    """
    if extension.unit == limit.unit:
        return count(replace(limit, amount=limit.amount + extension.amount), start, calendar, lines)
    counted = count(limit, start, calendar, lines)
    end = count_on(limit, extension.amount, extension.unit, counted.due_at, calendar)
    return replace(counted, due_at=end)


def count_on(
    limit: TimeLimit, amount: int, unit: Unit, end: datetime, calendar: WorkingCalendar
) -> datetime:
    """Return when that much more is over that goes on where something else ended.

    In days and months the day it goes on from does not count; rolling forward is the limit's.
    """
    if unit == Unit.HOUR:
        return end + timedelta(hours=amount)
    if unit == Unit.WORKING_HOUR:
        return calendar.add_minutes(end, amount * MINUTES_PER_HOUR)
    more = replace(limit, amount=amount, unit=unit, counts_reception_day=False)
    return _due_day(more, end.astimezone(ZONE).date(), calendar, [])


def _effective(
    cut_off: str, start: datetime, calendar: WorkingCalendar, lines: list[Line]
) -> datetime:
    """Return the moment the dossier counts as received: in office hours, before the cut-off."""
    opened = calendar.next_opening(start)
    if opened != start:
        lines.append(Line(text=f"Nhận ngoài giờ làm việc: tính từ {at_text(opened)}."))
    if cut_off == "none":
        return opened
    day = opened.astimezone(ZONE).date()
    last = calendar.closing(day) - LAST_HOUR if cut_off == "last_hour" else _clock(day, cut_off)
    # The text says "after": a dossier received at 15:00 sharp is in time.
    if opened <= last:
        return opened
    following = calendar.opening(calendar.add_working_days(day, 1))
    text = f"Nhận sau {last.astimezone(ZONE):%H:%M}: tính từ {at_text(following)}."
    lines.append(Line(text=text))
    return following


def _due_day(
    limit: TimeLimit, first: date, calendar: WorkingCalendar, lines: list[Line]
) -> datetime:
    """Return the closing time of the last day of a limit in days or months.

    The day of reception does not count unless the procedure says so (ruling 3, Bộ luật Dân sự).
    """
    counts = limit.counts_reception_day
    said = "tính cả" if counts else "không tính"
    lines.append(Line(text=f"Ngày nhận {first:%d/%m/%Y} {said}."))
    amount = limit.amount - 1 if counts else limit.amount
    if limit.unit == Unit.WORKING_DAY:
        last = calendar.add_working_days(first, amount)
        _say_days_off(first, last, calendar, lines)
        return calendar.closing(last)
    last = first + timedelta(days=amount)
    if limit.unit == Unit.MONTH:
        last = _add_months(first, limit.amount)
    rolled = calendar.add_working_days(last, 0)
    if rolled == last:
        return calendar.closing(last)
    if not limit.rolls_forward:
        lines.append(Line(text=f"Ngày {last:%d/%m/%Y} là ngày nghỉ, không chuyển ngày."))
        return _midnight(last) + timedelta(seconds=calendar.hours.usual[-1][1])
    text = f"Ngày {last:%d/%m/%Y} là ngày nghỉ: chuyển sang {rolled:%d/%m/%Y}."
    lines.append(Line(text=text))
    return calendar.closing(rolled)


def _say_days_off(first: date, last: date, calendar: WorkingCalendar, lines: list[Line]) -> None:
    """Add which holidays and make-up days lie in between: they move the date, and nobody knows."""
    rules = [r for y in range(first.year, last.year + 1) for r in calendar.years[y].days]
    between = sorted((r for r in rules if first < r.on <= last), key=lambda r: r.on)
    usual = calendar.hours.week
    off = [r for r in between if r.kind == "day_off" and r.on.isoweekday() in usual]
    half = [r for r in between if r.kind == "half_day"]
    worked = [r for r in between if r.kind == "makeup" and r.on.isoweekday() not in usual]
    found = (("nghỉ", off), ("làm nửa ngày", half), ("làm bù", worked))
    said = [f"{what} {_stretches([r.on for r in days])}" for what, days in found if days]
    if said:
        lines.append(Line(text=f"Trong khoảng này {'; '.join(said)}."))


def _stretches(days: list[date]) -> str:
    """Return days as people write them: `16/02-20/02/2026, 27/04/2026`."""
    groups: list[list[date]] = []
    for day in days:
        if groups and day - groups[-1][-1] == DAY:
            groups[-1].append(day)
        else:
            groups.append([day])
    spans = (f"{g[0]:%d/%m}-{g[-1]:%d/%m/%Y}" if len(g) > 1 else f"{g[0]:%d/%m/%Y}" for g in groups)
    return ", ".join(spans)


def _add_months(day: date, amount: int) -> date:
    total = day.year * 12 + day.month - 1 + amount
    year, month = divmod(total, 12)
    last = months.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def _clock(day: date, text: str) -> datetime:
    hour, minute = text.split(":")
    return _midnight(day) + timedelta(hours=int(hour), minutes=int(minute))


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZONE)


def at_text(moment: datetime) -> str:
    """Return a moment as people in Viet Nam write it."""
    return f"{moment.astimezone(ZONE):%H:%M %d/%m/%Y}"
