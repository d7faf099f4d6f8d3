"""The deadline, as a table of cases counted by hand (the arithmetic stands beside each).

Office hours 7:30-11:30 and 13:00-17:00. Days off used: Tết 16-20/02/2026, Giỗ Tổ Sun 26/04 → Mon
27/04, 30/04-01/05, 02/01 ↔ Sat 10/01, Mon 31/08 ↔ Sat 22/08, 01-02/09/2026.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.law.deadlines import due
from engine.law.procedure import Procedure, parse_procedure
from engine.law.working_time import ZONE
from engine.timing.events import (
    ElementPassed,
    ProcessEnded,
    StepCompleted,
    StepEnabled,
    StepResumed,
    StepSuspended,
    StepWithdrawn,
    SupplementRequested,
    SupplementTaken,
)
from tests.engine.law.calendars import OFFICE


def at(text: str) -> datetime:
    """Return a moment of Viet Nam."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def procedure(limit: dict, **more: object) -> Procedure:
    """Return a procedure with this limit and a step `verify` that does not count."""
    return parse_procedure(
        {
            "code": "1.000001",
            "name": "Thủ tục thử",
            "field": "Thử",
            "level": "commune",
            "version": "1",
            "effective_from": date(2025, 7, 1),
            "time_limit": limit,
            "steps": {
                "verify": {"status": 4, "counted": False, "clock": "other_agency"},
                "work": {"status": 4, "norm_minutes": 60},
                "extend": {"status": 4},
            },
            **more,
        }
    )


def limit_of(text: str) -> dict:
    """Read `5 working_day cut_off=15:00 count pause`."""
    amount, unit, *rest = text.split()
    values: dict = {"amount": int(amount), "unit": unit}
    for word in rest:
        if word.startswith("cut_off="):
            values["cut_off"] = word.removeprefix("cut_off=")
        elif word == "count":
            values["counts_reception_day"] = True
        elif word == "pause":
            values["on_supplement"] = "pause"
    return values


