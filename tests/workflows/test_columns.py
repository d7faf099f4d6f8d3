"""DuckDB over Parquet gives the figures the program counts event by event, on random logs."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from engine.timing.exchange.columns import write_parquet
from engine.timing.exchange.figures import EVENTS_READ, Figures
from engine.timing.exchange.logs import LogEvent, Trace, UnreadableLog, flat
from tests.engine.timing.exchange.test_figures import LOG
from tests.engine.timing.exchange.test_referee import CASES, log_of
from workflows.columns import DuckMissing, review_parquet
from workflows.exchanging import review_traces


def by_duck(path: Path, log: list[Trace]) -> tuple[Figures, dict[str, int]]:
    with path.open("wb") as target:
        write_parquet(flat(log), target)
    return review_parquet(path)


def rounded(found: Figures) -> dict[str, object]:
    """Return figures to the millionth of a second: both add floats, each in its own order."""

    def shorter(value: object) -> object:
        if isinstance(value, float):
            return round(value, 5)
        if isinstance(value, dict):
            return {k: shorter(v) for k, v in value.items()}
        if isinstance(value, list | tuple):
            return [shorter(v) for v in value]
        return value

    return {name: shorter(value) for name, value in found.to_record().items()}


def as_completes(log: list[Trace]) -> list[Trace]:
    """Return the log with every event as one that completes: what is counted without pairing."""
    return [
        Trace(t.case, [LogEvent(e.activity, e.at, e.start, "", "", e.resource) for e in t.events])
        for t in log
    ]


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(CASES)
def test_both_ways_give_equal_figures(tmp_path: Path, cases: list[list[int]]) -> None:
    for log in (as_completes(log_of(cases)), log_of(cases)):
        found, notes = by_duck(tmp_path / "log.parquet", log)
        review = review_traces(log)
        assert rounded(found) == rounded(review.figures)
        assert notes.get(EVENTS_READ, 0) == review.notes.get(EVENTS_READ, 0)


def test_scattered_cases_and_names_with_quotes_are_read(tmp_path: Path) -> None:
    found, _ = by_duck(tmp_path / "lo'g.parquet", [*LOG, Trace("1", [LogEvent("x", 10**15)])])
    assert found.cases == 3
    assert found.end["x"] == 1


def test_what_is_no_such_file_and_a_missing_library_are_named(tmp_path: Path, monkeypatch) -> None:
    path = tmp_path / "a.parquet"
    path.write_bytes(b"PAR1 no")
    with pytest.raises(UnreadableLog, match="case_id"):
        review_parquet(path)
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(DuckMissing, match="review"):
        review_parquet(path)
