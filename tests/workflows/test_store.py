"""The database keeps its promises: settings, transactions, moments."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa

from workflows.errors import Conflict, NotFound, UnsafeDatabase
from workflows.store import Store, tables
from workflows.store.connections import check_settings, open_engine

NOW = datetime(2026, 3, 2, 1, 30, 0, 123456, tzinfo=UTC)


def add_person(uow, code: str) -> None:
    uow.accounts.ensure_person("00000000-0000-4000-8000-" + f"{hash(code) % 10**12:012d}", code, "")


def people(store: Store) -> list[str]:
    query = sa.select(tables.person.c.code)
    return list(store.read(lambda uow: uow.connection.execute(query).scalars()))


def test_the_settings_are_read_back(store: Store) -> None:
    with store.engine.connect() as connection:
        check_settings(connection)


def test_a_database_that_may_lose_work_is_not_used(sqlite_url: str) -> None:
    engine = open_engine(sqlite_url)
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        driver.execute("PRAGMA synchronous = NORMAL")  # type: ignore[union-attr]
        with pytest.raises(UnsafeDatabase) as refused:
            check_settings(connection)
    assert refused.value.fields["setting"] == "synchronous"
    engine.dispose()


def test_a_database_in_memory_is_not_used() -> None:
    with pytest.raises(UnsafeDatabase):
        Store.open("sqlite://")


def test_leaving_by_an_exception_undoes_everything(store: Store) -> None:
    def work(uow) -> None:
        add_person(uow, "lan")
        raise NotFound("x", "y")

    with pytest.raises(NotFound):
        store.write(work)
    assert people(store) == []


def test_reading_keeps_nothing(store: Store) -> None:
    store.read(lambda uow: add_person(uow, "lan"))
    assert people(store) == []


def test_work_that_collides_every_time_is_a_conflict(store: Store) -> None:
    tries = []
    rows = [{"id": "00000000-0000-4000-8000-000000000001", "code": c, "name": ""} for c in "ab"]

    def work(uow) -> None:
        tries.append(1)
        uow.connection.execute(tables.person.insert(), rows)

    with pytest.raises(Conflict):
        store.write(work)
    assert len(tries) > 1


def test_a_broken_reference_is_a_bug_and_not_a_conflict(store: Store) -> None:
    row = {"hash": "x", "membership_id": "00000000-0000-4000-8000-000000000001", "scopes": []}
    with pytest.raises(sa.exc.IntegrityError):
        store.write(lambda uow: uow.accounts.add_token(row | {"issued_at": NOW, "expires_at": NOW}))


def test_moments_come_back_as_they_were_in_utc(store: Store) -> None:
    office = timezone(timedelta(hours=7))
    values = {"agency": "a", "role": "officer", "valid_to": None}

    def work(uow):
        person = uow.accounts.ensure_person("00000000-0000-4000-8000-000000000001", "lan", "Lan")
        post = values | {"id": "00000000-0000-4000-8000-000000000002", "person_id": person}
        uow.accounts.ensure_membership(post | {"valid_from": NOW.astimezone(office)})
        return uow.connection.execute(sa.select(tables.membership.c.valid_from)).scalar_one()

    found = store.write(work)
    assert (found, found.utcoffset()) == (NOW, timedelta(0))


def test_a_moment_without_a_zone_is_refused(store: Store) -> None:
    naive = sa.select(tables.event.c.seq).where(tables.event.c.at > NOW.replace(tzinfo=None))
    with pytest.raises(sa.exc.StatementError, match="needs a zone"):
        store.read(lambda uow: uow.connection.execute(naive))
