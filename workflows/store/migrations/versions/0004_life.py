"""The life of a dossier: suspensions, sign-offs, reopening."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from workflows.store.types import Moment

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what a dossier's own row says of its life, and the words of a request per component."""
    for name in ("suspended_at", "suspended_until"):
        op.add_column("dossier", sa.Column(name, Moment, nullable=True))
    _add_text("suspended_ground")
    for name in ("signed_off_at", "released_at"):
        op.add_column("dossier", sa.Column(name, Moment, nullable=True))
    _add_text("release_number")
    for name, nothing in (("reasons", "{}"), ("brought", "[]")):
        column = sa.Column(name, sa.JSON(), nullable=False, server_default=nothing)
        op.add_column("supplement", column)


def _add_text(name: str) -> None:
    op.add_column("dossier", sa.Column(name, sa.Text(), nullable=False, server_default=""))
