"""The gate: every finding about a document at once; what would run wrongly is refused by name.

Rules: docs/reference/bpmn.md. Structure is judged in `shape.py`, texts in `texts.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.process.document import Document, Node, Process, Scope
from engine.process.facts import FactType
from engine.process.findings import Finding
from engine.process.rules import finding
from engine.process.shape import shape_findings
from engine.process.texts import text_findings

MAX_NODES = 2_000
CATCHES = frozenset({"message", "timer", "signal", "conditional"})
UP = frozenset({"error", "escalation"})
# Which event kinds each position of an event runs; everything else is refused by name.
RUN: dict[str, frozenset[str]] = {
    "startEvent": frozenset({"none"}) | CATCHES,
    "endEvent": frozenset({"none", "terminate", "error", "message", "signal", "escalation"}),
    "intermediateCatchEvent": CATCHES | {"link"},
    "intermediateThrowEvent": frozenset({"none", "message", "signal", "escalation", "link"}),
    "boundaryEvent": CATCHES | UP,
}
EVENT_SUBPROCESS_STARTS = CATCHES | UP


def check(
    document: Document, *, facts: Mapping[str, FactType] | None = None
) -> tuple[Finding, ...]:
    """Return every finding about the document, errors and warnings, in document order.

    With `facts` (the declared routing facts of a procedure) expressions are checked against their
    names and types; without, any name is allowed. An empty tuple, or one of warnings only, means
    that `compile_definition` will accept the document. Never raises for a document from `read`.
    """
    found = [
        finding(r.rule, element=r.element, name=r.name, line=r.line, detail=r.detail)
        for r in document.remarks
    ]
    found.extend(_document(document))
    for process in document.processes:
        found.extend(_process(process, document, facts))
    unique = {(f.rule, f.element, f.message): f for f in found}
    return tuple(sorted(unique.values(), key=lambda f: (f.line, f.severity)))


def _document(document: Document) -> Iterator[Finding]:
    if not document.processes:
        yield finding("no_process")
        return
    if not any(p.executable for p in document.processes):
        first = document.processes[0]
        yield finding("not_executable", element=first.id, name=first.name, line=first.line)
    count = sum(len(s.nodes) for s in document.scopes())
    if count > MAX_NODES:
        yield finding("too_many_nodes", detail=str(count))
    yield from _calls(document)


def _calls(document: Document) -> Iterator[Finding]:
    known = {p.id: p for p in document.processes}
    calls: dict[str, set[str]] = {p.id: set() for p in document.processes}
    for process in document.processes:
        for node in _nodes(process.scope):
            if node.tag != "callActivity":
                continue
            if node.called not in known:
                yield _about("unknown_call", node, node.called or "?")
            else:
                calls[process.id].add(node.called)
    for process in document.processes:
        if ring := _ring(process.id, calls):
            yield finding(
                "call_ring", element=process.id, name=process.name, detail=" → ".join(ring)
            )


def _ring(start: str, calls: Mapping[str, set[str]]) -> list[str]:
    """Return the path by which a process calls itself, or nothing."""
    pending = [[start, called] for called in sorted(calls[start])]
    seen: set[str] = set()
    while pending:
        path = pending.pop()
        if path[-1] == start:
            return path
        if path[-1] not in seen:
            seen.add(path[-1])
            pending.extend([*path, called] for called in sorted(calls.get(path[-1], ())))
    return []


def _nodes(scope: Scope) -> Iterator[Node]:
    for inner in scope.walk():
        yield from inner.nodes


def _about(rule: str, node: Node, detail: str = "", severity: str = "") -> Finding:
    return finding(
        rule, element=node.id, name=node.name, line=node.line, detail=detail, severity=severity
    )


def _process(
    process: Process, document: Document, facts: Mapping[str, FactType] | None
) -> Iterator[Finding]:
    # A drawing beside the executable process (a pool of the other party) is only drawing.
    called = {n.called for s in document.scopes() for n in s.nodes if n.tag == "callActivity"}
    if not process.executable and process.id not in called and _some_executable(document):
        return
    if not process.scope.nodes:
        yield finding("empty_process", element=process.id, name=process.name, line=process.line)
    strict = facts is not None
    event_scopes = {n.id for n in _nodes(process.scope) if n.by_event}
    for scope in process.scope.walk():
        for node in scope.nodes:
            yield from _supported(node, in_event_scope=scope.id in event_scopes)
        yield from shape_findings(
            scope, top=scope is process.scope, by_event=scope.id in event_scopes, strict=strict
        )
    yield from text_findings(process, facts)


def _some_executable(document: Document) -> bool:
    return any(p.executable for p in document.processes)


def _supported(node: Node, *, in_event_scope: bool) -> Iterator[Finding]:
    """Name what of the standard this node asks for and we do not run."""
    for what in _refusals(node, in_event_scope=in_event_scope):
        yield _about("unsupported", node, what)


def _refusals(node: Node, *, in_event_scope: bool) -> Iterator[str]:
    if node.tag == "complexGateway":
        yield "cổng phức hợp (complexGateway)"
    if node.tag == "adHocSubProcess":
        yield "quy trình con tùy biến (adHocSubProcess)"
    if node.quantities != ("1", "1"):
        yield f"số thẻ khác 1 ({'/'.join(node.quantities)})"
    if node.instantiate:
        yield "instantiate (bắt đầu quy trình từ bước nhận hoặc cổng sự kiện)"
    if node.for_compensation:
        yield "bù trừ (isForCompensation)"
    if node.parallel_multiple:
        yield "parallelMultiple"
    for association in node.unsupported:
        yield f"gán dữ liệu trong {association}"
    if node.loop is not None and node.loop.behavior != "All":
        yield f"multi-instance behavior {node.loop.behavior}"
    if node.tag in RUN:
        yield from _event_refusals(node, in_event_scope=in_event_scope)


def _event_refusals(node: Node, *, in_event_scope: bool) -> Iterator[str]:
    allowed = RUN[node.tag]
    if node.tag == "startEvent" and in_event_scope:
        allowed = EVENT_SUBPROCESS_STARTS
    kind = node.event_kind
    if kind == "none" and node.tag in {"intermediateCatchEvent", "boundaryEvent"}:
        yield f"{node.tag} không có loại sự kiện"
    elif kind not in allowed and not (kind == "none" and in_event_scope):
        yield f"{node.tag} loại {kind}"
