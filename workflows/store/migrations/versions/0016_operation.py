"""Operation: workers that say that they live, and why a person left."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from workflows.store.types import Id, Moment

revision = "0016"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table of workers and the reason of an end."""
    op.create_table(
        "worker",
        sa.Column("id", Id, nullable=False),
        sa.Column("began_at", Moment, nullable=False),
        sa.Column("seen_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_worker"),
    )
    op.add_column("person", sa.Column("end_reason", sa.Text(), nullable=False, server_default=""))
