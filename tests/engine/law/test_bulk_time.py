"""The table of minutes says what the calendar says, second by second."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.law.bulk_time import minute_calendar
from engine.law.working_time import OutsideCalendar, build_calendar, read_office_hours
from tests.engine.law.calendars import HOURS, YEARS

RECENT = {year: YEARS[year] for year in (2025, 2026)}
CALENDAR = build_calendar(RECENT, read_office_hours(HOURS["police"]), version="test")
TABLE = minute_calendar(CALENDAR)
FIRST = int(datetime(2025, 1, 2, tzinfo=UTC).timestamp())
LAST = int(datetime(2026, 12, 30, tzinfo=UTC).timestamp())
STAMPS = st.integers(FIRST, LAST)


@given(st.lists(st.tuples(STAMPS, STAMPS), max_size=50))
def test_the_table_equals_the_calendar(pairs: list[tuple[int, int]]) -> None:
    expected = [
        CALENDAR.working_seconds(datetime.fromtimestamp(a, UTC), datetime.fromtimestamp(b, UTC))
        for a, b in pairs
    ]
    assert TABLE.durations(pairs) == expected


def test_a_moment_outside_the_years_is_refused() -> None:
    for outside in (FIRST - 30 * 86_400, LAST + 400 * 86_400):
        with pytest.raises(OutsideCalendar):
            TABLE.durations([(FIRST, outside)])
