"""How a dossier stands after some events: status, deadline, end, measured time of its steps.

Pure, and used twice like `projecting`: by a command on its own events, by a rebuild on all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from engine.law.codes import NationalStatus
from engine.law.deadlines import Deadline, due
from engine.law.procedure import Procedure
from engine.law.working_time import WorkingCalendar
from engine.timing.events import (
    Event,
    ProcessEnded,
    StepCompleted,
    StepEnabled,
    StepEvent,
    StepWithdrawn,
    SupplementRequested,
)
from workflows.store.records import DossierRow, StepRow

DEADLINE_KINDS = frozenset(
    {
        "dossier_received",
        "supplement_requested",
        "supplement_taken",
        "referral_sent",
        "referral_answered",
        "step_suspended",
        "step_resumed",
        "result_returned",
        "dossier_withdrawn",
        "process_ended",
    }
)


def fold_dossier(
    row: DossierRow, procedure: Procedure, events: Sequence[Event], steps: Iterable[StepRow]
) -> DossierRow:
    """Return the dossier with what these events changed; `steps` are those after the events."""
    rounds = sum(isinstance(e, SupplementRequested) for e in events)
    row = replace(row, supplement_rounds=row.supplement_rounds + rounds)
    ended = next((e for e in events if isinstance(e, ProcessEnded)), None)
    if ended is not None:
        row = replace(row, outcome=ended.outcome, end_element=ended.element, ended_at=ended.at)
    if row.resolved_at is None:
        row = replace(row, resolved_at=_resolved_at(procedure, events))
    return replace(row, status=status_of(procedure, row, steps))


def _resolved_at(procedure: Procedure, events: Sequence[Event]) -> datetime | None:
    """Return when the result was there: a step opened that only hands it over, or the end."""
    for event in events:
        if isinstance(event, ProcessEnded):
            return event.at
        if isinstance(event, StepEnabled):
            law = procedure.steps.get(event.element)
            if law is not None and law.status >= NationalStatus.RESOLVED:
                return event.at
    return None


def status_of(procedure: Procedure, row: DossierRow, steps: Iterable[StepRow]) -> int:
    """Return the national status: of the most advanced open step, or of the end."""
    if row.outcome == "withdrawn":
        return int(NationalStatus.STOPPED)
    laws = procedure.steps
    if row.outcome:
        handed = (s for s in steps if s.state == "done" and s.element in laws)
        returned = any(laws[s.element].status >= NationalStatus.RESOLVED for s in handed)
        return int(NationalStatus.RETURNED if returned else NationalStatus.RESOLVED)
    found = [laws[s.element].status for s in steps if s.is_open and s.element in laws]
    return max(found, default=row.status)


def deadline_events(procedure: Procedure) -> tuple[frozenset[str], frozenset[str]]:
    """Return the kinds of events, and the elements, on which a deadline depends."""
    elements = {name for name, law in procedure.steps.items() if not law.counted}
    for stage in procedure.stages:
        elements |= {stage.from_element, stage.to_element}
    return DEADLINE_KINDS, frozenset(elements - {""})


def touches_deadline(procedure: Procedure, events: Iterable[Event]) -> bool:
    """Tell whether the due moment can be another after these events."""
    kinds, elements = deadline_events(procedure)
    for event in events:
        if event.kind in kinds:
            return True
        moves = isinstance(event, StepEnabled | StepCompleted | StepWithdrawn)
        if moves and isinstance(event, StepEvent) and event.element in elements:
            return True
    return False


def deadline_of(
    row: DossierRow, procedure: Procedure, events: Sequence[Event], calendar: WorkingCalendar
) -> Deadline:
    """Return the deadline that follows from the events of the dossier."""
    return due(procedure.time_limit, procedure, row.received_at, row.channel, events, calendar)


def with_deadline(
    row: DossierRow, procedure: Procedure, events: Sequence[Event], calendar: WorkingCalendar
) -> DossierRow:
    """Return the dossier with the due moment that follows from its events."""
    deadline = deadline_of(row, procedure, events, calendar)
    return replace(row, due_at=deadline.due_at, clock_running=deadline.running)


def measured_seconds(events: Sequence[Event], calendar: WorkingCalendar) -> Mapping[str, float]:
    """Return the seconds of a closed step, on the wall and in office hours."""
    wall = (events[-1].at - events[0].at).total_seconds()
    return {"waiting_seconds": wall}
