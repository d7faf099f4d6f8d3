"""More deadlines counted by hand: Tết, swaps, months, last hour, police Saturdays, half days.

Days off used: 2025 Tết 27-31/01, 07/04, 30/04-02/05 (Sat 26/04 made up), 01-02/09; 2026 as in
`test_deadlines`, and 24/11; 2027 01/01, Tết 04-10/02, 16/04, 30/04, 03/05, 02-03/09.
"""

from __future__ import annotations

from datetime import date, datetime

import pytest

from engine.law.deadlines import due
from engine.law.working_time import WorkingCalendar, build_calendar
from engine.timing.events import DeadlineExtended, Event
from tests.engine.law.calendars import OFFICE, POLICE, STANDARD, YEARS
from tests.engine.law.test_deadlines import (
    at,
    done,
    limit_of,
    opened,
    procedure,
    taken,
)

HALF = {"on": date(2026, 3, 4), "name": "Họp chiều", "session": "morning"}
HALF_DAY = build_calendar(
    {**YEARS, 2026: {**YEARS[2026], "half_day": [HALF]}}, STANDARD, version="half"
)

OFFICE_CASES = [
    # --- Tết 2025: Mon 27/01 - Fri 31/01 --------------------------------------------------------
    ("1 working_day", "2025-01-24T09:00", "2025-02-03T17:00"),  # Fri → Mon 03/02
    ("5 working_day", "2025-01-24T09:00", "2025-02-07T17:00"),  # 03,04,05,06,07
    ("3 working_day", "2025-01-22T09:00", "2025-02-03T17:00"),  # 23,24, 03
    ("1 working_day count cut_off=15:00", "2025-01-24T15:30", "2025-02-03T17:00"),
    ("10 calendar_day", "2025-01-20T09:00", "2025-02-03T17:00"),  # 30/01 Tết → 03/02
    ("8 working_hour", "2025-01-24T13:00", "2025-02-03T11:30"),  # 4 + 4
    ("1 month", "2024-12-31T09:00", "2025-02-03T17:00"),  # 31/01 Tết → 03/02
    # --- 2025: Sat 26/04 worked for Fri 02/05 ---------------------------------------------------
    ("1 working_day", "2025-04-25T09:00", "2025-04-26T17:00"),  # the make-up Saturday
    ("3 working_day", "2025-04-25T09:00", "2025-04-29T17:00"),  # 26,28,29
    ("4 working_day", "2025-04-25T09:00", "2025-05-05T17:00"),  # 30/04-02/05 off
    ("2 working_day", "2025-04-29T09:00", "2025-05-06T17:00"),  # 05,06
    ("5 calendar_day", "2025-04-26T09:00", "2025-05-05T17:00"),  # 01/05 → Mon 05
    ("1 working_day", "2025-04-04T09:00", "2025-04-08T17:00"),  # Giỗ Tổ Mon 07
    ("3 working_day", "2025-08-28T09:00", "2025-09-04T17:00"),  # 29, 03, 04
    # --- 2026 -----------------------------------------------------------------------------------
    ("10 working_day", "2026-02-09T09:00", "2026-03-02T17:00"),  # 10-13, 23-27, 02
    ("1 working_day", "2026-11-23T09:00", "2026-11-25T17:00"),  # 24/11 off
    ("2 working_day", "2026-12-31T09:00", "2027-01-05T17:00"),  # 01/01 off: 04,05
    ("20 calendar_day", "2026-08-13T09:00", "2026-09-03T17:00"),  # 02/09 → Thu 03
    ("24 working_hour", "2026-02-12T07:30", "2026-02-23T17:00"),  # Thu 12, Fri 13, Mon 23
    ("72 hour", "2026-02-14T10:00", "2026-02-17T10:00"),  # through Tết on the wall
    # --- Tết 2027: Thu 04/02 - Wed 10/02 --------------------------------------------------------
    ("1 working_day", "2027-02-03T09:00", "2027-02-11T17:00"),  # Wed → Thu 11
    ("5 working_day", "2027-02-01T09:00", "2027-02-15T17:00"),  # 02,03,11,12,15
    ("15 calendar_day", "2027-01-20T09:00", "2027-02-11T17:00"),  # 04/02 → 11/02
    ("8 working_hour", "2027-02-03T15:00", "2027-02-11T15:00"),  # 2 + 4 + 2
    ("4 working_day", "2027-04-28T09:00", "2027-05-06T17:00"),  # 29, then 04,05,06
    ("1 working_day", "2027-04-15T09:00", "2027-04-19T17:00"),  # 16/04 off, weekend
    ("1 working_day", "2027-09-01T09:00", "2027-09-06T17:00"),  # 02-03 off, weekend
    # --- months ---------------------------------------------------------------------------------
    ("2 month", "2025-12-31T09:00", "2026-03-02T17:00"),  # 28/02 is a Saturday
    ("1 month", "2026-01-31T09:00", "2026-03-02T17:00"),  # Saturday: from Mon 02/02
    ("1 month", "2026-05-31T09:00", "2026-07-01T17:00"),  # Sunday: from Mon 01/06
    ("12 month", "2026-02-27T09:00", "2027-03-01T17:00"),  # 27/02/2027 is a Saturday
    ("1 month", "2026-07-31T09:00", "2026-09-03T17:00"),  # 31/08-02/09 off
    # --- the last hour and hours ----------------------------------------------------------------
    ("1 working_day cut_off=last_hour", "2026-03-02T16:30", "2026-03-04T17:00"),  # day 0 Tue
    ("1 working_day cut_off=last_hour", "2026-01-10T16:30", "2026-01-13T17:00"),  # day 0 Mon 12
    ("1 working_day count cut_off=last_hour", "2026-03-06T16:30", "2026-03-09T17:00"),
    ("8 working_hour cut_off=last_hour", "2026-03-02T16:30", "2026-03-03T17:00"),  # from 07:30
    ("8 working_hour cut_off=15:00", "2026-03-02T15:30", "2026-03-03T17:00"),
    ("8 working_hour", "2026-03-02T16:30", "2026-03-03T16:30"),  # 0:30 + 4:00 + 3:30
    ("4 working_hour", "2026-03-06T15:00", "2026-03-09T09:30"),  # 2 + 2
    ("12 working_hour", "2026-03-02T07:30", "2026-03-03T11:30"),  # 8 + 4
    ("2 working_hour", "2026-03-02T11:00", "2026-03-02T14:30"),  # 0:30 + 1:30
    ("2 hour", "2026-03-02T16:30", "2026-03-02T18:30"),
]

