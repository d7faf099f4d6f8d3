"""Timekeeping (ghi thời gian): the five clocks of a step that closed, of a dossier that is over.

Pure, and used three times like `standing`: by a command, by a rebuild, by a review of what is still
open. What the clocks are: `engine.timing.clocks`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol

from engine.law.deadlines import due
from engine.law.procedure import Procedure
from engine.law.working_time import WorkingCalendar
from engine.timing.clocks import KEPT, TwoViews, dossier_clocks, step_clocks, views_of
from engine.timing.events import Event, StepEvent, from_record
from workflows.store.records import DossierRow, StepRow

GROUNDS, ALLOWED = "grounds", "allowed"


class Marked(Protocol):
    """An execution of a step that carries its own events."""

    @property
    def element(self) -> str:
        """Return the element of the diagram."""
        ...

    @property
    def clock(self) -> str:
        """Return whose time it runs on."""
        ...

    @property
    def marks(self) -> list[dict[str, Any]]:
        """Return its events as the record has them."""
        ...


def finished_at(row: Any) -> datetime | None:
    """Return when the result was there or all was over, None while it goes on (row, fate)."""
    found: datetime | None = row.resolved_at or row.ended_at
    return found


def step_time(
    events: Sequence[Event], calendar: WorkingCalendar, *, clock: str, until: datetime | None = None
) -> TwoViews:
    """Return the clocks of one step from its events; raises ValueError if open without `until`."""
    own = [e for e in events if isinstance(e, StepEvent)]
    last = max((e.at for e in own), default=until)
    ends = until if until is None or last is None else max(until, last)
    return step_clocks(own, calendar, clock=clock, until=ends)


def events_of(step: Marked, until: datetime | None = None) -> list[StepEvent]:
    """Return the events of a step, in order, up to and with a moment; all without one."""
    own = (e for e in map(from_record, step.marks) if isinstance(e, StepEvent))
    return [e for e in own if until is None or e.at <= until]


def dossier_time(
    steps: Iterable[Marked], calendar: WorkingCalendar, begins: datetime, ends: datetime
) -> TwoViews:
    """Return the clocks of a dossier between two moments from what its steps say of themselves."""
    rows = list(steps)
    marks = [events_of(row, ends) for row in rows]
    clocks = {row.element: row.clock for row in rows}
    known = [events for events in marks if events]
    return dossier_clocks(known, calendar, clocks=clocks, begins=begins, ends=ends)


def allowed_seconds(
    procedure: Procedure, received_at: datetime, channel: str, calendar: WorkingCalendar
) -> int | None:
    """Return the office seconds promised at reception; None where a chain has no single limit."""
    if procedure.legs:
        return None
    promised = due(procedure.time_limit, procedure, received_at, channel, [], calendar)
    if promised.due_at is None:
        return None
    return calendar.working_seconds(received_at, promised.due_at) or None


def with_spent(
    row: DossierRow, procedure: Procedure, steps: Iterable[StepRow], calendar: WorkingCalendar
) -> DossierRow:
    """Return the dossier with where its time went, as JSON keeps it; nothing while it goes on."""
    ends = finished_at(row)
    if ends is None:
        return replace(row, spent=None)
    ordered = sorted(steps, key=lambda s: (s.enabled_at, s.step))
    views = dossier_time(ordered, calendar, row.received_at, max(ends, row.received_at))
    allowed = allowed_seconds(procedure, row.received_at, row.channel, calendar)
    spent = {**views.kept(), GROUNDS: dict(sorted(views.grounds.items())), ALLOWED: allowed}
    return replace(row, spent=spent)


def spent_views(spent: Mapping[str, Any]) -> TwoViews:
    """Return the clocks of a dossier from what `with_spent` kept."""
    return views_of({name: spent[name] for name in KEPT}, spent[GROUNDS])
