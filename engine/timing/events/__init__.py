"""What happened: frozen facts in the past tense, the vocabulary of the log.

The vocabulary of step lifecycles is the one of XES (IEEE 1849-2023): a step is enabled, assigned,
started, suspended, resumed, completed or withdrawn. This room is not for deciding anything. One
module per subject; everybody imports the events from here.
"""

from __future__ import annotations

from typing import Any

from engine.timing.events.base import (
    Clock,
    Event,
    StepEvent,
)
from engine.timing.events.deadlines import (
    ApologyIssued,
    DeadlineExtended,
    DeadlineWarned,
    Escalated,
    ReceiptReissued,
)
from engine.timing.events.dossiers import (
    DossierReceived,
    DossierWithdrawn,
    IntakeRefused,
    ResultReturned,
    SupplementRequested,
    SupplementTaken,
)
from engine.timing.events.intake import (
    FeeCharged,
    FeeExempted,
    FeePaid,
    FileAttached,
    FileDetached,
    IntakeCorrected,
)
from engine.timing.events.life import (
    DossierHandedOver,
    DossierReopened,
    DossierResumed,
    DossierStopped,
    DossierSuspended,
    FurtherRoundApproved,
    FurtherRoundProposed,
    ResultReleased,
    ResultSignedOff,
    StepReturned,
    SupplementPartlyTaken,
)
from engine.timing.events.outgoing import (
    JobRetried,
    JobSkipped,
)
from engine.timing.events.process import (
    ElementPassed,
    MessageReceived,
    MessageSent,
    ProcessEnded,
    ProcessStarted,
)
from engine.timing.events.referrals import (
    ReferralAccepted,
    ReferralAnswered,
    ReferralAnswerKept,
    ReferralDelivered,
    ReferralOverdue,
    ReferralReminded,
    ReferralResent,
    ReferralReturned,
    ReferralSent,
    ReferralStamp,
    ReferralWithdrawn,
)
from engine.timing.events.reporting import (
    StatusReported,
)
from engine.timing.events.steps import (
    StepAssigned,
    StepCompleted,
    StepEnabled,
    StepResumed,
    StepStarted,
    StepSuspended,
    StepWithdrawn,
)
from engine.timing.events.work import PriorityChanged

__all__ = [
    "KINDS",
    "ApologyIssued",
    "Clock",
    "DeadlineExtended",
    "DeadlineWarned",
    "DossierHandedOver",
    "DossierReceived",
    "DossierReopened",
    "DossierResumed",
    "DossierStopped",
    "DossierSuspended",
    "DossierWithdrawn",
    "ElementPassed",
    "Escalated",
    "Event",
    "FeeCharged",
    "FeeExempted",
    "FeePaid",
    "FileAttached",
    "FileDetached",
    "FurtherRoundApproved",
    "FurtherRoundProposed",
    "IntakeCorrected",
    "IntakeRefused",
    "JobRetried",
    "JobSkipped",
    "MessageReceived",
    "MessageSent",
    "PriorityChanged",
    "ProcessEnded",
    "ProcessStarted",
    "ReceiptReissued",
    "ReferralAccepted",
    "ReferralAnswerKept",
    "ReferralAnswered",
    "ReferralDelivered",
    "ReferralOverdue",
    "ReferralReminded",
    "ReferralResent",
    "ReferralReturned",
    "ReferralSent",
    "ReferralStamp",
    "ReferralWithdrawn",
    "ResultReleased",
    "ResultReturned",
    "ResultSignedOff",
    "StatusReported",
    "StepAssigned",
    "StepCompleted",
    "StepEnabled",
    "StepEvent",
    "StepResumed",
    "StepReturned",
    "StepStarted",
    "StepSuspended",
    "StepWithdrawn",
    "SupplementPartlyTaken",
    "SupplementRequested",
    "SupplementTaken",
    "from_record",
]


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
