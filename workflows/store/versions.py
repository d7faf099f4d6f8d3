"""The bytes of procedure versions, stored once and never changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workflows.store.records import VersionRow
from workflows.store.tables import procedure_version
from workflows.store.upserting import insert_into

_COLUMNS = [procedure_version.c[f.name] for f in fields(VersionRow)]


class Versions:
    """Reads and writes procedure versions in one unit of work."""

    def __init__(self, connection: Connection) -> None:
        """Work on the connection of the unit of work."""
        self._connection = connection

    def get(self, digest: str) -> VersionRow | None:
        """Return the bytes of a version, None when it was never stored."""
        query = sa.select(*_COLUMNS).where(procedure_version.c.digest == digest)
        row = self._connection.execute(query).one_or_none()
        return VersionRow(**row._mapping) if row else None  # noqa: SLF001

    def digests(self) -> Sequence[str]:
        """Return the digest of every stored version."""
        return list(self._connection.execute(sa.select(procedure_version.c.digest)).scalars())

    def add(self, rows: Sequence[VersionRow]) -> None:
        """Store versions; what is there already stays."""
        if rows:
            statement = insert_into(self._connection, procedure_version).on_conflict_do_nothing()
            self._connection.execute(statement, [vars(r) for r in rows])
