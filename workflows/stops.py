"""Stops (dừng giải quyết): at the applicant's wish, and only while nothing is decided.

NĐ 118/2025 Điều 21, TT 03/2025 Điều 7: as long as there is no decision or notice of a result, the
agency stops and gives the notice of form 05. Not for a dossier the counter takes back at once: see
`intake.withdraw`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine import process
from engine.law import papers_letters as letters
from engine.law.authority import Actor
from engine.law.papers import Entry
from engine.timing.events import DossierStopped
from workflows.cases import case_of
from workflows.holding import hold
from workflows.office import Office
from workflows.permitting import STOP
from workflows.reasons import check_reason
from workflows.store import UnitOfWork
from workflows.views import DossierView

STOPPED = "stopped"


@dataclass(frozen=True, kw_only=True)
class StopDossier:
    """Stop settling the dossier, for the applicant's reason; the caller signs the notice."""

    dossier: str
    revision: int | None = None
    reason: str
    idempotency_key: str = ""


def stop(office: Office, actor: Actor, command: StopDossier) -> DossierView:
    """Write the stop into the record and end the process; no step stays open.

    Clocks: all stop for good; the due moment stays as it was. A suspended dossier can be stopped.
    Raises AlreadyDecided when a decision or result exists, AlreadyEnded, and NotFound, Forbidden,
    Stale, InvalidInput or IdempotencyMismatch.
    """
    check_reason(command.reason)
    return office.store.write(lambda uow: _stop(uow, office, actor, command))


def _stop(uow: UnitOfWork, office: Office, actor: Actor, command: StopDossier) -> DossierView:
    held = hold(uow, office, actor, command, command.dossier)
    if held.replayed is not None:
        return held.replayed
    held.permit(STOP)
    held.see(command.revision)
    event = DossierStopped(at=held.now, reason=command.reason, signer=held.actor.person)
    advance = process.withdraw(
        held.version.definition, held.state.state, now=held.now, outcome=STOPPED
    )
    case = case_of(uow, office, held.row)
    ahead = Entry(event=event, actor=actor.person, agency=actor.agency)
    letters.stop_notice(replace(case, record=(*case.record, ahead)))
    return held.save(advance, before=(event,))
