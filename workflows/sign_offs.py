"""Sign-offs (ký duyệt): a leader signs the result by completing the step that signs.

Which step that is, the procedure declares (`signs_off`); whoever prepared may not sign. Not for
electronic signatures on files.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.law.authority import Actor
from workflows.deriving import Said
from workflows.errors import NotWaiting
from workflows.holding import hold
from workflows.office import Office
from workflows.permitting import SIGN_OFF
from workflows.reasons import check_length
from workflows.store import UnitOfWork
from workflows.views import DossierView


@dataclass(frozen=True, kw_only=True)
class SignOff:
    """Sign at a step that signs; `facts` are the routing facts it may set."""

    dossier: str
    task: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""
    revision: int | None = None
    idempotency_key: str = ""


def sign_off(office: Office, actor: Actor, command: SignOff) -> DossierView:
    """Complete the step that signs; where its fact says so the result counts as signed.

    Clocks: the step is closed; the time limit goes on until the result is released. Raises
    NotWaiting at a step that does not sign, and what completing a step raises.
    """
    check_length("note", command.note)
    return office.store.write(lambda uow: _sign_off(uow, office, actor, command))


def _sign_off(uow: UnitOfWork, office: Office, actor: Actor, command: SignOff) -> DossierView:
    held = hold(uow, office, actor, command, command.dossier)
    if held.replayed is not None:
        return held.replayed
    step = held.open_step(command.task)
    held.permit(SIGN_OFF, step)
    held.not_taken(step)
    held.see(command.revision)
    law = held.version.procedure.steps.get(step.element)
    if law is None or not law.signs_off:
        raise NotWaiting("ký duyệt")
    return held.complete(step, command.facts, Said(note=command.note, step=step.step))
