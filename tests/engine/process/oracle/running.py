"""Many models of a family, many walks each; what differs is reported with its seed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from tests.engine.process.oracle.drawing import draw
from tests.engine.process.oracle.library import LibraryPlayer, parse
from tests.engine.process.oracle.models import FAMILIES, Graph, random_model
from tests.engine.process.oracle.walking import (
    Difference,
    EnginePlayer,
    compile_model,
    walk,
)


@dataclass
class Tally:
    """What came out for one family."""

    family: str
    models: int = 0
    nodes: int = 0
    walks: int = 0
    steps: int = 0
    differences: list[str] = field(default_factory=list)
    library_wrong: int = 0


def run_family(family: str, seeds: range, walks: int, *, library: int = 0) -> Tally:
    """Play the models of these seeds; the bare library plays the first `library` of the walks."""
    tally = Tally(family)
    for seed in seeds:
        model = random_model(seed, FAMILIES[family])
        definition = compile_model(model)
        tally.models += 1
        tally.nodes += model.size
        for number in range(walks):
            steps, difference = play(model, partial(EnginePlayer, definition), number)
            tally.walks += 1
            tally.steps += steps
            if difference is not None:
                tally.differences.append(f"seed {seed}, walk {number}: {difference}")
        if library:
            tally.library_wrong += library_is_wrong(model, library)
    return tally


def play(
    model: Graph, player: Callable[[dict[str, int]], Any], seed: int
) -> tuple[int, Difference | str | None]:
    """Play one walk; an exception of whatever kind is a difference too."""
    try:
        return walk(model, player, seed)
    except Exception as fault:  # noqa: BLE001 - whatever it is, the token game had no trouble
        return 0, f"{type(fault).__name__}: {fault}"


def library_is_wrong(model: Graph, walks: int) -> bool:
    """Tell whether the bare library differs from the token game on one of the same walks."""
    try:
        specs = parse(draw(model, python=True))
    except Exception:  # noqa: BLE001 - a sound diagram it cannot even read
        return True
    return any(play(model, partial(LibraryPlayer, specs), n)[1] for n in range(walks))
