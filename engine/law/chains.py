"""One appointment for a whole chain (liên thông): legs one after the other add up, of legs side by
side the longest decides.

A chain is a net of legs; its due moment is the end of the longest way through it (đường quyết
định). Where the legs come to more than the limit of the whole, the limit wins (ruling 5). Not for
what happens on the way: see `pauses` and `deadlines`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from engine.law.counting import Counted, Line, at_text, count, count_on
from engine.law.provisions import Leg, TimeLimit
from engine.law.working_time import MINUTE, WorkingCalendar


@dataclass(frozen=True, kw_only=True)
class LegDeadline:
    """When a leg begins and ends if every leg takes all its time.

    `critical` legs decide the due moment; any other may end `slack_minutes` working minutes later
    without moving it.
    """

    id: str
    name: str
    starts_at: datetime
    due_at: datetime
    critical: bool
    slack_minutes: int


@dataclass(frozen=True, kw_only=True)
class ChainDeadline:
    """The one appointment of a chain: from when it counts, when it is due, and leg by leg why."""

    counted: Counted
    legs: tuple[LegDeadline, ...]


@dataclass(frozen=True, kw_only=True)
class _Net:
    """The legs that count for this dossier, in an order in which none comes before its `after`."""

    legs: tuple[Leg, ...]
    before: Mapping[str, tuple[str, ...]]

    def after(self, leg: str) -> tuple[str, ...]:
        return tuple(other.id for other in self.legs if leg in self.before[other.id])


def chain_due(
    legs: Sequence[Leg],
    limit: TimeLimit,
    start: datetime,
    facts: Mapping[str, Any],
    calendar: WorkingCalendar,
    lines: list[Line],
) -> ChainDeadline:
    """Return the one appointment of a chain that starts at a moment; adds its reasons.

    How the day of reception and the cut-off are counted is the limit's. `facts` are those known:
    a leg is left out where its fact has another value, and counts while the fact is unknown.
    Raises OutsideCalendar when a needed year is not loaded.
    """
    net = _net(legs, facts)
    begun = count(limit, start, calendar, lines)
    spans: dict[str, tuple[datetime, datetime]] = {}
    for leg in net.legs:
        since = max((spans[e][1] for e in net.before[leg.id]), default=start)
        first = not net.before[leg.id]
        spans[leg.id] = (since, _end(leg, limit, since, calendar, first=first))
    end = max((due for _, due in spans.values()), default=begun.due_at)
    found = _judged(net, spans, end, calendar)
    lines.extend(_line(leg, one) for leg, one in zip(net.legs, found, strict=True))
    way = " → ".join(one.name for one in found if one.critical)
    lines.append(Line(text=f"Đường quyết định: {way}."))
    if end > begun.due_at:
        text = f"Các khâu dài hơn thời hạn chung: theo thời hạn chung, {at_text(begun.due_at)}."
        lines.append(Line(text=text, source=limit.source))
        end = begun.due_at
    return ChainDeadline(counted=replace(begun, due_at=end), legs=tuple(found))


def _end(
    leg: Leg, limit: TimeLimit, since: datetime, calendar: WorkingCalendar, *, first: bool
) -> datetime:
    if not leg.counted:
        return since
    if first:
        counts = limit.counts_reception_day and leg.amount > 0
        own = replace(limit, amount=leg.amount, unit=leg.unit, counts_reception_day=counts)
        return count(own, since, calendar, []).due_at
    return count_on(limit, leg.amount, leg.unit, since, calendar)


def _net(legs: Sequence[Leg], facts: Mapping[str, Any]) -> _Net:
    """Return the net without the legs that are not for this dossier: what followed one of them
    follows what came before it.
    """
    by_id = {leg.id: leg for leg in legs}
    kept: list[Leg] = []
    before: dict[str, tuple[str, ...]] = {}
    for leg in ordered(legs):
        earlier = tuple(dict.fromkeys(e for name in leg.after for e in _kept(name, by_id, facts)))
        if _applies(leg, facts):
            kept.append(leg)
            before[leg.id] = earlier
    return _Net(legs=tuple(kept), before=before)


def _kept(name: str, by_id: Mapping[str, Leg], facts: Mapping[str, Any]) -> tuple[str, ...]:
    leg = by_id[name]
    if _applies(leg, facts):
        return (name,)
    return tuple(e for earlier in leg.after for e in _kept(earlier, by_id, facts))


def _applies(leg: Leg, facts: Mapping[str, Any]) -> bool:
    return not leg.fact or leg.fact not in facts or facts[leg.fact] == leg.value


def ordered(legs: Sequence[Leg]) -> list[Leg]:
    """Return the legs so that none comes before one it follows; those in a circle are left out."""
    waiting, done, found = list(legs), set[str](), list[Leg]()
    while ready := [leg for leg in waiting if set(leg.after) <= done]:
        found += ready
        done |= {leg.id for leg in ready}
        waiting = [leg for leg in waiting if leg.id not in done]
    return found


def longest(legs: Sequence[Leg]) -> int:
    """Return the amounts of the longest way through legs that all have one unit."""
    ends: dict[str, int] = {}
    for leg in ordered(legs):
        begun = max((ends[e] for e in leg.after), default=0)
        ends[leg.id] = begun + (leg.amount if leg.counted else 0)
    return max(ends.values(), default=0)


def _judged(
    net: _Net,
    spans: Mapping[str, tuple[datetime, datetime]],
    end: datetime,
    calendar: WorkingCalendar,
) -> list[LegDeadline]:
    """Return the legs with what decides: traced back from the end, and how much the rest may slip.

    Slack is found from the end backwards: what a leg may wait for its follower, and the follower
    itself may slip.
    """
    critical: set[str] = set()
    slack: dict[str, int] = {}
    for leg in reversed(net.legs):
        due, followers = spans[leg.id][1], net.after(leg.id)
        decides = [f for f in followers if f in critical and spans[f][0] == due]
        if decides or (not followers and due == end):
            critical.add(leg.id)
        own = calendar.working_seconds(due, end)
        waits = [calendar.working_seconds(due, spans[f][0]) + slack[f] for f in followers]
        slack[leg.id] = min(waits, default=own)
    return [
        LegDeadline(
            id=leg.id,
            name=leg.name,
            starts_at=spans[leg.id][0],
            due_at=spans[leg.id][1],
            critical=leg.id in critical,
            slack_minutes=slack[leg.id] // MINUTE,
        )
        for leg in net.legs
    ]


def _line(leg: Leg, found: LegDeadline) -> Line:
    if not leg.counted:
        text = f"Khâu «{leg.name}»: có thời hạn riêng, không tính vào ngày hẹn."
        return Line(text=text, source=leg.source)
    stretch = f"từ {at_text(found.starts_at)} đến {at_text(found.due_at)}"
    said = (
        "quyết định ngày hẹn" if found.critical else f"còn dư {found.slack_minutes} phút làm việc"
    )
    length = f"{leg.amount} {leg.unit.label}" if leg.amount else "trong ngày"
    return Line(text=f"Khâu «{leg.name}»: {length}, {stretch}; {said}.", source=leg.source)
