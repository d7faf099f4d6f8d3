"""THE deadline (thời hạn giải quyết): one pure function of events, procedure and calendar.

Nothing here is stored as truth: a due moment is computed again whenever the record grows, and can
say line by line why it is what it is. Texts that disagree are parameters of the procedure
(rulings 1-3, 7): cut-off, day of reception, restart or pause on a supplement.
"""

from __future__ import annotations

import calendar as months
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from engine.law.procedure import Procedure, Stage, TimeLimit
from engine.law.provisions import OnSupplement, StepClock, Unit
from engine.law.working_time import MINUTE, ZONE, WorkingCalendar
from engine.timing.events import (
    ElementPassed,
    Event,
    ProcessEnded,
    StepCompleted,
    StepEnabled,
    StepEvent,
    StepResumed,
    StepSuspended,
    StepWithdrawn,
    SupplementRequested,
    SupplementTaken,
)

LAST_HOUR = timedelta(hours=1)
DAY_UNITS = frozenset({Unit.WORKING_DAY, Unit.CALENDAR_DAY, Unit.MONTH})


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of an explanation, Vietnamese, with the source of the rule it applies."""

    text: str
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class StageDeadline:
    """One appointment (hẹn lần n): when it began, when it is due, when it was met."""

    id: str
    name: str
    started_at: datetime | None
    due_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """When a dossier is due, and why.

    `due_at` is None while no clock has an end yet (between two appointments). `running` tells
    whether the agency's clock runs now. `overdue` is as of the moment `as_of` was given.
    `official` is false when the schedule of the due date's year has not been announced.
    """

    due_at: datetime | None
    due_on: date | None
    running: bool
    stages: tuple[StageDeadline, ...] = ()
    explanation: tuple[Line, ...] = ()
    official: bool = True
    overdue: bool = False

    def as_of(self, now: datetime) -> Deadline:
        """Return the same deadline with `overdue` judged at this moment."""
        return replace(self, overdue=self.due_at is not None and now > self.due_at)

    def remaining_minutes(self, now: datetime, calendar: WorkingCalendar) -> int | None:
        """Return the working minutes left, negative when late, None without a due moment."""
        return None if self.due_at is None else calendar.working_minutes(now, self.due_at)


@dataclass(frozen=True, kw_only=True)
class _Pause:
    """A stretch that does not count; `end` is None while it lasts."""

    start: datetime
    end: datetime | None
    why: str


def due(
    limit: TimeLimit,
    procedure: Procedure,
    received_at: datetime,
    channel: str,
    history: Sequence[Event],
    calendar: WorkingCalendar,
) -> Deadline:
    """Return the deadline that follows from what happened.

    `received_at` is when the dossier came in, `channel` how; `history` is its events in order.
    Raises OutsideCalendar when a needed year is not loaded.
    """
    limit, lines = _for_channel(limit, channel)
    start, waiting = _counting_start(limit, procedure, received_at, history, lines)
    pauses = _pauses(procedure, history, start)
    ended = any(isinstance(e, ProcessEnded) for e in history)
    running = not ended and not waiting and all(p.end is not None for p in pauses)
    if procedure.stages:
        return _staged(procedure, limit, start, history, (pauses, lines), calendar, running=running)
    moment = base_due(limit, start, calendar, lines)
    moment = _after_pauses(moment, pauses, calendar, lines)
    moment = _extended(moment, history, lines)
    return _deadline(moment, running, (), lines, calendar)


def _deadline(
    moment: datetime | None,
    running: bool,  # noqa: FBT001 - a value, not a switch
    stages: tuple[StageDeadline, ...],
    lines: list[Line],
    calendar: WorkingCalendar,
) -> Deadline:
    local = moment.astimezone(ZONE) if moment is not None else None
    official = local is None or calendar.promise_is_official(local.date())
    if local is not None:
        lines.append(Line(text=f"Hẹn trả: {local:%H:%M ngày %d/%m/%Y}."))
        if not official:
            lines.append(
                Line(text=f"Lịch nghỉ chính thức năm {local.year} chưa nạp; ngày hẹn là dự kiến.")
            )
    return Deadline(
        due_at=moment,
        due_on=local.date() if local is not None else None,
        running=running,
        stages=stages,
        explanation=tuple(lines),
        official=official,
    )


def _for_channel(limit: TimeLimit, channel: str) -> tuple[TimeLimit, list[Line]]:
    """Return the limit of the channel: a procedure may have a shorter one (ruling 7)."""
    own = limit.channel.get(channel)
    source = limit.source
    if own is not None:
        limit = replace(limit, amount=own.amount, unit=own.unit or limit.unit)
        source = own.source or source
    name = {"counter": "trực tiếp", "online": "trực tuyến", "post": "bưu chính"}.get(
        channel, channel
    )
    text = f"Thời hạn {limit.amount} {limit.unit.label} (nộp {name})."
    return limit, [Line(text=text, source=source)]


def _counting_start(
    limit: TimeLimit,
    procedure: Procedure,
    received_at: datetime,
    history: Sequence[Event],
    lines: list[Line],
) -> tuple[datetime, bool]:
    """Return from when the clock counts, and whether a supplement is being waited for.

    Ruling 1: after a supplement the limit starts from zero (`restart`), or goes on (`pause`).
    """
    lines.append(Line(text=f"Tiếp nhận lúc {_at(received_at)}."))
    start, waiting = received_at, False
    source = procedure.supplement.source if procedure.supplement is not None else ""
    for event in history:
        if isinstance(event, SupplementRequested):
            waiting = True
        elif isinstance(event, SupplementTaken):
            waiting = False
            if limit.on_supplement == OnSupplement.RESTART:
                start = event.at
                text = f"Bổ sung đủ lần {event.round} lúc {_at(event.at)}: tính lại từ đầu."
                lines.append(Line(text=text, source=source))
    return start, waiting


def base_due(
    limit: TimeLimit | Stage, start: datetime, calendar: WorkingCalendar, lines: list[Line]
) -> datetime:
    """Return when a limit that starts now ends, if nothing stops its clock."""
    if limit.unit == Unit.HOUR:
        return start + timedelta(hours=limit.amount)
    effective = _effective(getattr(limit, "cut_off", "none"), start, calendar, lines)
    if limit.unit == Unit.WORKING_HOUR:
        return calendar.add_minutes(effective, limit.amount * 60)
    return _due_day(limit, effective.astimezone(ZONE).date(), calendar, lines)


def _effective(
    cut_off: str, start: datetime, calendar: WorkingCalendar, lines: list[Line]
) -> datetime:
    """Return the moment the dossier counts as received: in office hours, before the cut-off."""
    opened = calendar.next_opening(start)
    if opened != start:
        lines.append(Line(text=f"Nhận ngoài giờ làm việc: tính từ {_at(opened)}."))
    if cut_off == "none":
        return opened
    day = opened.astimezone(ZONE).date()
    last = calendar.closing(day) - LAST_HOUR if cut_off == "last_hour" else _clock(day, cut_off)
    # The text says "after": a dossier received at 15:00 sharp is in time.
    if opened <= last:
        return opened
    following = calendar.opening(calendar.add_working_days(day, 1))
    lines.append(Line(text=f"Nhận sau {last.astimezone(ZONE):%H:%M}: tính từ {_at(following)}."))
    return following


def _clock(day: date, text: str) -> datetime:
    hour, minute = text.split(":")
    return datetime(day.year, day.month, day.day, int(hour), int(minute), tzinfo=ZONE)


def _due_day(
    limit: TimeLimit | Stage, first: date, calendar: WorkingCalendar, lines: list[Line]
) -> datetime:
    """Return the closing time of the last day of a limit in days or months.

    The day of reception does not count unless the procedure says so (ruling 3, Bộ luật Dân sự).
    """
    counts = limit.counts_reception_day
    said = "tính cả" if counts else "không tính"
    lines.append(Line(text=f"Ngày nhận {first:%d/%m/%Y} {said}."))
    amount = limit.amount - 1 if counts else limit.amount
    if limit.unit == Unit.WORKING_DAY:
        return calendar.closing(calendar.add_working_days(first, amount))
    last = (
        _add_months(first, limit.amount)
        if limit.unit == Unit.MONTH
        else (first + timedelta(days=amount))
    )
    rolled = calendar.add_working_days(last, 0)
    if rolled != last:
        text = f"Ngày {last:%d/%m/%Y} là ngày nghỉ: chuyển sang {rolled:%d/%m/%Y}."
        lines.append(Line(text=text))
    return calendar.closing(rolled)


def _add_months(day: date, amount: int) -> date:
    total = day.year * 12 + day.month - 1 + amount
    year, month = divmod(total, 12)
    last = months.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def _pauses(procedure: Procedure, history: Iterable[Event], since: datetime) -> list[_Pause]:
    """Return what does not count after the counting start: waiting steps, suspensions.

    A step counts unless the procedure says it does not (verification, tax, payment, opinions);
    a suspension counts only while the agency itself holds the clock.
    """
    opened: dict[tuple[str, str], tuple[datetime, str]] = {}
    pauses: list[_Pause] = []
    for event in history:
        if not isinstance(event, StepEvent):
            continue
        key, begins, why = _clock_change(procedure, event)
        if begins:
            opened[key] = (event.at, why)
        elif key in opened:
            began, why = opened.pop(key)
            pauses.append(_Pause(start=began, end=event.at, why=why))
    pauses += [_Pause(start=at, end=None, why=why) for at, why in opened.values()]
    kept = [p for p in pauses if p.end is None or p.end > since]
    return _merged([replace(p, start=max(p.start, since)) for p in kept])


def _clock_change(procedure: Procedure, event: StepEvent) -> tuple[tuple[str, str], bool, str]:
    """Return which clock an event touches, whether it stops the agency's, and why."""
    law = procedure.steps.get(event.element)
    if isinstance(event, StepSuspended):
        return ("suspension", event.step), event.clock != StepClock.AGENCY, event.ground
    if isinstance(event, StepResumed):
        return ("suspension", event.step), False, ""
    uncounted = law is not None and not law.counted
    begins = uncounted and isinstance(event, StepEnabled)
    ends = isinstance(event, StepCompleted | StepWithdrawn)
    name = event.name or event.element if isinstance(event, StepEnabled) else ""
    key = ("step" if begins or ends else "other", event.step)
    return key, begins, name


