"""The states of a dossier beside its national status: money, hand-over, other systems.

Each is folded from the record alone and none follows from another: a result can be ready and not
paid, returned and not yet known to the National Portal. Not for the ten national statuses: a step
or an end maps to one in the procedure file, see `codes`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from engine.law.codes import NationalStatus
from engine.law.procedure import Procedure
from engine.timing.events import (
    DossierReopened,
    Event,
    FeeCharged,
    FeeExempted,
    FeePaid,
    ProcessEnded,
    ResultReleased,
    ResultReturned,
    StatusReported,
    StepCompleted,
    StepEnabled,
)


class FinanceState(StrEnum):
    """How the fees and the financial obligation stand (tình trạng tài chính)."""

    NONE = "none"
    DUE = "due"
    PAID = "paid"
    EXEMPTED = "exempted"

    @property
    def label(self) -> str:
        """The Vietnamese words."""
        return _FINANCE[self]


class DeliveryState(StrEnum):
    """How the hand-over of the result stands (tình trạng trả kết quả)."""

    NONE = "none"
    READY = "ready"
    RETURNED = "returned"

    @property
    def label(self) -> str:
        """The Vietnamese words."""
        return _DELIVERY[self]


class SyncState(StrEnum):
    """Whether another system knows the status of the dossier (tình trạng đồng bộ)."""

    NONE = "none"
    PENDING = "pending"
    DONE = "done"
    REFUSED = "refused"

    @property
    def label(self) -> str:
        """The Vietnamese words."""
        return _SYNC[self]


_FINANCE = {
    FinanceState.NONE: "Không có khoản phải nộp",
    FinanceState.DUE: "Chờ nộp",
    FinanceState.PAID: "Đã nộp",
    FinanceState.EXEMPTED: "Được miễn, giảm",
}
_DELIVERY = {
    DeliveryState.NONE: "Chưa có kết quả để trả",
    DeliveryState.READY: "Chờ trả kết quả",
    DeliveryState.RETURNED: "Đã trả kết quả",
}
_SYNC = {
    SyncState.NONE: "Chưa đồng bộ",
    SyncState.PENDING: "Chờ đồng bộ",
    SyncState.DONE: "Đã đồng bộ",
    SyncState.REFUSED: "Đồng bộ bị từ chối",
}


@dataclass(frozen=True, kw_only=True)
class Standing:
    """The states beside the national status; `reported_status` is the last one told outside.

    It is 0 where nothing was told yet; `report_accepted` tells whether the other system took it.
    """

    finance: FinanceState = FinanceState.NONE
    delivery: DeliveryState = DeliveryState.NONE
    reported_status: int = 0
    report_accepted: bool = True

    def sync(self, status: int) -> SyncState:
        """Return how a dossier of this national status stands to the other system."""
        if not self.reported_status:
            return SyncState.NONE
        if not self.report_accepted:
            return SyncState.REFUSED
        return SyncState.DONE if self.reported_status == status else SyncState.PENDING


def fold_standing(procedure: Procedure, standing: Standing, events: Iterable[Event]) -> Standing:
    """Return the states after these events, in order; the last word on each state holds."""
    for event in events:
        standing = replace(
            standing,
            finance=_finance(procedure, event) or standing.finance,
            delivery=_delivery(procedure, event) or standing.delivery,
        )
        if isinstance(event, StatusReported):
            standing = replace(
                standing, reported_status=event.status, report_accepted=event.accepted
            )
    return standing


def _finance(procedure: Procedure, event: Event) -> FinanceState | None:
    """Return what an event says of money: a fee that was charged, or a step that waits for it."""
    if isinstance(event, FeeCharged) and not event.owed_vnd:
        return None
    if isinstance(event, FeeCharged | FeePaid | FeeExempted):
        settled = FinanceState.EXEMPTED if isinstance(event, FeeExempted) else FinanceState.PAID
        return FinanceState.DUE if event.owed_vnd else settled
    if isinstance(event, StepEnabled | StepCompleted):
        law = procedure.steps.get(event.element)
        if law is not None and law.status == NationalStatus.PAYMENT_REQUESTED:
            return FinanceState.DUE if isinstance(event, StepEnabled) else FinanceState.PAID
    return None


def _delivery(procedure: Procedure, event: Event) -> DeliveryState | None:
    if isinstance(event, ResultReturned):
        return DeliveryState.RETURNED
    if isinstance(event, ResultReleased):
        return DeliveryState.READY
    if isinstance(event, DossierReopened):
        return DeliveryState.NONE
    if isinstance(event, StepEnabled | StepCompleted):
        law = procedure.steps.get(event.element)
        if law is not None and law.status >= NationalStatus.RESOLVED:
            begun = isinstance(event, StepEnabled)
            return DeliveryState.READY if begun else DeliveryState.RETURNED
    if isinstance(event, ProcessEnded):
        end = procedure.ends.get(event.element)
        if end is not None and end.status == NationalStatus.RETURNED:
            return DeliveryState.RETURNED
    return None
