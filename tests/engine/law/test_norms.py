"""The norms of a counted path may not exceed the limit; a shortfall is only said."""

from __future__ import annotations

from engine.law.norms import norm_problems, path_minutes
from tests.engine.law.test_deadlines import limit_of, procedure

STEPS = {
    "check": {"status": 2, "norm_minutes": 240},
    "wait": {"status": 5, "counted": False, "clock": "applicant"},
    "work": {"status": 4, "norm_minutes": 2160},
    "verify": {"status": 4, "norm_minutes": 480, "counted": False, "clock": "other_agency"},
}


def found(limit: str, path: list[str]) -> list[str]:
    law = procedure(limit_of(limit), steps=STEPS)
    return [p.severity for p in norm_problems(law, "straight", "counter", path)]


def test_a_path_that_fills_the_limit_is_silent() -> None:
    # 0,5 + 4,5 = 5 days
    assert found("5 working_day", ["check", "verify", "work"]) == []
    assert found("40 working_hour", ["check", "work"]) == []


def test_more_than_the_limit_is_an_error_and_less_a_warning() -> None:
    assert found("5 working_day", ["check", "check", "work"]) == ["error"]
    assert found("6 working_day", ["check", "work"]) == ["warning"]
    assert found("7 calendar_day", ["check", "work"]) == []  # two of them are no working days
    assert found("1 month", ["check", "work"]) == []


def test_a_supplement_begins_the_sum_anew_only_where_it_begins_the_limit() -> None:
    path = ["check", "wait", "check", "work"]
    assert path_minutes(procedure(limit_of("5 working_day"), steps=STEPS), path) == 2400
    assert path_minutes(procedure(limit_of("5 working_day pause"), steps=STEPS), path) == 2640
