"""The bridge to other installations: partners, keys, envelopes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from workflows.store.types import Id, Moment

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables of the bridge."""
    _partner()
    _partner_key()
    _channel()
    _envelope_file()
    _envelope()
    _joint_leg()


def _partner() -> None:
    op.create_table(
        "partner",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("agencies", sa.JSON(), nullable=False),
        sa.Column("procedures", sa.JSON(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("added_at", Moment, nullable=False),
        sa.Column("heard_at", Moment, nullable=True),
        sa.Column("compared_at", Moment, nullable=True),
        sa.Column("difference", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('active', 'paused')", name=op.f("ck_partner_state")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_partner")),
    )


def _partner_key() -> None:
    op.create_table(
        "partner_key",
        sa.Column("kid", sa.String(length=32), nullable=False),
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("public_key", sa.String(length=64), nullable=False),
        sa.Column("valid_from", Moment, nullable=False),
        sa.Column("valid_to", Moment, nullable=True),
        sa.Column("added_at", Moment, nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("kid", name=op.f("pk_partner_key")),
    )
    op.create_index(op.f("ix_partner_key_partner"), "partner_key", ["partner"], unique=False)


def _channel() -> None:
    op.create_table(
        "channel",
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("sent_through", sa.Integer(), nullable=False),
        sa.Column("sent_hash", sa.String(length=64), nullable=False),
        sa.Column("received_through", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["partner"], ["partner.name"], name=op.f("fk_channel_partner")),
        sa.PrimaryKeyConstraint("partner", name=op.f("pk_channel")),
    )


def _envelope_file() -> None:
    op.create_table(
        "envelope_file",
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["partner"], ["partner.name"], name=op.f("fk_envelope_file_partner")
        ),
        sa.PrimaryKeyConstraint("partner", "sha256", name=op.f("pk_envelope_file")),
    )


def _envelope() -> None:
    op.create_table(
        "envelope",
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("direction", sa.String(length=3), nullable=False),
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", Id, nullable=False),
        sa.Column("dossier_id", Id, nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("signed", sa.Text(), nullable=False),
        sa.Column("acknowledgement", sa.Text(), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("acknowledged_at", Moment, nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("retry_at", Moment, nullable=False),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("direction IN ('in', 'out')", name=op.f("ck_envelope_direction")),
        sa.CheckConstraint(
            "state IN ('sent', 'pending', 'done', 'stuck', 'skipped')",
            name=op.f("ck_envelope_state"),
        ),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossier.id"], name=op.f("fk_envelope_dossier_id")
        ),
        sa.ForeignKeyConstraint(["partner"], ["partner.name"], name=op.f("fk_envelope_partner")),
        sa.PrimaryKeyConstraint("partner", "direction", "sequence", name=op.f("pk_envelope")),
        sa.UniqueConstraint("partner", "direction", "id", name="uq_envelope_id"),
    )
    op.create_index(op.f("ix_envelope_dossier_id"), "envelope", ["dossier_id"], unique=False)
    op.create_index(
        "ix_envelope_pending",
        "envelope",
        ["retry_at"],
        unique=False,
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_index(
        "ix_envelope_subject", "envelope", ["partner", "subject", "sequence"], unique=False
    )


def _joint_leg() -> None:
    op.create_table(
        "joint_leg",
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("leg", Id, nullable=False),
        sa.Column("direction", sa.String(length=3), nullable=False),
        sa.Column("dossier_id", Id, nullable=False),
        sa.Column("other_code", sa.Text(), nullable=False),
        sa.Column("wants", sa.JSON(), nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("due_at", Moment, nullable=True),
        sa.Column("closed_at", Moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossier.id"], name=op.f("fk_joint_leg_dossier_id")
        ),
        sa.ForeignKeyConstraint(["partner"], ["partner.name"], name=op.f("fk_joint_leg_partner")),
        sa.PrimaryKeyConstraint("partner", "leg", name=op.f("pk_joint_leg")),
    )
    op.create_index(op.f("ix_joint_leg_dossier_id"), "joint_leg", ["dossier_id"], unique=False)
