"""The bare SpiffWorkflow library as a player, to count what it gets wrong on the same diagrams.

Generous to it: only the open tasks are compared, facts are set on every living task as if they
belonged to the process, and timers are made due by hand. Not part of the engine's own tests.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.util import BpmnEvent
from SpiffWorkflow.spiff.parser.process import SpiffBpmnParser
from SpiffWorkflow.spiff.specs.event_definitions import MessageEventDefinition
from SpiffWorkflow.util.task import TaskState

from tests.engine.process.oracle.drawing import message
from tests.engine.process.oracle.token_game import Waiting
from tests.engine.process.oracle.walking import Seen

PAST = "2020-01-01T00:00:00+00:00"


def parse(source: bytes) -> tuple[Any, Any]:
    """Return the library's specs of a document drawn for it."""
    parser = SpiffBpmnParser(validator=None)
    parser.add_bpmn_str(source)
    return parser.get_spec("p"), parser.get_subprocess_specs("p")


class LibraryPlayer:
    """The library, driven by element; a walk that raises counts as wrong."""

    whole = False

    def __init__(self, specs: tuple[Any, Any], facts: dict[str, int]) -> None:
        self.workflow = BpmnWorkflow(*specs)
        self._set(facts)
        self._go()

    def _set(self, facts: dict[str, int]) -> None:
        for task in self.workflow.get_tasks(state=TaskState.NOT_FINISHED_MASK):
            task.data.update(facts)

    def _go(self) -> None:
        self.workflow.do_engine_steps()
        self.workflow.refresh_waiting_tasks()
        self.workflow.do_engine_steps()

    def _tasks(self) -> list[tuple[Waiting, Any]]:
        ready = self.workflow.get_tasks(state=TaskState.READY, manual=True)
        return [((t.task_spec.name.split(" [")[0], None, self._item(t)), t) for t in ready]

    def _item(self, task: Any) -> int | None:
        holder = task
        while holder.workflow.parent_task_id is not None:
            holder = self.workflow.get_task_from_id(holder.workflow.parent_task_id)
            number = holder.internal_data.get("key_or_index")
            if number is not None:
                return int(number)
        return None

    def seen(self) -> Seen:
        return {"open": Counter(key[0] for key, _ in self._tasks())}

    def ended(self) -> bool:
        return bool(self.workflow.completed)

    def complete(self, task: Waiting, facts: dict[str, int]) -> None:
        same = [t for key, t in self._tasks() if key[0] == task[0]]
        exact = [t for key, t in self._tasks() if key[0] == task[0] and key[2] == task[2]]
        self._set(facts)
        (exact or same)[0].run()
        self._go()

    def _waiting(self, event: str) -> Any:
        """Return the task that waits for an event: itself, or the gateway before it."""
        for task in self.workflow.get_tasks(state=TaskState.WAITING):
            for spec in (task.task_spec, *task.task_spec.outputs):
                if spec.name == event:
                    return task
        raise LookupError(event)

    def tell(self, event: str, facts: dict[str, int]) -> None:
        self._set(facts)
        self.workflow.send_event(BpmnEvent(MessageEventDefinition(message(event)), {}))
        self._go()

    def ring(self, event: str) -> None:
        task = self._waiting(event)
        value = task.internal_data.get("event_value")
        if isinstance(value, dict):
            value["next"] = PAST
            value["duration"] = 10**9  # the next one lies in the future again
        else:
            task.internal_data["event_value"] = PAST
        self._go()
