"""A procedure file says everything that is wrong with it at once, and agrees with its diagram."""

from __future__ import annotations

import tomllib
from datetime import date, datetime
from pathlib import Path

import pytest

from engine.law.problems import ProcedureInvalid
from engine.law.procedure import check_procedure, parse_procedure
from engine.law.provisions import Unit, norm_minutes_of
from engine.process import compile_definition, read

BPMN = Path(__file__).parents[3] / "bpmn"
FOLDERS = sorted(p.parent.name for p in BPMN.glob("*/procedure.toml"))


def values(folder: str) -> dict:
    """Return the values of a sample procedure."""
    return tomllib.loads((BPMN / folder / "procedure.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_sample_procedures_agree_with_their_diagrams(folder: str) -> None:
    procedure = parse_procedure(values(folder))
    definition = compile_definition(read((BPMN / folder / "process.bpmn").read_bytes()))
    assert [str(p) for p in procedure.agrees_with(definition)] == []


def test_every_mistake_is_named_at_once() -> None:
    broken = values("birth_registration")
    del broken["name"]
    broken["levl"] = "commune"
    broken["level"] = "village"
    broken["effective_from"] = "2025-07-01"
    broken["time_limit"]["amount"] = "một"
    broken["components"] = "nhiều"
    broken["steps"] = 3
    with pytest.raises(ProcedureInvalid) as refused:
        parse_procedure(broken)
    paths = {p.path for p in refused.value.findings}
    assert paths >= {
        "name",
        "levl",
        "level",
        "effective_from",
        "time_limit.amount",
        "components",
        "steps",
    }
    assert all(p.message and p.advice for p in refused.value.findings)
    assert "7 lỗi" in refused.value.message


def test_a_moment_is_no_date_and_no_table_is_no_table() -> None:
    broken = values("birth_registration")
    broken["effective_from"] = datetime(2025, 7, 1, 8, 0)  # noqa: DTZ001 - what TOML gives
    broken["supplement"] = []
    paths = {p.path for p in check_procedure(broken)}
    assert paths == {"effective_from", "supplement"}


def test_texts_are_composed() -> None:
    written = values("birth_registration")
    written["name"] = "Đăng ký khai sinh"
    assert parse_procedure(written).name == "Đăng ký khai sinh"


def test_what_a_diagram_lacks_is_named() -> None:
    wrong = values("birth_registration")
    wrong["lanes"]["Lane_Nowhere"] = {"role": "officer", "agency": "receiving"}
    wrong["steps"]["fly"] = {"status": 5, "counted": False}
    wrong["supplement"]["message"] = "nothing"
    wrong["supplement"]["wait_element"] = "fly"
    removed = next(iter(values("birth_registration")["lanes"]))
    del wrong["lanes"][removed]
    del wrong["steps"]["sign"]
    for step in wrong["steps"].values():
        step.pop("may_return_to", None)
    wrong["ends"]["nowhere"] = {"status": 9}
    del wrong["ends"]["reminded"]
    procedure = parse_procedure(wrong)
    definition = compile_definition(read((BPMN / "birth_registration/process.bpmn").read_bytes()))
    paths = {p.path for p in procedure.agrees_with(definition)}
    assert {
        f"lanes.{removed}",
        "lanes.Lane_Nowhere",
        "steps.fly",
        "steps.sign",
        "ends.nowhere",
        "ends.reminded",
        "supplement.message",
        "supplement.wait_element",
    } <= paths


def test_limits_become_norm_minutes_only_for_comparing() -> None:
    assert norm_minutes_of(2, Unit.WORKING_DAY) == 960
    assert norm_minutes_of(3, Unit.HOUR) == 180
    assert norm_minutes_of(1, Unit.MONTH) is None
    assert Unit.MONTH.label == "tháng"
    assert parse_procedure(values("birth_registration")).effective_from == date(2025, 7, 1)