CASES = [
    # --- working days, day of reception not counted -------------------------------------------
    ("5 working_day", "2026-03-02T08:00", "2026-03-09T17:00"),  # Mon +5: 3,4,5,6,9
    ("1 working_day", "2026-03-02T08:00", "2026-03-03T17:00"),  # Tue
    ("1 working_day", "2026-03-06T16:59", "2026-03-09T17:00"),  # Fri → Mon
    ("5 working_day", "2026-02-13T15:30", "2026-02-27T17:00"),  # Tết: 23,24,25,26,27
    ("8 working_day", "2026-02-13T15:30", "2026-03-04T17:00"),  # 23-27/02, 02,03,04/03
    (
        "3 working_day",
        "2026-04-24T09:00",
        "2026-04-30T17:00~2026-05-04",
    ),  # 28,29, then 30/4-1/5 off: 04/05
    ("1 working_day", "2026-01-01T09:00", "2026-01-06T17:00"),  # holiday: from Mon 05, +1
    ("1 working_day", "2025-12-31T09:00", "2026-01-05T17:00"),  # 01, 02 off, 03-04 weekend
    ("1 working_day", "2026-01-09T09:00", "2026-01-10T17:00"),  # make-up Saturday works
    ("2 working_day", "2026-01-09T09:00", "2026-01-12T17:00"),  # Sat 10, Mon 12
    ("1 working_day", "2026-08-21T09:00", "2026-08-22T17:00"),  # make-up Saturday 22/08
    ("5 working_day", "2026-08-27T09:00", "2026-09-08T17:00"),  # 28; 31,01,02 off; 03,04,07,08
    ("20 working_day", "2026-03-02T09:00", "2026-03-30T17:00"),  # four weeks
    ("10 working_day", "2026-03-02T09:00", "2026-03-16T17:00"),  # two weeks
    ("1 working_day", "2026-03-07T09:00", "2026-03-10T17:00"),  # Saturday: from Mon 09, +1
    ("1 working_day", "2026-03-02T18:00", "2026-03-04T17:00"),  # after closing: from Tue 03, +1
    ("1 working_day", "2026-03-02T06:00", "2026-03-03T17:00"),  # before opening: the same day
    ("1 working_day", "2026-03-02T12:00", "2026-03-03T17:00"),  # at lunch: the same day
    # --- working days, day of reception counted ------------------------------------------------
    ("1 working_day count", "2026-03-02T08:00", "2026-03-02T17:00"),  # the same day
    ("3 working_day count", "2026-03-02T08:00", "2026-03-04T17:00"),  # 2,3,4
    ("1 working_day count", "2026-03-07T08:00", "2026-03-09T17:00"),  # Saturday → Monday
    ("2 working_day count", "2026-03-06T08:00", "2026-03-09T17:00"),  # Fri, Mon
    # --- cut-off at 15:00 (civil status) -------------------------------------------------------
    ("1 working_day count cut_off=15:00", "2026-03-02T14:59", "2026-03-02T17:00"),
    (
        "1 working_day count cut_off=15:00",
        "2026-03-02T15:00",
        "2026-03-02T17:00",
    ),  # not after 15:00
    ("1 working_day count cut_off=15:00", "2026-03-02T15:01", "2026-03-03T17:00"),
    ("1 working_day count cut_off=15:00", "2026-03-06T15:30", "2026-03-09T17:00"),  # Friday
    ("1 working_day count cut_off=15:00", "2026-02-13T15:30", "2026-02-23T17:00"),  # before Tết
    ("1 working_day count cut_off=15:00", "2026-03-02T19:00", "2026-03-03T17:00"),  # in the evening
    ("1 working_day count cut_off=15:00", "2026-03-02T05:00", "2026-03-02T17:00"),  # before opening
    ("3 working_day cut_off=15:00", "2026-03-02T15:30", "2026-03-06T17:00"),  # day 0 = Tue: 4,5,6
    # --- cut-off in the last hour --------------------------------------------------------------
    ("1 working_day count cut_off=last_hour", "2026-03-02T15:59", "2026-03-02T17:00"),
    ("1 working_day count cut_off=last_hour", "2026-03-02T16:00", "2026-03-02T17:00"),
    ("1 working_day count cut_off=last_hour", "2026-03-02T16:01", "2026-03-03T17:00"),
    ("5 working_day cut_off=last_hour", "2026-03-06T16:30", "2026-03-16T17:00"),  # day 0 Mon 9
    # --- calendar days, rolled forward ---------------------------------------------------------
    ("15 calendar_day", "2026-03-02T09:00", "2026-03-17T17:00"),  # 2+15 = Tue 17
    ("15 calendar_day", "2026-02-13T15:30", "2026-03-02T17:00"),  # 28/02 Sat → Mon 02/03
    ("10 calendar_day", "2026-02-09T09:00", "2026-02-23T17:00"),  # 19/02 Tết → Mon 23/02
    ("20 calendar_day", "2026-03-02T09:00", "2026-03-23T17:00"),  # Sun 22 → Mon 23
    ("3 calendar_day count", "2026-03-02T09:00", "2026-03-04T17:00"),  # 2,3,4
    ("1 calendar_day", "2026-03-06T09:00", "2026-03-09T17:00"),  # Sat 7 → Mon 9
    # --- months --------------------------------------------------------------------------------
    ("1 month", "2026-03-02T09:00", "2026-04-02T17:00"),
    ("1 month", "2027-01-29T09:00", "2027-03-01T17:00"),  # 28/02/2027 is a Sunday → 01/03
    ("3 month", "2026-03-31T09:00", "2026-06-30T17:00"),  # June has 30 days
    ("6 month", "2026-02-27T09:00", "2026-08-27T17:00"),
    # --- hours -----------------------------------------------------------------------------------
    ("8 working_hour", "2026-03-02T07:30", "2026-03-02T17:00"),  # one day
    ("8 working_hour", "2026-03-02T10:00", "2026-03-03T10:00"),  # 1:30 + 4:00 + 2:30
    ("2 working_hour", "2026-03-06T16:00", "2026-03-09T08:30"),  # 1:00 + 1:00
    ("4 working_hour", "2026-03-02T12:00", "2026-03-02T17:00"),  # from 13:00
    ("168 working_hour", "2026-03-02T07:30", "2026-03-30T17:00"),  # 21 days of 8 hours
    ("12 hour", "2026-03-02T20:00", "2026-03-03T08:00"),  # on the wall
    ("48 hour", "2026-03-06T20:00", "2026-03-08T20:00"),  # a weekend counts
]


@pytest.mark.parametrize(("limit", "received", "expected"), CASES)
def test_a_limit_without_anything_else(limit: str, received: str, expected: str) -> None:
    expected = f"{expected.split('~')[1]}T17:00" if "~" in expected else expected
    law = procedure(limit_of(limit))
    found = due(law.time_limit, law, at(received), "counter", [], OFFICE)
    assert found.due_at == at(expected)
    assert found.due_on == at(expected).date()
    assert found.running
    assert len(found.explanation) >= 2


