"""What was late, and what was apologised for (quá hạn, xin lỗi), at the end of a period.

A dossier is late exactly where the statutory report counts it as late, so that both add up. Pure.
Not for reading the record: `workflows.reports.delays`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from engine.timing.reports import Period, Standing, columns_of

LATE = frozenset({"late", "open_late"})  # columns (10) and (13) of the statutory report


@dataclass(frozen=True, kw_only=True)
class Delay:
    """A dossier that was late: settled in the period after its due day, or open past it."""

    standing: Standing
    finished_on: date | None
    days_late: int


def delay_of(standing: Standing, period: Period) -> Delay | None:
    """Return how late a dossier was at the end of a period, in days of the calendar; None if not.

    What is still open counts until the last day of the period.
    """
    if standing.due_on is None or not LATE.intersection(columns_of(standing, period)):
        return None
    finished = standing.finished_on
    if finished is not None and finished > period.last:
        finished = None
    days = ((finished or period.last) - standing.due_on).days
    return Delay(standing=standing, finished_on=finished, days_late=days)


def kept_promise(standing: Standing, new_due_on: date, as_of: date) -> bool | None:
    """Tell whether the date an apology promised was kept; None while it can still be."""
    finished = standing.finished_on
    if finished is not None and finished <= as_of:
        return finished <= new_due_on
    return None if as_of <= new_due_on or standing.clock_stands else False
