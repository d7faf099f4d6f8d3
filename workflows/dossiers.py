"""Dossiers (hồ sơ): reading one, its history, its deadline; lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import orjson

from engine.law.authority import Actor
from engine.law.deadlines import Deadline
from workflows import looking
from workflows.office import Office
from workflows.paging import page_size
from workflows.permitting import LIST_DOSSIERS, READ, list_of, part_of, permit
from workflows.standing import deadline_of
from workflows.store import UnitOfWork
from workflows.store.dossiers import DossierFilter
from workflows.store.events import revive
from workflows.store.records import DossierRow, EventRow
from workflows.viewing import dossier_view
from workflows.views import DossierView, Page, dossier_line, next_cursor, read_cursor

BATCH = 200


@dataclass(frozen=True, kw_only=True)
class DossierQuery:
    """Which dossiers: of an agency (the caller's unless named), a procedure, a status."""

    agency: str = ""
    procedure: str = ""
    status: int | None = None
    overdue: bool | None = None
    q: str = ""
    cursor: str = ""
    limit: int = 50


@dataclass(frozen=True, kw_only=True)
class EventView:
    """One line of the record; `data` is the event as it was written."""

    seq: int
    at: datetime
    recorded_at: datetime
    kind: str
    step: str
    element: str
    actor: str
    role: str
    agency: str
    clock: str
    data: dict[str, Any]
    hash: str


@dataclass(frozen=True, kw_only=True)
class WholeDossier:
    """A dossier with its record and the deadline that follows from it, all of one moment."""

    view: DossierView
    record: tuple[EventView, ...]
    deadline: Deadline


def read(office: Office, actor: Actor, dossier: str) -> DossierView:
    """Return a dossier as it is now; raises NotFound or Forbidden."""

    def look(uow: UnitOfWork) -> DossierView:
        row, state = uow.dossiers.get(dossier)
        permit(actor, READ, part_of(row, parties=uow.steps.agencies(row.id)))
        steps = uow.steps.of_dossier(row.id, only_open=True)
        version = office.catalogue.at(row.digest)
        return dossier_view(version, row, state, steps, office.clock.now())

    return office.store.read(look)


def list_dossiers(office: Office, actor: Actor, query: DossierQuery) -> Page:
    """Return a page of `DossierLine`, the latest received first.

    With `q`, those found by all its words, marks or not. Raises Forbidden, or InvalidInput for a
    cursor that is not ours.
    """
    agency = query.agency or actor.agency
    permit(actor, LIST_DOSSIERS, list_of(agency))
    limit = page_size(query.limit)
    place = read_cursor(query.cursor, 2)
    now = office.clock.now()
    wanted = DossierFilter(
        agency=agency,
        procedure=query.procedure,
        status=query.status,
        overdue_at=now if query.overdue else None,
        after=(place[0], place[1]) if place else None,
        limit=limit,
    )
    rows = office.store.read(lambda uow: _found(uow, wanted, query.q))
    looking.saw(row.id for row in rows)
    cursor = next_cursor(len(rows), limit, rows[-1].received_at, rows[-1].id) if rows else ""
    return Page(items=tuple(dossier_line(r, now) for r in rows), cursor=cursor)


def _found(uow: UnitOfWork, wanted: DossierFilter, text: str) -> Sequence[DossierRow]:
    """Return a page of dossiers; words are looked for a batch at a time, until the page is full."""
    if not text.strip():
        return uow.dossiers.find(wanted)
    found: list[DossierRow] = []
    after = wanted.after
    while len(found) < wanted.limit:
        hits = uow.searching.find(wanted.agency, text, after=after, limit=BATCH)
        among = tuple(hit.dossier_id for hit in hits)
        found += uow.dossiers.find(replace(wanted, among=among, limit=BATCH)) if among else ()
        if len(hits) < BATCH:
            break
        after = (hits[-1].received_at, hits[-1].dossier_id)
    return found[: wanted.limit]


def read_whole(office: Office, actor: Actor, dossier: str) -> WholeDossier:
    """Return a dossier, its record and its deadline by one look; raises NotFound or Forbidden."""

    def look(uow: UnitOfWork) -> WholeDossier:
        row, state = uow.dossiers.get(dossier)
        permit(actor, READ, part_of(row, parties=uow.steps.agencies(row.id)))
        version = office.catalogue.at(row.digest)
        calendar = office.catalogue.calendar(row.competent_agency)
        record = uow.events.of_dossier(row.id)
        happened = [revive(e) for e in record]
        steps = uow.steps.of_dossier(row.id, only_open=True)
        return WholeDossier(
            view=dossier_view(version, row, state, steps, office.clock.now()),
            record=tuple(_event_view(e) for e in record),
            deadline=deadline_of(row, version.procedure, happened, calendar),
        )

    return office.store.read(look)


def history(office: Office, actor: Actor, dossier: str) -> tuple[EventView, ...]:
    """Return the whole record of a dossier in order; raises NotFound or Forbidden."""

    def look(uow: UnitOfWork) -> tuple[EventView, ...]:
        row, _ = uow.dossiers.get(dossier)
        permit(actor, READ, part_of(row, parties=uow.steps.agencies(row.id)))
        return tuple(_event_view(e) for e in uow.events.of_dossier(row.id))

    return office.store.read(look)


def deadline(office: Office, actor: Actor, dossier: str) -> Deadline:
    """Return the deadline with its explanation, computed from the record.

    Raises NotFound or Forbidden.
    """

    def look(uow: UnitOfWork) -> Deadline:
        row, _ = uow.dossiers.get(dossier)
        permit(actor, READ, part_of(row, parties=uow.steps.agencies(row.id)))
        events = [revive(e) for e in uow.events.of_dossier(row.id)]
        procedure = office.catalogue.at(row.digest).procedure
        calendar = office.catalogue.calendar(row.competent_agency)
        return deadline_of(row, procedure, events, calendar)

    return office.store.read(look)


def _event_view(row: EventRow) -> EventView:
    return EventView(
        seq=row.seq,
        at=row.at,
        recorded_at=row.recorded_at,
        kind=row.kind,
        step=row.step,
        element=row.element,
        actor=row.actor,
        role=row.role,
        agency=row.agency,
        clock=row.clock,
        data=orjson.loads(row.body),
        hash=row.hash,
    )
