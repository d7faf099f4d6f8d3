"""Signed roots of the record."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from workflows.store.immutable import statements
from workflows.store.types import Id, Moment

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the two tables, append-only."""
    op.create_table(
        "audit_root",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("leaves", sa.Integer(), nullable=False),
        sa.Column("tree", sa.String(64), nullable=False),
        sa.Column("prev_hash", sa.String(64), nullable=False),
        sa.Column("public_key", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("signature", sa.String(128), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_audit_root"),
    )
    op.create_table(
        "audit_leaf",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("dossier_id", Id, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["number"], ["audit_root.number"], name="fk_audit_leaf_number"),
        sa.PrimaryKeyConstraint("number", "dossier_id", name="pk_audit_leaf"),
    )
    op.create_index("ix_audit_leaf_dossier_id", "audit_leaf", ["dossier_id", "seq"])
    dialect = op.get_context().dialect.name
    for table in ("audit_root", "audit_leaf"):
        for text in statements(dialect, table):
            op.execute(text)
