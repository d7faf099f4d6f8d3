"""Buckets of how much somebody may still ask, shared by every process on this database.

The generic cell rate algorithm: one number per bucket, the moment at which it is full again. To
take is to move that moment; whoever would move it farther ahead than a whole filling is refused.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workflows.store.tables import rate_bucket
from workflows.store.upserting import insert_into


class Limits:
    """Takes from buckets in one unit of work."""

    def __init__(self, connection: Connection) -> None:
        """Work on the connection of the unit of work."""
        self._connection = connection

    def take(self, key: str, *, now_ms: int, cost_ms: int, filling_ms: int) -> bool:
        """Take what takes `cost_ms` to flow back; tells whether the bucket held so much.

        `filling_ms` is how long an empty bucket takes to fill. One statement decides and writes,
        so two processes cannot both take the last drop.
        """
        if cost_ms > filling_ms:
            return False
        first = insert_into(self._connection, rate_bucket)
        first = first.values(key=key, full_at_ms=now_ms + cost_ms)
        full_at = rate_bucket.c.full_at_ms
        begin = sa.case((full_at > now_ms, full_at), else_=now_ms)
        statement = first.on_conflict_do_update(
            index_elements=["key"],
            set_={"full_at_ms": begin + cost_ms},
            where=begin + cost_ms <= now_ms + filling_ms,
        ).returning(full_at)
        return self._connection.execute(statement).one_or_none() is not None

    def full_at_ms(self, key: str) -> int:
        """Return when the bucket is full again, 0 for one nobody took from."""
        query = sa.select(rate_bucket.c.full_at_ms).where(rate_bucket.c.key == key)
        return int(self._connection.execute(query).scalar() or 0)

    def forget_full(self, now_ms: int) -> int:
        """Remove buckets that are full again, which says the same as no row; return how many."""
        statement = rate_bucket.delete().where(rate_bucket.c.full_at_ms <= now_ms)
        return int(self._connection.execute(statement).rowcount)
