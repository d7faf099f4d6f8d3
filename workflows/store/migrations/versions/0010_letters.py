"""Letters: an address for who works here, and which letters an address does not want.

Signing secrets of subscriptions are sealed from now on. Those from before stay as they are here:
the key lies apart from the database. They are sealed by the first background work after the start.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from workflows.store.types import Moment

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the address of a person and the table of unwanted letters."""
    op.add_column("person", sa.Column("email", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "unwanted_letter",
        sa.Column("address_hash", sa.String(64), nullable=False),
        sa.Column("notice", sa.Text(), nullable=False),
        sa.Column("since", Moment, nullable=False),
        sa.PrimaryKeyConstraint("address_hash", "notice", name="pk_unwanted_letter"),
    )
