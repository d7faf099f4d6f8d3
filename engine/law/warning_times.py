"""When to warn of a due moment (cảnh báo thời hạn): soon, an apology due, overdue.

An apology has to go out a working day before the due date (TT 03/2025), so its warning comes when
that working day begins. Pure; who is told, and by what, is not known here.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from engine.law.provisions import DUE_SOON_HOURS
from engine.law.working_time import ZONE, WorkingCalendar


class WarningKind(StrEnum):
    """What a warning is about, the mildest first."""

    DUE_SOON = "due_soon"
    APOLOGY_DUE = "apology_due"
    OVERDUE = "overdue"

    @property
    def label(self) -> str:
        """The Vietnamese words."""
        return _LABELS[self]


_LABELS = {
    WarningKind.DUE_SOON: "sắp đến hạn",
    WarningKind.APOLOGY_DUE: "phải xin lỗi nếu không kịp",
    WarningKind.OVERDUE: "quá hạn",
}


def warning_moments(
    due_at: datetime,
    received_at: datetime,
    calendar: WorkingCalendar,
    soon_hours: int = DUE_SOON_HOURS,
) -> Mapping[WarningKind, datetime]:
    """Return when each warning of a due moment is to be given.

    `soon_hours` are hours on the wall. A warning that would come before the dossier is left out: a
    limit of one day needs none the day before.
    """
    moments = {WarningKind.DUE_SOON: due_at - timedelta(hours=soon_hours)}
    before = bisect_left(calendar.open_days, due_at.astimezone(ZONE).date()) - 1
    if before >= 0:
        moments[WarningKind.APOLOGY_DUE] = calendar.opening(calendar.open_days[before])
    moments[WarningKind.OVERDUE] = due_at
    return {kind: at for kind, at in moments.items() if at > received_at}


def warning_now(moments: Mapping[WarningKind, datetime], now: datetime) -> WarningKind | None:
    """Return the gravest warning whose moment has come, None while all is well.

    Overdue is only what is past the due moment, not at it.
    """
    found = None
    for kind in WarningKind:
        at = moments.get(kind)
        come = at is not None and (at < now if kind == WarningKind.OVERDUE else at <= now)
        found = kind if come else found
    return found
