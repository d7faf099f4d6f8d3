"""What every node does with a token: receive it, perform, choose the ways out, withdraw.

The base classes are the library's TaskSpec and WorkflowSpec; prediction is switched off because a
token's future is known only when it moves (spiff issue 394: prediction grows without bound).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec

from engine.errors import Rejected
from engine.process.document import Node
from engine.process.expressions import CannotEvaluate, Expression
from engine.timing.events import ElementPassed, StepCompleted, StepEnabled, StepWithdrawn

if TYPE_CHECKING:
    from engine.process.catching import BoundarySpec, EventSubProcessSpec
    from engine.process.multi import Repetition
    from engine.process.tokens import Token
    from engine.process.triggers import Trigger


class NoBranch(Rejected):
    """No way out of a gateway or activity is true and none is the default."""

    code = "no_branch"


@dataclass(frozen=True)
class Way:
    """A sequence flow out of a node, with its compiled condition."""

    flow: str
    target: str
    condition: Expression | None
    is_default: bool = False


class ScopeSpec(WorkflowSpec):  # type: ignore[misc] # the library is untyped
    """A process or sub-process ready to run: its nodes by id and where it begins."""

    def __init__(self, name: str) -> None:
        """Create it empty; the compiler fills it."""
        super().__init__(name=name)
        self.task_specs: dict[str, NodeSpec] = {}
        self.starts: list[NodeSpec] = []
        self.implicit: list[NodeSpec] = []
        self.handlers: list[EventSubProcessSpec] = []

    @cached_property
    def before(self) -> dict[str, list[tuple[str, str]]]:
        """Return, for each node, the flows into it with their sources; a host comes before its
        boundary events.
        """
        found: dict[str, list[tuple[str, str]]] = {}
        for spec in self.task_specs.values():
            for way in spec.ways:
                found.setdefault(way.target, []).append((way.flow, spec.name))
            for boundary in spec.boundaries:
                found.setdefault(boundary.name, []).append(("", spec.name))
        return found


class NodeSpec(TaskSpec):  # type: ignore[misc] # the library is untyped
    """A node of the diagram. Subclasses say what happens when a token comes and when it goes.

    `opens_step` tells that the time spent here is a step of the log (someone or something is
    waited for); everything else is passed in no time.
    """

    opens_step = False
    choice = "true"

    def __init__(self, scope: ScopeSpec, node: Node, *, manual: bool = False) -> None:
        """Register the node in its scope under its id."""
        super().__init__(scope, node.id, description=node.name, manual=manual)
        self.node = node
        self.ways: tuple[Way, ...] = ()
        self.boundaries: list[BoundarySpec] = []
        self.loop: Repetition | None = None
        self.handler = ""
        self.triggers: tuple[Trigger, ...] = ()

    # The library's hooks.

    def _predict(
        self, my_task: Token, seen: object = None, looked_ahead: int = 0, mask: int = 0
    ) -> None:
        """Predict nothing."""

    def test(self) -> None:
        """The gate has judged the shape already."""

    def _update_hook(self, my_task: Token) -> bool:
        return self.enter(my_task)

    def _on_ready_hook(self, my_task: Token) -> None:
        if not self.manual or my_task.is_body:
            my_task.workflow.instance.queue.append(my_task)

    def _run_hook(self, my_task: Token) -> bool:
        if not my_task.is_body:
            self.perform(my_task)
        return True

    def _on_complete_hook(self, my_task: Token) -> None:
        self.depart(my_task)

    def _on_cancel(self, my_task: Token) -> None:
        self.withdraw(my_task)

    def receive(self, token: Token) -> None:
        """Let the library's life of a task begin for a token placed by us."""
        self._update(token)

    def trigger_of(self, token: Token) -> Trigger:
        """Return which of the node's events a token waits for."""
        index: int = token.marks.get("def", 0)
        return self.triggers[index]

    # What a node is.

    def enter(self, token: Token) -> bool:  # noqa: ARG002 - subclasses use it
        """Receive a token; True means it can be run at once."""
        return True

    def perform(self, token: Token) -> None:
        """Do what the node does when it is run."""

    def depart(self, token: Token) -> None:
        """Record what happened and send a token along every way that is chosen."""
        ways = self.choose(token)
        self.record(token, ways)
        self.send(token, ways)

    def send(self, token: Token, ways: Sequence[Way]) -> None:
        """Place a token at the end of each way; the library lets the nodes receive them."""
        scope = token.workflow
        for way in ways:
            scope.place_after(token, scope.spec.task_specs[way.target], way.flow)

    def choose(self, token: Token) -> list[Way]:
        """Return the ways to take (BPMN 2.0.2 §13.3.2 implicit split, §13.4 gateways).

        `all` takes every way; `first` the first true one, else the default; `true` every true or
        unconditional one, and the default when no condition holds. Raises NoBranch.
        """
        if self.choice == "all" or not self.ways:
            return list(self.ways)
        facts = token.environment()
        taken = []
        for way in self.ways:
            if way.is_default or not _open(way, facts):
                continue
            taken.append(way)
            if self.choice == "first":
                return taken
        if not any(w.condition is not None for w in taken):
            taken.extend(w for w in self.ways if w.is_default)
        if not taken:
            self._no_branch(facts)
        return taken

    def _no_branch(self, facts: Mapping[str, Any]) -> None:
        names = sorted({n for w in self.ways if w.condition for n in w.condition.names})
        used = {n: facts.get(n) for n in names}
        label = f"«{self.node.name}» ({self.node.id})" if self.node.name else f"«{self.node.id}»"
        message = f"Không nhánh nào ra khỏi {label} đúng với dữ kiện {used}; hãy sửa dữ kiện."
        raise NoBranch(message, element=self.node.id, facts=used)

    def record(self, token: Token, ways: Sequence[Way]) -> None:
        """Write what happened to the log."""
        instance = token.workflow.instance
        flows = tuple(w.flow for w in ways)
        if self.opens_step and not token.is_body:
            facts = token.marks.get("gave", {})
            instance.log(
                StepCompleted(
                    at=instance.now, step=token.id, element=self.node.id, facts=facts, taken=flows
                )
            )
            return
        instance.log(
            ElementPassed(
                at=instance.now,
                element=self.node.id,
                element_kind=self.node.tag,
                name=self.node.name,
                flow=token.marks.get("via", ""),
                taken=flows,
            )
        )

    def record_enabled(self, token: Token) -> None:
        """Write to the log that the step waits from now on."""
        instance = token.workflow.instance
        instance.log(
            StepEnabled(
                at=instance.now,
                step=token.id,
                element=self.node.id,
                element_kind=self.node.tag,
                name=self.node.name,
                lane=self.node.lane,
                flow=token.marks.get("via", ""),
                cause=instance.cause,
                index=token.marks.get("index"),
            )
        )

    def fire(self, token: Token) -> None:
        """Something a token here waits for happened; only catching nodes are asked."""
        raise NotImplementedError(self.name)

    def withdraw(self, token: Token) -> None:
        """Take the token away with everything that depends on it."""
        instance, scope = token.workflow.instance, token.workflow
        if self.opens_step and not token.listens and not token.is_body:
            instance.log(
                StepWithdrawn(
                    at=instance.now, step=token.id, element=self.node.id, reason=instance.reason
                )
            )
        release(token)
        inner = instance.scopes.get(token.id)
        if inner is not None:
            inner.clear(reason=instance.reason)
            instance.remove_scope(inner)
        scope.drop(token)


def release(token: Token) -> None:
    """Take away the listeners, competitors and executions that hang on a token."""
    for other in list(token.workflow.tasks.values()):
        marks = other.marks
        if token.id in (marks.get(m) for m in ("host", "race", "of", "comp")) and other.alive:
            other.cancel()


def _open(way: Way, facts: Mapping[str, Any]) -> bool:
    if way.condition is None:
        return True
    try:
        return way.condition.holds(facts)
    except CannotEvaluate as fault:
        message = f"Luồng «{way.flow}»: {fault.message}"
        raise CannotEvaluate(message, element=way.flow, **fault.fields) from None
