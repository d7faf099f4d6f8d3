"""BPMN 2.0 as a token game on the drawing, written from the standard alone (§13).

Tokens lie on flows or at nodes that wait. It imports no engine and no library: what it and the
engine agree on, two independent readings of the standard agree on. Slow on purpose; no state is
stored, no event logged.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.engine.process.oracle.models import Flow, Graph, Node

Waiting = tuple[str, int | None, int | None]


@dataclass(eq=False)
class Place:
    """A node that is busy: a waiting event, a task, a sub-process, or all executions of one."""

    node: Node
    run: Run
    index: int | None = None
    body: Place | None = None
    executions: list[Place] = field(default_factory=list)
    inner: Run | None = None
    done: int = 0
    begun: int = 0
    watches: dict[str, int | None] = field(default_factory=dict)


@dataclass(eq=False)
class Run:
    """One running process or sub-process: tokens on its flows, and its busy nodes."""

    graph: Graph
    owner: Place | None = None
    item: int | None = None
    tokens: Counter[str] = field(default_factory=Counter)
    places: list[Place] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.nodes = {n.id: n for n in self.graph.nodes}
        self.out: dict[str, list[Flow]] = {n: [] for n in self.nodes}
        self.into: dict[str, list[Flow]] = {n: [] for n in self.nodes}
        for flow in self.graph.flows:
            self.out[flow.source].append(flow)
            self.into[flow.target].append(flow)
        self.boundaries: dict[str, list[Node]] = {n: [] for n in self.nodes}
        for node in self.graph.nodes:
            if node.host:
                self.boundaries[node.host].append(node)

    def emit(self, node: str) -> None:
        """Put a token on every flow out of a node."""
        for flow in self.out[node]:
            self.tokens[flow.id] += 1

    @property
    def empty(self) -> bool:
        """Tell whether nothing is left to happen here."""
        return not self.places and not any(self.tokens.values())

    def reach(self, nodes: list[str], join: str) -> set[str]:
        """Return the flows into `join` that a token at one of the nodes could come by."""
        found: set[str] = set()
        seen: set[str] = set()
        pending = list(nodes)
        while pending:
            node = pending.pop()
            if node in seen:
                continue
            seen.add(node)
            pending += [b.id for b in self.boundaries[node]]
            for flow in self.out[node]:
                if flow.target == join:
                    found.add(flow.id)
                else:
                    pending.append(flow.target)
        return found


class Game:
    """A whole process being played; `open`, `messages` and `timers` say what waits."""

    def __init__(self, model: Graph, facts: dict[str, int]) -> None:
        self.facts = dict(facts)
        self.top = Run(model)
        self.begin(self.top)
        self.settle()

    # What waits.

    def runs(self) -> Iterator[Run]:
        """Yield every scope that runs, outer ones first."""
        pending = [self.top]
        while pending:
            run = pending.pop()
            yield run
            for place in run.places:
                busy = (place, *place.executions)
                pending.extend(b.inner for b in busy if b.inner is not None)

    def tasks(self) -> list[Place]:
        """Return the open tasks, one by one."""
        found: list[Place] = []
        for run in self.runs():
            for place in run.places:
                busy = place.executions if place.node.repeat else [place]
                found.extend(b for b in busy if b.node.tag == "userTask")
        return found

    def open(self) -> list[Waiting]:
        """Return element, execution number and number of the enclosing execution of each task."""
        return [(p.node.id, p.index, p.run.item) for p in self.tasks()]

    def waits(self, kind: str) -> list[str]:
        """Return the events of a kind (message or timer) that could happen now."""
        return [event.id for _, event in self._awaited() if event.event == kind]

    def _awaited(self) -> Iterator[tuple[Place, Node]]:
        for run in self.runs():
            for place in run.places:
                if place.node.tag == "intermediateCatchEvent":
                    yield place, place.node
                if place.node.tag == "eventBasedGateway":
                    for flow in run.out[place.node.id]:
                        yield place, run.nodes[flow.target]
                for boundary, left in place.watches.items():
                    if left != 0:
                        yield place, run.nodes[boundary]

    @property
    def ended(self) -> bool:
        """Tell whether the process is over."""
        return self.top.empty

    # What happens from outside.

    def complete(self, place: Place, facts: dict[str, int]) -> None:
        """A task is done."""
        self.facts.update(facts)
        self.finish(place)
        self.settle()

    def happen(self, event: str, facts: dict[str, int]) -> None:
        """A message came or a time was reached."""
        self.facts.update(facts)
        place, node = next((p, n) for p, n in self._awaited() if n.id == event)
        run = place.run
        if node.host:
            left = place.watches[event]
            place.watches[event] = left - 1 if left is not None else None
        if not node.host or node.interrupting:
            run.places.remove(place)
        run.emit(event)
        self.settle()

    # How tokens move.

    def settle(self) -> None:
        """Let everything move that can without anybody outside."""
        while self._move():
            pass

    def _move(self) -> bool:
        for run in list(self.runs()):
            for node in run.graph.nodes:
                if any(run.tokens[f.id] for f in run.into[node.id]) and self._enabled(run, node):
                    return True
            if run.empty and run.owner is not None:
                self.finish(run.owner)
                return True
        return False

    def _enabled(self, run: Run, node: Node) -> bool:
        into = run.into[node.id]
        filled = [f for f in into if run.tokens[f.id]]
        if node.tag == "parallelGateway":
            if len(filled) < len(into):
                return False
        elif node.tag == "inclusiveGateway":
            if self._awaits(run, node, {f.id for f in filled}):
                return False
        else:
            filled = filled[:1]
        for flow in filled:
            run.tokens[flow.id] -= 1
        self.enter(run, node)
        return True

    def _awaits(self, run: Run, join: Node, filled: set[str]) -> bool:
        """Tell whether some token can still fill an empty flow and no flow that has one (§13.4.3)."""
        targets = {f.id: f.target for f in run.graph.flows}
        tokens = [[targets[f]] for f, n in run.tokens.items() if n and targets[f] != join.id]
        tokens += [[p.node.id] for p in run.places]
        reached = (run.reach(nodes, join.id) for nodes in tokens)
        return any(r - filled and not r & filled for r in reached)

    def enter(self, run: Run, node: Node) -> None:
        """A token arrives at a node (a join has all it wants)."""
        if node.tag == "endEvent":
            self._end(run, node)
        elif node.tag.endswith("Gateway") and node.tag != "eventBasedGateway":
            for flow in self.choose(run, node):
                run.tokens[flow.id] += 1
        else:
            self._occupy(run, node)

    def choose(self, run: Run, node: Node) -> list[Flow]:
        """Return the flows a gateway's token leaves by."""
        out = run.out[node.id]
        if node.tag == "parallelGateway" or len(out) == 1:
            return out
        true = [f for f in out if f.fact and self.facts[f.fact] == f.value]
        chosen = true or [f for f in out if f.default]
        return chosen[:1] if node.tag == "exclusiveGateway" else chosen

    def _end(self, run: Run, node: Node) -> None:
        if not node.event:
            return
        run.tokens.clear()
        run.places.clear()
        if node.event == "error":
            owner = run.owner
            assert owner is not None
            outer = owner.run
            outer.places.remove(owner)
            outer.emit(next(b.id for b in outer.boundaries[owner.node.id] if b.event == "error"))

    def _occupy(self, run: Run, node: Node) -> None:
        place = Place(node, run)
        run.places.append(place)
        for boundary in run.boundaries[node.id]:
            if boundary.event != "error":
                place.watches[boundary.id] = _times(boundary)
        if node.repeat is None:
            self._perform(place)
            return
        for _ in range(node.repeat.count if node.repeat.parallel else 1):
            self._execute(place)

    def _execute(self, body: Place) -> None:
        execution = Place(body.node, body.run, index=body.begun, body=body)
        body.begun += 1
        body.executions.append(execution)
        self._perform(execution)

    def _perform(self, place: Place) -> None:
        if place.node.content is not None:
            item = place.index if place.index is not None else place.run.item
            place.inner = Run(place.node.content, place, item)
            self.begin(place.inner)

    def begin(self, run: Run) -> None:
        """Put the first token of a scope where it begins."""
        run.emit(next(n.id for n in run.graph.nodes if n.tag == "startEvent"))

    def finish(self, place: Place) -> None:
        """An activity, or one execution of it, is over."""
        body, repeat = place.body, place.node.repeat
        if body is None:
            place.run.places.remove(place)
            place.run.emit(place.node.id)
            return
        assert repeat is not None
        body.executions.remove(place)
        body.done += 1
        stop = bool(repeat.stop) and self.facts[repeat.stop] == 1
        if body.done == repeat.count or stop:
            body.run.places.remove(body)
            body.run.emit(body.node.id)
        elif not repeat.parallel:
            self._execute(body)


def _times(boundary: Node) -> int | None:
    """Return how often a boundary event can happen while its host is busy."""
    if boundary.interrupting:
        return 1
    if boundary.event == "message":
        return None
    return int(boundary.timer[1 : boundary.timer.index("/")]) if "/" in boundary.timer else 1
