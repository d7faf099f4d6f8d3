"""The shape rules of the gate: flows, starts, reachability, cycles, gateways of one scope."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

from engine.process.document import EVENTS, Flow, Node, Scope
from engine.process.findings import Finding
from engine.process.graph import components, dominates, dominators, reachable, spans
from engine.process.rules import finding

JOINING = frozenset({"parallelGateway", "inclusiveGateway"})
CHOOSING = frozenset({"exclusiveGateway", "inclusiveGateway"})
AFTER_EVENT_GATEWAY = frozenset({"intermediateCatchEvent", "receiveTask"})
NEVER_CHOOSES = EVENTS | {"parallelGateway", "eventBasedGateway"}
NO_WAY_IN = {"startEvent": "flow_into_start", "boundaryEvent": "flow_into_boundary"}
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

Walk = Mapping[str, tuple[int, int]]


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

    @cached_property
    def links(self) -> dict[str, list[Node]]:
        """Return the link catch events by name."""
        found: dict[str, list[Node]] = {}
        for node in self.scope.nodes:
            if node.tag == "intermediateCatchEvent" and node.event_kind == "link":
                found.setdefault(node.events[0].name, []).append(node)
        return found

    def link_targets(self, node: Node) -> list[Node]:
        """Return the link catch events a link throw event goes to."""
        return self.links.get(node.events[0].name, [])

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
        """Return the nodes that start with the scope: no flow comes in (§10.2, §13.2)."""
        if self.starts:
            return [n for n in self.without_incoming if n.is_activity]
        return self.without_incoming

    @cached_property
    def entries(self) -> list[str]:
        """Return the ids of all nodes a token can appear on from outside."""
        triggered = [n for n in self.scope.nodes if n.by_event or n.for_compensation]
        return [n.id for n in (*self.starts, *self.implicit_starts, *triggered)]


def shape_findings(scope: Scope, *, top: bool, by_event: bool, strict: bool) -> Iterator[Finding]:
    """Yield what is wrong with the shape of one scope; `strict`: a missing default is an error."""
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

    source, target = graph.nodes.get(flow.source), graph.nodes.get(flow.target)
    if source is None:
        yield about("flow_dangling", flow.source or "?")
    elif source.tag == "endEvent":
        yield about("flow_from_end", source.id)
    if target is None:
        yield about("flow_dangling", flow.target or "?")
    elif target.tag in NO_WAY_IN:
        yield about(NO_WAY_IN[target.tag], target.id)
    for node in (source, target):
        if node is not None and node.by_event:
            yield _about("event_subprocess_flow", node)


def _starts(graph: ScopeGraph, *, top: bool, by_event: bool) -> Iterator[Finding]:
    starts = graph.starts
    plain = [s for s in starts if s.event_kind == "none"]
    rule = ""
    if top:
        rule = "several_starts" if len(plain) > 1 else ""
    elif by_event:
        rule = "event_subprocess_start" if len(starts) != 1 or plain else ""
    elif len(starts) > 1 or (starts and not plain):
        rule = "inner_start"
    if rule:
        kinds = ", ".join(f"{s.id}: {s.event_kind}" for s in starts)
        scope = graph.scope
        yield finding(
            rule,
            element=scope.id,
            name=scope.name,
            line=scope.line,
            detail=kinds or "không có",
            detail_en=kinds or "none",
        )


def _node(node: Node, graph: ScopeGraph) -> Iterator[Finding]:
    if node.tag == "boundaryEvent":
        host = graph.nodes.get(node.attached_to)
        if host is None or not host.is_activity or host.by_event:
            yield _about("boundary_unattached", node, node.attached_to or "?")
    elif node.tag == "eventBasedGateway":
        yield from _event_gateway(node, graph)
    elif node.tag == "intermediateThrowEvent" and node.event_kind == "link":
        yield from _link(node, graph)


def _link(node: Node, graph: ScopeGraph) -> Iterator[Finding]:
    if len(graph.link_targets(node)) != 1:
        yield _about("link", node, node.events[0].name)


def _event_gateway(node: Node, graph: ScopeGraph) -> Iterator[Finding]:
    flows = graph.outgoing[node.id]
    if len(flows) < 2:  # noqa: PLR2004 - a race has two
        yield _about("event_gateway_ways", node)
    for flow in flows:
        target = graph.nodes[flow.target]
        if target.tag not in AFTER_EVENT_GATEWAY or len(graph.incoming[target.id]) != 1:
            yield _about("event_gateway_target", node, target.id)


def _choice(node: Node, graph: ScopeGraph, *, strict: bool) -> Iterator[Finding]:
    flows = graph.outgoing[node.id]
    default = next((f for f in flows if f.id == node.default), None)
    if default is None and node.default:
        yield _about("unknown_default", node, node.default)
    elif default is not None and default.condition is not None:
        yield _about("condition_on_default", node, node.default)
    others = [f for f in flows if f is not default]
    conditional = [f for f in others if f.condition is not None]
    if node.tag in NEVER_CHOOSES:
        yield from (_about("condition_on_parallel", node, f.id) for f in conditional)
        return
    if node.tag in CHOOSING and len(flows) > 1:
        plain = [f for f in others if f.condition is None]
        yield from (_about("no_condition", node, f.id) for f in plain)
    if conditional and len(conditional) == len(flows):
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
    walk = spans(dominators(graph.entries, graph.edges)) if cyclic else {}
    for members in cyclic:
        first = next(n for n in graph.scope.nodes if n.id in members)
        if all(t in members for m in members for t in graph.edges[m]):
            yield _about("no_way_out", first)
        automatic = {m for m in members if graph.nodes[m].tag in AUTOMATIC}
        inner = {m: [t for t in graph.edges[m] if t in automatic] for m in automatic}
        if components(inner):
            yield _about("busy_cycle", first)
        for member in members:
            yield from _back_edges(member, members, graph, walk)


def _back_edges(member: str, members: set[str], graph: ScopeGraph, walk: Walk) -> Iterator[Finding]:
    node, flows = graph.nodes[member], graph.incoming[member]
    if node.tag not in JOINING or len(flows) < 2:  # noqa: PLR2004 - a join has two
        return
    for flow in flows:
        if flow.source in members and dominates(walk, member, flow.source):
            yield _about("back_edge_into_join", node, flow.id)
