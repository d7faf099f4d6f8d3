"""Compliance cost (chi phí tuân thủ TTHC, SCM): what a procedure costs those who follow it.

TT 02/2017/TT-VPCP, Điều 27: the cost of a procedure is the cost of the tasks needed to obtain the
result plus fees and other prescribed costs; a year's cost multiplies it by the times it is done and
the number who do it; the benefit of a change is the difference. No opportunity cost. How often a
task is done is not estimated but measured: rounds, visits and channels come from the record. Pure;
prices and incomes are data with a year and a source. Not for what the agency spends.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fractions import Fraction

from engine.errors import Rejected

MINUTES_PER_HOUR = 60
HUNDRED = 100


class Subject(StrEnum):
    """Who complies (đối tượng tuân thủ): their hour has another price."""

    INDIVIDUAL = "individual"
    ENTERPRISE = "enterprise"


class TaskKind(StrEnum):
    """What a task is for, in the order of the form: prepare, submit, pay, inspection, collect."""

    PREPARE = "prepare"
    SUBMIT = "submit"
    PAY = "pay"
    INSPECTION = "inspection"
    OTHER = "other"
    COLLECT = "collect"


class Per(StrEnum):
    """What a task is counted by: each dossier, each visit, each round, or a share of dossiers."""

    DOSSIER = "dossier"
    VISIT = "visit"
    ROUND = "round"
    COUNTER = "counter"
    ONLINE = "online"
    POST = "post"
    COLLECTED_IN_PERSON = "collected_in_person"


@dataclass(frozen=True, kw_only=True)
class Price:
    """The price of a service or thing in whole đồng, of a year, with its source."""

    id: str
    name: str
    amount_vnd: int
    unit: str = ""
    source: str = ""
    sample: bool = False


@dataclass(frozen=True, kw_only=True)
class Income:
    """What an hour of a subject is worth in whole đồng (thu nhập bình quân một giờ)."""

    subject: Subject
    amount_vnd: int
    source: str = ""
    sample: bool = False


@dataclass(frozen=True, kw_only=True)
class PriceTable:
    """Prices and incomes of one year; another year is another table, nothing is overwritten."""

    year: int
    incomes: Mapping[Subject, Income]
    prices: Mapping[str, Price]


@dataclass(frozen=True, kw_only=True)
class CostTask:
    """One task of who complies: own time in minutes, and what is bought for it.

    `per` says what it is counted by, `component` the paper it prepares (empty for none), `buys`
    price ids with how many of each.
    """

    id: str
    name: str
    kind: TaskKind
    minutes: int = 0
    buys: Mapping[str, int] = field(default_factory=dict)
    per: Per = Per.DOSSIER
    component: str = ""
    source: str = ""
    sample: bool = False


@dataclass(frozen=True, kw_only=True)
class Frequencies:
    """How often things were done per dossier, measured over `dossiers` of a period.

    Shares are between 0 and 1; `visits` are the times somebody had to come.
    """

    dossiers: int
    visits: Fraction
    rounds: Fraction
    counter: Fraction
    online: Fraction
    post: Fraction
    collected_in_person: Fraction

    def times(self, per: Per) -> Fraction:
        """Return how often something counted so is done for one dossier."""
        return {
            Per.DOSSIER: Fraction(1),
            Per.VISIT: self.visits,
            Per.ROUND: self.rounds,
            Per.COUNTER: self.counter,
            Per.ONLINE: self.online,
            Per.POST: self.post,
            Per.COLLECTED_IN_PERSON: self.collected_in_person,
        }[per]


@dataclass(frozen=True, kw_only=True)
class Volume:
    """How often a year: the times one subject does it, and the number of subjects."""

    times: int
    subjects: int

    @property
    def dossiers(self) -> int:
        """Return the dossiers of a year."""
        return self.times * self.subjects


@dataclass(frozen=True, kw_only=True)
class Way:
    """A way to do a procedure: its tasks, its fees in đồng per dossier, and how often."""

    subject: Subject
    tasks: tuple[CostTask, ...]
    fees_vnd: int
    frequencies: Frequencies
    volume: Volume


@dataclass(frozen=True, kw_only=True)
class TaskCost:
    """A line of the cost table: how often per dossier, what one time costs, and all of it."""

    task: CostTask
    times: Fraction
    once_vnd: Fraction
    dossier_vnd: Fraction


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What a procedure costs: line by line, per dossier and per year, in đồng."""

    lines: tuple[TaskCost, ...]
    fees_vnd: int
    dossier_vnd: int
    year_vnd: int


