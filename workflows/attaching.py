"""Giving files that were uploaded before to a dossier: intake and taking papers do so alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from engine.law.authority import Actor
from engine.timing.events import FileAttached
from workflows.errors import InvalidInput
from workflows.store import UnitOfWork

MOST_FILES = 200
NO_COMPONENT = "other"


def arriving(
    uow: UnitOfWork, actor: Actor, files: Mapping[str, Sequence[str]], now: datetime
) -> tuple[FileAttached, ...]:
    """Return the events of files by component that the actor uploaded; raises InvalidInput.

    `files` maps a component, or `other`, to ids. Nothing is written yet: see `attach`.
    """
    wanted = [(one, component) for component, ids in files.items() for one in ids]
    if not wanted:
        return ()
    if len(wanted) > MOST_FILES or len({one for one, _ in wanted}) != len(wanted):
        raise InvalidInput("files", f"mỗi tệp một lần, nhiều nhất {MOST_FILES} tệp")
    rows = {row.id: row for row in uow.files.named([one for one, _ in wanted])}
    events = []
    for one, component in wanted:
        row = rows.get(one)
        if row is None or row.uploaded_by != actor.person or row.dossier_id is not None:
            raise InvalidInput("files", f"không có tệp «{one[:60]}» do bạn tải lên và chưa dùng")
        if row.state == "infected":
            raise InvalidInput("files", f"tệp «{row.name}» có vi-rút")
        events.append(
            FileAttached(
                at=now,
                file=row.id,
                sha256=row.sha256,
                media_type=row.media_type,
                size=row.size,
                component="" if component == NO_COMPONENT else component,
            )
        )
    return tuple(events)


def attach(uow: UnitOfWork, events: Sequence[FileAttached], dossier_id: str) -> None:
    """Write that the files of these events belong to the dossier; raises InvalidInput in a race."""
    for event in events:
        if not uow.files.attach(event.file, dossier_id, event.component):
            raise InvalidInput("files", f"tệp «{event.file}» vừa được dùng cho hồ sơ khác")
