"""Patterns across dossiers: rework, handovers, ping-pong, variants, mass clean-ups, margin used.

Each figure is a count with what it rests on, so that a page can say its n and its definition
(docs/reference/measures.md). Pure. People are whatever code the caller hands in: a pseudonym.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

Case = Sequence["Execution"]
ENOUGH = 5  # fewer executions are an accident, not a practice (and small cells stay hidden)


@dataclass(frozen=True, kw_only=True)
class Execution:
    """One completed execution of one element in one dossier; seconds are open office seconds."""

    element: str
    agency: str
    actor: str
    closed_at: datetime
    waiting: int = 0
    working: int = 0


@dataclass(frozen=True, kw_only=True)
class Rework:
    """What was done more than once: in how many dossiers, how many times too many, at what cost."""

    element: str
    cases: int
    repeated_in: int
    extra: int
    extra_seconds: int


@dataclass(frozen=True, kw_only=True)
class Handover:
    """Work went from one agency to another so many times, in so many dossiers."""

    from_agency: str
    to_agency: str
    count: int
    cases: int


@dataclass(frozen=True, kw_only=True)
class Saving:
    """What a step would save if its waiting were cut to the median of the best unit.

    `best` is that median and `unit` whose it is, None and empty where no unit did it often enough.
    """

    element: str
    n: int
    waiting: int
    could_save: int
    best: int | None = None
    unit: str = ""


def rework(cases: Iterable[Case]) -> tuple[Rework, ...]:
    """Return per element how often it was done again: k executions in a dossier are k-1 too many.

    The cost of a repetition is the waiting and working time of every execution but the first.
    """
    seen: Counter[str] = Counter()
    again: Counter[str] = Counter()
    extra: Counter[str] = Counter()
    seconds: Counter[str] = Counter()
    for case in cases:
        times: Counter[str] = Counter()
        for execution in case:
            times[execution.element] += 1
            if times[execution.element] > 1:
                extra[execution.element] += 1
                seconds[execution.element] += execution.waiting + execution.working
        seen.update(times.keys())
        again.update(e for e, n in times.items() if n > 1)
    return tuple(
        Rework(
            element=e,
            cases=seen[e],
            repeated_in=again[e],
            extra=extra[e],
            extra_seconds=seconds[e],
        )
        for e in sorted(seen)
    )


def handovers(cases: Iterable[Case]) -> tuple[Handover, ...]:
    """Return how often work went from one agency to another, in order of completion."""
    count: Counter[tuple[str, str]] = Counter()
    dossiers: Counter[tuple[str, str]] = Counter()
    for case in cases:
        moves = [(a.agency, b.agency) for a, b in pairwise(case) if a.agency != b.agency]
        count.update(moves)
        dossiers.update(set(moves))
    return tuple(
        Handover(from_agency=a, to_agency=b, count=count[a, b], cases=dossiers[a, b])
        for a, b in sorted(count)
    )


def ping_pong(case: Case) -> int:
    """Return how often work came straight back to the agency it had just left: A, B, A."""
    places = [e.agency for e in case]
    visits = [place for n, place in enumerate(places) if n == 0 or place != places[n - 1]]
    return sum(a == c for a, c in zip(visits, visits[2:], strict=False))


def variants(cases: Iterable[Case]) -> tuple[tuple[tuple[str, ...], int], ...]:
    """Return the ways dossiers went, as elements in order of completion, the commonest first."""
    ways = Counter(tuple(e.element for e in case) for case in cases)
    return tuple(sorted(ways.items(), key=lambda w: (-w[1], w[0])))


def mass_cleanups(
    executions: Iterable[Execution], *, at_least: int, within: timedelta
) -> frozenset[tuple[str, datetime]]:
    """Return (actor, moment) of completions that were pressed in bulk rather than worked on.

    At least so many by one person within so short a time: their durations say nothing about the
    work and are left out of the measures, with their count. Both numbers are configuration.
    """
    by_actor: dict[str, list[datetime]] = {}
    for execution in executions:
        by_actor.setdefault(execution.actor, []).append(execution.closed_at)
    found = set()
    for actor, moments in by_actor.items():
        ordered = sorted(moments)
        begin = 0
        for end, moment in enumerate(ordered):
            while moment - ordered[begin] > within:
                begin += 1
            if end - begin + 1 >= at_least:
                found |= {(actor, m) for m in ordered[begin : end + 1]}
    return frozenset(found)


def margin_used(seconds_by_element: Mapping[str, int], allowed: int) -> dict[str, float]:
    """Return the share of the time limit each element used, in office seconds of one dossier.

    Raises ValueError for a limit of nothing.
    """
    if allowed <= 0:
        raise ValueError("a time limit is longer than nothing")
    return {e: seconds / allowed for e, seconds in seconds_by_element.items()}


def savings(waits: Mapping[str, Mapping[str, Sequence[int]]]) -> tuple[Saving, ...]:
    """Return what cutting the waiting of each step to the best unit's median would save in all.

    `waits` has, by element and unit, the waiting seconds of every execution. A unit counts as best
    from five executions on; an element no unit did so often saves nothing. The largest first.
    """
    found = []
    for element, units in waits.items():
        everything = [w for of_unit in units.values() for w in of_unit]
        medians = [(_median(w), unit) for unit, w in units.items() if len(w) >= ENOUGH]
        best, unit = min(medians, default=(None, ""))
        found.append(
            Saving(
                element=element,
                n=len(everything),
                waiting=sum(everything),
                could_save=0 if best is None else sum(max(w - best, 0) for w in everything),
                best=best,
                unit=unit,
            )
        )
    return tuple(sorted(found, key=lambda s: (-s.could_save, s.element)))


def _median(values: Sequence[int]) -> int:
    ordered = sorted(values)
    return ordered[(len(ordered) - 1) // 2]
