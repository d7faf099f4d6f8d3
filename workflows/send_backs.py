"""Send-backs (trả lại bước trước): a step goes back to an earlier one, where the procedure allows.

The way back is proved safe when the procedure is read: no parallel branch is lost or doubled. Not
for asking the applicant: see `supplements`.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine import process
from engine.errors import Rejected
from engine.law.authority import Actor
from engine.timing.events import StepReturned
from workflows.holding import hold
from workflows.office import Office
from workflows.permitting import SEND_BACK
from workflows.reasons import check_reason
from workflows.store import UnitOfWork
from workflows.views import DossierView


class SendBackRefused(Rejected):
    """The procedure does not let this step go back to that one."""

    code = "send_back_refused"


@dataclass(frozen=True, kw_only=True)
class SendBack:
    """Send an open step back to an earlier element, for a reason."""

    dossier: str
    task: str
    to: str
    reason: str
    revision: int | None = None
    idempotency_key: str = ""


def send_back(office: Office, actor: Actor, command: SendBack) -> DossierView:
    """Withdraw the step and open the earlier one anew; other branches stay as they are.

    Clocks: the step sent back is closed with its time, the earlier one starts again at zero and
    counts as rework; the time limit goes on and the due moment stays. Raises SendBackRefused, and
    NotFound, NotOpen, AlreadyClaimed, Forbidden, Suspended, Stale, InvalidInput or
    IdempotencyMismatch.
    """
    check_reason(command.reason)
    return office.store.write(lambda uow: _send_back(uow, office, actor, command))


def _send_back(uow: UnitOfWork, office: Office, actor: Actor, command: SendBack) -> DossierView:
    held = hold(uow, office, actor, command, command.dossier)
    if held.replayed is not None:
        return held.replayed
    step = held.open_step(command.task)
    held.permit(SEND_BACK, step)
    held.not_taken(step)
    held.see(command.revision)
    held.goes_on()
    law = held.version.procedure.steps.get(step.element)
    allowed = law.may_return_to if law is not None else ()
    if command.to not in allowed:
        known = ", ".join(allowed) or "không bước nào"
        message = f"Bước «{step.element}» chỉ trả lại được về: {known}."
        raise SendBackRefused(message, element=step.element)
    advance = process.send_back(
        held.version.definition, held.state.state, step.step, command.to, **held.engine
    )
    returned = StepReturned(
        at=held.now,
        step=step.step,
        element=step.element,
        to_element=command.to,
        reason=command.reason,
    )
    return held.save(advance, before=(returned,))
