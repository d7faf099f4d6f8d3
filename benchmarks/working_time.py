"""Working-time durations a second on one core, beside a walk minute by minute that must agree.

Ten loaded years, random pairs of moments up to sixty days apart, a fixed seed. Times are processor
time, the best of several rounds.
"""

# ruff: noqa: E402 - the benchmarks' folder holds an http.py and must leave the path first

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[0] = str(ROOT)

import random
import time
import tomllib
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from engine.law.bulk_time import minute_calendar
from engine.law.working_time import ZONE, WorkingCalendar, build_calendar, read_office_hours

PAIRS, CHECKED, ROUNDS, SEED = 200_000, 400, 3, 20260302
FIRST = datetime(2018, 2, 1, tzinfo=UTC)
SPAN_MINUTES = int(timedelta(days=365 * 9).total_seconds() // 60)
LONGEST_MINUTES = 60 * 24 * 60


def office() -> WorkingCalendar:
    """Return the standard calendar over every year in bpmn/shared/calendar."""
    shared = ROOT / "bpmn" / "shared"
    hours = tomllib.loads((shared / "agencies.toml").read_text(encoding="utf-8"))["office_hours"]
    years = {
        int(p.stem): tomllib.loads(p.read_text(encoding="utf-8"))
        for p in (shared / "calendar").glob("*.toml")
    }
    return build_calendar(years, read_office_hours(hours["standard"]), version="benchmark")


def pairs(chance: random.Random, count: int) -> list[tuple[datetime, datetime]]:
    """Return random moments on whole minutes, each with a later one."""
    found = []
    for _ in range(count):
        start = FIRST + timedelta(minutes=chance.randrange(SPAN_MINUTES))
        found.append((start, start + timedelta(minutes=chance.randrange(LONGEST_MINUTES))))
    return found


def walked(calendar: WorkingCalendar, start: datetime, end: datetime) -> int:
    """Count open minutes one by one, from the sessions of each day: slow and plain."""
    found, moment = 0, start.astimezone(ZONE)
    while moment < end:
        second = moment.hour * 3600 + moment.minute * 60
        sessions = calendar.days.get(moment.date(), ())
        found += any(opens <= second < closes for opens, closes in sessions)
        moment += timedelta(minutes=1)
    return found


def rate(action: Callable[[], object], count: int) -> float:
    """Return how many a second of processor time, the best round of several."""
    best = 0.0
    for _ in range(ROUNDS):
        began = time.process_time()
        action()
        best = max(best, count / (time.process_time() - began))
    return best


def main() -> None:
    """Print the rates, after the walk has agreed."""
    calendar = office()
    chance = random.Random(SEED)  # noqa: S311 - a sample, not a secret
    sample = pairs(chance, PAIRS)
    for start, end in sample[:CHECKED]:
        assert calendar.working_minutes(start, end) == walked(calendar, start, end)
    print(f"{CHECKED} durations equal a walk minute by minute")
    walk = rate(lambda: [walked(calendar, a, b) for a, b in sample[:20]], 20)
    between = rate(lambda: [calendar.working_seconds(a, b) for a, b in sample], PAIRS)
    marks = [(calendar.elapsed(a), calendar.elapsed(b)) for a, b in sample]
    stored = rate(lambda: [b - a for a, b in marks], PAIRS)
    table = minute_calendar(calendar)
    stamps = [(int(a.timestamp()), int(b.timestamp())) for a, b in sample]
    assert table.durations(stamps) == [calendar.working_seconds(a, b) for a, b in sample]
    bulk = rate(lambda: table.durations(stamps), PAIRS)
    adding = rate(lambda: [calendar.add_minutes(a, 480) for a, _ in sample], PAIRS)
    days = [(a.date(), b.date()) for a, b in sample]
    counted = rate(lambda: [calendar.working_days_between(a, b) for a, b in days], PAIRS)
    limits = [date(2026, 1, 5) + timedelta(days=n % 300) for n in range(PAIRS)]
    later = rate(lambda: [calendar.add_working_days(d, 5) for d in limits], PAIRS)
    print(f"working time between two moments    {between:>12,.0f} a second")
    print(f"  many at once, by the minute table {bulk:>12,.0f} a second, {bulk / walk:,.0f} walks")
    print(f"  from stored marks (a subtraction) {stored:>12,.0f} a second")
    print(f"  by the walk                       {walk:>12,.0f} a second")
    print(f"a moment plus working minutes       {adding:>12,.0f} a second")
    print(f"working days between two days       {counted:>12,.0f} a second")
    print(f"a day plus five working days        {later:>12,.0f} a second")


if __name__ == "__main__":
    main()
