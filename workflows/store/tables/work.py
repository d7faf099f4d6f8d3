"""Tables of the worklist: the words dossiers are found by, and the lists people keep."""

from __future__ import annotations

import sqlalchemy as sa

from workflows.store.tables.base import metadata
from workflows.store.types import Id, Moment

search_word = sa.Table(
    "search_word",
    metadata,
    sa.Column("agency", sa.Text, primary_key=True),
    sa.Column("word", sa.Text, primary_key=True),
    sa.Column("received_at", Moment, primary_key=True),
    sa.Column("dossier_id", Id, sa.ForeignKey("dossier.id"), primary_key=True),
    sa.Index("ix_search_word_dossier_id", "dossier_id"),
    info={
        "reason": "The words a dossier is found by, without their marks, per agency that takes "
        "part: the key is the order of the answer, so a search reads what it shows and no more."
    },
)

known_word = sa.Table(
    "known_word",
    metadata,
    sa.Column("word", sa.Text, primary_key=True),
    info={"reason": "Every word of names once: the beginning of a word becomes a few whole ones."},
)

saved_view = sa.Table(
    "saved_view",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("person", sa.Text, nullable=False),
    sa.Column("agency", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("shared", sa.Boolean, nullable=False),
    sa.Column("query", sa.JSON, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.UniqueConstraint("person", "agency", "name"),
    info={"reason": "A worklist somebody keeps under a name, for themselves or for the unit."},
)
