"""What every command on a dossier has, and the checks of what it says that need no database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from engine.law.authority import Actor
from engine.law.procedure import Procedure
from engine.process import WrongFact
from workflows.errors import InvalidInput
from workflows.permitting import stood_in_for
from workflows.store.commands import request_hash


class Command(Protocol):
    """What every command has; the key makes a repeat harmless."""

    @property
    def idempotency_key(self) -> str:
        """Return the caller's key, empty for none."""
        ...


def asked(command: Command, actor: Actor) -> str:
    """Return the hash of what a command asks for, and in which post: another is asked anew."""
    post = {"agency": actor.agency, "role": actor.role, "for": stood_in_for(actor)}
    return request_hash(type(command).__name__, {**vars(command), "post": post})


def known_components(procedure: Procedure, named: Iterable[str]) -> None:
    """Raise InvalidInput for a paper the procedure does not have."""
    known = [c.id for c in procedure.components]
    for name in named:
        if name not in known:
            reason = f"không có giấy tờ «{name}»; các giấy tờ: {', '.join(known)}"
            raise InvalidInput("components", reason)


def settable(procedure: Procedure, element: str, facts: Mapping[str, Any]) -> None:
    """Raise WrongFact for a fact that this element is not allowed to set."""
    for name in facts:
        fact = procedure.facts.get(name)
        if fact is not None and fact.set_by and element not in fact.set_by:
            allowed = ", ".join(fact.set_by)
            message = f"Dữ kiện «{name}» không đặt được ở bước «{element}»; chỉ ở: {allowed}."
            raise WrongFact(message, element=name)
