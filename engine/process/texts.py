"""The text rules of the gate: conditions, scripts, timers, keys and loops parse and agree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.process.document import EventDefinition, Flow, Loop, Node, Process, Scope
from engine.process.expressions import ExpressionFaulty, compile_expression
from engine.process.facts import FactType
from engine.process.findings import Finding
from engine.process.rules import finding
from engine.process.scripts import compile_script
from engine.process.timers import PARSERS, TimerFaulty, looks_literal

Facts = Mapping[str, FactType] | None
COUNTERS = frozenset({"loop_counter", "loopCounter"})
COUNTS = frozenset({"nrOfInstances", "nrOfCompletedInstances", "nrOfActiveInstances"})
# A script without a format, or marked as ours, is meant for us.
OUR_FORMATS = frozenset({"", "motcua", "text/x-motcua"})
MAX_INSTANCES = 500
MAX_LOOPS = 1_000
TIMES = {
    "duration": "is no ISO 8601 duration such as P12D, of at most 200 years",
    "date": "is no ISO 8601 date such as 2026-03-02T08:00:00+07:00",
    "cycle": "is no ISO 8601 cycle such as R3/P1D, at least a minute apart, at most 1,000 times",
}
MAX_DIGITS = 12


def text_findings(process: Process, facts: Facts) -> Iterator[Finding]:
    """Yield every expression, script, timer or loop of the process that is faulty."""
    pending: list[tuple[Scope, frozenset[str]]] = [(process.scope, COUNTERS)]
    while pending:
        scope, names = pending.pop()
        local = names | {name for _, name in scope.data}
        for flow in scope.flows:
            if flow.condition is not None:
                yield from _expression(flow, flow.condition, facts, local, condition=True)
        for node in scope.nodes:
            inner = local | loop_names(node)
            yield from _node(node, facts, inner)
            if node.scope is not None:
                pending.append((node.scope, inner))


def loop_names(node: Node) -> frozenset[str]:
    """Return the facts that exist only inside one execution of a multi-instance activity."""
    if node.loop is None:
        return frozenset()
    return frozenset(n for n in (node.loop.item, node.loop.output_item) if n)


def _expression(
    element: Flow | Node, text: str, facts: Facts, local: frozenset[str], *, condition: bool = False
) -> Iterator[Finding]:
    try:
        compile_expression(text, facts, local=local, condition=condition)
    except ExpressionFaulty as fault:
        yield _about("expression", element, f"{fault} «{text:.80}»", f"'{text:.80}'")


def _about(rule: str, element: Flow | Node, detail: str, detail_en: str = "") -> Finding:
    return finding(
        rule,
        element=element.id,
        name=element.name,
        line=element.line,
        detail=detail,
        detail_en=detail_en,
    )


def _node(node: Node, facts: Facts, local: frozenset[str]) -> Iterator[Finding]:
    if node.key:
        yield from _expression(node, node.key, facts, local)
    if node.tag == "scriptTask":
        yield from _script(node, facts, local)
    for event in node.events:
        if event.kind == "timer" and event.timer:
            yield from _timer(node, event, facts, local)
        elif event.kind == "conditional":
            yield from _expression(node, event.condition or "", facts, local, condition=True)
    if node.loop is not None:
        yield from _loop(node, facts, local)


def _script(node: Node, facts: Facts, local: frozenset[str]) -> Iterator[Finding]:
    if not node.script:
        yield _about("no_script", node, "")
    elif node.script_format.lower() not in OUR_FORMATS:
        yield _about("script_format", node, node.script_format)
    try:
        compile_script(node.script, facts, local=local)
    except ExpressionFaulty as fault:
        yield _about("expression", node, str(fault), f"'{node.script:.80}'")


def _timer(
    node: Node, event: EventDefinition, facts: Facts, local: frozenset[str]
) -> Iterator[Finding]:
    if not event.text:
        yield _about("timer", node, "chưa ghi thời gian", "no time is given")
    elif looks_literal(event.text):
        try:
            PARSERS[event.timer](event.text)
        except TimerFaulty as fault:
            yield _about("timer", node, str(fault), f"'{event.text:.80}' {TIMES[event.timer]}")
    else:
        yield from _expression(node, event.text, facts, local)


def _loop(node: Node, facts: Facts, local: frozenset[str]) -> Iterator[Finding]:
    loop = node.loop
    assert loop is not None  # noqa: S101 - the caller looked
    yield from (_about("loop", node, vi, en) for vi, en in _loop_faults(loop))
    for text in (loop.cardinality, loop.collection):
        if text:
            yield from _expression(node, text, facts, local)
    if loop.condition:
        counts = frozenset() if loop.kind == "standard" else COUNTS
        yield from _expression(node, loop.condition, facts, local | counts, condition=True)


def _loop_faults(loop: Loop) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a loop, in Vietnamese and English."""
    if loop.kind == "standard":
        if not loop.condition and not loop.maximum:
            vi = "vòng lặp cần điều kiện hoặc số lần tối đa"
            yield vi, "a loop needs a condition or a maximum"
        if loop.maximum and not 0 < _number(loop.maximum) <= MAX_LOOPS:
            vi = f"loopMaximum phải từ 1 đến {MAX_LOOPS}"
            yield vi, f"loopMaximum has to be from 1 to {MAX_LOOPS}"
        return
    if bool(loop.cardinality) is bool(loop.collection):
        vi = "cần đúng một trong số lần (loopCardinality) và danh sách"
        yield vi, "exactly one of a number (loopCardinality) and a list is needed"
    if _number(loop.cardinality) > MAX_INSTANCES:
        yield f"hơn {MAX_INSTANCES} phiên bản", f"more than {MAX_INSTANCES} instances"
    for name in (loop.item, loop.output, loop.output_item):
        if name and not name.isidentifier():
            yield f"tên «{name}» không hợp lệ", f"'{name}' is no name"


def _number(text: str) -> int:
    """Return a number written in digits, -1 for any other text; the longest are cut to be large."""
    return int(text[:MAX_DIGITS]) if text.isascii() and text.isdigit() else -1
