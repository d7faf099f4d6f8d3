"""Who does a step, decided by people: handing it to a colleague, taking it back, giving it out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.law.authority import Actor
from engine.timing.events import PriorityChanged, StepAssigned
from workflows.errors import InvalidInput
from workflows.holding import Held, hold
from workflows.office import Office
from workflows.permitting import ASSIGN, SET_PRIORITY, TRANSFER
from workflows.reasons import check_length, check_reason
from workflows.store import UnitOfWork
from workflows.store.records import StepRow
from workflows.views import DossierView

PRIORITIES = {0: "thường", 1: "cao", 2: "khẩn"}


@dataclass(frozen=True, kw_only=True)
class TransferTask:
    """Give a step one holds to a colleague in the same role at the agency."""

    dossier: str
    task: str
    to: str
    reason: str
    revision: int | None = None
    idempotency_key: str = ""


@dataclass(frozen=True, kw_only=True)
class RecallTask:
    """Take a step back from who holds it, to the queue of its role."""

    dossier: str
    task: str
    reason: str
    revision: int | None = None
    idempotency_key: str = ""


@dataclass(frozen=True, kw_only=True)
class AssignTask:
    """Give a step to a person who holds its role at the agency, whoever held it before."""

    dossier: str
    task: str
    to: str
    reason: str = ""
    revision: int | None = None
    idempotency_key: str = ""


@dataclass(frozen=True, kw_only=True)
class SetPriority:
    """Make a dossier more or less urgent: 0 normal, 1 high, 2 urgent."""

    dossier: str
    priority: int
    reason: str
    revision: int | None = None
    idempotency_key: str = ""


def transfer(office: Office, actor: Actor, command: TransferTask) -> DossierView:
    """Hand a step over to a colleague; the clocks go on.

    Raises NotFound, NotOpen, AlreadyClaimed, Forbidden, Stale, InvalidInput (nobody of that code in
    that role here, no reason) or IdempotencyMismatch.
    """
    return office.store.write(lambda uow: _transfer(uow, office, actor, command))


def recall(office: Office, actor: Actor, command: RecallTask) -> DossierView:
    """Take a step back to the queue; raises what `transfer` does."""
    return office.store.write(lambda uow: _recall(uow, office, actor, command))


def assign(office: Office, actor: Actor, command: AssignTask) -> DossierView:
    """Give a step to somebody; raises what `transfer` does."""
    return office.store.write(lambda uow: _assign(uow, office, actor, command))


def prioritise(office: Office, actor: Actor, command: SetPriority) -> DossierView:
    """Change how urgent a dossier is; no clock moves.

    Raises NotFound, Forbidden, Stale, InvalidInput or IdempotencyMismatch.
    """
    return office.store.write(lambda uow: _prioritise(uow, office, actor, command))


def _transfer(uow: UnitOfWork, office: Office, actor: Actor, command: TransferTask) -> DossierView:
    held = hold(uow, office, actor, command, command.dossier)
    if held.replayed is not None:
        return held.replayed
    step = held.open_step(command.task)
    held.permit(TRANSFER, step)
    held.not_taken(step)
    held.see(command.revision)
    return _give(held, step, command.to, "transferred", _reason(command.reason))


def _recall(uow: UnitOfWork, office: Office, actor: Actor, command: RecallTask) -> DossierView:
    held = hold(uow, office, actor, command, command.dossier)
    if held.replayed is not None:
        return held.replayed
    step = held.open_step(command.task)
    held.permit(ASSIGN, step)
    held.see(command.revision)
    reason = _reason(command.reason)
    if not step.assignee:
        return held.save(None)
    return held.save(None, before=(_assigned(held, step, "", "recalled", reason),))


def _assign(uow: UnitOfWork, office: Office, actor: Actor, command: AssignTask) -> DossierView:
    held = hold(uow, office, actor, command, command.dossier)
    if held.replayed is not None:
        return held.replayed
    step = held.open_step(command.task)
    held.permit(ASSIGN, step)
    held.see(command.revision)
    check_length("reason", command.reason)
    return _give(held, step, command.to, "delegated", command.reason.strip())


def _prioritise(uow: UnitOfWork, office: Office, actor: Actor, command: SetPriority) -> DossierView:
    held = hold(uow, office, actor, command, command.dossier)
    if held.replayed is not None:
        return held.replayed
    held.permit(SET_PRIORITY)
    held.see(command.revision)
    if command.priority not in PRIORITIES:
        words = ", ".join(f"{n} {name}" for n, name in PRIORITIES.items())
        raise InvalidInput("priority", f"chỉ nhận: {words}")
    reason = _reason(command.reason)
    if command.priority == held.row.priority:
        return held.save(None)
    event = PriorityChanged(at=held.now, priority=command.priority, reason=reason)
    return held.save(None, before=(event,))


def _give(held: Held, step: StepRow, to: str, cause: str, reason: str) -> DossierView:
    if to == step.assignee:
        return held.save(None)
    posts = held.uow.posts.held_by(to, held.now)
    if not any(p.agency == step.agency and p.role == step.role for p in posts):
        message = f"«{to}» không giữ vai trò {step.role} tại {step.agency}; hãy chọn người khác"
        raise InvalidInput("to", message)
    if to in held.hands(step):
        raise InvalidInput("to", f"«{to}» đã làm phần việc mà bước này kiểm tra")
    return held.save(None, before=(_assigned(held, step, to, cause, reason),))


def _assigned(held: Held, step: StepRow, to: str, cause: str, reason: str) -> StepAssigned:
    named: dict[str, Any] = {"step": step.step, "element": step.element}
    return StepAssigned(at=held.now, assignee=to, cause=cause, reason=reason, **named)


def _reason(text: str) -> str:
    """Return the reason; raises InvalidInput for none or too long a one."""
    reason = text.strip()
    check_reason(reason)
    return reason
