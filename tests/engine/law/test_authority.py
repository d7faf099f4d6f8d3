"""Who may do what: every action, for the right hand, the wrong agency, the wrong role, nobody."""

from __future__ import annotations

import pytest

from engine.law.authority import APART, RULES, SYSTEM, Actor, Resource, allow

HERE, THERE = "H55.01", "H55.02"
STEP = Resource(agency=HERE, role="officer", agencies=frozenset({HERE}))
LIST = Resource(agency=HERE)
DOSSIER = Resource(agencies=frozenset({HERE}))
RIGHT = {
    "dossier.receive": ("one_stop_clerk", LIST),
    "dossier.list": ("officer", LIST),
    "dossier.read": ("officer", DOSSIER),
    "dossier.withdraw": ("one_stop_clerk", DOSSIER),
    "intake.correct": ("one_stop_clerk", DOSSIER),
    "fee.pay": ("one_stop_clerk", DOSSIER),
    "fee.exempt": ("one_stop_clerk", DOSSIER),
    "file.upload": ("one_stop_clerk", LIST),
    "file.attach": ("one_stop_clerk", DOSSIER),
    "file.detach": ("one_stop_clerk", DOSSIER),
    "task.list": ("officer", LIST),
    "task.claim": ("officer", STEP),
    "task.release": ("officer", STEP),
    "task.complete": ("officer", STEP),
    "supplement.request": ("officer", STEP),
    "supplement.take": ("one_stop_clerk", DOSSIER),
    "referral.list": ("officer", LIST),
    "referral.read": ("officer", DOSSIER),
    "referral.accept": ("officer", LIST),
    "referral.return": ("officer", LIST),
    "referral.answer": ("officer", LIST),
    "referral.resend": ("officer", DOSSIER),
    "referral.remind": ("officer", DOSSIER),
    "referral.withdraw": ("officer", DOSSIER),
    "referral.stamp": (SYSTEM, DOSSIER),
    "referral.wake": (SYSTEM, DOSSIER),
    "result.return": ("one_stop_clerk", DOSSIER),
    "apology.issue": ("leader", DOSSIER),
    "refusal.issue": ("leader", DOSSIER),
    "timer.fire": (SYSTEM, DOSSIER),
    "deadline.extend": ("leader", STEP),
    "dossier.suspend": ("leader", STEP),
    "dossier.resume": ("leader", STEP),
    "dossier.stop": ("leader", DOSSIER),
    "dossier.reopen": ("leader", STEP),
    "dossier.hand_over": ("officer", DOSSIER),
    "task.send_back": ("officer", STEP),
    "result.sign_off": ("leader", Resource(agency=HERE, role="leader")),
    "result.release": ("officer", STEP),
    "supplement.propose": ("officer", STEP),
    "supplement.approve": ("leader", DOSSIER),
    "deadline.warn": (SYSTEM, DOSSIER),
    "account.own": ("officer", Resource(assignee="p1")),
    "procedure.read": ("officer", LIST),
    "person.list": ("administrator", LIST),
    "person.change": ("administrator", LIST),
    "token.list": ("administrator", LIST),
    "token.revoke": ("administrator", LIST),
    "substitution.list": ("head_of_section", LIST),
    "substitution.propose": ("leader", LIST),
    "substitution.approve": ("leader", LIST),
    "substitution.end": ("administrator", LIST),
    "access_log.read": ("auditor", LIST),
    "status.report": ("one_stop_clerk", DOSSIER),
    "job.list": ("administrator", LIST),
    "job.manage": ("administrator", LIST),
    "webhook.manage": ("administrator", LIST),
    "record.export": ("leader", LIST),
    "audit.read": ("auditor", LIST),
    "report.read": ("reviewer", LIST),
    "review.read": ("reviewer", LIST),
    "review.plan": ("reviewer", LIST),
    "review.propose": ("reviewer", LIST),
    "review.approve": ("leader", LIST),
    "task.next": ("officer", LIST),
    "task.transfer": ("officer", STEP),
    "task.assign": ("head_of_section", STEP),
    "priority.set": ("one_stop_clerk", DOSSIER),
    "view.keep": ("officer", LIST),
    "view.share": ("leader", LIST),
    "installation.check": ("administrator", LIST),
    "reference.read": ("officer", LIST),
    "deadline.preview": ("administrator", LIST),
    "credential.manage": ("administrator", LIST),
    "person.import": ("administrator", LIST),
    "partner.manage": ("administrator", LIST),
}

