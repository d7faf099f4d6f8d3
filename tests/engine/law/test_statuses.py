"""Money, hand-over and other systems stand beside the national status, each folded by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

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
    Event,
    ProcessEnded,
    ResultReturned,
    StatusReported,
    StepCompleted,
    StepEnabled,
)
from tests.engine.law.test_deadlines import at, procedure

NOW = at("2026-03-02T08:00")
STEPS = {
    "pay": {"status": 6, "counted": False, "clock": "applicant"},
    "work": {"status": 4},
    "hand_over": {"status": 9, "counted": False, "clock": "applicant"},
}
ENDS = {"returned": {"status": 10}, "refused": {"status": 9}}


def law(*fees: dict[str, Any]) -> Any:
    """Return a procedure with these fees."""
    return procedure({"amount": 5, "unit": "working_day"}, steps=STEPS, ends=ENDS, fees=[*fees])


def fee(amount: int, **more: Any) -> dict[str, Any]:
    """Return a fee as a file has it."""
    return {"id": "fee", "name": "Lệ phí", "amount_vnd": amount, **more}


def received(channel: str = "counter") -> Event:
    """Return a reception."""
    return DossierReceived(
        at=NOW, code="c", procedure="1.000001", version="1", channel=channel,
        receiving_unit="a", competent_agency="a",
    )  # fmt: skip


def opened(element: str) -> Event:
    """Return a step that can be worked on."""
    return StepEnabled(at=NOW, step="s", element=element, element_kind="userTask")


def done(element: str) -> Event:
    """Return a step that is done."""
    return StepCompleted(at=NOW, step="s", element=element)


def happened(kind_: str) -> Event:
    """Return an event of a kind that another part of the program writes."""

    @dataclass(frozen=True, kw_only=True)
    class Told(Event):
        kind: ClassVar[str] = kind_

    return Told(at=NOW)


def standing(*events: Event, fees: tuple[dict[str, Any], ...] = ()) -> Standing:
    """Return the states after these events, folded at once and one by one alike."""
    written = law(*fees)
    whole = fold_standing(written, Standing(), events)
    step_by_step = Standing()
    for event in events:
        step_by_step = fold_standing(written, step_by_step, [event])
    assert step_by_step == whole
    return whole


@pytest.mark.parametrize(
    ("fees", "events", "expected"),
    [
        ((), [received()], FinanceState.NONE),
        ((fee(0),), [received()], FinanceState.NONE),
        ((fee(8000),), [received()], FinanceState.DUE),
        ((fee(8000, channel="online"),), [received()], FinanceState.NONE),
        ((fee(8000, channel="online"),), [received("online")], FinanceState.DUE),
        ((fee(8000, valid_to=date(2026, 1, 1)),), [received()], FinanceState.NONE),
        ((fee(8000, valid_from=date(2026, 3, 2)),), [received()], FinanceState.DUE),
        ((fee(8000),), [received(), happened("fee_paid")], FinanceState.PAID),
        ((fee(8000),), [received(), happened("fee_exempted")], FinanceState.EXEMPTED),
        ((), [received(), opened("pay")], FinanceState.DUE),
        ((), [received(), opened("pay"), done("pay")], FinanceState.PAID),
        ((fee(8000),), [received(), happened("fee_paid"), opened("pay")], FinanceState.DUE),
        ((fee(8000),), [received(), opened("work"), done("work")], FinanceState.DUE),
    ],
)
def test_money_is_due_paid_or_exempted(
    fees: tuple[dict[str, Any], ...], events: list[Event], expected: FinanceState
) -> None:
    assert standing(*events, fees=fees).finance == expected


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([opened("work")], DeliveryState.NONE),
        ([opened("hand_over")], DeliveryState.READY),
        ([happened("result_released")], DeliveryState.READY),
        ([opened("hand_over"), done("hand_over")], DeliveryState.RETURNED),
        ([ResultReturned(at=NOW, manner="counter")], DeliveryState.RETURNED),
        (
            [ResultReturned(at=NOW, manner="counter"), happened("dossier_reopened")],
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
