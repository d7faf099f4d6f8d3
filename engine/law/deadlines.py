"""THE deadline (thời hạn giải quyết): one pure function of events, procedure and calendar.

Nothing here is stored as truth: a due moment is computed again whenever the record grows, and can
say line by line why it is what it is. Texts that disagree are parameters of the procedure
(rulings 1-3, 7): cut-off, day of reception, restart or pause on a supplement.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from engine.law.chains import LegDeadline, chain_due
from engine.law.counting import Counted, Line, at_text, count, count_on, extended
from engine.law.pauses import Pause, clipped, pauses_of
from engine.law.procedure import Procedure, Stage, TimeLimit
from engine.law.provisions import Extension, OnSupplement, Unit
from engine.law.working_time import MINUTE, ZONE, WorkingCalendar
from engine.timing.events import (
    ApologyIssued,
    DeadlineExtended,
    DossierReceived,
    ElementPassed,
    Event,
    ProcessEnded,
    StepCompleted,
    SupplementRequested,
    SupplementTaken,
)

__all__ = ["Deadline", "LegDeadline", "Line", "StageDeadline", "due", "extensions_given"]

APOLOGY_SOURCE = "TNT:50693ea4bb4bda20"
CHANNEL_NAMES = {"counter": "trực tiếp", "online": "trực tuyến", "post": "bưu chính"}


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
    whether the agency's clock runs; else it stands since `paused_since`, or for good since
    `ended_at`. `overdue` is as of the moment `as_of` was given. `official` is false when the
    schedule of the due date's year has not been announced.
    """

    due_at: datetime | None
    due_on: date | None
    running: bool
    paused_since: datetime | None = None
    ended_at: datetime | None = None
    stages: tuple[StageDeadline, ...] = ()
    legs: tuple[LegDeadline, ...] = ()
    explanation: tuple[Line, ...] = ()
    official: bool = True
    overdue: bool = False

    def ended(self, at: datetime) -> Deadline:
        """Return the same deadline of a dossier whose result was there at a moment."""
        return replace(self, running=False, ended_at=at)

    def as_of(self, now: datetime) -> Deadline:
        """Return the same deadline with `overdue` judged at this moment.

        Nobody is late while the clock stands; what has ended is judged when it ended.
        """
        judged = self.ended_at or now
        goes = self.running or self.ended_at is not None
        overdue = goes and self.due_at is not None and judged > self.due_at
        return replace(self, overdue=overdue)

    def remaining_minutes(self, now: datetime, calendar: WorkingCalendar) -> int | None:
        """Return the working minutes left, negative when late, None without a due moment.

        While the clock stands it is what was left when it stopped.
        """
        if self.due_at is None:
            return None
        return calendar.working_minutes(self.ended_at or self.paused_since or now, self.due_at)


@dataclass(frozen=True, kw_only=True)
class _Case:
    """What a deadline is computed from, and the explanation and legs that grow with it."""

    procedure: Procedure
    limit: TimeLimit
    start: datetime
    waiting_since: datetime | None
    pauses: tuple[Pause, ...]
    history: Sequence[Event]
    calendar: WorkingCalendar
    lines: list[Line]
    legs: list[LegDeadline] = field(default_factory=list)


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
    start, waiting_since = _counting_start(limit, procedure, received_at, history, lines)
    case = _Case(
        procedure=procedure,
        limit=limit,
        start=start,
        waiting_since=waiting_since,
        pauses=tuple(pauses_of(procedure, limit.on_supplement, history)),
        history=history,
        calendar=calendar,
        lines=lines,
    )
    if procedure.stages:
        return _appointed_anew(case, _staged(case))
    return _appointed_anew(case, _deadline(case, _run(case, limit, start, None)))


