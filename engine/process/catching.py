"""Nodes that wait for something from outside: catch events, receive tasks, boundary events,
event sub-processes (BPMN 2.0.2 §10.5, §13.5); and what they wait for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.util.task import TaskState

from engine.process.nodes import NodeSpec, Way, release
from engine.process.triggers import THROWN_INSIDE, Trigger, matches
from engine.timing.events import MessageReceived

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.process.tokens import Token


class CatchSpec(NodeSpec):
    """An intermediate catch event or receive task: the token itself waits."""

    opens_step = True

    def enter(self, token: Token) -> bool:
        """Wait, unless a condition holds already; the token itself waits for the first event."""
        token.wait()
        self.record_enabled(token)
        if self.triggers[0].arm(token):
            self.fire(token)
        for index in range(1, len(self.triggers)):
            if token.alive and token.state == TaskState.WAITING:
                listen(token.workflow, self, index, host=token.id)
        return False

    def fire(self, token: Token) -> None:
        """One of the events happened: win the race, if there is one, and go on."""
        received(token, self.trigger_of(token))
        if token.listens:
            waiting = token.workflow.tasks.get(token.marks["host"])
            if waiting is None:
                return
            if "gave" in token.marks:
                waiting.marks["gave"] = token.marks["gave"]
            token = waiting
        release(token)
        race = token.marks.pop("race", None)
        if race is not None:
            gateway = token.workflow.tasks.get(race)
            if gateway is not None:
                token.workflow.instance.reason = "race"
                release(gateway)
                token.workflow.drop(gateway)
        token.disarm()
        token.go()


class LinkCatchSpec(NodeSpec):
    """The target of a link: passed at once (§10.5.1)."""


class BoundarySpec(NodeSpec):
    """A boundary event: a listener watches while its host activity runs (§13.5.3)."""

    def watch(self, host: Token) -> None:
        """Begin to watch the host; what is thrown inside it needs no listener."""
        for index, trigger in enumerate(self.triggers):
            if trigger.kind not in THROWN_INSIDE and host.alive:
                listen(host.workflow, self, index, host=host.id)

    def fire(self, token: Token) -> None:
        """The event happened: interrupt the host, or let a new token go beside it."""
        scope, trigger = token.workflow, self.trigger_of(token)
        received(token, trigger)
        if self.node.interrupting:
            host = scope.tasks.get(token.marks.pop("host"))
            if host is not None:
                scope.instance.reason = self.node.id
                host.cancel()
            token.disarm()
            token.go()
            return
        scope.place(self).go()
        if trigger.kind == "timer" and not trigger.again(token):
            scope.drop(token)

    def catch(self, host: Token, trigger: Trigger) -> None:
        """Catch an error or escalation thrown inside the host."""
        scope = host.workflow
        received(host, trigger, element=self.node.id)
        if self.node.interrupting:
            scope.instance.reason = self.node.id
            host.cancel()
        scope.place(self).go()


class EventSubProcessSpec(NodeSpec):
    """An event sub-process: starts inside its scope when its event happens (§13.5.4)."""

    opens_step = True
    interrupting: bool
    inner: Any

    def watch(self, scope: Any) -> None:
        """Begin to watch on behalf of the whole scope."""
        for index, trigger in enumerate(self.triggers):
            if trigger.kind not in THROWN_INSIDE:
                listen(scope, self, index, host="")

    def fire(self, token: Token) -> None:
        """The event happened: run beside or instead of everything in the scope."""
        scope = token.workflow
        trigger = self.trigger_of(token)
        received(token, trigger)
        if self.interrupting or (trigger.kind == "timer" and not trigger.again(token)):
            scope.drop(token)
        self.run_in(scope)

    def run_in(self, scope: Any) -> None:
        """Start the sub-process in the scope; interrupting ends everything else there."""
        token = scope.place(self)
        token.stand()
        if self.interrupting:
            scope.clear(keep=token, reason=self.node.id)
        self.record_enabled(token)
        scope.instance.open_scope(self.inner, token)

    def choose(self, token: Token) -> list[Way]:  # noqa: ARG002 - nowhere to go
        """Nothing follows an event sub-process."""
        return []

    def scope_done(self, token: Token) -> None:
        """The content is done."""
        token.go()


def listen(scope: Any, spec: NodeSpec, index: int, *, host: str) -> None:
    """Place a listener for one of a node's events; one that has happened already fires."""
    token = scope.place(spec, host=host)
    if index:
        token.marks["def"] = index
    token.wait()
    if spec.triggers[index].arm(token):
        spec.fire(token)


def received(token: Token, trigger: Trigger, element: str = "") -> None:
    """Write to the log that an event reached its node."""
    instance = token.workflow.instance
    instance.log(
        MessageReceived(
            at=instance.now,
            element=element or token.task_spec.name,
            channel=trigger.kind,
            name=trigger.name or trigger.code,
            key=token.marks.get("key", ""),
        )
    )


def first_match(
    candidates: Sequence[BoundarySpec | EventSubProcessSpec], thrown: Trigger
) -> tuple[BoundarySpec | EventSubProcessSpec, Trigger] | None:
    """Return what catches a thrown error or escalation: an exact catcher before a catch-all."""
    fitting = [(c, t) for c in candidates for t in c.triggers if matches(t, thrown)]
    exact = [pair for pair in fitting if pair[1].code or pair[1].name]
    return next(iter(exact or fitting), None)
