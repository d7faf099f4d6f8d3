"""Logs recorded elsewhere: written and removed in pieces, read as a stream of traces."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine.timing.exchange.logs import Happening, LogEvent, Trace, by_case
from workflows.store.tables import imported_event, imported_log

ROWS_AT_ONCE = 5_000
LOADING, READY, REMOVING = "loading", "ready", "removing"


@dataclass(frozen=True, kw_only=True)
class ImportedLog:
    """A log recorded elsewhere; `state` says whether it is whole (`ready`)."""

    id: str
    name: str
    file: str
    state: str
    cases: int
    events: int
    imported_at: datetime


class ImportedLogs:
    """Reads and writes imported logs in one unit of work."""

    def __init__(self, connection: Connection) -> None:
        """Work on the connection of the unit of work."""
        self._connection = connection

    def all(self) -> list[ImportedLog]:
        """Return every log, by name."""
        columns = [imported_log.c[f.name] for f in fields(ImportedLog)]
        rows = self._connection.execute(sa.select(*columns).order_by(imported_log.c.name))
        return [ImportedLog(**row._mapping) for row in rows]  # noqa: SLF001

    def add(self, log: ImportedLog) -> None:
        """Remember a log; its events follow."""
        self._connection.execute(imported_log.insert(), vars(log))

    def update(self, log: str, **values: Any) -> None:
        """Change what is known of a log."""
        query = imported_log.update().where(imported_log.c.id == log)
        self._connection.execute(query.values(**values))

    def append(self, log: str, first: int, happenings: Sequence[Happening]) -> None:
        """Write events of a log, numbered from `first`."""
        rows = [_row(log, first + n, *happening) for n, happening in enumerate(happenings)]
        self._connection.execute(imported_event.insert(), rows)

    def traces(self, log: str) -> Iterator[Trace]:
        """Yield the traces of a log while the unit of work lasts; few rows are held at a time."""
        c = imported_event.c
        columns = (c.case_name, c.activity, c.at_us, c.start_us, c.transition, c.instance)
        query = sa.select(*columns, c.resource).where(c.log_id == log).order_by(c.seq)
        rows = self._connection.execute(query.execution_options(yield_per=ROWS_AT_ONCE))
        return by_case((case, LogEvent(*values)) for case, *values in rows)

    def remove_some(self, log: str) -> int:
        """Remove the next events of a log and return how many; 0 when it was forgotten whole."""
        c = imported_event.c
        last = self._connection.execute(
            sa.select(c.seq)
            .where(c.log_id == log)
            .order_by(c.seq)
            .offset(ROWS_AT_ONCE - 1)
            .limit(1)
        ).scalar()
        query = imported_event.delete().where(c.log_id == log)
        if last is not None:
            query = query.where(c.seq <= last)
        removed = self._connection.execute(query).rowcount
        if not removed:
            self._connection.execute(imported_log.delete().where(imported_log.c.id == log))
        return removed


def _row(log: str, seq: int, case: str, event: LogEvent) -> dict[str, Any]:
    return {
        "log_id": log,
        "seq": seq,
        "case_name": case,
        "activity": event.activity,
        "at_us": event.at,
        "start_us": event.start,
        "transition": event.transition,
        "instance": event.instance,
        "resource": event.resource,
    }
