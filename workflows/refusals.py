"""Refusals (từ chối tiếp nhận, giải quyết): the agency says no in words, and the process ends.

An intake that is refused ends as not accepted (national status 3), a dossier refused later as
stopped (8), or where the procedure's own end event says otherwise. Not for printing the letter: see
`documents`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine import process
from engine.law import papers_letters as letters
from engine.law.authority import Actor
from engine.law.codes import NationalStatus
from engine.law.life import RefusalEnds
from engine.law.papers import Entry
from engine.timing.events import IntakeRefused
from workflows.cases import case_of
from workflows.errors import NotWaiting
from workflows.holding import Held, hold
from workflows.office import Office
from workflows.permitting import ISSUE_REFUSAL
from workflows.reasons import check_length
from workflows.store import UnitOfWork
from workflows.views import DossierView

NOT_ACCEPTED, REFUSED = "not_accepted", "refused"


@dataclass(frozen=True, kw_only=True)
class IssueRefusal:
    """Say in words why the dossier is refused; the caller signs."""

    dossier: str
    revision: int | None = None
    reason: str
    idempotency_key: str = ""


def refuse(office: Office, actor: Actor, command: IssueRefusal) -> DossierView:
    """Write the refusal into the record and end the process; no step stays open.

    Clocks: all stop for good; the due moment stays as it was. Raises what `papers_letters.refusal`
    refuses, NotWaiting when there is a result or an end, and NotFound, Forbidden, Suspended,
    Stale, InvalidInput or IdempotencyMismatch.
    """
    return office.store.write(lambda uow: _refuse(uow, office, actor, command))


def _refuse(uow: UnitOfWork, office: Office, actor: Actor, command: IssueRefusal) -> DossierView:
    held = hold(uow, office, actor, command, command.dossier)
    if held.replayed is not None:
        return held.replayed
    held.permit(ISSUE_REFUSAL)
    held.see(command.revision)
    held.goes_on()
    if held.row.resolved_at is not None or held.row.ended_at is not None:
        raise NotWaiting("còn đang giải quyết (đã có kết quả hoặc đã kết thúc)")
    check_length("reason", command.reason)
    event = IntakeRefused(at=held.now, reason=command.reason, signer=held.actor.person)
    _printable(held, event)
    at_intake = held.row.status <= NationalStatus.ACCEPTED
    ends = held.version.procedure.refusal or RefusalEnds()
    outcome = NOT_ACCEPTED if at_intake else REFUSED
    advance = process.withdraw(
        held.version.definition,
        held.state.state,
        now=held.now,
        outcome=outcome,
        element=ends.intake if at_intake else ends.settle,
    )
    return held.save(advance, before=(event,))


def _printable(held: Held, event: IntakeRefused) -> None:
    """Raise what the letter raises: a refusal nobody can understand is none."""
    case = case_of(held.uow, held.office, held.row)
    ahead = Entry(event=event, actor=held.actor.person, agency=held.actor.agency)
    letters.refusal(replace(case, record=(*case.record, ahead)))
