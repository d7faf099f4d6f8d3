"""Samples of the five clocks: many times spent, as tuples of the ten numbers of `clocks.KEPT`.

Half a million executions are read for one page, so they stay tuples until they are measured. Every
clock is a sum of some of the ten; which, the tables below say, on the wall and in working time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from engine.timing.clocks import KEPT, TwoViews, views_of
from engine.timing.measures import Measure, measure

Spent = tuple[int, ...]

NOTHING: Spent = (0,) * len(KEPT)
_OURS = {
    "unassigned": ("unassigned",),
    "assigned": ("assigned",),
    "working": ("working",),
    "waiting": ("unassigned", "assigned"),
    "agency": ("unassigned", "assigned", "working"),
}
_WALL = ("applicant", "other_agency", "force_majeure")
_OFFICE = tuple(f"{name}_office" for name in _WALL)
WALL: Mapping[str, tuple[str, ...]] = {
    **_OURS,
    **{name: (name,) for name in _WALL},
    "closed": ("closed",),
    "paused": _WALL,
    "total": (*_OURS["agency"], *_WALL, "closed"),
}
OFFICE: Mapping[str, tuple[str, ...]] = {
    **_OURS,
    **{name: (f"{name}_office",) for name in _WALL},
    "paused": _OFFICE,
    "total": (*_OURS["agency"], *_OFFICE),
}
_PLACE = {name: place for place, name in enumerate(KEPT)}


def spent_of(kept: Mapping[str, int]) -> Spent:
    """Return the ten numbers as a tuple."""
    return tuple(kept[name] for name in KEPT)


def seconds(spent: Spent, clock: str, view: Mapping[str, tuple[str, ...]] = OFFICE) -> int:
    """Return the seconds of one time spent on a clock of a view; raises KeyError for another."""
    return sum(spent[_PLACE[name]] for name in view[clock])


def added(many: Iterable[Spent]) -> Spent:
    """Return all of them together, number by number."""
    return tuple(map(sum, zip(*many, strict=True))) or NOTHING


def both_views(spent: Spent, grounds: Mapping[str, int] | None = None) -> TwoViews:
    """Return the clocks of one time spent."""
    return views_of(dict(zip(KEPT, spent, strict=True)), grounds)


def measures(
    many: Sequence[Spent], view: Mapping[str, tuple[str, ...]] = OFFICE
) -> dict[str, Measure]:
    """Return the measure of every clock of a view; nothing for an empty sample."""
    if not many:
        return {}
    columns = list(zip(*many, strict=True))
    return {clock: measure(_column(columns, names)) for clock, names in view.items()}


def _column(columns: Sequence[tuple[int, ...]], names: Sequence[str]) -> Iterable[int]:
    first, *others = (columns[_PLACE[name]] for name in names)
    return map(sum, zip(first, *others, strict=True)) if others else first
