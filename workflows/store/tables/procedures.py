"""Tables of the law a dossier is pinned to."""

from __future__ import annotations

import sqlalchemy as sa

from workflows.store.tables.base import metadata
from workflows.store.types import Moment

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
