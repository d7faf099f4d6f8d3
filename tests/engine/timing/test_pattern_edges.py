"""The edges of the patterns: one second, one execution or one dossier more or less."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from engine.timing.measures import measure
from engine.timing.patterns import (
    Execution,
    Rework,
    Saving,
    handovers,
    margin_used,
    mass_cleanups,
    ping_pong,
    rework,
    savings,
    variants,
)

BASE = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def done(element: str = "a", second: int = 0, actor: str = "an", **more: Any) -> Execution:
    at = BASE + timedelta(seconds=second)
    given: dict[str, Any] = {"agency": "X", **more}
    return Execution(**given, element=element, actor=actor, closed_at=at)


def way(agencies: str) -> list[Execution]:
    return [done(agency=agency) for agency in agencies]


def test_rework_adds_up_over_dossiers_and_never_counts_the_first():
    dear: dict[str, Any] = {"waiting": 1000, "working": 2000}
    cheap: dict[str, Any] = {"waiting": 3, "working": 50}
    found = rework([[done(**dear), done(**cheap)], [done(**dear), done(**cheap), done(**cheap)]])
    # 1 + 2 too many, each 53 seconds; the two firsts of 3000 are no rework
    assert found == (Rework(element="a", cases=2, repeated_in=2, extra=3, extra_seconds=159),)
    assert rework([]) == ()
    assert [r.element for r in rework([[done("b"), done("a")]])] == ["a", "b"]


def test_what_nobody_timed_costs_nothing():
    assert rework([[done(), done()]])[0].extra_seconds == 0


@pytest.mark.parametrize(
    ("agencies", "times"),
    # XYXYX: back to X, to Y, to X; XYZXY comes back, but never straight; XYYX is one visit of Y
    [("X", 0), ("XY", 0), ("XYX", 1), ("XYXYX", 3), ("XYZXY", 0), ("XYYX", 1), ("XXYX", 1),
     ("XYXX", 1), ("YXYZ", 1), ("ZYXY", 1)],
)  # fmt: skip
def test_ping_pong_at_either_end(agencies, times):
    assert ping_pong(way(agencies)) == times


def test_handovers_count_moves_and_dossiers_apart_and_each_way_alone():
    found = handovers([way("XYXY"), way("X"), way("")])
    assert [(h.from_agency, h.to_agency, h.count, h.cases) for h in found] == [
        ("X", "Y", 2, 1),
        ("Y", "X", 1, 1),
    ]


def test_variants_as_common_as_each_other_stand_by_their_steps():
    cases = [[done("b")], [done("a"), done("b")], [done("b")], [done("a")], []]
    assert variants(cases) == ((("b",), 2), ((), 1), (("a",), 1), (("a", "b"), 1))


@pytest.mark.parametrize(
    ("seconds", "found"),
    [
        ((0, 10, 20), {0, 10, 20}),  # the third within 20 seconds to the second
        ((0, 10, 21), set()),  # a second too late
        ((0, 20), set()),  # one too few
        ((20, 0, 10), {0, 10, 20}),  # in whatever order they come
        ((0, 15, 20, 35, 100), {0, 15, 20, 35}),  # two windows, 0 to 20 and 15 to 35
        ((0, 30, 40, 50), {30, 40, 50}),  # the first lies outside
        ((0, 0, 0), {0}),
    ],
)
def test_a_clean_up_to_the_second(seconds, found):
    executions = [done(second=second) for second in seconds]
    bulk = mass_cleanups(executions, at_least=3, within=timedelta(seconds=20))
    assert bulk == {("an", BASE + timedelta(seconds=second)) for second in found}


def test_two_people_together_are_no_clean_up():
    executions = [done(second=0), done(second=1), done(second=2, actor="bình")]
    assert mass_cleanups(executions, at_least=3, within=timedelta(seconds=20)) == frozenset()


def test_the_margin_may_be_all_of_the_limit_and_more_but_the_limit_is_something():
    assert margin_used({"a": 100, "b": 150, "c": 0}, allowed=100) == {"a": 1.0, "b": 1.5, "c": 0}
    for allowed in (0, -1):
        with pytest.raises(ValueError, match=r"^a time limit is longer than nothing$"):
            margin_used({"a": 1}, allowed=allowed)


def test_a_unit_is_best_from_the_fifth_execution_on():
    four, five = [1, 1, 1, 1], [1, 1, 1, 1, 1]
    assert savings({"a": {"X": four}}) == (Saving(element="a", n=4, waiting=4, could_save=0),)
    (found,) = savings({"a": {"X": five, "Y": [3, 1, 0, 2]}})
    # Y above 1: 3 - 1 and 2 - 1; what waited less than the best saves nothing and costs nothing
    assert found == Saving(element="a", n=9, waiting=11, could_save=3, best=1, unit="X")


def test_of_equal_units_the_first_by_name_and_of_equal_savings_the_first_step():
    units = {"Y": [4] * 5, "X": [4] * 5}
    assert [(s.element, s.unit, s.best) for s in savings({"b": units, "a": units})] == [
        ("a", "X", 4),
        ("b", "X", 4),
    ]


def test_percentiles_lie_between_neighbours():
    # of 10, 20, 30, 40 the median is at 0.5 * 3 = 1.5: 25; P90 at 0.9 * 3 = 2.7: 30 + 0.7 * 10
    found = measure([40, 10, 30, 20])
    assert (found.n, found.median) == (4, 25)
    assert found.p90 == pytest.approx(37)
    # of eleven values the P90 is at 0.9 * 10 = 9: the tenth, not the last
    assert measure(range(0, 110, 10)).p90 == pytest.approx(90)
    alone = measure([7])
    assert (alone.n, alone.median, alone.p90) == (1, 7, 7)
