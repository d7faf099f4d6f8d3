"""Instances: the events of a case paired into executions of activities, in the one order of a case.

An instance ends with `complete` (an event that says nothing of its lifecycle is one); a `start`
before it begins it. Which start: of the same activity and instance name, the earliest that waits;
failing that, the earliest of the activity, unless both are named: two names are two instances.
What begins and never ends is not counted, nor what is neither begin nor end; both are named in the
notes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import NamedTuple

from engine.timing.exchange.logs import COMPLETE, START, LogEvent

_ENDED = itemgetter(2)
NO_NAME, NO_TIME = "no_name", "no_time"
UNFINISHED, OTHER_TRANSITION = "unfinished", "other_transition"
ENDS_BEFORE_START = "ends_before_start"


class Instance(NamedTuple):
    """One execution of an activity; `begun` is None where the start is not known."""

    activity: str
    begun: int | None
    ended: int
    resource: str

    @property
    def first(self) -> int:
        """Return the earliest moment known of it."""
        return self.ended if self.begun is None else self.begun


def instances_of(
    events: Sequence[LogEvent], notes: Counter[str], *, every: bool = False
) -> list[Instance]:
    """Return the instances of one case, ordered by start (or complete), complete, file order.

    With `every`, each event counts as it stands whatever it says of its lifecycle: for logs that
    never say `complete`. What is left out is counted in `notes`.
    """
    if every or all(map(_completes, {event.transition for event in events})):
        found = _as_they_stand(events, notes)
    else:
        found = _paired(events, notes)
    if any(begun is not None for _, begun, _, _ in found):
        found.sort(key=lambda i: (i.first, i.ended))
    else:
        found.sort(key=_ENDED)
    return found


def _completes(transition: str) -> bool:
    return not transition or transition.lower() == COMPLETE


def _as_they_stand(events: Sequence[LogEvent], notes: Counter[str]) -> list[Instance]:
    """Do what `_ended` does for every event; most logs come this way only, so in one loop."""
    found = []
    for activity, at, begun, _, _, resource, _ in events:
        ended = begun if at is None else at
        if not activity or ended is None:
            notes[NO_TIME if activity else NO_NAME] += 1
            continue
        if begun is not None and begun > ended:
            notes[ENDS_BEFORE_START] += 1
        found.append(Instance(activity, begun, ended, resource))
    return found


def _ended(event: LogEvent, begun: int | None, notes: Counter[str]) -> Instance | None:
    activity, ended = event.activity, event.at
    if ended is None:
        ended = event.start
    if not activity or ended is None:
        notes[NO_TIME if activity else NO_NAME] += 1
        return None
    if begun is not None and begun > ended:
        notes[ENDS_BEFORE_START] += 1
    return Instance(activity, begun, ended, event.resource)


def _paired(events: Sequence[LogEvent], notes: Counter[str]) -> list[Instance]:
    """Pair starts with completes in the order of time; ends keep the order of the file."""
    waiting: dict[str, list[LogEvent]] = {}
    begun: dict[int, LogEvent] = {}
    for place, event in sorted(enumerate(events), key=lambda pair: _moment(pair[1])):
        kind = event.transition.lower()
        if kind == START and event.activity and event.at is not None:
            waiting.setdefault(event.activity, []).append(event)
        elif not kind or kind == COMPLETE:
            start = _take(waiting.get(event.activity), event.instance)
            if start is not None:
                begun[place] = start
        elif kind != START:
            notes[OTHER_TRANSITION] += 1
        else:
            notes[NO_TIME if event.activity else NO_NAME] += 1
    notes[UNFINISHED] += sum(map(len, waiting.values()))
    ends = ((p, e) for p, e in enumerate(events) if e.transition.lower() in ("", COMPLETE))
    found = (_closed(event, begun.get(place), notes) for place, event in ends)
    return [instance for instance in found if instance is not None]


def _moment(event: LogEvent) -> int:
    moment = event.start if event.at is None else event.at
    return 0 if moment is None else moment


def _take(waiting: list[LogEvent] | None, instance: str) -> LogEvent | None:
    """Take the earliest start of the same instance name, or else the earliest that may be it."""
    if not waiting:
        return None
    places = range(len(waiting))
    found = next((n for n in places if waiting[n].instance == instance), None)
    if found is None:
        unnamed = (n for n in places if not (instance and waiting[n].instance))
        found = next(unnamed, None)
    return None if found is None else waiting.pop(found)


def _closed(event: LogEvent, start: LogEvent | None, notes: Counter[str]) -> Instance | None:
    """Return the instance an end closes; who ended it did it, or else who began it."""
    begun = event.start if event.start is not None or start is None else start.at
    if start is not None and not event.resource:
        event = event._replace(resource=start.resource)
    return _ended(event, begun, notes)


def has_ends(events: Iterable[LogEvent]) -> bool:
    """Tell whether anything is completed: if nowhere in a log, it speaks another vocabulary."""
    return any(_completes(event.transition) for event in events)
