"""XML elements to nodes, flows and scopes; the part of reading that knows the standard's tags."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from lxml import etree

from engine.process.document import (
    CONTAINERS,
    FLOW_NODES,
    EventDefinition,
    Flow,
    Lane,
    Loop,
    Node,
    Remark,
    Scope,
)

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
OURS = "{urn:motcua:bpmn:1}"
DEFINITION = "EventDefinition"
MAX_NESTING = 64
DRAWING = frozenset(
    {
        "documentation", "extensionElements", "incoming", "outgoing", "laneSet", "textAnnotation",
        "association", "group", "dataObject", "dataObjectReference", "dataStoreReference",
        "ioSpecification", "property", "auditing", "monitoring", "supports", "performer",
        "humanPerformer", "potentialOwner", "resourceRole", "correlationSubscription", "artifact",
        "category", "rendering", "dataInput", "dataOutput", "inputSet", "outputSet",
        "dataInputAssociation", "dataOutputAssociation", "script", "completionCondition",
        "multiInstanceLoopCharacteristics", "standardLoopCharacteristics", "eventDefinitionRef",
        "conditionExpression", "sequenceFlow", "callableElement", "ioBinding",
    }
)  # fmt: skip


def local(element: etree._Element) -> str:
    """Return the tag without its namespace."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def roots(element: etree._Element) -> Iterator[etree._Element]:
    """Yield the child elements, without comments."""
    return element.iterchildren(tag=etree.Element)


def own(element: etree._Element, tag: str) -> Iterator[etree._Element]:
    """Yield the children with this BPMN tag."""
    return element.iterchildren(BPMN + tag)


def truth(text: str | None, *, default: bool) -> bool:
    """Read an xsd:boolean, which may be written true, false, 1 or 0."""
    return default if text is None else text.strip() in {"true", "1"}


def bare(reference: str | None) -> str:
    """Return a reference without its namespace prefix."""
    return (reference or "").strip().rpartition(":")[2]


def text_of(element: etree._Element | None) -> str:
    """Return the text of an element and its inline children, or empty."""
    return "" if element is None else "".join(element.itertext()).strip()


def foreign(element: etree._Element, *names: str) -> str:
    """Return the first attribute with such a local name, whatever its namespace."""
    for name, value in element.attrib.items():
        if etree.QName(name).localname in names:
            return str(value)
    return ""


