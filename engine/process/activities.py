"""Activities: tasks that people or workers complete, scripts, sends, receives, sub-processes and
call activities (BPMN 2.0.2 §10.3, §13.3).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.process import compensation
from engine.process.catching import CatchSpec
from engine.process.expressions import Expression
from engine.process.facts import check_facts
from engine.process.nodes import NodeSpec, ScopeSpec, release
from engine.process.throwing import throw_message

if TYPE_CHECKING:
    from engine.process.tokens import Scope, Token


class ActivitySpec(NodeSpec):
    """What all activities share: repetition, boundary events, the implicit inclusive split."""

    def enter(self, token: Token) -> bool:
        """Receive a token: as the body of a repetition, or for one execution."""
        execution = "of" in token.marks
        if not execution:
            for boundary in self.boundaries:
                if token.alive:
                    boundary.watch(token)
            if not token.alive:
                return False
            if self.loop is not None:
                return self.loop.begin(self, token)
        return self.begin(token)

    def begin(self, token: Token) -> bool:  # noqa: ARG002 - subclasses use it
        """Begin one execution; True when it can be run at once."""
        return True

    def depart(self, token: Token) -> None:
        """End one execution: tell the repetition, or stop watching and send tokens on."""
        if "of" in token.marks:
            self.record(token, ())
            assert self.loop is not None  # noqa: S101 - executions exist only in repetitions
            self.loop.execution_done(self, token)
            return
        if "comp" in token.marks:
            release(token)
            self.record(token, ())
            compensation.handler_done(token)
            return
        ways = self.choose(token)
        release(token)
        if self.handler:
            compensation.remember(token.workflow, self.name)
        self.record(token, ways)
        self.send(token, ways)


class WorkSpec(ActivitySpec):
    """A task that is open until `complete` is called for it: user, manual, plain, service, rule."""

    opens_step = True

    def begin(self, token: Token) -> bool:
        """Open the task."""
        self.record_enabled(token)
        return True


class ReceiveSpec(ActivitySpec, CatchSpec):
    """A receive task: an activity that waits for a message."""

    opens_step = True

    def begin(self, token: Token) -> bool:
        """Wait for the message."""
        return CatchSpec.enter(self, token)


class ScriptSpec(ActivitySpec):
    """A script task: assignments of our expression language, in order."""

    assignments: tuple[tuple[str, Expression], ...] = ()

    def perform(self, token: Token) -> None:
        """Evaluate and set each fact; later lines see earlier ones."""
        declared = token.workflow.instance.definition.facts
        local = token.local_names()
        for name, expression in self.assignments:
            value = expression.evaluate(token.environment())
            check_facts({name: value}, None if name in local else declared)
            token.write(name, value)


class SendSpec(ActivitySpec):
    """A send task: throws its message and goes on."""

    key: Expression | None = None

    def perform(self, token: Token) -> None:
        """Throw the message."""
        throw_message(token, self.node.message, self.key)


class SubProcessSpec(ActivitySpec):
    """An embedded sub-process: a scope of its own that shares the facts around it."""

    opens_step = True
    inner: ScopeSpec

    def begin(self, token: Token) -> bool:
        """Open the scope; the token stands still until it is done."""
        token.stand()
        self.record_enabled(token)
        token.workflow.instance.open_scope(self.inner, token)
        return False

    def scope_done(self, token: Token) -> None:
        """The content is done: go on."""
        token.go()


class CallSpec(SubProcessSpec):
    """A call activity: the called process starts with a copy of the facts and gives them back."""

    def begin(self, token: Token) -> bool:
        """Open the called process with facts of its own."""
        token.stand()
        self.record_enabled(token)
        token.workflow.instance.open_scope(self.inner, token, dict(token.environment()))
        return False

    def returned(self, token: Token, scope: Scope) -> None:
        """Take over the facts of the called process."""
        local = token.local_names()
        for name, value in (scope.facts or {}).items():
            if name not in local or name in token.marks.get("local", ()):
                token.write(name, value)
