"""Who stands in for whom: proposed, approved by another, dated, on record, and the same hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from engine.law.authority import Actor
from tests.builders import CLERK, COMMUNE, MONDAY, TAX, person, receive, task_of
from workflows import accounts, dossiers, reviews, sessions, signing_in, substitutions, tasks
from workflows.clock import SimulatedClock
from workflows.errors import Conflict, Forbidden, InvalidInput, NotFound, Unauthenticated
from workflows.office import Office
from workflows.signing_in import SignIn
from workflows.store import UnitOfWork
from workflows.store.events import first_broken
from workflows.substitutions import ApproveSubstitution, EndSubstitution, ProposeSubstitution

OWN = "một mật khẩu của riêng tôi"
HEAD = person("head_of_section", name="head")
DAY = timedelta(days=1)


def post(office: Office, who: str, role: str, agency: str = COMMUNE) -> None:
    accounts.issue_token(office, who, agency, role, (), MONDAY + 400 * DAY)


def propose(office: Office, actor: Actor, absent: str, substitute: str, **changed: Any):
    said: dict[str, Any] = {"agency": COMMUNE, "role": "officer", "ground": "QĐ 12/QĐ-UBND"}
    said |= {"valid_from": MONDAY, "valid_to": MONDAY + 5 * DAY} | changed
    command = ProposeSubstitution(absent=absent, substitute=substitute, **said)
    return substitutions.propose(office, actor, command)


def stand_in(office: Office, absent: str, substitute: str, **changed: Any) -> str:
    proposed = propose(office, HEAD, absent, substitute, **changed)
    approver = replace(HEAD, person="approver")
    substitutions.approve(office, approver, ApproveSubstitution(substitution=proposed.id))
    return proposed.id


def signed_in(office: Office, who: str, on_behalf_of: str = "") -> str:
    """Sign somebody in and return the key of their session, in the post they stand in for."""
    password = accounts.reset_password(office, who)
    opened = signing_in.sign_in(office, SignIn(person=who, password=password))
    opened = signing_in.choose_password(office, opened.key, OWN)
    if not on_behalf_of:
        return opened.key
    choices = signing_in.post_choices(office, opened.key)
    choice = next(c for c in choices if (c.on_behalf_of, c.role) == (on_behalf_of, "officer"))
    return signing_in.choose_post(office, opened.key, choice.id).key


@pytest.fixture
def people(office: Office) -> None:
    """Four officers of the commune, and somebody at the tax office."""
    for who in ("an", "binh", "cuc", "dung"):
        post(office, who, "officer")
    post(office, "thue", "tax_officer", TAX)


def test_nothing_is_allowed_before_it_is_approved(office: Office, people: None) -> None:
    proposed = propose(office, HEAD, "binh", "an")
    assert not proposed.in_force
    key = signed_in(office, "an")
    assert [c.on_behalf_of for c in signing_in.post_choices(office, key)] == [""]
    substitutions.approve(office, HEAD, ApproveSubstitution(substitution=proposed.id))
    assert [c.on_behalf_of for c in signing_in.post_choices(office, key)] == ["", "binh"]


def test_who_stands_in_acts_in_the_post_and_both_are_on_record(
    office: Office, people: None
) -> None:
    stand_in(office, "binh", "an")
    actor = sessions.actor_of(office, signed_in(office, "an", "binh"))
    assert (actor.person, actor.on_behalf_of) == ("an", "binh")
    assert (actor.agency, actor.role) == (COMMUNE, "officer")
    view = receive(office)
    check = tasks.CompleteTask(dossier=view.id, task=task_of(view, "check").task)
    view = tasks.complete(office, CLERK, check)
    review = tasks.CompleteTask(dossier=view.id, task=task_of(view, "review").task)
    tasks.complete(office, actor, review)
    done = [e for e in dossiers.history(office, CLERK, view.id) if e.kind == "step_completed"]
    rows = office.store.read(lambda uow: uow.events.of_dossier(view.id))
    assert done[-1].actor == "an"
    assert {r.on_behalf_of for r in rows if r.seq >= done[-1].seq} == {"binh"}
    assert first_broken(rows) is None
    forged = [replace(r, on_behalf_of="") for r in rows]
    assert first_broken(forged) is not None


@pytest.mark.parametrize("prepared_by", ["an", "binh", "cuc", "an for binh", "binh for cuc"])
def test_the_same_hand_holds_through_two_hops(
    office: Office, people: None, prepared_by: str
) -> None:
    """An stands in for Bình, who stands in for Cúc: what any of them did, none of them checks."""
    for who in ("an", "binh", "cuc", "dung"):
        post(office, who, "leader")
    stand_in(office, "binh", "an", role="leader")
    stand_in(office, "binh", "an")
    stand_in(office, "cuc", "binh")
    view = receive(office)
    check = tasks.CompleteTask(dossier=view.id, task=task_of(view, "check").task)
    view = tasks.complete(office, CLERK, check)
    who, _, behalf = prepared_by.partition(" for ")
    hand = person("officer", name=who)
    if behalf:
        hand = sessions.actor_of(office, signed_in(office, who, behalf))
        assert hand.on_behalf_of == behalf
    review = tasks.CompleteTask(dossier=view.id, task=task_of(view, "review").task)
    view = tasks.complete(office, hand, review)
    sign = tasks.CompleteTask(dossier=view.id, task=task_of(view, "sign").task)
    signer = person("leader", name="an")
    signer = replace(signer, on_behalf_of="binh", behind=("cuc",))
    with pytest.raises(Forbidden) as refused:
        tasks.complete(office, signer, sign)
    assert refused.value.fields["rule"] == "not_the_same_hand"
    if "binh" in prepared_by:
        with pytest.raises(Forbidden):
            tasks.complete(office, person("leader", name="binh"), sign)
    tasks.complete(office, person("leader", name="dung"), sign)
    assert reviews.rebuild(office, check=True) == ()


def test_the_session_knows_for_whom_the_absent_person_stands_in(
    office: Office, people: None
) -> None:
    stand_in(office, "binh", "an")
    stand_in(office, "cuc", "binh")
    actor = sessions.actor_of(office, signed_in(office, "an", "binh"))
    assert actor.hands == {"an", "binh", "cuc"}
    assert [c.on_behalf_of for c in signing_in.post_choices(office, signed_in(office, "an"))] == [
        "",
        "binh",
    ]  # standing in is not passed on: not for Cúc


def test_it_ends_by_date_by_hand_and_with_the_post(office: Office, people: None) -> None:
    clock = office.clock
    assert isinstance(clock, SimulatedClock)
    by_hand = stand_in(office, "binh", "an", valid_to=MONDAY + timedelta(minutes=30))
    key = signed_in(office, "an", "binh")
    clock.advance_to(MONDAY + timedelta(minutes=29))
    assert sessions.actor_of(office, key).on_behalf_of == "binh"
    clock.advance_to(MONDAY + timedelta(minutes=30))
    with pytest.raises(Unauthenticated):
        sessions.actor_of(office, key)
    with pytest.raises(Conflict):
        substitutions.approve(office, HEAD, ApproveSubstitution(substitution=by_hand))
    again = stand_in(office, "cuc", "an")
    key = signed_in(office, "an", "cuc")
    substitutions.end(office, HEAD, EndSubstitution(substitution=again))
    with pytest.raises(Unauthenticated):
        sessions.actor_of(office, key)


def test_who_may_propose_approve_and_see(office: Office, people: None) -> None:
    own = propose(office, person("officer", name="binh"), "binh", "an")
    approve = ApproveSubstitution(substitution=own.id)
    refused = [
        person("officer", name="binh"),  # no head
        replace(HEAD, person="an"),  # the one who would stand in
        person("leader", TAX),  # another agency
        person("administrator"),  # does not decide who signs
    ]
    for actor in refused:
        with pytest.raises(Forbidden):
            substitutions.approve(office, actor, approve)
    with pytest.raises(Forbidden):
        propose(office, person("officer", name="dung"), "binh", "dung")
    assert substitutions.approve(office, HEAD, approve).in_force
    assert len(substitutions.list_substitutions(office, HEAD)) == 1
    assert substitutions.list_substitutions(office, person("officer", name="dung")) == ()
    assert len(substitutions.list_substitutions(office, person("officer", name="an"))) == 1
    with pytest.raises(Forbidden):
        substitutions.list_substitutions(office, person("leader", TAX), COMMUNE)


@pytest.mark.parametrize(
    "changed",
    [
        {"ground": "  "},
        {"valid_to": MONDAY},
        {"valid_to": MONDAY + 400 * DAY},
        {"valid_from": MONDAY.replace(tzinfo=None)},
    ],
)
def test_a_substitution_needs_a_ground_and_two_dates(office: Office, people: None, changed) -> None:
    with pytest.raises(InvalidInput):
        propose(office, HEAD, "binh", "an", **changed)


def test_a_post_nobody_holds_and_a_person_nobody_knows_are_not_found(
    office: Office, people: None
) -> None:
    with pytest.raises(NotFound):
        propose(office, HEAD, "binh", "nobody")
    with pytest.raises(NotFound):
        propose(office, HEAD, "binh", "an", role="leader")
    with pytest.raises(NotFound):
        substitutions.end(office, HEAD, EndSubstitution(substitution="not an id"))


def test_a_step_the_absent_person_had_taken_can_be_finished(office: Office, people: None) -> None:
    stand_in(office, "binh", "an")
    view = receive(office)
    check = tasks.CompleteTask(dossier=view.id, task=task_of(view, "check").task)
    view = tasks.complete(office, CLERK, check)
    task = task_of(view, "review").task
    tasks.claim(office, person("officer", name="binh"), tasks.ClaimTask(dossier=view.id, task=task))
    with_others = person("officer", name="dung")
    with pytest.raises(Conflict):
        tasks.complete(office, with_others, tasks.CompleteTask(dossier=view.id, task=task))
    actor = sessions.actor_of(office, signed_in(office, "an", "binh"))
    tasks.complete(office, actor, tasks.CompleteTask(dossier=view.id, task=task))

    def closed(uow: UnitOfWork) -> tuple[str, str]:
        row = next(s for s in uow.steps.of_dossier(view.id) if s.step == task)
        return row.closed_by, row.closed_for

    assert office.store.read(closed) == ("an", "binh")


def test_nobody_makes_a_token_for_a_post_they_stand_in_for(office: Office, people: None) -> None:
    stand_in(office, "binh", "an")
    actor = sessions.actor_of(office, signed_in(office, "an", "binh"))
    with pytest.raises(Forbidden):
        accounts.issue_own_token(office, actor, accounts.IssueToken(label="x"))
