"""Files (tệp): uploaded, looked into, kept by their hash, given to dossiers and served again.

Bytes are kept before the transaction, rows are written in it: a row never points at nothing, and
bytes without a row are swept away. A file is served as an attachment, to who may read its dossier.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

import orjson

from engine.law.authority import Actor
from engine.timing.events import FileAttached, FileDetached
from workflows.attaching import MOST_FILES, NO_COMPONENT
from workflows.commanding import known_components
from workflows.errors import InvalidInput, NotFound, WorkflowError
from workflows.holding import hold
from workflows.keeping import Upload, kept, shelf_of
from workflows.office import Office
from workflows.permitting import (
    ATTACH_FILE,
    DETACH_FILE,
    READ,
    READ_REFERRAL,
    UPLOAD_FILE,
    list_of,
    part_of,
    permit,
)
from workflows.reasons import check_reason
from workflows.scanning import Scan
from workflows.store import UnitOfWork
from workflows.store.commands import recall, request_hash
from workflows.store.records import FileRow
from workflows.views import DossierView

KEEP_LOOSE = timedelta(days=7)
KEEP_UNNAMED = timedelta(days=1)
BATCH = 200


class FileInQuarantine(WorkflowError):
    """The file is not served: the scanner has not looked at it yet, or found something."""

    code = "file_in_quarantine"
    sentence = "Tệp chưa mở được: {why}."

    def __init__(self, state: str) -> None:
        """Say whether it still waits or is infected."""
        infected = state == Scan.INFECTED
        super().__init__(why="có vi-rút" if infected else "đang chờ quét vi-rút, hãy thử lại sau")


@dataclass(frozen=True, kw_only=True)
class AttachFile:
    """Give an upload to a dossier, as this component or as none of them."""

    dossier: str
    component: str = ""
    sha256: str = ""
    name: str = ""
    revision: int | None = None
    idempotency_key: str = ""


@dataclass(frozen=True, kw_only=True)
class DetachFile:
    """Take a file off a dossier; its bytes and its row stay."""

    dossier: str
    file: str
    reason: str
    revision: int | None = None
    idempotency_key: str = ""


@dataclass(frozen=True, kw_only=True)
class FileView:
    """A file as the doors are told of it; `state` is quarantined, clean or infected."""

    id: str
    component: str
    name: str
    media_type: str
    size: int
    sha256: str
    pages: int
    state: str
    uploaded_at: datetime
    uploaded_by: str
    detached_at: datetime | None
    detach_reason: str


@dataclass(frozen=True, kw_only=True)
class Served:
    """The bytes of a file, to be handed over as an attachment."""

    name: str
    media_type: str
    sha256: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class Swept:
    """What a sweep forgot: rows nobody handed in, bytes no row names."""

    loose: int
    unnamed: int


def upload(office: Office, actor: Actor, given: Upload, key: str = "") -> FileView:
    """Keep a file that belongs to no dossier yet; whoever uploaded it may hand it in.

    Raises FileRefused, NoFileStore, Forbidden, IdempotencyMismatch.
    """
    permit(actor, UPLOAD_FILE, list_of(actor.agency))
    with kept(office, given, actor.person, actor.agency) as row:
        return office.store.write(lambda uow: _add(uow, actor, row, key))


def attach(office: Office, actor: Actor, given: Upload, command: AttachFile) -> DossierView:
    """Keep a file and give it to a dossier.

    Raises FileRefused, NoFileStore, NotFound, Forbidden, Stale, InvalidInput, IdempotencyMismatch.
    """
    office.store.read(lambda uow: _may_attach(uow, actor, command.dossier))
    with kept(office, given, actor.person, actor.agency) as row:
        return office.store.write(lambda uow: _attach(uow, office, actor, command, row))


def detach(office: Office, actor: Actor, command: DetachFile) -> DossierView:
    """Take a file off a dossier, for a reason.

    Clocks: none stops or starts. Raises NotFound, Forbidden, Stale, InvalidInput or
    IdempotencyMismatch.
    """
    check_reason(command.reason)
    return office.store.write(lambda uow: _detach(uow, office, actor, command))


def list_files(office: Office, actor: Actor, dossier: str) -> tuple[FileView, ...]:
    """Return the files of a dossier, detached ones too; raises NotFound or Forbidden."""

    def look(uow: UnitOfWork) -> tuple[FileView, ...]:
        row, _ = uow.dossiers.get(dossier)
        permit(actor, READ, part_of(row, parties=uow.steps.agencies(row.id)))
        return tuple(file_view(one) for one in uow.files.of_dossier(row.id))

    return office.store.read(look)


def read(office: Office, actor: Actor, dossier: str, file: str) -> Served:
    """Return the bytes of a file of a dossier.

    Raises NotFound, Forbidden, FileInQuarantine, FileDamaged or NoFileStore.
    """

    def look(uow: UnitOfWork) -> FileRow:
        row, _ = uow.dossiers.get(dossier)
        permit(actor, READ, part_of(row, parties=uow.steps.agencies(row.id)))
        found = uow.files.get(file)
        if found.dossier_id != row.id:
            raise NotFound("tệp", file[:60])
        return found

    return _served(office, office.store.read(look))


def _served(office: Office, found: FileRow) -> Served:
    if found.state != Scan.CLEAN:
        raise FileInQuarantine(found.state)
    content = shelf_of(office).read(found.sha256)
    return Served(
        name=found.name, media_type=found.media_type, sha256=found.sha256, content=content
    )


def read_enclosed(office: Office, actor: Actor, referral: str, file: str) -> Served:
    """Return the bytes of a file that goes with a referral or with an answer to it.

    The asked agency reads these of a dossier, and no others. Raises as `read` does.
    """

    def look(uow: UnitOfWork) -> FileRow:
        asked = uow.referrals.get(referral)
        row, _ = uow.dossiers.get(asked.dossier_id)
        permit(actor, READ_REFERRAL, part_of(row, agency=asked.to_agency))
        sent = [*asked.documents, *(d for s in asked.stamps for d in s.get("documents", ()))]
        if file not in {d.get("file") for d in sent}:
            raise NotFound("tệp", file[:60])
        return uow.files.get(file)

    return _served(office, office.store.read(look))


def scan_waiting(office: Office, limit: int = 50) -> int:
    """Ask the scanner about files in quarantine; return how many it gave a verdict on."""
    if office.scanner is None:
        return 0
    told = 0
    for row in office.store.read(lambda uow: uow.files.quarantined(limit)):
        verdict = office.scanner.scan(shelf_of(office).read(row.sha256))
        if verdict is Scan.UNKNOWN:
            return told
        hash_, state = row.sha256, verdict.value
        office.store.write(lambda uow, h=hash_, s=state: uow.files.scanned(h, s))  # type: ignore[misc]
        told += 1
    return told


def sweep(office: Office) -> Swept:
    """Forget uploads nobody handed in for a week, and bytes of yesterday that no row names."""
    now, shelf = office.clock.now(), shelf_of(office)
    loose = office.store.write(lambda uow: uow.files.drop_loose(now - KEEP_LOOSE))
    before, gone = now - KEEP_UNNAMED, 0
    old = list(shelf.older_than(before))
    for start in range(0, len(old), BATCH):
        batch = old[start : start + BATCH]
        known = office.store.read(lambda uow, b=batch: uow.files.known(b))  # type: ignore[misc]
        gone += sum(shelf.remove(h, before=before) for h in batch if h not in known)
    return Swept(loose=loose, unnamed=gone)


def file_view(row: FileRow) -> FileView:
    """Return a file as the doors are told of it."""
    return FileView(**{f.name: getattr(row, f.name) for f in fields(FileView)})


def _add(uow: UnitOfWork, actor: Actor, row: FileRow, key: str) -> FileView:
    asked = request_hash("Upload", {"sha256": row.sha256, "name": row.name})
    if key:
        result = recall(uow.commands.answered(actor.person, key), key, asked)
        if result is not None:
            return file_view(uow.files.get(result["id"]))
    uow.files.add(row)
    view = file_view(row)
    if key:
        told: dict[str, Any] = orjson.loads(orjson.dumps(view))
        at = row.uploaded_at
        uow.commands.remember(actor.person, key, kind="Upload", asked=asked, result=told, at=at)
    return view


def _may_attach(uow: UnitOfWork, actor: Actor, dossier: str) -> None:
    row, _ = uow.dossiers.get(dossier)
    permit(actor, ATTACH_FILE, part_of(row))


def _attach(
    uow: UnitOfWork, office: Office, actor: Actor, command: AttachFile, row: FileRow
) -> DossierView:
    said = {"sha256": row.sha256, "name": row.name}
    held = hold(uow, office, actor, AttachFile(**vars(command) | said), command.dossier)
    if held.replayed is not None:
        return held.replayed
    held.permit(ATTACH_FILE)
    held.see(command.revision)
    component = "" if command.component == NO_COMPONENT else command.component
    known_components(held.version.procedure, [component] if component else [])
    if len(uow.files.of_dossier(held.row.id)) >= MOST_FILES:
        raise InvalidInput("file", f"hồ sơ đã có {MOST_FILES} tệp")
    event = FileAttached(
        at=held.now,
        file=row.id,
        sha256=row.sha256,
        media_type=row.media_type,
        size=row.size,
        component=component,
    )
    view = held.save(None, after=(event,))
    values = vars(row) | {"dossier_id": held.row.id, "component": component}
    uow.files.add(FileRow(**values))
    return view


def _detach(uow: UnitOfWork, office: Office, actor: Actor, command: DetachFile) -> DossierView:
    held = hold(uow, office, actor, command, command.dossier)
    if held.replayed is not None:
        return held.replayed
    held.permit(DETACH_FILE)
    held.see(command.revision)
    found = uow.files.get(command.file)
    if found.dossier_id != held.row.id or found.detached_at is not None:
        raise NotFound("tệp", command.file[:60])
    reason = command.reason
    event = FileDetached(at=held.now, file=found.id, sha256=found.sha256, reason=reason)
    view = held.save(None, after=(event,))
    uow.files.detach(found.id, at=held.now, by=actor.person, reason=reason)
    return view
