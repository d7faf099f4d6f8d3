"""Engines with the settings that make a commit survive a power cut, read back at start-up.

SQLite: WAL with synchronous FULL; every writing transaction begins IMMEDIATE, because a deferred
one that turns into a writer fails at once instead of waiting. PostgreSQL: bounded waits for locks.
"""

from __future__ import annotations

import sqlite3
from time import sleep
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, Engine, make_url

from workflows.errors import UnsafeDatabase

BUSY_SECONDS = 10
TRIES_A_SECOND = 20
WRITES = "motcua_writes"  # execution option: this transaction will write

SQLITE_SETTINGS = {
    "busy_timeout": str(BUSY_SECONDS * 1000),  # first: it holds for those that follow
    "journal_mode": "wal",
    "synchronous": "2",  # FULL
    "foreign_keys": "1",
    "trusted_schema": "0",
}
POSTGRESQL_SETTINGS = {
    "synchronous_commit": "on",
    "lock_timeout": f"{BUSY_SECONDS}s",
    "idle_in_transaction_session_timeout": "1min",
    "TimeZone": "UTC",
}


def open_engine(url: str) -> Engine:
    """Return an engine for an SQLite or PostgreSQL URL; connects only when used."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(parsed)
    return _postgresql(parsed)


def check_settings(connection: Connection) -> None:
    """Read the settings back; raises UnsafeDatabase for the first that is not as it must be."""
    if connection.dialect.name == "sqlite":
        wanted, ask = SQLITE_SETTINGS, "PRAGMA {}"
    else:
        wanted, ask = POSTGRESQL_SETTINGS, "SHOW {}"
    for setting, value in wanted.items():
        found = str(connection.exec_driver_sql(ask.format(setting)).scalar())
        if found != value:
            raise UnsafeDatabase(setting, found, value)


def _dumps(value: Any) -> str:
    return orjson.dumps(value).decode()


def _set(dbapi: Any, setting: str, value: str) -> None:
    """Set it, again while another program has the file.

    SQLite does not wait for its busy_timeout where two programs change a new file to WAL at once.
    """
    for tried_again in range(BUSY_SECONDS * TRIES_A_SECOND + 1):
        try:
            dbapi.execute(f"PRAGMA {setting} = {value}")
        except sqlite3.OperationalError:
            if tried_again == BUSY_SECONDS * TRIES_A_SECOND:
                raise
            sleep(1 / TRIES_A_SECOND)
        else:
            return


def _sqlite(url: URL) -> Engine:
    engine = sa.create_engine(url, json_serializer=_dumps, json_deserializer=orjson.loads)

    @sa.event.listens_for(engine, "connect")
    def _prepare(dbapi: Any, _record: Any) -> None:
        dbapi.isolation_level = None  # we say BEGIN ourselves
        for setting, value in SQLITE_SETTINGS.items():
            _set(dbapi, setting, value)

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(WRITES, False)
        driver = connection.connection.driver_connection
        driver.execute("BEGIN IMMEDIATE" if writes else "BEGIN")  # type: ignore[union-attr]

    return engine


def _postgresql(url: URL) -> Engine:
    options = " ".join(f"-c {name}={value}" for name, value in POSTGRESQL_SETTINGS.items())
    return sa.create_engine(
        url.set(drivername="postgresql+psycopg"),
        json_serializer=_dumps,
        json_deserializer=orjson.loads,
        connect_args={"options": options},
        pool_size=10,
        max_overflow=20,
        pool_pre_ping=True,
        pool_timeout=BUSY_SECONDS,
    )
