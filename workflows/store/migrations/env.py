"""How Alembic reaches the database: through the connection it is handed."""

from __future__ import annotations

from alembic import context

from workflows.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transaction_per_migration=False,
    compare_type=True,
)
context.run_migrations()
