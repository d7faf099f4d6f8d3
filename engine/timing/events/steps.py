"""The life of one step: the transitions of XES (IEEE 1849-2023)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

from engine.timing.events.base import StepEvent


@dataclass(frozen=True, kw_only=True)
class StepEnabled(StepEvent):
    """A step can be worked on (or waited for) from now on; `agency` and `role` say by whom."""

    kind: ClassVar[str] = "step_enabled"
    element_kind: str
    name: str = ""
    lane: str = ""
    flow: str = ""
    cause: str = ""
    index: int | None = None
    agency: str = ""
    role: str = ""


@dataclass(frozen=True, kw_only=True)
class StepAssigned(StepEvent):
    """A person took or was given the step; an empty assignee means it was released.

    `cause` says how: empty for by themselves, else transferred, recalled or delegated.
    """

    kind: ClassVar[str] = "step_assigned"
    assignee: str = ""
    cause: str = ""
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class StepStarted(StepEvent):
    """Work on the step began."""

    kind: ClassVar[str] = "step_started"


@dataclass(frozen=True, kw_only=True)
class StepSuspended(StepEvent):
    """The step stands still, on somebody's clock and for a ground."""

    kind: ClassVar[str] = "step_suspended"
    clock: str
    ground: str = ""


@dataclass(frozen=True, kw_only=True)
class StepResumed(StepEvent):
    """The step goes on."""

    kind: ClassVar[str] = "step_resumed"


@dataclass(frozen=True, kw_only=True)
class StepCompleted(StepEvent):
    """The step is done; `facts` are the routing facts it set, `taken` the flows left by.

    `note` is what the person who did it wrote down.
    """

    kind: ClassVar[str] = "step_completed"
    facts: dict[str, Any] = field(default_factory=dict)
    taken: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class StepWithdrawn(StepEvent):
    """The step will not be done: interrupted, cancelled or the dossier withdrawn."""

    kind: ClassVar[str] = "step_withdrawn"
    reason: str = ""
