"""ISO 8601 durations, dates and cycles, and when a timer is due; told the time, never reading it.

Not for legal deadlines: those are engine.law.deadlines.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

MINIMUM_SECONDS = 60
MAX_REPEATS = 1_000
MAX_YEARS = 200

WorkingTime = Callable[[datetime, "Duration"], datetime]


class TimerFaulty(ValueError):
    """The text is no ISO 8601 duration, date or cycle; the message says what is expected."""


@dataclass(frozen=True)
class Duration:
    """A length of time: months are calendar months, days are days, seconds the rest."""

    months: int
    days: int
    seconds: float

    def after(self, start: datetime) -> datetime:
        """Return the moment this long after `start`; 31 January + P1M is the last of February."""
        total = start.year * 12 + start.month - 1 + self.months
        year, month = divmod(total, 12)
        last = calendar.monthrange(year, month + 1)[1]
        moved = start.replace(year=year, month=month + 1, day=min(start.day, last))
        return moved + timedelta(days=self.days, seconds=self.seconds)

    @property
    def is_short(self) -> bool:
        """Tell whether it is less than the shortest repetition allowed, a minute."""
        return not self.months and self.days * 86_400 + self.seconds < MINIMUM_SECONDS


@dataclass(frozen=True)
class Cycle:
    """`R[n]/[start/]duration`: `repeats` is None for ever; `start` None means from now."""

    repeats: int | None
    start: datetime | None
    every: Duration


DURATION = re.compile(
    r"^P(?=[\dT])(?:(?P<years>\d{1,4})Y)?(?:(?P<months>\d{1,5})M)?(?:(?P<weeks>\d{1,5})W)?"
    r"(?:(?P<days>\d{1,6})D)?(?:T(?=\d)(?:(?P<hours>\d{1,7})H)?(?:(?P<minutes>\d{1,8})M)?"
    r"(?:(?P<seconds>\d{1,9}(?:[.,]\d{1,6})?)S)?)?$"
)
CYCLE = re.compile(r"^R(?P<repeats>\d{0,9})/(?P<rest>.+)$")
DATE = re.compile(r"^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?$")


def parse_duration(text: str) -> Duration:
    """Return the duration; raises TimerFaulty."""
    match = DURATION.match(text.strip())
    if match is None:
        raise TimerFaulty(
            f"«{text:.40}» không phải khoảng thời gian ISO 8601, ví dụ P12D hoặc PT4H"
        )
    part = {k: float((v or "0").replace(",", ".")) for k, v in match.groupdict().items()}
    months = int(part["years"] * 12 + part["months"])
    days = int(part["weeks"] * 7 + part["days"])
    seconds = part["hours"] * 3600 + part["minutes"] * 60 + part["seconds"]
    if months > MAX_YEARS * 12 or days + seconds / 86_400 > MAX_YEARS * 366:
        raise TimerFaulty(f"«{text:.40}» dài hơn {MAX_YEARS} năm")
    return Duration(months, days, seconds)


def parse_date(text: str) -> datetime:
    """Return the moment, aware; a text without offset is UTC. Raises TimerFaulty."""
    if not DATE.match(text.strip()):
        raise TimerFaulty(
            f"«{text:.40}» không phải thời điểm ISO 8601, ví dụ 2026-03-02T08:00:00+07:00"
        )
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as fault:
        raise TimerFaulty(f"«{text:.40}» không phải một ngày có thật") from fault
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def parse_cycle(text: str) -> Cycle:
    """Return the cycle; raises TimerFaulty, also for repetitions closer than a minute."""
    match = CYCLE.match(text.strip())
    if match is None:
        raise TimerFaulty(f"«{text:.40}» không phải chu kỳ ISO 8601, ví dụ R3/P1D")
    repeats = int(match["repeats"]) if match["repeats"] else None
    first, _, last = match["rest"].rpartition("/")
    every = parse_duration(last)
    if repeats is not None and repeats > MAX_REPEATS:
        raise TimerFaulty(f"«{text:.40}» lặp hơn {MAX_REPEATS} lần")
    if every.is_short:
        raise TimerFaulty(f"«{text:.40}» lặp dày hơn mỗi phút một lần")
    return Cycle(repeats, parse_date(first) if first else None, every)


PARSERS: dict[str, Callable[[str], Duration | datetime | Cycle]] = {
    "duration": parse_duration,
    "date": parse_date,
    "cycle": parse_cycle,
}


def looks_literal(text: str) -> bool:
    """Tell whether the text is meant as ISO 8601 rather than as an expression."""
    return bool(re.match(r"^\s*(?:R\d*/|P(?=T?\d)|PT?\s*$|\d{4}-)", text))


def due(value: Duration | datetime | Cycle, now: datetime, working: WorkingTime | None) -> datetime:
    """Return when a timer armed `now` is due; durations count working time when given how."""
    if isinstance(value, datetime):
        return value
    if isinstance(value, Cycle):
        if value.start is not None and value.start > now:
            return value.start
        return value.every.after(now) if working is None else working(now, value.every)
    return value.after(now) if working is None else working(now, value)
