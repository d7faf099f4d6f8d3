"""Reviews as plain values: what the API and `--json` print of them; measures nothing itself."""

from __future__ import annotations

from dataclasses import asdict
from functools import singledispatch
from typing import Any

from engine.timing.scores import Scored, Standing
from workflows.review.measuring import Review
from workflows.review.scoreboard import Scores


@singledispatch
def record_of(found: Any) -> dict[str, Any]:
    """Return a review or a scoreboard as plain values."""
    raise TypeError(type(found))


@record_of.register
def _review(found: Review) -> dict[str, Any]:
    values = asdict(found)
    ways = [{"elements": list(way), "dossiers": n} for way, n in found.variants]
    return values | {"variants": ways}


@record_of.register
def _scores(found: Scores) -> dict[str, Any]:
    return {"items": [_unit(s) for s in found.standings], "hidden": found.hidden}


def _unit(standing: Standing) -> dict[str, Any]:
    return {
        "unit": standing.unit,
        "band": standing.band,
        "percent": _float(standing.percent),
        "indices": [_index(scored) for scored in standing.scored],
    }


def _index(scored: Scored) -> dict[str, Any]:
    index = scored.index
    return {
        "id": index.id,
        "name": index.name,
        "numerator": scored.numerator,
        "denominator": scored.denominator,
        "points": _float(scored.points),
        "most": _float(index.points),
        "threshold": _float(index.threshold),
        "source": index.source,
        "sample": index.sample,
    }


def _float(value: Any) -> float | None:
    return None if value is None else float(value)