def _merged(pauses: list[_Pause]) -> list[_Pause]:
    """Return pauses that overlap as one: time is not subtracted twice."""
    merged: list[_Pause] = []
    for pause in sorted(pauses, key=lambda p: p.start):
        last = merged[-1] if merged else None
        if last is None or (last.end is not None and pause.start > last.end):
            merged.append(pause)
        elif last.end is not None:
            end = None if pause.end is None else max(last.end, pause.end)
            why = last.why if pause.why in last.why else f"{last.why}, {pause.why}"
            merged[-1] = _Pause(start=last.start, end=end, why=why)
    return merged


def _after_pauses(
    moment: datetime, pauses: Iterable[_Pause], calendar: WorkingCalendar, lines: list[Line]
) -> datetime:
    """Move the due moment on by the working time that did not count."""
    seconds = 0
    for pause in pauses:
        if pause.end is None:
            lines.append(Line(text=f"Đang chờ «{pause.why}» từ {_at(pause.start)}: không tính."))
            continue
        length = calendar.working_seconds(pause.start, pause.end)
        seconds += length
        stretch = f"{_at(pause.start)} đến {_at(pause.end)}"
        text = f"Không tính «{pause.why}» {stretch}: {length // MINUTE} phút làm việc."
        lines.append(Line(text=text))
    return calendar.add_seconds(moment, seconds)