def _appointed_anew(case: _Case, found: Deadline) -> Deadline:
    """Return the deadline with the new date of an apology (hẹn lại) in place of the old one.

    A supplement that starts the limit from zero afterwards makes the apology void.
    """
    for event in case.history:
        if isinstance(event, ApologyIssued) and event.at >= case.start:
            moment = datetime.fromisoformat(event.new_due_at).astimezone(ZONE)
            text = f"Xin lỗi lúc {at_text(event.at)}: hẹn lại {at_text(moment)}."
            found = replace(
                found,
                due_at=moment,
                due_on=moment.date(),
                official=case.calendar.promise_is_official(moment.date()),
                explanation=(*found.explanation, Line(text=text, source=APOLOGY_SOURCE)),
            )
    return found


def _for_channel(limit: TimeLimit, channel: str) -> tuple[TimeLimit, list[Line]]:
    """Return the limit of the channel: a procedure may have a shorter one (ruling 7)."""
    own = limit.channel.get(channel)
    source = limit.source
    if own is not None:
        limit = replace(limit, amount=own.amount, unit=own.unit or limit.unit)
        source = own.source or source
    handed_in = f" (nộp {CHANNEL_NAMES.get(channel, channel)})" if channel else ""
    text = f"Thời hạn {limit.amount} {limit.unit.label}{handed_in}."
    return limit, [Line(text=text, source=source)]


def _counting_start(
    limit: TimeLimit,
    procedure: Procedure,
    received_at: datetime,
    history: Sequence[Event],
    lines: list[Line],
) -> tuple[datetime, datetime | None]:
    """Return from when the clock counts, and since when a supplement is being waited for.

    Ruling 1: after a supplement the limit starts from zero (`restart`), or goes on (`pause`).
    """
    lines.append(Line(text=f"Tiếp nhận lúc {at_text(received_at)}."))
    start, waiting_since = received_at, None
    source = procedure.supplement.source if procedure.supplement is not None else ""
    for event in history:
        if isinstance(event, SupplementRequested):
            waiting_since = event.at
        elif isinstance(event, SupplementTaken):
            waiting_since = None
            if limit.on_supplement == OnSupplement.RESTART:
                start = event.at
                text = f"Bổ sung đủ lần {event.round} lúc {at_text(event.at)}: tính lại từ đầu."
                lines.append(Line(text=text, source=source))
    return start, waiting_since


def _run(case: _Case, limit: TimeLimit, start: datetime, end: datetime | None) -> datetime:
    """Return when a limit that starts at a moment is due, with extensions and pauses.

    What happens after `end`, the moment the appointment was met, moves nothing any more.
    """
    counted = _with_extension(case, limit, start, end)
    pauses = clipped(case.pauses, counted.since, end)
    seconds = sum(_pause_seconds(case, limit.unit, pause) for pause in pauses)
    if limit.unit == Unit.HOUR:
        return datetime.fromtimestamp(counted.due_at.timestamp() + seconds, ZONE)
    return case.calendar.add_seconds(counted.due_at, seconds)


def _pause_seconds(case: _Case, unit: Unit, pause: Pause) -> int:
    """Return the seconds a pause gives back: working time, or all of it for limits in hours."""
    if pause.end is None:
        text = f"Đang chờ «{pause.why}» từ {at_text(pause.start)}: không tính."
        case.lines.append(Line(text=text))
        return 0
    stretch = f"{at_text(pause.start)} đến {at_text(pause.end)}"
    if unit == Unit.HOUR:
        seconds = int((pause.end - pause.start).total_seconds())
        text = f"Không tính «{pause.why}» {stretch}: {seconds // MINUTE} phút."
    else:
        seconds = case.calendar.working_seconds(pause.start, pause.end)
        text = f"Không tính «{pause.why}» {stretch}: {seconds // MINUTE} phút làm việc."
    case.lines.append(Line(text=text))
    return seconds


def _with_extension(
    case: _Case, limit: TimeLimit, start: datetime, end: datetime | None
) -> Counted:
    """Return the limit counted out, longer by the extensions decided since the start.

    More of them than the law allows give nothing.
    """
    extension = case.procedure.extension
    if extension is None or not extension.allowed:
        return _counted(case, limit, start)
    times = extensions_given(extension, case.history)
    given = [at for at in times[: extension.max_times] if at >= start and (end is None or at < end)]
    if not given:
        return _counted(case, limit, start)
    whole = replace(extension, amount=extension.amount * len(given))
    if case.procedure.legs:
        counted = _counted(case, limit, start)
        end = count_on(limit, whole.amount, whole.unit, counted.due_at, case.calendar)
        counted = replace(counted, due_at=end)
    else:
        counted = extended(limit, whole, start, case.calendar, case.lines)
    case.lines.extend(_extension_line(extension, at) for at in given)
    return counted


