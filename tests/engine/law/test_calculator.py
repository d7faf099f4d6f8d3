"""The calculator's own words: a limit, a moment, a pause; and a date worked out by hand."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from engine.law.calculator import BadQuestion, calculate, read_limit, read_moment, read_pause
from engine.law.provisions import OnSupplement, Unit
from engine.law.working_time import ZONE
from tests.engine.law.calendars import OFFICE


def test_a_limit_is_a_number_and_a_unit():
    limit = read_limit(" 5 working_day ", cut_off="15:00", counts_reception_day=True)
    assert (limit.amount, limit.unit, limit.cut_off) == (5, Unit.WORKING_DAY, "15:00")
    assert limit.counts_reception_day
    assert limit.on_supplement is OnSupplement.PAUSE


@pytest.mark.parametrize("text", ["", "5", "five working_day", "0 working_day", "5 weeks"])
def test_another_limit_is_refused_and_shown_how_to_be_written(text):
    with pytest.raises(BadQuestion, match="5 working_day"):
        read_limit(text)


@pytest.mark.parametrize("cut_off", ["3pm", "24:00", "15"])
def test_another_cut_off_is_refused(cut_off):
    with pytest.raises(BadQuestion, match="giờ chốt"):
        read_limit("5 working_day", cut_off=cut_off)


def test_a_moment_without_an_offset_is_in_office_time():
    assert read_moment("2026-03-02T08:00") == datetime(2026, 3, 2, 8, tzinfo=ZONE)
    assert read_moment("2026-03-02T01:00+00:00") == read_moment("2026-03-02T08:00")


@pytest.mark.parametrize("text", ["yesterday", "2026-03-02", "2026-13-02T08:00"])
def test_a_moment_is_a_day_and_a_time(text):
    with pytest.raises(BadQuestion, match="ngày và giờ"):
        read_moment(text)


def test_a_pause_is_two_moments_in_order():
    start, end = read_pause("2026-03-03T07:30/2026-03-03T17:00")
    assert end - start == timedelta(hours=9, minutes=30)
    with pytest.raises(BadQuestion, match="hai thời điểm"):
        read_pause("2026-03-03T07:30")
    with pytest.raises(BadQuestion, match="đổi chỗ"):
        read_pause("2026-03-03T17:00/2026-03-03T07:30")


def test_pauses_put_the_date_off_in_whatever_order_they_are_told():
    # Received Mon 02/03: 03, 04, 05, 06, Mon 09; Tue 03 and Thu 05 stood still: Tue 10, Wed 11.
    limit, received = read_limit("5 working_day"), read_moment("2026-03-02T08:00")
    pauses = [
        read_pause("2026-03-05T07:30/2026-03-05T17:00"),
        read_pause("2026-03-03T07:30/2026-03-03T17:00"),
    ]
    plain = calculate(limit, received, (), OFFICE)
    later = calculate(limit, received, pauses, OFFICE)
    assert plain.due_at == datetime(2026, 3, 9, 17, tzinfo=ZONE)
    assert later.due_at == datetime(2026, 3, 11, 17, tzinfo=ZONE)
