"""What one step costs: load the state, complete one user task, save; after 0 to 200 rounds.

Beside it, interleaved in the same run, the bare library's own JSON round trip of the same step.
"""

# ruff: noqa: E402 - the benchmarks' folder holds an http.py and must leave the path first

from __future__ import annotations

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).parents[1])

import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime

from benchmarks.references import naive
from benchmarks.references.process import bpmn
from engine.process import Advance, Definition, compile_definition, complete, read, start

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
ROUNDS = (0, 10, 50, 200)
BATCHES, OURS_PER_BATCH = 9, 40


def after(definition: Definition, rounds: int) -> Advance:
    """Return the process waiting at `check` after so many supplement rounds."""
    at = start(definition, now=NOW)
    at = complete(definition, at.state, at.open_tasks[0].id, now=NOW)
    for _ in range(rounds):
        for facts in ({"complete": False}, {}):
            at = complete(definition, at.state, at.open_tasks[0].id, now=NOW, facts=facts)
    assert at.open_tasks[0].element == "check"
    return at


def timed(action: Callable[[], object], times: int) -> float:
    """Return the microseconds of processor one call takes, on average over a batch."""
    began = time.process_time()
    for _ in range(times):
        action()
    return (time.process_time() - began) / times * 1e6


def library_step(text: str) -> str:
    """Load the library's JSON, complete the task, save."""
    workflow = naive.serializer().deserialize_json(text)
    naive.finish(workflow, "check", {"complete": False})
    return str(naive.serializer().serialize_json(workflow))


def measure(definition: Definition, rounds: int) -> tuple[float, float, int, int]:
    """Return microseconds and bytes, ours and the library's."""
    at, text = after(definition, rounds), naive.start(rounds)
    task, facts = at.open_tasks[0].id, {"complete": False}
    ours, theirs = [], []
    for _ in range(BATCHES):
        ours.append(
            timed(
                lambda: complete(definition, at.state, task, now=NOW, facts=facts), OURS_PER_BATCH
            )
        )
        theirs.append(timed(lambda: library_step(text), 1 if rounds > 10 else 3))  # noqa: PLR2004
    return statistics.median(ours), statistics.median(theirs), len(at.state), len(text)


def main() -> None:
    """Print one line for each number of rounds."""
    definition = compile_definition(read(bpmn()))
    measure(definition, 0)  # warm
    print(f"{'rounds':>6} {'step µs':>9} {'library':>9} {'ratio':>7} {'bytes':>7} {'library':>9}")
    first = 0.0
    for rounds in ROUNDS:
        ours, theirs, size, their_size = measure(definition, rounds)
        first = first or ours
        print(f"{rounds:6} {ours:9.0f} {theirs:9.0f} {theirs / ours:7.1f} {size:7} {their_size:9}")
    print(f"time after {ROUNDS[-1]} rounds / time after 0: {ours / first:.2f}")


if __name__ == "__main__":
    main()
