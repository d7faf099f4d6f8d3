"""What all tables share: names of constraints, and the column that names a dossier."""

from __future__ import annotations

import sqlalchemy as sa

from workflows.store.types import Id

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = sa.MetaData(naming_convention=NAMES)


def dossier_id() -> sa.Column[str]:
    """Return the column that makes a row part of a dossier, and of its key."""
    return sa.Column("dossier_id", Id, sa.ForeignKey("dossier.id"), primary_key=True)
