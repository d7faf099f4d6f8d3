"""Supplements (bổ sung hồ sơ): asking the applicant for papers, all at once, and taking them."""

from __future__ import annotations

from dataclasses import dataclass

from engine.errors import Rejected
from engine.law.authority import Actor
from workflows.deriving import Said
from workflows.errors import InvalidInput, NotWaiting
from workflows.holding import hold
from workflows.office import Office
from workflows.permitting import REQUEST_SUPPLEMENT, TAKE_SUPPLEMENT
from workflows.store import UnitOfWork
from workflows.views import DossierView

MAX_REASON = 2_000


class TooManyRounds(Rejected):
    """The procedure allows no further round of asking for papers."""

    code = "too_many_rounds"


@dataclass(frozen=True, kw_only=True)
class RequestSupplement:
    """Ask for papers at an open step: which components, and why."""

    dossier: str
    task: str
    revision: int | None = None
    components: tuple[str, ...] = ()
    reason: str = ""
    idempotency_key: str = ""


@dataclass(frozen=True, kw_only=True)
class TakeSupplement:
    """The applicant brought papers: those named are complete now."""

    dossier: str
    revision: int | None = None
    components: tuple[str, ...] = ()
    idempotency_key: str = ""


def request(office: Office, actor: Actor, command: RequestSupplement) -> DossierView:
    """Ask the applicant for papers; the dossier waits for them from now on.

    Raises TooManyRounds, and what completing the step raises.
    """
    return office.store.write(lambda uow: _request(uow, office, actor, command))


def take(office: Office, actor: Actor, command: TakeSupplement) -> DossierView:
    """Take the papers the dossier waits for.

    Raises NotFound, NotWaiting, Forbidden, Stale, InvalidInput or IdempotencyMismatch.
    """
    return office.store.write(lambda uow: _take(uow, office, actor, command))


def _request(
    uow: UnitOfWork, office: Office, actor: Actor, command: RequestSupplement
) -> DossierView:
    held = hold(uow, office, actor, command, command.dossier)
    if held.replayed is not None:
        return held.replayed
    step = held.open_step(command.task)
    held.permit(REQUEST_SUPPLEMENT, step)
    held.not_taken(step)
    held.see(command.revision)
    law = held.version.procedure.supplement
    if law is None:
        raise NotWaiting("được yêu cầu bổ sung (thủ tục này không có bổ sung)")
    if held.row.supplement_rounds >= law.rounds:
        message = f"Thủ tục chỉ cho yêu cầu bổ sung {law.rounds} lần; đã dùng hết."
        raise TooManyRounds(message, element=step.element)
    held.know_components(command.components)
    if not command.reason.strip() or len(command.reason) > MAX_REASON:
        raise InvalidInput("reason", f"hãy nêu lý do, không quá {MAX_REASON} ký tự")
    said = Said(
        components=tuple(command.components),
        reason=command.reason,
        note=command.reason,
        step=step.step,
    )
    return held.complete(step, {law.fact: law.value}, said)


def _take(uow: UnitOfWork, office: Office, actor: Actor, command: TakeSupplement) -> DossierView:
    held = hold(uow, office, actor, command, command.dossier)
    if held.replayed is not None:
        return held.replayed
    held.permit(TAKE_SUPPLEMENT)
    law = held.version.procedure.supplement
    waits = (s for s in held.state.subscriptions if law is not None and s["name"] == law.message)
    wait = next(waits, None)
    if wait is None:
        raise NotWaiting("chờ bổ sung giấy tờ")
    held.see(command.revision)
    held.know_components(command.components)
    held.bring(command.components)
    return held.deliver(wait, {}, Said())
