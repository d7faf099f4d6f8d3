"""What people did about work the program could not do by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from engine.timing.events.base import Event


@dataclass(frozen=True, kw_only=True)
class JobRetried(Event):
    """Somebody let work that had failed be tried again; `job` is a timer or a message by name."""

    kind: ClassVar[str] = "job_retried"
    job: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class JobSkipped(Event):
    """Somebody gave up work that had failed: it will not be done, for a reason."""

    kind: ClassVar[str] = "job_skipped"
    job: str
    reason: str