class ElementReader:
    """Reads one document's elements; keeps what references need and what the gate must hear."""

    def __init__(self, root: etree._Element) -> None:
        """Index everything that can be referred to."""
        self.remarks: list[Remark] = []
        self.lane_of: dict[str, Lane] = {}
        self.named: dict[str, dict[str, etree._Element]] = {}
        self.definitions: dict[str, etree._Element] = {}
        self.data_names: dict[str, str] = {}
        self.bindings: dict[str, str] = {}
        self.associations: dict[str, str] = {}
        self.counter = 0
        self.ids: set[str] = set()
        self._index(root)
        self.retrievals = self._retrievals(root)

    def _index(self, root: etree._Element) -> None:
        for element in root.iter(etree.Element):
            identifier, tag = element.get("id", ""), local(element)
            if identifier and str(element.tag).startswith(BPMN):
                if identifier in self.ids:
                    self.remark("duplicate_id", element, detail=identifier)
                self.ids.add(identifier)
            if tag in {"message", "signal", "error", "escalation"}:
                self.named.setdefault(tag, {})[identifier] = element
            elif tag == "association":
                self.associations[bare(element.get("sourceRef"))] = bare(element.get("targetRef"))
            elif tag.endswith(DEFINITION):
                self.definitions[identifier] = element
            elif tag.startswith("data") or tag == "property":
                name = element.get("name", "")
                self.data_names[identifier] = name if name.isidentifier() else identifier

    def _retrievals(self, root: etree._Element) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for prop in root.iter(BPMN + "correlationProperty"):
            for expression in own(prop, "correlationPropertyRetrievalExpression"):
                message = bare(expression.get("messageRef"))
                found.setdefault(message, []).append(prop.get("id", ""))
        return found

    def names(self, tag: str) -> set[str]:
        """Return the names of the messages, signals… the document declares."""
        return {e.get("name") or i for i, e in self.named.get(tag, {}).items()}

    def remark(self, rule: str, element: etree._Element, *, detail: str = "") -> None:
        """Note something for the gate to judge."""
        self.remarks.append(
            Remark(
                rule=rule,
                element=element.get("id", ""),
                name=element.get("name", ""),
                line=element.sourceline or 0,
                detail=detail,
            )
        )

    def identify(self, element: etree._Element) -> str:
        """Return the id, making one up where the optional attribute is missing."""
        identifier = element.get("id")
        if not identifier:
            self.counter += 1
            identifier = f"{local(element)}_auto_{self.counter}"
            while identifier in self.ids:
                self.counter += 1
                identifier = f"{local(element)}_auto_{self.counter}"
            self.ids.add(identifier)
            element.set("id", identifier)
        return identifier

    def documentation(self, element: etree._Element) -> str:
        """Return the text of the documentation elements."""
        return "\n".join(text_of(e) for e in own(element, "documentation"))

    def enter_process(self, element: etree._Element) -> None:
        """Learn the correlation subscription of the process that is read next."""
        self.bindings = {}
        for subscription in own(element, "correlationSubscription"):
            for binding in own(subscription, "correlationPropertyBinding"):
                path = text_of(next(own(binding, "dataPath"), None))
                self.bindings[bare(binding.get("correlationPropertyRef"))] = path

    def scope(self, element: etree._Element, scope_id: str, depth: int = 0) -> Scope:
        """Return the content of a process or sub-process."""
        nodes, flows, data = [], [], []
        for child in roots(element):
            tag = local(child) if str(child.tag).startswith(BPMN) else ""
            if tag in FLOW_NODES:
                nodes.append(self.node(child, tag, depth))
            elif tag == "sequenceFlow":
                flows.append(self.flow(child))
            elif tag in {"dataObject", "dataObjectReference", "property"}:
                identifier = self.identify(child)
                data.append((identifier, self.data_names.get(identifier, identifier)))
            elif tag and tag not in DRAWING:
                self.remark("unsupported_element", child, detail=tag)
        outgoing: dict[str, int] = {}
        for flow in flows:
            outgoing[flow.source] = outgoing.get(flow.source, 0) + 1
        kept = tuple(n if outgoing.get(n.id, 0) > 1 else _without_default(n) for n in nodes)
        return Scope(id=scope_id, nodes=kept, flows=tuple(flows), data=tuple(data))

    def flow(self, element: etree._Element) -> Flow:
        """Return a sequence flow; an empty condition is none."""
        condition = next(own(element, "conditionExpression"), None)
        return Flow(
            id=self.identify(element),
            name=element.get("name", ""),
            source=bare(element.get("sourceRef")),
            target=bare(element.get("targetRef")),
            condition=text_of(condition) or None,
            line=element.sourceline or 0,
        )

    def node(self, element: etree._Element, tag: str, depth: int) -> Node:
        """Return a flow node with its events, loop and inner scope."""
        identifier = self.identify(element)
        inner = None
        if tag in CONTAINERS:
            if depth >= MAX_NESTING:
                self.remark("too_deep", element)
            else:
                inner = self.scope(element, identifier, depth + 1)
        lane = self.lane_of.get(identifier)
        events = self.events(element)
        return Node(
            id=identifier,
            name=element.get("name", ""),
            tag=tag,
            line=element.sourceline or 0,
            lane=lane.id if lane else "",
            roles=self._roles(element, lane),
            default=bare(element.get("default")),
            events=events,
            interrupting=truth(
                element.get("cancelActivity", element.get("isInterrupting")), default=True
            ),
            attached_to=bare(element.get("attachedToRef")),
            loop=self.loop(element),
            scope=inner,
            by_event=truth(element.get("triggeredByEvent"), default=False),
            called=bare(element.get("calledElement")),
            script=text_of(next(own(element, "script"), None)),
            message=self._message(element, tag),
            key=self._key(element, tag, events),
            handler=self.associations.get(identifier, ""),
            for_compensation=truth(element.get("isForCompensation"), default=False),
            instantiate=truth(element.get("instantiate"), default=False),
            parallel_multiple=truth(element.get("parallelMultiple"), default=False),
            quantities=(
                element.get("startQuantity", "1"),
                element.get("completionQuantity", "1"),
            ),
            ordering=element.get("ordering", ""),
            completion=text_of(next(own(element, "completionCondition"), None)),
            cancel_remaining=truth(element.get("cancelRemainingInstances"), default=True),
            documentation=self.documentation(element),
            unsupported=self._unsupported(element),
        )

    def _roles(self, element: etree._Element, lane: Lane | None) -> tuple[str, ...]:
        owners = []
        for owner in element.iterchildren(BPMN + "potentialOwner", BPMN + "humanPerformer"):
            owners.append(
                text_of(next(owner.iter(BPMN + "formalExpression"), None)) or text_of(owner)
            )
        named = [o.strip() for text in owners for o in text.split(",") if o.strip()]
        if named:
            return tuple(named)
        return (lane.name or lane.id,) if lane else ()

    def _unsupported(self, element: etree._Element) -> tuple[str, ...]:
        found = []
        for child in element.iterchildren(
            BPMN + "dataInputAssociation", BPMN + "dataOutputAssociation"
        ):
            if any(local(e) in {"assignment", "transformation"} for e in roots(child)):
                found.append(local(child))
        return tuple(found)

    def _reference(self, tag: str, reference: str, element: etree._Element) -> tuple[str, str]:
        """Return name and code of a message, signal, error or escalation."""
        if not reference:
            return "", ""
        target = self.named.get(tag, {}).get(reference)
        if target is None:
            self.remark("unknown_reference", element, detail=f"{tag} {reference}")
            return reference, reference
        code = target.get("errorCode") or target.get("escalationCode") or ""
        return target.get("name") or reference, code

    def _message(self, element: etree._Element, tag: str) -> str:
        if tag not in {"sendTask", "receiveTask"}:
            return ""
        reference = bare(element.get("messageRef"))
        if not reference:
            self.remark("unnamed_message", element)
            return element.get("id", "")
        return self._reference("message", reference, element)[0]

    def _key(self, element: etree._Element, tag: str, events: tuple[EventDefinition, ...]) -> str:
        ours = element.get(OURS + "key", "")
        if ours:
            return ours
        references = [e.ref for e in events if e.kind == "message"]
        if tag in {"sendTask", "receiveTask"}:
            references.append(bare(element.get("messageRef")))
        for reference in references:
            paths = [self.bindings.get(p, "") for p in self.retrievals.get(reference, ())]
            if paths and all(paths):
                return " + '|' + ".join(f"text({p})" for p in paths) if len(paths) > 1 else paths[0]
        return ""

    def events(self, element: etree._Element) -> tuple[EventDefinition, ...]:
        """Return the event definitions of an event, inline or by reference."""
        found = []
        for child in roots(element):
            tag = local(child)
            if tag == "eventDefinitionRef":
                target = self.definitions.get(bare(child.text))
                if target is None:
                    self.remark("unknown_reference", element, detail=f"event {text_of(child)}")
                    continue
                found.append(self._definition(target, element))
            elif tag.endswith(DEFINITION) and str(child.tag).startswith(BPMN):
                found.append(self._definition(child, element))
        return tuple(found)

    def _definition(self, element: etree._Element, event: etree._Element) -> EventDefinition:
        kind = local(element).removesuffix(DEFINITION)
        line = element.sourceline or 0
        if kind == "timer":
            return self._timer(element, event)
        if kind == "conditional":
            text = text_of(next(own(element, "condition"), None))
            return EventDefinition(kind=kind, condition=text, line=line)
        if kind == "link":
            return EventDefinition(kind=kind, name=element.get("name", ""), line=line)
        if kind == "compensate":
            return EventDefinition(kind=kind, ref=bare(element.get("activityRef")), line=line)
        reference = bare(element.get(f"{kind}Ref"))
        name, code = self._reference(kind, reference, event)
        if kind in {"message", "signal"} and not reference:
            self.remark(f"unnamed_{kind}", event)
            name = event.get("id", "")
        return EventDefinition(kind=kind, name=name, code=code, ref=reference, line=line)

    def _timer(self, element: etree._Element, event: etree._Element) -> EventDefinition:
        line = element.sourceline or 0
        children = [
            c for c in roots(element) if local(c) in {"timeDuration", "timeDate", "timeCycle"}
        ]
        if len(children) != 1:
            self.remark("timer_unclear", event, detail=str(len(children)))
            return EventDefinition(kind="timer", line=line)
        child = children[0]
        return EventDefinition(
            kind="timer",
            timer=local(child).removeprefix("time").lower(),
            text=text_of(child),
            working=child.get(OURS + "calendar", "") == "working",
            line=line,
        )

    def loop(self, element: etree._Element) -> Loop | None:
        """Return the loop characteristics, standard's or a modelling tool's, in one form."""
        for child in own(element, "standardLoopCharacteristics"):
            return Loop(
                kind="standard",
                condition=text_of(next(own(child, "loopCondition"), None)),
                test_before=truth(child.get("testBefore"), default=False),
                maximum=child.get("loopMaximum", ""),
                line=child.sourceline or 0,
            )
        for child in own(element, "multiInstanceLoopCharacteristics"):
            return self._multi(child)
        return None

    def _multi(self, element: etree._Element) -> Loop:
        zeebe = next((e for e in element.iter() if local(e) == "loopCharacteristics"), None)
        other = zeebe if zeebe is not None else element

        def datum(tag: str, *names: str) -> str:
            child = next(own(element, tag), None)
            if child is None:
                return foreign(other, *names)
            reference = bare(child.text) or child.get("id", "")
            return self.data_names.get(reference, "") or child.get("name", "") or reference

        sequential = truth(element.get("isSequential"), default=False)
        return Loop(
            kind="sequential" if sequential else "parallel",
            cardinality=text_of(next(own(element, "loopCardinality"), None)),
            collection=datum("loopDataInputRef", "collection", "inputCollection"),
            item=datum("inputDataItem", "item", "elementVariable", "inputElement"),
            output=datum("loopDataOutputRef", "output", "outputCollection"),
            output_item=datum("outputDataItem", "outputItem", "outputElement"),
            condition=text_of(next(own(element, "completionCondition"), None)),
            behavior=element.get("behavior", "All"),
            line=element.sourceline or 0,
        )


def _without_default(node: Node) -> Node:
    """A default on a node with one way out is a leftover of a modelling tool: absent."""
    if not node.default:
        return node
    return replace(node, default="")
