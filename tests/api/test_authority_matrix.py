"""Every route does what the table of rules says, for every role; a changed table is noticed."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest

from api.auth import PUBLIC
from engine.law.authority import RULES, SYSTEM_ONLY, Rule
from tests.api import matrix
from tests.api.matrix import World

SWAPS = 10_000
# It takes a workbook; whoever is let through meets a refusal of the one that is sent.
BEHIND = {"person.import"}
ALLOW_ALL = Rule("allow_all", "Ai cũng được.", lambda *_: True)


@pytest.fixture
def world(office) -> World:
    return matrix.build(office)


@pytest.fixture
def every(client) -> list[matrix.Route]:
    return matrix.routes(client.application, client.get("/api/v1/openapi.json").get_json())


def test_every_route_is_for_an_action_of_the_table(client) -> None:
    actions = {view.action for view in client.application.view_functions.values()}
    assert actions - {PUBLIC} - set(RULES) == matrix.ONE_BY_ONE
    system = {action for action, rule in RULES.items() if rule is SYSTEM_ONLY}
    assert actions & system == set()  # nobody can ask for what the system does by itself


@pytest.mark.slow
def test_every_route_does_what_the_rules_say(client, world, every) -> None:
    assert len(every) > 60
    assert list(matrix.mismatches(client, world, every, RULES)) == []


def test_without_a_token_there_is_nothing_but_public_pages(client, world, every) -> None:
    for route in every:
        answer = matrix.ask(client, world, route, world.dossiers[0], "")
        expected = 401 if route.rule.startswith("/api/") else 303
        assert answer.status_code == expected, route
        assert matrix.CANARY not in answer.get_data(as_text=True)


@pytest.mark.slow
def test_ten_thousand_swapped_ids_leak_nothing(client, world, every) -> None:
    """Somebody of another agency asks every route about ids that are not theirs, in any mixture."""
    chance = random.Random(20261125)  # noqa: S311 - the same mixture every time
    law = ("<string:code>", "procedures")  # what is posted is for everybody
    about = [r for r in every if "<" in r.rule and not any(word in r.rule for word in law)]
    secret = {matrix.CANARY, *(d.code for d in world.dossiers), "target"}
    strangers = [b for (_, agency), b in world.bearers.items() if agency == matrix.OTHER]
    ids = [*world.ids.values(), *(d.id for d in world.dossiers)]
    ids += [task.task for d in world.dossiers for task in d.tasks]
    leaks = []
    for _ in range(SWAPS):
        route, bearer = chance.choice(about), chance.choice(strangers)
        dossier = chance.choice(world.dossiers)
        mixed = replace(world, ids={**world.ids, "task": chance.choice(ids)})
        answer = matrix.ask(client, mixed, route, dossier, bearer)
        said = answer.get_data(as_text=True).replace(answer.request.path, "")
        if answer.status_code < 400 or any(word in said for word in secret):
            leaks.append((route.rule, answer.status_code, said[:200]))
    assert leaks == []


@pytest.mark.slow
def test_a_rule_that_lets_everybody_through_is_noticed(
    client, world, every, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each rule in turn is sabotaged in the program; the matrix has to find a wrong answer."""
    right = dict(RULES)
    unnoticed = []
    for action in sorted({route.action for route in every}):
        of_action = [route for route in every if route.action == action]
        with monkeypatch.context() as patched:
            patched.setitem(RULES, action, ALLOW_ALL)
            found: Any = matrix.mismatches(client, world, of_action, right, refusals_only=True)
            noticed = next(found, None) is not None
        if not noticed and matrix.refuses_somebody(world, of_action, right):
            unnoticed.append(action)
    assert set(unnoticed) <= BEHIND