def opened(moment: str, element: str = "verify", step: str = "t9") -> StepEnabled:
    """Return the opening of a step."""
    return StepEnabled(at=at(moment), step=step, element=element, element_kind="receiveTask")


def done(moment: str, element: str = "verify", step: str = "t9") -> StepCompleted:
    """Return the completion of a step."""
    return StepCompleted(at=at(moment), step=step, element=element)


def asked(moment: str, number: int = 1) -> SupplementRequested:
    """Return a supplement request."""
    return SupplementRequested(at=at(moment), step="t1", round=number)


def taken(moment: str, number: int = 1) -> SupplementTaken:
    """Return a supplement."""
    return SupplementTaken(at=at(moment), round=number)


def suspended(moment: str, clock: str = "applicant") -> StepSuspended:
    """Return a suspension."""
    return StepSuspended(
        at=at(moment), step="t5", element="work", clock=clock, ground="chờ nộp tiền"
    )


def resumed(moment: str) -> StepResumed:
    """Return a resumption."""
    return StepResumed(at=at(moment), step="t5", element="work")


MONDAY = "2026-03-02T08:00"
HISTORIES = [
    # 5 working days from Mon 02/03 are due Mon 09/03 17:00; one day = 480 minutes.
    ("5 working_day", [opened("2026-03-03T07:30"), done("2026-03-03T17:00")], "2026-03-10T17:00"),
    ("5 working_day", [opened("2026-03-03T08:00"), done("2026-03-03T10:00")], "2026-03-10T09:30"),
    ("5 working_day", [opened("2026-03-03T07:30"), done("2026-03-05T17:00")], "2026-03-12T17:00"),
    # over a weekend: Fri 16:00 to Mon 08:30 are 2 working hours
    ("5 working_day", [opened("2026-03-06T16:00"), done("2026-03-09T08:30")], "2026-03-10T09:30"),
    # outside office hours nothing is lost
    ("5 working_day", [opened("2026-03-03T17:00"), done("2026-03-04T07:30")], "2026-03-09T17:00"),
    # a step withdrawn stops waiting as well
    (
        "5 working_day",
        [
            opened("2026-03-03T07:30"),
            StepWithdrawn(at=at("2026-03-03T17:00"), step="t9", element="verify"),
        ],
        "2026-03-10T17:00",
    ),
    # two that overlap are not subtracted twice: 3/3 07:30 to 4/3 17:00 = 2 days
    (
        "5 working_day",
        [
            opened("2026-03-03T07:30", step="t1"),
            opened("2026-03-03T13:00", step="t2"),
            done("2026-03-03T17:00", step="t1"),
            done("2026-03-04T17:00", step="t2"),
        ],
        "2026-03-11T17:00",
    ),
    # two apart: 1 day + 1 day
    (
        "5 working_day",
        [
            opened("2026-03-03T07:30", step="t1"),
            done("2026-03-03T17:00", step="t1"),
            opened("2026-03-05T07:30", step="t2"),
            done("2026-03-05T17:00", step="t2"),
        ],
        "2026-03-11T17:00",
    ),
    # a step that counts moves nothing
    (
        "5 working_day",
        [opened(MONDAY, "work"), done("2026-03-06T17:00", "work")],
        "2026-03-09T17:00",
    ),
    # a suspension on the applicant's clock, 4 hours
    (
        "5 working_day",
        [suspended("2026-03-03T07:30"), resumed("2026-03-03T11:30")],
        "2026-03-10T11:30",
    ),
    # a suspension on the agency's own clock gives nothing
    (
        "5 working_day",
        [suspended("2026-03-03T07:30", "agency"), resumed("2026-03-03T11:30")],
        "2026-03-09T17:00",
    ),
    # restart: supplement on Thu 05/03 09:00, five days anew: 6,9,10,11,12
    ("5 working_day", [asked("2026-03-03T09:00"), taken("2026-03-05T09:00")], "2026-03-12T17:00"),
    # restart forgets what was paused before it
    (
        "5 working_day",
        [
            opened("2026-03-02T09:00"),
            done("2026-03-03T09:00"),
            asked("2026-03-03T10:00"),
            taken("2026-03-05T09:00"),
        ],
        "2026-03-12T17:00",
    ),
    # twice: the second counts
    (
        "5 working_day",
        [
            asked("2026-03-03T09:00"),
            taken("2026-03-05T09:00"),
            asked("2026-03-06T09:00", 2),
            taken("2026-03-09T09:00", 2),
        ],
        "2026-03-16T17:00",
    ),
    # restart late in the day with a cut-off: received anew after 15:00 → next day
    (
        "1 working_day count cut_off=15:00",
        [asked("2026-03-02T09:00"), taken("2026-03-03T15:30")],
        "2026-03-04T17:00",
    ),
    # calendar days: 15 from Mon 02/03 = Tue 17/03; one working day of verification → Wed 18/03
    ("15 calendar_day", [opened("2026-03-03T07:30"), done("2026-03-03T17:00")], "2026-03-18T17:00"),
    # working hours: 8 from 08:00 = Tue 03/03 08:00... + 2 hours
    ("8 working_hour", [opened("2026-03-02T09:00"), done("2026-03-02T11:00")], "2026-03-03T10:00"),
    # pause on a supplement: the waiting step does not count, nothing starts anew
    (
        "5 working_day pause",
        [
            asked("2026-03-03T07:30"),
            opened("2026-03-03T07:30"),
            done("2026-03-04T17:00"),
            taken("2026-03-04T17:00"),
        ],
        "2026-03-11T17:00",
    ),
]


