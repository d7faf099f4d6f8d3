"""Referrals with the stamps of both sides, and answers that came early."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from workflows.store.types import Id, Moment

revision = "0014"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add where a referral stands; those that are there get their stamps by `motcua rebuild`."""
    for column in (
        sa.Column("revision", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("state", sa.Text(), nullable=False, server_default="delivered"),
        sa.Column("outside", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("accept_due_at", Moment, nullable=True),
        sa.Column("accepted_at", Moment, nullable=True),
        sa.Column("wake_at", Moment, nullable=True),
        sa.Column("kept", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("documents", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("stamps", sa.JSON(), nullable=False, server_default="[]"),
    ):
        op.add_column("referral", column)
    early = sa.Column("early_answers", sa.SmallInteger(), nullable=False, server_default="0")
    op.add_column("dossier", early)
    op.execute("UPDATE referral SET state = 'answered' WHERE answered_at IS NOT NULL")
    op.execute("UPDATE referral SET state = 'silent' WHERE silent")
    op.create_index("ix_referral_sent_to", "referral", ["to_agency", "sent_at"])
    waiting = sa.text("wake_at IS NOT NULL")
    op.create_index(
        "ix_referral_wake",
        "referral",
        ["wake_at"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )
    _kept_answers()


def _kept_answers() -> None:
    op.create_table(
        "kept_answer",
        sa.Column("id", Id, nullable=False),
        sa.Column("dossier_id", Id, nullable=True),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("referral", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("stamped_at", sa.Text(), nullable=False),
        sa.Column("received_at", Moment, nullable=False),
        sa.Column("used_at", Moment, nullable=True),
        sa.Column("documents", sa.JSON(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name="fk_kept_answer_dossier_id"),
        sa.PrimaryKeyConstraint("id", name="pk_kept_answer"),
    )
    op.create_index("ix_kept_answer_dossier_id", "kept_answer", ["dossier_id"])
