"""Samples of the five clocks: sums and measures from ten numbers, by hand."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engine.timing.clocks import KEPT
from engine.timing.samples import NOTHING, OFFICE, WALL, added, both_views, measures, seconds
from engine.timing.samples import spent_of as kept_of

# Unassigned, assigned, working, closed, applicant, other, force majeure; the pauses in hours.
ONE = (60, 30, 90, 1000, 500, 0, 20, 100, 0, 10)
TWO = (20, 10, 30, 0, 0, 70, 0, 0, 40, 0)
TEN = st.tuples(*[st.integers(0, 10**7)] * len(KEPT))


def test_each_clock_is_a_sum_of_some_of_the_ten() -> None:
    assert seconds(ONE, "waiting") == 60 + 30
    assert seconds(ONE, "agency") == 60 + 30 + 90
    assert seconds(ONE, "paused", WALL) == 500 + 0 + 20
    assert seconds(ONE, "total", WALL) == 60 + 30 + 90 + 500 + 20 + 1000
    assert seconds(ONE, "total", OFFICE) == 60 + 30 + 90 + 100 + 10
    assert added([ONE, TWO]) == (80, 40, 120, 1000, 500, 70, 20, 100, 40, 10)
    assert added([]) == NOTHING


def test_measures_are_those_of_every_clock() -> None:
    found = measures([ONE, TWO], OFFICE)
    assert (found["waiting"].n, found["waiting"].median) == (2, (90 + 30) / 2)
    assert found["other_agency"].mean == 20
    assert measures([], OFFICE) == {}
    assert set(measures([ONE], WALL)) - set(found) == {"closed"}


@given(TEN)
def test_ten_numbers_are_both_views_and_back(spent: tuple[int, ...]) -> None:
    views = both_views(spent)
    assert kept_of(views.kept()) == spent
    assert views.wall.total == seconds(spent, "total", WALL)
    assert views.office.total == seconds(spent, "total", OFFICE)
