"""The statutory report, counted by hand, and reconciled for any dossiers and any period."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.timing.reports import (
    Period,
    Standing,
    by_field,
    by_procedure,
    by_unit,
    columns_of,
    report,
)

QUARTER = Period(first=date(2026, 4, 1), last=date(2026, 6, 30))


def standing(**said: object) -> Standing:
    values: dict[str, object] = {
        "code": "H55.904-260401-0001",
        "field": "Hộ tịch",
        "procedure": "1.001193",
        "unit": "H55.904",
        "channel": "counter",
        "received_on": date(2026, 4, 6),
        "due_on": date(2026, 4, 10),
    }
    return Standing(**(values | said))  # type: ignore[arg-type]


CASES = [
    # what came in
    ({"finished_on": date(2026, 4, 9)}, ("other_ways", "early")),
    ({"channel": "online", "finished_on": date(2026, 4, 10)}, ("online", "on_time")),
    ({"channel": "post", "finished_on": date(2026, 4, 11)}, ("other_ways", "late")),
    (
        {"received_on": date(2026, 3, 31), "finished_on": date(2026, 4, 1)},
        ("carried_over", "early"),
    ),
    # finished on the last day before the period: in no column
    ({"received_on": date(2026, 3, 2), "finished_on": date(2026, 3, 31)}, ()),
    # received after the period
    ({"received_on": date(2026, 7, 1)}, ()),
    # on the first and on the last day
    (
        {"received_on": date(2026, 4, 1), "due_on": date(2026, 6, 30)},
        ("other_ways", "open_in_time"),
    ),
    (
        {"received_on": date(2026, 6, 30), "finished_on": date(2026, 6, 30)},
        ("other_ways", "late"),
    ),
    # open at the end of the period, though finished later
    ({"finished_on": date(2026, 7, 2)}, ("other_ways", "open_late")),
    ({"due_on": date(2026, 7, 2), "finished_on": date(2026, 7, 9)}, ("other_ways", "open_in_time")),
    # the clock stands: past the due day, and not late
    ({"clock_stands": True}, ("other_ways", "open_in_time")),
    # refused or withdrawn after the due day counts as on time
    ({"finished_on": date(2026, 5, 4), "without_result": True}, ("other_ways", "on_time")),
    # no due day can be missed
    ({"due_on": None, "finished_on": date(2026, 6, 1)}, ("other_ways", "on_time")),
    ({"due_on": None}, ("other_ways", "open_in_time")),
    # registered and never taken in
    ({"accepted": False}, ()),
]


@pytest.mark.parametrize(("said", "columns"), CASES)
def test_a_dossier_counts_where_the_form_says(said, columns):
    assert columns_of(standing(**said), QUARTER) == columns


def test_the_lines_are_named_and_the_total_adds_them_up():
    found = report(
        [
            standing(finished_on=date(2026, 4, 9)),
            standing(field="Đất đai", received_on=date(2026, 2, 1), due_on=date(2026, 3, 1)),
            standing(field="Đất đai", channel="online", finished_on=date(2026, 4, 10)),
        ],
        QUARTER,
    )
    assert [(line.name, line.columns()) for line in found.lines] == [
        ("Hộ tịch", (1, 0, 1, 0, 1, 1, 0, 0, 0, 0, 0)),
        ("Đất đai", (2, 1, 0, 1, 1, 0, 1, 0, 1, 0, 1)),
    ]
    assert found.total.columns() == (3, 1, 1, 1, 2, 1, 1, 0, 1, 0, 1)


@pytest.mark.parametrize(
    ("line_of", "name"), [(by_field, "Hộ tịch"), (by_procedure, "1.001193"), (by_unit, "H55.904")]
)
def test_the_same_dossiers_can_be_lined_up_three_ways(line_of, name):
    assert [line.name for line in report([standing()], QUARTER, line_of).lines] == [name]


days = st.dates(date(2026, 3, 1), date(2026, 8, 1))
standings = st.builds(
    standing,
    received_on=days,
    due_on=st.none() | days,
    finished_on=st.none(),
    channel=st.sampled_from(["counter", "online", "post"]),
    without_result=st.booleans(),
    clock_stands=st.booleans(),
    accepted=st.booleans(),
    field=st.sampled_from(["Hộ tịch", "Đất đai"]),
)


@st.composite
def finished(draw: st.DrawFn) -> Standing:
    found = draw(standings)
    after = draw(st.none() | st.integers(0, 120))
    if after is None:
        return found
    return Standing(**(vars(found) | {"finished_on": found.received_on + timedelta(after)}))


@given(st.lists(finished(), max_size=40), days, st.integers(0, 90))
def test_what_came_in_is_settled_or_open(found, first, length):
    made = report(found, Period(first=first, last=first + timedelta(length)))
    assert made.total.reconciles
    assert all(line.reconciles for line in made.lines)


@given(st.lists(finished(), max_size=40), days)
def test_what_is_open_at_the_end_is_carried_over(found, last):
    before = report(found, Period(first=date(2026, 1, 1), last=last))
    after = report(found, Period(first=last + timedelta(1), last=date(2026, 12, 31)))
    assert before.total.open == after.total.carried_over
