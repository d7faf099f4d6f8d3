"""What happened: frozen facts in the past tense, the vocabulary of the log.

The vocabulary of step lifecycles is the one of XES (IEEE 1849-2023): a step is enabled, assigned,
started, suspended, resumed, completed or withdrawn. This module is not for deciding anything.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar, Self


class Clock(StrEnum):
    """Whose time runs (đồng hồ của ai): the party that has to act now."""

    AGENCY = "agency"
    APPLICANT = "applicant"
    OTHER_AGENCY = "other_agency"
    FORCE_MAJEURE = "force_majeure"


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened at a moment (aware, UTC); the base of every kind."""

    kind: ClassVar[str] = "event"

    at: datetime

    def to_record(self) -> dict[str, Any]:
        """Return plain JSON values: `kind`, `at` as ISO 8601 text, and the fields of the kind."""
        return {"kind": self.kind, **vars(self), "at": self.at.astimezone(UTC).isoformat()}

    @classmethod
    def from_values(cls, record: dict[str, Any]) -> Self:
        """Build the event from the values of `to_record`, ignoring unknown keys."""
        known = {f.name for f in fields(cls)}
        values = {k: v for k, v in record.items() if k in known}
        values["at"] = datetime.fromisoformat(values["at"])
        return cls(**values)


@dataclass(frozen=True, kw_only=True)
class ProcessStarted(Event):
    """The process began (from a start event, when there is one)."""

    kind: ClassVar[str] = "process_started"
    process: str
    element: str = ""


@dataclass(frozen=True, kw_only=True)
class ElementPassed(Event):
    """A token went through something that never waits: gateway, event, script or send task."""

    kind: ClassVar[str] = "element_passed"
    element: str
    element_kind: str
    name: str = ""
    flow: str = ""
    taken: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class StepEvent(Event):
    """Something happened to one execution (`step`, unique in the dossier) of one element."""

    step: str
    element: str


@dataclass(frozen=True, kw_only=True)
class StepEnabled(StepEvent):
    """A step can be worked on (or waited for) from now on; `agency` and `role` say by whom."""

    kind: ClassVar[str] = "step_enabled"
    element_kind: str
    name: str = ""
    lane: str = ""
    flow: str = ""
    cause: str = ""
    index: int | None = None
    agency: str = ""
    role: str = ""


@dataclass(frozen=True, kw_only=True)
class StepAssigned(StepEvent):
    """A person took or was given the step; an empty assignee means it was released."""

    kind: ClassVar[str] = "step_assigned"
    assignee: str = ""


@dataclass(frozen=True, kw_only=True)
class StepStarted(StepEvent):
    """Work on the step began."""

    kind: ClassVar[str] = "step_started"


@dataclass(frozen=True, kw_only=True)
class StepSuspended(StepEvent):
    """The step stands still, on somebody's clock and for a ground."""

    kind: ClassVar[str] = "step_suspended"
    clock: str
    ground: str = ""


@dataclass(frozen=True, kw_only=True)
class StepResumed(StepEvent):
    """The step goes on."""

    kind: ClassVar[str] = "step_resumed"


@dataclass(frozen=True, kw_only=True)
class StepCompleted(StepEvent):
    """The step is done; `facts` are the routing facts it set, `taken` the flows left by.

    `note` is what the person who did it wrote down.
    """

    kind: ClassVar[str] = "step_completed"
    facts: dict[str, Any] = field(default_factory=dict)
    taken: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class StepWithdrawn(StepEvent):
    """The step will not be done: interrupted, cancelled or the dossier withdrawn."""

    kind: ClassVar[str] = "step_withdrawn"
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class MessageSent(Event):
    """The process threw a message, signal or escalation that goes outside."""

    kind: ClassVar[str] = "message_sent"
    element: str
    channel: str
    name: str
    key: str = ""


@dataclass(frozen=True, kw_only=True)
class MessageReceived(Event):
    """A message, signal or timer reached the element waiting for it."""

    kind: ClassVar[str] = "message_received"
    element: str
    channel: str
    name: str = ""
    key: str = ""


