"""The life of a dossier beside its process: stopped for a while or for good, sent back, signed,
released, handed over, opened again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from engine.timing.events.base import Event, StepEvent


@dataclass(frozen=True, kw_only=True)
class DossierSuspended(Event):
    """The dossier stands still (tạm dừng) for a ground of its procedure, on somebody's clock.

    `until` is ISO 8601 text with an offset, empty where nobody knows; at that moment it goes on by
    itself.
    """

    kind: ClassVar[str] = "dossier_suspended"
    ground: str
    clock: str
    reason: str
    until: str = ""


@dataclass(frozen=True, kw_only=True)
class DossierResumed(Event):
    """The dossier goes on (tiếp tục giải quyết); `automatic` when its moment had come."""

    kind: ClassVar[str] = "dossier_resumed"
    reason: str = ""
    automatic: bool = False


@dataclass(frozen=True, kw_only=True)
class DossierStopped(Event):
    """The agency stopped settling at the applicant's wish (dừng giải quyết); the signer said so."""

    kind: ClassVar[str] = "dossier_stopped"
    reason: str
    signer: str


@dataclass(frozen=True, kw_only=True)
class StepReturned(StepEvent):
    """Somebody sent a step back to an earlier element (trả lại bước trước), for a reason."""

    kind: ClassVar[str] = "step_returned"
    to_element: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class ResultSignedOff(Event):
    """The result was signed (ký duyệt) by completing the step that signs."""

    kind: ClassVar[str] = "result_signed_off"
    step: str
    element: str
    signer: str


@dataclass(frozen=True, kw_only=True)
class ResultReleased(Event):
    """The result was numbered, dated and released (phát hành); `released_on` is an ISO date."""

    kind: ClassVar[str] = "result_released"
    step: str
    element: str
    number: str = ""
    released_on: str = ""


@dataclass(frozen=True, kw_only=True)
class DossierReopened(Event):
    """A dossier that was over was opened again (mở lại) at an element, by a leader."""

    kind: ClassVar[str] = "dossier_reopened"
    reason: str
    signer: str
    at_element: str


@dataclass(frozen=True, kw_only=True)
class DossierHandedOver(Event):
    """Papers went from one hand to another (giao nhận): a row of the control sheet.

    `giver` and `receiver` are people, each at an agency; `papers` says what went along.
    """

    kind: ClassVar[str] = "dossier_handed_over"
    from_agency: str
    giver: str
    to_agency: str
    receiver: str
    papers: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class FurtherRoundProposed(Event):
    """Somebody proposed to ask for papers once more than the procedure allows."""

    kind: ClassVar[str] = "further_round_proposed"
    round: int
    reason: str
    components: tuple[str, ...] = ()
    reasons: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class FurtherRoundApproved(Event):
    """Another hand approved a further round of asking for papers."""

    kind: ClassVar[str] = "further_round_approved"
    round: int
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class SupplementPartlyTaken(Event):
    """Some of the papers asked for arrived; the dossier goes on waiting for the rest."""

    kind: ClassVar[str] = "supplement_partly_taken"
    round: int
    components: tuple[str, ...] = ()
