"""Three commands from outside the drawing: send a task back, begin again after the end, put off.

Each is (definition, state, command, now) -> Advance like the commands of `machine`. What may be
sent back where is `way_back`; whether the law of the procedure allows it is asked before.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from engine.errors import Rejected
from engine.process.advance import Advance
from engine.process.executable import Definition
from engine.process.facts import check_facts
from engine.process.instance import Instance
from engine.process.machine import Facts, UnknownTask, advance_of, aware, is_open
from engine.process.state import ended_as, thaw
from engine.process.timers import WorkingTime
from engine.process.tokens import Token
from engine.process.way_back import why_not_back, why_not_begin
from engine.timing.events import ProcessStarted

SENT_BACK = "sent back"


class NoWayBack(Rejected):
    """The diagram has no safe way back from this task to the one asked for."""

    code = "no_way_back"


class StillRunning(Rejected):
    """The process has not ended: nothing to begin again."""

    code = "still_running"


def send_back(
    definition: Definition,
    state: bytes,
    task: str,
    to: str,
    *,
    now: datetime,
    working_time: WorkingTime | None = None,
) -> Advance:
    """Take the open task with this id back to an earlier element; its token moves, no other does.

    The task is withdrawn and the earlier one opens anew; facts keep what they were set to. Raises
    UnknownTask when the task is not open, NoWayBack where `why_not_back` finds a reason, or as
    `complete` does.
    """
    aware(now)
    instance = thaw(definition, state, now, working_time)
    token = instance.find(task)
    if token is None or not is_open(token):
        message = f"Bước «{task}» không đang mở; có thể đã hoàn thành hoặc đã bị thu lại."
        raise UnknownTask(message, element=task)
    element = token.task_spec.name
    why = why_not_back(definition, element, to)
    if why:
        raise NoWayBack(f"Không trả «{element}» về «{to}» được. {why}", element=element)
    scope = token.workflow
    instance.cause, instance.reason = task, SENT_BACK
    token.cancel()
    scope.enter(scope.spec.task_specs[to])
    return advance_of(instance)


def reopen(
    definition: Definition,
    state: bytes,
    *,
    at: str,
    now: datetime,
    facts: Facts = None,
    working_time: WorkingTime | None = None,
) -> Advance:
    """Begin an ended instance again at an element, with the facts it ended with and `facts`.

    Steps go on being numbered where they stopped: no id is used twice in a dossier. Raises
    StillRunning, NoWayBack where `why_not_begin` finds a reason, WrongFact or WrongState.
    """
    aware(now)
    over = ended_as(definition, state)
    if over is None:
        raise StillRunning("Quy trình chưa kết thúc; không cần mở lại.")
    why = why_not_begin(definition, at)
    if why:
        raise NoWayBack(f"Không mở lại được. {why}", element=at)
    check_facts(facts or {}, definition.facts)
    instance = Instance(definition, now, working_time)
    instance.number, _, known = over
    instance.log(ProcessStarted(at=now, process=definition.process_id, element=at))
    begin = [definition.main.task_specs[at]]
    instance.open_scope(definition.main, None, known | dict(facts or {}), begin)
    return advance_of(instance)


def put_off(
    definition: Definition,
    state: bytes,
    by: timedelta,
    *,
    now: datetime,
    working: Callable[[datetime], datetime] | None = None,
    step: str = "",
) -> Advance:
    """Let every timer fire later by a stretch: so long the process was suspended.

    `working` says when a timer that counts working time fires instead, given when it would have;
    without it such a timer moves like the others. With `step` only the timers that would end that
    step move (see `watching`). Raises AlreadyEnded or WrongState.
    """
    aware(now)
    instance = thaw(definition, state, now)
    for token in instance.tokens():
        if "due" in token.marks and (not step or step in _watched(instance, token)):
            due = datetime.fromisoformat(token.marks["due"])
            counts = working is not None and token.task_spec.trigger_of(token).working
            later = working(due) if counts and working is not None else due + by
            token.marks["due"] = later.isoformat()
    return advance_of(instance)


def watching(definition: Definition, state: bytes, timer: str, *, now: datetime) -> frozenset[str]:
    """Return the steps that a timer would end: its host, or those it races with at a gateway.

    None for a timer that waits no more. Raises AlreadyEnded or WrongState.
    """
    aware(now)
    instance = thaw(definition, state, now)
    token = instance.find(timer)
    return _watched(instance, token) if token is not None else frozenset()


def _watched(instance: Instance, timer: Token) -> frozenset[str]:
    host, race = timer.marks.get("host"), timer.marks.get("race")
    rivals = {t.id for t in instance.tokens() if race and t.marks.get("race") == race}
    return frozenset({host} if host else set()) | (rivals - {timer.id})
