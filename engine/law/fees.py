"""Fees (phí, lệ phí): what is owed at reception, what is exempt, and how the account stands.

Amounts are whole đồng and come from the version of the procedure the dossier is pinned to, by
channel and day (ruling 10). Not for money itself: that came in when the record says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from engine.errors import Rejected
from engine.law.procedure import Procedure
from engine.law.provisions import Fee, FeeChannel
from engine.timing.events import Event, FeeCharged, FeeExempted, FeePaid

MOST_PIECES = 1_000


class FeeRefused(Rejected):
    """The fee is not one of this dossier's, or cannot be charged, exempted or paid so."""

    code = "fee_refused"


class PaymentRequired(Rejected):
    """The step cannot be completed before the fee is paid."""

    code = "payment_required"


@dataclass(frozen=True, kw_only=True)
class Charge:
    """One fee of a dossier: how many pieces, what they cost; `ground` says why it is exempt."""

    fee: str
    name: str
    quantity: int
    amount_vnd: int
    ground: str = ""


@dataclass(frozen=True, kw_only=True)
class Account:
    """How the money of a dossier stands, in whole đồng."""

    charged_vnd: int = 0
    exempted_vnd: int = 0
    paid_vnd: int = 0

    @property
    def owed_vnd(self) -> int:
        """What is still to be paid; never below nothing."""
        return max(self.charged_vnd - self.exempted_vnd - self.paid_vnd, 0)


def applicable(procedure: Procedure, channel: str, day: date) -> tuple[Fee, ...]:
    """Return the fees of a channel that were in force on a day."""

    def applies(fee: Fee) -> bool:
        fits = fee.channel in {FeeChannel.ALL, channel}
        begun = fee.valid_from is None or fee.valid_from <= day
        return fits and begun and (fee.valid_to is None or day <= fee.valid_to)

    return tuple(fee for fee in procedure.fees if applies(fee))


def charges(
    fees: Iterable[Fee], quantities: Mapping[str, int], exemptions: Mapping[str, str]
) -> tuple[Charge, ...]:
    """Return what is owed of these fees, and what is exempt on which ground.

    A fee on request is owed for as many pieces as were asked for, any other for one unless more
    were. Raises FeeRefused for a fee that is not there and an exemption the law does not know.
    """
    by_id = {fee.id: fee for fee in fees}
    for name in (*quantities, *exemptions):
        if name not in by_id:
            known = ", ".join(by_id) or "không có"
            raise FeeRefused(f"Không có khoản thu «{name}»; các khoản: {known}.", element=name)
    found = [
        _charge(fee, quantities.get(fee.id, 0 if fee.on_request else 1), exemptions.get(fee.id))
        for fee in by_id.values()
    ]
    return tuple(charge for charge in found if charge.quantity)


def _charge(fee: Fee, quantity: int, ground: str | None) -> Charge:
    if not 0 <= quantity <= MOST_PIECES:
        message = f"Số lượng của «{fee.name}» phải từ 0 đến {MOST_PIECES}."
        raise FeeRefused(message, element=fee.id)
    if ground is not None:
        check_exemption(fee, ground)
    amount = fee.amount_vnd * quantity
    return Charge(
        fee=fee.id, name=fee.name, quantity=quantity, amount_vnd=amount, ground=ground or ""
    )


def check_exemption(fee: Fee, ground: str) -> None:
    """Raise FeeRefused where the law names no exemption of the fee, or no ground is given."""
    if not fee.exemption:
        message = f"Quy định không có trường hợp miễn, giảm «{fee.name}»."
        raise FeeRefused(message, element=fee.id)
    if not ground.strip():
        raise FeeRefused(f"Hãy ghi căn cứ miễn «{fee.name}»: {fee.exemption}.", element=fee.id)


def account(events: Iterable[Event]) -> Account:
    """Return the account of a record: all that was charged, exempted and paid."""
    charged = exempted = paid = 0
    for event in events:
        if isinstance(event, FeeCharged):
            charged += event.amount_vnd
        elif isinstance(event, FeeExempted):
            exempted += event.amount_vnd
        elif isinstance(event, FeePaid):
            paid += event.amount_vnd
    return Account(charged_vnd=charged, exempted_vnd=exempted, paid_vnd=paid)


def holds_up(procedure: Procedure, element: str) -> Fee | None:
    """Return the fee that has to be paid before a step is completed, None where none has."""
    return next((fee for fee in procedure.fees if fee.before == element), None)


def check_paid(procedure: Procedure, element: str, *, owed: bool) -> None:
    """Raise PaymentRequired for a step that waits for money while something is owed."""
    fee = holds_up(procedure, element) if owed else None
    if fee is not None:
        message = f"Chưa nộp «{fee.name}»: hãy thu hoặc ghi nhận đã nộp trước khi làm bước này."
        raise PaymentRequired(message, element=element)
