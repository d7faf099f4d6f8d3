"""The rules of a deadline that need a history: pauses, extension, hours, standing still.

Counted by hand as in `test_deadlines`: office hours 7:30-11:30 and 13:00-17:00, received Monday
02/03/2026 at 08:00 unless said otherwise; five working days from then end on Mon 09/03 17:00.
"""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.law.deadlines import Deadline, due
from engine.law.procedure import Procedure
from engine.law.working_time import ZONE
from engine.timing.events import ProcessEnded, StepWithdrawn
from tests.engine.law.calendars import OFFICE
from tests.engine.law.test_deadlines import (
    MONDAY,
    STAGES,
    asked,
    at,
    done,
    limit_of,
    opened,
    procedure,
    resumed,
    suspended,
    taken,
)


def found(law: Procedure, *history: object, received: str = MONDAY) -> Deadline:
    """Return the deadline of a dossier with this history."""
    return due(law.time_limit, law, at(received), "counter", list(history), OFFICE)  # type: ignore[arg-type]


TIMES = [
    # --- waiting that was never counted is not given back ---------------------------------------
    # the day of reception does not count: a whole Monday of waiting changes nothing
    ("5 working_day", MONDAY, [opened(MONDAY), done("2026-03-02T17:00")], "2026-03-09T17:00"),
    # Mon 14:00 to Tue 09:30: only Tuesday's 7:30-9:30 counts, 2 hours
    (
        "5 working_day",
        MONDAY,
        [opened("2026-03-02T14:00"), done("2026-03-03T09:30")],
        "2026-03-10T09:30",
    ),
    # the day of reception counts: Mon 14:00-16:00 is given back, due Tue 09:30
    (
        "1 working_day count",
        MONDAY,
        [opened("2026-03-02T14:00"), done("2026-03-02T16:00")],
        "2026-03-03T09:30",
    ),
    # after the cut-off the clock begins on Tuesday: waiting on Mon 15:40-16:40 gives nothing
    (
        "1 working_day count cut_off=15:00",
        "2026-03-02T15:30",
        [opened("2026-03-02T15:40"), done("2026-03-02T16:40")],
        "2026-03-03T17:00",
    ),
    # after the cut-off, waiting Mon 16:00 to Tue 08:30: one hour of Tuesday, due Wed 08:30
    (
        "1 working_day count cut_off=15:00",
        "2026-03-02T15:30",
        [opened("2026-03-02T16:00"), done("2026-03-03T08:30")],
        "2026-03-04T08:30",
    ),
    # handed in on Sunday 01/03 counts as received on Mon 02/03: 2 + 15 = Tue 17/03
    ("15 calendar_day", "2026-03-01T10:00", [], "2026-03-17T17:00"),
    # restart on Thu 05/03 09:00: waiting on that Thursday gives nothing either
    (
        "5 working_day",
        MONDAY,
        [
            asked("2026-03-03T09:00"),
            taken("2026-03-05T09:00"),
            opened("2026-03-05T09:00"),
            done("2026-03-05T17:00"),
        ],
        "2026-03-12T17:00",
    ),
    # --- a pause on a supplement needs no waiting step ------------------------------------------
    # Tue 7:30 to Wed 17:00 are two days: 09/03 → 11/03
    (
        "5 working_day pause",
        MONDAY,
        [asked("2026-03-03T07:30"), taken("2026-03-04T17:00")],
        "2026-03-11T17:00",
    ),
    # two rounds of half a day (4 hours) each: one day
    (
        "5 working_day pause",
        MONDAY,
        [
            asked("2026-03-03T07:30"),
            taken("2026-03-03T11:30"),
            asked("2026-03-05T13:00", 2),
            taken("2026-03-05T17:00", 2),
        ],
        "2026-03-10T17:00",
    ),
    # over Tết: received Wed 11/02, asked Fri 13/02 16:00, taken Mon 23/02 08:30 = 2 working hours;
    # five days from 11/02: 12, 13, 23, 24, 25/02; + 2 hours = 26/02 09:30
    (
        "5 working_day pause",
        "2026-02-11T09:00",
        [asked("2026-02-13T16:00"), taken("2026-02-23T08:30")],
        "2026-02-26T09:30",
    ),
    # --- a suspension ends with its step -----------------------------------------------------
    (
        "5 working_day",
        MONDAY,
        [suspended("2026-03-03T07:30"), done("2026-03-03T11:30", "work", "t5")],
        "2026-03-10T11:30",
    ),
    (
        "5 working_day",
        MONDAY,
        [
            suspended("2026-03-03T07:30"),
            StepWithdrawn(at=at("2026-03-03T09:30"), step="t5", element="work"),
        ],
        "2026-03-10T09:30",
    ),
    # suspended on the applicant's clock, then on the agency's own: 2 hours, not 4
    (
        "5 working_day",
        MONDAY,
        [
            suspended("2026-03-03T07:30"),
            suspended("2026-03-03T09:30", "agency"),
            resumed("2026-03-03T11:30"),
        ],
        "2026-03-10T09:30",
    ),
    # force majeure does not count either: one day
    (
        "5 working_day",
        MONDAY,
        [suspended("2026-03-03T07:30", "force_majeure"), resumed("2026-03-03T17:00")],
        "2026-03-10T17:00",
    ),
    # one step inside another: Tue 7:30 to Wed 17:00 contains Tue 13:00-17:00, two days in all
    (
        "5 working_day",
        MONDAY,
        [
            opened("2026-03-03T07:30", step="t1"),
            opened("2026-03-03T13:00", step="t2"),
            done("2026-03-03T17:00", step="t2"),
            done("2026-03-04T17:00", step="t1"),
        ],
        "2026-03-11T17:00",
    ),
    # --- hours on the wall: all of the waiting is given back, night or not -----------------------
    (
        "12 hour",
        "2026-03-02T20:00",
        [opened("2026-03-02T22:00"), done("2026-03-03T00:00")],
        "2026-03-03T10:00",
    ),
    # working hours received at 18:00 begin at 7:30; waiting 19:00-08:30 gives back one hour
    (
        "8 working_hour",
        "2026-03-02T18:00",
        [opened("2026-03-02T19:00"), done("2026-03-03T08:30")],
        "2026-03-04T08:30",
    ),
    # --- make-up days and swaps count like any working day ---------------------------------------
    # received Thu 08/01/2026, 2 days: Fri 09, Sat 10 (make-up); waiting all Saturday → Mon 12
    (
        "2 working_day",
        "2026-01-08T09:00",
        [opened("2026-01-10T07:30"), done("2026-01-10T17:00")],
        "2026-01-12T17:00",
    ),
    # waiting through the swapped Monday 31/08 and National Day gives nothing: all of it is off
    (
        "2 working_day",
        "2026-08-27T09:00",
        [opened("2026-08-28T17:00"), done("2026-09-03T07:30")],
        "2026-09-03T17:00",
    ),
    # waiting through the make-up Saturday 22/08: one day. 3 days from Thu 20/08: 21, 22, 24 → 25
    (
        "3 working_day",
        "2026-08-20T09:00",
        [opened("2026-08-22T07:30"), done("2026-08-22T17:00")],
        "2026-08-25T17:00",
    ),
    # Saturday 26/04/2025 made up for Friday 02/05/2025: 5 days from Fri 25/04/2025 are
    # 26, 28, 29/04, 05, 06/05 (30/04, 01, 02/05 off)
    ("5 working_day", "2025-04-25T09:00", [], "2025-05-06T17:00"),
]