def _extended(moment: datetime, history: Iterable[Event], lines: list[Line]) -> datetime:
    """Return the new date of an apology, which replaces the old one (hẹn lại, một lần)."""
    for event in history:
        new = getattr(event, "new_due_at", None)
        if new is not None:
            moment = datetime.fromisoformat(new).astimezone(ZONE)
            lines.append(Line(text=f"Gia hạn ngày {_at(event.at)}: hẹn lại {_at(moment)}."))
    return moment


def _staged(  # noqa: PLR0913 - a deadline in several appointments
    procedure: Procedure,
    limit: TimeLimit,
    start: datetime,
    history: Sequence[Event],
    found: tuple[list[_Pause], list[Line]],
    calendar: WorkingCalendar,
    *,
    running: bool,
) -> Deadline:
    """Return the deadline of a procedure with several appointments: the current one is due."""
    pauses, lines = found
    stages: list[StageDeadline] = []
    for stage in procedure.stages:
        began = _completed(stage.from_element, history, start) if stage.from_element else start
        ended = _completed(stage.to_element, history, began) if began and stage.to_element else None
        if began is not None and stages and stages[-1].ended_at is None:
            # Not every path passes where the appointment before ends: it is over when this begins.
            stages[-1] = replace(stages[-1], ended_at=began)
        moment = None
        if began is not None:
            lines.append(Line(text=f"{stage.name}: tính từ {_at(began)}.", source=stage.source))
            moment = base_due(_with_cut_off(stage, limit), began, calendar, lines)
            within = [p for p in pauses if p.start >= began and (ended is None or p.start < ended)]
            moment = _after_pauses(moment, within, calendar, lines)
        stages.append(
            StageDeadline(
                id=stage.id, name=stage.name, started_at=began, due_at=moment, ended_at=ended
            )
        )
    current = next((s for s in stages if s.ended_at is None), stages[-1])
    running = running and current.started_at is not None
    due_at = current.due_at
    if due_at is not None:
        due_at = _extended(due_at, history, lines)
    return _deadline(due_at, running, tuple(stages), lines, calendar)


def _with_cut_off(stage: Stage, limit: TimeLimit) -> TimeLimit:
    return replace(
        limit,
        amount=stage.amount,
        unit=stage.unit,
        counts_reception_day=stage.counts_reception_day,
    )


def _completed(element: str, history: Iterable[Event], since: datetime) -> datetime | None:
    """Return when the element was last completed or passed since a moment, None when it was not."""
    at = None
    for event in history:
        over = isinstance(event, StepCompleted | ElementPassed) and event.element == element
        if over and event.at >= since:
            at = event.at
    return at


def _at(moment: datetime) -> str:
    return f"{moment.astimezone(ZONE):%H:%M %d/%m/%Y}"
