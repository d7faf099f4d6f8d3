"""Tables of the review (rà soát): logs that were recorded elsewhere."""

from __future__ import annotations

import sqlalchemy as sa

from workflows.store.tables.base import metadata
from workflows.store.types import Id, Moment

imported_log = sa.Table(
    "imported_log",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    sa.Column("file", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("cases", sa.Integer, nullable=False),
    sa.Column("events", sa.Integer, nullable=False),
    sa.Column("imported_at", Moment, nullable=False),
    sa.CheckConstraint("state IN ('loading', 'ready', 'removing')", name="state"),
    info={
        "reason": "A log of another system, kept so that an office can review history it recorded "
        "elsewhere. It comes and goes in pieces, so that the counter is not locked out meanwhile: "
        "`state` says whether it is whole."
    },
)

imported_event = sa.Table(
    "imported_event",
    metadata,
    sa.Column("log_id", Id, sa.ForeignKey("imported_log.id"), primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("case_name", sa.Text, nullable=False),
    sa.Column("activity", sa.Text, nullable=False),
    sa.Column("at_us", sa.BigInteger),
    sa.Column("start_us", sa.BigInteger),
    sa.Column("transition", sa.Text, nullable=False),
    sa.Column("instance", sa.Text, nullable=False),
    sa.Column("resource", sa.Text, nullable=False),
    info={
        "reason": "The events of an imported log, case by case in the order of the file; moments "
        "are microseconds since 1970 UTC, as exact as in the file. Never part of our record."
    },
)

review_plan = sa.Table(
    "review_plan",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("agency", sa.Text, nullable=False),
    sa.Column("year", sa.Integer, nullable=False),
    sa.Column("procedure", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("expected", sa.Text, nullable=False),
    sa.Column("due_on", sa.Date),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("proposals", sa.JSON, nullable=False),
    sa.Column("evidence", sa.JSON, nullable=False),
    sa.Column("submitted_by", sa.Text, nullable=False),
    sa.Column("submitted_at", Moment),
    sa.Column("decided_by", sa.Text, nullable=False),
    sa.Column("decided_at", Moment),
    sa.Column("note", sa.Text, nullable=False),
    sa.UniqueConstraint("agency", "year", "procedure"),
    sa.CheckConstraint("state IN ('planned', 'submitted', 'approved', 'returned')", name="state"),
    info={
        "reason": "A procedure in the review plan of an agency and a year, with what is proposed "
        "and, from the day it was submitted, what was measured then: a dossier printed next year "
        "says what the leader approved."
    },
)

review_event = sa.Table(
    "review_event",
    metadata,
    sa.Column("review_id", Id, sa.ForeignKey("review_plan.id"), primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("agency", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("body", sa.JSON, nullable=False),
    info={
        "reason": "Who planned, proposed, submitted, approved or returned a review, and when; "
        "append-only, as is the record of dossiers."
    },
)
