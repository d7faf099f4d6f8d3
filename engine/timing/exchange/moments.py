"""Moments of foreign logs: text to microseconds since 1970 UTC and back.

ISO 8601 in every shape Python reads, and the dates people write in tables: dd/mm/yyyy hh:mm first,
as in Viet Nam. Not for our own record: that has aware datetimes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta, timezone, tzinfo

VIET_NAM = timezone(timedelta(hours=7))
YEAR_FIRST, DAY_FIRST, MONTH_FIRST = "ymd", "dmy", "mdy"

LONG = len("2026-01-01T00:00:00+07:00")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_WRITTEN = re.compile(
    r"(\d{1,4})[-/.](\d{1,2})[-/.](\d{1,4})"
    r"(?:[\sT]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?\s*(AM|PM|SA|CH)?)?"
    r"\s*(Z|UTC|[+-]\d{2}:?\d{2})?",
    re.IGNORECASE,
)
_AFTERNOON = {"PM", "CH"}


def micros(moment: datetime) -> int:
    """Return the microseconds since 1970 UTC of an aware moment."""
    gone = moment - _EPOCH
    return (gone.days * 86_400 + gone.seconds) * 1_000_000 + gone.microseconds


def moment_of(micro: int) -> datetime:
    """Return the aware moment, UTC; raises OverflowError outside the years 1 to 9999."""
    return _EPOCH + timedelta(microseconds=micro)


def iso(micro: int) -> str:
    """Return the moment as ISO 8601 text in UTC, milliseconds or, where needed, microseconds."""
    precision = "milliseconds" if micro % 1_000 == 0 else "microseconds"
    return moment_of(micro).isoformat(timespec=precision)


def iso_reader(zone: tzinfo = VIET_NAM) -> Callable[[str], int]:
    """Return a function from ISO 8601 text to microseconds; a text without a zone is in `zone`.

    The function raises ValueError for anything else. Digits after the sixth are cut off.
    """
    parse, epoch, micro = datetime.fromisoformat, datetime(1970, 1, 1), timedelta(microseconds=1)  # noqa: DTZ001 - in UTC, as the times that are taken from it
    offsets: dict[str, int] = {}

    def whole(text: str) -> int:
        moment = parse(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=zone)
        if len(text) >= LONG and text[-6] in "+-":
            offsets[text[-6:]] = (moment.utcoffset() or timedelta()) // micro
        return micros(moment)

    def read(text: str) -> int:
        # A log has few offsets: a clock without one, less an offset seen before, is quickest.
        offset = offsets.get(text[-6:])
        if offset is None or len(text) < LONG:
            return whole(text)
        try:
            return (parse(text[:-6]) - epoch) // micro - offset
        except TypeError:  # two offsets: no moment
            return whole(text)

    return read


def pattern_reader(pattern: str, zone: tzinfo = VIET_NAM) -> Callable[[str], int]:
    """Return a function for texts in one declared pattern, in the words of strptime."""

    def read(text: str) -> int:
        moment = datetime.strptime(text, pattern)  # noqa: DTZ007 - the zone follows
        return micros(moment if moment.tzinfo else moment.replace(tzinfo=zone))

    return read


def order_of(samples: Iterable[str]) -> str:
    """Return in which order dates are written: year, day or month first.

    Day first unless a sample can only be month first and none can only be day first.
    """
    pairs = [m.groups() for m in map(_WRITTEN.fullmatch, samples) if m]
    if any(len(first) == 4 for first, *_ in pairs):  # noqa: PLR2004 - digits of a year
        return YEAR_FIRST
    days_second = any(int(second) > 12 for _, second, *_ in pairs)  # noqa: PLR2004 - months
    days_first = any(int(first) > 12 for first, *_ in pairs)  # noqa: PLR2004 - months
    return MONTH_FIRST if days_second and not days_first else DAY_FIRST


def reader_for(samples: Iterable[str], zone: tzinfo = VIET_NAM) -> Callable[[str], int]:
    """Return a function that reads times written like the samples; it raises ValueError."""
    read_iso, order = iso_reader(zone), order_of(samples)

    def read(text: str) -> int:
        try:
            return read_iso(text)
        except ValueError:
            return micros(_written(text, order, zone))

    return read


def _written(text: str, order: str, zone: tzinfo) -> datetime:
    found = _WRITTEN.fullmatch(text)
    if found is None:
        raise ValueError(text)
    first, second, third, *clock, half, offset = found.groups()
    if len(first) == 4 or order == YEAR_FIRST:  # noqa: PLR2004 - digits of a year
        year, month, day = first, second, third
    elif order == DAY_FIRST:
        day, month, year = first, second, third
    else:
        month, day, year = first, second, third
    if len(year) not in (2, 4):
        raise ValueError(text)
    hour, minute, seconds, fraction = (part or "0" for part in clock)
    return datetime(
        int(year) + (2000 if len(year) < 3 else 0),  # noqa: PLR2004 - a year of two digits
        int(month),
        int(day),
        _hour(int(hour), half),
        int(minute),
        int(seconds),
        int(fraction[:6].ljust(6, "0")),
        tzinfo=_zone(offset, zone),
    )


def _hour(hour: int, half: str | None) -> int:
    if not half:
        return hour
    return hour % 12 + (12 if half.upper() in _AFTERNOON else 0)


def _zone(offset: str | None, zone: tzinfo) -> tzinfo:
    if not offset:
        return zone
    if offset.upper() in ("Z", "UTC"):
        return UTC
    minutes = int(offset[1:3]) * 60 + int(offset[-2:])
    return timezone(timedelta(minutes=-minutes if offset[0] == "-" else minutes))
