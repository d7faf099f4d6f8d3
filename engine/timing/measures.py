"""Measures: n, median, P90, mean. Never a bare mean; every figure says how many it rests on.

Percentiles interpolate linearly between the two nearest ranks: position q·(n-1) in the sorted
values (the definition of most spreadsheets and of the referees we compare with).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from engine.timing.intervals import Clocks, Interval

MEDIAN, P90 = Fraction(1, 2), Fraction(9, 10)


@dataclass(frozen=True, kw_only=True)
class Measure:
    """A sample in four numbers; None where there is nothing to measure."""

    n: int
    median: float | None
    p90: float | None
    mean: float | None


@dataclass(frozen=True, kw_only=True)
class StepMeasure:
    """Where the time of one step goes, in seconds, on the wall and in office hours.

    `n` counts executions that were completed; `open` those still going, which are censored and not
    in the figures; `withdrawn` those nobody had to finish.
    """

    element: str
    n: int
    open: int
    withdrawn: int
    waiting: Measure
    working: Measure
    paused: Measure
    office_waiting: Measure
    office_working: Measure
    office_paused: Measure


def percentile(values: Sequence[float], q: Fraction) -> float:
    """Return the q-quantile of sorted values; raises ValueError for an empty sample."""
    if not values:
        raise ValueError("nothing to measure")
    position = q * (len(values) - 1)
    below = int(position)
    if below + 1 >= len(values):
        return float(values[-1])
    share = float(position - below)
    return values[below] + (values[below + 1] - values[below]) * share


def measure(values: Iterable[float]) -> Measure:
    """Return the measure of a sample."""
    found = sorted(values)
    if not found:
        return Measure(n=0, median=None, p90=None, mean=None)
    return Measure(
        n=len(found),
        median=percentile(found, MEDIAN),
        p90=percentile(found, P90),
        mean=sum(found) / len(found),
    )


def step_measures(intervals: Iterable[Interval]) -> tuple[StepMeasure, ...]:
    """Return one measure per element, by element id."""
    by_element: dict[str, list[Interval]] = {}
    for interval in intervals:
        by_element.setdefault(interval.element, []).append(interval)
    return tuple(_step(element, by_element[element]) for element in sorted(by_element))


def _step(element: str, intervals: Sequence[Interval]) -> StepMeasure:
    done = [i for i in intervals if i.closed_at is not None and not i.withdrawn]
    wall, office = [i.wall for i in done], [i.office for i in done]
    return StepMeasure(
        element=element,
        n=len(done),
        open=sum(i.closed_at is None for i in intervals),
        withdrawn=sum(i.withdrawn for i in intervals),
        waiting=_of(wall, "waiting"),
        working=_of(wall, "working"),
        paused=_of(wall, "paused_total"),
        office_waiting=_of(office, "waiting"),
        office_working=_of(office, "working"),
        office_paused=_of(office, "paused_total"),
    )


def _of(clocks: Iterable[Clocks], name: str) -> Measure:
    return measure(getattr(c, name) for c in clocks)