POLICE_CASES = [  # Saturday 07:30-11:30 as well
    ("1 working_day", "2026-03-06T09:00", "2026-03-07T11:30"),  # Fri → Sat
    ("5 working_day", "2026-03-02T09:00", "2026-03-07T11:30"),  # 3,4,5,6,7
    ("7 working_day", "2026-03-02T09:00", "2026-03-10T17:00"),  # residence: 3-7, 9, 10
    ("3 working_day", "2026-03-05T09:00", "2026-03-09T17:00"),  # temporary: 6,7,9
    ("5 working_day", "2026-02-13T09:00", "2026-02-25T17:00"),  # Sat 14, Sat 21, 23,24,25
    ("1 working_day", "2026-03-07T09:00", "2026-03-09T17:00"),  # Sat → Mon
    ("1 working_day", "2026-03-07T14:00", "2026-03-10T17:00"),  # closed: day 0 Mon
    ("8 working_hour", "2026-03-06T13:00", "2026-03-07T11:30"),  # 4 + 4
    ("8 working_hour", "2026-03-06T15:00", "2026-03-09T09:30"),  # 2 + 4 + 2
    ("1 working_day", "2026-01-09T09:00", "2026-01-10T17:00"),  # made up: a full Saturday
    ("1 working_day count cut_off=last_hour", "2026-03-07T10:30", "2026-03-07T11:30"),
    ("1 working_day count cut_off=last_hour", "2026-03-07T10:31", "2026-03-09T17:00"),
    ("1 calendar_day", "2026-03-06T09:00", "2026-03-07T11:30"),  # Saturday is open
    ("2 calendar_day", "2026-03-06T09:00", "2026-03-09T17:00"),  # Sunday is not
]

HALF_DAY_CASES = [  # Wed 04/03/2026: the morning only
    ("2 working_day", "2026-03-02T09:00", "2026-03-04T11:30"),  # a half day is a day
    ("3 working_day", "2026-03-03T09:00", "2026-03-06T17:00"),  # 4,5,6
    ("8 working_hour", "2026-03-03T13:00", "2026-03-04T11:30"),  # 4 + 4
    ("8 working_hour", "2026-03-04T07:30", "2026-03-05T11:30"),  # 4 + 4
    ("1 working_day", "2026-03-04T13:00", "2026-03-06T17:00"),  # closed: day 0 Thu
    ("1 working_day count cut_off=last_hour", "2026-03-04T10:45", "2026-03-05T17:00"),
]


@pytest.mark.parametrize(
    ("calendar", "limit", "received", "expected"),
    [
        *((OFFICE, *case) for case in OFFICE_CASES),
        *((POLICE, *case) for case in POLICE_CASES),
        *((HALF_DAY, *case) for case in HALF_DAY_CASES),
    ],
)
def test_a_limit_is_due_when_the_arithmetic_says(
    calendar: WorkingCalendar, limit: str, received: str, expected: str
) -> None:
    law = procedure(limit_of(limit))
    assert due(law.time_limit, law, at(received), "counter", [], calendar).due_at == at(expected)


