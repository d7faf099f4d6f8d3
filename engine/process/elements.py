"""XML elements to nodes, flows and scopes; the part of reading that knows the standard's tags."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from lxml import etree

from engine.process.definitions import event_definitions
from engine.process.document import (
    CONTAINERS,
    FLOW_NODES,
    EventDefinition,
    Flow,
    Lane,
    Node,
    Scope,
)
from engine.process.loops import loop_of, unsupported_data
from engine.process.references import References
from engine.process.xmlparts import (
    BPMN,
    OURS,
    bare,
    integer_of,
    line_of,
    local,
    own,
    own_text,
    roots,
    text_of,
    truth,
)

MAX_NESTING = 64
DRAWING = frozenset(
    {
        "documentation", "extensionElements", "incoming", "outgoing", "laneSet", "textAnnotation",
        "association", "group", "dataObject", "dataObjectReference", "dataStoreReference",
        "ioSpecification", "property", "auditing", "monitoring", "supports", "performer",
        "humanPerformer", "potentialOwner", "resourceRole", "correlationSubscription", "artifact",
        "category", "categoryValueRef", "supportedInterfaceRef", "rendering", "dataInput",
        "dataOutput", "inputSet", "outputSet", "dataInputAssociation", "dataOutputAssociation",
        "completionCondition", "multiInstanceLoopCharacteristics", "standardLoopCharacteristics",
        "ioBinding",
    }
)  # fmt: skip
OWNERS = (BPMN + "potentialOwner", BPMN + "humanPerformer", BPMN + "performer")


class ElementReader:
    """Reads the elements of one document with its index of references at hand."""

    def __init__(self, references: References) -> None:
        """Begin with no lane known; reading.py tells the lanes of each process."""
        self.references = references
        self.lane_of: dict[str, Lane] = {}

    def scope(
        self, element: etree._Element, scope_id: str, depth: int = 0, lane: Lane | None = None
    ) -> Scope:
        """Return the content of a process or sub-process; `lane` is the one around it."""
        nodes, flows, data = [], [], []
        for child in roots(element):
            tag = local(child) if str(child.tag).startswith(BPMN) else ""
            if tag in FLOW_NODES:
                nodes.append(self.node(child, tag, depth, lane))
            elif tag == "sequenceFlow":
                flows.append(self.flow(child))
            elif tag in {"dataObject", "dataObjectReference", "property"}:
                identifier = self.references.identify(child)
                data.append((identifier, self.references.data_name(identifier)))
            elif tag and tag not in DRAWING:
                self.references.remark("unsupported_element", child, detail=tag)
        kept = _leftovers_dropped(nodes, flows)
        return Scope(
            id=scope_id,
            nodes=kept,
            flows=tuple(flows),
            data=tuple(data),
            name=element.get("name", ""),
            line=line_of(element),
        )

    def flow(self, element: etree._Element) -> Flow:
        """Return a sequence flow; an empty condition is none."""
        return Flow(
            id=self.references.identify(element),
            name=element.get("name", ""),
            source=bare(element.get("sourceRef")),
            target=bare(element.get("targetRef")),
            condition=own_text(element, "conditionExpression") or None,
            line=line_of(element),
        )

    def node(
        self, element: etree._Element, tag: str, depth: int = 0, around: Lane | None = None
    ) -> Node:
        """Return a flow node with its events, loop and inner scope."""
        identifier = self.references.identify(element)
        lane = self.lane_of.get(identifier, around)
        by_event = truth(element.get("triggeredByEvent"), default=False)
        loop = loop_of(element, self.references)
        if element.get("eventGatewayType") == "Parallel":
            self.references.remark("unsupported", element, detail="eventGatewayType=Parallel")
        if by_event and loop is not None:
            self.references.remark("unsupported", element, detail="triggeredByEvent + loop")
        events = event_definitions(element, self.references)
        return Node(
            id=identifier,
            name=element.get("name", ""),
            tag=tag,
            line=line_of(element),
            lane=lane.id if lane else "",
            roles=self._roles(element, lane),
            default=bare(element.get("default")),
            events=events,
            interrupting=truth(
                element.get("cancelActivity", element.get("isInterrupting")), default=True
            ),
            attached_to=bare(element.get("attachedToRef")),
            loop=loop,
            scope=self._inner(element, tag, depth, lane),
            by_event=by_event,
            called=bare(element.get("calledElement")) or _called_by_extension(element),
            script=own_text(element, "script"),
            script_format=element.get("scriptFormat", ""),
            message=self._message(element, tag),
            key=self._key(element, tag, events),
            handler=self.references.associations.get(identifier, ""),
            for_compensation=truth(element.get("isForCompensation"), default=False),
            instantiate=truth(element.get("instantiate"), default=False),
            parallel_multiple=truth(element.get("parallelMultiple"), default=False),
            quantities=(
                integer_of(element.get("startQuantity", "1")),
                integer_of(element.get("completionQuantity", "1")),
            ),
            ordering=element.get("ordering", ""),
            completion=own_text(element, "completionCondition"),
            cancel_remaining=truth(element.get("cancelRemainingInstances"), default=True),
            documentation=documentation(element),
            unsupported=unsupported_data(element, tag, self.references),
        )

    def _inner(
        self, element: etree._Element, tag: str, depth: int, lane: Lane | None
    ) -> Scope | None:
        if tag not in CONTAINERS:
            return None
        if depth >= MAX_NESTING:
            self.references.remark("too_deep", element)
            return None
        return self.scope(element, element.get("id", ""), depth + 1, lane)

    def _roles(self, element: etree._Element, lane: Lane | None) -> tuple[str, ...]:
        owners = [self._owner(o) for o in element.iterchildren(*OWNERS)]
        named = [o.strip() for text in owners for o in text.split(",") if o.strip()]
        if named:
            return tuple(named)
        return (lane.name or lane.id,) if lane else ()

    def _owner(self, owner: etree._Element) -> str:
        reference = bare(own_text(owner, "resourceRef"))
        if reference:
            resource = self.references.named.get("resource", {}).get(reference)
            return reference if resource is None else resource.get("name") or reference
        expression = next(owner.iter(BPMN + "formalExpression", BPMN + "expression"), None)
        return text_of(expression)

    def _message(self, element: etree._Element, tag: str) -> str:
        if tag not in {"sendTask", "receiveTask"}:
            return ""
        reference = bare(element.get("messageRef"))
        if not reference:
            self.references.remark("unnamed_message", element)
            return element.get("id", "")
        return self.references.name_and_code("message", reference, element)[0]

    def _key(self, element: etree._Element, tag: str, events: Iterable[EventDefinition]) -> str:
        ours = element.get(OURS + "key", "")
        if ours:
            return ours
        referred = [e.ref for e in events if e.kind == "message"]
        if tag in {"sendTask", "receiveTask"}:
            referred.append(bare(element.get("messageRef")))
        return next((k for k in map(self.references.key, referred) if k), "")


def documentation(element: etree._Element) -> str:
    """Return the text of the documentation elements."""
    return "\n".join(text_of(e) for e in own(element, "documentation"))


def _called_by_extension(element: etree._Element) -> str:
    """Return the process a call activity of Zeebe names in its extension, unless computed."""
    for extensions in own(element, "extensionElements"):
        for child in roots(extensions):
            called = child.get("processId", "") if local(child) == "calledElement" else ""
            if called and not called.startswith("="):
                return called
    return ""


def _leftovers_dropped(nodes: Iterable[Node], flows: Iterable[Flow]) -> tuple[Node, ...]:
    """A default that is the only way out is a leftover of a modelling tool: absent."""
    outgoing: dict[str, list[str]] = {}
    for flow in flows:
        outgoing.setdefault(flow.source, []).append(flow.id)
    return tuple(
        replace(n, default="") if n.default and outgoing.get(n.id) == [n.default] else n
        for n in nodes
    )
