"""A small directed graph: reachability, strong components, dominators; iterative, no recursion."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

Edges = Mapping[str, Sequence[str]]


def reachable(roots: Iterable[str], edges: Edges) -> set[str]:
    """Return every node a path from the roots leads to, the roots included."""
    seen: set[str] = set()
    pending = list(roots)
    while pending:
        node = pending.pop()
        if node not in seen:
            seen.add(node)
            pending.extend(edges.get(node, ()))
    return seen


def reverse(edges: Edges) -> dict[str, list[str]]:
    """Return the graph with every edge turned round."""
    turned: dict[str, list[str]] = {node: [] for node in edges}
    for node, targets in edges.items():
        for target in targets:
            turned.setdefault(target, []).append(node)
    return turned


def postorder(roots: Iterable[str], edges: Edges) -> list[str]:
    """Return the nodes reachable from the roots, each after everything it leads to."""
    seen: set[str] = set()
    order: list[str] = []
    for root in roots:
        if root in seen:
            continue
        seen.add(root)
        stack = [(root, iter(edges.get(root, ())))]
        while stack:
            node, targets = stack[-1]
            target = next(targets, None)
            if target is None:
                order.append(node)
                stack.pop()
            elif target not in seen:
                seen.add(target)
                stack.append((target, iter(edges.get(target, ()))))
    return order


def components(edges: Edges) -> list[set[str]]:
    """Return the cyclic strong components (Kosaraju): sets of nodes that reach one another."""
    turned = reverse(edges)
    seen: set[str] = set()
    found = []
    for root in reversed(postorder(edges, edges)):
        if root in seen:
            continue
        members: set[str] = set()
        pending = [root]
        while pending:
            node = pending.pop()
            if node not in seen:
                seen.add(node)
                members.add(node)
                pending.extend(turned.get(node, ()))
        if len(members) > 1 or root in edges.get(root, ()):
            found.append(members)
    return found


def dominators(roots: Iterable[str], edges: Edges) -> dict[str, str]:
    """Return each reachable node's immediate dominator (Cooper, Harvey and Kennedy).

    An artificial root, the empty id, stands before all roots.
    """
    starts = list(roots)
    graph = {"": starts, **edges}
    order = postorder([""], graph)
    number = {node: i for i, node in enumerate(order)}
    turned = reverse({n: graph.get(n, ()) for n in order})
    above: dict[str, str] = {"": ""}

    changed = True
    while changed:
        changed = False
        for node in reversed(order[:-1]):
            known = [p for p in turned[node] if p in above]
            best = known[0]
            for other in known[1:]:
                best = _meet(best, other, above, number)
            if above.get(node) != best:
                above[node] = best
                changed = True
    return above


def _meet(a: str, b: str, above: Mapping[str, str], number: Mapping[str, int]) -> str:
    """Return the nearest node above both."""
    while a != b:
        while number[a] < number[b]:
            a = above[a]
        while number[b] < number[a]:
            b = above[b]
    return a


def spans(above: Mapping[str, str]) -> dict[str, tuple[int, int]]:
    """Return when a walk of the dominator tree enters and leaves each node."""
    below: dict[str, list[str]] = {node: [] for node in above}
    for node, upper in above.items():
        if node:
            below[upper].append(node)
    order = postorder([""], below)
    size = dict.fromkeys(order, 1)
    for node in order[:-1]:
        size[above[node]] += size[node]
    return {node: (i - size[node], i) for i, node in enumerate(order)}


def dominates(walk: Mapping[str, tuple[int, int]], upper: str, lower: str) -> bool:
    """Tell whether every way to `lower` leads through `upper`, given the spans of the tree."""
    if upper not in walk or lower not in walk:
        return False
    begin, end = walk[upper]
    return begin < walk[lower][1] <= end
