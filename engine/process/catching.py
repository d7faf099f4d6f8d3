"""Nodes that wait for something from outside: catch events, receive tasks, boundary events,
event sub-processes (BPMN 2.0.2 §10.5, §13.5); and what they wait for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from engine.errors import Rejected
from engine.process import timers
from engine.process.document import EventDefinition
from engine.process.expressions import CannotEvaluate, Expression
from engine.process.nodes import NodeSpec, Way, release
from engine.timing.events import MessageReceived

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.process.tokens import Token

THROWN_INSIDE = frozenset({"error", "escalation", "compensate", "cancel"})
TimerValue = timers.Duration | datetime | timers.Cycle


@dataclass(frozen=True)
class Trigger:
    """What is waited for: kind message, signal, timer, condition, error, escalation or link."""

    kind: str
    name: str = ""
    code: str = ""
    ref: str = ""
    key: Expression | None = None
    condition: Expression | None = None
    timer: str = ""
    value: TimerValue | Expression | None = None
    working: bool = False

    def arm(self, token: Token) -> bool:
        """Start waiting from now; True when what is waited for is there already."""
        if self.kind == "timer":
            self._set_timer(token)
        elif self.kind == "message" and self.key is not None:
            token.marks["key"] = _key_text(self.key.evaluate(token.environment()))
        elif self.kind == "conditional":
            token.marks["was"] = self.holds(token)
            return bool(token.marks["was"])
        return False

    def holds(self, token: Token) -> bool:
        """Tell whether the condition holds; a fact not known yet makes it false."""
        assert self.condition is not None  # noqa: S101 - only asked of conditions
        try:
            return self.condition.holds(token.environment())
        except CannotEvaluate:
            return False

    def _set_timer(self, token: Token) -> None:
        instance = token.workflow.instance
        value = self._value(token)
        due = timers.due(value, instance.now, self._working(token))
        token.marks["due"] = due.isoformat()
        if isinstance(value, timers.Cycle):
            token.marks["left"] = -1 if value.repeats is None else value.repeats

    def _working(self, token: Token) -> timers.WorkingTime | None:
        if not self.working:
            return None
        working = token.workflow.instance.working_time
        if working is None:
            message = (
                f"Hẹn giờ «{token.task_spec.name}» tính giờ làm việc nhưng chưa có lịch làm việc."
            )
            raise Rejected(message, element=token.task_spec.name)
        return working

    def _value(self, token: Token) -> TimerValue:
        if not isinstance(self.value, Expression):
            assert self.value is not None  # noqa: S101 - the compiler filled it
            return self.value
        text = self.value.evaluate(token.environment())
        parse: Callable[[str], TimerValue] = timers.PARSERS[self.timer]
        try:
            return parse(text if isinstance(text, str) else repr(text))
        except timers.TimerFaulty as fault:
            name = token.task_spec.name
            raise CannotEvaluate(f"Hẹn giờ «{name}»: {fault}.", element=name) from None

    def again(self, token: Token) -> bool:
        """After a timer fired: set its next repetition, or tell that there is none."""
        left = token.marks.get("left", 0)
        if not left or left == 1:
            return False
        if left > 0:
            token.marks["left"] = left - 1
        value = self._value(token)
        assert isinstance(value, timers.Cycle)  # noqa: S101 - only cycles are marked with `left`
        last = datetime.fromisoformat(token.marks["due"])
        every, working = value.every, self._working(token)
        token.marks["due"] = (
            every.after(last) if working is None else working(last, every)
        ).isoformat()
        return True


def _key_text(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)


class CatchSpec(NodeSpec):
    """An intermediate catch event or receive task: the token itself waits."""

    opens_step = True
    trigger: Trigger

    def enter(self, token: Token) -> bool:
        """Wait, unless the condition holds already."""
        token.wait()
        self.record_enabled(token)
        if self.trigger.arm(token):
            self.fire(token)
        return False

    def fire(self, token: Token) -> None:
        """What was waited for happened: win the race, if there is one, and go on."""
        received(token, self.trigger)
        race = token.marks.pop("race", None)
        if race is not None:
            gateway = token.workflow.tasks.get(race)
            if gateway is not None:
                token.workflow.instance.reason = "race"
                release(gateway)
                token.workflow.drop(gateway)
        for mark in ("due", "key", "was", "left"):
            token.marks.pop(mark, None)
        token.go()


class LinkCatchSpec(NodeSpec):
    """The target of a link: passed at once (§10.5.1)."""


class BoundarySpec(NodeSpec):
    """A boundary event: a listener watches while its host activity runs (§13.5.3)."""

    trigger: Trigger

    def watch(self, host: Token) -> None:
        """Begin to watch the host; what is thrown inside it needs no listener."""
        if self.trigger.kind in THROWN_INSIDE:
            return
        token = host.workflow.place(self, host=host.id)
        token.wait()
        if self.trigger.arm(token):
            self.fire(token)

    def fire(self, token: Token) -> None:
        """The event happened: interrupt the host, or let a new token go beside it."""
        scope = token.workflow
        received(token, self.trigger)
        if self.node.interrupting:
            host = scope.tasks.get(token.marks.pop("host"))
            if host is not None:
                scope.instance.reason = self.node.id
                host.cancel()
            for mark in ("due", "key", "was", "left"):
                token.marks.pop(mark, None)
            token.go()
            return
        scope.place(self).go()
        if self.trigger.kind == "timer" and not self.trigger.again(token):
            scope.drop(token)

    def catch(self, host: Token) -> None:
        """Catch an error or escalation thrown inside the host."""
        scope = host.workflow
        received(host, self.trigger, element=self.node.id)
        if self.node.interrupting:
            scope.instance.reason = self.node.id
            host.cancel()
        scope.place(self).go()


class EventSubProcessSpec(NodeSpec):
    """An event sub-process: starts inside its scope when its event happens (§13.5.4)."""

    opens_step = True
    trigger: Trigger
    interrupting: bool
    inner: Any

    def watch(self, scope: Any) -> None:
        """Begin to watch on behalf of the whole scope."""
        if self.trigger.kind in THROWN_INSIDE:
            return
        token = scope.place(self, host="")
        token.wait()
        if self.trigger.arm(token):
            self.fire(token)

    def fire(self, token: Token) -> None:
        """The event happened: run beside or instead of everything in the scope."""
        scope = token.workflow
        received(token, self.trigger)
        if self.interrupting or (self.trigger.kind == "timer" and not self.trigger.again(token)):
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


def matches(trigger: Trigger, definition: EventDefinition | Trigger) -> bool:
    """Tell whether a catch of error or escalation takes what was thrown; no code takes all."""
    wanted = trigger.code or trigger.name
    return not wanted or wanted in (definition.code, definition.name)


def first_match(
    candidates: Sequence[BoundarySpec | EventSubProcessSpec], thrown: Trigger
) -> BoundarySpec | EventSubProcessSpec | None:
    """Return the catcher of a thrown error or escalation: an exact one before a catch-all."""
    fitting = [
        c for c in candidates if c.trigger.kind == thrown.kind and matches(c.trigger, thrown)
    ]
    exact = [c for c in fitting if c.trigger.code or c.trigger.name]
    return next(iter(exact or fitting), None)
