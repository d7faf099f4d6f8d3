"""A compliance cost as plain values: what the doors tell and what a review keeps."""

from __future__ import annotations

from typing import Any

from engine.timing.cost import Benefit, Cost, TaskCost, rounded
from workflows.review.costing import ProcedureCost

DECIMALS = 4


def cost_record(found: ProcedureCost) -> dict[str, Any]:
    """Return everything of a cost as JSON values; shares and frequencies as decimals."""
    often = found.way.frequencies
    return {
        "code": found.query.code,
        "name": found.name,
        "year": found.query.year,
        "prices_of": found.prices.year,
        "subject": found.way.subject.value,
        "dossiers": often.dossiers,
        "visits": round(float(often.visits), DECIMALS),
        "rounds": round(float(often.rounds), DECIMALS),
        "online": round(float(often.online), DECIMALS),
        "post": round(float(often.post), DECIMALS),
        "sample": found.sample,
        "cost": sum_record(found.cost),
        "benefit": None if found.benefit is None else benefit_record(found.benefit),
    }


def benefit_record(benefit: Benefit) -> dict[str, Any]:
    """Return two costs and their difference as JSON values."""
    return {
        "before": sum_record(benefit.before),
        "after": sum_record(benefit.after),
        "year_vnd": benefit.year_vnd,
        "percent": float(benefit.percent),
    }


def sum_record(spent: Cost) -> dict[str, Any]:
    """Return a cost line by line as JSON values."""
    return {
        "lines": [_line(line) for line in spent.lines],
        "fees_vnd": spent.fees_vnd,
        "dossier_vnd": spent.dossier_vnd,
        "year_vnd": spent.year_vnd,
    }


def _line(line: TaskCost) -> dict[str, Any]:
    task = line.task
    return {
        "id": task.id,
        "name": task.name,
        "kind": task.kind.value,
        "component": task.component,
        "minutes": task.minutes,
        "times": round(float(line.times), DECIMALS),
        "once_vnd": rounded(line.once_vnd),
        "dossier_vnd": rounded(line.dossier_vnd),
        "source": task.source,
        "sample": task.sample,
    }
