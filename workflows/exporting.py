"""Exports: the record and the dossiers of an agency as a stream of lines, in bounded memory.

For whoever may read the agency's dossiers in full, and for the reviewer without persons: only what
is named here is told then, so that what a new event says is private until somebody decides.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson

from engine.law.authority import Actor
from workflows.office import Office
from workflows.permitting import EXPORT, list_of, permit
from workflows.store.events import Place, Span
from workflows.store.records import DossierRow, EventRow

BATCH = 500
SETTLED = timedelta(minutes=2)  # a slow transaction may still write an earlier moment
REVIEWER = "reviewer"
SECRETS = frozenset({"token"})  # opens a door: told to nobody
PLAIN = frozenset(
    {
        "kind", "at", "step", "element", "element_kind", "name", "lane", "flow", "cause", "index",
        "agency", "role", "taken", "round", "channel", "procedure", "version", "receiving_unit",
        "competent_agency", "about", "due_at", "new_due_at", "outcome", "clock", "ground", "late",
        "silent", "to_agency", "process", "components",
    }
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class ExportQuery:
    """Which lines: of an agency (the caller's unless named), recorded from and before a moment.

    Without an end, everything that is settled: written two minutes ago or earlier.
    """

    agency: str = ""
    since: datetime | None = None
    until: datetime | None = None


def events(office: Office, actor: Actor, query: ExportQuery) -> Iterator[bytes]:
    """Return the record as lines of JSON, in the order of writing; raises Forbidden at once."""
    agency, veil = _asked(office, actor, query)
    return _event_lines(office, _span(office, query, agency), veil)


def dossiers(office: Office, actor: Actor, query: ExportQuery) -> Iterator[bytes]:
    """Return dossiers received in the time as lines of JSON; raises Forbidden at once."""
    agency, veil = _asked(office, actor, query)
    return _dossier_lines(office, _span(office, query, agency), veil)


@dataclass(frozen=True)
class _Veil:
    """What hides persons: the same person is the same word within one export, and no other."""

    salt: str

    def over(self, person: str) -> str:
        """Return a word for a person, empty for nobody; the program itself has no veil."""
        if person in {"", "system"}:
            return person
        return "p-" + hashlib.sha256(f"{self.salt}\n{person}".encode()).hexdigest()[:16]


def _asked(office: Office, actor: Actor, query: ExportQuery) -> tuple[str, _Veil | None]:
    agency = query.agency or actor.agency
    permit(actor, EXPORT, list_of(agency))
    return agency, _Veil(office.ids.new_token()) if actor.role == REVIEWER else None


def _span(office: Office, query: ExportQuery, agency: str) -> Span:
    until = query.until or office.clock.now() - SETTLED
    return Span(agency=agency, since=query.since, until=until)


def _event_lines(office: Office, span: Span, veil: _Veil | None) -> Iterator[bytes]:
    after: Place | None = None
    while True:
        rows = office.store.read(lambda uow, a=after: uow.events.written(span, a, BATCH))  # type: ignore[misc]
        for row in rows:
            yield _line(_event(row, veil))
        if len(rows) < BATCH:
            return
        after = (rows[-1].recorded_at, rows[-1].dossier_id, rows[-1].seq)


def _dossier_lines(office: Office, span: Span, veil: _Veil | None) -> Iterator[bytes]:
    after: tuple[datetime, str] | None = None
    while True:
        rows = office.store.read(lambda uow, a=after: uow.events.received(span, a, BATCH))  # type: ignore[misc]
        for row in rows:
            yield _line(_dossier(row, veil))
        if len(rows) < BATCH:
            return
        after = (rows[-1].received_at, rows[-1].id)


def _line(values: dict[str, Any]) -> bytes:
    return orjson.dumps(values, option=orjson.OPT_UTC_Z) + b"\n"


def _event(row: EventRow, veil: _Veil | None) -> dict[str, Any]:
    said = orjson.loads(row.body)
    if veil is None:
        data = {name: value for name, value in said.items() if name not in SECRETS}
    else:
        data = {name: value for name, value in said.items() if name in PLAIN}
        if "assignee" in said:
            data["assignee"] = veil.over(said["assignee"])
    return {
        "dossier": row.dossier_id,
        "seq": row.seq,
        "at": row.at,
        "recorded_at": row.recorded_at,
        "kind": row.kind,
        "step": row.step,
        "element": row.element,
        "actor": row.actor if veil is None else veil.over(row.actor),
        "role": row.role,
        "agency": row.agency,
        "clock": row.clock,
        "data": data,
        **({"hash": row.hash} if veil is None else {}),
    }


def _dossier(row: DossierRow, veil: _Veil | None) -> dict[str, Any]:
    """Return a dossier without its applicant; to the reviewer without its code too."""
    return {
        "dossier": row.id,
        **({"code": row.code} if veil is None else {}),
        "procedure": row.procedure,
        "digest": row.digest,
        "channel": row.channel,
        "receiving_unit": row.receiving_unit,
        "competent_agency": row.competent_agency,
        "received_at": row.received_at,
        "status": row.status,
        "outcome": row.outcome,
        "supplement_rounds": row.supplement_rounds,
        "due_at": row.due_at,
        "clock_running": row.clock_running,
        "resolved_at": row.resolved_at,
        "ended_at": row.ended_at,
    }
