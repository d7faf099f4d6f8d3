"""The log of looks: append-only, written in batches, read by time, person or dossier."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workflows.store.tables import access_log


@dataclass(frozen=True, kw_only=True)
class LookRow:
    """One line of the log."""

    seq: int
    at: datetime
    person: str
    agency: str
    role: str
    on_behalf_of: str
    action: str
    subject: str
    shown: list[str]
    allowed: bool
    rule: str
    address: str
    request_id: str


@dataclass(frozen=True, kw_only=True)
class LookFilter:
    """Which lines: of people of some agencies (None: of all), perhaps of one person or subject."""

    agencies: Collection[str] | None
    person: str = ""
    subject: str = ""
    refused: bool | None = None
    before: int | None = None
    limit: int = 50


class AccessLog:
    """Appends to and reads the log in one unit of work."""

    def __init__(self, connection: Connection) -> None:
        """Work on the connection of the unit of work."""
        self._connection = connection

    def append(self, rows: Sequence[dict[str, Any]]) -> None:
        """Write the rows in one statement; they can never be changed again."""
        self._connection.execute(access_log.insert(), list(rows))

    def find(self, wanted: LookFilter) -> Sequence[LookRow]:
        """Return lines of the log, the latest first."""
        query = sa.select(access_log)
        if wanted.agencies is not None:
            query = query.where(access_log.c.agency.in_(sorted(wanted.agencies)))
        if wanted.person:
            query = query.where(access_log.c.person == wanted.person)
        if wanted.subject:
            query = query.where(access_log.c.subject == wanted.subject)
        if wanted.refused is not None:
            query = query.where(access_log.c.allowed.is_(not wanted.refused))
        if wanted.before is not None:
            query = query.where(access_log.c.seq < wanted.before)
        rows = self._connection.execute(query.order_by(access_log.c.seq.desc()).limit(wanted.limit))
        return [LookRow(**row._mapping) for row in rows]  # noqa: SLF001
