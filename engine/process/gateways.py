"""Gateways (BPMN 2.0.2 §13.4): joins count tokens, because the library's forget none of a loop's.

A join holds its arrivals as waiting tokens, each marked with the flow it came by. Firing takes one
token from each flow; what is left waits for the next round.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from SpiffWorkflow.util.task import TaskState

from engine.process.nodes import NodeSpec

if TYPE_CHECKING:
    from engine.process.tokens import Token


class ExclusiveSpec(NodeSpec):
    """XOR: each token passes alone, by the first true way or the default (§13.4.2)."""

    choice = "first"


class JoinSpec(NodeSpec):
    """What parallel and inclusive gateways share: arrivals per incoming flow."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        """Start without flows; the compiler names them."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.flows_in: tuple[str, ...] = ()

    def arrivals(self, token: Token) -> dict[str, Token]:
        """Return the oldest waiting token of each incoming flow."""
        found: dict[str, Token] = {}
        for other in token.workflow.tasks.values():
            if other.task_spec is self and other.state == TaskState.WAITING:
                found.setdefault(other.marks.get("via", ""), other)
        return found

    def consume(self, arrivals: dict[str, Token], last: Token) -> None:
        """Use up the arrivals; one of them goes on for all."""
        for token in arrivals.values():
            if token is not last:
                token.workflow.drop(token)


class ParallelSpec(JoinSpec):
    """AND: waits for a token on every incoming flow, then takes every way (§13.4.1)."""

    choice = "all"

    def enter(self, token: Token) -> bool:
        """Count the arrival; True when it was the last one missing."""
        if len(self.flows_in) < 2:  # noqa: PLR2004 - nothing to join
            return True
        token.wait()
        arrivals = self.arrivals(token)
        if len(arrivals) < len(self.flows_in):
            return False
        chosen = arrivals[token.marks["via"]]
        self.consume(arrivals, chosen)
        if chosen is not token:
            chosen.go()
            return False
        return True


class InclusiveSpec(JoinSpec):
    """OR: waits while a token elsewhere can still reach an empty incoming flow (§13.4.3)."""

    def enter(self, token: Token) -> bool:
        """Hold the token; the machine asks again when nothing else can move."""
        if len(self.flows_in) < 2:  # noqa: PLR2004 - nothing to join
            return True
        token.wait()
        token.workflow.instance.joins[token.workflow, self] = None
        return False

    @cached_property
    def upstream(self) -> dict[str, frozenset[str]]:
        """Return, per incoming flow, the nodes from which a path leads to it, not through here."""
        before = self._wf_spec.before
        reach: dict[str, frozenset[str]] = {}
        for flow, source in before.get(self.name, ()):
            seen: set[str] = set()
            pending = [source]
            while pending:
                node = pending.pop()
                if node != self.name and node not in seen:
                    seen.add(node)
                    pending.extend(s for _, s in before.get(node, ()))
            reach[flow] = frozenset(seen)
        return reach

    def ready_to_fire(self, token: Token) -> bool:
        """Tell whether no token outside can still fill an empty flow it alone leads to."""
        have = self.arrivals(token)
        empty = [self.upstream[f] for f in self.flows_in if f not in have]
        if not empty:
            return True
        filled = frozenset().union(*(self.upstream.get(f, frozenset()) for f in have))
        awaited = frozenset().union(*empty) - filled
        return not any(
            t.task_spec.name in awaited
            for t in token.workflow.tasks.values()
            if not t.listens and t.task_spec is not self
        )


class EventGatewaySpec(NodeSpec):
    """Event-based gateway: the first event that happens wins (§13.4.4)."""

    choice = "all"

    def enter(self, token: Token) -> bool:
        """Let a competitor wait at every event behind the gateway."""
        token.wait()
        self.record(token, ())
        scope = token.workflow
        for way in self.ways:
            if token.alive:
                scope.enter(scope.spec.task_specs[way.target], race=token.id, via=way.flow)
        return False
