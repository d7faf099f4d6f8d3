"""Apologies (xin lỗi và hẹn lại): a leader says sorry for a delay and gives a new date.

What is written is `appointments`' to say. Not for printing the letter: see `documents`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engine.law.authority import Actor
from workflows.appointments import give_new_date
from workflows.holding import hold
from workflows.office import Office
from workflows.permitting import ISSUE_APOLOGY
from workflows.store import UnitOfWork
from workflows.views import DossierView


@dataclass(frozen=True, kw_only=True)
class IssueApology:
    """Apologise for being late and give a new date; the caller signs."""

    dossier: str
    revision: int | None = None
    reason: str
    new_due_at: datetime
    idempotency_key: str = ""


def apologise(office: Office, actor: Actor, command: IssueApology) -> DossierView:
    """Write an apology and its new date into the record; at most as often as the procedure allows.

    Clocks: none stops or starts; the due moment becomes the date promised. Raises what
    `papers_letters.apology` refuses (a second one, too late a date, no reason), and NotFound,
    Forbidden, NotWaiting, Stale, InvalidInput or IdempotencyMismatch.
    """
    return office.store.write(lambda uow: _apologise(uow, office, actor, command))


def _apologise(uow: UnitOfWork, office: Office, actor: Actor, command: IssueApology) -> DossierView:
    held = hold(uow, office, actor, command, command.dossier)
    if held.replayed is not None:
        return held.replayed
    held.permit(ISSUE_APOLOGY)
    held.see(command.revision)
    return give_new_date(held, command.reason, command.new_due_at)
