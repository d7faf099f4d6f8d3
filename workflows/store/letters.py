"""Which letters an address does not want."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workflows.store.tables import unwanted_letter as table
from workflows.store.upserting import insert_into


class Letters:
    """Reads and writes what is not wanted in one unit of work."""

    def __init__(self, connection: Connection) -> None:
        """Work on the connection of the unit of work."""
        self._connection = connection

    def unwanted_by(self, address_hash: str) -> frozenset[str]:
        """Return the notices an address does not want."""
        query = sa.select(table.c.notice).where(table.c.address_hash == address_hash)
        return frozenset(self._connection.execute(query).scalars())

    def stop(self, address_hash: str, notices: Collection[str], at: datetime) -> None:
        """Note that an address does not want some notices; noted already is well."""
        rows = [{"address_hash": address_hash, "notice": n, "since": at} for n in sorted(notices)]
        if rows:
            insert = insert_into(self._connection, table).on_conflict_do_nothing()
            self._connection.execute(insert, rows)

    def resume(self, address_hash: str, notices: Collection[str]) -> None:
        """Note that an address wants some notices again."""
        own = (table.c.address_hash == address_hash, table.c.notice.in_(sorted(notices)))
        self._connection.execute(table.delete().where(*own))
