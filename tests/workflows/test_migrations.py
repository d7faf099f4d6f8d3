"""The tables that migrations make are the tables the code describes, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import sqlalchemy as sa

from workflows.store import Store
from workflows.store.tables import metadata

TRIGGERS = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name",
    "postgresql": "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger "
    "WHERE NOT tgisinternal ORDER BY tgname",
}


def plain(index: Any) -> str:
    options = {k: str(v) for k, v in index.get("dialect_options", {}).items()}
    return str(sorted({**index, "dialect_options": options}.items()))


def described(engine: sa.Engine) -> dict[str, Any]:
    """Everything about the tables that could differ."""
    seen = sa.inspect(engine)
    found: dict[str, Any] = {}
    for table in sorted(seen.get_table_names()):
        if table == "alembic_version":
            continue
        columns = [(c["name"], str(c["type"]), c["nullable"]) for c in seen.get_columns(table)]
        found[table] = {
            "columns": sorted(columns),  # a migration adds at the end, the code where it reads best
            "primary": seen.get_pk_constraint(table),
            "foreign": sorted(map(str, seen.get_foreign_keys(table))),
            "indexes": sorted(plain(i) for i in seen.get_indexes(table)),
            "unique": sorted(map(str, seen.get_unique_constraints(table))),
            "checks": sorted(map(str, seen.get_check_constraints(table))),
        }
    with engine.connect() as connection:
        query = TRIGGERS[engine.dialect.name]
        found["triggers"] = [tuple(r) for r in connection.exec_driver_sql(query)]
    return found


def test_migrated_tables_are_the_described_tables(database_url: str) -> None:
    migrated = Store.open(database_url)
    after_migrating = described(migrated.engine)
    metadata.drop_all(migrated.engine)
    migrated.create_tables()
    assert described(migrated.engine) == after_migrating
    assert set(after_migrating) == {*metadata.tables, "triggers"}
    migrated.close()


def test_migrating_twice_changes_nothing(database_url: str) -> None:
    first = Store.open(database_url)
    before = described(first.engine)
    first.close()
    second = Store.open(database_url)
    assert described(second.engine) == before
    second.close()


def test_every_table_says_why_it_exists() -> None:
    assert [t.name for t in metadata.sorted_tables if not t.info.get("reason")] == []


def test_programs_that_start_together_migrate_once(database_url: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        stores = list(pool.map(Store.open, [database_url] * 4))
    assert set(described(stores[0].engine)) == {*metadata.tables, "triggers"}
    for store in stores:
        store.close()
