"""Our record as a log, and a log as OCEL and Parquet, to the letter."""

from __future__ import annotations

import io
import json
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pyarrow import parquet

from engine.timing.events import (
    KINDS,
    ElementPassed,
    StepAssigned,
    StepCompleted,
    StepEnabled,
    StepEvent,
    StepStarted,
)
from engine.timing.exchange.columns import ParquetMissing, write_parquet
from engine.timing.exchange.logs import Attribute, LogEvent, Trace
from engine.timing.exchange.ocel import write_ocel
from engine.timing.exchange.record import PASSING, TRANSITIONS, Pseudonyms, Recorded, trace_of

BASE = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
MICROS = int(BASE.timestamp()) * 1_000_000
STEP: dict[str, Any] = {"step": "t1", "element": "check"}


def test_every_word_is_of_a_kind_of_step_and_what_only_passes_is_known():
    steps = {name for name, kind in KINDS.items() if issubclass(kind, StepEvent)}
    assert steps - PASSING == set(TRANSITIONS)
    assert set(KINDS) >= PASSING
    assert TRANSITIONS["step_enabled"] == "schedule"


def test_people_are_numbered_as_they_appear_and_nobody_is_nobody():
    known = Pseudonyms()
    assert [known.of(p) for p in ("lan", "", "system", "an", "lan")] == [
        "CB-0001", "", "", "CB-0002", "CB-0001",
    ]  # fmt: skip


def test_a_dossier_becomes_a_case_with_the_names_of_its_diagram():
    opened = StepEnabled(at=BASE, element_kind="userTask", name="Kiểm tra", **STEP)
    taken = StepAssigned(at=BASE + timedelta(seconds=1), assignee="lan", **STEP)
    begun = StepStarted(at=BASE + timedelta(seconds=2), **STEP)
    ended = StepCompleted(at=BASE + timedelta(seconds=3), **STEP)
    unnamed = StepEnabled(at=BASE, step="t2", element="sign", element_kind="userTask")
    recorded = [Recorded(e, "lan", "clerk", "ubnd", "agency") for e in (opened, taken, begun)]
    recorded += [Recorded(ended, "system", "", "", ""), Recorded(unnamed, "", "", "", "")]
    found = trace_of("HS-1", recorded, Pseudonyms().of, {"procedure": "1.001", "field": ""})
    assert (found.case, found.extras) == ("HS-1", (Attribute("string", "procedure", "1.001"),))
    more = tuple(
        Attribute("string", key, value)
        for key, value in (
            ("element", "check"), ("clock", "agency"), ("org:role", "clerk"), ("org:group", "ubnd")
        )
    )  # fmt: skip
    second = 1_000_000
    assert found.events == [
        LogEvent("Kiểm tra", MICROS, None, "schedule", "t1", "CB-0001", more),
        LogEvent("Kiểm tra", MICROS + second, None, "assign", "t1", "CB-0001", more),
        LogEvent("Kiểm tra", MICROS + 2 * second, None, "start", "t1", "CB-0001", more),
        LogEvent("Kiểm tra", MICROS + 3 * second, None, "complete", "t1", "", more[:1]),
        LogEvent(
            "sign", MICROS, None, "schedule", "t2", "", (Attribute("string", "element", "sign"),)
        ),
    ]


def test_what_a_token_only_passes_is_no_event_of_the_log():
    passed = ElementPassed.__new__(ElementPassed)
    assert passed.kind in PASSING
    assert trace_of("HS-1", [Recorded(passed, "", "", "", "")], str, {}).events == []


def ocel(*traces: Trace) -> dict:
    return json.loads("".join(write_ocel(traces)))


def test_ocel_has_the_case_and_the_person_of_an_event():
    colour = (Attribute("string", "colour", "red"), Attribute("string", "none", ""))
    found = ocel(
        Trace("1", [LogEvent("Nhận", 1_000_000, 0, "", "i1", "lan", colour)], colour[:1]),
        Trace("2", [LogEvent("", None), LogEvent("", None, 2_000), LogEvent("Nhận", 0)]),
    )
    first, second, third = found["events"]
    assert first == {
        "id": "e1",
        "type": "Nhận",
        "time": "1970-01-01T00:00:01.000+00:00",
        "attributes": [
            {"name": "lifecycle", "value": "complete"},
            {"name": "started", "value": "1970-01-01T00:00:00.000+00:00"},
            {"name": "instance", "value": "i1"},
            {"name": "colour", "value": "red"},
        ],
        "relationships": [
            {"objectId": "case:1", "qualifier": "case"},
            {"objectId": "person:lan", "qualifier": "performer"},
        ],
    }
    assert (second["id"], second["type"], second["time"]) == (
        "e2", "?", "1970-01-01T00:00:00.002+00:00",
    )  # fmt: skip
    assert (third["id"], third["time"]) == ("e3", "1970-01-01T00:00:00.000+00:00")
    assert third["relationships"] == [{"objectId": "case:2", "qualifier": "case"}]
    begun = "1970-01-01T00:00:00.000+00:00"
    assert found["objects"] == [
        {
            "id": "case:1",
            "type": "case",
            "attributes": [{"name": "colour", "value": "red", "time": begun}],
        },
        {"id": "case:2", "type": "case", "attributes": []},
        {"id": "person:lan", "type": "person", "attributes": []},
    ]
    declared = {t["name"]: [a["name"] for a in t["attributes"]] for t in found["eventTypes"]}
    assert declared == {
        "Nhận": ["lifecycle", "started", "instance", "colour"],
        "?": ["lifecycle", "started"],
    }
    assert found["objectTypes"] == [
        {"name": "case", "attributes": [{"name": "colour", "type": "string"}]},
        {"name": "person", "attributes": []},
    ]


def test_ocel_of_nothing_is_whole():
    nobody = {"name": "case", "attributes": []}
    assert ocel() == {"events": [], "objects": [], "eventTypes": [], "objectTypes": [nobody]}


def test_parquet_has_a_row_for_every_event_over_batches(monkeypatch):
    monkeypatch.setattr("engine.timing.exchange.columns.ROWS_AT_ONCE", 2)
    target = io.BytesIO()
    events = [LogEvent("Nhận", MICROS, MICROS - 1, "complete", "i1", "lan"), LogEvent("Ký", None)]
    rows = [("1", events[0]), ("1", events[1]), ("2", events[1])]
    assert write_parquet(rows, target) == 3
    first, second, third = parquet.read_table(target).to_pylist()
    assert first == {
        "case_id": "1",
        "activity": "Nhận",
        "start_timestamp": BASE - timedelta(microseconds=1),
        "timestamp": BASE,
        "lifecycle": "complete",
        "instance": "i1",
        "resource": "lan",
    }
    assert (second["timestamp"], second["start_timestamp"], second["activity"]) == (
        None,
        None,
        "Ký",
    )
    assert third["case_id"] == "2"


def test_without_the_library_parquet_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ParquetMissing, match=r"pip install 'motcua\[parquet\]'"):
        write_parquet([], io.BytesIO())
