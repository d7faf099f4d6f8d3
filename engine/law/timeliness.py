"""Timeliness (đúng hạn): the two official measures of a result against its due moment, kept apart.

They disagree on purpose (ruling 9): one compares dates, the other moments, and each treats a
supplement in its own way. Not for when a dossier is due: see `deadlines`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from engine.law.working_time import ZONE, WorkingCalendar
from engine.timing.events import Event, ProcessEnded, SupplementRequested, SupplementTaken

REQUESTS_IN_TIME = 1


class Timeliness(StrEnum):
    """How a result, or what is still open, stands to its due date."""

    EARLY = "early"
    ON_TIME = "on_time"
    OVERDUE = "overdue"
    OPEN = "open"

    @property
    def label(self) -> str:
        """The Vietnamese words."""
        return _LABELS[self]


_LABELS = {
    Timeliness.EARLY: "trước hạn",
    Timeliness.ON_TIME: "đúng hạn",
    Timeliness.OVERDUE: "quá hạn",
    Timeliness.OPEN: "chưa đến hạn",
}


@dataclass(frozen=True, kw_only=True)
class Waited:
    """How the applicant was asked for papers: how often, and the working seconds waited for."""

    requests: int = 0
    seconds: int = 0


def control_sheet(
    due_at: datetime | None, finished_at: datetime | None, as_of: datetime
) -> Timeliness:
    """Compare the date of finishing with the due date in force, both in Viet Nam: before is early,
    the same day is on time however late in it, after is overdue; without a due date it is on time.
    What is not finished is overdue from the day after its due date and open until then. A
    supplement has moved the due date already, as the procedure says.

    Source: HV (conditions of the statistics), ruling 9.
    """
    if due_at is None:
        return Timeliness.ON_TIME if finished_at is not None else Timeliness.OPEN
    due_on = due_at.astimezone(ZONE).date()
    if finished_at is None:
        late = as_of.astimezone(ZONE).date() > due_on
        return Timeliness.OVERDUE if late else Timeliness.OPEN
    finished_on = finished_at.astimezone(ZONE).date()
    if finished_on < due_on:
        return Timeliness.EARLY
    return Timeliness.ON_TIME if finished_on == due_on else Timeliness.OVERDUE


def decision_766(
    promised_at: datetime | None,
    finished_at: datetime | None,
    waited: Waited,
    period_end: datetime,
    calendar: WorkingCalendar,
) -> Timeliness:
    """Compare the moment of finishing with the first moment promised, the working time spent
    waiting for a supplement subtracted: not after it is on time, after it is overdue, and nothing
    is early. More than one request for a supplement is overdue whatever the moments. What is not
    finished is taken as finished at the end of the period. Without a promise the statutory limit
    counted from reception stands in its place; without that too it is on time.

    Source: GH:70311388051, GH:70359064382 (Decision 766/QĐ-TTg), ruling 1.
    """
    if waited.requests > REQUESTS_IN_TIME:
        return Timeliness.OVERDUE
    if promised_at is None:
        return Timeliness.ON_TIME
    allowed = calendar.add_seconds(promised_at, waited.seconds)
    finished = finished_at or period_end
    return Timeliness.OVERDUE if finished > allowed else Timeliness.ON_TIME


def step_result(
    enabled_at: datetime,
    norm_minutes: int | None,
    closed_at: datetime | None,
    as_of: datetime,
    calendar: WorkingCalendar,
) -> Timeliness:
    """Compare as the control sheet does: a step is due when its norm in working minutes has passed
    since it was enabled; a step without a norm is never late.

    Source: TT 03/2025 (Phiếu kiểm soát, per-step result).
    """
    due_at = calendar.add_minutes(enabled_at, norm_minutes) if norm_minutes is not None else None
    return control_sheet(due_at, closed_at, as_of)


def waited_for(history: Iterable[Event], period_end: datetime, calendar: WorkingCalendar) -> Waited:
    """Return how often and how long a supplement was waited for, up to the end of the period."""
    requests, seconds = 0, 0
    since: datetime | None = None
    for event in history:
        if event.at > period_end:
            break
        if isinstance(event, SupplementRequested):
            requests += 1
            since = since or event.at
        elif isinstance(event, SupplementTaken | ProcessEnded) and since is not None:
            seconds += calendar.working_seconds(since, event.at)
            since = None
    if since is not None:
        seconds += calendar.working_seconds(since, period_end)
    return Waited(requests=requests, seconds=seconds)
