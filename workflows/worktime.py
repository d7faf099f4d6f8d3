"""Office time for everything that asks for it: timers, referral limits, measured steps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from engine.law.procedure import Referral
from engine.law.provisions import Unit
from engine.law.working_time import ZONE, WorkingCalendar
from engine.process.timers import Duration

_SECONDS_PER_MINUTE = 60


def timer_time(calendar: WorkingCalendar) -> Callable[[datetime, Duration], datetime]:
    """Return how the engine adds working time: working days end when the office closes."""

    def add(start: datetime, duration: Duration) -> datetime:
        moment = start.astimezone(ZONE)
        if duration.months:
            moment = Duration(duration.months, 0, 0).after(moment)
        if duration.days:
            day = calendar.add_working_days(moment.date(), duration.days)
            moment = calendar.closing(day)
        if duration.seconds:
            minutes = round(duration.seconds / _SECONDS_PER_MINUTE)
            moment = calendar.add_minutes(moment, minutes)
        return moment

    return add


def referral_due(calendar: WorkingCalendar) -> Callable[[Referral, datetime], datetime | None]:
    """Return how long another agency has: None where the procedure sets no limit."""

    def due(referral: Referral, sent_at: datetime) -> datetime | None:
        if not referral.days:
            return None
        if referral.unit == Unit.CALENDAR_DAY:
            return sent_at + timedelta(days=referral.days)
        if referral.unit == Unit.HOUR:
            return sent_at + timedelta(hours=referral.days)
        if referral.unit == Unit.WORKING_HOUR:
            return calendar.add_minutes(sent_at, referral.days * _SECONDS_PER_MINUTE)
        if referral.unit == Unit.MONTH:
            return Duration(referral.days, 0, 0).after(sent_at)
        day = calendar.add_working_days(sent_at.astimezone(ZONE).date(), referral.days)
        return calendar.closing(day)

    return due
