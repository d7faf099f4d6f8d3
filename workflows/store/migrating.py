"""Brings a database to the tables of this release, forward only; scripts are in migrations/."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection, Engine

from workflows.store.connections import WRITES

ONE_AT_A_TIME = 20260701  # the name of our lock: two programs may start at once
MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(engine: Engine) -> None:
    """Run the scripts that are missing, all in one transaction; none missing, nothing written."""
    config = _config()
    with engine.connect() as connection:
        if _current(connection) == _head(config):
            return
    with engine.connect() as connection:
        connection.execution_options(**{WRITES: True})
        with connection.begin():
            if connection.dialect.name == "postgresql":  # SQLite has locked all by now
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({ONE_AT_A_TIME})")
            config.attributes["connection"] = connection
            command.upgrade(config, "head")


def state_of(connection: Connection) -> tuple[str, str]:
    """Return the revision of the tables of a database, and the one this release wants."""
    return _current(connection) or "", _head(_config()) or ""


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def _head(config: Config) -> str | None:
    return ScriptDirectory.from_config(config).get_current_head()


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()
