"""Tables of the record: what happened, and what was answered."""

from __future__ import annotations

import sqlalchemy as sa

from workflows.store.tables.base import dossier_id, metadata
from workflows.store.types import Moment

event = sa.Table(
    "event",
    metadata,
    dossier_id(),
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("recorded_at", Moment, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("step", sa.Text, nullable=False),
    sa.Column("element", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("agency", sa.Text, nullable=False),
    sa.Column("clock", sa.Text, nullable=False),
    sa.Column("flow", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("prev_hash", sa.String(64), nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
    sa.Column("on_behalf_of", sa.Text, nullable=False, server_default=""),
    sa.Index("ix_event_kind_at", "kind", "at"),
    sa.Index("ix_event_recorded_at", "recorded_at", "dossier_id", "seq"),
    info={
        "reason": "The record: append-only, chained per dossier. All else can be rebuilt from it. "
        "The body is text, not JSON, because the hash is over its very bytes."
    },
)

command = sa.Table(
    "command",
    metadata,
    sa.Column("actor", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("request_hash", sa.String(64), nullable=False),
    sa.Column("result", sa.JSON, nullable=False),
    sa.Column("at", Moment, nullable=False),
    info={"reason": "The answer already given to an idempotency key: a repeat gets it again."},
)
