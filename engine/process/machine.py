"""The commands: start, complete, deliver, expire, withdraw. Pure: same input, same output."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.errors import Rejected
from engine.process.activities import WorkSpec
from engine.process.advance import Advance, OpenTask, Subscription, Timer
from engine.process.executable import Definition
from engine.process.facts import MAX_FACTS_BYTES, WrongFact, check_facts
from engine.process.instance import Instance
from engine.process.nodes import NodeSpec
from engine.process.state import freeze, thaw
from engine.process.throwing import catch_on, throw_up
from engine.process.timers import WorkingTime
from engine.process.tokens import Token
from engine.process.triggers import Trigger
from engine.timing.events import ProcessEnded, ProcessStarted

Facts = Mapping[str, Any] | None


class UnknownTask(Rejected):
    """There is no open task with this id; it may have been completed or withdrawn."""

    code = "unknown_task"


class NobodyWaits(Rejected):
    """Nothing in this instance waits for the message or signal, with this key."""

    code = "nobody_waits"


class UnknownTimer(Rejected):
    """There is no such timer; it has fired or what it watched is over."""

    code = "unknown_timer"


class UnclearStart(Rejected):
    """The process has several start events, or not the one asked for."""

    code = "unclear_start"


def start(
    definition: Definition,
    *,
    now: datetime,
    facts: Facts = None,
    at: str | None = None,
    working_time: WorkingTime | None = None,
) -> Advance:
    """Begin an instance and run it until everything waits.

    `now` is an aware moment; `facts` are routing facts (JSON values). `at` names the start event
    where the process has several or begins by a message, signal or timer; without it the plain
    start event is taken, or the only one, or, with none at all, every node without incoming flow.
    `working_time(moment, duration)` adds working time, for timers that count it. Raises
    UnclearStart, WrongFact, NoBranch, CannotEvaluate or TooManySteps; nothing exists then.
    """
    check_facts(facts or {}, definition.facts)
    aware(now)
    instance = Instance(definition, now, working_time)
    begin = _start_specs(definition, at)
    element = begin[0].name if begin else ""
    instance.log(ProcessStarted(at=now, process=definition.process_id, element=element))
    instance.open_scope(definition.main, None, dict(facts or {}), begin)
    return advance_of(instance)


def _start_specs(definition: Definition, at: str | None) -> list[NodeSpec]:
    main = definition.main
    ids = [s.id for s in definition.starts]
    if at is not None:
        if at not in ids:
            message = (
                f"Không có sự kiện bắt đầu «{at}»; các sự kiện: {', '.join(ids) or 'không có'}."
            )
            raise UnclearStart(message, element=at)
        return [main.task_specs[at], *main.implicit]
    plain = [s for s in definition.starts if s.kind == "none"]
    if not plain and len(ids) > 1:
        message = f"Quy trình có nhiều sự kiện bắt đầu; hãy chọn một trong: {', '.join(ids)}."
        raise UnclearStart(message, element=ids[0])
    return main.starts + main.implicit


def complete(  # noqa: PLR0913 - the one command with an outcome
    definition: Definition,
    state: bytes,
    task: str,
    *,
    now: datetime,
    facts: Facts = None,
    error: str | None = None,
    working_time: WorkingTime | None = None,
) -> Advance:
    """Complete the open task with this id, setting `facts`, and run on until everything waits.

    With `error` the task ends with that BPMN error code instead, and the nearest error event
    catches it. Raises UnknownTask when the task is not open (any more), WrongFact, NoBranch,
    CannotEvaluate, TooManySteps, WrongState or AlreadyEnded; the state given stays valid then.
    """
    aware(now)
    instance = thaw(definition, state, now, working_time)
    token = instance.find(task)
    if token is None or not is_open(token):
        message = f"Bước «{task}» không đang mở; có thể đã hoàn thành hoặc đã bị thu lại."
        raise UnknownTask(message, element=task)
    instance.cause = task
    given = dict(facts or {})
    _set_facts(instance, token, given)
    if error is not None:
        thrown = Trigger("error", code=error)
        if not catch_on(token, thrown):
            throw_up(token.workflow, thrown, element=token.task_spec.name)
    else:
        token.marks["gave"] = given
        token.run()
    return advance_of(instance)


def deliver(  # noqa: PLR0913 - a message has a name, a key and facts
    definition: Definition,
    state: bytes,
    message: str,
    *,
    now: datetime,
    key: str = "",
    facts: Facts = None,
    signal: bool = False,
    working_time: WorkingTime | None = None,
) -> Advance:
    """Deliver a message by name (and key) to the one place that waits for it, setting `facts`.

    With `signal` it is a signal: everything waiting for it is reached. Raises NobodyWaits when
    nothing waits (keep the message and try again after the next change), or as `complete` does.
    """
    aware(now)
    instance = thaw(definition, state, now, working_time)
    if signal:
        waiting = instance.listeners("signal", message)
    else:
        found = instance.subscriber(message, key)
        waiting = [found] if found is not None else []
    if not waiting:
        known = sorted({s.name for s in _subscriptions(instance)})
        what = f"«{message}»" + (f" khóa «{key}»" if key else "")
        names = ", ".join(known) or "không có"
        raise NobodyWaits(f"Không bước nào chờ {what}; đang chờ: {names}.", element=message)
    instance.cause = waiting[0].id
    for token in waiting:
        if token.alive:
            _set_facts(instance, token, dict(facts or {}))
            token.marks["gave"] = dict(facts or {})
            token.task_spec.fire(token)
            if token.listens:
                del token.marks["gave"]
    return advance_of(instance)


def expire(
    definition: Definition,
    state: bytes,
    timer: str,
    *,
    now: datetime,
    working_time: WorkingTime | None = None,
) -> Advance:
    """Let a timer fire, by the id `Advance.timers` gave it.

    The machine reads no clock: it believes whoever tells it that the time has come. Raises
    UnknownTimer when the timer has fired or what it watched is over, or as `complete` does.
    """
    aware(now)
    instance = thaw(definition, state, now, working_time)
    token = instance.find(timer)
    if token is None or "due" not in token.marks or token.state != TaskState.WAITING:
        raise UnknownTimer(f"Hẹn giờ «{timer}» không còn hiệu lực.", element=timer)
    instance.cause = timer
    token.task_spec.fire(token)
    return advance_of(instance)


def withdraw(
    definition: Definition,
    state: bytes,
    *,
    now: datetime,
    reason: str = "",
    outcome: str = "withdrawn",
    element: str = "",
) -> Advance:
    """End the whole instance from outside (rút hồ sơ); every open step is withdrawn.

    `outcome` is `withdrawn` at the applicant's wish, or another word for why it ends; `element`
    names the end event it counts as having reached. Raises AlreadyEnded or WrongState.
    """
    aware(now)
    instance = thaw(definition, state, now)
    facts = instance.top.facts or {}
    instance.top.clear(reason=reason or outcome)
    for scope in list(instance.scopes.values()):
        instance.remove_scope(scope)
    instance.outcome = outcome
    instance.final_facts = facts
    if element:
        instance.end_events.append(element)
    instance.log(ProcessEnded(at=now, outcome=outcome, element=element, error=""))
    return advance_of(instance)


def inspect(definition: Definition, state: bytes, *, now: datetime) -> Advance:
    """Return what waits in a stored state, changing nothing; raises AlreadyEnded or WrongState."""
    return advance_of(thaw(definition, state, now))


def aware(now: datetime) -> None:
    """Raise ValueError for a moment without an offset."""
    if now.tzinfo is None:
        raise ValueError("now has to be an aware datetime")


def is_open(token: Token) -> bool:
    """Tell whether the token stands at a task that `complete` may be called for."""
    return (
        isinstance(token.task_spec, WorkSpec)
        and token.state == TaskState.READY
        and not token.is_body
    )


def _set_facts(instance: Instance, token: Token, facts: dict[str, Any]) -> None:
    local = token.local_names()
    check_facts({n: v for n, v in facts.items() if n not in local}, instance.definition.facts)
    check_facts({n: v for n, v in facts.items() if n in local}, None)
    for name, value in facts.items():
        token.write(name, value)


def advance_of(instance: Instance) -> Advance:
    """Run on until everything waits and return what came of it."""
    instance.settle()
    state = freeze(instance)
    top = instance.scopes.get("")
    facts = (top.facts or {}) if top is not None else instance.final_facts
    if len(state) > MAX_FACTS_BYTES:
        _not_too_much(facts)
    return Advance(
        state=state,
        events=tuple(instance.events),
        open_tasks=tuple(_open_task(t) for t in instance.tokens() if is_open(t)),
        timers=tuple(_timer(t) for t in instance.tokens() if "due" in t.marks),
        subscriptions=_subscriptions(instance),
        outgoing=tuple(instance.outgoing),
        facts=dict(facts),
        outcome=instance.outcome,
        end_events=tuple(instance.end_events),
    )


def _not_too_much(facts: Mapping[str, Any]) -> None:
    size = len(json.dumps(facts, ensure_ascii=False).encode())
    if size > MAX_FACTS_BYTES:
        message = f"Dữ kiện của quy trình lớn {size} byte, quá {MAX_FACTS_BYTES}; hãy bớt đi."
        raise WrongFact(message)


def _open_task(token: Token) -> OpenTask:
    node, spec = token.task_spec.node, token.task_spec
    item = None
    if spec.loop is not None and spec.loop.item:
        item = token.marks.get("local", {}).get(spec.loop.item)
    elif token.workflow.owner is not None:
        item = _enclosing_item(token)
    return OpenTask(
        id=token.id,
        element=node.id,
        name=node.name,
        kind=node.tag,
        lane=node.lane,
        roles=node.roles,
        index=token.marks.get("index"),
        item=item,
    )


def _enclosing_item(token: Token) -> Any:
    owner = token.workflow.owner
    while owner is not None:
        loop = owner.task_spec.loop
        if loop is not None and loop.item:
            return owner.marks.get("local", {}).get(loop.item)
        owner = owner.workflow.owner
    return None


def _timer(token: Token) -> Timer:
    left = token.marks.get("left", 0)
    return Timer(
        id=token.id,
        element=token.task_spec.name,
        name=token.task_spec.node.name,
        due_at=datetime.fromisoformat(token.marks["due"]),
        repeats_left=None if left < 0 else max(left - 1, 0),
    )


def _subscriptions(instance: Instance) -> tuple[Subscription, ...]:
    found = []
    for token in instance.tokens():
        trigger = token.waits_for()
        if trigger is None or token.state != TaskState.WAITING:
            continue
        if trigger.kind in {"message", "signal", "conditional"}:
            found.append(
                Subscription(
                    id=token.id,
                    element=token.task_spec.name,
                    kind="condition" if trigger.kind == "conditional" else trigger.kind,
                    name=trigger.name,
                    key=token.marks.get("key", ""),
                )
            )
    return tuple(found)
