"""The worklist: search, priorities, saved views."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from workflows.store.types import Id, Moment

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns the worklist is ordered by, and the tables it is found by.

    Dossiers that are there already are found after `motcua rebuild`.
    """
    for column in (
        sa.Column("priority", sa.SmallInteger(), nullable=False, server_default="0"),
        sa.Column("name_key", sa.Text(), nullable=False, server_default=""),
    ):
        op.add_column("dossier", column)
    _words()
    op.create_table(
        "saved_view",
        sa.Column("id", Id, nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("query", sa.JSON(), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_saved_view"),
        sa.UniqueConstraint("person", "agency", "name", name="uq_saved_view_person_agency_name"),
    )


def _words() -> None:
    op.create_table(
        "search_word",
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("received_at", Moment, nullable=False),
        sa.Column("dossier_id", Id, nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name="fk_search_word_dossier_id"),
        sa.PrimaryKeyConstraint(
            "agency", "word", "received_at", "dossier_id", name="pk_search_word"
        ),
    )
    op.create_index("ix_search_word_dossier_id", "search_word", ["dossier_id"])
    op.create_table(
        "known_word",
        sa.Column("word", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("word", name="pk_known_word"),
    )
