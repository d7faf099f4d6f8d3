"""Bundles: one appointment, the longest way through the legs; it moves, and the receipt with it."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from engine.law.authority import Actor
from engine.law.chains import chain_due
from engine.law.papers import receipt
from tests.api.conftest import CENTRE, COMMUNE
from workflows import dossiers, intake, referrals, reviews, tasks
from workflows.cases import case_of
from workflows.clock import SimulatedClock
from workflows.office import Office
from workflows.referrals import AcceptReferral, AnswerReferral, ReferralQuery
from workflows.referring import ReferralView
from workflows.views import DossierView

BIRTH, DEATH, LAND = "2.002621", "2.002622", "1.013831"
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
MONDAY = datetime(2026, 3, 2, 8, 0, tzinfo=ZONE)
CLERK = Actor(person="clerk", agency=CENTRE, role="one_stop_clerk")
POLICE = Actor(person="police", agency="H55.904.02", role="opinion_officer")
TAX = Actor(person="tax", agency="H55.81.01", role="tax_officer")
CARD = Actor(person="card", agency="H55.82.01", role="opinion_officer")


def received(office: Office, code: str, **facts: object) -> DossierView:
    clock = office.clock
    assert isinstance(clock, SimulatedClock)
    office.__dict__["clock"] = SimulatedClock(MONDAY)
    command = intake.ReceiveDossier(
        procedure=code, applicant_name="Hoàng Thị Mẫu", competent_agency=COMMUNE, facts=facts
    )
    return intake.receive(office, CLERK, command)


def done(office: Office, view: DossierView, element: str, **facts: object) -> DossierView:
    step = next(t for t in view.tasks if t.element == element)
    actor = Actor(person=f"p.{element}", agency=step.agency, role=step.role)
    command = tasks.CompleteTask(dossier=view.id, task=step.task, facts=facts)
    return tasks.complete(office, actor, command)


def later(office: Office, **time: int) -> None:
    clock = office.clock
    assert isinstance(clock, SimulatedClock)
    clock.advance_to(clock.now() + timedelta(**time))


def day(view: DossierView) -> str:
    assert view.due_at is not None
    return f"{view.due_at.astimezone(ZONE):%d/%m %H:%M}"


def critical(office: Office, view: DossierView, **facts: object) -> list[str]:
    version = office.catalogue.at(view.digest)
    law, calendar = version.procedure, office.catalogue.calendar(COMMUNE)
    net = chain_due(law.legs, law.time_limit, MONDAY, facts, calendar, [])
    assert net.counted.due_at == view.due_at
    return [leg.id for leg in net.legs if leg.critical]


@pytest.mark.parametrize(
    ("benefit", "due", "way"),
    [
        ("none", "02/03 17:00", ["death", "residence"]),
        ("welfare", "09/03 17:00", ["death", "welfare"]),
        ("insurance", "12/03 17:00", ["death", "insurance"]),
        ("revolution", "25/03 17:00", ["death", "revolution"]),
    ],
)
def test_the_appointment_of_the_death_bundle_is_its_critical_path(
    office: Office, benefit: str, due: str, way: list[str]
) -> None:
    view = received(office, DEATH, benefit=benefit)
    assert day(view) == due
    assert critical(office, view, benefit=benefit) == way


def test_a_leg_that_gets_longer_moves_the_appointment_and_the_receipt_is_issued_anew(
    office: Office,
) -> None:
    view = received(office, BIRTH)
    assert day(view) == "04/03 17:00"
    assert critical(office, view, verification_needed=False) == ["birth", "residence", "card"]
    view = done(office, view, "receive", components_complete=True)
    view = done(office, view, "register", eligible=True, verification_needed=True)
    assert day(view) == "06/03 17:00"
    assert critical(office, view, verification_needed=True) == ["birth", "residence_check"]
    row = office.store.read(lambda uow: uow.dossiers.get(view.id)[0])
    paper = receipt(office.store.read(lambda uow: case_of(uow, office, row)))
    assert (paper.issue, paper.moved, paper.due_at) == (2, True, view.due_at)
    [anew] = [e for e in dossiers.history(office, CLERK, view.id) if e.kind == "receipt_reissued"]
    assert (anew.data["before"][:10], anew.data["due_at"][:10]) == ("2026-03-04", "2026-03-06")
    noted = office.store.read(lambda uow: uow.intakes.get(view.id))
    assert noted is not None
    assert noted.issue == 2
    assert reviews.rebuild(office) == ()


def test_legs_go_side_by_side_are_taken_on_in_two_hours_and_their_results_gathered(
    office: Office,
) -> None:
    view = received(office, BIRTH)
    view = done(office, view, "receive", components_complete=True)
    view = done(office, view, "register", eligible=True)
    view = done(office, view, "sign", approved=True)
    [home] = referrals.list_referrals(office, POLICE, ReferralQuery()).items
    [card] = referrals.list_referrals(office, CARD, ReferralQuery()).items
    assert home.accept_due_at == MONDAY + timedelta(hours=2)
    assert (home.shown, home.dossier, home.asked_by) == ({}, "", COMMUNE)
    shown = referrals.read(office, POLICE, home.id).shown
    assert list(shown) == ["applicant_name", "applicant_phone", "applicant_address"]
    later(office, hours=1)
    on_time = referrals.accept(office, POLICE, AcceptReferral(referral=home.id))
    later(office, hours=3)
    late = referrals.accept(office, CARD, AcceptReferral(referral=card.id))
    assert [v.stamps[-1].get("late", False) for v in (on_time, late)] == [False, True]
    referrals.answer(office, POLICE, AnswerReferral(referral=home.id, answer="Đã đăng ký"))
    still = dossiers.read(office, CLERK, view.id)
    assert [t.element for t in still.tasks] == ["wait_card"]
    referrals.answer(office, CARD, AnswerReferral(referral=card.id, answer="Thẻ số 1"))
    gathered = dossiers.read(office, CLERK, view.id)
    assert [t.element for t in gathered.tasks] == ["transfer_result"]
    assert reviews.rebuild(office) == ()


def with_tax(office: Office, *, organisation: bool, land_use_fee: bool) -> DossierView:
    """Return a transfer whose slips have just been sent to the tax side, at eight on Monday."""
    view = received(office, LAND)
    assert day(view) == "09/03 17:00"  # the first appointment: five days
    good = {"components_complete": True, "eligible": True, "has_financial_duty": True}
    good |= {"land_use_fee": land_use_fee, "owned_by_organisation": organisation}
    view = done(office, view, "receive", components_complete=True)
    view = done(office, view, "check_conditions", **good)
    for element in ("extract_map", "prepare_slip", "sign_slip"):
        view = done(office, view, element)
    return view


def slips(office: Office) -> dict[str, ReferralView]:
    """Return what the tax side is asked, by the step that waits for it."""
    return {r.wait_element: r for r in referrals.list_referrals(office, TAX, ReferralQuery()).items}


def told(office: Office, slip: ReferralView, **facts: object) -> None:
    answer = AnswerReferral(referral=slip.id, answer="Thông báo", facts=facts)
    referrals.answer(office, TAX, answer)


@pytest.mark.parametrize(
    ("organisation", "land_use_fee", "days"),
    [
        (False, False, {"wait_tax_notice": "05/03"}),
        (True, False, {"wait_tax_notice": "05/03"}),
        (False, True, {"wait_tax_notice": "05/03", "wait_individual": "09/03"}),
        (True, True, {"wait_tax_notice": "05/03", "wait_organisation": "11/03"}),
    ],
)
def test_the_tax_side_is_asked_side_by_side_and_has_time_by_who_owns_the_land(
    office: Office, organisation: bool, land_use_fee: bool, days: dict[str, str]
) -> None:
    view = with_tax(office, organisation=organisation, land_use_fee=land_use_fee)
    assert not view.clock_running
    asked = slips(office)
    assert {e: f"{r.due_at.astimezone(ZONE):%d/%m}" for e, r in asked.items() if r.due_at} == days
    assert {r.accept_due_at for r in asked.values()} == {MONDAY + timedelta(hours=2)}


def test_the_appointment_of_land_with_tax_is_its_critical_path(office: Office) -> None:
    view = with_tax(office, organisation=True, land_use_fee=True)
    asked = slips(office)
    later(office, hours=1)
    on_time = referrals.accept(office, TAX, AcceptReferral(referral=asked["wait_tax_notice"].id))
    later(office, hours=2)
    late = referrals.accept(office, TAX, AcceptReferral(referral=asked["wait_organisation"].id))
    assert [v.stamps[-1].get("late", False) for v in (on_time, late)] == [False, True]
    later(office, days=1)  # Tuesday: the shorter way is over, the longer one decides
    told(office, asked["wait_tax_notice"], payment_due=False)
    still = dossiers.read(office, CLERK, view.id)
    assert ([t.element for t in still.tasks], still.clock_running) == (["wait_organisation"], False)
    later(office, days=3)  # Friday
    told(office, asked["wait_organisation"], land_use_due=True)
    gathered = dossiers.read(office, CLERK, view.id)
    assert [t.element for t in gathered.tasks] == ["wait_payment"]
    later(office, days=4)  # Tuesday of the next week: paid, three days from now
    told(office, slips(office)["wait_payment"])
    paid = dossiers.read(office, CLERK, view.id)
    assert ([t.element for t in paid.tasks], day(paid)) == (["update_records"], "13/03 17:00")
    assert reviews.rebuild(office) == ()
