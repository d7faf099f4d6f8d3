"""Compensation (bù trừ): undo completed activities, newest first (BPMN 2.0.2 §10.7, §13.5.5).

A scope remembers which of its activities with a compensation handler were completed; throwing
compensation runs those handlers one after the other, then goes on. Cancelling a transaction
compensates everything in it (§13.3.4).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.errors import Rejected

if TYPE_CHECKING:
    from engine.process.tokens import Scope, Token

MAX_REMEMBERED = 1_000


def remember(scope: Scope, activity: str) -> None:
    """Note that an activity with a handler was completed; raises Rejected beyond a bound."""
    if len(scope.compensable) >= MAX_REMEMBERED:
        message = f"«{activity}» hoàn thành quá {MAX_REMEMBERED} lần; không nhớ hết để bù trừ."
        raise Rejected(message, element=activity)
    scope.compensable.append(activity)


def begin(token: Token, activity: str) -> bool:
    """Start undoing, for the throwing token; True when there is nothing to undo.

    `activity` limits it to one activity; empty means all of the scope.
    """
    scope = token.workflow
    chosen = [a for a in reversed(scope.compensable) if activity in ("", a)]
    scope.compensable = [a for a in scope.compensable if activity not in ("", a)]
    if not chosen:
        return True
    token.stand()
    token.marks["undo"] = chosen
    _next(token)
    return False


def handler_done(handler: Token) -> None:
    """A handler ended: run the next, or let the thrower go on."""
    thrower = handler.workflow.tasks.get(handler.marks["comp"])
    if thrower is not None:
        _next(thrower)


def _next(thrower: Token) -> None:
    scope = thrower.workflow
    if not thrower.marks["undo"]:
        del thrower.marks["undo"]
        thrower.go()
        return
    activity = thrower.marks["undo"].pop(0)
    handler = scope.spec.task_specs[scope.spec.task_specs[activity].handler]
    scope.enter(handler, comp=thrower.id)
