"""Synchronising (đồng bộ trạng thái): what another system was told of a dossier, and its answer.

The adapter of a national system tells the status and writes here what came of it; whether the other
system still knows the truth is then read off the record. Not for sending: messages leave by the
outbox.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.law.authority import Actor
from engine.law.codes import NationalStatus
from engine.timing.events import StatusReported
from workflows.errors import InvalidInput
from workflows.holding import hold
from workflows.office import Office
from workflows.permitting import REPORT_STATUS
from workflows.reasons import check_length
from workflows.store import UnitOfWork
from workflows.views import DossierView

MAX_SYSTEM, MAX_NOTE = 60, 500


@dataclass(frozen=True, kw_only=True)
class ReportStatus:
    """A system was told this status; `accepted` tells whether it took it, `note` what it said."""

    dossier: str
    system: str
    status: int
    accepted: bool = True
    note: str = ""
    revision: int | None = None
    idempotency_key: str = ""


def report(office: Office, actor: Actor, command: ReportStatus) -> DossierView:
    """Write into the record that a system was told; nobody else's view of the dossier grows old.

    Raises NotFound, Forbidden, InvalidInput or IdempotencyMismatch.
    """
    if command.status not in set(NationalStatus):
        raise InvalidInput("status", "hãy ghi một trạng thái quốc gia từ 1 đến 10")
    if not command.system.strip() or len(command.system) > MAX_SYSTEM:
        raise InvalidInput("system", f"hãy ghi tên hệ thống, không quá {MAX_SYSTEM} ký tự")
    check_length("note", command.note, MAX_NOTE)
    return office.store.write(lambda uow: _report(uow, office, actor, command))


def _report(uow: UnitOfWork, office: Office, actor: Actor, command: ReportStatus) -> DossierView:
    held = hold(uow, office, actor, command, command.dossier)
    if held.replayed is not None:
        return held.replayed
    held.permit(REPORT_STATUS)
    held.see(command.revision)
    event = StatusReported(
        at=held.now,
        system=command.system,
        status=command.status,
        accepted=command.accepted,
        note=command.note,
    )
    return held.note(event)
