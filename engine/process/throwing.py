"""Nodes that throw: intermediate throw events and end events (BPMN 2.0.2 §10.5.4, §13.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.process import compensation
from engine.process.advance import Outgoing
from engine.process.catching import BoundarySpec, EventSubProcessSpec, first_match
from engine.process.expressions import Expression
from engine.process.nodes import NodeSpec, Way
from engine.process.triggers import Trigger
from engine.timing.events import MessageSent

if TYPE_CHECKING:
    from engine.process.tokens import Scope, Token


class ThrowSpec(NodeSpec):
    """An intermediate throw event."""

    choice = "all"
    link: str = ""

    def enter(self, token: Token) -> bool:
        """Compensation is thrown on entering: the token waits until all is undone."""
        for trigger in self.triggers:
            if trigger.kind == "compensate":
                return compensation.begin(token, trigger.ref)
        return True

    def depart(self, token: Token) -> None:
        """Record, throw, and go on unless what was thrown interrupted us."""
        ways = self.choose(token)
        self.record(token, ways)
        throw_all(token, self.triggers)
        if self.link:
            ways = [Way(flow="", target=self.link, condition=None)]
        if token.alive:
            self.send(token, ways)


class EndSpec(NodeSpec):
    """An end event: the token ends here, after throwing what the event says."""

    choice = "all"

    def enter(self, token: Token) -> bool:
        """Undo first what has to be undone: by compensation, or all of a cancelled transaction."""
        for trigger in self.triggers:
            if trigger.kind == "cancel":
                token.workflow.clear(keep=token, reason=self.node.id)
            if trigger.kind in {"cancel", "compensate"}:
                return compensation.begin(token, trigger.ref)
        return True

    def depart(self, token: Token) -> None:
        """Record, then throw, terminate or simply end."""
        scope, instance = token.workflow, token.workflow.instance
        self.record(token, ())
        instance.end_events.append(self.node.id)
        if any(t.kind == "terminate" for t in self.triggers):
            # Terminate ends this scope and everything in it, no more (§10.5.3).
            scope.clear(keep=token, reason=self.node.id)
            if scope.owner is None:
                instance.outcome = "terminated"
            return
        throw_all(token, self.triggers)


def throw_all(token: Token, triggers: tuple[Trigger, ...]) -> None:
    """Throw everything an event names, in order; what comes last may interrupt the thrower."""
    for trigger in triggers:
        _throw(token, trigger)


def _throw(token: Token, trigger: Trigger) -> None:
    if trigger.kind == "message":
        throw_message(token, trigger.name, trigger.key)
    elif trigger.kind == "signal":
        throw_signal(token, trigger)
    elif trigger.kind == "cancel":
        owner = token.workflow.owner
        if owner is not None:
            catch_on(owner, trigger)
    elif trigger.kind in {"error", "escalation"}:
        throw_up(token.workflow, trigger, element=token.task_spec.name)


def _sent(token: Token, kind: str, name: str, key: str) -> None:
    instance, element = token.workflow.instance, token.task_spec.name
    instance.log(MessageSent(at=instance.now, element=element, channel=kind, name=name, key=key))


def throw_message(token: Token, name: str, key: Expression | None) -> None:
    """Send a message: to a catcher waiting in this instance, else to the world.

    §13.5.1 leaves delivery to the implementation; nobody waiting here means somebody else is meant.
    """
    instance = token.workflow.instance
    facts = token.environment()
    value = key.evaluate(facts) if key is not None else ""
    text = "" if value is None else str(value)
    _sent(token, "message", name, text)
    catcher = instance.subscriber(name, text)
    if catcher is not None:
        catcher.task_spec.fire(catcher)
        return
    instance.outgoing.append(
        Outgoing(
            kind="message", name=name, element=token.task_spec.name, key=text, facts=dict(facts)
        )
    )


def throw_signal(token: Token, trigger: Trigger) -> None:
    """Broadcast a signal: to every catcher in this instance and to the world (§13.5.1)."""
    instance = token.workflow.instance
    _sent(token, "signal", trigger.name, "")
    instance.outgoing.append(
        Outgoing(kind="signal", name=trigger.name, element=token.task_spec.name)
    )
    for catcher in instance.listeners("signal", trigger.name):
        if catcher.alive:
            catcher.task_spec.fire(catcher)


def throw_up(scope: Scope, thrown: Trigger, *, element: str) -> None:
    """Let an error or escalation rise to the nearest catcher (§13.5.2).

    At each scope its event sub-processes come first, then the boundary events of the activity it
    runs for. An error nobody catches ends the process, an escalation is told outside.
    """
    level: Scope | None = scope
    while level is not None:
        found = first_match(level.spec.handlers, thrown)
        if found is not None and isinstance(found[0], EventSubProcessSpec):
            found[0].run_in(level)
            return
        if level.owner is None:
            break
        if catch_on(level.owner, thrown):
            return
        level = level.owner.workflow
    _uncaught(scope, thrown, element)


def catch_on(host: Token, thrown: Trigger) -> bool:
    """Let a boundary event of an activity catch; a repetition is caught as a whole."""
    found = first_match(host.task_spec.boundaries, thrown)
    if found is None or not isinstance(found[0], BoundarySpec):
        return False
    body = host.workflow.tasks.get(host.marks.get("of", ""), host)
    found[0].catch(body, found[1])
    return True


def _uncaught(scope: Scope, thrown: Trigger, element: str) -> None:
    instance = scope.instance
    if thrown.kind == "escalation":
        instance.outgoing.append(
            Outgoing(kind="escalation", name=thrown.name or thrown.code, element=element)
        )
        return
    instance.outcome = "error"
    instance.error = thrown.code or thrown.name
    instance.top.clear(reason=f"error {instance.error}")
