"""The table of steps: worklist and measured intervals."""

from __future__ import annotations

import sqlalchemy as sa

from engine.timing.clocks import KEPT
from workflows.store.tables.base import dossier_id, metadata
from workflows.store.types import Moment

OPEN_STATES = ("open", "claimed", "waiting")
LISTED_STATES = ("open", "claimed")

step = sa.Table(
    "step",
    metadata,
    dossier_id(),
    sa.Column("step", sa.Text, primary_key=True),
    sa.Column("element", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("agency", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("assignee", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("item_index", sa.Integer),
    sa.Column("clock", sa.Text, nullable=False),
    sa.Column("enabled_at", Moment, nullable=False),
    sa.Column("assigned_at", Moment),
    sa.Column("started_at", Moment),
    sa.Column("closed_at", Moment),
    sa.Column("closed_by", sa.Text, nullable=False),
    sa.Column("waiting_seconds", sa.Float),
    sa.Column("working_seconds", sa.Float),
    sa.Column("paused_seconds", sa.Float),
    sa.Column("waiting_office_seconds", sa.Float),
    sa.Column("working_office_seconds", sa.Float),
    sa.Column("paused_office_seconds", sa.Float),
    sa.Column("marks", sa.JSON, nullable=False),
    sa.Column("closed_for", sa.Text, nullable=False, server_default=""),
    *(sa.Column(name, sa.Integer) for name in KEPT),
    sa.Column("flow", sa.Text, nullable=False, server_default=""),
    sa.Index(
        "ix_step_worklist",
        "agency",
        "role",
        "enabled_at",
        sqlite_where=sa.text("state IN ('open', 'claimed')"),
        postgresql_where=sa.text("state IN ('open', 'claimed')"),
    ),
    sa.CheckConstraint(
        "state IN ('open', 'claimed', 'waiting', 'done', 'withdrawn')", name="state"
    ),
    info={
        "reason": "One execution of one element: a worklist line while it is open, the measured "
        "interval once it is closed (seconds on the wall and in office hours, then five clocks). "
        "Marks are its own events so far, so that closing it reads nothing."
    },
)
