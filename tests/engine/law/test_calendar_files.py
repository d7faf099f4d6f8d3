"""The dated calendars against the holidays package, which knows the feasts but not every swap."""

from __future__ import annotations

from datetime import date

import holidays
import pytest

from engine.law.working_time import read_year
from tests.engine.law.calendars import OFFICE, YEARS

FRIDAY = 4
# Swaps a notice decided and the package does not have; each with its source in the file.
OURS_ALONE = {date(2026, 1, 2)}
EACH = pytest.mark.parametrize("year", sorted(YEARS))


def off(year: int) -> set[date]:
    """Return the weekdays off by the file."""
    return {d.on for d in read_year(YEARS[year]).days if d.kind == "day_off"}


@EACH
def test_every_weekday_holiday_of_the_package_is_off_and_no_other(year: int) -> None:
    known = {day for day in holidays.VN(years=year) if day.year == year}  # type: ignore[attr-defined]
    ours = {day for day in off(year) if day.weekday() <= FRIDAY}
    assert ours - OURS_ALONE == {day for day in known if day.weekday() <= FRIDAY}


@EACH
def test_a_made_up_day_is_a_weekend_day_and_works(year: int) -> None:
    for day in read_year(YEARS[year]).days:
        if day.kind == "makeup":
            assert day.on.weekday() > FRIDAY
            assert OFFICE.is_working_day(day.on)


@pytest.mark.parametrize(
    ("rest", "work"),
    [
        (date(2025, 5, 2), date(2025, 4, 26)),
        (date(2026, 1, 2), date(2026, 1, 10)),
        (date(2026, 8, 31), date(2026, 8, 22)),
    ],
)
def test_a_swap_takes_a_weekday_and_gives_a_saturday(rest: date, work: date) -> None:
    assert not OFFICE.is_working_day(rest)
    assert OFFICE.is_working_day(work)


def test_only_years_that_were_announced_make_official_promises() -> None:
    assert {year for year in YEARS if OFFICE.promise_is_official(date(year, 6, 1))} == {2025, 2026}


@EACH
def test_an_official_year_gives_the_source_of_every_swap(year: int) -> None:
    rules = read_year(YEARS[year])
    swaps = [d for d in rules.days if d.kind == "makeup" or "thay cho" in d.name]
    assert all(d.source for d in swaps) or not rules.official
    assert rules.source
