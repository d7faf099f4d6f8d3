"""How the money of a dossier stands, read from its record; payments and look-ups share it."""

from __future__ import annotations

from engine.law import fees
from engine.law.fees import Account
from engine.timing.events import FeeCharged, FeeExempted, FeePaid
from workflows.store import UnitOfWork
from workflows.store.records import DossierRow

KINDS = frozenset({FeeCharged.kind, FeeExempted.kind, FeePaid.kind})


def account_of(uow: UnitOfWork, row: DossierRow) -> Account:
    """Return what was charged, exempted and paid of a dossier."""
    return fees.account(uow.events.concerning(row.id, kinds=KINDS, elements=()))
