"""Document to Definition: our own compiler builds the library's specs and proves them whole.

The library's parser is not used: it loses nodes without a word (docs/decisions/0011). After
compiling, every node, flow and event definition of the document is looked for in the result.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from engine.process import activities, catching, gateways, throwing
from engine.process.document import Document, EventDefinition, Node, Process, Scope
from engine.process.executable import Definition, Element, FlowElement, StartEvent
from engine.process.expressions import Expression, compile_expression
from engine.process.facts import FactType
from engine.process.findings import Refused
from engine.process.gate import check
from engine.process.multi import Repetition
from engine.process.nodes import NodeSpec, ScopeSpec, Way
from engine.process.rules import finding
from engine.process.scripts import compile_script
from engine.process.shape import ScopeGraph
from engine.process.texts import COUNTERS, loop_names
from engine.process.timers import PARSERS, looks_literal
from engine.process.triggers import Trigger

FORMAT = "1"
COUNTS = frozenset({"nrOfInstances", "nrOfCompletedInstances", "nrOfActiveInstances"})

SPECS: dict[str, type[NodeSpec]] = {
    "startEvent": NodeSpec,
    "endEvent": throwing.EndSpec,
    "intermediateThrowEvent": throwing.ThrowSpec,
    "intermediateCatchEvent": catching.CatchSpec,
    "boundaryEvent": catching.BoundarySpec,
    "exclusiveGateway": gateways.ExclusiveSpec,
    "parallelGateway": gateways.ParallelSpec,
    "inclusiveGateway": gateways.InclusiveSpec,
    "eventBasedGateway": gateways.EventGatewaySpec,
    "task": activities.WorkSpec,
    "userTask": activities.WorkSpec,
    "manualTask": activities.WorkSpec,
    "serviceTask": activities.WorkSpec,
    "businessRuleTask": activities.WorkSpec,
    "scriptTask": activities.ScriptSpec,
    "sendTask": activities.SendSpec,
    "receiveTask": activities.ReceiveSpec,
    "subProcess": activities.SubProcessSpec,
    "transaction": activities.SubProcessSpec,
    "callActivity": activities.CallSpec,
}


def compile_definition(
    document: Document,
    *,
    process: str | None = None,
    facts: Mapping[str, FactType] | None = None,
) -> Definition:
    """Return the executable form of one process of the document.

    `process` names it; by default it is the first executable process no other one calls. `facts`
    declares the routing facts with their types (a procedure does); without it any fact may be set.
    Raises Refused with every finding when `check` finds an error or when something of the document
    would not be in the result.
    """
    findings = check(document, facts=facts)
    if any(f.is_error for f in findings):
        raise Refused(findings)
    chosen = _choose(document, process)
    compiler = _Compiler(document, facts)
    main = compiler.process(chosen.id)
    for other in document.processes:
        if other.executable:
            compiler.process(other.id)
    compiler.prove()
    return _definition(document, chosen, compiler, main)


def _choose(document: Document, process: str | None) -> Process:
    called = {n.called for s in document.scopes() for n in s.nodes if n.tag == "callActivity"}
    executable = [p for p in document.processes if p.executable]
    if process is None:
        return next((p for p in executable if p.id not in called), executable[0])
    for candidate in executable:
        if candidate.id == process:
            return candidate
    raise Refused([finding("unknown_reference", element=process, detail=process)])


def _definition(
    document: Document, chosen: Process, compiler: _Compiler, main: ScopeSpec
) -> Definition:
    declared = sorted((n, t.type, t.values) for n, t in (compiler.facts or {}).items())
    seed = f"{FORMAT}|{document.digest}|{chosen.id}|{compiler.facts is None}|{declared!r}"
    names = {lane.id: lane.name for p in document.processes for lane in p.lanes}
    elements, flows = {}, []
    for scope in compiler.seen:
        flows += [
            FlowElement(
                id=f.id, name=f.name, source=f.source, target=f.target, condition=f.condition
            )
            for f in scope.flows
        ]
        for node in scope.nodes:
            elements[node.id] = _element(node, scope.id, names, compiler)
    return Definition(
        process_id=chosen.id,
        name=chosen.name,
        digest=hashlib.sha256(seed.encode()).hexdigest(),
        document=document,
        facts=compiler.facts,
        elements=elements,
        flows=tuple(flows),
        lanes=chosen.lanes,
        starts=tuple(
            StartEvent(
                id=n.id,
                kind=n.event_kind,
                name=n.events[0].name if n.events else "",
                timer=n.events[0].text if n.events else "",
            )
            for n in chosen.scope.nodes
            if n.tag == "startEvent"
        ),
        end_events=tuple(e.id for e in elements.values() if e.kind == "endEvent"),
        message_names=document.messages,
        has_conditions=any(
            t.kind == "conditional"
            for s in compiler.scopes.values()
            for n in s.task_specs.values()
            for t in n.triggers
        ),
        main=main,
        scopes=compiler.scopes,
    )


def _element(node: Node, scope: str, lane_names: Mapping[str, str], compiler: _Compiler) -> Element:
    spec = compiler.scopes[scope].task_specs[node.id]
    return Element(
        id=node.id,
        name=node.name,
        kind=node.tag,
        lane=node.lane,
        lane_name=lane_names.get(node.lane, ""),
        roles=node.roles,
        documentation=node.documentation,
        event=node.event_kind if node.tag.endswith("Event") else "",
        scope=scope,
        waits=spec.opens_step
        and not isinstance(spec, activities.SubProcessSpec | catching.EventSubProcessSpec),
        attached_to=node.attached_to,
    )


class _Compiler:
    """Builds the specs of one document; remembers what it has seen for the proof."""

    def __init__(self, document: Document, facts: Mapping[str, FactType] | None) -> None:
        self.processes = {p.id: p for p in document.processes}
        self.facts = facts
        self.scopes: dict[str, ScopeSpec] = {}
        self.seen: list[Scope] = []
        self.local: frozenset[str] = COUNTERS

    def process(self, process_id: str) -> ScopeSpec:
        """Return the spec of a process, compiled once; calls in a ring were refused before."""
        if process_id not in self.scopes:
            outer, self.local = self.local, COUNTERS
            self.scope(self.processes[process_id].scope, is_process=True)
            self.local = outer
        return self.scopes[process_id]

    def scope(self, scope: Scope, *, is_process: bool = False) -> ScopeSpec:
        """Compile nodes, then flows, then what refers to other nodes."""
        spec = ScopeSpec(scope.id)
        self.scopes[scope.id] = spec
        self.seen.append(scope)
        outer = self.local
        self.local = outer | {name for _, name in scope.data}
        graph = ScopeGraph(scope)
        for node in scope.nodes:
            self.node(spec, node)
        for node in scope.nodes:
            self._connect(spec, node, graph)
        spec.starts = [spec.task_specs[n.id] for n in graph.starts]
        if is_process:
            # A process with several triggers begins at the one that happened.
            plain = [s for s in spec.starts if s.node.event_kind == "none"]
            spec.starts = plain or spec.starts[:1]
        spec.implicit = [spec.task_specs[n.id] for n in graph.implicit_starts]
        self.local = outer
        return spec

    def node(self, scope: ScopeSpec, node: Node) -> None:
        """Create the spec of a node."""
        outer = self.local
        self.local = outer | loop_names(node)
        if node.by_event:
            spec: NodeSpec = self._event_sub_process(scope, node)
        elif node.event_kind == "link" and node.tag == "intermediateCatchEvent":
            spec = catching.LinkCatchSpec(scope, node)
        else:
            kind = SPECS[node.tag]
            spec = kind(scope, node, manual=kind is activities.WorkSpec)
        self._fill(spec, node)
        self.local = outer

    def _fill(self, spec: NodeSpec, node: Node) -> None:
        if isinstance(spec, activities.ReceiveSpec):
            spec.triggers = (Trigger("message", node.message, key=self._key(node)),)
        elif isinstance(spec, activities.SendSpec):
            spec.key = self._key(node)
        elif isinstance(spec, activities.ScriptSpec):
            spec.assignments = compile_script(node.script, self.facts, local=self.local)
        elif isinstance(spec, activities.CallSpec):
            spec.inner = self.process(node.called)
        elif isinstance(spec, activities.SubProcessSpec):
            assert node.scope is not None  # noqa: S101 - read so
            spec.inner = self.scope(node.scope)
        elif node.events and node.tag != "startEvent" and node.event_kind != "link":
            spec.triggers = tuple(self.trigger(e, node) for e in node.events)
        if node.loop is not None and not node.by_event:
            spec.loop = self._repetition(node)

    def _event_sub_process(self, scope: ScopeSpec, node: Node) -> NodeSpec:
        spec = catching.EventSubProcessSpec(scope, node)
        assert node.scope is not None  # noqa: S101 - read so
        start = next(n for n in node.scope.nodes if n.tag == "startEvent")
        spec.triggers = tuple(self.trigger(e, start) for e in start.events)
        spec.interrupting = start.interrupting or any(e.kind == "error" for e in start.events)
        spec.inner = self.scope(node.scope)
        scope.handlers.append(spec)
        return spec

    def _connect(self, scope: ScopeSpec, node: Node, graph: ScopeGraph) -> None:
        spec = scope.task_specs[node.id]
        spec.ways = tuple(
            Way(
                flow=f.id,
                target=f.target,
                condition=None
                if f.condition is None or f.id == node.default
                else self._expression(f.condition, condition=True),
                is_default=f.id == node.default,
            )
            for f in graph.outgoing[node.id]
        )
        for way in spec.ways:
            spec.connect(scope.task_specs[way.target])
        if isinstance(spec, gateways.JoinSpec):
            spec.flows_in = tuple(f.id for f in graph.incoming[node.id])
        if isinstance(spec, catching.BoundarySpec):
            host = scope.task_specs[node.attached_to]
            host.boundaries.append(spec)
            host.handler = host.handler or node.handler
        if isinstance(spec, throwing.ThrowSpec) and node.event_kind == "link":
            spec.link = graph.link_targets(node)[0].id

    def _expression(self, text: str, *, condition: bool = False) -> Expression:
        return compile_expression(text, self.facts, local=self.local, condition=condition)

    def _key(self, node: Node) -> Expression | None:
        return self._expression(node.key) if node.key else None

    def trigger(self, event: EventDefinition, node: Node) -> Trigger:
        """Return what an event definition waits for or throws, compiled."""
        value = None
        if event.kind == "timer":
            literal = looks_literal(event.text)
            value = PARSERS[event.timer](event.text) if literal else self._expression(event.text)
        condition = None
        if event.kind == "conditional":
            condition = self._expression(event.condition or "", condition=True)
        return Trigger(
            kind=event.kind,
            name=event.name,
            code=event.code,
            ref=event.ref if event.kind == "compensate" else "",
            key=self._key(node) if event.kind == "message" else None,
            condition=condition,
            timer=event.timer,
            value=value,
            working=event.working,
        )

    def _repetition(self, node: Node) -> Repetition:
        loop = node.loop
        assert loop is not None  # noqa: S101 - the caller looked
        outer = self.local
        self.local = outer | loop_names(node) | COUNTS
        condition = self._expression(loop.condition, condition=True) if loop.condition else None
        amount = loop.cardinality or loop.collection
        repetition = Repetition(
            parallel=loop.kind == "parallel",
            amount=self._expression(amount) if loop.kind != "standard" else None,
            item=loop.item,
            output=loop.output,
            output_item=loop.output_item,
            condition=condition,
            test_before=loop.test_before,
            maximum=int(loop.maximum or 0),
        )
        self.local = outer
        return repetition

    def prove(self) -> None:
        """Raise Refused unless every node, flow and event definition is in the specs."""
        lost = []
        for scope in self.seen:
            spec = self.scopes[scope.id]
            flows = {w.flow for s in spec.task_specs.values() for w in s.ways}
            for node in scope.nodes:
                found = spec.task_specs.get(node.id)
                if (
                    found is None
                    or found.node is not node
                    or (node.events and not _has_event(found))
                ):
                    lost.append(finding("lost", element=node.id, name=node.name, line=node.line))
            lost += [
                finding("lost", element=f.id, name=f.name, line=f.line)
                for f in scope.flows
                if f.id not in flows
            ]
        if lost:
            raise Refused(lost)


def _has_event(spec: NodeSpec) -> bool:
    if spec.node.tag == "startEvent" or isinstance(spec, catching.LinkCatchSpec):
        return True
    if isinstance(spec, throwing.ThrowSpec) and spec.link:
        return True
    return len(spec.triggers) == len(spec.node.events) or spec.node.by_event
