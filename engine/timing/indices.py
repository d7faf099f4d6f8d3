"""The service indices (bộ chỉ số) of Decision 766/QĐ-TTg that dossiers alone give, of a period.

Each has a numerator and a denominator, both counted from what the record says of each dossier at
the end of the period. Which indices there are, with points and thresholds, is configuration
(`bpmn/shared/decision_766.toml`); what cannot be known from dossiers is listed there and stays
without a number. Pure. Not for how points are made: `scores`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from engine.timing.scores import HUNDRED, Index, Scored


@dataclass(frozen=True, kw_only=True, slots=True)
class IndexFacts:
    """What the indices ask of one dossier that counts in a period.

    `in_time` by Decision 766, what is open judged at the end of the period. `settling_seconds` is
    working time from reception to the finish without the waiting for a supplement, None while open
    or where it was finished without a result.
    """

    procedure: str
    received: bool
    settled: bool
    in_time: bool
    online: bool
    paid: bool = False
    paid_online: bool = False
    digitised: bool = False
    returned: bool = False
    electronic: bool = False
    settling_seconds: int | None = None


Counts = tuple[int, int]
Test = Callable[[IndexFacts], bool]
Count = Callable[[Sequence[IndexFacts]], Counts]


def _everything(_: IndexFacts) -> bool:
    return True


def _share(of: Test, hit: Test) -> Count:
    def count(facts: Sequence[IndexFacts]) -> Counts:
        within = [one for one in facts if of(one)]
        return sum(hit(one) for one in within), len(within)

    return count


def _procedures(of: Test, hit: Test) -> Count:
    def count(facts: Sequence[IndexFacts]) -> Counts:
        within = {one.procedure for one in facts if of(one)}
        return len({one.procedure for one in facts if of(one) and hit(one)}), len(within)

    return count


COUNTS: Mapping[str, Count] = {
    "in_time": _share(_everything, lambda f: f.in_time),
    "online_procedures": _procedures(lambda f: f.received, lambda f: f.online),
    "online_dossiers": _share(lambda f: f.received, lambda f: f.online),
    "paying_procedures": _procedures(lambda f: f.paid, lambda f: f.paid_online),
    "paid_online": _share(lambda f: f.paid, lambda f: f.paid_online),
    "electronic_results": _share(lambda f: f.returned, lambda f: f.electronic),
    "digitised": _share(lambda f: f.received, lambda f: f.digitised),
}
# What is counted over what, in the words of the reports and of docs/reference/reports.md.
DEFINITIONS: Mapping[str, tuple[str, str]] = {
    "in_time": (
        "hồ sơ giải quyết trong kỳ đúng hạn và hồ sơ cuối kỳ còn trong hạn, theo Quyết định 766",
        "hồ sơ tiếp nhận và xử lý trong kỳ: cột (3) của Biểu II.06",
    ),
    "online_procedures": (
        "thủ tục có hồ sơ trực tuyến tiếp nhận trong kỳ",
        "thủ tục có hồ sơ tiếp nhận trong kỳ",
    ),
    "online_dossiers": (
        "hồ sơ trực tuyến tiếp nhận trong kỳ: cột (4) của Biểu II.06",
        "hồ sơ tiếp nhận trong kỳ: cột (4) + (5)",
    ),
    "paying_procedures": (
        "thủ tục có hồ sơ nộp tiền trực tuyến",
        "thủ tục có hồ sơ tiếp nhận trong kỳ đã nộp tiền",
    ),
    "paid_online": (
        "hồ sơ có nộp tiền trực tuyến",
        "hồ sơ tiếp nhận trong kỳ đã nộp tiền",
    ),
    "electronic_results": (
        "hồ sơ trả kết quả bản điện tử",
        "hồ sơ đã trả kết quả, tính cả hồ sơ từ kỳ trước",
    ),
    "digitised": (
        "hồ sơ có giấy tờ đã đính kèm dưới dạng tệp",
        "hồ sơ tiếp nhận trong kỳ: cột (4) + (5)",
    ),
}


@dataclass(frozen=True, kw_only=True)
class ServiceIndex:
    """One index as the table says it; `count` is empty where dossiers do not tell, and `needs` says
    what would. Without points it is shown and not scored.
    """

    number: str
    group: str
    index: Index
    count: str = ""
    needs: str = ""


@dataclass(frozen=True, kw_only=True)
class MeanTime:
    """Index 2.2: the mean working time of settling a procedure, over its settled dossiers."""

    procedure: str
    settled: int
    seconds: int

    @property
    def mean_seconds(self) -> Fraction:
        """Return the mean; there is at least one settled dossier."""
        return Fraction(self.seconds, self.settled)


def scored(
    table: Iterable[ServiceIndex], facts: Sequence[IndexFacts]
) -> tuple[tuple[ServiceIndex, Scored | None], ...]:
    """Return each index with its two numbers, None where dossiers do not tell."""
    return tuple((one, _counted(one, facts)) for one in table)


def _counted(one: ServiceIndex, facts: Sequence[IndexFacts]) -> Scored | None:
    if not one.count:
        return None
    numerator, denominator = COUNTS[one.count](facts)
    return Scored(index=one.index, numerator=numerator, denominator=denominator)


def mean_times(facts: Iterable[IndexFacts]) -> tuple[MeanTime, ...]:
    """Return the mean time of each procedure of which something was settled, by code."""
    times: dict[str, list[int]] = {}
    for one in facts:
        if one.settled and one.settling_seconds is not None:
            times.setdefault(one.procedure, []).append(one.settling_seconds)
    return tuple(
        MeanTime(procedure=code, settled=len(times[code]), seconds=sum(times[code]))
        for code in sorted(times)
    )


def parse_service_indices(values: Mapping[str, Any]) -> tuple[tuple[ServiceIndex, ...], list[str]]:
    """Return the table of a file and what is wrong with it, a Vietnamese line each."""
    wrong: list[str] = []
    found = [i for i in (_service_index(one, wrong) for one in values.get("index", ())) if i]
    numbers = [one.number for one in found]
    wrong += [f"index: số {n} ghi hai lần" for n in sorted(set(numbers)) if numbers.count(n) > 1]
    return tuple(found), wrong


def _service_index(one: Mapping[str, Any], wrong: list[str]) -> ServiceIndex | None:
    number, count = str(one.get("number", "")), str(one.get("count", ""))
    said = {name: str(one.get(name, "")) for name in ("group", "name", "needs", "source")}
    if not number or not said["name"] or not said["source"]:
        wrong.append(f"index {number}: cần number, name và source")
        return None
    if count and count not in COUNTS:
        wrong.append(f"index {number}: không biết cách đếm «{count}»; có: {', '.join(COUNTS)}")
        return None
    if not count and not said["needs"]:
        wrong.append(f"index {number}: không đếm được thì ghi cần dữ liệu gì (needs)")
        return None
    points, percent = one.get("points", 0), one.get("threshold_percent", HUNDRED)
    if type(points) is not int or points < 0 or type(percent) is not int or percent < 1:
        wrong.append(f"index {number}: points từ 0, threshold_percent từ 1, đều là số nguyên")
        return None
    index = Index(
        id=count or number,
        name=said["name"],
        points=Fraction(points),
        threshold=Fraction(percent, HUNDRED),
        source=said["source"],
        sample=bool(one.get("sample", True)),
    )
    return ServiceIndex(
        number=number, group=said["group"], index=index, count=count, needs=said["needs"]
    )
