"""A calculator of deadlines for an office that has a limit and a moment, and no dossier.

It puts the question into the words of `deadlines` and asks there; no rule of counting is here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime

from engine.errors import Rejected
from engine.law.deadlines import Deadline, due
from engine.law.procedure import Procedure
from engine.law.provisions import Level, OnSupplement, Step, StepClock, TimeLimit, Unit
from engine.law.working_time import ZONE, WorkingCalendar
from engine.timing.events import Event, StepCompleted, StepEnabled

PAUSED = "tạm dừng"
_LIMIT = re.compile(r"\s*(\d{1,4})\s+([a-z_]+)\s*")
_CUT_OFF = re.compile(r"none|last_hour|([01]\d|2[0-3]):[0-5]\d")

Stretch = tuple[datetime, datetime]


class BadQuestion(Rejected):
    """What was asked of the calculator cannot be read; the sentence shows how to write it."""

    code = "bad_question"


def read_limit(
    text: str, *, cut_off: str = "none", counts_reception_day: bool = False
) -> TimeLimit:
    """Return the limit a text like `5 working_day` names; raises BadQuestion."""
    match = _LIMIT.fullmatch(text)
    units = [unit.value for unit in Unit]
    if match is None or match[2] not in units or int(match[1]) == 0:
        known = ", ".join(units)
        raise BadQuestion(
            f"Không hiểu thời hạn «{text}»; viết như «5 working_day». Đơn vị: {known}."
        )
    if not _CUT_OFF.fullmatch(cut_off):
        raise BadQuestion(f"Không hiểu giờ chốt «{cut_off}»; viết none, last_hour hoặc 15:00.")
    return TimeLimit(
        amount=int(match[1]),
        unit=Unit(match[2]),
        cut_off=cut_off,
        counts_reception_day=counts_reception_day,
        on_supplement=OnSupplement.PAUSE,
    )


def read_moment(text: str) -> datetime:
    """Return a moment; one without an offset is in office time. Raises BadQuestion."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        moment = None
    if moment is None or "T" not in text:
        example = "2026-02-13T15:30"
        raise BadQuestion(
            f"Không hiểu thời điểm «{text}»; viết ngày và giờ như {example}."
        ) from None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=ZONE)


def read_pause(text: str) -> Stretch:
    """Return the two moments of `FROM/TO`; raises BadQuestion."""
    parts = text.split("/")
    if len(parts) != 2:  # noqa: PLR2004 - from and to
        raise BadQuestion(f"Không hiểu khoảng dừng «{text}»; viết TỪ/ĐẾN, hai thời điểm.")
    start, end = read_moment(parts[0]), read_moment(parts[1])
    if end <= start:
        raise BadQuestion(f"Khoảng dừng «{text}» kết thúc trước khi bắt đầu; hãy đổi chỗ.")
    return start, end


def calculate(
    limit: TimeLimit, received_at: datetime, pauses: Iterable[Stretch], calendar: WorkingCalendar
) -> Deadline:
    """Return the deadline of a dossier received then, whose clock stood in the pauses.

    Raises OutsideCalendar when a needed year is not loaded.
    """
    step = Step(element=PAUSED, counted=False, clock=StepClock.OTHER_AGENCY, status=4)
    procedure = Procedure(
        code="0.000000",
        name="",
        field="",
        level=Level.COMMUNE,
        version="",
        effective_from=date.min,
        time_limit=limit,
        steps={PAUSED: step},
    )
    history: list[Event] = []
    for number, (start, end) in enumerate(sorted(pauses)):
        step_id = f"t{number}"
        opened = StepEnabled(
            at=start, step=step_id, element=PAUSED, element_kind="receiveTask", name=PAUSED
        )
        history += [opened, StepCompleted(at=end, step=step_id, element=PAUSED)]
    history.sort(key=lambda event: event.at)
    return due(limit, procedure, received_at, "", history, calendar)
