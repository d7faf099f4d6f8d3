"""Reminders (đôn đốc): what the program writes about open referrals by itself when a moment comes.

First that the due moment is near, then that it passed without an answer. What silence means is not
decided here: the diagram says so with its own timer.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from engine.timing.events import Event, ReferralOverdue, ReferralReminded
from workflows.holding import hold
from workflows.office import Office
from workflows.permitting import SYSTEM, WAKE_REFERRAL
from workflows.store import UnitOfWork

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class WakeReferral:
    """The moment of a referral has come."""

    referral: str
    idempotency_key: str = ""


def run_due(office: Office, limit: int = 50) -> int:
    """Write the reminders that are due now, the oldest first; return how many were looked at."""
    now = office.clock.now()
    first = office.store.glance(lambda uow: uow.referrals.next_wake())
    if first is None or first > now:  # looking is cheaper than taking
        return 0
    rows = office.store.read(lambda uow: uow.referrals.to_wake(now, limit))
    done = 0
    for row in rows:
        try:
            office.store.write(lambda uow, r=row.id: _wake(uow, office, r))  # type: ignore[misc]
            done += 1
        except Exception:  # one that fails harms no other; the next round tries it again
            log.exception("The reminder of referral %s failed", row.id)
    return done


def _wake(uow: UnitOfWork, office: Office, referral: str) -> None:
    dossier = uow.referrals.get(referral).dossier_id
    held = hold(uow, office, SYSTEM, WakeReferral(referral=referral), dossier)
    row = uow.referrals.get(referral)
    if row.wake_at is None or row.wake_at > held.now:
        return  # somebody was faster: it was answered, or sent again
    held.permit(WAKE_REFERRAL)
    passed = row.due_at is not None and row.due_at <= held.now
    event: Event = (
        ReferralOverdue(at=held.now, referral=row.id)
        if passed
        else ReferralReminded(at=held.now, referral=row.id, automatic=True)
    )
    held.note(event)
