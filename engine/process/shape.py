"""The shape rules of the gate: flows, starts, reachability, cycles, gateways of one scope."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from engine.process.document import Flow, Node, Scope
from engine.process.findings import Finding
from engine.process.graph import components, dominates, dominators, reachable
from engine.process.rules import finding

JOINING = frozenset({"parallelGateway", "inclusiveGateway"})
CHOOSING = frozenset({"exclusiveGateway", "inclusiveGateway"})
AFTER_EVENT_GATEWAY = frozenset({"intermediateCatchEvent", "receiveTask"})
AUTOMATIC = frozenset(
    {
        "scriptTask",
        "sendTask",
        "exclusiveGateway",
        "parallelGateway",
        "inclusiveGateway",
        "intermediateThrowEvent",
    }
)


class ScopeGraph:
    """One scope as a graph: sequence flows, boundary events after their hosts, links."""

    def __init__(self, scope: Scope) -> None:
        """Index nodes and flows."""
        self.scope = scope
        self.nodes = {n.id: n for n in scope.nodes}
        self.outgoing: dict[str, list[Flow]] = {n: [] for n in self.nodes}
        self.incoming: dict[str, list[Flow]] = {n: [] for n in self.nodes}
        for flow in scope.flows:
            if flow.source in self.nodes and flow.target in self.nodes:
                self.outgoing[flow.source].append(flow)
                self.incoming[flow.target].append(flow)

    @cached_property
    def edges(self) -> dict[str, list[str]]:
        """Return where a token at each node can go next."""
        edges = {n: [f.target for f in flows] for n, flows in self.outgoing.items()}
        for node in self.scope.nodes:
            if node.tag == "boundaryEvent" and node.attached_to in edges:
                edges[node.attached_to].append(node.id)
            if node.tag == "intermediateThrowEvent" and node.event_kind == "link":
                edges[node.id].extend(n.id for n in self.link_targets(node))
        return edges

    def link_targets(self, node: Node) -> list[Node]:
        """Return the link catch events a link throw event goes to."""
        name = node.events[0].name
        return [
            n
            for n in self.scope.nodes
            if n.tag == "intermediateCatchEvent"
            and n.event_kind == "link"
            and n.events[0].name == name
        ]

    @cached_property
    def without_incoming(self) -> list[Node]:
        """Return the nodes no flow leads to and that nothing else starts."""
        return [
            n
            for n in self.scope.nodes
            if not self.incoming[n.id]
            and n.tag not in {"startEvent", "boundaryEvent"}
            and not n.by_event
            and not n.for_compensation
            and not (n.tag == "intermediateCatchEvent" and n.event_kind == "link")
        ]

    @cached_property
    def starts(self) -> list[Node]:
        """Return the start events."""
        return [n for n in self.scope.nodes if n.tag == "startEvent"]

    @cached_property
    def implicit_starts(self) -> list[Node]:
        """Return the nodes that start with the scope for want of an incoming flow (§10.2, §13.2)."""
        if self.starts:
            return [n for n in self.without_incoming if n.is_activity]
        return self.without_incoming

    @cached_property
    def entries(self) -> list[str]:
        """Return the ids of all nodes a token can appear on from outside."""
        triggered = [n for n in self.scope.nodes if n.by_event or n.for_compensation]
        return [n.id for n in (*self.starts, *self.implicit_starts, *triggered)]


def shape_findings(scope: Scope, *, top: bool, by_event: bool, strict: bool) -> Iterator[Finding]:
    """Yield what is wrong with the shape of one scope; `strict` makes a missing default an error."""
    graph = ScopeGraph(scope)
    for flow in scope.flows:
        yield from _flow(flow, graph)
    yield from _starts(graph, top=top, by_event=by_event)
    for node in scope.nodes:
        yield from _node(node, graph)
        yield from _choice(node, graph, strict=strict)
    yield from _reach(graph)
    yield from _cycles(graph)


def _about(rule: str, node: Node, detail: str = "", severity: str = "") -> Finding:
    return finding(
        rule, element=node.id, name=node.name, line=node.line, detail=detail, severity=severity
    )


def _flow(flow: Flow, graph: ScopeGraph) -> Iterator[Finding]:
    def about(rule: str, detail: str) -> Finding:
        return finding(rule, element=flow.id, name=flow.name, line=flow.line, detail=detail)

    for end in (flow.source, flow.target):
        if end not in graph.nodes:
            yield about("flow_dangling", end or "?")
    source, target = graph.nodes.get(flow.source), graph.nodes.get(flow.target)
    if target is not None and target.tag == "startEvent":
        yield about("flow_into_start", target.id)
    if target is not None and target.tag == "boundaryEvent":
        yield about("flow_into_boundary", target.id)
    if source is not None and source.tag == "endEvent":
        yield about("flow_from_end", source.id)
    for node in (source, target):
        if node is not None and node.by_event:
            yield _about("event_subprocess_flow", node)


def _starts(graph: ScopeGraph, *, top: bool, by_event: bool) -> Iterator[Finding]:
    scope, starts = graph.scope, graph.starts
    kinds = ", ".join(f"{s.id}: {s.event_kind}" for s in starts) or "không có"
    plain = [s for s in starts if s.event_kind == "none"]
    if top:
        if len(plain) > 1:
            yield finding("several_starts", element=scope.id, line=starts[0].line, detail=kinds)
    elif by_event:
        if len(starts) != 1 or plain:
            yield finding("event_subprocess_start", element=scope.id, detail=kinds)
    elif len(starts) > 1 or (starts and not plain):
        yield finding("inner_start", element=scope.id, line=starts[0].line, detail=kinds)


def _node(node: Node, graph: ScopeGraph) -> Iterator[Finding]:
    if node.tag == "boundaryEvent":
        host = graph.nodes.get(node.attached_to)
        if host is None or not host.is_activity:
            yield _about("boundary_unattached", node, node.attached_to or "?")
    if node.tag == "eventBasedGateway":
        if len(graph.outgoing[node.id]) < 2:  # noqa: PLR2004 - a race has two
            yield _about("event_gateway_ways", node)
        for flow in graph.outgoing[node.id]:
            target = graph.nodes[flow.target]
            if target.tag not in AFTER_EVENT_GATEWAY or len(graph.incoming[target.id]) != 1:
                yield _about("event_gateway_target", node, target.id)
    if node.tag == "intermediateThrowEvent" and node.event_kind == "link":
        if len(graph.link_targets(node)) != 1:
            yield _about("link", node, node.events[0].name)


def _choice(node: Node, graph: ScopeGraph, *, strict: bool) -> Iterator[Finding]:
    flows = graph.outgoing[node.id]
    by_id = {f.id: f for f in flows}
    if node.default and node.default not in by_id:
        yield _about("unknown_default", node, node.default)
    elif node.default and by_id[node.default].condition is not None:
        yield _about("condition_on_default", node, node.default)
    conditional = [f for f in flows if f.condition is not None and f.id != node.default]
    if node.tag in {"parallelGateway", "eventBasedGateway"} or node.tag.endswith("Event"):
        for flow in conditional:
            yield _about("condition_on_parallel", node, flow.id)
        return
    if node.tag in CHOOSING and len(flows) > 1:
        for flow in flows:
            if flow.condition is None and flow.id != node.default:
                yield _about("no_condition", node, flow.id)
    chooses = conditional and len(conditional) == len(flows)
    if chooses and not node.default:
        yield _about("no_default", node, severity="error" if strict else "")


def _reach(graph: ScopeGraph) -> Iterator[Finding]:
    if graph.starts:
        for node in graph.implicit_starts:
            yield _about("starts_with_process", node)
    reached = reachable(graph.entries, graph.edges)
    for node in graph.scope.nodes:
        if node.id not in reached:
            yield _about("unreachable", node)


def _cycles(graph: ScopeGraph) -> Iterator[Finding]:
    cyclic = components(graph.edges)
    above = dominators(graph.entries, graph.edges) if cyclic else {}
    for members in cyclic:
        first = next(n for n in graph.scope.nodes if n.id in members)
        if all(t in members for m in members for t in graph.edges[m]):
            yield _about("no_way_out", first)
        automatic = {m for m in members if graph.nodes[m].tag in AUTOMATIC}
        inner = {m: [t for t in graph.edges[m] if t in automatic] for m in automatic}
        if components(inner):
            yield _about("busy_cycle", first)
        for member in members:
            yield from _back_edges(member, members, graph, above)


def _back_edges(
    member: str, members: set[str], graph: ScopeGraph, above: dict[str, str]
) -> Iterator[Finding]:
    node, flows = graph.nodes[member], graph.incoming[member]
    if node.tag not in JOINING or len(flows) < 2:  # noqa: PLR2004 - a join has two
        return
    for flow in flows:
        if flow.source in members and dominates(above, member, flow.source):
            yield _about("back_edge_into_join", node, flow.id)
