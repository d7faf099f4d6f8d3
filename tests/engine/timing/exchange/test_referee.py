"""The figures of random logs agree with a second program that shares nothing with the first."""

from __future__ import annotations

from fractions import Fraction
from math import prod
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.timing.exchange.csv_in import read_csv
from engine.timing.exchange.csv_out import write_csv
from engine.timing.exchange.figures import Figures, Tally, figures_of
from engine.timing.exchange.logs import LogEvent, Trace, by_case, flat
from engine.timing.exchange.xes_in import XesReader
from engine.timing.exchange.xes_out import write_xes
from tests.engine.timing.exchange.referee import Row, figures

MICRO = Fraction(1, 1_000_000)
BEGIN = 1_700_000_000_000_000
MOMENTS = (None, *(BEGIN + n * 1_500_001 for n in range(12)))
# What an event may say; a random log is numbers that choose among it, so that drawing one is cheap.
CHOICES: tuple[tuple[Any, ...], ...] = (
    ("Nhận", "xem", "xem", "Trả «kết quả»", ""),
    MOMENTS,
    (None, None, None, *MOMENTS),
    ("", "complete", "COMPLETE", "start", "start", "Suspend"),
    ("", "", "1", "2"),
    ("", "An", "Bình"),
)
CASES = st.lists(st.lists(st.integers(0, prod(map(len, CHOICES)) - 1), max_size=9), max_size=9)


def event_of(number: int) -> LogEvent:
    values = []
    for choice in CHOICES:
        number, place = divmod(number, len(choice))
        values.append(choice[place])
    return LogEvent(*values)


def log_of(cases: list[list[int]]) -> list[Trace]:
    return [Trace(f"HS {n}", [event_of(e) for e in events]) for n, events in enumerate(cases)]


def rows_of(events: list[LogEvent]) -> list[Row]:
    return [
        {
            "name": e.activity,
            "at": None if e.at is None else e.at * MICRO,
            "start": None if e.start is None else e.start * MICRO,
            "transition": e.transition,
            "instance": e.instance,
            "who": e.resource,
        }
        for e in events
    ]


def compare(found: Figures, wanted: dict[str, Any]) -> None:
    """Compare every figure; times to a microsecond, everything counted exactly."""
    record = found.to_record()
    exact = ("cases", "events", "activities", "variants", "start", "end", "rework_cases")
    assert {name: record[name] for name in exact} == {name: wanted[name] for name in exact}
    assert {(a, b): n for a, b, n in found.handovers} == wanted["handovers"]
    assert near(found.duration_s) == near(wanted["duration_s"])
    edges = {(a, b): (n, mean, median) for a, b, n, mean, median in found.dfg}
    assert list(edges) == sorted(edges, key=lambda edge: (-edges[edge][0], edge))
    assert _times(edges) == _times(wanted["dfg"])
    services = {name: (s.n, s.mean, s.median) for name, s in found.service_s.items()}
    assert _times(services) == _times(wanted["service_s"])


def near(values: dict[str, Any]) -> dict[str, Any]:
    return {k: None if v is None else pytest.approx(float(v), abs=1e-6) for k, v in values.items()}


def _times(found: dict[Any, tuple[int, Any, Any]]) -> dict[Any, Any]:
    return {k: (n, round(float(a), 5), round(float(b), 5)) for k, (n, a, b) in found.items()}


@settings(max_examples=100)
@given(CASES)
def test_a_slow_referee_finds_the_same(cases: list[list[int]]) -> None:
    log = log_of(cases)
    wanted = figures({trace.case: rows_of(trace.events) for trace in log})
    compare(figures_of(log), wanted)


@settings(max_examples=20)
@given(CASES)
def test_a_file_between_changes_nothing(cases: list[list[int]]) -> None:
    log = log_of(cases)
    wanted = figures({trace.case: rows_of(trace.events) for trace in log})
    xes = "".join(write_xes(log)).encode()
    compare(figures_of(XesReader().traces([xes])), wanted)
    table = "".join(write_csv(flat(log))).splitlines(keepends=True)
    tally = Tally()
    for trace in by_case(read_csv(table)):
        tally.add(trace)
    compare(tally.figures(), wanted)
