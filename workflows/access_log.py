"""The log of looks (nhật ký truy cập): writing it down, and reading it.

A look is on record before its answer leaves, so none is lost by a crash; those that are answered at
the same time share one commit. It holds ids of dossiers and never a name of an applicant.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any

from engine.law.authority import Actor
from workflows.errors import InvalidInput
from workflows.looking import Look
from workflows.office import Office
from workflows.paging import page_size
from workflows.permitting import READ_ACCESS_LOG, governed, permit
from workflows.store import UnitOfWork
from workflows.store.access_log import LookFilter, LookRow
from workflows.views import Page, next_cursor, read_cursor

MOST_DIGITS = 18


class LookBook:
    """Writes looks for all threads of a process: whoever has the turn writes what waits."""

    def __init__(self, office: Office) -> None:
        """Write into the store of an office."""
        self._office = office
        self._waiting: list[dict[str, Any]] = []
        self._lock, self._turn = Lock(), Lock()

    def write(self, looks: Sequence[Look], *, address: str, request_id: str) -> None:
        """Return when the looks are on record; raises what the store raises, nothing lost then."""
        if not looks:
            return
        now = self._office.clock.now()
        here = {"at": now, "address": address, "request_id": request_id}
        with self._lock:
            self._waiting += [vars(look) | {"shown": list(look.shown)} | here for look in looks]
        with self._turn:
            with self._lock:
                rows, self._waiting = self._waiting, []
            if not rows:
                return  # somebody else had the turn and wrote ours too
            try:
                self._office.store.write(lambda uow: uow.access_log.append(rows))
            except BaseException:
                with self._lock:
                    self._waiting = rows + self._waiting
                raise


@dataclass(frozen=True, kw_only=True)
class LookQuery:
    """Which lines: of people of an agency and those below it, a person, a dossier."""

    agency: str = ""
    person: str = ""
    dossier: str = ""
    refused: bool | None = None
    cursor: str = ""
    limit: int = 50


def list_looks(office: Office, actor: Actor, query: LookQuery) -> Page:
    """Return a page of the log, the latest first; raises Forbidden, NotFound or InvalidInput."""
    agencies = office.catalogue.agencies
    agency = query.agency or actor.agency
    agencies.get(agency)
    permit(actor, READ_ACCESS_LOG, governed(agencies, agency))
    limit = page_size(query.limit)
    wanted = LookFilter(
        agencies=agencies.below(agency),
        person=query.person,
        subject=f"dossier:{query.dossier}" if query.dossier else "",
        refused=query.refused,
        before=_before(query.cursor),
        limit=limit,
    )
    rows = office.store.read(lambda uow: uow.access_log.find(wanted))
    cursor = next_cursor(len(rows), limit, rows[-1].at, str(rows[-1].seq)) if rows else ""
    return Page(items=tuple(rows), cursor=cursor)


def tail(office: Office, *, person: str = "", limit: int = 50) -> tuple[LookRow, ...]:
    """Return the latest lines of all agencies, for operators at the machine itself."""

    def look(uow: UnitOfWork) -> tuple[LookRow, ...]:
        return tuple(uow.access_log.find(LookFilter(agencies=None, person=person, limit=limit)))

    return office.store.read(look)


def _before(cursor: str) -> int | None:
    place = read_cursor(cursor, 2)
    if place is None:
        return None
    if not place[1].isdecimal() or len(place[1]) > MOST_DIGITS:
        raise InvalidInput("cursor", "hãy dùng đúng giá trị đã nhận ở trang trước")
    return int(place[1])
