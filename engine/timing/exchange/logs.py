"""Logs: what every format is read into and written from — traces of events, times in microseconds.

A trace is one case, the unit that streams: nothing here holds two of them. Not for what an event
means: see `instances`.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from typing import NamedTuple

from engine.errors import Rejected

COMPLETE, START = "complete", "start"
MICROSECONDS = 1_000_000


class UnreadableLog(Rejected):
    """The file is not a log we can read; the message names the place and what is wrong."""

    code = "unreadable_log"


class ScatteredCases(Rejected):
    """A case goes on after another one has begun: its events have to be brought together first."""

    code = "scattered_cases"


class Attribute(NamedTuple):
    """An attribute of XES: its type as the element is called, its key, text and nested ones."""

    kind: str
    key: str
    value: str = ""
    nested: tuple[Attribute, ...] = ()


class LogEvent(NamedTuple):
    """One line of a log. `at` and `start` are microseconds since 1970 UTC, None where not given.

    `transition` is the step of the lifecycle as the log says it, empty where it says nothing;
    `instance` tells executions of one activity apart; `extras` are all other attributes.
    """

    activity: str
    at: int | None
    start: int | None = None
    transition: str = ""
    instance: str = ""
    resource: str = ""
    extras: tuple[Attribute, ...] = ()


class Trace(NamedTuple):
    """One case with its events in the order of the file, and its other attributes."""

    case: str
    events: list[LogEvent]
    extras: tuple[Attribute, ...] = ()


class Extension(NamedTuple):
    """An extension of XES a log declares."""

    name: str
    prefix: str
    uri: str


class Classifier(NamedTuple):
    """A way of a log to tell activities apart: the keys whose values make the name."""

    name: str
    keys: tuple[str, ...]
    scope: str = "event"


class LogHead(NamedTuple):
    """What a log says of itself before its first trace; `globals` are by scope."""

    extensions: tuple[Extension, ...] = ()
    classifiers: tuple[Classifier, ...] = ()
    globals: tuple[tuple[str, tuple[Attribute, ...]], ...] = ()
    attributes: tuple[Attribute, ...] = ()


Happening = tuple[str, LogEvent]
"""An event with the case it belongs to: what a table gives, row by row."""


def by_case(happenings: Iterable[Happening]) -> Iterator[Trace]:
    """Yield the traces of events that come case by case; never holds more than one of them."""
    case: str | None = None
    events: list[LogEvent] = []
    for name, event in happenings:
        if name != case:
            if case is not None:
                yield Trace(case, events)
            case, events = name, []
        events.append(event)
    if case is not None:
        yield Trace(case, events)


def each_once(traces: Iterable[Trace]) -> Generator[Trace, None, None]:
    """Yield the traces; raise ScatteredCases when a case comes a second time.

    Remembers one number per case, so a clash of numbers may raise without need; it never hides
    a case that comes twice.
    """
    seen: set[int] = set()
    for number, trace in enumerate(traces, 1):
        seen.add(hash(trace.case))
        if len(seen) != number:
            raise ScatteredCases(f"Hồ sơ «{trace.case}» nằm rải rác trong tệp.", element=trace.case)
        yield trace


def flat(traces: Iterable[Trace]) -> Iterator[Happening]:
    """Yield the events of traces one by one, each with its case."""
    for trace in traces:
        for event in trace.events:
            yield trace.case, event