# Step sums of real internal processes, in working hours (a day of a norm has eight).
SUMS = [
    ("1.012994 Nghệ An", [4, 4, 112, 24, 16, 8], 168, "2026-03-30T17:00"),  # 21 days
    ("1.013831 Đồng Tháp", [4, 36, 24], 64, "2026-03-11T17:00"),  # 5 + 3 = 8 days
    ("2.001661 Cao Bằng", [2, 2, 8, 8, 2, 2, 4, 20, 4, 8, 4], 64, "2026-03-11T17:00"),  # 3 + 5
    ("1.001806 Cao Bằng", [4, 4, 56, 4, 8, 4], 80, "2026-03-13T17:00"),  # 10 days
    ("L4 Đồng Tháp", [4, 108, 8, 16, 8, 8, 8], 160, "2026-03-27T17:00"),  # 15 + 5 = 20 days
    (
        "2.000286 Cao Bằng",  # commune 10, province 15: 25 days
        [4, 8, 48, 8, 8, 4, 4, 56, 8, 4, 4, 40, 4],
        200,
        "2026-04-03T17:00",
    ),
]


@pytest.mark.parametrize(("name", "steps", "hours", "expected"), SUMS)
def test_the_steps_of_a_real_process_end_where_its_limit_does(
    name: str, steps: list[int], hours: int, expected: str
) -> None:
    assert sum(steps) == hours, name
    start = moment = at("2026-03-02T07:30")
    for step in steps:
        moment = OFFICE.add_minutes(moment, step * 60)
    in_hours = procedure({"amount": hours, "unit": "working_hour"})
    in_days = procedure(limit_of(f"{hours // 8} working_day count"))
    for law in (in_hours, in_days):
        assert due(law.time_limit, law, start, "counter", [], OFFICE).due_at == moment
    assert moment == at(expected)


def extended(moment: str, number: int = 1) -> Event:
    """Return an extension decided by a leader."""
    return DeadlineExtended(
        at=at(moment), reason="Xác minh", new_due_at="", signer="p1", round=number
    )


ONCE = {"allowed": True, "amount": 3, "unit": "working_day"}
EXTENSIONS: list[tuple[dict[str, object], list[Event], str]] = [
    # 5 working days from Mon 02/03 08:00 are due Mon 09/03.
    (ONCE, [extended("2026-03-03T09:00")], "2026-03-12T17:00"),  # + 10,11,12
    (ONCE, [extended("2026-03-03T09:00"), extended("2026-03-04T09:00", 2)], "2026-03-12T17:00"),
    (
        {**ONCE, "max_times": 2},
        [extended("2026-03-03T09:00"), extended("2026-03-04T09:00", 2)],
        "2026-03-17T17:00",  # + 13,16,17
    ),
    # a supplement begins anew: 6,9,10,11,12
    (ONCE, [extended("2026-03-03T09:00"), taken("2026-03-05T09:00")], "2026-03-12T17:00"),
    # ... and may be extended after it: 13,16,17
    (
        {**ONCE, "max_times": 2},
        [taken("2026-03-05T09:00"), extended("2026-03-06T09:00")],
        "2026-03-17T17:00",
    ),
    # a day of verification moves what was extended as well
    (
        ONCE,
        [extended("2026-03-03T09:00"), opened("2026-03-04T07:30"), done("2026-03-04T17:00")],
        "2026-03-13T17:00",
    ),
    # calendar days are counted on from Mon 09: Thu 12; Sat 14 → Mon 16
    ({**ONCE, "unit": "calendar_day"}, [extended("2026-03-03T09:00")], "2026-03-12T17:00"),
    (
        {**ONCE, "unit": "calendar_day", "amount": 5},
        [extended("2026-03-03T09:00")],
        "2026-03-16T17:00",
    ),
    ({**ONCE, "unit": "working_hour"}, [extended("2026-03-03T09:00")], "2026-03-10T10:30"),
    ({"allowed": False}, [extended("2026-03-03T09:00")], "2026-03-09T17:00"),
]


@pytest.mark.parametrize(("extension", "history", "expected"), EXTENSIONS)
def test_an_extension_lengthens_the_limit_as_the_procedure_says(
    extension: dict[str, object], history: list[Event], expected: str
) -> None:
    law = procedure(limit_of("5 working_day"), extension=extension)
    found = due(law.time_limit, law, at("2026-03-02T08:00"), "counter", history, OFFICE)
    assert found.due_at == at(expected)


def test_an_extension_is_explained_with_its_source() -> None:
    law = procedure(limit_of("5 working_day"), extension={**ONCE, "source": "Điều 9"})
    received = datetime(2026, 3, 2, 1, tzinfo=at("2026-03-02T08:00").tzinfo)
    history = [extended("2026-03-03T09:00")]
    lines = due(law.time_limit, law, received, "counter", history, OFFICE).explanation
    assert any(line.source == "Điều 9" and "Gia hạn" in line.text for line in lines)
