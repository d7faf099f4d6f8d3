"""What waits for a moment (due jobs) or to be sent (outbox)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workflows.store.records import OutboxRow
from workflows.store.tables import due_job, outbox
from workflows.store.upserting import upsert

MAX_ATTEMPTS = 8
_OUTBOX = [outbox.c[f.name] for f in fields(OutboxRow)]


@dataclass(frozen=True, kw_only=True)
class DueJob:
    """A timer whose time has come."""

    dossier_id: str
    timer: str
    element: str
    due_at: datetime
    attempts: int


def _pause(attempts: int) -> timedelta:
    """Return how long to leave something alone after this many failures: 1 min to about 2 h."""
    return timedelta(minutes=2 ** min(attempts, 7))


class Jobs:
    """Reads and writes waiting work in one unit of work."""

    def __init__(self, connection: Connection) -> None:
        """Work on the connection of the unit of work."""
        self._connection = connection

    def save_timers(
        self,
        dossier_id: str,
        before: Iterable[Mapping[str, Any]],
        after: Iterable[Mapping[str, Any]],
    ) -> None:
        """Write the difference between the timers that waited and those that wait now."""
        was, now = {t["id"]: t for t in before}, {t["id"]: t for t in after}
        over = [_timer_row(dossier_id, was[i], "over") for i in was.keys() - now.keys()]
        new = [_timer_row(dossier_id, t, "pending") for i, t in now.items() if was.get(i) != t]
        changing = ("due_at", "state", "attempts", "retry_at", "fault")
        upsert(self._connection, due_job, over + new, changing=changing)

    def due(self, now: datetime, limit: int) -> Sequence[DueJob]:
        """Return timers whose time has come, the longest due first."""
        columns = [due_job.c[f.name] for f in fields(DueJob)]
        query = sa.select(*columns).where(due_job.c.state == "pending", due_job.c.retry_at <= now)
        query = query.order_by(due_job.c.retry_at, due_job.c.dossier_id, due_job.c.timer)
        rows = self._connection.execute(query.limit(limit))
        return [DueJob(**row._mapping) for row in rows]  # noqa: SLF001

    def next_due(self) -> datetime | None:
        """Return the moment at which the next timer is due, None when none waits."""
        query = sa.select(sa.func.min(due_job.c.retry_at)).where(due_job.c.state == "pending")
        return self._connection.execute(query).scalar()

    def over(self, job: DueJob) -> None:
        """Note that a job is done which leaves nothing of itself in the state of its dossier."""
        mine = (due_job.c.dossier_id == job.dossier_id, due_job.c.timer == job.timer)
        self._connection.execute(due_job.update().where(*mine), {"state": "over"})

    def failed(self, job: DueJob, now: datetime, fault: str) -> None:
        """Note that firing a timer failed: later again, or stuck after too many times."""
        attempts = job.attempts + 1
        self._connection.execute(
            due_job.update().where(
                due_job.c.dossier_id == job.dossier_id,
                due_job.c.timer == job.timer,
                due_job.c.state == "pending",
            ),
            {
                "attempts": attempts,
                "retry_at": now + _pause(attempts),
                "fault": fault[:500],
                "state": "stuck" if attempts >= MAX_ATTEMPTS else "pending",
            },
        )

    def send(self, rows: Sequence[OutboxRow]) -> None:
        """Put messages into the outbox; no rows, no statement."""
        if rows:
            self._connection.execute(outbox.insert(), [vars(r) for r in rows])

    def unsent(self, now: datetime, limit: int) -> Sequence[OutboxRow]:
        """Return messages to deliver now, the oldest first."""
        query = sa.select(*_OUTBOX).where(outbox.c.sent_at.is_(None), outbox.c.retry_at <= now)
        query = query.order_by(outbox.c.retry_at, outbox.c.id).limit(limit)
        rows = self._connection.execute(query)
        return [OutboxRow(**row._mapping) for row in rows]  # noqa: SLF001

    def sent(self, message_id: str, now: datetime) -> None:
        """Note that a message was delivered."""
        self._connection.execute(
            outbox.update()
            .where(outbox.c.id == message_id)
            .values(sent_at=now, attempts=outbox.c.attempts + 1, fault="")
        )

    def not_sent(self, message: OutboxRow, now: datetime, fault: str) -> None:
        """Note that a message could not be delivered; it will be tried again, for ever."""
        attempts = message.attempts + 1
        values = {"attempts": attempts, "retry_at": now + _pause(attempts), "fault": fault[:500]}
        self._connection.execute(outbox.update().where(outbox.c.id == message.id), values)


def _timer_row(dossier_id: str, timer: Mapping[str, Any], state: str) -> dict[str, Any]:
    due_at = datetime.fromisoformat(timer["due_at"])
    return {
        "dossier_id": dossier_id,
        "timer": timer["id"],
        "element": timer["element"],
        "name": timer["name"],
        "due_at": due_at,
        "state": state,
        "attempts": 0,
        "retry_at": due_at,
        "fault": "",
    }
