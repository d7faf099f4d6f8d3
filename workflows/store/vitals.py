"""What tells whether the installation is well: workers, what waits too long, the clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workflows.errors import UnsafeDatabase
from workflows.store.connections import check_settings
from workflows.store.migrating import state_of
from workflows.store.tables import audit_root, dossier, due_job, outbox, worker
from workflows.store.types import Moment
from workflows.store.upserting import upsert

FORGOTTEN_AFTER = timedelta(days=1)


class Vitals:
    """Reads the signs of life, and writes those of a worker, in one unit of work."""

    def __init__(self, connection: Connection) -> None:
        """Work on the connection of the unit of work."""
        self._connection = connection

    def beat(self, worker_id: str, began: datetime, now: datetime) -> None:
        """Note that a worker lives; those silent for a day are forgotten."""
        row = {"id": worker_id, "began_at": began, "seen_at": now}
        upsert(self._connection, worker, [row], changing=["seen_at"])
        silent = worker.delete().where(worker.c.seen_at < now - FORGOTTEN_AFTER)
        self._connection.execute(silent)

    def last_beat(self) -> datetime | None:
        """Return when a worker was last seen, None where there never was one."""
        return self._connection.execute(sa.select(sa.func.max(worker.c.seen_at))).scalar()

    def waiting_since(self) -> tuple[datetime | None, datetime | None]:
        """Return since when the oldest timer and the oldest message wait to be taken."""
        found = []
        for table in (due_job, outbox):
            oldest = sa.select(sa.func.min(table.c.retry_at)).where(table.c.state == "pending")
            found.append(self._connection.execute(oldest).scalar())
        return found[0], found[1]

    def stuck(self) -> int:
        """Return how many timers and messages are left to people."""
        count = 0
        for table in (due_job, outbox):
            query = sa.select(sa.func.count()).select_from(table).where(table.c.state == "stuck")
            count += int(self._connection.execute(query).scalar_one())
        return count

    def last_root(self) -> datetime | None:
        """Return when the record was signed last, None where it never was."""
        return self._connection.execute(sa.select(sa.func.max(audit_root.c.at))).scalar()

    def latest_codes(self, limit: int) -> tuple[str, ...]:
        """Return the codes of the dossiers received last."""
        query = sa.select(dossier.c.code).order_by(dossier.c.received_at.desc()).limit(limit)
        return tuple(self._connection.execute(query).scalars())

    def database_time(self) -> datetime | None:
        """Return what time the server of the database thinks it is, None where there is none."""
        if self._connection.dialect.name != "postgresql":
            return None
        query = sa.select(sa.func.clock_timestamp(type_=Moment))
        found: datetime = self._connection.execute(query).scalar_one()
        return found.astimezone(UTC)

    def library_version(self) -> tuple[int, ...]:
        """Return the version of SQLite, empty where the database is a server."""
        if self._connection.dialect.name != "sqlite":
            return ()
        text = str(self._connection.exec_driver_sql("SELECT sqlite_version()").scalar_one())
        return tuple(int(part) for part in text.split("."))

    def unsafe_setting(self) -> str:
        """Return the first setting that does not keep what was acknowledged, empty for none."""
        try:
            check_settings(self._connection)
        except UnsafeDatabase as fault:
            return fault.message
        return ""

    def revision(self) -> tuple[str, str]:
        """Return the revision of the tables, and the one this release wants."""
        return state_of(self._connection)
