"""One statement that writes new rows and changed rows alike, on both databases."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection


def insert_into(connection: Connection, table: sa.Table) -> Any:
    """Return the dialect's INSERT, which knows ON CONFLICT."""
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)


def upsert(
    connection: Connection,
    table: sa.Table,
    rows: Sequence[dict[str, Any]],
    *,
    changing: Iterable[str],
) -> None:
    """Write the rows; of those that exist, change the named columns. No rows, no statement."""
    if not rows:
        return
    statement = insert_into(connection, table)
    statement = statement.on_conflict_do_update(
        index_elements=list(table.primary_key.columns),
        set_={name: statement.excluded[name] for name in changing},
    )
    connection.execute(statement, list(rows))
