"""Tables of what is told to others: subscriptions, tries of delivering, and how often one may ask.

The waiting deliveries themselves are rows of the outbox.
"""

from __future__ import annotations

import sqlalchemy as sa

from workflows.store.tables.base import metadata
from workflows.store.types import Id, Moment

subscription = sa.Table(
    "subscription",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("kinds", sa.JSON, nullable=False),
    sa.Column("agency", sa.Text, nullable=False),
    sa.Column("secrets", sa.JSON, nullable=False),
    sa.Column("listens", sa.Text),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("failing_since", Moment),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("created_by", sa.Text, nullable=False),
    sa.CheckConstraint("state IN ('active', 'paused', 'disabled', 'removed')", name="state"),
    info={
        "reason": "A system that wants to be told what happens. `listens` is its filter as one "
        "line, empty when it wants nothing now: whoever locks a dossier reads it along."
    },
)

delivery = sa.Table(
    "delivery",
    metadata,
    sa.Column("outbox_id", Id, sa.ForeignKey("outbox.id"), primary_key=True),
    sa.Column("attempt", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("status", sa.Integer, nullable=False),
    sa.Column("took_ms", sa.Integer, nullable=False),
    sa.Column("fault", sa.Text, nullable=False),
    info={
        "reason": "Each try of delivering a message, with what the receiver answered: proof that "
        "it was told, and what an operator looks at first when it was not."
    },
)

unwanted_letter = sa.Table(
    "unwanted_letter",
    metadata,
    sa.Column("address_hash", sa.String(64), primary_key=True),
    sa.Column("notice", sa.Text, primary_key=True),
    sa.Column("since", Moment, nullable=False),
    info={
        "reason": "Which notices an address does not want. Only the hash of the address: it must "
        "be known for longer than the address may be kept."
    },
)

rate_bucket = sa.Table(
    "rate_bucket",
    metadata,
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("full_at_ms", sa.BigInteger, nullable=False),
    info={
        "reason": "How much somebody may still ask, shared by all processes: the moment at which "
        "the bucket is full again says it all. The key is a hash; no row is a full bucket."
    },
)
