"""The file store (kho tệp): bytes under their own SHA-256, in a folder or S3 through fsspec.

Written before the transaction that names them, so a row never points at nothing; what no row names
is swept away later. Not for names and rights: those are rows and rules.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import fsspec
from fsspec.implementations.local import LocalFileSystem

from workflows.errors import WorkflowError

CHUNK = 1024 * 1024
HASH_LENGTH = 64


class FileDamaged(WorkflowError):
    """The bytes are not there, or are not those that were handed in."""

    code = "file_damaged"
    sentence = "Tệp trong kho đã mất hoặc hỏng (SHA-256 {sha256}); hãy khôi phục từ bản sao lưu."

    def __init__(self, sha256: str) -> None:
        """Name the hash the bytes should have."""
        super().__init__(sha256=sha256)


class Shelf:
    """Bytes by their hash."""

    def __init__(self, url: str) -> None:
        """Use a folder, or an address fsspec knows such as `s3://bucket/folder`."""
        filesystem, root = fsspec.core.url_to_fs(url)
        self._files: Any = filesystem
        self._root = root.rstrip("/")
        self._local = isinstance(filesystem, LocalFileSystem)

    def put(self, path: Path, sha256: str) -> None:
        """Keep the bytes of a local file; those that are there already are made young again."""
        place = self._place(sha256)
        if self._files.exists(place) and self._local:
            os.utime(place)
            return
        if not self._local:
            self._files.pipe_file(place, path.read_bytes())
            return
        Path(place).parent.mkdir(parents=True, exist_ok=True)
        arriving = Path(f"{place}.{os.getpid()}.arriving")
        with path.open("rb") as source, arriving.open("wb") as target:
            shutil.copyfileobj(source, target, CHUNK)
            target.flush()
            os.fsync(target.fileno())
        arriving.replace(place)
        _settle(Path(place).parent)

    def has(self, sha256: str) -> bool:
        """Tell whether there are bytes under this hash."""
        return bool(self._files.exists(self._place(sha256)))

    def read(self, sha256: str) -> bytes:
        """Return the bytes, checked against their name; raises FileDamaged."""
        try:
            content: bytes = self._files.cat_file(self._place(sha256))
        except OSError:
            raise FileDamaged(sha256) from None
        if hashlib.sha256(content).hexdigest() != sha256:
            raise FileDamaged(sha256)
        return content

    def reach(self) -> str:
        """Return what stands in the way of keeping files, empty for nothing; leaves no trace."""
        place = f"{self._root}/.motcua-check-{os.getpid()}"
        try:
            self._files.makedirs(self._root, exist_ok=True)
            self._files.pipe_file(place, b"motcua")
            read = self._files.cat_file(place)
            self._files.rm_file(place)
        except OSError as fault:
            return type(fault).__name__
        return "" if read == b"motcua" else "đọc lại khác điều đã ghi"

    def older_than(self, moment: datetime) -> Iterator[str]:
        """Yield the hashes of what was put before a moment, and is no file half arrived."""
        self._files.invalidate_cache()
        if not self._files.exists(self._root):
            return
        for place, told in self._files.find(self._root, detail=True).items():
            name = place.rsplit("/", 1)[-1]
            if len(name) == HASH_LENGTH and _changed(told) < moment:
                yield name

    def remove(self, sha256: str, *, before: datetime) -> bool:
        """Remove bytes unless somebody put them again meanwhile; tells whether they are gone."""
        place = self._place(sha256)
        self._files.invalidate_cache()
        if _changed(self._files.info(place)) >= before:
            return False
        self._files.rm_file(place)
        return True

    def _place(self, sha256: str) -> str:
        return f"{self._root}/{sha256[:2]}/{sha256[2:4]}/{sha256}"


def _changed(told: dict[str, Any]) -> datetime:
    """Return when a file was written last, by whatever name its store tells it."""
    found = told.get("mtime") or told.get("LastModified") or told.get("created")
    if isinstance(found, int | float):
        return datetime.fromtimestamp(found, UTC)
    if isinstance(found, datetime):
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    return datetime.max.replace(tzinfo=UTC)  # a store that does not tell: never swept


def _settle(folder: Path) -> None:
    """Make the new name of a file outlast a power cut, where folders can be synced."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
