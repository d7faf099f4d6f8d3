"""Stretches of time that a time limit does not count, and whose waiting they were.

A step counts unless the procedure says it does not (verification, tax, payment, opinions); a
suspension counts only while the agency itself holds the clock; a supplement stops the clock where
the procedure pauses on it. Not for what the stretches do to a due date: see `deadlines`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from engine.law.procedure import Procedure
from engine.law.provisions import OnSupplement, StepClock
from engine.timing.events import (
    Event,
    StepCompleted,
    StepEnabled,
    StepEvent,
    StepResumed,
    StepSuspended,
    StepWithdrawn,
    SupplementRequested,
    SupplementTaken,
)

SUPPLEMENT = "bổ sung hồ sơ"

_Key = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Pause:
    """A stretch that does not count; `end` is None while it lasts."""

    start: datetime
    end: datetime | None
    why: str


def pauses_of(
    procedure: Procedure, on_supplement: OnSupplement, history: Iterable[Event]
) -> list[Pause]:
    """Return what does not count, in order and without overlaps: no time is given back twice."""
    opened: dict[_Key, Pause] = {}
    found: list[Pause] = []
    for event in history:
        over = [opened.pop(key) for key in _ended_by(event) if key in opened]
        found += [replace(pause, end=event.at) for pause in over]
        begun = _begun_by(procedure, on_supplement, event)
        if begun is not None:
            key, why = begun
            opened.setdefault(key, Pause(start=event.at, end=None, why=why))
    return _merged([*found, *opened.values()])


def clipped(pauses: Iterable[Pause], since: datetime, until: datetime | None) -> list[Pause]:
    """Return what lies between two moments: what the limit does not count cannot be given back."""
    kept = [
        replace(p, start=max(p.start, since), end=_earlier(p.end, until))
        for p in pauses
        if (p.end is None or p.end > since) and (until is None or p.start < until)
    ]
    return [p for p in kept if p.end is None or p.end > p.start]


def _earlier(end: datetime | None, until: datetime | None) -> datetime | None:
    if end is None or until is None:
        return end or until
    return min(end, until)


def _ended_by(event: Event) -> tuple[_Key, ...]:
    """Return what an event ends; a step that is over is not suspended any more."""
    if isinstance(event, StepCompleted | StepWithdrawn):
        return ("step", event.step), ("suspension", event.step)
    if isinstance(event, StepResumed | StepSuspended):
        return (("suspension", event.step),)
    if isinstance(event, SupplementTaken):
        return (("supplement", ""),)
    return ()


def _begun_by(
    procedure: Procedure, on_supplement: OnSupplement, event: Event
) -> tuple[_Key, str] | None:
    if isinstance(event, SupplementRequested) and on_supplement == OnSupplement.PAUSE:
        return ("supplement", ""), SUPPLEMENT
    if not isinstance(event, StepEvent):
        return None
    if isinstance(event, StepSuspended) and event.clock != StepClock.AGENCY:
        return ("suspension", event.step), event.ground
    law = procedure.steps.get(event.element)
    if isinstance(event, StepEnabled) and law is not None and not law.counted:
        return ("step", event.step), event.name or event.element
    return None


def _merged(pauses: list[Pause]) -> list[Pause]:
    merged: list[Pause] = []
    for pause in sorted(pauses, key=lambda p: p.start):
        last = merged[-1] if merged else None
        if last is None or (last.end is not None and pause.start > last.end):
            merged.append(pause)
            continue
        why = last.why if pause.why in last.why else f"{last.why}, {pause.why}"
        open_ended = last.end is None or pause.end is None
        end = None if open_ended else max(last.end or pause.start, pause.end or pause.start)
        merged[-1] = Pause(start=last.start, end=end, why=why)
    return merged