@dataclass(frozen=True, kw_only=True)
class Benefit:
    """What a change saves in a year (lợi ích): in đồng and in hundredths of a percent."""

    before: Cost
    after: Cost
    year_vnd: int
    basis_points: int

    @property
    def percent(self) -> Fraction:
        """Return the share saved, in percent."""
        return Fraction(self.basis_points, HUNDRED)


class PriceMissing(Rejected):
    """A task buys what the table has no price for, or a subject has no income; it is named."""

    code = "price_missing"


def cost_of(way: Way, prices: PriceTable) -> Cost:
    """Return what a way of doing a procedure costs (TT 02/2017/TT-VPCP, Điều 27).

    Rounded to whole đồng once, per dossier, half up. Raises PriceMissing.
    """
    hour = _hour(way.subject, prices)
    lines = tuple(_line(task, way.frequencies, hour, prices) for task in way.tasks)
    dossier = rounded(sum((line.dossier_vnd for line in lines), Fraction(way.fees_vnd)))
    return Cost(
        lines=lines,
        fees_vnd=way.fees_vnd,
        dossier_vnd=dossier,
        year_vnd=dossier * way.volume.dossiers,
    )


def benefit_of(before: Way, after: Way, prices: PriceTable) -> Benefit:
    """Return what changing from one way to another saves; the same prices for both."""
    return compare(cost_of(before, prices), cost_of(after, prices))


def compare(before: Cost, after: Cost) -> Benefit:
    """Return the benefit between two costs; of nothing, nothing can be saved."""
    saved = before.year_vnd - after.year_vnd
    share = Fraction(saved * HUNDRED * HUNDRED, before.year_vnd) if before.year_vnd else Fraction(0)
    return Benefit(before=before, after=after, year_vnd=saved, basis_points=rounded(share))


def without_components(way: Way, dropped: Iterable[str]) -> Way:
    """Return the way without the tasks that prepare these papers (bỏ thành phần hồ sơ)."""
    gone = frozenset(dropped)
    kept = tuple(t for t in way.tasks if not t.component or t.component not in gone)
    return replace(way, tasks=kept)


def without_tasks(way: Way, dropped: Iterable[str]) -> Way:
    """Return the way without these tasks (bỏ bước, gộp bước)."""
    gone = frozenset(dropped)
    return replace(way, tasks=tuple(t for t in way.tasks if t.id not in gone))


def frequencies_of(
    channels: Sequence[str], rounds: Sequence[int], in_person: Sequence[bool]
) -> Frequencies:
    """Return the frequencies of dossiers, one entry each of channel, rounds and hand-over.

    A visit is an intake at the counter, a round of a dossier of the counter, a result collected in
    person. Raises ValueError for no dossier or lists of different length.
    """
    n = len(channels)
    if n == 0 or len(rounds) != n or len(in_person) != n:
        raise ValueError("one channel, number of rounds and hand-over per dossier")
    at_counter = [channel == Per.COUNTER for channel in channels]
    came = sum(at_counter) + sum(r for r, here in zip(rounds, at_counter, strict=True) if here)
    return Frequencies(
        dossiers=n,
        visits=Fraction(came + sum(in_person), n),
        rounds=Fraction(sum(rounds), n),
        counter=Fraction(sum(at_counter), n),
        online=Fraction(sum(c == Per.ONLINE for c in channels), n),
        post=Fraction(sum(c == Per.POST for c in channels), n),
        collected_in_person=Fraction(sum(in_person), n),
    )


def rounded(value: Fraction) -> int:
    """Return a value rounded half up, away from nothing that a reader would not expect."""
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


def _hour(subject: Subject, prices: PriceTable) -> int:
    income = prices.incomes.get(subject)
    if income is None:
        raise PriceMissing(
            f"Bảng giá {prices.year} thiếu thu nhập một giờ của «{subject}»; hãy bổ sung."
        )
    return income.amount_vnd


def _line(task: CostTask, often: Frequencies, hour_vnd: int, prices: PriceTable) -> TaskCost:
    once = Fraction(task.minutes * hour_vnd, MINUTES_PER_HOUR) + _bought(task, prices)
    times = often.times(task.per)
    return TaskCost(task=task, times=times, once_vnd=once, dossier_vnd=times * once)


def _bought(task: CostTask, prices: PriceTable) -> int:
    total = 0
    for name, count in task.buys.items():
        price = prices.prices.get(name)
        if price is None:
            raise PriceMissing(
                f"Bảng giá {prices.year} thiếu giá «{name}» (việc «{task.id}»); hãy bổ sung."
            )
        total += count * price.amount_vnd
    return total
