"""Intake: what is noted of applicant and submitter, files, corrections."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from workflows.store.types import Id, Moment

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables of the counter, all beside the dossier."""
    op.create_table(
        "intake",
        sa.Column("dossier_id", Id, nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("id_hash", sa.String(length=64), nullable=True),
        *(_text(name) for name in ("address", "email", "submitter_kind", "submitter_name")),
        sa.Column("submitter_id", sa.Text(), nullable=True),
        *(_text(name) for name in ("submitter_phone", "authorisation")),
        *(_text(name) for name in ("result_by", "result_address")),
        sa.Column("issue", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name="fk_intake_dossier_id"),
        sa.PrimaryKeyConstraint("dossier_id", name="pk_intake"),
        sa.UniqueConstraint("token", name="uq_intake_token"),
    )
    op.create_index("ix_intake_id_hash", "intake", ["id_hash"])
    op.create_table(
        "file",
        sa.Column("id", Id, nullable=False),
        sa.Column("dossier_id", Id, nullable=True),
        *(_text(name) for name in ("component", "name", "media_type")),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        _text("state"),
        sa.Column("uploaded_at", Moment, nullable=False),
        *(_text(name) for name in ("uploaded_by", "uploaded_agency")),
        sa.Column("detached_at", Moment, nullable=True),
        *(_text(name) for name in ("detached_by", "detach_reason")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name="fk_file_dossier_id"),
        sa.PrimaryKeyConstraint("id", name="pk_file"),
        sa.CheckConstraint(
            "state IN ('quarantined', 'clean', 'infected')", name=op.f("ck_file_state")
        ),
    )
    op.create_index("ix_file_dossier_id", "file", ["dossier_id"])
    op.create_index("ix_file_sha256", "file", ["sha256"])
    op.create_table(
        "correction",
        sa.Column("dossier_id", Id, nullable=False),
        sa.Column("issue", sa.SmallInteger(), nullable=False, autoincrement=False),
        sa.Column("at", Moment, nullable=False),
        *(_text(name) for name in ("actor", "reason")),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name="fk_correction_dossier_id"),
        sa.PrimaryKeyConstraint("dossier_id", "issue", name="pk_correction"),
    )


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)
