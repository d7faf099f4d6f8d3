"""The gate: every finding about a document at once; what would run wrongly is refused by name.

Rules: docs/reference/bpmn.md. Structure is judged in `shape.py`, texts in `texts.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from engine.process.document import Document, Node, Process, Scope
from engine.process.elements import MAX_NESTING
from engine.process.facts import FactType
from engine.process.findings import Finding
from engine.process.rules import finding
from engine.process.shape import shape_findings
from engine.process.support import support_findings
from engine.process.texts import text_findings

# Beyond these reading stops; nothing more is known of the document.
BOUNDS = frozenset({"too_many_nodes", "too_many_flows", "too_many_elements"})


def check(
    document: Document, *, facts: Mapping[str, FactType] | None = None
) -> tuple[Finding, ...]:
    """Return every finding about the document, errors and warnings, in document order.

    With `facts` (the declared routing facts of a procedure) expressions are checked against their
    names and types; without, any name is allowed. An empty tuple, or one of warnings only, means
    that `compile_definition` will accept the document. Never raises for a document from `read`.
    """
    judged = _judged(document)
    drawn = {p.id for p in document.processes} - {p.id for p in judged}
    found = [
        finding(r.rule, element=r.element, name=r.name, line=r.line, detail=r.detail)
        for r in document.remarks
        if r.process not in drawn
    ]
    if not any(f.rule in BOUNDS for f in found):
        found.extend(_document(document, judged))
    for process in judged:
        found.extend(_process(process, facts))
    unique = {(f.rule, f.element, f.message): f for f in found}
    return tuple(sorted(unique.values(), key=lambda f: (f.line, f.severity)))


def _judged(document: Document) -> tuple[Process, ...]:
    """Return the processes that would run: executable, or called by one that is.

    A drawing beside them (the pool of the other party) is only drawing; where none is executable
    all are judged, so that everything wrong is told at once.
    """
    known = {p.id: p for p in document.processes}
    pending = [p.id for p in document.processes if p.executable] or list(known)
    seen: set[str] = set()
    while pending:
        process_id = pending.pop()
        if process_id in known and process_id not in seen:
            seen.add(process_id)
            pending.extend(_called(known[process_id]))
    return tuple(p for p in document.processes if p.id in seen)


def _called(process: Process) -> set[str]:
    return {n.called for n in _nodes(process.scope) if n.tag == "callActivity"}


def _document(document: Document, judged: tuple[Process, ...]) -> Iterator[Finding]:
    if not document.processes:
        yield finding("no_process")
        return
    if not any(p.executable for p in document.processes):
        first = document.processes[0]
        yield finding("not_executable", element=first.id, name=first.name, line=first.line)
    yield from _calls(judged)


def _calls(processes: tuple[Process, ...]) -> Iterator[Finding]:
    known = {p.id: p for p in processes}
    for process in processes:
        for node in _nodes(process.scope):
            if node.tag == "callActivity":
                yield from _call(node, process, known.get(node.called))
    calls = {p.id: sorted(_called(p) & set(known)) for p in processes}
    rings = list(_rings(processes, calls))
    yield from rings
    if not rings:
        yield from _call_depth(processes)


def _call(node: Node, caller: Process, called: Process | None) -> Iterator[Finding]:
    if called is None:
        yield _about("unknown_call", node, node.called or "?")
    elif caller.executable and not called.executable:
        yield _about("called_not_executable", node, node.called)


def _rings(processes: tuple[Process, ...], calls: Mapping[str, Sequence[str]]) -> Iterator[Finding]:
    for process in processes:
        if ring := _ring(process.id, calls):
            yield finding(
                "call_ring",
                element=process.id,
                name=process.name,
                line=process.line,
                detail=" → ".join(ring),
            )


def _call_depth(processes: tuple[Process, ...]) -> Iterator[Finding]:
    """Refuse calls that nest deeper than sub-processes may; rings were refused before."""
    edges = [
        (process.id, depth, node.called)
        for process in processes
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
    for process in processes:
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


def _ring(start: str, calls: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the path by which a process calls itself, or nothing."""
    before = dict.fromkeys(calls[start], start)
    pending = list(before)
    while pending:
        process_id = pending.pop()
        if process_id == start:
            path = [start, before[start]]
            while path[-1] != start:
                path.append(before[path[-1]])
            return path[::-1]
        for called in calls[process_id]:
            if called not in before:
                before[called] = process_id
                pending.append(called)
    return []


def _nodes(scope: Scope) -> Iterator[Node]:
    for inner in scope.walk():
        yield from inner.nodes


def _about(rule: str, node: Node, detail: str = "", severity: str = "") -> Finding:
    return finding(
        rule, element=node.id, name=node.name, line=node.line, detail=detail, severity=severity
    )


def _process(process: Process, facts: Mapping[str, FactType] | None) -> Iterator[Finding]:
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
