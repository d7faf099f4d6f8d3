"""Extensions (gia hạn): a leader makes the limit of a dossier longer, as often as the law allows.

How much longer is the procedure's to say, not the caller's. Not for an apology after a delay:
that is a paper, see `documents`.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.errors import Rejected
from engine.law.authority import Actor
from engine.law.deadlines import extensions_given
from engine.law.provisions import Extension
from engine.law.working_time import ZONE
from engine.timing.events import DeadlineExtended, Event
from workflows.errors import InvalidInput, NotWaiting
from workflows.holding import Held, hold
from workflows.office import Office
from workflows.permitting import EXTEND_DEADLINE
from workflows.standing import deadline_of
from workflows.store import UnitOfWork
from workflows.store.events import revive
from workflows.views import DossierView

MAX_REASON = 2_000


class ExtensionRefused(Rejected):
    """The procedure allows no extension, or no further one; the sentence names the clause."""

    code = "extension_refused"


@dataclass(frozen=True, kw_only=True)
class ExtendDeadline:
    """Extend the limit of a dossier once, for a reason; the caller signs."""

    dossier: str
    revision: int | None = None
    reason: str = ""
    idempotency_key: str = ""


def extend(office: Office, actor: Actor, command: ExtendDeadline) -> DossierView:
    """Write an extension into the record; the due moment moves in the same transaction.

    Raises ExtensionRefused, and NotFound, NotWaiting, Forbidden, Stale, InvalidInput,
    IdempotencyMismatch or OutsideCalendar.
    """
    return office.store.write(lambda uow: _extend(uow, office, actor, command))


def _extend(uow: UnitOfWork, office: Office, actor: Actor, command: ExtendDeadline) -> DossierView:
    held = hold(uow, office, actor, command, command.dossier)
    if held.replayed is not None:
        return held.replayed
    held.permit(EXTEND_DEADLINE, agency=held.row.competent_agency)
    held.see(command.revision)
    if held.row.resolved_at is not None or held.row.ended_at is not None:
        raise NotWaiting("còn đang giải quyết (đã có kết quả hoặc đã kết thúc)")
    if not command.reason.strip() or len(command.reason) > MAX_REASON:
        raise InvalidInput("reason", f"hãy nêu lý do gia hạn, không quá {MAX_REASON} ký tự")
    return held.save(None, after=(_event(held, command),))


def _event(held: Held, command: ExtendDeadline) -> DeadlineExtended:
    """Return the extension with the moment it gives; raises ExtensionRefused."""
    history: list[Event] = [revive(e) for e in held.uow.events.of_dossier(held.row.id)]
    law = held.version.procedure.extension
    already = len(extensions_given(law, history)) if law is not None else 0
    if law is None or not law.allowed:
        raise ExtensionRefused("Thủ tục này không cho gia hạn.", element="extension.allowed")
    if already >= law.max_times:
        message = f"Chỉ được gia hạn {law.max_times} lần; đã gia hạn {already} lần{_basis(law)}."
        raise ExtensionRefused(message, element="extension.max_times")
    draft = DeadlineExtended(
        at=held.now,
        reason=command.reason,
        new_due_at="",
        signer=held.actor.person,
        round=already + 1,
    )
    procedure = held.version.procedure
    found = deadline_of(held.row, procedure, [*history, draft], held.calendar)
    if found.due_at is None or found.due_at == held.row.due_at:
        message = f"Lúc này không có hạn nào để gia hạn{_basis(law)}."
        raise ExtensionRefused(message, element="extension")
    return DeadlineExtended(
        at=draft.at,
        reason=draft.reason,
        new_due_at=found.due_at.astimezone(ZONE).isoformat(),
        signer=draft.signer,
        round=draft.round,
    )


def _basis(law: Extension) -> str:
    return f" ({law.source})" if law.source else ""
