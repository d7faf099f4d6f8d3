"""A BPMN document in canonical form: frozen, complete, independent of how a tool wrote it.

Not for judging (gate.py) and not for running (compiling.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

ACTIVITIES = frozenset(
    {
        "task",
        "userTask",
        "manualTask",
        "serviceTask",
        "businessRuleTask",
        "scriptTask",
        "sendTask",
        "receiveTask",
        "subProcess",
        "transaction",
        "adHocSubProcess",
        "callActivity",
    }
)
CONTAINERS = frozenset({"subProcess", "transaction", "adHocSubProcess"})
GATEWAYS = frozenset(
    {
        "exclusiveGateway",
        "parallelGateway",
        "inclusiveGateway",
        "eventBasedGateway",
        "complexGateway",
    }
)
EVENTS = frozenset(
    {
        "startEvent",
        "endEvent",
        "intermediateCatchEvent",
        "intermediateThrowEvent",
        "boundaryEvent",
    }
)
FLOW_NODES = ACTIVITIES | GATEWAYS | EVENTS


@dataclass(frozen=True, kw_only=True)
class EventDefinition:
    """What an event waits for or throws; `name` is the message, signal, error… it means."""

    kind: str
    name: str = ""
    code: str = ""
    ref: str = ""
    timer: str = ""
    text: str = ""
    working: bool = False
    condition: str | None = None
    line: int = 0


@dataclass(frozen=True, kw_only=True)
class Loop:
    """How often an activity runs: kind is parallel, sequential (multi-instance) or standard."""

    kind: str
    cardinality: str = ""
    collection: str = ""
    item: str = ""
    output: str = ""
    output_item: str = ""
    condition: str = ""
    test_before: bool = False
    maximum: str = ""
    behavior: str = "All"
    line: int = 0


@dataclass(frozen=True, kw_only=True)
class Flow:
    """A sequence flow; `condition` is None when there is none worth the name."""

    id: str
    name: str
    source: str
    target: str
    condition: str | None = None
    line: int = 0


@dataclass(frozen=True, kw_only=True)
class Node:
    """A flow node with everything an engine needs of it."""

    id: str
    name: str
    tag: str
    line: int = 0
    lane: str = ""
    roles: tuple[str, ...] = ()
    default: str = ""
    events: tuple[EventDefinition, ...] = ()
    interrupting: bool = True
    attached_to: str = ""
    loop: Loop | None = None
    scope: Scope | None = None
    by_event: bool = False
    called: str = ""
    script: str = ""
    script_format: str = ""
    message: str = ""
    key: str = ""
    for_compensation: bool = False
    handler: str = ""
    instantiate: bool = False
    parallel_multiple: bool = False
    quantities: tuple[str, str] = ("1", "1")
    ordering: str = ""
    completion: str = ""
    cancel_remaining: bool = True
    documentation: str = ""
    unsupported: tuple[str, ...] = ()

    @property
    def is_activity(self) -> bool:
        """Tell whether the node is a task, sub-process or call activity."""
        return self.tag in ACTIVITIES

    @property
    def is_gateway(self) -> bool:
        """Tell whether the node is a gateway."""
        return self.tag in GATEWAYS

    @property
    def event_kind(self) -> str:
        """Return the kind of its event definition: none, one kind, or multiple."""
        if not self.events:
            return "none"
        return self.events[0].kind if len(self.events) == 1 else "multiple"


@dataclass(frozen=True, kw_only=True)
class Lane:
    """A lane (làn): who does the nodes in it."""

    id: str
    name: str
    nodes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Scope:
    """The content of a process or sub-process: nodes and flows in document order."""

    id: str
    nodes: tuple[Node, ...]
    flows: tuple[Flow, ...]
    data: tuple[tuple[str, str], ...] = ()
    name: str = ""
    line: int = 0

    def walk(self) -> Iterator[Scope]:
        """Yield this scope and every scope nested in it, outermost first."""
        pending = [self]
        while pending:
            scope = pending.pop()
            yield scope
            pending.extend(n.scope for n in scope.nodes if n.scope is not None)


@dataclass(frozen=True, kw_only=True)
class Process:
    """A process of the document; `executable` as written (missing means no)."""

    id: str
    name: str
    executable: bool
    declared_executable: str
    scope: Scope
    lanes: tuple[Lane, ...] = ()
    documentation: str = ""
    line: int = 0


@dataclass(frozen=True, kw_only=True)
class Remark:
    """Something seen while reading that the gate has to judge: rule, element, line, detail."""

    rule: str
    element: str = ""
    name: str = ""
    line: int = 0
    detail: str = ""
    process: str = ""


@dataclass(frozen=True, kw_only=True)
class Document:
    """A whole BPMN file: its processes and what reading it showed."""

    digest: str
    processes: tuple[Process, ...]
    remarks: tuple[Remark, ...] = ()
    has_diagram: bool = False
    messages: tuple[str, ...] = ()
    pools: tuple[str, ...] = field(default=())

    def scopes(self) -> Iterator[Scope]:
        """Yield every scope of every process."""
        for process in self.processes:
            yield from process.scope.walk()
