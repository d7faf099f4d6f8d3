"""What was told to another system, and what it said to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from engine.timing.events.base import Event


@dataclass(frozen=True, kw_only=True)
class StatusReported(Event):
    """Another system was told the national status of the dossier (đồng bộ trạng thái).

    `system` names it (the National Portal); `accepted` tells whether it took the status over and
    `note` what it said.
    """

    kind: ClassVar[str] = "status_reported"
    system: str
    status: int
    accepted: bool = True
    note: str = ""