def _counted(case: _Case, limit: TimeLimit, start: datetime) -> Counted:
    """Return the limit counted out, or the one appointment of the chain where there is one."""
    legs = case.procedure.legs
    if not legs:
        return count(limit, start, case.calendar, case.lines)
    found = chain_due(legs, limit, start, _facts(case.history), case.calendar, case.lines)
    case.legs[:] = found.legs
    return found.counted


def _facts(history: Iterable[Event]) -> dict[str, Any]:
    """Return the routing facts known from the record: a leg can depend on one."""
    known: dict[str, Any] = {}
    for event in history:
        if isinstance(event, DossierReceived | StepCompleted):
            known |= event.facts
    return known


def extensions_given(extension: Extension, history: Iterable[Event]) -> list[datetime]:
    """Return when the limit was extended: its step completed, or somebody decided it in words."""
    return [
        event.at
        for event in history
        if isinstance(event, DeadlineExtended)
        or (isinstance(event, StepCompleted) and event.element == (extension.element or None))
    ]


def _extension_line(extension: Extension, at: datetime) -> Line:
    text = f"Gia hạn lúc {at_text(at)}: thêm {extension.amount} {extension.unit.label}."
    return Line(text=text, source=extension.source)


def _staged(case: _Case) -> Deadline:
    """Return the deadline of a procedure with several appointments: the current one is due."""
    stages: list[StageDeadline] = []
    for stage in case.procedure.stages:
        began: datetime | None = case.start
        if stage.from_element:
            began = _completed(stage.from_element, case.history, case.start)
        if began is not None and stages and stages[-1].ended_at is None:
            # Not every path passes where the appointment before ends: it is over when this begins.
            stages[-1] = replace(stages[-1], ended_at=began)
        stages.append(_appointment(case, stage, began))
    current = next((s for s in stages if s.ended_at is None), stages[-1])
    found = replace(_deadline(case, current.due_at), stages=tuple(stages))
    return replace(found, running=found.running and current.started_at is not None)


def _appointment(case: _Case, stage: Stage, began: datetime | None) -> StageDeadline:
    ended = moment = None
    if began is not None:
        if stage.to_element:
            ended = _completed(stage.to_element, case.history, began)
        text = f"{stage.name}: tính từ {at_text(began)}."
        case.lines.append(Line(text=text, source=stage.source))
        moment = _run(case, _limit_of(stage, case.limit), began, ended)
    return StageDeadline(
        id=stage.id, name=stage.name, started_at=began, due_at=moment, ended_at=ended
    )


def _limit_of(stage: Stage, limit: TimeLimit) -> TimeLimit:
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


def _deadline(case: _Case, moment: datetime | None) -> Deadline:
    """Return the deadline at a due moment; the clock stands where something is waited for."""
    stands = [p.start for p in case.pauses if p.end is None]
    stands += [case.waiting_since] if case.waiting_since is not None else []
    ended_at = next((e.at for e in case.history if isinstance(e, ProcessEnded)), None)
    local = moment.astimezone(ZONE) if moment is not None else None
    official = local is None or case.calendar.promise_is_official(local.date())
    if local is not None:
        case.lines.append(Line(text=f"Hẹn trả: {local:%H:%M ngày %d/%m/%Y}."))
        if not official:
            text = f"Lịch nghỉ chính thức năm {local.year} chưa nạp; ngày hẹn là dự kiến."
            case.lines.append(Line(text=text))
    return Deadline(
        due_at=moment,
        due_on=local.date() if local is not None else None,
        running=not stands and ended_at is None,
        paused_since=min(stands, default=None),
        ended_at=ended_at,
        legs=tuple(case.legs),
        explanation=tuple(case.lines),
        official=official,
    )
