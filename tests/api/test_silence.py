"""Twelve days of silence: three agencies asked, one does not answer, the dossier goes on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.law.authority import Actor
from tests.api.conftest import CENTRE, COMMUNE
from workflows import background, dossiers, intake, referrals, reviews, tasks
from workflows.clock import SimulatedClock
from workflows.delivering import Carriers
from workflows.errors import Forbidden, NotFound
from workflows.office import Office
from workflows.referrals import (
    AnswerReferral,
    RemindReferral,
    ResendReferral,
    ReturnReferral,
    WithdrawReferral,
)
from workflows.reports.referrals import CountsQuery, count_referrals
from workflows.views import DossierView

HOUSE = "1.009994"
BUILDING, CULTURE, FIRE = "H55.21", "H55.23", "H55.24"
SECRET = "Hoàng Thị Chim Yến"
CLERK = Actor(person="clerk", agency=CENTRE, role="one_stop_clerk")
OFFICER = Actor(person="officer", agency=COMMUNE, role="officer")


def expert(agency: str) -> Actor:
    return Actor(person=f"expert.{agency}", agency=agency, role="opinion_officer")


@pytest.fixture
def house(office: Office) -> DossierView:
    """A house about which three agencies are asked at once."""
    command = intake.ReceiveDossier(
        procedure=HOUSE, applicant_name=SECRET, applicant_id="001090001234", phone="0912345678"
    )
    view = intake.receive(office, CLERK, command)
    agencies = [BUILDING, CULTURE, FIRE]
    for element, facts in (
        ("receive", {"accepted": True}),
        ("assign", {}),
        ("screen", {"consultation_needed": True, "consulted_agencies": agencies}),
    ):
        step = next(t for t in view.tasks if t.element == element)
        actor = Actor(person=f"p.{element}", agency=step.agency, role=step.role)
        done = tasks.CompleteTask(dossier=view.id, task=step.task, facts=facts)
        view = tasks.complete(office, actor, done)
    return view


def pass_time(office: Office, **time: int) -> None:
    clock = office.clock
    assert isinstance(clock, SimulatedClock)
    clock.advance_to(clock.now() + timedelta(**time))
    background.work_once(office, Carriers())


def asked(office: Office, agency: str) -> str:
    [one] = referrals.list_referrals(office, expert(agency), referrals.ReferralQuery()).items
    return str(one.id)


def test_one_is_silent_for_twelve_days_and_the_dossier_goes_on_by_rule_and_says_so(
    office: Office, house: DossierView
) -> None:
    ids = {agency: asked(office, agency) for agency in (BUILDING, CULTURE, FIRE)}
    for agency in (BUILDING, CULTURE):
        said = AnswerReferral(referral=ids[agency], answer="Đồng ý", facts={"objection": False})
        referrals.answer(office, expert(agency), said)
    pass_time(office, days=11, hours=23)
    reminded = referrals.read(office, OFFICER, ids[FIRE])
    assert [s["what"] for s in reminded.stamps] == ["sent", "reminded"]
    assert reminded.stamps[-1]["automatic"] is True
    pass_time(office, days=1)
    silent = referrals.read(office, OFFICER, ids[FIRE])
    assert (silent.state, silent.silent, silent.late) == ("silent", True, False)
    events = dossiers.history(office, CLERK, house.id)
    [told] = [e for e in events if e.kind == "referral_answered" and e.data["silent"]]
    assert told.data["answer"] == "agreed"
    assert not [t for t in dossiers.read(office, CLERK, house.id).tasks if t.state == "waiting"]
    late = AnswerReferral(referral=ids[FIRE], answer="Không đồng ý", facts={"objection": True})
    kept = referrals.answer(office, expert(FIRE), late)
    assert (kept.state, kept.kept, kept.stamps[-1]["why"]) == ("silent", 1, "late")
    assert reviews.rebuild(office) == ()


def test_a_returned_question_stands_still_until_it_is_sent_again(
    office: Office, house: DossierView
) -> None:
    fire = asked(office, FIRE)
    pass_time(office, days=2)
    returned = referrals.give_back(
        office, expert(FIRE), ReturnReferral(referral=fire, reason="Thiếu bản vẽ")
    )
    assert (returned.state, returned.due_at) == ("returned", None)
    pass_time(office, days=20)
    assert referrals.read(office, OFFICER, fire).state == "returned"
    again = referrals.resend(office, OFFICER, ResendReferral(referral=fire, note="Đã bổ sung"))
    assert again.due_at is not None
    assert again.due_at - office.clock.now() == timedelta(days=12)
    pass_time(office, days=9)
    assert referrals.read(office, OFFICER, fire).state == "delivered"
    referrals.remind(office, OFFICER, RemindReferral(referral=fire, note="Xin trả lời"))
    gone = referrals.withdraw(office, OFFICER, WithdrawReferral(referral=fire, reason="Thôi"))
    assert (gone.state, gone.answer) == ("withdrawn", "withdrawn")
    states = [r.state for r in referrals.of_dossier(office, OFFICER, house.id)]
    assert sorted(states) == ["silent", "silent", "withdrawn"]
    assert reviews.rebuild(office) == ()


def test_the_asked_agency_sees_its_referral_and_what_is_declared_and_nothing_else(
    office: Office, house: DossierView
) -> None:
    fire = asked(office, FIRE)
    seen = referrals.read(office, expert(FIRE), fire)
    assert seen.shown["applicant_name"] == SECRET
    assert set(seen.shown) == {"applicant_name", "applicant_address", "received_at"}
    text = str(seen.to_record())
    assert "0912345678" not in text
    assert "001090001234" not in text
    assert house.id not in text
    for other in (BUILDING, "H55.81.01"):  # one asked about the same house, one about nothing
        with pytest.raises(Forbidden):
            referrals.read(office, expert(other), fire)
        with pytest.raises(Forbidden):
            referrals.answer(office, expert(other), AnswerReferral(referral=fire, answer="Có"))
    for look in (dossiers.read, dossiers.history, dossiers.deadline, referrals.of_dossier):
        with pytest.raises(Forbidden):
            look(office, expert(FIRE), house.id)
    with pytest.raises(NotFound):
        referrals.read(office, expert(FIRE), house.id)
    with pytest.raises(Forbidden):
        referrals.remind(office, expert(FIRE), RemindReferral(referral=fire))


def test_a_dossier_counts_once_and_its_legs_by_each_agency_and_totals_reconcile(
    office: Office, house: DossierView
) -> None:
    said = AnswerReferral(referral=asked(office, BUILDING), answer="Đồng ý")
    referrals.answer(office, expert(BUILDING), said)
    pass_time(office, days=13)
    day = office.clock.now().date()
    query = CountsQuery(first_day=day - timedelta(days=30), last_day=day)
    head = Actor(person="head", agency=COMMUNE, role="leader")
    [sent] = count_referrals(office, head, query)
    assert (sent.side, sent.dossiers, sent.referrals) == ("sent", 1, 3)
    assert (sent.on_time, sent.silent, sent.open) == (1, 2, 0)
    lines = [
        line
        for agency in (BUILDING, CULTURE, FIRE)
        for line in count_referrals(office, Actor(person="h", agency=agency, role="leader"), query)
    ]
    assert [(one.side, one.referrals) for one in lines] == [("received", 1)] * 3
    for one in (sent, *lines):
        parts = (one.on_time, one.late, one.silent, one.withdrawn, one.open)
        assert one.referrals == sum(parts)
