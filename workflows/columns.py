"""Figures of a log in Parquet by DuckDB: for millions of events, with the definitions of `figures`.

DuckDB is an extra of the installation (`motcua[review]`). A log with starts of their own has to be
paired event by event: it is read in the order of the file and counted as any other log is.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from engine.errors import Rejected
from engine.timing.exchange.figures import EVENTS_READ, SHARES, Figures, Service, Tally
from engine.timing.exchange.instances import NO_NAME, NO_TIME
from engine.timing.exchange.logs import MICROSECONDS, Happening, LogEvent, UnreadableLog
from workflows.spilling import together

ROWS_AT_ONCE = 10_000
COLUMNS = (
    "case_id", "activity", "start_timestamp", "timestamp", "lifecycle", "instance", "resource",
)  # fmt: skip
# Instances in the order of their case: start (or complete), complete, file.
_INSTANCES = """
CREATE TEMP TABLE instance AS
SELECT *, row_number() OVER own AS place, lag(activity) OVER own AS before,
       lag(ended) OVER own AS free, lag(resource) OVER own AS giver
FROM (
    SELECT case_id, activity, begun, coalesce(done, begun) AS ended,
           coalesce(begun, done) AS opened, resource, number
    FROM happening WHERE activity <> '' AND coalesce(done, begun) IS NOT NULL
)
WINDOW own AS (PARTITION BY case_id ORDER BY opened, ended, number)
"""
_HAPPENINGS = """
CREATE TEMP VIEW happening AS
SELECT case_id, coalesce(activity, '') AS activity, epoch_us(start_timestamp) AS begun,
       epoch_us(timestamp) AS done, lower(coalesce(lifecycle, '')) AS lifecycle,
       coalesce(instance, '') AS instance, coalesce(resource, '') AS resource,
       file_row_number AS number
FROM read_parquet('{path}', file_row_number = true)
"""
_OTHERS = "SELECT count(*) FROM happening WHERE lifecycle NOT IN ('', 'complete')"
_CASES = """
CREATE TEMP TABLE one_case AS
SELECT case_id, max(ended) - arg_min(opened, place) AS lasted, arg_min(activity, place) AS head,
       arg_max(activity, place) AS tail, hash(list(activity ORDER BY place)) AS way
