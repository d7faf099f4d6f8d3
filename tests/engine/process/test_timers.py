"""ISO 8601 timers: parsing, month ends, cycles and bounds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from engine.process.timers import (
    Cycle,
    Duration,
    TimerFaulty,
    due,
    looks_literal,
    parse_cycle,
    parse_date,
    parse_duration,
)


def at(*numbers: int) -> datetime:
    """Return a moment in UTC."""
    return datetime(*numbers, tzinfo=UTC)  # type: ignore[arg-type,misc]


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("P1M", at(2026, 1, 31), at(2026, 2, 28)),  # the month is shorter: its last day
        ("P1M", at(2028, 1, 31), at(2028, 2, 29)),  # a leap year
        ("P3M", at(2026, 11, 30), at(2027, 2, 28)),
        ("P1Y2M10DT2H30M", at(2026, 1, 1), at(2027, 3, 11, 2, 30)),
        ("P2W", at(2026, 1, 1), at(2026, 1, 15)),
        ("PT90S", at(2026, 1, 1), at(2026, 1, 1, 0, 1, 30)),
        ("P12D", at(2026, 2, 20), at(2026, 3, 4)),
    ],
)
def test_a_duration_ends_where_the_calendar_says(text: str, start: datetime, end: datetime) -> None:
    assert parse_duration(text).after(start) == end


@pytest.mark.parametrize(
    "text", ["", "P", "PT", "1D", "P1", "P-1D", "P1DT", "P999Y", "PT1H1D", "P1.5D"]
)
def test_a_faulty_duration_is_refused(text: str) -> None:
    with pytest.raises(TimerFaulty):
        parse_duration(text)


def test_dates_are_moments() -> None:
    assert parse_date("2026-03-02") == at(2026, 3, 2)
    assert parse_date("2026-03-02T08:00:00+07:00") == at(2026, 3, 2, 1)
    for text in ("2026-13-01", "2026-02-30T08:00:00Z", "tomorrow"):
        with pytest.raises(TimerFaulty):
            parse_date(text)


def test_cycles_count_and_are_bounded() -> None:
    assert parse_cycle("R3/P1D") == Cycle(3, None, Duration(0, 1, 0))
    assert parse_cycle("R/PT1H").repeats is None
    assert parse_cycle("R2/2026-03-02T08:00:00Z/PT1H").start == at(2026, 3, 2, 8)
    for text in ("R3", "R3/", "R9999/P1D", "R3/PT10S", "0 0 * * *"):
        with pytest.raises(TimerFaulty):
            parse_cycle(text)


def test_due_is_told_the_time() -> None:
    now = at(2026, 3, 2)
    assert due(parse_duration("P1D"), now, None) == at(2026, 3, 3)
    assert due(at(2026, 5, 1), now, None) == at(2026, 5, 1)
    assert due(parse_cycle("R2/2026-04-01T00:00:00Z/P1D"), now, None) == at(2026, 4, 1)
    assert due(parse_cycle("R2/P1D"), now, None) == at(2026, 3, 3)
    working = due(parse_duration("P1D"), now, lambda moment, _length: moment + timedelta(days=3))
    assert working == at(2026, 3, 5)


def test_a_literal_is_told_from_an_expression() -> None:
    assert all(looks_literal(t) for t in ("P1D", "PT5M", "R3/P1D", "2026-03-02", " P1D"))
    assert not any(looks_literal(t) for t in ("deadline", "Period", "PTO", "Rate"))
