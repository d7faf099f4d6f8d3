"""Reopenings (mở lại hồ sơ): a leader opens a dossier again that was over, for a reason.

Where its process begins again and how long after the end that is possible, the procedure says
(`[reopen]`). Not for going on after a suspension: see `suspensions`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from engine import process
from engine.errors import Rejected
from engine.law.authority import Actor
from engine.law.life import Reopening
from engine.timing.events import DossierReopened
from workflows.errors import NotWaiting
from workflows.holding import Held, hold
from workflows.office import Office
from workflows.permitting import REOPEN
from workflows.reasons import check_reason
from workflows.store import UnitOfWork
from workflows.views import DossierView


class ReopeningRefused(Rejected):
    """The procedure does not let this dossier be opened again, or not any more."""

    code = "reopening_refused"


@dataclass(frozen=True, kw_only=True)
class ReopenDossier:
    """Open a dossier again that was returned, stopped or refused; the caller signs."""

    dossier: str
    revision: int | None = None
    reason: str
    idempotency_key: str = ""


def reopen(office: Office, actor: Actor, command: ReopenDossier) -> DossierView:
    """Begin the process again at the procedure's element, with its facts as declared at first.

    Clocks: the whole time limit starts from zero at this moment; pauses, extensions and promises
    of before count no more. Raises ReopeningRefused, NotWaiting while it is not over, and
    NotFound, Forbidden, Stale, InvalidInput or IdempotencyMismatch.
    """
    check_reason(command.reason)
    return office.store.write(lambda uow: _reopen(uow, office, actor, command))


def _reopen(uow: UnitOfWork, office: Office, actor: Actor, command: ReopenDossier) -> DossierView:
    held = hold(uow, office, actor, command, command.dossier)
    if held.replayed is not None:
        return held.replayed
    held.permit(REOPEN, agency=held.row.competent_agency)
    held.see(command.revision)
    law = _law(held)
    advance = process.reopen(
        held.version.definition,
        held.state.state,
        at=law.at,
        facts=_anew(held),
        **held.engine,
    )
    event = DossierReopened(
        at=held.now, reason=command.reason, signer=actor.person, at_element=law.at
    )
    return held.save(advance, before=(event,))


def _law(held: Held) -> Reopening:
    law, ended_at = held.version.procedure.reopen, held.row.ended_at
    if ended_at is None:
        raise NotWaiting("đã kết thúc")
    if law is None:
        raise ReopeningRefused("Thủ tục này không cho mở lại hồ sơ.", element="reopen")
    if held.now > ended_at + timedelta(days=law.within_days):
        message = f"Chỉ mở lại được trong {law.within_days} ngày kể từ khi kết thúc."
        raise ReopeningRefused(message, element="reopen.within_days")
    return law


def _anew(held: Held) -> dict[str, Any]:
    """Return the facts that steps decide, as they are before anybody decided."""
    starts = {s.id for s in held.version.definition.starts}
    return {
        name: list(fact.default) if isinstance(fact.default, tuple) else fact.default
        for name, fact in held.version.procedure.facts.items()
        if fact.default is not None and fact.set_by and not starts & set(fact.set_by)
    }