# Anybody at the agency may, whatever their post.
OF_THE_AGENCY = {
    "dossier.list",
    "dossier.read",
    "dossier.hand_over",
    "file.upload",
    "task.list",
    "task.next",
    "view.keep",
    *(action for action in RIGHT if action.startswith("referral.") and RIGHT[action][0] != SYSTEM),
}


def actor(role: str, agency: str = HERE, **more: object) -> Actor:
    """Return somebody."""
    return Actor(person="p1", agency=agency, role=role, **more)  # type: ignore[arg-type]


def test_every_action_has_a_case() -> None:
    assert set(RIGHT) == set(RULES)


@pytest.mark.parametrize("action", sorted(RIGHT))
def test_the_right_hand_may_and_nobody_else(action: str) -> None:
    role, resource = RIGHT[action]
    assert allow(actor(role), action, resource).allowed
    if action in {"procedure.read", "reference.read"}:  # anybody known
        assert not allow(actor(role, ""), action, resource).allowed
        return
    if action == "account.own":  # one's own account goes along to any agency
        other = Actor(person="p2", agency=HERE, role=role)
        assert not allow(other, action, resource).allowed
        return
    if role != SYSTEM:
        assert not allow(actor(role, THERE), action, resource).allowed
        assert not allow(actor(role, ""), action, Resource()).allowed
    if action not in OF_THE_AGENCY:
        assert not allow(actor("tax_officer"), action, resource).allowed


def test_an_action_without_a_rule_is_denied() -> None:
    decision = allow(actor("leader"), "dossier.burn", DOSSIER)
    assert (decision.allowed, decision.rule) == (False, "no_rule")


def test_a_token_may_be_narrower_than_its_holder() -> None:
    narrow = actor("officer", permissions=frozenset({"task.list"}))
    assert allow(narrow, "task.list", LIST).allowed
    assert allow(narrow, "task.complete", STEP).rule == "token_scope"


def test_who_stands_in_has_the_hands_of_all_they_stand_for_through_two_hops() -> None:
    stands_in = actor("officer", on_behalf_of="p2", behind=("p3",))
    for prepared_by in ("p1", "p2", "p3"):
        step = Resource(agency=HERE, role="officer", barred=frozenset({prepared_by}))
        assert allow(stands_in, "task.complete", step).rule == "not_the_same_hand"
    step = Resource(agency=HERE, role="officer", barred=frozenset({"p4"}))
    assert allow(stands_in, "task.complete", step).allowed


@pytest.mark.parametrize("role", sorted(APART))
def test_roles_apart_from_dossiers_may_do_what_is_listed_for_them_and_nothing_else(role) -> None:
    anywhere = Resource(
        agency=HERE, role=role, assignee="p1", agencies=frozenset({HERE}), barred=frozenset()
    )
    may = {action for action in RULES if allow(actor(role), action, anywhere).allowed}
    assert may <= APART[role]
    assert not {a for a in may if a.startswith(("dossier.", "task.", "referral.", "result."))}


def test_nobody_checks_their_own_work() -> None:
    own = Resource(agency=HERE, role="officer", barred=frozenset({"p1"}))
    assert allow(actor("officer"), "task.complete", own).rule == "not_the_same_hand"
    other = Resource(agency=HERE, role="officer", barred=frozenset({"p2"}))
    assert allow(actor("officer"), "task.complete", other).allowed
