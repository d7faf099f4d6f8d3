"""Both official measures, case by case, and their definitions in the reference."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from engine.law import timeliness
from engine.law.timeliness import Timeliness, Waited, control_sheet, decision_766, step_result
from engine.law.working_time import ZONE
from engine.timing.events import Event, ProcessEnded, SupplementRequested, SupplementTaken
from tests.engine.law.calendars import OFFICE

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "timeliness.md"
DAY = 8 * 3600
EARLY, ON_TIME = Timeliness.EARLY, Timeliness.ON_TIME
OVERDUE, OPEN = Timeliness.OVERDUE, Timeliness.OPEN


def at(text: str) -> datetime:
    """Return a moment of Viet Nam."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


DUE = at("2026-03-09T17:00")


@pytest.mark.parametrize(
    ("finished", "as_of", "expected"),
    [
        ("2026-03-06T17:00", "2026-03-31T00:00", EARLY),  # the Friday before
        ("2026-03-08T23:59", "2026-03-31T00:00", EARLY),  # the Sunday before
        ("2026-03-09T08:00", "2026-03-31T00:00", ON_TIME),
        ("2026-03-09T17:30", "2026-03-31T00:00", ON_TIME),  # same date, after closing
        ("2026-03-10T07:30", "2026-03-31T00:00", OVERDUE),
        ("", "2026-03-09T23:59", OPEN),  # the due date is not over
        ("", "2026-03-10T00:00", OVERDUE),
    ],
)
def test_the_control_sheet_compares_dates(finished: str, as_of: str, expected: Timeliness) -> None:
    done = at(finished) if finished else None
    assert control_sheet(DUE, done, at(as_of)) == expected


def test_a_date_is_that_of_viet_nam() -> None:
    # 17:30 UTC on the 9th is 00:30 on the 10th in Viet Nam
    late = datetime.fromisoformat("2026-03-09T17:30+00:00")
    assert control_sheet(DUE, late, late) == OVERDUE


def test_without_a_due_date_what_is_finished_is_on_time() -> None:
    assert control_sheet(None, DUE, DUE) == ON_TIME
    assert control_sheet(None, None, DUE) == OPEN


@pytest.mark.parametrize(
    ("finished", "requests", "waited", "expected"),
    [
        ("2026-03-09T17:00", 0, 0, ON_TIME),  # the very moment
        ("2026-03-09T17:00:01", 0, 0, OVERDUE),  # a second later
        ("2026-03-06T09:00", 0, 0, ON_TIME),  # nothing is early
        ("2026-03-11T17:00", 1, 2 * DAY, ON_TIME),  # two days waited: until Wed 11 17:00
        ("2026-03-12T07:30", 1, 2 * DAY, OVERDUE),
        ("2026-03-06T09:00", 2, 2 * DAY, OVERDUE),  # more than one request
        ("", 0, 0, OVERDUE),  # open: the end of the period, 31/03
        ("", 1, 20 * DAY, ON_TIME),  # 20 working days after Mon 09: Mon 06/04
    ],
)
def test_decision_766_compares_moments(
    finished: str, requests: int, waited: int, expected: Timeliness
) -> None:
    done = at(finished) if finished else None
    asked = Waited(requests=requests, seconds=waited)
    assert decision_766(DUE, done, asked, at("2026-03-31T17:00"), OFFICE) == expected


def test_decision_766_without_a_promise_is_on_time_unless_asked_twice() -> None:
    assert decision_766(None, DUE, Waited(), DUE, OFFICE) == ON_TIME
    assert decision_766(None, DUE, Waited(requests=2), DUE, OFFICE) == OVERDUE


def asked(moment: str, number: int = 1) -> Event:
    """Return a request for papers."""
    return SupplementRequested(at=at(moment), step="t1", round=number)


def taken(moment: str, number: int = 1) -> Event:
    """Return papers that came."""
    return SupplementTaken(at=at(moment), round=number)


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ([], (0, 0)),
        ([asked("2026-03-03T07:30"), taken("2026-03-04T17:00")], (1, 2 * DAY)),
        ([asked("2026-03-06T16:00"), taken("2026-03-09T08:30")], (1, 2 * 3600)),  # a weekend
        # still waiting: up to the end of the period, Tue 10/03 11:30: 6,9 and four hours
        ([asked("2026-03-06T07:30")], (1, 2 * DAY + 4 * 3600)),
        # closed without the papers
        (
            [
                asked("2026-03-03T07:30"),
                ProcessEnded(at=at("2026-03-03T11:30"), outcome="completed"),
            ],
            (1, 4 * 3600),
        ),
        (
            [
                asked("2026-03-03T07:30"),
                taken("2026-03-03T11:30"),
                asked("2026-03-04T07:30", 2),
                taken("2026-03-04T11:30", 2),
            ],
            (2, DAY),
        ),
        ([asked("2026-03-11T07:30")], (0, 0)),  # after the period
    ],
)
def test_waiting_for_papers_is_counted_in_working_time(
    history: list[Event], expected: tuple[int, int]
) -> None:
    found = timeliness.waited_for(history, at("2026-03-10T11:30"), OFFICE)
    assert (found.requests, found.seconds) == expected


@pytest.mark.parametrize(
    ("norm", "closed", "expected"),
    [
        (480, "2026-03-03T08:00", ON_TIME),  # due Tue 08:00
        (480, "2026-03-03T17:00", ON_TIME),  # the same date
        (480, "2026-03-02T16:00", EARLY),
        (480, "2026-03-04T07:30", OVERDUE),
        (None, "2026-03-30T07:30", ON_TIME),
        (60, "", OVERDUE),  # due Mon 09:00, now is Wed
        (2400, "", OPEN),
    ],
)
def test_a_step_is_measured_against_its_norm(
    norm: int | None, closed: str, expected: Timeliness
) -> None:
    done = at(closed) if closed else None
    now = at("2026-03-04T10:00")
    assert step_result(at("2026-03-02T08:00"), norm, done, now, OFFICE) == expected


def test_the_same_dossier_can_be_on_time_and_late() -> None:
    late_in_the_day = at("2026-03-09T17:30")
    assert control_sheet(DUE, late_in_the_day, late_in_the_day) == ON_TIME
    assert decision_766(DUE, late_in_the_day, Waited(), late_in_the_day, OFFICE) == OVERDUE


@pytest.mark.parametrize("measure", [control_sheet, decision_766, step_result])
def test_the_reference_defines_each_measure_as_the_program_does(
    measure: Callable[..., Timeliness],
) -> None:
    text = inspect.getdoc(measure) or ""
    definition = " ".join(text.split("\n\n")[0].split())
    assert definition in " ".join(PAGE.read_text(encoding="utf-8").split())


def test_every_result_has_a_vietnamese_name() -> None:
    assert {t.label for t in Timeliness} == {"trước hạn", "đúng hạn", "quá hạn", "chưa đến hạn"}
