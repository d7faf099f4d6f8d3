"""Random walks of one diagram through engine and token game at once, compared at every step.

A state is bytes, so every step begins with a thaw and ends with a freeze; each command is also
given twice to the same old state, because an answer must depend on nothing else.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from engine.process import (
    Advance,
    Definition,
    compile_definition,
    complete,
    deliver,
    expire,
    inspect,
    read,
    start,
)
from tests.engine.process.oracle.drawing import draw, message
from tests.engine.process.oracle.models import Graph
from tests.engine.process.oracle.token_game import Game, Waiting

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
LONGEST = 60
GO_ON = 0.35  # a loop makes another round this often

Seen = dict[str, Counter[Any]]


class Player(Protocol):
    """Something that runs a diagram and says what waits; `whole` if events can be compared too."""

    whole: bool

    def seen(self) -> Seen: ...
    def ended(self) -> bool: ...
    def complete(self, task: Waiting, facts: dict[str, int]) -> None: ...
    def tell(self, event: str, facts: dict[str, int]) -> None: ...
    def ring(self, event: str) -> None: ...


class Impure(AssertionError):
    """The same command on the same state gave two answers."""


class EnginePlayer:
    """The engine, driven by element."""

    whole = True

    def __init__(self, definition: Definition, facts: dict[str, int]) -> None:
        self.definition = definition
        self.at: Advance = start(definition, now=NOW, facts=facts)

    def seen(self) -> Seen:
        return {
            "open": Counter((t.element, t.index, t.item) for t in self.at.open_tasks),
            "message": Counter(s.element for s in self.at.subscriptions),
            "timer": Counter(t.element for t in self.at.timers),
        }

    def ended(self) -> bool:
        return self.at.ended

    def _took(self, first: Advance, second: Advance) -> None:
        if first != second:
            raise Impure
        if not first.ended and _waiting(inspect(self.definition, first.state, now=NOW)) != _waiting(
            first
        ):
            raise Impure("thawed")
        self.at = first

    def complete(self, task: Waiting, facts: dict[str, int]) -> None:
        token = next(t.id for t in self.at.open_tasks if (t.element, t.index, t.item) == task)
        state = self.at.state
        self._took(
            complete(self.definition, state, token, now=NOW, facts=facts),
            complete(self.definition, state, token, now=NOW, facts=facts),
        )

    def tell(self, event: str, facts: dict[str, int]) -> None:
        state, name = self.at.state, message(event)
        self._took(
            deliver(self.definition, state, name, now=NOW, facts=facts),
            deliver(self.definition, state, name, now=NOW, facts=facts),
        )

    def ring(self, event: str) -> None:
        token = next(t.id for t in self.at.timers if t.element == event)
        state = self.at.state
        self._took(
            expire(self.definition, state, token, now=NOW),
            expire(self.definition, state, token, now=NOW),
        )


def _waiting(advance: Advance) -> tuple[Any, ...]:
    return advance.state, advance.open_tasks, advance.timers, advance.subscriptions


@dataclass(frozen=True)
class Difference:
    """Where two runs of one diagram part: after how many steps, and what each says waits."""

    step: int
    what: str
    engine: str
    game: str


def compile_model(model: Graph) -> Definition:
    """Return the model as the engine runs it."""
    return compile_definition(read(draw(model)))


def draw_facts(chance: random.Random, domains: dict[str, int]) -> dict[str, int]:
    """Return a value for every fact; facts named `go_…` say seldom that a loop goes on."""
    return {
        name: int(chance.random() < GO_ON) if name.startswith("go_") else chance.randrange(values)
        for name, values in domains.items()
    }


def walk(model: Graph, player: Any, seed: int) -> tuple[int, Difference | None]:
    """Play one random walk; return its steps and the first difference. `player(facts)` begins."""
    chance = random.Random(seed)  # noqa: S311 - repeatable
    domains = model.facts()
    facts = draw_facts(chance, domains)
    game = Game(model, facts)
    playing: Player = player(facts)
    for step in range(LONGEST):
        difference = _compare(step, playing, game)
        if difference is not None or game.ended:
            return step, difference
        _act(chance, playing, game, draw_facts(chance, domains))
    return LONGEST, None


def _compare(step: int, playing: Player, game: Game) -> Difference | None:
    seen = playing.seen()
    expected: Seen = {"open": Counter(e for e, _, _ in game.open())}
    if playing.whole:
        expected = {
            "open": Counter(game.open()),
            "message": Counter(game.waits("message")),
            "timer": Counter(game.waits("timer")),
        }
    for what, counts in expected.items():
        if seen[what] != counts:
            return Difference(step, what, str(dict(seen[what])), str(dict(counts)))
    if playing.ended() != game.ended:
        return Difference(step, "ended", str(playing.ended()), str(game.ended))
    return None


def _act(chance: random.Random, playing: Player, game: Game, facts: dict[str, int]) -> None:
    tasks, messages, timers = game.tasks(), game.waits("message"), game.waits("timer")
    if tasks and (chance.random() < 0.75 or not messages + timers):
        place = chance.choice(tasks)
        playing.complete((place.node.id, place.index, place.run.item), facts)
        game.complete(place, facts)
        return
    event = chance.choice(messages + timers)
    if event in messages:
        playing.tell(event, facts)
        game.happen(event, facts)
    else:
        playing.ring(event)
        game.happen(event, {})
