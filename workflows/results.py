"""Results (trả kết quả): the applicant takes the result and the dossier is over."""

from __future__ import annotations

from dataclasses import dataclass

from engine.law.authority import Actor
from engine.law.codes import NationalStatus
from engine.timing.events import ResultReturned
from workflows.deriving import Said
from workflows.errors import InvalidInput, NotWaiting
from workflows.holding import Held, hold
from workflows.office import Office
from workflows.permitting import RETURN_RESULT
from workflows.store import UnitOfWork
from workflows.store.records import StepRow
from workflows.views import DossierView

MANNERS = ("counter", "post", "online")


@dataclass(frozen=True, kw_only=True)
class ReturnResult:
    """Hand the result over: at the counter, by post or online."""

    dossier: str
    revision: int | None = None
    manner: str = "counter"
    idempotency_key: str = ""


def return_result(office: Office, actor: Actor, command: ReturnResult) -> DossierView:
    """Complete the step that returns the result.

    Raises NotFound, NotWaiting, AlreadyClaimed, Forbidden, Stale, InvalidInput or
    IdempotencyMismatch.
    """
    if command.manner not in MANNERS:
        raise InvalidInput("manner", f"chỉ nhận: {', '.join(MANNERS)}")
    return office.store.write(lambda uow: _return(uow, office, actor, command))


def _return(uow: UnitOfWork, office: Office, actor: Actor, command: ReturnResult) -> DossierView:
    held = hold(uow, office, actor, command, command.dossier)
    if held.replayed is not None:
        return held.replayed
    step = _returning_step(held)
    held.permit(RETURN_RESULT, step)
    held.not_taken(step)
    held.see(command.revision)
    returned = ResultReturned(at=held.now, manner=command.manner)
    return held.complete(step, {}, Said(), after=(returned,))


def _returning_step(held: Held) -> StepRow:
    """Return the open step whose status says that all is resolved but not yet handed over."""
    laws = held.version.procedure.steps
    for step in held.steps.values():
        law = laws.get(step.element)
        listed = step.state in {"open", "claimed"}
        if listed and law is not None and law.status == NationalStatus.RESOLVED:
            return step
    raise NotWaiting("trả kết quả")
