"""Tables of what waits for a moment, goes outside, or is asked of another agency."""

from __future__ import annotations

import sqlalchemy as sa

from workflows.store.tables.base import dossier_id, metadata
from workflows.store.types import Id, Moment


def _while(name: str, *columns: str, state: str) -> sa.Index:
    """Return an index of the rows in one state alone: there are few of them at any time."""
    only = sa.text(f"state = '{state}'")
    return sa.Index(name, *columns, sqlite_where=only, postgresql_where=only)


due_job = sa.Table(
    "due_job",
    metadata,
    dossier_id(),
    sa.Column("timer", sa.Text, primary_key=True),
    sa.Column("element", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("due_at", Moment, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("retry_at", Moment, nullable=False),
    sa.Column("fault", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False, server_default=""),
    _while("ix_due_job_pending", "retry_at", state="pending"),
    _while("ix_due_job_stuck", "retry_at", state="stuck"),
    sa.CheckConstraint("state IN ('pending', 'over', 'stuck')", name="state"),
    info={
        "reason": "A timer waiting to be told that its time has come; found by time, not dossier."
    },
)

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("dossier_id", Id, sa.ForeignKey("dossier.id"), nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("element", sa.Text, nullable=False),
    sa.Column("to_agency", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("body", sa.JSON, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("sent_at", Moment),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("retry_at", Moment, nullable=False),
    sa.Column("fault", sa.Text, nullable=False),
    sa.Column("subscription", sa.Text, nullable=False, server_default=""),
    sa.Column("seq", sa.Integer, nullable=False, server_default="0"),
    sa.Column("state", sa.Text, nullable=False, server_default="pending"),
    sa.Column("reason", sa.Text, nullable=False, server_default=""),
    _while("ix_outbox_pending", "retry_at", state="pending"),
    _while("ix_outbox_in_order", "dossier_id", "subscription", "seq", state="pending"),
    _while("ix_outbox_stuck", "retry_at", state="stuck"),
    info={
        "reason": "What goes outside, delivered after the commit at least once; the id makes the "
        "second time harmless."
    },
)

referral = sa.Table(
    "referral",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("dossier_id", Id, sa.ForeignKey("dossier.id"), nullable=False, index=True),
    sa.Column("element", sa.Text, nullable=False),
    sa.Column("step", sa.Text, nullable=False),
    sa.Column("message", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("to_agency", sa.Text, nullable=False),
    sa.Column("sent_at", Moment, nullable=False),
    sa.Column("due_at", Moment),
    sa.Column("answered_at", Moment),
    sa.Column("answer", sa.Text, nullable=False),
    sa.Column("late", sa.Boolean, nullable=False),
    sa.Column("silent", sa.Boolean, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False, server_default="1"),
    sa.Column("state", sa.Text, nullable=False, server_default="delivered"),
    sa.Column("outside", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("accept_due_at", Moment),
    sa.Column("accepted_at", Moment),
    sa.Column("wake_at", Moment),
    sa.Column("kept", sa.Integer, nullable=False, server_default="0"),
    sa.Column("documents", sa.JSON, nullable=False, server_default="[]"),
    sa.Column("stamps", sa.JSON, nullable=False, server_default="[]"),
    sa.Index("ix_referral_sent_to", "to_agency", "sent_at"),
    sa.Index(
        "ix_referral_wake",
        "wake_at",
        sqlite_where=sa.text("wake_at IS NOT NULL"),
        postgresql_where=sa.text("wake_at IS NOT NULL"),
    ),
    sa.Index(
        "ix_referral_open",
        "to_agency",
        "sent_at",
        sqlite_where=sa.text("answered_at IS NULL"),
        postgresql_where=sa.text("answered_at IS NULL"),
    ),
    info={
        "reason": "A question to another agency: its own list of what we ask it, and its answers."
    },
)

kept_answer = sa.Table(
    "kept_answer",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("dossier_id", Id, sa.ForeignKey("dossier.id"), index=True),
    sa.Column("message", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("referral", sa.Text, nullable=False),
    sa.Column("answer", sa.Text, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("agency", sa.Text, nullable=False),
    sa.Column("stamped_at", sa.Text, nullable=False),
    sa.Column("received_at", Moment, nullable=False),
    sa.Column("used_at", Moment),
    sa.Column("documents", sa.JSON, nullable=False),
    sa.Column("facts", sa.JSON, nullable=False),
    info={
        "reason": "Answers that came before they were asked for, and those to nothing we know: "
        "kept and shown, never dropped."
    },
)
