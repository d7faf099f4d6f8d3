"""Money, hand-over, other systems and escalations beside the national status."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from workflows.store.types import Moment

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the states that lists show, and who was told of a dossier higher up."""
    for name, default in (("finance", "none"), ("delivery", "none"), ("escalated_to", "")):
        column = sa.Column(name, sa.Text(), nullable=False, server_default=default)
        op.add_column("dossier", column)
    op.add_column(
        "dossier",
        sa.Column("reported_status", sa.SmallInteger(), nullable=False, server_default="0"),
    )
    op.add_column(
        "dossier",
        sa.Column("report_accepted", sa.Boolean(), nullable=False, server_default=sa.true()),
    )
    op.add_column("dossier", sa.Column("escalated_at", Moment, nullable=True))
    only = sa.text("escalated_at IS NOT NULL")
    op.create_index(
        "ix_dossier_escalated",
        "dossier",
        ["escalated_at"],
        sqlite_where=only,
        postgresql_where=only,
    )
