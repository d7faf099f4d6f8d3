"""Files: which bytes of the file store belong to which dossier. The bytes are elsewhere."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import fields
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workflows.errors import NotFound
from workflows.store.dossiers import valid_id
from workflows.store.records import FileRow
from workflows.store.tables import file

_COLUMNS = [file.c[f.name] for f in fields(FileRow)]


class Files:
    """Reads and writes rows of files in one unit of work."""

    def __init__(self, connection: Connection) -> None:
        """Work on the connection of the unit of work."""
        self._connection = connection

    def add(self, row: FileRow) -> None:
        """Write an uploaded file."""
        self._connection.execute(file.insert(), vars(row))

    def get(self, file_id: str) -> FileRow:
        """Return a file; raises NotFound."""
        found = self.named([file_id])
        if not found:
            raise NotFound("tệp", file_id[:60])
        return found[0]

    def named(self, ids: Collection[str]) -> Sequence[FileRow]:
        """Return files by id, those that exist; raises NotFound for what is no id."""
        wanted = [valid_id(one, "tệp") for one in ids]
        return self._select(file.c.id.in_(wanted)) if wanted else []

    def of_dossier(self, dossier_id: str) -> Sequence[FileRow]:
        """Return the files of a dossier, detached ones too, in the order of their coming."""
        return self._select(file.c.dossier_id == dossier_id)

    def attach(self, file_id: str, dossier_id: str, component: str) -> bool:
        """Give a loose file to a dossier; tells whether it was still loose."""
        which = (file.c.id == file_id, file.c.dossier_id.is_(None))
        values = {"dossier_id": dossier_id, "component": component}
        done = self._connection.execute(file.update().where(*which).values(values))
        return bool(done.rowcount)

    def detach(self, file_id: str, *, at: datetime, by: str, reason: str) -> None:
        """Note that a file no longer counts; its row stays."""
        values = {"detached_at": at, "detached_by": by, "detach_reason": reason}
        self._connection.execute(file.update().where(file.c.id == file_id).values(values))

    def quarantined(self, limit: int) -> Sequence[FileRow]:
        """Return files no scanner has looked at, the longest waiting first."""
        return self._select(file.c.state == "quarantined", limit=limit)

    def scanned(self, sha256: str, state: str) -> None:
        """Note what the scanner said of these bytes, whatever file holds them."""
        which = (file.c.sha256 == sha256, file.c.state == "quarantined")
        self._connection.execute(file.update().where(*which).values(state=state))

    def drop_loose(self, before: datetime) -> int:
        """Forget files uploaded before a moment and never handed in; returns how many."""
        which = (file.c.dossier_id.is_(None), file.c.uploaded_at < before)
        return int(self._connection.execute(file.delete().where(*which)).rowcount)

    def known(self, hashes: Collection[str]) -> frozenset[str]:
        """Return those of these hashes that a file holds."""
        query = sa.select(file.c.sha256).where(file.c.sha256.in_(list(hashes))).distinct()
        return frozenset(self._connection.execute(query).scalars())

    def _select(self, *where: sa.ColumnElement[bool], limit: int | None = None) -> list[FileRow]:
        query = sa.select(*_COLUMNS).where(*where).limit(limit)
        query = query.order_by(file.c.uploaded_at, file.c.id)
        return [FileRow(**row._mapping) for row in self._connection.execute(query)]  # noqa: SLF001
