"""From events to rows: steps, supplement rounds. Pure, and used twice; referrals: see `stamping`.

A command folds its own few events onto what is open; a rebuild folds the whole record from the
start. That both come to the same rows is what `reviews.rebuild` checks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from engine.timing.events import (
    Event,
    StepAssigned,
    StepCompleted,
    StepEnabled,
    StepEvent,
    StepStarted,
    StepWithdrawn,
    SupplementPartlyTaken,
    SupplementRequested,
    SupplementTaken,
    from_record,
)
from workflows.store.events import revive
from workflows.store.records import EventRow, StepRow, SupplementRow

WORK_KINDS = frozenset({"task", "userTask", "manualTask", "serviceTask", "businessRuleTask"})

Measure = Callable[[StepRow, Sequence[Event]], dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Happened:
    """An event with who did it and whose clock runs."""

    event: Event
    actor: str
    clock: str
    on_behalf_of: str = ""
    agency: str = ""


def happened_of(record: Iterable[EventRow]) -> list[Happened]:
    """Return what happened from its rows in the record."""
    return [
        Happened(
            event=revive(row),
            actor=row.actor,
            clock=row.clock,
            on_behalf_of=row.on_behalf_of,
            agency=row.agency,
        )
        for row in record
    ]


def unmeasured(_row: StepRow, _events: Sequence[Event]) -> dict[str, Any]:
    """Measure nothing: for who asks only what the steps were."""
    return {}


def fold_steps(
    dossier_id: str,
    known: Mapping[str, StepRow],
    happened: Iterable[Happened],
    measure: Measure,
) -> dict[str, StepRow]:
    """Return the steps that are new or changed; `measure` gives the seconds of a closed one."""
    changed: dict[str, StepRow] = {}
    for one in happened:
        event = one.event
        if not isinstance(event, StepEvent):
            continue
        if isinstance(event, StepEnabled):
            row = _opened(dossier_id, event, one.clock)
        else:
            before = changed.get(event.step) or known.get(event.step)
            if before is None:  # a gateway's or sub-process's own step is not kept
                continue
            row = _changed(before, event, one)
        row = replace(row, marks=[*row.marks, _plain(event)])
        if not row.is_open:
            row = replace(row, **measure(row, [from_record(m) for m in row.marks]))
        changed[event.step] = row
    return changed


def _plain(event: Event) -> dict[str, Any]:
    """Return the event as JSON gives it back: lists for tuples."""
    record: dict[str, Any] = orjson.loads(orjson.dumps(event.to_record()))
    return record


def _opened(dossier_id: str, event: StepEnabled, clock: str) -> StepRow:
    return StepRow(
        dossier_id=dossier_id,
        step=event.step,
        element=event.element,
        name=event.name,
        kind=event.element_kind,
        agency=event.agency,
        role=event.role,
        state="open" if event.element_kind in WORK_KINDS else "waiting",
        item_index=event.index,
        clock=clock,
        enabled_at=event.at,
        flow=event.flow,
    )


def _changed(row: StepRow, event: StepEvent, one: Happened) -> StepRow:
    if isinstance(event, StepAssigned):
        if not event.assignee:
            return replace(row, assignee="", assigned_at=None, state="open")
        return replace(row, assignee=event.assignee, assigned_at=event.at, state="claimed")
    if isinstance(event, StepStarted):
        return replace(row, started_at=row.started_at or event.at)
    if isinstance(event, StepCompleted):
        done = replace(row, state="done", closed_at=event.at, closed_by=one.actor)
        return replace(done, closed_for=one.on_behalf_of)
    if isinstance(event, StepWithdrawn):
        return replace(row, state="withdrawn", closed_at=event.at, closed_by=one.actor)
    return row


def new_rounds(dossier_id: str, happened: Iterable[Happened]) -> list[SupplementRow]:
    """Return the supplement rounds these events begin."""
    return [
        SupplementRow(
            dossier_id=dossier_id,
            round=one.event.round,
            requested_at=one.event.at,
            requested_by=one.actor,
            components=list(one.event.components),
            reason=one.event.reason,
            reasons=dict(one.event.reasons),
        )
        for one in happened
        if isinstance(one.event, SupplementRequested)
    ]


def rounds_taken(events: Iterable[Event]) -> dict[int, dict[str, Any]]:
    """Return what the arrival of papers changes, by round: the last word on a round holds."""
    found: dict[int, dict[str, Any]] = {}
    for event in events:
        if isinstance(event, SupplementTaken):
            found[event.round] = {"brought": list(event.components), "taken_at": event.at}
        elif isinstance(event, SupplementPartlyTaken):
            found[event.round] = {"brought": list(event.components)}
    return found
