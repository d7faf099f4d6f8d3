"""Figures of a small log, each worked out by hand beside it; and what must hold for every log."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.timing.exchange.csv_in import read_csv
from engine.timing.exchange.csv_out import write_csv
from engine.timing.exchange.figures import Figures, Service, Tally, figures_of, percentile
from engine.timing.exchange.instances import Instance, instances_of
from engine.timing.exchange.logs import LogEvent, Trace, by_case, flat
from engine.timing.exchange.xes_in import XesReader
from engine.timing.exchange.xes_out import write_xes

MINUTE = 60_000_000


def event(name: str, minute: float | None, who: str = "", transition: str = "", **more) -> LogEvent:
    at = None if minute is None else round(minute * MINUTE)
    begun = more.pop("start", None)
    start = None if begun is None else round(begun * MINUTE)
    return LogEvent(name, at, start, transition, more.pop("instance", ""), who)


# Three cases; minutes since the beginning:
#   1: receive 0 (An), check 10 (An), check 30 (Binh), return 60 (An)     lasts 60
#   2: receive 5 (An), check 5 to 25 (Binh), return 20 (An)               lasts 20
#   3: receive 100 (Chi)                                                  lasts 0
LOG = [
    Trace(
        "1",
        [
            event("return", 60, "An"),  # the file is not in order
            event("receive", 0, "An"),
            event("check", 10, "An"),
            event("check", 30, "Binh"),
        ],
    ),
    Trace(
        "2",
        [
            event("receive", 5, "An"),
            event("check", 25, "Binh", start=5),
            event("return", 20, "An"),
        ],
    ),
    Trace("3", [event("receive", 100, "Chi")]),
]
HAND = Figures(
    cases=3,
    events=8,
    activities=3,
    variants=3,
    start={"receive": 3},
    end={"return": 2, "receive": 1},
    # durations in minutes 0, 20, 60: the k-th share lies at place 2k between them
    duration_s={
        "mean": 1600.0,  # (0 + 20 + 60) / 3 minutes
        "p10": 240.0,  # place 0.2: 4 minutes
        "p25": 600.0,  # place 0.5: 10
        "p50": 1200.0,  # place 1: 20
        "p75": 2400.0,  # place 1.5: 40
        "p90": 3120.0,  # place 1.8: 52
        "p95": 3360.0,  # place 1.9: 56
        "max": 3600.0,
    },
    rework_cases={"check": 1},
    dfg=(
        ("check", "return", 2, 900.0, 900.0),  # 30 -> 60 is 30; 25 -> 20 overlaps, so 0
        ("receive", "check", 2, 300.0, 300.0),  # 0 -> 10 is 10; 5 -> 5 (its start) is 0
        ("check", "check", 1, 1200.0, 1200.0),  # 10 -> 30
    ),
    service_s={"check": Service(n=1, mean=1200.0, median=1200.0)},  # 5 to 25
    # one after the other, the same hand too: An An Binh An; An Binh An
    handovers=(("An", "Binh", 2), ("Binh", "An", 2), ("An", "An", 1)),
)


def test_every_figure_is_the_one_worked_out_by_hand() -> None:
    found = figures_of(LOG)
    # case 2 lasts from 5 to 25, its last end, not to the end of its last instance
    assert found == HAND


def test_the_record_of_figures_has_the_published_names() -> None:
    record = figures_of(LOG).to_record()
    assert list(record) == [
        "cases", "events", "activities", "variants", "start", "end", "duration_s",
        "rework_cases", "dfg", "service_s", "handovers",
    ]  # fmt: skip
    assert record["service_s"]["check"] == {"n": 1, "mean": 1200.0, "median": 1200.0}


def test_no_events_give_zeros_and_no_durations() -> None:
    found = figures_of([Trace("1", [])])
    assert (found.cases, found.events, found.variants) == (0, 0, 0)
    assert set(found.duration_s.values()) == {None}


def paired(*events: LogEvent, every: bool = False) -> tuple[list[tuple], Counter[str]]:
    notes: Counter[str] = Counter()
    found = instances_of(events, notes, every=every)
    scaled = [
        (i.activity, None if i.begun is None else i.begun / MINUTE, i.ended / MINUTE, i.resource)
        for i in found
    ]
    return scaled, +notes


def test_starts_and_completes_become_one_instance() -> None:
    found, notes = paired(
        event("a", 0, "An", "schedule"),
        event("a", 0, "An", "assign"),
        event("a", 1, "An", "start"),
        event("a", 2, "", "START"),
        event("a", 5, "Binh", "complete"),
        event("a", 6, "", "Complete"),
        event("b", 7, "An", "start"),
        event("c", 8, "An"),
    )
    # first started, first completed; the second's hand is unknown at its end and at its start
    assert found == [("a", 1, 5, "Binh"), ("a", 2, 6, ""), ("c", None, 8, "An")]
    assert notes == {"other_transition": 2, "unfinished": 1}


def test_the_instance_name_decides_before_the_order() -> None:
    found, _ = paired(
        event("a", 0, "An", "start", instance="x"),
        event("a", 1, "Binh", "start", instance="y"),
        event("a", 2, "", "complete", instance="y"),
        event("a", 3, "", "complete", instance="z"),
        event("a", 4, "", "complete"),
    )
    # y takes its own start and, saying no hand, its starter's; z is another than x, which the end
    # without a name takes
    assert found == [("a", 0, 4, "An"), ("a", 1, 2, "Binh"), ("a", None, 3, "")]


def test_pairs_are_found_in_the_order_of_time_not_of_the_file() -> None:
    found, notes = paired(event("a", 9, "", "complete"), event("a", 4, "", "start"))
    assert found == [("a", 4, 9, "")]
    assert notes == {}


def test_at_one_moment_the_order_of_the_file_counts() -> None:
    found, notes = paired(
        event("b", 1, "", "complete"), event("a", 1, "", "complete"), event("a", 1, "", "start")
    )
    assert [f[0] for f in found] == ["b", "a"]
    assert notes == {"unfinished": 1}


def test_the_order_is_start_then_complete_then_file() -> None:
    found, _ = paired(
        event("late", 9, start=3),
        event("first", 3),
        event("long", 8, start=2),
        event("short", 4, start=2),
    )
    assert [f[0] for f in found] == ["short", "long", "first", "late"]


def test_what_cannot_be_counted_is_named() -> None:
    found, notes = paired(
        event("", 1), event("a", None), event("b", None, start=4), event("c", 2, start=3)
    )
    assert found == [("c", 3, 2, ""), ("b", 4, 4, "")]
    assert notes == {"no_name": 1, "no_time": 1, "ends_before_start": 1}
    _, notes = paired(event("a", None, "", "start"), event("", 1, "", "start"))
    assert notes == {"no_time": 1, "no_name": 1}


def test_a_log_of_another_vocabulary_counts_as_it_stands() -> None:
    tally = Tally()
    tally.add(Trace("1", [event("a", 0, "", "In Progress"), event("b", 1, "", "Closed")]))
    assert tally.speaks_otherwise
    assert tally.figures().events == 0
    assert paired(event("a", 0, "", "In Progress"), event("b", 1, "", "x"), every=True)[0] == [
        ("a", None, 0, ""),
        ("b", None, 1, ""),
    ]
    tally.add(Trace("2", [event("a", 0, "", "complete")]))
    assert not tally.speaks_otherwise


def test_handovers_need_both_hands() -> None:
    found = figures_of([Trace("1", [event("a", 0, "An"), event("b", 1), event("c", 2, "Chi")])])
    assert found.handovers == ()
    assert [edge[:3] for edge in found.dfg] == [("a", "b", 1), ("b", "c", 1)]


@pytest.mark.parametrize(
    ("share", "expected"), [(0.0, 10), (0.25, 17.5), (0.5, 25), (0.9, 37.0), (1.0, 40)]
)
def test_percentiles_are_linear_between_neighbours(share: float, expected: float) -> None:
    assert percentile([10, 20, 30, 40], share) == pytest.approx(expected, abs=1e-12)
    assert percentile([7], share) == 7


MOMENTS = st.one_of(st.none(), st.integers(0, 50).map(lambda m: m * MINUTE + 123_000))
EVENTS = st.builds(
    LogEvent,
    st.sampled_from(["", "Nhận", "b", "c c"]),
    MOMENTS,
    MOMENTS,
    st.sampled_from(["", "complete", "start", "schedule"]),
    st.sampled_from(["", "1"]),
    st.sampled_from(["", "An", "Bình"]),
    st.just(()),
)
LOGS = st.lists(st.lists(EVENTS, min_size=1, max_size=8), max_size=8).map(
    lambda cases: [Trace(f"HS{n}", events) for n, events in enumerate(cases)]
)


@settings(max_examples=40)
@given(LOGS)
def test_figures_so_far_are_those_of_the_log_so_far(log: list[Trace]) -> None:
    tally = Tally()
    for number, trace in enumerate(log, 1):
        tally.add(trace)
        assert tally.figures() == figures_of(log[:number])


@settings(max_examples=40)
@given(LOGS, st.integers())
def test_the_order_of_cases_does_not_matter(log: list[Trace], seed: int) -> None:
    mixed = list(log)
    random.Random(seed).shuffle(mixed)  # noqa: S311 - a seed, not a secret
    assert figures_of(mixed) == figures_of(log)


@settings(max_examples=40)
@given(LOGS)
def test_a_table_and_xes_of_one_log_give_its_figures(log: list[Trace]) -> None:
    xes = "".join(write_xes(log)).encode()
    back = list(XesReader().traces([xes[n : n + 97] for n in range(0, len(xes), 97)]))
    assert back == log
    table = "".join(write_csv(flat(log))).splitlines(keepends=True)
    assert list(by_case(read_csv(table))) == log
    assert figures_of(back) == figures_of(log)


@settings(max_examples=40)
@given(LOGS)
def test_totals_agree_with_each_other(log: list[Trace]) -> None:
    found = figures_of(log)
    assert sum(found.start.values()) == sum(found.end.values()) == found.cases
    assert sum(edge[2] for edge in found.dfg) == found.events - found.cases
    assert all(edge[3] >= 0 for edge in found.dfg)
    assert found.variants <= found.cases


def test_an_instance_begins_at_its_start_or_else_at_its_end() -> None:
    assert Instance("a", 3, 9, "").first == 3
    assert Instance("a", None, 9, "").first == 9
