"""Tables of the signed roots over the record."""

from __future__ import annotations

import sqlalchemy as sa

from workflows.store.tables.base import metadata
from workflows.store.types import Id, Moment

audit_root = sa.Table(
    "audit_root",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("leaves", sa.Integer, nullable=False),
    sa.Column("tree", sa.String(64), nullable=False),
    sa.Column("prev_hash", sa.String(64), nullable=False),
    sa.Column("public_key", sa.String(64), nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
    sa.Column("signature", sa.String(128), nullable=False),
    info={
        "reason": "A signed statement of how far the record of each changed dossier had come: "
        "append-only, chained. Without it, whoever owns the database could cut off the end."
    },
)

audit_leaf = sa.Table(
    "audit_leaf",
    metadata,
    sa.Column("number", sa.Integer, sa.ForeignKey("audit_root.number"), primary_key=True),
    sa.Column("dossier_id", Id, primary_key=True),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
    sa.Index("ix_audit_leaf_dossier_id", "dossier_id", "seq"),
    info={
        "reason": "What a root is about, dossier by dossier. No foreign key to the dossier: the "
        "leaf has to outlive one that is deleted, to tell which it was."
    },
)
