"""Tokens and scopes: the library's Task and Workflow without clock, randomness and history.

A token is dropped the moment it has moved on, so what is kept is what can still matter and the
cost of a step does not depend on the past (docs/decisions/0011). Facts belong to the process, not
to tokens: parallel branches cannot lose each other's work.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from SpiffWorkflow import Workflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

if TYPE_CHECKING:
    from engine.process.instance import Instance
    from engine.process.nodes import NodeSpec, ScopeSpec
    from engine.process.triggers import Trigger


class Token(Task):  # type: ignore[misc] # the library is untyped
    """One token at one node. `marks` is what it has to remember, plain JSON, part of the state.

    Marks: `via` the flow it came by; `host` the activity a listener watches (empty: the scope);
    `race` the event gateway it competes for; `of`, `index` a multi-instance execution; `count`,
    `done`, `next`, `items`, `out` a multi-instance body; `due`, `left` a timer; `key` a message;
    `was` a condition; `def` which of several events; `comp`, `undo` compensation; `local` facts of
    one execution; `gave` the facts a step was completed with.
    """

    def __init__(
        self,
        workflow: Scope,
        task_spec: NodeSpec,
        parent: Token | None = None,
        state: int = TaskState.FUTURE,
        id: str | None = None,  # noqa: A002 - the library's name
    ) -> None:
        """Place the token; the library's constructor would read the clock and draw a number."""
        self.id = id or workflow.instance.next_id()
        self.workflow: Scope = workflow
        self.task_spec: NodeSpec = task_spec
        self._parent = None
        self._children: list[str] = []
        self._state = state
        self.triggered = False
        self.thread_id = 0
        self.data: dict[str, Any] = {}
        self.marks: dict[str, Any] = {}
        self.internal_data = self.marks
        self.last_state_change = 0.0
        workflow.tasks[self.id] = self
        if parent is not None:
            parent._child_added_notify(self)  # noqa: SLF001 - the library's own constructor does so

    def _set_state(self, value: int) -> None:
        self._state = value

    def _inherit_data(self) -> None:
        """Facts are the scope's; nothing is copied from token to token."""

    @property
    def alive(self) -> bool:
        """Tell whether the token is still in its scope."""
        return self.workflow.tasks.get(self.id) is self

    @property
    def listens(self) -> bool:
        """Tell whether it only watches for an event and does not keep its scope going."""
        return "host" in self.marks

    def waits_for(self) -> Trigger | None:
        """Return the event the token waits for, if it waits for one."""
        spec = self.task_spec
        return spec.trigger_of(self) if spec.triggers else None

    @property
    def is_body(self) -> bool:
        """Tell whether it stands for all executions of a multi-instance activity."""
        return "count" in self.marks

    def wait(self) -> None:
        """Stay where it is until something from outside moves it."""
        self._set_state(TaskState.WAITING)

    def stand(self) -> None:
        """Stay while what it stands for (a scope, the executions of a repetition) runs."""
        self._set_state(TaskState.STARTED)

    def go(self) -> None:
        """Be run by the machine in its turn."""
        self._set_state(TaskState.READY)
        self.workflow.instance.queue.append(self)

    def disarm(self) -> None:
        """Forget what was waited for: it has happened."""
        for mark in ("due", "key", "was", "left"):
            self.marks.pop(mark, None)

    def local_names(self) -> set[str]:
        """Return the names of the facts that are local around the token."""
        return {name for layer in self.layers()[0] for name in layer}

    def layers(self) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        """Return the local facts around the token, innermost first, and the process's facts."""
        found: list[dict[str, Any]] = []
        token: Token = self
        while True:
            local = token.marks.get("local")
            if local:
                found.append(local)
            scope = token.workflow
            if scope.facts is not None:
                return found, scope.facts
            assert scope.owner is not None  # noqa: S101 - only a process has facts of its own
            token = scope.owner

    def environment(self) -> Mapping[str, Any]:
        """Return the facts an expression at this token sees."""
        local, base = self.layers()
        if not local:
            return base
        merged = dict(base)
        for layer in reversed(local):
            merged.update(layer)
        return merged

    def write(self, name: str, value: Any) -> None:
        """Set a fact: in the execution it is local to, else in the process."""
        local, base = self.layers()
        for layer in local:
            if name in layer:
                layer[name] = value
                return
        base[name] = value


class Scope(Workflow):  # type: ignore[misc] # the library is untyped
    """One running process or sub-process; `owner` is the token it runs for, None at the top.

    `facts` is a dictionary where a process begins (top or call activity), None in a sub-process.
    """

    def __init__(
        self,
        spec: ScopeSpec,
        instance: Instance,
        owner: Token | None = None,
        facts: dict[str, Any] | None = None,
    ) -> None:
        """Create the scope empty; the library must not start anything by itself."""
        super().__init__(spec, deserializing=True)
        self.spec: ScopeSpec = spec
        self.instance = instance
        self.owner = owner
        self.facts = facts
        self.tasks: dict[str, Token] = {}
        self.compensable: list[str] = []
        instance.add_scope(self)

    def place(self, spec: NodeSpec, **marks: Any) -> Token:
        """Put a new token at a node without entering it."""
        token = Token(self, spec)
        token.marks.update(marks)
        return token

    def place_after(self, parent: Token, spec: NodeSpec, via: str) -> None:
        """Put a token where its parent goes; the library lets the node receive it."""
        Token(self, spec, parent).marks["via"] = via

    def enter(self, spec: NodeSpec, **marks: Any) -> Token:
        """Put a new token at a node and let the node receive it."""
        token = self.place(spec, **marks)
        spec.receive(token)
        return token

    def drop(self, token: Token) -> None:
        """Take a token away; the scope may be empty now."""
        if self.tasks.pop(token.id, None) is not None:
            self.instance.touched[self] = None

    def clear(self, *, keep: Token | None = None, reason: str = "") -> None:
        """Withdraw every token, listeners too, except one."""
        self.instance.reason = reason
        for token in list(self.tasks.values()):
            if token is keep or not token.alive:
                continue
            if token.state == TaskState.COMPLETED:
                # It is just moving on; cancelling it would cancel its successors too.
                self.drop(token)
            else:
                token.cancel()

    @property
    def busy(self) -> bool:
        """Tell whether a token is left that keeps the scope going."""
        return any("host" not in t.marks for t in self.tasks.values())

    def _task_completed_notify(self, task: Token) -> None:
        self.drop(task)

    def _remove_task(self, task_id: str) -> None:
        task = self.tasks.get(task_id)
        if task is not None:
            self.drop(task)
