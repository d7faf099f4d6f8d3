"""What people in the demo do, drawn from a seed: who applies when, how long a step takes, what
somebody decides. The same seed gives the same three months.

It draws and decides nothing by law; `demo.py` sends what was drawn through the real commands.
"""

from __future__ import annotations

import math
import random  # noqa: TID251 - a seeded simulation is repeatable; nothing here is secret
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from engine.law.procedure import Fact, Procedure
from engine.law.working_time import ZONE

# How dossiers divide: procedure code -> weight. The rare ones take weeks, births a day.
WEIGHTS = {"1.001193": 5, "1.009994": 2, "1.013831": 3}
CHANNELS = {"counter": 6, "online": 3, "post": 1}

# How often somebody decides otherwise than the default: fact -> probability, first time and later.
OTHERWISE = {
    "components_complete": (0.13, 0.08),
    "eligible": (0.03, 0.02),
    "accepted": (0.04, 0.0),
    "verification_needed": (0.14, 0.0),
    "form_correct": (0.10, 0.02),
    "approved": (0.04, 0.0),
    "consultation_needed": (0.55, 0.0),
    "objection": (0.08, 0.0),
    "draft_ok": (0.12, 0.03),
    "extension_needed": (0.05, 0.0),
    "has_financial_duty": (0.15, 0.0),
    "payment_due": (0.12, 0.0),
    "decision": (0.06, 0.0),
    "verification_result": (0.05, 0.0),
}
CONSULTED = ("H55.21", "H55.24", "H55.22", "H55.23")

TYPICAL_SHARE = 0.62  # of a step's norm that waiting and working take together, at the median
SPREAD = 0.55
UNTIMED_MINUTES = 90
LATEST_MINUTE_OF_ARRIVAL = 470  # of the 480 working minutes of a day
STALLS = 0.012  # a step nobody looks at for weeks
STALLED_MINUTES = 7_000
SILENT_AGENCY = 0.18
NEVER_SUPPLEMENTS = 0.06
WITHDRAWS = 0.015
COLLECTS_AFTER_MINUTES = 300

FAMILY = (
    "Nguyễn",
    "Trần",
    "Hoàng",
    "Nông",
    "Lý",
    "Triệu",
    "Hà",
    "Đặng",
    "Bàn",
    "Ma",
    "Lường",
    "Phạm",
)
MIDDLE = ("Văn", "Thị", "Minh", "Thu", "Đức", "Ngọc", "Quang", "Thanh")
GIVEN = (
    "An",
    "Bình",
    "Chi",
    "Dũng",
    "Giang",
    "Hạnh",
    "Hùng",
    "Khánh",
    "Lan",
    "Mai",
    "Nam",
    "Oanh",
    "Phúc",
    "Quyên",
    "Sơn",
    "Thảo",
    "Tuấn",
    "Vân",
    "Xuân",
    "Yến",
)


class OfficeTime(Protocol):
    """What the simulation needs of the office calendar."""

    def is_working_day(self, day: date) -> bool:
        """Tell whether the office is open on this day."""
        ...

    def next_opening(self, moment: datetime) -> datetime:
        """Return the moment itself while open, else when the office opens next."""
        ...

    def add_minutes(self, start: datetime, minutes: int) -> datetime:
        """Return the moment this many working minutes later."""
        ...


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """Somebody hands in a dossier."""

    at: datetime
    procedure: str
    channel: str
    commune: str
    applicant: str


@dataclass(frozen=True, kw_only=True)
class Effort:
    """How long a step lies before somebody takes it, and how long the work then takes."""

    waiting_minutes: int
    working_minutes: int


class Chance:
    """Everything that is drawn, from one seed."""

    def __init__(self, seed: int) -> None:
        """Start the sequence of this seed."""
        self._draw = random.Random(seed)  # noqa: S311 - repeatable on purpose, no secret

    def arrivals(
        self, count: int, days: tuple[date, ...], communes: tuple[str, ...], time: OfficeTime
    ) -> list[Arrival]:
        """Return `count` arrivals within office hours of the days, in the order they come."""
        made = [self._arrival(self._draw.choice(days), communes, time) for _ in range(count)]
        return sorted(made, key=lambda arrival: arrival.at)

    def _arrival(self, day: date, communes: tuple[str, ...], time: OfficeTime) -> Arrival:
        opening = time.next_opening(_midnight(day))
        minute = min(int(self._draw.triangular(0, 480, 60)), LATEST_MINUTE_OF_ARRIVAL)
        return Arrival(
            at=time.next_opening(time.add_minutes(opening, minute)),
            procedure=self._weighted(WEIGHTS),
            channel=self._weighted(CHANNELS),
            commune=self._draw.choice(communes),
            applicant=self.person(),
        )

    def person(self) -> str:
        """Return an invented name."""
        return " ".join(self._draw.choice(part) for part in (FAMILY, MIDDLE, GIVEN))

    def pick(self, several: tuple[str, ...]) -> str:
        """Return one of several."""
        return self._draw.choice(several)

    def happens(self, probability: float) -> bool:
        """Tell whether something of this probability happens this time."""
        return self._draw.random() < probability

    def effort(self, norm_minutes: int | None, pace: float) -> Effort:
        """Return the effort for a step with this norm at an office of this pace (1 = usual)."""
        median = (norm_minutes or UNTIMED_MINUTES) * TYPICAL_SHARE * pace
        total = max(4.0, self._lognormal(median, SPREAD))
        share = self._draw.betavariate(2.2, 2.8)
        waiting = int(total * share)
        working = max(2, int(total) - waiting)
        if self.happens(STALLS):
            waiting += self.minutes(STALLED_MINUTES)
        return Effort(waiting_minutes=waiting, working_minutes=working)

    def minutes(self, median: float, spread: float = SPREAD) -> int:
        """Return a skewed length of time around a median, in minutes."""
        return max(1, int(self._lognormal(median, spread)))

    def facts(
        self, procedure: Procedure, element: str, rounds: Mapping[str, int]
    ) -> dict[str, Any]:
        """Return the facts somebody sets on an element; `rounds` counts what was set before."""
        return dict(self._facts(procedure, element, rounds))

    def _facts(
        self, procedure: Procedure, element: str, rounds: Mapping[str, int]
    ) -> Iterator[tuple[str, Any]]:
        for fact in procedure.facts.values():
            if element not in fact.set_by or fact.type == "list":
                continue
            first, later = OTHERWISE.get(fact.name, (0.0, 0.0))
            often = later if rounds.get(fact.name) else first
            otherwise = self.happens(often)
            yield fact.name, _other(fact) if otherwise else fact.default
            if fact.name == "consultation_needed" and otherwise:
                how_many = self._draw.choice((1, 2, 2, 3))
                yield "consulted_agencies", list(self._draw.sample(CONSULTED, how_many))

    def _lognormal(self, median: float, spread: float) -> float:
        return self._draw.lognormvariate(math.log(median), spread)

    def _weighted(self, weights: Mapping[str, int]) -> str:
        return self._draw.choices(list(weights), list(weights.values()))[0]


def working_days(first: date, last: date, time: OfficeTime) -> tuple[date, ...]:
    """Return the days the office is open, both ends included."""
    every = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return tuple(day for day in every if time.is_working_day(day))


def _other(fact: Fact) -> Any:
    if fact.values:
        return next(value for value in fact.values if value != fact.default)
    return not fact.default


def _midnight(day: date) -> datetime:

    return datetime(day.year, day.month, day.day, tzinfo=ZONE)
