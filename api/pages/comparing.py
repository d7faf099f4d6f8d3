"""Two reviews beside each other in words: periods, versions or agencies. Measures nothing."""

from __future__ import annotations

from dataclasses import dataclass

from api.formatting import NOTHING, number
from api.pages.gauges import cell, kept, share, working
from engine.timing.measures import Measure
from workflows.review.measuring import Beside, Review


@dataclass(frozen=True, kw_only=True)
class BesideRow:
    """A step, or all, on two sides."""

    name: str
    left: str
    left_n: str
    right: str
    right_n: str
    change: str
    tone: str


def beside(found: Beside) -> BesideRow:
    """Return a step on two sides: the median of all its working time."""
    left, right = (s.office.get("total") if s is not None else None
                   for s in (found.left, found.right))  # fmt: skip
    return _beside(found.name, left, right, found.change("total"))


def totals(left: Review, right: Review) -> list[BesideRow]:
    """Return what is compared of all dossiers together."""
    a, b = left.office_lead, right.office_lead
    rows = [_beside("Từ nhận đến xong (trung vị, giờ làm việc)", a, b, _grown(a, b))]
    for name, said, n in (
        ("Xong đúng hạn", _kept_of, _finished_of),
        ("Thời hạn đã dùng (trung vị)", _used_of, _used_n_of),
    ):
        rows.append(
            BesideRow(
                name=name,
                left=said(left),
                left_n=number(n(left)),
                right=said(right),
                right_n=number(n(right)),
                change="",
                tone="",
            )
        )
    return rows


def _beside(name: str, a: Measure | None, b: Measure | None, change: float | None) -> BesideRow:
    grew = "" if not change else ("late" if change > 0 else "done")
    sign = "+" if change and change > 0 else "-"
    said = NOTHING if change is None else (f"{sign}{working(abs(change))}" if change else "0")
    return BesideRow(
        name=name,
        left=cell(a), left_n=number(a.n) if a is not None else NOTHING,
        right=cell(b), right_n=number(b.n) if b is not None else NOTHING,
        change=said, tone=grew,
    )  # fmt: skip


def _kept_of(found: Review) -> str:
    return kept(found.conformance)


def _finished_of(found: Review) -> int:
    return found.conformance.finished


def _used_of(found: Review) -> str:
    return share(found.limit_used.median)


def _used_n_of(found: Review) -> int:
    return found.limit_used.n


def _grown(a: Measure, b: Measure) -> float | None:
    return None if a.median is None or b.median is None else b.median - a.median
