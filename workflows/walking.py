"""Walking a scenario: its named steps sent through the process, with the office calendar as time.

A scenario is an acceptance test a jurist can read; this module runs one without a database and
says what happened when, and where the walk left what was expected.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from engine import process
from engine.errors import Rejected
from engine.law.procedure import Procedure
from engine.timing.events import ElementPassed, Event, StepCompleted, StepEnabled

SUPPLIED = ("complete", "deliver", "expire", "withdraw")


class Calendar(Protocol):
    """What a walk needs of the office calendar."""

    def add_minutes(self, start: datetime, minutes: int) -> datetime:
        """Return the moment this many working minutes after `start`."""
        ...


@dataclass(frozen=True, kw_only=True)
class Stride:
    """One command of the walk: when, what, on which element, and what was open afterwards."""

    at: datetime
    command: str
    element: str
    name: str
    passed: tuple[str, ...]
    opened: tuple[str, ...]


@dataclass(kw_only=True)
class Walk:
    """A scenario that was walked; `faults` is empty where all went as expected."""

    scenario: str
    name: str
    strides: list[Stride] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    path: list[str] = field(default_factory=list)
    history: list[Event] = field(default_factory=list)
    outcome: str = ""
    ends: tuple[str, ...] = ()

    @property
    def went_well(self) -> bool:
        """Tell whether every step could be done and the end is the expected one."""
        return not self.faults


class Lost(Exception):
    """The scenario asks for a step that is not there."""


class Walker:
    """Sends the commands of one scenario, one after the other."""

    def __init__(
        self,
        procedure: Procedure,
        definition: process.Definition,
        calendar: Calendar,
        working_time: Callable[[datetime, Any], datetime],
    ) -> None:
        """Walk this definition by the hours of this calendar."""
        self._procedure = procedure
        self._definition = definition
        self._calendar = calendar
        self._working_time = working_time

    def walk(self, scenario: Mapping[str, Any]) -> Walk:
        """Return the walk of a scenario, however far it came."""
        walk = Walk(scenario=scenario["id"], name=scenario["name"])
        self._since: dict[str, datetime] = {}
        try:
            self._begin(walk, scenario)
            for step in scenario.get("step", ()):
                self._step(walk, step)
        except (Lost, Rejected) as fault:
            walk.faults.append(str(fault))
        else:
            _compare(walk, scenario.get("expect", {}))
        return walk

    def _begin(self, walk: Walk, scenario: Mapping[str, Any]) -> None:
        self._now = scenario["received_at"]
        advance = process.start(
            self._definition,
            now=self._now,
            facts=default_facts(self._procedure) | scenario.get("facts", {}),
            working_time=self._working_time,
        )
        self._record(walk, "start", "", advance)

    def _step(self, walk: Walk, step: Mapping[str, Any]) -> None:
        command = next((word for word in SUPPLIED if word in step), "")
        if not command:
            raise Lost(f"Bước {dict(step)} không có lệnh nào trong: {', '.join(SUPPLIED)}.")
        send = getattr(self, f"_{command}")
        element, advance = send(step[command], step)
        self._record(walk, command, element, advance)

    def _complete(self, element: str, step: Mapping[str, Any]) -> tuple[str, process.Advance]:
        open_tasks = [task for task in self._advance.open_tasks if task.element == element]
        if len(open_tasks) <= step.get("index", 0):
            raise Lost(
                f"Bước «{element}» không mở lúc {self._now:%d/%m %H:%M}; {self._what_waits()}."
            )
        task = open_tasks[step.get("index", 0)]
        self._wait(task.id, step)
        return element, process.complete(
            self._definition,
            self._advance.state,
            task.id,
            now=self._now,
            facts=step.get("facts"),
            working_time=self._working_time,
        )

    def _deliver(self, message: str, step: Mapping[str, Any]) -> tuple[str, process.Advance]:
        key = step.get("key", "")
        found = [s for s in self._advance.subscriptions if (s.name, s.key) == (message, key)]
        if not found:
            raise Lost(f"Không bước nào chờ tin «{message}» khóa «{key}»; {self._what_waits()}.")
        self._wait(found[0].id, step)
        return found[0].element, process.deliver(
            self._definition,
            self._advance.state,
            message,
            now=self._now,
            key=key,
            facts=step.get("facts"),
            working_time=self._working_time,
        )

    def _expire(self, element: str, step: Mapping[str, Any]) -> tuple[str, process.Advance]:
        timers = [timer for timer in self._advance.timers if timer.element == element]
        if not timers:
            raise Lost(f"Không có hẹn giờ «{element}» đang chạy; {self._what_waits()}.")
        timer = timers[min(step.get("index", 0), len(timers) - 1)]
        self._now = max(self._now, timer.due_at.astimezone(self._now.tzinfo))
        return element, process.expire(
            self._definition,
            self._advance.state,
            timer.id,
            now=self._now,
            working_time=self._working_time,
        )

    def _withdraw(self, reason: str, step: Mapping[str, Any]) -> tuple[str, process.Advance]:
        self._now = self._calendar.add_minutes(self._now, step.get("after_minutes", 0))
        return "", process.withdraw(
            self._definition, self._advance.state, now=self._now, reason=str(reason)
        )

    def _wait(self, step_id: str, step: Mapping[str, Any]) -> None:
        since = self._since.get(step_id, self._now)
        ready = self._calendar.add_minutes(since, step.get("after_minutes", 0))
        self._now = max(self._now, ready.astimezone(self._now.tzinfo))

    def _record(self, walk: Walk, command: str, element: str, advance: process.Advance) -> None:
        self._advance = advance
        for event in advance.events:
            if isinstance(event, StepEnabled):
                self._since[event.step] = event.at
        opened = tuple(e.element for e in advance.events if isinstance(e, StepEnabled))
        passed = tuple(_path(advance.events))
        walk.path += passed
        walk.history += advance.events
        walk.outcome = advance.outcome
        walk.ends = advance.end_events
        walk.strides.append(
            Stride(
                at=self._now,
                command=command,
                element=element,
                name=self._name(element),
                passed=passed,
                opened=opened,
            )
        )

    def _name(self, element: str) -> str:
        known = self._definition.elements.get(element)
        return known.name if known else ""

    def _what_waits(self) -> str:
        waits = [task.element for task in self._advance.open_tasks]
        waits += [f"{s.element} (tin {s.name})" for s in self._advance.subscriptions]
        waits += [f"{t.element} (hẹn giờ)" for t in self._advance.timers]
        return f"đang chờ: {', '.join(waits) or 'không gì cả'}"


def default_facts(procedure: Procedure) -> dict[str, Any]:
    """Return the facts a dossier begins with: the declared defaults, as JSON values."""
    given = {n: f.default for n, f in procedure.facts.items() if f.default is not None}
    return {n: list(v) if isinstance(v, tuple) else v for n, v in given.items()}


def _path(events: tuple[Event, ...]) -> list[str]:
    return [e.element for e in events if isinstance(e, StepCompleted | ElementPassed)]


def _compare(walk: Walk, expect: Mapping[str, Any]) -> None:
    if wanted := expect.get("outcome"):
        _differs(walk, "kết cục", wanted, walk.outcome)
    wanted = expect.get("end")
    if wanted and wanted not in walk.ends:
        _differs(walk, "sự kiện kết thúc", wanted, ", ".join(walk.ends))
    if wanted := expect.get("path"):
        done = [element for element in walk.path if element in set(wanted)]
        _differs(walk, "đường đi", list(wanted), done)


def _differs(walk: Walk, what: str, wanted: Any, found: Any) -> None:
    if wanted != found:
        walk.faults.append(f"Khác {what}: cần {wanted}, thực tế {found or 'chưa kết thúc'}.")
