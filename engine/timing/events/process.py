"""What the process did by itself: began, passed an element, sent, received, ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from engine.timing.events.base import Event


@dataclass(frozen=True, kw_only=True)
class ProcessStarted(Event):
    """The process began (from a start event, when there is one)."""

    kind: ClassVar[str] = "process_started"
    process: str
    element: str = ""


@dataclass(frozen=True, kw_only=True)
class ElementPassed(Event):
    """A token went through something that never waits: gateway, event, script or send task."""

    kind: ClassVar[str] = "element_passed"
    element: str
    element_kind: str
    name: str = ""
    flow: str = ""
    taken: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class MessageSent(Event):
    """The process threw a message, signal or escalation that goes outside."""

    kind: ClassVar[str] = "message_sent"
    element: str
    channel: str
    name: str
    key: str = ""


@dataclass(frozen=True, kw_only=True)
class MessageReceived(Event):
    """A message, signal or timer reached the element waiting for it."""

    kind: ClassVar[str] = "message_received"
    element: str
    channel: str
    name: str = ""
    key: str = ""


@dataclass(frozen=True, kw_only=True)
class ProcessEnded(Event):
    """No token is left: outcome is completed, terminated, error or withdrawn."""

    kind: ClassVar[str] = "process_ended"
    outcome: str
    element: str = ""
    error: str = ""
