"""The engine against an independent token game, on random sound diagrams of six families.

The long form, with the bare library's errors beside it: `make oracle N=400`.
"""

from __future__ import annotations

import pytest

from engine.process import inspect
from tests.engine.process.oracle import walking
from tests.engine.process.oracle.models import FAMILIES, Flow, Graph, Node, random_model
from tests.engine.process.oracle.running import run_family
from tests.engine.process.oracle.token_game import Game

MODELS, WALKS, PARTS = 40, 4, 2


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("family", FAMILIES)
def test_engine_and_token_game_agree_at_every_step(family: str, part: int) -> None:
    # Seeds the long runner does not play first, so that both together see more.
    first = 10_000 + part * MODELS // PARTS
    tally = run_family(family, range(first, first + MODELS // PARTS), WALKS)
    assert tally.differences == []
    assert tally.steps > tally.walks


def test_the_families_contain_what_they_are_named_after() -> None:
    models = [random_model(seed, FAMILIES["everything"]) for seed in range(200)]
    nodes = [n for m in models for g in m.walk() for n in g.nodes]
    tags = {n.tag for n in nodes}
    assert {"exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway"} <= tags
    assert {"subProcess", "boundaryEvent", "intermediateCatchEvent"} <= tags
    boundaries = {(n.event, n.interrupting) for n in nodes if n.host}
    assert {(e, i) for e in ("message", "timer") for i in (True, False)} <= boundaries
    repeats = [n.repeat for n in nodes if n.repeat]
    assert {r.parallel for r in repeats} == {True, False}
    assert any(n.repeat and n.content for n in nodes)
    assert {"terminate", "error"} <= {n.event for n in nodes if n.tag == "endEvent"}


def test_a_wrong_player_is_found_out() -> None:
    model = random_model(3, FAMILIES["joins in loops"])
    definition = walking.compile_model(model)

    class Forgetful(walking.EnginePlayer):
        def seen(self) -> walking.Seen:
            seen = super().seen()
            seen["open"].popitem()
            return seen

    _, difference = walking.walk(model, lambda f: Forgetful(definition, f), 1)
    assert difference is not None
    assert difference.what == "open"


def test_the_token_game_waits_at_an_inclusive_join_only_for_what_can_come() -> None:
    game = Game(_inclusive(), {"left": 1, "right": 1})
    assert [e for e, _, _ in game.open()] == ["a", "b"]
    game.complete(game.tasks()[0], {})
    assert [e for e, _, _ in game.open()] == ["b"]
    game.complete(game.tasks()[0], {})
    assert [e for e, _, _ in game.open()] == ["c"]
    alone = Game(_inclusive(), {"left": 0, "right": 1})
    assert [e for e, _, _ in alone.open()] == ["b"]
    alone.complete(alone.tasks()[0], {})
    assert [e for e, _, _ in alone.open()] == ["c"]


def _inclusive() -> Graph:
    nodes = [Node(id=i, tag="userTask") for i in "abc"]
    nodes += [Node(id="s", tag="startEvent"), Node(id="e", tag="endEvent")]
    nodes += [Node(id=i, tag="inclusiveGateway") for i in ("split", "join")]
    pairs = [("s", "split"), ("a", "join"), ("b", "join"), ("join", "c"), ("c", "e")]
    flows = [Flow(id=f"{s}_{t}", source=s, target=t) for s, t in pairs]
    flows += [
        Flow(id=f"split_{t}", source="split", target=t, fact=f, value=1)
        for t, f in (("a", "left"), ("b", "right"))
    ]
    return Graph("p", nodes, flows)


def test_the_drawings_are_accepted_and_their_states_small() -> None:
    for seed in range(30):
        model = random_model(seed, FAMILIES["everything"])
        facts = dict.fromkeys(model.facts(), 0)
        player = walking.EnginePlayer(walking.compile_model(model), facts)
        assert inspect(player.definition, player.at.state, now=walking.NOW).state == player.at.state
        assert len(player.at.state) < 2_048