@pytest.mark.parametrize(("limit", "received", "history", "expected"), TIMES)
def test_time_that_did_not_count(limit: str, received: str, history: list, expected: str) -> None:
    deadline = found(procedure(limit_of(limit)), *history, received=received)
    assert deadline.due_at == at(expected)
    assert deadline.running


LONGER = {"allowed": True, "element": "extend", "amount": 10, "unit": "calendar_day"}
EXTENSIONS = [
    # 15 + 10 = 25 calendar days from 02/03: Fri 27/03
    ("15 calendar_day", LONGER, [done("2026-03-16T09:00", "extend", "t7")], "2026-03-27T17:00"),
    # once only: the second decision gives nothing
    (
        "15 calendar_day",
        LONGER,
        [done("2026-03-16T09:00", "extend", "t7"), done("2026-03-17T09:00", "extend", "t8")],
        "2026-03-27T17:00",
    ),
    # twice where the law allows it: 35 days from 02/03 = 06/04 (Monday)
    (
        "15 calendar_day",
        LONGER | {"max_times": 2},
        [done("2026-03-16T09:00", "extend", "t7"), done("2026-03-17T09:00", "extend", "t8")],
        "2026-04-06T17:00",
    ),
    # the whole of it rolls once: 13 + 10 = 23 days = Wed 25/03, though 13 days alone end Sun 15/03
    ("13 calendar_day", LONGER, [done("2026-03-13T09:00", "extend", "t7")], "2026-03-25T17:00"),
    # another unit is counted from the end: 5 days end Mon 09/03, + 10 calendar days = Thu 19/03
    ("5 working_day", LONGER, [done("2026-03-09T09:00", "extend", "t7")], "2026-03-19T17:00"),
    # 02 + 9 = Wed 11/03, + 2 working days = Fri 13/03
    (
        "9 calendar_day",
        LONGER | {"amount": 2, "unit": "working_day"},
        [done("2026-03-10T09:00", "extend", "t7")],
        "2026-03-13T17:00",
    ),
    # + 4 working hours from Mon 09/03 17:00 = Tue 10/03 11:30
    (
        "5 working_day",
        LONGER | {"amount": 4, "unit": "working_hour"},
        [done("2026-03-09T09:00", "extend", "t7")],
        "2026-03-10T11:30",
    ),
    # + 3 hours on the wall
    (
        "5 working_day",
        LONGER | {"amount": 3, "unit": "hour"},
        [done("2026-03-09T09:00", "extend", "t7")],
        "2026-03-09T20:00",
    ),
    # + 1 month from 09/03
    (
        "5 working_day",
        LONGER | {"amount": 1, "unit": "month"},
        [done("2026-03-09T09:00", "extend", "t7")],
        "2026-04-09T17:00",
    ),
    # extension and one day of verification: 27/03 is Friday → Mon 30/03
    (
        "15 calendar_day",
        LONGER,
        [
            opened("2026-03-03T07:30"),
            done("2026-03-03T17:00"),
            done("2026-03-16T09:00", "extend", "t7"),
        ],
        "2026-03-30T17:00",
    ),
    # a restart forgets the extension: 15 days from Wed 18/03 are Thu 02/04, and it was used up
    (
        "15 calendar_day",
        LONGER,
        [
            done("2026-03-16T09:00", "extend", "t7"),
            asked("2026-03-17T09:00"),
            taken("2026-03-18T09:00"),
            done("2026-03-19T09:00", "extend", "t8"),
        ],
        "2026-04-02T17:00",
    ),
    # not allowed, and not decided: nothing moves
    (
        "15 calendar_day",
        LONGER | {"allowed": False},
        [done("2026-03-16T09:00", "extend", "t7")],
        "2026-03-17T17:00",
    ),
    ("15 calendar_day", LONGER, [], "2026-03-17T17:00"),
]


