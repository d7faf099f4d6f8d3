"""What was late, by hand, and exactly where the statutory report counts it as late."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given

from engine.timing.delays import LATE, delay_of, kept_promise
from engine.timing.reports import columns_of
from tests.engine.timing.test_reports import QUARTER, finished, standing


@pytest.mark.parametrize(
    ("said", "days"),
    [
        ({"finished_on": date(2026, 4, 11)}, 1),
        ({"finished_on": date(2026, 4, 10)}, None),
        ({}, 81),  # from 10 April to 30 June
        ({"finished_on": date(2026, 7, 2)}, 81),
        ({"clock_stands": True}, None),
        ({"finished_on": date(2026, 5, 4), "without_result": True}, None),
        ({"due_on": None}, None),
    ],
)
def test_days_late_run_to_the_finish_or_to_the_end_of_the_period(said, days):
    found = delay_of(standing(**said), QUARTER)
    assert (found.days_late if found else None) == days


def test_what_was_finished_after_the_period_was_open_in_it():
    found = delay_of(standing(finished_on=date(2026, 7, 2)), QUARTER)
    assert found is not None
    assert found.finished_on is None


@given(finished())
def test_late_is_what_the_statutory_report_calls_late(one):
    late = bool(LATE.intersection(columns_of(one, QUARTER)))
    assert (delay_of(one, QUARTER) is not None) is late


@pytest.mark.parametrize(
    ("said", "as_of", "kept"),
    [
        ({"finished_on": date(2026, 4, 15)}, date(2026, 4, 30), True),
        ({"finished_on": date(2026, 4, 16)}, date(2026, 4, 30), False),
        ({"finished_on": date(2026, 4, 16)}, date(2026, 4, 15), None),
        ({}, date(2026, 4, 15), None),
        ({}, date(2026, 4, 16), False),
        ({"clock_stands": True}, date(2026, 4, 16), None),
    ],
)
def test_a_promise_is_kept_by_its_day_or_not(said, as_of, kept):
    assert kept_promise(standing(**said), date(2026, 4, 15), as_of) is kept
