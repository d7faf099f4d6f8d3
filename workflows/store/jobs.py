"""What waits for a moment (due jobs) or to be sent (outbox)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workflows.store import waiting
from workflows.store.bridge import ENVELOPE
from workflows.store.records import OutboxRow
from workflows.store.tables import due_job, outbox
from workflows.store.upserting import upsert
from workflows.store.waiting import MAX_ATTEMPTS, Work

TIMERS = Work(due_job, over="over")
MESSAGES = Work(outbox, over="done")
SKIPPED = "skipped"  # the state of a message given up by people or for want of an address

__all__ = ["MAX_ATTEMPTS", "MESSAGES", "SKIPPED", "TIMERS", "DueJob", "Jobs"]


@dataclass(frozen=True, kw_only=True)
class DueJob:
    """A timer that was taken because its time has come; `attempts` counts this one."""

    dossier_id: str
    timer: str
    element: str
    name: str
    due_at: datetime
    state: str
    attempts: int
    retry_at: datetime
    fault: str
    reason: str


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

    def take_timers(self, now: datetime, lease: timedelta, limit: int) -> Sequence[DueJob]:
        """Take timers whose time has come, the longest due first."""
        query = waiting.due(TIMERS, now, limit)
        rows = waiting.take(self._connection, TIMERS, query, now, lease)
        jobs = [DueJob(**row._mapping) for row in rows]  # noqa: SLF001
        return sorted(jobs, key=lambda job: (job.due_at, job.dossier_id, job.timer))

    def next_due(self) -> datetime | None:
        """Return the moment at which the next timer is due, None when none waits."""
        query = sa.select(sa.func.min(due_job.c.retry_at)).where(due_job.c.state == "pending")
        return self._connection.execute(query).scalar()

    def over(self, job: DueJob) -> None:
        """Note that a job is done which leaves nothing of itself in the state of its dossier."""
        waiting.done(self._connection, TIMERS, job)

    def failed(self, job: DueJob, now: datetime, fault: str, chance: float) -> bool:
        """Note that firing a timer failed: later again, or stuck; tells whether it is stuck."""
        return waiting.failed(self._connection, TIMERS, job, now, (fault, chance))

    def send(self, rows: Sequence[OutboxRow]) -> None:
        """Put messages into the outbox; no rows, no statement."""
        if rows:
            self._connection.execute(outbox.insert(), [vars(r) for r in rows])

    def next_message(self, kinds: Collection[str]) -> datetime | None:
        """Return when the next message of these kinds may be delivered, None when none waits."""
        query = sa.select(sa.func.min(outbox.c.retry_at)).where(
            outbox.c.state == "pending", outbox.c.kind.in_(sorted(kinds))
        )
        return self._connection.execute(query).scalar()

    def timer(self, dossier_id: str, timer: str) -> DueJob | None:
        """Return a timer, None for one nobody knows."""
        mine = (due_job.c.dossier_id == dossier_id, due_job.c.timer == timer)
        row = self._connection.execute(sa.select(due_job).where(*mine)).one_or_none()
        return DueJob(**row._mapping) if row else None  # noqa: SLF001

    def message(self, message: str) -> OutboxRow | None:
        """Return a message of the outbox, None for one nobody knows."""
        row = self._connection.execute(sa.select(outbox).where(outbox.c.id == message))
        found = row.one_or_none()
        return OutboxRow(**found._mapping) if found else None  # noqa: SLF001

    def take_messages(
        self, kinds: Collection[str], now: datetime, lease: timedelta, limit: int
    ) -> Sequence[OutboxRow]:
        """Take messages of some kinds to deliver now, the oldest first.

        Of the events of one dossier for one subscription only the first that waits is taken, even
        while it is left alone after a failure: they arrive in the order in which they happened.
        Envelopes need not wait for each other: their receiver puts them in order.
        """
        earlier = outbox.alias("earlier")
        before = sa.exists().where(
            earlier.c.dossier_id == outbox.c.dossier_id,
            earlier.c.subscription == outbox.c.subscription,
            earlier.c.state == "pending",
            earlier.c.seq < outbox.c.seq,
        )
        query = waiting.due(MESSAGES, now, limit).where(
            outbox.c.kind.in_(sorted(kinds)),
            sa.or_(outbox.c.subscription == "", outbox.c.kind == ENVELOPE, ~before),
        )
        rows = waiting.take(self._connection, MESSAGES, query, now, lease)
        taken = [OutboxRow(**row._mapping) for row in rows]  # noqa: SLF001
        return sorted(taken, key=lambda row: (row.created_at, row.seq, row.id))

    def sent(self, message: OutboxRow, now: datetime) -> bool:
        """Note that a message was delivered; tells whether the taker still held it."""
        return waiting.done(self._connection, MESSAGES, message, sent_at=now)

    def not_sent(self, message: OutboxRow, now: datetime, fault: str, chance: float) -> bool:
        """Note that a message could not be delivered: later again, or stuck; tells which."""
        return waiting.failed(self._connection, MESSAGES, message, now, (fault, chance))

    def give_up(self, message: OutboxRow, reason: str) -> None:
        """Note that a message will never be delivered, and why."""
        waiting.skip(self._connection, MESSAGES, message, SKIPPED, reason)

    def message_again(self, message: OutboxRow, now: datetime, reason: str) -> bool:
        """Let a message be delivered anew; tells whether it did not wait already."""
        return waiting.again(self._connection, MESSAGES, message, now, reason)

    def skip_message(self, message: OutboxRow, reason: str) -> bool:
        """Let people give a message up; tells whether it still waited or was stuck."""
        return waiting.skip(self._connection, MESSAGES, message, SKIPPED, reason)

    def timer_again(self, timer: Any, now: datetime, reason: str) -> bool:
        """Let a stuck timer be fired anew; tells whether it was stuck."""
        return waiting.again(self._connection, TIMERS, timer, now, reason)

    def skip_timer(self, timer: Any, reason: str) -> bool:
        """Let people give a timer up; tells whether it still waited or was stuck."""
        return waiting.skip(self._connection, TIMERS, timer, TIMERS.over, reason)

    def put_back(self, message: OutboxRow, at: datetime) -> None:
        """Give a message back untried."""
        waiting.put_back(self._connection, MESSAGES, message, at)


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
