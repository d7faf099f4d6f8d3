"""What people did with a dossier as a whole, from intake to return."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

from engine.timing.events.base import Event


@dataclass(frozen=True, kw_only=True)
class DossierReceived(Event):
    """The counter accepted the dossier (tiếp nhận); `facts` are the routing facts it began with."""

    kind: ClassVar[str] = "dossier_received"
    code: str
    procedure: str
    version: str
    channel: str
    receiving_unit: str
    competent_agency: str
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class SupplementRequested(Event):
    """The applicant was asked for missing or wrong papers (yêu cầu bổ sung).

    `reason` is what the notice says of all of them, `reasons` what it says of one component.
    """

    kind: ClassVar[str] = "supplement_requested"
    step: str
    round: int
    components: tuple[str, ...] = ()
    reason: str = ""
    reasons: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class SupplementTaken(Event):
    """The missing papers arrived."""

    kind: ClassVar[str] = "supplement_taken"
    round: int
    components: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ResultReturned(Event):
    """The result reached the applicant (trả kết quả).

    At the counter: `shown` (receipt, identity or authorisation) and who collected it; by post its
    tracking code; online the SHA-256 of the file.
    """

    kind: ClassVar[str] = "result_returned"
    manner: str
    shown: str = ""
    collected_by: str = ""
    tracking_code: str = ""
    file_hash: str = ""


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
