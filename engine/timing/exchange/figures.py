"""Figures (số liệu rà soát) of a log, one trace at a time: counts, durations, edges, handovers.

Every definition is in docs/reference/figures.md. Kept are counts, one hash per variant and one
number of 8 bytes per duration (exact percentiles need them all); never an event.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from hashlib import blake2b
from typing import Any

from engine.timing.exchange.instances import Instance, has_ends, instances_of
from engine.timing.exchange.logs import MICROSECONDS, Trace

EMPTY_CASE, EVENTS_READ, NEVER_COMPLETE = "empty_case", "events_read", "never_complete"
SHARES = {"p10": 0.10, "p25": 0.25, "p50": 0.50, "p75": 0.75, "p90": 0.90, "p95": 0.95}


@dataclass(frozen=True, kw_only=True)
class Service:
    """How long an activity took where its start is known; seconds."""

    n: int
    mean: float
    median: float


@dataclass(frozen=True, kw_only=True)
class Figures:
    """The figures of a log; names and units are those of the published JSON object."""

    cases: int
    events: int
    activities: int
    variants: int
    start: dict[str, int]
    end: dict[str, int]
    duration_s: dict[str, float | None]
    rework_cases: dict[str, int]
    dfg: tuple[tuple[str, str, int, float, float], ...]
    service_s: dict[str, Service]
    handovers: tuple[tuple[str, str, int], ...]

    def to_record(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return asdict(self)


def percentile(ordered: Sequence[int], share: float) -> float:
    """Return the value below which a share lies, linear between neighbours; the first has rank 0.

    `ordered` is sorted and not empty.
    """
    place = (len(ordered) - 1) * share
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


class Tally:
    """Counts traces as they come; figures may be asked for at any time and change nothing."""

    def __init__(self, *, every: bool = False) -> None:
        """Begin with nothing; `every` as in `instances_of`."""
        self.notes: Counter[str] = Counter()
        self._every = every
        self._completes = False
        self._activities: dict[str, int] = {}
        self._events: Counter[str] = Counter()
        self._start: Counter[str] = Counter()
        self._end: Counter[str] = Counter()
        self._rework: Counter[str] = Counter()
        self._variants: set[bytes] = set()
        self._durations = array("q")
        self._edges: dict[tuple[str, str], array[int]] = {}
        self._services: dict[str, array[int]] = {}
        self._handovers: Counter[tuple[str, str]] = Counter()

    def add(self, trace: Trace) -> None:
        """Count one case; a case without an instance is a note, not a case."""
        self.notes[EVENTS_READ] += len(trace.events)
        self._completes = self._completes or has_ends(trace.events)
        found = instances_of(trace.events, self.notes, every=self._every)
        if not found:
            self.notes[EMPTY_CASE] += 1
            return
        names = [instance.activity for instance in found]
        self._count(names)
        self._durations.append(max(i.ended for i in found) - found[0].first)
        self._follow(found)
        self._serve(found)

    @property
    def speaks_otherwise(self) -> bool:
        """Tell that events were read and none of them completes anything."""
        return not self._every and not self._completes and self.notes[EVENTS_READ] > 0

    def _count(self, names: list[str]) -> None:
        self._events.update(names)
        self._start[names[0]] += 1
        self._end[names[-1]] += 1
        number = self._activities
        path = array("L", [number.setdefault(name, len(number)) for name in names])
        self._variants.add(blake2b(path.tobytes(), digest_size=16).digest())
        if len(set(names)) != len(names):
            self._rework.update(name for name, n in Counter(names).items() if n > 1)

    def _follow(self, found: list[Instance]) -> None:
        """Count every pair of neighbours: its edge, its time, and who handed over to whom."""
        edges, handovers = self._edges, self._handovers
        before, _, free, giver = found[0]
        for after, begun, ended, taker in found[1:]:
            gap = (ended if begun is None else begun) - free
            times = edges.get((before, after))
            if times is None:
                times = edges[before, after] = array("q")
            times.append(max(0, gap))
            if giver and taker:
                handovers[giver, taker] = handovers.get((giver, taker), 0) + 1
            before, free, giver = after, ended, taker

    def _serve(self, found: list[Instance]) -> None:
        for activity, begun, ended, _ in found:
            if begun is not None:
                self._services.setdefault(activity, array("q")).append(ended - begun)

    def figures(self) -> Figures:
        """Return the figures of everything counted so far."""
        return Figures(
            cases=len(self._durations),
            events=self._events.total(),
            activities=len(self._activities),
            variants=len(self._variants),
            start=_falling(self._start),
            end=_falling(self._end),
            duration_s=_spread(self._durations),
            rework_cases=_falling(self._rework),
            dfg=self._dfg(),
            service_s={name: _service(self._services[name]) for name in sorted(self._services)},
            handovers=tuple(
                (giver, taker, n) for (giver, taker), n in _falling(self._handovers).items()
            ),
        )

    def _dfg(self) -> tuple[tuple[str, str, int, float, float], ...]:
        edges = sorted(self._edges.items(), key=lambda edge: (-len(edge[1]), edge[0]))
        return tuple(
            (before, after, len(times), _mean(times), _median(times))
            for (before, after), times in edges
        )


def figures_of(traces: Iterable[Trace], *, every: bool = False) -> Figures:
    """Return the figures of traces, each case coming once."""
    tally = Tally(every=every)
    for trace in traces:
        tally.add(trace)
    return tally.figures()


def _falling(counts: Counter[Any]) -> dict[Any, int]:
    """Return counts, the most frequent first, names in order among equals."""
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _mean(times: Sequence[int]) -> float:
    return sum(times) / len(times) / MICROSECONDS


def _median(times: Sequence[int]) -> float:
    return percentile(sorted(times), 0.5) / MICROSECONDS


def _service(times: Sequence[int]) -> Service:
    return Service(n=len(times), mean=_mean(times), median=_median(times))


def _spread(times: Sequence[int]) -> dict[str, float | None]:
    if not times:
        return dict.fromkeys(("mean", *SHARES, "max"))
    ordered = sorted(times)
    shares = {name: percentile(ordered, share) / MICROSECONDS for name, share in SHARES.items()}
    return {"mean": _mean(times), **shares, "max": ordered[-1] / MICROSECONDS}
