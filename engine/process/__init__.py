"""BPMN 2.0 as a pure function: (definition, state, command, now) -> state, events.

    document = read(Path("process.bpmn").read_bytes())
    findings = check(document)                  # everything that is wrong, at once
    definition = compile_definition(document)   # raises Refused where check finds an error
    step = start(definition, now=now, facts={"complete": True})
    step = complete(definition, step.state, step.open_tasks[0].id, now=now)

`step` is an Advance: the new `state` (bytes), the `events`, and all that waits: `open_tasks` for
`complete`, `timers` for `expire`, `subscriptions` for `deliver`. Store the state and the digest of
the definition; nothing else is needed to go on. Any BPMN file runs, none needs a procedure file.
Refusals are subclasses of engine.errors.Rejected; a refused command changes nothing.
"""

from engine.process.advance import Advance, OpenTask, Outgoing, Subscription, Timer
from engine.process.compiling import compile_definition
from engine.process.executable import Definition
from engine.process.facts import FactType, WrongFact
from engine.process.findings import Finding, Refused, Unreadable
from engine.process.gate import check
from engine.process.instance import TooManySteps
from engine.process.machine import (
    NobodyWaits,
    UnclearStart,
    UnknownTask,
    UnknownTimer,
    complete,
    deliver,
    expire,
    inspect,
    start,
    withdraw,
)
from engine.process.nodes import NoBranch
from engine.process.reading import read
from engine.process.sending_back import (
    NoWayBack,
    StillRunning,
    put_off,
    reopen,
    send_back,
    watching,
)
from engine.process.state import AlreadyEnded, WrongState, facts_of

__all__ = [
    "Advance",
    "AlreadyEnded",
    "Definition",
    "FactType",
    "Finding",
    "NoBranch",
    "NoWayBack",
    "NobodyWaits",
    "OpenTask",
    "Outgoing",
    "Refused",
    "StillRunning",
    "Subscription",
    "Timer",
    "TooManySteps",
    "UnclearStart",
    "UnknownTask",
    "UnknownTimer",
    "Unreadable",
    "WrongFact",
    "WrongState",
    "check",
    "compile_definition",
    "complete",
    "deliver",
    "expire",
    "facts_of",
    "inspect",
    "put_off",
    "read",
    "reopen",
    "send_back",
    "start",
    "watching",
    "withdraw",
]
