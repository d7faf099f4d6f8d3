"""What the world is told of a command: one outbox row per subscription and event, and notices.

Derived from the very rows of the record, in the transaction that writes them; sent later, by
`delivering`. Pure. A row holds no personal data: codes, ids, kinds and the national status alone;
what a letter needs more is read when it is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.law.warning_times import WarningKind
from engine.timing.events import (
    ApologyIssued,
    DeadlineExtended,
    DeadlineWarned,
    DossierReceived,
    Event,
    SupplementRequested,
)
from workflows.clock import Ids
from workflows.store.records import DossierRow, EventRow, OutboxRow

EVENT, NOTIFICATION = "event", "notification"
APPLICANT, CLERK, HEAD = "applicant", "clerk", "head"

# What people are told of by letter, and who.
NOTICES: dict[type[Event], tuple[str, str]] = {
    DossierReceived: ("received", APPLICANT),
    SupplementRequested: ("supplement", APPLICANT),
    ApologyIssued: ("apology", APPLICANT),
    DeadlineExtended: ("extension", APPLICANT),
}
WARNINGS = {
    WarningKind.DUE_SOON.value: ("due_soon", CLERK),
    WarningKind.OVERDUE.value: ("overdue", HEAD),
}
RESULT_READY = ("result_ready", APPLICANT)
FOR_APPLICANTS = (*(name for name, _ in NOTICES.values()), RESULT_READY[0])
FOR_STAFF = tuple(name for name, _ in WARNINGS.values())


@dataclass(frozen=True, kw_only=True)
class Listener:
    """A subscription as whoever writes an event sees it; empty means every agency, every kind."""

    id: str
    agency: str
    kinds: frozenset[str]

    def wants(self, row: DossierRow, kind: str) -> bool:
        """Tell whether an event of this dossier and kind is to be told."""
        own = (row.receiving_unit, row.competent_agency)
        return (not self.agency or self.agency in own) and (not self.kinds or kind in self.kinds)

    def line(self) -> str:
        """Return the filter as one line, as `read_listeners` reads it."""
        return f"{self.id} {self.agency or '-'} {','.join(sorted(self.kinds)) or '-'}"


def read_listeners(lines: str | None) -> list[Listener]:
    """Return the subscriptions that listen, from one line each."""
    found = []
    for line in (lines or "").splitlines():
        name, agency, kinds = line.split(" ")
        wanted = frozenset() if kinds == "-" else frozenset(kinds.split(","))
        found.append(Listener(id=name, agency="" if agency == "-" else agency, kinds=wanted))
    return found


@dataclass(frozen=True, kw_only=True)
class News:
    """What a command wrote: the events, their rows, the dossier before and after."""

    events: Sequence[Event]
    rows: Sequence[EventRow]
    before: DossierRow
    after: DossierRow
    is_new: bool
    reachable: bool = False


def announce(news: News, listening: str, ids: Ids, now: datetime) -> list[OutboxRow]:
    """Return the outbox rows that follow from the news: to subscriptions, then to people."""
    listeners = read_listeners(listening)
    told = [
        _row(news, ids, now, kind=EVENT, name=row.kind)
        | {"subscription": listener.id, "seq": row.seq, "body": _body(news.after, row)}
        for listener in listeners
        for row in news.rows
        if listener.wants(news.after, row.kind)
    ]
    letters = [
        _row(news, ids, now, kind=NOTIFICATION, name=name)
        | {"key": audience, "seq": seq, "body": {"kind": name}}
        for name, audience, seq in _letters(news)
    ]
    return [OutboxRow(**values) for values in [*told, *letters]]


def _letters(news: News) -> list[tuple[str, str, int]]:
    found = []
    for event, row in zip(news.events, news.rows, strict=True):
        notice = NOTICES.get(type(event))
        if isinstance(event, DeadlineWarned):
            notice = WARNINGS.get(event.about)
        if notice is not None:
            found.append((*notice, row.seq))
    if not news.is_new and news.before.resolved_at is None and _result_is_there(news.after):
        found.append((*RESULT_READY, news.after.last_seq))
    return [one for one in found if one[1] != APPLICANT or news.reachable]


def _result_is_there(row: DossierRow) -> bool:
    return row.resolved_at is not None and row.ended_at is None


def _body(row: DossierRow, event: EventRow) -> dict[str, Any]:
    return {
        "dossier": row.id,
        "code": row.code,
        "procedure": row.procedure,
        "status": row.status,
        "seq": event.seq,
        "kind": event.kind,
        "at": event.at.isoformat(),
        "step": event.step,
        "element": event.element,
        "agency": event.agency,
    }


def _row(news: News, ids: Ids, now: datetime, *, kind: str, name: str) -> dict[str, Any]:
    return {
        "id": ids.new_id(),
        "dossier_id": news.after.id,
        "kind": kind,
        "name": name,
        "element": "",
        "to_agency": "",
        "key": "",
        "created_at": now,
        "retry_at": now,
    }
