"""Step norms (định mức) against the time limit, along a path that was walked (ruling 5).

The limit wins: a counted path whose norms exceed it is refused, one that falls short is warned of.
"""

from __future__ import annotations

from collections.abc import Iterable

from engine.law.codes import NationalStatus
from engine.law.problems import Problem, ProblemList
from engine.law.procedure import Procedure
from engine.law.provisions import OnSupplement, Unit, norm_minutes_of


def path_minutes(procedure: Procedure, path: Iterable[str]) -> int:
    """Return the norms of the counted steps of a path since the limit last began anew."""
    restarts = procedure.time_limit.on_supplement == OnSupplement.RESTART
    spent = 0
    for element in path:
        step = procedure.steps.get(element)
        if step is None:
            continue
        if restarts and step.status == NationalStatus.SUPPLEMENT_REQUESTED:
            spent = 0
        if step.counted:
            spent += step.norm_minutes or 0
    return spent


def norm_problems(
    procedure: Procedure, scenario: str, channel: str, path: Iterable[str]
) -> tuple[Problem, ...]:
    """Return what is wrong with the norms along a counted scenario; a day has eight hours.

    A limit in calendar days holds fewer working days than its number, so only more is certain to be
    wrong; months are not compared.
    """
    limit, problems = procedure.time_limit, ProblemList()
    own = limit.channel.get(channel)
    amount, unit = (own.amount, own.unit or limit.unit) if own else (limit.amount, limit.unit)
    allowed, spent = norm_minutes_of(amount, unit), path_minutes(procedure, path)
    if allowed is None:
        return ()
    advice = f"Tổng định mức {spent} phút, thời hạn {allowed} phút (1 ngày = 8 giờ)."
    if spent > allowed:
        problems.error(f"scenario.{scenario}", "Các bước dài hơn thời hạn.", advice)
    elif spent < allowed and unit != Unit.CALENDAR_DAY:
        problems.warning(f"scenario.{scenario}", "Các bước ngắn hơn thời hạn.", advice)
    return problems.all()
