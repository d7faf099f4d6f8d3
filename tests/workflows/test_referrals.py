"""Asking another agency: its list, its answer, its silence."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.builders import CLERK, MONDAY, OFFICER, TAX, TAX_OFFICER, receive, task_of
from workflows import dossiers, jobs, referrals, reviews, tasks
from workflows.clock import SimulatedClock
from workflows.deriving import referral_id
from workflows.errors import Forbidden, InvalidInput, NotFound, Stale
from workflows.office import Office
from workflows.referrals import AnswerReferral, ReferralQuery
from workflows.referring import ReferralView
from workflows.tasks import CompleteTask


def asked(office: Office) -> ReferralView:
    view = receive(office)
    command = CompleteTask(dossier=view.id, task=task_of(view, "check").task, facts={"ask": True})
    view = tasks.complete(office, CLERK, command)
    page = referrals.list_referrals(office, TAX_OFFICER, ReferralQuery())
    step = task_of(view, "wait_opinion").task
    return next(r for r in page.items if r.id == referral_id(view.id, step))


def test_what_an_agency_is_asked_is_on_its_list(office: Office) -> None:
    referral = asked(office)
    assert (referral.to_agency, referral.asked_by) == (TAX, "H55.901")
    assert referral.sent_at == MONDAY
    assert referral.due_at is not None
    assert referral.due_at.date().isoformat() == "2026-03-05"


def test_an_answer_moves_the_dossier_on_and_empties_the_list(office: Office) -> None:
    referral = asked(office)
    command = AnswerReferral(referral=referral.id, answer="Đồng ý", facts={"agreed": True})
    told = referrals.answer(office, TAX_OFFICER, command)
    assert (told.state, told.side, told.dossier) == ("answered", "received", "")
    view = dossiers.read(office, CLERK, referrals.read(office, CLERK, referral.id).dossier)
    assert [t.element for t in view.tasks] == ["review"]
    assert referrals.list_referrals(office, TAX_OFFICER, ReferralQuery()).items == ()
    events = dossiers.history(office, CLERK, view.id)
    said = next(e.data for e in events if e.kind == "referral_answered")
    assert (said["answer"], said["late"], said["silent"]) == ("Đồng ý", False, False)


def test_a_second_answer_is_kept_and_shown_and_moves_nothing(office: Office) -> None:
    command = AnswerReferral(referral=asked(office).id, answer="Đồng ý", facts={"agreed": True})
    referrals.answer(office, TAX_OFFICER, command)
    other = replace(command, answer="Không đồng ý nữa", facts={"agreed": False})
    after = referrals.answer(office, TAX_OFFICER, other)
    assert (after.answer, after.kept, after.state) == ("Đồng ý", 1, "answered")
    last = after.stamps[-1]
    assert (last["what"], last["why"], last["text"]) == (
        "answer_kept", "double", "Không đồng ý nữa",
    )  # fmt: skip
    assert reviews.rebuild(office) == ()


def test_a_repeat_with_the_same_key_gets_the_first_answer_again(office: Office) -> None:
    command = AnswerReferral(referral=asked(office).id, answer="Đồng ý", idempotency_key="một")
    first = referrals.answer(office, TAX_OFFICER, command)
    assert referrals.answer(office, TAX_OFFICER, command) == first
    assert referrals.read(office, TAX_OFFICER, command.referral).kept == 0
    stale = AnswerReferral(referral=command.referral, answer="Muộn", revision=1)
    with pytest.raises(Stale):
        referrals.answer(office, TAX_OFFICER, stale)


def test_an_answer_after_its_day_is_late(office: Office) -> None:
    referral = asked(office)
    clock = office.clock
    assert isinstance(clock, SimulatedClock)
    assert referral.due_at is not None
    clock.advance_to(referral.due_at.replace(day=9))
    referrals.answer(office, TAX_OFFICER, AnswerReferral(referral=referral.id, answer="Đồng ý"))
    row = office.store.read(lambda uow: uow.referrals.get(referral.id))
    assert (row.late, row.silent) == (True, False)


def test_silence_counts_as_the_procedure_says(office: Office) -> None:
    referral = asked(office)
    clock = office.clock
    assert isinstance(clock, SimulatedClock)
    clock.advance_to(MONDAY.replace(day=20))
    assert jobs.run_due(office).done == 1
    row = office.store.read(lambda uow: uow.referrals.get(referral.id))
    assert (row.answer, row.silent) == ("agreed", True)
    late = AnswerReferral(referral=referral.id, answer="Muộn")
    after = referrals.answer(office, TAX_OFFICER, late)
    assert (after.state, after.answer, after.kept) == ("silent", "agreed", 1)
    assert after.stamps[-1]["why"] == "late"


def test_nobody_answers_for_another_agency(office: Office) -> None:
    command = AnswerReferral(referral=asked(office).id, answer="Đồng ý")
    with pytest.raises(Forbidden):
        referrals.answer(office, OFFICER, command)
    with pytest.raises(Forbidden):
        referrals.list_referrals(office, OFFICER, ReferralQuery(agency=TAX))


def test_an_empty_answer_and_an_unknown_referral_are_refused(office: Office) -> None:
    with pytest.raises(InvalidInput):
        referrals.answer(office, TAX_OFFICER, AnswerReferral(referral="x", answer=" "))
    with pytest.raises(NotFound):
        referrals.answer(office, TAX_OFFICER, AnswerReferral(referral="x", answer="Đồng ý"))