@pytest.mark.parametrize(("limit", "extension", "history", "expected"), EXTENSIONS)
def test_an_extension_makes_the_limit_longer(
    limit: str, extension: dict, history: list, expected: str
) -> None:
    law = procedure(limit_of(limit), extension=extension)
    assert found(law, *history).due_at == at(expected)


def test_an_extension_says_so_with_its_source() -> None:
    law = procedure(limit_of("15 calendar_day"), extension=LONGER | {"source": "Điều 102"})
    lines = found(law, done("2026-03-16T09:00", "extend", "t7")).explanation
    assert [(x.text, x.source) for x in lines if "Gia hạn" in x.text] == [
        ("Gia hạn lúc 09:00 16/03/2026: thêm 10 ngày.", "Điều 102")
    ]


def test_a_due_date_on_a_day_off_stays_where_the_procedure_says_so() -> None:
    law = procedure(limit_of("20 calendar_day") | {"rolls_forward": False})
    deadline = found(law)
    assert deadline.due_at == at("2026-03-22T17:00")  # a Sunday
    assert "không chuyển ngày" in deadline.explanation[-2].text


def test_nobody_is_late_while_the_clock_stands() -> None:
    law = procedure(limit_of("5 working_day"))
    deadline = found(law, opened("2026-03-09T15:00"))
    assert deadline.paused_since == at("2026-03-09T15:00")
    assert not deadline.as_of(at("2026-04-01T09:00")).overdue
    assert deadline.remaining_minutes(at("2026-04-01T09:00"), OFFICE) == 120


