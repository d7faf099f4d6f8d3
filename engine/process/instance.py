"""One instance of a process while one command is carried out: moves tokens until all wait."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.util.task import TaskState

from engine.errors import Rejected
from engine.process.activities import CallSpec
from engine.process.gateways import InclusiveSpec
from engine.process.tokens import Scope, Token
from engine.timing.events import Event, ProcessEnded

if TYPE_CHECKING:
    from engine.process.advance import Outgoing
    from engine.process.executable import Definition
    from engine.process.nodes import NodeSpec, ScopeSpec
    from engine.process.timers import WorkingTime

MAX_PASSES = 1_000
MAX_STEPS = 20_000
MAX_TOKENS = 10_000
MAX_LIVING = 5_000


class TooManySteps(Rejected):
    """A command would run automatic steps without end; nothing has changed."""

    code = "too_many_steps"


class Instance:
    """The tokens of one process instance and the bookkeeping of one command."""

    def __init__(
        self, definition: Definition, now: datetime, working_time: WorkingTime | None = None
    ) -> None:
        """Start empty; `thaw` or `start` fills it."""
        self.definition = definition
        self.now = now
        self.working_time = working_time
        self.scopes: dict[str, Scope] = {}
        self.number = 0
        self.outcome = ""
        self.error = ""
        self.reason = ""
        self.cause = ""
        self.queue: deque[Token] = deque()
        self.touched: dict[Scope, None] = {}
        self.joins: dict[tuple[Scope, InclusiveSpec], None] = {}
        self.events: list[Event] = []
        self.outgoing: list[Outgoing] = []
        self.end_events: list[str] = []
        self.passes: dict[str, int] = {}
        self.steps = 0
        self.placed = 0
        self.final_facts: dict[str, Any] = {}

    @property
    def top(self) -> Scope:
        """Return the scope of the process itself."""
        return self.scopes[""]

    def next_id(self) -> str:
        """Return an id no token of this dossier ever had; the same command gives the same id.

        Raises TooManySteps when one command places more tokens than any office could mean.
        """
        self.number += 1
        self.placed += 1
        if self.placed > MAX_TOKENS:
            message = f"Một lệnh mở quá {MAX_TOKENS} thẻ; sơ đồ rẽ nhánh hoặc lặp quá nhiều."
            raise TooManySteps(message)
        return f"t{self.number}"

    def log(self, event: Event) -> None:
        """Add to what happened."""
        self.events.append(event)

    def add_scope(self, scope: Scope) -> None:
        """Register a scope under the token it runs for."""
        self.scopes[scope.owner.id if scope.owner is not None else ""] = scope
        self.touched[scope] = None

    def remove_scope(self, scope: Scope) -> None:
        """Forget a scope that is over."""
        self.scopes.pop(scope.owner.id if scope.owner is not None else "", None)
        self.touched.pop(scope, None)

    def open_scope(
        self,
        spec: ScopeSpec,
        owner: Token | None,
        facts: dict[str, Any] | None = None,
        starts: list[NodeSpec] | None = None,
    ) -> Scope:
        """Begin a process or sub-process: watch for its events, place the first tokens."""
        scope = Scope(spec, self, owner, facts)
        for handler in spec.handlers:
            handler.watch(scope)
        if starts is None:
            starts = spec.starts + spec.implicit
        for start in starts:
            scope.enter(start)
        return scope

    def tokens(self) -> Iterator[Token]:
        """Yield every token of every scope, oldest scope first."""
        for scope in list(self.scopes.values()):
            yield from list(scope.tasks.values())

    def find(self, token_id: str) -> Token | None:
        """Return the token with this id, if it is still there."""
        for scope in self.scopes.values():
            if token_id in scope.tasks:
                return scope.tasks[token_id]
        return None

    def listeners(self, kind: str, name: str) -> list[Token]:
        """Return the tokens that wait for a signal or message of this name."""
        return [
            t
            for t in self.tokens()
            if t.state == TaskState.WAITING
            and (trigger := t.waits_for()) is not None
            and trigger.kind == kind
            and trigger.name == name
        ]

    def subscriber(self, name: str, key: str) -> Token | None:
        """Return the token a message goes to: the same name, and the same key where it has one."""
        waiting = self.listeners("message", name)
        exact = [t for t in waiting if t.marks.get("key", "") == key]
        open_to_all = [t for t in waiting if "key" not in t.marks]
        return next(iter(exact or open_to_all), None)

    def settle(self) -> None:
        """Run until every token waits; raises TooManySteps for a cycle without a wait."""
        while True:
            while self.queue:
                token = self.queue.popleft()
                if token.alive and token.state == TaskState.READY:
                    self._count(token)
                    token.run()
            if not (self._finish_scopes() or self._release_joins() or self._meet_conditions()):
                break
        living = sum(len(scope.tasks) for scope in self.scopes.values())
        if living > MAX_LIVING:
            message = f"Hồ sơ có {living} việc đang mở cùng lúc, quá {MAX_LIVING}."
            raise TooManySteps(message)

    def _count(self, token: Token) -> None:
        name = token.task_spec.name
        self.steps += 1
        self.passes[name] = self.passes.get(name, 0) + 1
        if self.passes[name] > MAX_PASSES or self.steps > MAX_STEPS:
            message = f"Sơ đồ chạy tự động qua «{name}» quá {MAX_PASSES} lần trong một lệnh."
            raise TooManySteps(message, element=name)

    def _finish_scopes(self) -> bool:
        touched, self.touched = self.touched, {}
        moved = False
        for scope in touched:
            if not scope.busy and self.scopes.get(scope.owner.id if scope.owner else "") is scope:
                self._finish(scope)
                moved = True
        return moved

    def _finish(self, scope: Scope) -> None:
        scope.clear(reason="scope ended")
        if scope.owner is None:
            self.touched.clear()
            self.outcome = self.outcome or "completed"
            self.remove_scope(scope)
            element = self.end_events[-1] if self.end_events else ""
            self.log(
                ProcessEnded(at=self.now, outcome=self.outcome, element=element, error=self.error)
            )
            self.final_facts = scope.facts or {}
            return
        self.remove_scope(scope)
        spec = scope.owner.task_spec
        if isinstance(spec, CallSpec):
            spec.returned(scope.owner, scope)
        spec.scope_done(scope.owner)

    def _release_joins(self) -> bool:
        for scope, spec in list(self.joins):
            token = next((t for t in scope.tasks.values() if t.task_spec is spec), None)
            if token is None:
                del self.joins[scope, spec]
            elif spec.ready_to_fire(token):
                spec.consume(spec.arrivals(token), token)
                token.go()
                return True
        return False

    def _meet_conditions(self) -> bool:
        if not self.definition.has_conditions:
            return False
        fired = False
        for token in self.tokens():
            if token.alive and "was" in token.marks:
                holds = token.task_spec.trigger_of(token).holds(token)
                before, token.marks["was"] = token.marks["was"], holds
                if holds and not before:
                    token.task_spec.fire(token)
                    fired = True
        return fired
