"""Walks a scenario through the engine: one command a step, from reception to the end.

Time is that of the sample office hours and the calendar files. Deadlines are not judged here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.law.working_time import build_calendar, read_office_hours
from engine.process import Advance, Definition, complete, deliver, expire, start, withdraw
from engine.timing.events import ElementPassed, Event, StepCompleted, StepEnabled
from tests.bpmn.files import ROOT, Folder, load
from workflows.worktime import timer_time

AGENCIES = load(ROOT / "shared" / "agencies.toml")
YEARS = {int(p.stem): load(p) for p in (ROOT / "shared" / "calendar").glob("*.toml")}
HOURS = read_office_hours(AGENCIES["office_hours"]["standard"])
CALENDAR = build_calendar(YEARS, HOURS, version="test")
working_time = timer_time(CALENDAR)


@dataclass
class Walk:
    """A dossier on its way: where it is, what it passed, what it waits for."""

    definition: Definition
    now: datetime
    advance: Advance
    history: list[Event] = field(default_factory=list)
    path: list[str] = field(default_factory=list)
    flows: set[str] = field(default_factory=set)
    since: dict[str, datetime] = field(default_factory=dict)

    def take(self, advance: Advance) -> None:
        """Go on from what a command gave back."""
        self.advance = advance
        self.history += advance.events
        for event in advance.events:
            match event:
                case StepCompleted():
                    self.path.append(event.element)
                    self.flows.update(event.taken)
                case ElementPassed():
                    self.path.append(event.element)
                    self.flows.update(event.taken)
                case StepEnabled():
                    self.since[event.step] = event.at

    def command(self, step: dict[str, Any]) -> None:
        """Do one step of a scenario."""
        if "complete" in step:
            self.take(self._complete(step))
        elif "deliver" in step:
            self.take(self._deliver(step))
        elif "expire" in step:
            self.take(self._expire(step["expire"]))
        else:
            state, reason = self.advance.state, step["withdraw"]
            self.take(withdraw(self.definition, state, now=self.now, reason=reason))

    def _complete(self, step: dict[str, Any]) -> Advance:
        task = self._task(step["complete"], step.get("index"))
        self._wait(task, step)
        return complete(
            self.definition,
            self.advance.state,
            task,
            facts=step.get("facts"),
            now=self.now,
            working_time=working_time,
        )

    def _deliver(self, step: dict[str, Any]) -> Advance:
        wanted = (step["deliver"], step.get("key", ""))
        waiting = [s.id for s in self.advance.subscriptions if (s.name, s.key) == wanted]
        assert waiting, f"nobody waits for {wanted}"
        self._wait(waiting[0], step)
        return deliver(
            self.definition,
            self.advance.state,
            step["deliver"],
            key=step.get("key", ""),
            facts=step.get("facts"),
            now=self.now,
            working_time=working_time,
        )

    def _expire(self, element: str) -> Advance:
        timer = next(t for t in self.advance.timers if t.element == element)
        self.now = max(self.now, timer.due_at)
        return expire(
            self.definition,
            self.advance.state,
            timer.id,
            now=self.now,
            working_time=working_time,
        )

    def _wait(self, opened: str, step: dict[str, Any]) -> None:
        ready = CALENDAR.add_minutes(self.since[opened], step.get("after_minutes", 0))
        self.now = max(self.now, ready)

    def _task(self, element: str, index: int | None) -> str:
        found = [t.id for t in self.advance.open_tasks if t.element == element]
        where = [t.element for t in self.advance.open_tasks]
        assert found, f"{element} is not open; open are {where}"
        return found[index or 0]


def walk(folder: Folder, scenario: dict[str, Any]) -> Walk:
    """Return the walk of a whole scenario."""
    facts = {n: f.default for n, f in folder.procedure.facts.items() if f.default is not None}
    facts = {n: list(v) if isinstance(v, tuple) else v for n, v in facts.items()}
    now = scenario["received_at"]
    begun = start(
        folder.definition, now=now, facts=facts | scenario["facts"], working_time=working_time
    )
    going = Walk(folder.definition, now, begun)
    going.take(begun)
    for step in scenario["step"]:
        going.command(step)
    return going