@dataclass(frozen=True, kw_only=True)
class ProcessEnded(Event):
    """No token is left: outcome is completed, terminated, error or withdrawn."""

    kind: ClassVar[str] = "process_ended"
    outcome: str
    element: str = ""
    error: str = ""


@dataclass(frozen=True, kw_only=True)
class DossierReceived(Event):
    """The counter accepted the dossier (tiếp nhận)."""

    kind: ClassVar[str] = "dossier_received"
    code: str
    procedure: str
    version: str
    channel: str
    receiving_unit: str
    competent_agency: str


@dataclass(frozen=True, kw_only=True)
class SupplementRequested(Event):
    """The applicant was asked for missing or wrong papers (yêu cầu bổ sung)."""

    kind: ClassVar[str] = "supplement_requested"
    step: str
    round: int
    components: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class SupplementTaken(Event):
    """The missing papers arrived."""

    kind: ClassVar[str] = "supplement_taken"
    round: int


@dataclass(frozen=True, kw_only=True)
class ReferralSent(Event):
    """Another agency was asked (liên thông); `step` is the one that waits for its answer."""

    kind: ClassVar[str] = "referral_sent"
    referral: str
    to_agency: str
    element: str
    step: str = ""
    key: str = ""


@dataclass(frozen=True, kw_only=True)
class ReferralAnswered(Event):
    """The other agency answered, or its silence took effect."""

    kind: ClassVar[str] = "referral_answered"
    referral: str
    answer: str
    late: bool = False
    silent: bool = False


@dataclass(frozen=True, kw_only=True)
class ResultReturned(Event):
    """The result reached the applicant (trả kết quả)."""

    kind: ClassVar[str] = "result_returned"
    manner: str


@dataclass(frozen=True, kw_only=True)
class DossierWithdrawn(Event):
    """The applicant took the dossier back (rút hồ sơ)."""

    kind: ClassVar[str] = "dossier_withdrawn"
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class IntakeRefused(Event):
    """The agency refused to take or settle the dossier (từ chối); the reason is for people."""

    kind: ClassVar[str] = "intake_refused"
    reason: str
    signer: str


@dataclass(frozen=True, kw_only=True)
class ApologyIssued(Event):
    """The agency apologised for being late and gave a new date (xin lỗi, hẹn lại).

    `new_due_at` is ISO 8601 text with an offset; it replaces the due moment.
    """

    kind: ClassVar[str] = "apology_issued"
    reason: str
    new_due_at: str
    signer: str


@dataclass(frozen=True, kw_only=True)
class DeadlineExtended(Event):
    """The limit was extended as the procedure allows (gia hạn).

    `new_due_at` is what was promised then, ISO 8601 text with an offset; what the limit does not
    count afterwards still moves it. `round` counts the extensions of the dossier from 1.
    """

    kind: ClassVar[str] = "deadline_extended"
    reason: str
    new_due_at: str
    signer: str
    round: int = 1


@dataclass(frozen=True, kw_only=True)
class DeadlineWarned(Event):
    """The program warned of the due moment: `about` is due_soon, apology_due or overdue.

    `due_at` is the moment it warned of, ISO 8601 text; another due moment is warned of anew.
    """

    kind: ClassVar[str] = "deadline_warned"
    about: str
    due_at: str


def _subclasses(base: type[Event]) -> list[type[Event]]:
    return [c for sub in base.__subclasses__() for c in (sub, *_subclasses(sub))]


KINDS: dict[str, type[Event]] = {c.kind: c for c in _subclasses(Event) if "kind" in c.__dict__}


def from_record(record: dict[str, Any]) -> Event:
    """Return the event a stored record describes; raises KeyError for an unknown kind."""
    event = KINDS[record["kind"]].from_values(record)
    for name, value in vars(event).items():
        if isinstance(value, list):
            object.__setattr__(event, name, tuple(value))
    return event
