"""Stamps of another installation: applied once, in any order; what moves nothing is kept."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.builders import (
    AGENCIES,
    CLERK,
    LEADER,
    MONDAY,
    OFFICER,
    TAX,
    TAX_OFFICER,
    catalogue_folder,
    receive,
    task_of,
)
from tests.living import law
from workflows import dossiers, jobs, referrals, reviews, stamps, suspensions, tasks
from workflows.catalogue import Catalogue
from workflows.clock import SeededIds, SimulatedClock
from workflows.deriving import referral_id
from workflows.errors import Forbidden, InvalidInput
from workflows.office import Office
from workflows.permitting import SYSTEM
from workflows.stamps import Stamp
from workflows.store import Store
from workflows.tasks import CompleteTask
from workflows.views import DossierView

SAID: dict[str, Any] = {"agency": TAX, "by": "tax.officer"}


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    """The small catalogue, its tax office at another installation."""
    folder = catalogue_folder(tmp_path_factory.mktemp("elsewhere"), procedure=law())
    file = folder / "shared" / "agencies.toml"
    other = 'name = "Thuế cơ sở"\ninstallation = "thue"'
    file.write_text(AGENCIES.replace('name = "Thuế cơ sở"', other), encoding="utf-8")
    return Catalogue.load(folder)


@pytest.fixture
def far(store: Store, elsewhere: Catalogue) -> Office:
    """An office whose tax office is reached by messages."""
    catalogue = Catalogue(elsewhere.procedures(), elsewhere.agencies, elsewhere.calendars)
    catalogue.publish(store, MONDAY)
    return Office(store, catalogue, SimulatedClock(MONDAY), SeededIds(3))


def asked(office: Office) -> tuple[DossierView, str]:
    view = receive(office)
    done = CompleteTask(dossier=view.id, task=task_of(view, "check").task, facts={"ask": True})
    view = tasks.complete(office, CLERK, done)
    return view, referral_id(view.id, task_of(view, "wait_opinion").task)


def state(office: Office, referral: str) -> str:
    return referrals.read(office, CLERK, referral).state


def test_a_question_to_another_installation_waits_in_the_outbox_without_names(far: Office) -> None:
    view, referral = asked(far)
    row = far.store.read(lambda uow: uow.referrals.get(referral))
    assert (row.outside, row.state) == (True, "sent")
    taken = far.store.write(
        lambda uow: uow.jobs.take_messages(["referral"], far.clock.now(), timedelta(minutes=1), 9)
    )
    [told] = [m for m in taken if m.key == referral]
    assert (told.name, told.to_agency) == ("referral_sent", TAX)
    assert told.body == {"referral": referral, "dossier": view.code, "text": ""}
    content = far.store.read(lambda uow: referrals.content(uow, far, referral))
    assert (content["dossier_code"], content["shown"], content["dossier"]) == (view.code, {}, "")


def test_stamps_are_applied_once_in_any_order_with_their_own_moments(far: Office) -> None:
    view, referral = asked(far)
    theirs = MONDAY - timedelta(minutes=3)
    accepted = Stamp(message="m2", what="accepted", referral=referral, stamped_at=theirs, **SAID)
    assert stamps.receive(far, SYSTEM, accepted).outcome == "applied"
    late = Stamp(message="m1", what="delivered", referral=referral, **SAID)
    assert stamps.receive(far, SYSTEM, late).outcome == "kept"
    assert state(far, referral) == "accepted"
    again = stamps.receive(far, SYSTEM, accepted)
    assert (again.outcome, again.revision) == ("applied", 2)
    said = Stamp(
        message="m3", what="answered", referral=referral, text="Đồng ý",
        facts={"agreed": True}, **SAID,
    )  # fmt: skip
    assert stamps.receive(far, SYSTEM, said).outcome == "applied"
    shown = referrals.read(far, CLERK, referral)
    assert [s["what"] for s in shown.stamps] == ["sent", "accepted", "delivered", "answered"]
    assert shown.stamps[1]["stamped_at"].startswith("2026-03-02T01:27")
    assert (shown.stamps[3]["by"], shown.stamps[3]["agency"]) == ("tax.officer", TAX)
    after = dossiers.read(far, CLERK, view.id)
    assert [t.element for t in after.tasks] == ["review"]
    assert reviews.rebuild(far) == ()


def test_a_late_and_a_double_answer_are_kept_and_move_nothing(far: Office) -> None:
    view, referral = asked(far)
    clock = far.clock
    assert isinstance(clock, SimulatedClock)
    clock.advance_to(MONDAY + timedelta(days=13))
    assert jobs.run_due(far).done >= 1
    late = Stamp(message="m1", what="answered", referral=referral, text="Không đồng ý", **SAID)
    told = stamps.receive(far, SYSTEM, late)
    assert (told.outcome, told.why, told.state) == ("kept", "late", "silent")
    assert referrals.read(far, CLERK, referral).stamps[-1]["text"] == "Không đồng ý"
    assert dossiers.read(far, CLERK, view.id).tasks[0].element == "review"
    assert reviews.rebuild(far) == ()


def test_an_answer_that_comes_before_it_is_asked_for_waits_and_is_used_once(far: Office) -> None:
    view = receive(far)
    early = Stamp(
        message="m1", what="answered", dossier=view.code, name="opinion_answer",
        text="Đồng ý trước", facts={"agreed": True}, **SAID,
    )  # fmt: skip
    assert stamps.receive(far, SYSTEM, early).why == "early"
    assert stamps.receive(far, SYSTEM, early).why == "early"
    done = CompleteTask(dossier=view.id, task=task_of(view, "check").task, facts={"ask": True})
    after = tasks.complete(far, CLERK, done)
    assert [t.element for t in after.tasks] == ["review"]
    [row] = far.store.read(lambda uow: uow.referrals.of_dossier(view.id))
    assert (row.state, row.answer) == ("answered", "Đồng ý trước")
    [kept] = far.store.read(lambda uow: uow.referrals.kept_of(view.id))
    assert kept.used_at is not None
    assert reviews.rebuild(far) == ()


def test_an_answer_while_the_dossier_stands_still_waits_until_it_goes_on(far: Office) -> None:
    view, referral = asked(far)
    still = suspensions.SuspendDossier(dossier=view.id, ground="storm", reason="Bão số 3")
    suspensions.suspend(far, LEADER, still)
    said = Stamp(message="m1", what="answered", referral=referral, text="Đồng ý", **SAID)
    assert stamps.receive(far, SYSTEM, said).why == "early"
    assert state(far, referral) == "sent"
    on = suspensions.ResumeDossier(dossier=view.id, reason="Hết bão")
    after = suspensions.resume(far, LEADER, on)
    assert [t.element for t in after.tasks] == ["review"]
    assert referrals.read(far, CLERK, referral).answer == "Đồng ý"
    assert reviews.rebuild(far) == ()


def test_answers_to_nothing_we_know_are_kept_beside_the_dossiers(far: Office) -> None:
    stranger = referral_id("7c0f3f6e-5a0e-4b7e-9d53-1f1b6a0f6c11", "t9")
    lost = Stamp(message="lost", what="answered", referral=stranger, text="Đồng ý", **SAID)
    assert stamps.receive(far, SYSTEM, lost).outcome == "unknown"
    assert stamps.receive(far, SYSTEM, lost).outcome == "unknown"
    assert [k.answer for k in stamps.strays(far, SYSTEM) if k.referral == stranger] == ["Đồng ý"]


def test_nobody_but_the_system_stamps_and_only_for_the_agency_that_was_asked(far: Office) -> None:
    _, referral = asked(far)
    said = Stamp(message="m1", what="answered", referral=referral, text="Đồng ý", **SAID)
    for who in (OFFICER, TAX_OFFICER):
        with pytest.raises(Forbidden):
            stamps.receive(far, who, said)
    other = Stamp(message="m2", what="accepted", referral=referral, agency="H55.901")
    with pytest.raises(InvalidInput):
        stamps.receive(far, SYSTEM, other)
    assert state(far, referral) == "sent"


def test_facts_the_answer_may_not_set_are_refused_and_the_answer_is_kept(far: Office) -> None:
    _, referral = asked(far)
    said = Stamp(
        message="m1", what="answered", referral=referral, text="Sai", facts={"complete": False},
        **SAID,
    )  # fmt: skip
    told = stamps.receive(far, SYSTEM, said)
    assert (told.outcome, told.why, told.state) == ("kept", "refused: wrong_fact", "sent")
