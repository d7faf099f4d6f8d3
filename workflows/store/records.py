"""Rows as frozen values, field for column. Not for showing people: views are made above."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, kw_only=True)
class DossierRow:
    """A dossier without its state."""

    id: str
    code: str
    digest: str
    procedure: str
    channel: str
    received_at: datetime
    receiving_unit: str
    competent_agency: str
    support_point: str = ""
    applicant_name: str
    applicant_id: str | None = None
    applicant_phone: str | None = None
    components: dict[str, Any] = field(default_factory=dict)
    revision: int = 0
    status: int = 1
    outcome: str = ""
    end_element: str = ""
    supplement_rounds: int = 0
    due_at: datetime | None = None
    clock_running: bool = True
    resolved_at: datetime | None = None
    ended_at: datetime | None = None
    last_seq: int = 0
    last_hash: str = ""
    finance: str = "none"
    delivery: str = "none"
    reported_status: int = 0
    report_accepted: bool = True
    escalated_to: str = ""
    escalated_at: datetime | None = None
    suspended_at: datetime | None = None
    suspended_until: datetime | None = None
    suspended_ground: str = ""
    signed_off_at: datetime | None = None
    released_at: datetime | None = None
    release_number: str = ""
    priority: int = 0
    name_key: str = ""
    early_answers: int = 0
    spent: dict[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class StateRow:
    """Where the tokens are, and the timers and subscriptions that wait, as JSON values."""

    state_format: int = 1
    state: bytes
    timers: tuple[dict[str, Any], ...] = ()
    subscriptions: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, kw_only=True)
class StepRow:
    """One execution of one element; seconds are None until it is closed."""

    dossier_id: str
    step: str
    element: str
    name: str
    kind: str
    agency: str = ""
    role: str = ""
    assignee: str = ""
    state: str
    item_index: int | None = None
    clock: str = "agency"
    enabled_at: datetime
    assigned_at: datetime | None = None
    started_at: datetime | None = None
    closed_at: datetime | None = None
    closed_by: str = ""
    waiting_seconds: float | None = None
    working_seconds: float | None = None
    paused_seconds: float | None = None
    waiting_office_seconds: float | None = None
    working_office_seconds: float | None = None
    paused_office_seconds: float | None = None
    unassigned: int | None = None
    assigned: int | None = None
    working: int | None = None
    closed: int | None = None
    applicant: int | None = None
    other_agency: int | None = None
    force_majeure: int | None = None
    applicant_office: int | None = None
    other_agency_office: int | None = None
    force_majeure_office: int | None = None
    marks: list[dict[str, Any]] = field(default_factory=list)
    closed_for: str = ""
    flow: str = ""

    @property
    def is_open(self) -> bool:
        """Tell whether it still waits for somebody or something."""
        return self.state in {"open", "claimed", "waiting"}


@dataclass(frozen=True, kw_only=True)
class EventRow:
    """One line of the record, as stored."""

    dossier_id: str
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
    flow: str
    body: str
    prev_hash: str
    hash: str
    on_behalf_of: str = ""


@dataclass(frozen=True, kw_only=True)
class ReferralRow:
    """A question to another agency: where it stands, and every stamp of both sides.

    `state` is sent, delivered, accepted, returned, answered, silent or withdrawn; `wake_at` is when
    the program next writes something by itself (a reminder, that it is overdue). `kept` counts the
    answers that came too late or twice: they are among the stamps.
    """

    id: str
    dossier_id: str
    element: str
    step: str = ""
    message: str = ""
    key: str = ""
    to_agency: str
    sent_at: datetime
    due_at: datetime | None = None
    answered_at: datetime | None = None
    answer: str = ""
    late: bool = False
    silent: bool = False
    revision: int = 1
    state: str = "delivered"
    outside: bool = False
    accept_due_at: datetime | None = None
    accepted_at: datetime | None = None
    wake_at: datetime | None = None
    kept: int = 0
    documents: list[dict[str, Any]] = field(default_factory=list)
    stamps: list[dict[str, Any]] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        """Tell whether an answer is still waited for."""
        return self.state in {"sent", "delivered", "accepted", "returned"}


@dataclass(frozen=True, kw_only=True)
class KeptAnswerRow:
    """An answer that came before it was asked for, or to nothing anybody knows (no dossier)."""

    id: str
    dossier_id: str | None = None
    message: str
    key: str
    referral: str = ""
    answer: str
    by: str = ""
    agency: str = ""
    stamped_at: str = ""
    received_at: datetime
    used_at: datetime | None = None
    documents: list[dict[str, Any]] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class SupplementRow:
    """One round of asking the applicant for papers."""

    dossier_id: str
    round: int
    requested_at: datetime
    requested_by: str
    components: list[str]
    reason: str
    taken_at: datetime | None = None
    reasons: dict[str, str] = field(default_factory=dict)
    brought: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class OutboxRow:
    """A message to the world that has not been delivered, or has."""

    id: str
    dossier_id: str
    kind: str
    name: str
    element: str
    to_agency: str
    key: str
    body: dict[str, Any]
    created_at: datetime
    sent_at: datetime | None = None
    attempts: int = 0
    retry_at: datetime
    fault: str = ""
    subscription: str = ""
    seq: int = 0
    state: str = "pending"
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class VersionRow:
    """The bytes of a procedure version."""

    digest: str
    code: str
    version: str
    effective_from: Any
    procedure_toml: bytes
    process_bpmn: bytes
    scenarios_toml: bytes
    stored_at: datetime


@dataclass(frozen=True, kw_only=True)
class IntakeRow:
    """What the counter noted of a dossier: contact, submitter, how the result is wanted."""

    dossier_id: str
    token: str
    id_hash: str | None = None
    address: str = ""
    email: str = ""
    submitter_kind: str = "self"
    submitter_name: str = ""
    submitter_id: str | None = None
    submitter_phone: str = ""
    authorisation: str = ""
    result_by: str = "counter"
    result_address: str = ""
    issue: int = 1


@dataclass(frozen=True, kw_only=True)
class FileRow:
    """A file: its bytes by hash, its name, and the dossier it was handed in with."""

    id: str
    dossier_id: str | None = None
    component: str = ""
    name: str
    media_type: str
    size: int
    sha256: str
    pages: int = 0
    state: str
    uploaded_at: datetime
    uploaded_by: str
    uploaded_agency: str
    detached_at: datetime | None = None
    detached_by: str = ""
    detach_reason: str = ""


@dataclass(frozen=True, kw_only=True)
class CorrectionRow:
    """Old and new values of a correction, by field."""

    dossier_id: str
    issue: int
    at: datetime
    actor: str
    reason: str
    changes: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class SavedViewRow:
    """A worklist somebody keeps under a name."""

    id: str
    person: str
    agency: str
    name: str
    shared: bool
    query: dict[str, Any]
    created_at: datetime
