"""Working time of very many durations at once: a table of open seconds, one entry a minute.

For reports over years of steps. Not for a single question: `working_time` answers that without a
table of tens of megabytes.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from engine.law.working_time import CalendarFaulty, OutsideCalendar, WorkingCalendar

MINUTE = 60


@dataclass(frozen=True)
class MinuteCalendar:
    """Open seconds up to each minute of the loaded years; moments are Unix seconds."""

    first: int
    open_seconds: Sequence[int] = field(repr=False)

    def durations(self, pairs: Iterable[tuple[int, int]]) -> list[int]:
        """Return the open seconds between each pair of moments, in order.

        Equal to `WorkingCalendar.working_seconds` of each. Raises OutsideCalendar for a moment
        outside the loaded years.
        """
        table, first, found = self.open_seconds, self.first, []
        try:
            for start, end in pairs:
                # Inlined on purpose: this loop is what the table is for.
                a, b = start - first, end - first
                if a < 0 or b < 0:
                    raise IndexError  # noqa: TRY301 - an index from the end would be a silent lie
                i, j = a // MINUTE, b // MINUTE
                until, since = table[j], table[i]
                if table[j + 1] > until:
                    until += b - j * MINUTE
                if table[i + 1] > since:
                    since += a - i * MINUTE
                found.append(until - since)
        except IndexError:
            raise OutsideCalendar("Lịch làm việc chưa có đủ năm cho các thời điểm này.") from None
        return found


def minute_calendar(calendar: WorkingCalendar) -> MinuteCalendar:
    """Return the table of a calendar; raises CalendarFaulty for sessions within a minute."""
    first, last = calendar.bounds
    table, at = array("i"), first
    for opens, closes, before in zip(calendar.starts, calendar.ends, calendar.before, strict=False):
        if opens % MINUTE or closes % MINUTE:
            raise CalendarFaulty("Giờ làm việc phải bắt đầu và kết thúc ở phút tròn.")
        table.extend(array("i", [before]) * ((opens - at) // MINUTE))
        table.extend(range(before, before + closes - opens, MINUTE))
        at = closes
    table.extend(array("i", [calendar.before[-1]]) * ((last - at) // MINUTE + 2))
    return MinuteCalendar(first, table)
