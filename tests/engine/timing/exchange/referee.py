"""A second, slow answer to the same question, written from the published definitions alone.

Nothing is shared with the program: rows are dicts, moments are fractions of seconds, percentiles
come from the standard library, and every figure searches the whole log again.
"""

from __future__ import annotations

import statistics
from collections import Counter
from fractions import Fraction
from itertools import pairwise
from typing import Any

Row = dict[str, Any]
SHARES = {"p10": 10, "p25": 25, "p50": 50, "p75": 75, "p90": 90, "p95": 95}


def executions(rows: list[Row]) -> list[Row]:
    """Return the executions of one case in its order: start, complete, file."""
    by_time = sorted(range(len(rows)), key=lambda n: (rows[n]["at"] or rows[n]["start"] or 0, n))
    free = [n for n in by_time if _kind(rows[n]) == "start" and rows[n]["name"] and rows[n]["at"]]
    partner: dict[int, Row] = {}
    for n in by_time:
        if _kind(rows[n]) != "complete":
            continue
        before = [
            m
            for m in free
            if rows[m]["name"] == rows[n]["name"] and by_time.index(m) < by_time.index(n)
        ]
        named = [m for m in before if rows[m]["instance"] == rows[n]["instance"]]
        loose = [m for m in before if not (rows[m]["instance"] and rows[n]["instance"])]
        if chosen := (named or loose)[:1]:
            partner[n] = rows[chosen[0]]
            free.remove(chosen[0])
    found = []
    for n, row in enumerate(rows):
        end = row["at"] if row["at"] is not None else row["start"]
        if _kind(row) != "complete" or not row["name"] or end is None:
            continue
        other = partner.get(n, {"at": None, "who": ""})
        start = row["start"] if row["start"] is not None else other["at"]
        first = end if start is None else start
        who = row["who"] or other["who"]
        found.append({"name": row["name"], "start": start, "end": end, "first": first, "who": who})
    return sorted(found, key=lambda e: (e["first"], e["end"]))  # stable: file order


def figures(log: dict[str, list[Row]]) -> dict[str, Any]:
    """Return the published object of a log: rows by case."""
    cases = [found for rows in log.values() if (found := executions(rows))]
    names = [[e["name"] for e in case] for case in cases]
    every = sorted({name for case in names for name in case})
    pairs = [pair for case in cases for pair in pairwise(case)]
    edges = sorted({(a["name"], b["name"]) for a, b in pairs})
    lasted = [max(e["end"] for e in case) - case[0]["first"] for case in cases]
    served = {
        name: [e["end"] - e["start"] for c in cases for e in c
               if e["name"] == name and e["start"] is not None] for name in every
    }  # fmt: skip
    return {
        "cases": len(cases),
        "events": sum(len(case) for case in cases),
        "activities": len(every),
        "variants": len({tuple(case) for case in names}),
        "start": dict(Counter(case[0] for case in names)),
        "end": dict(Counter(case[-1] for case in names)),
        "duration_s": _durations(lasted),
        "rework_cases": {
            name: n for name in every if (n := sum(case.count(name) > 1 for case in names))
        },
        "dfg": {edge: _edge(edge, pairs) for edge in edges},
        "service_s": {
            name: (len(took), statistics.mean(took), statistics.median(took))
            for name, took in served.items()
            if took
        },
        "handovers": dict(Counter((a["who"], b["who"]) for a, b in pairs if a["who"] and b["who"])),
    }


def _kind(row: Row) -> str:
    return row["transition"].lower() or "complete"


def _edge(edge: tuple[str, str], pairs: list[tuple[Row, Row]]) -> tuple[int, Any, Any]:
    times = [
        max(Fraction(0), b["first"] - a["end"]) for a, b in pairs if (a["name"], b["name"]) == edge
    ]
    return len(times), statistics.mean(times), statistics.median(times)


def _durations(lasted: list[Fraction]) -> dict[str, Any]:
    if not lasted:
        return dict.fromkeys(("mean", *SHARES, "max"))
    if len(lasted) == 1:
        lasted = lasted * 2  # one value is every percentile; the library wants two
    cuts = statistics.quantiles(lasted, n=100, method="inclusive")
    shares = {name: cuts[percent - 1] for name, percent in SHARES.items()}
    return {"mean": statistics.mean(lasted), **shares, "max": max(lasted)}
