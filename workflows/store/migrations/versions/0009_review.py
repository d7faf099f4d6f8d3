"""Review: imported logs, prices, proposals."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from workflows.store.types import Id, Moment

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables of the review."""
    _imported_logs()


def _imported_logs() -> None:
    op.create_table(
        "imported_log",
        sa.Column("id", Id, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("imported_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_imported_log"),
        sa.UniqueConstraint("name", name="uq_imported_log_name"),
        sa.CheckConstraint(
            "state IN ('loading', 'ready', 'removing')", name=op.f("ck_imported_log_state")
        ),
    )
    op.create_table(
        "imported_event",
        sa.Column("log_id", Id, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("case_name", sa.Text(), nullable=False),
        sa.Column("activity", sa.Text(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=True),
        sa.Column("start_us", sa.BigInteger(), nullable=True),
        sa.Column("transition", sa.Text(), nullable=False),
        sa.Column("instance", sa.Text(), nullable=False),
        sa.Column("resource", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["log_id"], ["imported_log.id"], name="fk_imported_event_log_id"),
        sa.PrimaryKeyConstraint("log_id", "seq", name="pk_imported_event"),
    )
