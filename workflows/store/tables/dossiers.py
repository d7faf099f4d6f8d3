"""Tables of dossiers and of what the applicant is asked for."""

from __future__ import annotations

import sqlalchemy as sa

from workflows.store.tables.base import dossier_id, metadata
from workflows.store.types import Id, Moment

code_counter = sa.Table(
    "code_counter",
    metadata,
    sa.Column("agency", sa.Text, primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("last", sa.Integer, nullable=False),
    info={
        "reason": "The running number in a dossier code: per agency and day, unique under races."
    },
)

dossier = sa.Table(
    "dossier",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("code", sa.Text, nullable=False, unique=True),
    sa.Column("digest", sa.ForeignKey("procedure_version.digest"), nullable=False),
    sa.Column("procedure", sa.Text, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("received_at", Moment, nullable=False),
    sa.Column("receiving_unit", sa.Text, nullable=False),
    sa.Column("competent_agency", sa.Text, nullable=False),
    sa.Column("support_point", sa.Text, nullable=False),
    sa.Column("applicant_name", sa.Text, nullable=False),
    sa.Column("applicant_id", sa.Text),
    sa.Column("applicant_phone", sa.Text),
    sa.Column("components", sa.JSON, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("status", sa.SmallInteger, nullable=False),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("end_element", sa.Text, nullable=False),
    sa.Column("supplement_rounds", sa.SmallInteger, nullable=False),
    sa.Column("due_at", Moment),
    sa.Column("clock_running", sa.Boolean, nullable=False),
    sa.Column("resolved_at", Moment),
    sa.Column("ended_at", Moment),
    sa.Column("last_seq", sa.Integer, nullable=False),
    sa.Column("last_hash", sa.String(64), nullable=False),
    sa.Column("state_format", sa.SmallInteger, nullable=False),
    sa.Column("state", sa.LargeBinary, nullable=False),
    sa.Column("timers", sa.JSON, nullable=False),
    sa.Column("subscriptions", sa.JSON, nullable=False),
    sa.Column("finance", sa.Text, nullable=False, server_default="none"),
    sa.Column("delivery", sa.Text, nullable=False, server_default="none"),
    sa.Column("reported_status", sa.SmallInteger, nullable=False, server_default="0"),
    sa.Column("report_accepted", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("escalated_to", sa.Text, nullable=False, server_default=""),
    sa.Column("escalated_at", Moment),
    sa.Column("suspended_at", Moment),
    sa.Column("suspended_until", Moment),
    sa.Column("suspended_ground", sa.Text, nullable=False, server_default=""),
    sa.Column("signed_off_at", Moment),
    sa.Column("released_at", Moment),
    sa.Column("release_number", sa.Text, nullable=False, server_default=""),
    sa.Column("priority", sa.SmallInteger, nullable=False, server_default="0"),
    sa.Column("name_key", sa.Text, nullable=False, server_default=""),
    sa.Column("early_answers", sa.SmallInteger, nullable=False, server_default="0"),
    sa.Column("spent", sa.JSON(none_as_null=True)),
    sa.Index(
        "ix_dossier_escalated",
        "escalated_at",
        sqlite_where=sa.text("escalated_at IS NOT NULL"),
        postgresql_where=sa.text("escalated_at IS NOT NULL"),
    ),
    sa.Index("ix_dossier_procedure_received_at", "procedure", "received_at"),
    sa.Index(
        "ix_dossier_overdue",
        "due_at",
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    ),
    info={
        "reason": "One dossier: the row every command locks. Its state and what it waits for stand "
        "last and are read by commands only: they are small, and one row is one write. "
        "`spent` says where its time went, once it is over."
    },
)

supplement = sa.Table(
    "supplement",
    metadata,
    dossier_id(),
    sa.Column("round", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("requested_at", Moment, nullable=False),
    sa.Column("requested_by", sa.Text, nullable=False),
    sa.Column("components", sa.JSON, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("taken_at", Moment),
    sa.Column("reasons", sa.JSON, nullable=False, server_default="{}"),
    sa.Column("brought", sa.JSON, nullable=False, server_default="[]"),
    info={"reason": "Each round of asking the applicant for papers: what the notice says."},
)
