"""A procedure file that contradicts itself is refused, naming every entry and what to do."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from datetime import date
from typing import Any

import pytest

from engine.law.procedure import ProcedureInvalid, check_procedure, parse_procedure

SOUND: dict[str, Any] = {
    "code": "1.000001",
    "name": "Thủ tục thử",
    "field": "Thử",
    "level": "commune",
    "version": "1",
    "effective_from": date(2025, 7, 1),
    "time_limit": {"amount": 8, "unit": "working_day", "channel": {"online": {"amount": 6}}},
    "stages": [
        {"id": "a", "name": "Hẹn 1", "amount": 5, "unit": "working_day", "to": "work"},
        {"id": "b", "name": "Hẹn 2", "amount": 3, "unit": "working_day", "from": "answer"},
    ],
    "extension": {"allowed": True, "element": "work", "amount": 2},
    "supplement": {"rounds": 1, "fact": "complete", "wait_element": "wait", "message": "papers"},
    "components": [{"id": "form", "name": "Tờ khai", "originals": 1}],
    "fees": [{"id": "fee", "name": "Lệ phí", "amount_vnd": 8000}],
    "results": [{"id": "paper", "name": "Giấy"}],
    "lanes": {"office": {"role": "officer", "agency": "partner:tax"}},
    "steps": {
        "work": {"status": 4, "norm_minutes": 480},
        "sign": {"status": 4, "not_same_hand_as": ["work"]},
        "wait": {"status": 5, "counted": False, "clock": "applicant"},
        "answer": {"status": 4, "counted": False, "clock": "other_agency"},
    },
    "referrals": [{"element": "ask", "wait_element": "answer", "to": "item", "days": 3}],
    "facts": {
        "complete": {"type": "boolean", "default": True},
        "decision": {"type": "text", "values": ["yes", "no"], "default": "yes"},
        "count": {"type": "integer", "default": 2},
        "size": {"type": "number", "default": 2.5},
        "born": {"type": "date", "default": date(2026, 1, 1)},
        "asked": {"type": "list", "default": []},
    },
    "ends": {"returned": {"status": 10}, "reminded": {"side_branch": True}},
    "warnings": {"due_soon_hours": 48},
    "escalations": [
        {"about": "overdue", "to": "leader"},
        {"name": "danger", "to": "officer", "agency": "partner:police"},
    ],
}


def broken(*changes: tuple[str, Any]) -> dict[str, Any]:
    """Return the sound file with the entries at these dotted paths changed."""
    values = deepcopy(SOUND)
    for path, value in changes:
        *parents, last = [int(p) if p.isdigit() else p for p in path.split(".")]
        table: Any = values
        for key in parents:
            table = table[key]
        table[last] = value
    return values


def test_a_sound_file_has_no_problem() -> None:
    assert check_procedure(SOUND) == ()


CASES = [
    ("code", "1.12", "code"),
    ("other_codes", ["x"], "other_codes[0]"),
    ("effective_to", date(2025, 7, 1), "effective_to"),
    ("time_limit.amount", 0, "time_limit.amount"),
    ("time_limit.cut_off", "25:00", "time_limit.cut_off"),
    ("time_limit.channel.online.amount", 9, "time_limit.channel.online.amount"),
    ("time_limit.channel.online.amount", 0, "time_limit.channel.online.amount"),
    ("stages.1.id", "a", "stages[1].id"),
    ("stages.1.from", "", "stages[1].from"),
    ("stages.0.amount", 6, "stages"),
    ("stages.0.amount", -1, "stages[0].amount"),
    ("extension.amount", 0, "extension.amount"),
    ("extension.max_times", 0, "extension.max_times"),
    ("extension.element", "nowhere", "extension.element"),
    ("supplement.rounds", 0, "supplement.rounds"),
    ("supplement.auto_close_after", 0, "supplement.auto_close_after"),
    ("supplement.fact", "nothing", "supplement.fact"),
    ("supplement.value", "no", "supplement.value"),
    ("supplement.wait_element", "nowhere", "supplement.wait_element"),
    ("components.0.copies", -1, "components[0].copies"),
    ("components.0.originals", -1, "components[0].originals"),
    ("fees.0.amount_vnd", -1, "fees[0].amount_vnd"),
    ("lanes.office.agency", "tax", "lanes.office.agency"),
    ("steps.work.status", 11, "steps.work.status"),
    ("steps.work.norm_minutes", -1, "steps.work.norm_minutes"),
    ("steps.work.norm_minutes", 8 * 480 + 1, "steps.work.norm_minutes"),
    ("steps.work.clock", "applicant", "steps.work.clock"),
    ("steps.sign.not_same_hand_as", ["sign"], "steps.sign.not_same_hand_as[0]"),
    ("steps.sign.not_same_hand_as", ["fly"], "steps.sign.not_same_hand_as[0]"),
    ("referrals.0.to", "somewhere", "referrals[0].to"),
    ("referrals.0.days", -1, "referrals[0].days"),
    ("referrals.0.wait_element", "nowhere", "referrals[0].wait_element"),
    ("referrals.0.counted", True, "referrals[0].counted"),
    ("facts.decision.default", "maybe", "facts.decision.default"),
    ("facts.decision.values", ["yes", 2], "facts.decision.values[1]"),
    ("facts.complete.default", 1, "facts.complete.default"),
    ("facts.count.default", True, "facts.count.default"),
    ("facts.size.default", "much", "facts.size.default"),
    ("facts.born.default", "today", "facts.born.default"),
    ("facts.asked.default", "all", "facts.asked.default"),
    ("ends.returned.status", 4, "ends.returned.status"),
    ("ends.returned.status", 0, "ends.returned.status"),
    ("ends.reminded.status", 8, "ends.reminded.status"),
    ("warnings.due_soon_hours", 0, "warnings.due_soon_hours"),
    ("escalations.0.about", "late", "escalations[0].about"),
    ("escalations.0.name", "danger", "escalations[0]"),
    ("escalations.0.about", "", "escalations[0]"),
    ("escalations.1.agency", "police", "escalations[1].agency"),
]


@pytest.mark.parametrize(("path", "value", "named"), CASES)
def test_an_entry_that_cannot_be_is_named(path: str, value: object, named: str) -> None:
    problems = check_procedure(broken((path, value)))
    assert [p.path for p in problems] == [named]
    assert problems[0].message
    assert problems[0].advice
    with pytest.raises(ProcedureInvalid):
        parse_procedure(broken((path, value)))


TWO = [
    ((("time_limit.unit", "hour"), ("time_limit.cut_off", "15:00")), "time_limit.cut_off"),
    (
        (("time_limit.unit", "working_hour"), ("time_limit.counts_reception_day", True)),
        "time_limit.counts_reception_day",
    ),
    ((("referrals.0.days", 0), ("referrals.0.silence", "agreed")), "referrals[0].silence"),
    (
        (("fees.0.valid_from", date(2026, 1, 1)), ("fees.0.valid_to", date(2025, 1, 1))),
        "fees[0].valid_to",
    ),
    ((("steps.wait.counted", True), ("steps.wait.clock", "agency")), "steps.wait.counted"),
]


@pytest.mark.parametrize(("changes", "named"), TWO)
def test_two_entries_that_contradict_each_other_are_named(changes: tuple, named: str) -> None:
    assert named in [p.path for p in check_procedure(broken(*changes))]


def test_appointments_shorter_than_the_limit_are_a_warning_only() -> None:
    values = broken(("stages.0.amount", 4))
    assert [(p.path, p.severity) for p in check_procedure(values)] == [("stages", "warning")]
    assert parse_procedure(values).stages[0].amount == 4


def test_a_limit_in_months_is_not_compared_with_norms() -> None:
    values = broken(("time_limit", {"amount": 1, "unit": "month"}), ("stages", []))
    values["steps"]["work"]["norm_minutes"] = 30 * 480
    assert check_procedure(values) == ()


REST: list[Callable[[dict], object]] = [
    lambda v: v.pop("supplement"),
    lambda v: v.pop("extension"),
    lambda v: v["extension"].update(allowed=False, amount=0),
]


@pytest.mark.parametrize("change", REST)
def test_what_a_procedure_does_not_have_is_not_asked_for(change: Callable[[dict], object]) -> None:
    values = deepcopy(SOUND)
    change(values)
    assert check_procedure(values) == ()


def test_one_mistake_is_told_once() -> None:
    """What hangs on an unreadable entry is not blamed for it."""
    for path, value in (("steps", 3), ("facts", []), ("time_limit", "lâu"), ("supplement", 1)):
        problems = check_procedure(broken((path, value)))
        assert [p.path for p in problems] == [path]


def test_all_contradictions_are_told_at_once() -> None:
    values = broken(("code", "x"), ("lanes.office.agency", "?"), ("steps.work.status", 0))
    with pytest.raises(ProcedureInvalid) as refused:
        parse_procedure(values)
    assert [p.path for p in refused.value.findings] == [
        "code",
        "lanes.office.agency",
        "steps.work.status",
    ]
    assert "3 lỗi" in refused.value.message
    assert str(refused.value.findings[0]).startswith("code: ")
