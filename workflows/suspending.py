"""How a suspended dossier goes on: said once, for a leader and for the moment that was set.

Not for suspending: see `suspensions`.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial

from engine import process
from engine.timing.events import DossierResumed, Event, StepResumed
from workflows.errors import NotWaiting
from workflows.holding import Held
from workflows.views import DossierView


def resume(held: Held, reason: str, *, automatic: bool = False) -> DossierView:
    """Let every open step go on and save; the process's timers fire later by the time it stood.

    Raises NotWaiting when the dossier is not suspended.
    """
    since = held.row.suspended_at
    if since is None:
        raise NotWaiting("tạm dừng")
    events: list[Event] = [DossierResumed(at=held.now, reason=reason, automatic=automatic)]
    events += [resumed(held, s.step, s.element) for s in held.steps.values() if s.is_open]
    return held.save(put_off(held, since), before=events)


def resumed(held: Held, step: str, element: str) -> StepResumed:
    """Return the event of a step whose clock goes on from now."""
    return StepResumed(at=held.now, step=step, element=element)


def put_off(held: Held, since: datetime, step: str = "") -> process.Advance | None:
    """Let timers fire later by the time that was lost since then; of one step, or of all.

    None where the process waits for no timer.
    """
    if not held.state.timers:
        return None
    return process.put_off(
        held.version.definition,
        held.state.state,
        held.now - since,
        now=held.now,
        working=partial(_later, held, since),
        step=step,
    )


def _later(held: Held, since: datetime, due: datetime) -> datetime:
    """Return when a timer of working time fires: what was left of it is left from now on."""
    left = max(held.calendar.working_seconds(since, due), 0)
    return held.calendar.add_seconds(held.now, left)
