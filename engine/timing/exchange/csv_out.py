"""Writes a table (CSV): traces in, lines of text out; other tools and `csv_in` know its columns."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from engine.timing.exchange.logs import Happening, LogEvent
from engine.timing.exchange.moments import iso

COLUMNS = (
    "case_id", "activity", "start_timestamp", "timestamp", "lifecycle", "instance", "resource",
)  # fmt: skip
BOM = "\ufeff"
LINES_AT_ONCE = 1000


def write_csv(
    happenings: Iterable[Happening], *, extras: Iterable[str] = (), bom: bool = False
) -> Iterator[str]:
    """Yield the text of a table; `extras` names further columns, `bom` is for spreadsheets."""
    more = tuple(extras)
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    if bom:
        buffer.write(BOM)
    writer.writerow((*COLUMNS, *more))
    for number, (case, event) in enumerate(happenings, 1):
        writer.writerow((*_row(case, event), *_extras(event, more)))
        if number % LINES_AT_ONCE == 0:
            yield _taken(buffer)
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


def _row(case: str, event: LogEvent) -> tuple[str, ...]:
    start = "" if event.start is None else iso(event.start)
    at = "" if event.at is None else iso(event.at)
    name = (event.activity, start, at, event.transition, event.instance, event.resource)
    return (case, *name)


def _extras(event: LogEvent, names: tuple[str, ...]) -> tuple[str, ...]:
    if not names:
        return ()
    values = {a.key: a.value for a in event.extras}
    return tuple(values.get(name, "") for name in names)
