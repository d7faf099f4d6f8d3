"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from workflows.store.immutable import statements
from workflows.store.types import Id, Moment

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make every table of the first release, and the triggers that protect the record."""
    _people()
    _procedures()
    _dossier()
    _record()
    _step()
    _messages()
    dialect = op.get_bind().dialect.name
    for table in ("event", "procedure_version"):
        for statement in statements(dialect, table):
            op.execute(statement)


def _people() -> None:
    op.create_table(
        "person",
        sa.Column("id", Id, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_person"),
        sa.UniqueConstraint("code", name="uq_person_code"),
    )
    op.create_table(
        "membership",
        sa.Column("id", Id, nullable=False),
        sa.Column("person_id", Id, nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("valid_from", Moment, nullable=False),
        sa.Column("valid_to", Moment, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_membership_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_membership"),
        sa.UniqueConstraint(
            "person_id", "agency", "role", name="uq_membership_person_id_agency_role"
        ),
    )
    op.create_table(
        "access_token",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("membership_id", Id, nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("issued_at", Moment, nullable=False),
        sa.Column("expires_at", Moment, nullable=False),
        sa.Column("revoked_at", Moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["membership.id"], name="fk_access_token_membership_id"
        ),
        sa.PrimaryKeyConstraint("hash", name="pk_access_token"),
    )


def _procedures() -> None:
    op.create_table(
        "procedure_version",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("procedure_toml", sa.LargeBinary(), nullable=False),
        sa.Column("process_bpmn", sa.LargeBinary(), nullable=False),
        sa.Column("scenarios_toml", sa.LargeBinary(), nullable=False),
        sa.Column("stored_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_procedure_version"),
    )
    op.create_index("ix_procedure_version_code", "procedure_version", ["code"])
    op.create_table(
        "code_counter",
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("agency", "day", name="pk_code_counter"),
    )
    op.create_table(
        "command",
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("request_hash", sa.String(length=64), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("actor", "key", name="pk_command"),
    )


def _dossier() -> None:
    op.create_table(
        "dossier",
        sa.Column("id", Id, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("procedure", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("received_at", Moment, nullable=False),
        sa.Column("receiving_unit", sa.Text(), nullable=False),
        sa.Column("competent_agency", sa.Text(), nullable=False),
        sa.Column("support_point", sa.Text(), nullable=False),
        sa.Column("applicant_name", sa.Text(), nullable=False),
        sa.Column("applicant_id", sa.Text(), nullable=True),
        sa.Column("applicant_phone", sa.Text(), nullable=True),
        sa.Column("components", sa.JSON(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("end_element", sa.Text(), nullable=False),
        sa.Column("supplement_rounds", sa.SmallInteger(), nullable=False),
        sa.Column("due_at", Moment, nullable=True),
        sa.Column("clock_running", sa.Boolean(), nullable=False),
        sa.Column("resolved_at", Moment, nullable=True),
        sa.Column("ended_at", Moment, nullable=True),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("last_hash", sa.String(length=64), nullable=False),
        sa.Column("state_format", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.Column("timers", sa.JSON(), nullable=False),
        sa.Column("subscriptions", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["digest"], ["procedure_version.digest"], name="fk_dossier_digest"),
        sa.PrimaryKeyConstraint("id", name="pk_dossier"),
        sa.UniqueConstraint("code", name="uq_dossier_code"),
    )
    op.create_index(
        "ix_dossier_overdue",
        "dossier",
        ["due_at"],
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index("ix_dossier_procedure_received_at", "dossier", ["procedure", "received_at"])


def _record() -> None:
    op.create_table(
        "event",
        sa.Column("dossier_id", Id, nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("recorded_at", Moment, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("element", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("clock", sa.Text(), nullable=False),
        sa.Column("flow", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("prev_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name="fk_event_dossier_id"),
        sa.PrimaryKeyConstraint("dossier_id", "seq", name="pk_event"),
    )
    op.create_index("ix_event_kind_at", "event", ["kind", "at"])


def _step() -> None:
    op.create_table(
        "step",
        sa.Column("dossier_id", Id, nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("element", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("assignee", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("item_index", sa.Integer(), nullable=True),
        sa.Column("clock", sa.Text(), nullable=False),
        sa.Column("enabled_at", Moment, nullable=False),
        sa.Column("assigned_at", Moment, nullable=True),
        sa.Column("started_at", Moment, nullable=True),
        sa.Column("closed_at", Moment, nullable=True),
        sa.Column("closed_by", sa.Text(), nullable=False),
        sa.Column("waiting_seconds", sa.Float(), nullable=True),
        sa.Column("working_seconds", sa.Float(), nullable=True),
        sa.Column("paused_seconds", sa.Float(), nullable=True),
        sa.Column("waiting_office_seconds", sa.Float(), nullable=True),
        sa.Column("working_office_seconds", sa.Float(), nullable=True),
        sa.Column("paused_office_seconds", sa.Float(), nullable=True),
        sa.Column("marks", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'claimed', 'waiting', 'done', 'withdrawn')",
            name=op.f("ck_step_state"),
        ),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name="fk_step_dossier_id"),
        sa.PrimaryKeyConstraint("dossier_id", "step", name="pk_step"),
    )
    op.create_index(
        "ix_step_worklist",
        "step",
        ["agency", "role", "enabled_at"],
        sqlite_where=sa.text("state IN ('open', 'claimed')"),
        postgresql_where=sa.text("state IN ('open', 'claimed')"),
    )


def _messages() -> None:
    op.create_table(
        "due_job",
        sa.Column("dossier_id", Id, nullable=False),
        sa.Column("timer", sa.Text(), nullable=False),
        sa.Column("element", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("due_at", Moment, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("retry_at", Moment, nullable=False),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('pending', 'over', 'stuck')", name=op.f("ck_due_job_state")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name="fk_due_job_dossier_id"),
        sa.PrimaryKeyConstraint("dossier_id", "timer", name="pk_due_job"),
    )
    op.create_index(
        "ix_due_job_pending",
        "due_job",
        ["retry_at"],
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_table(
        "outbox",
        sa.Column("id", Id, nullable=False),
        sa.Column("dossier_id", Id, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("element", sa.Text(), nullable=False),
        sa.Column("to_agency", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("sent_at", Moment, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("retry_at", Moment, nullable=False),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name="fk_outbox_dossier_id"),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
    )
    op.create_index(
        "ix_outbox_unsent",
        "outbox",
        ["retry_at"],
        sqlite_where=sa.text("sent_at IS NULL"),
        postgresql_where=sa.text("sent_at IS NULL"),
    )
    op.create_table(
        "referral",
        sa.Column("id", Id, nullable=False),
        sa.Column("dossier_id", Id, nullable=False),
        sa.Column("element", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("to_agency", sa.Text(), nullable=False),
        sa.Column("sent_at", Moment, nullable=False),
        sa.Column("due_at", Moment, nullable=True),
        sa.Column("answered_at", Moment, nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("silent", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name="fk_referral_dossier_id"),
        sa.PrimaryKeyConstraint("id", name="pk_referral"),
    )
    op.create_index("ix_referral_dossier_id", "referral", ["dossier_id"])
    op.create_index(
        "ix_referral_open",
        "referral",
        ["to_agency", "sent_at"],
        sqlite_where=sa.text("answered_at IS NULL"),
        postgresql_where=sa.text("answered_at IS NULL"),
    )
    op.create_table(
        "supplement",
        sa.Column("dossier_id", Id, nullable=False),
        sa.Column("round", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("requested_at", Moment, nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("components", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("taken_at", Moment, nullable=True),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name="fk_supplement_dossier_id"),
        sa.PrimaryKeyConstraint("dossier_id", "round", name="pk_supplement"),
    )
