"""Review plans: procedures to be reviewed in a year, what is proposed, who approved it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from workflows.store.immutable import statements
from workflows.store.types import Id, Moment

revision = "0013"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the plan and its append-only record."""
    op.create_table(
        "review_plan",
        sa.Column("id", Id, nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("procedure", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("expected", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("proposals", sa.JSON(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("submitted_by", sa.Text(), nullable=False),
        sa.Column("submitted_at", Moment, nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_at", Moment, nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_review_plan"),
        sa.UniqueConstraint(
            "agency", "year", "procedure", name="uq_review_plan_agency_year_procedure"
        ),
        sa.CheckConstraint(
            "state IN ('planned', 'submitted', 'approved', 'returned')",
            name=op.f("ck_review_plan_state"),
        ),
    )
    op.create_table(
        "review_event",
        sa.Column("review_id", Id, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review_plan.id"], name="fk_review_event_review_id"
        ),
        sa.PrimaryKeyConstraint("review_id", "seq", name="pk_review_event"),
    )
    for text in statements(op.get_bind().dialect.name, "review_event"):
        op.execute(text)
