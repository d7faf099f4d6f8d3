"""The table of background workers: who lives."""

from __future__ import annotations

import sqlalchemy as sa

from workflows.store.tables.base import metadata
from workflows.store.types import Id, Moment

worker = sa.Table(
    "worker",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("began_at", Moment, nullable=False),
    sa.Column("seen_at", Moment, nullable=False),
    info={
        "reason": "A background worker says at intervals that it lives: without one no timer fires "
        "and nothing is sent, and nobody would notice before a deadline has passed."
    },
)
