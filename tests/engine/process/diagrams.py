"""A tiny BPMN writer for tests: nodes and flows to bytes, and a driver that walks by element id."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from engine.process import (
    Advance,
    Definition,
    FactType,
    compile_definition,
    complete,
    deliver,
    expire,
    read,
    start,
)

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:motcua="urn:motcua:bpmn:1" xmlns:t="urn:test" targetNamespace="urn:test">\n'
)


def node(tag: str, node_id: str, inner: str = "", **attributes: object) -> str:
    """Return the XML of a flow node; underscores at the end of names are dropped."""
    text = "".join(f" {k.rstrip('_')}={quoteattr(str(v))}" for k, v in attributes.items())
    return f'<{tag} id="{node_id}"{text}>{inner}</{tag}>'


def event(kind: str, inner: str = "", **attributes: object) -> str:
    """Return an event definition."""
    text = "".join(f" {k}={quoteattr(str(v))}" for k, v in attributes.items())
    return f"<{kind}EventDefinition{text}>{inner}</{kind}EventDefinition>"


def timer(text: str, kind: str = "Duration", attributes: str = "") -> str:
    """Return a timer event definition."""
    return event(
        "timer", f'<time{kind} xsi:type="tFormalExpression"{attributes}>{text}</time{kind}>'
    )


def flows(*pairs: str) -> str:
    """Return sequence flows written `a>b` or `a>b [condition]`; a flow's id is `a_b`."""
    out = []
    for pair in pairs:
        way, _, condition = pair.partition(" [")
        source, target = way.split(">")
        inner = ""
        if condition:
            text = escape(condition[:-1])
            inner = (
                f'<conditionExpression xsi:type="tFormalExpression">{text}</conditionExpression>'
            )
        out.append(
            f'<sequenceFlow id="{source}_{target}" sourceRef="{source}" targetRef="{target}">'
            f"{inner}</sequenceFlow>"
        )
    return "".join(out)


def process(*content: str, process_id: str = "p", executable: str = "true") -> str:
    """Return a process element."""
    return f'<process id="{process_id}" isExecutable="{executable}">{"".join(content)}</process>'


def definitions(*parts: str) -> bytes:
    """Return the whole document."""
    return (HEAD + "\n".join(parts) + "\n</definitions>").encode()


START, END = node("startEvent", "s"), node("endEvent", "e")


def model(*content: str, roots: str = "", facts: dict[str, FactType] | None = None) -> Definition:
    """Compile a process of this content, with plain start `s` and end `e` unless it has its own."""
    body = "".join(content)
    if "<startEvent" not in body.split("<subProcess")[0]:
        body = START + body
    if 'id="e"' not in body:
        body = END + body
    return compile_definition(read(definitions(roots, process(_ordered(body)))), facts=facts)


def _ordered(body: str) -> str:
    return body


MESSAGE = '<message id="m" name="answer"/>'


def tasks(*names: str) -> str:
    """Return plain user tasks."""
    return "".join(node("userTask", n, name=n) for n in names)


def boundary(definition: str, *, cancels: bool = True) -> str:
    """Return tasks a (host), b (after the boundary event), c (after the host) and their flows."""
    attributes = {"attachedToRef": "a", "cancelActivity": str(cancels).lower()}
    return (
        tasks("a", "b", "c")
        + node("boundaryEvent", "x", definition, **attributes)
        + flows("s>a", "a>c", "x>b", "b>e", "c>e")
    )


@dataclass
class Walk:
    """Drives one instance by element ids and remembers everything it logged."""

    definition: Definition
    now: datetime = NOW
    at: Advance = field(init=False)
    log: list[Any] = field(default_factory=list)
    sent: list[Any] = field(default_factory=list)

    def begin(self, *, start_at: str | None = None, **facts: Any) -> Walk:
        """Start the instance."""
        return self._took(start(self.definition, now=self.now, facts=facts, at=start_at))

    def _took(self, advance: Advance) -> Walk:
        self.at = advance
        self.log.extend(advance.events)
        self.sent.extend(advance.outgoing)
        return self

    def task(self, element: str, index: int | None = None) -> str:
        """Return the id of the open task at an element."""
        return next(
            t.id
            for t in self.at.open_tasks
            if t.element == element and (index is None or t.index == index)
        )

    def do(
        self, element: str, *, index: int | None = None, error: str | None = None, **facts: Any
    ) -> Walk:
        """Complete the open task at an element."""
        task = self.task(element, index)
        return self._took(
            complete(self.definition, self.at.state, task, now=self.now, facts=facts, error=error)
        )

    def tell(self, message: str, key: str = "", *, signal: bool = False, **facts: Any) -> Walk:
        """Deliver a message or signal."""
        return self._took(
            deliver(
                self.definition,
                self.at.state,
                message,
                key=key,
                now=self.now,
                facts=facts,
                signal=signal,
            )
        )

    def ring(self, element: str) -> Walk:
        """Let the timer at an element fire at its time."""
        found = next(t for t in self.at.timers if t.element == element)
        self.now = max(self.now, found.due_at)
        return self._took(expire(self.definition, self.at.state, found.id, now=self.now))

    def later(self, **amount: float) -> Walk:
        """Let time pass."""
        self.now += timedelta(**amount)
        return self

    @property
    def open(self) -> list[str]:
        """Return the elements of the open tasks, sorted."""
        return sorted(t.element for t in self.at.open_tasks)

    @property
    def passed(self) -> list[str]:
        """Return the elements passed or completed, in order."""
        return [e.element for e in self.log if e.kind in {"element_passed", "step_completed"}]
