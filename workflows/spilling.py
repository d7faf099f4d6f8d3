"""Spills a log to a temporary file to bring the events of each case together, in bounded memory.

Only for logs whose cases are scattered: what comes case by case streams without it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Generator, Iterable
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson

from engine.timing.exchange.logs import Attribute, Happening, LogEvent, Trace, by_case

ROWS_AT_ONCE = 10_000
CACHE_KIB = 32_768
_TABLE = """
CREATE TABLE happening (
    seq INTEGER PRIMARY KEY, name TEXT, activity TEXT, at INTEGER, begun INTEGER,
    transition TEXT, instance TEXT, resource TEXT, extras BLOB
)
"""
# A case stands where its first event stood; its events keep the order of the file.
_IN_ORDER = """
SELECT name, activity, at, begun, transition, instance, resource, extras
FROM happening JOIN (SELECT name, min(seq) AS first FROM happening GROUP BY name) USING (name)
ORDER BY first, seq
"""


def together(happenings: Iterable[Happening]) -> Generator[Trace, None, None]:
    """Yield the traces of events that come in any order of cases."""
    with ExitStack() as opened:
        folder = Path(opened.enter_context(TemporaryDirectory(prefix="motcua-")))
        database = sqlite3.connect(folder / "spill.db", isolation_level=None)
        opened.callback(database.close)
        for setting in ("journal_mode = OFF", "synchronous = OFF", "temp_store = FILE"):
            database.execute(f"PRAGMA {setting}")
        database.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        database.execute(_TABLE)
        _spill(database, happenings)
        yield from by_case(_revived(row) for row in database.execute(_IN_ORDER))


def _spill(database: sqlite3.Connection, happenings: Iterable[Happening]) -> None:
    rows = (_row(*happening) for happening in happenings)
    database.execute("BEGIN")
    while batch := list(islice(rows, ROWS_AT_ONCE)):
        database.executemany("INSERT INTO happening VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?)", batch)
    database.execute("COMMIT")


def _row(case: str, event: LogEvent) -> tuple[Any, ...]:
    extras = orjson.dumps(event.extras, default=list) if event.extras else None
    return (case, *event[:6], extras)


def _revived(row: tuple[Any, ...]) -> Happening:
    case, activity, at, start, transition, instance, resource, extras = row
    kept = tuple(_attribute(a) for a in orjson.loads(extras)) if extras else ()
    return case, LogEvent(activity, at, start, transition, instance, resource, kept)


def _attribute(value: list[Any]) -> Attribute:
    kind, key, text, nested = value
    return Attribute(kind, key, text, tuple(_attribute(below) for below in nested))
