"""Keeps the bytes of a file: bounded, looked into, scanned, on the shelf under their hash.

Shared by whatever brings files in. Not for whom they belong to: the row is written by the use case.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from workflows.errors import WorkflowError
from workflows.inspecting import FileRefused, clean_name, inspect
from workflows.office import Office
from workflows.scanning import Scan
from workflows.shelving import Shelf
from workflows.store.records import FileRow

MOST_BYTES = 20 * 1024 * 1024
CHUNK = 256 * 1024


class NoFileStore(WorkflowError):
    """This installation keeps no files."""

    code = "no_file_store"
    sentence = "Hệ thống chưa có kho tệp; hãy báo quản trị."


@dataclass(frozen=True, kw_only=True)
class Upload:
    """What comes in: a stream of bytes and what it was called."""

    stream: IO[bytes]
    name: str


@contextmanager
def kept(office: Office, given: Upload, by: str, agency: str) -> Iterator[FileRow]:
    """Look into an upload, keep its bytes and yield the row it would have."""
    shelf = shelf_of(office)
    with tempfile.TemporaryDirectory(prefix="motcua-") as folder:
        path = Path(folder) / "upload"
        size, sha256 = _received(given.stream, path)
        found = inspect(path)
        state = _scanned(office, path)
        shelf.put(path, sha256)
    yield FileRow(
        id=office.ids.new_id(),
        name=clean_name(given.name, found.extension),
        media_type=found.media_type,
        size=size,
        sha256=sha256,
        pages=found.pages,
        state=state,
        uploaded_at=office.clock.now(),
        uploaded_by=by,
        uploaded_agency=agency,
    )


def _received(stream: IO[bytes], path: Path) -> tuple[int, str]:
    size, seal = 0, hashlib.sha256()
    with path.open("wb") as target:
        while piece := stream.read(CHUNK):
            size += len(piece)
            if size > MOST_BYTES:
                raise FileRefused("size", f"tệp lớn quá {MOST_BYTES // 1024 // 1024} MB")
            seal.update(piece)
            target.write(piece)
    return size, seal.hexdigest()


def _scanned(office: Office, path: Path) -> str:
    """Return the state of a new file; without a scanner nothing is quarantined."""
    if office.scanner is None:
        return Scan.CLEAN.value
    verdict = office.scanner.scan(path.read_bytes())
    if verdict is Scan.INFECTED:
        raise FileRefused("virus", "tệp có vi-rút")
    return verdict.value


def shelf_of(office: Office) -> Shelf:
    """Return the file store; raises NoFileStore."""
    if office.shelf is None:
        raise NoFileStore
    return office.shelf
