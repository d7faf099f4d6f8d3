"""How the program says durations, dates and counts to people, in Vietnamese.

For pages and the command line only: the API speaks ISO 8601 and plain numbers.
"""

from __future__ import annotations

from datetime import date, datetime

from engine.law.working_time import ZONE

HOUR = 60
WORKING_DAY = 8 * HOUR
DAY = 24 * HOUR
NOTHING = "—"
HOURS_UNTIL_DAYS = 2


def minutes(value: float | None, *, working: bool = True) -> str:
    """Say a duration in minutes as people do: `45 phút`, `3 giờ 20 phút`, `4,5 ngày`.

    A working day has eight hours; a wall-clock day twenty-four.
    """
    if value is None:
        return NOTHING
    whole = round(value)
    day = WORKING_DAY if working else DAY
    if whole < HOUR:
        return f"{whole} phút"
    if whole < HOURS_UNTIL_DAYS * day:
        hours, rest = divmod(whole, HOUR)
        return f"{hours} giờ {rest} phút" if rest else f"{hours} giờ"
    return f"{number(value / day)} {'ngày làm việc' if working else 'ngày'}"


def short_minutes(value: float | None, *, working: bool = True) -> str:
    """Say a duration in the space of a diagram label: `45ph`, `3g20`, `4,5 ngày`."""
    if value is None:
        return NOTHING
    whole = round(value)
    day = WORKING_DAY if working else DAY
    if whole < HOUR:
        return f"{whole}ph"
    if whole < day:
        hours, rest = divmod(whole, HOUR)
        return f"{hours}g{rest:02d}" if rest else f"{hours}g"
    return f"{number(value / day)} ngày"


def number(value: float) -> str:
    """Write a number with one decimal at most, a comma before it and dots between thousands."""
    text = f"{value:,.1f}".removesuffix(".0")
    return text.translate(str.maketrans(",.", ".,"))


def percent(part: int, whole: int) -> str:
    """Say a share as a whole percentage; a dash where there is nothing to share."""
    return f"{round(100 * part / whole)} %" if whole else NOTHING


def moment(value: datetime | None) -> str:
    """Say a moment in office time: `14:05 ngày 03/09/2026`."""
    if value is None:
        return NOTHING
    return value.astimezone(ZONE).strftime("%H:%M ngày %d/%m/%Y")


def clock_time(value: datetime) -> str:
    """Say the time of day in the office: `14:05`."""
    return value.astimezone(ZONE).strftime("%H:%M")


def day_of(value: date | None) -> str:
    """Say a date: `03/09/2026`."""
    return value.strftime("%d/%m/%Y") if value else NOTHING


def money(amount_vnd: int) -> str:
    """Say an amount of đồng: `1.200.000 đồng`."""
    return f"{amount_vnd:,}".replace(",", ".") + " đồng"
