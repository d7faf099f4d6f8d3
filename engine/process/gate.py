"""The gate: every finding about a document at once; what would run wrongly is refused by name.

Rules: docs/reference/bpmn.md. Structure is judged in `shape.py`, texts in `texts.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.process.document import Document, Node, Process, Scope
from engine.process.elements import MAX_NESTING
from engine.process.facts import FactType
from engine.process.findings import Finding
from engine.process.rules import finding
from engine.process.shape import shape_findings
from engine.process.support import support_findings
from engine.process.texts import text_findings

MAX_NODES = 2_000


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
            return
    yield from _call_depth(document)


def _call_depth(document: Document) -> Iterator[Finding]:
    """Refuse calls that nest deeper than sub-processes may; rings were refused before."""
    edges = [
        (process.id, depth, node.called)
        for process in document.processes
        for node, depth in _nested(process.scope)
        if node.tag == "callActivity"
    ]
    deepest: dict[str, int] = {}
    for _ in range(MAX_NESTING + 1):
        before = dict(deepest)
        for caller, depth, called in edges:
            deepest[caller] = max(deepest.get(caller, 0), depth + before.get(called, 0))
        if deepest == before:
            return
    for process in document.processes:
        if deepest.get(process.id, 0) > MAX_NESTING:
            yield finding("too_deep", element=process.id, name=process.name, line=process.line)


def _nested(scope: Scope) -> Iterator[tuple[Node, int]]:
    pending = [(scope, 1)]
    while pending:
        inner, depth = pending.pop()
        for node in inner.nodes:
            yield node, depth
            if node.scope is not None:
                pending.append((node.scope, depth + 1))


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
    transactions = {n.id for n in _nodes(process.scope) if n.tag == "transaction"}
    for scope in process.scope.walk():
        by_event = scope.id in event_scopes
        yield from support_findings(scope, by_event=by_event, transaction=scope.id in transactions)
        yield from shape_findings(
            scope, top=scope is process.scope, by_event=by_event, strict=strict
        )
    yield from text_findings(process, facts)


def _some_executable(document: Document) -> bool:
    return any(p.executable for p in document.processes)
