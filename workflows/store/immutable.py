"""Triggers that refuse to change or delete the record, on both databases.

They stop programs and mistakes. Against somebody who owns the database stands the hash chain.
"""

from __future__ import annotations

import sqlalchemy as sa

from workflows.store.tables import (
    access_log,
    audit_leaf,
    audit_root,
    event,
    procedure_version,
    review_event,
)

REFUSAL = "the record is append-only"
PROTECTED = (event, procedure_version, audit_root, audit_leaf, access_log, review_event)


def statements(dialect: str, table: str) -> list[str]:
    """Return the DDL that makes a table append-only in this dialect (sqlite or postgresql)."""
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
            for verb in ("update", "delete")
        ]
    refuse = (
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"
    )
    change = (
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    truncate = (
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    return [refuse, change, truncate]


def attach() -> None:
    """Make `metadata.create_all` create the triggers with the tables."""
    for table in PROTECTED:
        for dialect in ("sqlite", "postgresql"):
            for text in statements(dialect, table.name):
                ddl = sa.DDL(text).execute_if(dialect=dialect)  # type: ignore[no-untyped-call]
                sa.event.listen(table, "after_create", ddl)


attach()
