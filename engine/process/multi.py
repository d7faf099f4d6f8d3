"""Repetition of an activity: multi-instance and standard loop (BPMN 2.0.2 §13.3.7, §13.3.6).

One body token stands for all executions and carries the boundary events; each execution is a token
with local facts. Outputs are collected by index, so that parallel executions lose nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.util.task import TaskState

from engine.process.expressions import CannotEvaluate, Expression

if TYPE_CHECKING:
    from engine.process.activities import ActivitySpec
    from engine.process.tokens import Token

MAX_INSTANCES = 500


@dataclass(frozen=True)
class Repetition:
    """How an activity repeats; `amount` gives a number or a list, None for a standard loop."""

    parallel: bool
    amount: Expression | None = None
    item: str = ""
    output: str = ""
    output_item: str = ""
    condition: Expression | None = None
    test_before: bool = False
    maximum: int = 0

    @property
    def is_loop(self) -> bool:
        """Tell whether it is a standard loop, which runs while its condition holds."""
        return self.amount is None

    def begin(self, spec: ActivitySpec, body: Token) -> bool:
        """Turn the token into the body and start the first executions."""
        items = self._items(spec, body)
        count = self.maximum if items is None else len(items)
        body.marks.update(count=count, done=0, next=0)
        if self.output:
            body.marks["out"] = [None] * count
        if not self.parallel and items is not None:
            body.marks["items"] = items
        if self._over_before(body):
            self._finish(body)
            return True
        body.stand()
        for index in range(count if self.parallel else 1):
            if body.alive and body.state == TaskState.STARTED:
                self._execute(spec, body, index, items)
        return False

    def _over_before(self, body: Token) -> bool:
        if self.is_loop:
            return self.test_before and not self._goes_on(body)
        return bool(body.marks["count"] == 0)

    def _items(self, spec: ActivitySpec, body: Token) -> list[Any] | None:
        if self.amount is None:
            return None
        value = self.amount.evaluate(body.environment())
        if isinstance(value, list | tuple):
            items = list(value)
        elif isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            items = list(range(min(value, MAX_INSTANCES + 1)))
        else:
            message = f"«{spec.name}» lặp theo «{self.amount.text}» nhưng giá trị là {value!r:.60}."
            raise CannotEvaluate(message, element=spec.name)
        if len(items) > MAX_INSTANCES:
            message = f"«{spec.name}» lặp hơn {MAX_INSTANCES} lần."
            raise CannotEvaluate(message, element=spec.name)
        return items

    def _execute(
        self, spec: ActivitySpec, body: Token, index: int, items: list[Any] | None
    ) -> None:
        local: dict[str, Any] = {"loopCounter": index}
        if self.item and items is not None:
            local[self.item] = items[index]
        if self.output_item and self.output_item not in local:
            local[self.output_item] = None
        body.marks["next"] = index + 1
        marks = {"of": body.id, "index": index, "local": local}
        if "via" in body.marks:
            marks["via"] = body.marks["via"]
        body.workflow.enter(spec, **marks)

    def execution_done(self, spec: ActivitySpec, token: Token) -> None:
        """One execution ended: collect its output, then end the body or start the next."""
        body = token.workflow.tasks.get(token.marks["of"])
        token.workflow.drop(token)
        if body is None:
            return
        marks = body.marks
        marks["done"] += 1
        if self.output:
            marks["out"][token.marks["index"]] = token.marks["local"].get(self.output_item)
        if self._over(body):
            for other in list(body.workflow.tasks.values()):
                if other.marks.get("of") == body.id and other.alive:
                    body.workflow.instance.reason = "completion condition"
                    other.cancel()
            self._finish(body)
            body.go()
        elif not self.parallel:
            self._execute(spec, body, marks["next"], marks.get("items"))

    def _over(self, body: Token) -> bool:
        if self.is_loop:
            return not self._goes_on(body)
        done, count = body.marks["done"], body.marks["count"]
        if done >= count:
            return True
        if self.condition is None:
            return False
        active = count - done if self.parallel else 1
        counts = {
            "nrOfInstances": count,
            "nrOfCompletedInstances": done,
            "nrOfActiveInstances": active,
        }
        return self._holds(body, counts)

    def _goes_on(self, body: Token) -> bool:
        done = body.marks["done"]
        if self.maximum and done >= self.maximum:
            return False
        return self.condition is None or self._holds(body, {"loopCounter": done})

    def _holds(self, body: Token, counts: Mapping[str, int]) -> bool:
        assert self.condition is not None  # noqa: S101 - the callers looked
        return self.condition.holds({**body.environment(), **counts})

    def _finish(self, body: Token) -> None:
        if self.output:
            body.write(self.output, body.marks["out"])
