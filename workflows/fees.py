"""Fees (phí, lệ phí): money comes in at the counter, or need not be paid after all."""

from __future__ import annotations

from dataclasses import dataclass

from engine.law import fees as law
from engine.law.authority import Actor
from engine.law.fees import FeeRefused
from engine.law.working_time import ZONE
from engine.timing.events import FeeCharged, FeeExempted, FeePaid
from workflows.accounting import KINDS, account_of
from workflows.errors import InvalidInput
from workflows.holding import Held, hold
from workflows.office import Office
from workflows.permitting import EXEMPT_FEE, PAY_FEE
from workflows.reasons import check_length
from workflows.store import UnitOfWork
from workflows.views import DossierView

MANNERS = ("cash", "transfer", "online")
MOST_TEXT = 500


@dataclass(frozen=True, kw_only=True)
class PayFee:
    """Money that came in: how much in whole đồng, how, and the number of the fee receipt."""

    dossier: str
    amount_vnd: int
    receipt: str
    manner: str = "cash"
    revision: int | None = None
    idempotency_key: str = ""


@dataclass(frozen=True, kw_only=True)
class ExemptFee:
    """A fee that was charged need not be paid, on a ground the law knows."""

    dossier: str
    fee: str
    ground: str
    revision: int | None = None
    idempotency_key: str = ""


def pay(office: Office, actor: Actor, command: PayFee) -> DossierView:
    """Record money that came in; never more than is owed.

    Clocks: none stops or starts. Raises FeeRefused, and NotFound, Forbidden, Stale, InvalidInput
    or IdempotencyMismatch.
    """
    if command.manner not in MANNERS:
        raise InvalidInput("manner", f"chỉ nhận: {', '.join(MANNERS)}")
    if not command.receipt.strip() or len(command.receipt) > MOST_TEXT:
        raise InvalidInput("receipt", "hãy ghi số biên lai")
    return office.store.write(lambda uow: _pay(uow, office, actor, command))


def exempt(office: Office, actor: Actor, command: ExemptFee) -> DossierView:
    """Exempt a fee that was charged and is not paid.

    Clocks: none stops or starts. Raises FeeRefused, and NotFound, Forbidden, Stale, InvalidInput
    or IdempotencyMismatch.
    """
    check_length("ground", command.ground, MOST_TEXT)
    return office.store.write(lambda uow: _exempt(uow, office, actor, command))


def _pay(uow: UnitOfWork, office: Office, actor: Actor, command: PayFee) -> DossierView:
    held = hold(uow, office, actor, command, command.dossier)
    if held.replayed is not None:
        return held.replayed
    held.permit(PAY_FEE)
    held.see(command.revision)
    owed = account_of(uow, held.row).owed_vnd
    if not 0 < command.amount_vnd <= owed:
        message = f"Hồ sơ còn phải nộp {owed} đồng; hãy ghi số tiền từ 1 đến {owed}."
        raise FeeRefused(message if owed else "Hồ sơ không còn khoản phải nộp.", element="fees")
    event = FeePaid(
        at=held.now,
        amount_vnd=command.amount_vnd,
        manner=command.manner,
        receipt=command.receipt,
        owed_vnd=owed - command.amount_vnd,
    )
    return held.save(None, after=(event,))


def _exempt(uow: UnitOfWork, office: Office, actor: Actor, command: ExemptFee) -> DossierView:
    held = hold(uow, office, actor, command, command.dossier)
    if held.replayed is not None:
        return held.replayed
    held.permit(EXEMPT_FEE)
    held.see(command.revision)
    charged = _charged(held, command.fee)
    owed = account_of(uow, held.row).owed_vnd
    if not 0 < charged <= owed:
        raise FeeRefused("Khoản này không còn phải nộp.", element=command.fee)
    event = FeeExempted(
        at=held.now,
        fee=command.fee,
        amount_vnd=charged,
        ground=command.ground,
        owed_vnd=owed - charged,
    )
    return held.save(None, after=(event,))


def _charged(held: Held, fee: str) -> int:
    """Return what a fee was charged and not exempted yet; raises FeeRefused without a ground."""
    row, procedure = held.row, held.version.procedure
    day = row.received_at.astimezone(ZONE).date()
    known = {f.id: f for f in law.applicable(procedure, row.channel, day)}
    if fee not in known:
        raise FeeRefused(f"Không có khoản thu «{fee[:60]}».", element=fee[:60])
    law.check_exemption(known[fee], str(getattr(held.command, "ground", "")))
    events = held.uow.events.concerning(row.id, kinds=KINDS, elements=())
    charged = sum(e.amount_vnd for e in events if isinstance(e, FeeCharged) and e.fee == fee)
    gone = sum(e.amount_vnd for e in events if isinstance(e, FeeExempted) and e.fee == fee)
    return charged - gone
