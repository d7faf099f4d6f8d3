"""Who may do what: every action, for the right hand, the wrong agency, the wrong role, nobody."""

from __future__ import annotations

import pytest

from engine.law.authority import RULES, SYSTEM, Actor, Resource, allow

HERE, THERE = "H55.01", "H55.02"
STEP = Resource(agency=HERE, role="officer", agencies=frozenset({HERE}))
LIST = Resource(agency=HERE)
DOSSIER = Resource(agencies=frozenset({HERE}))
RIGHT = {
    "dossier.receive": ("one_stop_clerk", LIST),
    "dossier.list": ("officer", LIST),
    "dossier.read": ("officer", DOSSIER),
    "dossier.withdraw": ("one_stop_clerk", DOSSIER),
    "task.list": ("officer", LIST),
    "task.claim": ("officer", STEP),
    "task.release": ("officer", STEP),
    "task.complete": ("officer", STEP),
    "supplement.request": ("officer", STEP),
    "supplement.take": ("one_stop_clerk", DOSSIER),
    "referral.list": ("officer", LIST),
    "referral.answer": ("officer", LIST),
    "result.return": ("one_stop_clerk", DOSSIER),
    "apology.issue": ("leader", DOSSIER),
    "refusal.issue": ("leader", DOSSIER),
    "timer.fire": (SYSTEM, DOSSIER),
    "deadline.extend": ("leader", STEP),
    "deadline.warn": (SYSTEM, DOSSIER),
    "job.list": ("administrator", LIST),
    "job.manage": ("administrator", LIST),
    "webhook.manage": ("administrator", LIST),
    "record.export": ("leader", LIST),
    "audit.read": ("auditor", LIST),
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
    if role != SYSTEM:
        assert not allow(actor(role, THERE), action, resource).allowed
        assert not allow(actor(role, ""), action, Resource()).allowed
    if action not in {
        "dossier.list",
        "dossier.read",
        "task.list",
        "referral.list",
        "referral.answer",
    }:
        assert not allow(actor("tax_officer"), action, resource).allowed


def test_an_action_without_a_rule_is_denied() -> None:
    decision = allow(actor("leader"), "dossier.burn", DOSSIER)
    assert (decision.allowed, decision.rule) == (False, "no_rule")


def test_a_token_may_be_narrower_than_its_holder() -> None:
    narrow = actor("officer", permissions=frozenset({"task.list"}))
    assert allow(narrow, "task.list", LIST).allowed
    assert allow(narrow, "task.complete", STEP).rule == "token_scope"


def test_nobody_checks_their_own_work() -> None:
    own = Resource(agency=HERE, role="officer", barred=frozenset({"p1"}))
    assert allow(actor("officer"), "task.complete", own).rule == "not_the_same_hand"
    other = Resource(agency=HERE, role="officer", barred=frozenset({"p2"}))
    assert allow(actor("officer"), "task.complete", other).allowed
