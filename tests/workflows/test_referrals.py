"""Asking another agency: its list, its answer, its silence."""

from __future__ import annotations

import pytest

from tests.builders import CLERK, MONDAY, OFFICER, TAX, TAX_OFFICER, receive, task_of
from workflows import dossiers, jobs, referrals, tasks
from workflows.clock import SimulatedClock
from workflows.errors import Forbidden, InvalidInput, NotFound, NotOpen
from workflows.office import Office
from workflows.referrals import AnswerReferral, ReferralQuery, ReferralView
from workflows.tasks import CompleteTask


def asked(office: Office) -> ReferralView:
    view = receive(office)
    command = CompleteTask(dossier=view.id, task=task_of(view, "check").task, facts={"ask": True})
    tasks.complete(office, CLERK, command)
    page = referrals.open_for(office, TAX_OFFICER, ReferralQuery())
    return next(r for r in page.items if r.dossier == view.id)


def test_what_an_agency_is_asked_is_on_its_list(office: Office) -> None:
    referral = asked(office)
    assert (referral.to_agency, referral.asked_by) == (TAX, "H55.901")
    assert referral.sent_at == MONDAY
    assert referral.due_at is not None
    assert referral.due_at.date().isoformat() == "2026-03-05"


def test_an_answer_moves_the_dossier_on_and_empties_the_list(office: Office) -> None:
    referral = asked(office)
    command = AnswerReferral(referral=referral.id, answer="Đồng ý", facts={"agreed": True})
    view = referrals.answer(office, TAX_OFFICER, command)
    assert [t.element for t in view.tasks] == ["review"]
    assert referrals.open_for(office, TAX_OFFICER, ReferralQuery()).items == ()
    events = dossiers.history(office, CLERK, view.id)
    said = next(e.data for e in events if e.kind == "referral_answered")
    assert (said["answer"], said["late"], said["silent"]) == ("Đồng ý", False, False)


def test_a_second_answer_is_refused(office: Office) -> None:
    command = AnswerReferral(referral=asked(office).id, answer="Đồng ý")
    referrals.answer(office, TAX_OFFICER, command)
    with pytest.raises(NotOpen):
        referrals.answer(office, TAX_OFFICER, command)


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
    with pytest.raises(NotOpen):
        referrals.answer(office, TAX_OFFICER, AnswerReferral(referral=referral.id, answer="Muộn"))


def test_nobody_answers_for_another_agency(office: Office) -> None:
    command = AnswerReferral(referral=asked(office).id, answer="Đồng ý")
    with pytest.raises(Forbidden):
        referrals.answer(office, OFFICER, command)
    with pytest.raises(Forbidden):
        referrals.open_for(office, OFFICER, ReferralQuery(agency=TAX))


def test_an_empty_answer_and_an_unknown_referral_are_refused(office: Office) -> None:
    with pytest.raises(InvalidInput):
        referrals.answer(office, TAX_OFFICER, AnswerReferral(referral="x", answer=" "))
    with pytest.raises(NotFound):
        referrals.answer(office, TAX_OFFICER, AnswerReferral(referral="x", answer="Đồng ý"))
