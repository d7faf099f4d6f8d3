"""Yardsticks (thước đo) of a review: the smallest cell shown, what is a clean-up, indices, bands.

All of it is configuration with its source (`bpmn/shared/review.toml`), because sources differ. Not
for how a score is made: see `scores`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from typing import Any

from engine.timing.scores import HUNDRED, Band, Index, ScoresInvalid, check_bands

COUNTED = frozenset({"on_time", "online", "first_time"})  # what a unit can be scored by


@dataclass(frozen=True, kw_only=True)
class Yardsticks:
    """What a review is measured with.

    Fewer than `smallest` dossiers are not shown; `bulk_at_least` completions by one person
    `bulk_within` so short a time are a mass clean-up.
    """

    smallest: int = 5
    bulk_at_least: int = 20
    bulk_within: timedelta = timedelta(minutes=5)
    indices: tuple[Index, ...] = ()
    bands: tuple[Band, ...] = (Band(name="", from_percent=Fraction(0)),)


def parse_yardsticks(values: Mapping[str, Any]) -> tuple[Yardsticks, list[str]]:
    """Return the yardsticks of a file and what is wrong with it, a Vietnamese line each."""
    wrong: list[str] = []
    cells, bulk = values.get("cells", {}), values.get("bulk", {})
    smallest = _whole(cells, "smallest", 5, wrong)
    at_least = _whole(bulk, "at_least", 20, wrong)
    minutes = _whole(bulk, "within_minutes", 5, wrong)
    indices = tuple(i for i in (_index(one, wrong) for one in values.get("index", ())) if i)
    bands = tuple(b for b in (_band(one, wrong) for one in values.get("band", ())) if b)
    if bands:
        try:
            check_bands(bands)
        except ScoresInvalid as bad:
            wrong.append(f"band: {bad}")
    found = Yardsticks(
        smallest=smallest,
        bulk_at_least=at_least,
        bulk_within=timedelta(minutes=minutes),
        indices=indices,
        bands=bands or Yardsticks.bands,
    )
    return found, wrong


def _whole(values: Mapping[str, Any], name: str, usual: int, wrong: list[str]) -> int:
    value = values.get(name, usual)
    if type(value) is not int or value < 1:
        wrong.append(f"{name}: «{value}» phải là số nguyên từ 1 trở lên")
        return usual
    return value


def _index(one: Mapping[str, Any], wrong: list[str]) -> Index | None:
    name = str(one.get("id", ""))
    if name not in COUNTED:
        wrong.append(f"index: không biết chỉ số «{name}»; các chỉ số: {', '.join(sorted(COUNTED))}")
        return None
    return Index(
        id=name,
        name=str(one.get("name", name)),
        points=Fraction(_whole(one, "points", 1, wrong)),
        threshold=Fraction(_whole(one, "threshold_percent", HUNDRED, wrong), HUNDRED),
        source=str(one.get("source", "")),
        sample=bool(one.get("sample", True)),
    )


def _band(one: Mapping[str, Any], wrong: list[str]) -> Band | None:
    start = one.get("from_percent")
    if type(start) is not int or not 0 <= start <= HUNDRED or not one.get("name"):
        wrong.append(f"band: «{one.get('name', '')}» cần tên và from_percent từ 0 đến 100")
        return None
    return Band(name=str(one["name"]), from_percent=Fraction(start))
