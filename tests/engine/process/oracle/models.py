"""Random diagrams that are sound by construction: blocks with one way in and one way out.

Every routing decision reads an integer fact, so that a walk, not the diagram, decides; the same
text of a condition means the same to the engine, to the token game and to Python.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise


@dataclass(frozen=True, kw_only=True)
class Repeat:
    """Multi-instance: so many executions, at once or one by one; a fact may end it early."""

    parallel: bool
    count: int
    stop: str = ""


@dataclass(frozen=True, kw_only=True)
class Node:
    """A flow node; `content` is what a sub-process holds, `host` what a boundary event watches."""

    id: str
    tag: str
    event: str = ""
    timer: str = ""
    host: str = ""
    interrupting: bool = True
    repeat: Repeat | None = None
    content: Graph | None = None


@dataclass(frozen=True, kw_only=True)
class Flow:
    """A sequence flow; open when the fact has the value, or as the default of its source."""

    id: str
    source: str
    target: str
    fact: str = ""
    value: int = 0
    default: bool = False


@dataclass(eq=False)
class Graph:
    """The nodes and flows of a process or sub-process."""

    id: str
    nodes: list[Node] = field(default_factory=list)
    flows: list[Flow] = field(default_factory=list)

    def walk(self) -> Iterator[Graph]:
        """Yield this graph and every one inside it."""
        yield self
        for node in self.nodes:
            if node.content is not None:
                yield from node.content.walk()

    def facts(self) -> dict[str, int]:
        """Return every fact a decision reads, with how many values it can take."""
        found: dict[str, int] = {}
        for graph in self.walk():
            for flow in graph.flows:
                if flow.fact:
                    found[flow.fact] = max(found.get(flow.fact, 2), flow.value + 1)
            for node in graph.nodes:
                if node.repeat is not None and node.repeat.stop:
                    found[node.repeat.stop] = 2
        return found

    @property
    def size(self) -> int:
        """Return how many nodes there are, at every level."""
        return sum(len(g.nodes) for g in self.walk())


FAMILIES: dict[str, tuple[str, ...]] = {
    "choices and loops": ("task", "seq", "xor", "loop"),
    "parallel": ("task", "seq", "xor", "and", "and"),
    "inclusive": ("task", "seq", "xor", "or", "or"),
    "joins in loops": ("task", "seq", "and", "or", "loop", "loop"),
    "sub-processes and events": ("seq", "xor", "and", "loop", "sub", "watched", "wait", "race"),
    "everything": (
        *("task", "seq", "xor", "and", "or", "loop"),
        *("sub", "watched", "wait", "race", "multi", "multi"),
    ),
}
LARGEST = 60
SKIP = 0.15


def random_model(seed: int, kinds: tuple[str, ...]) -> Graph:
    """Return the diagram of this seed: a task, two random blocks, a task."""
    return _Builder(random.Random(f"{seed} {' '.join(kinds)}"), kinds).whole()  # noqa: S311 - repeatable


Ends = tuple[str, str]


class _Builder:
    def __init__(self, chance: random.Random, kinds: tuple[str, ...]) -> None:
        self.chance = chance
        self.kinds = kinds
        self.graph = Graph("p")
        self.count = 0
        self.quiet = 0  # inside parallel executions no event could be told from its siblings
        self.looping = 0  # a round of a loop has to wait for somebody, so no way may be empty

    def whole(self) -> Graph:
        start, first = self.node("startEvent", "s"), self.node("userTask", "first")
        blocks = [self.block(3), self.block(2)]
        last, end = self.node("userTask", "last"), self.node("endEvent", "e")
        self.chain((start, start), (first, first), *blocks, (last, last), (end, end))
        return self.graph

    def name(self, prefix: str) -> str:
        self.count += 1
        return f"{prefix}{self.count}"

    def node(self, tag: str, prefix: str, **more: object) -> str:
        made = Node(id=self.name(prefix), tag=tag, **more)  # type: ignore[arg-type]
        self.graph.nodes.append(made)
        return made.id

    def flow(
        self, source: str, target: str, fact: str = "", value: int = 0, *, default: bool = False
    ) -> None:
        flow = Flow(
            id=self.name("f"),
            source=source,
            target=target,
            fact=fact,
            value=value,
            default=default,
        )
        self.graph.flows.append(flow)

    def chain(self, *blocks: Ends) -> Ends:
        for one, other in pairwise(blocks):
            self.flow(one[1], other[0])
        return blocks[0][0], blocks[-1][1]

    def block(self, depth: int) -> Ends:
        kind = self.chance.choice(self.kinds)
        if depth <= 0 or self.count > 2 * LARGEST:
            kind = "task"
        if self.quiet and kind in {"watched", "wait", "race"}:
            kind = "seq"
        make: Callable[[int], Ends] = getattr(self, f"make_{kind}")
        return make(depth - 1)

    def make_task(self, _depth: int) -> Ends:
        task = self.node("userTask", "t")
        return task, task

    def make_seq(self, depth: int) -> Ends:
        return self.chain(self.block(depth), self.block(depth))

    def make_loop(self, depth: int) -> Ends:
        merge, test = self.node("exclusiveGateway", "m"), self.node("exclusiveGateway", "x")
        after = self.node("exclusiveGateway", "o")
        self.looping += 1
        self.chain((merge, merge), self.block(depth), (test, test))
        self.looping -= 1
        self.flow(test, merge, f"go_{test}", 1)
        self.flow(test, after, default=True)
        return merge, after

    def make_xor(self, depth: int) -> Ends:
        return self._branches("exclusiveGateway", "x", depth)

    def make_and(self, depth: int) -> Ends:
        return self._branches("parallelGateway", "a", depth)

    def make_or(self, depth: int) -> Ends:
        return self._branches("inclusiveGateway", "i", depth)

    def _branches(self, tag: str, prefix: str, depth: int) -> Ends:
        split, join = self.node(tag, prefix), self.node(tag, prefix)
        for number in range(self.chance.randint(2, 3)):
            fact, value, default = "", 0, False
            if tag != "parallelGateway":
                default = number == 0
                fact = "" if default else split if prefix == "x" else f"{split}_{number}"
                value = number if prefix == "x" else 1
            skip = number and not self.looping and self.chance.random() < SKIP
            block = (join, "") if skip else self.block(depth)
            self.flow(split, block[0], fact, value, default=default)
            if not skip:
                self.flow(block[1], join)
        return split, join

    def make_sub(self, depth: int, repeat: Repeat | None = None) -> Ends:
        """A sub-process, which may also be left by a terminate or an error end event."""
        outer, inner = self.graph, Graph(self.name("sub"))
        way = self.chance.choice(["", "", "terminate", "error"]) if repeat is None else ""
        self.graph = inner
        first = self.make_task(0)
        body = [(s := self.node("startEvent", "s"), s), first]
        if way:
            test = self.node("exclusiveGateway", "x")
            body.append((test, test))
        body += [self.block(depth), (e := self.node("endEvent", "e"), e)]
        self.chain(*body)
        if way:
            self._leave(inner, test, way)
        self.graph = outer
        outer.nodes.append(Node(id=inner.id, tag="subProcess", content=inner, repeat=repeat))
        if way != "error":
            return inner.id, inner.id
        return self._beside(inner.id, depth, event="error")

    def _leave(self, inner: Graph, test: str, way: str) -> None:
        """Let the test lead out as well; what the chain drew becomes its default."""
        at = next(i for i, f in enumerate(inner.flows) if f.source == test)
        old = inner.flows[at]
        inner.flows[at] = Flow(id=old.id, source=test, target=old.target, default=True)
        self.flow(test, self.node("endEvent", "out", event=way), test, 1)

    def _beside(self, host: str, depth: int, **event: object) -> Ends:
        """An interrupting boundary event whose way comes back to the main one."""
        boundary = self.node("boundaryEvent", "b", host=host, **event)
        merge = self.node("exclusiveGateway", "m")
        self.flow(host, merge)
        self.chain((boundary, boundary), self.block(depth), (merge, merge))
        return host, merge

    def _event(self, *timers: str) -> dict[str, object]:
        if self.chance.random() < 0.5:
            return {"event": "message"}
        return {"event": "timer", "timer": self.chance.choice(timers)}

    def make_watched(self, depth: int) -> Ends:
        """An activity with a boundary event; a handler that does not interrupt ends by itself."""
        kinds = [self.make_task, self.make_task]
        kinds += [getattr(self, f"make_{k}") for k in ("sub", "multi") if k in self.kinds]
        first, last = self.chance.choice(kinds)(depth)
        host = first
        if self.chance.random() < 0.5:
            event = self._event("P1D", "R3/P1D")
            boundary = self.node("boundaryEvent", "b", host=host, interrupting=False, **event)
            task, end = self.make_task(0), self.node("endEvent", "e")
            self.chain((boundary, boundary), task, (end, end))
            return first, last
        boundary = self.node("boundaryEvent", "b", host=host, **self._event("P1D"))
        merge = self.node("exclusiveGateway", "m")
        self.flow(last, merge)
        self.chain((boundary, boundary), self.block(depth), (merge, merge))
        return first, merge

    def make_wait(self, _depth: int) -> Ends:
        event = self.node("intermediateCatchEvent", "c", **self._event("P2D"))
        return event, event

    def make_race(self, depth: int) -> Ends:
        gate, merge = self.node("eventBasedGateway", "g"), self.node("exclusiveGateway", "m")
        for _ in range(2):
            event = self.make_wait(0)
            self.flow(gate, event[0])
            self.chain(event, self.block(depth), (merge, merge))
        return gate, merge

    def make_multi(self, depth: int) -> Ends:
        """Several executions of a task or of a sub-process."""
        parallel = self.chance.random() < 0.6
        inside = depth > 0 and "sub" in self.kinds and not self.quiet and self.chance.random() < 0.4
        stop = self.name("stop") if self.chance.random() < 0.3 else ""
        repeat = Repeat(parallel=parallel, count=self.chance.randint(1, 3), stop=stop)
        if inside:
            self.quiet += 1
            ends = self.make_sub(depth, repeat)
            self.quiet -= 1
            return ends
        task = self.node("userTask", "t", repeat=repeat)
        return task, task
