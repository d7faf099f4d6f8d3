"""A process compiled: what runs, and what a stranger may want to know of the drawing.

Not for making one: see `compiling`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.process import way_back
from engine.process.document import Document, Lane
from engine.process.facts import FactType
from engine.process.nodes import ScopeSpec


@dataclass(frozen=True, kw_only=True)
class Element:
    """What a stranger may want to know of a node: for lists, drawings and checks."""

    id: str
    name: str
    kind: str
    lane: str = ""
    lane_name: str = ""
    roles: tuple[str, ...] = ()
    documentation: str = ""
    event: str = ""
    scope: str = ""
    waits: bool = False
    attached_to: str = ""


@dataclass(frozen=True, kw_only=True)
class FlowElement:
    """A sequence flow as drawn."""

    id: str
    name: str
    source: str
    target: str
    condition: str | None = None


@dataclass(frozen=True, kw_only=True)
class StartEvent:
    """A start event of the process: kind none, message, timer, signal or conditional."""

    id: str
    kind: str
    name: str = ""
    timer: str = ""


@dataclass(frozen=True, kw_only=True, eq=False)
class Definition:
    """An executable process, compiled and proved whole; immutable, shared by all its dossiers.

    `digest` identifies document, process, declared facts and state format: store it with a state
    and run the state with the definition of the same digest only.
    """

    process_id: str
    name: str
    digest: str
    document: Document
    facts: Mapping[str, FactType] | None
    elements: Mapping[str, Element]
    flows: tuple[FlowElement, ...]
    lanes: tuple[Lane, ...]
    starts: tuple[StartEvent, ...]
    end_events: tuple[str, ...]
    message_names: tuple[str, ...]
    has_conditions: bool
    main: ScopeSpec = field(repr=False)
    scopes: Mapping[str, ScopeSpec] = field(repr=False)

    def why_not_back(self, task: str, to: str) -> str:
        """Return why a task may not be sent back to another; empty when it may."""
        return way_back.why_not_back(self, task, to)

    def why_not_begin(self, element: str) -> str:
        """Return why an ended process may not begin again at an element; empty when it may."""
        return way_back.why_not_begin(self, element)
