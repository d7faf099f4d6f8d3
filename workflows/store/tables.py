"""Every table, with the reason why it exists in its `info`; migrations/ must make the same.

Nothing here is queried from above the store. Texts are not bounded in the database: the doors
bound what comes in, and a bound of 255 has never made a name shorter.
"""

from __future__ import annotations

import sqlalchemy as sa

from workflows.store.types import Id, Moment

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = sa.MetaData(naming_convention=NAMES)

OPEN_STATES = ("open", "claimed", "waiting")
LISTED_STATES = ("open", "claimed")


def _dossier_id() -> sa.Column[str]:
    return sa.Column("dossier_id", Id, sa.ForeignKey("dossier.id"), primary_key=True)


person = sa.Table(
    "person",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("code", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    info={"reason": "Who works with the program; a person outlives posts and tokens."},
)

membership = sa.Table(
    "membership",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("person_id", Id, sa.ForeignKey("person.id"), nullable=False),
    sa.Column("agency", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("valid_from", Moment, nullable=False),
    sa.Column("valid_to", Moment),
    sa.UniqueConstraint("person_id", "agency", "role"),
    info={
        "reason": "A person holds a role at an agency for a time; authority follows from it alone."
    },
)

access_token = sa.Table(
    "access_token",
    metadata,
    sa.Column("hash", sa.String(64), primary_key=True),
    sa.Column("membership_id", Id, sa.ForeignKey("membership.id"), nullable=False),
    sa.Column("scopes", sa.JSON, nullable=False),
    sa.Column("issued_at", Moment, nullable=False),
    sa.Column("expires_at", Moment, nullable=False),
    sa.Column("revoked_at", Moment),
    info={"reason": "Only the SHA-256 of a token: a stolen database opens no door."},
)

procedure_version = sa.Table(
    "procedure_version",
    metadata,
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("code", sa.Text, nullable=False, index=True),
    sa.Column("version", sa.Text, nullable=False),
    sa.Column("effective_from", sa.Date, nullable=False),
    sa.Column("procedure_toml", sa.LargeBinary, nullable=False),
    sa.Column("process_bpmn", sa.LargeBinary, nullable=False),
    sa.Column("scenarios_toml", sa.LargeBinary, nullable=False),
    sa.Column("stored_at", Moment, nullable=False),
    info={"reason": "The very bytes a dossier is pinned to: files may change, its law does not."},
)

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
    sa.Index("ix_dossier_procedure_received_at", "procedure", "received_at"),
    sa.Index(
        "ix_dossier_overdue",
        "due_at",
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    ),
    info={
        "reason": "One dossier: the row every command locks. Its state and what it waits for stand "
        "last and are read by commands only: they are small, and one row is one write."
    },
)

event = sa.Table(
    "event",
    metadata,
    _dossier_id(),
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
    sa.Index("ix_event_kind_at", "kind", "at"),
    info={
        "reason": "The record: append-only, chained per dossier. All else can be rebuilt from it. "
        "The body is text, not JSON, because the hash is over its very bytes."
    },
)

step = sa.Table(
    "step",
    metadata,
    _dossier_id(),
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
        "interval once it is closed (seconds on the wall and in office hours). Marks are its own "
        "events so far, so that closing it reads nothing."
    },
)

due_job = sa.Table(
    "due_job",
    metadata,
    _dossier_id(),
    sa.Column("timer", sa.Text, primary_key=True),
    sa.Column("element", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("due_at", Moment, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("retry_at", Moment, nullable=False),
    sa.Column("fault", sa.Text, nullable=False),
    sa.Index(
        "ix_due_job_pending",
        "retry_at",
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    ),
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
    sa.Index(
        "ix_outbox_unsent",
        "retry_at",
        sqlite_where=sa.text("sent_at IS NULL"),
        postgresql_where=sa.text("sent_at IS NULL"),
    ),
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

supplement = sa.Table(
    "supplement",
    metadata,
    _dossier_id(),
    sa.Column("round", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("requested_at", Moment, nullable=False),
    sa.Column("requested_by", sa.Text, nullable=False),
    sa.Column("components", sa.JSON, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("taken_at", Moment),
    info={"reason": "Each round of asking the applicant for papers: what the notice says."},
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
