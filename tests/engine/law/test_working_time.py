"""Working time equals a minute-by-minute walk, and never falls on a day off."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.law.working_time import (
    ZONE,
    CalendarFaulty,
    OutsideCalendar,
    build_calendar,
    read_office_hours,
    read_year,
)
from tests.engine.law.calendars import OFFICE, POLICE, STANDARD, YEARS

DAYS = st.dates(date(2025, 1, 1), date(2027, 3, 31))
MINUTES = st.integers(0, 60 * 24 * 40)


def at(text: str) -> datetime:
    """Return a moment of Viet Nam."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def walked(calendar, start: datetime, minutes: int) -> int:
    """Count open minutes one by one."""
    found = 0
    for index in range(minutes):
        moment = start + timedelta(minutes=index)
        if calendar.next_opening(moment) == moment:
            found += 1
    return found


@given(DAYS, st.integers(0, 1439), st.integers(0, 60 * 24 * 6))
def test_counting_equals_a_walk_minute_by_minute(day: date, minute: int, length: int) -> None:
    start = datetime.combine(day, datetime.min.time(), ZONE) + timedelta(minutes=minute)
    end = start + timedelta(minutes=length)
    assert OFFICE.working_minutes(start, end) == walked(OFFICE, start, length)


@given(DAYS, st.integers(0, 1439), st.integers(1, 480 * 60))
def test_adding_then_counting_gives_the_same(day: date, minute: int, amount: int) -> None:
    start = datetime.combine(day, datetime.min.time(), ZONE) + timedelta(minutes=minute)
    end = OFFICE.add_minutes(start, amount)
    assert OFFICE.working_minutes(start, end) == amount
    assert OFFICE.is_working_day(end.date())
    assert OFFICE.add_minutes(start, amount + 1) > end


@given(DAYS, st.integers(1, 60))
def test_adding_working_days_then_counting_gives_the_same(day: date, count: int) -> None:
    end = OFFICE.add_working_days(day, count)
    assert OFFICE.is_working_day(end)
    assert OFFICE.working_days_between(day, end) == count
    assert OFFICE.add_working_days(
        OFFICE.add_working_days(day, 1), count
    ) == OFFICE.add_working_days(day, count + 1)


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("2026-03-02T07:30", "2026-03-02T17:00", 480),  # a whole Monday
        ("2026-03-02T11:00", "2026-03-02T13:30", 60),  # over lunch: 30 + 30
        ("2026-03-06T16:00", "2026-03-09T08:00", 90),  # over a weekend: 60 + 30
        ("2026-02-13T16:00", "2026-02-23T08:30", 120),  # over Tết (16-20/02): 60 + 60
        ("2026-01-09T16:30", "2026-01-10T08:00", 60),  # into the make-up Saturday: 30 + 30
        ("2026-01-01T00:00", "2026-01-05T07:30", 0),  # New Year and the swapped Friday
        ("2026-03-07T08:00", "2026-03-08T20:00", 0),  # Saturday and Sunday
        ("2026-03-02T08:00", "2026-03-02T08:00", 0),
        ("2026-03-02T09:00", "2026-03-02T08:00", -60),  # backwards
    ],
)
def test_known_stretches(start: str, end: str, minutes: int) -> None:
    assert OFFICE.working_minutes(at(start), at(end)) == minutes


def test_police_communes_work_on_saturday_morning() -> None:
    assert POLICE.working_minutes(at("2026-03-07T00:00"), at("2026-03-08T00:00")) == 240
    assert POLICE.is_working_day(date(2026, 3, 7))
    assert not OFFICE.is_working_day(date(2026, 3, 7))


def test_openings_and_closings() -> None:
    assert OFFICE.next_opening(at("2026-02-13T17:00")) == at("2026-02-23T07:30")
    assert OFFICE.next_opening(at("2026-03-02T12:00")) == at("2026-03-02T13:00")
    assert OFFICE.opening(date(2026, 3, 2)) == at("2026-03-02T07:30")
    assert OFFICE.closing(date(2026, 3, 2)) == at("2026-03-02T17:00")
    assert OFFICE.add_working_days(date(2026, 3, 7), 0) == date(2026, 3, 9)
    assert OFFICE.add_minutes(at("2026-03-02T08:00"), 0) == at("2026-03-02T08:00")
    with pytest.raises(OutsideCalendar):
        OFFICE.closing(date(2026, 3, 7))


def test_a_year_that_is_not_loaded_is_named() -> None:
    with pytest.raises(OutsideCalendar, match="2031"):
        OFFICE.is_working_day(date(2031, 1, 5))
    with pytest.raises(OutsideCalendar):
        OFFICE.add_working_days(date(2027, 12, 30), 10)
    with pytest.raises(OutsideCalendar):
        OFFICE.add_minutes(at("2027-12-31T16:00"), 600)
    with pytest.raises(OutsideCalendar):
        OFFICE.next_opening(at("2027-12-31T18:00"))
    assert OFFICE.promise_is_official(date(2026, 5, 4))
    assert not OFFICE.promise_is_official(date(2027, 5, 4))
    assert not OFFICE.promise_is_official(date(2031, 5, 4))


def test_half_days_close_one_session() -> None:
    year = {
        "year": 2026,
        "half_day": [
            {"on": date(2026, 3, 2), "session": "morning"},
            {"on": date(2026, 3, 3), "session": "afternoon"},
        ],
        "day_off": [{"on": date(2026, 3, 4)}],
        "makeup": [{"on": date(2026, 3, 7), "session": "morning"}],
    }
    calendar = build_calendar({2026: year}, STANDARD, version="t")
    lengths = [
        calendar.working_minutes(at(f"2026-03-0{d}T00:00"), at(f"2026-03-0{d}T23:59"))
        for d in (2, 3, 4, 7)
    ]
    assert lengths == [240, 240, 0, 240]


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"year": 2026, "day_off": [{"on": "2026-01-01"}]},
        {"year": 2026, "day_off": [{"on": date(2025, 1, 1)}]},
        {"year": 2026, "day_off": [{"on": date(2026, 1, 1)}], "makeup": [{"on": date(2026, 1, 1)}]},
    ],
)
def test_a_faulty_year_is_refused(values: dict) -> None:
    with pytest.raises(CalendarFaulty):
        read_year(values)


@pytest.mark.parametrize(
    "table",
    [
        {},
        {"intervals": [["07:30", "11:30"]], "weekdays": []},
        {"intervals": [["11:30", "07:30"]], "weekdays": [1]},
        {"intervals": [["07:30", "11:30"], ["11:00", "12:00"]], "weekdays": [1]},
        {"intervals": [["7h30", "11:30"]], "weekdays": [1]},
        {"intervals": [["07:30", "24:30"]], "weekdays": [1]},
        {"intervals": [["07:30", "11:30"]], "weekdays": [8]},
    ],
)
def test_faulty_office_hours_are_refused(table: dict) -> None:
    with pytest.raises(CalendarFaulty):
        read_office_hours(table)


def test_years_have_to_follow_one_another() -> None:
    with pytest.raises(CalendarFaulty):
        build_calendar({2025: YEARS[2025], 2027: YEARS[2027]}, STANDARD, version="t")
    with pytest.raises(CalendarFaulty):
        build_calendar({}, STANDARD, version="t")
