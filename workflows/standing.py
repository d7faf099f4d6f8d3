"""How a dossier stands after some events: status, deadline, end, measured time of its steps.

Pure, and used twice like `projecting`: by a command on its own events, by a rebuild on all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from engine.law.codes import NationalStatus, furthest_status
from engine.law.deadlines import Deadline, due
from engine.law.procedure import Procedure
from engine.law.reopening import counted_since
from engine.law.statuses import fold_standing
from engine.law.warning_times import warning_moments
from engine.law.working_time import WorkingCalendar
from engine.timing.events import (
    DossierReopened,
    DossierResumed,
    DossierSuspended,
    Escalated,
    Event,
    PriorityChanged,
    ProcessEnded,
    ReferralAnswered,
    ReferralAnswerKept,
    ResultReleased,
    ResultSignedOff,
    StepEnabled,
    StepEvent,
    SupplementRequested,
)
from engine.timing.intervals import interval_of
from workflows.store.records import DossierRow, StepRow
from workflows.timekeeping import step_time
from workflows.views import standing_of

RESUMING = "resume:"  # the timer by which a suspended dossier goes on
WARNING = "warn:"  # how the timers of warnings begin; the process has none that do
GOES_ON: dict[str, Any] = {"suspended_at": None, "suspended_until": None, "suspended_ground": ""}
NO_RESULT: dict[str, Any] = {
    "resolved_at": None,
    "signed_off_at": None,
    "released_at": None,
    "release_number": "",
}
ALWAYS = {  # what an event of this kind sets, whatever it says
    DossierResumed.kind: GOES_ON,
    DossierReopened.kind: {"outcome": "", "end_element": "", "ended_at": None} | NO_RESULT,
}
DEADLINE_KINDS = frozenset(
    {
        "dossier_received",
        "supplement_requested",
        "supplement_taken",
        "referral_sent",
        "referral_answered",
        "referral_returned",
        "referral_resent",
        "referral_withdrawn",
        "step_suspended",
        "step_resumed",
        "result_returned",
        "apology_issued",
        "deadline_extended",
        "dossier_withdrawn",
        "process_ended",
        "dossier_reopened",
        "result_released",
    }
)
ENDED_OUTSIDE = {  # ended by people, not by the process: the status where no end event says another
    "withdrawn": NationalStatus.STOPPED,
    "stopped": NationalStatus.STOPPED,
    "refused": NationalStatus.STOPPED,
    "not_accepted": NationalStatus.NOT_ACCEPTED,
}


def fold_dossier(
    row: DossierRow, procedure: Procedure, events: Sequence[Event], steps: Iterable[StepRow]
) -> DossierRow:
    """Return the dossier with what these events changed; `steps` are those after the events."""
    rounds = sum(isinstance(e, SupplementRequested) for e in events)
    row = replace(row, supplement_rounds=row.supplement_rounds + rounds)
    for event in events:
        row = replace(row, **_changes(event), **_undone(procedure, event))
        if row.resolved_at is None and _resolves(procedure, event):
            row = replace(row, resolved_at=event.at)
    return beside(replace(row, status=status_of(procedure, row, steps)), procedure, events)


def beside(row: DossierRow, procedure: Procedure, events: Iterable[Event]) -> DossierRow:
    """Return the dossier with what these events say beside its status, and who was told last."""
    happened = list(events)
    standing = fold_standing(procedure, standing_of(row), happened)
    told = [e for e in happened if isinstance(e, Escalated)]
    if told:
        row = replace(row, escalated_to=told[-1].to_role, escalated_at=told[-1].at)
    return replace(
        row,
        early_answers=row.early_answers + sum(_early(e) for e in happened),
        finance=standing.finance.value,
        delivery=standing.delivery.value,
        reported_status=standing.reported_status,
        report_accepted=standing.report_accepted,
    )


def _early(event: Event) -> int:
    """Return by how many the answers kept until they are asked for become more, or fewer."""
    if isinstance(event, ReferralAnswerKept):
        return int(bool(event.kept))
    return -int(isinstance(event, ReferralAnswered) and bool(event.kept))


def _changes(event: Event) -> dict[str, Any]:
    """Return the columns an event of the dossier's life sets."""
    if isinstance(event, ProcessEnded):
        ended = {"outcome": event.outcome, "end_element": event.element, "ended_at": event.at}
        return ended | GOES_ON
    if isinstance(event, DossierSuspended):
        until = datetime.fromisoformat(event.until).astimezone(UTC) if event.until else None
        stands = {"suspended_at": event.at, "suspended_until": until}
        return stands | {"suspended_ground": event.ground}
    if isinstance(event, PriorityChanged):
        return {"priority": event.priority}
    if isinstance(event, ResultSignedOff):
        return {"signed_off_at": event.at}
    if isinstance(event, ResultReleased):
        return {"released_at": event.at, "release_number": event.number}
    return ALWAYS.get(event.kind, {})


def _undone(procedure: Procedure, event: Event) -> dict[str, Any]:
    """Return the columns that no longer hold when a step that signs or releases opens again."""
    law = procedure.steps.get(event.element) if isinstance(event, StepEnabled) else None
    if law is None:
        return {}
    signed: dict[str, Any] = {"signed_off_at": None} if law.signs_off else {}
    return signed | ({"released_at": None, "release_number": ""} if law.releases else {})


