"""What the golden states are made from: one diagram and a few commands for each kind of waiting.

`python -m tests.engine.process.freezing` writes the files that are missing in `golden/`. A file
that exists is never written again: it stands for the dossiers a released program has stored.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from engine.process import (
    Advance,
    Definition,
    compile_definition,
    complete,
    deliver,
    expire,
    inspect,
    read,
)
from tests.engine.process.diagrams import (
    END,
    NOW,
    START,
    Walk,
    definitions,
    event,
    flows,
    node,
    process,
    timer,
)

GOLDEN = Path(__file__).parent / "golden"
MESSAGE = '<message id="m" name="answer"/><signal id="g" name="alarm"/>'
ERROR = '<error id="stop" name="no" errorCode="no"/>'
ASK = event("message", messageRef="m")
FACTS: dict[str, Any] = {"n": 3, "ok": True, "names": ["Đà Nẵng", "Huế"], "case": "A-1"}
Steps = Callable[[Walk], object]


def tasks(*names: str) -> str:
    """Return user tasks."""
    return "".join(node("userTask", name, name=f"Bước {name}") for name in names)


def multi(attributes: str = "", inner: str = "") -> str:
    """Return multi-instance characteristics over the names."""
    return (
        f'<multiInstanceLoopCharacteristics motcua:collection="names" motcua:item="name"{attributes}>'
        f"{inner}</multiInstanceLoopCharacteristics>"
    )


def boundary(name: str, host: str, inner: str, *, stops: bool = True) -> str:
    """Return a boundary event."""
    return node("boundaryEvent", name, inner, attachedToRef=host, cancelActivity=str(stops).lower())


def _catch(name: str, inner: str, **attributes: object) -> str:
    return node("intermediateCatchEvent", name, inner, **attributes)


FORK = node("parallelGateway", "fork") + node("parallelGateway", "join")
EITHER = node("inclusiveGateway", "fork", default="fork_c") + node("inclusiveGateway", "join")
INNER = node("startEvent", "s2") + tasks("a", "b") + node("endEvent", "e2")
INNER += flows("s2>a", "a>b", "b>e2")
HANDLER = node("startEvent", "s3", ASK, isInterrupting="false") + tasks("h")
HANDLER += node("endEvent", "e3") + flows("s3>h", "h>e3")

CASES: dict[str, tuple[str, Steps]] = {
    "task": (tasks("a", "b") + flows("s>a", "a>b", "b>e"), lambda w: w.do("a", extra=[1, None])),
    "parallel_join": (
        FORK + tasks("a", "b", "c") + flows("s>fork", "fork>a", "fork>b", "a>join", "b>join", "join>c", "c>e"),
        lambda w: w.do("a"),
    ),
    "inclusive_join": (
        EITHER + tasks("a", "b", "c") + flows("s>fork", "fork>a [n == 3]", "fork>b [ok]", "fork>c", "a>join", "b>join", "c>join", "join>e"),
        lambda w: w.do("b"),
    ),
    "many_at_once": (
        node("userTask", "a", multi()) + tasks("b") + flows("s>a", "a>b", "b>e"),
        lambda w: w.do("a", index=1),
    ),
    "many_in_turn": (
        node("userTask", "a", multi(' isSequential="true"')) + flows("s>a", "a>e"),
        lambda w: w.do("a"),
    ),
    "sub_process": (node("subProcess", "p2", INNER) + flows("s>p2", "p2>e"), lambda w: w.do("a")),
    "many_sub_processes": (
        node("subProcess", "p2", multi() + INNER) + flows("s>p2", "p2>e"),
        lambda w: w.do("a"),
    ),
    "boundary_timer": (
        tasks("a", "late") + boundary("d", "a", timer("P3D")) + flows("s>a", "a>e", "d>late", "late>e"),
        lambda w: w,
    ),
    "boundary_cycle": (
        tasks("a", "late") + boundary("d", "a", timer("R3/P1D", "Cycle"), stops=False) + flows("s>a", "a>e", "d>late", "late>e"),
        lambda w: w.ring("d"),
    ),
    "boundary_message": (
        tasks("a", "told") + boundary("d", "a", ASK, stops=False) + flows("s>a", "a>e", "d>told", "told>e"),
        lambda w: w.tell("answer"),
    ),
    "message_with_key": (
        node("receiveTask", "r", messageRef="m", **{"motcua:key": "case"}) + flows("s>r", "r>e"),
        lambda w: w,
    ),
    "signal": (_catch("c", event("signal", signalRef="g")) + flows("s>c", "c>e"), lambda w: w),
    "race": (
        node("eventBasedGateway", "g2") + _catch("c", ASK) + _catch("d", timer("P2D")) + tasks("a") + flows("s>g2", "g2>c", "g2>d", "c>a", "d>a", "a>e"),
        lambda w: w,
    ),
    "condition": (
        FORK + tasks("a") + _catch("c", event("conditional", '<condition xsi:type="tFormalExpression">n == 4</condition>'))
        + flows("s>fork", "fork>a", "fork>c", "a>join", "c>join", "join>e"),
        lambda w: w,
    ),
    "event_sub_process": (
        tasks("a") + node("subProcess", "h2", HANDLER, triggeredByEvent="true") + flows("s>a", "a>e"),
        lambda w: w.tell("answer"),
    ),
    "error_caught": (
        tasks("a", "late") + boundary("d", "a", event("error", errorRef="stop")) + flows("s>a", "a>e", "d>late", "late>e"),
        lambda w: w.do("a", error="no"),
    ),
    "ended": (tasks("a") + flows("s>a", "a>e"), lambda w: w.do("a")),
}  # fmt: skip


def source(name: str) -> bytes:
    """Return the diagram of a case."""
    return definitions(MESSAGE, ERROR, process(START + END + CASES[name][0]))


def waiting(at: Advance) -> dict[str, Any]:
    """Return everything that waits, as plain values."""
    return {
        "open": [[t.id, t.element, t.index, t.item] for t in at.open_tasks],
        "timers": [[t.id, t.element, t.due_at.isoformat(), t.repeats_left] for t in at.timers],
        "subscriptions": [[s.id, s.element, s.kind, s.name, s.key] for s in at.subscriptions],
        "facts": dict(at.facts),
    }


def rest(definition: Definition, state: bytes) -> list[str]:
    """Play on, always doing the first thing that can be done; return what was done and the end."""
    at = inspect(definition, state, now=NOW)
    done: list[str] = []
    while not at.ended and len(done) < 40:
        if at.open_tasks:
            task = at.open_tasks[0]
            done.append(f"complete {task.element}")
            at = complete(definition, at.state, task.id, now=NOW, facts={"n": 4})
        elif at.subscriptions:
            wait = at.subscriptions[0]
            done.append(f"deliver {wait.element}")
            at = deliver(
                definition, at.state, wait.name, now=NOW, key=wait.key, signal=wait.kind == "signal"
            )
        else:
            done.append(f"expire {at.timers[0].element}")
            at = expire(definition, at.state, at.timers[0].id, now=NOW)
    return [*done, at.outcome, *at.end_events]


def record(name: str) -> dict[str, Any]:
    """Return what a golden file holds."""
    definition = compile_definition(read(source(name)))
    walk = Walk(definition).begin(**FACTS)
    CASES[name][1](walk)
    at = walk.at
    return {
        "bpmn": source(name).decode(),
        "state": at.state.decode(),
        "waiting": waiting(at),
        "rest": [] if at.ended else rest(definition, at.state),
    }


def main() -> None:
    """Write the missing files."""
    GOLDEN.mkdir(exist_ok=True)
    for name in CASES:
        path = GOLDEN / f"{name}.1.json"
        if not path.exists():
            text = json.dumps(record(name), ensure_ascii=False, indent=1)
            path.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
