"""Tables of the bridge to other installations: who they are, their keys, what went to and fro."""

from __future__ import annotations

import sqlalchemy as sa

from workflows.store.tables.base import metadata
from workflows.store.types import Id, Moment

partner = sa.Table(
    "partner",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("agencies", sa.JSON, nullable=False),
    sa.Column("procedures", sa.JSON, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("added_at", Moment, nullable=False),
    sa.Column("heard_at", Moment),
    sa.Column("compared_at", Moment),
    sa.Column("difference", sa.Text, nullable=False),
    sa.CheckConstraint("state IN ('active', 'paused')", name="state"),
    info={
        "reason": "Another installation: where it is reached, for which agencies it speaks, which "
        "procedure here follows from which question there. Nobody else is believed."
    },
)

partner_key = sa.Table(
    "partner_key",
    metadata,
    sa.Column("kid", sa.String(32), primary_key=True),
    sa.Column("partner", sa.Text, nullable=False, index=True),
    sa.Column("public_key", sa.String(64), nullable=False),
    sa.Column("valid_from", Moment, nullable=False),
    sa.Column("valid_to", Moment),
    sa.Column("added_at", Moment, nullable=False),
    sa.Column("statement", sa.Text, nullable=False),
    info={
        "reason": "The key directory: public keys of partners and of this installation, from when "
        "to when each holds, and the signed statement by which it followed the one before."
    },
)

channel = sa.Table(
    "channel",
    metadata,
    sa.Column("partner", sa.Text, sa.ForeignKey("partner.name"), primary_key=True),
    sa.Column("sent_through", sa.Integer, nullable=False),
    sa.Column("sent_hash", sa.String(64), nullable=False),
    sa.Column("received_through", sa.Integer, nullable=False),
    info={
        "reason": "How far each way of a partner has come: the last number given out, and the last "
        "one up to which everything arrived. Locked by whoever sends or takes an envelope."
    },
)

envelope = sa.Table(
    "envelope",
    metadata,
    sa.Column("partner", sa.Text, sa.ForeignKey("partner.name"), primary_key=True),
    sa.Column("direction", sa.String(3), primary_key=True),
    sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("id", Id, nullable=False),
    sa.Column("dossier_id", Id, sa.ForeignKey("dossier.id"), index=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("payload", sa.Text, nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
    sa.Column("signed", sa.Text, nullable=False),
    sa.Column("acknowledgement", sa.Text, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("acknowledged_at", Moment),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("retry_at", Moment, nullable=False),
    sa.Column("fault", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.UniqueConstraint("partner", "direction", "id", name="uq_envelope_id"),
    sa.Index("ix_envelope_subject", "partner", "subject", "sequence"),
    sa.Index(
        "ix_envelope_pending",
        "retry_at",
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    ),
    sa.CheckConstraint("direction IN ('in', 'out')", name="direction"),
    sa.CheckConstraint("state IN ('sent', 'pending', 'done', 'stuck', 'skipped')", name="state"),
    info={
        "reason": "Every envelope of both ways with its signature and the receiver's signed "
        "acknowledgement: the evidence, the inbox with what is still to do, and what is sent "
        "again when the partner asks."
    },
)

envelope_file = sa.Table(
    "envelope_file",
    metadata,
    sa.Column("partner", sa.Text, sa.ForeignKey("partner.name"), primary_key=True),
    sa.Column("sha256", sa.String(64), primary_key=True),
    info={"reason": "Which bytes a partner may fetch: those an envelope to it has named."},
)

joint_leg = sa.Table(
    "joint_leg",
    metadata,
    sa.Column("partner", sa.Text, sa.ForeignKey("partner.name"), primary_key=True),
    sa.Column("leg", Id, primary_key=True),
    sa.Column("direction", sa.String(3), nullable=False),
    sa.Column("dossier_id", Id, sa.ForeignKey("dossier.id"), nullable=False, index=True),
    sa.Column("other_code", sa.Text, nullable=False),
    sa.Column("wants", sa.JSON, nullable=False),
    sa.Column("agency", sa.Text, nullable=False),
    sa.Column("due_at", Moment),
    sa.Column("closed_at", Moment),
    info={
        "reason": "A leg whose two dossiers lie in two installations: ours, the code of theirs, "
        "which facts the answer is to hold, and until when the other side has promised it."
    },
)