FROM instance GROUP BY case_id
"""


class DuckMissing(Rejected):
    """The library that reads Parquet for figures is not installed."""

    code = "duckdb_missing"


def review_parquet(path: Path) -> tuple[Figures, dict[str, int]]:
    """Return the figures of a log in our Parquet columns, and how much was left out and why.

    Raises DuckMissing without duckdb, UnreadableLog for a file that is none or has other columns.
    """
    duckdb = _library()
    with closing(duckdb.connect()) as database:
        try:
            database.execute(_HAPPENINGS.format(path=str(path).replace("'", "''")))
        except duckdb.Error as error:
            raise UnreadableLog(
                f"«{path.name}» không phải tệp Parquet có các cột {', '.join(COLUMNS)}."
            ) from error
        if _value(
            database, "SELECT count(*) FROM happening WHERE lifecycle NOT IN ('', 'complete')"
        ):
            return _paired(database)
        database.execute(_INSTANCES)
        database.execute(_CASES)
        return _figures(database), _notes(database)


def _paired(database: Any) -> tuple[Figures, dict[str, int]]:
    """Count a log with other transitions as logs are counted that come as text."""
    tally = _tally(database, every=False)
    if tally.speaks_otherwise:
        tally = _tally(database, every=True)
    return tally.figures(), dict(tally.notes)


def _tally(database: Any, *, every: bool) -> Tally:
    tally = Tally(every=every)
    with closing(together(_happenings(database))) as traces:
        for trace in traces:
            tally.add(trace)
    return tally


def _happenings(database: Any) -> Iterator[Happening]:
    names = "case_id, activity, done, begun, lifecycle, instance, resource"
    rows = database.execute(f"SELECT {names} FROM happening ORDER BY number")  # noqa: S608 - our names
    while batch := rows.fetchmany(ROWS_AT_ONCE):
        for case, *values in batch:
            yield case, LogEvent(*values)


def _notes(database: Any) -> dict[str, int]:
    count = "SELECT count(*) FROM happening"
    nameless = _value(database, f"{count} WHERE activity = ''")
    timeless = _value(database, f"{count} WHERE activity <> '' AND coalesce(done, begun) IS NULL")
    read = _value(database, count)
    return {EVENTS_READ: read, NO_NAME: nameless, NO_TIME: timeless}


def _figures(database: Any) -> Figures:
    cases, variants = _row(database, "SELECT count(*), count(DISTINCT way) FROM one_case")
    events, activities = _row(database, "SELECT count(*), count(DISTINCT activity) FROM instance")
    return Figures(
        cases=cases,
        events=events,
        activities=activities,
        variants=variants,
        start=_counted(database, "SELECT head, count(*) FROM one_case GROUP BY ALL"),
        end=_counted(database, "SELECT tail, count(*) FROM one_case GROUP BY ALL"),
        duration_s=_durations(database),
        rework_cases=_counted(
            database,
            "SELECT activity, count(*) FROM (SELECT case_id, activity FROM instance "
            "GROUP BY ALL HAVING count(*) > 1) GROUP BY activity",
        ),
        dfg=_dfg(database),
        service_s=_services(database),
        handovers=_handovers(database),
    )


def _dfg(database: Any) -> tuple[tuple[str, str, int, float, float], ...]:
    found = database.execute(
        "SELECT before, activity, count(*), avg(greatest(0, opened - free)), "
        "quantile_cont(greatest(0, opened - free), 0.5) "
        "FROM instance WHERE place > 1 GROUP BY before, activity"
    ).fetchall()
    edges = (
        (a, b, n, mean / MICROSECONDS, middle / MICROSECONDS) for a, b, n, mean, middle in found
    )
    return tuple(sorted(edges, key=lambda edge: (-edge[2], edge[:2])))


def _services(database: Any) -> dict[str, Service]:
    found = database.execute(
        "SELECT activity, count(*), avg(ended - begun), quantile_cont(ended - begun, 0.5) "
        "FROM instance WHERE begun IS NOT NULL GROUP BY activity"
    ).fetchall()
    return {
        name: Service(n=n, mean=mean / MICROSECONDS, median=middle / MICROSECONDS)
        for name, n, mean, middle in sorted(found)
    }


def _handovers(database: Any) -> tuple[tuple[str, str, int], ...]:
    found = database.execute(
        "SELECT giver, resource, count(*) FROM instance "
        "WHERE place > 1 AND giver <> '' AND resource <> '' GROUP BY giver, resource"
    ).fetchall()
    return tuple(sorted(found, key=lambda one: (-one[2], one[:2])))


def _durations(database: Any) -> dict[str, float | None]:
    shares = ", ".join(map(str, SHARES.values()))
    mean, cuts, most = _row(
        database,
        f"SELECT avg(lasted), quantile_cont(lasted, [{shares}]), max(lasted) FROM one_case",  # noqa: S608 - our numbers
    )
    if mean is None:
        return dict.fromkeys(("mean", *SHARES, "max"))
    named = zip(("mean", *SHARES, "max"), (mean, *cuts, most), strict=True)
    return {name: value / MICROSECONDS for name, value in named}


def _counted(database: Any, query: str) -> dict[str, int]:
    found = database.execute(query).fetchall()
    return dict(sorted(found, key=lambda item: (-item[1], item[0])))


def _row(database: Any, query: str) -> tuple[Any, ...]:
    found: tuple[Any, ...] = database.execute(query).fetchone()
    return found


def _value(database: Any, query: str) -> int:
    return int(_row(database, query)[0])


def _library() -> Any:
    try:
        import duckdb  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise DuckMissing(
            "Muốn tính số liệu từ Parquet cần thêm thư viện: pip install 'motcua[review]'."
        ) from error
    return duckdb
