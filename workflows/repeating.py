"""Commands on no dossier, repeated harmlessly: the answer to an idempotency key is kept.

Commands on a dossier go through `holding`, which does the same in fewer statements.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.law.authority import Actor
from workflows.office import Office
from workflows.store import UnitOfWork
from workflows.store.commands import recall, request_hash


def once(
    office: Office, actor: Actor, command: Any, work: Callable[[UnitOfWork], dict[str, Any]]
) -> dict[str, Any]:
    """Do `work` in one transaction and return its JSON answer; a repeat gets the first answer.

    `command` is a dataclass with an `idempotency_key`; empty means that nobody will repeat it.
    Raises IdempotencyMismatch when the key answered something else.
    """
    key, kind = command.idempotency_key, type(command).__name__
    asked = request_hash(kind, vars(command))

    def do(uow: UnitOfWork) -> dict[str, Any]:
        known = uow.commands.answered(actor.person, key) if key else None
        before = recall(known, key, asked)
        if before is not None:
            return before
        result = work(uow)
        if key:
            uow.commands.remember(
                actor.person, key, kind=kind, asked=asked, result=result, at=office.clock.now()
            )
        return result

    return office.store.write(do)
