"""Patterns across dossiers, each worked out by hand on a few executions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.timing.patterns import (
    Execution,
    Handover,
    Rework,
    handovers,
    margin_used,
    mass_cleanups,
    ping_pong,
    rework,
    savings,
    variants,
)

BASE = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def case(*steps: str) -> list[Execution]:
    """Return a dossier from `element@agency`; the n-th execution waited n, worked 10n seconds."""
    found = []
    for number, step in enumerate(steps, 1):
        element, _, agency = step.partition("@")
        found.append(
            Execution(
                element=element,
                agency=agency,
                actor=f"p-{agency}",
                closed_at=BASE + timedelta(minutes=number),
                waiting=number,
                working=10 * number,
            )
        )
    return found


def test_every_execution_but_the_first_is_rework_and_costs_its_time():
    found = rework([case("a@X", "b@X", "a@X", "a@X"), case("a@X"), case("b@X")])
    assert found == (
        # the third and fourth execution: 3 + 30 + 4 + 40 seconds
        Rework(element="a", cases=2, repeated_in=1, extra=2, extra_seconds=77),
        Rework(element="b", cases=2, repeated_in=0, extra=0, extra_seconds=0),
    )


def test_a_handover_is_a_change_of_agency():
    found = handovers([case("a@X", "b@Y", "c@Y", "d@X", "e@Y"), case("a@X", "b@Y")])
    assert found == (
        Handover(from_agency="X", to_agency="Y", count=3, cases=2),
        Handover(from_agency="Y", to_agency="X", count=1, cases=1),
    )


@pytest.mark.parametrize(
    ("steps", "times"),
    [
        (("a@X", "b@Y", "c@X"), 1),
        (("a@X", "b@X", "c@Y", "d@Y", "e@X"), 1),
        (("a@X", "b@Y", "c@X", "d@Y"), 2),
        (("a@X", "b@Y", "c@Z"), 0),
        (("a@X", "b@X"), 0),
        ((), 0),
    ],
)
def test_ping_pong_comes_straight_back(steps, times):
    assert ping_pong(case(*steps)) == times


def test_variants_are_counted_the_commonest_first():
    found = variants([case("a@X", "b@X"), case("a@Y", "b@Y"), case("a@X")])
    assert found == ((("a", "b"), 2), (("a",), 1))


def executions(actor: str, *seconds: float) -> list[Execution]:
    return [
        Execution(element="a", agency="X", actor=actor, closed_at=BASE + timedelta(seconds=second))
        for second in seconds
    ]


def test_many_completions_in_a_moment_are_a_clean_up():
    found = mass_cleanups(
        [*executions("an", 0, 10, 20, 300), *executions("binh", 0, 10)],
        at_least=3,
        within=timedelta(seconds=20),
    )
    assert found == {("an", BASE + timedelta(seconds=s)) for s in (0, 10, 20)}


def test_a_steady_hand_is_no_clean_up():
    steady = executions("an", *range(0, 3600, 60))
    assert mass_cleanups(steady, at_least=3, within=timedelta(seconds=119)) == frozenset()


def test_the_best_units_median_is_its_middle_value_and_of_two_the_lower():
    # X: middle of 1, 2, 30, 40, 50 is 30; Y: of six the third, 20; all but Y's own are cut to 20
    waits = {"sign": {"X": [50, 1, 40, 2, 30], "Y": [60, 10, 20, 70, 15, 80]}}
    (found,) = savings(waits)
    assert (found.best, found.unit) == (20, "Y")
    # above 20: 30, 20, 10 of X; 40, 50, 60 of Y
    assert found.could_save == 30 + 20 + 10 + 40 + 50 + 60


def test_the_margin_used_is_a_share_of_the_limit():
    assert margin_used({"a": 1}, allowed=1) == {"a": 1.0}
    assert margin_used({"a": 7200, "b": 1440}, allowed=28_800) == {"a": 0.25, "b": 0.05}
    with pytest.raises(ValueError, match="longer than nothing"):
        margin_used({}, allowed=0)


def test_the_best_units_median_says_what_could_be_saved():
    waits = {"sign": {"X": [10, 10, 10, 10, 10], "Y": [10, 30, 50, 50, 60], "Z": [1, 1]}}
    (found,) = savings(waits)
    # the best practice is X with 10 (Z did it too seldom): Y could save 0 + 20 + 40 + 40 + 50
    assert (found.n, found.waiting, found.could_save) == (12, 252, 150)


def test_what_nobody_did_often_saves_nothing():
    assert savings({"sign": {"X": [100]}})[0].could_save == 0


def test_the_largest_saving_comes_first():
    waits = {"a": {"X": [1] * 5, "Y": [2] * 5}, "b": {"X": [1] * 5, "Y": [9] * 5}}
    assert [s.element for s in savings(waits)] == ["b", "a"]


cases = st.lists(
    st.lists(st.sampled_from(["a@X", "a@Y", "b@X", "c@Z"]), max_size=8).map(lambda s: case(*s)),
    max_size=8,
)


@given(cases)
def test_rework_is_what_is_more_than_one_of_each_per_dossier(found):
    extra = sum(r.extra for r in rework(found))
    assert extra == sum(len(c) - len({e.element for e in c}) for c in found)


@given(cases)
def test_no_dossier_is_in_two_variants(found):
    assert sum(n for _, n in variants(found)) == len(found)
