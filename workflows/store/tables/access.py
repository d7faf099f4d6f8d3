"""Tables of how people prove who they are, for whom they stand in, and what they looked at."""

from __future__ import annotations

import sqlalchemy as sa

from workflows.store.tables.base import metadata
from workflows.store.types import Id, Moment

credential = sa.Table(
    "credential",
    metadata,
    sa.Column("person_id", Id, sa.ForeignKey("person.id"), primary_key=True),
    sa.Column("password_hash", sa.Text, nullable=False),
    sa.Column("must_change", sa.Boolean, nullable=False),
    sa.Column("changed_at", Moment, nullable=False),
    sa.Column("totp_secret", sa.Text, nullable=False),
    sa.Column("totp_since", Moment),
    sa.Column("totp_step", sa.BigInteger, nullable=False),
    info={
        "reason": "How a person signs in: argon2id of the password, the secret of the second "
        "factor, and its last step used, so that no code opens twice."
    },
)

recovery_code = sa.Table(
    "recovery_code",
    metadata,
    sa.Column("hash", sa.String(64), primary_key=True),
    sa.Column("person_id", Id, sa.ForeignKey("person.id"), nullable=False),
    sa.Column("used_at", Moment),
    sa.Index("ix_recovery_code_person_id", "person_id"),
    info={"reason": "One code, one way in for who lost the second factor; hashes only."},
)

sign_in_lock = sa.Table(
    "sign_in_lock",
    metadata,
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("last_at", Moment, nullable=False),
    sa.Column("blocked_until", Moment),
    info={
        "reason": "Failed attempts per account named (known or not) and per address, by hash: "
        "each further one has to wait longer."
    },
)

session = sa.Table(
    "session",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("hash", sa.String(64), nullable=False, unique=True),
    sa.Column("person_id", Id, sa.ForeignKey("person.id"), nullable=False),
    sa.Column("membership_id", Id, sa.ForeignKey("membership.id")),
    sa.Column("substitution_id", Id, sa.ForeignKey("substitution.id")),
    sa.Column("stage", sa.Text, nullable=False),
    sa.Column("began_at", Moment, nullable=False),
    sa.Column("seen_at", Moment, nullable=False),
    sa.Column("expires_at", Moment, nullable=False),
    sa.Column("ended_at", Moment),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("browser", sa.Text, nullable=False),
    sa.Column("identity_token", sa.Text, nullable=False),
    sa.Index("ix_session_person_id", "person_id"),
    info={
        "reason": "Who is signed in, kept here and not in the cookie, so that it can be ended; "
        "only the SHA-256 of what the cookie holds."
    },
)

substitution = sa.Table(
    "substitution",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("membership_id", Id, sa.ForeignKey("membership.id"), nullable=False),
    sa.Column("substitute_id", Id, sa.ForeignKey("person.id"), nullable=False),
    sa.Column("valid_from", Moment, nullable=False),
    sa.Column("valid_to", Moment, nullable=False),
    sa.Column("ground", sa.Text, nullable=False),
    sa.Column("proposed_by", sa.Text, nullable=False),
    sa.Column("proposed_at", Moment, nullable=False),
    sa.Column("approved_by", sa.Text, nullable=False),
    sa.Column("approved_at", Moment),
    sa.Column("ended_by", sa.Text, nullable=False),
    sa.Column("ended_at", Moment),
    sa.Index("ix_substitution_membership_id", "membership_id"),
    sa.Index("ix_substitution_substitute_id", "substitute_id"),
    info={"reason": "Who stands in for whom in a post, on which ground, from when until when."},
)

access_log = sa.Table(
    "access_log",
    metadata,
    sa.Column(
        "seq",
        sa.BigInteger().with_variant(sa.Integer, "sqlite"),
        primary_key=True,
        autoincrement=True,
    ),
    sa.Column("at", Moment, nullable=False),
    sa.Column("person", sa.Text, nullable=False),
    sa.Column("agency", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("on_behalf_of", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("shown", sa.JSON, nullable=False),
    sa.Column("allowed", sa.Boolean, nullable=False),
    sa.Column("rule", sa.Text, nullable=False),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("request_id", sa.Text, nullable=False),
    sa.Index("ix_access_log_person_at", "person", "at"),
    sa.Index("ix_access_log_subject_at", "subject", "at"),
    info={
        "reason": "Who was refused what, and who looked at whose personal data: append-only, ids "
        "of dossiers and never a name of an applicant."
    },
)
