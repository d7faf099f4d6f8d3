"""Tasks (công việc): taking a step, giving it back, completing it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.law.authority import Actor
from engine.timing.events import StepAssigned, StepStarted
from workflows.deriving import Said
from workflows.holding import hold
from workflows.office import Office
from workflows.permitting import CLAIM, COMPLETE, RELEASE
from workflows.reasons import check_length
from workflows.store import UnitOfWork
from workflows.views import (
    DossierView,
)


@dataclass(frozen=True, kw_only=True)
class ClaimTask:
    """Take a step: nobody else can complete it then."""

    dossier: str
    task: str
    revision: int | None = None
    idempotency_key: str = ""


@dataclass(frozen=True, kw_only=True)
class ReleaseTask:
    """Give a step back to everybody with its role."""

    dossier: str
    task: str
    revision: int | None = None
    idempotency_key: str = ""


@dataclass(frozen=True, kw_only=True)
class CompleteTask:
    """Complete a step, setting the routing facts it may set; the note goes into the record."""

    dossier: str
    task: str
    revision: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""
    idempotency_key: str = ""


def claim(office: Office, actor: Actor, command: ClaimTask) -> DossierView:
    """Take a step; taking it twice is no harm.

    Raises NotFound, NotOpen, AlreadyClaimed, Forbidden, Stale or IdempotencyMismatch.
    """
    return office.store.write(lambda uow: _claim(uow, office, actor, command))


def release(office: Office, actor: Actor, command: ReleaseTask) -> DossierView:
    """Give a step back; raises what `claim` does."""
    return office.store.write(lambda uow: _release(uow, office, actor, command))


def complete(office: Office, actor: Actor, command: CompleteTask) -> DossierView:
    """Complete a step and move the dossier on until it waits again.

    Raises NotFound, NotOpen, AlreadyClaimed, Forbidden, Stale, IdempotencyMismatch, InvalidInput,
    or a Rejected of the engine (a wrong fact, no branch); nothing has changed then.
    """
    return office.store.write(lambda uow: _complete(uow, office, actor, command))


def _claim(uow: UnitOfWork, office: Office, actor: Actor, command: ClaimTask) -> DossierView:
    held = hold(uow, office, actor, command, command.dossier)
    if held.replayed is not None:
        return held.replayed
    step = held.open_step(command.task)
    held.permit(CLAIM, step)
    held.not_taken(step)
    held.goes_on()
    if step.assignee == actor.person:
        return held.save(None)
    held.see(command.revision)
    named: dict[str, Any] = {"at": held.now, "step": step.step, "element": step.element}
    taken = StepAssigned(assignee=actor.person, **named)
    return held.save(None, before=(taken, StepStarted(**named)))


def _release(uow: UnitOfWork, office: Office, actor: Actor, command: ReleaseTask) -> DossierView:
    held = hold(uow, office, actor, command, command.dossier)
    if held.replayed is not None:
        return held.replayed
    step = held.open_step(command.task)
    held.permit(RELEASE, step)
    held.not_taken(step)
    held.goes_on()
    if not step.assignee:
        return held.save(None)
    held.see(command.revision)
    given_back = StepAssigned(at=held.now, step=step.step, element=step.element)
    return held.save(None, before=(given_back,))


def _complete(uow: UnitOfWork, office: Office, actor: Actor, command: CompleteTask) -> DossierView:
    check_length("note", command.note)
    held = hold(uow, office, actor, command, command.dossier)
    if held.replayed is not None:
        return held.replayed
    step = held.open_step(command.task)
    held.permit(COMPLETE, step)
    held.not_taken(step)
    held.see(command.revision)
    return held.complete(step, command.facts, Said(note=command.note, step=step.step))