@pytest.mark.parametrize(("limit", "history", "expected"), HISTORIES)
def test_what_happens_moves_the_deadline(limit: str, history: list, expected: str) -> None:
    law = procedure(limit_of(limit))
    found = due(law.time_limit, law, at(MONDAY), "counter", history, OFFICE)
    assert found.due_at == at(expected)
    assert found.running


def test_an_open_wait_stops_the_clock() -> None:
    law = procedure(limit_of("5 working_day"))
    for history in ([opened("2026-03-03T09:00")], [asked("2026-03-03T09:00")], [suspended(MONDAY)]):
        found = due(law.time_limit, law, at(MONDAY), "counter", history, OFFICE)
        assert not found.running
    ended = [ProcessEnded(at=at("2026-03-03T09:00"), outcome="completed")]
    assert not due(law.time_limit, law, at(MONDAY), "counter", ended, OFFICE).running


def test_a_channel_may_have_a_shorter_limit() -> None:
    limit = {**limit_of("5 working_day"), "channel": {"online": {"amount": 3}}}
    law = procedure(limit)
    assert due(law.time_limit, law, at(MONDAY), "online", [], OFFICE).due_at == at(
        "2026-03-05T17:00"
    )
    assert due(law.time_limit, law, at(MONDAY), "post", [], OFFICE).due_at == at("2026-03-09T17:00")


STAGES = [
    {"id": "first", "name": "Hẹn lần 1", "amount": 5, "unit": "working_day", "to": "to_tax"},
    {
        "id": "second",
        "name": "Hẹn lần 2",
        "amount": 3,
        "unit": "working_day",
        "from": "paid",
        "to": "sign",
    },
]


def test_two_appointments_follow_one_another() -> None:
    law = procedure(limit_of("8 working_day"), stages=STAGES)

    def found(*history: object):
        return due(law.time_limit, law, at(MONDAY), "counter", list(history), OFFICE)  # type: ignore[arg-type]

    first = found()
    assert first.due_at == at("2026-03-09T17:00")  # 3,4,5,6,9
    sent = done("2026-03-06T10:00", "to_tax", "t3")
    between = found(sent)
    assert between.due_at is None
    assert not between.running
    paid = done("2026-03-20T10:00", "paid", "t4")
    second = found(sent, paid)
    assert second.due_at == at("2026-03-25T17:00")  # 23,24,25
    assert second.running
    assert [s.ended_at for s in second.stages] == [at("2026-03-06T10:00"), None]
    signed = found(sent, paid, done("2026-03-24T09:00", "sign", "t5"))
    assert signed.due_at == at("2026-03-25T17:00")


def test_a_second_appointment_may_begin_at_a_gateway_that_every_path_passes() -> None:
    stages = [STAGES[0], STAGES[1] | {"from": "duty_done"}]
    law = procedure(limit_of("8 working_day"), stages=stages)
    passed = ElementPassed(
        at=at("2026-03-05T10:00"), element="duty_done", element_kind="exclusiveGateway"
    )
    found = due(law.time_limit, law, at(MONDAY), "counter", [passed], OFFICE)
    assert found.due_at == at("2026-03-10T17:00")  # 6,9,10
    assert [s.ended_at for s in found.stages] == [passed.at, None]


