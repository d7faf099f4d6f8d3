"""What an event waits for or throws: message, signal, timer, condition, error, escalation…

Arming a token sets what it has to remember; a timer is told the time, a message its key.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from engine.errors import Rejected
from engine.process import timers
from engine.process.expressions import CannotEvaluate, Expression

if TYPE_CHECKING:
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


def matches(trigger: Trigger, thrown: Trigger) -> bool:
    """Tell whether a catch takes what was thrown: the same kind, and the same code or none."""
    wanted = trigger.code or trigger.name
    return trigger.kind == thrown.kind and (not wanted or wanted in (thrown.code, thrown.name))