def test_a_dossier_that_ended_is_judged_when_it_ended() -> None:
    law = procedure(limit_of("5 working_day"))
    in_time = found(law, ProcessEnded(at=at("2026-03-09T16:00"), outcome="completed"))
    late = found(law, ProcessEnded(at=at("2026-03-10T08:30"), outcome="completed"))
    assert not in_time.as_of(at("2026-05-01T09:00")).overdue
    assert late.as_of(at("2026-05-01T09:00")).overdue
    assert late.remaining_minutes(at("2026-05-01T09:00"), OFFICE) == -60
    resolved = found(law).ended(at("2026-03-09T16:00"))
    assert not resolved.running
    assert not resolved.as_of(at("2026-05-01T09:00")).overdue


def test_waiting_between_two_appointments_belongs_to_neither() -> None:
    law = procedure(limit_of("8 working_day"), stages=STAGES)
    # tax is waited for from the end of the first appointment; payment begins the second
    deadline = found(
        law,
        done("2026-03-06T10:00", "to_tax", "t3"),
        opened("2026-03-06T10:00"),
        done("2026-03-20T10:00"),
        done("2026-03-20T10:00", "paid", "t4"),
    )
    assert [s.due_at for s in deadline.stages] == [at("2026-03-09T17:00"), at("2026-03-25T17:00")]


def test_waiting_inside_an_appointment_moves_that_one() -> None:
    law = procedure(limit_of("8 working_day"), stages=STAGES)
    # verification of one day on Tue 03/03: the first is due Tue 10/03
    first = found(law, opened("2026-03-03T07:30"), done("2026-03-03T17:00"))
    assert first.due_at == at("2026-03-10T17:00")
    # verification that goes on into the second appointment, from Fri 20/03 10:00 (reception day,
    # not counted) to Mon 23/03 17:00: one day, so 23, 24, 25 → Thu 26/03
    second = found(
        law,
        done("2026-03-06T10:00", "to_tax", "t3"),
        opened("2026-03-19T07:30"),
        done("2026-03-20T10:00", "paid", "t4"),
        done("2026-03-23T17:00"),
    )
    assert second.due_at == at("2026-03-26T17:00")


WORKING_DAYS = st.dates(datetime(2026, 1, 5).date(), datetime(2026, 11, 20).date())  # noqa: DTZ001


@given(WORKING_DAYS, st.integers(1, 15), st.integers(0, 40))
def test_a_dossier_received_later_is_never_due_earlier(day, amount: int, later: int) -> None:
    law = procedure({"amount": amount, "unit": "working_day", "cut_off": "15:00"})
    start = datetime.combine(day, datetime.min.time(), ZONE)
    first = OFFICE.add_minutes(start, 60)
    second = OFFICE.add_minutes(first, later * 60)
    one = due(law.time_limit, law, first, "counter", [], OFFICE).due_at
    two = due(law.time_limit, law, second, "counter", [], OFFICE).due_at
    assert one is not None
    assert two is not None
    assert first <= one <= two
