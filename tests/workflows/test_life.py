"""The life of a dossier: suspended, stopped, refused, sent back, signed, released, opened again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from engine.law.papers_letters import AlreadyDecided, BeyondExtension
from engine.law.working_time import ZONE
from engine.process import AlreadyEnded
from engine.timing.events import StepEnabled
from tests.builders import CENTRE, CLERK, COMMUNE, LEADER, MONDAY, OFFICER, receive, task_of
from tests.living import OTHER_LEADER, at, done, living_office, wait_until
from workflows import (
    apologies,
    approvals,
    dossiers,
    handovers,
    intake,
    jobs,
    refusals,
    releases,
    reopenings,
    results,
    reviews,
    send_backs,
    sign_offs,
    stops,
    supplements,
    suspensions,
    tasks,
)
from workflows.apologies import IssueApology
from workflows.errors import Forbidden, InvalidInput, NotWaiting, Stale, Suspended
from workflows.office import Office
from workflows.reopenings import ReopenDossier, ReopeningRefused
from workflows.results import ReturnResult
from workflows.send_backs import SendBack, SendBackRefused
from workflows.standing import fold_dossier
from workflows.stops import StopDossier
from workflows.store import Store
from workflows.store.events import revive
from workflows.supplements import ApproveRound, PartlyBrought, ProposeRound, TooManyRounds
from workflows.suspensions import ResumeDossier, SuspendDossier, SuspensionRefused
from workflows.tasks import CompleteTask
from workflows.views import DossierView

DAY = timedelta(days=1)


@pytest.fixture
def office(store: Store) -> Office:
    return living_office(store)


def kinds(office: Office, view: DossierView) -> list[str]:
    return [e.kind for e in dossiers.history(office, OFFICER, view.id)]


def last_body(office: Office, view: DossierView) -> dict:
    """Return what the last event of the record says."""
    rows = office.store.read(lambda uow: uow.events.of_dossier(view.id))
    return vars(revive(rows[-1]))


def due_of(view: DossierView) -> datetime:
    """Return the due moment, which is there."""
    assert view.due_at is not None
    return view.due_at


def whole(office: Office) -> bool:
    """Tell whether the record alone gives every projection."""
    return reviews.rebuild(office, check=True) == ()


def suspend(office: Office, view: DossierView, ground: str = "storm", **said) -> DossierView:
    words: dict[str, Any] = {"ground": ground, "reason": "Nước lũ", "revision": view.revision}
    words |= said
    return suspensions.suspend(office, LEADER, SuspendDossier(dossier=view.id, **words))


def resume(office: Office, view: DossierView) -> DossierView:
    return suspensions.resume(office, LEADER, ResumeDossier(dossier=view.id))


def test_a_suspension_on_another_clock_moves_the_due_moment_by_its_working_time(
    office: Office,
) -> None:
    view = suspend(office, at(office, "review"))
    assert view.clock_running is False
    wait_until(office, MONDAY + 2 * DAY)  # two working days
    after = resume(office, view)
    assert after.clock_running is True
    # The limit counts from Tuesday 07:30: of the pause, Tuesday's 8 hours and 1 of Wednesday.
    assert after.due_at == datetime(2026, 3, 11, 8, 30, tzinfo=ZONE)  # 09/03 17:00 + 9 hours
    assert whole(office)


def test_on_the_agencys_own_clock_the_limit_goes_on(office: Office) -> None:
    view = suspend(office, at(office, "review"), "internal")
    assert view.clock_running is True
    wait_until(office, MONDAY + 2 * DAY)
    assert resume(office, view).due_at == datetime(2026, 3, 9, 17, tzinfo=ZONE)


def test_nothing_is_done_while_suspended_but_resuming_withdrawing_stopping(office: Office) -> None:
    view = suspend(office, at(office, "review"))
    with pytest.raises(Suspended):
        done(office, view, "review")
    with pytest.raises(Suspended):
        suspend(office, view)
    with pytest.raises(Suspended):
        refusals.refuse(office, LEADER, refusals.IssueRefusal(dossier=view.id, reason="Sai nơi."))
    stopped = stops.stop(office, LEADER, StopDossier(dossier=view.id, reason="Không cần nữa"))
    assert (stopped.outcome, stopped.status, stopped.tasks) == ("stopped", 8, ())
    other = suspend(office, at(office, "review"))
    gone = intake.withdraw(office, CLERK, intake.WithdrawDossier(dossier=other.id))
    assert gone.outcome == "withdrawn"
    assert whole(office)


def test_it_goes_on_by_itself_at_the_moment_that_was_set(office: Office) -> None:
    until = MONDAY + DAY
    view = suspend(office, at(office, "review"), until=until)
    wait_until(office, until - timedelta(seconds=1))
    assert jobs.run_due(office).done == 0
    wait_until(office, until)
    assert jobs.run_due(office) == jobs.Done(done=1)
    assert kinds(office, view)[-2:] == ["dossier_resumed", "step_resumed"]
    assert dossiers.read(office, OFFICER, view.id).clock_running
    assert whole(office)


def test_the_pause_is_booked_on_whose_clock_it_was(office: Office) -> None:
    view = suspend(office, at(office, "review"))
    wait_until(office, MONDAY + DAY)
    view = done(office, resume(office, view), "review")
    step = next(
        s
        for s in office.store.read(lambda uow: uow.steps.of_dossier(view.id))
        if s.element == "review"
    )
    assert step.paused_seconds == DAY.total_seconds()


def test_timers_of_the_process_stand_too_and_fire_later(office: Office) -> None:
    view = receive(office)
    task = task_of(view, "check").task
    asked = supplements.RequestSupplement(
        dossier=view.id, task=task, components=("form",), reason="Thiếu chữ ký"
    )
    view = supplements.request(office, CLERK, asked)
    due = view.timers[0].due_at
    suspend(office, view)
    wait_until(office, due + DAY)
    assert jobs.run_due(office) == jobs.Done()
    after = resume(office, view)
    # 15 working days and the 7 hours of the first Monday were left: 14/4 is full, 7 hours of 15/4
    assert after.timers[0].due_at == datetime(2026, 4, 15, 16, 0, tzinfo=ZONE)
    wait_until(office, after.timers[0].due_at)
    assert jobs.run_due(office) == jobs.Done(done=1)
    assert dossiers.read(office, CLERK, view.id).end_element == "closed"


def test_only_a_ground_of_the_procedure_and_a_moment_to_come(office: Office) -> None:
    view = at(office, "review")
    with pytest.raises(SuspensionRefused, match="storm"):
        suspend(office, view, "holiday")
    with pytest.raises(InvalidInput):
        suspend(office, view, until=MONDAY)
    with pytest.raises(InvalidInput):
        suspend(office, view, reason=" ")
    with pytest.raises(NotWaiting):
        resume(office, view)
    with pytest.raises(Forbidden):
        suspensions.suspend(
            office, OFFICER, SuspendDossier(dossier=view.id, ground="storm", reason="Bão")
        )
    with pytest.raises(Stale):
        suspend(office, view, revision=99)


def test_what_is_signed_is_stopped_no_more(office: Office) -> None:
    view = at(office, "return_result")
    with pytest.raises(AlreadyDecided):
        stops.stop(office, LEADER, StopDossier(dossier=view.id, reason="Không cần nữa"))
    ended = results.return_result(
        office, CLERK, ReturnResult(dossier=view.id, shown="receipt", collected_by="Hoa")
    )
    with pytest.raises(AlreadyEnded):
        stops.stop(office, LEADER, StopDossier(dossier=ended.id, reason="Không cần nữa"))


@pytest.mark.parametrize(
    ("element", "outcome", "end", "status"),
    [("check", "not_accepted", "", 3), ("review", "refused", "closed", 8)],
)
def test_a_refusal_ends_the_process_as_its_stage_says(
    office: Office, element: str, outcome: str, end: str, status: int
) -> None:
    view = at(office, element)
    command = refusals.IssueRefusal(dossier=view.id, reason="Không thuộc thẩm quyền.")
    refused = refusals.refuse(office, LEADER, command)
    assert (refused.outcome, refused.end_element, refused.status) == (outcome, end, status)
    assert (refused.tasks, refused.timers, refused.waits) == ((), (), ())
    steps = office.store.read(lambda uow: uow.steps.of_dossier(view.id))
    assert not any(s.is_open for s in steps)
    with pytest.raises(NotWaiting):
        refusals.refuse(office, LEADER, command)
    assert whole(office)


def test_a_step_goes_back_only_where_the_procedure_says(office: Office) -> None:
    view = at(office, "sign")
    task = task_of(view, "sign").task
    with pytest.raises(SendBackRefused, match="review"):
        send_backs.send_back(
            office, LEADER, SendBack(dossier=view.id, task=task, to="check", reason="Sai")
        )
    back = send_backs.send_back(
        office, LEADER, SendBack(dossier=view.id, task=task, to="review", reason="Thiếu căn cứ")
    )
    assert [t.element for t in back.tasks] == ["review"]
    assert back.due_at == view.due_at
    assert kinds(office, view)[-3:] == ["step_returned", "step_withdrawn", "step_enabled"]
    assert [t.element for t in done(office, back, "review").tasks] == ["sign"]
    assert whole(office)


def test_signing_and_releasing_are_in_the_record_and_end_the_limit(office: Office) -> None:
    view = at(office, "sign")
    task = task_of(view, "sign").task
    with pytest.raises(NotWaiting):
        results.return_result(
            office, CLERK, ReturnResult(dossier=view.id, shown="receipt", collected_by="Hoa")
        )
    command = releases.ReleaseResult(
        dossier=view.id, task=task, number="12/QĐ-UBND", released_on=date(2026, 3, 2)
    )
    released = releases.release(office, LEADER, command)
    assert released.resolved_at == MONDAY
    found = {e.kind: e for e in dossiers.history(office, OFFICER, view.id)}
    assert {"result_signed_off", "result_released"} <= set(found)
    row, _ = office.store.read(lambda uow: uow.dossiers.get(view.id))
    assert (row.release_number, row.released_at, row.signed_off_at) == (
        "12/QĐ-UBND",
        MONDAY,
        MONDAY,
    )
    assert whole(office)


def test_a_signature_no_longer_holds_when_its_step_opens_again(office: Office) -> None:
    view = at(office, "sign")
    row, _ = office.store.read(lambda uow: uow.dossiers.get(view.id))
    procedure = office.catalogue.at(view.digest).procedure
    signed = replace(row, signed_off_at=MONDAY, released_at=MONDAY, release_number="1")
    again = StepEnabled(at=MONDAY, step="t99", element="sign", element_kind="userTask")
    folded = fold_dossier(signed, procedure, [again], [])
    assert (folded.signed_off_at, folded.released_at, folded.release_number) == (None, None, "")


def test_who_prepared_does_not_sign(office: Office) -> None:
    view = at(office, "review")
    task = task_of(view, "review").task
    with pytest.raises(Forbidden):
        tasks.complete(office, LEADER, CompleteTask(dossier=view.id, task=task))
    view = done(office, view, "review")
    task = task_of(view, "sign").task
    barred = LEADER.__class__(person=OFFICER.person, agency=COMMUNE, role="leader")
    with pytest.raises(Forbidden):
        sign_offs.sign_off(office, barred, sign_offs.SignOff(dossier=view.id, task=task))
    signed = sign_offs.sign_off(office, LEADER, sign_offs.SignOff(dossier=view.id, task=task))
    assert signed.status == 9


@pytest.mark.parametrize(
    ("proof", "field"),
    [
        ({"collected_by": "Hoa"}, "shown"),
        ({"shown": "receipt"}, "collected_by"),
        ({"manner": "post"}, "tracking_code"),
        ({"manner": "online", "file_hash": "abc"}, "file_hash"),
    ],
)
def test_a_result_is_handed_over_only_with_proof(office: Office, proof: dict, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        results.return_result(office, CLERK, ReturnResult(dossier="any", **proof))
    assert refused.value.fields["field"] == field


@pytest.mark.parametrize(
    "proof",
    [
        {"shown": "identity", "collected_by": "Hoa"},
        {"manner": "post", "tracking_code": "EB123456789VN"},
        {"manner": "online", "file_hash": "0" * 64},
    ],
)
def test_a_result_leaves_in_three_ways(office: Office, proof: dict) -> None:
    view = at(office, "return_result")
    over = results.return_result(office, CLERK, ReturnResult(dossier=view.id, **proof))
    assert (over.status, over.delivery) == (10, "returned")
    assert whole(office)


def test_a_dossier_opened_again_counts_from_zero_and_runs_to_its_end(office: Office) -> None:
    view = done(office, at(office, "return_result"), "return_result")
    assert view.ended_at == MONDAY
    wait_until(office, MONDAY + 2 * DAY)
    command = ReopenDossier(dossier=view.id, reason="Kết quả có sai sót")
    with pytest.raises(Forbidden):
        reopenings.reopen(office, OFFICER, command)
    again = reopenings.reopen(office, LEADER, command)
    assert [t.element for t in again.tasks] == ["review"]
    assert (again.outcome, again.ended_at, again.resolved_at) == ("", None, None)
    assert (again.status, again.due_at) == (4, datetime(2026, 3, 11, 17, tzinfo=ZONE))
    again = done(office, done(office, done(office, again, "review"), "sign"), "return_result")
    assert (again.status, again.resolved_at) == (10, MONDAY + 2 * DAY)
    assert whole(office)


def test_not_while_it_runs_nor_too_late(office: Office) -> None:
    command = ReopenDossier(dossier=receive(office).id, reason="Sai sót")
    with pytest.raises(NotWaiting):
        reopenings.reopen(office, LEADER, command)
    stops.stop(office, LEADER, StopDossier(dossier=command.dossier, reason="Không cần nữa"))
    wait_until(office, MONDAY + 31 * DAY)
    with pytest.raises(ReopeningRefused, match="30 ngày"):
        reopenings.reopen(office, LEADER, command)


def test_a_hand_over_says_who_gave_what_to_whom(office: Office) -> None:
    view = receive(office)
    command = handovers.HandOver(
        dossier=view.id, to_agency=COMMUNE, receiver="Trần Văn An", papers=("Tờ khai",)
    )
    handovers.hand_over(office, CLERK, command)
    event = dossiers.history(office, OFFICER, view.id)[-1]
    assert (event.kind, event.actor) == ("dossier_handed_over", CLERK.person)
    body = last_body(office, view)
    assert (body["from_agency"], body["to_agency"]) == (CENTRE, COMMUNE)
    assert (body["receiver"], list(body["papers"])) == ("Trần Văn An", ["Tờ khai"])
    assert whole(office)


def test_an_apology_in_time_is_not_late_and_one_on_the_day_is(office: Office) -> None:
    for days, late in ((0, False), (7, True)):  # due on 09/03; on 09/03 it is too late
        view = at(office, "review")
        wait_until(office, max(office.clock.now(), MONDAY + days * DAY))
        if days:
            wait_until(office, due_of(view) - timedelta(hours=1))
        command = IssueApology(
            dossier=view.id, reason="Đang chờ xác minh", new_due_at=due_of(view) + DAY
        )
        moved = apologies.apologise(office, LEADER, command)
        assert moved.due_at == due_of(view) + DAY
        assert last_body(office, view)["late"] is late
        with pytest.raises(BeyondExtension):
            apologies.apologise(office, LEADER, command)


def ask(office: Office, view: DossierView, **said) -> DossierView:
    words: dict[str, Any] = {"components": ("form",), "reason": "Thiếu giấy tờ"} | said
    task = task_of(view, "check").task
    command = supplements.RequestSupplement(dossier=view.id, task=task, **words)
    return supplements.request(office, CLERK, command)


def take(office: Office, view: DossierView, **said) -> DossierView:
    return supplements.take(office, CLERK, supplements.TakeSupplement(dossier=view.id, **said))


def test_one_round_more_needs_a_leader_who_is_not_the_one_who_asks(office: Office) -> None:
    view = receive(office)
    task = task_of(view, "check").task
    early = ProposeRound(dossier=view.id, task=task, reason="Cần thêm", components=("form",))
    with pytest.raises(NotWaiting):
        supplements.propose(office, CLERK, early)
    for _ in range(2):
        view = take(office, ask(office, view))
    with pytest.raises(TooManyRounds):
        ask(office, view)
    with pytest.raises(NotWaiting):
        supplements.approve(office, LEADER, ApproveRound(dossier=view.id))
    task = task_of(view, "check").task
    proposal = ProposeRound(dossier=view.id, task=task, reason="Cần thêm", components=("form",))
    supplements.propose(office, CLERK, proposal)
    own = LEADER.__class__(person=CLERK.person, agency=COMMUNE, role="leader")
    with pytest.raises(Forbidden):
        supplements.approve(office, own, ApproveRound(dossier=view.id))
    [waiting] = approvals.approvals(office, OTHER_LEADER)
    assert (waiting.kind, waiting.dossier, waiting.reason) == ("round", view.id, "Cần thêm")
    assert approvals.approvals(office, own) == ()
    supplements.approve(office, OTHER_LEADER, ApproveRound(dossier=view.id))
    assert approvals.approvals(office, OTHER_LEADER) == ()
    view = ask(office, view)
    assert (view.supplement_rounds, view.status) == (3, 5)
    view = take(office, view)
    with pytest.raises(TooManyRounds):
        ask(office, view)
    assert whole(office)


def test_missing_papers_are_waited_for_or_count_as_enough_by_choice(store: Store) -> None:
    office = living_office(store)
    view = ask(
        office,
        receive(office),
        components=("form", "proof"),
        reasons={"form": "Thiếu chữ ký", "proof": "Bản chụp mờ"},
    )
    with pytest.raises(PartlyBrought, match="proof"):
        take(office, view, components=("form",))
    waits = take(office, view, components=("form",), partly="wait")
    assert (waits.status, waits.clock_running) == (5, False)
    other = ask(office, receive(office), components=("form", "proof"))
    assert take(office, other, components=("form",), partly="enough").status == 2
    assert take(office, waits, components=("proof",)).status == 2
    rounds = office.store.read(lambda uow: uow.supplements.of_dossier(view.id))
    assert (rounds[0].reasons["proof"], rounds[0].brought) == ("Bản chụp mờ", ["form", "proof"])
    assert whole(office)
