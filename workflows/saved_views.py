"""Views people keep of the worklist: a question under a name, for oneself or for the whole unit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from engine.law.authority import Actor
from workflows.errors import InvalidInput, NotFound
from workflows.office import Office
from workflows.permitting import KEEP_VIEW, SHARE_VIEW, list_of, permit
from workflows.repeating import once
from workflows.store import UnitOfWork
from workflows.store.records import SavedViewRow

MAX_NAME = 80
MOST_VIEWS = 50
ASKED = frozenset(
    {
        "role", "state", "holder", "procedure", "element", "status", "channel", "receiving_unit",
        "priority", "overdue", "q", "order",
    }
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class KeepView:
    """Keep a question under a name; `shared` lets the whole unit see it."""

    name: str
    query: Mapping[str, Any] = field(default_factory=dict)
    shared: bool = False
    idempotency_key: str = ""


@dataclass(frozen=True, kw_only=True)
class RenameView:
    """Give one of one's own views another name."""

    view: str
    name: str
    idempotency_key: str = ""


@dataclass(frozen=True, kw_only=True)
class SavedView:
    """A kept view; `own` tells whether the caller may drop it."""

    id: str
    name: str
    query: dict[str, Any]
    shared: bool
    own: bool
    created_at: datetime


def saved_views(office: Office, actor: Actor) -> tuple[SavedView, ...]:
    """Return the caller's views at their agency, and those shared there; raises Forbidden."""
    permit(actor, KEEP_VIEW, list_of(actor.agency))
    rows = office.store.read(lambda uow: uow.worklists.views(actor.person, actor.agency))
    return tuple(_view(row, actor) for row in rows)


def keep_view(office: Office, actor: Actor, command: KeepView) -> SavedView:
    """Keep a view; one of the same name is replaced.

    Raises Forbidden (only heads share), InvalidInput or IdempotencyMismatch.
    """
    permit(actor, SHARE_VIEW if command.shared else KEEP_VIEW, list_of(actor.agency))
    name = _name(command.name)
    if unknown := sorted(set(command.query) - ASKED):
        raise InvalidInput("query", f"không có điều kiện «{unknown[0]}»")

    def keep(uow: UnitOfWork) -> dict[str, Any]:
        mine = [v for v in uow.worklists.views(actor.person, actor.agency) if _own(v, actor)]
        if len(mine) >= MOST_VIEWS and all(v.name != name for v in mine):
            raise InvalidInput("name", f"đã có {MOST_VIEWS} danh sách; hãy bỏ bớt")
        row = SavedViewRow(
            id=office.ids.new_id(),
            person=actor.person,
            agency=actor.agency,
            name=name,
            shared=command.shared,
            query=dict(command.query),
            created_at=office.clock.now(),
        )
        uow.worklists.keep_view(row)
        return _record(row)

    return _revived(once(office, actor, command, keep), actor)


def rename_view(office: Office, actor: Actor, command: RenameView) -> SavedView:
    """Rename one of the caller's own views.

    Raises NotFound, Forbidden, InvalidInput (no name, or another view has it) or
    IdempotencyMismatch.
    """
    permit(actor, KEEP_VIEW, list_of(actor.agency))
    name = _name(command.name)

    def rename(uow: UnitOfWork) -> dict[str, Any]:
        own = [v for v in uow.worklists.views(actor.person, actor.agency) if _own(v, actor)]
        row = next((v for v in own if v.id == command.view), None)
        if row is None:
            raise NotFound("danh sách đã lưu", command.view)
        if any(v.name == name and v.id != row.id for v in own):
            raise InvalidInput("name", f"đã có danh sách tên «{name}»")
        renamed = replace(row, name=name)
        uow.worklists.drop_view(row.id, actor.person)
        uow.worklists.keep_view(renamed)
        return _record(renamed)

    return _revived(once(office, actor, command, rename), actor)


def drop_view(office: Office, actor: Actor, view: str) -> None:
    """Drop one of the caller's own views; raises NotFound or Forbidden."""
    permit(actor, KEEP_VIEW, list_of(actor.agency))
    if not office.store.write(lambda uow: uow.worklists.drop_view(view, actor.person)):
        raise NotFound("danh sách đã lưu", view)


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not name or len(name) > MAX_NAME:
        raise InvalidInput("name", f"hãy đặt tên, không quá {MAX_NAME} ký tự")
    return name


def _record(row: SavedViewRow) -> dict[str, Any]:
    return asdict(row) | {"created_at": row.created_at.isoformat()}


def _revived(record: Mapping[str, Any], actor: Actor) -> SavedView:
    at = datetime.fromisoformat(record["created_at"])
    return _view(SavedViewRow(**{**record, "created_at": at}), actor)


def _own(row: SavedViewRow, actor: Actor) -> bool:
    return row.person == actor.person


def _view(row: SavedViewRow, actor: Actor) -> SavedView:
    return SavedView(
        id=row.id,
        name=row.name,
        query=row.query,
        shared=row.shared,
        own=_own(row, actor),
        created_at=row.created_at,
    )