def test_overdue_is_a_question_of_when_one_asks() -> None:
    law = procedure(limit_of("5 working_day"))
    found = due(law.time_limit, law, at(MONDAY), "counter", [], OFFICE)
    assert not found.as_of(at("2026-03-09T17:00")).overdue
    assert found.as_of(at("2026-03-09T17:01")).overdue
    assert found.remaining_minutes(at("2026-03-09T16:00"), OFFICE) == 60
    assert found.remaining_minutes(at("2026-03-10T08:30"), OFFICE) == -60


def test_a_year_without_an_official_schedule_is_told() -> None:
    law = procedure(limit_of("5 working_day"))
    found = due(law.time_limit, law, at("2027-03-01T08:00"), "counter", [], OFFICE)
    assert not found.official
    assert "dự kiến" in found.explanation[-1].text


def test_the_explanation_names_every_rule_that_moved_the_date() -> None:
    law = procedure(limit_of("1 working_day count cut_off=15:00"))
    history = [opened("2026-02-23T08:00"), done("2026-02-23T10:00")]
    found = due(law.time_limit, law, at("2026-02-13T15:30"), "counter", history, OFFICE)
    texts = [line.text for line in found.explanation]
    assert texts == [
        "Thời hạn 1 ngày làm việc (nộp trực tiếp).",
        "Tiếp nhận lúc 15:30 13/02/2026.",
        "Nhận sau 15:00: tính từ 07:30 23/02/2026.",
        "Ngày nhận 23/02/2026 tính cả.",
        "Không tính «verify» 08:00 23/02/2026 đến 10:00 23/02/2026: 120 phút làm việc.",
        "Hẹn trả: 09:30 ngày 24/02/2026.",
    ]


MOMENTS = st.datetimes(datetime(2026, 1, 5), datetime(2026, 11, 30))  # noqa: DTZ001 - made aware below
UNITS = st.sampled_from(["working_day", "calendar_day", "working_hour", "month"])


@given(MOMENTS, st.integers(1, 6), UNITS, st.integers(0, 2000))
def test_paused_minutes_move_the_due_moment_by_exactly_that(
    moment: datetime, amount: int, unit: str, paused: int
) -> None:
    law = procedure({"amount": amount, "unit": unit})
    received = moment.replace(tzinfo=ZONE)
    plain = due(law.time_limit, law, received, "counter", [], OFFICE).due_at
    # Where the day of reception does not count, waiting on that day cannot be given back either.
    first_day = OFFICE.next_opening(received)
    later = OFFICE.opening(OFFICE.add_working_days(first_day.date(), 1))
    began = first_day if unit == "working_hour" else later
    ended = OFFICE.add_minutes(began, paused)
    history = [
        StepEnabled(at=began, step="t9", element="verify", element_kind="receiveTask"),
        StepCompleted(at=ended, step="t9", element="verify"),
    ]
    moved = due(law.time_limit, law, received, "counter", history, OFFICE).due_at
    assert plain is not None
    assert moved is not None
    assert OFFICE.working_minutes(plain, moved) == paused


@given(MOMENTS, st.integers(1, 20), UNITS)
def test_a_longer_limit_is_never_due_earlier(moment: datetime, amount: int, unit: str) -> None:
    received = moment.replace(tzinfo=ZONE)
    short = procedure({"amount": amount, "unit": unit})
    long = procedure({"amount": amount + 1, "unit": unit})
    if unit == "month" and received + timedelta(days=31 * (amount + 1)) > at("2027-12-01T00:00"):
        return
    first = due(short.time_limit, short, received, "counter", [], OFFICE).due_at
    second = due(long.time_limit, long, received, "counter", [], OFFICE).due_at
    assert first is not None
    assert second is not None
    assert received <= first <= second


@pytest.mark.parametrize(
    ("limit", "received", "said"),
    [
        ("5 working_day", "2026-02-13T15:30", "Trong khoảng này nghỉ 16/02-20/02/2026."),
        ("8 working_hour", "2026-02-13T15:30", "Trong khoảng này nghỉ 16/02-20/02/2026."),
        ("2 working_day", "2026-01-08T09:00", "Trong khoảng này làm bù 10/01/2026."),
        (
            "9 working_day",
            "2025-12-31T09:00",
            "Trong khoảng này nghỉ 01/01-02/01/2026; làm bù 10/01/2026.",
        ),
        ("5 working_day", "2026-03-02T09:00", ""),
    ],
)
def test_the_explanation_names_the_holidays_and_make_up_days_in_between(
    limit: str, received: str, said: str
) -> None:
    law = procedure(limit_of(limit))
    lines = due(law.time_limit, law, at(received), "counter", [], OFFICE).explanation
    assert [line.text for line in lines if "Trong khoảng này" in line.text] == (
        [said] if said else []
    )
