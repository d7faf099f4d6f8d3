"""What a command on a process gives back: the new state and everything that waits in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.timing.events import Event


@dataclass(frozen=True, kw_only=True)
class OpenTask:
    """A task somebody (or a worker program) has to complete.

    `id` is unique within the dossier for ever; pass it to `complete`. `kind` is the BPMN element
    name (`userTask`, `manualTask`, `task`, `serviceTask`, `businessRuleTask`). `lane` is the
    innermost lane's id; `roles` the candidates named by lane or potentialOwner. `index` counts
    multi-instance executions from 0, `item` is the list element of that execution.
    """

    id: str
    element: str
    name: str
    kind: str
    lane: str = ""
    roles: tuple[str, ...] = ()
    index: int | None = None
    item: Any = None


@dataclass(frozen=True, kw_only=True)
class Timer:
    """A timer that will fire when `expire` is called with its id, not by itself."""

    id: str
    element: str
    name: str
    due_at: datetime
    repeats_left: int | None = 0


@dataclass(frozen=True, kw_only=True)
class Subscription:
    """Something outside the process is waited for; `kind` is message, signal or condition."""

    id: str
    element: str
    kind: str
    name: str
    key: str = ""


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """Something the process threw to the world; `kind` is message, signal or escalation."""

    kind: str
    name: str
    element: str
    key: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Advance:
    """The process after one command.

    `state` is opaque bytes to be stored and handed back; `events` is what happened, in order, in
    this command only; `open_tasks`, `timers` and `subscriptions` are everything that waits now
    (not only the new ones); `outgoing` is what this command threw outside. `outcome` is empty
    while the process runs, then completed, terminated, error or withdrawn; `end_events` are the
    end events this command reached.
    """

    state: bytes
    events: tuple[Event, ...]
    open_tasks: tuple[OpenTask, ...]
    timers: tuple[Timer, ...]
    subscriptions: tuple[Subscription, ...]
    outgoing: tuple[Outgoing, ...]
    facts: Mapping[str, Any]
    outcome: str = ""
    end_events: tuple[str, ...] = ()

    @property
    def ended(self) -> bool:
        """Tell whether no token is left."""
        return bool(self.outcome)
