"""Where work may be sent back to, where an ended process may begin again: judged on the drawing.

Sending a task back is drawing an arrow from it to an earlier one. That is sound when every way to
the task leads through the earlier one, in the same scope, and every split between the two has come
together again before the task: then its token is the only one that stands for their stretch, and
moving it loses none and doubles none. Not for moving tokens: see `sending_back`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.process.activities import WorkSpec
from engine.process.gateways import EventGatewaySpec, JoinSpec, ParallelSpec
from engine.process.graph import dominates, dominators, reachable, reverse, spans
from engine.process.throwing import ThrowSpec

if TYPE_CHECKING:
    from engine.process.executable import Definition
    from engine.process.nodes import NodeSpec, ScopeSpec

Edges = dict[str, list[str]]


def why_not_back(definition: Definition, task: str, to: str) -> str:
    """Return why a task may not be sent back to another, in Vietnamese; empty when it may."""
    scope = _scope_of(definition, task)
    if scope is None or not isinstance(scope.task_specs[task], WorkSpec):
        return f"«{task}» không phải bước do người làm."
    if scope.task_specs[task].loop is not None:
        return f"«{task}» lặp nhiều lần; một lần của nó không trả lại riêng được."
    if to not in scope.task_specs:
        return f"«{to}» nằm ngoài quy trình con của «{task}»."
    if not isinstance(scope.task_specs[to], WorkSpec) or to == task:
        return f"«{to}» không phải một bước khác do người làm."
    edges = _edges(scope)
    roots = [s.name for s in (*scope.starts, *scope.implicit)]
    if not dominates(spans(dominators(roots, edges)), to, task):
        return f"Có đường tới «{task}» không qua «{to}»."
    return _split_between(scope, edges, task, to)


def why_not_begin(definition: Definition, element: str) -> str:
    """Return why an ended process may not begin again at an element; empty when it may."""
    scope = definition.main
    spec = scope.task_specs.get(element)
    if spec is None or not isinstance(spec, WorkSpec):
        return f"«{element}» không phải bước do người làm của quy trình chính."
    edges = _edges(scope)
    above = dominators([element], edges)
    for name in above:
        join = scope.task_specs.get(name)
        if not isinstance(join, ParallelSpec) or len(join.flows_in) <= 1:
            continue
        split = scope.task_specs.get(above[name])
        if not isinstance(split, ParallelSpec) or len(split.ways) != len(join.flows_in):
            return f"Bắt đầu từ «{element}» thì nhánh song song tại «{name}» không bao giờ đủ."
    return ""


def _scope_of(definition: Definition, task: str) -> ScopeSpec | None:
    found = (s for s in definition.scopes.values() if task in s.task_specs)
    return next(found, None)


def _edges(scope: ScopeSpec) -> Edges:
    """Return which nodes follow each node; a host is followed by its boundary events."""
    return {
        name: [w.target for w in spec.ways] + [b.name for b in spec.boundaries] + _linked(spec)
        for name, spec in scope.task_specs.items()
    }


def _linked(spec: NodeSpec) -> list[str]:
    return [spec.link] if isinstance(spec, ThrowSpec) and spec.link else []


def _without(edges: Edges, node: str) -> Edges:
    """Return the graph in which nothing goes on from one node."""
    return edges | {node: []}


def _split_between(scope: ScopeSpec, edges: Edges, task: str, to: str) -> str:
    """Return which split between two tasks leaves a token beside the later one, if one does."""
    onward = reachable(edges[to], _without(edges, to))
    between = (onward & reachable([task], _without(reverse(edges), to))) | {to}
    for name in sorted(between):
        spec = scope.task_specs[name]
        for boundary in spec.boundaries:
            beside = not boundary.node.interrupting
            if beside and task in reachable([boundary.name], _without(edges, to)):
                return f"Sự kiện «{boundary.name}» mở thêm một đường tới «{task}»."
        if _splits(spec) and not _comes_together(scope, edges, name, task):
            return f"Nhánh song song mở ở «{name}» chưa nhập lại trước «{task}»."
    return ""


def _splits(spec: NodeSpec) -> bool:
    """Tell whether more than one token may leave a node at once."""
    one_of = spec.choice == "first" or isinstance(spec, EventGatewaySpec)
    return len(spec.ways) > 1 and not one_of


def _comes_together(scope: ScopeSpec, edges: Edges, split: str, task: str) -> bool:
    """Tell whether one join takes every token of a split before any can reach the task."""
    ends, into = {name for name, targets in edges.items() if not targets}, reverse(edges)
    for name, spec in scope.task_specs.items():
        if not isinstance(spec, JoinSpec) or len(spec.flows_in) <= 1 or name == split:
            continue
        inside = reachable(edges[split], _without(edges, name))
        if name in inside and not ({task, split} | ends) & inside - {name}:
            entered = {t for n in inside - {name} for t in into[n]}
            if entered <= inside | {split}:
                return True
    return False
