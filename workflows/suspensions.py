"""Suspensions (tạm dừng giải quyết): a dossier stands still for a ground its procedure knows.

Whose clock runs meanwhile follows from the ground: on the agency's own the time limit goes on, on
the applicant's, another agency's or force majeure's it does not count.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engine.errors import Rejected
from engine.law.authority import Actor
from engine.law.life import Ground, grounds_text
from engine.law.working_time import ZONE
from engine.timing.events import DossierSuspended, Event, StepSuspended
from workflows import suspending
from workflows.errors import InvalidInput, NotWaiting
from workflows.holding import Held, hold
from workflows.office import Office
from workflows.permitting import RESUME, SUSPEND
from workflows.reasons import check_length, check_reason
from workflows.store import UnitOfWork
from workflows.views import DossierView


class SuspensionRefused(Rejected):
    """The procedure knows no such ground for suspending a dossier."""

    code = "suspension_refused"


@dataclass(frozen=True, kw_only=True)
class SuspendDossier:
    """Suspend a dossier for a ground of its procedure; at `until` it goes on by itself."""

    dossier: str
    revision: int | None = None
    ground: str
    reason: str
    until: datetime | None = None
    idempotency_key: str = ""


@dataclass(frozen=True, kw_only=True)
class ResumeDossier:
    """Let a suspended dossier go on."""

    dossier: str
    revision: int | None = None
    reason: str = ""
    idempotency_key: str = ""


def suspend(office: Office, actor: Actor, command: SuspendDossier) -> DossierView:
    """Suspend a dossier: nothing of its process can be done, and no timer of it fires.

    Clocks: every open step is paused on the clock of the ground. The time limit stands unless the
    ground is on the agency's own clock. Raises SuspensionRefused, NotWaiting when it has a result
    or an end, Suspended, and NotFound, Forbidden, Stale, InvalidInput or IdempotencyMismatch.
    """
    check_reason(command.reason)
    if command.until is not None and command.until.tzinfo is None:
        raise InvalidInput("until", "cần múi giờ, ví dụ 2026-03-20T17:00:00+07:00")
    return office.store.write(lambda uow: _suspend(uow, office, actor, command))


def resume(office: Office, actor: Actor, command: ResumeDossier) -> DossierView:
    """Let a suspended dossier go on.

    Clocks: every open step goes on where it stood; what the ground did not count moves the due
    moment by that working time, and the process's timers by the time on the wall. Raises
    NotWaiting, NotFound, Forbidden, Stale, InvalidInput or IdempotencyMismatch.
    """
    check_length("reason", command.reason)
    return office.store.write(lambda uow: _resume(uow, office, actor, command))


def _suspend(uow: UnitOfWork, office: Office, actor: Actor, command: SuspendDossier) -> DossierView:
    held = hold(uow, office, actor, command, command.dossier)
    if held.replayed is not None:
        return held.replayed
    held.permit(SUSPEND, agency=held.row.competent_agency)
    held.see(command.revision)
    held.goes_on()
    if held.row.resolved_at is not None or held.row.ended_at is not None:
        raise NotWaiting("còn đang giải quyết (đã có kết quả hoặc đã kết thúc)")
    if command.until is not None and command.until <= held.now:
        raise InvalidInput("until", "phải sau lúc này")
    ground = _ground(held, command.ground)
    until = command.until.astimezone(ZONE).isoformat() if command.until is not None else ""
    events: list[Event] = [
        DossierSuspended(
            at=held.now,
            ground=ground.id,
            clock=ground.clock.value,
            reason=command.reason,
            until=until,
        )
    ]
    events += [
        StepSuspended(
            at=held.now,
            step=step.step,
            element=step.element,
            clock=ground.clock.value,
            ground=ground.name,
        )
        for step in held.steps.values()
        if step.is_open
    ]
    return held.save(None, after=events)


def _ground(held: Held, name: str) -> Ground:
    law = held.version.procedure.suspension
    grounds = law.grounds if law is not None else {}
    if name not in grounds:
        known = grounds_text(grounds.values())
        message = f"Thủ tục không có căn cứ tạm dừng «{name[:80]}»; các căn cứ: {known}."
        raise SuspensionRefused(message, element="suspension.grounds")
    return grounds[name]


def _resume(uow: UnitOfWork, office: Office, actor: Actor, command: ResumeDossier) -> DossierView:
    held = hold(uow, office, actor, command, command.dossier)
    if held.replayed is not None:
        return held.replayed
    held.permit(RESUME, agency=held.row.competent_agency)
    held.see(command.revision)
    return suspending.resume(held, command.reason)
