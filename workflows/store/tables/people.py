"""Tables of people, what they may do, and how they prove who they are."""

from __future__ import annotations

import sqlalchemy as sa

from workflows.store.tables.base import metadata
from workflows.store.types import Id, Moment

person = sa.Table(
    "person",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("code", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("ended_at", Moment),
    sa.Column("email", sa.Text, nullable=False, server_default=""),
    sa.Column("end_reason", sa.Text, nullable=False, server_default=""),
    info={"reason": "Who works with the program; a person outlives posts and tokens."},
)

person_name = sa.Table(
    "person_name",
    metadata,
    sa.Column("person_id", Id, sa.ForeignKey("person.id"), primary_key=True),
    sa.Column("valid_from", Moment, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    info={"reason": "What a person was called from when: a new name does not rewrite old papers."},
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

past_post = sa.Table(
    "past_post",
    metadata,
    sa.Column("membership_id", Id, sa.ForeignKey("membership.id"), primary_key=True),
    sa.Column("valid_from", Moment, primary_key=True),
    sa.Column("valid_to", Moment, nullable=False),
    info={"reason": "When a post was held before by the person who has it again."},
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
    sa.Column("id", Id),
    sa.Column("label", sa.Text, nullable=False, server_default=""),
    sa.Column("last_used_at", Moment),
    info={"reason": "Only the SHA-256 of a token: a stolen database opens no door."},
)
