"""The five clocks of a closed step and of a finished dossier; `motcua rebuild` fills older rows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0015"
branch_labels = None
depends_on = None

CLOCKS = (
    "unassigned",
    "assigned",
    "working",
    "closed",
    "applicant",
    "other_agency",
    "force_majeure",
    "applicant_office",
    "other_agency_office",
    "force_majeure_office",
)


def upgrade() -> None:
    """Add the clocks."""
    for name in CLOCKS:
        op.add_column("step", sa.Column(name, sa.Integer(), nullable=True))
    op.add_column("step", sa.Column("flow", sa.Text(), nullable=False, server_default=""))
    op.add_column("dossier", sa.Column("spent", sa.JSON(none_as_null=True), nullable=True))
