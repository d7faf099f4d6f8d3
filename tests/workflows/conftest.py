"""A store on each database, empty and with the tables of this release; an office on it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders import office_on
from tests.conftest import PostgresServer
from workflows.office import Office
from workflows.store import Store


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with the tables of this release; migrating takes longer than most tests."""
    file = tmp_path_factory.mktemp("migrated") / "empty.db"
    Store.open(f"sqlite:///{file}").close()
    return file


@pytest.fixture(scope="session")
def migrated_database(pg_server: PostgresServer) -> str:
    """The name of a PostgreSQL database with the tables of this release, to copy."""
    name = pg_server.create()
    Store.open(pg_server.url(name)).close()
    return name


@pytest.fixture(params=["sqlite", "postgresql"])
def migrated_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without rows: the test runs once on each kind."""
    if request.param == "sqlite":
        file = tmp_path / "motcua.db"
        shutil.copyfile(request.getfixturevalue("migrated_file"), file)
        yield f"sqlite:///{file}"
        return
    server: PostgresServer = request.getfixturevalue("pg_server")
    name = server.create(template=request.getfixturevalue("migrated_database"))
    yield server.url(name)
    server.drop(name)


@pytest.fixture
def store(migrated_url: str) -> Iterator[Store]:
    opened = Store.open(migrated_url)
    yield opened
    opened.close()


@pytest.fixture
def office(store: Store) -> Office:
    return office_on(store)
