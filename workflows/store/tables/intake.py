"""Tables of what the counter notes beside the dossier: applicant, submitter, files, corrections."""

from __future__ import annotations

import sqlalchemy as sa

from workflows.store.tables.base import dossier_id, metadata
from workflows.store.types import Id, Moment

intake = sa.Table(
    "intake",
    metadata,
    dossier_id(),
    sa.Column("token", sa.String(32), nullable=False, unique=True),
    sa.Column("id_hash", sa.String(64)),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("email", sa.Text, nullable=False),
    sa.Column("submitter_kind", sa.Text, nullable=False),
    sa.Column("submitter_name", sa.Text, nullable=False),
    sa.Column("submitter_id", sa.Text),
    sa.Column("submitter_phone", sa.Text, nullable=False),
    sa.Column("authorisation", sa.Text, nullable=False),
    sa.Column("result_by", sa.Text, nullable=False),
    sa.Column("result_address", sa.Text, nullable=False),
    sa.Column("issue", sa.SmallInteger, nullable=False),
    sa.Index("ix_intake_id_hash", "id_hash"),
    info={
        "reason": "What the counter notes of applicant and submitter: read by intake, receipt and "
        "look-up alone, so it stands beside the row every command locks. The token is on the "
        "receipt; the hash of the national id is keyed."
    },
)

file = sa.Table(
    "file",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("dossier_id", Id, sa.ForeignKey("dossier.id")),
    sa.Column("component", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("media_type", sa.Text, nullable=False),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("pages", sa.Integer, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("uploaded_at", Moment, nullable=False),
    sa.Column("uploaded_by", sa.Text, nullable=False),
    sa.Column("uploaded_agency", sa.Text, nullable=False),
    sa.Column("detached_at", Moment),
    sa.Column("detached_by", sa.Text, nullable=False),
    sa.Column("detach_reason", sa.Text, nullable=False),
    sa.CheckConstraint("state IN ('quarantined', 'clean', 'infected')", name="state"),
    sa.Index("ix_file_dossier_id", "dossier_id"),
    sa.Index("ix_file_sha256", "sha256"),
    info={
        "reason": "Which bytes of the file store belong to which dossier, under which name; a file "
        "without a dossier was uploaded and not handed in yet."
    },
)

correction = sa.Table(
    "correction",
    metadata,
    dossier_id(),
    sa.Column("issue", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("changes", sa.JSON, nullable=False),
    info={
        "reason": "Old and new values of a correction with the personal data the record must not "
        "hold: these can be erased, the event stays."
    },
)
