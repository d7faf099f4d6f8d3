"""One statement that writes new rows and changed rows alike, on both databases."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
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
    if rows:
        statement = _statement(connection.dialect.name, table, tuple(changing))
        connection.execute(statement, list(rows))


@cache
def _statement(dialect: str, table: sa.Table, changing: tuple[str, ...]) -> Any:
    """Return the statement; made once, because making it costs as much as running it."""
    insert = sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)
    return insert.on_conflict_do_update(
        index_elements=list(table.primary_key.columns),
        set_={name: insert.excluded[name] for name in changing},
    )
