"""The statutory report of a period (Biểu II.06a/b, TT 01/2020/TT-VPCP), as of its last day.

Counts from how each dossier stood at the end of the period, which the record gives for any past
day, so that a period can be reported again and comes out the same. Definitions are ours where the
circular leaves them open and stand in docs/reference/reports.md. Pure. Not for reading the record:
`workflows.reports.past` folds it to `Standing`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from datetime import date

ONLINE = "online"


@dataclass(frozen=True, kw_only=True)
class Period:
    """The days a report covers, both included."""

    first: date
    last: date

    def __contains__(self, day: object) -> bool:
        """Tell whether a day lies in the period."""
        return isinstance(day, date) and self.first <= day <= self.last

    def said(self) -> str:
        """Return the days of the period, and as of when it is told, in words."""
        first, last = f"{self.first:%d/%m/%Y}", f"{self.last:%d/%m/%Y}"
        return f"Kỳ {first} đến {last}, tính đến hết ngày {last}"


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How a dossier stood at the end of the last day of a period, in days of the office's zone.

    `finished_on` is the day on which the result was signed and released (ruling 13), or on which
    it was refused, stopped or withdrawn (`without_result`). `clock_stands` tells that it waits for
    the applicant or another ground that stops the clock. `accepted` is false for what was
    registered and never taken in: the report leaves it out.
    """

    code: str
    field: str
    procedure: str
    unit: str
    channel: str
    received_on: date
    due_on: date | None
    finished_on: date | None = None
    without_result: bool = False
    clock_stands: bool = False
    accepted: bool = True


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of the report; the numbers of the columns are those of the form."""

    name: str
    online: int = 0
    other_ways: int = 0
    carried_over: int = 0
    early: int = 0
    on_time: int = 0
    late: int = 0
    open_in_time: int = 0
    open_late: int = 0

    @property
    def received(self) -> int:
        """Return column (3) = (4) + (5) + (6)."""
        return self.online + self.other_ways + self.carried_over

    @property
    def settled(self) -> int:
        """Return column (7) = (8) + (9) + (10)."""
        return self.early + self.on_time + self.late

    @property
    def open(self) -> int:
        """Return column (11) = (12) + (13)."""
        return self.open_in_time + self.open_late

    @property
    def reconciles(self) -> bool:
        """Tell whether (3) = (7) + (11): what came in is settled or open."""
        return self.received == self.settled + self.open

    def columns(self) -> tuple[int, ...]:
        """Return columns (3) to (13)."""
        came = (self.received, self.online, self.other_ways, self.carried_over)
        done = (self.settled, self.early, self.on_time, self.late)
        return (*came, *done, self.open, self.open_in_time, self.open_late)


COUNTED = tuple(f.name for f in fields(Line) if f.name != "name")


@dataclass(frozen=True, kw_only=True)
class Report:
    """The lines of a report and their total."""

    period: Period
    lines: tuple[Line, ...]
    total: Line


def by_field(standing: Standing) -> str:
    """Name the line of a dossier in Biểu II.06a: its field (lĩnh vực)."""
    return standing.field


def by_procedure(standing: Standing) -> str:
    """Name the line of a dossier in Biểu II.06b: its procedure."""
    return standing.procedure


def by_unit(standing: Standing) -> str:
    """Name the line of a dossier in a table of units: its settling unit."""
    return standing.unit


def report(
    standings: Iterable[Standing], period: Period, line_of: Callable[[Standing], str] = by_field
) -> Report:
    """Return the report of a period; lines by name, the total over all of them.

    (4), (5) received in the period by channel; (6) received before it and not finished before it;
    (7) finished in the period: (8) before the due day, (9) on it, (10) after it; (11) open at its
    end: (12) not past the due day, or the clock stands, (13) past it. Without a result, and
    without a due day, counts as on time. What is in no column is in no line.
    """
    counted: dict[str, dict[str, int]] = {}
    for standing in standings:
        columns = tuple(columns_of(standing, period))
        if not columns:
            continue
        line = counted.setdefault(line_of(standing), dict.fromkeys(COUNTED, 0))
        for column in columns:
            line[column] += 1
    lines = tuple(Line(name=name, **counted[name]) for name in sorted(counted))
    total = {c: sum(getattr(line, c) for line in lines) for c in COUNTED}
    return Report(period=period, lines=lines, total=Line(name="Tổng", **total))


def columns_of(standing: Standing, period: Period) -> tuple[str, ...]:
    """Return where a dossier counts: one column of what came in, one of what became of it."""
    if not standing.accepted or standing.received_on > period.last:
        return ()
    finished = standing.finished_on
    if finished is not None and finished < period.first:
        return ()
    return (_came(standing, period), _became(standing, period))


def _came(standing: Standing, period: Period) -> str:
    if standing.received_on < period.first:
        return "carried_over"
    return "online" if standing.channel == ONLINE else "other_ways"


def _became(standing: Standing, period: Period) -> str:
    finished, due = standing.finished_on, standing.due_on
    if finished is None or finished > period.last:
        late = due is not None and period.last > due and not standing.clock_stands
        return "open_late" if late else "open_in_time"
    if standing.without_result or due is None or finished == due:
        return "on_time"
    return "early" if finished < due else "late"
