"""The contract of waiting work: taken under a lease, done, tried again later, or left to people.

One set of statements for timers and messages, on both databases. A lease is the moment at which
the row is due again: a worker that dies lets go of its work by itself. The count of attempts is
raised when work is taken, and names the taker: who was too slow changes nothing any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

MAX_ATTEMPTS = 8
FIRST_PAUSE = timedelta(seconds=30)
GROWTH = 3.6  # seven pauses of 30 s, 108 s, 6 min … 18 h: a day in all
SPREAD = 0.1
MAX_FAULT = 500
DEAD_WORKER = "worker died"


@dataclass(frozen=True)
class Work:
    """A table of waiting work, and what its finished state is called."""

    table: sa.Table
    over: str

    @property
    def key(self) -> list[sa.Column[Any]]:
        """The columns that name one piece of work."""
        return list(self.table.primary_key.columns)

    def this(self, row: Any) -> list[sa.ColumnElement[bool]]:
        """Return the condition that names a row, which has the key as attributes."""
        return [column == getattr(row, column.name) for column in self.key]

    def mine(self, row: Any) -> list[sa.ColumnElement[bool]]:
        """Return the condition that a row is still held by whoever took it."""
        held = (self.table.c.state == "pending", self.table.c.attempts == row.attempts)
        return [*self.this(row), *held]


def back_off(attempts: int, chance: float) -> timedelta:
    """Return how long to leave work alone after this many failures; chance from 0 to 1 spreads it.

    Without the spread, all that failed together would come back together.
    """
    return FIRST_PAUSE * GROWTH ** (attempts - 1) * (1 - SPREAD + 2 * SPREAD * chance)


def take(
    connection: Connection, work: Work, due: sa.Select[Any], now: datetime, lease: timedelta
) -> Sequence[sa.Row[Any]]:
    """Take the rows that `due` selects by key, one attempt more for each, and return them.

    Rows another worker is just taking are passed over. A row that was in the hands of a dying
    worker as often as work may fail is left to people: it might be what kills them.
    """
    chosen = due.with_for_update(of=work.table, skip_locked=True).cte("chosen")
    keys = sa.tuple_(*work.key) if len(work.key) > 1 else work.key[0]
    statement = (
        work.table.update()
        .where(keys.in_(sa.select(*chosen.c)))
        .values(attempts=work.table.c.attempts + 1, retry_at=now + lease)
        .returning(*work.table.c)
    )
    rows = connection.execute(statement).all()
    for row in rows:
        if row.attempts > MAX_ATTEMPTS:
            values = {"state": "stuck", "attempts": MAX_ATTEMPTS, "retry_at": now}
            fault = row.fault or DEAD_WORKER
            change = work.table.update().where(*work.this(row))
            connection.execute(change, values | {"fault": fault})
    return [row for row in rows if row.attempts <= MAX_ATTEMPTS]


def due(work: Work, now: datetime, limit: int) -> sa.Select[Any]:
    """Return the query of work whose time has come, the longest due first."""
    table = work.table
    query = sa.select(*work.key).where(table.c.state == "pending", table.c.retry_at <= now)
    return query.order_by(table.c.retry_at, *work.key).limit(limit)


def done(connection: Connection, work: Work, row: Any, **values: Any) -> bool:
    """Note that work is done; tells whether the taker still held it."""
    values |= {"state": work.over, "fault": ""}
    change = work.table.update().where(*work.mine(row))
    return bool(connection.execute(change, values).rowcount)


def failed(
    connection: Connection, work: Work, row: Any, now: datetime, fault: tuple[str, float]
) -> bool:
    """Note that work failed, with the fault and a chance from 0 to 1: later again, or stuck.

    Tells whether it is stuck now.
    """
    text, chance = fault
    stuck = row.attempts >= MAX_ATTEMPTS
    values = {
        "state": "stuck" if stuck else "pending",
        "retry_at": now if stuck else now + back_off(row.attempts, chance),
        "fault": text[:MAX_FAULT],
    }
    changed = connection.execute(work.table.update().where(*work.mine(row)), values)
    return stuck and bool(changed.rowcount)


def put_back(connection: Connection, work: Work, row: Any, at: datetime) -> None:
    """Give work back untried, to be taken again at a moment."""
    values = {"attempts": row.attempts - 1, "retry_at": at}
    connection.execute(work.table.update().where(*work.mine(row)), values)


def again(connection: Connection, work: Work, row: Any, now: datetime, reason: str) -> bool:
    """Let stuck, skipped or finished work be taken anew; tells whether it was none of these."""
    values = {"state": "pending", "attempts": 0, "retry_at": now, "fault": "", "reason": reason}
    change = work.table.update().where(*work.this(row), work.table.c.state != "pending")
    return bool(connection.execute(change, values).rowcount)


def skip(connection: Connection, work: Work, row: Any, state: str, reason: str) -> bool:
    """Give work up for a reason; tells whether it still waited or was stuck."""
    waits = work.table.c.state.in_(("pending", "stuck"))
    change = work.table.update().where(*work.this(row), waits)
    return bool(connection.execute(change, {"state": state, "reason": reason}).rowcount)
