"""What a procedure file says of the legs of a chain that no chain can be.

Circles, legs nobody knows, more time than the limit of the whole (ruling 5: the limit wins, so the
file is refused). Not for the diagram: see `Procedure.agrees_with`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from engine.law.chains import longest, ordered
from engine.law.problems import ProblemList
from engine.law.provisions import Leg, Stage, TimeLimit, Unit

_HOURS = {Unit.HOUR, Unit.WORKING_HOUR}


class Chained(Protocol):
    """What is needed of a procedure to judge its chain."""

    @property
    def time_limit(self) -> TimeLimit: ...
    @property
    def stages(self) -> tuple[Stage, ...]: ...
    @property
    def legs(self) -> tuple[Leg, ...]: ...


def note_chain(written: Chained, problems: ProblemList) -> None:
    """Add everything in the legs that cannot hold together."""
    legs = written.legs
    if legs and written.stages:
        advice = "Một chuỗi chỉ có một ngày hẹn; hãy bỏ [[stages]] hoặc [[legs]]."
        problems.error("legs", "Vừa có các khâu của chuỗi vừa có nhiều lần hẹn.", advice)
    _ids(legs, problems)
    for index, leg in enumerate(legs):
        least = 1 if leg.unit in _HOURS | {Unit.MONTH} and leg.counted else 0
        if leg.amount < least:
            advice = f"Hãy ghi một số từ {least} trở lên; 0 ngày là xong trong ngày."
            problems.error(f"legs[{index}].amount", f"{leg.amount} quá nhỏ.", advice)
    if problems.touched("legs"):
        return
    if len(ordered(legs)) < len(legs):
        stuck = ", ".join(sorted({leg.id for leg in legs} - {leg.id for leg in ordered(legs)}))
        problems.error("legs", f"Các khâu chờ vòng quanh nhau: {stuck}.", "Hãy sửa «after».")
        return
    _sum(written, problems)


def _ids(legs: Sequence[Leg], problems: ProblemList) -> None:
    known = [leg.id for leg in legs]
    for index, leg in enumerate(legs):
        if leg.id in known[:index]:
            problems.error(f"legs[{index}].id", f"«{leg.id}» đã có ở trên.", "Hãy đặt mã khác.")
        for earlier in leg.after:
            if earlier not in known or earlier == leg.id:
                advice = f"Các khâu: {', '.join(known)}."
                problems.error(f"legs[{index}].after", f"Không chờ được khâu «{earlier}».", advice)


def _sum(written: Chained, problems: ProblemList) -> None:
    """Hold the longest way against the limit, where both are counted in the same unit."""
    legs, limit = written.legs, written.time_limit
    counted = [leg for leg in legs if leg.counted]
    comparable = counted and all(leg.unit == limit.unit for leg in counted)
    if not comparable or problems.touched("time_limit"):
        return
    total = longest(legs)
    advice = f"Đường dài nhất là {total}, thời hạn chung là {limit.amount} {limit.unit.label}."
    if total > limit.amount:
        problems.error("legs", "Các khâu dài hơn thời hạn chung.", advice)
    elif total < limit.amount:
        problems.warning("legs", "Các khâu ngắn hơn thời hạn chung.", advice)
