"""Accounts: sessions, second factors, substitutions, and what was looked at."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from workflows.store.immutable import statements
from workflows.store.types import Id, Moment

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add how people prove who they are, who stands in for whom, and the log of looks."""
    _people()
    _substitutions()
    _signing_in()
    _looks()
    for table, name in (("event", "on_behalf_of"), ("step", "closed_for")):
        op.add_column(table, sa.Column(name, sa.Text(), nullable=False, server_default=""))


def _people() -> None:
    op.add_column("person", sa.Column("ended_at", Moment, nullable=True))
    op.add_column("access_token", sa.Column("id", Id, nullable=True))
    op.add_column("access_token", sa.Column("label", sa.Text(), nullable=False, server_default=""))
    op.add_column("access_token", sa.Column("last_used_at", Moment, nullable=True))
    op.create_table(
        "person_name",
        sa.Column("person_id", Id, nullable=False),
        sa.Column("valid_from", Moment, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_person_name_person_id"),
        sa.PrimaryKeyConstraint("person_id", "valid_from", name="pk_person_name"),
    )
    op.create_table(
        "past_post",
        sa.Column("membership_id", Id, nullable=False),
        sa.Column("valid_from", Moment, nullable=False),
        sa.Column("valid_to", Moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["membership.id"], name="fk_past_post_membership_id"
        ),
        sa.PrimaryKeyConstraint("membership_id", "valid_from", name="pk_past_post"),
    )
    op.create_table(
        "credential",
        sa.Column("person_id", Id, nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("must_change", sa.Boolean(), nullable=False),
        sa.Column("changed_at", Moment, nullable=False),
        sa.Column("totp_secret", sa.Text(), nullable=False),
        sa.Column("totp_since", Moment, nullable=True),
        sa.Column("totp_step", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_credential_person_id"),
        sa.PrimaryKeyConstraint("person_id", name="pk_credential"),
    )
    op.create_table(
        "recovery_code",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", Id, nullable=False),
        sa.Column("used_at", Moment, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_recovery_code_person_id"),
        sa.PrimaryKeyConstraint("hash", name="pk_recovery_code"),
    )
    op.create_index("ix_recovery_code_person_id", "recovery_code", ["person_id"])


def _substitutions() -> None:
    op.create_table(
        "substitution",
        sa.Column("id", Id, nullable=False),
        sa.Column("membership_id", Id, nullable=False),
        sa.Column("substitute_id", Id, nullable=False),
        sa.Column("valid_from", Moment, nullable=False),
        sa.Column("valid_to", Moment, nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("proposed_at", Moment, nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=False),
        sa.Column("approved_at", Moment, nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=False),
        sa.Column("ended_at", Moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["membership.id"], name="fk_substitution_membership_id"
        ),
        sa.ForeignKeyConstraint(
            ["substitute_id"], ["person.id"], name="fk_substitution_substitute_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_substitution"),
    )
    op.create_index("ix_substitution_membership_id", "substitution", ["membership_id"])
    op.create_index("ix_substitution_substitute_id", "substitution", ["substitute_id"])


def _signing_in() -> None:
    op.create_table(
        "sign_in_lock",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", Moment, nullable=False),
        sa.Column("blocked_until", Moment, nullable=True),
        sa.PrimaryKeyConstraint("key", name="pk_sign_in_lock"),
    )
    op.create_table(
        "session",
        sa.Column("id", Id, nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", Id, nullable=False),
        sa.Column("membership_id", Id, nullable=True),
        sa.Column("substitution_id", Id, nullable=True),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("began_at", Moment, nullable=False),
        sa.Column("seen_at", Moment, nullable=False),
        sa.Column("expires_at", Moment, nullable=False),
        sa.Column("ended_at", Moment, nullable=True),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("browser", sa.Text(), nullable=False),
        sa.Column("identity_token", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_session_person_id"),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["membership.id"], name="fk_session_membership_id"
        ),
        sa.ForeignKeyConstraint(
            ["substitution_id"], ["substitution.id"], name="fk_session_substitution_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_session"),
        sa.UniqueConstraint("hash", name="uq_session_hash"),
    )
    op.create_index("ix_session_person_id", "session", ["person_id"])


def _looks() -> None:
    op.create_table(
        "access_log",
        sa.Column(
            "seq",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("at", Moment, nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("on_behalf_of", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("shown", sa.JSON(), nullable=False),
        sa.Column("allowed", sa.Boolean(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_access_log"),
    )
    op.create_index("ix_access_log_person_at", "access_log", ["person", "at"])
    op.create_index("ix_access_log_subject_at", "access_log", ["subject", "at"])
    for text in statements(op.get_bind().dialect.name, "access_log"):
        op.execute(text)
