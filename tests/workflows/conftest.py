"""A store on each database, empty and with the tables of this release; an office on it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.builders import office_on
from workflows.office import Office
from workflows.store import Store


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    opened = Store.open(database_url)
    yield opened
    opened.close()


@pytest.fixture
def office(store: Store) -> Office:
    return office_on(store)
