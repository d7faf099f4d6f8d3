"""A store on each database, empty and with the tables of this release."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from workflows.store import Store


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    opened = Store.open(database_url)
    yield opened
    opened.close()