def _resolves(procedure: Procedure, event: Event) -> bool:
    """Tell whether the result is there now: released, or all is ended (ruling 13).

    Where no step of the procedure releases, it is there when it only waits to be handed over.
    """
    if isinstance(event, StepEnabled) and not any(s.releases for s in procedure.steps.values()):
        law = procedure.steps.get(event.element)
        return law is not None and law.status >= NationalStatus.RESOLVED
    return isinstance(event, ProcessEnded | ResultReleased)


def status_of(procedure: Procedure, row: DossierRow, steps: Iterable[StepRow]) -> int:
    """Return the national status: of the most advanced open step, or of the end.

    A version from before ends had a status of their own is read by what was handed over.
    """
    laws, end = procedure.steps, procedure.ends.get(row.end_element)
    if row.outcome and end is not None and not end.side_branch:
        return end.status
    if row.outcome in ENDED_OUTSIDE:
        return int(ENDED_OUTSIDE[row.outcome])
    if row.outcome:
        handed = (s for s in steps if s.state == "done" and s.element in laws)
        returned = any(laws[s.element].status >= NationalStatus.RESOLVED for s in handed)
        return int(NationalStatus.RETURNED if returned else NationalStatus.RESOLVED)
    found = [laws[s.element].status for s in steps if s.is_open and s.element in laws]
    return int(furthest_status(found, row.status))


def deadline_events(procedure: Procedure) -> tuple[frozenset[str], frozenset[str]]:
    """Return the kinds of events, and the elements, on which a deadline depends."""
    elements = {name for name, law in procedure.steps.items() if not law.counted}
    for stage in procedure.stages:
        elements |= {stage.from_element, stage.to_element}
    for leg in procedure.legs:
        if leg.fact in procedure.facts:
            elements |= set(procedure.facts[leg.fact].set_by)
    if procedure.extension is not None:
        elements.add(procedure.extension.element)
    return DEADLINE_KINDS, frozenset(elements - {""})


def touches_deadline(procedure: Procedure, events: Iterable[Event]) -> bool:
    """Tell whether the due moment can be another after these events."""
    kinds, elements = deadline_events(procedure)
    return any(e.kind in kinds or getattr(e, "element", "") in elements for e in events)


def deadline_of(
    row: DossierRow, procedure: Procedure, events: Sequence[Event], calendar: WorkingCalendar
) -> Deadline:
    """Return the deadline that follows from the events of the dossier.

    What happens after the result is there moves nothing: a late result stays late however long
    it lies at the counter.
    """
    received_at, history = counted_since(row.received_at, list(events))
    resolved_at = None
    for number, event in enumerate(history):
        if _resolves(procedure, event):
            resolved_at = event.at
            del history[number:]
            break
    found = due(procedure.time_limit, procedure, received_at, row.channel, history, calendar)
    return found if resolved_at is None else found.ended(resolved_at)


def with_deadline(
    row: DossierRow, procedure: Procedure, events: Sequence[Event], calendar: WorkingCalendar
) -> DossierRow:
    """Return the dossier with the due moment that follows from its events."""
    deadline = deadline_of(row, procedure, events, calendar)
    return replace(row, due_at=deadline.due_at, clock_running=deadline.running)


def resuming_timers(row: DossierRow) -> list[dict[str, Any]]:
    """Return the moment at which a suspended dossier goes on by itself, as a timer."""
    if row.suspended_until is None:
        return []
    due_at = row.suspended_until.astimezone(UTC).isoformat()
    return [{"id": RESUMING, "element": "", "name": "resume", "due_at": due_at}]


def warning_timers(
    row: DossierRow, procedure: Procedure, calendar: WorkingCalendar
) -> list[dict[str, Any]]:
    """Return the warnings a dossier waits for as timers: none while its clock stands or is over."""
    over = row.resolved_at is not None or row.ended_at is not None
    if row.due_at is None or over or not row.clock_running:
        return []
    soon = procedure.warnings.due_soon_hours
    moments = warning_moments(row.due_at, row.received_at, calendar, soon)
    return [
        {
            "id": f"{WARNING}{kind.value}",
            "element": "",
            "name": kind.value,
            "due_at": at.astimezone(UTC).isoformat(),
        }
        for kind, at in moments.items()
    ]


def measured_seconds(
    row: StepRow, events: Sequence[Event], calendar: WorkingCalendar
) -> dict[str, Any]:
    """Return the seconds of a closed step, on the wall and in office hours, and its five clocks."""
    own = [e for e in events if isinstance(e, StepEvent)]
    found = interval_of(own, calendar, clock=row.clock)
    return {
        **step_time(own, calendar, clock=row.clock).kept(),
        "waiting_seconds": found.wall.waiting,
        "working_seconds": found.wall.working,
        "paused_seconds": found.wall.paused_total,
        "waiting_office_seconds": found.office.waiting,
        "working_office_seconds": found.office.working,
        "paused_office_seconds": found.office.paused_total,
    }
