"""What people did with work on their list, besides doing it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from engine.timing.events.base import Event


@dataclass(frozen=True, kw_only=True)
class PriorityChanged(Event):
    """A dossier became more or less urgent: 0 normal, 1 high, 2 urgent; `reason` is for people."""

    kind: ClassVar[str] = "priority_changed"
    priority: int
    reason: str
