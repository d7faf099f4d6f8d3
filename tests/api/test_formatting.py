"""Durations, dates and sums as people in an office say them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from api import formatting


@pytest.mark.parametrize(
    ("minutes", "long", "short"),
    [
        (None, "—", "—"),
        (0, "0 phút", "0ph"),
        (59.4, "59 phút", "59ph"),
        (60, "1 giờ", "1g"),
        (200, "3 giờ 20 phút", "3g20"),
        (485, "8 giờ 5 phút", "1 ngày"),
        (2160, "4,5 ngày làm việc", "4,5 ngày"),
        (480_000, "1.000 ngày làm việc", "1.000 ngày"),
    ],
)
def test_working_time_is_said_in_the_unit_people_use(minutes, long, short):
    assert formatting.minutes(minutes) == long
    assert formatting.short_minutes(minutes) == short


def test_a_moment_is_said_in_office_time():
    moment = datetime(2026, 7, 1, 17, 30, tzinfo=UTC)
    assert formatting.moment(moment) == "00:30 ngày 02/07/2026"
    assert formatting.moment(None) == "—"


def test_dates_sums_and_shares():
    assert formatting.day_of(date(2026, 9, 3)) == "03/09/2026"
    assert formatting.day_of(None) == "—"
    assert formatting.money(1_200_000) == "1.200.000 đồng"
    assert formatting.percent(1, 3) == "33 %"
    assert formatting.percent(0, 0) == "—"
