"""What goes outside: subscribers, deliveries, notifications; and how often one may ask."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from workflows.store.types import Id, Moment

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables of what is told to others, and what the outbox has to know for it."""
    op.create_table(
        "subscription",
        sa.Column("id", Id, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("secrets", sa.JSON(), nullable=False),
        sa.Column("listens", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("failing_since", Moment, nullable=True),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_subscription"),
        sa.CheckConstraint(
            "state IN ('active', 'paused', 'disabled', 'removed')",
            name=op.f("ck_subscription_state"),
        ),
    )
    op.create_table(
        "delivery",
        sa.Column("outbox_id", Id, nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("took_ms", sa.Integer(), nullable=False),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox.id"], name="fk_delivery_outbox_id"),
        sa.PrimaryKeyConstraint("outbox_id", "attempt", name="pk_delivery"),
    )
    op.create_table(
        "rate_bucket",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("full_at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_rate_bucket"),
    )
    op.create_index("ix_event_recorded_at", "event", ["recorded_at", "dossier_id", "seq"])
    _waiting()


def _waiting() -> None:
    """Let every message say how it stands; what was sent before is done."""
    op.add_column("outbox", _text("subscription"))
    op.add_column("outbox", sa.Column("seq", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("outbox", sa.Column("state", sa.Text(), nullable=False, server_default="pending"))
    op.add_column("outbox", _text("reason"))
    op.add_column("due_job", _text("reason"))
    op.execute("UPDATE outbox SET state = 'done' WHERE sent_at IS NOT NULL")
    op.drop_index("ix_outbox_unsent", table_name="outbox")
    pending, stuck = sa.text("state = 'pending'"), sa.text("state = 'stuck'")
    op.create_index(
        "ix_outbox_pending",
        "outbox",
        ["retry_at"],
        sqlite_where=pending,
        postgresql_where=pending,
    )
    op.create_index(
        "ix_outbox_in_order",
        "outbox",
        ["dossier_id", "subscription", "seq"],
        sqlite_where=pending,
        postgresql_where=pending,
    )
    for table in ("outbox", "due_job"):
        op.create_index(
            f"ix_{table}_stuck",
            table,
            ["retry_at"],
            sqlite_where=stuck,
            postgresql_where=stuck,
        )


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False, server_default="")
