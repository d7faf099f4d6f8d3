"""Money, hand-over and other systems stand beside the national status, each folded by itself."""

from __future__ import annotations

from dataclasses import fields

import pytest

from engine.law.codes import NationalStatus
from engine.law.statuses import (
    DeliveryState,
    FinanceState,
    Standing,
    SyncState,
    fold_standing,
)
from engine.timing.events import (
    DossierReceived,
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
    from_record,
)
from tests.engine.law.test_deadlines import at, procedure

NOW = at("2026-03-02T08:00")
STEPS = {
    "pay": {"status": 6, "counted": False, "clock": "applicant"},
    "work": {"status": 4},
    "hand_over": {"status": 9, "counted": False, "clock": "applicant"},
}
ENDS = {"returned": {"status": 10}, "refused": {"status": 9}}


LAW = procedure({"amount": 5, "unit": "working_day"}, steps=STEPS, ends=ENDS)


def received() -> Event:
    """Return a reception."""
    return DossierReceived(
        at=NOW, code="c", procedure="1.000001", version="1", channel="counter",
        receiving_unit="a", competent_agency="a",
    )  # fmt: skip


def opened(element: str) -> Event:
    """Return a step that can be worked on."""
    return StepEnabled(at=NOW, step="s", element=element, element_kind="userTask")


def done(element: str) -> Event:
    """Return a step that is done."""
    return StepCompleted(at=NOW, step="s", element=element)


def charged(owed: int = 8000) -> Event:
    """Return a fee that is owed."""
    return FeeCharged(at=NOW, fee="fee", quantity=1, amount_vnd=8000, owed_vnd=owed)


def paid(owed: int = 0) -> Event:
    """Return money that came in, and what is owed after it."""
    return FeePaid(at=NOW, amount_vnd=8000, manner="cash", receipt="BL1", owed_vnd=owed)


def exempted(owed: int = 0) -> Event:
    """Return a fee that need not be paid, and what is owed after it."""
    return FeeExempted(at=NOW, fee="fee", amount_vnd=8000, ground="Hộ nghèo", owed_vnd=owed)


def released() -> Event:
    """Return a result that was numbered and sent out."""
    return from_record(
        {**{f.name: "" for f in fields(ResultReleased)}, "kind": "result_released",
         "at": NOW.isoformat()}
    )  # fmt: skip


def reopened() -> Event:
    """Return a dossier that was opened anew."""
    return from_record(
        {**{f.name: "" for f in fields(DossierReopened)}, "kind": "dossier_reopened",
         "at": NOW.isoformat()}
    )  # fmt: skip


def standing(*events: Event) -> Standing:
    """Return the states after these events, folded at once and one by one alike."""
    whole = fold_standing(LAW, Standing(), events)
    step_by_step = Standing()
    for event in events:
        step_by_step = fold_standing(LAW, step_by_step, [event])
    assert step_by_step == whole
    return whole


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([received()], FinanceState.NONE),
        ([received(), charged()], FinanceState.DUE),
        ([received(), charged(0)], FinanceState.NONE),
        ([received(), charged(), paid()], FinanceState.PAID),
        ([received(), charged(), exempted()], FinanceState.EXEMPTED),
        ([received(), charged(), paid(2000)], FinanceState.DUE),
        ([received(), charged(), paid(2000), exempted()], FinanceState.EXEMPTED),
        ([received(), charged(), exempted(3000)], FinanceState.DUE),
        ([received(), opened("pay")], FinanceState.DUE),
        ([received(), opened("pay"), done("pay")], FinanceState.PAID),
        ([received(), charged(), paid(), opened("pay")], FinanceState.DUE),
        ([received(), charged(), opened("work"), done("work")], FinanceState.DUE),
    ],
)
def test_money_is_due_paid_or_exempted(events: list[Event], expected: FinanceState) -> None:
    assert standing(*events).finance == expected


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([opened("work")], DeliveryState.NONE),
        ([opened("hand_over")], DeliveryState.READY),
        ([released()], DeliveryState.READY),
        ([opened("hand_over"), done("hand_over")], DeliveryState.RETURNED),
        ([ResultReturned(at=NOW, manner="counter")], DeliveryState.RETURNED),
        (
            [ResultReturned(at=NOW, manner="counter"), reopened()],
            DeliveryState.NONE,
        ),
        (
            [ProcessEnded(at=NOW, outcome="completed", element="returned")],
            DeliveryState.RETURNED,
        ),
        ([ProcessEnded(at=NOW, outcome="completed", element="refused")], DeliveryState.NONE),
    ],
)
def test_a_result_is_ready_then_returned(events: list[Event], expected: DeliveryState) -> None:
    assert standing(*events).delivery == expected


def test_another_system_knows_the_status_until_it_changes() -> None:
    told = standing(StatusReported(at=NOW, system="DVCQG", status=4))
    assert told.sync(4) == SyncState.DONE
    assert told.sync(5) == SyncState.PENDING
    assert Standing().sync(4) == SyncState.NONE
    refused = StatusReported(at=NOW, system="DVCQG", status=4, accepted=False, note="Sai mã")
    assert standing(refused).sync(4) == SyncState.REFUSED
    again = standing(refused, StatusReported(at=NOW, system="DVCQG", status=4))
    assert again.sync(NationalStatus.PROCESSING) == SyncState.DONE


def test_every_state_has_its_vietnamese_words() -> None:
    kinds = (FinanceState, DeliveryState, SyncState)
    labels = [state.label for kind in kinds for state in kind]
    assert len(labels) == len({*labels}) == 11
    assert FinanceState.EXEMPTED.label == "Được miễn, giảm"
