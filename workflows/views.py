"""What the doors are told about a dossier: frozen values that also survive as JSON.

An idempotent repeat gets the stored JSON back as the same value. Personal ids are masked here.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import orjson

from engine.law.codes import NationalStatus
from engine.law.statuses import DeliveryState, FinanceState, Standing, SyncState
from workflows.errors import InvalidInput
from workflows.store.records import DossierRow, StepRow


@dataclass(frozen=True, kw_only=True)
class StepView:
    """A step of a dossier; `task` is its id, `state` open, claimed, waiting, done or withdrawn."""

    task: str
    element: str
    name: str
    kind: str
    agency: str
    role: str
    assignee: str
    state: str
    clock: str
    enabled_at: datetime
    started_at: datetime | None
    closed_at: datetime | None
    index: int | None


@dataclass(frozen=True, kw_only=True)
class TimerView:
    """A timer that will fire by itself."""

    id: str
    element: str
    name: str
    due_at: datetime


@dataclass(frozen=True, kw_only=True)
class WaitView:
    """A message that is waited for."""

    id: str
    element: str
    kind: str
    name: str
    key: str


@dataclass(frozen=True, kw_only=True)
class DossierView:
    """A dossier as its revision `revision` is; `status` is the national status 1-10."""

    id: str
    code: str
    procedure: str
    procedure_name: str
    version: str
    digest: str
    revision: int
    status: int
    status_name: str
    channel: str
    receiving_unit: str
    competent_agency: str
    support_point: str
    applicant_name: str
    applicant_id: str
    components: dict[str, Any]
    received_at: datetime
    due_at: datetime | None
    clock_running: bool
    overdue: bool
    supplement_rounds: int
    resolved_at: datetime | None
    ended_at: datetime | None
    outcome: str
    end_element: str
    tasks: tuple[StepView, ...]
    timers: tuple[TimerView, ...]
    waits: tuple[WaitView, ...]
    finance: FinanceState = FinanceState.NONE
    delivery: DeliveryState = DeliveryState.NONE
    sync: SyncState = SyncState.NONE
    suspended_ground: str = ""
    suspended_until: datetime | None = None

    def to_record(self) -> dict[str, Any]:
        """Return plain JSON values."""
        values: dict[str, Any] = orjson.loads(orjson.dumps(self))
        return values

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> DossierView:
        """Return the value `to_record` came from."""
        values = _moments(cls, record)
        values["tasks"] = tuple(StepView(**_moments(StepView, t)) for t in values["tasks"])
        values["timers"] = tuple(TimerView(**_moments(TimerView, t)) for t in values["timers"])
        values["waits"] = tuple(WaitView(**t) for t in values["waits"])
        kinds = {"finance": FinanceState, "delivery": DeliveryState, "sync": SyncState}
        values |= {name: kind(values.get(name, "none")) for name, kind in kinds.items()}
        return cls(**values)


@dataclass(frozen=True, kw_only=True)
class DossierLine:
    """A line of a list of dossiers."""

    id: str
    code: str
    procedure: str
    status: int
    status_name: str
    revision: int
    receiving_unit: str
    competent_agency: str
    applicant_name: str
    received_at: datetime
    due_at: datetime | None
    overdue: bool
    ended_at: datetime | None
    finance: FinanceState
    delivery: DeliveryState
    sync: SyncState


@dataclass(frozen=True, kw_only=True)
class Page:
    """Some lines of a list; `cursor` asks for the next ones, empty at the end."""

    items: tuple[Any, ...]
    cursor: str = ""


def _moments(kind: type, record: Mapping[str, Any]) -> dict[str, Any]:
    moments = {f.name for f in fields(kind) if f.name.endswith(("_at", "_until"))}
    return {
        k: datetime.fromisoformat(v) if k in moments and v is not None else v
        for k, v in record.items()
    }


def step_view(row: StepRow) -> StepView:
    """Return what the doors are told about a step."""
    return StepView(
        task=row.step,
        element=row.element,
        name=row.name,
        kind=row.kind,
        agency=row.agency,
        role=row.role,
        assignee=row.assignee,
        state=row.state,
        clock=row.clock,
        enabled_at=row.enabled_at,
        started_at=row.started_at,
        closed_at=row.closed_at,
        index=row.item_index,
    )


def masked(personal_id: str | None) -> str:
    """Return a personal id with all but its last three characters hidden."""
    if not personal_id:
        return ""
    return "•" * max(len(personal_id) - 3, 0) + personal_id[-3:]


def is_overdue(row: DossierRow, now: datetime) -> bool:
    """Tell whether the result came, or is to come, after the due moment."""
    end = row.resolved_at or row.ended_at
    if end is not None:
        return row.due_at is not None and end > row.due_at
    return row.clock_running and row.due_at is not None and now > row.due_at


def status_name(status: int) -> str:
    """Return the Vietnamese name of a national status."""
    return NationalStatus(status).label


def standing_of(row: DossierRow) -> Standing:
    """Return the states of a dossier beside its national status."""
    return Standing(
        finance=FinanceState(row.finance),
        delivery=DeliveryState(row.delivery),
        reported_status=row.reported_status,
        report_accepted=row.report_accepted,
    )


def dossier_line(row: DossierRow, now: datetime) -> DossierLine:
    """Return a dossier as a line of a list."""
    standing = standing_of(row)
    return DossierLine(
        id=row.id,
        code=row.code,
        procedure=row.procedure,
        status=row.status,
        status_name=status_name(row.status),
        revision=row.revision,
        receiving_unit=row.receiving_unit,
        competent_agency=row.competent_agency,
        applicant_name=row.applicant_name,
        received_at=row.received_at,
        due_at=row.due_at,
        overdue=is_overdue(row, now),
        ended_at=row.ended_at,
        finance=standing.finance,
        delivery=standing.delivery,
        sync=standing.sync(row.status),
    )


def next_cursor(rows: int, limit: int, *place: Any) -> str:
    """Return the cursor after the last line, empty when there were fewer lines than asked."""
    if rows < limit:
        return ""
    return base64.urlsafe_b64encode(orjson.dumps(place)).decode().rstrip("=")


def read_cursor(cursor: str, parts: int) -> tuple[Any, ...] | None:
    """Return the place a cursor names, its first part a moment; raises InvalidInput."""
    if not cursor:
        return None
    try:
        place = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        moment = datetime.fromisoformat(place[0])
        rest = place[1:]
        good = len(rest) == parts - 1 and all(isinstance(p, str) for p in rest)
    except (binascii.Error, orjson.JSONDecodeError, ValueError, TypeError, LookupError):
        good = False
    if not good or moment.tzinfo is None:
        raise InvalidInput("cursor", "hãy dùng đúng giá trị đã nhận ở trang trước")
    return (moment, *rest)
