"""What another system was told stands in the record, beside the status it was told."""

from __future__ import annotations

import pytest

from engine.law.statuses import DeliveryState, SyncState
from tests.builders import CLERK, LEADER, OFFICER, TAX_OFFICER, receive, task_of
from workflows import dossiers, results, reviews, synchronising, tasks
from workflows.errors import Forbidden, InvalidInput
from workflows.office import Office
from workflows.results import ReturnResult
from workflows.synchronising import ReportStatus
from workflows.tasks import CompleteTask


def test_a_report_makes_the_states_agree_until_the_status_changes(office: Office) -> None:
    view = receive(office)
    assert view.sync == SyncState.NONE
    told = ReportStatus(dossier=view.id, system="DVCQG", status=2, idempotency_key="k1")
    after = synchronising.report(office, CLERK, told)
    assert (after.sync, after.status, after.revision) == (SyncState.DONE, 2, view.revision)
    assert synchronising.report(office, CLERK, told) == after  # a repeat is answered alike
    task = task_of(view, "check").task
    moved = tasks.complete(office, CLERK, CompleteTask(dossier=view.id, task=task))
    assert (moved.status, moved.sync) == (4, SyncState.PENDING)
    refused = ReportStatus(dossier=view.id, system="DVCQG", status=4, accepted=False, note="Lỗi")
    assert synchronising.report(office, CLERK, refused).sync == SyncState.REFUSED
    kinds = [line.kind for line in dossiers.history(office, OFFICER, view.id)]
    assert kinds.count("status_reported") == 2
    assert reviews.rebuild(office) == ()


def test_a_result_is_ready_then_returned_beside_its_status(office: Office) -> None:
    view = receive(office)
    assert view.delivery == DeliveryState.NONE
    for actor, element in ((CLERK, "check"), (OFFICER, "review"), (LEADER, "sign")):
        task = task_of(view, element).task
        view = tasks.complete(office, actor, CompleteTask(dossier=view.id, task=task))
    assert (view.status, view.delivery) == (9, DeliveryState.READY)
    view = results.return_result(
        office, CLERK, ReturnResult(dossier=view.id, shown="receipt", collected_by="Hoa")
    )
    assert (view.status, view.delivery) == (10, DeliveryState.RETURNED)
    assert reviews.rebuild(office) == ()


@pytest.mark.parametrize(
    ("status", "system", "note"), [(0, "DVCQG", ""), (11, "DVCQG", ""), (2, " ", ""),
                                   (2, "x" * 61, ""), (2, "DVCQG", "x" * 501)]
)  # fmt: skip
def test_a_report_that_says_nothing_is_refused(
    office: Office, status: int, system: str, note: str
) -> None:
    command = ReportStatus(dossier=receive(office).id, system=system, status=status, note=note)
    with pytest.raises(InvalidInput):
        synchronising.report(office, CLERK, command)


def test_only_the_counter_reports(office: Office) -> None:
    command = ReportStatus(dossier=receive(office).id, system="DVCQG", status=2)
    for actor in (OFFICER, TAX_OFFICER):
        with pytest.raises(Forbidden):
            synchronising.report(office, actor, command)
