"""Extensions (gia hạn): a leader makes the limit of a dossier longer, as often as the law allows.

How much longer is the procedure's to say, not the caller's. Not for an apology after a delay: see
`apologies`. What is written is `appointments`' to say, for both.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.law.authority import Actor
from workflows.appointments import ExtensionRefused, give_extension
from workflows.holding import hold
from workflows.office import Office
from workflows.permitting import EXTEND_DEADLINE
from workflows.store import UnitOfWork
from workflows.views import DossierView

__all__ = ["ExtendDeadline", "ExtensionRefused", "extend"]


@dataclass(frozen=True, kw_only=True)
class ExtendDeadline:
    """Extend the limit of a dossier once, for a reason; the caller signs."""

    dossier: str
    revision: int | None = None
    reason: str = ""
    idempotency_key: str = ""


def extend(office: Office, actor: Actor, command: ExtendDeadline) -> DossierView:
    """Write an extension into the record; the due moment moves in the same transaction.

    Clocks: none stops or starts; the due moment moves by the amount of [extension]. Raises
    ExtensionRefused, and NotFound, NotWaiting, Forbidden, Stale, InvalidInput,
    IdempotencyMismatch or OutsideCalendar.
    """
    return office.store.write(lambda uow: _extend(uow, office, actor, command))


def _extend(uow: UnitOfWork, office: Office, actor: Actor, command: ExtendDeadline) -> DossierView:
    held = hold(uow, office, actor, command, command.dossier)
    if held.replayed is not None:
        return held.replayed
    held.permit(EXTEND_DEADLINE, agency=held.row.competent_agency)
    held.see(command.revision)
    return give_extension(held, command.reason)
